//! Integrals by sampling: rounds of tiles, spread over threads, put together in the order of tiles.

mod drive;
mod line;
mod vector;

use super::Integrator;
use super::answer::status;
use super::composite::stopped_whole;
use crate::agreement::Disagreement;
use crate::backend::simd::samples::SimdSamples;
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::control::Stop;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::estimate::statistics::REPLICATES;
use crate::integral::{Fallback, Integral, Status};
use crate::integrand::point_values::PointValues;
use crate::lanes::{Level, Token};
use crate::method::{Known, Method, Outcome, Wanted};
use crate::plan::{Axis, Bad, ImportanceMap, Samples, Strata, StratifiedSample};
use crate::points::{MOST_OF_LATTICE, MOST_OF_SOBOL};
use crate::reduce::Moments;
pub(super) use drive::{Drive, Sampler};

/// The relative tolerance where none is given: what sampling reaches.
const TOLERANCE: f64 = 1e-3;

/// The coordinates that random numbers are given to.
pub(super) const MOST_RANDOM: usize = 1000;

impl Method {
    /// The most coordinates of a method that samples; `None` of another.
    #[inline]
    pub(super) fn most_sampled(self) -> Option<usize> {
        match self {
            Method::Lattice => Some(MOST_OF_LATTICE),
            Method::Sobol => Some(MOST_OF_SOBOL),
            Method::MonteCarlo | Method::Vegas => Some(MOST_RANDOM),
            _ => None,
        }
    }

    /// The evaluations of the first round of a method that samples, at least: eight points of each replicate, a vector
    /// of values, two vectors in strata.
    pub(super) fn least_sampled(self) -> u64 {
        match self {
            Method::Lattice | Method::Sobol => 8 * REPLICATES as u64,
            Method::MonteCarlo => 8,
            _ => 16,
        }
    }
}

/// A box to sample, and what is known of it.
pub(super) struct Domain<'a> {
    pub values: &'a dyn PointValues,
    pub axes: &'a [Axis],
    /// Of bounds that were reversed.
    pub sign: f64,
    pub wanted: Wanted,
    pub threads: &'a Threads,
    pub start: Instant,
}

/// Who evaluates rounds in place of the CPU.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(super) trait Rounds {
    /// The moments of each replicate; `before` evaluations were done before.
    fn round(&mut self, plan: &Samples, before: u64) -> Result<Vec<Moments>, End>;

    /// The same for an iteration of VEGAS.
    fn iteration(&mut self, map: &ImportanceMap, strata: &Strata, before: u64) -> Result<StratifiedSample, End>;

    /// The error that its arithmetic may make, in units of the integral.
    fn floor(&self) -> f64;

    /// Says who it is, and what it found.
    fn sign(&self, integral: &mut Integral);

    /// The disagreement of the estimate with the reference, where all was computed again.
    fn whole(&self, known: &Known) -> Option<Disagreement>;
}

/// Why it is over.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(super) enum End {
    Outcome(Outcome),
    Bad(Bad),
    Stopped(Stop),
    /// Who evaluates instead of the CPU is wrong.
    Wrong(Disagreement),
    /// Or cannot go on.
    Failed(String),
}

const WRONG: &str = "the GPU and the serial reference disagree";

impl End {
    /// Writes down the status, and whether anything is `known` if it was stopped.
    pub fn tell(self, known: bool, integral: &mut Integral) {
        (integral.status, integral.bad_point) = self.status(known);
    }

    /// The status, and the point at which the integrand is not finite, where that is why.
    pub fn status(self, known: bool) -> (Status, Vec<f64>) {
        let status = match self {
            End::Outcome(outcome) => status(outcome),
            End::Bad(bad) => {
                let (point, value) = *bad;
                return (Status::NonFinite { point: point[0], value }, point);
            }
            End::Stopped(stop) => stopped_whole(stop, known),
            End::Wrong(_) | End::Failed(_) => Status::Suspicious { reason: WRONG },
        };
        (status, Vec::new())
    }
}

