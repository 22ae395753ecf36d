//! sin, cos, tan.
//!
//! Cody and Waite's reduction, here with the rounding error of the reduced argument carried along: W. J. Cody and
//! W. Waite, "Software Manual for the Elementary Functions" (1980). The reduction is by π/2; a single sine takes
//! in each lane the coefficients of sine or of cosine, so that the polynomial is evaluated only once.

use super::bits::{ROUNDER, from_bits, polynomial, to_bits};
use super::slow::mend;
use crate::lanes::twofold::{fast_two_sum, two_sum};
use crate::lanes::{Lanes, Mask, Simd};
use fearless_simd::{ExtractToken, SimdBase, u64x8};
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// (r - sin r) / r³ in r², for |r| <= π/4; relative error of sin 2^-56.
const SIN: [f64; 6] = [
    0.16666666666666666,
    -0.008333333333331293,
    0.00019841269837059646,
    -2.755731621069299e-06,
    2.505114892602694e-08,
    -1.5919113986427009e-10,
];

/// (1 - r²/2 - cos r) / r⁴ in r², for |r| <= π/4; relative error of cos 2^-60.
const COS: [f64; 6] = [
    -0.041666666666666664,
    0.0013888888888887061,
    -2.4801587298460456e-05,
    2.755731715843594e-07,
    -2.0876127866347726e-09,
    1.1381545337663432e-11,
];

/// π/2 - [`FRAC_PI_2`], to 2^-53 of itself.
const FRAC_PI_2_REST: f64 = 6.123233995736766e-17;
/// π/2 to 2^-119, in parts of which the first two give exact products with integers up to 2^20.
const FRAC_PI_2_PARTS: [f64; 3] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21];

/// Without fused multiply-add, the largest argument that the vector code reduces.
const RANGE: f64 = 1e6;
/// With it, the exponent of the largest ratio of argument to reduced argument: below, the two parts of π/2 are enough.
const RANGE_FUSED: u64 = 36;

/// An argument reduced by the nearest multiple of π/2 to |r| <= π/4.
struct Reduced<S: Simd> {
    /// [`ROUNDER`] + the multiple
    rounded: Lanes<S>,
    /// The difference is r - `excess`.
    r: Lanes<S>,
    excess: Lanes<S>,
    /// False in lanes where the reduction is not exact enough.
    good: Mask<S>,
}

#[inline(always)]
fn reduce<S: Simd>(x: Lanes<S>) -> Reduced<S> {
    let rounded = x.fma(x.like(FRAC_2_PI), x.like(ROUNDER));
    let n = rounded - ROUNDER;
    if x.fused() {
        // Exact: a multiple of an ulp of π/2 (or of x) that is less than 1.
        let first = n.fma(x.like(-FRAC_PI_2), x);
        let r = n.fma(x.like(-FRAC_PI_2_REST), first);
        let excess = n.fma(x.like(FRAC_PI_2_REST), r - first);
        let bound = from_bits(to_bits(r) + (RANGE_FUSED << 52));
        Reduced { rounded, r, excess, good: x.abs().le(bound.abs()) }
    } else {
        let [high, middle, low] = FRAC_PI_2_PARTS;
        let (sum, a) = two_sum(x, n * -high);
        let (sum, b) = two_sum(sum, n * -middle);
        let (sum, c) = two_sum(sum, n * -low);
        let (r, rest) = fast_two_sum(sum, (a + b) + c);
        Reduced { rounded, r, excess: 0.0 - rest, good: x.abs().le(x.like(RANGE)) }
    }
}

/// Sine, or cosine where `odd`, of `r - excess`.
#[inline(always)]
fn sin_or_cos<S: Simd>(r: Lanes<S>, excess: Lanes<S>, odd: Choice<S>) -> Lanes<S> {
    let square = r * r;
    let half = 0.5 * square;
    let head = 1.0 - half;
    // 1 - r²/2 as an exact sum; the error of r counts fully in a sine, r-fold in a cosine.
    let lost = r.fma(-excess, (head - 1.0) + half);
    // Neighbours in pairs: a third of the depth of Horner's rule for one more multiplication.
    let c = odd.constants(COS, SIN);
    let fourth = square * square;
    let (low, middle, high) = (c[1].fma(square, c[0]), c[3].fma(square, c[2]), c[5].fma(square, c[4]));
    let sum = high.fma(fourth, middle).fma(fourth, low);
    let factor = odd.choose(fourth, square * r);
    odd.choose(head, r) - factor.fma(sum, odd.choose(lost, excess))
}

