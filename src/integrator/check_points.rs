//! Verification over boxes: values as they were computed against the scalar definition, at some of the points or at
//! all.

use super::cubature::axes_of;
use crate::agreement::{Disagreement, Verify};
use crate::backend::Backend;
use crate::error::Error;
use crate::integral::Integral;
use crate::integrand::bound::{Ball, Bounded};
#[cfg(feature = "gpu")]
use crate::integrand::formula::Traced;
use crate::integrand::point_values::{PointValues, Row};
use crate::integrand::shared::VectorValues;
use crate::lanes::LANES;
use crate::plan::Axis;
use crate::rule::Vector;
use crate::vector::VectorIntegral;
use crate::verify::{Checked, check_value};
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// A spot check looks at eight points of one call in so many, chosen by the seed and the points themselves, whoever
/// makes it.
const SPARSE: u64 = 4;

type BallOf<'a> = dyn Fn(&[f64]) -> Ball + Sync + 'a;

/// The value at a point by the scalar definition, with the bound of its operations.
pub(super) struct BallAt<'a>(pub Box<BallOf<'a>>);

impl From<Bounded> for BallAt<'_> {
    fn from(bounded: Bounded) -> Self {
        Self(Box::new(move |point| bounded.at(point)))
    }
}

/// What is looked at, and what was found.
struct Check {
    depth: Verify,
    seed: u64,
    dimension: usize,
    found: Mutex<Found>,
}

#[derive(Clone)]
struct Found {
    checked: Checked,
    /// The first failure in the order of points, whoever met it.
    failed: Option<Failure>,
}

#[derive(Clone)]
struct Failure {
    point: Vec<f64>,
    component: usize,
    disagreement: Disagreement,
}

impl Failure {
    fn order(&self, other: &Self) -> Ordering {
        let points = self.point.iter().zip(&other.point).map(|(x, other)| x.total_cmp(other));
        points.fold(Ordering::Equal, Ordering::then).then(self.component.cmp(&other.component))
    }
}

impl Check {
    fn new(depth: Verify, seed: u64, dimension: usize) -> Self {
        Self { depth, seed, dimension, found: Mutex::new(Found { checked: Checked::NOTHING, failed: None }) }
    }

