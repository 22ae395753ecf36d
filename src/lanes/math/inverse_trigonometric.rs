//! asin, acos, atan, atan2.
//!
//! Each is a base angle (0, π/2 or π, in two parts) plus or minus an odd polynomial in a reduced argument that is known
//! to more than double precision. The reductions are those of W. J. Cody and W. Waite, "Software Manual for the
//! Elementary Functions" (1980), ISBN 978-0-13-822064-8; the polynomials are minimax (S. Chevillard, M. Joldes,
//! C. Lauter, "Sollya", <https://doi.org/10.1007/978-3-642-15582-6_5>).

use super::polynomial::{polynomial, remainder};
use super::slow::mend_pair;
use crate::lanes::twofold::{fast_two_sum, two_sum};
use crate::lanes::{Lanes, Mask, Simd};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// π/2 - [`FRAC_PI_2`]
const FRAC_PI_2_REST: f64 = 6.123233995736766e-17;
/// π - [`PI`]
const PI_REST: f64 = 1.2246467991473532e-16;
/// 3π/4 - 3 · [`FRAC_PI_4`]
const THREE_QUARTERS_PI_REST: f64 = 9.184850993605148e-17;

/// (atan t - t) / t³ in t², for |t| <= ½; error of atan 2^-60.
const ATAN: [f64; 13] = [
    -0.33333333333333315,
    0.1999999999999378,
    -0.14285714285000095,
    0.11111111070139501,
    -0.09090907708135909,
    0.0769227768849021,
    -0.06666225539067384,
    0.05877819818431823,
    -0.05230068184258168,
    0.04589612249491913,
    -0.037121894254179985,
    0.023658556825863274,
    -0.008367431790739252,
];

/// (asin s - s) / s³ in s², for |s| <= ½; error of asin 2^-60.
const ASIN: [f64; 13] = [
    0.1666666666666676,
    0.0749999999997082,
    0.04464285717463308,
    0.030381942705390658,
    0.02237221508485943,
    0.01735160983180306,
    0.013980851128127246,
    0.011398630397415128,
    0.010781990732213108,
    0.003699300457593974,
    0.021725961075679787,
    -0.021026869627396836,
    0.032646958104199056,
];

/// Beyond, a quotient with 1 cannot be told from zero in the angle. The reciprocal is still a normal number.
const FAR: f64 = 8.452712498170644e270; // 2^900

/// The angle `base` + `base_rest` + `head` + `tail`, for |base| >= |head| or base = 0.
#[inline(always)]
fn angle<S: Simd>(base: Lanes<S>, base_rest: Lanes<S>, head: Lanes<S>, tail: Lanes<S>) -> Lanes<S> {
    let (high, low) = fast_two_sum(base, head);
    high + (low + (base_rest + tail))
}

/// The first of `values` where `steep`, else the second where `middle`, else `other`.
#[inline(always)]
fn pick<S: Simd>(steep: Mask<S>, middle: Mask<S>, values: [f64; 2], other: Lanes<S>) -> Lanes<S> {
    steep.select(other.like(values[0]), middle.select(other.like(values[1]), other))
}

/// atan(n / (d + rest)) as head + tail, for |n| <= d / 2 within 2^±900, or n = 0.
#[inline(always)]
fn atan_quotient<S: Simd>(n: Lanes<S>, d: Lanes<S>, rest: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let reciprocal = 1.0 / d;
    let t = n * reciprocal;
    let lost = (-t).fma(rest, remainder(n, t, d)) * reciprocal;
    let z = t * t;
    let cubic = (t * z) * polynomial(z, &ATAN);
    // The slope 1 / (1 + z), roughly, as `lost` is at most two ulps of t.
    (t, lost.fma(z.fma(z.like(-0.85), z.like(1.0)), cubic))
}

/// s, tail and where |x| > ½: asin |x| = s + tail there not, π/2 - 2·(s + tail) there.
#[inline(always)]
fn asin_parts<S: Simd>(x: Lanes<S>) -> (Lanes<S>, Lanes<S>, Mask<S>) {
    let zero = x.like(0.0);
    let a = x.abs();
    let outer = a.gt(x.like(0.5));
    let half = 0.5 - 0.5 * a;
    let root = half.sqrt();
    // The summand prevents 0 / 0 and is otherwise too small to count.
    let lost = remainder(half, root, root) / (root + (root + 1e-300));
    let z = outer.select(half, a * a);
    let s = outer.select(root, a);
    let tail = (s * z).fma(polynomial(z, &ASIN), outer.select(lost, zero));
    (s, tail, outer)
}

