//! What is looked at of components before a mesh over a box is believed, and where it ends without that.

use super::Run;
use crate::integrator::answer::TINY;
use crate::integrator::cubature::costs;
use crate::integrator::cubature::doubt::{Doubt, Doubter, HIDDEN, LARGER, ZERO};
use crate::integrator::cubature::drive::{LAST_CLIMB, MOST_ANEW};
use crate::integrator::samples::End;
use crate::method::{JointCubature, Outcome};

impl Run<'_> {
    /// Claims what no node was near, where no more can be done about it, and that nothing is known of what seems to be
    /// zero: as of one integral.
    pub(super) fn claim_unseen(&mut self, end: &End) {
        let is_limit = matches!(end, End::Outcome(Outcome::MaxEvaluations | Outcome::MemoryLimit));
        let Self { over, shared, joint, .. } = self;
        let before = shared.evaluations();
        for (c, component) in joint.components.iter_mut().enumerate() {
            shared.clear();
            let doubter =
                Doubter { values: &shared.component(c), axes: over.axes, token: over.token, left: LAST_CLIMB };
            let nothing = component.totals.magnitude < TINY && !(over.is_zero)(c);
            if nothing || is_limit && doubter.claim_summit(component) > 0.0 {
                joint.errors[c] = f64::INFINITY;
            }
        }
        joint.evaluations += shared.evaluations() - before;
    }

    /// How it ends, now that all converged; not, if boxes are to be halved again.
    pub(super) fn doubted(&mut self) -> Option<(End, Option<usize>)> {
        let Self { with, over, shared, joint, .. } = self;
        let before = shared.evaluations();
        let all = joint.evaluations;
        shared.clear();
        joint.be_content();
        for (c, component) in joint.components.iter_mut().enumerate() {
            let left = with.max_evaluations.saturating_sub(all + shared.evaluations() - before);
            let doubter = Doubter { values: &shared.component(c), axes: over.axes, token: over.token, left };
            let is_zero = || (over.is_zero)(c);
            let doubt = doubter.of_all(component, &is_zero);
            joint.evaluations = all + shared.evaluations() - before;
            if let Some(stop) = with.control.withheld(over.values.withheld(), over.start) {
                return Some((End::Stopped(stop), None));
            }
            match doubt {
                Err(bad) => return Some((End::Bad(Box::new(bad)), Some(c))),
                Ok(Doubt::All(reason)) => {
                    joint.errors[c] = component.totals.error();
                    return Some((End::Outcome(Outcome::Suspicious(reason)), Some(c)));
                }
                Ok(Doubt::Unknown) => return Some((End::Outcome(Outcome::MaxEvaluations), Some(c))),
                Ok(Doubt::Boxes | Doubt::None) => {}
            }
        }
        let (outcome, component) = joint.doubted()?;
        if outcome == Outcome::Converged {
            let (anew, withheld) = (self.begins_anew(), self.withheld());
            if anew || withheld.is_some() {
                return withheld;
            }
            let Self { over, joint, looks, .. } = self;
            for (c, component) in joint.components.iter().enumerate() {
                let reason = match component.totals.magnitude {
                    _ if looks[c].peak > HIDDEN * component.peak => LARGER,
                    magnitude if magnitude < TINY && !(over.is_zero)(c) => ZERO,
                    _ => continue,
                };
                return Some((End::Outcome(Outcome::Suspicious(reason)), Some(c)));
            }
        }
        Some((End::Outcome(outcome), component))
    }

    /// Whether there is a new mesh, around what stands far out on infinite axes and was not known of a component.
    fn begins_anew(&mut self) -> bool {
        let Self { with, over, kernel, shared, joint, looks, .. } = self;
        if self.anew == MOST_ANEW {
            return false;
        }
        let (before, all) = (shared.evaluations(), joint.evaluations);
        let peaks = &mut looks[0].peaks;
        let known = peaks.len();
        for (c, component) in joint.components.iter_mut().enumerate() {
            shared.clear();
            let left = with.max_evaluations.saturating_sub(joint.evaluations);
            let doubter = Doubter { values: &shared.component(c), axes: over.axes, token: over.token, left };
            peaks.extend(doubter.outward(component).into_iter().map(|top| top.place));
            joint.evaluations = all + shared.evaluations() - before;
        }
        shared.clear();
        if peaks.len() == known {
            return false;
        }
        self.anew += 1;
        let (costs, limits) = (costs(over.axes.len(), kernel.seventh, kernel.ninth), with.box_limits(over.axes.len()));
        let evaluations = joint.evaluations;
        *joint = JointCubature::new(over.measure, over.axes, with.tolerances(), limits, costs, looks);
        joint.evaluations = evaluations;
        true
    }
}
