//! Composite rules on a GPU: the loop over what comes back, and what to make of failures.

mod adaptive;
mod auto;
mod boxes;
mod check;
mod judge;
mod pieces;
mod prepared;
mod rows;
mod samples;
mod sum;
mod sweep;

use super::Integrator;
use super::check::check_all;
use super::composite::{Run, finish};
use super::floor::{Beyond, Floor, rounding};
use crate::agreement::{Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::gpu::{Device, GpuError, GpuGrid, evaluate_traced};
use crate::clock::Instant;
use crate::error::Error;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::{bound::Bounded, definition::Definition};
use crate::plan::Grid;
use crate::precision::Precision;
use crate::reduce::Partial;
use crate::verify::{Checked, check_rounded_tile};
use sum::Sum;

type Outcome = (Integral, Option<Disagreement>);

impl Integrator {
    /// The GPU because it was asked for: its answer, or that of the CPU where a fallback is allowed, or why there is
    /// none.
    pub(super) fn gpu(&self, run: &Run) -> Result<Outcome, Error> {
        let reason = match self.opened(run.start).and_then(|device| self.on(&device, run)) {
            Err(GpuError::Stopped) => {
                let (integral, stop) = (Integral::of(Backend::Gpu, None, 1), self.control.stop(run.start));
                return Ok((finish(run.f, run.grid, integral, 0, stop, 0.0, |_| {}), None));
            }
            Ok((_, Some(disagreement))) if self.fallback => disagreement.to_string(),
            Ok((integral, None)) if self.fallback && lacks(&integral) => integral.status.to_string(),
            Ok(outcome) => return Ok(outcome),
            Err(error) if self.fallback => error.to_string(),
            Err(error) => return Err(Error::no_gpu(error)),
        };
        let (mut integral, disagreement) = self.simd(run)?;
        integral.fallbacks.insert(0, Fallback::new(Backend::Gpu, reason));
        Ok((integral, disagreement))
    }

    fn opened(&self, start: Instant) -> Result<Device, GpuError> {
        let device = match &self.device {
            Some(device) => device.clone(),
            None => Device::shared_until(&|| self.control.stop(start).is_some())?,
        };
        Ok(device.during(&self.control, start))
    }

    /// Puts another device in place of one that is lost, to go on from where that has come to: once, and not in place
    /// of the caller's own.
    fn replace(
        &self,
        device: &mut Device,
        fallbacks: &mut Vec<Fallback>,
        error: GpuError,
        start: Instant,
    ) -> Result<(), GpuError> {
        if !error.is_loss() || self.device.is_some() || !fallbacks.is_empty() {
            return Err(error);
        }
        fallbacks.push(Fallback::new(&device.info().name, error.to_string()));
        *device = self.opened(start).map_err(|_| error)?;
        Ok(())
    }

    /// The sum on this device. Where the choice of the arithmetic is ours, and what was seen of the sum shows that it
    /// was not enough, again in a more exact one.
    fn on(&self, device: &Device, run: &Run) -> Result<Outcome, GpuError> {
        let mut outcome = self.on_in(device, run, self.precision)?;
        for exact in [Precision::F32x2, Precision::F64] {
            let (integral, failed) = &outcome;
            let tried = integral.precision == exact || integral.precision == Precision::F64;
            let enough = failed.is_some() || !lacks(integral);
            if self.precision != Precision::Auto || tried || enough || device.supports(exact).is_err() {
                continue;
            }
            let reason = Fallback::new(integral.precision, integral.status.to_string());
            outcome = self.on_in(device, run, exact)?;
            outcome.0.fallbacks.insert(0, reason);
        }
        Ok(outcome)
    }

    /// The sum on this device in this arithmetic; after a loss of the shared one, the rest on another.
    fn on_in(&self, device: &Device, run: &Run, mut precision: Precision) -> Result<Outcome, GpuError> {
        let Run { f, grid, start, .. } = *run;
        let mut device = device.clone();
        let mut sum = Sum::new(self.verify.unwrap_or(Verify::Spot), self.seed, grid);
        let mut integral = Integral::of(Backend::Gpu, None, 1);
        while let Err(error) = self.advance(&device, run, &mut precision, &mut sum) {
            if error == GpuError::Stopped {
                break;
            }
            self.replace(&mut device, &mut integral.fallbacks, error, start)?;
        }
        if let Some(tile) = sum.bad.get() {
            explain(&device, f, grid, tile, precision)?;
        }
        integral.adapter = Some(device.info().name.clone());
        // Stopped before it was chosen, it was none.
        if precision != Precision::Auto {
            integral.precision = precision;
        }
        integral.estimate = sum.method.total().scaled(grid.step).value();
        let done = sum.method.done();
        let stop = if done < grid.tiles() && sum.bad.get().is_none() { self.control.stop(start) } else { None };
        let closing = grid.rule.last - grid.rule.shared;
        let mut integral = finish(f, grid, integral, grid.panels_below(done), stop, closing, |found| {
            if let Some(tile) = sum.bad.get() {
                grid.for_each_node(tile, |x, _| found.see(x, f.value(x)));
            }
        });
        let mut checked = sum.checked;
        let values = on_device(&device, f, precision);
        if !integral.status.is_success() {
            return Ok((integral, checked.failed));
        }
        if sum.verify == Verify::Spot {
            // What is most of the sum decides how right it is, and a seed may never meet it.
            let (largest, spots) = (&sum.largest, &sum.spots);
            let others: Vec<_> = largest.iter().copied().filter(|(tile, _)| !spots.contains(tile)).collect();
            let check = |other: u64| {
                let (tile, partial) = others[other as usize];
                check_rounded_tile(f, grid, rounding(Backend::Gpu, precision), tile, partial, &values)
            };
            checked = checked.combine(check_all(run.threads, others.len() as u64, &check));
        }
        // The nodes of the CPU are the nodes; where it finds a pole, and the GPU beside it a number, that is no sum.
        if let Some((point, value)) = checked.not_finite {
            integral.estimate += value;
            integral.status = Status::NonFinite { point, value };
            return Ok((integral, checked.failed));
        }
        let whole = || (sum.verify == Verify::Full).then(|| checked.whole(grid, sum.method.total())).flatten();
        let failed = checked.failed.or_else(whole);
        if failed.is_none() && sum.verify != Verify::Off {
            integral.agreement = Some(checked.agreement(sum.verify));
        }
        // Double precision is that of the CPU; for the others, what may be and what was seen.
        let floor = if precision == Precision::F64 { None } else { run.floor(precision) };
        let seen = match sum.verify {
            Verify::Full => checked.distance(sum.method.total()),
            _ => checked.difference,
        };
        let seen = seen * grid.step.high;
        let error = floor.map_or(0.0, |floor| floor.error).max(seen);
        let tolerance = self.tolerance(integral.estimate);
        // Where none is given, half of the digits; nothing has none.
        let size = |floor: Floor| floor.magnitude.max(integral.estimate.abs()).max(seen);
        let digits = floor.map(size).filter(|&size| size > 0.0);
        let half = digits.map(|size| rounding(Backend::Gpu, precision).unit.sqrt() * size);
        if tolerance.or(half).is_some_and(|most| error > most) {
            integral.status = Status::PrecisionFloor { floor: error, tolerance };
        }
        Ok((integral, failed))
    }

    /// Makes the kernel and sums what is still missing. `precision` becomes the arithmetic in use, and stays.
    fn advance(&self, device: &Device, run: &Run, precision: &mut Precision, sum: &mut Sum) -> Result<(), GpuError> {
        if *precision == Precision::Auto {
            *precision = self.arithmetic(device, run)?;
        }
        let kernel = GpuGrid::new(device, run.f, run.grid, *precision)?;
        *precision = kernel.precision();
        let floor = if *precision == Precision::F64 { None } else { run.floor(*precision) };
        let precision = *precision;
        match floor.and_then(|floor| floor.beyond) {
            Some(Beyond::Range(value)) => {
                let what = "a value on the way to the integrand at x =";
                Err(GpuError::OutOfRange { what, value, precision })
            }
            Some(Beyond::Rounding(point)) => Err(GpuError::Unsure { precision, point }),
            None => self.fly(run, device, &kernel, precision, sum),
        }
    }

    /// The tiles that are still missing, checked as they come.
    fn fly(
        &self,
        run: &Run,
        device: &Device,
        kernel: &GpuGrid,
        precision: Precision,
        sum: &mut Sum,
    ) -> Result<(), GpuError> {
        let Run { f, grid, threads, start, .. } = *run;
        let bad = sum.bad.clone();
        let failed = sum.failed.clone();
        let stop = || bad.get().is_some() || failed.get() || self.control.stop(start).is_some();
        let (values, rounding) = (on_device(device, f, precision), rounding(Backend::Gpu, precision));
        let check = |tile, partial| check_rounded_tile(f, grid, rounding, tile, partial, &values);
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
                    let here: Vec<u64> = sum.spots.iter().copied().filter(|tile| (first..end).contains(tile)).collect();
                    check_all(threads, here.len() as u64, &|spot| leaf(here[spot as usize]))
                }
                Verify::Full => check_all(threads, end - first, &|tile| leaf(first + tile)),
            };
            sum.checked = sum.checked.combine(checked);
            sum.failed.set(sum.checked.failed.is_some() || sum.checked.not_finite.is_some());
            self.control.report(grid.evaluations_below(grid.panels_below(end)), grid.evaluations());
        })
    }
}

