//! Composite rules on a GPU: which arithmetic, the loop over what comes back, and what to make of failures.

use super::Integrator;
use super::composite::{Run, finish};
use super::floor::{Floor, rounding};
use crate::agreement::{Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::gpu::{Device, GpuError, GpuGrid};
use crate::backend::simd::{Offsets, SimdGrid};
use crate::clock::Instant;
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::Integrand;
use crate::method::CompositeSum;
use crate::plan::Grid;
use crate::precision::Precision;
use crate::reduce::Partial;
use crate::verify::{Checked, check_rounded_tile, spot_tiles};
use std::cell::Cell;

type Outcome = (Integral, Option<Disagreement>);

impl Integrator {
    /// The GPU because it was asked for: its answer, or that of the CPU where a fallback is allowed, or why there is none.
    pub(super) fn gpu<F: Integrand>(&self, run: &Run<F>) -> Result<Outcome, Error> {
        let reason = match self.opened().and_then(|device| self.on(&device, run)) {
            Ok((_, Some(disagreement))) if self.fallback => disagreement.to_string(),
            Ok((integral, None)) if self.fallback && lacks(&integral) => integral.status.to_string(),
            Ok(outcome) => return Ok(outcome),
            Err(error) if self.fallback => error.to_string(),
            Err(error) => return Err(Error::BackendUnavailable { backend: Backend::Gpu, reason: error.to_string() }),
        };
        let (mut integral, disagreement) = self.simd(run)?;
        integral.fallbacks.insert(0, Fallback { wanted: Backend::Gpu.to_string(), reason });
        Ok((integral, disagreement))
    }

    /// The CPU, or a GPU where that is forecast to be faster.
    pub(super) fn auto<F: Integrand>(&self, run: &Run<F>) -> Result<Outcome, Error> {
        if run.grid.evaluations() < LARGE { self.simd(run) } else { self.fastest(run) }
    }

    // A function of its own, so that small sums do not pay for its frame.
    #[inline(never)]
    fn fastest<F: Integrand>(&self, run: &Run<F>) -> Result<Outcome, Error> {
        let refused = match self.faster(run) {
            None => None,
            Some(Ok(outcome)) => return Ok(outcome),
            Some(Err(reason)) => Some(Fallback { wanted: Backend::Gpu.to_string(), reason }),
        };
        let (mut integral, disagreement) = self.simd(run)?;
        integral.fallbacks.extend(refused);
        Ok((integral, disagreement))
    }

    /// The answer of a GPU, if one is forecast to be faster; or why it is not from there.
    fn faster<F: Integrand>(&self, run: &Run<F>) -> Option<Result<Outcome, String>> {
        let Run { f, grid, level, threads, .. } = *run;
        let mut table = Offsets::NONE;
        let token = level.token()?;
        table.fill(grid, token);
        let lanes = SimdGrid::new(f, grid, &table, token);
        let tile = |start: Instant| (std::hint::black_box(lanes.tile(0)), start.elapsed().as_secs_f64()).1;
        let cpu = tile(Instant::now()).min(tile(Instant::now())) * grid.tiles() as f64 / threads.count() as f64;
        if cpu < THINKING {
            return None;
        }
        let known = match &self.device {
            Some(device) => Some(device.clone()),
            None if cpu > OPENING => Device::shared().ok(),
            None => Device::already_open(),
        };
        let device = match known {
            Some(device) => device,
            None if cpu > OPENING => return Some(Err(Device::shared().err()?.to_string())),
            None => return None,
        };
        let attempt = || -> Result<Option<Result<Outcome, f64>>, GpuError> {
            let precision = match self.precision {
                Precision::Auto => self.arithmetic(&device, f, grid)?,
                precision => precision,
            };
            // Nobody has asked for less than the CPU gives.
            if precision == Precision::Auto {
                device.supports(Precision::F64)?;
            }
            let gpu = match GpuGrid::known_speed(&device, f, grid, precision) {
                Some(speed) => LATENCY + grid.evaluations() as f64 / speed,
                None if cpu < if device.info().is_software() { SOFTWARE } else { COMPILING } => return Ok(None),
                None => GpuGrid::new(&device, f, grid, precision)?.time(SAMPLE * cpu)?,
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
            Err(error) => Some(Err(error.to_string())),
        }
    }

    fn opened(&self) -> Result<Device, GpuError> {
        match &self.device {
            Some(device) => Ok(device.clone()),
            None => Device::shared(),
        }
    }

    /// The arithmetic for the tolerance asked for: the fastest that can keep it, or the most exact there is.
    fn arithmetic(&self, device: &Device, f: &impl Integrand, grid: &Grid) -> Result<Precision, GpuError> {
        let keeps = |precision| {
            device.supports(precision).is_ok()
                && Floor::new(f, grid, precision).is_some_and(|floor| {
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

    /// The sum on this device. Where the choice of the arithmetic is ours, and what was seen of the sum shows that it was not
    /// enough, again in a more exact one.
    fn on<F: Integrand>(&self, device: &Device, run: &Run<F>) -> Result<Outcome, GpuError> {
        let mut outcome = self.on_in(device, run, self.precision)?;
        for exact in [Precision::F32x2, Precision::F64] {
            let (integral, failed) = &outcome;
            let tried = integral.precision == exact || integral.precision == Precision::F64;
            let enough = failed.is_some() || !lacks(integral);
            if self.precision != Precision::Auto || tried || enough || device.supports(exact).is_err() {
                continue;
            }
            let reason = Fallback { wanted: integral.precision.to_string(), reason: integral.status.to_string() };
            outcome = self.on_in(device, run, exact)?;
            outcome.0.fallbacks.insert(0, reason);
        }
        Ok(outcome)
    }

    /// The sum on this device in this arithmetic; after a loss of the shared one, the rest on another.
    fn on_in<F: Integrand>(
        &self,
        device: &Device,
        run: &Run<F>,
        mut precision: Precision,
    ) -> Result<Outcome, GpuError> {
        let Run { f, grid, start, .. } = *run;
        let mut device = device.clone();
        let mut sum = Sum::new(self.verify.unwrap_or(Verify::Spot), self.seed, grid);
        let mut integral = Integral::of(Backend::Gpu, None, 1);
        while let Err(error) = self.advance(&device, run, &mut precision, &mut sum) {
            // Another device, once, from where the lost one has come to; not in place of the caller's own.
            if !error.is_loss() || !integral.fallbacks.is_empty() || self.device.is_some() {
                return Err(error);
            }
            integral.fallbacks.push(Fallback { wanted: device.info().name.clone(), reason: error.to_string() });
            device = Device::shared().map_err(|_| error)?;
        }
        if let Some(tile) = sum.bad.get() {
            beyond_range(f, grid, tile, precision)?;
        }
        integral.adapter = Some(device.info().name.clone());
        integral.precision = precision;
        integral.estimate = sum.method.total().scaled(grid.step).value();
        let done = sum.method.done();
        let stop = if done < grid.tiles() && sum.bad.get().is_none() { self.control.stop(start) } else { None };
        let closing = grid.rule.last - grid.rule.shared;
        let mut integral = finish(f, grid, integral, grid.panels_below(done), stop, closing, |found| {
            if let Some(tile) = sum.bad.get() {
                grid.for_each_node(tile, |x, _| found.see(x, f.scalar(x)));
            }
        });
        let mut checked = sum.checked;
        if !integral.status.is_success() {
            return Ok((integral, checked.failed));
        }
        if sum.verify == Verify::Spot {
            // What is most of the sum decides how right it is, and a seed may never meet it.
            for &(tile, partial) in sum.largest.iter().filter(|(tile, _)| !sum.spots.contains(tile)) {
                let rounding = rounding(Backend::Gpu, precision);
                checked = checked.combine(check_rounded_tile(f, grid, rounding, tile, partial));
            }
        }
        let whole = || (sum.verify == Verify::Full).then(|| checked.whole(grid, sum.method.total())).flatten();
        let failed = checked.failed.or_else(whole);
        if failed.is_none() && sum.verify != Verify::Off {
            integral.agreement = Some(checked.agreement(sum.verify));
        }
        // Double precision is that of the CPU; for the others, what may be and what was seen.
        let floor = if precision == Precision::F64 { None } else { Floor::new(f, grid, precision) };
        let seen = match sum.verify {
            Verify::Full => checked.distance(sum.method.total()),
            _ => checked.difference,
        };
        let error = floor.map_or(0.0, |floor| floor.error).max(seen * grid.step.high);
        let tolerance = self.tolerance(integral.estimate).or(floor.map(|floor| floor.half));
        if tolerance.is_some_and(|tolerance| error > tolerance) {
            integral.status = Status::PrecisionFloor { floor: error };
        }
        Ok((integral, failed))
    }

    /// Makes the kernel and sums what is still missing. `precision` becomes the arithmetic in use, and stays.
    fn advance<F: Integrand>(
        &self,
        device: &Device,
        run: &Run<F>,
        precision: &mut Precision,
        sum: &mut Sum,
    ) -> Result<(), GpuError> {
        if *precision == Precision::Auto {
            *precision = self.arithmetic(device, run.f, run.grid)?;
        }
        let kernel = GpuGrid::new(device, run.f, run.grid, *precision)?;
        *precision = kernel.precision();
        if *precision != Precision::F64
            && let Some(point) = Floor::new(run.f, run.grid, *precision).and_then(|floor| floor.beyond)
        {
            let what = "a value on the way to the integrand at x =";
            return Err(GpuError::OutOfRange { what, value: point, precision: *precision });
        }
        self.fly(run, &kernel, *precision, sum)
    }

    /// The tiles that are still missing, checked as they come.
    fn fly<F: Integrand>(
        &self,
        run: &Run<F>,
        kernel: &GpuGrid,
        precision: Precision,
        sum: &mut Sum,
    ) -> Result<(), GpuError> {
        let Run { f, grid, threads, start, .. } = *run;
        let bad = sum.bad.clone();
        let failed = sum.failed.clone();
        let stop = || bad.get().is_some() || failed.get() || self.control.stop(start).is_some();
        let check = |tile, partial| check_rounded_tile(f, grid, rounding(Backend::Gpu, precision), tile, partial);
        kernel.run(sum.method.done()..grid.tiles(), &stop, &mut |first, partials| {
            for (tile, &partial) in (first..).zip(partials) {
                // No later tile can make it finite again.
                if sum.bad.get().is_some() {
                    return;
                }
                sum.method.absorb(tile..tile + 1, partial);
                sum.keep_if_large(tile, partial);
                if !partial.high.is_finite() {
                    sum.bad.set(Some(tile));
                }
            }
            let end = first + partials.len() as u64;
            let leaf = |tile: u64| check(tile, partials[(tile - first) as usize]);
            let checked = match sum.verify {
                _ if sum.bad.get().is_some() => Checked::NOTHING,
                Verify::Off => Checked::NOTHING,
                Verify::Spot => {
                    let here = sum.spots.iter().copied().filter(|tile| (first..end).contains(tile));
                    here.map(leaf).fold(Checked::NOTHING, Checked::combine)
                }
                Verify::Full => threads
                    .run(|| threads.tree(first, end, 1, &leaf, &Checked::combine))
                    .unwrap_or_else(|_| (first..end).map(leaf).fold(Checked::NOTHING, Checked::combine)),
            };
            sum.checked = sum.checked.combine(checked);
            sum.failed.set(sum.checked.failed.is_some());
            self.control.report(grid.evaluations_below(grid.panels_below(end)), grid.evaluations());
        })
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

/// The part of the time of the CPU that may go into timing a kernel.
const SAMPLE: f64 = 0.01;

/// Seconds from the call to the first dispatch, and from the last one back.
const LATENCY: f64 = 1e-3;

/// Whether the answer is less than the CPU would give.
fn lacks(integral: &Integral) -> bool {
    matches!(integral.status, Status::PrecisionFloor { .. })
}

/// An error where a tile has a sum, and the GPU has none for it: the integrand is too large for the arithmetic.
fn beyond_range(f: &impl Integrand, grid: &Grid, tile: u64, precision: Precision) -> Result<(), GpuError> {
    let (mut largest, mut sum) = (0.0f64, Partial::IDENTITY);
    grid.for_each_node(tile, |x, weight| {
        let value = f.scalar(x);
        sum = sum.combine(Partial::new(weight * value));
        // Not "larger": a NaN must stay.
        largest = if value.abs() <= largest.abs() || largest.is_nan() { largest } else { value };
    });
    // In double precision a sum that overflows does so on the CPU as well.
    if sum.high.is_finite() || (precision != Precision::F64 && largest.is_finite()) {
        return Err(GpuError::OutOfRange { what: "the integrand, up to", value: largest, precision });
    }
    Ok(())
}

/// A sum of tiles that come back in order.
struct Sum {
    method: CompositeSum,
    verify: Verify,
    spots: Vec<u64>,
    /// The tiles of the largest sums, for a spot check.
    largest: Vec<(u64, Partial)>,
    checked: Checked,
    /// Whether a tile was found wrong.
    failed: std::rc::Rc<Cell<bool>>,
    /// The first tile whose sum is not finite.
    bad: std::rc::Rc<Cell<Option<u64>>>,
}

impl Sum {
    fn new(verify: Verify, seed: u64, grid: &Grid) -> Self {
        let spots = if verify == Verify::Spot { spot_tiles(grid.tiles(), seed).collect() } else { Vec::new() };
        Self {
            method: CompositeSum::new(grid.tiles()),
            verify,
            spots,
            largest: Vec::new(),
            checked: Checked::NOTHING,
            failed: Default::default(),
            bad: Default::default(),
        }
    }

    fn keep_if_large(&mut self, tile: u64, partial: Partial) {
        const KEPT: usize = 4;
        let size = |&(_, partial): &(u64, Partial)| partial.high.abs();
        if self.verify != Verify::Spot
            || self.largest.len() == KEPT && size(&(tile, partial)) <= size(&self.largest[KEPT - 1])
        {
            return;
        }
        let place = self.largest.partition_point(|kept| size(kept) >= partial.high.abs());
        self.largest.insert(place, (tile, partial));
        self.largest.truncate(KEPT);
    }
}
