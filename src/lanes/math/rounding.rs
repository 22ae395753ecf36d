//! signum, round.

use crate::lanes::{Lanes, Simd};
use fearless_simd::SimdFloat;

impl<S: Simd> Lanes<S> {
    /// 1 or -1 by the sign bit, NaN for NaN, as `f64::signum`. Exact.
    #[inline(always)]
    pub fn signum(self) -> Self {
        self.is_nan().select(self, self.like(1.0).copysign(self))
    }

    /// The nearest integer, halves away from zero, as `f64::round`. Exact.
    #[inline(always)]
    pub fn round(self) -> Self {
        // Adds the predecessor of ½ with the sign of the argument and truncates.
        Self(self.0.round())
    }
}
