//! Several integrals on one mesh.
//!
//! Each component is an [`Adaptive`] of its own, with its own history and claims; but the mesh is one: where a
//! component wants a leaf split, all split it. Ways of sweeping a leaf that leave the mesh as it is (levels, the search
//! for a place) are a component's own. So each component is as well looked after as if it were alone, and what it
//! claims is what it would claim alone on that mesh. One that was integrated by itself is settled, and asks for
//! nothing.

use super::adaptive::Step;
use super::{Adaptive, Limits, Method, Outcome};
use crate::estimate::{Tolerance, unresolved};
use crate::norm::Measure;
use crate::plan::{Region, Swept};

/// The evaluations of a leaf in a round, at least: those of its first rung.
const LEAST: u64 = 18;

/// The error, as a share of ∫|f|, to which each component is refined whatever the norm: what is coarser claims too
/// little. (With 1e-3, components that the norm did not ask for claimed a tenth of their error in 3 of 48,000 random
/// vectors; with 1e-5 one claimed a quarter.)
pub(super) const RESOLVED: f64 = 1e-5;

/// The share of an estimate within which it is known what that is.
const KNOWN: f64 = 0.1;

/// A component below this share of the largest may be the rounding of others, and is not refined for its own sake.
const NOISE: f64 = 1e-13;

/// Integrals under way.
#[derive(Debug)]
pub(crate) struct Joint {
    measure: Measure,
    /// What is asked for, and what is refined to.
    wanted: Tolerance,
    tolerance: Tolerance,
    most: Limits,
    components: Vec<Adaptive>,
    /// What components came to by themselves, which are left alone then.
    settled: Vec<Option<(f64, f64)>>,
    pub estimates: Vec<f64>,
    pub errors: Vec<f64>,
    /// The errors that components are refined to: for the norm, and that each is resolved.
    limits: Vec<f64>,
    resolved: Vec<f64>,
    /// Leaf, component and what it wants.
    wishes: Vec<(u32, usize, Step)>,
    /// What is to be swept: leaf, component, and its place among what that component asks for; by leaves.
    asks: Vec<(u32, usize, usize)>,
}

/// What has become of the integrals, and the component that it is due to, where it is one.
pub(crate) type Verdict = (Outcome, Option<usize>);

impl Joint {
    /// `count` integrals over the same regions, in the memory of others. Nothing is swept before
    /// [`begin`](Self::begin).
    pub fn new(count: usize, measure: Measure, tolerance: Tolerance, most: Limits, memory: &mut Vec<Adaptive>) -> Self {
        let mut components = std::mem::take(memory);
        components.resize_with(count, Adaptive::default);
        Self {
            measure,
            wanted: tolerance,
            tolerance: tolerance.inner(),
            most,
            components,
            settled: vec![None; count],
            estimates: vec![0.0; count],
            errors: vec![f64::INFINITY; count],
            limits: vec![0.0; count],
            resolved: vec![f64::INFINITY; count],
            wishes: Vec::new(),
            asks: Vec::new(),
        }
    }

    pub fn begin(&mut self, method: Method, regions: &[(Region, [bool; 2])]) {
        for (component, settled) in self.components.iter_mut().zip(&self.settled) {
            // The limits are those of all.
            component.begin(method, self.wanted, Limits { evaluations: u64::MAX, leaves: usize::MAX }, regions);
            if settled.is_some() {
                component.ask_nothing();
            }
        }
        self.list();
    }

    /// The memory, for others.
    pub fn into_memory(self) -> Vec<Adaptive> {
        self.components
    }

    /// What to sweep next: leaf, component, place.
    pub fn next(&self) -> &[(u32, usize, usize)] {
        &self.asks
    }

    /// The region of an ask, and the tolerance of its sweep.
    pub fn region(&self, component: usize, place: usize) -> (Region, Tolerance) {
        let plan = self.components[component].next();
        (plan.list[place], plan.tolerance)
    }

    pub fn asked_of(&self, component: usize) -> usize {
        self.components[component].next().list.len()
    }

    pub fn regions(&self) -> u64 {
        self.components.iter().map(Adaptive::regions).max().unwrap_or(0)
    }

    /// A component came to this by itself, and asks for nothing any more.
    pub fn settle(&mut self, component: usize, estimate: f64, error: f64) {
        self.settled[component] = Some((estimate, error));
        self.components[component].ask_nothing();
        self.wishes.retain(|wish| wish.1 != component);
        self.list();
        self.read();
    }

    pub fn is_settled(&self, component: usize) -> bool {
        self.settled[component].is_some()
    }

    /// The error that a component is refined to, if that is known.
    pub fn limit(&self, component: usize) -> f64 {
        self.limits[component]
    }