    /// The vectors of a call to compare, of which the first is made of these coordinates.
    fn chosen<'v>(&self, count: usize, first: impl Fn(usize) -> &'v Vector) -> Range<usize> {
        if self.depth == Verify::Full || count == 0 {
            return 0..count;
        }
        let mix = |hash: u64, bits: u64| (hash ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        let hash = (0..self.dimension).fold(mix(self.seed, 1), |hash, d| mix(hash, first(d)[0].to_bits()));
        let one = (hash >> 32) as usize % count;
        if hash.is_multiple_of(SPARSE) { one..one + 1 } else { 0..0 }
    }

    /// The places in a list of points that these vectors have.
    fn places(&self, chosen: &Range<usize>) -> Range<usize> {
        chosen.start * self.dimension..chosen.end * self.dimension
    }

    /// Compares values of a component at vectors of points.
    fn compare(
        &self,
        (component, ball): (usize, Option<&BallAt>),
        points: &[Vector],
        values: &[Vector],
        expected: &[Vector],
    ) {
        let (mut checked, mut failed): (_, Option<Failure>) = (Checked::NOTHING, None);
        for ((at, values), expected) in points.chunks_exact(self.dimension).zip(values).zip(expected) {
            for (lane, (&value, &reference)) in values.iter().zip(expected).enumerate() {
                // Vectors are filled up with their last point.
                if lane > 0 && at.iter().all(|x| x[lane].to_bits() == x[lane - 1].to_bits()) {
                    continue;
                }
                let point: Vec<f64> = at.iter().map(|x| x[lane]).collect();
                checked.evaluations += 1;
                if let Some((bound, share)) = check_value(value, reference, || Some(ball?.0(&point))) {
                    checked.worst = checked.worst.max(share);
                    checked.unbounded += u64::from(bound == f64::INFINITY);
                    continue;
                }
                let (bound, nodes) = (ball.map_or(0.0, |ball| ball.0(&point).bound), (point[0], point[0]));
                let disagreement = Disagreement { tile: None, nodes, fast: value, reference, bound };
                failed = failed.into_iter().chain([Failure { point, component, disagreement }]).min_by(Failure::order);
            }
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.checked = found.checked.combine(checked);
        found.failed = found.failed.take().into_iter().chain(failed).min_by(Failure::order);
    }

    fn found(&self) -> Found {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Eight points of a box, in case no call of the few that were made is one to look at.
    fn eight(&self, lower: &[f64], upper: &[f64]) -> Vec<Vector> {
        let (_, axes) = axes_of(lower, upper);
        let coordinate = |(d, axis): (usize, &Axis)| {
            std::array::from_fn(|lane| {
                let share = (0.5 + (lane + 1) as f64 * (0.618 + 0.131 * d as f64)).fract();
                axis.map.point(axis.lower + (0.1 + 0.8 * share) * (axis.upper - axis.lower)).0
            })
        };
        axes.iter().enumerate().map(coordinate).collect()
    }
}

/// An integrand whose values are compared while they are made.
pub(super) struct CheckedPoints<'a> {
    fast: &'a dyn PointValues,
    scalar: &'a dyn PointValues,
    ball: Option<BallAt<'a>>,
    check: Check,
}

impl<'a> CheckedPoints<'a> {
    pub fn new(
        (fast, scalar): (&'a dyn PointValues, &'a dyn PointValues),
        ball: Option<BallAt<'a>>,
        (depth, seed): (Verify, u64),
        dimension: usize,
    ) -> Self {
        Self { fast, scalar, ball, check: Check::new(depth, seed, dimension) }
    }

    /// An integral of these values over a box, with what was found: the disagreement and its point, if there is one.
    /// What a GPU found stays.
    pub fn judge(&self, (lower, upper): (&[f64], &[f64]), result: Result<Integral, Error>) -> Result<Integral, Error> {
        let (integral, refused) = match result {
            Ok(integral) => (integral, false),
            Err(Error::NotConverged(integral)) => (*integral, true),
            Err(error) => return Err(error),
        };
        let on_gpu = integral.backend == Backend::Gpu;
        if integral.evaluations > 0 && !on_gpu && self.check.found().checked.evaluations == 0 {
            let (points, mut values) = (self.check.eight(lower, upper), [[0.0; LANES]]);
            self.fast.values(&points, &mut values);
            self.compare(&points, &values);
        }
        let Found { checked, failed } = self.check.found();
        let mut integral = integral;
        if let Some(Failure { point, disagreement, .. }) = failed {
            integral.bad_point = point;
            return Err(Error::Disagreement(Box::new(integral), disagreement));
        }
        let agreement = Some(checked.agreement(self.check.depth)).filter(|_| checked.evaluations > 0);
        integral.agreement = match integral.agreement {
            Some(found) => Some(agreement.map_or(found, |agreement| found.and(agreement))),
            // What a GPU made of it was not looked at then.
            None => agreement.filter(|_| !on_gpu),
        };
        if refused { Err(Error::NotConverged(Box::new(integral))) } else { Ok(integral) }
    }

    fn compare(&self, points: &[Vector], values: &[Vector]) {
        let mut expected = vec![[0.0; LANES]; values.len()];
        self.scalar.values(points, &mut expected);
        self.check.compare((0, self.ball.as_ref()), points, values, &expected);
    }
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
    balls: Vec<Option<BallAt<'a>>>,
    check: Check,
}

impl<'a> CheckedVector<'a> {
    pub fn new(
        (fast, scalar): (&'a dyn VectorValues, &'a dyn VectorValues),
        balls: Vec<Option<BallAt<'a>>>,
        (depth, seed): (Verify, u64),
        dimension: usize,
    ) -> Self {
        Self { fast, scalar, balls, check: Check::new(depth, seed, dimension) }
    }

    /// The integral of these values, with what was found: the disagreement and its point, if there is one.
    pub fn judge(
        &self,
        (lower, upper): (&[f64], &[f64]),
        result: Result<VectorIntegral, Error>,
    ) -> Result<VectorIntegral, Error> {
        let (mut integral, refused) = match result {
            Ok(integral) => (integral, false),
            Err(Error::VectorNotConverged(integral)) => (*integral, true),
            Err(error) => return Err(error),
        };
        if integral.evaluations > 0 && self.check.found().checked.evaluations == 0 {
            let (points, mut values) = (self.check.eight(lower, upper), vec![[0.0; LANES]; self.balls.len()]);
            self.fast.values(&points, &mut values);
            self.compare(&points, 0..1, &values);
        }
        let Found { checked, failed } = self.check.found();
        if let Some(Failure { point, component, disagreement }) = failed {
            integral.bad_point = point;
            return Err(Error::VectorDisagreement { integral: Box::new(integral), component, disagreement });
        }
        integral.agreement = Some(checked.agreement(self.check.depth)).filter(|_| checked.evaluations > 0);
        if refused { Err(Error::VectorNotConverged(Box::new(integral))) } else { Ok(integral) }
    }

    /// Compares the chosen vectors of a call, whose points these are.
    fn compare(&self, points: &[Vector], chosen: Range<usize>, values: &[Vector]) {
        let mut expected = vec![[0.0; LANES]; chosen.len() * self.balls.len()];
        self.scalar.values(points, &mut expected);
        let parts = values.chunks_exact(values.len() / self.balls.len()).zip(expected.chunks_exact(chosen.len()));
        for (component, ((values, expected), ball)) in parts.zip(&self.balls).enumerate() {
            self.check.compare((component, ball.as_ref()), points, &values[chosen.clone()], expected);
        }
    }
}

impl VectorValues for CheckedVector<'_> {
    fn values(&self, points: &[Vector], values: &mut [Vector]) {
        self.fast.values(points, values);
        let chosen = self.check.chosen(points.len() / self.check.dimension, |d| &points[d]);
        if !chosen.is_empty() {
            self.compare(&points[self.check.places(&chosen)], chosen, values);
        }
    }
}
