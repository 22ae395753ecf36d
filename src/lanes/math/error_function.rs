//! erf, erfc.
//!
//! For x > 0, erfc x = e^(-x²)·g(x)/(1 + 2x) with g near 1, a polynomial in (x - K)/(x + K): M. M. Shepherd,
//! J. G. Laframboise, "Chebyshev approximation of (1 + 2x)exp(x²)erfc x in 0 <= x < ∞",
//! <https://doi.org/10.1090/S0025-5718-1981-0595058-X>. erf is an odd polynomial near zero and 1 - erfc beyond, where
//! erfc need only be right to the precision of 1. All polynomials are minimax.

use super::bits::scale;
use super::exponential::{beyond_head, reduce, scale_far};
use super::polynomial::{polynomial, remainder};
use crate::lanes::twofold::{fast_two_sum, two_product, two_sum};
use crate::lanes::{Lanes, Simd};

/// erf(x) / x - 1 in x², for |x| <= 1; relative error of erf 2^-56.
const ERF: [f64; 13] = [
    // low part of first: -1.25463627463153e-17
    0.1283791670955126,
    -0.3761263890318375,
    0.11283791670954893,
    -0.026866170645080144,
    0.00522397762485233,
    -0.0008548326982758081,
    0.00012055331177623731,
    -1.4925596726914106e-05,
    1.6461021757629609e-06,
    -1.6350515207738027e-07,
    1.4660984131894557e-08,
    -1.1376939991735474e-09,
    5.963132884721607e-11,
];

/// Above, erf rounds to 1.
const ONE: f64 = 6.0;
const TAIL_CENTRE: f64 = 2.25;
const TAIL_SHIFT: f64 = 2.5;
/// e^(x²)·erfc x in (x - [`TAIL_CENTRE`]) / (x + [`TAIL_SHIFT`]), for 1 <= x <= [`ONE`]; error of erf 2^-60.
const TAIL: [f64; 13] = [
    0.23108725873039185,
    -0.42031088834155605,
    0.3015227676125877,
    -0.1557550565650266,
    0.050164598384580886,
    -0.0040196156415710504,
    -0.004007441530403553,
    0.0010991152025425172,
    0.00042925168157740385,
    -0.00017191176026713415,
    -7.353531736137257e-05,
    2.1201426442394823e-05,
    1.398917346213704e-05,
];

/// Up to here, erfc is 1 - erf.
const NEAR: f64 = 0.75;
/// Above, erfc is zero.
const ZERO: f64 = 28.0;
/// Above, erfc may be subnormal.
const NORMAL: f64 = 26.0;
const ERFC_CENTRE: f64 = 3.75;
/// (1 + 2x)·e^(x²)·erfc x = [`ERFC_HEAD`] + t·([`ERFC`] in t), t = (x - K) / (x + K), K = [`ERFC_CENTRE`], for
/// 0 <= x <= 27.3; error 2^-58.
const ERFC_HEAD: (f64, f64) = (1.2375126308378275, 1.0708355550062996e-16);
const ERFC: [f64; 23] = [
    -0.140240598585547,
    0.003585415485463022,
    0.08227673849014833,
    -0.10880393014166503,
    0.09230432116030177,
    -0.05869339859159252,
    0.028362277419505463,
    -0.009746579534503167,
    0.0017556258553651015,
    0.0002937134997455031,
    -0.0002901541442864376,
    5.164982886177633e-05,
    2.2384685947046317e-05,
    -1.144619853835749e-05,
    -9.75245275666874e-07,
    1.7552664183656435e-06,
    -5.3414968661990734e-08,
    -2.6240207840295754e-07,
    1.811895251229953e-08,
    4.03536683842506e-08,
    1.1294318964115904e-10,
    -4.87417885100556e-09,
    -9.236573411173103e-10,
];

/// erf for |x| <= 1
#[inline(always)]
fn erf_near<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let z = x * x;
    x.fma(polynomial(z, &ERF), x)
}

/// erf for x >= 1
#[inline(always)]
fn erf_far<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let limit = x.like(ONE);
    let x = x.gt(limit).select(limit, x);
    let t = (x - TAIL_CENTRE) / (x + TAIL_SHIFT);
    1.0 - (-(x * x)).exp() * polynomial(t, &TAIL)
}

/// erfc for |x| <= [`NEAR`]
#[inline(always)]
fn erfc_near<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let z = x * x;
    let (high, low) = fast_two_sum(x.like(1.0), -x);
    high + (-x).fma(polynomial(z, &ERF), low)
}

/// erfc for x >= [`NEAR`]; below, the rounding of t would be felt.
#[inline(always)]
fn erfc_far<S: Simd>(x: Lanes<S>) -> Lanes<S> {
    let limit = x.like(ZERO);
    let a = x.gt(limit).select(limit, x);
    let t = (a - ERFC_CENTRE) / (a + ERFC_CENTRE);
    let (g, g_low) = fast_two_sum(x.like(ERFC_HEAD.0), t * polynomial(t, &ERFC));
    let g_low = g_low + ERFC_HEAD.1;
    // e^(-a²) but for the power of two
    let (square, square_low) = two_product(a, a);
    let (rounded, head, tail) = reduce(-square);
    let (sum, lost) = fast_two_sum(x.like(1.0), head);
    let (e, e_low) = fast_two_sum(sum, lost + beyond_head(head, tail + square_low));
    let (n, n_low) = two_product(e, g);
    let n_low = e.fma(g_low, g.fma(e_low, n_low));
    let (d, d_low) = two_sum(x.like(1.0), a + a);
    let reciprocal = 1.0 / d;
    let quotient = n * reciprocal;
    let lost = (-quotient).fma(d_low, remainder(n, quotient, d) + n_low);
    let value = lost.fma(reciprocal, quotient);
    if a.le(x.like(NORMAL)).all() { scale(value, rounded) } else { scale_far(value, rounded) }
}

impl<S: Simd> Lanes<S> {
    /// The error function 2/√π·∫₀ˣ e^(-t²) dt, for all x.
    ///
    #[doc = error_doc!(erf)]
    #[inline(always)]
    pub fn erf(self) -> Self {
        let a = self.abs();
        let near = a.le(self.like(1.0));
        if near.all() {
            return erf_near(self);
        }
        let far = erf_far(a).copysign(self);
        if near.any() { near.select(erf_near(self), far) } else { far }
    }

    /// 1 - erf x, for all x, without cancellation; subnormal from x = 26.54, zero from x = 27.23 on.
    ///
    #[doc = error_doc!(erfc)]
    #[inline(always)]
    pub fn erfc(self) -> Self {
        let a = self.abs();
        let near = a.le(self.like(NEAR));
        if near.all() {
            return erfc_near(self);
        }
        let far = erfc_far(a);
        let far = self.lt(self.like(0.0)).select(2.0 - far, far);
        if near.any() { near.select(erfc_near(self), far) } else { far }
    }
}
