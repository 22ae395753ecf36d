//! Global adaptive integration by rounds: every round sweeps all regions that need it.
//!
//! Leaves stay where they are, linked in ascending order; a leaf that is split makes room for its first part and appends
//! the others. Those above their share of the tolerance are *active*, and only they are looked at from round to
//! round; the rest is *settled* and counts by its sum. Where that sum meets the tolerance, all leaves are added up again in
//! ascending order and neighbours compared; what that brings to light is active again.

mod mesh;

use super::Method;
use super::leaf::{Leaf, least_rung};
use super::outcome::{Outcome, Sum, Totals};
use crate::estimate::Tolerance;
use crate::plan::{Map, Region, Regions, Sweep, Swept};

/// An integral under way: its leaves, and what is to be swept next. Used again and again, it keeps its memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adaptive {
    method: Method,
    /// What is asked for, and what is refined to.
    wanted: Tolerance,
    tolerance: Tolerance,
    most: u64,
    /// Length of the whole, in x or in t.
    span: f64,
    leaves: Vec<Leaf>,
    /// Regions to sweep, and the leaf of each.
    asked: Vec<Region>,
    of: Vec<u32>,
    was: Vec<u32>,
    share: Tolerance,
    /// Leaves above their share, and what the others add up to.
    active: Vec<u32>,
    spare: Vec<u32>,
    settled: Totals,
    /// Errors of settled leaves that cannot be refined.
    stuck: f64,
    pub evaluations: u64,
    /// Points inside at which the integrand was not finite.
    bad: usize,
    pub totals: Totals,
}

impl Adaptive {
    /// Leaves beyond which memory is not used: 2^20 of some 300 bytes.
    const MOST_LEAVES: usize = 1 << 20;
    /// Points that are not finite, beyond which there is no use in cutting them out.
    const MOST_BAD: usize = 3;

