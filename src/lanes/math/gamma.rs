//! gamma, ln_gamma.
//!
//! ln Γ(w) = z·ln z - z + ln(2π)/2 + c(z) with z = w - ½, from z = ½ on: Stirling's series about the middle of the
//! step, whose correction c stays below 0.08 and is a minimax polynomial in a fraction of z. The sum is kept to twice
//! the precision, and Γ is its exponential. Γ of negative numbers by reflection. ln Γ between ½ and 2½ is
//! (x - 1)·(x - 2) times a minimax polynomial, as W. J. Cody, K. E. Hillstrom, "Chebyshev approximations for the natural
//! logarithm of the gamma function", <https://doi.org/10.1090/S0025-5718-1967-0221724-8>.

use super::exponential::{beyond_head, reduce, scale_far};
use super::gamma_zeros::ln_gamma_near_zero;
use super::logarithm::ln_twofold;
use super::polynomial::{polynomial, remainder};
use super::slow::mend;
use crate::lanes::twofold::{fast_two_sum, two_product, two_sum};
use crate::lanes::{Lanes, Mask, Simd};
use std::f64::consts::PI;

/// A number to twice the precision of `f64`.
type Twofold<S> = (Lanes<S>, Lanes<S>);

/// π - [`PI`]
const PI_REST: f64 = 1.2246467991473532e-16;
/// ln(2π) / 2
const HALF_LN_TAU: (f64, f64) = (0.9189385332046728, -3.8782941580672414e-17);

/// c(z) in (z - 1.6) / (z + 0.6), for z >= ½; error 2^-57.
const CORRECTION: [f64; 22] = [
    -0.025506601453364496,
    0.03373114675501281,
    -0.010184908326510008,
    0.0023285091574704307,
    -0.000455047123423717,
    0.0001137427433078785,
    -3.318191762966542e-05,
    8.182415171755123e-06,
    -2.5064522939628115e-06,
    8.04821086444047e-07,
    -2.0025151495251983e-07,
    7.912629558608719e-08,
    -2.238669266138711e-08,
    5.918186637063154e-09,
    -3.1479953112400094e-09,
    4.2329153957146484e-10,
    -4.718804950148155e-10,
    3.477616257297331e-11,
    8.356933877796856e-11,
    7.659664997100139e-11,
    -1.461408680825922e-11,
    -8.84583166644798e-12,
];

/// c(z)·(z + 0.7) in 1 / (z + 0.7), for z >= 2; error of c 2^-58.
const CORRECTION_FAR: [f64; 13] = [
    -0.041666666666664916,
    -0.029166666666940583,
    -0.017986111097858342,
    -0.009187500210599919,
    -0.0036271851619623205,
    -0.0013569204040234783,
    -0.0012119441500318506,
    -0.0011549659521757035,
    -0.0002988962733213857,
    0.002145013223545871,
    -0.004437951105787887,
    0.0036536517976957614,
    -0.001408760828886179,
];

/// ln Γ(x) / ((x - 1)·(x - 2)) = [`CENTRE_HEAD`] + t·([`CENTRE`] in t), t = (x - 1) / (x + 1), for ½ <= x <= 2½;
/// relative error 2^-57.
const CENTRE_HEAD: (f64, f64) = (0.5772156649015329, -4.8394527970928774e-18);
const CENTRE: [f64; 22] = [
    -0.4905027370451606,
    0.13123432641064323,
    -0.1682009506442769,
    0.08701556722785556,
    -0.10147337756841439,
    0.06462417138564025,
    -0.07249649383084704,
    0.05135999034610345,
    -0.05633655642817844,
    0.042606314863341155,
    -0.04604523035181415,
    0.036403549217282616,
    -0.03890790285673015,
    0.031722061907655724,
    -0.03381107561260164,
    0.02873678790905119,
    -0.02928914795280509,
    0.021790180907045695,
    -0.025851086891329537,
    0.034805804969891094,
    -0.03520549576660336,
    0.010100453154284475,
];

/// -π²/2
const COS_HEAD: (f64, f64) = (-4.934802200544679, -3.1326477543698557e-16);
/// (sin πx - πx) / x³ and (cos πx - 1 + π²x²/2) / x⁴ in x², for |x| <= ¼; relative error of both 2^-61.
const SIN_PI: [f64; 7] = [
    -5.16771278004997,
    2.550164039877415,
    -0.5992645293278281,
    0.08214588693667342,
    -0.007370438430390653,
    0.0004663835201335512,
    -2.2182391668599346e-05,
];
const COS_PI: [f64; 6] = [
    4.058712126416665,
    -1.3352627688430936,
    0.23533062976257949,
    -0.025806875194616438,
    0.0019293405211682217,
    -0.0001029825116765066,
];

