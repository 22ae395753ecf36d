//! Sums of two `f64` without error: the rounded sum, and what the rounding left out. For lanes see [`crate::lanes`].
//!
//! Sums by O. Møller (1965), <https://doi.org/10.1007/BF01975722>, and D. E. Knuth; where one number is known to be the
//! larger, by T. J. Dekker (1971), <https://doi.org/10.1007/BF01397083>.

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
