//! Several integrals on one mesh of boxes.
//!
//! Each component is a [`Cubature`] of its own, with its own history, claims and planes; but the mesh is one. A leaf
//! that any component wants halved is halved for all, across the axis and by the rule that suit the one that wants it
//! most. Fine sweeps leave the mesh as it is, and are a component's own. So a component claims what it would claim
//! alone on that mesh.

use super::divide::Cut;
use super::{Costs, Cubature, GOAL, Limits, Outcome};
use crate::estimate::Tolerance;
use crate::method::joint::{RESOLVED, Verdict, resolve};
use crate::norm::Measure;
use crate::plan::{Axis, BoxRule, Boxes, Look, Plane, Suspect, SweptBox};

/// What will become of a leaf of a component.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Stays,
    Fine,
    Halves,
}

impl Cubature {
    fn fate(&self, i: u32, goal: f64) -> Fate {
        let (leaf, wanted) = (&self.leaves[i as usize], self.fine_goal(goal));
        if self.fine.binary_search(&i).is_ok() {
            return Fate::Fine;
        }
        if self.totals.truncation <= goal || leaf.stuck || leaf.error <= wanted {
            return Fate::Stays;
        }
        if leaf.tried || leaf.promise > wanted { Fate::Halves } else { Fate::Fine }
    }
}

/// Integrals over a box under way.
pub(crate) struct JointCubature {
    measure: Measure,
    tolerance: Tolerance,
    most: u64,
    costs: Costs,
    pub components: Vec<Cubature>,
    pub estimates: Vec<f64>,
    pub errors: Vec<f64>,
    /// The errors that components are refined to: for the norm, that each is resolved, and both.
    limits: Vec<f64>,
    resolved: Vec<f64>,
    goals: Vec<f64>,
    /// The component that is farthest from its goal.
    worst: Option<usize>,
    /// The leaves to be halved, and of each leaf the component that decides how, if any, with how much it wants that.
    halved: Vec<u32>,
    decides: Vec<Option<(usize, f64)>>,
    /// The leaves to be swept by the fine rule for any component, and their bounds.
    fine: Vec<u32>,
    fine_lower: Vec<f64>,
    fine_upper: Vec<f64>,
    /// Points, each for all components.
    pub evaluations: u64,
}

impl JointCubature {
    /// The integrals of components over the box of `axes`, at each of which was looked.
    /// `limits` are those of all.
    pub fn new(
        measure: Measure,
        axes: &[Axis],
        tolerance: Tolerance,
        limits: Limits,
        costs: Costs,
        looks: &[Look],
    ) -> Self {
        let count = looks.len();
        // Of each axis the largest share that it has in the roughness of a component.
        let share = |rough: &[f64], d: usize| rough[d] / rough.iter().fold(f64::MIN_POSITIVE, |sum, one| sum + one);
        let rough = |d| looks.iter().map(|look| share(&look.roughness, d)).fold(0.0, f64::max);
        let mut all = looks[0].clone();
        if count > 1 {
            all.roughness = (0..axes.len()).map(rough).collect();
            all.planes = looks.iter().flat_map(|look| &look.planes).copied().collect();
        }
        let component =
            || Cubature::new(axes.to_vec(), tolerance, Limits { leaves: limits.leaves / count, ..limits }, costs, &all);
        Self {
            measure,
            tolerance,
            most: limits.evaluations,
            costs,
            components: (0..count).map(|_| component()).collect(),
            estimates: vec![0.0; count],
            errors: vec![f64::INFINITY; count],
            limits: vec![0.0; count],
            resolved: vec![f64::INFINITY; count],
            goals: vec![f64::INFINITY; count],
            worst: None,
            halved: Vec::new(),
            decides: Vec::new(),
            fine: Vec::new(),
            fine_lower: Vec::new(),
            fine_upper: Vec::new(),
            evaluations: 0,
        }
    }

