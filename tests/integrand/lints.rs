//! The expansion gives no warnings and needs nothing in scope.
#![deny(warnings, missing_docs)]
#![allow(clippy::excessive_precision)]
#![no_implicit_prelude]

/// A documented integrand.
#[::quadrille::integrand]
pub fn documented(
    x: f64,
    /// The rate of decay.
    rate: f64,
) -> f64 {
    use ::quadrille::special::erf;
    const UNUSED_IN_NONE: f64 = 2.0;
    let mut y = x;
    if y < UNUSED_IN_NONE {
        y += erf(rate);
    }
    for i in 0..2 {
        y *= i as f64;
    }
    y
}

/// One without parameters, in conditional compilation.
#[::quadrille::integrand]
#[cfg(not(any()))]
#[inline]
pub(crate) const fn plain(r#in: f64, r#type: f64) -> f64 {
    r#in * r#type
}

#[::quadrille::integrand]
#[cfg(any())]
fn absent(x: f64) -> f64 {
    absent_too(x)
}

mod inner {
    #[::quadrille::integrand]
    fn unused(x: f64) -> f64 {
        x
    }
}

#[::core::prelude::v1::test]
fn nothing_is_warned_of() {
    #[::quadrille::integrand]
    fn local(x: f64) -> f64 {
        plain(x, 1.0)
    }
    let _ = documented { rate: 1.0 };
    let _ = ::quadrille::Integrand::scalar(&local {}, plain(1.0, 2.0));
    let _ = plain { r#type: 1.0 };
}
