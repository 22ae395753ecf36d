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
    MaxEvaluations,
    MemoryLimit,
}

/// An integral under way: its leaves, and what is to be swept next.
#[derive(Clone, Debug)]
pub(crate) struct Adaptive {
    method: Method,
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
    bad: Vec<(f64, f64)>,
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
        Self { method, tolerance, most, span, leaves, asked, of, share, evaluations: 0, bad: Vec::new(), totals }
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
        for (&index, &swept) in self.of.iter().zip(swept) {
            self.evaluations += u64::from(swept.evaluations);
            self.leaves[index].take(swept);
        }
        let swept_now = std::mem::take(&mut self.of);
        self.asked.clear();
        if let Some(outcome) = self.cut_out_bad(&swept_now) {
            return Some(outcome);
        }
        if self.asked.is_empty() {
            self.sum();
            if swept_now.iter().any(|&index| self.leaves[index].diverges()) {
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

    /// Adds up the leaves in the order in which they came, with compensation.
    fn sum(&mut self) {
        let (mut estimate, mut totals) = (Partial::IDENTITY, Totals::default());
        for Leaf { swept, .. } in &self.leaves {
            estimate = estimate.combine(Partial::new(swept.estimate));
            totals.error += swept.error;
            totals.magnitude += swept.magnitude;
            totals.floor += swept.floor;
        }
        totals.estimate = estimate.value();
        self.totals = totals;
    }

    /// Regions with a value that is not finite: cut there if that is inside, else avoided by levels.
    fn cut_out_bad(&mut self, swept: &[usize]) -> Option<Outcome> {
        for &index in swept {
            let leaf = &self.leaves[index];
            if leaf.swept.estimate.is_finite() && leaf.swept.error.is_finite() {
                continue;
            }
            let Some((point, value)) = leaf.swept.bad else {
                self.sum();
                return Some(Outcome::Overflow);
            };
            let region = leaf.region;
            let again = region.sweep == Sweep::Levels || region.map != Map::Plain;
            let inside = region.lower < point && point < region.upper;
            if again || inside && self.bad.len() >= Self::MOST_BAD {
                self.sum();
                return Some(Outcome::NonFinite { point, value });
            }
            if inside {
                self.bad.push((point, value));
                let edges = leaf.edges;
                self.replace(index, &[
                    (Region { upper: point, ..region }, [edges[0], true]),
                    (Region { lower: point, ..region }, [true, edges[1]]),
                ]);
            } else {
                self.ask(index, Region { sweep: Sweep::Levels, ..region });
            }
        }
        None
    }

    /// Splits, or sweeps in another way, the leaves above their share.
    fn refine(&mut self) -> Option<Outcome> {
        let target = self.tolerance.at(self.totals.estimate);
        if self.totals.error <= 1.5 * self.totals.floor {
            return Some(Outcome::RoundoffLimited);
        }
        let mut bound = 0.5 * target / self.leaves.len() as f64;
        let refinable = |leaf: &Leaf| leaf.can_be_refined();
        let worst = self.leaves.iter().filter(|leaf| refinable(leaf)).map(|leaf| leaf.swept.error).fold(0.0, f64::max);
        if worst == 0.0 {
            return Some(Outcome::RoundoffLimited);
        }
        bound = bound.min(0.5 * worst);
        for index in 0..self.leaves.len() {
            let leaf = &self.leaves[index];
            if leaf.swept.error > bound && refinable(leaf) {
                self.refine_one(index);
            }
        }
        self.share = Tolerance { absolute: (0.5 * target / self.leaves.len() as f64).max(self.tolerance.absolute / 1e6), relative: 0.0 };
        None
    }

    fn refine_one(&mut self, index: usize) {
        let leaf = &self.leaves[index];
        let (region, edges) = (leaf.region, leaf.edges);
        match region.sweep {
            Sweep::Ladder { .. } if self.method == Method::Auto && leaf.wants_levels() => {
                self.leaves[index].levels_tried();
                self.ask(index, Region { sweep: Sweep::Levels, ..region });
            }
            Sweep::Levels if !(region.lower.is_finite() && region.upper.is_finite()) => self.open_up(index),
            _ => {
                let sweep = match (self.method, region.sweep) {
                    (Method::DoubleExponential, Sweep::Levels) => Sweep::Levels,
                    _ => Sweep::Ladder { least: 0 },
                };
                let middle = leaf.middle();
                let half = |lower: f64, upper: f64| {
                    let share = (upper - lower) / self.span;
                    let sweep = match sweep {
                        Sweep::Ladder { .. } if self.method == Method::Auto => Sweep::Ladder { least: least_rung(share) },
                        other => other,
                    };
                    Region { lower, upper, sweep, ..region }
                };
                let parts = [
                    (half(region.lower, middle), [edges[0], false]),
                    (half(middle, region.upper), [false, edges[1]]),
                ];
                self.replace(index, &parts);
            }
        }
    }

    /// An infinite region whose levels did not converge: panels in the variable t of the levels.
    fn open_up(&mut self, index: usize) {
        let Leaf { region, swept, edges, .. } = self.leaves[index];
        let map = match (region.lower.is_finite(), region.upper.is_finite()) {
            (true, false) => Map::Exp { from: region.lower, direction: 1.0 },
            (false, true) => Map::Exp { from: region.upper, direction: -1.0 },
            _ => Map::Sinh,
        };
        let (from, to) = (-f64::from(swept.reach[0].max(1)), f64::from(swept.reach[1].max(1)));
        self.span = to - from;
        let panels = 8;
        let at = |k: usize| from + (to - from) * k as f64 / panels as f64;
        let list: Vec<(Region, [bool; 2])> = (0..panels)
            .map(|k| {
                let ends = [k == 0 && edges[0], k + 1 == panels && edges[1]];
                (Region { lower: at(k), upper: at(k + 1), map, sweep: Sweep::Ladder { least: 1 }, ..region }, ends)
            })
            .collect();
        self.replace(index, &list);
    }

    fn ask(&mut self, index: usize, region: Region) {
        self.asked.push(region);
        self.of.push(index);
    }

    /// Puts the parts of a leaf in its place, the others at the end.
    fn replace(&mut self, index: usize, parts: &[(Region, [bool; 2])]) {
        let parent = self.leaves[index];
        for (k, &(region, edges)) in parts.iter().enumerate() {
            let child = parent.child(region, edges);
            let at = if k == 0 { index } else { self.leaves.len() };
            if k == 0 {
                self.leaves[index] = child;
            } else {
                self.leaves.push(child);
            }
            self.ask(at, region);
        }
    }
}
