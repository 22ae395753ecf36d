//! The bits of lanes as integers: what exponents and signs are read and written by.

use crate::lanes::{Lanes, Simd};
use fearless_simd::{Bytes, u64x8};

/// 1.5 · 2^52: added to a number up to 2^51 in magnitude, leaves the nearest integer in the low bits of the sum.
pub(super) const ROUNDER: f64 = 6_755_399_441_055_744.0;

#[inline(always)]
pub(super) fn to_bits<S: Simd>(x: Lanes<S>) -> u64x8<S> {
    x.0.bitcast()
}

#[inline(always)]
pub(super) fn from_bits<S: Simd>(bits: u64x8<S>) -> Lanes<S> {
    Lanes(bits.bitcast())
}

/// `x` · 2^n for normal `x` and normal result, where `rounded` is [`ROUNDER`] + n: n is added to the exponent.
#[inline(always)]
pub(super) fn scale<S: Simd>(x: Lanes<S>, rounded: Lanes<S>) -> Lanes<S> {
    from_bits(to_bits(x) + (to_bits(rounded) << 52))
}

/// 2^n for -1022 <= n <= 1023, where `rounded` is [`ROUNDER`] + n.
#[inline(always)]
pub(super) fn power_of_two<S: Simd>(rounded: Lanes<S>) -> Lanes<S> {
    scale(rounded.like(1.0), rounded)
}
