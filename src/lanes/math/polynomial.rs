//! Helpers of the slower families: long polynomials and the remainder of a quotient.

use crate::lanes::twofold::two_product;
use crate::lanes::{Lanes, Simd};

/// `coefficients` as a polynomial in `x`, lowest degree first; even and odd powers apart, which takes half the time of
/// Horner's rule for the same number of operations. `square` is x².
#[inline(always)]
pub(super) fn even_odd<S: Simd, const N: usize>(x: Lanes<S>, square: Lanes<S>, coefficients: &[f64; N]) -> Lanes<S> {
    let (last, second) = (every_second(square, coefficients, N - 1), every_second(square, coefficients, N - 2));
    if N.is_multiple_of(2) { last.fma(x, second) } else { second.fma(x, last) }
}

/// The coefficients `last`, `last` - 2, … as a polynomial in `square`.
#[inline(always)]
fn every_second<S: Simd>(square: Lanes<S>, coefficients: &[f64], last: usize) -> Lanes<S> {
    let mut sum = square.like(coefficients[last]);
    let mut i = last;
    while i >= 2 {
        i -= 2;
        sum = sum.fma(square, square.like(coefficients[i]));
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
