//! The rounds of several integrals on one mesh.

use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::clock::Instant;
use crate::control::Stop;
use crate::estimate::Tolerance;
use crate::integral::Status;
use crate::integrand::shared::{Shared, VectorValues};
use crate::integrand::values::Values;
use crate::integrator::Integrator;
use crate::integrator::answer::{NOTHING_SEEN, TINY, says_nothing, status};
use crate::integrator::beside::{Beside, is_polynomial, is_singular};
use crate::integrator::composite::stopped_whole;
use crate::integrator::initial::initial;
use crate::integrator::looks::{Found, Looked, Looks};
use crate::integrator::noise::Noise;
use crate::integrator::probe::{self, Find, Panels, TooFew, looks_constant};
use crate::integrator::rounds::CHUNK;
use crate::integrator::second_look::second_look;
use crate::integrator::white_noise::WhiteNoise;
use crate::integrator::{scales, underflow};
use crate::lanes::Token;
use crate::method::{Joint, Method, Outcome};
use crate::norm::Norm;
use crate::plan::Swept;
use crate::rule::FEJER;

/// Integrals of several components under way.
pub(super) struct Run<'a> {
    pub with: &'a Integrator,
    pub values: &'a dyn VectorValues,
    pub is_zero: &'a dyn Fn(usize) -> bool,
    pub shared: Shared<'a>,
    pub token: Token,
    pub bounds: (f64, f64),
    pub joint: Joint,
    /// The outcome of a round, by components.
    pub swept: Vec<Vec<Swept>>,
    pub desk: Desk,
    /// The components that were looked at for what may hide in them; all of these once.
    pub looked: Vec<bool>,
    /// What there may be of components that was not looked for, as it was too dear.
    pub unseen: Vec<f64>,
    /// Noise of components, once it is looked for.
    pub noise: Vec<Option<Noise>>,
    pub white_noise: Vec<WhiteNoise>,
    /// The components that were asked for by themselves as they take long.
    pub asked: Vec<bool>,
    /// Components in a row that make one number.
    pub group: usize,
    pub start: Instant,
}

/// What any of the components is like beside a break point.
struct BesideAny<'a, 'b> {
    shared: &'a Shared<'b>,
    values: &'b dyn VectorValues,
    count: usize,
}

impl Beside for BesideAny<'_, '_> {
    fn is_given_up(&self) -> bool {
        self.values.withheld()
    }

    fn is_polynomial(&mut self, lower: f64, upper: f64) -> bool {
        self.shared.clear();
        (0..self.count).all(|c| is_polynomial(&self.shared.component(c), lower, upper).0)
    }

    fn is_singular(&mut self, point: f64, reach: f64) -> bool {
        self.shared.clear();
        (0..self.count).any(|c| is_singular(&self.shared.component(c), point, reach))
    }
}