    /// The boxes to sweep by this rule.
    pub fn next(&self, rule: BoxRule) -> Boxes<'_> {
        let halves = self.components[0].next(rule);
        if rule == BoxRule::Fine {
            return Boxes { lower: &self.fine_lower, upper: &self.fine_upper, ..halves };
        }
        halves
    }

    /// Whether component `c` wants box `k` of the fine sweeps.
    pub fn wants_fine(&self, c: usize, k: usize) -> bool {
        self.components[c].fine.binary_search(&self.fine[k]).is_ok()
    }

    /// The boxes that make up the whole.
    pub fn regions(&self) -> u64 {
        self.components[0].regions()
    }

    /// Takes what the sweeps of [`next`](Self::next) found, by components: of the fine ones, those that it wants. The
    /// verdict, if this is the end. Else [`divide`](Self::divide) follows.
    pub fn absorb(&mut self, swept: &mut [Vec<SweptBox>], fine: &mut [Vec<SweptBox>]) -> Option<Verdict> {
        let each = |rule, cost: u64| self.next(rule).len() as u64 * cost;
        self.evaluations += each(BoxRule::Seventh, self.costs.seventh)
            + each(BoxRule::Ninth, self.costs.ninth.unwrap_or(0))
            + each(BoxRule::Fine, self.costs.fine.unwrap_or(0));
        for (c, component) in self.components.iter_mut().enumerate() {
            if let Some(outcome) = component.take(&mut swept[c], &mut fine[c]) {
                return Some((outcome, Some(c)));
            }
            // By which it judges what fine sweeps it can afford.
            component.evaluations = self.evaluations;
        }
        let met = self.measure_up();
        if met && self.worst.is_none() {
            return self.graded();
        }
        if self.evaluations >= self.most {
            return Some(self.at_last(Outcome::MaxEvaluations));
        }
        for (component, &goal) in self.components.iter_mut().zip(&self.goals) {
            component.active.clear();
            component.fine.clear();
            if component.totals.truncation > goal {
                component.choose(goal);
                component.refine(goal);
            }
        }
        self.collect();
        let nothing = self.halved.is_empty() && self.fine.is_empty();
        if met && nothing {
            return self.graded();
        }
        if self.within_limit() && (met || self.halved.is_empty() && self.fine.is_empty()) {
            return Some(self.at_last(Outcome::MaxEvaluations));
        }
        if self.is_full() {
            return Some(self.at_last(Outcome::MemoryLimit));
        }
        self.rest(met)
    }

    /// The verdict on a mesh that converged: none if it is to be graded, which makes boxes active.
    fn graded(&mut self) -> Option<Verdict> {
        let any = |any, (component, &goal): (&mut Cubature, &f64)| component.grade(goal) | any;
        if !self.components.iter_mut().zip(&self.goals).fold(false, any) {
            return Some((Outcome::Converged, None));
        }
        self.collect();
        let unable = self.evaluations >= self.most || self.within_limit() && self.halved.is_empty();
        unable.then(|| self.at_last(Outcome::MaxEvaluations))
    }

    /// The verdict on one that no more is done to, as there is such a limit: whether the norm is met by what may reach
    /// into boxes that are too long beside their neighbours, too.
    fn at_last(&mut self, limit: Outcome) -> Verdict {
        self.claim_too_long();
        let met =
            self.measure.met(&self.estimates, &self.errors, |error, estimate| self.tolerance.met(error, estimate));
        (if met { Outcome::Converged } else { limit }, None)
    }

    fn claim_too_long(&mut self) {
        self.components.iter_mut().for_each(Cubature::claim_too_long);
        self.read();
    }

    /// Reads what the components come to, and sets the goal of each and which is farthest from its own; whether the
    /// tolerance is met.
    fn measure_up(&mut self) -> bool {
        self.read();
        let met =
            self.measure.met(&self.estimates, &self.errors, |error, estimate| self.tolerance.met(error, estimate));
        self.measure.limits(&self.estimates, &self.errors, |size| self.tolerance.at(size), &mut self.limits);
        (self.worst, self.goals) = (None, vec![f64::INFINITY; self.errors.len()]);
        let mut farthest = 1.0;
        for (c, goal) in self.goals.iter_mut().enumerate() {
            let limit = if met { self.resolved[c] } else { self.limits[c].min(self.resolved[c]) };
            *goal = GOAL * limit;
            if self.errors[c] / limit > farthest {
                (self.worst, farthest) = (Some(c), self.errors[c] / limit);
            }
        }
        met
    }

    /// Nothing is to be halved or swept finely, unless it is doubted.
    pub fn be_content(&mut self) {
        for component in &mut self.components {
            component.active.clear();
            component.fine.clear();
        }
    }

    /// The verdict after boxes of components that converged were doubted, which are active now; none if any are to be
    /// halved. Then [`divide`](Self::divide) follows.
    pub fn doubted(&mut self) -> Option<Verdict> {
        let met = self.measure_up();
        if met && self.worst.is_none() {
            return Some((Outcome::Converged, None));
        }
        self.collect();
        if self.within_limit() && self.halved.is_empty() {
            return Some((if met { Outcome::Converged } else { Outcome::MaxEvaluations }, None));
        }
        self.rest(met)
    }

    /// Where the next round would go beyond the limit on evaluations: only what is wanted most, as far as the limit
    /// allows. Whether that was so.
    fn within_limit(&mut self) -> bool {
        let left = self.most.saturating_sub(self.evaluations);
        if self.cost() <= left {
            return false;
        }
        let halves = 2 * self.costs.seventh.max(self.costs.ninth.unwrap_or(0));
        let wish = |leaf: &u32| self.decides[*leaf as usize].map_or(0.0, |(_, wish)| wish);
        self.halved.sort_by(|a, b| wish(b).total_cmp(&wish(a)).then(a.cmp(b)));
        self.halved.truncate((left / halves) as usize);
        self.halved.sort_unstable();
        let left = left - self.halved.len() as u64 * halves;
        self.fine.truncate((left / self.costs.fine.unwrap_or(u64::MAX)) as usize);
        self.spread_fine();
        true
    }

    /// Whether there is no room for what is to be halved.
    fn is_full(&self) -> bool {
        let first = &self.components[0];
        first.leaves.len() + self.halved.len() > first.capacity
    }

    fn read(&mut self) {
        let mut magnitudes = Vec::with_capacity(self.components.len());
        for ((component, estimate), error) in self.components.iter().zip(&mut self.estimates).zip(&mut self.errors) {
            (*estimate, *error) = (component.totals.estimate(), component.totals.error());
            magnitudes.push(component.totals.magnitude);
        }
        // What is asked for loosely is resolved loosely: here every digit is dear.
        let share = RESOLVED.max(self.tolerance.relative);
        resolve(self.measure, share, self.tolerance.absolute, &magnitudes, &mut self.resolved);
    }

    /// What the components want: leaves that one wants halved are swept finely for none.
    fn collect(&mut self) {
        self.halved.clear();
        self.decides.clear();
        self.decides.resize(self.components[0].leaves.len(), None);
        for (c, (component, goal)) in self.components.iter().zip(&self.goals).enumerate() {
            for &leaf in &component.active {
                let wish = component.leaves[leaf as usize].error / goal;
                let decides = &mut self.decides[leaf as usize];
                if decides.is_none() {
                    self.halved.push(leaf);
                }
                if decides.is_none_or(|(_, most)| wish > most) {
                    *decides = Some((c, wish));
                }
            }
        }
        let mut fine = Vec::new();
        for component in &mut self.components {
            component.fine.retain(|&leaf| self.decides[leaf as usize].is_none());
            fine.extend(&component.fine);
        }
        fine.sort_unstable();
        fine.dedup();
        // What a component will want halved anyway waits: a fine sweep of it would be lost. Whoever wants one later
        // shares it now.
        let goals = &self.goals;
        let halves = |(component, &goal): (&Cubature, &f64), leaf| component.fate(leaf, goal) == Fate::Halves;
        let waits = |leaf: &u32| self.components.iter().zip(goals).any(|each| halves(each, *leaf));
        let (later, now): (Vec<u32>, Vec<u32>) = fine.iter().partition(|leaf| waits(leaf));
        self.fine = if now.is_empty() && self.halved.is_empty() { later } else { now };
        self.spread_fine();
    }

    /// Sets the fine sweeps of the components, and the bounds of all.
    fn spread_fine(&mut self) {
        for (component, &goal) in self.components.iter_mut().zip(&self.goals) {
            let wanted = self.fine.iter().copied().filter(|&leaf| component.fate(leaf, goal) == Fate::Fine).collect();
            component.fine = wanted;
        }
        let first = &self.components[0];
        let bounds = |ends| self.fine.iter().flat_map(move |&leaf| first.end(ends, leaf as usize)).copied();
        (self.fine_lower, self.fine_upper) = (bounds(&first.lower).collect(), bounds(&first.upper).collect());
    }

    /// The evaluations of the next round, at most.
    pub fn cost(&self) -> u64 {
        let halves = 2 * self.costs.seventh.max(self.costs.ninth.unwrap_or(0));
        self.halved.len() as u64 * halves + self.fine.len() as u64 * self.costs.fine.unwrap_or(0)
    }

    /// The verdict where nothing is left to do.
    fn rest(&self, met: bool) -> Option<Verdict> {
        let nothing = self.halved.is_empty() && self.fine.is_empty();
        let end = if met { (Outcome::Converged, None) } else { (Outcome::RoundoffLimited, self.worst) };
        nothing.then_some(end)
    }

    /// Where to search for a kink or a step before the next round, and of which component: the one that is farthest
    /// from its goal.
    pub fn suspect(&mut self) -> Option<(usize, Suspect)> {
        let c = self.worst.unwrap_or(0);
        let left = self.most.saturating_sub(self.evaluations + self.cost());
        self.components[c].suspect(left).map(|suspect| (c, suspect))
    }

    /// What the search in the box of [`suspect`](Self::suspect) found, and the evaluations that it took.
    pub fn found(&mut self, c: usize, plane: Option<Plane>, evaluations: u64) {
        self.components[c].found(plane, 0);
        self.evaluations += evaluations;
    }

    /// Halves what is to be halved, or cuts it at a plane; the verdict, if that is all.
    pub fn divide(&mut self) -> Option<Verdict> {
        // What is to be graded has not looked.
        if self.is_full() {
            self.claim_too_long();
            return Some((Outcome::MemoryLimit, None));
        }
        let decides = |leaf: u32| self.decides[leaf as usize].map_or(0, |(c, _)| c);
        let rough = |leaf: u32| self.components[decides(leaf)].leaves[leaf as usize].is_rough();
        let (leaves, by_seventh) = self.components[0].in_groups(std::mem::take(&mut self.halved), rough);
        let cut = |&leaf: &u32| self.components[decides(leaf)].cut_of(leaf);
        let cuts: Vec<Option<Cut>> = leaves.iter().map(cut).collect();
        let deciders: Vec<usize> = leaves.iter().map(|&leaf| decides(leaf)).collect();
        for (c, component) in self.components.iter_mut().enumerate() {
            // Planes are numbered by whoever found them.
            let own = |(cut, &decides): (&Option<Cut>, &usize)| {
                cut.map(|cut| Cut { plane: cut.plane.filter(|_| decides == c), ..cut })
            };
            let cuts: Vec<_> = cuts.iter().zip(&deciders).map(own).collect();
            component.carry_out(&leaves, &cuts, by_seventh);
        }
        self.halved.clone_from(&self.components[0].active);
        let met =
            self.measure.met(&self.estimates, &self.errors, |error, estimate| self.tolerance.met(error, estimate));
        self.rest(met)
    }
}
