//! An integrand behind one call for many points, so that what asks for values is compiled once for all integrands.

use super::{Expr, Graph, Integrand, Point, evaluate::on_vectors};
use crate::lanes::{LANES, Token, dispatch};
use std::cell::RefCell;

/// Values at vectors of eight points.
pub(crate) trait Values {
    /// Sets `values[i]` to f at `points[i]`; both slices have the same length.
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]);

    /// The value at one point.
    fn at(&self, x: f64) -> f64 {
        let mut values = [[0.0; LANES]];
        self.values(&[[x; LANES]], &mut values);
        values[0][0]
    }

    /// The same at points that are `end` plus distances, known better than their sum: for what depends on those.
    #[inline]
    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let _ = (end, distances);
        self.values(points, values);
    }

    /// Whether it is known to be zero everywhere.
    fn is_zero(&self) -> bool {
        false
    }

    /// Whether values were withheld, which are NaN then: what they are of is not to be believed.
    #[inline]
    fn withheld(&self) -> bool {
        false
    }

    /// Whether a point so near to an end that it is rounded to it still has a value of its own.
    #[inline]
    fn knows_distances(&self) -> bool {
        false
    }
}

/// On lanes.
pub(crate) struct OnLanes<'a, F> {
    pub f: &'a F,
    pub token: Token,
}

impl<F: Integrand> Values for OnLanes<'_, F> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        dispatch!(self.token, simd => on_vectors(simd, self.f, points, values));
    }

    fn is_zero(&self) -> bool {
        is_zero(self.f)
    }
}

/// Whether its formula, if there is one, is zero.
pub(crate) fn is_zero<P: Point>(f: &impl Integrand<P>) -> bool {
    let graph = Graph::new();
    let traced = f.trace(&graph, P::traced_from_fn(|d| graph.coordinate(d)));
    traced.and_then(Expr::as_constant) == Some(0.0)
}

/// With all that was asked for and answered.
pub(crate) struct Recorded<'a> {
    of: &'a dyn Values,
    pub points: RefCell<Vec<[f64; LANES]>>,
    pub values: RefCell<Vec<[f64; LANES]>>,
}

impl<'a> Recorded<'a> {
    pub fn new(of: &'a dyn Values) -> Self {
        Self { of, points: RefCell::default(), values: RefCell::default() }
    }
}

impl Values for Recorded<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        self.points.borrow_mut().extend_from_slice(points);
        self.values.borrow_mut().extend_from_slice(values);
    }

    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.near(end, distances, points, values);
        self.points.borrow_mut().extend_from_slice(points);
        self.values.borrow_mut().extend_from_slice(values);
    }

    fn knows_distances(&self) -> bool {
        self.of.knows_distances()
    }
}

/// By the scalar definition.
pub(crate) struct ByScalar<'a, F>(pub &'a F);

impl<F: Integrand> Values for ByScalar<'_, F> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        for (values, points) in values.iter_mut().zip(points) {
            for (value, &point) in values.iter_mut().zip(points) {
                *value = self.0.scalar(point);
            }
        }
    }

    fn is_zero(&self) -> bool {
        is_zero(self.0)
    }
}
