//! Arithmetic on unevaluated sums of two `f64`: about 31 digits, from `+ - * /` alone, so that every processor
//! gives the same bits.
//!
//! No fused multiply-add: where the hardware lacks it, it is a slow library call. The operations and their error
//! bounds (a few units of 2^-104, relative to the operands) are those of M. Joldes, J.-M. Muller and V. Popescu,
//! "Tight and rigorous error bounds for basic building blocks of double-word arithmetic" (2017),
//! <https://doi.org/10.1145/3121432>.

use crate::twofold::{fast_two_sum, two_sum};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The number `high + low`, where `high` is that sum rounded to `f64`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub high: f64,
    pub low: f64,
}

impl Pair {
    /// π to 106 bits.
    pub const PI: Pair = Pair { high: std::f64::consts::PI, low: 1.2246467991473532e-16 };

    pub const fn new(value: f64) -> Pair {
        Pair { high: value, low: 0.0 }
    }

    /// `a + b` exactly, for |a| >= |b| or a = 0.
    pub const fn fast_sum(a: f64, b: f64) -> Pair {
        let (high, low) = fast_two_sum(a, b);
        Pair { high, low }
    }

    /// `a + b` exactly.
    pub const fn sum(a: f64, b: f64) -> Pair {
        let (high, low) = two_sum(a, b);
        Pair { high, low }
    }

    /// `a * b` exactly, for results away from overflow and underflow.
    pub const fn product(a: f64, b: f64) -> Pair {
        let high = a * b;
        let ((a1, a2), (b1, b2)) = (split(a), split(b));
        Pair { high, low: ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2 }
    }

    /// `1 / value`.
    pub const fn recip(value: f64) -> Pair {
        let high = 1.0 / value;
        let back = Pair::product(high, value);
        Pair::fast_sum(high, ((1.0 - back.high) - back.low) / value)
    }

    /// Rounded to `f64`: once.
    pub fn round(self) -> f64 {
        self.high + self.low
    }

    /// `self` with `small` added to the low part, for |small| below about 2^-10 |self|.
    pub fn nudge(self, small: f64) -> Pair {
        Pair::fast_sum(self.high, self.low + small)
    }
}

/// Two parts of at most 26 bits that sum to `a`.
const fn split(a: f64) -> (f64, f64) {
    let scaled = a * 134_217_729.0; // 2^27 + 1
    let high = scaled - (scaled - a);
    (high, a - high)
}

impl Add for Pair {
    type Output = Pair;
    #[inline]
    fn add(self, other: Pair) -> Pair {
        let high = Pair::sum(self.high, other.high);
        Pair::fast_sum(high.high, high.low + (self.low + other.low))
    }
}

impl Neg for Pair {
    type Output = Pair;
    #[inline]
    fn neg(self) -> Pair {
        Pair { high: -self.high, low: -self.low }
    }
}

impl Sub for Pair {
    type Output = Pair;
    #[inline]
    fn sub(self, other: Pair) -> Pair {
        self + -other
    }
}

impl Mul for Pair {
    type Output = Pair;
    #[inline]
    fn mul(self, other: Pair) -> Pair {
        let high = Pair::product(self.high, other.high);
        Pair::fast_sum(high.high, high.low + (self.high * other.low + self.low * other.high))
    }
}

impl Mul<f64> for Pair {
    type Output = Pair;
    #[inline]
    fn mul(self, other: f64) -> Pair {
        let high = Pair::product(self.high, other);
        Pair::fast_sum(high.high, high.low + self.low * other)
    }
}

impl Div for Pair {
    type Output = Pair;
    #[inline]
    fn div(self, other: Pair) -> Pair {
        let quotient = self.high / other.high;
        let rest = self - other * quotient;
        Pair::fast_sum(quotient, (rest.high + rest.low) / other.high)
    }
}
