//! Running sums: plain within a group of terms, twofold from group to group.

use super::panels::{Between, Full, Panels, Tail};
use super::sweep::Sum;
use crate::lanes::{LANES, Lanes, Level, Mask, Simd, dispatch};
use std::hint::black_box;

/// The vectors of a group: independent of each other, to hide the latency of the steps within each.
const VECTORS: usize = 4;

/// The terms of a group.
const GROUP: usize = VECTORS * LANES;

/// The sum of all terms; and to `results`, if given, `before` and the terms up to each. `None` when samples are out of
/// order or the sum is not finite.
pub(super) fn running<const N: usize>(
    panels: impl Between<N>,
    level: Level,
    before: Sum,
    results: Option<&mut [f64]>,
) -> Option<Sum> {
    let token = level.token().expect("a level that this CPU has");
    let (sum, valid) = match results {
        Some(results) => dispatch!(token, simd => running_on::<_, N, true>(simd, panels, before, results)),
        None => dispatch!(token, simd => running_on::<_, N, false>(simd, panels, before, &mut [])),
    };
    (valid && sum.round().is_finite()).then_some(sum)
}

#[inline(always)]
fn running_on<S: Simd, const N: usize, const WRITE: bool>(
    simd: S,
    panels: impl Between<N>,
    mut before: Sum,
    results: &mut [f64],
) -> (Sum, bool) {
    // Out of the compiler's sight: with a known 0 it moves lanes by slower instructions.
    let zero = Lanes::splat(simd, black_box(0.0));
    let (mut sum, mut valid) = (Sum::default(), zero.eq(zero));
    let (mut at, mut done, count) = (0, 0, panels.count());
    while at + GROUP / N <= count {
        let terms = terms(simd, panels.part(at, GROUP / N), &mut valid);
        let (sums, total) = group(zero, terms, before);
        if WRITE {
            for (results, sums) in results[done..done + GROUP].chunks_exact_mut(LANES).zip(sums) {
                results.copy_from_slice(&sums.to_array());
            }
            before = before.plus(total);
        }
        sum = sum.plus(total);
        (at, done) = (at + GROUP / N, done + GROUP);
    }
    if at < count {
        let terms = last_terms(simd, panels.part(at, count - at), &mut valid);
        let (sums, total) = group(zero, terms, before);
        if WRITE {
            let rest = &mut results[done..];
            rest.copy_from_slice(&sums.map(Lanes::to_array).as_flattened()[..rest.len()]);
        }
        sum = sum.plus(total);
    }
    (sum, valid.all())
}

/// The terms of a whole group of panels, in order.
#[inline(always)]
fn terms<S: Simd, const N: usize>(simd: S, panels: impl Panels<N>, valid: &mut Mask<S>) -> [Lanes<S>; VECTORS] {
    let mut vectors = [Lanes::splat(simd, 0.0); VECTORS];
    for i in 0..VECTORS / N {
        let (terms, mask) = panels.terms(&Full { simd, first: i * LANES });
        *valid = *valid & mask;
        put(&mut vectors, i, terms);
    }
    vectors
}

/// The same for a part of a group, filled up with zeros.
#[inline(always)]
fn last_terms<S: Simd, const N: usize>(simd: S, panels: impl Panels<N>, valid: &mut Mask<S>) -> [Lanes<S>; VECTORS] {
    let (zero, count) = (Lanes::splat(simd, 0.0), panels.count());
    let numbers = Lanes::from_array(simd, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let mut vectors = [zero; VECTORS];
    for (i, first) in (0..count).step_by(LANES).enumerate() {
        let (mut terms, mask) = panels.terms(&Tail { simd, first, count });
        *valid = *valid & mask;
        for term in &mut terms {
            *term = numbers.lt(zero.like((count - first) as f64)).select(*term, zero);
        }
        put(&mut vectors, i, terms);
    }
    vectors
}

/// The terms of the `i`-th eight panels to their place in a group.
#[inline(always)]
fn put<S: Simd, const N: usize>(vectors: &mut [Lanes<S>; VECTORS], i: usize, terms: [Lanes<S>; N]) {
    if N == 1 {
        vectors[i] = terms[0];
    } else {
        (vectors[2 * i], vectors[2 * i + 1]) = terms[0].interleave(terms[1]);
    }
}

/// `before` and the terms of a group up to each, and the sum of the terms.
///
/// Step by step for all vectors: in program order the steps of one would wait for each other.
#[inline(always)]
fn group<S: Simd>(zero: Lanes<S>, mut terms: [Lanes<S>; VECTORS], before: Sum) -> ([Lanes<S>; VECTORS], f64) {
    // Sums of up to two, four and eight neighbours.
    for vector in &mut terms {
        *vector += vector.moved_up::<7>(zero);
    }
    for vector in &mut terms {
        *vector += vector.moved_up::<6>(zero);
    }
    for vector in &mut terms {
        *vector += vector.moved_up::<4>(zero);
    }
    let [a, b, c, d] = [last(terms[0]), last(terms[1]), last(terms[2]), last(terms[3])];
    let (front, back) = (a + b, c + d);
    let offsets = [before.low, before.low + a, before.low + front, before.low + (front + c)];
    for (vector, offset) in terms.iter_mut().zip(offsets) {
        *vector += offset;
    }
    for vector in &mut terms {
        *vector += before.high;
    }
    (terms, front + back)
}

#[inline(always)]
fn last<S: Simd>(vector: Lanes<S>) -> f64 {
    vector.to_array()[LANES - 1]
}
