//! `Method::Auto` over a box: methods that take turns.
//!
//! Whichever is forecast to be done first goes on. While nobody is forecast to be done within the limit on evaluations,
//! one more enters; when all have, the one goes on that is forecast to leave the least error. The answer is of one
//! method alone, but if it is contradicted by what another claims it is not believed. Nothing depends on the clock.

mod entrant;

use super::Integrator;
use super::adaptive::REL_TOL;
use super::cubature::Drive as Boxes;
use super::samples::{Drive as Samples, End, Sampler};
use crate::backend::simd::samples::SimdSamples;
use crate::backend::threads::Threads;
use crate::clock::Instant;
use crate::error::Error;
use crate::estimate::Tolerance;
use crate::integral::{Fallback, Integral, Status};
use crate::method::{Method, Outcome, QuasiMonteCarlo, Vegas, Wanted};
use crate::plan::{Axis, AxisMap};
use crate::rule::fully_symmetric::MOST_DIMENSIONS;
use entrant::{Entrant, Runner, within};

/// The relative tolerance where none is given and cubature has no rule.
const LOOSE: f64 = 1e-3;

/// Where there is no hope it has this share of the evaluations in any case: it may become faster.
const KEPT: u64 = 5;

/// Evaluations that are not shared out among methods that sample: of claims of few the least is the one that has missed
/// most.
const UNSHARED: u64 = 1 << 12;

/// Points of a replicate of a lattice in the first round, and the evaluations from which on it may begin with so many.
const POINTS: u64 = 1 << 10;
const AMPLE: u64 = 1 << 16;

/// How many times as much as an estimate a top may be worth that it knows.
const FAR_BELOW: f64 = 1e3;

const CONTRADICTED: &str = "methods contradict each other by more than they claim";

/// A box, and how to look at it.
pub(super) struct Whole<'a> {
    pub kernel: SimdSamples<'a>,
    /// Of bounds that were reversed.
    pub sign: f64,
    pub threads: &'a Threads,
    pub start: Instant,
}

/// Methods at work on one integral.
pub(super) struct Race<'a> {
    with: &'a Integrator,
    axes: &'a [Axis],
    sign: f64,
    start: Instant,
    tolerance: Tolerance,
    samples: Samples<'a>,
    entrants: Vec<Entrant<'a>>,
    /// Those that may still enter, the next one at the end.
    waiting: Vec<Method>,
    /// That has looked at the integrand already.
    cubature: Option<Boxes<'a>>,
    begun: bool,
    /// The bytes that VEGAS wants, where it may not have them; and whether it was its turn.
    cramped: (Option<usize>, bool),
}

impl<'a> Race<'a> {
    /// `cubature` is there unless there are too many axes.
    pub fn new(with: &'a Integrator, whole: Whole<'a>, cubature: Option<Boxes<'a>>) -> Result<Self, Error> {
        let Whole { kernel, sign, threads, start } = whole;
        let axes = kernel.axes;
        let samples = Samples::new(with, kernel, threads, start);
        let looked = cubature.as_ref().map_or(0, |drive| drive.method.evaluations);
        let left = with.max_evaluations.saturating_sub(looked);
        let fits = |method: &Method| {
            method.most_sampled().is_some_and(|most| axes.len() <= most) && method.least_sampled() <= left
        };
        let points = [Method::Lattice, Method::Sobol].into_iter().find(fits).unwrap_or(Method::MonteCarlo);
        let tables = Vegas::least_bytes(axes.len());
        let cramped = left >= UNSHARED && with.bytes_of_vegas() < tables;
        let mut waiting = if left < UNSHARED || cramped { vec![points] } else { vec![Method::Vegas, points] };
        match &cubature {
            Some(drive) => {
                let first = drive.method.cost() <= left;
                waiting.insert(if first { waiting.len() } else { 0 }, Method::Cubature);
            }
            None => with.check_limit(Method::MonteCarlo)?,
        }
        let mut tolerance = with.wanted(axes, LOOSE).tolerance;
        if cubature.is_some() {
            tolerance.relative = with.rel_tol.unwrap_or(REL_TOL);
        }
        let (entrants, cramped) = (Vec::new(), (Some(tables).filter(|_| cramped), false));
        Ok(Self { with, axes, sign, start, tolerance, samples, entrants, waiting, cubature, begun: false, cramped })
    }

