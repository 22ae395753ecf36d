//! Samples on a GPU: rounds of tiles, what to make of those that are wrong, and of failures.

mod check;
mod strata;

use super::super::Integrator;
use super::super::floor::{Beyond, Floor, rounding};
use super::super::samples::{Domain, End, Rounds};
use crate::agreement::{Disagreement, Verify};
use crate::backend::Backend;
use crate::backend::gpu::{Device, GpuError, GpuSamples, GpuStrata, evaluate_traced};
use crate::integral::{Fallback, Integral};
use crate::integrand::bound::Bounded;
use crate::integrand::formula::Traced;
use crate::method::{Known, Method, Outcome};
use crate::plan::{Bad, ImportanceMap, Samples, Span, Strata, StratifiedSample};
use crate::points::{Periodization, PointSet};
use crate::precision::Precision;
use crate::reduce::Moments;
use crate::verify::{Checked, Weighed};
use check::{Check, scaled, spot, verified};

/// Points that are looked at to see what an arithmetic keeps.
const POINTS: u64 = 512;

/// The part of the tolerance that an arithmetic may take where the choice is ours: the rest is for what samples scatter.
const SHARE: f64 = 0.1;

/// Squared deviations of a value below which single precision may have lost them.
const LOST: f64 = 1e-34;

/// Samples of one integral on a device.
struct OnDevice<'a> {
    with: &'a Integrator,
    domain: &'a Domain<'a>,
    traced: Traced,
    bounded: Bounded,
    device: Device,
    precision: Precision,
    floor: f64,
    /// Made when the points are known.
    kernel: Option<(Periodization, GpuSamples)>,
    strata: Option<GpuStrata>,
    verify: Verify,
    checked: Checked,
    fallbacks: Vec<Fallback>,
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
        let Prepared { traced, bounded, device, precision, floor } = Prepared::new(self, domain)?;
        let verify = self.verify.unwrap_or(Verify::Spot);
        Ok(OnDevice {
            with: self,
            domain,
            traced,
            bounded,
            device,
            precision,
            floor,
            kernel: None,
            strata: None,
            verify,
            checked: Checked::NOTHING,
            fallbacks: Vec::new(),
        })
    }
}

/// What all methods over boxes begin with.
pub(super) struct Prepared {
    pub traced: Traced,
    pub bounded: Bounded,
    pub device: Device,
    pub precision: Precision,
    /// What the arithmetic may make of the integrand, in units of the integral.
    pub floor: f64,
}

impl Prepared {
    pub fn new(with: &Integrator, domain: &Domain) -> Result<Self, GpuError> {
        let traced = domain.values.traced().ok_or(GpuError::NotTraceable)?;
        let device = with.opened(domain.start)?;
        let bounded = Bounded::from(traced.clone());
        let set = PointSet::Random { seed: with.seed };
        let plan = Samples { set: &set, replicates: 1, first: 0, count: POINTS, periodization: Periodization::None };
        let points = points(&plan, domain, (0, 0, POINTS));
        let floor = |precision| {
            Floor::sampled(&bounded, points.iter(), domain.wanted.volume, rounding(Backend::Gpu, precision))
        };
        let precision = match with.precision {
            Precision::Auto if with.method == Method::Vegas => Precision::F64,
            Precision::Auto => enough(&device, domain, floor)?,
            precision => precision,
        };
        device.supports(precision)?;
        let mut error = 0.0;
        if precision != Precision::F64 {
            let floor = floor(precision);
            error = floor.error;
            match floor.beyond {
                Some(Beyond::Range(value)) => {
                    let what = "a value on the way to the integrand at x =";
                    return Err(GpuError::OutOfRange { what, value, precision });
                }
                Some(Beyond::Rounding(point)) => return Err(GpuError::Unsure { precision, point }),
                None => {}
            }
        }
        Ok(Self { traced, bounded, device, precision, floor: error })
    }
}

