//! Adaptive integration: one panel, compiled into the caller, where that is enough; else rounds.

use super::Integrator;
use super::answer::{Answer, NOTHING};
use super::check_mesh::Forms;
use super::composite::stopped_whole;
use super::mesh::Mesh;
use super::question::Question;
use crate::agreement::Verify;
use crate::backend::weighted::Weighted;
use crate::backend::{
    Backend,
    simd::regions::{self, Desk, Known, Seen},
};
use crate::clock::Instant;
use crate::control::Control;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::definition::Definition;
use crate::integrand::values::{ByScalar, OnLanes, Values};
use crate::integrand::{Integrand, Point};
use crate::lanes::{Level, Token};
use crate::method::Method;
use crate::precision::Precision;
use crate::region::Region;
use crate::rule::{FEJER, Ladder, kronrod};
use std::time::Duration;

/// The relative tolerance where none was given.
pub(super) const REL_TOL: f64 = 1e-10;

const NO_GPU: &str = "integrals of vectors, and of what is given its distances from the ends, are computed on the CPU";

/// With what and how closely to compute.
type Settings = (Level, Token, Tolerance);

impl Integrator {
    /// The integral by the method chosen.
    #[inline]
    pub(super) fn adaptive<F: Integrand>(&self, f: &F, region: Region) -> Result<Integral, Error> {
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let mut seen = Seen::NOTHING;
        if let Some(settings) = self.quick(f.required_dimension(), lower, upper) {
            let (level, token, tolerance) = settings;
            let error = regions::first(f, token, lower, upper, &mut seen);
            if tolerance.met(error, seen.estimate) {
                self.control.report(regions::EVALUATIONS, regions::EVALUATIONS);
                // Field by field: a copy of what was just written waits for it.
                return Ok(Integral {
                    estimate: if region.upper < region.lower { -seen.estimate } else { seen.estimate },
                    error,
                    evaluations: regions::EVALUATIONS,
                    regions: 1,
                    status: Status::Converged,
                    bad_point: Vec::new(),
                    method: None,
                    statistics: None,
                    backend: Backend::Simd,
                    level: Some(level),
                    adapter: None,
                    precision: Precision::F64,
                    threads: 1,
                    fallbacks: Vec::new(),
                    agreement: None,
                    elapsed: Duration::ZERO,
                });
            }
            return self.beyond_first(f, region, Some((settings, seen.alone())));
        }
        self.beyond_first(f, region, None)
    }

    /// The same where more is needed than the quick way, which had these settings and saw that.
    #[inline(never)]
    fn beyond_first<F: Integrand>(
        &self,
        f: &F,
        region: Region,
        known: Option<(Settings, Known)>,
    ) -> Result<Integral, Error> {
        Error::unless_set(f.unset())?;
        let (settings, known) = match known {
            Some((settings, seen)) => (settings, Some(seen)),
            None => (self.settings(f.required_dimension(), region)?, None),
        };
        let (on_lanes, by_scalar) = (OnLanes { f, token: settings.1 }, ByScalar(f));
        self.of_values(&on_lanes, &by_scalar, f, settings, region, known)
    }

    /// What is known of an adaptive integral before it begins.
    #[inline(never)]
    fn settings(&self, dimension: Option<usize>, region: Region) -> Result<Settings, Error> {
        if self.backend == Backend::Gpu {
            // What a GPU may have against it is found out there.
            return Integrator { backend: Backend::Simd, ..self.clone() }.check_adaptive(dimension, region);
        }
        self.check_adaptive(dimension, region)
    }

    // Not generic: compiled once, and not for every integrand.
    fn of_values(
        &self,
        on_lanes: &dyn Values,
        scalar: &dyn Values,
        f: &dyn Definition,
        (level, token, tolerance): Settings,
        region: Region,
        known: Option<Known>,
    ) -> Result<Integral, Error> {
        let bounded = || f.bounded();
        let forms = Forms { fast: on_lanes, scalar, bounded: &bounded };
        if self.backend == Backend::Gpu {
            return self.adaptive_on_gpu(&forms, f, region);
        }
        self.check_memory(1)?;
        let fast = if self.backend == Backend::Serial { scalar } else { on_lanes };
        self.by_rounds(&Forms { fast, ..forms }, level, token, region, tolerance, known)
    }

    /// What was asked for, of an adaptive method.
    #[inline(always)]
    pub(in crate::integrator) fn tolerances(&self) -> Tolerance {
        Tolerance { absolute: self.abs_tol.unwrap_or(0.0), relative: self.rel_tol.unwrap_or(REL_TOL) }
    }

