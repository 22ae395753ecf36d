//! The SIMD backend: tiles on lanes.
//!
//! A tile goes series by series, a series run by run. A run of 1024 equally spaced nodes is `base + offsets[k]`: one
//! scalar base, to full precision, and a table of offsets that all runs share. Its values are summed plainly, in blocks
//! of short sums; the sums of runs are added with compensation. Nodes and sums are made by additions, which on many
//! processors have pipes of their own, so that multiplications are left to the integrand.

pub(crate) mod boxes;
mod mapped;
pub(crate) mod regions;
pub(crate) mod samples;

use crate::integrand::Integrand;
use crate::integrand::values::{OnLanes, Values};
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch, twofold};
use crate::plan::{Grid, RUN, Series};
use crate::reduce::Partial;
use crate::twofold::two_sum;
use std::array;

/// The vectors of a run.
const VECTORS: usize = RUN / LANES;

/// The runs that are prepared at once.
const RUNS: usize = 32;

/// Vectors summed side by side, so that an addition need not wait for the one before.
const WAYS: usize = 4;

/// The vectors that are summed before their sum goes to that of the run: eight in each of the four ways, few enough
/// that equal values, whose roundings all go the same way, lose no more than an ulp or so. A blocked integrand is given
/// as many.
const BLOCK: usize = 32;

/// The vectors of nodes outside full runs that are evaluated together: fewer, since every tile clears their place.
const BATCH: usize = 16;

/// The offsets of the nodes of a run: one cache line a vector.
#[repr(align(64))]
pub(crate) struct Offsets([[f64; LANES]; VECTORS]);

impl Offsets {
    /// Of a grid that has no full run: never looked at.
    pub const NONE: Offsets = Offsets([[0.0; LANES]; VECTORS]);

    /// Those of `grid`. In place: moving them costs as much as making them.
    pub fn fill(&mut self, grid: &Grid, token: Token) {
        dispatch!(token, simd => for (v, offsets) in self.0.iter_mut().enumerate() {
            *offsets = offsets_of(simd, grid.step_parts(), v).to_array();
        });
    }

    /// The same, all of them `rest` farther.
    #[inline(always)]
    fn shifted<S: Simd>(&self, simd: S, rest: f64) -> Self {
        let mut shifted = Self::NONE;
        for (shifted, &offsets) in shifted.0.iter_mut().zip(&self.0) {
            *shifted = (Lanes::from_array(simd, offsets) + rest).to_array();
        }
        shifted
    }

    /// Whether `grid` has a run to use them for.
    pub fn wanted(grid: &Grid) -> bool {
        grid.panels > RUN as u64
    }
}

/// What a grid asks of an integrand. All else of it is compiled once, and not for every integrand.
pub(crate) trait GridValues: Values + Sync {
    /// Whether values in blocks are cheaper.
    fn is_blocked(&self) -> bool {
        false
    }

    /// The sums of the values at the nodes of a full run, lane by lane. `one` is 1.
    fn run(&self, token: Token, offsets: &Offsets, base: f64, one: f64) -> [f64; LANES] {
        dispatch!(token, simd => run(simd, &Blocks(self), offsets, base, one).to_array())
    }
}

impl<F: Integrand> GridValues for OnLanes<'_, F> {
    fn is_blocked(&self) -> bool {
        F::BLOCKED
    }

    fn run(&self, token: Token, offsets: &Offsets, base: f64, one: f64) -> [f64; LANES] {
        dispatch!(token, simd => run(simd, self.f, offsets, base, one).to_array())
    }
}

/// The sum over a full run.
///
/// The loop over four vectors is unrolled where f is short, which is where it matters. Written out, four copies of
/// every integrand at every level would be compiled, for a hundredth of the time of a sum. (A closure in its place may
/// not be inlined, and then loses the level.)
#[inline(always)]
fn run<S: Simd, F: Integrand>(simd: S, f: &F, offsets: &Offsets, base: f64, one: f64) -> Lanes<S> {
    let (base, zero, one) = (Lanes::splat(simd, base), Lanes::splat(simd, 0.0), Lanes::splat(simd, one));
    let mut total = zero;
    for offsets in offsets.0.chunks_exact(BLOCK) {
        let mut sums = [zero; WAYS];
        if F::BLOCKED {
            let (mut points, mut values) = ([base; BLOCK], [base; BLOCK]);
            for (point, &offsets) in points.iter_mut().zip(offsets) {
                *point = base + Lanes::from_array(simd, offsets);
            }
            f.block(&points, &mut values);
            for values in values.chunks_exact(WAYS) {
                sums = add_ways(sums, [values[0], values[1], values[2], values[3]], one);
            }
        } else {
            for offsets in offsets.chunks_exact(WAYS) {
                let mut values = [zero; WAYS];
                for (value, &offsets) in values.iter_mut().zip(offsets) {
                    *value = f.lanes(base + Lanes::from_array(simd, offsets));
                }
                sums = add_ways(sums, values, one);
            }
        }
        let (left, right) = (sums[1].fma(one, sums[0]), sums[3].fma(one, sums[2]));
        total = left.fma(one, right.fma(one, total));
    }
    total
}

