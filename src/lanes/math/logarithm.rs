//! ln, log2, log10, ln_1p.
//!
//! x = 2^k·(1 + f) with 1 + f in [√½, √2), s = f / (2 + f), and ln(1 + f) = 2·artanh s, by an odd polynomial in s: the
//! method of `e_log.c` in fdlibm, <https://www.netlib.org/fdlibm/>.

use super::bits::{from_bits, polynomial, to_bits};
use super::exponential::{LN_2_HIGH, LN_2_LOW};
use crate::lanes::twofold::{fast_two_sum, two_product, two_sum};
use crate::lanes::{Lanes, Mask, Simd};

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

/// The bits of √½ and of the difference that makes the exponent field k + 1023.
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
/// The bits of 2^52: with an integer in the low bits, 2^52 + that integer.
const COUNTER: u64 = 0x4330_0000_0000_0000;

/// x = 2^k·m with m in [√½, √2), for positive normal `x`: (k, m).
#[inline(always)]
fn split<S: Simd>(x: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let shifted = to_bits(x) + ((1023 << 52) - ROOT_HALF);
    let exponent = from_bits((shifted >> 52) | COUNTER) - (4_503_599_627_370_496.0 + 1023.0);
    (exponent, from_bits((shifted & MANTISSA) + ROOT_HALF))
}

/// ln(1 + f) = f - correction
#[inline(always)]
fn correction<S: Simd>(f: Lanes<S>) -> Lanes<S> {
    let s = f / (f + 2.0);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let tail = z * polynomial(z, ARTANH);
    half_square - s * (half_square + tail)
}

/// Where `x` is positive, finite and normal.
#[inline(always)]
fn usual<S: Simd>(x: Lanes<S>) -> Mask<S> {
    x.ge(x.like(f64::MIN_POSITIVE)) & x.lt(x.like(f64::INFINITY))
}

impl<S: Simd> Lanes<S> {
    /// The natural logarithm.
    #[inline(always)]
    pub fn ln(self) -> Self {
        if !usual(self).all() {
            return self.map(f64::ln);
        }
        let (k, m) = split(self);
        let f = m - 1.0;
        let s = f / (m + 1.0);
        let z = s * s;
        let half_square = (0.5 * f) * f;
        let tail = z.fma(polynomial(z, ARTANH), half_square);
        let low = k.fma(k.like(LN_2_LOW), s * tail);
        k.fma(k.like(LN_2_HIGH), f - (half_square - low))
    }
}
