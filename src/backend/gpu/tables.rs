//! What the kernels of a grid find in their buffers: positions and weights, to the precision of the arithmetic.

use super::buffer::Numbers;
use super::{GpuError, Precision};
use crate::integrand::wgsl::{Arithmetic, split};
use crate::plan::Grid;
use crate::reduce::Partial;
use crate::twofold::two_sum;
use std::ops::Range;

/// Nodes of a thread that are summed plainly.
const BLOCK: u64 = 8;
/// Threads of a workgroup.
pub(super) const THREADS: u64 = 64;

/// The buffers that stay the same for a whole plan, and how many entries they have.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    by_nodes: bool,
    pub plan: Vec<u8>,
    /// Of each series offset and weight; or the ends of the panels of a tile.
    pub outer: Vec<u8>,
    /// Of each block its offset; or of each node offset and weight.
    pub inner: Vec<u8>,
    counts: [u32; 2],
}

/// The first words of a dispatch, as the kernels read them.
pub(super) type Task = [u32; 8];

const NOBODY: u32 = u32::MAX;

impl Tables {
    /// Whether threads go over the nodes of a panel, not over panels.
    pub fn by_nodes(grid: &Grid) -> bool {
        grid.rule.shared == 0.0 && grid.rule.inner() as u64 > 2 * grid.panels_per_tile()
    }

    pub fn new(grid: &Grid, arithmetic: Arithmetic) -> Result<Self, GpuError> {
        check_range(grid, arithmetic)?;
        let rule = &grid.rule;
        let by_nodes = Self::by_nodes(grid);
        let panels = |count: f64| grid.step.scaled(Partial::new(count));
        let offset = |offset: f64| grid.step.scaled(Partial::new(offset));
        let [mut plan, mut outer, mut inner] = std::array::from_fn(|_| Numbers::new(arithmetic));
        let (lower, upper) = inward(grid.lower, grid.upper, arithmetic);
        plan.pair(lower);
        plan.pair(upper);
        // As nodes the ends are rounded like the numbers of the integrand, which may mean the same.
        plan.pair(Partial::new(grid.lower));
        plan.pair(Partial::new(grid.upper));
        plan.pair(Partial::new(rule.first));
        plan.pair(Partial::new(rule.last));
        for i in 0..BLOCK {
            plan.pair(panels((i * THREADS) as f64));
        }
        for t in 0..THREADS {
            plan.pair(panels(t as f64));
        }
        let counts = if by_nodes {
            for panel in 0..=grid.panels_per_tile() {
                outer.pair(panels(panel as f64));
            }
            for nodes in [&rule.lower, &rule.upper] {
                for (&at, &weight) in nodes.offsets.iter().zip(nodes.weights.iter()) {
                    inner.pair(offset(at));
                    inner.pair(Partial::new(weight));
                }
            }
            [rule.lower.offsets.len() as u32, rule.inner() as u32]
        } else {
            let mut series = |at: Partial, weight: f64| {
                outer.pair(grid.step.scaled(at));
                outer.pair(Partial::new(weight));
            };
            if rule.shared != 0.0 {
                series(Partial::new(1.0), rule.shared);
            }
            for (&at, &weight) in rule.lower.offsets.iter().zip(rule.lower.weights.iter()) {
                series(Partial::new(at), weight);
            }
            for (&at, &weight) in rule.upper.offsets.iter().zip(rule.upper.weights.iter()) {
                let (high, low) = two_sum(1.0, at);
                series(Partial { high, low }, weight);
            }
            for block in 0..grid.panels_per_tile().div_ceil(BLOCK * THREADS) {
                inner.pair(panels((block * BLOCK * THREADS) as f64));
            }
            let shared = u32::from(rule.shared != 0.0);
            [rule.inner() as u32 + shared, shared]
        };
        Ok(Self { by_nodes, plan: plan.bytes, outer: outer.bytes, inner: inner.bytes, counts })
    }

    /// What tells the kernel about a run of tiles.
    pub fn task(&self, grid: &Grid, tiles: &Range<u64>) -> Task {
        let full = grid.panels_per_tile() as u32;
        let last_tile = grid.tiles() - 1;
        let place = |tile: u64| if tiles.contains(&tile) { (tile - tiles.start) as u32 } else { NOBODY };
        let last = place(last_tile);
        let panels = grid.tile(last_tile);
        let last_panels = (panels.end - panels.start) as u32;
        let [first_count, second_count] = self.counts;
        if self.by_nodes {
            return [0, full, last_panels, last, first_count, second_count, 0, 0];
        }
        let lower_end = if grid.rule.first != 0.0 { place(0) } else { NOBODY };
        let upper_end = if grid.rule.last != 0.0 { last } else { NOBODY };
        [0, full, last_panels, last, lower_end, upper_end, first_count, second_count]
    }
}

/// The lower ends of tiles, as the kernels read them.
pub(super) fn bases(grid: &Grid, tiles: &Range<u64>, arithmetic: Arithmetic) -> Vec<u8> {
    let mut numbers = Numbers::new(arithmetic);
    for tile in tiles.clone() {
        let (high, low) = grid.place(grid.panels_below(tile), 0.0);
        let (high, low) = two_sum(high, low);
        numbers.pair(Partial { high, low });
    }
    numbers.bytes
}

/// Refuses an interval that the arithmetic does not reach, and panels too short for it.
fn check_range(grid: &Grid, arithmetic: Arithmetic) -> Result<(), GpuError> {
    let precision = Precision::of(arithmetic);
    if arithmetic == Arithmetic::F64 {
        return Ok(());
    }
    for value in [grid.lower, grid.upper] {
        if !arithmetic.holds(value) {
            return Err(GpuError::OutOfRange { what: "the bound", value, precision });
        }
    }
    // Below this, the lower half of an offset underflows.
    if grid.step.high < f64::from(f32::MIN_POSITIVE) / f64::from(f32::EPSILON) / f64::from(f32::EPSILON) {
        return Err(GpuError::OutOfRange { what: "the panel length", value: grid.step.high, precision });
    }
    Ok(())
}

/// The bounds as the arithmetic has them, the nearest that are not outside.
fn inward(lower: f64, upper: f64, arithmetic: Arithmetic) -> (Partial, Partial) {
    match arithmetic {
        Arithmetic::F64 => (Partial::new(lower), Partial::new(upper)),
        Arithmetic::F32 => {
            let (mut first, mut last) = (lower as f32, upper as f32);
            if f64::from(first) < lower {
                first = first.next_up();
            }
            if f64::from(last) > upper {
                last = last.next_down();
            }
            (Partial::new(f64::from(first)), Partial::new(f64::from(last)))
        }
        Arithmetic::F32x2 => {
            let pair = |bound: f64, outside: fn(f64, f64) -> bool, towards: fn(f32) -> f32| {
                let (high, mut low) = split(bound);
                if outside(f64::from(low), bound - f64::from(high)) {
                    low = towards(low);
                }
                Partial { high: f64::from(high), low: f64::from(low) }
            };
            (pair(lower, |low, rest| low < rest, f32::next_up), pair(upper, |low, rest| low > rest, f32::next_down))
        }
    }
}
