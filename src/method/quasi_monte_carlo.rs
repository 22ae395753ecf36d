//! Randomised quasi-Monte Carlo: an even set of points, shifted or scrambled at random several times; its size is
//! doubled until the estimates agree.
//!
//! A lattice wants its integrand periodic. The tent does for all; where it is slow a smooth periodization is tried for
//! a few rounds, and whichever is forecast to be done first goes on.

mod run;

use super::{Known, Outcome, Sampling, Wanted};
use crate::estimate::statistics::REPLICATES;
use crate::plan::Samples;
use crate::points::{Lattice, Periodization, PointSet, Sobol};
use crate::reduce::Moments;
use run::Run;

/// Points of each replicate in the first round.
const FIRST: u64 = 128;

/// Points of each replicate before a run is judged.
const READY: u64 = 1 << 10;

/// Another periodization is tried if the one at work is forecast to take so many times as long as it has taken.
const PATIENCE: u64 = 3;

/// And if that takes no more of what is left than this share.
const SHARE: u64 = 8;

pub(crate) struct QuasiMonteCarlo {
    wanted: Wanted,
    set: PointSet,
    /// The most points of a replicate.
    limit: u64,
    start: u64,
    /// Under one periodization each.
    runs: Vec<Run>,
    /// The run that was last at work, and that which goes on.
    last: usize,
    turn: usize,
    known: Known,
}

impl QuasiMonteCarlo {
    /// On a lattice: its generating vector was made for so many points.
    pub fn lattice(wanted: Wanted, dimension: usize) -> Self {
        let set = PointSet::Lattice(Lattice::new(dimension, REPLICATES, wanted.seed));
        Self::new(wanted, set, Periodization::Tent, 1 << 26)
    }

    /// On Sobol points: an index has 32 bits.
    pub fn sobol(wanted: Wanted, dimension: usize) -> Self {
        let set = PointSet::Sobol(Box::new(Sobol::new(dimension, REPLICATES, wanted.seed)));
        Self::new(wanted, set, Periodization::None, 1 << 32)
    }

    /// With a first round of so many points, a power of two.
    pub fn beginning_with(self, start: u64) -> Self {
        Self { start, ..self }
    }

    fn new(wanted: Wanted, set: PointSet, periodization: Periodization, limit: u64) -> Self {
        let affordable = 1 << (wanted.most / REPLICATES as u64).max(8).ilog2();
        let start = FIRST.min(affordable);
        Self {
            wanted,
            set,
            limit,
            start,
            runs: vec![Run::new(periodization)],
            last: 0,
            turn: 0,
            known: Known::default(),
        }
    }

    fn left(&self) -> u64 {
        self.wanted.most.saturating_sub(self.known.evaluations)
    }

    /// The points of each replicate in the next round of a run.
    fn next_of(&self, run: &Run) -> u64 {
        if run.points == 0 { self.start } else { run.points }
    }

    /// The run that goes on, if any can: one that is still to be judged, else the one that is forecast to be done
    /// first, else the one that is forecast to leave the least error.
    fn choose(&self) -> Option<usize> {
        let left = self.left();
        let able = |&i: &usize| {
            let next = self.next_of(&self.runs[i]);
            next * REPLICATES as u64 <= left && self.runs[i].points + next <= self.limit
        };
        let able: Vec<usize> = (0..self.runs.len()).filter(able).collect();
        let least =
            |of: &dyn Fn(&Run) -> f64| able.iter().map(|&i| (i, of(&self.runs[i]))).min_by(|a, b| a.1.total_cmp(&b.1));
        let new = able.iter().copied().find(|&i| !self.runs[i].is_ready());
        let done = || least(&|run| run.finish(self.wanted.tolerance)).filter(|first| first.1 <= left as f64);
        let rest = || least(&|run| run.forecast.after(left as f64));
        new.or_else(|| done().or_else(rest).map(|best| best.0))
    }

    /// Whether the smooth periodization is worth a trial: the tent is slow, and what it needs is left all the same.
    /// Where it sees next to nothing it goes on alone, as values that are all the same say little of what lies between.
    fn may_enter(&self) -> bool {
        let [run] = &self.runs[..] else { return false };
        let trial = REPLICATES as u64 * READY.max(4 * self.start);
        let (left, finish) = (self.left() as f64, run.finish(self.wanted.tolerance));
        run.periodization == Periodization::Tent
            && run.is_ready()
            && !run.same
            && finish > (PATIENCE * run.known.evaluations) as f64
            && trial <= self.left() / SHARE
            && (finish > left || finish + trial as f64 <= left)
    }

    /// What has become of the integral, now that the last run has been at work; and who goes on.
    fn judge(&mut self) -> Option<Outcome> {
        let run = &self.runs[self.last];
        let (next, known) = (self.choose(), self.doubted(self.last));
        let outcome = run.seen.outcome(&known, self.wanted.tolerance, run.stable, next.is_none());
        self.known = known;
        if matches!(outcome, None | Some(Outcome::MaxEvaluations)) {
            let sound = (0..self.runs.len()).map(|i| self.doubted(i)).filter(|known| known.resolved);
            let best = sound.min_by(|one, other| one.error.total_cmp(&other.error));
            self.known = best.unwrap_or(known);
        }
        self.turn = next.unwrap_or(self.last);
        outcome
    }

    /// What run `i` knows, its error what it claims or, if that is more, what others leave of their difference.
    fn doubted(&self, i: usize) -> Known {
        let one = &self.runs[i].known;
        let others = self.runs.iter().map(|run| &run.known).filter(|other| other.resolved);
        let left = |other: &Known| (other.estimate - one.estimate).abs() - other.error;
        let error = others.map(left).fold(one.error, f64::max);
        // A smooth periodization weights values.
        Known { error, evaluations: self.known.evaluations, reach: self.runs[0].known.reach, ..*one }
    }
}

impl Sampling for QuasiMonteCarlo {
    fn next(&self) -> Samples<'_> {
        let run = &self.runs[self.turn];
        Samples {
            set: &self.set,
            replicates: REPLICATES,
            first: run.points,
            count: self.next_of(run),
            periodization: run.periodization,
        }
    }

    fn absorb(&mut self, moments: &[Moments]) -> Option<Outcome> {
        self.last = self.turn;
        let count = self.next_of(&self.runs[self.last]);
        self.runs[self.last].absorb(moments, count, self.wanted);
        self.known.evaluations += count * REPLICATES as u64;
        if self.may_enter() {
            self.runs.push(Run::new(Periodization::Smooth));
        }
        self.judge()
    }

    fn spacing(&self) -> Option<f64> {
        Some(1.0 / self.runs[self.last].points as f64)
    }

    fn doubt(&mut self, step: f64, evaluations: u64) -> Option<Outcome> {
        self.known.evaluations += evaluations;
        self.runs[self.last].doubt(step, self.wanted.volume);
        self.judge()
    }

    fn is_last(&self) -> bool {
        self.choose().is_none()
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn allow(&mut self, most: u64, elsewhere: f64) {
        (self.wanted.most, self.wanted.elsewhere) = (most, elsewhere);
    }
}
