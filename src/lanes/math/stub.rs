//! Temporary: every function by scalar code, replaced family by family.
use crate::lanes::{Lanes, Simd};
macro_rules! stub { ($($m:ident $f:expr;)*) => { impl<S: Simd> Lanes<S> {$( #[inline(always)] pub fn $m(self) -> Self { self.map($f) } )*} } }
stub! {
 cbrt f64::cbrt; log2 f64::log2; log10 f64::log10; ln_1p f64::ln_1p;
 sin f64::sin; cos f64::cos; tan f64::tan;
 gamma libm::tgamma; ln_gamma libm::lgamma;
}
macro_rules! stub2 { ($($m:ident $f:expr;)*) => { impl<S: Simd> Lanes<S> {$( #[inline(always)] pub fn $m(self, o: Self) -> Self { let (a,b)=(self.to_array(), o.to_array()); Self::from_array(self.token(), std::array::from_fn(|i| $f(a[i], b[i]))) } )*} } }
stub2! { powf f64::powf; hypot f64::hypot; }
impl<S: Simd> Lanes<S> {
 #[inline(always)] pub fn powi(self, n: i32) -> Self { self.map(|x| x.powi(n)) }
 #[inline(always)] pub fn sin_cos(self) -> (Self, Self) { (self.sin(), self.cos()) }
}
