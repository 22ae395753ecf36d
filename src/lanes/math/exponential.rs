//! exp, exp2, exp_m1.
//!
//! x = n·ln 2 + r with |r| <= ln 2 / 2, then a minimax polynomial (S. Chevillard, M. Joldes, C. Lauter, "Sollya",
//! <https://doi.org/10.1007/978-3-642-15582-6_5>) for e^r, then n into the exponent: P. T. P. Tang, "Table-driven
//! implementation of the exponential function in IEEE floating-point arithmetic",
//! <https://doi.org/10.1145/63522.214389>, without the table. The head 1 + r is kept as an exact sum, so that the error
//! stays near half an ulp.

use super::bits::{ROUNDER, power_of_two, scale};
use super::polynomial::polynomial;
use crate::lanes::twofold::{fast_two_sum, two_product};
use crate::lanes::{Lanes, Simd};
use std::f64::consts::{LN_2, LOG2_E};

/// ln 2 in two parts: the first has 20 trailing zeros, so its product with an exponent is exact.
pub(super) const LN_2_HIGH: f64 = 0.6931471803691238;
pub(super) const LN_2_LOW: f64 = 1.9082149292705877e-10;
/// ln 2 - [`LN_2`]
const LN_2_REST: f64 = 2.3190468138462996e-17;

/// (e^r - 1 - r) / r² on |r| <= ln 2 / 2; relative error of e^r 2^-57.
const EXP: [f64; 10] = [
    0.5,
    0.16666666666666433,
    0.04166666666660395,
    0.008333333333500484,
    0.0013888888926799816,
    0.0001984126946530697,
    2.4801508677164737e-05,
    2.7557641638346104e-06,
    2.7625189330699734e-07,
    2.4978147464469138e-08,
];

/// Outside, the result of [`Lanes::exp`] may not be a normal number.
const EXP_RANGE: f64 = 708.0;
const EXP2_RANGE: f64 = 1022.0;
/// Beyond, e^x - 1 is e^x or -1 to less than 2^-56.
const EXP_M1_RANGE: f64 = 40.0;

/// e^(head - tail) - 1 - head, for `tail` of the size of a rounding error of `head`, |head| <= 0.35.
#[inline(always)]
pub(super) fn beyond_head<S: Simd>(head: Lanes<S>, tail: Lanes<S>) -> Lanes<S> {
    let r = head - tail;
    let square = r * r;
    // Even and odd powers apart, and each in pairs: side by side in a third of the time of Horner's rule.
    let even = polynomial(square, &[EXP[0], EXP[2], EXP[4], EXP[6], EXP[8]]);
    let odd = polynomial(square, &[EXP[1], EXP[3], EXP[5], EXP[7], EXP[9]]);
    (square * odd.fma(r, even)) - tail
}

/// e^(head - tail), as [`beyond_head`].
#[inline(always)]
fn exp_small<S: Simd>(head: Lanes<S>, tail: Lanes<S>) -> Lanes<S> {
    let r = head - tail;
    let square = r * r;
    let even = polynomial(square, &[EXP[0], EXP[2], EXP[4], EXP[6], EXP[8]]);
    let odd = polynomial(square, &[EXP[1], EXP[3], EXP[5], EXP[7], EXP[9]]);
    let sum = 1.0 + head;
    let lost = (1.0 - sum) + head;
    sum + odd.fma(r, even).fma(square, lost - tail)
}

/// `x` = n·ln 2 + head - tail: [`ROUNDER`] + n, head, tail.
#[inline(always)]
pub(super) fn reduce<S: Simd>(x: Lanes<S>) -> (Lanes<S>, Lanes<S>, Lanes<S>) {
    let rounded = x.fma(x.like(LOG2_E), x.like(ROUNDER));
    let n = rounded - ROUNDER;
    (rounded, n.fma(n.like(-LN_2_HIGH), x), n * LN_2_LOW)
}

