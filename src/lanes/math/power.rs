//! powi, powf, hypot, cbrt.

use super::bits::{ROUNDER, from_bits, to_bits};
use super::exponential::exp_within;
use super::logarithm::{ln_twofold, usual};
use super::slow::{mend, mend_pair};
use crate::lanes::twofold::{fast_two_sum, two_product};
use crate::lanes::{Lanes, Simd};

/// Largest exponent of e for the vector code of [`Lanes::powf`].
const POWF_RANGE: f64 = 708.0;
/// Between these the squares in [`Lanes::hypot`] neither overflow nor lose bits.
const HYPOT_RANGE: [f64; 2] = [1e-130, 1e150];
/// Between these the residual in [`Lanes::cbrt`] is a normal number.
const CBRT_LEAST: f64 = 1e-270;
const CBRT_MOST: f64 = 1e290;
/// 4/3 of the bits of 1.0 in units of 2^20, moved to even out the error of the start of [`Lanes::cbrt`].
const CBRT_START: f64 = 5858043333968.0;
/// The bits of 2^52.
const COUNTER: u64 = 0x4330_0000_0000_0000;

/// The product of two twofolds, to 2^-100.
#[inline(always)]
fn twofold_product<S: Simd>(a: (Lanes<S>, Lanes<S>), b: (Lanes<S>, Lanes<S>)) -> (Lanes<S>, Lanes<S>) {
    let (high, low) = two_product(a.0, b.0);
    fast_two_sum(high, a.0.fma(b.1, a.1.fma(b.0, low)))
}

impl<S: Simd> Lanes<S> {
    /// x^n for an integer n: by plain products up to n = 4 (2 ulp), else by products in twice the precision and one
    /// rounding at the end (1.1 ulp for negative n, 0.6 else). Results outside 1e-270 … 1e290 take the slow path.
    #[inline(always)]
    pub fn powi(self, n: i32) -> Self {
        match n {
            0 => return self.like(1.0),
            1 => return self,
            2 => return self * self,
            3 => return self * self * self,
            4 => {
                let square = self * self;
                return square * square;
            }
            -1 => return 1.0 / self,
            _ => {}
        }
        let (mut left, zero) = (n.unsigned_abs(), self.like(0.0));
        let (mut base, mut power) = ((self, zero), (self.like(1.0), zero));
        loop {
            if left & 1 == 1 {
                power = twofold_product(power, base);
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            base = twofold_product(base, base);
        }
        let value = if n < 0 { 1.0 / power.0 } else { power.0 };
        let size = power.0.abs();
        let good = size.ge(self.like(1e-270)) & size.le(self.like(1e290));
        mend_pair((self, self.like(f64::from(n))), value, good, f64::powf)
    }

    /// x^y as e^(y·ln x), with ln x in twice the precision; special cases as `f64::powf`. Where x is not positive
    /// and normal or the result is outside e^±708, the slow path.
    ///
    #[doc = error_doc!(pow)]
    #[inline(always)]
    pub fn powf(self, exponent: Self) -> Self {
        let (ln_high, ln_low) = ln_twofold(self);
        let (high, low) = two_product(exponent, ln_high);
        let low = exponent.fma(ln_low, low);
        let good = usual(self) & (high + low).abs().le(self.like(POWF_RANGE));
        mend_pair((self, exponent), exp_within(high, low), good, f64::powf)
    }

    /// √(x² + y²) from the exact sum of squares. Where the larger is outside 1e-130 … 1e150, the slow path.
    ///
    #[doc = error_doc!(hypot)]
    #[inline(always)]
    pub fn hypot(self, other: Self) -> Self {
        let (a, b) = (self.abs(), other.abs());
        let swap = a.lt(b);
        let (a, b) = (swap.select(b, a), swap.select(a, b));
        let ((a_high, a_low), (b_high, b_low)) = (two_product(a, a), two_product(b, b));
        let (sum, lost) = fast_two_sum(a_high, b_high);
        let [least, most] = HYPOT_RANGE;
        let good = a.ge(a.like(least)) & a.le(a.like(most)) & b.le(a);
        mend_pair((self, other), (sum + (lost + (a_low + b_low))).sqrt(), good, f64::hypot)
    }

    /// The cube root, negative for a negative argument: two steps of Householder's method (order four) for x^(-1/3),
    /// then one correction from the exact residual. Outside 1e-270 … 1e290 the slow path.
    ///
    #[doc = error_doc!(cbrt)]
    #[inline(always)]
    pub fn cbrt(self) -> Self {
        let x = self.abs();
        // A third of the exponent, and of the mantissa as if it were one, is near enough for a start.
        let scaled = from_bits((to_bits(x) >> 20) | COUNTER) - 4_503_599_627_370_496.0;
        let start = scaled.fma(x.like(-1.0 / 3.0), x.like(ROUNDER + CBRT_START));
        let mut y = from_bits(to_bits(start) << 20);
        // y approaches x^(-1/3): two steps of order four, 4e-2 -> 3e-5 -> 1e-17.
        for _ in 0..2 {
            let residual = x.like(1.0) - (x * y) * (y * y);
            let step = residual.fma(x.like(14.0 / 81.0), x.like(2.0 / 9.0));
            let step = residual.fma(step, x.like(1.0 / 3.0)) * residual;
            y = y.fma(step, y);
        }
        let square = y * y;
        let root = x * square;
        let (high, low) = two_product(root, root);
        let (cube, cube_low) = two_product(high, root);
        let residual = (x - cube) - root.fma(low, cube_low);
        let near = residual.fma(square * (1.0 / 3.0), root).copysign(self);
        mend(self, near, x.ge(x.like(CBRT_LEAST)) & x.le(x.like(CBRT_MOST)), f64::cbrt)
    }
}