/// What has no values on lanes, as it watches the clock between them, as an integrand.
struct Blocks<'a, V: ?Sized>(&'a V);

impl<V: Values + Sync + ?Sized> Integrand for Blocks<'_, V> {
    const BLOCKED: bool = true;

    fn scalar(&self, x: f64) -> f64 {
        self.0.at(x)
    }

    #[inline(always)]
    fn block<S: Simd>(&self, points: &[Lanes<S>], values: &mut [Lanes<S>]) {
        let (mut at, mut found) = ([[0.0; LANES]; BLOCK], [[0.0; LANES]; BLOCK]);
        for (at, point) in at.iter_mut().zip(points) {
            *at = point.to_array();
        }
        self.0.values(&at[..points.len()], &mut found[..points.len()]);
        for ((value, point), found) in values.iter_mut().zip(points).zip(found) {
            *value = Lanes::from_array(point.token(), found);
        }
    }
}

/// An integrand on a grid, ready to sum tiles on lanes.
pub(crate) struct SimdGrid<'a> {
    f: &'a dyn GridValues,
    grid: &'a Grid,
    token: Token,
    offsets: &'a Offsets,
    /// 1, out of the compiler's sight: a product with it moves an addition to the multiplication pipes.
    one: f64,
}

impl<'a> SimdGrid<'a> {
    pub fn new(f: &'a dyn GridValues, grid: &'a Grid, offsets: &'a Offsets, token: Token) -> Self {
        Self { f, grid, token, offsets, one: std::hint::black_box(1.0) }
    }

    /// The sum over one tile of weight times value.
    pub fn tile(&self, index: u64) -> Partial {
        dispatch!(self.token, simd => self.tile_on(simd, index))
    }

    #[inline(always)]
    fn tile_on<S: Simd>(&self, simd: S, index: u64) -> Partial {
        let panels = self.grid.tile(index);
        let (mut sum, mut odd) = (Compensated::zero(simd), Batch::new(self.one));
        for (x, weight) in self.grid.ends(&panels) {
            self.push(simd, &mut odd, [x; LANES], lanes_of(&[weight], 0, 0.0), &mut sum);
        }
        if self.grid.across_nodes() {
            for panel in panels {
                self.panel(simd, panel, &mut odd, &mut sum);
            }
        } else {
            for series in self.grid.series(&panels) {
                self.series(simd, series, &mut odd, &mut sum);
            }
        }
        self.flush(simd, &mut odd, sum).reduce()
    }

    /// Adds the nodes of a series: full runs, and what is left.
    #[inline(always)]
    fn series<S: Simd>(&self, simd: S, series: Series, odd: &mut Batch, sum: &mut Compensated<S>) {
        let weight = Lanes::splat(simd, series.weight);
        let step = self.grid.step_parts();
        let (mut bases, mut start) = ([(0.0, 0.0); RUNS], 0);
        while start < series.count {
            // Bases take long to compute, one operation waiting for the other: many at a time, ahead of their runs.
            let runs = (series.count - start).div_ceil(RUN as u64).min(RUNS as u64) as usize;
            for (run, base) in bases[..runs].iter_mut().enumerate() {
                *base = self.grid.base(series.panel + start + (run * RUN) as u64, series.offset);
            }
            for &(base, rest) in &bases[..runs] {
                let count = (series.count - start).min(RUN as u64) as usize;
                let last = base + (self.grid.offset(count - 1) + rest);
                if count == RUN && last <= self.grid.upper {
                    let shifted;
                    let offsets = if rest == 0.0 {
                        self.offsets
                    } else {
                        shifted = self.offsets.shifted(simd, rest);
                        &shifted
                    };
                    let run = self.f.run(self.token, offsets, base, self.one);
                    sum.add(weight * Lanes::from_array(simd, run));
                } else {
                    // What fills up the last vector is the last node once more.
                    let last = Lanes::splat(simd, last.min(self.grid.upper));
                    for v in 0..count.div_ceil(LANES) {
                        let x = ((offsets_of(simd, step, v) + rest) + base).min(last);
                        let left = count - v * LANES;
                        let weights = array::from_fn(|lane| if lane < left { series.weight } else { 0.0 });
                        self.push(simd, odd, x.to_array(), weights, sum);
                    }
                }
                start += count as u64;
            }
        }
    }

