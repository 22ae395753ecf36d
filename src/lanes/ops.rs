//! Operators, comparisons and the exactly rounded operations of [`Lanes`].

use super::{Lanes, Mask};
use fearless_simd::{Simd, SimdBase, SimdFloat};
use std::ops::{
    Add, AddAssign, BitAnd, BitOr, BitXor, Div, DivAssign, Mul, MulAssign, Neg, Not, Rem, Sub, SubAssign,
};

macro_rules! binary {
    ($($trait:ident $method:ident $assign_trait:ident $assign:ident $op:tt),*) => {$(
        impl<S: Simd> $trait for Lanes<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $op other.0)
            }
        }
        impl<S: Simd> $trait<f64> for Lanes<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                self $op self.like(other)
            }
        }
        impl<S: Simd> $trait<Lanes<S>> for f64 {
            type Output = Lanes<S>;
            #[inline(always)]
            fn $method(self, other: Lanes<S>) -> Lanes<S> {
                other.like(self) $op other
            }
        }
        impl<S: Simd> $assign_trait for Lanes<S> {
            #[inline(always)]
            fn $assign(&mut self, other: Self) {
                *self = *self $op other;
            }
        }
        impl<S: Simd> $assign_trait<f64> for Lanes<S> {
            #[inline(always)]
            fn $assign(&mut self, other: f64) {
                *self = *self $op other;
            }
        }
    )*};
}
binary!(
    Add add AddAssign add_assign +,
    Sub sub SubAssign sub_assign -,
    Mul mul MulAssign mul_assign *,
    Div div DivAssign div_assign /
);

impl<S: Simd> Neg for Lanes<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// `%` as `f64` has it (sign of the dividend, exact), lane by lane with scalar code.
impl<S: Simd> Rem for Lanes<S> {
    type Output = Self;
    #[inline(always)]
    fn rem(self, other: Self) -> Self {
        let (a, b) = (self.to_array(), other.to_array());
        Self::from_array(self.token(), std::array::from_fn(|i| a[i] % b[i]))
    }
}

impl<S: Simd> Rem<f64> for Lanes<S> {
    type Output = Self;
    #[inline(always)]
    fn rem(self, other: f64) -> Self {
        self % self.like(other)
    }
}

impl<S: Simd> Rem<Lanes<S>> for f64 {
    type Output = Lanes<S>;
    #[inline(always)]
    fn rem(self, other: Lanes<S>) -> Lanes<S> {
        other.like(self) % other
    }
}

/// Comparisons, lane by lane; false where an operand is NaN, but for `ne`.
impl<S: Simd> Lanes<S> {
    /// `self < other`
    #[inline(always)]
    pub fn lt(self, other: Self) -> Mask<S> {
        Mask(self.0.simd_lt(other.0))
    }
    /// `self <= other`
    #[inline(always)]
    pub fn le(self, other: Self) -> Mask<S> {
        Mask(self.0.simd_le(other.0))
    }
    /// `self > other`
    #[inline(always)]
    pub fn gt(self, other: Self) -> Mask<S> {
        Mask(self.0.simd_gt(other.0))
    }
    /// `self >= other`
    #[inline(always)]
    pub fn ge(self, other: Self) -> Mask<S> {
        Mask(self.0.simd_ge(other.0))
    }
    /// `self == other`
    #[inline(always)]
    pub fn eq(self, other: Self) -> Mask<S> {
        Mask(self.0.simd_eq(other.0))
    }
    /// `self != other`; true where an operand is NaN.
    #[inline(always)]
    pub fn ne(self, other: Self) -> Mask<S> {
        Mask(!self.0.simd_eq(other.0))
    }
    /// True where the lane is NaN.
    #[inline(always)]
    pub fn is_nan(self) -> Mask<S> {
        self.ne(self)
    }
    /// True where the lane is neither infinite nor NaN.
    #[inline(always)]
    pub fn is_finite(self) -> Mask<S> {
        self.abs().lt(self.like(f64::INFINITY))
    }
}

/// Exact or correctly rounded operations: the same bits as `f64` at every level.
impl<S: Simd> Lanes<S> {
    /// Absolute value.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }
    /// Square root, correctly rounded.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(self.0.sqrt())
    }
    /// `1 / self`, correctly rounded.
    #[inline(always)]
    pub fn recip(self) -> Self {
        1.0 / self
    }
    /// `self * factor + summand`, rounded once at every level (slow where the hardware cannot).
    #[inline(always)]
    pub fn mul_add(self, factor: Self, summand: Self) -> Self {
        Self(self.0.mul_add_precise(factor.0, summand.0))
    }
    /// Largest integer not above.
    #[inline(always)]
    pub fn floor(self) -> Self {
        Self(self.0.floor())
    }
    /// Smallest integer not below.
    #[inline(always)]
    pub fn ceil(self) -> Self {
        Self(self.0.ceil())
    }
    /// The integer part.
    #[inline(always)]
    pub fn trunc(self) -> Self {
        Self(self.0.trunc())
    }
    /// `self - self.trunc()`
    #[inline(always)]
    pub fn fract(self) -> Self {
        self - self.trunc()
    }
    /// The nearest integer, halves to the even one.
    #[inline(always)]
    pub fn round_ties_even(self) -> Self {
        Self(self.0.round_ties_even())
    }
    /// The magnitude of `self` with the sign of `sign`.
    #[inline(always)]
    pub fn copysign(self, sign: Self) -> Self {
        Self(self.0.copysign(sign.0))
    }
    /// The larger; the other one where an operand is NaN.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        other.is_nan().select(self, self.lt(other).select(other, self).select_nan(self, other))
    }
    /// The smaller; the other one where an operand is NaN.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        other.is_nan().select(self, self.gt(other).select(other, self).select_nan(self, other))
    }
    /// `self` where it is within `low..=high`, else the nearer bound; NaN stays.
    #[inline(always)]
    pub fn clamp(self, low: Self, high: Self) -> Self {
        let raised = self.lt(low).select(low, self);
        raised.gt(high).select(high, raised)
    }

    /// `otherwise` in lanes where `value` is NaN.
    #[inline(always)]
    fn select_nan(self, value: Self, otherwise: Self) -> Self {
        value.is_nan().select(otherwise, self)
    }
}

macro_rules! mask {
    ($($trait:ident $method:ident $op:tt),*) => {$(
        impl<S: Simd> $trait for Mask<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $op other.0)
            }
        }
    )*};
}
mask!(BitAnd bitand &, BitOr bitor |, BitXor bitxor ^);

impl<S: Simd> Not for Mask<S> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}
