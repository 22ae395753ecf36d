//! Adaptive cubature: an even mesh of boxes, halved across the axis on which the integrand is roughest, all that matter
//! in each round.

mod choose;
mod divide;
mod doubt;
mod first;
mod grade;
mod joint;
mod leaf;
mod planes;
mod steps;
mod tree;

use super::{Limits, Outcome};
use crate::estimate::Tolerance;
use crate::estimate::cubature::{caution, claims_of_halves};
use crate::plan::{Axis, BoxRule, Boxes, Look, SweptBox};
pub(crate) use doubt::Suspicion;
pub(crate) use joint::JointCubature;
use leaf::{BoxLeaf, BoxTotals};
use planes::{Found, NO_PLANE, SEARCHES};
pub(crate) use tree::MOST_DIMENSIONS as MOST_PLACED;
use tree::{MOST_LEAVES, Tree};

/// The share of the tolerance that claims are refined to.
const GOAL: f64 = 0.9;

/// A fine sweep that leaves more than this of a claim is wasted.
const WASTED: f64 = 0.1;

/// Evaluations up to which a first mesh is cut at planes, as far as these are not more than a quarter of all there may
/// be.
const FIRST: u64 = 1 << 17;

/// What is kept of a claim for something odd, for each unit of volume, until nodes see it, too.
const KEPT: f64 = 0.5;

/// Boxes that are swept at once.
const LANES: usize = 8;

/// Bytes that leaves may take.
const MEMORY: usize = 512 << 20;

/// One adaptive integration over a box.
pub(crate) struct Cubature {
    axes: Vec<Axis>,
    tolerance: Tolerance,
    /// The evaluations after which to give up.
    most: u64,
    costs: Costs,
    /// Leaves that there may be.
    capacity: usize,
    /// The bounds of the leaves, `axes.len()` for each.
    lower: Vec<f64>,
    upper: Vec<f64>,
    leaves: Vec<BoxLeaf>,
    /// What leaves claim, in memory of its own.
    claims: Vec<f64>,
    /// By which cuts they came to be, in few dimensions and as long as there are not too many.
    tree: Option<Tree>,
    /// The leaves to be halved, and the bounds of their halves, those to be swept by the rule of degree 7 first; the
    /// first mesh, to begin with.
    active: Vec<u32>,
    next_lower: Vec<f64>,
    next_upper: Vec<f64>,
    by_seventh: usize,
    /// The leaves to be swept by the fine rule, and their bounds.
    fine: Vec<u32>,
    /// Evaluations of fine sweeps that brought little.
    wasted: u64,
    fine_lower: Vec<f64>,
    fine_upper: Vec<f64>,
    /// Planes on which the integrand has a kink or a step, and how many lines may still be searched for more.
    planes: Vec<Found>,
    searches: u32,
    /// The plane that each of the active leaves is cut at, if any.
    cuts: Vec<Option<u32>>,
    /// What the arithmetic of the values may make of the integral.
    arithmetic: f64,
    /// Of all leaves.
    pub totals: BoxTotals,
    pub evaluations: u64,
    /// The largest |f| in any sweep.
    pub peak: f64,
    /// Whether the first mesh was of fewer boxes than are to be believed.
    is_coarse: bool,
    /// The largest |f| that other points met which say that the mesh is wrong, wherever these are.
    pub sight: f64,
    /// The integral by points all over, its standard deviation and the largest term, once that was looked at.
    pub probed: Option<(f64, f64, f64)>,
    /// The points all over the mesh at which was looked.
    pub scattered: u64,
    /// Where the integrand was found not to be finite.
    pub bad: Vec<f64>,
}

/// The evaluations of one sweep by each rule that there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    pub seventh: u64,
    pub ninth: Option<u64>,
    pub fine: Option<u64>,
}

