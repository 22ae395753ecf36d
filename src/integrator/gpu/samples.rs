//! Samples on a GPU: rounds of tiles, and what to make of those that are wrong.

mod check;
mod strata;

use super::super::Integrator;
use super::super::floor::rounding;
use super::super::samples::{Domain, End, Rounds};
use super::check::Check;
use super::prepared::{Again, Prepared, points};
use crate::agreement::{Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::gpu::{GpuError, GpuSamples, GpuStrata, evaluate_traced};
use crate::integral::Integral;
use crate::method::{Known, Method, Outcome};
use crate::plan::{Bad, ImportanceMap, Samples, Strata, StratifiedSample};
use crate::points::Periodization;
use crate::precision::Precision;
use crate::reduce::Moments;
use crate::verify::{Checked, Weighed};
use check::{scaled, spot, verified};

/// Squared deviations of a value below which single precision may have lost them.
const LOST: f64 = 1e-34;

/// Samples of one integral on a device.
struct OnDevice<'a> {
    prepared: Prepared<'a>,
    /// Made when the points are known.
    kernel: Option<(Periodization, GpuSamples)>,
    strata: Option<GpuStrata>,
}

/// A round as far as it has come.
struct Part {
    moments: Vec<Moments>,
    tiles: u64,
    evaluations: u64,
    /// The tile where it ended.
    bad: Option<u64>,
}

impl Integrator {
    /// Who samples on the GPU, or why nobody does.
    pub(in super::super) fn rounds_on_gpu<'a>(
        &'a self,
        domain: &'a Domain<'a>,
    ) -> Result<Box<dyn Rounds + 'a>, String> {
        self.on_device(domain).map(|rounds| Box::new(rounds) as Box<dyn Rounds>).map_err(|error| error.to_string())
    }

    fn on_device<'a>(&'a self, domain: &'a Domain<'a>) -> Result<OnDevice<'a>, GpuError> {
        if self.method == Method::Vegas && !matches!(self.precision, Precision::Auto | Precision::F64) {
            return Err(GpuError::NotOnDevice { what: "samples of VEGAS in less than double precision" });
        }
        Ok(OnDevice { prepared: Prepared::new(self, domain)?, kernel: None, strata: None })
    }
}

impl Rounds for OnDevice<'_> {
    fn round(&mut self, plan: &Samples, before: u64) -> Result<Vec<Moments>, End> {
        let begin = || Part { moments: vec![Moments::IDENTITY; plan.replicates], tiles: 0, evaluations: 0, bad: None };
        let (mut progress, checked) = (begin(), self.prepared.checked);
        loop {
            let found = self.advance(plan, before, &mut progress).and_then(|()| self.judge(plan, before, &progress));
            match found {
                Ok(None) => return Ok(progress.moments),
                Ok(Some(end)) => return Err(end),
                Err(error) => {
                    if self.recover(&error)? == Again::FromTheStart {
                        (progress, self.prepared.checked) = (begin(), checked);
                    }
                }
            }
        }
    }

    fn iteration(&mut self, map: &ImportanceMap, strata: &Strata, before: u64) -> Result<StratifiedSample, End> {
        let checked = self.prepared.checked;
        loop {
            match self.pass(map, strata, before) {
                Ok(found) => return found,
                Err(error) => self.recover(&error)?,
            };
            self.prepared.checked = checked;
        }
    }

    fn floor(&self) -> f64 {
        self.prepared.floor
    }

    fn sign(&self, integral: &mut Integral) {
        self.prepared.sign(integral);
    }

    fn whole(&self, known: &Known) -> Option<Disagreement> {
        let Prepared { with, domain, verify, checked, .. } = &self.prepared;
        let axis = &domain.axes[0];
        let each = domain.wanted.volume / known.counted as f64;
        let found = checked.whole_mesh((axis.lower, axis.upper), known.estimate / each);
        // Not all samples of VEGAS count, nor do they count the same; nor do those of two periodizations.
        let all = with.method != Method::Vegas && known.counted == known.evaluations;
        found.filter(|_| *verify == Verify::Full && all).map(|found| scaled(found, each))
    }
}