/// Above, gamma overflows, and is zero for negative numbers below the opposite.
const GAMMA_RANGE: f64 = 190.0;
/// Below, gamma x is 1 / x.
const POLE: f64 = 1e-18;
/// Below, ln_gamma is -ln |x|.
const TINY: f64 = 1e-200;
/// Above, ln_gamma is computed in smaller units.
const LARGE: f64 = 1.607e60;
const UNIT: f64 = 7.888609052210118e-31; // 2^-100
/// Where ln_gamma of a number below -3 is smaller, it is found from the nearest zero.
const NEAR_ZERO: f64 = 0.25;

/// z·ln z - z + ln(2π)/2 + `correction` for z + `z_low`, where `ln` is ln z; all in the given unit.
#[inline(always)]
fn stirling<S: Simd>(z: Twofold<S>, ln: Twofold<S>, correction: Lanes<S>, unit: Lanes<S>) -> Twofold<S> {
    let scaled = z.0 * unit;
    let (product, product_low) = two_product(scaled, ln.0);
    let (base, base_low) = two_sum(unit * HALF_LN_TAU.0, -scaled);
    let (sum, sum_low) = two_sum(product, base);
    let rest = scaled.fma(ln.1, (z.1 * unit).fma(ln.0, product_low)) + correction.fma(unit, base_low);
    two_sum(sum, sum_low + (rest + unit * HALF_LN_TAU.1))
}

/// |sin πx|, where it is negative, and where x is an integer.
#[inline(always)]
fn sin_pi<S: Simd>(x: Lanes<S>) -> (Twofold<S>, Mask<S>, Mask<S>) {
    let zero = x.like(0.0);
    let nearest = x.round_ties_even();
    let half = nearest * 0.5;
    let odd = half.ne(half.round_ties_even());
    let difference = x - nearest;
    let size = difference.abs();
    let steep = size.le(x.like(0.25));
    let f = steep.select(size, 0.5 - size);
    let (z, z_low) = two_product(f, f);
    let square = z * z;
    let (high, low) = two_product(f, x.like(PI));
    let low = f.fma(z * polynomial(z, &SIN_PI), f.fma(f.like(PI_REST), low));
    let (cosine, cosine_low) = two_product(z, z.like(COS_HEAD.0));
    let cosine_low = z_low.fma(z.like(COS_HEAD.0), z.fma(z.like(COS_HEAD.1), cosine_low));
    let (cosine, lost) = fast_two_sum(x.like(1.0), cosine);
    let cosine_low = square.fma(polynomial(z, &COS_PI), cosine_low + lost);
    let value = fast_two_sum(steep.select(high, cosine), steep.select(low, cosine_low));
    (value, odd ^ difference.lt(zero), difference.eq(zero))
}

/// The quotient of two twofolds, rounded.
#[inline(always)]
fn quotient<S: Simd>(n: Twofold<S>, d: Twofold<S>) -> Twofold<S> {
    let reciprocal = 1.0 / d.0;
    let quotient = n.0 * reciprocal;
    let lost = (-quotient).fma(d.1, remainder(n.0, quotient, d.0) + n.1);
    (quotient, lost * reciprocal)
}

/// The product of a twofold and a number.
#[inline(always)]
fn product<S: Simd>(a: Twofold<S>, b: Lanes<S>) -> Twofold<S> {
    let (high, low) = two_product(a.0, b);
    (high, a.1.fma(b, low))
}

/// The difference of two twofolds.
#[inline(always)]
fn difference<S: Simd>(a: Twofold<S>, b: Twofold<S>) -> Twofold<S> {
    let (high, low) = two_sum(a.0, -b.0);
    (high, low + (a.1 - b.1))
}

/// Γ(x) / 2^n where some x is below 1, from `e` = Γ(w)^±1 / 2^n with w = |x| or, below 1, |x| + 1.
#[inline(always)]
fn reflect<S: Simd>(x: Lanes<S>, size: Lanes<S>, below: Mask<S>, negative: Mask<S>, e: Twofold<S>) -> Lanes<S> {
    let (one, zero) = (x.like(1.0), x.like(0.0));
    let (mut n, mut d, mut flip) = (e, (below.select(size, one), zero), negative);
    if negative.any() {
        let (sine, sine_negative, integer) = sin_pi(x.abs());
        let (high, low) = product(sine, below.select(one, size));
        d = (negative.select(integer.select(x.like(f64::NAN), high), d.0), negative.select(low, zero));
        let (high, low) = product(e, x.like(PI));
        n = (negative.select(high, n.0), negative.select(e.0.fma(x.like(PI_REST), low), n.1));
        flip = negative & !sine_negative;
    }
    let (high, low) = quotient(n, d);
    let value = high + low;
    flip.select(-value, value)
}

/// ln Γ(x) for ½ <= x <= 2½: `m` is x - 1.
#[inline(always)]
fn centre<S: Simd>(m: Lanes<S>) -> Twofold<S> {
    let t = m / (m + 2.0);
    let (p, p_low) = fast_two_sum(m.like(CENTRE_HEAD.0), t * polynomial(t, &CENTRE));
    let (second, second_low) = fast_two_sum(m.like(-1.0), m);
    let (factor, factor_low) = two_product(m, second);
    let factor_low = m.fma(second_low, factor_low);
    let (high, low) = two_product(factor, p);
    (high, factor.fma(p_low + CENTRE_HEAD.1, factor_low.fma(p, low)))
}