    /// The error that a component may have if it is nothing beside the others, as far as these are known; none, where
    /// the norm does not ask for it.
    pub fn least_limit(&self, component: usize) -> f64 {
        let is_known = |c: usize| c != component && self.errors[c] <= KNOWN * self.estimates[c].abs();
        let known = |c: usize| if is_known(c) { self.estimates[c] } else { 0.0 };
        let others: Vec<f64> = (0..self.estimates.len()).map(known).collect();
        let (even, mut limits) = (vec![f64::INFINITY; others.len()], vec![0.0; others.len()]);
        self.measure.limits(&others, &even, |size| self.wanted.at(size), &mut limits);
        if limits[component].is_finite() { limits[component] } else { 0.0 }
    }

    /// The integral of |f|; or that of f where no more is known.
    pub fn magnitude(&self, component: usize) -> f64 {
        let own = self.components[component].totals.magnitude;
        self.settled[component].map_or(own, |(estimate, _)| estimate.abs())
    }

    /// Components that are on the mesh.
    fn on_mesh(&mut self) -> impl Iterator<Item = (usize, &mut Adaptive)> {
        let settled = &self.settled;
        self.components.iter_mut().enumerate().filter(|(c, _)| settled[*c].is_none())
    }

    /// The regions of a component in ascending order, and what they gave.
    pub fn swept(&self, component: usize) -> Vec<(Region, Swept)> {
        self.components[component].swept().collect()
    }

    /// ∫|f| below which a component is not refined for its own sake, as it may be the rounding of others.
    pub fn next_to_nothing(&self) -> f64 {
        NOISE * (0..self.components.len()).map(|c| self.magnitude(c)).fold(0.0, f64::max)
    }

    /// A component, to be looked at.
    pub fn component(&mut self, component: usize) -> &mut Adaptive {
        &mut self.components[component]
    }

    /// The integrals of all components, and what is claimed of them.
    pub fn claims(&self) -> Vec<(f64, f64)> {
        self.components.iter().map(|component| (component.totals.estimate, component.totals.error)).collect()
    }

    /// Looks for what is in these intervals, which are given by components; whether there are any.
    pub fn look_into(&mut self, found: &[Vec<(f64, f64)>]) -> bool {
        let mut all = found.concat();
        all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for (c, component) in self.on_mesh() {
            component.look_into(&all, &found[c]);
        }
        self.list();
        !all.is_empty()
    }

    /// Tells the sweep of the whole how closely each component is wanted, where a first look at it gave these
    /// estimates.
    pub fn hint(&mut self, estimates: &[f64]) {
        let even = vec![f64::INFINITY; estimates.len()];
        self.measure.limits(estimates, &even, |size| self.wanted.at(size), &mut self.limits);
        for (component, &limit) in self.components.iter_mut().zip(&self.limits) {
            component.set_share(limit);
        }
    }

    /// Takes what was swept, by components, and says what became of the integrals, or nothing if there is more to do.
    pub fn absorb(&mut self, swept: &[Vec<Swept>], evaluations: u64) -> Option<Verdict> {
        let (outcome, component) = self.round(swept, evaluations)?;
        self.walk();
        // A limit that was met on the way from the tolerance to a hundredth of it is none.
        let limit = matches!(outcome, Outcome::RoundoffLimited | Outcome::MaxEvaluations | Outcome::MemoryLimit);
        if limit && self.met(self.wanted) {
            return Some((Outcome::Converged, None));
        }
        if matches!(outcome, Outcome::MaxEvaluations | Outcome::MemoryLimit) {
            let growing = self.on_mesh().filter(|(_, component)| component.is_growing());
            let growing: Vec<usize> = growing.map(|(c, _)| c).collect();
            growing.into_iter().for_each(|c| self.errors[c] = f64::INFINITY);
        }
        Some((outcome, component))
    }

    fn round(&mut self, swept: &[Vec<Swept>], evaluations: u64) -> Option<Verdict> {
        let mut ended = None;
        for (c, component) in self.on_mesh() {
            ended = ended.or(component.take(&swept[c]).map(|outcome| (outcome, Some(c))));
        }
        if ended.is_some() {
            return ended;
        }
        self.collect();
        if self.wishes.is_empty() {
            let verdict = self.judge();
            if verdict.is_some() {
                return verdict;
            }
        }
        if evaluations >= self.most.evaluations {
            return Some((Outcome::MaxEvaluations, None));
        }
        self.wishes.sort_by_key(|&(leaf, c, step)| (leaf, step.rank(), c));
        let leaves = self.wishes.chunk_by(|a, b| a.0 == b.0).map(|wishes| wishes[0]);
        let (count, more) = leaves.fold((0, 0), |(count, more), (leaf, c, step)| {
            (count + 1, more + step.most_leaves(self.components[c].width(leaf)))
        });
        if evaluations + LEAST * count > self.most.evaluations {
            return Some((Outcome::MaxEvaluations, None));
        }
        if (self.regions() + more) as usize * self.components.len() > self.most.leaves {
            return Some((Outcome::MemoryLimit, None));
        }
        self.carry_out();
        None
    }