    /// What the quick way needs to know, where nothing was asked for that it does not give.
    #[inline(always)]
    pub(super) fn quick(&self, dimension: Option<usize>, lower: f64, upper: f64) -> Option<Settings> {
        let tolerance = self.tolerances();
        let sensible = tolerance.absolute >= 0.0
            && tolerance.relative >= 0.0
            && lower < upper
            && upper - lower < f64::INFINITY
            && self.control.may_begin()
            && dimension.is_none_or(|dimension| dimension <= f64::DIMENSION);
        if !(sensible && self.is_plain()) {
            return None;
        }
        // Nothing else of the settings can be wrong.
        let (level, token) = if self.level.is_none() { Level::usual() } else { self.check_level().ok() }?;
        Some((level, token, tolerance))
    }

    /// Whether nothing was asked for that the quick way does not give.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.method == Method::Auto
            && matches!(self.backend, Backend::Auto | Backend::Simd)
            && self.points.is_empty()
            && self.rare.is_none()
            && self.depth().is_none()
            && self.weight.is_none()
    }

    #[inline(never)]
    pub(super) fn by_rounds(
        &self,
        forms: &Forms,
        level: Level,
        token: Token,
        region: Region,
        tolerance: Tolerance,
        known: Option<Known>,
    ) -> Result<Integral, Error> {
        let serial = self.backend == Backend::Serial;
        if let Some(depth) = self.depth().filter(|_| !serial) {
            return self.verified_rounds(depth, forms, (level, token), region, tolerance, Instant::now());
        }
        let mut start = (!self.control.is_idle()).then(Instant::now);
        let control = self.control.of(region.upper < region.lower);
        let mut answer = NOTHING;
        self.question(forms.fast, token, region, tolerance, &control).answer_into(known, &mut start, &mut answer);
        let elapsed = start.map_or(Duration::ZERO, |start| start.elapsed());
        if answer.status.is_success() || self.accept {
            return Ok(self.integral(&answer, region, level, elapsed));
        }
        Err(Error::NotConverged(Box::new(self.integral(&answer, region, level, elapsed))))
    }

    /// The same with verification, which needs the mesh.
    #[inline(never)]
    fn verified_rounds(
        &self,
        depth: Verify,
        forms: &Forms,
        (level, token): (Level, Token),
        region: Region,
        tolerance: Tolerance,
        start: Instant,
    ) -> Result<Integral, Error> {
        let control = self.control.of(region.upper < region.lower);
        let question = self.question(forms.fast, token, region, tolerance, &control);
        let (answer, mesh) = question.with_its_mesh(start);
        let mut integral = self.integral(&answer, region, level, start.elapsed());
        if let Some(extrapolated) = answer.extrapolated {
            integral.fallbacks.push(Fallback::verification(depth, extrapolated.reason()));
        } else if integral.status.is_success() {
            let checked = match mesh {
                Mesh::Regions(regions) => self.check_mesh(depth, forms, token, &regions, answer.estimate, start),
                Mesh::Panels(weighing, panels) => {
                    let (mut desk, mut levels) = (Desk::new(), Vec::new());
                    self.check_parts(depth, forms, &panels, answer.estimate, start, |values, panel, tolerance| {
                        Weighted { values, weighing: &weighing, token }.sweep(panel, tolerance, &mut desk, &mut levels)
                    })
                }
            };
            match checked {
                Ok(Ok(agreement)) => integral.agreement = Some(agreement),
                Ok(Err(disagreement)) => return Err(Error::Disagreement(Box::new(integral), disagreement)),
                Err(stop) => integral.status = stopped_whole(stop, true),
            }
            integral.elapsed = start.elapsed();
        } else {
            integral.fallbacks.push(Fallback::verification(depth, "the integral is not what was asked for"));
        }
        self.judged(integral)
    }

    pub(super) fn judged(&self, integral: Integral) -> Result<Integral, Error> {
        if integral.status.is_success() || self.accept {
            Ok(integral)
        } else {
            Err(Error::NotConverged(Box::new(integral)))
        }
    }

    /// The record of an answer, field by field as above.
    #[inline(always)]
    pub(super) fn integral(&self, answer: &Answer, region: Region, level: Level, elapsed: Duration) -> Integral {
        let serial = self.backend == Backend::Serial;
        Integral {
            estimate: if region.upper < region.lower { -answer.estimate } else { answer.estimate },
            error: answer.error,
            evaluations: answer.evaluations,
            regions: answer.regions,
            status: answer.status,
            bad_point: Vec::new(),
            method: None,
            statistics: None,
            backend: if serial { Backend::Serial } else { Backend::Simd },
            level: (!serial).then_some(level),
            adapter: None,
            precision: Precision::F64,
            threads: 1,
            fallbacks: self.adaptive_fallbacks(),
            agreement: None,
            elapsed,
        }
    }

    /// What rounds are to answer, in ascending order.
    pub(super) fn question<'a>(
        &'a self,
        values: &'a dyn Values,
        token: Token,
        region: Region,
        tolerance: Tolerance,
        control: &'a Control,
    ) -> Question<'a> {
        Question {
            values,
            token,
            lower: region.lower.min(region.upper),
            upper: region.lower.max(region.upper),
            method: self.method,
            // The order was looked at before.
            ladder: self.ladder().unwrap_or(&FEJER),
            tolerance,
            points: &self.points,
            weight: self.weight.filter(|weight| !weight.is_one()),
            max_evaluations: self.max_evaluations,
            most_leaves: self.most_leaves(),
            control,
            replaced: false,
            rounds: None,
        }
    }

    #[inline(always)]
    pub(super) fn ladder(&self) -> Result<&'static Ladder, Error> {
        match self.method {
            Method::GaussKronrod(order) => kronrod(order).ok_or(Error::KronrodOrder { order }),
            _ if self.method.most_sampled().is_some() => Err(Error::SampledAlone),
            _ => Ok(&FEJER),
        }
    }

    /// What an adaptive method does not do although it was asked for.
    #[inline]
    pub(super) fn adaptive_fallbacks(&self) -> Vec<Fallback> {
        if self.backend == Backend::Gpu { vec![Fallback::new(Backend::Gpu, NO_GPU)] } else { Vec::new() }
    }

    /// Refuses what makes no sense.
    #[inline]
    pub(super) fn check_adaptive(&self, dimension: Option<usize>, region: Region) -> Result<Settings, Error> {
        let tolerance = self.check_question(dimension, region, self.rel_tol, self.abs_tol)?;
        let (level, token) = self.check_settings()?;
        Ok((level, token, tolerance))
    }

    /// Refuses what makes no sense for one integral of a sweep, too.
    #[inline]
    pub(super) fn check_question(
        &self,
        dimension: Option<usize>,
        region: Region,
        rel_tol: Option<f64>,
        abs_tol: Option<f64>,
    ) -> Result<Tolerance, Error> {
        if self.method == Method::Cubature || self.has_hints() {
            return Err(Error::SeveralDimensions);
        }
        check_tolerances(rel_tol, abs_tol)?;
        let (lower, upper) = (region.lower, region.upper);
        for (bound, value) in [("lower", lower), ("upper", upper)] {
            if value.is_nan() || value.is_infinite() && lower == upper {
                return Err(Error::NonFiniteBound { axis: 0, bound, value });
            }
        }
        if lower.is_finite() && upper.is_finite() && !(upper - lower).is_finite() {
            return Err(Error::TooWide { axis: 0, lower, upper });
        }
        let (lower, upper) = (lower.min(upper), lower.max(upper));
        if let Some(&value) = self.points.iter().find(|&&p| !(p.is_finite() && lower <= p && p <= upper)) {
            return Err(Error::BreakPoint { value, lower, upper });
        }
        if let Some(integrand) = dimension.filter(|&dimension| dimension > f64::DIMENSION) {
            return Err(Error::Dimension { integrand, region: f64::DIMENSION });
        }
        if let Some(weight) = self.weight.filter(|_| lower < upper)
            && let Some(reason) = weight.objection(lower, upper)
        {
            return Err(Error::Weight { weight, reason });
        }
        Ok(Tolerance { absolute: abs_tol.unwrap_or(0.0), relative: rel_tol.unwrap_or(REL_TOL) })
    }

    /// Refuses settings that serve no integral at all.
    #[inline(always)]
    pub(super) fn check_settings(&self) -> Result<(Level, Token), Error> {
        self.ladder()?;
        self.check_weight()?;
        self.check_memory(1)?;
        self.check_backend()
    }

    /// Refuses a backend or level that cannot be had.
    #[inline]
    pub(super) fn check_backend(&self) -> Result<(Level, Token), Error> {
        if self.backend == Backend::Gpu && !self.fallback {
            return Err(Error::no_gpu(NO_GPU));
        }
        self.check_level()
    }

    /// Refuses a level that cannot be had.
    #[inline]
    pub(super) fn check_level(&self) -> Result<(Level, Token), Error> {
        let (level, token) = match Level::usual().filter(|_| self.level.is_none()) {
            Some(usual) => usual,
            None => {
                let level = self.chosen_level()?;
                (level, level.token().ok_or(Error::LevelUnavailable { level })?)
            }
        };
        Ok((level, token))
    }
}

#[inline]
pub(super) fn check_tolerances(rel_tol: Option<f64>, abs_tol: Option<f64>) -> Result<(), Error> {
    for (kind, tolerance) in [("absolute", abs_tol), ("relative", rel_tol)] {
        if let Some(value) = tolerance.filter(|&value| value.is_nan() || value < 0.0) {
            return Err(Error::Tolerance { kind, value });
        }
    }
    Ok(())
}
