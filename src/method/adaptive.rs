//! Global adaptive integration by rounds: every round sweeps all regions that need it, and adds up the leaves again.

use super::Method;
use super::leaf::{Leaf, least_rung};
use crate::estimate::Tolerance;
use crate::plan::{Map, Region, Regions, Sweep, Swept};
use crate::reduce::Partial;

/// What has become of an integral.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Converged,
    RoundoffLimited,
    NonFinite { point: f64, value: f64 },
    Overflow,
    Divergent,
    Oscillates,
    MaxEvaluations,
    MemoryLimit,
}

/// An integral under way: its leaves, and what is to be swept next.
#[derive(Clone, Debug)]
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
    of: Vec<usize>,
    share: Tolerance,
    pub evaluations: u64,
    /// Points inside at which the integrand was not finite.
    bad: usize,
    pub totals: Totals,
}

/// Sums over the leaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub estimate: f64,
    pub error: f64,
    pub magnitude: f64,
    pub floor: f64,
}

impl Adaptive {
    /// Leaves beyond which memory is not used: 2^20 of some 200 bytes.
    const MOST_LEAVES: usize = 1 << 20;
    /// Points that are not finite, beyond which there is no use in cutting them out.
    const MOST_BAD: usize = 3;

    pub fn new(method: Method, tolerance: Tolerance, most: u64, regions: Vec<(Region, [bool; 2])>) -> Self {
        let leaves: Vec<Leaf> = regions.into_iter().map(|(region, edges)| Leaf::new(region, edges)).collect();
        let span = leaves.iter().map(|leaf| leaf.region.width()).sum();
        let asked: Vec<Region> = leaves.iter().map(|leaf| leaf.region).collect();
        let share = if leaves.len() == 1 { tolerance } else { Tolerance { relative: 0.0, ..tolerance } };
        let of = (0..leaves.len()).collect();
        let totals = Totals::default();
        let (wanted, tolerance) = (tolerance, tolerance.inner());
        Self { wanted, method, tolerance, most, span, leaves, asked, of, share, evaluations: 0, bad: 0, totals }
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
        Some(if limit && self.wanted.met(self.totals.error, self.totals.estimate) {
            Outcome::Converged
        } else {
            outcome
        })
    }

    fn round(&mut self, swept: &[Swept]) -> Option<Outcome> {
        for (&index, &swept) in self.of.iter().zip(swept) {
            self.evaluations += u64::from(swept.evaluations);
            self.leaves[index].take(swept);
        }
        self.of.clear();
        self.asked.clear();
        if let Some(outcome) = self.cut_out_bad() {
            return Some(outcome);
        }
        if self.asked.is_empty() {
            self.sum();
            if self.leaves.iter().any(|leaf| leaf.swept.oscillates && leaf.swept.error > leaf.swept.magnitude * 1e-3) {
                return Some(Outcome::Oscillates);
            }
            if self.leaves.iter().any(Leaf::diverges) {
                return Some(Outcome::Divergent);
            }
            if self.tolerance.met(self.totals.error, self.totals.estimate) {
                return Some(Outcome::Converged);
            }
            if let Some(outcome) = self.refine() {
                return Some(outcome);
            }
        }
        if self.evaluations >= self.most {
            return Some(Outcome::MaxEvaluations);
        }
        (self.leaves.len() > Self::MOST_LEAVES).then_some(Outcome::MemoryLimit)
    }

    /// Adds up the leaves in ascending order, with compensation.
    fn sum(&mut self) {
        let (mut estimate, mut totals) = (Partial::IDENTITY, Totals::default());
        for index in 0..self.leaves.len() {
            let mismatch = match self.leaves.get(index + 1) {
                Some(next) => self.leaves[index].mismatch(next),
                None => 0.0,
            };
            // It belongs to both.
            self.leaves[index].mismatches[1] = mismatch;
            if mismatch > 0.0 {
                self.leaves[index + 1].mismatches[0] = mismatch;
            }
            let leaf = &self.leaves[index];
            estimate = estimate.combine(Partial::new(leaf.swept.estimate));
            totals.error += leaf.swept.error + mismatch;
            totals.magnitude += leaf.swept.magnitude;
            totals.floor += leaf.swept.floor;
        }
        totals.estimate = estimate.value();
        self.totals = totals;
    }

