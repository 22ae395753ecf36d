//! Adaptive integration: one panel, compiled into the caller, where that is enough; else rounds.

use super::Integrator;
use super::rounds::{self, Answer, Question, Workspace};
use crate::agreement::Verify;
use crate::backend::{Backend, simd::regions};
use crate::clock::Instant;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::values::{ByScalar, OnLanes, Values};
use crate::integrand::{Integrand, Point};
use crate::lanes::{Level, Token};
use crate::method::Method;
use crate::region::Region;
use crate::rule::{Ladder, PATTERSON, kronrod};
use std::cell::RefCell;

const NO_GPU: &str = "adaptive methods do not run on the GPU";

thread_local! {
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
}

impl Integrator {
    /// The integral by the method chosen.
    #[inline]
    pub(super) fn adaptive<F: Integrand>(&self, f: &F, region: Region) -> Result<Integral, Error> {
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let (level, token, tolerance) = self.check_adaptive(f.required_dimension(), region)?;
        let sign = if region.upper < region.lower { -1.0 } else { 1.0 };
        if self.is_plain() && lower < upper {
            let found = regions::first(f, token, lower, upper, tolerance);
            if let Some(first) = found {
                return Ok(Integral {
                    estimate: sign * first.estimate,
                    error: first.error,
                    evaluations: regions::EVALUATIONS,
                    regions: 1,
                    status: Status::Converged,
                    ..Integral::of(Backend::Simd, Some(level), 1)
                });
            }
        }
        let (on_lanes, by_scalar) = (OnLanes { f, token }, ByScalar(f));
        let values: &dyn Values = if self.backend == Backend::Serial { &by_scalar } else { &on_lanes };
        self.by_rounds(values, level, token, region, tolerance)
    }

    /// Whether nothing was asked for that the quick way does not give.
    #[inline]
    fn is_plain(&self) -> bool {
        self.method == Method::Auto
            && matches!(self.backend, Backend::Auto | Backend::Simd)
            && self.points.is_empty()
            && matches!(self.verify, None | Some(Verify::Off))
            && self.control.is_idle()
    }

    #[inline(never)]
    fn by_rounds(
        &self,
        values: &dyn Values,
        level: Level,
        token: Token,
        region: Region,
        tolerance: Tolerance,
    ) -> Result<Integral, Error> {
        let start = Instant::now();
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let ladder: &'static Ladder = match self.method {
            Method::GaussKronrod(order) => kronrod(order).ok_or(Error::KronrodOrder { order })?,
            _ => &PATTERSON,
        };
        let question = Question {
            values,
            token,
            lower,
            upper,
            method: self.method,
            ladder,
            tolerance,
            points: &self.points,
            max_evaluations: self.max_evaluations,
            control: &self.control,
        };
        let answer = if lower == upper {
            Answer { estimate: 0.0, error: 0.0, evaluations: 0, regions: 0, status: Status::Converged }
        } else {
            WORKSPACE.with(|workspace| match workspace.try_borrow_mut() {
                Ok(mut workspace) => rounds::run(&question, &mut workspace, start),
                // An integral within an integrand.
                Err(_) => rounds::run(&question, &mut Workspace::default(), start),
            })
        };
        let serial = self.backend == Backend::Serial;
        let backend = if serial { Backend::Serial } else { Backend::Simd };
        let mut integral = Integral::of(backend, (!serial).then_some(level), 1);
        integral.estimate = if region.upper < region.lower { -answer.estimate } else { answer.estimate };
        (integral.error, integral.evaluations) = (answer.error, answer.evaluations);
        (integral.regions, integral.status) = (answer.regions, answer.status);
        if self.backend == Backend::Gpu {
            integral.fallbacks.push(Fallback { wanted: Backend::Gpu.to_string(), reason: NO_GPU.to_owned() });
        }
        if let Some(verify) = self.verify.filter(|&verify| verify != Verify::Off) {
            let reason = "adaptive methods are not verified yet".to_owned();
            integral.fallbacks.push(Fallback { wanted: format!("verification {verify}"), reason });
        }
        integral.elapsed = start.elapsed();
        if integral.status.is_success() || self.accept {
            Ok(integral)
        } else {
            Err(Error::NotConverged(Box::new(integral)))
        }
    }

    /// Refuses what makes no sense; else says with what and how closely to compute.
    #[inline]
    fn check_adaptive(&self, dimension: Option<usize>, region: Region) -> Result<(Level, Token, Tolerance), Error> {
        for (kind, tolerance) in [("absolute", self.abs_tol), ("relative", self.rel_tol)] {
            if let Some(value) = tolerance.filter(|&value| value.is_nan() || value < 0.0) {
                return Err(Error::Tolerance { kind, value });
            }
        }
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
        if self.backend == Backend::Gpu && !self.fallback {
            return Err(Error::BackendUnavailable { backend: Backend::Gpu, reason: NO_GPU.to_owned() });
        }
        let (level, token) = match Level::usual().filter(|_| self.level.is_none()) {
            Some(usual) => usual,
            None => {
                let level = self.chosen_level()?;
                (level, level.token().ok_or(Error::LevelUnavailable { level })?)
            }
        };
        let tolerance = Tolerance { absolute: self.abs_tol.unwrap_or(0.0), relative: self.rel_tol.unwrap_or(1e-10) };
        Ok((level, token, tolerance))
    }
}