    /// Adds all nodes of one panel, lanes going over nodes.
    #[inline(always)]
    fn panel<S: Simd>(&self, simd: S, panel: u64, odd: &mut Batch, sum: &mut Compensated<S>) {
        let (lower, upper) = (Lanes::splat(simd, self.grid.lower), Lanes::splat(simd, self.grid.upper));
        for (nodes, end) in [(&self.grid.rule.lower, panel), (&self.grid.rule.upper, panel + 1)] {
            let (base, rest) = self.grid.base(end, 0.0);
            for v in 0..nodes.offsets.len().div_ceil(LANES) {
                let offsets = Lanes::from_array(simd, lanes_of(&nodes.offsets, v, nodes.offsets[0]));
                let x = ((offsets * self.grid.step.high + rest) + base).clamp(lower, upper);
                self.push(simd, odd, x.to_array(), lanes_of(&nodes.weights, v, 0.0), sum);
            }
        }
    }

    /// Takes a vector of nodes that are weighted lane by lane.
    #[inline(always)]
    fn push<S: Simd>(
        &self,
        simd: S,
        odd: &mut Batch,
        points: [f64; LANES],
        weights: [f64; LANES],
        sum: &mut Compensated<S>,
    ) {
        if odd.len == BATCH {
            *sum = self.flush(simd, odd, *sum);
        }
        (odd.points[odd.len], odd.weights[odd.len]) = (points, weights);
        odd.len += 1;
    }

    /// Evaluates and adds the batch. The sum goes through it by value, so that it stays in registers elsewhere.
    #[inline(always)]
    fn flush<S: Simd>(&self, simd: S, odd: &mut Batch, mut sum: Compensated<S>) -> Compensated<S> {
        let mut values = [[0.0; LANES]; BATCH];
        let values = &mut values[..odd.len];
        self.f.values(&odd.points[..odd.len], values);
        let zero = Lanes::splat(simd, 0.0);
        for (&mut value, &weights) in values.iter_mut().zip(&odd.weights) {
            let [value, weights] = [value, weights].map(|each| Lanes::from_array(simd, each));
            // A lane of weight 0 does not count, whatever its value.
            sum.add(weights.eq(zero).select(zero, value * weights));
        }
        odd.len = 0;
        sum
    }
}

/// Vector `v` of the offsets of a run: [`Grid::offset`] of eight nodes.
#[inline(always)]
fn offsets_of<S: Simd>(simd: S, (upper, rest): (f64, f64), v: usize) -> Lanes<S> {
    let index = Lanes::from_array(simd, array::from_fn(|lane| lane as f64)) + (v * LANES) as f64;
    index * upper + index * rest
}

/// Each value to its sum. One addition in four is a multiply-add by 1: the same value, but from the other pipes, which
/// evens out their use where f is cheap.
#[inline(always)]
fn add_ways<S: Simd>(sums: [Lanes<S>; WAYS], values: [Lanes<S>; WAYS], one: Lanes<S>) -> [Lanes<S>; WAYS] {
    [values[0].fma(one, sums[0]), sums[1] + values[1], sums[2] + values[2], sums[3] + values[3]]
}

/// Vectors of nodes that are not in a full run, gathered to be evaluated together.
#[repr(align(64))]
struct Batch {
    points: [[f64; LANES]; BATCH],
    weights: [[f64; LANES]; BATCH],
    len: usize,
}

impl Batch {
    /// Filled with something that is not seen to be 0: for zeros a function is called, which takes longer than the
    /// stores.
    #[inline(always)]
    fn new(fill: f64) -> Self {
        Self { points: [[fill; LANES]; BATCH], weights: [[fill; LANES]; BATCH], len: 0 }
    }
}

/// Vector `v` of a table, what is missing at its end filled with `rest`.
#[inline(always)]
fn lanes_of(table: &[f64], v: usize, rest: f64) -> [f64; LANES] {
    match table[v * LANES..].first_chunk() {
        Some(&full) => full,
        None => array::from_fn(|lane| table.get(v * LANES + lane).copied().unwrap_or(rest)),
    }
}

/// Eight sums with their rounding errors collected beside them.
#[derive(Clone, Copy)]
struct Compensated<S: Simd> {
    sum: Lanes<S>,
    lost: Lanes<S>,
}

impl<S: Simd> Compensated<S> {
    #[inline(always)]
    fn zero(simd: S) -> Self {
        Self { sum: Lanes::splat(simd, 0.0), lost: Lanes::splat(simd, 0.0) }
    }

    #[inline(always)]
    fn add(&mut self, value: Lanes<S>) {
        let (sum, lost) = twofold::two_sum(self.sum, value);
        self.sum = sum;
        self.lost += lost;
    }

    /// The sum of the eight, in a fixed order.
    #[inline(always)]
    fn reduce(self) -> Partial {
        let (mut high, mut low) = (self.sum.to_array(), self.lost.to_array());
        let mut width = LANES;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                let (sum, lost) = two_sum(high[i], high[i + width]);
                (high[i], low[i]) = (sum, low[i] + low[i + width] + lost);
            }
        }
        Partial::new(high[0]).combine(Partial::new(if high[0].is_finite() { low[0] } else { 0.0 }))
    }
}