    /// Regions with a value that is not finite: cut there if that is inside, else swept by levels, which avoid the ends.
    fn cut_out_bad(&mut self) -> Option<Outcome> {
        let finite = |leaf: &Leaf| leaf.swept.estimate.is_finite() && leaf.swept.error.is_finite();
        if self.leaves.iter().all(finite) {
            return None;
        }
        for leaf in std::mem::take(&mut self.leaves) {
            let region = leaf.region;
            if finite(&leaf) {
                self.leaves.push(leaf);
                continue;
            }
            let Some((point, value)) = leaf.swept.bad else { return Some(Outcome::Overflow) };
            let again = region.sweep == Sweep::Levels || region.map != Map::Plain;
            let inside = region.lower < point && point < region.upper;
            if again || inside && self.bad >= Self::MOST_BAD {
                return Some(Outcome::NonFinite { point, value });
            }
            if inside {
                self.bad += 1;
                for (lower, upper, edges) in
                    [(region.lower, point, [leaf.edges[0], true]), (point, region.upper, [true, leaf.edges[1]])]
                {
                    let part = Region { lower, upper, ..region };
                    self.push(leaf.child(part, edges), part);
                }
            } else {
                self.push(leaf, Region { sweep: Sweep::Levels, ..region });
            }
        }
        None
    }

    /// Splits, or sweeps in another way, the leaves above their share.
    fn refine(&mut self) -> Option<Outcome> {
        let target = self.tolerance.at(self.totals.estimate);
        let (mut stuck, mut rest, mut worst) = (0.0, 0.0, 0.0f64);
        for leaf in &self.leaves {
            if leaf.can_be_refined() {
                worst = worst.max(leaf.error());
                rest += leaf.error();
            } else {
                stuck += leaf.swept.error;
            }
        }
        if worst == 0.0 || stuck > target && rest <= stuck || self.totals.error <= 1.5 * self.totals.floor {
            return Some(Outcome::RoundoffLimited);
        }
        let share = 0.5 * (target - stuck).max(stuck) / self.leaves.len() as f64;
        let bound = share.min(0.5 * worst);
        let old = std::mem::take(&mut self.leaves);
        for leaf in old {
            if leaf.error() > bound && leaf.can_be_refined() {
                self.refine_one(leaf);
            } else {
                self.leaves.push(leaf);
            }
        }
        self.share = Tolerance { absolute: share, relative: 0.0 };
        None
    }

    /// Appends a leaf, or its parts, with the sweep that it needs.
    fn refine_one(&mut self, mut leaf: Leaf) {
        let (region, edges) = (leaf.region, leaf.edges);
        match region.sweep {
            Sweep::Ladder { .. } if self.method == Method::Auto && leaf.wants_levels() => {
                leaf.levels_tried();
                self.push(leaf, Region { sweep: Sweep::Levels, ..region });
            }
            Sweep::Levels if !(region.lower.is_finite() && region.upper.is_finite()) => self.open_up(&leaf),
            _ => {
                let levels = self.method == Method::DoubleExponential && region.sweep == Sweep::Levels;
                // The whole at once into four, so that the rungs reach the density of nodes that is asked for.
                let parts = if self.method == Method::Auto && self.leaves.is_empty() && region.width() == self.span {
                    4
                } else {
                    2
                };
                let at = |k: usize| match k {
                    0 => region.lower,
                    k if k == parts => region.upper,
                    k => region.lower + (0.5 * region.upper - 0.5 * region.lower) * (2.0 * k as f64 / parts as f64),
                };
                for k in 0..parts {
                    let (lower, upper) = (at(k), at(k + 1));
                    let least = if self.method == Method::Auto { least_rung((upper - lower) / self.span) } else { 0 };
                    let sweep = if levels { Sweep::Levels } else { Sweep::Ladder { least } };
                    let part = Region { lower, upper, sweep, ..region };
                    self.push(leaf.child(part, [k == 0 && edges[0], k + 1 == parts && edges[1]]), part);
                }
            }
        }
    }

    /// An infinite region whose levels did not converge: panels in the variable t of the levels.
    fn open_up(&mut self, leaf: &Leaf) {
        let Leaf { region, swept, edges, .. } = *leaf;
        let map = match (region.lower.is_finite(), region.upper.is_finite()) {
            (true, false) => Map::Exp { from: region.lower, direction: 1.0 },
            (false, true) => Map::Exp { from: region.upper, direction: -1.0 },
            _ => Map::Sinh,
        };
        let (from, to) = (-f64::from(swept.reach[0].max(1)), f64::from(swept.reach[1].max(1)));
        self.span = to - from;
        let panels = 8;
        let at = |k: usize| from + (to - from) * k as f64 / panels as f64;
        for k in 0..panels {
            let part = Region { lower: at(k), upper: at(k + 1), map, sweep: Sweep::Ladder { least: 2 }, ..region };
            self.push(leaf.child(part, [k == 0 && edges[0], k + 1 == panels && edges[1]]), part);
        }
    }

    /// Appends a leaf and asks for its sweep.
    fn push(&mut self, leaf: Leaf, region: Region) {
        self.asked.push(Region { guarded: leaf.region.guarded, ..region });
        self.of.push(self.leaves.len());
        self.leaves.push(leaf);
    }
}
