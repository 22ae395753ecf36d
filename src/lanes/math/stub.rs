//! Temporary: every function by scalar code, replaced family by family.
use crate::lanes::{Lanes, Simd};
macro_rules! stub { ($($m:ident $f:expr;)*) => { impl<S: Simd> Lanes<S> {$( #[inline(always)] pub fn $m(self) -> Self { self.map($f) } )*} } }
stub! {
 signum f64::signum;
 asin f64::asin; acos f64::acos; atan f64::atan; sinh f64::sinh; cosh f64::cosh; tanh f64::tanh;
 asinh libm::asinh; acosh libm::acosh; atanh libm::atanh; erf libm::erf; erfc libm::erfc; gamma libm::tgamma; ln_gamma libm::lgamma; round f64::round;
}
macro_rules! stub2 { ($($m:ident $f:expr;)*) => { impl<S: Simd> Lanes<S> {$( #[inline(always)] pub fn $m(self, o: Self) -> Self { let (a,b)=(self.to_array(), o.to_array()); Self::from_array(self.token(), std::array::from_fn(|i| $f(a[i], b[i]))) } )*} } }
stub2! { atan2 f64::atan2; }
impl<S: Simd> Lanes<S> {}
