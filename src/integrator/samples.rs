//! Integrals by sampling: rounds of tiles, spread over threads, put together in the order of tiles.

use super::Integrator;
use super::composite::stopped;
use super::rounds::status;
use crate::agreement::Disagreement;
use crate::backend::simd::samples::{SampleDesk, SimdSamples};
use crate::backend::{Backend, threads::Threads};
use crate::clock::Instant;
use crate::control::Stop;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::estimate::statistics::{CLAIM, CONFIDENCE};
use crate::integral::{Fallback, Integral, Statistics, Status};
use crate::integrand::point_values::PointValues;
use crate::lanes::{Level, Token};
use crate::method::{Known, Method, MonteCarlo, Outcome, QuasiMonteCarlo, Sampling, Vegas, Wanted};
use crate::plan::{Axis, Bad, Sampled, Samples, StratifiedSample};
use crate::points::{MOST_OF_LATTICE, MOST_OF_SOBOL};
use crate::reduce::Moments;
use std::cell::Cell;
use std::sync::Mutex;

/// The relative tolerance where none is given: what sampling reaches.
const TOLERANCE: f64 = 1e-3;

/// Seconds of work from which waking threads pays.
const WORTHWHILE: f64 = 100e-6;

/// Tiles between two reports of progress.
const CHUNK: u64 = 256;

/// The coordinates that random numbers are given to.
const MOST_DIMENSIONS: usize = 1000;

