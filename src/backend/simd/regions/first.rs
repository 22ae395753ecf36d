//! The quick way: the first rung of Fejér's ladder on a plain interval, its values compiled into the caller together
//! with the integrand, so that an easy integral costs one call, no allocation and no clock.

use super::{NEAR, Seen, Sums, dot};
use crate::estimate::{Tolerance, noise, rounding};
use crate::integrand::Integrand;
use crate::lanes::{Lanes, Simd, Token, dispatch};
use crate::rule::{FEJER, Ladder};

/// What the quick way found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    pub estimate: f64,
    pub error: f64,
}

/// Evaluations of the quick way: 15 nodes, the probe, and a sentinel next to each end.
pub(crate) const EVALUATIONS: u64 = 18;

/// The integral where one panel meets the tolerance; `seen` are the values.
#[inline]
pub(crate) fn first<F: Integrand>(
    f: &F,
    token: Token,
    lower: f64,
    upper: f64,
    tolerance: Tolerance,
    seen: &mut Seen,
) -> Option<First> {
    // All that is compiled anew for each integrand are the values themselves.
    dispatch!(token, simd => see(simd, f, lower, upper, seen));
    judge(token, seen, lower, upper, tolerance)
}

#[inline(always)]
fn see<S: Simd, F: Integrand>(simd: S, f: &F, lower: f64, upper: f64, seen: &mut Seen) {
    let nodes = FEJER.nodes;
    let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
    let span = Lanes::splat(simd, upper - lower);
    let points = [
        Lanes::from_array(simd, nodes[0]).fma(span, ends),
        Lanes::from_array(simd, nodes[1]).fma(span, ends),
        Lanes::from_array(simd, NEAR).fma(span, ends),
    ];
    let mut y = points;
    if F::BLOCKED {
        f.block(&points, &mut y);
    } else {
        for (value, &point) in y.iter_mut().zip(&points) {
            *value = f.lanes(point);
        }
    }
    *seen = Seen { nodes: [y[0].to_array(), y[1].to_array()], near: y[2].to_array() };
}

#[inline(never)]
fn judge(token: Token, seen: &Seen, lower: f64, upper: f64, tolerance: Tolerance) -> Option<First> {
    dispatch!(token, simd => judge_on(simd, seen, lower, upper, tolerance))
}

#[inline(always)]
fn judge_on<S: Simd>(simd: S, seen: &Seen, lower: f64, upper: f64, tolerance: Tolerance) -> Option<First> {
    let Ladder { nodes, embedded, rungs } = &FEJER;
    let (rung, width, values) = (&rungs[0], upper - lower, &seen.nodes);
    let sums = Sums::of(simd, rung, embedded, values);
    let (estimate, magnitude) = (sums.sum * width, sums.size * width);
    let now = sums.raw(width, sums.embedded * width);
    let expected = [dot(simd, values, rung.sentinels[0]), dot(simd, values, rung.sentinels[1])];
    let hidden = (seen.near[0] - expected[0]).abs() + (seen.near[4] - expected[1]).abs();
    let floor = rounding(magnitude, estimate, 15) + noise(lower.abs().max(upper.abs()), sums.variation);
    let error = now + hidden * (nodes[0][0] * width) + floor;
    // Between values that are all the same something may hide.
    (tolerance.met(error, estimate) && sums.variation > 0.0).then_some(First { estimate, error })
}