    fn judge(&mut self) -> Option<Verdict> {
        let mut ended = None;
        for (c, component) in self.on_mesh() {
            // A leaf that is settled for one component may be split for another.
            component.reopen();
            ended = ended.or(component.add_up().map(|outcome| (outcome, Some(c))));
        }
        if ended.is_some() {
            return ended;
        }
        self.read();
        if self.met(self.tolerance) {
            self.walk();
        }
        let met = self.met(self.tolerance);
        if met && self.errors.iter().zip(&self.resolved).all(|(error, limit)| error <= limit) {
            return Some((Outcome::Converged, None));
        }
        self.measure.limits(&self.estimates, &self.errors, |size| self.tolerance.at(size), &mut self.limits);
        let leaves = self.regions() as f64;
        let (mut worst, mut most) = (None, 1.0);
        for (c, component) in self.components.iter_mut().enumerate() {
            let limit = if met { self.resolved[c] } else { self.limits[c].min(self.resolved[c]) };
            component.set_share(0.5 * limit / leaves);
            if self.errors[c] <= limit {
                continue;
            }
            if self.settled[c].is_none() {
                component.refine_to(limit);
            }
            if self.errors[c] / limit > most {
                (worst, most) = (Some(c), self.errors[c] / limit);
            }
        }
        self.collect();
        let ended = if met { (Outcome::Converged, None) } else { (Outcome::RoundoffLimited, worst) };
        self.wishes.is_empty().then_some(ended)
    }

    /// Adds up all components in ascending order.
    pub fn walk(&mut self) {
        self.components.iter_mut().for_each(Adaptive::walk);
        self.read();
    }

    fn read(&mut self) {
        for ((component, estimate), error) in self.components.iter().zip(&mut self.estimates).zip(&mut self.errors) {
            let totals = component.totals;
            (*estimate, *error) = (totals.estimate, unresolved(totals.error, 0.0, totals.magnitude));
        }
        for (c, settled) in self.settled.iter().enumerate() {
            if let Some((estimate, error)) = *settled {
                (self.estimates[c], self.errors[c]) = (estimate, error);
            }
        }
        let magnitudes: Vec<f64> = (0..self.components.len()).map(|c| self.magnitude(c)).collect();
        resolve(self.measure, RESOLVED, self.wanted.absolute, &magnitudes, &mut self.resolved);
    }

    /// Whether the errors are what was asked for.
    pub fn is_met(&self) -> bool {
        self.met(self.wanted)
    }

    fn met(&self, tolerance: Tolerance) -> bool {
        self.measure.met(&self.estimates, &self.errors, |error, estimate| tolerance.met(error, estimate))
    }

    /// What the components want.
    fn collect(&mut self) {
        for (c, component) in self.components.iter_mut().enumerate() {
            self.wishes.extend(component.steps.drain(..).map(|(leaf, step)| (leaf, c, step)));
        }
    }

    /// One step for each leaf and all components, where the mesh is changed; else each component's own.
    fn carry_out(&mut self) {
        for wishes in self.wishes.chunk_by(|a, b| a.0 == b.0) {
            let (leaf, _, mut step) = wishes[0];
            if !step.splits() {
                for &(_, c, step) in wishes {
                    self.components[c].carry_out_one(leaf, step);
                }
                continue;
            }
            let settled = &self.settled;
            if let Step::OpenUp(reach) = &mut step {
                for (component, _) in self.components.iter().zip(settled).filter(|(_, settled)| settled.is_none()) {
                    let other = component.reach(leaf);
                    *reach = std::array::from_fn(|side| reach[side].max(other[side]));
                }
            }
            for (c, component) in self.components.iter_mut().enumerate().filter(|(c, _)| settled[*c].is_none()) {
                if wishes.iter().all(|wish| wish.1 != c) {
                    component.content(leaf);
                }
                component.carry_out_one(leaf, step);
            }
        }
        self.wishes.clear();
        self.list();
    }

    fn list(&mut self) {
        self.asks.clear();
        for (c, component) in self.components.iter().enumerate() {
            self.asks.extend(component.of.iter().enumerate().map(|(place, &leaf)| (leaf, c, place)));
        }
        self.asks.sort_unstable();
    }
}

/// Sets `limits` to the errors at which components are resolved: such a share of ∫|f|, or the absolute tolerance; none
/// where that is next to nothing beside the largest.
pub(super) fn resolve(measure: Measure, share: f64, absolute: f64, magnitudes: &[f64], limits: &mut [f64]) {
    let magnitude = |group: &[f64]| group.iter().fold(0.0f64, |sum, one| sum.hypot(*one));
    let groups = magnitudes.chunks(measure.group);
    let largest = groups.clone().map(magnitude).fold(0.0, f64::max);
    for (group, limits) in groups.zip(limits.chunks_mut(measure.group)) {
        let magnitude = magnitude(group);
        let limit = if magnitude <= NOISE * largest { f64::INFINITY } else { share * magnitude };
        limits.fill(limit.max(absolute) / (group.len() as f64).sqrt());
    }
}