/// x = n + (head - tail) / ln 2: [`ROUNDER`] + n, head, tail.
#[inline(always)]
fn reduce2<S: Simd>(x: Lanes<S>) -> (Lanes<S>, Lanes<S>, Lanes<S>) {
    let rounded = x + ROUNDER;
    let r = x - (rounded - ROUNDER);
    let (head, low) = two_product(r, r.like(LN_2));
    (rounded, head, r.fma(r.like(-LN_2_REST), -low))
}

/// `x` · 2^n with one rounding where the result is subnormal, for |n| <= 2000; `rounded` is [`ROUNDER`] + n.
#[inline(always)]
pub(super) fn scale_far<S: Simd>(x: Lanes<S>, rounded: Lanes<S>) -> Lanes<S> {
    let n = rounded - ROUNDER;
    let half = n.fma(n.like(0.5), n.like(ROUNDER));
    x * power_of_two(half) * power_of_two((n - (half - ROUNDER)) + ROUNDER)
}

/// e^(high + low) to near half an ulp, for |high| <= 708 and |low| up to an ulp of `high`; NaN where `high` is.
#[inline(always)]
pub(super) fn exp_within<S: Simd>(high: Lanes<S>, low: Lanes<S>) -> Lanes<S> {
    let (rounded, head, tail) = reduce(high);
    scale(exp_small(head, tail - low), rounded)
}

/// `value` · 2^n, or 0 or infinity beyond the range of `f64` where `value` may be anything but NaN; n is
/// `rounded` - [`ROUNDER`], of any size.
#[inline(always)]
fn scale_any<S: Simd>(value: Lanes<S>, rounded: Lanes<S>) -> Lanes<S> {
    let n = rounded - ROUNDER;
    let gone = n.lt(n.like(-1080.0));
    // Far from where it counts, all of a bell.
    if gone.all() {
        return n.like(0.0);
    }
    cold();
    let near = scale_far(value, n.clamp(n.like(-1100.0), n.like(1100.0)) + ROUNDER);
    let near = gone.select(n.like(0.0), near);
    n.gt(n.like(1030.0)).select(n.like(f64::INFINITY), near)
}

/// Tells the compiler that the branch it stands in is seldom taken.
#[cold]
pub(super) fn cold() {}

impl<S: Simd> Lanes<S> {
    /// e^x; infinity above 709.78, subnormal below -708.4, zero below -745.13.
    ///
    #[doc = error_doc!(exp)]
    #[inline(always)]
    pub fn exp(self) -> Self {
        let (rounded, head, tail) = reduce(self);
        let value = exp_small(head, tail);
        if !self.abs().le(self.like(EXP_RANGE)).all() {
            return scale_any(value, rounded);
        }
        scale(value, rounded)
    }

    /// 2^x; infinity from 1024 on, subnormal below -1022, zero below -1075.
    ///
    #[doc = error_doc!(exp2)]
    #[inline(always)]
    pub fn exp2(self) -> Self {
        let (rounded, head, tail) = reduce2(self);
        let value = exp_small(head, tail);
        if !self.abs().le(self.like(EXP2_RANGE)).all() {
            return scale_any(value, rounded);
        }
        scale(value, rounded)
    }

    /// e^x - 1, accurate near zero.
    ///
    #[doc = error_doc!(expm1)]
    #[inline(always)]
    pub fn exp_m1(self) -> Self {
        let (rounded, head, tail) = reduce(self);
        let factor = power_of_two(rounded);
        // 2^n·e^r - 1 = (2^n - 1) + 2^n·(e^r - 1)
        let (sum, lost) = fast_two_sum(factor - 1.0, factor * head);
        let near = (sum + factor.fma(beyond_head(head, tail), lost)).copysign(self);
        if !self.abs().le(self.like(EXP_M1_RANGE)).all() {
            let far = scale_any(exp_small(head, tail), rounded) - 1.0;
            return self.abs().le(self.like(EXP_M1_RANGE)).select(near, far);
        }
        near
    }
}