/// The fastest arithmetic that keeps the tolerance, or the most exact there is.
fn enough(device: &Device, domain: &Domain, floor: impl Fn(Precision) -> Floor) -> Result<Precision, GpuError> {
    let keeps = |precision| {
        device.supports(precision).is_ok() && {
            let floor = floor(precision);
            floor.beyond.is_none() && floor.error <= SHARE * domain.wanted.tolerance.at(floor.estimate)
        }
    };
    if keeps(Precision::F32) {
        return Ok(Precision::F32);
    }
    match device.supports(Precision::F64) {
        Ok(()) if keeps(Precision::F32x2) => {
            let faster = device.rate(Precision::F32x2)? > device.rate(Precision::F64)?;
            Ok(if faster { Precision::F32x2 } else { Precision::F64 })
        }
        Ok(()) => Ok(Precision::F64),
        Err(_) if device.supports(Precision::F32x2).is_ok() => Ok(Precision::F32x2),
        Err(_) => Ok(Precision::F32),
    }
}

/// The points of a span.
fn points(plan: &Samples, domain: &Domain, span: Span) -> Weighed {
    let (dimension, count) = (domain.axes.len(), span.2 as usize);
    let (mut coordinates, mut weights) = (Vec::with_capacity(count * dimension), Vec::with_capacity(count));
    plan.for_each_point(domain.axes, span, |point, slope| {
        coordinates.extend_from_slice(point);
        weights.push(slope);
    });
    Weighed { dimension, coordinates, weights }
}

impl Rounds for OnDevice<'_> {
    fn round(&mut self, plan: &Samples, before: u64) -> Result<Vec<Moments>, End> {
        let begin = || Part { moments: vec![Moments::IDENTITY; plan.replicates], tiles: 0, evaluations: 0, bad: None };
        let (mut progress, checked) = (begin(), self.checked);
        loop {
            let found = self.advance(plan, before, &mut progress).and_then(|()| self.judge(plan, before, &progress));
            match found {
                Ok(None) => return Ok(progress.moments),
                Ok(Some(end)) => return Err(end),
                Err(error) => {
                    if self.recover(&error)? == Again::FromTheStart {
                        (progress, self.checked) = (begin(), checked);
                    }
                }
            }
        }
    }

    fn iteration(&mut self, map: &ImportanceMap, strata: &Strata, before: u64) -> Result<StratifiedSample, End> {
        let checked = self.checked;
        loop {
            match self.pass(map, strata, before) {
                Ok(found) => return found,
                Err(error) => self.recover(&error)?,
            };
            self.checked = checked;
        }
    }

    fn floor(&self) -> f64 {
        self.floor
    }

    fn sign(&self, integral: &mut Integral) {
        (integral.backend, integral.adapter) = (Backend::Gpu, Some(self.device.info().name.clone()));
        integral.precision = self.precision;
        integral.fallbacks.extend_from_slice(&self.fallbacks);
        if self.verify != Verify::Off && integral.status.is_success() {
            integral.agreement = Some(self.checked.agreement(self.verify));
        }
    }

    fn whole(&self, known: &Known) -> Option<Disagreement> {
        let axis = &self.domain.axes[0];
        let each = self.domain.wanted.volume / known.counted as f64;
        let found = self.checked.whole_mesh((axis.lower, axis.upper), known.estimate / each);
        // Not all samples of VEGAS count, nor do they count the same; nor do those of two periodizations.
        found
            .filter(|_| self.verify == Verify::Full && self.with.method != Method::Vegas)
            .filter(|_| known.counted == known.evaluations)
            .map(|found| scaled(found, each))
    }
}

