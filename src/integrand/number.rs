//! What the generic body written by `#[integrand]` asks of its numbers. Not part of the interface.

use super::special::Special;
use super::{Condition, Expr, Graph};
use crate::lanes::{Lanes, Mask, Simd};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Rem, Sub};

/// A constant argument of another integrand: a number or a point, which only its type tells.
pub trait Constant<N: Number> {
    /// The number, or the array of numbers.
    type Generic;
    fn generic(self, context: N::Context) -> Self::Generic;
}

impl<N: Number> Constant<N> for f64 {
    type Generic = N;
    #[inline(always)]
    fn generic(self, context: N::Context) -> N {
        N::constant(context, self)
    }
}

impl<N: Number, const D: usize> Constant<N> for [f64; D] {
    type Generic = [N; D];
    #[inline(always)]
    fn generic(self, context: N::Context) -> [N; D] {
        self.map(|value| N::constant(context, value))
    }
}

macro_rules! numbers {
    (unary $($unary:ident)*; binary $($binary:ident)*; compare $($compare:ident)*;) => {
        /// [`Lanes`] or [`Expr`]: the operators, methods and comparisons of `f64`, and a `select` in place of `if`.
        pub trait Number:
            Special
            + Copy
            + Neg<Output = Self>
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + Rem<Output = Self>
        {
            /// What a constant is made of besides its value: the SIMD token, the graph.
            type Context: Copy;
            /// The outcome of a comparison.
            type Truth: Copy
                + BitAnd<Output = Self::Truth>
                + BitOr<Output = Self::Truth>
                + Not<Output = Self::Truth>;

            fn constant(context: Self::Context, value: f64) -> Self;
            fn select(condition: Self::Truth, yes: Self, no: Self) -> Self;
            $(fn $unary(self) -> Self;)*
            $(fn $binary(self, other: Self) -> Self;)*
            $(fn $compare(self, other: Self) -> Self::Truth;)*
            fn powi(self, exponent: i32) -> Self;
            fn mul_add(self, factor: Self, summand: Self) -> Self;
            fn clamp(self, low: Self, high: Self) -> Self;
            fn sin_cos(self) -> (Self, Self);
            /// A number like `self`; what the methods below, made of the ones above, take their constants from.
            fn like(self, value: f64) -> Self;

            /// A truth that is the same everywhere.
            #[inline(always)]
            fn truth(context: Self::Context, value: bool) -> Self::Truth {
                let zero = Self::constant(context, 0.0);
                if value { zero.eq(zero) } else { zero.ne(zero) }
            }
            #[inline(always)]
            fn select_array<const D: usize>(condition: Self::Truth, yes: [Self; D], no: [Self; D]) -> [Self; D] {
                let mut chosen = yes;
                // A loop, not a closure: what is not inlined would lose the instruction level.
                for d in 0..D {
                    chosen[d] = Self::select(condition, yes[d], no[d]);
                }
                chosen
            }
            #[inline(always)]
            fn log(self, base: Self) -> Self {
                self.ln() / base.ln()
            }
            #[inline(always)]
            fn to_radians(self) -> Self {
                self * self.like(1f64.to_radians())
            }
            #[inline(always)]
            fn to_degrees(self) -> Self {
                self * self.like(1f64.to_degrees())
            }
            #[inline(always)]
            fn rem_euclid(self, divisor: Self) -> Self {
                let rest = self % divisor;
                Self::select(rest.lt(self.like(0.0)), rest + divisor.abs(), rest)
            }
            #[inline(always)]
            fn div_euclid(self, divisor: Self) -> Self {
                let (zero, one) = (self.like(0.0), self.like(1.0));
                let quotient = (self / divisor).trunc();
                let lowered = Self::select(divisor.gt(zero), quotient - one, quotient + one);
                Self::select((self % divisor).lt(zero), lowered, quotient)
            }
            #[inline(always)]
            fn is_nan(self) -> Self::Truth {
                self.ne(self)
            }
            #[inline(always)]
            fn is_finite(self) -> Self::Truth {
                self.abs().lt(self.like(f64::INFINITY))
            }
            #[inline(always)]
            fn is_infinite(self) -> Self::Truth {
                self.abs().eq(self.like(f64::INFINITY))
            }
            #[inline(always)]
            fn is_sign_negative(self) -> Self::Truth {
                self.like(1.0).copysign(self).lt(self.like(0.0))
            }
            #[inline(always)]
            fn is_sign_positive(self) -> Self::Truth {
                self.like(1.0).copysign(self).gt(self.like(0.0))
            }
        }

        numbers!(methods (S: Simd) Lanes<S>, S, Mask<S>, Lanes::splat;
            unary $($unary)*; binary $($binary)*; compare $($compare)*;);
        numbers!(methods ('g) Expr<'g>, &'g Graph, Condition<'g>, Graph::constant;
            unary $($unary)*; binary $($binary)*; compare $($compare)*;);
    };
    (methods ($($generics:tt)*) $number:ty, $context:ty, $truth:ty, $constant:path;
        unary $($unary:ident)*; binary $($binary:ident)*; compare $($compare:ident)*;) => {
        impl<$($generics)*> Number for $number {
            type Context = $context;
            type Truth = $truth;

            #[inline(always)]
            fn constant(context: $context, value: f64) -> Self {
                $constant(context, value)
            }
            #[inline(always)]
            fn select(condition: $truth, yes: Self, no: Self) -> Self {
                condition.select(yes, no)
            }
            // The methods called here are the ones of the type itself: they go before those of a trait.
            $(#[inline(always)]
            fn $unary(self) -> Self {
                <$number>::$unary(self)
            })*
            $(#[inline(always)]
            fn $binary(self, other: Self) -> Self {
                <$number>::$binary(self, other)
            })*
            $(#[inline(always)]
            fn $compare(self, other: Self) -> $truth {
                <$number>::$compare(self, other)
            })*
            #[inline(always)]
            fn powi(self, exponent: i32) -> Self {
                <$number>::powi(self, exponent)
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, summand: Self) -> Self {
                <$number>::mul_add(self, factor, summand)
            }
            #[inline(always)]
            fn clamp(self, low: Self, high: Self) -> Self {
                <$number>::clamp(self, low, high)
            }
            #[inline(always)]
            fn sin_cos(self) -> (Self, Self) {
                <$number>::sin_cos(self)
            }
            #[inline(always)]
            fn like(self, value: f64) -> Self {
                <$number>::like(self, value)
            }
        }
    };
}

numbers! {
    unary abs signum sqrt cbrt recip exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh
        asinh acosh atanh floor ceil round trunc fract;
    binary powf atan2 hypot min max copysign;
    compare lt le gt ge eq ne;
}