    /// The answer.
    pub fn answer(mut self, mut integral: Integral) -> Result<Integral, Error> {
        let mut last = None;
        while last.is_none()
            && let Some(next) = self.next()
        {
            self.round(next);
            last = Some(next).filter(|&i| self.entrants[i].is_final());
        }
        if last.is_none() {
            last = self.met_after_all();
        }
        let unseen = if last.is_none() { self.claim_unseen() } else { 0.0 };
        integral.evaluations = self.spent();
        // Being stopped is the end of all.
        let stopped = last.is_some_and(|i| matches!(self.entrants[i].end, Some(End::Stopped(_))));
        let chosen = last.filter(|_| !stopped).unwrap_or_else(|| self.best());
        let (error, doubted) = (self.entrants[chosen].error(), self.doubted(chosen));
        let is_sound = self.entrants[chosen].is_sound();
        let end = last.and_then(|i| self.entrants[i].end.take());
        let chosen = self.entrants.remove(chosen);
        if self.axes.len() > MOST_DIMENSIONS {
            let reason = format!("it does up to {MOST_DIMENSIONS} axes");
            integral.fallbacks.push(Fallback::new(Method::Cubature, reason));
        }
        if let (Some(bytes), true) = self.cramped {
            let reason = format!("its tables take {bytes} bytes, more than max_memory leaves");
            integral.fallbacks.push(Fallback::new(Method::Vegas, reason));
        }
        for other in self.entrants.iter().filter(|other| other.evaluations() > 0) {
            let reason = format!("its error was {:.1e} after {} evaluations", other.error(), other.evaluations());
            integral.fallbacks.push(Fallback::new(other.method, reason));
        }
        let end = end.or(chosen.end).unwrap_or(End::Outcome(Outcome::MaxEvaluations));
        match chosen.runner {
            Runner::Cubature(drive) => drive.tell(end, self.sign, &mut integral),
            Runner::Sampler(sampler) => {
                self.samples.tell(chosen.method, &sampler, self.sign, &mut integral);
                end.tell(sampler.known().estimates > 0, &mut integral);
            }
        }
        if doubted > error && doubted.is_finite() {
            integral.error = doubted;
            if integral.status == Status::Converged {
                integral.status = Status::Suspicious { reason: CONTRADICTED };
            }
        }
        // Who is so far below has not seen it either; nor, far out, has anybody whose claim is all there is.
        let far_out = last.is_none() && self.axes.iter().any(|axis| axis.map != AxisMap::Plain);
        let nothing = far_out && !is_sound && integral.error > integral.estimate.abs();
        if nothing || unseen > FAR_BELOW * integral.estimate.abs() {
            integral.error = f64::INFINITY;
        }
        integral.elapsed = self.start.elapsed();
        self.with.judged(integral)
    }

    fn spent(&self) -> u64 {
        let looked = self.cubature.as_ref().map_or(0, |drive| drive.method.evaluations);
        looked + self.entrants.iter().map(Entrant::evaluations).sum::<u64>()
    }

    fn left(&self) -> u64 {
        self.with.max_evaluations.saturating_sub(self.spent())
    }

    /// Who goes on, if anybody can.
    fn next(&mut self) -> Option<usize> {
        let most = self.with.max_evaluations;
        loop {
            let (spent, left) = (self.spent(), self.left());
            let can = |&i: &usize| self.entrants[i].end.is_none() && (!self.begun || self.entrants[i].cost() <= left);
            let able: Vec<usize> = (0..self.entrants.len()).filter(can).collect();
            if let Some(&new) = able.iter().find(|&&i| !self.entrants[i].is_ready(most)) {
                return Some(new);
            }
            let least = |of: &dyn Fn(&Entrant) -> f64| {
                let forecasts = able.iter().map(|&i| (i, of(&self.entrants[i])));
                forecasts.min_by(|a, b| a.1.total_cmp(&b.1))
            };
            if let Some((first, needs)) = least(&|entrant| entrant.needs(self.tolerance, most))
                && needs <= left as f64
            {
                return Some(first);
            }
            let best = least(&|entrant| entrant.forecast.after(left as f64)).map(|best| best.0);
            let kept = able
                .iter()
                .copied()
                .find(|&i| self.entrants[i].is_cubature() && self.entrants[i].evaluations() < spent / KEPT);
            if !self.enter() {
                return kept.or(best);
            }
        }
    }

