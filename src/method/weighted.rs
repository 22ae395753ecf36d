//! Global adaptive integration with a weight, by rounds: every round sweeps all panels that are above their share.

use super::Limits;
use super::outcome::{Outcome, Sum, Totals};
use crate::estimate::Tolerance;
use crate::plan::{How, Panel, Swept, Weighing};

/// A panel and what is known about it.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    panel: Panel,
    swept: Swept,
    depth: u16,
    /// The depth from which levels may be tried.
    levels_from: u16,
    parent_error: f64,
    /// The magnitude of its ancestor a few levels up.
    anchor: f64,
    /// Generations in which halving did not help, the error being small.
    noisy: u8,
    /// What may hide next to its ends, where neighbours contradict each other.
    mismatch: f64,
    /// Whether the integral over it does not seem to exist.
    diverges: bool,
}

/// Generations after which a magnitude that has not fallen says that the integral diverges.
const ANCHOR: u16 = 12;

/// By how much panels may differ that are taken for parts of a constant: there is a step between them, else.
const ALIKE: f64 = 0.01;

/// Levels are tried at an edge, and again so many generations later.
const AGAIN: u16 = 4;

/// Tails that may follow each other.
const MOST_TAILS: u16 = 20;

/// Generations after which halving ends, at a singularity at 0: 10^-72 of the whole.
const DEEPEST: u16 = 240;

/// Radians on a panel up to which levels follow the oscillation of the weight.
const FEW_RADIANS: f64 = 8.0;

/// An integral under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weighted {
    tolerance: Tolerance,
    limits: Limits,
    leaves: Vec<Leaf>,
    /// Panels to sweep, and the leaf of each.
    asked: Vec<Panel>,
    of: Vec<usize>,
    /// The tolerance of one panel.
    pub share: Tolerance,
    pub evaluations: u64,
    pub totals: Totals,
}

impl Weighted {
    /// Bytes for each leaf, at most: itself and what is asked and found of it, twice as lists have grown by doubling,
    /// and as its round may have halved all leaves.
    pub const BYTES: usize = 4 * (size_of::<Leaf>() + size_of::<Panel>() + size_of::<Swept>() + size_of::<usize>());

    /// A new integral over these panels.
    pub fn begin(&mut self, tolerance: Tolerance, limits: Limits, panels: &[Panel]) {
        (self.tolerance, self.limits) = (tolerance.inner(), limits);
        self.leaves.clear();
        self.asked.clear();
        self.of.clear();
        self.share = Tolerance { absolute: tolerance.absolute / panels.len() as f64, relative: 0.0 };
        self.totals = Totals::default();
        for &panel in panels {
            self.push(Leaf {
                panel,
                swept: Swept::NOTHING,
                depth: 0,
                levels_from: 0,
                parent_error: f64::INFINITY,
                anchor: f64::INFINITY,
                noisy: 0,
                mismatch: 0.0,
                diverges: false,
            });
        }
    }

    /// The panels to sweep next.
    pub fn next(&self) -> &[Panel] {
        &self.asked
    }

