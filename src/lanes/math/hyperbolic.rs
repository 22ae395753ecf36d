//! sinh, cosh, tanh.
//!
//! x = n·ln 2 + r with |r| <= ln 2 / 2, and the addition theorem, e. g.
//! sinh x = sinh(n·ln 2)·cosh r + cosh(n·ln 2)·sinh r: the factors are sums of two powers of two, and nothing cancels
//! that is not exact. Minimax polynomials for sinh r and cosh r.

use super::bits::{ROUNDER, power_of_two};
use super::exponential::{LN_2_HIGH, LN_2_LOW};
use super::polynomial::{polynomial, remainder};
use crate::lanes::twofold::{fast_two_sum, two_product};
use crate::lanes::{Lanes, Simd};
use std::f64::consts::LOG2_E;

/// (sinh r - r) / r³ in r², for |r| <= ln 2 / 2; relative error of sinh 2^-61.
const SINH: [f64; 5] =
    [0.16666666666666677, 0.008333333333321381, 0.00019841269886846995, 2.7557243401416484e-06, 2.5109344792759206e-08];

/// (cosh r - 1) / r² in r², for |r| <= ln 2 / 2; error of cosh 2^-69.
const COSH: [f64; 6] = [
    0.5,
    0.041666666666666685,
    0.0013888888888873283,
    2.4801587349199406e-05,
    2.755725182274099e-07,
    2.092176880390955e-09,
];

/// Above, sinh and cosh overflow.
const OVERFLOW: f64 = 710.7;
/// Above, tanh rounds to 1.
const ONE: f64 = 20.0;
/// Below, sinh x and tanh x round to x.
const LINEAR: f64 = 1e-100;

/// What sinh and cosh are made of.
struct Parts<S: Simd> {
    /// cosh(n·ln 2) / 2^n and sinh(n·ln 2) / 2^n, each in two parts
    even: (Lanes<S>, Lanes<S>),
    odd: (Lanes<S>, Lanes<S>),
    /// 2^n / 4; 2^n itself may be out of range
    quarter_power: Lanes<S>,
    /// sinh r = `r` + `sinh`, cosh r = 1 + `cosh`
    r: Lanes<S>,
    sinh: Lanes<S>,
    cosh: Lanes<S>,
}

/// For 0 <= x <= [`OVERFLOW`].
#[inline(always)]
fn parts<S: Simd>(x: Lanes<S>) -> Parts<S> {
    let n = x.fma(x.like(LOG2_E), x.like(ROUNDER)) - ROUNDER;
    let head = n.fma(n.like(-LN_2_HIGH), x);
    let tail = n * LN_2_LOW;
    let r = head - tail;
    let lost = (head - r) - tail;
    let z = r * r;
    // 2^-2n / 2; from n = 60 on it does not count.
    let small = n.gt(n.like(60.0)).select(n.like(0.0), power_of_two(n.fma(n.like(-2.0), n.like(ROUNDER - 1.0))));
    let (even, odd) = (0.5 + small, 0.5 - small);
    Parts {
        even: (even, small - (even - 0.5)),
        odd: (odd, (0.5 - odd) - small),
        quarter_power: power_of_two(n + (ROUNDER - 2.0)),
        r,
        sinh: (r * z).fma(polynomial(z, &SINH), lost),
        cosh: z * polynomial(z, &COSH),
    }
}

impl<S: Simd> Parts<S> {
    /// head·cosh r + factor·sinh r, as an unevaluated sum.
    #[inline(always)]
    fn combine(&self, head: (Lanes<S>, Lanes<S>), factor: (Lanes<S>, Lanes<S>)) -> (Lanes<S>, Lanes<S>) {
        let (product, product_low) = two_product(factor.0, self.r);
        let (high, low) = fast_two_sum(head.0, product);
        let rest = product_low + factor.1.fma(self.r, head.1);
        (high, low + head.0.fma(self.cosh, factor.0.fma(self.sinh, rest)))
    }

    /// The hyperbolic sine, divided by 2^n.
    #[inline(always)]
    fn sinh(&self) -> (Lanes<S>, Lanes<S>) {
        self.combine(self.odd, self.even)
    }

    /// The hyperbolic cosine, divided by 2^n.
    #[inline(always)]
    fn cosh(&self) -> (Lanes<S>, Lanes<S>) {
        self.combine(self.even, self.odd)
    }
}

impl<S: Simd> Lanes<S> {
    /// `self`, or `limit` where greater; NaN stays.
    #[inline(always)]
    fn at_most(self, limit: f64) -> Self {
        let limit = self.like(limit);
        self.gt(limit).select(limit, self)
    }

    /// (e^x - e^-x) / 2, for all x; ±∞ from |x| > 710.4758 on.
    ///
    #[doc = error_doc!(sinh)]
    #[inline(always)]
    pub fn sinh(self) -> Self {
        let a = self.abs();
        let parts = parts(a.at_most(OVERFLOW));
        let (high, low) = parts.sinh();
        a.lt(self.like(LINEAR)).select(self, (((high + low) * parts.quarter_power) * 4.0).copysign(self))
    }

    /// (e^x + e^-x) / 2, for all x; ∞ from |x| > 710.4758 on.
    ///
    #[doc = error_doc!(cosh)]
    #[inline(always)]
    pub fn cosh(self) -> Self {
        let parts = parts(self.abs().at_most(OVERFLOW));
        let (high, low) = parts.cosh();
        ((high + low) * parts.quarter_power) * 4.0
    }

    /// sinh x / cosh x, for all x.
    ///
    #[doc = error_doc!(tanh)]
    #[inline(always)]
    pub fn tanh(self) -> Self {
        let a = self.abs();
        let parts = parts(a.at_most(ONE));
        let (sinh, sinh_low) = parts.sinh();
        let (sinh, sinh_low) = fast_two_sum(sinh, sinh_low);
        let (cosh, cosh_low) = parts.cosh();
        let (cosh, cosh_low) = fast_two_sum(cosh, cosh_low);
        let reciprocal = 1.0 / cosh;
        let quotient = sinh * reciprocal;
        let lost = (-quotient).fma(cosh_low, remainder(sinh, quotient, cosh) + sinh_low);
        a.lt(self.like(LINEAR)).select(self, lost.fma(reciprocal, quotient).copysign(self))
    }
}
