//! Error-free transformations on lanes: sums and products as an unevaluated pair high + low.
//!
//! Sums by O. Møller (1965), <https://doi.org/10.1007/BF01975722>, and D. E. Knuth; where one number is known to be the
//! larger, by T. J. Dekker (1971), <https://doi.org/10.1007/BF01397083>.

use super::Lanes;
use fearless_simd::Simd;

/// `high + low` equal to `a + b` exactly.
#[inline(always)]
pub(crate) fn two_sum<S: Simd>(a: Lanes<S>, b: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let high = a + b;
    let from_b = high - a;
    (high, (a - (high - from_b)) + (b - from_b))
}

/// [`two_sum`] for |a| >= |b| (or a = 0): three operations in place of six.
#[inline(always)]
pub(crate) fn fast_two_sum<S: Simd>(a: Lanes<S>, b: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let high = a + b;
    (high, b - (high - a))
}

/// `high + low` equal to `a * b` exactly, but for overflow and underflow (without fused multiply-add, overflow
/// from 2^996 on).
#[inline(always)]
pub(crate) fn two_product<S: Simd>(a: Lanes<S>, b: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let high = a * b;
    if a.fused() {
        return (high, a.fma(b, -high));
    }
    let ((a1, a2), (b1, b2)) = (split(a), split(b));
    (high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2)
}

/// Two parts of at most 26 bits each that sum to `a`.
#[inline(always)]
fn split<S: Simd>(a: Lanes<S>) -> (Lanes<S>, Lanes<S>) {
    let scaled = a * 134_217_729.0; // 2^27 + 1
    let high = scaled - (scaled - a);
    (high, a - high)
}
