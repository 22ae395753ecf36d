//! One adaptive integral on a GPU: its values. What these mean, where to split and when to stop is said by the code of
//! the CPU, so that there is one error model, and the splits agree.
//!
//! A sweep asks for values a batch after the other, each by what the one before has shown. The regions of a round are
//! swept side by side: a sweep that asks for what is not there is given up, and begun again once the device has
//! evaluated what all of them had asked for.

use super::super::Integrator;
use super::super::check_mesh::Forms;
use super::super::composite::stopped_whole;
use super::super::floor::rounding;
use super::super::mesh::Mesh;
use super::super::question::{Question, RegionRounds};
use crate::agreement::Verify;
use crate::backend::Backend;
use crate::backend::gpu::{Device, GpuError, GpuValues};
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::clock::Instant;
use crate::control::Stop;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral};
use crate::integrand::definition::Definition;
use crate::integrand::formula::Traced;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Level, Token};
use crate::plan::{Regions, Swept};
use crate::precision::Precision;
use crate::region::Region;
use std::cell::{Cell, RefCell};

/// Regions that are swept side by side: their values take some 16 MB.
const CHUNK: usize = 1 << 14;

impl Integrator {
    /// An adaptive integral because the GPU was asked for: with its values; or that of the CPU where a fallback is
    /// allowed.
    pub(in super::super) fn adaptive_on_gpu(
        &self,
        forms: &Forms,
        f: &dyn Definition,
        region: Region,
    ) -> Result<Integral, Error> {
        let start = Instant::now();
        let mut cpu = Integrator { backend: Backend::Simd, ..self.clone() };
        let (level, token, tolerance) = cpu.check_adaptive(None, region)?;
        let bounded = || Some(f.bounded()?.rounded(rounding(Backend::Gpu, Precision::F64)));
        let rounded = Forms { bounded: &bounded, ..*forms };
        let reason = match self.with_its_values(f.traced(), &rounded, (level, token), region, tolerance, start) {
            Ok(Err(Error::Disagreement(_, found))) if self.fallback => Some(found.to_string()),
            Ok(outcome) => return outcome,
            // As the CPU will see.
            Err(GpuError::Stopped) => None,
            Err(error) if self.fallback => Some(error.to_string()),
            Err(error) => {
                return Err(Error::no_gpu(error));
            }
        };
        let limit = &mut cpu.control.time_limit;
        *limit = limit.map(|limit| limit.saturating_sub(start.elapsed()));
        cpu.adaptive_instead(forms, region, reason)
    }

    // Not generic: compiled once, and not for every integrand.
    fn with_its_values(
        &self,
        traced: Option<Traced>,
        forms: &Forms,
        (level, token): (Level, Token),
        region: Region,
        tolerance: Tolerance,
        start: Instant,
    ) -> Result<Result<Integral, Error>, GpuError> {
        if self.weight.is_some_and(|weight| !weight.is_one()) {
            return Err(GpuError::NotOnDevice { what: "weights" });
        }
        if !matches!(self.precision, Precision::Auto | Precision::F64) {
            // The error model of the CPU takes values for those of `f64`.
            return Err(GpuError::NotOnDevice { what: "adaptive integrals in less than double precision" });
        }
        let traced = traced.ok_or(GpuError::NotTraceable)?;
        let rounds = OnDevice::new(self, traced, forms.scalar, start)?;
        let control = self.control.of(region.upper < region.lower);
        let question = self.question(forms.fast, token, region, tolerance, &control);
        let (answer, mesh) = Question { rounds: Some(&rounds), ..question }.with_its_mesh(start);
        rounds.whole()?;
        // Values are replaced on the CPU alone.
        if answer.extrapolated.is_some() {
            return Err(GpuError::NotOnDevice { what: "half cycles of infinite ranges" });
        }
        let mut integral = self.integral(&answer, region, level, start.elapsed());
        (integral.backend, integral.level) = (Backend::Gpu, None);
        let depth = self.verify.unwrap_or(Verify::Spot);
        let mut failed = None;
        if let Mesh::Regions(regions) = mesh
            && integral.status.is_success()
            && depth != Verify::Off
        {
            let forms = Forms { fast: &rounds, ..*forms };
            let checked = self.check_mesh(depth, &forms, token, &regions, answer.estimate, start);
            rounds.whole()?;
            match checked.map(|checked| checked.map_err(|found| (found, self.control.stop(start)))) {
                Ok(Ok(agreement)) => integral.agreement = Some(agreement),
                Ok(Err((disagreement, None))) => failed = Some(disagreement),
                // Who stops does not wait for the values, so that there may be none.
                Ok(Err((_, Some(stop)))) | Err(stop) => integral.status = stopped_whole(stop, true),
            }
            integral.elapsed = start.elapsed();
        }
        let Site { device, fallbacks, .. } = rounds.site.into_inner();
        (integral.adapter, integral.fallbacks) = (Some(device.info().name.clone()), fallbacks);
        Ok(match failed {
            Some(disagreement) => Err(Error::Disagreement(Box::new(integral), disagreement)),
            None => self.judged(integral),
        })
    }
}

/// Values of one integrand on a device.
struct OnDevice<'a> {
    with: &'a Integrator,
    traced: Traced,
    scalar: &'a dyn Values,
    start: Instant,
    site: RefCell<Site>,
}

