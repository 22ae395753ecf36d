//! Whether a mesh explains the steps of what is constant in pieces.

use super::Cubature;
use super::planes::Found;
use super::tree::Bounds;

/// The share of a width that a plane may be off a face, and that of means that is rounding.
const THIN: f64 = 1e-9;
const ROUNDING: f64 = 1e-12;

/// How far beyond a face what lies on its other side is looked for, in widths.
const BEYOND: f64 = 1e-3;

/// Points in the middle of a face, one on either side and next to it, and the value that f has inside.
pub(crate) struct StepAtFace {
    pub inside: Bounds,
    pub outside: Bounds,
    pub value: f64,
}

impl Cubature {
    /// Steps at faces of leaves of which it is not known that they are on planes; `None` if there may be others. Known
    /// are those where leaves that show no error meet at a plane that was found, or across leaves that do.
    pub fn steps_at_faces(&self) -> Option<Vec<StepAtFace>> {
        let dimension = self.axes.len();
        self.tree.as_ref()?;
        let is_known = |axis: usize, at: f64, width: f64| {
            let here = |found: &Found| found.plane.axis == axis && (found.plane.at - at).abs() <= THIN * width;
            self.planes.iter().any(|found| found.plane.is_sure && here(found))
        };
        let mut steps = Vec::new();
        for leaf in 0..self.leaves.len() {
            let (lower, upper) = (self.end(&self.lower, leaf), self.end(&self.upper, leaf));
            if self.shows_error(leaf) {
                self.plane_in(lower, upper).filter(|&plane| self.planes[plane as usize].plane.is_sure)?;
                continue;
            }
            let middle = std::array::from_fn(|d| if d < dimension { 0.5 * (lower[d] + upper[d]) } else { 0.0 });
            for face in 0..2 * dimension {
                let (d, at) = (face / 2, if face % 2 == 1 { upper[face / 2] } else { lower[face / 2] });
                let beside = |share: f64| {
                    let mut point = middle;
                    point[d] = at + share * (at - middle[d]);
                    point
                };
                let value = self.mean(leaf);
                if !self.has_value(&beside(BEYOND), value) && !is_known(d, at, upper[d] - lower[d]) {
                    steps.push(StepAtFace { inside: beside(-THIN), outside: beside(THIN), value });
                }
            }
        }
        Some(steps)
    }

    /// Whether nothing speaks against this value at this point: that the leaf there shows no error and has another
    /// mean.
    pub fn has_value(&self, point: &Bounds, value: f64) -> bool {
        let Some(tree) = &self.tree else { return false };
        if self.axes.iter().zip(point).any(|(axis, at)| !(axis.lower..axis.upper).contains(at)) {
            return true;
        }
        let leaf = tree.leaf_at(point) as usize;
        let mean = self.mean(leaf);
        self.shows_error(leaf) || Self::is_same(mean, value)
    }

    /// Whether a leaf shows an error that is more than rounding.
    fn shows_error(&self, leaf: usize) -> bool {
        self.leaves[leaf].own > ROUNDING * self.leaves[leaf].magnitude
    }

    /// Whether rounding explains how two values differ.
    pub fn is_same(one: f64, other: f64) -> bool {
        (one - other).abs() <= ROUNDING * one.abs().max(other.abs())
    }

    fn mean(&self, leaf: usize) -> f64 {
        let bounds = self.end(&self.lower, leaf).iter().zip(self.end(&self.upper, leaf));
        self.leaves[leaf].estimate / bounds.map(|(lower, upper)| upper - lower).product::<f64>()
    }
}
