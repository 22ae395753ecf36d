//! An integrand at given points, on lanes: what the SIMD backend computes, laid open.

use super::{Integrand, Point};
use crate::lanes::{LANES, Lanes, Level, Simd, dispatch};

/// Sets `values[i]` to `f` at `points[i]`, computed on lanes at `level`.
///
/// Costs one evaluation for each point (a last, incomplete vector is filled up with its last point). The values are those
/// that the SIMD backend would sum, so this shows where and by how much they differ from [`Integrand::scalar`].
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
fn evaluate_on<S: Simd, P: Point>(simd: S, f: &impl Integrand<P>, points: &[P], values: &mut [f64]) {
    for (points, values) in points.chunks(LANES).zip(values.chunks_mut(LANES)) {
        let last = points.len() - 1;
        let x = P::lanes_from_fn(|d| {
            Lanes::from_array(simd, std::array::from_fn(|lane| points[lane.min(last)].coordinate(d)))
        });
        values.copy_from_slice(&f.lanes(x).to_array()[..points.len()]);
    }
}
