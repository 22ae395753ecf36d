//! A leaf of the mesh of boxes, and sums over leaves.

use crate::method::outcome::mean_square;
use crate::reduce::Partial;

/// What is known of a leaf, but for its bounds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BoxLeaf {
    pub estimate: f64,
    /// What is claimed, and of that what the leaf itself shows.
    pub error: f64,
    pub own: f64,
    pub floor: f64,
    pub magnitude: f64,
    pub axis: u8,
    /// Too narrow to be halved.
    pub stuck: bool,
    /// What the fine rule is expected to leave of the error; infinite where the integrand looks rough.
    pub promise: f64,
    /// Whether the fine rule was tried.
    pub tried: bool,
}

/// Sums over leaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BoxTotals {
    estimate: Partial,
    /// All that is claimed, but for rounding.
    pub truncation: f64,
    /// The rounding errors of leaves, which are independent: in the mean square.
    rounding: f64,
    pub magnitude: f64,
}

impl BoxTotals {
    pub(super) fn add(&mut self, leaf: &BoxLeaf) {
        self.estimate = self.estimate.combine(Partial::new(leaf.estimate));
        self.truncation += leaf.error;
        self.rounding = mean_square(self.rounding, leaf.floor);
        self.magnitude += leaf.magnitude;
    }

    pub fn estimate(&self) -> f64 {
        self.estimate.value()
    }

    /// All that is claimed.
    pub fn error(&self) -> f64 {
        self.truncation + self.rounding + 0.5 * f64::EPSILON * self.estimate().abs()
    }
}