impl Run<'_> {
    /// How it ends, and at which component; what it comes to is in `joint`.
    pub fn finish(&mut self) -> (Status, Option<usize>) {
        let with = self.with;
        let mut regions = Vec::new();
        let count = self.swept.len();
        if let Some(stop) = with.control.stop(self.start) {
            self.joint.begin(with.method, &[]);
            return (self.stopped(stop, None), None);
        }
        let mut beside = BesideAny { shared: &self.shared, values: self.values, count };
        initial(with.method, self.bounds, &with.points, &mut beside, &mut regions);
        self.shared.clear();
        if with.most_leaves().is_some_and(|most| count * regions.len() > most) {
            self.joint.begin(with.method, &[]);
            (self.joint.estimates, self.joint.errors) = (vec![f64::NAN; count], vec![f64::INFINITY; count]);
            return (Status::MemoryLimit, None);
        }
        self.joint.begin(with.method, &regions);
        let mut stop = self.round(regions.len() == 1 && with.norm != Norm::Each);
        // All values of a component the same: something may hide between them.
        let constant = |run: &mut Self, c: usize| run.swept[c].iter().all(|one| one.constant);
        if stop.is_none() && self.probe_those(constant) == Found::Something {
            stop = self.round(false);
        }
        stop = stop.or(self.withheld());
        let mut looks = Looks::over(self.bounds, &with.points);
        // What the last round came to.
        let mut last = None;
        loop {
            if let Some(stop) = stop {
                return (self.stopped(stop, last), None);
            }
            self.mark_noise();
            let absorbed = self.joint.absorb(&self.swept, self.shared.evaluations());
            if with.control.may_stop() {
                last = Some((self.joint.estimates.clone(), self.joint.errors.clone()));
            }
            let found = self.ask_those_that_take_long() | self.look_for_noise(absorbed);
            let looked = match absorbed.filter(|_| !found) {
                Some((outcome, component)) => looks.again(outcome, component, self),
                None => Found::Something,
            };
            if let Some((outcome, component)) = absorbed
                && looked != Found::Something
                && !component.is_some_and(|c| self.is_answered_alone(outcome, c))
            {
                return match self.withheld() {
                    // What hides between the nodes was looked for, and not to the end.
                    Some(stop) => {
                        let unsure = last.map(|(estimates, errors)| (estimates, vec![f64::INFINITY; errors.len()]));
                        (self.stopped(stop, unsure), None)
                    }
                    None if looked == Found::TooDear => {
                        self.claim_noise();
                        let errors = self.joint.errors.iter_mut().zip(&self.unseen);
                        errors.for_each(|(error, unseen)| *error += unseen);
                        (Status::MaxEvaluations, component)
                    }
                    None if outcome == Outcome::Converged => self.converged(),
                    None => {
                        self.claim_noise();
                        let status = status(outcome);
                        if let Some(c) = component.filter(|_| says_nothing(&status)) {
                            self.joint.errors[c] = f64::INFINITY;
                        }
                        (status, component)
                    }
                };
            }
            with.control.report(self.shared.evaluations(), with.max_evaluations);
            stop = self.round(false);
        }
    }

    /// The end before the end, with what the last round came to.
    fn stopped(&mut self, stop: Stop, last: Option<(Vec<f64>, Vec<f64>)>) -> Status {
        let components = self.swept.len();
        let nothing = || (vec![f64::NAN; components], vec![f64::INFINITY; components]);
        let known = last.is_some();
        (self.joint.estimates, self.joint.errors) = last.unwrap_or_else(nothing);
        stopped_whole(stop, known)
    }

    /// Why the values of what was done last are none, if they were withheld.
    pub fn withheld(&self) -> Option<Stop> {
        self.with.control.withheld(self.values.withheld(), self.start)
    }

    /// Looks, once, for what may hide in these components; whether the integrals begin anew, with panels around it.
    fn probe_those(&mut self, these: impl Fn(&mut Self, usize) -> bool) -> Found {
        if self.looked.contains(&true) {
            return Found::Nothing;
        }
        self.looked = (0..self.swept.len()).map(|c| these(self, c)).collect();
        let doubtful: Vec<usize> = (0..self.swept.len()).filter(|&c| self.looked[c]).collect();
        let found = self.begin_anew(&doubtful, probe::find);
        if found == Found::TooDear {
            self.looked.fill(false);
        }
        found
    }

    /// Evaluations that are left.
    fn left(&self) -> u64 {
        self.with.max_evaluations.saturating_sub(self.shared.evaluations())
    }

    /// Begins anew with the panels that are found for these components, if there are any.
    fn begin_anew(&mut self, these: &[usize], find: Find) -> Found {
        self.shared.clear();
        let mut found: Vec<Panels> = Vec::new();
        for (k, &c) in these.iter().enumerate() {
            let (panels, _) = find(&self.shared.component(c), self.bounds.0, self.bounds.1, self.left());
            let Ok(panels) = panels else {
                these[k..].iter().for_each(|&c| self.unseen[c] = f64::INFINITY);
                self.shared.clear();
                return Found::TooDear;
            };
            found.extend(panels);
        }
        self.shared.clear();
        if self.values.withheld() {
            return Found::Nothing;
        }
        let Some(panels) = probe::union(&found) else { return Found::Nothing };
        self.joint.begin(self.with.method, &panels);
        self.white_noise.iter_mut().for_each(|noise| *noise = WhiteNoise::new());
        Found::Something
    }

    /// The verdict where all converged: a number that is zero wherever it was looked at may not be elsewhere, nor a
    /// tail that is zero as a power has overflowed.
    fn converged(&mut self) -> (Status, Option<usize>) {
        let finite = self.bounds.0.is_finite() && self.bounds.1.is_finite();
        let may_be_zero = finite && self.with.tolerances().absolute > 0.0;
        let count = self.swept.len();
        let mut worst = self.claim_noise();
        for c in (0..count).filter(|_| !finite) {
            if self.joint.is_settled(c) {
                continue;
            }
            let component = self.joint.component(c);
            if component.regions() == 1 && !component.swept().any(|(_, swept)| swept.vanishes) {
                continue;
            }
            self.shared.clear();
            let magnitude = self.joint.magnitude(c);
            let (hidden, _) = underflow::hidden(&self.shared.component(c), self.bounds, magnitude);
            self.joint.errors[c] += hidden;
            worst = worst.or((hidden > 0.0).then_some(c));
        }
        self.shared.clear();
        if let Some(stop) = self.withheld() {
            let unsure = (self.joint.estimates.clone(), vec![f64::INFINITY; count]);
            return (self.stopped(stop, Some(unsure)), None);
        }
        // What was asked for by itself has said so itself.
        let nothing = |c: usize| !self.joint.is_settled(c) && self.joint.magnitude(c) < TINY;
        let nothing: Vec<bool> = (0..count).map(nothing).collect();
        let hides = |&first: &usize| {
            let mut components = first..first + self.group;
            nothing[components.clone()].iter().all(|&nothing| nothing) && !components.all(|c| (self.is_zero)(c))
        };
        match (0..count).step_by(self.group).filter(|_| !may_be_zero).find(hides) {
            Some(c) => {
                self.joint.errors[c..c + self.group].fill(f64::INFINITY);
                (status(Outcome::Suspicious(NOTHING_SEEN)), Some(c))
            }
            None if worst.is_some() && !self.joint.is_met() => (Status::RoundoffLimited, worst),
            None => (Status::Converged, None),
        }
    }

    /// Sweeps what is asked for, leaf by leaf; with a look at the whole beforehand, if it is to be seen how large the
    /// components are.
    fn round(&mut self, look: bool) -> Option<Stop> {
        for (c, swept) in self.swept.iter_mut().enumerate() {
            swept.clear();
            swept.resize(self.joint.asked_of(c), Swept::NOTHING);
        }
        if look {
            self.shared.clear();
            let any = Tolerance { absolute: f64::INFINITY, relative: 0.0 };
            // What is no number says nothing of how large a component is: the others have to.
            let size = |estimate: f64| if estimate.is_finite() { estimate } else { 0.0 };
            let estimates: Vec<f64> =
                (0..self.swept.len()).map(|c| size(self.sweep(c, 0, Some(any)).estimate)).collect();
            let stop = self.withheld();
            if stop.is_some() {
                return stop;
            }
            self.joint.hint(&estimates);
        }
        let mut leaves = 0;
        let mut last = None;
        for k in 0..self.joint.next().len() {
            let (leaf, c, place) = self.joint.next()[k];
            if last.is_some_and(|last| last != leaf) {
                self.shared.clear();
            }
            if last != Some(leaf) {
                if leaves % CHUNK == 0 && !self.with.control.is_idle() {
                    let stop = self.with.control.stop(self.start);
                    if stop.is_some() {
                        return stop;
                    }
                }
                leaves += 1;
                last = Some(leaf);
            }
            self.swept[c][place] = self.sweep(c, place, None);
        }
        self.shared.clear();
        self.withheld()
    }

    /// Whether a component is zero, or next to it or to the largest, of which it may be but the foot of a peak; or the
    /// same value at all nodes.
    fn is_plain(&mut self, c: usize) -> bool {
        let next_to_nothing = self.joint.next_to_nothing().max(TINY);
        let component = self.joint.component(c);
        component.totals.magnitude < next_to_nothing || component.is_constant() || {
            let estimate = component.totals.estimate;
            self.with.method == Method::DoubleExponential && {
                self.shared.clear();
                looks_constant(&self.shared.component(c), self.bounds, estimate)
            }
        }
    }

    fn kernel<'a>(&self, values: &'a dyn Values) -> SimdRegions<'a> {
        SimdRegions { values, ladder: self.with.ladder().unwrap_or(&FEJER), token: self.token }
    }

    fn sweep(&mut self, c: usize, place: usize, tolerance: Option<Tolerance>) -> Swept {
        let values = self.shared.component(c);
        let kernel = self.kernel(&values);
        let (region, share) = self.joint.region(c, place);
        kernel.sweep_one(&region, tolerance.unwrap_or(share), &mut self.desk)
    }
}

impl Looked for Run<'_> {
    fn probe(&mut self) -> Found {
        self.probe_those(|run, c| run.is_plain(c))
    }

    fn scale(&mut self, component: Option<usize>) -> Found {
        component.map_or(Found::Nothing, |c| self.begin_anew(&[c], scales::find))
    }

    fn second_look(&mut self) -> Found {
        self.shared.clear();
        let found: Result<Vec<_>, TooFew> = (0..self.swept.len())
            .map(|c| {
                if self.joint.is_settled(c) {
                    return Ok(Vec::new());
                }
                let left = self.left();
                let values = self.shared.component(c);
                let kernel = self.kernel(&values);
                second_look(&kernel, self.bounds, self.joint.component(c), self.looked[c], left)
            })
            .collect();
        self.shared.clear();
        let Ok(found) = found else {
            let magnitude = |c: usize| if self.joint.is_settled(c) { 0.0 } else { self.joint.magnitude(c) };
            self.unseen = (0..self.swept.len()).map(magnitude).collect();
            return Found::TooDear;
        };
        Found::something(!self.values.withheld() && self.joint.look_into(&found))
    }

    fn claims(&self) -> Vec<(f64, f64)> {
        self.joint.claims()
    }
}