    /// Lets the next method enter, if there is one.
    fn enter(&mut self) -> bool {
        let Some(method) = self.waiting.pop() else {
            self.cramped.1 = true;
            return false;
        };
        let axes = self.axes;
        let most = self.left();
        let wanted = Wanted { tolerance: within(self.tolerance), most, ..self.with.wanted(axes, LOOSE) };
        let runner = match (method, self.cubature.take_if(|_| method == Method::Cubature)) {
            (_, Some(drive)) => Runner::Cubature(Box::new(drive)),
            (Method::Lattice, _) if most >= AMPLE => {
                let lattice = QuasiMonteCarlo::lattice(wanted, axes.len()).beginning_with(POINTS);
                Runner::Sampler(Sampler::Points(Box::new(lattice)))
            }
            _ => Runner::Sampler(Sampler::new(method, wanted, axes, self.with.learnt.as_deref())),
        };
        self.entrants.push(Entrant::new(method, runner));
        true
    }

    /// A round of entrant `i`.
    fn round(&mut self, i: usize) {
        self.begun = true;
        let others = self.spent() - self.entrants[i].evaluations();
        let elsewhere = self.missed(i);
        let entrant = &mut self.entrants[i];
        entrant.end = match &mut entrant.runner {
            Runner::Cubature(drive) => {
                drive.others = others;
                drive.round()
            }
            Runner::Sampler(sampler) => {
                sampler.allow(self.with.max_evaluations.saturating_sub(others), elsewhere);
                self.samples.others = others;
                self.samples.round(sampler)
            }
        };
        if entrant.counted() > 0 && entrant.error().is_finite() {
            entrant.forecast.record(entrant.counted(), entrant.error());
        }
    }

    /// What cubature has seen of the integral where entrant `i`, if that samples, may not have been by the end of its
    /// next round.
    fn missed(&self, i: usize) -> f64 {
        let Runner::Sampler(sampler) = &self.entrants[i].runner else { return 0.0 };
        let cubature = self.entrants.iter().find_map(|entrant| match &entrant.runner {
            Runner::Cubature(drive) => Some(&drive.method),
            Runner::Sampler(_) => None,
        });
        let known = sampler.known();
        let count = known.counted + sampler.cost();
        cubature.map_or(0.0, |cubature| cubature.beyond(known.reach, known.estimate, count))
    }

    /// Cubature, if it was to claim less than the tolerance, and claims no more than that now that nothing is left.
    fn met_after_all(&mut self) -> Option<usize> {
        let met = |entrant: &Entrant| match &entrant.runner {
            Runner::Cubature(drive) => drive.method.met(),
            Runner::Sampler(_) => false,
        };
        let i = self.entrants.iter().position(met)?;
        let Runner::Cubature(drive) = &mut self.entrants[i].runner else { return None };
        if !drive.method.met_at_last() {
            return None;
        }
        let end = drive.doubted();
        self.entrants[i].end = end;
        Some(i).filter(|&i| self.entrants[i].is_final())
    }

    /// Has cubature claim what it could not look at any more; of that, what no node was near.
    fn claim_unseen(&mut self) -> f64 {
        let mut unseen = 0.0;
        for entrant in &mut self.entrants {
            if let Runner::Cubature(drive) = &mut entrant.runner {
                unseen = drive.claim_unseen();
            }
        }
        unseen
    }

    /// The entrant with the least error; where no claim means anything, the one that has seen most.
    fn best(&self) -> usize {
        let rank = |i: usize| {
            let one = &self.entrants[i];
            match one.is_sound() {
                true => (0, self.doubted(i)),
                false if one.error().is_finite() => (1, -(one.counted() as f64)),
                false => (2, 0.0),
            }
        };
        let ranks = (0..self.entrants.len()).map(|i| (i, rank(i)));
        let best = ranks.min_by(|(_, a), (_, b)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        best.map_or(0, |best| best.0)
    }

    /// The error of entrant `i`: what it claims or, if that is more, what others leave of their difference; all of that
    /// where no claim means anything.
    fn doubted(&self, i: usize) -> f64 {
        let one = &self.entrants[i];
        let counts = |other: &&Entrant| {
            let much = other.is_ready(self.with.max_evaluations) || 2 * other.evaluations() >= self.spent();
            if one.is_sound() { other.is_sound() && much } else { other.error().is_finite() }
        };
        let left = |other: &Entrant| {
            (other.estimate() - one.estimate()).abs() - if one.is_sound() { other.error() } else { 0.0 }
        };
        self.entrants.iter().filter(counts).map(left).fold(one.error(), f64::max)
    }
}
