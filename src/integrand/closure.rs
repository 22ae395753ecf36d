//! Closures as integrands: compiled code that only the CPU can run.

use super::Integrand;

impl<F: Fn(f64) -> f64 + Sync> Integrand<f64> for F {
    #[inline(always)]
    fn scalar(&self, x: f64) -> f64 {
        self(x)
    }
}

impl<const D: usize, F: Fn([f64; D]) -> f64 + Sync> Integrand<[f64; D]> for F {
    #[inline(always)]
    fn scalar(&self, x: [f64; D]) -> f64 {
        self(x)
    }
}

/// A closure over `wide::f64x8`, for code already written against the `wide` crate; made by [`wide`](fn@wide).
#[cfg(feature = "wide")]
#[derive(Clone, Copy, Debug)]
pub struct Wide<F>(F);

/// Makes an integrand of a closure over `wide::f64x8`.
///
/// `wide` chooses its instructions when it is compiled, so this form is faster with `-C target-cpu=native`;
/// `#[integrand]` does not depend on it. The scalar reference is the closure on eight equal lanes.
///
/// ```
/// use quadrille::{Integrand, wide};
///
/// let f = wide(|x: ::wide::f64x8| x * x);
/// assert_eq!(f.scalar(3.0), 9.0);
/// ```
#[cfg(feature = "wide")]
pub fn wide<F: Fn(::wide::f64x8) -> ::wide::f64x8 + Sync>(closure: F) -> Wide<F> {
    Wide(closure)
}

#[cfg(feature = "wide")]
impl<F: Fn(::wide::f64x8) -> ::wide::f64x8 + Sync> Integrand<f64> for Wide<F> {
    #[inline(always)]
    fn scalar(&self, x: f64) -> f64 {
        (self.0)(::wide::f64x8::splat(x)).to_array()[0]
    }

    #[inline(always)]
    fn lanes<S: crate::lanes::Simd>(&self, x: crate::lanes::Lanes<S>) -> crate::lanes::Lanes<S> {
        let values = (self.0)(::wide::f64x8::new(x.to_array()));
        crate::lanes::Lanes::from_array(x.token(), values.to_array())
    }
}
