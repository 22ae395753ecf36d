//! What the error model computes with.

use std::ops::{Add, Div, Mul, Sub};

/// A number of one region, or the numbers of several regions side by side: the same operations in the same order.
pub(crate) trait Quantity:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Mul<f64, Output = Self> + Div<Output = Self>
{
    /// The outcome of a comparison.
    type Truth: Copy;

    /// A constant.
    fn like(self, value: f64) -> Self;
    fn abs(self) -> Self;
    fn lt(self, other: Self) -> Self::Truth;
    fn le(self, other: Self) -> Self::Truth;
    fn select(condition: Self::Truth, yes: Self, no: Self) -> Self;

    /// `one | other()`, `one & other()` and `select`: but of one region only what is asked for is computed. Waiting for
    /// the rest costs a small integral a twentieth of its time.
    fn either(one: Self::Truth, other: impl FnOnce() -> Self::Truth) -> Self::Truth;
    fn both(one: Self::Truth, other: impl FnOnce() -> Self::Truth) -> Self::Truth;
    fn choose(condition: Self::Truth, yes: impl FnOnce() -> Self, no: impl FnOnce() -> Self) -> Self;
}

impl Quantity for f64 {
    type Truth = bool;

    #[inline(always)]
    fn like(self, value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn abs(self) -> f64 {
        self.abs()
    }

    #[inline(always)]
    fn lt(self, other: f64) -> bool {
        self < other
    }

    #[inline(always)]
    fn le(self, other: f64) -> bool {
        self <= other
    }

    #[inline(always)]
    fn select(condition: bool, yes: f64, no: f64) -> f64 {
        if condition { yes } else { no }
    }

    #[inline(always)]
    fn either(one: bool, other: impl FnOnce() -> bool) -> bool {
        one || other()
    }

    #[inline(always)]
    fn both(one: bool, other: impl FnOnce() -> bool) -> bool {
        one && other()
    }

    #[inline(always)]
    fn choose(condition: bool, yes: impl FnOnce() -> f64, no: impl FnOnce() -> f64) -> f64 {
        if condition { yes() } else { no() }
    }
}