/// Where they come from, and why no more do.
struct Site {
    device: Device,
    kernel: GpuValues,
    fallbacks: Vec<Fallback>,
    failed: Option<GpuError>,
}

impl<'a> OnDevice<'a> {
    fn new(with: &'a Integrator, traced: Traced, scalar: &'a dyn Values, start: Instant) -> Result<Self, GpuError> {
        let device = with.opened(start)?;
        let kernel = GpuValues::new(&device, &traced, Precision::F64)?;
        let site = RefCell::new(Site { device, kernel, fallbacks: Vec::new(), failed: None });
        Ok(Self { with, traced, scalar, start, site })
    }

    /// Whether all that was asked for has been there, but for who stopped.
    fn whole(&self) -> Result<(), GpuError> {
        self.site.borrow().failed.clone().map_or(Ok(()), Err)
    }

    /// The values at these points; after a loss of the shared device, from another.
    fn at(&self, points: &[[f64; LANES]]) -> Result<Vec<[f64; LANES]>, GpuError> {
        self.whole()?;
        let mut values = vec![[0.0; LANES]; points.len()];
        let Site { device, kernel, fallbacks, failed } = &mut *self.site.borrow_mut();
        while let Err(error) = kernel.values(points.as_flattened(), values.as_flattened_mut()) {
            let again = self.with.replace(device, fallbacks, error, self.start);
            match again.and_then(|()| GpuValues::new(device, &self.traced, Precision::F64)) {
                Ok(again) => *kernel = again,
                Err(GpuError::Stopped) => return Err(GpuError::Stopped),
                Err(error) => {
                    *failed = Some(error.clone());
                    return Err(error);
                }
            }
        }
        for (point, values) in points.iter().zip(&mut values) {
            if values.iter().any(|value| !value.is_finite()) {
                // Where the arithmetic has no number the CPU has, or it says what there is.
                let mut right = [[0.0; LANES]];
                self.scalar.values(&[*point], &mut right);
                let each = values.iter_mut().zip(right[0]);
                each.filter(|(value, _)| !value.is_finite()).for_each(|(value, right)| *value = right);
            }
        }
        Ok(values)
    }
}

/// At once, for a closer look at some of them.
impl Values for OnDevice<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        match self.at(points) {
            Ok(found) => values.copy_from_slice(&found),
            Err(_) => values.fill([f64::NAN; LANES]),
        }
    }
}

impl RegionRounds for OnDevice<'_> {
    fn sweep(&self, kernel: &SimdRegions, plan: Regions, desk: &mut Desk, swept: &mut Vec<Swept>) -> Option<Stop> {
        for regions in plan.list.chunks(CHUNK) {
            let tapes: Vec<_> = regions.iter().map(|_| Tape::default()).collect();
            let mut left: Vec<usize> = (0..regions.len()).collect();
            let begin = swept.len();
            swept.resize(begin + regions.len(), Swept::NOTHING);
            loop {
                let mut points = Vec::new();
                left.retain(|&k| {
                    let kernel = SimdRegions { values: &tapes[k], ..*kernel };
                    swept[begin + k] = kernel.sweep_one(&regions[k], plan.tolerance, desk);
                    tapes[k].rewind(&mut points)
                });
                if left.is_empty() {
                    break;
                }
                let stop = self.with.control.stop(self.start);
                if stop.is_some() {
                    return stop;
                }
                let Ok(values) = self.at(&points) else {
                    // Else it is known what went wrong; and that is the end.
                    return self.with.control.stop(self.start).or(Some(Stop::Cancelled));
                };
                let mut values = &values[..];
                left.iter().for_each(|&k| tapes[k].record(&mut values));
            }
        }
        None
    }
}

/// The values of one sweep as far as they are known, in the order in which it asks for them.
#[derive(Default)]
struct Tape {
    known: RefCell<Vec<[f64; LANES]>>,
    next: Cell<usize>,
    /// The first batch that is not: the points of later ones would depend on its values.
    missing: RefCell<Vec<[f64; LANES]>>,
}

impl Values for Tape {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let (known, mut missing) = (self.known.borrow(), self.missing.borrow_mut());
        let from = self.next.get();
        match known.get(from..from + points.len()).filter(|_| missing.is_empty()) {
            Some(known) => {
                values.copy_from_slice(known);
                self.next.set(from + points.len());
            }
            None => {
                if missing.is_empty() {
                    missing.extend_from_slice(points);
                }
                values.fill([f64::NAN; LANES]);
            }
        }
    }
}

impl Tape {
    /// Back to its beginning, with what is missing added to `points`; whether anything is.
    fn rewind(&self, points: &mut Vec<[f64; LANES]>) -> bool {
        let missing = self.missing.borrow();
        points.extend_from_slice(&missing);
        self.next.set(0);
        !missing.is_empty()
    }

    /// Takes what was missing from the front of `values`.
    fn record(&self, values: &mut &[[f64; LANES]]) {
        let mut missing = self.missing.borrow_mut();
        let found;
        (found, *values) = values.split_at(missing.len());
        self.known.borrow_mut().extend_from_slice(found);
        missing.clear();
    }
}
