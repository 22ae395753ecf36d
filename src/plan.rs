//! Plans: what to evaluate, as a value. Who evaluates it is another module.

mod boxes;
mod regions;
mod samples;
mod stratified;
mod weighted;

pub(crate) use crate::importance::ImportanceMap;
pub(crate) use boxes::{Axis, AxisMap, Bad, BoxRule, Boxes, Look, Plane, Suspect, SweptBox};
pub(crate) use regions::{Map, Region, Regions, Sweep, Swept, evaluations_of};
#[cfg(feature = "gpu")]
pub(crate) use samples::{Cut, Span};
pub(crate) use samples::{Sampled, Samples};
#[cfg(feature = "gpu")]
pub(crate) use stratified::Piece;
pub(crate) use stratified::{Strata, StratifiedSample};
pub(crate) use weighted::{How, Panel, Weighing};

use crate::error::Error;
use crate::reduce::Partial;
use crate::rule::{Composite, Rule};
use crate::twofold::two_sum;
use std::ops::Range;

/// Nodes summed plainly, side by side, before their sum is added with compensation: few enough to keep the rounding
/// error of the run below that of the final rounding, and enough to hide the cost of beginning a run.
pub(crate) const RUN: usize = 1024;

/// Evaluations in a tile of a large plan.
const TILE: u64 = 1 << 15;

/// Evaluations in a tile of a huge plan: there, the partial sums alone would be too many.
const LARGEST_TILE: u64 = 1 << 20;

/// Where larger tiles begin: a plan of this many evaluations still has tiles of the usual size.
const LARGE_PLAN: u64 = 1 << 31;

/// A smaller plan is still cut into this many tiles, for the threads, unless they become smaller than the smallest.
const WANTED_TILES: u64 = 16;

/// Evaluations below which the cost of a tile itself is felt.
const SMALLEST_TILE: u64 = RUN as u64;

/// Fewer panels than this in a tile do not fill a run well; the lanes then go over the nodes of each panel.
const FEW_PANELS: u64 = 64;

/// One interval, one rule, n equal panels: the plan of all composite rules.
///
/// The work is cut into tiles of consecutive panels; their size depends on the plan alone. Nodes follow from their
/// integer panel index, so any tile can be computed by anybody, again, to the same bits.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub lower: f64,
    pub upper: f64,
    pub panels: u64,
    pub rule: Composite,
    /// Panel length (upper - lower) / panels, to twice the precision.
    pub step: Partial,
    panels_per_tile: u64,
}

/// The nodes of a tile at the same place in each of its panels: equally spaced, of equal weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series {
    /// The panel end that the first is counted from.
    pub panel: u64,
    /// Its distance from there, in panel lengths.
    pub offset: f64,
    pub count: u64,
    pub weight: f64,
}

impl Grid {
    /// A plan whose making nobody stops, so that it is there.
    #[cfg(any(test, feature = "gpu"))]
    pub fn new(lower: f64, upper: f64, rule: Rule, panels: u64) -> Result<Self, Error> {
        Self::unless(&|| false, lower, upper, rule, panels)?.ok_or(Error::NoPanels)
    }

    /// A plan for `lower < upper`, both finite and not too far apart; nothing if it was stopped before the nodes of the
    /// rule were there.
    pub fn unless(
        stopped: &dyn Fn() -> bool,
        lower: f64,
        upper: f64,
        rule: Rule,
        panels: u64,
    ) -> Result<Option<Self>, Error> {
        const MAX_PANELS: u64 = 1 << 53;
        if panels == 0 {
            return Err(Error::ZeroPanels);
        }
        let Some(composite) = Composite::unless(stopped, rule).map_err(Error::Order)? else { return Ok(None) };
        let Some(evaluations) = composite.evaluations(panels).filter(|_| panels <= MAX_PANELS) else {
            return Err(Error::TooManyPanels { panels, rule });
        };
        let step = divide(two_sum(upper, -lower), panels as f64);
        // Below this the rest of the step underflows, and with it the precision of nodes and weights.
        if upper > lower && step.high < f64::MIN_POSITIVE / f64::EPSILON / f64::EPSILON {
            return Err(Error::TooNarrow { lower, upper, panels });
        }
        let per_panel = (evaluations / panels).max(1);
        let tile = if evaluations <= LARGE_PLAN {
            // Series of fewer nodes than a run has cost more; with few of them, a tile is to hold a run of each.
            let smallest = SMALLEST_TILE * per_panel.min(4);
            (evaluations / WANTED_TILES).next_power_of_two().clamp(smallest, TILE)
        } else {
            (evaluations / (LARGE_PLAN / TILE)).next_power_of_two().min(LARGEST_TILE)
        };
        let panels_per_tile = (tile / per_panel).max(1);
        Ok(Some(Self { lower, upper, panels, rule: composite, step, panels_per_tile }))
    }

