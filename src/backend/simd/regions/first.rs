//! The quick way: the first rung of Fejér's ladder on a plain interval, compiled into the caller together with the
//! integrand, so that an easy integral costs no call, no allocation and no clock.

use super::{NEAR, Seen, Sums, dot};
use crate::estimate::{Tolerance, noise, rounding};
use crate::integrand::Integrand;
use crate::lanes::{Lanes, Simd, Token, dispatch};
use crate::rule::{FEJER, Ladder};
use std::ops::ControlFlow;

/// What the quick way found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    pub estimate: f64,
    pub error: f64,
}

/// Evaluations of the quick way: 15 nodes, the probe, and a sentinel next to each end.
pub(crate) const EVALUATIONS: u64 = 18;

/// The integral where one panel meets the tolerance; else the values that were seen.
#[inline(always)]
pub(crate) fn first<F: Integrand>(
    f: &F,
    token: Token,
    lower: f64,
    upper: f64,
    tolerance: Tolerance,
) -> ControlFlow<First, Seen> {
    dispatch!(token, simd => first_on(simd, f, lower, upper, tolerance))
}

#[inline(always)]
fn first_on<S: Simd, F: Integrand>(
    simd: S,
    f: &F,
    lower: f64,
    upper: f64,
    tolerance: Tolerance,
) -> ControlFlow<First, Seen> {
    let Ladder { nodes, embedded, rungs } = &FEJER;
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
    let values = [y[0].to_array(), y[1].to_array()];
    let sums = Sums::of(simd, rung, embedded, &values);
    let (estimate, magnitude) = (sums.sum * width, sums.size * width);
    let now = sums.raw(width, sums.embedded * width);
    let near = y[2].to_array();
    let expected = [dot(simd, &values, rung.sentinels[0]), dot(simd, &values, rung.sentinels[1])];
    let hidden = (near[0] - expected[0]).abs() + (near[4] - expected[1]).abs();
    let floor = rounding(magnitude, estimate, 15) + noise(lower.abs().max(upper.abs()), sums.variation);
    let error = now + hidden * (nodes[0][0] * width) + floor;
    // Between values that are all the same something may hide.
    if tolerance.met(error, estimate) && sums.variation > 0.0 {
        ControlFlow::Break(First { estimate, error })
    } else {
        ControlFlow::Continue(Seen { nodes: values, near })
    }
}
