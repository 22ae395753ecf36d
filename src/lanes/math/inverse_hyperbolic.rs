//! asinh, acosh, atanh.
//!
//! Each is a logarithm of a number that is known to twice the precision, v = 2^k·n/d with n/d near 1, as
//! k·ln 2 + 2·artanh((n - d) / (n + d)); the artanh by a minimax polynomial.

use super::bits::{ROUNDER, from_bits, power_of_two, to_bits};
use super::exponential::{LN_2_HIGH, LN_2_LOW};
use super::polynomial::{polynomial, remainder};
use crate::lanes::twofold::{fast_two_sum, two_product, two_sum};
use crate::lanes::{Lanes, Simd};

/// (artanh t - t) / t³ in t², for |t| <= 3 - 2√2; relative error of artanh 2^-66.
const ARTANH: [f64; 8] = [
    0.3333333333333333,
    0.20000000000002477,
    0.1428571428469799,
    0.11111111304896061,
    0.09090889049318306,
    0.07693500544421508,
    0.06625927112054922,
    0.06618791248759887,
];

/// From here on, asinh x and acosh x are ln 2x to less than 2^-57.
const FAR: f64 = 268_435_456.0; // 2^28
/// Scales a large number down, so that the reciprocal of its power of two exists.
const DOWN: f64 = 5.421010862427522e-20; // 2^-64
/// Below, asinh x rounds to x.
const LINEAR: f64 = 1e-9;

const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
/// The bits of 2^52: with an integer in the low bits, 2^52 + that integer.
const COUNTER: u64 = 0x4330_0000_0000_0000;

/// k such that x / 2^k is in [√½, √2), for positive normal `x`.
#[inline(always)]
fn exponent<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let shifted = to_bits(x) + ((1023 << 52) - ROOT_HALF);
    from_bits((shifted >> 52) | COUNTER) - (4_503_599_627_370_496.0 + 1023.0)
}

/// k·ln 2 / 2 + artanh(n / d), n and d each in two parts, |n / d| <= 3 - 2√2.
#[inline(always)]
fn half_logarithm<S: Simd>(k: Lanes<S>, n: (Lanes<S>, Lanes<S>), d: (Lanes<S>, Lanes<S>)) -> Lanes<S> {
    let reciprocal = 1.0 / d.0;
    let t = n.0 * reciprocal;
    let lost = (-t).fma(d.1, remainder(n.0, t, d.0) + n.1) * reciprocal;
    let z = t * t;
    let tail = (t * z).fma(polynomial(z, &ARTANH), lost);
    let (high, low) = fast_two_sum(k * (LN_2_HIGH / 2.0), t);
    high + (low + k.fma(k.like(LN_2_LOW / 2.0), tail))
}

/// ln(v + rest) + plus·ln 2 for v >= 1
#[inline(always)]
fn logarithm<S: Simd>(v: Lanes<S>, rest: Lanes<S>, plus: Lanes<S>) -> Lanes<S> {
    let k = exponent(v);
    let factor = power_of_two(ROUNDER - k);
    let (n, n_low) = fast_two_sum(v * factor - 1.0, rest * factor);
    let (d, d_low) = fast_two_sum(n.like(2.0), n);
    2.0 * half_logarithm(k + plus, (n, n_low), (d, d_low + n_low))
}

/// ln(x + √(x² + term)) for x from 0 on, with infinity and NaN as they are.
#[inline(always)]
fn area<S: Simd>(x: Lanes<S>, term: f64) -> Lanes<S> {
    let zero = x.like(0.0);
    let (square, square_low) = two_product(x, x);
    let (radicand, rest) = two_sum(square, x.like(term));
    let (radicand, rest) = fast_two_sum(radicand, rest + square_low);
    let root = radicand.sqrt();
    // The summand prevents 0 / 0 and is otherwise too small to count.
    let root_low = (remainder(radicand, root, root) + rest) / (root + (root + 1e-300));
    let (sum, sum_low) = two_sum(x, root);
    let far = x.ge(x.like(FAR));
    let v = far.select(x * DOWN, sum);
    let rest = far.select(zero, sum_low + root_low);
    let value = logarithm(v, rest, far.select(x.like(65.0), zero));
    x.lt(x.like(f64::INFINITY)).select(value, x)
}

impl<S: Simd> Lanes<S> {
    /// ln(x + √(x² + 1)), for all x; odd.
    ///
    #[doc = error_doc!(asinh)]
    #[inline(always)]
    pub fn asinh(self) -> Self {
        let a = self.abs();
        a.lt(self.like(LINEAR)).select(self, area(a, 1.0).copysign(self))
    }

    /// ln(x + √(x² - 1)), for x >= 1; NaN below.
    ///
    #[doc = error_doc!(acosh)]
    #[inline(always)]
    pub fn acosh(self) -> Self {
        self.lt(self.like(1.0)).select(self.like(f64::NAN), area(self, -1.0))
    }

    /// ln((1 + x) / (1 - x)) / 2, for x in [-1, 1], with ±∞ at the ends; NaN outside.
    ///
    #[doc = error_doc!(atanh)]
    #[inline(always)]
    pub fn atanh(self) -> Self {
        let one = self.like(1.0);
        let a = self.abs();
        let (above, above_low) = fast_two_sum(one, a);
        let (below, below_low) = fast_two_sum(one, -a);
        let k = exponent(above / below);
        let factor = power_of_two(k + ROUNDER);
        let (below, below_low) = (factor * below, factor * below_low);
        let n = two_sum(above - below, above_low - below_low);
        let (d, d_low) = two_sum(above, below);
        let value = half_logarithm(k, n, (d, d_low + (above_low + below_low)));
        let edge = a.eq(one).select(self.like(f64::INFINITY), self.like(f64::NAN));
        a.lt(one).select(value, edge).copysign(self)
    }
}
