//! Verification over boxes: values as they were computed against the scalar definition, at some of the points or at all.

use crate::agreement::{Disagreement, Verify};
use crate::error::Error;
use crate::integral::Integral;
use crate::integrand::bound::Bounded;
#[cfg(feature = "gpu")]
use crate::integrand::formula::Traced;
use crate::integrand::point_values::{PointValues, Row};
use crate::integrand::shared::VectorValues;
use crate::lanes::LANES;
use crate::rule::Vector;
use crate::vector::VectorIntegral;
use crate::verify::{Checked, check_value};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A spot check looks at eight points of one call in so many, chosen by the seed and the points themselves, whoever makes it.
const SPARSE: u64 = 4;

/// What is looked at, and what was found.
struct Check {
    depth: Verify,
    seed: u64,
    dimension: usize,
    begun: AtomicBool,
    /// Also the component of the disagreement.
    found: Mutex<(Checked, usize)>,
}

impl Check {
    fn new(depth: Verify, seed: u64, dimension: usize) -> Self {
        Self { depth, seed, dimension, begun: AtomicBool::new(false), found: Mutex::new((Checked::NOTHING, 0)) }
    }

    /// The vectors of a call to compare, of which the first is made of these coordinates.
    fn chosen<'v>(&self, count: usize, first: impl Fn(usize) -> &'v Vector) -> Range<usize> {
        if self.depth == Verify::Full || count == 0 {
            return 0..count;
        }
        let mix = |hash: u64, bits: u64| (hash ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        let hash = (0..self.dimension).fold(mix(self.seed, 1), |hash, d| mix(hash, first(d)[0].to_bits()));
        if hash.is_multiple_of(SPARSE) || !self.begun.swap(true, Ordering::Relaxed) {
            let one = (hash >> 32) as usize % count;
            return one..one + 1;
        }
        0..0
    }

    /// The places in a list of points that these vectors have.
    fn places(&self, chosen: &Range<usize>) -> Range<usize> {
        chosen.start * self.dimension..chosen.end * self.dimension
    }

    /// Compares values of a component at vectors of points.
    fn compare(
        &self,
        (component, bounded): (usize, Option<&Bounded>),
        points: &[Vector],
        values: &[Vector],
        expected: &[Vector],
    ) {
        let mut checked = Checked::NOTHING;
        for ((at, values), expected) in points.chunks_exact(self.dimension).zip(values).zip(expected) {
            for (lane, (&value, &reference)) in values.iter().zip(expected).enumerate() {
                let point = || at.iter().map(|coordinate| coordinate[lane]).collect::<Vec<_>>();
                let ball = || bounded.map(|bounded| bounded.at(&point()));
                checked.evaluations += 1;
                if let Some((bound, share)) = check_value(value, reference, ball) {
                    checked.worst = checked.worst.max(share);
                    checked.unbounded += u64::from(bound == f64::INFINITY);
                } else {
                    let (bound, nodes) = (ball().map_or(0.0, |ball| ball.bound), (at[0][lane], at[0][lane]));
                    let found = Disagreement { tile: None, nodes, fast: value, reference, bound };
                    checked.failed = lower(checked.failed, Some(found));
                }
            }
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, of) = *found;
        let failed = lower(before.failed, checked.failed);
        let component = if failed == before.failed { of } else { component };
        *found = (before.combine(checked), component);
        found.0.failed = failed;
    }

    fn found(&self) -> (Checked, usize) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An integrand whose values are compared while they are made.
pub(super) struct CheckedPoints<'a> {
    fast: &'a dyn PointValues,
    scalar: &'a dyn PointValues,
    bounded: Option<Bounded>,
    check: Check,
}

impl<'a> CheckedPoints<'a> {
    pub fn new(
        (fast, scalar): (&'a dyn PointValues, &'a dyn PointValues),
        bounded: Option<Bounded>,
        (depth, seed): (Verify, u64),
        dimension: usize,
    ) -> Self {
        Self { fast, scalar, bounded, check: Check::new(depth, seed, dimension) }
    }

