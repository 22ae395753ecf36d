//! What is looked at once more before the end of an adaptive integral is believed, and in which order: each once.

use crate::method::Outcome;

/// Integrals on a mesh that can be looked at again: each of these says whether there is more to do.
pub(super) trait Looked {
    /// Where nothing was seen, or the same value everywhere: what may hide between the nodes.
    fn probe(&mut self) -> bool;
    /// Where the integral, of this component, seems to diverge: the scale of what is integrated.
    fn scale(&mut self, component: Option<usize>) -> bool;
    /// Where the mesh is in doubt: what its leaves do not explain.
    fn second_look(&mut self) -> bool;
}

/// The looks that there were, or that are not for this range.
pub(super) struct Looks {
    scaled: bool,
    doubted: bool,
}

impl Looks {
    /// Break points are hints of both.
    pub fn over((lower, upper): (f64, f64), points: &[f64]) -> Self {
        let hinted = !points.is_empty();
        Self { scaled: hinted || !(lower.is_finite() && upper.is_finite()), doubted: hinted }
    }

    /// Whether the integrals go on after such an outcome, at this component.
    pub fn again(&mut self, outcome: Outcome, component: Option<usize>, them: &mut impl Looked) -> bool {
        let converged = outcome == Outcome::Converged;
        converged && them.probe()
            || outcome == Outcome::Divergent && !std::mem::replace(&mut self.scaled, true) && them.scale(component)
            || converged && !std::mem::replace(&mut self.doubted, true) && them.second_look()
    }
}