impl OnDevice<'_> {
    fn note(&mut self, wanted: String, error: &GpuError) {
        self.fallbacks.push(Fallback { wanted, reason: error.to_string() });
    }

    /// Makes ready to go on after an error, or says why that is the end.
    fn recover(&mut self, error: &GpuError) -> Result<Again, End> {
        let failed = || End::Failed(error.to_string());
        let again = match error {
            GpuError::Stopped => {
                return Err(self.with.control.stop(self.domain.start).map_or_else(failed, End::Stopped));
            }
            // Another device, once, from where the lost one has come to; not in place of the caller's own.
            _ if error.is_loss() && self.with.device.is_none() && self.fallbacks.is_empty() => {
                self.note(self.device.info().name.clone(), error);
                self.device = self.with.opened(self.domain.start).map_err(|_| failed())?;
                Again::FromHere
            }
            // A more exact arithmetic, where the choice is ours.
            GpuError::NotFinite { .. } | GpuError::OutOfRange { .. } if self.may_be_more_exact() => {
                self.note(self.precision.to_string(), error);
                self.precision = Precision::F64;
                Again::FromTheStart
            }
            _ => return Err(failed()),
        };
        (self.kernel, self.strata) = (None, None);
        Ok(again)
    }

    fn may_be_more_exact(&self) -> bool {
        self.with.precision == Precision::Auto
            && self.precision != Precision::F64
            && self.device.supports(Precision::F64).is_ok()
    }

    /// Samples the tiles that are still missing.
    fn advance(&mut self, plan: &Samples, before: u64, progress: &mut Part) -> Result<(), GpuError> {
        let Self { with, domain, traced, bounded, device, precision, verify, checked, .. } = self;
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
        let again = Check {
            domain,
            bounded,
            device,
            traced,
            precision: *precision,
            weights: 0.0,
            volume: domain.wanted.volume,
        };
        let bad = std::cell::Cell::new(None);
        let wrong = std::cell::Cell::new(checked.failed.is_some());
        let stop = || bad.get().is_some() || wrong.get() || control.stop(start).is_some();
        kernel.run(plan, progress.tiles, &stop, &mut |first, tiles| {
            let check = |tile: u64| match tiles[(tile - first) as usize] {
                Some(moments) => again.tile(tile, &points(plan, domain, cut.tile(tile)), moments.sum),
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
            *checked = checked.combine(verified(*verify, spot, first..end, domain, &check));
            wrong.set(checked.failed.is_some() || checked.not_finite.is_some());
            if end < cut.tiles() {
                control.report(before + progress.evaluations, with.max_evaluations);
            }
        })?;
        progress.bad = bad.get();
        Ok(())
    }

    /// The end that a round means, if any; an error where it is not whole.
    fn judge(&self, plan: &Samples, before: u64, progress: &Part) -> Result<Option<End>, GpuError> {
        let cut = GpuSamples::cut(plan);
        if let Some(disagreement) = self.checked.failed {
            return Ok(Some(End::Wrong(disagreement)));
        }
        if let Some(tile) = progress.bad {
            return self.explain(&points(plan, self.domain, cut.tile(tile))).map(Some);
        }
        // The points of the CPU are the points; where it finds a pole, and the GPU beside it a number, that is no sum.
        if self.checked.not_finite.is_some() {
            let spot = spot(cut.tiles(), self.with.seed, before);
            let mut checked = if self.verify == Verify::Spot { spot..spot + 1 } else { 0..progress.tiles };
            let pole = |tile| self.pole(&points(plan, self.domain, cut.tile(tile)));
            return Ok(checked.find_map(pole).map(End::Bad));
        }
        if progress.tiles < cut.tiles() {
            return Err(GpuError::Stopped);
        }
        // Squares that are lost would make the scatter of the samples look small.
        let all = progress.moments.iter().fold(Moments::IDENTITY, |all, &moments| all.combine(moments));
        if self.precision != Precision::F64 && all.high > all.low && all.deviations < LOST * all.count {
            let (what, value) = ("the square of a difference of values,", all.high - all.low);
            return Err(GpuError::OutOfRange { what, value, precision: self.precision });
        }
        Ok(None)
    }

    /// The first of some points where the integrand is not finite, by its definition.
    fn pole(&self, points: &Weighed) -> Option<Bad> {
        points.iter().find_map(|(point, slope)| {
            let value = self.domain.values.scalar(point) * slope;
            (!value.is_finite()).then(|| Box::new((point.to_vec(), value)))
        })
    }

    /// What points without a sum mean: a pole, or a sum that overflows on the CPU as well; an error where it has one there.
    fn explain(&self, points: &Weighed) -> Result<End, GpuError> {
        if let Some(bad) = self.pole(points) {
            return Ok(End::Bad(bad));
        }
        let precision = self.precision;
        let mut values = vec![0.0; points.weights.len()];
        evaluate_traced(&self.device, &self.traced, precision, &points.coordinates, &mut values)?;
        let mut largest = 0.0f64;
        for ((point, weight), value) in points.iter().zip(values) {
            let right = self.domain.values.scalar(point);
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

/// Where to go on after an error.
#[derive(Clone, Copy, PartialEq)]
enum Again {
    FromHere,
    FromTheStart,
}