    /// Panels so far.
    pub fn regions(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The ends of the panels, in no order; those of a tail are its own.
    pub fn ends(&self) -> impl Iterator<Item = f64> {
        self.leaves.iter().flat_map(|leaf| [leaf.panel.lower, leaf.panel.upper])
    }

    /// The panels in ascending order, and what was found on each.
    pub fn swept(&self) -> Vec<(Panel, Swept)> {
        let mut all: Vec<_> = self.leaves.iter().map(|leaf| (leaf.panel, leaf.swept)).collect();
        all.sort_by(|a, b| a.0.lower.total_cmp(&b.0.lower));
        all
    }

    /// Whether every panel saw the same value at all points, but for what it did not resolve.
    pub fn is_constant(&self, weighing: &Weighing) -> bool {
        let ends = |leaf: &Leaf| [0, 1].map(|end| weighing.without_factor(&leaf.panel, end, leaf.swept.ends[end]));
        // Levels say nothing of ends, nor does a weight that is nothing there.
        let known = self.leaves.iter().flat_map(ends).filter(|value| value.is_finite());
        let (least, most) =
            known.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        self.leaves.iter().all(|leaf| leaf.swept.constant)
            && (most - least).max(0.0) <= ALIKE * most.abs().max(least.abs())
    }

    /// Takes what came of the panels asked for, and says what became of the integral, or nothing if there is more to
    /// do.
    pub fn absorb(&mut self, weighing: &Weighing, swept: &[Swept]) -> Option<Outcome> {
        let (asked, of) = (std::mem::take(&mut self.asked), std::mem::take(&mut self.of));
        let mut ended = None;
        for ((panel, index), swept) in asked.iter().zip(of).zip(swept) {
            self.evaluations += u64::from(swept.evaluations);
            let finite = swept.estimate.is_finite() && swept.error.is_finite();
            if panel.how == How::Levels {
                // Levels that do not converge understate their error, and what lies beyond the last number stays there.
                let better = finite && swept.error < self.leaves[index].swept.error;
                let converged = swept.error - swept.beyond < 1e-3 * swept.magnitude;
                if better && converged && swept.beyond <= 0.5 * self.share.absolute {
                    self.leaves[index].panel.how = How::Levels;
                    self.leaves[index].swept = *swept;
                }
            } else if finite {
                self.leaves[index].take(*swept);
            } else {
                let bad = swept.bad.map(|(point, value)| Outcome::NonFinite { point, value });
                ended = ended.or(bad).or(Some(Outcome::Overflow));
                self.leaves[index].swept = *swept;
            }
        }
        self.add_up();
        if ended.is_some() {
            return ended;
        }
        if self.meets(self.tolerance) {
            self.compare(weighing);
            if self.meets(self.tolerance) {
                return Some(Outcome::Converged);
            }
        }
        let outcome = self.leaves.iter().any(|leaf| leaf.diverges).then_some(Outcome::Divergent);
        let outcome = outcome.or_else(|| self.refine(weighing));
        if outcome == Some(Outcome::RoundoffLimited) {
            // What hides between panels is part of the error that is told.
            self.compare(weighing);
        }
        let outcome = outcome.or((self.evaluations >= self.limits.evaluations).then_some(Outcome::MaxEvaluations));
        outcome.or((self.leaves.len() > self.limits.leaves).then_some(Outcome::MemoryLimit))
    }

    /// Whether what has been found meets a tolerance that may be wider than that which was refined to.
    pub fn meets(&self, tolerance: Tolerance) -> bool {
        tolerance.met(self.totals.error, self.totals.estimate)
    }

    fn add_up(&mut self) {
        let mut sums = Sum::from(Totals::default());
        for leaf in &self.leaves {
            sums.add_swept(&leaf.swept, leaf.mismatch);
        }
        self.totals = sums.totals();
    }

    /// Compares what neighbours say of the end that they share: a kink or a step may hide next to it, between the
    /// outermost nodes of both.
    fn compare(&mut self, weighing: &Weighing) {
        let mut order: Vec<usize> = (0..self.leaves.len()).collect();
        order.sort_by(|&a, &b| self.leaves[a].panel.lower.total_cmp(&self.leaves[b].panel.lower));
        self.leaves.iter_mut().for_each(|leaf| leaf.mismatch = 0.0);
        for two in order.windows(2) {
            let [below, above] = [self.leaves[two[0]], self.leaves[two[1]]];
            let ends = [(below, 1), (above, 0)]
                .map(|(leaf, end)| weighing.without_factor(&leaf.panel, end, leaf.swept.ends[end]));
            let jump = (ends[1] - ends[0]).abs();
            // Levels say nothing of ends, nor does a weight that is nothing there; and break points may be steps.
            if !jump.is_finite() || below.panel.edges[1] || below.panel.upper != above.panel.lower {
                continue;
            }
            for (index, leaf, end) in [(two[0], below, 1), (two[1], above, 0)] {
                self.leaves[index].mismatch += weighing.hidden(&leaf.panel, end, jump, leaf.swept.noise);
            }
        }
        self.add_up();
    }

    /// Asks for more of all panels above their share.
    fn refine(&mut self, weighing: &Weighing) -> Option<Outcome> {
        let target = self.tolerance.at(self.totals.estimate);
        let (mut stuck, mut rest, mut worst) = (0.0, 0.0, 0.0f64);
        for leaf in &self.leaves {
            if leaf.can_be_refined(weighing) {
                rest += leaf.error();
                worst = worst.max(leaf.error());
            } else {
                stuck += leaf.error();
            }
        }
        let rounding = self.totals.error - self.totals.truncation;
        if worst == 0.0 || stuck + rounding > target && rest <= stuck + rounding {
            return Some(Outcome::RoundoffLimited);
        }
        let share = 0.5 * (target - stuck).max(stuck) / self.leaves.len() as f64;
        let share = share.min(0.5 * worst);
        self.share = Tolerance { absolute: share, relative: 0.0 };
        for index in 0..self.leaves.len() {
            if self.leaves[index].error() > share && self.leaves[index].can_be_refined(weighing) {
                self.refine_one(index, weighing);
            }
        }
        self.asked.is_empty().then_some(Outcome::RoundoffLimited)
    }

    fn refine_one(&mut self, index: usize, weighing: &Weighing) {
        let leaf = self.leaves[index];
        let Panel { lower, upper, edges, how } = leaf.panel;
        if let How::Tail { upward } = how {
            let next = if upward {
                Panel { lower: upper, upper: upper + 2.0 * leaf.panel.width(), ..leaf.panel }
            } else {
                Panel { lower: lower - 2.0 * leaf.panel.width(), upper: lower, ..leaf.panel }
            };
            let tail = leaf.child(next);
            self.replace(index, Leaf { depth: 0, ..leaf.child(Panel { how: How::Expand, ..leaf.panel }) });
            self.push(tail);
            return;
        }
        if leaf.wants_levels(weighing) {
            self.leaves[index].levels_from = leaf.depth + AGAIN;
            self.asked.push(Panel { how: How::Levels, ..leaf.panel });
            self.of.push(index);
            return;
        }
        let part = |lower, upper, edges| leaf.child(Panel { lower, upper, edges, how: How::Expand });
        let middle = leaf.middle();
        match weighing.pole().filter(|&pole| lower < pole && pole < upper) {
            // The pole stays in the middle of its panel.
            Some(pole) => {
                let (below, above) = (pole - 0.5 * (pole - lower), pole + 0.5 * (upper - pole));
                self.replace(index, part(below, above, [false; 2]));
                self.push(part(lower, below, [edges[0], false]));
                self.push(part(above, upper, [false, edges[1]]));
            }
            None => {
                self.replace(index, part(lower, middle, [edges[0], false]));
                self.push(part(middle, upper, [false, edges[1]]));
            }
        }
    }

    fn push(&mut self, leaf: Leaf) {
        self.leaves.push(leaf);
        self.ask(self.leaves.len() - 1);
    }

    fn replace(&mut self, index: usize, leaf: Leaf) {
        self.leaves[index] = leaf;
        self.ask(index);
    }

    fn ask(&mut self, index: usize) {
        self.asked.push(self.leaves[index].panel);
        self.of.push(index);
    }
}

impl Leaf {
    fn child(&self, panel: Panel) -> Self {
        let depth = self.depth + 1;
        let anchor = if depth.is_multiple_of(ANCHOR) { self.swept.magnitude } else { self.anchor };
        Self { panel, depth, anchor, parent_error: self.swept.error, mismatch: 0.0, ..*self }
    }