/// Whether the answer is less than the CPU would give.
fn lacks(integral: &Integral) -> bool {
    matches!(integral.status, Status::PrecisionFloor { .. })
}

impl Run<'_> {
    fn floor(&self, precision: Precision) -> Option<Floor> {
        self.floors.of(self.f, self.grid, Backend::Gpu, precision)
    }
}

/// What evaluates nodes on the device; `None` where that fails.
fn on_device(device: &Device, f: &dyn Definition, precision: Precision) -> impl Fn(&[f64]) -> Option<Vec<f64>> + Sync {
    let traced = f.traced();
    move |points| {
        let mut values = vec![0.0; points.len()];
        let known = evaluate_traced(device, traced.as_ref()?, precision, points, &mut values);
        known.ok().map(|()| values)
    }
}

/// An error where a tile has a sum, and the GPU has none for it: what its arithmetic yields, and where.
fn explain(device: &Device, f: &dyn Definition, grid: &Grid, tile: u64, precision: Precision) -> Result<(), GpuError> {
    let (mut largest, mut sum, mut nodes) = (0.0f64, Partial::IDENTITY, Vec::new());
    grid.for_each_node(tile, |x, weight| {
        let value = f.value(x);
        sum = sum.combine(Partial::new(weight * value));
        // Not "larger": a NaN must stay.
        largest = if value.abs() <= largest.abs() || largest.is_nan() { largest } else { value };
        nodes.push(x);
    });
    // In double precision a sum that overflows does so on the CPU as well.
    if !sum.high.is_finite() && (precision == Precision::F64 || !largest.is_finite()) {
        return Ok(());
    }
    nodes.sort_by(f64::total_cmp);
    let values = on_device(device, f, precision)(&nodes).unwrap_or_default();
    let found = nodes.iter().zip(values).find(|(_, value)| !value.is_finite());
    if let Some((&point, value)) = found {
        return Err(GpuError::NotFinite { precision, point, value, right: f.value(point) });
    }
    // A node of the kernel, rounded otherwise, may have met a pole that its neighbour on the CPU misses.
    let rounding = rounding(Backend::Gpu, precision);
    let shift = rounding.position * nodes.iter().fold(0.0, |most, x| x.abs().max(most));
    let unsure = |bounded: Bounded| {
        nodes.iter().copied().find(|&x| bounded.at_rounded(&[x], rounding, &[shift]).bound == f64::INFINITY)
    };
    Err(match f.bounded().and_then(unsure) {
        Some(point) => GpuError::Unsure { precision, point },
        None => GpuError::OutOfRange { what: "the sum of values up to", value: largest, precision },
    })
}
