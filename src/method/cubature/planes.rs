//! Planes across an axis on which the integrand has a kink or a step: found on a line, kept while they serve.

use super::Cubature;
use crate::plan::{Plane, Suspect};

/// A plane that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub plane: Plane,
    /// How often leaves that were cut there became smooth, less how often they did not.
    pub score: i32,
}

/// Lines searched for a kink or a step before one was found, and more for each that was.
pub(super) const SEARCHES: u32 = 8;

/// The score at which a plane is given up that is not sure: the kink may be on the line alone, and not on all of the
/// plane.
pub(super) const NO_PLANE: i32 = -8;

impl Cubature {
    /// Where to search for a kink or a step before the next round: in the leaf that claims most of those that look
    /// rough. `left` evaluations may be made besides those of that round.
    pub fn suspect(&mut self, left: u64) -> Option<Suspect> {
        if self.searches == 0 || left < Suspect::MOST {
            return None;
        }
        let rough = |i: &&u32| self.leaves[**i as usize].is_rough();
        let error = |i: &u32| self.leaves[*i as usize].error;
        let &worst = self.active.iter().filter(rough).max_by(|a, b| error(a).total_cmp(&error(b)))?;
        let range = worst as usize * self.axes.len()..(worst as usize + 1) * self.axes.len();
        let (lower, upper) = (&self.lower[range.clone()], &self.upper[range]);
        let axis = usize::from(self.leaves[worst as usize].axis);
        if self.plane_in(lower, upper).is_some() {
            return None;
        }
        self.searches -= 1;
        Some(Suspect { axis, lower: lower.to_vec(), upper: upper.to_vec() })
    }

    /// What the search in the box of [`suspect`](Self::suspect) found, and the evaluations that it took.
    pub fn found(&mut self, plane: Option<Plane>, evaluations: u64) {
        self.evaluations += evaluations;
        if let Some(plane) = plane {
            self.planes.push(Found { plane, score: 0 });
            self.searches += 1;
        }
    }

    /// A plane that cuts this box.
    pub(super) fn plane_in(&self, lower: &[f64], upper: &[f64]) -> Option<u32> {
        let cuts = |&Found { plane, score }: &Found| {
            let d = plane.axis;
            let least = 1e-12 * (upper[d] - lower[d]);
            (plane.is_sure || score > NO_PLANE) && plane.at - lower[d] > least && upper[d] - plane.at > least
        };
        self.planes.iter().position(cuts).map(|plane| plane as u32)
    }
}