impl<S: Simd> Lanes<S> {
    /// The angle in [-π/2, π/2] with this sine, for x in [-1, 1]; NaN outside.
    ///
    #[doc = error_doc!(asin)]
    #[inline(always)]
    pub fn asin(self) -> Self {
        let (s, tail, outer) = asin_parts(self);
        let (zero, factor) = (self.like(0.0), outer.select(self.like(-2.0), self.like(1.0)));
        let base = outer.select(self.like(FRAC_PI_2), zero);
        let rest = outer.select(self.like(FRAC_PI_2_REST), zero);
        angle(base, rest, factor * s, factor * tail).copysign(self)
    }

    /// The angle in [0, π] with this cosine, for x in [-1, 1]; NaN outside.
    ///
    #[doc = error_doc!(acos)]
    #[inline(always)]
    pub fn acos(self) -> Self {
        let (s, tail, outer) = asin_parts(self);
        let negative = self.lt(self.like(0.0));
        let factor = outer.select(self.like(2.0), self.like(1.0)).copysign(self);
        let factor = outer.select(factor, -factor);
        let end = negative.select(self.like(PI), self.like(0.0));
        let base = outer.select(end, self.like(FRAC_PI_2));
        let rest = outer.select(negative.select(self.like(PI_REST), self.like(0.0)), self.like(FRAC_PI_2_REST));
        angle(base, rest, factor * s, factor * tail)
    }

    /// The angle in [-π/2, π/2] with this tangent, for all x; ±π/2 at ±∞.
    ///
    #[doc = error_doc!(atan)]
    #[inline(always)]
    pub fn atan(self) -> Self {
        let (zero, one, limit) = (self.like(0.0), self.like(1.0), self.like(FAR));
        let a = self.abs();
        // atan a = π/4 + atan((a - 1) / (a + 1)) = π/2 - atan(1 / a); the differences are exact.
        let (middle, steep) = (a.ge(self.like(0.5)), a.gt(self.like(2.0)));
        let n = steep.select(-one, middle.select(a - one, a));
        let sum = a + one;
        let d = steep.select(a.lt(limit).select(a, limit), middle.select(sum, one));
        let rest = (middle ^ steep).select(a - (sum - one), zero);
        let (t, tail) = atan_quotient(n, d, rest);
        let base = pick(steep, middle, [FRAC_PI_2, FRAC_PI_4], zero);
        let base_rest = pick(steep, middle, [FRAC_PI_2_REST, FRAC_PI_2_REST / 2.0], zero);
        angle(base, base_rest, t, tail).copysign(self)
    }

    /// The angle in [-π, π] of the point (`x`, `self`), for all x and y; zeros and infinities as in `f64::atan2`.
    ///
    #[doc = error_doc!(atan2)]
    #[inline(always)]
    pub fn atan2(self, x: Self) -> Self {
        let zero = self.like(0.0);
        let (a, b) = (self.abs(), x.abs());
        let (middle, steep) = ((a + a).ge(b), a.gt(b + b));
        let n = steep.select(-b, middle.select(a - b, a));
        let (sum, lost) = two_sum(a, b);
        let d = steep.select(a, middle.select(sum, b));
        let (t, tail) = atan_quotient(n, d, (middle ^ steep).select(lost, zero));
        let left = x.lt(zero);
        let end = left.select(self.like(PI), zero);
        let end_rest = left.select(self.like(PI_REST), zero);
        let half = left.select(self.like(3.0 * FRAC_PI_4), self.like(FRAC_PI_4));
        let half_rest = left.select(self.like(THREE_QUARTERS_PI_REST), self.like(FRAC_PI_2_REST / 2.0));
        let base = steep.select(self.like(FRAC_PI_2), middle.select(half, end));
        let base_rest = steep.select(self.like(FRAC_PI_2_REST), middle.select(half_rest, end_rest));
        let near = angle(base, base_rest, left.select(-t, t), left.select(-tail, tail)).copysign(self);
        // Where the reciprocal or the remainder could overflow or lose bits; NaN and two zeros are among them.
        let (low, n) = (self.like(1.0 / FAR), n.abs());
        let usual = d.lt(self.like(FAR)) & d.gt(low) & (n.gt(low) | n.eq(zero));
        mend_pair((self, x), near, usual, libm::atan2)
    }
}
