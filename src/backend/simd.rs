//! The SIMD backend: tiles on lanes.
//!
//! A tile goes series by series, a series run by run. A run of 1024 equally spaced nodes is `base + offsets[k]`: one scalar
//! base, to full precision, and a table of offsets that all runs share. Its values are summed plainly in four vectors;
//! the sums of runs are added with compensation. Nodes and sums are made by additions, which on many processors have
//! pipes of their own, so that multiplications are left to the integrand.

use crate::integrand::Integrand;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch, twofold};
use crate::plan::{Grid, RUN, Series};
use crate::reduce::{Partial, two_sum};
use std::array;

/// The vectors of a run.
const VECTORS: usize = RUN / LANES;

/// The runs that are prepared at once.
const RUNS: usize = 32;

/// Vectors summed side by side, so that an addition need not wait for the one before.
const WAYS: usize = 4;

/// The vectors that a blocked integrand is given at once.
pub(crate) const BLOCK: usize = 32;

/// The offsets of the nodes of a run: one cache line a vector.
#[repr(align(64))]
struct Offsets([[f64; LANES]; VECTORS]);

/// An integrand on a grid, ready to sum tiles on lanes.
pub(crate) struct SimdGrid<'a, F> {
    f: &'a F,
    grid: &'a Grid,
    token: Token,
    offsets: Offsets,
    /// 1, out of the compiler's sight: a product with it moves an addition to the multiplication pipes.
    one: f64,
}

impl<'a, F: Integrand> SimdGrid<'a, F> {
    pub fn new(f: &'a F, grid: &'a Grid, token: Token) -> Self {
        let mut offsets = Offsets([[0.0; LANES]; VECTORS]);
        let used = grid.panels.min(RUN as u64) as usize;
        for (v, offsets) in offsets.0[..used.div_ceil(LANES)].iter_mut().enumerate() {
            *offsets = array::from_fn(|lane| grid.offset(v * LANES + lane));
        }
        Self { f, grid, token, offsets, one: std::hint::black_box(1.0) }
    }

    /// The sum over one tile of weight times value.
    pub fn tile(&self, index: u64) -> Partial {
        dispatch!(self.token, simd => self.tile_on(simd, index))
    }

    #[inline(always)]
    fn tile_on<S: Simd>(&self, simd: S, index: u64) -> Partial {
        let panels = self.grid.tile(index);
        let mut sum = Compensated::zero(simd);
        if self.grid.across_nodes() {
            for panel in panels {
                self.panel(simd, panel, &mut sum);
            }
            return sum.reduce();
        }
        for series in self.grid.series(&panels) {
            self.series(simd, series, &mut sum);
        }
        for (x, weight) in self.grid.ends(&panels) {
            self.some(simd, 1, |_| Lanes::splat(simd, x), |_| lanes_of(&[weight], 0, 0.0), &mut sum);
        }
        sum.reduce()
    }

    /// Adds the nodes of a series.
    #[inline(always)]
    fn series<S: Simd>(&self, simd: S, series: Series, sum: &mut Compensated<S>) {
        let weight = Lanes::splat(simd, series.weight);
        let (mut bases, mut start) = ([0.0; RUNS], 0);
        while start < series.count {
            // Bases take long to compute, one operation waiting for the other: many at a time, ahead of their runs.
            let runs = (series.count - start).div_ceil(RUN as u64).min(RUNS as u64) as usize;
            for (run, base) in bases[..runs].iter_mut().enumerate() {
                *base = self.grid.position(series.panel + start + (run * RUN) as u64, series.offset);
            }
            for &base in &bases[..runs] {
                let count = (series.count - start).min(RUN as u64) as usize;
                if count == RUN && base + self.offsets.0[VECTORS - 1][LANES - 1] <= self.grid.upper {
                    sum.add(weight * self.run(simd, Lanes::splat(simd, base)));
                } else {
                    // What fills up the last vector is the last node once more.
                    let last = self.offsets.0[(count - 1) / LANES][(count - 1) % LANES] + base;
                    let last = Lanes::splat(simd, last.min(self.grid.upper));
                    let x = |v: usize| (Lanes::from_array(simd, self.offsets.0[v]) + base).min(last);
                    let counts =
                        |v: usize| array::from_fn(|lane| if v * LANES + lane < count { series.weight } else { 0.0 });
                    self.some(simd, count.div_ceil(LANES), x, counts, sum);
                }
                start += count as u64;
            }
        }
    }

    /// The sum over a full run.
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, base: Lanes<S>) -> Lanes<S> {
        let node = |v: usize| base + Lanes::from_array(simd, self.offsets.0[v]);
        let one = Lanes::splat(simd, self.one);
        let mut sums = [Lanes::splat(simd, 0.0); WAYS];
        let mut add = |values: [Lanes<S>; WAYS]| {
            // One addition in four as a multiply-add: the same value, and pipes are evenly used where f is cheap.
            sums[0] = values[0].fma(one, sums[0]);
            for way in 1..WAYS {
                sums[way] += values[way];
            }
        };
        if F::BLOCKED {
            for block in 0..VECTORS / BLOCK {
                let points: [Lanes<S>; BLOCK] = array::from_fn(|v| node(block * BLOCK + v));
                let mut values = points;
                self.f.block(&points, &mut values);
                for values in values.chunks_exact(WAYS) {
                    add(array::from_fn(|way| values[way]));
                }
            }
        } else {
            for group in 0..VECTORS / WAYS {
                add(array::from_fn(|way| self.f.lanes(node(group * WAYS + way))));
            }
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    /// Adds all nodes of one panel, lanes going over nodes.
    #[inline(always)]
    fn panel<S: Simd>(&self, simd: S, panel: u64, sum: &mut Compensated<S>) {
        let (lower, upper) = (Lanes::splat(simd, self.grid.lower), Lanes::splat(simd, self.grid.upper));
        for (nodes, end) in [(&self.grid.rule.lower, panel), (&self.grid.rule.upper, panel + 1)] {
            let base = self.grid.position(end, 0.0);
            let x = |v: usize| {
                let offsets = Lanes::from_array(simd, lanes_of(&nodes.offsets, v, nodes.offsets[0]));
                (offsets * self.grid.step.high + base).clamp(lower, upper)
            };
            let weights = |v: usize| lanes_of(&nodes.weights, v, 0.0);
            let vectors = nodes.offsets.len().div_ceil(LANES);
            self.some(simd, vectors, x, weights, sum);
        }
    }

    /// Adds `vectors` vectors of nodes, weighted lane by lane; a lane of weight 0 does not count, whatever its value.
    #[inline(always)]
    fn some<S: Simd>(
        &self,
        simd: S,
        vectors: usize,
        x: impl Fn(usize) -> Lanes<S>,
        weights: impl Fn(usize) -> [f64; LANES],
        sum: &mut Compensated<S>,
    ) {
        let zero = Lanes::splat(simd, 0.0);
        for v in 0..vectors {
            let weights = Lanes::from_array(simd, weights(v));
            sum.add(weights.eq(zero).select(zero, self.f.lanes(x(v)) * weights));
        }
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