    /// An integral of these values, with what was found; the disagreement, if there is one. What another check found stays.
    pub fn judge(&self, result: Result<Integral, Error>) -> Result<Integral, Error> {
        let (found, _) = self.check.found();
        let signed = |mut integral: Integral| {
            integral.agreement = integral.agreement.or(Some(found.agreement(self.check.depth)));
            integral
        };
        match (result, found.failed) {
            (Ok(integral), Some(disagreement)) => Err(Error::Disagreement(Box::new(integral), disagreement)),
            (Err(Error::NotConverged(integral)), Some(disagreement)) => {
                Err(Error::Disagreement(integral, disagreement))
            }
            (Ok(integral), None) => Ok(signed(integral)),
            (Err(Error::NotConverged(integral)), None) => Err(Error::NotConverged(Box::new(signed(*integral)))),
            (Err(error), _) => Err(error),
        }
    }

    fn compare(&self, points: &[Vector], values: &[Vector]) {
        let mut expected = vec![[0.0; LANES]; values.len()];
        self.scalar.values(points, &mut expected);
        self.check.compare((0, self.bounded.as_ref()), points, values, &expected);
    }
}

/// The disagreement at the lower first coordinate, whoever came first.
fn lower(one: Option<Disagreement>, other: Option<Disagreement>) -> Option<Disagreement> {
    let less = |a: &Disagreement, b: &Disagreement| {
        a.nodes.0.total_cmp(&b.nodes.0).then(a.reference.total_cmp(&b.reference)).then(a.fast.total_cmp(&b.fast))
    };
    one.into_iter().chain(other).min_by(less)
}

impl PointValues for CheckedPoints<'_> {
    fn values(&self, points: &[Vector], values: &mut [Vector]) {
        self.fast.values(points, values);
        let chosen = self.check.chosen(values.len(), |d| &points[d]);
        if !chosen.is_empty() {
            self.compare(&points[self.check.places(&chosen)], &values[chosen]);
        }
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [Vector]) {
        self.fast.at_nodes(rows, nodes, values);
        let chosen = self.check.chosen(values.len(), |d| &rows[d][usize::from(nodes[d])]);
        if !chosen.is_empty() {
            let at = |i: usize| rows[i % self.check.dimension][usize::from(nodes[i])];
            let points: Vec<_> = self.check.places(&chosen).map(at).collect();
            self.compare(&points, &values[chosen]);
        }
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.fast.scalar(point)
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced> {
        self.fast.traced()
    }
}

/// The same of several components.
pub(super) struct CheckedVector<'a> {
    fast: &'a dyn VectorValues,
    scalar: &'a dyn VectorValues,
    /// One for each component.
    bounded: Vec<Option<Bounded>>,
    check: Check,
}

impl<'a> CheckedVector<'a> {
    pub fn new(
        (fast, scalar): (&'a dyn VectorValues, &'a dyn VectorValues),
        bounded: Vec<Option<Bounded>>,
        (depth, seed): (Verify, u64),
        dimension: usize,
    ) -> Self {
        Self { fast, scalar, bounded, check: Check::new(depth, seed, dimension) }
    }

    /// The integral of these values, with what was found; the disagreement, if there is one.
    pub fn judge(&self, result: Result<VectorIntegral, Error>) -> Result<VectorIntegral, Error> {
        let (found, component) = self.check.found();
        match (result, found.failed) {
            (Ok(integral), Some(disagreement)) => {
                Err(Error::VectorDisagreement { integral: Box::new(integral), component, disagreement })
            }
            (Err(Error::VectorNotConverged(integral)), Some(disagreement)) => {
                Err(Error::VectorDisagreement { integral, component, disagreement })
            }
            (Ok(mut integral), None) => {
                integral.agreement = Some(found.agreement(self.check.depth));
                Ok(integral)
            }
            (Err(Error::VectorNotConverged(mut integral)), None) => {
                integral.agreement = Some(found.agreement(self.check.depth));
                Err(Error::VectorNotConverged(integral))
            }
            (Err(error), _) => Err(error),
        }
    }
}

impl VectorValues for CheckedVector<'_> {
    fn values(&self, points: &[Vector], values: &mut [Vector]) {
        self.fast.values(points, values);
        let count = points.len() / self.check.dimension;
        let chosen = self.check.chosen(count, |d| &points[d]);
        if chosen.is_empty() {
            return;
        }
        let points = &points[self.check.places(&chosen)];
        let mut expected = vec![[0.0; LANES]; chosen.len() * self.bounded.len()];
        self.scalar.values(points, &mut expected);
        let parts = values.chunks_exact(count).zip(expected.chunks_exact(chosen.len()));
        for (component, ((values, expected), bounded)) in parts.zip(&self.bounded).enumerate() {
            self.check.compare((component, bounded.as_ref()), points, &values[chosen.clone()], expected);
        }
    }
}