    /// A new integral over regions in ascending order, with which of their ends are edges.
    pub fn begin(&mut self, method: Method, tolerance: Tolerance, most: u64, regions: &[(Region, [bool; 2])]) {
        (self.method, self.wanted, self.tolerance, self.most) = (method, tolerance, tolerance.inner(), most);
        self.leaves.clear();
        self.asked.clear();
        self.of.clear();
        self.active.clear();
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
        self.share = if regions.len() == 1 { tolerance } else { Tolerance { relative: 0.0, ..tolerance } };
        (self.settled, self.totals) = (Totals::default(), Totals::default());
        (self.stuck, self.evaluations, self.bad) = (0.0, 0, 0);
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
            outcome
        })
    }

    fn round(&mut self, swept: &[Swept]) -> Option<Outcome> {
        std::mem::swap(&mut self.of, &mut self.was);
        self.of.clear();
        self.asked.clear();
        let mut ended = None;
        for (k, &swept) in swept.iter().enumerate() {
            let index = self.was[k];
            self.evaluations += u64::from(swept.evaluations);
            if self.leaves[index as usize].locating {
                self.cut(index, swept.place);
                continue;
            }
            self.leaves[index as usize].take(swept);
            if swept.estimate.is_finite() && swept.error.is_finite() {
                self.active.push(index);
            } else {
                ended = ended.or(self.cut_out_bad(index));
            }
        }
        if ended.is_some() {
            self.walk();
            return ended;
        }
        if self.asked.is_empty() {
            let mut sums = Sum::from(self.settled);
            for &index in &self.active {
                let leaf = &self.leaves[index as usize];
                let oscillates = leaf.swept.oscillates && leaf.swept.error > leaf.swept.magnitude * 1e-3;
                if oscillates || leaf.diverges() {
                    ended = Some(if oscillates { Outcome::Oscillates } else { Outcome::Divergent });
                }
                sums.add(leaf, leaf.mismatches[1]);
            }
            self.totals = sums.totals();
            if ended.is_some() {
                self.walk();
                return ended;
            }
            if self.tolerance.met(self.totals.error, self.totals.estimate) {
                self.walk();
                if self.tolerance.met(self.totals.error, self.totals.estimate) {
                    return Some(Outcome::Converged);
                }
                self.reopen();
            }
            if let Some(outcome) = self.refine() {
                self.walk();
                return Some(outcome);
            }
        }
        if self.evaluations >= self.most {
            return Some(Outcome::MaxEvaluations);
        }
        (self.leaves.len() > Self::MOST_LEAVES).then_some(Outcome::MemoryLimit)
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
        self.totals = sums.totals();
    }

    /// All leaves are looked at again.
    fn reopen(&mut self) {
        self.active.clear();
        self.active.extend(0..self.leaves.len() as u32);
        (self.settled, self.stuck) = (Totals::default(), 0.0);
    }

    /// Splits, or sweeps in another way, the leaves above their share; the others settle.
    fn refine(&mut self) -> Option<Outcome> {
        let target = self.tolerance.at(self.totals.estimate);
        if let Some(outcome) = self.hopeless(target) {
            return Some(outcome);
        }
        self.refine_above(0.5 * (target - self.stuck).max(self.stuck) / self.leaves.len() as f64);
        if self.asked.is_empty() {
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
            if self.asked.is_empty() {
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
                self.refine_one(index);
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
        let (mut stuck, mut rest) = (self.stuck, self.settled.truncation - self.stuck);
        for &index in &self.active {
            let leaf = &self.leaves[index as usize];
            *if leaf.can_be_refined() { &mut rest } else { &mut stuck } += leaf.error();
        }
        let rounding = self.totals.error - self.totals.truncation;
        let over = stuck + rounding > target && rest <= stuck + rounding;
        over.then_some(Outcome::RoundoffLimited)
    }

    /// A region with a value that is not finite: cut there if that is inside, else swept by levels, which avoid the ends.
    fn cut_out_bad(&mut self, index: u32) -> Option<Outcome> {
        let leaf = self.leaves[index as usize];
        let region = leaf.region;
        let Some((point, value)) = leaf.swept.bad else { return Some(Outcome::Overflow) };
        let again = region.sweep == Sweep::Levels || region.map != Map::Plain;
        let inside = region.lower < point && point < region.upper;
        if again || inside && self.bad >= Self::MOST_BAD {
            return Some(Outcome::NonFinite { point, value });
        }
        if inside {
            self.bad += 1;
            self.split(index, &[point], true, region.sweep);
        } else {
            let region = Region { sweep: Sweep::Levels, ..region };
            self.leaves[index as usize].region = region;
            self.ask(index, region);
        }
        None
    }

    /// Asks for parts of a leaf, or for another sweep of it.
    fn refine_one(&mut self, index: u32) {
        let leaf = self.leaves[index as usize];
        let region = leaf.region;
        let auto = self.method == Method::Auto;
        match region.sweep {
            Sweep::Ladder { .. } if auto && leaf.wants_levels() => {
                self.leaves[index as usize].levels_tried();
                self.ask(index, Region { sweep: Sweep::Levels, ..region });
            }
            Sweep::Levels if !(region.lower.is_finite() && region.upper.is_finite()) => self.open_up(index),
            Sweep::Ladder { .. } if auto && leaf.wants_a_place() => {
                self.leaves[index as usize].place_tried();
                self.ask(index, Region { sweep: Sweep::Locate, ..region });
            }
            _ => self.bisect(index),
        }
    }

    fn bisect(&mut self, index: u32) {
        let region = self.leaves[index as usize].region;
        let levels = self.method == Method::DoubleExponential && region.sweep == Sweep::Levels;
        let sweep = if levels { Sweep::Levels } else { Sweep::Ladder { least: 0 } };
        let middle = self.leaves[index as usize].middle();
        // The whole at once into four, so that the rungs reach the density of nodes that is asked for.
        if self.method == Method::Auto && self.leaves.len() == 1 {
            let quarter = 0.25 * region.upper - 0.25 * region.lower;
            self.split(
                index,
                &[region.lower + quarter, region.lower + 2.0 * quarter, region.lower + 3.0 * quarter],
                false,
                sweep,
            );
        } else {
            self.split(index, &[middle], false, sweep);
        }
    }

    /// Cuts a leaf at the place that was found: next to it the mesh is graded to the width of what is there.
    fn cut(&mut self, index: u32, place: Option<(f64, f64)>) {
        self.leaves[index as usize].locating = false;
        let region = self.leaves[index as usize].region;
        let sweep = Sweep::Ladder { least: 0 };
        match place {
            Some((point, 0.0)) if region.lower < point && point < region.upper => {
                self.split(index, &[point], true, sweep)
            }
            Some((point, width)) if region.lower < point && point < region.upper => {
                let mut cuts = [0.0; 24];
                let mut count = 0;
                let mut distance = 0.25 * region.width();
                while count < 11 && distance > 2.0 * width {
                    cuts[count] = distance;
                    count += 1;
                    distance *= 0.125;
                }
                let mut places = [0.0; 24];
                for k in 0..count {
                    places[k] = point - cuts[k];
                    places[2 * count - k] = point + cuts[k];
                }
                places[count] = point;
                let from = places[..=2 * count].iter().filter(|&&p| p <= region.lower).count();
                let to = places[..=2 * count].iter().filter(|&&p| p < region.upper).count();
                self.split(index, &places[from..to], false, sweep);
            }
            _ => self.bisect(index),
        }
    }

    /// Splits a leaf at these points, which are in ascending order and inside, and asks for the parts.
    fn split(&mut self, index: u32, points: &[f64], edges: bool, sweep: Sweep) {
        let parent = self.leaves[index as usize];
        let (region, parts) = (parent.region, points.len() + 1);
        for k in 0..parts {
            let lower = if k == 0 { region.lower } else { points[k - 1] };
            let upper = if k + 1 == parts { region.upper } else { points[k] };
            let sweep = match sweep {
                Sweep::Ladder { .. } if self.method == Method::Auto => {
                    Sweep::Ladder { least: least_rung((upper - lower) / self.span) }
                }
                other => other,
            };
            let its_edges =
                [if k == 0 { parent.edges[0] } else { edges }, if k + 1 == parts { parent.edges[1] } else { edges }];
            let mut leaf = parent.child(Region { lower, upper, sweep, ..region }, its_edges);
            let new = self.leaves.len() as u32;
            leaf.next = if k + 1 == parts {
                parent.next
            } else if k == 0 {
                new
            } else {
                new + 1
            };
            let region = leaf.region;
            let at = if k == 0 { index } else { new };
            if k == 0 {
                self.leaves[index as usize] = leaf;
            } else {
                self.leaves.push(leaf);
            }
            self.ask(at, region);
        }
    }

    /// An infinite region whose levels did not converge: panels in the variable t of the levels.
    fn open_up(&mut self, index: u32) {
        const PANELS: usize = 8;
        let Leaf { region, swept, .. } = self.leaves[index as usize];
        let map = match (region.lower.is_finite(), region.upper.is_finite()) {
            (true, false) => Map::Exp { from: region.lower, direction: 1.0 },
            (false, true) => Map::Exp { from: region.upper, direction: -1.0 },
            _ => Map::Sinh,
        };
        let (from, to) = (-f64::from(swept.reach[0].max(1)), f64::from(swept.reach[1].max(1)));
        self.span = to - from;
        let leaf = &mut self.leaves[index as usize];
        leaf.region = Region { lower: from, upper: to, map, ..region };
        let points: [f64; PANELS - 1] = std::array::from_fn(|k| from + (to - from) * (k + 1) as f64 / PANELS as f64);
        self.split(index, &points, false, Sweep::Ladder { least: 2 });
    }

    fn ask(&mut self, index: u32, region: Region) {
        let leaf = &mut self.leaves[index as usize];
        leaf.locating = region.sweep == Sweep::Locate;
        self.asked.push(Region { guarded: leaf.region.guarded, ..region });
        self.of.push(index);
    }
}
