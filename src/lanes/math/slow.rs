//! The slow path: lanes that the vector code does not cover, by scalar code.

use crate::lanes::{LANES, Lanes, Mask, Simd};

/// Eight lanes in memory, aligned as a vector. The slow path gets and gives these and not [`Lanes`], so that the usual
/// path keeps its vectors in registers.
#[repr(align(64))]
struct Block([f64; LANES]);

/// `f` of `x` in the lanes where `bad` is not zero.
#[cold]
#[inline(never)]
fn each(x: &Block, bad: &Block, f: fn(f64) -> f64) -> Block {
    Block(std::array::from_fn(|i| if bad.0[i] == 0.0 { 0.0 } else { f(x.0[i]) }))
}

#[cold]
#[inline(never)]
fn each_pair(x: &Block, y: &Block, bad: &Block, f: fn(f64, f64) -> f64) -> Block {
    Block(std::array::from_fn(|i| if bad.0[i] == 0.0 { 0.0 } else { f(x.0[i], y.0[i]) }))
}

/// 1 where not `good`.
#[inline(always)]
fn bad<S: Simd>(x: Lanes<S>, good: Mask<S>) -> Block {
    Block(good.select(x.like(0.0), x.like(1.0)).to_array())
}

/// `near` where `good`, else `f` of `x`.
#[inline(always)]
pub(super) fn mend<S: Simd>(x: Lanes<S>, near: Lanes<S>, good: Mask<S>, f: fn(f64) -> f64) -> Lanes<S> {
    if good.all() {
        return near;
    }
    good.select(near, Lanes::from_array(x.token(), each(&Block(x.to_array()), &bad(x, good), f).0))
}

/// `near` where `good`, else `f` of `x` and `y`.
#[inline(always)]
pub(super) fn mend_pair<S: Simd>(
    (x, y): (Lanes<S>, Lanes<S>),
    near: Lanes<S>,
    good: Mask<S>,
    f: fn(f64, f64) -> f64,
) -> Lanes<S> {
    if good.all() {
        return near;
    }
    good.select(
        near,
        Lanes::from_array(x.token(), each_pair(&Block(x.to_array()), &Block(y.to_array()), &bad(x, good), f).0),
    )
}