impl Cubature {
    /// The integration over the box of `axes`, at which was looked.
    pub fn new(axes: Vec<Axis>, tolerance: Tolerance, limits: Limits, costs: Costs, look: &Look) -> Self {
        let Limits { evaluations: most, leaves: capacity } = limits;
        let first = (FIRST.min(most / 4) / costs.seventh).min(capacity as u64);
        let (next_lower, next_upper, tree) = first::mesh(&axes, look, first);
        Self {
            is_coarse: false,
            // Where what looks smooth may be left to the fine rule, it has to be sure.
            by_seventh: if costs.ninth.is_some() && costs.fine.is_some() { 0 } else { next_lower.len() / axes.len() },
            next_lower,
            next_upper,
            axes,
            tolerance,
            most,
            costs,
            capacity,
            lower: Vec::new(),
            upper: Vec::new(),
            leaves: Vec::new(),
            claims: Vec::new(),
            tree,
            active: Vec::new(),
            planes: look.planes.iter().map(|&plane| Found { plane, score: 0 }).collect(),
            searches: SEARCHES,
            cuts: Vec::new(),
            fine: Vec::new(),
            wasted: 0,
            fine_lower: Vec::new(),
            fine_upper: Vec::new(),
            arithmetic: 0.0,
            totals: BoxTotals::default(),
            evaluations: look.evaluations,
            peak: 0.0,
            sight: 0.0,
            probed: None,
            scattered: 0,
            bad: Vec::new(),
        }
    }

    /// Before the first round: a first mesh of fewer boxes, where so many would go beyond the limit on evaluations. It is
    /// not to be believed then.
    pub fn within_evaluations(&mut self, look: &Look) {
        if self.evaluations + self.cost() > self.most {
            let each = self.costs.ninth.filter(|_| self.by_seventh == 0).unwrap_or(self.costs.seventh);
            let most = self.most.saturating_sub(self.evaluations) / each;
            (self.next_lower, self.next_upper, self.tree) = first::mesh_within(&self.axes, look, most as usize);
            self.by_seventh = self.by_seventh.min(self.next_lower.len() / self.axes.len());
            self.is_coarse = true;
        }
    }

    /// The leaves that there may be in so many dimensions unless a limit is set.
    pub fn usual_capacity(dimension: usize) -> usize {
        MEMORY / (2 * size_of::<f64>() * dimension + size_of::<BoxLeaf>())
    }

    /// Bytes for each leaf, at most: itself, and the boxes of a round with what is found of them, in lists that have
    /// grown by doubling.
    pub fn bytes(dimension: usize) -> usize {
        let bounds = 2 * size_of::<f64>() * dimension;
        let cuts = if dimension <= MOST_PLACED { tree::BYTES } else { 0 };
        2 * (2 * bounds + size_of::<BoxLeaf>() + 2 * size_of::<SweptBox>() + size_of::<Option<divide::Cut>>() + 24)
            + cuts
    }

    /// The boxes without which there is no first mesh, around so many known peaks.
    pub fn least_boxes(dimension: usize, peaks: usize) -> usize {
        (1 << first::halvings(dimension)) + peaks * 20 * dimension
    }

    /// The boxes of the first mesh, where these are more than there may be.
    pub fn too_many(&self) -> Option<usize> {
        let boxes = self.next_lower.len() / self.axes.len();
        Some(boxes).filter(|&boxes| self.leaves.is_empty() && boxes > self.capacity)
    }

    /// Claims this much more: what the arithmetic of the values may make of them.
    pub fn allow(&mut self, arithmetic: f64) {
        self.arithmetic = arithmetic;
    }

    /// The error that is asked for.
    pub fn wanted(&self) -> f64 {
        self.tolerance.at(self.totals.estimate())
    }

