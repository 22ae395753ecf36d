//! ln, log2, log10, ln_1p.
//!
//! x = 2^k·(1 + f) with 1 + f in [√½, √2), s = f / (2 + f), and ln(1 + f) = 2·artanh s, by an odd polynomial in s: the
//! method of `e_log.c` in fdlibm, <https://www.netlib.org/fdlibm/>.

use super::bits::{ROUNDER, from_bits, power_of_two, to_bits};
use super::exponential::{LN_2_HIGH, LN_2_LOW};
use super::polynomial::polynomial;
use super::slow::mend;
use crate::lanes::twofold::{fast_two_sum, two_product, two_sum};
use crate::lanes::{Lanes, Mask, Simd};
use std::f64::consts::{LOG2_E, LOG10_E};

/// (2·artanh s - 2s) / s³ in s², for |s| <= 3 - 2√2; relative error of artanh 2^-57.
const ARTANH: [f64; 7] = [
    0.666666666666667,
    0.3999999999989978,
    0.28571428625963263,
    0.22222211129894245,
    0.1818288971907476,
    0.15331697693398952,
    0.14616774277874112,
];

/// (2·artanh s - 2s - 2/3·s³) / s⁵ in s², on the same interval; relative error of artanh 2^-69.
const ARTANH_LONG: [f64; 8] = [
    0.4,
    0.28571428571426327,
    0.22222222222768515,
    0.18181818155710236,
    0.15384609862303308,
    0.1333414289277668,
    0.11721208207808073,
    0.1158768082948196,
];
/// 2/3 - its double
const TWO_THIRDS_REST: f64 = 3.700743415417188e-17;

/// [`LOG2_E`], [`LOG10_E`] and log10 2: what their doubles lack.
const LOG2_E_REST: f64 = 2.0355273740931033e-17;
const LOG10_E_REST: f64 = 1.098319650216765e-17;
/// log10 2 in two parts: the first has 12 trailing zeros, so its product with an exponent is exact.
const LOG10_2_HIGH: f64 = 0.3010299956640665;
const LOG10_2_LOW: f64 = -8.532344317057107e-14;

/// The bits of √½, and of 2^52: with an integer in the low bits, 2^52 + that integer.
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const COUNTER: u64 = 0x4330_0000_0000_0000;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;

/// x = 2^k·m with m in [√½, √2), for positive normal `x`: (k, m).
#[inline(always)]
pub(super) fn split<S: Simd>(x: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let shifted = to_bits(x) + ((1023 << 52) - ROOT_HALF);
    let exponent = from_bits((shifted >> 52) | COUNTER) - (4_503_599_627_370_496.0 + 1023.0);
    (exponent, from_bits((shifted & MANTISSA) + ROOT_HALF))
}

/// ln(1 + f) = f - f²/2 + third: (f²/2, third), with f within [√½ - 1, √2 - 1].
#[inline(always)]
fn series<S: Simd>(f: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let s = f / (f + 2.0);
    let z = s * s;
    let half_square = (0.5 * f) * f;
    (half_square, s * z.fma(polynomial(z, &ARTANH), half_square))
}

/// ln(1 + f) as a sum of two, the first to less than half its bits wrong in the last: 2^-60 relative.
#[inline(always)]
fn series_twofold<S: Simd>(f: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let (half_square, third) = series(f);
    let (square_high, square_low) = two_product(f, f);
    let _ = half_square;
    let (high, low) = fast_two_sum(f, -0.5 * square_high);
    fast_two_sum(high, low + (third - 0.5 * square_low))
}

