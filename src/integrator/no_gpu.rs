//! The GPU backend where the crate is built without feature `gpu`: refused, with that reason.

use super::check_mesh::Forms;
use super::composite::Run;
use super::cubature::BoxRounds;
use super::samples::{Domain, Rounds};
use super::{Integrator, sweep::Rows};
use crate::agreement::Disagreement;
use crate::backend::Backend;
use crate::clock::Instant;
use crate::error::Error;
use crate::integral::{Fallback, Integral};
use crate::integrand::{Integrand, definition::Definition};
use crate::region::Region;
use crate::sweep::{Row, Sweep};

const ABSENT: &str = "built without feature `gpu`";

impl Integrator {
    /// The CPU where a fallback is allowed.
    pub(super) fn gpu(&self, run: &Run) -> Result<(Integral, Option<Disagreement>), Error> {
        if !self.fallback {
            return Err(Error::no_gpu(ABSENT));
        }
        let (mut integral, disagreement) = self.simd(run)?;
        integral.fallbacks.insert(0, Fallback::new(Backend::Gpu, ABSENT));
        Ok((integral, disagreement))
    }

    /// The same for an adaptive integral.
    pub(super) fn adaptive_on_gpu(&self, forms: &Forms, _: &dyn Definition, region: Region) -> Result<Integral, Error> {
        if !self.fallback {
            return Err(Error::no_gpu(ABSENT));
        }
        self.adaptive_instead(forms, region, Some(ABSENT.to_owned()))
    }

    /// The same for a sweep.
    pub(super) fn sweep_on_gpu<F: Integrand>(
        &self,
        count: usize,
        row: &(impl Fn(usize) -> Row<F> + Sync),
        start: Instant,
    ) -> Result<Sweep, Error> {
        if !self.fallback {
            return Err(Error::no_gpu(ABSENT));
        }
        let cpu = Integrator { backend: Backend::Simd, ..self.clone() };
        let mut sweep = cpu.sweep_rows(Rows { count, order: None }, row, start)?;
        sweep.fallbacks.insert(0, Fallback::new(Backend::Gpu, ABSENT));
        sweep.elapsed = start.elapsed();
        Ok(sweep)
    }

    /// The same for samples.
    pub(super) fn rounds_on_gpu<'a>(&'a self, _: &Domain<'a>) -> Result<Box<dyn Rounds + 'a>, String> {
        Err(ABSENT.to_owned())
    }

    /// The same for boxes.
    pub(super) fn boxes_on_gpu<'a>(&'a self, _: &Domain<'a>) -> Result<Box<dyn BoxRounds + 'a>, String> {
        Err(ABSENT.to_owned())
    }

    /// The CPU.
    pub(super) fn auto(&self, run: &Run) -> Result<(Integral, Option<Disagreement>), Error> {
        self.simd(run)
    }
}
