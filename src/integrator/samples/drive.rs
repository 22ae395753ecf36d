//! Rounds of samples, spread over threads.

use super::line::step_along;
use super::{End, Rounds};
use crate::backend::simd::samples::{SampleDesk, SimdSamples};
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::estimate::statistics::{CLAIM, CONFIDENCE};
use crate::integral::{Fallback, Integral, Statistics};
use crate::integrator::Integrator;
use crate::integrator::composite::WORTHWHILE;
use crate::method::{Known, Method, MonteCarlo, Outcome, QuasiMonteCarlo, Sampling, Vegas, Wanted};
use crate::plan::{Axis, ImportanceMap, Sampled, Samples, Strata, StratifiedSample};
use crate::reduce::Moments;
use std::cell::Cell;
use std::sync::Mutex;

/// Tiles between two reports of progress.
pub(super) const CHUNK: u64 = 256;

/// A method that samples, with its state.
pub(in crate::integrator) enum Sampler {
    Points(Box<dyn Sampling>),
    Vegas(Box<Vegas>),
}

impl Sampler {
    /// `learnt` is for VEGAS to begin with.
    pub fn new(method: Method, wanted: Wanted, axes: &[Axis], learnt: Option<&ImportanceMap>) -> Self {
        match method {
            Method::Lattice => Self::Points(Box::new(QuasiMonteCarlo::lattice(wanted, axes.len()))),
            Method::Sobol => Self::Points(Box::new(QuasiMonteCarlo::sobol(wanted, axes.len()))),
            Method::MonteCarlo => Self::Points(Box::new(MonteCarlo::new(wanted))),
            _ => Self::Vegas(Box::new(Vegas::new(wanted, axes, learnt))),
        }
    }

    pub fn known(&self) -> &Known {
        match self {
            Self::Points(method) => method.known(),
            Self::Vegas(method) => method.known(),
        }
    }

    /// The evaluations that its claim is made of.
    pub fn counted(&self) -> u64 {
        match self {
            Self::Points(method) => method.known().evaluations,
            Self::Vegas(method) => method.known().counted,
        }
    }

    /// What VEGAS has learnt.
    fn map(&self) -> Option<ImportanceMap> {
        match self {
            Self::Points(_) => None,
            Self::Vegas(method) => Some(method.next().0.clone()),
        }
    }

    /// The evaluations of the next round.
    pub fn cost(&self) -> u64 {
        match self {
            Self::Points(method) => method.next().evaluations(),
            Self::Vegas(method) => method.next().1.evaluations(),
        }
    }

    /// Sets anew the most evaluations, and what another method has seen.
    pub fn allow(&mut self, most: u64, elsewhere: f64) {
        match self {
            Self::Points(method) => method.allow(most, elsewhere),
            Self::Vegas(method) => method.allow(most, elsewhere),
        }
    }
}

/// An integration under way.
pub(in crate::integrator) struct Drive<'a> {
    with: &'a Integrator,
    kernel: SimdSamples<'a>,
    threads: &'a Threads,
    /// Evaluations that were made by other methods.
    pub others: u64,
    /// What an evaluation took on one thread.
    seconds: f64,
    start: Instant,
    /// Why there are no threads, where there are none.
    pub(super) no_threads: Option<String>,
    /// Who evaluates instead of the CPU; and why it does so no more, and since how many evaluations.
    pub rounds: Option<Box<dyn Rounds + 'a>>,
    pub given_up: Option<(String, u64)>,
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

impl<'a> Drive<'a> {
    pub fn new(with: &'a Integrator, kernel: SimdSamples<'a>, threads: &'a Threads, start: Instant) -> Self {
        Self { with, kernel, threads, others: 0, seconds: 0.0, start, no_threads: None, rounds: None, given_up: None }
    }

    /// The next round; how it ended, if this was the last.
    pub fn round(&mut self, sampler: &mut Sampler) -> Option<End> {
        match sampler {
            Sampler::Points(method) => self.points(&mut **method),
            Sampler::Vegas(method) => self.iteration(method),
        }
    }