/// A choice in each lane by the bits of integers, all set or none: the units that multiply have no part in it, as
/// they have in a [`Mask::select`] on some processors.
#[derive(Clone, Copy)]
struct Choice<S: Simd>(u64x8<S>);

impl<S: Simd> Choice<S> {
    /// Set where the integer in the low bits of `rounded` is odd.
    #[inline(always)]
    fn odd(rounded: Lanes<S>) -> Self {
        Choice(u64x8::splat(rounded.token(), 0) - (to_bits(rounded) & 1))
    }

    #[inline(always)]
    fn choose(self, set: Lanes<S>, unset: Lanes<S>) -> Lanes<S> {
        from_bits(to_bits(unset) ^ ((to_bits(set) ^ to_bits(unset)) & self.0))
    }

    #[inline(always)]
    fn constants<const N: usize>(self, set: [f64; N], unset: [f64; N]) -> [Lanes<S>; N] {
        let token = self.0.token();
        let mut chosen = [from_bits(self.0); N];
        for k in 0..N {
            let difference = u64x8::splat(token, set[k].to_bits() ^ unset[k].to_bits());
            chosen[k] = from_bits(u64x8::splat(token, unset[k].to_bits()) ^ (difference & self.0));
        }
        chosen
    }
}

/// The sign of `x` flipped where the integer in the low bits of `rounded` is odd.
#[inline(always)]
fn flip_odd<S: Simd>(x: Lanes<S>, rounded: Lanes<S>) -> Lanes<S> {
    from_bits(to_bits(x) ^ (to_bits(rounded) << 63))
}

/// The sign of `x` flipped where the second lowest bit of `rounded` is set.
#[inline(always)]
fn flip_second<S: Simd>(x: Lanes<S>, rounded: Lanes<S>) -> Lanes<S> {
    from_bits(to_bits(x) ^ ((to_bits(rounded) << 62) & (1 << 63)))
}

/// Sine and cosine of `r - excess`.
#[inline(always)]
fn sin_and_cos<S: Simd>(r: Lanes<S>, excess: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let square = r * r;
    let half = 0.5 * square;
    let head = 1.0 - half;
    let lost = r.fma(-excess, (head - 1.0) + half);
    let sine = r - (square * r).fma(polynomial(square, SIN), excess);
    let cosine = head - (square * square).fma(polynomial(square, COS), lost);
    (sine, cosine)
}

impl<S: Simd> Lanes<S> {
    /// The sine.
    #[inline(always)]
    pub fn sin(self) -> Self {
        let Reduced { rounded, r, excess, good } = reduce(self);
        mend(self, flip_second(sin_or_cos(r, excess, Choice::odd(rounded)), rounded), good, f64::sin)
    }

    /// The cosine.
    #[inline(always)]
    pub fn cos(self) -> Self {
        let Reduced { rounded, r, excess, good } = reduce(self);
        let rounded = rounded + 1.0;
        mend(self, flip_second(sin_or_cos(r, excess, Choice::odd(rounded)), rounded), good, f64::cos)
    }

    /// Sine and cosine, for less than both apart.
    #[inline(always)]
    pub fn sin_cos(self) -> (Self, Self) {
        let Reduced { rounded, r, excess, good } = reduce(self);
        let (sine, cosine) = sin_and_cos(r, excess);
        let odd = Choice::odd(rounded);
        let sin = flip_second(odd.choose(cosine, sine), rounded);
        let cos = flip_second(odd.choose(sine, cosine), rounded + 1.0);
        (mend(self, sin, good, f64::sin), mend(self, cos, good, f64::cos))
    }

    /// The tangent.
    #[inline(always)]
    pub fn tan(self) -> Self {
        let Reduced { rounded, r, excess, good } = reduce(self);
        let (sine, cosine) = sin_and_cos(r, excess);
        let odd = Choice::odd(rounded);
        mend(self, flip_odd(odd.choose(cosine, sine) / odd.choose(sine, cosine), rounded), good, f64::tan)
    }
}
