//! Whether a mesh explains the steps of what is constant in pieces.

use super::Cubature;
use super::planes::Found;
use super::tree::Bounds;

/// The share of a width that a plane may be off a face, and that of means that is rounding.
const THIN: f64 = 1e-9;
const ROUNDING: f64 = 1e-12;

/// How far beyond a face what lies on its other side is looked for, in widths.
const BEYOND: f64 = 1e-3;

impl Cubature {
    /// Whether all steps are on planes that are known: where leaves that show no error meet, or across those that do.
    pub fn knows_its_steps(&self) -> bool {
        let dimension = self.axes.len();
        if self.tree.is_none() {
            return false;
        }
        let is_known = |axis: usize, at: f64, width: f64| {
            let here = |found: &Found| found.plane.axis == axis && (found.plane.at - at).abs() <= THIN * width;
            self.planes.iter().any(|found| found.plane.is_sure && here(found))
        };
        (0..self.leaves.len()).all(|leaf| {
            let (lower, upper) = (self.end(&self.lower, leaf), self.end(&self.upper, leaf));
            if self.leaves[leaf].own > 0.0 {
                return self.plane_in(lower, upper).is_some_and(|plane| self.planes[plane as usize].plane.is_sure);
            }
            let middle = std::array::from_fn(|d| if d < dimension { 0.5 * (lower[d] + upper[d]) } else { 0.0 });
            (0..2 * dimension).all(|face| {
                let (d, at) = (face / 2, if face % 2 == 1 { upper[face / 2] } else { lower[face / 2] });
                let mut across = middle;
                across[d] = at + BEYOND * (at - middle[d]);
                self.has_value(&across, self.mean(leaf)) || is_known(d, at, upper[d] - lower[d])
            })
        })
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
        self.leaves[leaf].own > 0.0 || (mean - value).abs() <= ROUNDING * mean.abs().max(value.abs())
    }

    fn mean(&self, leaf: usize) -> f64 {
        let bounds = self.end(&self.lower, leaf).iter().zip(self.end(&self.upper, leaf));
        self.leaves[leaf].estimate / bounds.map(|(lower, upper)| upper - lower).product::<f64>()
    }
}
