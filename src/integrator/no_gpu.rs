//! The GPU backend where the crate is built without feature `gpu`: refused, with that reason.

use super::Integrator;
use super::composite::Run;
use crate::agreement::Disagreement;
use crate::backend::Backend;
use crate::error::Error;
use crate::integral::{Fallback, Integral};
use crate::integrand::Integrand;

impl Integrator {
    /// The CPU where a fallback is allowed.
    pub(super) fn gpu<F: Integrand>(&self, run: &Run<F>) -> Result<(Integral, Option<Disagreement>), Error> {
        let reason = "built without feature `gpu`".to_owned();
        if !self.fallback {
            return Err(Error::BackendUnavailable { backend: Backend::Gpu, reason });
        }
        let (mut integral, disagreement) = self.simd(run)?;
        integral.fallbacks.insert(0, Fallback { wanted: Backend::Gpu.to_string(), reason });
        Ok((integral, disagreement))
    }

    /// The CPU.
    pub(super) fn auto<F: Integrand>(&self, run: &Run<F>) -> Result<(Integral, Option<Disagreement>), Error> {
        self.simd(run)
    }
}
