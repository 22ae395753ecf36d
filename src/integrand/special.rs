//! Special functions that `f64` has no methods for, on plain numbers, lanes and expressions.
//!
//! In the body of an `#[integrand]` function they are called like any other integrand:
//!
//! ```
//! use quadrille::{Integrand, integrand, special::erf};
//!
//! #[integrand]
//! fn fading(x: f64, width: f64) -> f64 {
//!     1.0 - erf(x / width)
//! }
//!
//! assert_eq!(fading { width: 2.0 }.scalar(0.0), 1.0);
//! ```

use super::Expr;
use super::number::Number;
use crate::lanes::{Lanes, Simd};

/// A number that the special functions take: `f64`, [`Lanes`] or [`Expr`]. Sealed.
pub trait Special: sealed::Sealed {
    #[doc(hidden)]
    fn erf(self) -> Self;
    #[doc(hidden)]
    fn erfc(self) -> Self;
    #[doc(hidden)]
    fn gamma(self) -> Self;
    #[doc(hidden)]
    fn ln_gamma(self) -> Self;
}

macro_rules! special {
    ($($(#[$doc:meta])* $name:ident $scalar:path;)*) => {
        $(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name<T: Special>(x: T) -> T {
                x.$name()
            }

            /// What a call in the body of an `#[integrand]` function is turned into.
            #[doc(hidden)]
            #[allow(non_camel_case_types, reason = "named like the function")]
            pub enum $name {}

            impl $name {
                #[doc(hidden)]
                #[inline(always)]
                pub fn __generic<N: Number>(_: N::Context, x: N) -> N {
                    x.$name()
                }
            }
        )*

        impl Special for f64 {$(
            #[inline(always)]
            fn $name(self) -> Self {
                $scalar(self)
            }
        )*}

        impl<S: Simd> Special for Lanes<S> {$(
            #[inline(always)]
            fn $name(self) -> Self {
                Lanes::$name(self)
            }
        )*}

        impl Special for Expr<'_> {$(
            #[inline(always)]
            fn $name(self) -> Self {
                Expr::$name(self)
            }
        )*}
    };
}

special! {
    /// The error function, 2/√π times the integral of exp(-t²) from 0 to `x`.
    erf libm::erf;
    /// `1 - erf(x)` without cancellation.
    erfc libm::erfc;
    /// The gamma function.
    gamma libm::tgamma;
    /// The natural logarithm of the absolute value of the gamma function.
    ln_gamma libm::lgamma;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl<S: super::Simd> Sealed for super::Lanes<S> {}
    impl Sealed for super::Expr<'_> {}
}