    fn take(&mut self, swept: Swept) {
        self.swept = swept;
        if let How::Tail { .. } = self.panel.how {
            self.diverges = self.depth >= MOST_TAILS;
            return;
        }
        let q = swept.error / self.parent_error;
        // Noise falls with the width alone, or has terms that do not fall, and is small.
        if (q > 0.42 || swept.fall > 0.75) && swept.unresolved < 1e-6 {
            self.noisy += 1;
        } else if q < 0.1 {
            self.noisy = self.noisy.saturating_sub(1);
        }
        let unresolved = swept.error > 1e-3 * swept.magnitude;
        self.diverges = (self.depth + 1).is_multiple_of(ANCHOR) && swept.magnitude > 0.75 * self.anchor && unresolved;
    }

    /// What it adds to the error, rounding apart.
    fn error(&self) -> f64 {
        self.swept.error + self.mismatch
    }

    fn middle(&self) -> f64 {
        0.5 * self.panel.lower + 0.5 * self.panel.upper
    }

    fn can_be_refined(&self, weighing: &Weighing) -> bool {
        let Panel { lower, upper, how, .. } = self.panel;
        let largest = lower.abs().max(upper.abs());
        if let How::Tail { .. } = how {
            let next = largest + 2.0 * self.panel.width();
            return next * weighing.frequency().unwrap_or(1.0) < 1e15;
        }
        self.error() > 2.0 * self.swept.lasting()
            && self.noisy < 3
            && !self.panel.is_narrow()
            && self.depth < DEEPEST
            && self.middle() > lower
            && self.middle() < upper
    }

    /// Whether the integrand seems to be singular at an end, and few enough oscillations of the weight are on the
    /// panel.
    fn wants_levels(&self, weighing: &Weighing) -> bool {
        let Panel { lower, upper, how, .. } = self.panel;
        let radians = weighing.frequency().unwrap_or(0.0) * self.panel.width();
        let has_pole = weighing.pole().is_some_and(|pole| lower < pole && pole < upper);
        how == How::Expand
            && (self.swept.singular[0] || self.swept.singular[1])
            && self.swept.fall > 0.1
            && self.depth >= self.levels_from
            && radians <= FEW_RADIANS
            && !has_pole
    }
}
