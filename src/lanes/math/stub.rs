//! Temporary: every function by scalar code, replaced family by family.
use crate::lanes::{Lanes, Simd};
macro_rules! stub { ($($m:ident $f:expr;)*) => { impl<S: Simd> Lanes<S> {$( #[inline(always)] pub fn $m(self) -> Self { self.map($f) } )*} } }
stub! {
}
impl<S: Simd> Lanes<S> {
}
