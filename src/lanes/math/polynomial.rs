//! Polynomials, and the remainder of a quotient.

use crate::lanes::twofold::two_product;
use crate::lanes::{Lanes, Simd};

/// `coefficients` as a polynomial in `x`, lowest degree first: pairs of terms, by Horner's rule in x² (G. Estrin). That
/// takes half the time of Horner's rule in x, for a multiplication more.
#[inline(always)]
pub(super) fn polynomial<S: Simd, const N: usize>(x: Lanes<S>, coefficients: &[f64; N]) -> Lanes<S> {
    let square = x * x;
    let pair = |i: usize| {
        let low = x.like(coefficients[i]);
        if i + 1 < N { x.fma(x.like(coefficients[i + 1]), low) } else { low }
    };
    let mut i = (N - 1) / 2 * 2;
    let mut sum = pair(i);
    while i > 0 {
        i -= 2;
        sum = sum.fma(square, pair(i));
    }
    sum
}

/// `numerator - quotient * denominator` for a `quotient` right to a few ulps: nearly exact.
#[inline(always)]
pub(super) fn remainder<S: Simd>(numerator: Lanes<S>, quotient: Lanes<S>, denominator: Lanes<S>) -> Lanes<S> {
    if numerator.fused() {
        return (-quotient).fma(denominator, numerator);
    }
    let (high, low) = two_product(quotient, denominator);
    (numerator - high) - low
}