impl OnDevice<'_> {
    /// Makes ready to go on after an error, or says why that is the end.
    fn recover(&mut self, error: &GpuError) -> Result<Again, End> {
        let again = self.prepared.recover(error)?;
        (self.kernel, self.strata) = (None, None);
        Ok(again)
    }

    /// Samples the tiles that are still missing.
    fn advance(&mut self, plan: &Samples, before: u64, progress: &mut Part) -> Result<(), GpuError> {
        let Prepared { with, domain, traced, device, precision, verify, .. } = &self.prepared;
        let mut checked = self.prepared.checked;
        let kernel = match &mut self.kernel {
            Some((for_, kernel)) if *for_ == plan.periodization => kernel,
            other => {
                let kernel = GpuSamples::new(device, traced, domain.axes, plan, *precision)?;
                &mut other.insert((plan.periodization, kernel)).1
            }
        };
        let (control, start) = (&with.control, domain.start);
        let cut = GpuSamples::cut(plan);
        let spot = spot(cut.tiles(), with.seed, before);
        // What a smooth periodization multiplies values by is a polynomial of each coordinate.
        let weights = if plan.periodization == Periodization::Smooth { 6.0 * domain.axes.len() as f64 } else { 0.0 };
        let again = Check::new(&self.prepared, rounding(Backend::Gpu, *precision), weights);
        let bad = std::cell::Cell::new(None);
        let wrong = std::cell::Cell::new(checked.failed.is_some());
        let stop = || bad.get().is_some() || wrong.get() || control.stop(start).is_some();
        let run = kernel.run(plan, progress.tiles, &stop, &mut |first, tiles| {
            let check = |tile: u64| match tiles[(tile - first) as usize] {
                Some(moments) => {
                    let points = points(plan, domain, cut.tile(tile));
                    let each = domain.wanted.volume / points.weights.len() as f64;
                    again.tile(tile, &points, moments.sum, each)
                }
                None => Checked::NOTHING,
            };
            for (tile, moments) in (first..).zip(tiles) {
                let (replicate, _, count) = cut.tile(tile);
                match moments {
                    _ if bad.get().is_some() => return,
                    Some(moments) => progress.moments[replicate] = progress.moments[replicate].combine(*moments),
                    None => bad.set(Some(tile)),
                }
                progress.tiles = tile + 1;
                progress.evaluations += count;
            }
            let end = first + tiles.len() as u64;
            checked = checked.combine(verified(*verify, spot, first..end, domain, &check));
            wrong.set(checked.failed.is_some() || checked.not_finite.is_some());
            if end < cut.tiles() {
                control.report(before + progress.evaluations, with.max_evaluations);
            }
        });
        self.prepared.checked = checked;
        run?;
        progress.bad = bad.get();
        Ok(())
    }

    /// The end that a round means, if any; an error where it is not whole.
    fn judge(&self, plan: &Samples, before: u64, progress: &Part) -> Result<Option<End>, GpuError> {
        let Prepared { with, domain, verify, checked, precision, .. } = &self.prepared;
        let cut = GpuSamples::cut(plan);
        if let Some(disagreement) = checked.failed {
            return Ok(Some(End::Wrong(disagreement)));
        }
        if let Some(tile) = progress.bad {
            return self.explain(&points(plan, domain, cut.tile(tile))).map(Some);
        }
        // The points of the CPU are the points; where it finds a pole, and the GPU beside it a number, that is no sum.
        if checked.not_finite.is_some() {
            let spot = spot(cut.tiles(), with.seed, before);
            let mut tiles = if *verify == Verify::Spot { spot..spot + 1 } else { 0..progress.tiles };
            let pole = |tile| self.pole(&points(plan, domain, cut.tile(tile)));
            return tiles.find_map(pole).map(|bad| Some(End::Bad(bad))).ok_or(GpuError::Stopped);
        }
        if progress.tiles < cut.tiles() {
            return Err(GpuError::Stopped);
        }
        // Squares that are lost would make the scatter of the samples look small.
        let all = progress.moments.iter().fold(Moments::IDENTITY, |all, &moments| all.combine(moments));
        if *precision != Precision::F64 && all.high > all.low && all.deviations < LOST * all.count {
            let (what, value) = ("the square of a difference of values,", all.high - all.low);
            return Err(GpuError::OutOfRange { what, value, precision: *precision });
        }
        Ok(None)
    }

    /// The first of some points where the integrand is not finite, by its definition.
    fn pole(&self, points: &Weighed) -> Option<Bad> {
        points.iter().find_map(|(point, slope)| {
            let value = self.prepared.domain.values.scalar(point) * slope;
            (!value.is_finite()).then(|| Box::new((point.to_vec(), value)))
        })
    }

    /// What points without a sum mean: a pole, or a sum that overflows on the CPU as well; an error where it has one
    /// there.
    fn explain(&self, points: &Weighed) -> Result<End, GpuError> {
        if let Some(bad) = self.pole(points) {
            return Ok(End::Bad(bad));
        }
        let Prepared { traced, device, precision, .. } = &self.prepared;
        let precision = *precision;
        let mut values = vec![0.0; points.weights.len()];
        evaluate_traced(device, traced, precision, &points.coordinates, &mut values)?;
        let mut largest = 0.0f64;
        for ((point, weight), value) in points.iter().zip(values) {
            let right = self.prepared.domain.values.scalar(point);
            if !value.is_finite() {
                return Err(GpuError::NotFinite { precision, point: point[0], value, right });
            }
            largest = if (right * weight).abs() > largest.abs() { right * weight } else { largest };
        }
        match precision {
            Precision::F64 => Ok(End::Outcome(Outcome::Overflow)),
            _ => Err(GpuError::OutOfRange { what: "the sum of values up to", value: largest, precision }),
        }
    }
}
