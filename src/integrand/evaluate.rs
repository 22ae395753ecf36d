//! An integrand at given points, on lanes: what the SIMD backend computes, laid open.

use super::interpret::BLOCK;
use super::{Integrand, Point};
use crate::lanes::{LANES, Lanes, Level, Simd, dispatch};

/// Sets `values[i]` to `f` at `points[i]`, computed on lanes at `level`.
///
/// Costs one evaluation for each point (a last, incomplete vector is filled up with its last point). The values are
/// those that the SIMD backend would sum, so this shows where and by how much they differ from [`Integrand::scalar`].
///
/// Returns `false` and does nothing when this CPU lacks `level`.
///
/// # Panics
/// When the slices differ in length.
///
/// ```
/// use quadrille::{evaluate, lanes::Level};
///
/// let mut values = [0.0; 3];
/// assert!(evaluate(&|x: f64| x * x, Level::detect(), &[1.0, 2.0, 3.0], &mut values));
/// assert_eq!(values, [1.0, 4.0, 9.0]);
/// ```
pub fn evaluate<P: Point>(f: &impl Integrand<P>, level: Level, points: &[P], values: &mut [f64]) -> bool {
    assert_eq!(points.len(), values.len(), "one value for each point");
    let Some(token) = level.token() else { return false };
    dispatch!(token, simd => evaluate_on(simd, f, points, values));
    true
}

#[inline(always)]
fn evaluate_on<S: Simd, P: Point, F: Integrand<P>>(simd: S, f: &F, points: &[P], values: &mut [f64]) {
    if points.is_empty() {
        return;
    }
    let (eights, rest) = points.as_chunks();
    let (results, missing) = values.as_chunks_mut();
    let last = points.len() - 1;
    let filled_up = [std::array::from_fn(|lane| points[(LANES * eights.len() + lane).min(last)])];
    let mut its_values = [[0.0; LANES]];
    // One loop over two parts, so that there is one copy of f.
    for (points, values) in [(eights, results), (&filled_up[rest.is_empty().into()..], &mut its_values[..])] {
        on_vectors(simd, f, points, values);
    }
    for (value, result) in missing.iter_mut().zip(its_values[0]) {
        *value = result;
    }
}

/// Values at vectors of eight points.
#[inline(always)]
pub(super) fn on_vectors<S: Simd, P: Point, F: Integrand<P>>(
    simd: S,
    f: &F,
    points: &[[P; LANES]],
    values: &mut [[f64; LANES]],
) {
    if F::BLOCKED {
        in_blocks(simd, f, points, values);
    } else {
        for (points, values) in points.iter().zip(values) {
            *values = f.lanes(P::lanes_of(simd, points)).to_array();
        }
    }
}

#[inline(always)]
fn in_blocks<S: Simd, P: Point, F: Integrand<P>>(simd: S, f: &F, points: &[[P; LANES]], values: &mut [[f64; LANES]]) {
    let Some(first) = points.first() else { return };
    let first = P::lanes_of(simd, first);
    if let [value] = values {
        *value = f.lanes(first).to_array();
        return;
    }
    let (mut vectors, mut results) = ([first; BLOCK], [Lanes::splat(simd, 0.0); BLOCK]);
    for (points, values) in points.chunks(BLOCK).zip(values.chunks_mut(BLOCK)) {
        for (vector, points) in vectors.iter_mut().zip(points) {
            *vector = P::lanes_of(simd, points);
        }
        f.block(&vectors[..points.len()], &mut results[..points.len()]);
        for (values, result) in values.iter_mut().zip(&results) {
            *values = result.to_array();
        }
    }
}
