//! The fast result against the serial reference, on the very nodes of the plan.

use crate::agreement::Disagreement;
use crate::integrand::{Integrand, bound::Bounded, evaluate};
use crate::lanes::Level;
use crate::plan::Grid;
use crate::reduce::Partial;

/// The outcome for one tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    pub evaluations: u64,
    /// The largest difference as a share of its bound.
    pub worst: f64,
    /// The first tile that fails.
    pub failed: Option<Disagreement>,
}

impl Checked {
    pub const NOTHING: Checked = Checked { evaluations: 0, worst: 0.0, failed: None };

    /// Both; the failure of `self`, which stands first, before that of `other`.
    pub fn combine(self, other: Self) -> Self {
        Self {
            evaluations: self.evaluations + other.evaluations,
            worst: self.worst.max(other.worst),
            failed: self.failed.or(other.failed),
        }
    }
}

/// Computes a tile again by the scalar definition and compares.
pub(crate) fn check_tile<F: Integrand>(f: &F, grid: &Grid, level: Level, tile: u64, fast: Partial) -> Checked {
    let (mut sum, mut magnitude, mut evaluations) = (Partial::IDENTITY, 0.0, 0);
    let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
    grid.for_each_node(tile, |x, weight| {
        let term = weight * f.scalar(x);
        sum = sum.combine(Partial::new(term));
        magnitude += term.abs();
        evaluations += 1;
        (first, last) = (first.min(x), last.max(x));
    });
    let bound = UNITS * magnitude + f64::MIN_POSITIVE;
    let difference = distance(fast, sum);
    // Not `> bound`: a NaN is no agreement.
    if difference <= bound {
        return Checked { evaluations, worst: difference / bound, failed: None };
    }
    match check_nodes(f, grid, level, tile, fast) {
        Some(worst) if worst <= 1.0 => Checked { evaluations, worst, failed: None },
        _ => {
            let [fast, reference] = [fast, sum].map(|sum| sum.scaled(grid.step).value());
            let failed = Disagreement { tile, nodes: (first, last), fast, reference, bound: bound * grid.step.high };
            Checked { evaluations, worst: difference / bound, failed: Some(failed) }
        }
    }
}

/// The difference between library functions and lane functions that passes without a closer look, relative to the sum of
/// all |f|.
const UNITS: f64 = 4.0 * f64::EPSILON;

fn distance(a: Partial, b: Partial) -> f64 {
    a.combine(Partial { high: -b.high, low: -b.low }).value().abs()
}

/// The closer look, for integrands that enlarge the errors of the functions in them: each node against the bound that
/// follows from its own operations. `None` where the integrand cannot be traced, or a node or the sum is not explained.
fn check_nodes<F: Integrand>(f: &F, grid: &Grid, level: Level, tile: u64, fast: Partial) -> Option<f64> {
    let bounded = Bounded::new(f)?;
    let (mut sum, mut magnitude, mut worst, mut explained) = (Partial::IDENTITY, 0.0, 0.0f64, true);
    grid.for_each_node(tile, |x, weight| {
        let (ball, mut value) = (bounded.at(x), [0.0]);
        evaluate(f, level, &[x], &mut value);
        let [value] = value;
        explained &= ball.admits(value);
        if ball.bound.is_finite() && ball.bound > 0.0 {
            worst = worst.max((value - ball.value).abs() / ball.bound);
        }
        sum = sum.combine(Partial::new(weight * value));
        magnitude += (weight * value).abs();
    });
    (explained && distance(fast, sum) <= UNITS * magnitude + f64::MIN_POSITIVE).then_some(worst)
}

/// The tiles of a spot check: chosen by `seed`, spread over the plan, the first and the last among them.
pub(crate) fn spot_tiles(tiles: u64, seed: u64) -> impl Iterator<Item = u64> {
    const SPOTS: u64 = 4;
    let spots = SPOTS.min(tiles);
    (0..spots).map(move |spot| {
        if spot == 0 {
            return 0;
        }
        if spot == spots - 1 {
            return tiles - 1;
        }
        // One place in each stratum, by a multiplicative hash of the seed.
        let hash = (seed.wrapping_add(spot)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        let stratum = tiles / spots;
        spot * stratum + hash % stratum.max(1)
    })
}
