//! Global adaptive integration by rounds: every round sweeps all regions that need it.
//!
//! Leaves stay where they are, linked in ascending order; a leaf that is split makes room for its first part and
//! appends the others. Those above their share of the tolerance are *active*, and only they are looked at from round to
//! round; the rest is *settled* and counts by its sum. Where that sum meets the tolerance, all leaves are added up
//! again in ascending order and neighbours compared; what that brings to light is active again.

mod doubt;
mod mesh;
mod step;

pub(crate) use doubt::{Doubt, Expected};
pub(super) use step::{MOST_PARTS, PARTS, Step};

use super::Method;
use super::leaf::Leaf;
use super::outcome::{Outcome, Sum, Totals};
use crate::estimate::Tolerance;
use crate::plan::{Map, Region, Regions, Sweep, Swept};
use doubt::Split;

/// Means of constant panels that differ by no more are the same but for rounding.
const SAME: f64 = 1e-14;

/// How much larger ∫|f| is than it was where it still grows; and the error and the variation, as shares of it, where
/// one value alone stands out.
const GROWS: f64 = 1.25;
const UNRESOLVED: f64 = 1e-3;
const FOOT: f64 = 8.0;

/// An integral under way: its leaves, and what is to be swept next. Used again and again, it keeps its memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adaptive {
    method: Method,
    /// What is asked for, and what is refined to.
    wanted: Tolerance,
    tolerance: Tolerance,
    limits: Limits,
    /// Length of the whole, in x or in t.
    span: f64,
    leaves: Vec<Leaf>,
    /// Regions to sweep, and the leaf of each.
    asked: Vec<Region>,
    pub(super) of: Vec<u32>,
    was: Vec<u32>,
    /// What this round is to do with leaves.
    pub(super) steps: Vec<(u32, Step)>,
    share: Tolerance,
    /// Leaves above their share, and what the others add up to.
    active: Vec<u32>,
    spare: Vec<u32>,
    settled: Totals,
    /// Errors of settled leaves that cannot be refined.
    stuck: f64,
    /// What may lie beyond the largest number, of an infinite range that was opened up.
    pub(super) beyond: f64,
    pub evaluations: u64,
    /// The largest ∫|f| that there was on the way, and that of each of the last times.
    most: f64,
    sizes: [f64; 4],
    /// What was seen of regions that were split.
    split: Vec<Split>,
    /// Points inside at which the integrand was not finite.
    bad: usize,
    pub totals: Totals,
}

/// What an integration may use.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    pub evaluations: u64,
    /// Of all components together.
    pub leaves: usize,
}

impl Limits {
    /// Leaves beyond which memory is not used unless a limit is set.
    pub const MOST_LEAVES: usize = 1 << 20;
}

impl Adaptive {
    /// Bytes for each leaf, at most: itself and, where all are swept in a round, what is asked, done and found. Lists
    /// have grown by doubling.
    pub const BYTES: usize = 2
        * (size_of::<Leaf>()
            + size_of::<Region>()
            + size_of::<Swept>()
            + size_of::<(u32, Step)>()
            + size_of::<Split>()
            + 4 * size_of::<u32>());
    /// Points that are not finite, beyond which there is no use in cutting them out.
    const MOST_BAD: usize = 3;

    /// A new integral over regions in ascending order, with which of their ends are edges.
    pub fn begin(&mut self, method: Method, tolerance: Tolerance, limits: Limits, regions: &[(Region, [bool; 2])]) {
        (self.method, self.wanted, self.tolerance, self.limits) = (method, tolerance, tolerance.inner(), limits);
        self.leaves.clear();
        self.asked.clear();
        self.of.clear();
        self.steps.clear();
        self.active.clear();
        self.split.clear();
        self.span = 0.0;
        for (index, &(region, edges)) in regions.iter().enumerate() {
            let mut leaf = Leaf::new(region, edges);
            if index + 1 < regions.len() {
                leaf.next = index as u32 + 1;
            }
            self.span += region.width();
            self.leaves.push(leaf);
            self.asked.push(region);
            self.of.push(index as u32);
        }
        self.share = if regions.len() == 1 { self.tolerance } else { Tolerance { relative: 0.0, ..tolerance } };
        (self.settled, self.totals) = (Totals::default(), Totals::default());
        (self.stuck, self.beyond, self.evaluations, self.bad, self.most) = (0.0, 0.0, 0, 0, 0.0);
        self.sizes = [f64::INFINITY; 4];
    }