    /// The boxes to sweep by this rule.
    pub fn next(&self, rule: BoxRule) -> Boxes<'_> {
        let dimension = self.axes.len();
        if rule == BoxRule::Fine {
            return Boxes { dimension, lower: &self.fine_lower, upper: &self.fine_upper, rule };
        }
        let halves = Boxes { dimension, lower: &self.next_lower, upper: &self.next_upper, rule };
        let (seventh, ninth) = halves.split_at(self.by_seventh);
        if rule == BoxRule::Seventh { seventh } else { ninth }
    }

    /// The evaluations of the next round.
    pub fn cost(&self) -> u64 {
        let each = |rule| match rule {
            BoxRule::Seventh => self.costs.seventh,
            BoxRule::Ninth => self.costs.ninth.unwrap_or(0),
            BoxRule::Fine => self.costs.fine.unwrap_or(0),
        };
        let rules = [BoxRule::Seventh, BoxRule::Ninth, BoxRule::Fine];
        rules.iter().map(|&rule| self.next(rule).len() as u64 * each(rule)).sum()
    }

    /// Whether what is claimed is within the tolerance.
    pub fn met(&self) -> bool {
        !self.leaves.is_empty() && self.tolerance.met(self.totals.error(), self.totals.estimate())
    }

    /// The same of a mesh that no more is done to: one that should be graded is not believed.
    pub fn met_at_last(&mut self) -> bool {
        let goal = GOAL * self.wanted();
        self.met() && !self.grade(goal)
    }

    /// Of each leaf in turn, the lower and the upper bounds.
    pub fn bounds(&self) -> impl Iterator<Item = &[f64]> {
        let dimension = self.axes.len();
        let (lower, upper) = (self.lower.chunks_exact(dimension), self.upper.chunks_exact(dimension));
        lower.zip(upper).flat_map(|(lower, upper)| [lower, upper])
    }

    /// The boxes that make up the whole.
    pub fn regions(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Takes what the sweeps of [`next`](Self::next) found, by the rules of degree 7 and 9, and by the fine one; the
    /// outcome, if this is the end. Else [`divide`](Self::divide) follows.
    pub fn absorb(&mut self, swept: &mut [SweptBox], fine: &mut [SweptBox]) -> Option<Outcome> {
        let outcome = self.outcome(swept, fine);
        if self.is_coarse && outcome == Some(Outcome::Converged) { Some(Outcome::MaxEvaluations) } else { outcome }
    }

    fn outcome(&mut self, swept: &mut [SweptBox], fine: &mut [SweptBox]) -> Option<Outcome> {
        if let Some(outcome) = self.take(swept, fine) {
            return Some(outcome);
        }
        let (estimate, error) = (self.totals.estimate(), self.totals.error());
        let goal = GOAL * self.tolerance.at(estimate);
        let met = self.tolerance.met(error, estimate);
        if met && self.totals.truncation <= goal && !self.grade(goal) {
            return Some(Outcome::Converged);
        }
        if met && !self.active.is_empty() && self.totals.truncation <= goal {
            self.within_limit();
            return self.active.is_empty().then_some(Outcome::MaxEvaluations);
        }
        // No halving takes that away.
        if !met && self.totals.truncation <= goal && self.tolerance.met(error - self.totals.arithmetic, estimate) {
            return Some(Outcome::RoundoffLimited);
        }
        if self.evaluations >= self.most {
            // A mesh that should be graded is not believed.
            return Some(if met && !self.grade(goal) { Outcome::Converged } else { Outcome::MaxEvaluations });
        }
        self.choose(goal);
        self.refine(goal);
        let (full, cut) = (self.within_room(), self.within_limit());
        if !(self.active.is_empty() && self.fine.is_empty()) {
            return None;
        }
        // A mesh that should be graded is not believed.
        match (met && !self.grade(goal), full, cut) {
            (true, ..) => Some(Outcome::Converged),
            (_, true, _) => Some(Outcome::MemoryLimit),
            (.., true) => Some(Outcome::MaxEvaluations),
            _ if met => self.is_cut_off().then_some(Outcome::MaxEvaluations),
            _ => Some(Outcome::RoundoffLimited),
        }
    }

    /// The same without a judgement, but where the integral is none.
    fn take(&mut self, swept: &mut [SweptBox], fine: &mut [SweptBox]) -> Option<Outcome> {
        let (by_ninth, fine_each) = (swept.len() - self.by_seventh, self.costs.fine.unwrap_or(0));
        self.evaluations += self.by_seventh as u64 * self.costs.seventh
            + by_ninth as u64 * self.costs.ninth.unwrap_or(0)
            + fine.len() as u64 * fine_each;
        if let Some(bad) = swept.iter_mut().chain(&mut *fine).find_map(|one| one.bad.take()) {
            let (point, value) = *bad;
            let first = point[0];
            self.bad = point;
            return Some(Outcome::NonFinite { point: first, value });
        }
        self.peak = swept.iter().chain(&*fine).fold(self.peak, |peak, one| peak.max(one.peak()));
        self.place(swept);
        for (&i, one) in self.fine.iter().zip(&*fine) {
            let leaf = &mut self.leaves[i as usize];
            // What was claimed before stands where the fine rule is no better.
            let wasted = one.error > WASTED * leaf.error;
            if wasted {
                self.wasted += fine_each;
            }
            if one.error < leaf.error && !leaf.saw_more_than(one.low, one.high) {
                (leaf.estimate, leaf.error, leaf.floor) = (one.estimate, one.error, one.floor);
                leaf.error += leaf.odd;
                leaf.own = one.error;
                leaf.axis = one.axis;
            } else {
                // So much was wrong with what stands, if the fine rule met what no other node did.
                let apart = (one.estimate - leaf.estimate).abs();
                leaf.error = leaf.error.max(apart + leaf.odd);
                leaf.own = leaf.own.max(apart);
            }
            (leaf.low, leaf.high) = (leaf.low.min(one.low), leaf.high.max(one.high));
            (leaf.promise, leaf.tried) = (if wasted { f64::INFINITY } else { 0.0 }, true);
        }
        self.totals = BoxTotals::of(&self.leaves, self.arithmetic);
        let is_finite = self.totals.estimate().is_finite() && self.totals.error().is_finite();
        (!is_finite).then_some(Outcome::Overflow)
    }

    /// What it is when nothing can be done any more.
    fn rest(&self) -> Outcome {
        let met = self.tolerance.met(self.totals.error(), self.totals.estimate());
        if met { Outcome::Converged } else { Outcome::RoundoffLimited }
    }

    /// Puts halves into the places of what was halved, the upper ones behind all others.
    fn place(&mut self, swept: &[SweptBox]) {
        let dimension = self.axes.len();
        let leaf = |one: &SweptBox, error: f64, caution: f64| BoxLeaf {
            estimate: one.estimate,
            // Rounding is claimed apart.
            error: if error <= one.floor { 0.0 } else { error } + one.surprise,
            own: one.error + one.surprise,
            floor: one.floor,
            magnitude: one.magnitude,
            low: one.low,
            high: one.high,
            axis: one.axis,
            stuck: false,
            graded: false,
            promise: one.promise,
            // Corners that surprise are not seen by the fine rule.
            tried: one.surprise > error,
            caution,
            looked: false,
            odd: 0.0,
            sight: 0.0,
        };
        if self.leaves.is_empty() {
            self.lower.clone_from(&self.next_lower);
            self.upper.clone_from(&self.next_upper);
            self.leaves.extend(swept.iter().map(|one| leaf(one, one.error, 1.0)));
            return;
        }
        for (k, (&i, halves)) in self.active.iter().zip(swept.as_chunks::<2>().0).enumerate() {
            let (i, [first, second]) = (i as usize, halves);
            let before = self.leaves[i];
            let axis = usize::from(before.axis);
            let (at, from) = (i * dimension, 2 * k * dimension);
            let length = |from: usize| self.next_upper[from + axis] - self.next_lower[from + axis];
            let share = length(from) / (length(from) + length(from + dimension));
            let difference = before.estimate - (first.estimate + second.estimate);
            let rounding = before.floor + first.floor + second.floor;
            let difference = if difference.abs() <= rounding { 0.0 } else { difference };
            let rough = before.is_rough() || [first, second].iter().any(|half| half.promise == f64::INFINITY);
            let plane = self.cuts.get(k).copied().flatten();
            // What is cut at a plane is another integrand than before.
            let caution = if plane.is_none() { caution(before.caution, difference, before.own, rough) } else { 1.0 };
            let own = [first.error * caution, second.error * caution];
            let claims = claims_of_halves(own, before.own * caution, difference, [share, 1.0 - share]);
            if let Some(plane) = plane {
                let smooth = first.error + second.error <= 0.5 * before.error;
                let score = &mut self.planes[plane as usize].score;
                *score = (*score + if smooth { 1 } else { -1 }).min(-NO_PLANE);
            }
            let [mut first, mut second] = [leaf(first, claims[0], caution), leaf(second, claims[1], caution)];
            for (half, share) in [(&mut first, share), (&mut second, 1.0 - share)] {
                // Until nodes see it.
                let odd = KEPT * share * before.odd;
                half.odd = if half.own > odd { 0.0 } else { odd };
                half.sight = if half.odd > 0.0 { before.sight } else { 0.0 };
                half.error += half.odd;
            }
            self.leaves[i] = first;
            self.leaves.push(second);
            if let Some(tree) = &mut self.tree {
                tree.cut(i as u32, axis, self.next_upper[from + axis], true);
            }
            self.lower[at..at + dimension].copy_from_slice(&self.next_lower[from..from + dimension]);
            self.upper[at..at + dimension].copy_from_slice(&self.next_upper[from..from + dimension]);
            self.lower.extend_from_slice(&self.next_lower[from + dimension..from + 2 * dimension]);
            self.upper.extend_from_slice(&self.next_upper[from + dimension..from + 2 * dimension]);
        }
        self.tree.take_if(|_| self.leaves.len() > MOST_LEAVES);
    }
}
