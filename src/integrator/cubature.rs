//! Integrals over boxes: what is refused, and who is asked.

mod chords;
mod corners;
mod doubt;
mod drive;
mod evenly;
mod growth;
mod mend;
mod outward;
mod overflow;
mod pieces;
mod scatter;
mod space;
mod tops;
mod vector;

use self::overflow::UnlessZero;
use super::Integrator;
use super::adaptive::check_tolerances;
use super::check_points::{BallAt, CheckedPoints};
use super::race::{Race, Whole};
use super::samples::{Domain, End, MOST_RANDOM};
use super::watched::Watched;
use crate::backend::simd::boxes::{BoxDesk, SimdBoxes};
use crate::backend::simd::samples::SimdSamples;
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::bound::Bounded;
use crate::integrand::definition::Definition;
use crate::integrand::point_values::{OnAxis, PointValues, PointsByScalar, PointsOnLanes};
use crate::integrand::values::{ByScalar, OnLanes, Values, is_zero};
use crate::integrand::{Integrand, Point};
use crate::lanes::{LANES, Level, Token};
use crate::method::{Costs, Cubature, Method, Outcome, Wanted};
use crate::plan::{Axis, AxisMap};
use crate::region::Region;
use crate::rule::fully_symmetric::{FullySymmetric, MOST_DIMENSIONS};
use crate::rule::gauss_line::{GaussLine, LINE, MOST_FINE};

pub(super) use drive::{BoxRounds, Drive};
#[cfg(feature = "gpu")]
pub(super) use pieces::at_desk;
pub use space::Space;
use std::marker::PhantomData;
use std::time::Duration;
pub(super) use vector::VectorOver;

const RACE: &str = "methods that take turns over a box do not run on the GPU: name one, cubature or lattice";

/// The axes of a box, and the sign of its reversed bounds.
pub(super) fn axes_of(lower: &[f64], upper: &[f64]) -> (f64, Vec<Axis>) {
    let bounds = || lower.iter().zip(upper);
    let sign = if bounds().filter(|(lower, upper)| upper < lower).count() % 2 == 1 { -1.0 } else { 1.0 };
    (sign, bounds().map(|(&lower, &upper)| Axis::new(lower.min(upper), lower.max(upper))).collect())
}

/// The evaluations of a sweep by each rule in so many dimensions.
fn costs(dimension: usize, seventh: &FullySymmetric, ninth: Option<&FullySymmetric>) -> Costs {
    let fine = (dimension <= MOST_FINE).then(|| (LINE as u64).pow(dimension as u32) + (1 << dimension));
    Costs { seventh: seventh.evaluations(), ninth: ninth.map(FullySymmetric::evaluations), fine }
}

/// The evaluations by which planes are searched for on each of so many components, before there is a mesh.
fn spare(most: u64, components: usize) -> u64 {
    (most / 8).min(1 << 12) / components as u64
}

/// The values of an integrand of one coordinate.
struct Along<'a>(&'a dyn PointValues);

impl Values for Along<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.0.values(points, values);
    }
}

impl Integrator {
    /// Over a box. Cubature alone adds to `mesh` the bounds of its boxes: of each, all lower ones, then all upper ones.
    pub(super) fn on_axes<P: Point>(
        &self,
        f: &impl Integrand<P>,
        lower: &[f64],
        upper: &[f64],
        mesh: Option<&mut Vec<f64>>,
    ) -> Result<Integral, Error> {
        self.on_axes_by(f, &|| Bounded::new(f).map(BallAt::from), lower, upper, mesh)
    }

