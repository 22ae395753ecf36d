//! Sums of two `f64` without error: the rounded sum, and what the rounding left out. For lanes see [`crate::lanes`].
//!
//! T. J. Dekker, "A floating-point technique for extending the available precision" (1971),
//! <https://doi.org/10.1007/BF01397083>.

/// `high + low` equal to `a + b` exactly.
#[inline(always)]
pub(crate) const fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let high = a + b;
    let from_b = high - a;
    (high, (a - (high - from_b)) + (b - from_b))
}

/// [`two_sum`] for |a| >= |b| (or a = 0): three operations in place of six.
#[inline(always)]
pub(crate) const fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let high = a + b;
    (high, b - (high - a))
}
