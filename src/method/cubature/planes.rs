//! Planes across an axis on which the integrand has a kink or a step: found on a line, kept while they serve.

use super::Cubature;
use crate::plan::Suspect;

/// A plane across an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    pub axis: usize,
    pub at: f64,
    /// How often leaves that were cut there became smooth, less how often they did not.
    pub score: i32,
}

/// Lines searched for a kink or a step before one was found, and more for each that was.
pub(super) const SEARCHES: u32 = 8;

/// The score at which a plane is given up: the kink may be on the line alone, and not on all of the plane.
pub(super) const NO_PLANE: i32 = -8;

impl Cubature {
    /// Where to search for a kink or a step before the next round: in the leaf that claims most of those that look rough.
    pub fn suspect(&mut self) -> Option<Suspect> {
        if self.searches == 0 {
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
        // Off the middle, where symmetry has kinks of its own.
        let through = lower.iter().zip(upper).map(|(lower, upper)| lower + 0.46 * (upper - lower)).collect();
        Some(Suspect { through, axis, lower: lower[axis], upper: upper[axis] })
    }

    /// What the search on the axis of [`suspect`](Self::suspect) found, and the evaluations that it took.
    pub fn found(&mut self, axis: usize, place: Option<f64>, evaluations: u64) {
        self.evaluations += evaluations;
        if let Some(at) = place {
            self.planes.push(Plane { axis, at, score: 0 });
            self.searches += 1;
        }
    }

    /// A plane that cuts this box.
    pub(super) fn plane_in(&self, lower: &[f64], upper: &[f64]) -> Option<u32> {
        let cuts = |plane: &Plane| {
            let d = plane.axis;
            let least = 1e-12 * (upper[d] - lower[d]);
            plane.score > NO_PLANE && plane.at - lower[d] > least && upper[d] - plane.at > least
        };
        self.planes.iter().position(cuts).map(|plane| plane as u32)
    }
}
