//! sin, cos, tan.
//!
//! Cody and Waite's reduction, here with the rounding error of the reduced argument carried along: W. J. Cody and
//! W. Waite, "Software Manual for the Elementary Functions" (1980). The reduction is by π/2; a single sine takes
//! in each lane the coefficients of sine or of cosine, so that the polynomial is evaluated only once.

use super::bits::{ROUNDER, from_bits, to_bits};
use super::polynomial::polynomial;
use super::slow::mend;
use crate::lanes::twofold::{two_product, two_sum};
use crate::lanes::{Lanes, Mask, Simd};
use fearless_simd::{SimdBase, u64x8};
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
/// With it, the exponent of the largest ratio of the squares of argument and reduced argument: below, the two parts of
/// π/2 are enough.
const RANGE_FUSED: u64 = 72;

/// A sum of two, the second of the size of the rounding error of the first.
type Twofold<S> = (Lanes<S>, Lanes<S>);

/// An argument reduced by the nearest multiple of π/2 to |r| <= π/4.
struct Reduced<S: Simd> {
    /// [`ROUNDER`] + the multiple
    rounded: Lanes<S>,
    /// The difference is r - `excess`.
    r: Lanes<S>,
    excess: Lanes<S>,
}

/// True in lanes where [`reduce`] is exact enough; `square` is r² or (r/2)².
#[inline(always)]
fn reducible<S: Simd>(x: Lanes<S>, square: Lanes<S>) -> Mask<S> {
    if x.fused() { (x * x).le(from_bits(to_bits(square) + (RANGE_FUSED << 52))) } else { x.abs().le(x.like(RANGE)) }
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
        Reduced { rounded, r, excess }
    } else {
        let [high, middle, low] = FRAC_PI_2_PARTS;
        let (sum, a) = two_sum(x, n * -high);
        let (sum, b) = two_sum(sum, n * -middle);
        let (sum, c) = two_sum(sum, n * -low);
        let rest = 0.0 - ((a + b) + c);
        let r = sum - rest;
        Reduced { rounded, r, excess: (r - sum) + rest }
    }
}

/// Sine of `x`, or cosine for `shift` = 1.
#[inline(always)]
fn sin_or_cos<S: Simd>(x: Lanes<S>, shift: f64, scalar: fn(f64) -> f64) -> Lanes<S> {
    if !x.fused() {
        let Reduced { rounded, r, excess } = reduce(x);
        let quarters = if shift == 0.0 { rounded } else { rounded + shift };
        let ((sine, _), (cosine, _)) = sin_and_cos(r, excess);
        let value = Choice::odd(quarters).choose(cosine, sine);
        return mend(x, flip_second(value, quarters), reducible(x, r), scalar);
    }
    let rounded = x.fma(x.like(FRAC_2_PI), x.like(ROUNDER));
    let quarters = if shift == 0.0 { rounded } else { rounded + shift };
    let odd = Choice::odd(quarters);
    // sin t for the sine with t = r, for the cosine with t = r / 2, where cos r = 1 - 2 sin² t: one polynomial.
    let factor = odd.choose(x.like(0.5), x.like(1.0));
    let n = (rounded - ROUNDER) * factor;
    // t = head - tail, with the head exact: a multiple of an ulp of π/2 (or of x) that is less than 1.
    let (head, tail) = (n.fma(x.like(-FRAC_PI_2), x * factor), n * FRAC_PI_2_REST);
    let t = head - tail;
    let square = t * t;
    let sine = head - (square * t).fma(polynomial(square, &SIN), tail);
    let value = odd.choose(sine.fma(-(sine + sine), x.like(1.0)), sine);
    let near = flip_second(value, quarters);
    let good = reducible(x, square);
    if good.all() {
        return near;
    }
    // Next to 1 and -1 the reduced argument may have any relative error.
    mend(x, near, reducible(x, odd.choose(square + 0.1, square)), scalar)
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

/// Sine and cosine of `r - excess`, each with its own rounding error.
#[inline(always)]
fn sin_and_cos<S: Simd>(r: Lanes<S>, excess: Lanes<S>) -> (Twofold<S>, Twofold<S>) {
    let square = r * r;
    let bend = (square * r).fma(polynomial(square, &SIN), excess);
    let sine = r - bend;
    // 1 - r²/2 as an exact sum; the error of r counts r-fold in a cosine.
    let half = 0.5 * square;
    let head = 1.0 - half;
    let lost = r.fma(-excess, (head - 1.0) + half);
    let rest = (square * square).fma(polynomial(square, &COS), lost);
    let cosine = head - rest;
    ((sine, (r - sine) - bend), (cosine, (head - cosine) - rest))
}

impl<S: Simd> Lanes<S> {
    /// The sine. Arguments beyond about 5e10 (1e6 without fused multiply-add), and those within
    /// 2^-36 of their size of a multiple of π/2, take the slow path, that of `std`: with the C library of some systems
    /// off by many ulp for a few huge arguments next to a zero, which the error below leaves out; infinity
    /// gives NaN.
    ///
    #[doc = error_doc!(sin)]
    #[inline(always)]
    pub fn sin(self) -> Self {
        sin_or_cos(self, 0.0, f64::sin)
    }

    /// The cosine; range as [`Lanes::sin`].
    ///
    #[doc = error_doc!(cos)]
    #[inline(always)]
    pub fn cos(self) -> Self {
        sin_or_cos(self, 1.0, f64::cos)
    }

    /// Sine and cosine, for less than both apart; bounds and range as [`Lanes::sin`]. The last bit may differ from
    /// `sin` and `cos`.
    #[inline(always)]
    pub fn sin_cos(self) -> (Self, Self) {
        let Reduced { rounded, r, excess } = reduce(self);
        let ((sine, _), (cosine, _)) = sin_and_cos(r, excess);
        let odd = Choice::odd(rounded);
        let sin = flip_second(odd.choose(cosine, sine), rounded);
        let cos = flip_second(odd.choose(sine, cosine), rounded + 1.0);
        let good = reducible(self, r * r);
        (mend(self, sin, good, f64::sin), mend(self, cos, good, f64::cos))
    }

    /// The tangent; range as [`Lanes::sin`].
    ///
    #[doc = error_doc!(tan)]
    #[inline(always)]
    pub fn tan(self) -> Self {
        let Reduced { rounded, r, excess } = reduce(self);
        let (sine, cosine) = sin_and_cos(r, excess);
        let odd = Choice::odd(rounded);
        let above = (odd.choose(cosine.0, sine.0), odd.choose(cosine.1, sine.1));
        let below = (odd.choose(sine.0, cosine.0), odd.choose(sine.1, cosine.1));
        let inverse = 1.0 / below.0;
        let quotient = above.0 * inverse;
        let (back, back_low) = two_product(quotient, below.0);
        let residual = (((above.0 - back) - back_low) + above.1) - quotient * below.1;
        // (The sum would lose the sign of -0.)
        let value = residual.fma(inverse, quotient).copysign(quotient);
        mend(self, flip_odd(value, rounded), reducible(self, r * r), f64::tan)
    }
}