    /// The panel length as the textbook has it, rounded twice.
    pub fn dx(&self) -> f64 {
        (self.upper - self.lower) / self.panels as f64
    }

    /// Evaluations of the whole plan.
    pub fn evaluations(&self) -> u64 {
        self.evaluations_below(self.panels)
    }

    /// Evaluations of the tiles before the first that has panel `panel` or a later one.
    pub fn evaluations_below(&self, panel: u64) -> u64 {
        let ends = |weight: f64, there: bool| u64::from(weight != 0.0 && there);
        let shared = if self.rule.shared != 0.0 { panel.min(self.panels - 1) } else { 0 };
        panel * self.rule.inner() as u64
            + shared
            + ends(self.rule.first, panel > 0)
            + ends(self.rule.last, panel == self.panels)
    }

    pub fn tiles(&self) -> u64 {
        self.panels.div_ceil(self.panels_per_tile)
    }

    /// The panels of every tile but the last, which may have fewer.
    #[cfg(feature = "gpu")]
    pub fn panels_per_tile(&self) -> u64 {
        self.panels_per_tile.min(self.panels)
    }

    /// The tiles that may have a node at `x`.
    #[cfg(feature = "gpu")]
    pub fn tiles_near(&self, x: f64) -> impl Iterator<Item = u64> + use<> {
        let (panels, per_tile) = (self.panels, self.panels_per_tile);
        let inside = self.lower <= x && x <= self.upper;
        let panel = ((x - self.lower) / self.step.high).max(0.0) as u64;
        let around = if inside { panel.saturating_sub(1)..panel.saturating_add(2) } else { 0..0 };
        around.map(move |panel| panel.min(panels - 1) / per_tile)
    }

    /// The panels of a tile.
    pub fn tile(&self, index: u64) -> Range<u64> {
        let start = index * self.panels_per_tile;
        start..self.panels.min(start + self.panels_per_tile)
    }

    /// Node `k` of a run, counted from its first: `k` steps, correctly rounded or nearly so.
    #[inline(always)]
    pub fn offset(&self, k: usize) -> f64 {
        debug_assert!(k < RUN);
        let (upper, rest) = self.step_parts();
        k as f64 * upper + k as f64 * rest
    }

    /// The step as two numbers, the upper one with room for the bits of a place in a run, so that their product is
    /// exact.
    #[inline(always)]
    pub fn step_parts(&self) -> (f64, f64) {
        let upper = f64::from_bits(self.step.high.to_bits() & !(2 * RUN as u64 - 1));
        (upper, (self.step.high - upper) + self.step.low)
    }

    /// Where nodes of a run are counted from: a number, and what its rounding took away, to be added to the offsets.
    /// Next to 0 that is nothing: an ulp of a node is small beside the interval then. Far from it, rounding all bases
    /// of a grid whose step is a fraction of an ulp the same way would shift the whole of it.
    #[inline(always)]
    pub fn base(&self, panel: u64, offset: f64) -> (f64, f64) {
        let (high, low) = self.place(panel, offset);
        let base = (high + low).clamp(self.lower, self.upper);
        let is_far = self.lower.abs().max(self.upper.abs()) > 4.0 * (self.upper - self.lower);
        (base, if is_far { (high - base) + low } else { 0.0 })
    }