    /// Writes down the answer, but for evaluations and status.
    pub fn tell(&mut self, method: Method, sampler: &Sampler, sign: f64, integral: &mut Integral) {
        let known = sampler.known();
        integral.threads = self.threads.count();
        if let Some(reason) = self.no_threads.take() {
            integral.fallbacks.push(Fallback::threads(integral.threads, reason));
            integral.threads = 1;
        }
        let estimate = if known.estimates > 0 { sign * known.estimate } else { f64::NAN };
        (integral.estimate, integral.error) = (estimate, known.error);
        integral.regions = u64::from(known.estimates > 0);
        integral.method = Some(method);
        integral.statistics = Some(Box::new(Statistics {
            method: method.to_string(),
            seed: self.with.seed,
            estimates: known.estimates,
            standard_deviations: CLAIM,
            confidence: CONFIDENCE,
            chi_squared: known.chi_squared.map(|(chi_squared, _)| chi_squared),
            degrees_of_freedom: known.chi_squared.map(|(_, freedom)| freedom),
            importance_map: sampler.map(),
        }));
    }

    /// The next round of a set of points.
    fn points(&mut self, method: &mut dyn Sampling) -> Option<End> {
        let moments = match self.moments(&method.next(), method.known().evaluations) {
            Ok(moments) => moments,
            Err(end) => return Some(end),
        };
        let mut outcome = method.absorb(&moments);
        if let (Some(Outcome::Converged | Outcome::RoundoffLimited), Some(spacing)) = (outcome, method.spacing()) {
            let looked = step_along(&self.kernel, self.with.seed, spacing);
            if let Some(stop) = self.with.control.withheld(self.kernel.values.withheld(), self.start) {
                return Some(End::Stopped(stop));
            }
            match looked {
                Ok((step, evaluations)) => outcome = method.doubt(step, evaluations),
                Err(bad) => return Some(End::Bad(bad)),
            }
        }
        self.report(method.known());
        outcome.map(End::Outcome)
    }

    fn report(&self, known: &Known) {
        let (control, most) = (&self.with.control, self.with.max_evaluations);
        control.report_estimate(self.others + known.evaluations, most, known.estimate, known.error);
    }

    /// The moments of each replicate.
    fn moments(&mut self, plan: &Samples, before: u64) -> Result<Vec<Moments>, End> {
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
                self.with.control.report(self.others + before + done, self.with.max_evaluations);
            }
        }
        Ok(moments)
    }

    /// The next iteration of VEGAS; how it ended, if this was the last.
    fn iteration(&mut self, method: &mut Vegas) -> Option<End> {
        let (map, strata) = method.next();
        let sample = match self.stratified(map, strata, method.known().evaluations) {
            Ok(sample) => sample,
            Err(end) => return Some(end),
        };
        let outcome = method.absorb(&sample);
        self.report(method.known());
        outcome.map(End::Outcome)
    }

    /// The samples of an iteration.
    fn stratified(&mut self, map: &ImportanceMap, strata: &Strata, before: u64) -> Result<StratifiedSample, End> {
        if let Some(rounds) = self.rounds.as_mut().filter(|_| self.given_up.is_none()) {
            match rounds.iteration(map, strata, before) {
                Err(End::Failed(reason)) if self.with.fallback => self.given_up = Some((reason, before)),
                result => return result,
            }
        }
        let ranges = strata.tiles();
        let mut tiles = vec![StratifiedSample::default(); ranges.len()];
        let (control, start) = (&self.with.control, self.start);
        let stop = || control.stop(start).is_some();
        self.work(Tiles { from: 0, out: &mut tiles }, strata.evaluations() as f64, |i, desk, kernel| {
            kernel.stratified(map, strata, ranges[i as usize].clone(), &stop, desk)
        })?;
        if let Some(stop) = self.with.control.stop(start) {
            return Err(End::Stopped(stop));
        }
        if let Some(bad) = tiles.iter_mut().find_map(|tile| tile.bad.take()) {
            return Err(End::Bad(bad));
        }
        Ok(tiles.into_iter().fold(StratifiedSample::default(), StratifiedSample::combine))
    }

    /// `each` tile, on threads if that pays for so many evaluations.
    pub(super) fn work<T: Send>(
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
        let stopped = stopped.into_inner().unwrap_or_else(|lock| lock.into_inner());
        match stopped.or_else(|| control.withheld(kernel.values.withheld(), start)) {
            Some(stop) => Err(End::Stopped(stop)),
            None => Ok(()),
        }
    }
}

/// Tiles from `from` on, and the places for what they give.
pub(super) struct Tiles<'a, T> {
    pub from: u64,
    pub out: &'a mut [T],
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