    /// The same of what may have bounds of its own.
    pub(super) fn on_axes_by<'b, P: Point>(
        &self,
        f: &impl Integrand<P>,
        ball: &dyn Fn() -> Option<BallAt<'b>>,
        lower: &[f64],
        upper: &[f64],
        mesh: Option<&mut Vec<f64>>,
    ) -> Result<Integral, Error> {
        let known = self.check_box(f.required_dimension(), lower, upper)?;
        Error::unless_set(f.unset())?;
        let (on_lanes, by_scalar) =
            (PointsOnLanes { f, token: known.1, point: PhantomData }, PointsByScalar { f, point: PhantomData });
        self.over_axes([&on_lanes, &by_scalar], ball, &|| is_zero(f), known, (lower, upper), mesh)
    }

    /// The same of an integrand of one variable, by the values that it has in any case.
    pub(super) fn on_axis(&self, f: &impl Integrand, lower: f64, upper: f64) -> Result<Integral, Error> {
        let bounds = (&[lower][..], &[upper][..]);
        let known = self.check_box(f.required_dimension(), bounds.0, bounds.1)?;
        Error::unless_set(f.unset())?;
        let (on_lanes, by_scalar) = (OnLanes { f, token: known.1 }, ByScalar(f));
        let forms: [&(dyn Values + Sync); 2] = [&on_lanes, &by_scalar];
        let [on_lanes, by_scalar] = forms.map(|values| OnAxis { values, f });
        let ball = || f.bounded().map(BallAt::from);
        self.over_axes([&on_lanes, &by_scalar], &ball, &|| is_zero(f), known, bounds, None)
    }

    // Not generic: compiled once, and not for every integrand.
    fn over_axes<'b>(
        &self,
        [on_lanes, by_scalar]: [&dyn PointValues; 2],
        ball: &dyn Fn() -> Option<BallAt<'b>>,
        is_zero: &dyn Fn() -> bool,
        known: (Level, Token),
        (lower, upper): (&[f64], &[f64]),
        mesh: Option<&mut Vec<f64>>,
    ) -> Result<Integral, Error> {
        let fast = if self.backend == Backend::Serial { by_scalar } else { on_lanes };
        let reversed = self.control.watch.is_some() && axes_of(lower, upper).0 < 0.0;
        let negated = reversed.then(|| Self { control: self.control.of(true).into_owned(), ..self.clone() });
        let with = negated.as_ref().unwrap_or(self);
        match self.depth().filter(|_| self.backend != Backend::Serial) {
            None => with.over_box(fast, is_zero, known, lower, upper, mesh),
            Some(depth) => {
                let how = (depth, self.seed);
                let checked = CheckedPoints::new((fast, by_scalar), ball(), how, lower.len());
                let result = with.over_box(&checked, is_zero, known, lower, upper, mesh);
                checked.judge((lower, upper), result)
            }
        }
    }

    /// Refuses what makes no sense over a box.
    pub(super) fn check_box(
        &self,
        integrand: Option<usize>,
        lower: &[f64],
        upper: &[f64],
    ) -> Result<(Level, Token), Error> {
        let known = self.check_box_settings(lower.len())?;
        if let Some(integrand) = integrand.filter(|&integrand| integrand > lower.len()) {
            return Err(Error::Dimension { integrand, region: lower.len() });
        }
        let mut volume = 1.0;
        for (axis, (&lower, &upper)) in lower.iter().zip(upper).enumerate() {
            for (bound, value) in [("lower", lower), ("upper", upper)] {
                if value.is_nan() || value.is_infinite() && lower == upper {
                    return Err(Error::NonFiniteBound { axis, bound, value });
                }
            }
            if lower.is_finite() && upper.is_finite() {
                if !(upper - lower).is_finite() {
                    return Err(Error::TooWide { axis, lower, upper });
                }
                volume *= if lower == upper { 1.0 } else { (upper - lower).abs() };
            }
        }
        self.check_hints(lower, upper)?;
        // Room for halves to become smaller.
        if !(1e-200..1e200).contains(&volume) {
            return Err(Error::Volume { volume });
        }
        Ok(known)
    }

    /// Refuses settings that serve no box of so many axes.
    pub(super) fn check_box_settings(&self, dimension: usize) -> Result<(Level, Token), Error> {
        let sampled = self.method.most_sampled();
        let most = match self.method {
            Method::Auto => MOST_RANDOM,
            _ => sampled.unwrap_or(MOST_DIMENSIONS),
        };
        if !(1..=most).contains(&dimension) {
            return Err(Error::Dimensions { dimension, most });
        }
        let several = dimension > 1 || sampled.is_some();
        if self.method == Method::Cubature && !several {
            return Err(Error::SeveralDimensions);
        }
        let given = [
            ("a fixed rule", self.rule.is_some() || self.panels.is_some()),
            ("a weight", self.weight.is_some()),
            ("a list of break points", !self.points.is_empty() && several),
            (
                "the method chosen",
                !matches!(self.method, Method::Auto | Method::Cubature) && sampled.is_none() && several,
            ),
        ];
        if let Some((option, _)) = given.iter().find(|option| option.1) {
            return Err(Error::OneDimension { option });
        }
        check_tolerances(self.rel_tol, self.abs_tol)?;
        if matches!(self.method, Method::Vegas | Method::Auto)
            && let Some(reason) = self.learnt.as_ref().and_then(|map| map.flaw(dimension))
        {
            return Err(Error::ImportanceMap { reason });
        }
        if !several {
            return self.check_settings();
        }
        self.check_memory_of_boxes(dimension, 1)?;
        if self.method == Method::Auto && self.backend == Backend::Gpu && !self.fallback {
            return Err(Error::no_gpu(RACE));
        }
        self.check_level()
    }

    /// The integral over a box that was looked at, of what may be known to be zero. Compiled once, whatever the
    /// integrand.
    #[inline(never)]
    fn over_box(
        &self,
        values: &dyn PointValues,
        is_zero: &dyn Fn() -> bool,
        (level, token): (Level, Token),
        lower: &[f64],
        upper: &[f64],
        mut mesh: Option<&mut Vec<f64>>,
    ) -> Result<Integral, Error> {
        let start = Instant::now();
        let sampled = self.method.most_sampled().is_some();
        if let ([lower], [upper], false) = (lower, upper, sampled) {
            let region = Region { lower: *lower, upper: *upper };
            let tolerance = self.check_question(None, region, self.rel_tol, self.abs_tol)?;
            let answer =
                self.question(&Along(values), token, region, tolerance, &self.control).answer(None, &mut Some(start));
            let elapsed = if answer.regions > 1 { start.elapsed() } else { Duration::ZERO };
            let mut integral = self.integral(&answer, region, level, elapsed);
            integral.fallbacks.extend(self.box_fallbacks());
            return self.judged(integral);
        }
        let serial = self.backend == Backend::Serial;
        let threads = if serial { Threads::new(Some(1))? } else { Threads::new(self.threads)? };
        let backend = if serial { Backend::Serial } else { Backend::Simd };
        let mut integral = Integral::of(backend, (!serial).then_some(level), 1);
        let on_gpu = self.backend == Backend::Gpu && (sampled || self.method == Method::Cubature);
        if self.backend == Backend::Gpu && !on_gpu {
            integral.fallbacks.push(Fallback::new(self.backend, RACE));
        }
        // What a GPU does is verified.
        if !on_gpu {
            integral.fallbacks.extend(self.box_fallbacks());
        }
        let watched = Watched::new(values, &self.control, start);
        let values: &dyn PointValues = if self.control.may_stop() { &watched } else { values };
        let (sign, axes) = axes_of(lower, upper);
        let unless_zero = UnlessZero { of: values, axes: &axes, components: 1 };
        let plain = axes.iter().all(|axis| axis.map == AxisMap::Plain);
        let values: &dyn PointValues = if plain { values } else { &unless_zero };
        if lower.iter().zip(upper).any(|(lower, upper)| lower == upper) {
            (integral.error, integral.status) = (0.0, Status::Converged);
            return Ok(integral);
        }
        if sampled || axes.len() > MOST_DIMENSIONS {
            integral.fallbacks.extend(self.hints_unused());
        }
        if sampled {
            return self.over_samples(values, level, token, &axes, sign, integral);
        }
        let whole = Whole { kernel: SimdSamples { values, axes: &axes, token }, sign, threads: &threads, start };
        let dimension = axes.len();
        if dimension > MOST_DIMENSIONS {
            return Race::new(self, whole, None)?.answer(integral);
        }
        let tolerance = self.tolerances();
        let (seventh, ninth) = (FullySymmetric::seventh(dimension), FullySymmetric::ninth(dimension));
        let kernel =
            SimdBoxes { values, seventh, ninth, line: GaussLine::get(), axes: &axes, unit: f64::EPSILON, token };
        let wanted = Wanted { tolerance, ..self.wanted(&axes, 0.0) };
        let domain = Domain { values, axes: &axes, sign, wanted, threads: &threads, start };
        let looked = kernel.look(&mut BoxDesk::default(), spare(self.max_evaluations, 1), self.max_evaluations);
        let looked = match self.control.withheld(values.withheld(), start) {
            Some(stop) => Err((0, End::Stopped(stop))),
            None => looked.map_err(|bad| (SimdBoxes::TRIES * seventh.on_lines(), End::Bad(bad))),
        };
        let mut look = match looked {
            Ok(look) => look,
            Err((evaluations, end)) => {
                (integral.estimate, integral.error) = (f64::NAN, f64::INFINITY);
                integral.method = Some(Method::Cubature);
                (integral.evaluations, integral.elapsed) = (evaluations, start.elapsed());
                end.tell(false, &mut integral);
                return self.judged(integral);
            }
        };
        self.add_hints(&axes, &mut look);
        let costs = costs(dimension, seventh, ninth);
        let mut method = Cubature::new(axes.clone(), tolerance, self.box_limits(dimension), costs, &look);
        if self.method == Method::Cubature {
            method.within_evaluations(&look);
        }
        self.check_first_boxes(method.too_many(), dimension, 1)?;
        let mut drive = Drive {
            with: self,
            kernel,
            method,
            threads: &threads,
            others: 0,
            seconds: [0.0; 3],
            start,
            no_threads: None,
            look,
            anew: 0,
            is_zero,
            rounds: None,
            given_up: None,
            found: Default::default(),
        };
        if self.method == Method::Auto {
            return Race::new(self, whole, Some(drive))?.answer(integral);
        }
        if on_gpu {
            match self.boxes_on_gpu(&domain) {
                Ok(rounds) => drive.hand_over(rounds),
                // As the CPU will see.
                Err(reason) if self.fallback || self.control.stop(start).is_some() => {
                    drive.given_up = Some((reason, 0))
                }
                Err(reason) => return Err(Error::no_gpu(reason)),
            }
        }
        let end = loop {
            if let Some(end) = drive.round() {
                break end;
            }
        };
        if let End::Failed(reason) = end {
            return Err(Error::no_gpu(reason));
        }
        if matches!(end, End::Outcome(Outcome::MaxEvaluations | Outcome::MemoryLimit)) {
            drive.claim_unseen();
        }
        let wrong = if let End::Wrong(disagreement) = end { Some(disagreement) } else { None };
        let before = mesh.as_ref().map_or(0, |mesh| mesh.len());
        if let Some(mesh) = mesh.as_deref_mut() {
            let ends = drive.method.bounds().flat_map(|ends| ends.iter().zip(&axes));
            mesh.extend(ends.map(|(&t, axis)| axis.map.point(t).0));
        }
        integral.evaluations = drive.method.evaluations;
        if drive.given_up.is_some() {
            integral.fallbacks.extend(self.box_fallbacks());
        }
        drive.tell(end, sign, &mut integral);
        integral.elapsed = start.elapsed();
        let reason = match wrong {
            Some(disagreement) if !self.fallback => {
                return Err(Error::Disagreement(Box::new(integral), disagreement));
            }
            Some(disagreement) => disagreement.to_string(),
            None if self.fallback && matches!(integral.status, Status::PrecisionFloor { .. }) => {
                integral.status.to_string()
            }
            None => return self.judged(integral),
        };
        // All of it by the CPU.
        if let Some(mesh) = mesh.as_deref_mut() {
            mesh.truncate(before);
        }
        let cpu = Self { backend: Backend::Simd, accept: true, ..self.clone() };
        let mut integral = cpu.over_box(values, is_zero, (level, token), lower, upper, mesh)?;
        integral.fallbacks.insert(0, Fallback::new(Backend::Gpu, reason));
        self.judged(integral)
    }

    /// What no method for boxes does on the CPU although it was asked for.
    pub(super) fn box_fallbacks(&self) -> Vec<Fallback> {
        let mut fallbacks = Vec::new();
        if let Some(threads) = self.threads.filter(|&threads| threads > 1 && self.backend == Backend::Serial) {
            fallbacks.push(Fallback::serial_threads(threads));
        }
        fallbacks
    }
}
