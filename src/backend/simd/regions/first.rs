//! The quick way: the first rung of Patterson's ladder on a plain interval, compiled into the caller together with the
//! integrand, so that an easy integral costs no call, no allocation and no clock.

use crate::estimate::{Tolerance, noise, raw, rounding};
use crate::integrand::Integrand;
use crate::lanes::{Lanes, Simd, Token, dispatch};
use crate::rule::{Ladder, PATTERSON, SENTINEL, Vector};

/// What the quick way found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    pub estimate: f64,
    pub error: f64,
}

/// Evaluations of the quick way: 15 nodes, the probe, and a sentinel next to each end.
pub(crate) const EVALUATIONS: u64 = 18;

/// The integral where one panel meets the tolerance.
#[inline(always)]
pub(crate) fn first<F: Integrand>(f: &F, token: Token, lower: f64, upper: f64, tolerance: Tolerance) -> Option<First> {
    dispatch!(token, simd => first_on(simd, f, lower, upper, tolerance))
}

#[inline(always)]
fn first_on<S: Simd, F: Integrand>(simd: S, f: &F, lower: f64, upper: f64, tolerance: Tolerance) -> Option<First> {
    const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];
    let Ladder { nodes, embedded, rungs } = &PATTERSON;
    let (rung, width) = (&rungs[0], upper - lower);
    let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
    let span = Lanes::splat(simd, width);
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
    let (one, two) = (y[0], y[1]);
    let estimate = dot2(one, two, rung.weights) * width;
    let magnitude = dot2(y[0].abs(), y[1].abs(), rung.weights) * width;
    let now = raw(
        estimate - dot2(one, two, embedded) * width,
        dot2(one, two, rung.probe) * width,
        [dot2(one, two, rung.nulls[0]) * width, dot2(one, two, rung.nulls[1]) * width],
    );
    let near = y[2].to_array();
    let hidden =
        (near[0] - dot2(one, two, rung.sentinels[0])).abs() + (near[4] - dot2(one, two, rung.sentinels[1])).abs();
    // The variation is at most twice the largest value, and that is not much above the mean of a panel that converges.
    let floor = rounding(magnitude, estimate, 15) + noise(lower.abs().max(upper.abs()), 2.0 * magnitude / width);
    let error = now + hidden * (nodes[0][0] * width) + floor;
    (tolerance.met(error, estimate) && now > 0.0).then_some(First { estimate, error })
}

/// The weighted sum of two vectors.
#[inline(always)]
fn dot2<S: Simd>(first: Lanes<S>, second: Lanes<S>, table: &[Vector]) -> f64 {
    let token = first.token();
    let sum = first * Lanes::from_array(token, table[0]);
    second.fma(Lanes::from_array(token, table[1]), sum).total()
}
