//! A method that takes part in a race.

use crate::estimate::Tolerance;
use crate::integrator::answer::TINY;
use crate::integrator::cubature::Drive as Boxes;
use crate::integrator::samples::{End, Sampler};
use crate::method::{Forecast, Method, Outcome};

/// The evaluations before cubature is judged: a share of the limit, but so many at least.
const SHARE: u64 = 32;
const LEAST: u64 = 1 << 15;

/// How many times more evaluations than are left cubature may be forecast to need, times the share of the limit that it
/// has used: it is slow until boxes are smaller than what is in them.
const DOUBT: f64 = 0.5;

/// A method that samples is to claim less than the tolerance by this factor: of many that just meet it, one is wrong.
const MARGIN: f64 = 1.5;

/// Claims that a forecast is made of.
const CLAIMS: usize = 3;

/// The rates at which errors fall: any of cubature, N^-1/2 and faster of samples.
const ANY: (f64, f64) = (0.0, 8.0);
const SAMPLES: (f64, f64) = (0.5, 3.0);

pub(super) enum Runner<'a> {
    Cubature(Box<Boxes<'a>>),
    Sampler(Sampler),
}

/// A method, and what is known of how it fares.
pub(super) struct Entrant<'a> {
    pub method: Method,
    pub runner: Runner<'a>,
    pub forecast: Forecast,
    pub end: Option<End>,
}

impl<'a> Entrant<'a> {
    pub fn new(method: Method, runner: Runner<'a>) -> Self {
        let rates = if matches!(runner, Runner::Cubature(_)) { ANY } else { SAMPLES };
        Self { method, runner, forecast: Forecast::new(rates), end: None }
    }

    pub fn is_cubature(&self) -> bool {
        matches!(self.runner, Runner::Cubature(_))
    }

    pub fn estimate(&self) -> f64 {
        match &self.runner {
            Runner::Cubature(drive) => drive.method.totals.estimate(),
            Runner::Sampler(sampler) => sampler.known().estimate,
        }
    }

    pub fn error(&self) -> f64 {
        match &self.runner {
            Runner::Cubature(drive) if drive.method.regions() == 0 => f64::INFINITY,
            Runner::Cubature(drive) => drive.method.totals.error(),
            Runner::Sampler(sampler) => sampler.known().error,
        }
    }

    /// Whether its claim means something.
    pub fn is_sound(&self) -> bool {
        match &self.runner {
            Runner::Cubature(drive) => {
                let saw_something = drive.method.regions() > 0 && drive.method.totals.magnitude >= TINY;
                saw_something && !matches!(self.end, Some(End::Outcome(Outcome::Suspicious(_))))
            }
            Runner::Sampler(sampler) => sampler.known().resolved,
        }
    }

    pub fn evaluations(&self) -> u64 {
        match &self.runner {
            Runner::Cubature(drive) => drive.method.evaluations,
            Runner::Sampler(sampler) => sampler.known().evaluations,
        }
    }

    /// The evaluations that its claim is made of.
    pub fn counted(&self) -> u64 {
        match &self.runner {
            Runner::Cubature(drive) => drive.method.evaluations,
            Runner::Sampler(sampler) => sampler.counted(),
        }
    }

    /// The evaluations of the next round.
    pub fn cost(&self) -> u64 {
        match &self.runner {
            Runner::Cubature(drive) => drive.method.cost(),
            Runner::Sampler(sampler) => sampler.cost(),
        }
    }

    /// Whether enough is known for a forecast, with a limit of `most` evaluations.
    pub fn is_ready(&self, most: u64) -> bool {
        match &self.runner {
            Runner::Cubature(_) => self.forecast.len() >= CLAIMS && self.evaluations() >= LEAST.max(most / SHARE),
            Runner::Sampler(Sampler::Points(_)) => self.forecast.len() >= CLAIMS,
            Runner::Sampler(Sampler::Vegas(_)) => self.forecast.len() > 0,
        }
    }

    /// The evaluations that it is forecast to need, of `most` in all; with the benefit of the doubt.
    pub fn needs(&self, tolerance: Tolerance, most: u64) -> f64 {
        let wanted = tolerance.at(self.estimate());
        match self.runner {
            Runner::Cubature(_) => {
                let doubt = DOUBT * most as f64 / self.evaluations() as f64;
                self.forecast.needs(wanted) / doubt.max(1.0)
            }
            Runner::Sampler(_) => self.forecast.needs(wanted / MARGIN),
        }
    }

    /// Whether this is the end, and not only that of this method.
    pub fn is_final(&self) -> bool {
        // Squares of a sampler may overflow where sums do not, and what rounding leaves of one method may be more than
        // all of another.
        use Outcome::{MaxEvaluations, MemoryLimit, Overflow, RoundoffLimited, Suspicious};
        let end = match &self.end {
            Some(End::Outcome(outcome)) => outcome,
            end => return end.is_some(),
        };
        !matches!(end, MaxEvaluations | MemoryLimit | Overflow | RoundoffLimited | Suspicious(_))
    }
}

/// What is asked of methods that sample.
pub(super) fn within(tolerance: Tolerance) -> Tolerance {
    Tolerance { absolute: tolerance.absolute / MARGIN, relative: tolerance.relative / MARGIN }
}
