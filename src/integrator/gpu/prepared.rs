//! What all methods over boxes have on a GPU: the integrand there, the arithmetic, what was found; and where to go on
//! after an error.

use super::super::Integrator;
use super::super::floor::{Beyond, Floor, rounding};
use super::super::samples::{Domain, End};
use crate::agreement::Verify;
use crate::backend::Backend;
use crate::backend::gpu::{Device, GpuError};
use crate::integral::{Fallback, Integral};
use crate::integrand::bound::Bounded;
use crate::integrand::formula::Traced;
use crate::method::Method;
use crate::plan::{Samples, Span};
use crate::points::{Periodization, PointSet};
use crate::precision::Precision;
use crate::verify::{Checked, Weighed};

/// Points that are looked at to see what an arithmetic keeps.
const POINTS: u64 = 512;

/// The part of the tolerance that an arithmetic may take where the choice is ours: the rest is for what samples
/// scatter.
const SHARE: f64 = 0.1;

/// One integral over a box, on a device.
pub(super) struct Prepared<'a> {
    pub with: &'a Integrator,
    pub domain: &'a Domain<'a>,
    pub traced: Traced,
    pub bounded: Bounded,
    pub device: Device,
    pub precision: Precision,
    /// What the arithmetic may make of the integrand, in units of the integral.
    pub floor: f64,
    pub verify: Verify,
    pub checked: Checked,
    fallbacks: Vec<Fallback>,
}

/// Where to go on after an error.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Again {
    FromHere,
    FromTheStart,
}

impl<'a> Prepared<'a> {
    pub fn new(with: &'a Integrator, domain: &'a Domain<'a>) -> Result<Self, GpuError> {
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
        Ok(Self {
            with,
            domain,
            traced,
            bounded,
            device,
            precision,
            floor: error,
            verify: with.verify.unwrap_or(Verify::Spot),
            checked: Checked::NOTHING,
            fallbacks: Vec::new(),
        })
    }

    /// Makes ready to go on after an error, with nothing that was made on the device before; or says why that is the
    /// end.
    pub fn recover(&mut self, error: &GpuError) -> Result<Again, End> {
        let failed = || End::Failed(error.to_string());
        match error {
            GpuError::Stopped => Err(self.with.control.stop(self.domain.start).map_or_else(failed, End::Stopped)),
            // A more exact arithmetic, where the choice is ours.
            GpuError::NotFinite { .. } | GpuError::OutOfRange { .. } if self.may_be_more_exact() => {
                self.fallbacks.push(Fallback::new(self.precision, error.to_string()));
                self.precision = Precision::F64;
                Ok(Again::FromTheStart)
            }
            _ => {
                let Self { with, device, fallbacks, .. } = self;
                with.replace(device, fallbacks, error.clone(), self.domain.start).map_err(|_| failed())?;
                Ok(Again::FromHere)
            }
        }
    }

    fn may_be_more_exact(&self) -> bool {
        self.with.precision == Precision::Auto
            && self.precision != Precision::F64
            && self.device.supports(Precision::F64).is_ok()
    }

    /// Says where it was computed, and what was found.
    pub fn sign(&self, integral: &mut Integral) {
        (integral.backend, integral.adapter) = (Backend::Gpu, Some(self.device.info().name.clone()));
        integral.precision = self.precision;
        integral.fallbacks.extend_from_slice(&self.fallbacks);
        if self.verify != Verify::Off && integral.status.is_success() && self.checked.evaluations > 0 {
            integral.agreement = Some(self.checked.agreement(self.verify));
        }
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
pub(super) fn points(plan: &Samples, domain: &Domain, span: Span) -> Weighed {
    let (dimension, count) = (domain.axes.len(), span.2 as usize);
    let (mut coordinates, mut weights) = (Vec::with_capacity(count * dimension), Vec::with_capacity(count));
    plan.for_each_point(domain.axes, span, |point, slope| {
        coordinates.extend_from_slice(point);
        weights.push(slope);
    });
    Weighed { dimension, coordinates, weights }
}