/// ln x as high + low to 2^-65 relative, for positive normal `x` (elsewhere anything).
#[inline(always)]
pub(super) fn ln_twofold<S: Simd>(x: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let (k, m) = split(x);
    let f = m - 1.0;
    // s = f / (2 + f) as a twofold
    let (divisor, divisor_low) = fast_two_sum(f.like(2.0), f);
    let inverse = 1.0 / divisor;
    let s = f * inverse;
    let (back, back_low) = two_product(s, divisor);
    let s_low = (((f - back) - back_low) - s * divisor_low) * inverse;
    let (square, square_low) = two_product(s, s);
    let square_low = (s + s).fma(s_low, square_low);
    // 2/3 + s²·(…)
    let rest = square * polynomial(square, &ARTANH_LONG);
    let (sum, sum_low) = fast_two_sum(f.like(2.0 / 3.0), rest);
    let sum_low = sum_low + TWO_THIRDS_REST;
    let (cube, cube_low) = two_product(s, square);
    let cube_low = s.fma(square_low, s_low.fma(square, cube_low));
    let (third, third_low) = two_product(cube, sum);
    let third_low = cube.fma(sum_low, cube_low.fma(sum, third_low));
    let (high, low) = fast_two_sum(s + s, third);
    let low = low + (s_low.fma(s.like(2.0), third_low));
    let (total, lost) = fast_two_sum(k * LN_2_HIGH, high);
    fast_two_sum(total, k.fma(k.like(LN_2_LOW), lost + low))
}

/// Where `x` is positive, finite and normal.
#[inline(always)]
pub(super) fn usual<S: Simd>(x: Lanes<S>) -> Mask<S> {
    x.ge(x.like(f64::MIN_POSITIVE)) & x.lt(x.like(f64::INFINITY))
}

impl<S: Simd> Lanes<S> {
    /// The natural logarithm; NaN below zero, -∞ at zero. Subnormal arguments take the slow path.
    ///
    #[doc = error_doc!(ln)]
    #[inline(always)]
    pub fn ln(self) -> Self {
        let (k, m) = split(self);
        let f = m - 1.0;
        let s = f / (m + 1.0);
        let z = s * s;
        let rest = polynomial(z, &ARTANH).fma(-z, f);
        let near = k.fma(k.like(LN_2_HIGH), f - s.fma(rest, k * -LN_2_LOW));
        mend(self, near, usual(self), f64::ln)
    }

    /// The logarithm to base 2, exact at powers of two; outside as [`Lanes::ln`].
    ///
    #[doc = error_doc!(log2)]
    #[inline(always)]
    pub fn log2(self) -> Self {
        let (k, m) = split(self);
        let (high, low) = series_twofold(m - 1.0);
        let (product, rest) = two_product(high, high.like(LOG2_E));
        let rest = high.fma(high.like(LOG2_E_REST), low.fma(low.like(LOG2_E), rest));
        let (sum, lost) = fast_two_sum(k, product);
        let near = sum + (lost + rest);
        mend(self, near, usual(self), f64::log2)
    }

    /// The logarithm to base 10; outside as [`Lanes::ln`].
    ///
    #[doc = error_doc!(log10)]
    #[inline(always)]
    pub fn log10(self) -> Self {
        let (k, m) = split(self);
        let (high, low) = series_twofold(m - 1.0);
        let (product, rest) = two_product(high, high.like(LOG10_E));
        let rest = high.fma(high.like(LOG10_E_REST), low.fma(low.like(LOG10_E), rest));
        let (sum, lost) = fast_two_sum(k * LOG10_2_HIGH, product);
        let near = sum + (lost + k.fma(k.like(LOG10_2_LOW), rest));
        mend(self, near, usual(self), f64::log10)
    }

    /// ln(1 + x), accurate near zero; NaN below -1, -∞ at -1. Arguments from 1e300 on take the slow path.
    ///
    #[doc = error_doc!(log1p)]
    #[inline(always)]
    pub fn ln_1p(self) -> Self {
        let one = self.like(1.0);
        let (sum, lost) = two_sum(one, self);
        let (k, m) = split(sum);
        // 2^-k, with nothing lost where k is beyond 52.
        let factor = power_of_two(ROUNDER - k);
        let (f, rest) = fast_two_sum(m - 1.0, lost * factor);
        let (half_square, third) = series(f);
        let near = k.fma(k.like(LN_2_HIGH), f - (half_square - (k.fma(k.like(LN_2_LOW), third) + rest)));
        let near = near.copysign(self);
        mend(self, near, self.gt(-one) & self.lt(self.like(1e300)), f64::ln_1p)
    }
}
