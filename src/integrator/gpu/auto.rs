//! Which device, if any, and in which arithmetic, where that is left open.

use super::super::Integrator;
use super::super::composite::Run;
use super::{Outcome, lacks};
use crate::backend::Backend;
use crate::backend::gpu::{Device, GpuError, GpuGrid};
use crate::backend::simd::{Offsets, SimdGrid};
use crate::clock::Instant;
use crate::error::Error;
use crate::integral::Fallback;
use crate::precision::Precision;

impl Integrator {
    /// The CPU, or a GPU where that is forecast to be faster.
    pub(in super::super) fn auto(&self, run: &Run) -> Result<Outcome, Error> {
        if run.grid.evaluations() < LARGE { self.simd(run) } else { self.fastest(run) }
    }

    // A function of its own, so that small sums do not pay for its frame.
    #[inline(never)]
    fn fastest(&self, run: &Run) -> Result<Outcome, Error> {
        let refused = match self.faster(run) {
            None => None,
            Some(Ok(outcome)) => return Ok(outcome),
            Some(Err(reason)) => Some(Fallback::new(Backend::Gpu, reason)),
        };
        let (mut integral, disagreement) = self.simd(run)?;
        integral.fallbacks.extend(refused);
        Ok((integral, disagreement))
    }

    /// The answer of a GPU, if one is forecast to be faster; or why it is not from there.
    fn faster(&self, run: &Run) -> Option<Result<Outcome, String>> {
        let Run { f, values, grid, token, threads, .. } = *run;
        let mut table = Offsets::NONE;
        table.fill(grid, token);
        let lanes = SimdGrid::new(values, grid, &table, token);
        let tile = |start: Instant| (std::hint::black_box(lanes.tile(0)), start.elapsed().as_secs_f64()).1;
        let cpu = tile(Instant::now()).min(tile(Instant::now())) * grid.tiles() as f64 / threads.count() as f64;
        if cpu < THINKING {
            return None;
        }
        let known = match &self.device {
            Some(device) => Ok(device.clone()),
            // What has failed once is not tried for every sum.
            None if cpu > OPENING => Device::hoped_for(&|| self.control.stop(run.start).is_some()),
            None => Ok(Device::already_open()?),
        };
        let device = match known {
            Ok(device) => device.during(&self.control, run.start),
            Err(GpuError::Stopped) => return None,
            Err(error) => return Some(Err(error.to_string())),
        };
        let attempt = || -> Result<Option<Result<Outcome, f64>>, GpuError> {
            let precision = match self.precision {
                Precision::Auto => self.arithmetic(&device, run)?,
                precision => precision,
            };
            // Nobody has asked for less than the CPU gives.
            if precision == Precision::Auto {
                device.supports(Precision::F64)?;
            }
            let gpu = match GpuGrid::known_speed(&device, f, grid, precision) {
                Some(speed) => LATENCY + grid.evaluations() as f64 / speed,
                None if cpu < if device.info().is_software() { SOFTWARE } else { COMPILING } => return Ok(None),
                None => GpuGrid::new(&device, f, grid, precision)?
                    .time((SAMPLE * cpu).clamp(TELLING.min(0.1 * cpu), cpu))?,
            };
            Ok(Some(if gpu < cpu { Ok(self.on(&device, run)?) } else { Err(gpu) }))
        };
        match attempt() {
            Ok(None) => None,
            Ok(Some(Ok((integral, None)))) if !lacks(&integral) => Some(Ok((integral, None))),
            Ok(Some(Ok((integral, None)))) => Some(Err(integral.status.to_string())),
            Ok(Some(Ok((_, Some(disagreement))))) => Some(Err(disagreement.to_string())),
            Ok(Some(Err(gpu))) => {
                Some(Err(format!("{} would take {gpu:.2} s, the CPU {cpu:.2} s", device.info().name)))
            }
            // As the CPU will see.
            Err(GpuError::Stopped) => None,
            Err(error) => Some(Err(error.to_string())),
        }
    }

    /// The arithmetic for the tolerance asked for: the fastest that can keep it, or the most exact there is.
    pub(super) fn arithmetic(&self, device: &Device, run: &Run) -> Result<Precision, GpuError> {
        let keeps = |precision| {
            device.supports(precision).is_ok()
                && run.floor(precision).is_some_and(|floor| {
                    let enough = self.tolerance(floor.estimate).is_some_and(|tolerance| floor.error <= tolerance);
                    enough && floor.beyond.is_none()
                })
        };
        if keeps(Precision::F32) {
            return Ok(Precision::F32);
        }
        if device.supports(Precision::F64).is_ok() && keeps(Precision::F32x2) {
            let faster = device.rate(Precision::F32x2)? > device.rate(Precision::F64)?;
            return Ok(if faster { Precision::F32x2 } else { Precision::F64 });
        }
        // The most exact.
        Ok(Precision::Auto)
    }
}

/// Evaluations below which no GPU is thought of: a CPU does them in the time of a few dispatches.
const LARGE: u64 = 1 << 22;

/// Seconds of work on the CPU that are worth a look at what is known of an open device.
const THINKING: f64 = 5e-3;

/// Seconds of work on the CPU that are worth opening a device, which takes a few tenths.
const OPENING: f64 = 1.0;

/// Seconds of work on the CPU that are worth compiling a kernel to see how fast it is.
const COMPILING: f64 = 0.25;

/// The same where the device is itself a program on the CPU, hardly ever the faster one.
const SOFTWARE: f64 = 10.0;

/// The part of the time of the CPU that may go into timing a kernel; and the seconds, up to a tenth of it, without
/// which a fast device cannot be told.
const SAMPLE: f64 = 0.01;
const TELLING: f64 = 0.1;

/// Seconds from the call to the first dispatch, and from the last one back.
const LATENCY: f64 = 1e-3;