    /// No more than what is wanted is refined to.
    pub fn be_content(&mut self) {
        self.tolerance = self.wanted;
    }

    /// The plan to run next.
    pub fn next(&self) -> Regions<'_> {
        Regions { list: &self.asked, tolerance: self.share }
    }

    /// Leaves so far.
    pub fn regions(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Takes the outcome of the plan, and says what became of the integral, or nothing if there is more to do.
    pub fn absorb(&mut self, swept: &[Swept]) -> Option<Outcome> {
        let outcome = self.round(swept)?;
        // A limit that was met on the way from the tolerance to a hundredth of it is none.
        let limit = matches!(outcome, Outcome::RoundoffLimited | Outcome::MaxEvaluations | Outcome::MemoryLimit);
        if limit {
            self.walk();
        }
        Some(if limit && self.wanted.met(self.totals.error, self.totals.estimate) {
            Outcome::Converged
        } else {
            if matches!(outcome, Outcome::MaxEvaluations | Outcome::MemoryLimit) && self.is_growing() {
                self.totals.error = f64::INFINITY;
            }
            outcome
        })
    }

    /// Whether ∫|f| was still growing, as nodes came closer to something that none of them has met: of the rest nothing
    /// is known.
    pub fn is_growing(&self) -> bool {
        let is_foot = |leaf: &Leaf| {
            let Swept { error, magnitude, variation, .. } = leaf.swept;
            error > UNRESOLVED * magnitude && variation > FOOT * magnitude
        };
        let first = self.sizes[1] == f64::INFINITY || self.leaves.len() == 1;
        first && self.leaves.iter().any(is_foot)
            || self.totals.magnitude > GROWS * self.sizes.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn round(&mut self, swept: &[Swept]) -> Option<Outcome> {
        let mut ended = self.take(swept);
        if ended.is_none() && self.steps.is_empty() {
            ended = self.judge();
        }
        if ended.is_some() {
            self.walk();
            return ended;
        }
        // Limits are met before the mesh is changed: what there is has an estimate and an error.
        if self.evaluations >= self.limits.evaluations {
            return Some(Outcome::MaxEvaluations);
        }
        let reached = self.within_limits();
        if self.steps.is_empty() {
            return reached;
        }
        self.carry_out();
        None
    }

    /// Where this round would go beyond the limits: only what claims most, as far as these allow. The limit that was
    /// met first.
    fn within_limits(&mut self) -> Option<Outcome> {
        let left = self.limits.evaluations - self.evaluations;
        let room = self.limits.leaves.saturating_sub(self.leaves.len()) as u64;
        let panel = match self.method {
            // Vectors of eight, and sentinels.
            Method::GaussKronrod(order) => order.next_multiple_of(8) as u64 + 2,
            Method::DoubleExponential => Sweep::Levels.most_evaluations(),
            _ => Sweep::Ladder { least: 0, eager: false }.most_evaluations(),
        };
        let mesh = &self.leaves;
        let width = |index: u32| mesh[index as usize].region.width();
        let cost =
            |&(index, step): &(u32, Step)| (step.most_evaluations(width(index), panel), step.most_leaves(width(index)));
        let (evaluations, leaves) = self.steps.iter().map(cost).fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        if evaluations <= left && leaves <= room {
            return None;
        }
        let error = |index: u32| mesh[index as usize].error();
        self.steps.sort_by(|a, b| error(b.0).total_cmp(&error(a.0)).then(a.0.cmp(&b.0)));
        let (mut evaluations, mut leaves) = (0, 0);
        let fits = self.steps.iter().take_while(|step| {
            let (its_evaluations, its_leaves) = cost(step);
            evaluations += its_evaluations;
            leaves += its_leaves;
            evaluations <= left && leaves <= room
        });
        let fits = fits.count();
        self.active.extend(self.steps.drain(fits..).map(|(index, _)| index));
        Some(if evaluations > left { Outcome::MaxEvaluations } else { Outcome::MemoryLimit })
    }

    /// Takes what was swept, and what has to be done before anything can be judged: cuts.
    pub(super) fn take(&mut self, swept: &[Swept]) -> Option<Outcome> {
        std::mem::swap(&mut self.of, &mut self.was);
        self.of.clear();
        self.asked.clear();
        let mut ended = None;
        for (k, swept) in swept.iter().enumerate() {
            let index = self.was[k];
            self.evaluations += u64::from(swept.evaluations);
            let leaf = &mut self.leaves[index as usize];
            if leaf.locating {
                leaf.locating = false;
                self.steps.push((index, Step::Cut(swept.place)));
                continue;
            }
            leaf.take(swept);
            if swept.estimate.is_finite() && swept.error.is_finite() {
                self.active.push(index);
            } else {
                ended = ended.or(self.cut_out_bad(index));
            }
        }
        ended
    }

    fn judge(&mut self) -> Option<Outcome> {
        let ended = self.add_up();
        if ended.is_some() {
            return ended;
        }
        if self.tolerance.met(self.totals.error, self.totals.estimate) {
            self.walk();
            if self.tolerance.met(self.totals.error, self.totals.estimate) {
                return Some(Outcome::Converged);
            }
            self.reopen();
        }
        self.refine()
    }

    /// The totals, of what is settled and of active leaves.
    pub(super) fn add_up(&mut self) -> Option<Outcome> {
        let (mut sums, mut ended) = (Sum::from(self.settled), None);
        for &index in &self.active {
            let leaf = &self.leaves[index as usize];
            let oscillates = leaf.swept.oscillates && leaf.swept.error > leaf.swept.magnitude * 1e-3;
            // Rounding does not fall, either.
            let diverges = leaf.diverges() && leaf.swept.magnitude > f64::EPSILON * self.totals.magnitude;
            if oscillates || diverges {
                ended = Some(if oscillates { Outcome::Oscillates } else { Outcome::Divergent });
            }
            sums.add(leaf, leaf.mismatches[1]);
        }
        self.set_totals(sums);
        self.sizes.rotate_right(1);
        self.sizes[0] = self.totals.magnitude;
        ended
    }

    /// Asks for nothing any more.
    pub(super) fn ask_nothing(&mut self) {
        self.asked.clear();
        self.of.clear();
        self.steps.clear();
    }

    /// Adds up the leaves in ascending order, with compensation, and compares neighbours.
    pub fn walk(&mut self) {
        let mut sums = Sum::from(Totals::default());
        let mut index = if self.leaves.is_empty() { Leaf::NONE } else { 0 };
        while index != Leaf::NONE {
            let leaf = &self.leaves[index as usize];
            let next = leaf.next;
            let mismatch = if next == Leaf::NONE { 0.0 } else { leaf.mismatch(&self.leaves[next as usize]) };
            let edge = if next == Leaf::NONE { 0.0 } else { leaf.edge(&self.leaves[next as usize]) };
            sums.add(leaf, mismatch + edge);
            // It belongs to both.
            self.leaves[index as usize].mismatches[1] = mismatch;
            if next != Leaf::NONE {
                self.leaves[next as usize].mismatches[0] = mismatch;
            }
            index = next;
        }
        self.set_totals(sums);
    }

    /// Whether all leaves saw the same value, and none any other.
    pub fn is_constant(&self) -> bool {
        let value = |leaf: &Leaf| leaf.swept.estimate / leaf.region.width();
        let first = self.leaves.first().map_or(0.0, value);
        let same = |leaf: &Leaf| leaf.swept.constant && (value(leaf) - first).abs() <= SAME * first.abs();
        self.leaves.iter().all(same)
    }

    fn set_totals(&mut self, sums: Sum) {
        self.totals = sums.totals();
        self.most = self.most.max(self.totals.magnitude);
        self.totals.truncation += self.beyond;
        self.totals.error += self.beyond;
    }

    /// All leaves are looked at again.
    pub(super) fn reopen(&mut self) {
        self.active.clear();
        self.active.extend(0..self.leaves.len() as u32);
        (self.settled, self.stuck) = (Totals::default(), 0.0);
    }

    /// How closely a region is to be swept.
    pub(super) fn set_share(&mut self, error: f64) {
        self.share = Tolerance { absolute: error, relative: 0.0 };
    }

    /// Decides what to do to come to this error.
    pub(super) fn refine_to(&mut self, error: f64) -> Option<Outcome> {
        self.tolerance = Tolerance { absolute: error, relative: 0.0 };
        self.refine()
    }

    /// Decides to split, or to sweep in another way, the leaves above their share; the others settle.
    fn refine(&mut self) -> Option<Outcome> {
        let target = self.tolerance.at(self.totals.estimate);
        if let Some(outcome) = self.hopeless(target) {
            return Some(outcome);
        }
        self.refine_above(0.5 * (target - self.stuck).max(self.stuck) / self.leaves.len() as f64);
        if self.steps.is_empty() {
            // Every one is within its share as it was when there were fewer.
            self.walk();
            self.reopen();
            if let Some(outcome) = self.hopeless(target) {
                return Some(outcome);
            }
            let errors = self.leaves.iter().filter(|leaf| leaf.can_be_refined()).map(Leaf::error);
            let worst = errors.fold(0.0, f64::max);
            let stuck: f64 = self.leaves.iter().filter(|leaf| !leaf.can_be_refined()).map(Leaf::error).sum();
            let share = 0.5 * (target - stuck).max(stuck) / self.leaves.len() as f64;
            self.refine_above(share.min(0.5 * worst));
            if self.steps.is_empty() {
                return Some(Outcome::RoundoffLimited);
            }
        }
        None
    }

    fn refine_above(&mut self, share: f64) {
        self.share = Tolerance { absolute: share, relative: 0.0 };
        std::mem::swap(&mut self.active, &mut self.spare);
        let mut settled = Sum::from(self.settled);
        for k in 0..self.spare.len() {
            let index = self.spare[k];
            let leaf = &self.leaves[index as usize];
            let refinable = leaf.can_be_refined();
            if refinable && leaf.error() > share {
                let step = leaf.step(self.method == Method::Auto);
                self.steps.push((index, step));
                continue;
            }
            if !refinable {
                self.stuck += leaf.error();
            }
            settled.add(leaf, leaf.mismatches[1]);
        }
        self.spare.clear();
        self.settled = settled.totals();
    }

    /// Whether what cannot be refined is above the target, or rounding is nearly all.
    fn hopeless(&self, target: f64) -> Option<Outcome> {
        let (mut stuck, mut rest) = (self.stuck + self.beyond, self.settled.truncation - self.stuck);
        for &index in &self.active {
            let leaf = &self.leaves[index as usize];
            *if leaf.can_be_refined() { &mut rest } else { &mut stuck } += leaf.error();
        }
        let rounding = self.totals.error - self.totals.truncation;
        let over = stuck + rounding > target && rest <= stuck + rounding;
        over.then_some(Outcome::RoundoffLimited)
    }

    /// A region with a value that is not finite: cut there if that is inside, as the middle of levels is, else swept by
    /// levels, which avoid the ends.
    fn cut_out_bad(&mut self, index: u32) -> Option<Outcome> {
        let leaf = &self.leaves[index as usize];
        let region = leaf.region;
        let Some((point, value)) = leaf.swept.bad else { return Some(Outcome::Overflow) };
        let inside = region.lower < point && point < region.upper;
        // Levels whose middle is rounded to an end are none the second time, either.
        let levels = region.sweep == Sweep::Levels && (leaf.swept.reach != [0; 2] || !inside);
        let again = levels || region.map != Map::Plain;
        if again || inside && self.bad >= Self::MOST_BAD {
            return Some(Outcome::NonFinite { point: region.map.point(point), value });
        }
        self.bad += usize::from(inside);
        self.steps.push((index, if inside { Step::CutOut(point) } else { Step::Avoid }));
        None
    }
}