/// ln |Γ(x)| where the vector code does not hold: zero, infinity, NaN, tiny numbers, and the surroundings of zeros.
fn ln_gamma_far(x: f64) -> f64 {
    match x.abs() {
        size if size <= TINY => -size.ln(),
        size if size.is_finite() => ln_gamma_near_zero(x),
        size => size,
    }
}

impl<S: Simd> Lanes<S> {
    /// The gamma function ∫₀^∞ t^(x-1) e^-t dt, continued to negative numbers; ∞ above 171.624, ±∞ at ±0, NaN at
    /// negative integers and -∞.
    ///
    #[doc = error_doc!(gamma)]
    #[inline(always)]
    pub fn gamma(self) -> Self {
        let (one, limit) = (self.like(1.0), self.like(GAMMA_RANGE));
        let a = self.abs();
        let size = a.gt(limit).select(limit, a);
        let below = size.lt(one);
        let (z, z_low) = two_sum(size, below.select(self.like(0.5), self.like(-0.5)));
        let t = (z - 1.6) / (z + 0.6);
        let (high, low) = stirling((z, z_low), ln_twofold(z), polynomial(t, &CORRECTION), one);
        let negative = self.lt(self.like(0.0));
        let (high, low) = (negative.select(-high, high), negative.select(-low, low));
        let (rounded, head, tail) = reduce(high);
        let (sum, lost) = fast_two_sum(one, head);
        let (e, e_low) = fast_two_sum(sum, lost + beyond_head(head, tail - low));
        if self.ge(one).all() {
            return scale_far(e + e_low, rounded);
        }
        let value = scale_far(reflect(self, size, below, negative, (e, e_low)), rounded);
        a.lt(self.like(POLE)).select(1.0 / self, value)
    }

    /// ln |Γ(x)|, for all x; ∞ at ±∞, zero and the negative integers. Right to the stated error next to its zeros as
    /// well; there, below -2, by scalar code.
    ///
    #[doc = error_doc!(lgamma)]
    #[inline(always)]
    pub fn ln_gamma(self) -> Self {
        let (zero, one) = (self.like(0.0), self.like(1.0));
        let a = self.abs();
        let (below, above) = (a.lt(self.like(0.5)), a.gt(self.like(2.5)));
        let negative = self.lt(zero);
        let outside = below | above | negative;
        // ln Γ(a), but ln Γ(a + 1) below ½
        let mut value = (zero, zero);
        if !above.all() {
            value = centre(below.select(a, a - one));
        }
        if !outside.any() {
            return value.0 + value.1;
        }
        if above.any() {
            let unit = a.gt(self.like(LARGE)).select(self.like(UNIT), one);
            let z = two_sum(a, self.like(-0.5));
            let t = 1.0 / (z.0 + 0.7);
            let far = stirling(z, ln_twofold(z.0), t * polynomial(t, &CORRECTION_FAR), unit);
            let unscale = a.gt(self.like(LARGE)).select(self.like(1.0 / UNIT), one);
            value = (above.select(far.0 * unscale, value.0), above.select(far.1 * unscale, value.1));
        }
        let mut usual = a.gt(self.like(TINY)) & a.lt(self.like(f64::INFINITY));
        if (below | negative).any() {
            // Γ(x) = Γ(x + 1) / x; Γ(-x) = -π / (sin πx·Γ(x + 1)) = -π / (x·sin πx·Γ(x))
            let mut divided = (a, zero);
            let mut integer = negative & !negative;
            if negative.any() {
                let (sine, _, whole) = sin_pi(a);
                integer = negative & whole;
                let (high, low) = quotient((self.like(PI), self.like(PI_REST)), product(sine, below.select(one, a)));
                divided = (negative.select(high, a), negative.select(low, zero));
            }
            let (ln, ln_low) = ln_twofold(divided.0);
            let ln_low = ln_low + divided.1 / divided.0;
            let (plus, minus) = (difference(value, (ln, ln_low)), difference((ln, ln_low), value));
            let reflected = negative.select(minus.0 + minus.1, plus.0 + plus.1);
            value.0 = (below | negative).select(reflected, value.0);
            value.1 = (below | negative).select(zero, value.1);
            let between = self.lt(self.like(-2.3125)) & self.gt(self.like(-2.8));
            let near_zero = between | (value.0.abs().lt(self.like(NEAR_ZERO)) & self.lt(self.like(-3.0)));
            value.0 = integer.select(self.like(f64::INFINITY), value.0);
            usual = usual & !near_zero;
        }
        mend(self, value.0 + value.1, usual, ln_gamma_far)
    }
}
