//! An integrand of several variables behind one call for many points: the counterpart of [`values`](super::values).

use super::definition::Definition;
#[cfg(feature = "gpu")]
use super::formula::Traced;
use super::interpret::BLOCK;
use super::values::Values;
use super::{Integrand, Point};
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use std::marker::PhantomData;

/// Values at vectors of eight points.
pub(crate) trait PointValues: Sync {
    /// Sets `values[i]` to f at eight points of D coordinates, of which number d is `points[i * D + d]`.
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]);

    /// The same at points that are made of few coordinates: number d of point i is `rows[d][nodes[i * D + d]]`.
    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]);

    /// Whether values were withheld, which are NaN then: what they are of is not to be believed.
    fn withheld(&self) -> bool {
        false
    }

    /// The value at a point by the scalar definition.
    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64;

    /// What the trace of f leaves, if it can be traced.
    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced>;
}

/// The coordinates that nodes choose from on one axis.
pub(crate) type Row = [[f64; LANES]; 16];

/// On lanes.
pub(crate) struct PointsOnLanes<'a, F, P> {
    pub f: &'a F,
    pub token: Token,
    pub point: PhantomData<fn(P)>,
}

impl<P: Point, F: Integrand<P>> PointValues for PointsOnLanes<'_, F, P> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        dispatch!(self.token, simd => on_lanes::<_, P, F>(simd, self.f, points, values));
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]) {
        dispatch!(self.token, simd => nodes_on_lanes::<_, P, F>(simd, self.f, rows, nodes, values));
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.f.scalar(P::from_fn(|d| point[d]))
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced> {
        Traced::of(self.f)
    }
}

#[inline(always)]
pub(super) fn on_lanes<S: Simd, P: Point, F: Integrand<P>>(
    simd: S,
    f: &F,
    points: &[[f64; LANES]],
    values: &mut [[f64; LANES]],
) {
    let point = |at: &[[f64; LANES]]| P::lanes_from_fn(|d| Lanes::from_array(simd, at[d]));
    evaluate(simd, f, points, point, values);
}

#[inline(always)]
fn nodes_on_lanes<S: Simd, P: Point, F: Integrand<P>>(
    simd: S,
    f: &F,
    rows: &[Row],
    nodes: &[u8],
    values: &mut [[f64; LANES]],
) {
    let rows = &rows[..P::DIMENSION];
    // A place is below 16: no check of bounds is left.
    let point = |at: &[u8]| P::lanes_from_fn(|d| Lanes::from_array(simd, rows[d][usize::from(at[d] & 15)]));
    evaluate(simd, f, nodes, point, values);
}

/// The values at the points that `point` makes of D items each.
#[inline(always)]
fn evaluate<S: Simd, P: Point, F: Integrand<P>, T>(
    simd: S,
    f: &F,
    items: &[T],
    point: impl Fn(&[T]) -> P::Lanes<S>,
    values: &mut [[f64; LANES]],
) {
    if !F::BLOCKED {
        for (at, value) in items.chunks_exact(P::DIMENSION).zip(values) {
            *value = f.lanes(point(at)).to_array();
        }
        return;
    }
    let Some(first) = items.chunks_exact(P::DIMENSION).next() else { return };
    let (mut vectors, mut results) = ([point(first); BLOCK], [Lanes::splat(simd, 0.0); BLOCK]);
    for (items, values) in items.chunks(BLOCK * P::DIMENSION).zip(values.chunks_mut(BLOCK)) {
        for (vector, at) in vectors.iter_mut().zip(items.chunks_exact(P::DIMENSION)) {
            *vector = point(at);
        }
        f.block(&vectors[..values.len()], &mut results[..values.len()]);
        for (value, result) in values.iter_mut().zip(&results) {
            *value = result.to_array();
        }
    }
}

/// By the scalar definition.
pub(crate) struct PointsByScalar<'a, F, P> {
    pub f: &'a F,
    pub point: PhantomData<fn(P)>,
}

impl<P: Point, F: Integrand<P>> PointValues for PointsByScalar<'_, F, P> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        for (at, values) in points.chunks_exact(P::DIMENSION).zip(values) {
            for (lane, value) in values.iter_mut().enumerate() {
                *value = self.f.scalar(P::from_fn(|d| at[d][lane]));
            }
        }
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]) {
        for (at, values) in nodes.chunks_exact(P::DIMENSION).zip(values) {
            for (lane, value) in values.iter_mut().enumerate() {
                *value = self.f.scalar(P::from_fn(|d| rows[d][usize::from(at[d] & 15)][lane]));
            }
        }
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.f.scalar(P::from_fn(|d| point[d]))
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced> {
        Traced::of(self.f)
    }
}

/// An integrand of one variable as one of a point with one coordinate.
pub(crate) struct OnAxis<'a> {
    pub values: &'a (dyn Values + Sync),
    #[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
    pub f: &'a dyn Definition,
}

impl PointValues for OnAxis<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.values.values(points, values);
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]) {
        let mut points = [[0.0; LANES]; BLOCK];
        for (nodes, values) in nodes.chunks(BLOCK).zip(values.chunks_mut(BLOCK)) {
            for (point, &node) in points.iter_mut().zip(nodes) {
                *point = rows[0][usize::from(node)];
            }
            self.values.values(&points[..nodes.len()], values);
        }
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.f.value(point[0])
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced> {
        self.f.traced()
    }
}