    /// The panels of the tiles before tile `tile`.
    pub fn panels_below(&self, tile: u64) -> u64 {
        self.panels.min(tile.saturating_mul(self.panels_per_tile))
    }

    /// Whether lanes go over the nodes of a panel (many nodes, few panels) or over panels (otherwise).
    pub fn across_nodes(&self) -> bool {
        self.rule.inner() >= 8 && self.panels.min(self.panels_per_tile) < FEW_PANELS
    }

    /// The series of nodes that a tile consists of; the ends of the interval are not among them.
    #[inline(always)]
    pub fn series<'a>(&'a self, panels: &Range<u64>) -> impl Iterator<Item = Series> + 'a {
        let Composite { lower, upper, shared, .. } = &self.rule;
        let (start, count) = (panels.start, panels.end - panels.start);
        let inner_ends = count - u64::from(panels.end == self.panels);
        // One place where series are made, so that their loop body is compiled once.
        (usize::from(*shared == 0.0)..=self.rule.inner()).map(move |k| {
            if k == 0 {
                Series { panel: start + 1, offset: 0.0, count: inner_ends, weight: *shared }
            } else if let Some(&offset) = lower.offsets.get(k - 1) {
                Series { panel: start, offset, count, weight: lower.weights[k - 1] }
            } else {
                let k = k - 1 - lower.offsets.len();
                Series { panel: start + 1, offset: upper.offsets[k], count, weight: upper.weights[k] }
            }
        })
    }

    /// The ends of the interval that belong to a tile, with their weights.
    #[inline(always)]
    pub fn ends(&self, panels: &Range<u64>) -> impl Iterator<Item = (f64, f64)> {
        let first = (self.lower, if panels.start == 0 { self.rule.first } else { 0.0 });
        let last = (self.upper, if panels.end == self.panels { self.rule.last } else { 0.0 });
        [first, last].into_iter().filter(|&(_, weight)| weight != 0.0)
    }

    /// The point `offset` panel lengths from the lower end of panel `panel`, right to half an ulp, never outside.
    #[inline(always)]
    pub fn position(&self, panel: u64, offset: f64) -> f64 {
        let (high, low) = self.place(panel, offset);
        (high + low).clamp(self.lower, self.upper)
    }

    /// The same point as an unevaluated sum, to twice the precision, not held within the interval.
    #[inline(always)]
    pub fn place(&self, panel: u64, offset: f64) -> (f64, f64) {
        let (index, fraction) = two_sum(panel as f64, offset);
        let product = index * self.step.high;
        let error = index.mul_add(self.step.high, -product) + (index * self.step.low + fraction * self.step.high);
        let (high, low) = two_sum(self.lower, product);
        (high, low + error)
    }

    /// Every node of a tile with its weight, by scalar code: the very points that the other backends evaluate.
    pub fn for_each_node(&self, tile: u64, mut visit: impl FnMut(f64, f64)) {
        let panels = self.tile(tile);
        for (x, weight) in self.ends(&panels) {
            visit(x, weight);
        }
        if self.across_nodes() {
            for panel in panels {
                for (nodes, end) in [(&self.rule.lower, panel), (&self.rule.upper, panel + 1)] {
                    let (base, rest) = self.base(end, 0.0);
                    for (&offset, &weight) in nodes.offsets.iter().zip(nodes.weights.iter()) {
                        visit((base + (offset * self.step.high + rest)).clamp(self.lower, self.upper), weight);
                    }
                }
            }
            return;
        }
        for series in self.series(&panels) {
            for start in (0..series.count).step_by(RUN) {
                let (base, rest) = self.base(series.panel + start, series.offset);
                for k in 0..(series.count - start).min(RUN as u64) {
                    visit((base + (self.offset(k as usize) + rest)).min(self.upper), series.weight);
                }
            }
        }
    }
}

/// The pair `numerator / divisor`.
fn divide((high, low): (f64, f64), divisor: f64) -> Partial {
    let quotient = high / divisor;
    let rest = (-quotient).mul_add(divisor, high) + low;
    let (high, low) = two_sum(quotient, rest / divisor);
    Partial { high, low }
}
