//! Adaptive integrals by the CPU where a GPU was asked for.

use super::Integrator;
use super::answer::Answer;
use super::check_mesh::Forms;
use crate::backend::Backend;
use crate::backend::simd::regions::{self, Seen};
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::region::Region;
use std::time::Duration;

impl Integrator {
    /// The integral by the CPU in place of the GPU, with the reason, if that is to be said.
    pub(super) fn adaptive_instead(
        &self,
        forms: &Forms,
        region: Region,
        reason: Option<String>,
    ) -> Result<Integral, Error> {
        let mut outcome = Integrator { backend: Backend::Simd, ..self.clone() }.of_forms(forms, region);
        let integral = match &mut outcome {
            Ok(integral) => Some(integral),
            Err(Error::NotConverged(integral) | Error::Disagreement(integral, _)) => Some(&mut **integral),
            Err(_) => None,
        };
        if let Some((integral, reason)) = integral.zip(reason) {
            integral.fallbacks.insert(0, Fallback::new(Backend::Gpu, reason));
        }
        outcome
    }

    /// As [`adaptive`](Self::adaptive), by values that are not compiled into it.
    fn of_forms(&self, forms: &Forms, region: Region) -> Result<Integral, Error> {
        let (lower, upper) = (region.lower.min(region.upper), region.lower.max(region.upper));
        let Some((level, token, tolerance)) = self.quick(None, lower, upper) else {
            let (level, token, tolerance) = self.check_adaptive(None, region)?;
            self.check_memory(1)?;
            return self.by_rounds(forms, level, token, region, tolerance, None);
        };
        let mut seen = Seen::NOTHING;
        let error = regions::first_of(forms.fast, token, lower, upper, &mut seen);
        if tolerance.met(error, seen.estimate) {
            let (estimate, evaluations) = (seen.estimate, regions::EVALUATIONS);
            self.control.report(evaluations, evaluations);
            let status = Status::Converged;
            let answer = Answer { estimate, error, evaluations, regions: 1, status, extrapolated: None };
            return Ok(self.integral(&answer, region, level, Duration::ZERO));
        }
        self.check_memory(1)?;
        self.by_rounds(forms, level, token, region, tolerance, Some(seen.alone()))
    }
}