impl Integrator {
    /// The integral over a box that was looked at, by the method chosen. Compiled once, whatever the integrand.
    #[inline(never)]
    pub(super) fn over_samples(
        &self,
        values: &dyn PointValues,
        level: Level,
        token: Token,
        axes: &[Axis],
        sign: f64,
        mut integral: Integral,
    ) -> Result<Integral, Error> {
        self.check_limit(self.method)?;
        let wanted = self.wanted(axes, TOLERANCE);
        let serial = self.backend == Backend::Serial;
        let threads = &if serial { Threads::new(Some(1))? } else { Threads::new(self.threads)? };
        integral.level = (!serial).then_some(level);
        let domain = Domain { values, axes, sign, wanted, threads, start: Instant::now() };
        let cpu = |integral| self.sampled(&domain, token, None, integral).map(|(integral, _)| integral);
        if self.backend != Backend::Gpu {
            return self.judged(cpu(integral)?);
        }
        let reason = match self.rounds_on_gpu(&domain) {
            Ok(rounds) => match self.sampled(&domain, token, Some(rounds), integral.clone())? {
                (_, Some(disagreement)) if self.fallback => disagreement.to_string(),
                (integral, Some(disagreement)) => return Err(Error::Disagreement(Box::new(integral), disagreement)),
                (found, None) if self.fallback && matches!(found.status, Status::PrecisionFloor { .. }) => {
                    found.status.to_string()
                }
                (integral, None) => return self.judged(integral),
            },
            // As the CPU will see.
            Err(reason) if self.fallback || self.control.stop(domain.start).is_some() => reason,
            Err(reason) => return Err(Error::no_gpu(reason)),
        };
        integral.fallbacks.push(Fallback::new(Backend::Gpu, reason));
        integral.fallbacks.extend(self.box_fallbacks());
        self.judged(cpu(integral)?)
    }

    /// Refuses a limit on evaluations below what the first round of a method takes.
    pub(super) fn check_limit(&self, method: Method) -> Result<(), Error> {
        let (most, least) = (self.max_evaluations, method.least_sampled());
        if most < least { Err(Error::FewEvaluations { most, least }) } else { Ok(()) }
    }

    /// What is asked of a method that samples, with this relative tolerance where none is given.
    pub(super) fn wanted(&self, axes: &[Axis], tolerance: f64) -> Wanted {
        let relative = self.rel_tol.unwrap_or(if self.abs_tol.is_some() { 0.0 } else { tolerance });
        Wanted {
            tolerance: Tolerance { absolute: self.abs_tol.unwrap_or(0.0), relative },
            most: self.max_evaluations,
            bytes: self.bytes_of_vegas(),
            volume: axes.iter().map(|axis| axis.upper - axis.lower).product(),
            seed: self.seed,
            floor: 0.0,
            elsewhere: 0.0,
        }
    }

    /// The same by the CPU, or by `rounds` as long as these go on.
    fn sampled<'a>(
        &'a self,
        domain: &Domain<'a>,
        token: Token,
        rounds: Option<Box<dyn Rounds + 'a>>,
        mut integral: Integral,
    ) -> Result<(Integral, Option<Disagreement>), Error> {
        let Domain { values, axes, threads, start, sign, .. } = *domain;
        let kernel = SimdSamples { values, axes, token };
        let wanted = Wanted { floor: rounds.as_ref().map_or(0.0, |rounds| rounds.floor()), ..domain.wanted };
        let mut sampler = Sampler::new(self.method, wanted, axes, self.learnt.as_deref());
        let mut drive = Drive::new(self, kernel, threads, start);
        drive.rounds = rounds;
        let end = loop {
            if let Some(end) = drive.round(&mut sampler) {
                break end;
            }
        };
        let known = *sampler.known();
        integral.evaluations = known.evaluations;
        drive.tell(self.method, &sampler, sign, &mut integral);
        let mut wrong = None;
        match end {
            End::Outcome(Outcome::RoundoffLimited) if wanted.floor > 0.0 => {
                let tolerance = Some(wanted.tolerance.at(known.estimate));
                integral.status = Status::PrecisionFloor { floor: wanted.floor, tolerance };
            }
            End::Wrong(disagreement) => {
                wrong = Some(disagreement);
                integral.status = Status::Suspicious { reason: WRONG };
            }
            End::Failed(reason) => return Err(Error::no_gpu(reason)),
            end => end.tell(known.estimates > 0, &mut integral),
        }
        let Drive { rounds, given_up, .. } = drive;
        if let Some(rounds) = rounds {
            // Of what it has done, if it has done anything.
            if !matches!(given_up, Some((_, 0))) {
                rounds.sign(&mut integral);
            }
            if let Some((reason, evaluations)) = given_up {
                integral.fallbacks.insert(0, Fallback::gpu_given_up(reason, evaluations));
                integral.fallbacks.extend(self.box_fallbacks());
            } else {
                (integral.level, integral.threads) = (None, 1);
                wrong = wrong.or_else(|| rounds.whole(&known).filter(|_| integral.status.is_success()));
            }
        }
        integral.elapsed = start.elapsed();
        Ok((integral, wrong))
    }
}