impl Method {
    /// The most coordinates of a method that samples; `None` of another.
    pub(super) fn most_sampled(self) -> Option<usize> {
        match self {
            Method::Lattice => Some(MOST_OF_LATTICE),
            Method::Sobol => Some(MOST_OF_SOBOL),
            Method::MonteCarlo | Method::Vegas => Some(MOST_DIMENSIONS),
            _ => None,
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
#[cfg_attr(not(feature = "gpu"), allow(dead_code))]
pub(super) trait Rounds {
    /// The moments of each replicate; `before` evaluations were done before.
    fn round(&mut self, plan: &Samples, before: u64) -> Result<Vec<Moments>, End>;

    /// The error that its arithmetic may make, in units of the integral.
    fn floor(&self) -> f64;

    /// Says who it is, and what it found.
    fn sign(&self, integral: &mut Integral);

    /// The disagreement of the estimate with the reference, where all was computed again.
    fn whole(&self, known: &Known) -> Option<Disagreement>;
}

/// Why it is over.
#[cfg_attr(not(feature = "gpu"), allow(dead_code))]
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
        if self.max_evaluations == 0 {
            return Err(Error::NoEvaluations);
        }
        let wanted = Wanted {
            tolerance: Tolerance {
                absolute: self.abs_tol.unwrap_or(0.0),
                relative: self.rel_tol.unwrap_or(if self.abs_tol.is_some() { 0.0 } else { TOLERANCE }),
            },
            most: self.max_evaluations,
            volume: axes.iter().map(|axis| axis.upper - axis.lower).product(),
            seed: self.seed,
            floor: 0.0,
        };
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
            Err(reason) => return Err(Error::BackendUnavailable { backend: Backend::Gpu, reason }),
        };
        integral.fallbacks.push(Fallback { wanted: Backend::Gpu.to_string(), reason });
        integral.fallbacks.extend(self.box_fallbacks());
        self.judged(cpu(integral)?)
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
        let no_threads = None;
        let mut drive = Drive { with: self, kernel, threads, seconds: 0.0, start, no_threads, rounds, given_up: None };
        let (known, end) = match self.method {
            Method::Lattice => drive.rounds(&mut QuasiMonteCarlo::lattice(wanted, axes.len())),
            Method::Sobol => drive.rounds(&mut QuasiMonteCarlo::sobol(wanted, axes.len())),
            Method::MonteCarlo => drive.rounds(&mut MonteCarlo::new(wanted)),
            _ => drive.iterations(&mut Vegas::new(wanted, axes)),
        };
        let Drive { rounds, given_up, no_threads, .. } = drive;
        integral.threads = threads.count();
        if let Some(reason) = no_threads {
            integral.fallbacks.push(Fallback { wanted: format!("{} threads", integral.threads), reason });
            integral.threads = 1;
        }
        (integral.estimate, integral.error, integral.evaluations) =
            (sign * known.estimate, known.error, known.evaluations);
        integral.regions = u64::from(known.estimates > 0);
        integral.statistics = Some(Box::new(Statistics {
            method: self.method.to_string(),
            seed: self.seed,
            estimates: known.estimates,
            standard_deviations: CLAIM,
            confidence: CONFIDENCE,
            chi_squared: known.chi_squared.map(|(chi_squared, _)| chi_squared),
            degrees_of_freedom: known.chi_squared.map(|(_, freedom)| freedom),
        }));
        let mut wrong = None;
        integral.status = match end {
            End::Outcome(Outcome::RoundoffLimited) if wanted.floor > 0.0 => {
                let tolerance = Some(wanted.tolerance.at(known.estimate));
                Status::PrecisionFloor { floor: wanted.floor, tolerance }
            }
            End::Outcome(outcome) => status(outcome),
            End::Bad(bad) => {
                let (point, value) = *bad;
                integral.bad_point = point;
                Status::NonFinite { point: integral.bad_point[0], value }
            }
            End::Stopped(stop) => stopped(stop, if known.estimates == 0 { f64::NAN } else { axes[0].upper }),
            End::Wrong(disagreement) => {
                wrong = Some(disagreement);
                Status::Suspicious { reason: WRONG }
            }
            End::Failed(reason) => return Err(Error::BackendUnavailable { backend: Backend::Gpu, reason }),
        };
        if let Some(rounds) = rounds {
            // Of what it has done, if it has done anything.
            if !matches!(given_up, Some((_, 0))) {
                rounds.sign(&mut integral);
            }
            if let Some((reason, evaluations)) = given_up {
                let after = if evaluations > 0 { format!(", after {evaluations} evaluations") } else { String::new() };
                let fallback = Fallback { wanted: Backend::Gpu.to_string(), reason: reason + &after };
                integral.fallbacks.insert(0, fallback);
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

/// An integration under way.
struct Drive<'a> {
    with: &'a Integrator,
    kernel: SimdSamples<'a>,
    threads: &'a Threads,
    /// What an evaluation took on one thread.
    seconds: f64,
    start: Instant,
    /// Why there are no threads, where there are none.
    no_threads: Option<String>,
    /// Who evaluates instead of the CPU; and why it does so no more, and since how many evaluations.
    rounds: Option<Box<dyn Rounds + 'a>>,
    given_up: Option<(String, u64)>,
}

thread_local! {
    static DESK: Cell<SampleDesk> = Cell::default();
}

/// With the memory of this thread.
fn at_desk<T>(work: impl FnOnce(&mut SampleDesk) -> T) -> T {
    let mut desk = DESK.take();
    let done = work(&mut desk);
    DESK.set(desk);
    done
}

impl Drive<'_> {
    /// Rounds of a set of points.
    fn rounds(&mut self, method: &mut dyn Sampling) -> (Known, End) {
        loop {
            let moments = match self.round(&method.next(), method.known().evaluations) {
                Ok(moments) => moments,
                Err(end) => return (*method.known(), end),
            };
            let outcome = method.absorb(&moments);
            self.report(method.known());
            if let Some(outcome) = outcome {
                return (*method.known(), End::Outcome(outcome));
            }
        }
    }

    fn report(&self, known: &Known) {
        self.with.control.report(known.evaluations, self.with.max_evaluations);
    }

    /// The moments of each replicate.
    fn round(&mut self, plan: &Samples, before: u64) -> Result<Vec<Moments>, End> {
        if let Some(rounds) = self.rounds.as_mut().filter(|_| self.given_up.is_none()) {
            match rounds.round(plan, before) {
                // The rounds before stay.
                Err(End::Failed(reason)) if self.with.fallback => self.given_up = Some((reason, before)),
                result => return result,
            }
        }
        let cut = plan.cut();
        let mut moments = vec![Moments::IDENTITY; plan.replicates];
        let mut tiles = vec![Sampled::default(); cut.tiles().min(CHUNK) as usize];
        let mut done = 0;
        for from in (0..cut.tiles()).step_by(CHUNK as usize) {
            let to = (from + CHUNK).min(cut.tiles());
            let tiles = &mut tiles[..(to - from) as usize];
            let share = plan.evaluations() as f64 * (to - from) as f64 / cut.tiles() as f64;
            self.work(Tiles { from, out: tiles }, share, |index, desk, kernel| kernel.tile(plan, index, desk))?;
            for (index, tile) in (from..to).zip(tiles) {
                if let Some(bad) = tile.bad.take() {
                    return Err(End::Bad(bad));
                }
                let (replicate, _, count) = cut.tile(index);
                moments[replicate] = moments[replicate].combine(tile.moments);
                done += count;
            }
            if to < cut.tiles() {
                self.with.control.report(before + done, self.with.max_evaluations);
            }
        }
        Ok(moments)
    }

    /// Iterations of VEGAS.
    fn iterations(&mut self, method: &mut Vegas) -> (Known, End) {
        loop {
            let (map, strata) = method.next();
            let ranges = strata.tiles();
            let mut tiles = vec![StratifiedSample::default(); ranges.len()];
            let (control, start) = (&self.with.control, self.start);
            let stop = || control.stop(start).is_some();
            let work = self.work(Tiles { from: 0, out: &mut tiles }, strata.evaluations() as f64, |i, desk, kernel| {
                kernel.stratified(map, strata, ranges[i as usize].clone(), &stop, desk)
            });
            if let Err(end) =
                work.and_then(|()| self.with.control.stop(start).map_or(Ok(()), |stop| Err(End::Stopped(stop))))
            {
                return (*method.known(), end);
            }
            if let Some(bad) = tiles.iter_mut().find_map(|tile| tile.bad.take()) {
                return (*method.known(), End::Bad(bad));
            }
            let sample = tiles.into_iter().fold(StratifiedSample::default(), StratifiedSample::combine);
            let outcome = method.absorb(&sample);
            self.report(method.known());
            if let Some(outcome) = outcome {
                return (*method.known(), End::Outcome(outcome));
            }
        }
    }

    /// `each` tile, on threads if that pays for so many evaluations.
    fn work<T: Send>(
        &mut self,
        tiles: Tiles<T>,
        evaluations: f64,
        each: impl Fn(u64, &mut SampleDesk, &SimdSamples) -> T + Sync,
    ) -> Result<(), End> {
        let Self { with, kernel, threads, seconds, start, no_threads, .. } = self;
        let (control, kernel, start) = (&with.control, &*kernel, *start);
        let stopped = Mutex::new(None);
        let piece = |tiles: Tiles<T>| {
            for (index, out) in (tiles.from..).zip(tiles.out) {
                if let Some(stop) = control.stop(start) {
                    *stopped.lock().unwrap_or_else(|lock| lock.into_inner()) = Some(stop);
                    return;
                }
                *out = at_desk(|desk| each(index, desk, kernel));
            }
        };
        let mut tiles = Some(tiles);
        if threads.count() > 1 && no_threads.is_none() && *seconds * evaluations > WORTHWHILE {
            let work = || {
                if let Some(tiles) = tiles.take() {
                    threads.pieces(tiles, &Tiles::halves, &piece);
                }
            };
            *no_threads = threads.run(work).err();
        }
        if let Some(tiles) = tiles {
            let began = Instant::now();
            piece(tiles);
            *seconds = began.elapsed().as_secs_f64() / evaluations;
        }
        match stopped.into_inner().unwrap_or_else(|lock| lock.into_inner()) {
            Some(stop) => Err(End::Stopped(stop)),
            None => Ok(()),
        }
    }
}

/// Tiles from `from` on, and the places for what they give.
struct Tiles<'a, T> {
    from: u64,
    out: &'a mut [T],
}

impl<T> Tiles<'_, T> {
    fn halves(self) -> Result<(Self, Self), Self> {
        if self.out.len() < 2 {
            return Err(self);
        }
        let half = self.out.len() / 2;
        let (first, second) = self.out.split_at_mut(half);
        Ok((Self { from: self.from, out: first }, Self { from: self.from + half as u64, out: second }))
    }
}
