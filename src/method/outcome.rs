//! What becomes of an integral, and the sums that say so.

use super::leaf::Leaf;
use crate::plan::Swept;
use crate::reduce::Partial;

/// What has become of an integral.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Converged,
    RoundoffLimited,
    NonFinite { point: f64, value: f64 },
    Overflow,
    Divergent,
    Oscillates,
    MaxEvaluations,
    MemoryLimit,
    Suspicious(&'static str),
}

/// Sums over leaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    /// The integral, and what rounding it to `f64` left over.
    pub estimate: f64,
    pub low: f64,
    /// All that is claimed, and the part that is no rounding.
    pub error: f64,
    pub truncation: f64,
    /// The integral of |f|.
    pub magnitude: f64,
    /// The rounding errors of leaves, which are independent of each other: the root of the sum of their squares.
    pub rounding: f64,
}

/// Totals under way.
pub(super) struct Sum {
    estimate: Partial,
    totals: Totals,
}

impl From<Totals> for Sum {
    fn from(totals: Totals) -> Self {
        Self { estimate: Partial { high: totals.estimate, low: totals.low }, totals }
    }
}

impl Sum {
    #[inline]
    pub fn add(&mut self, leaf: &Leaf, mismatch: f64) {
        self.add_swept(&leaf.swept, mismatch);
    }

    #[inline]
    pub fn add_swept(&mut self, swept: &Swept, mismatch: f64) {
        self.estimate = self.estimate.combine(Partial::new(swept.estimate));
        self.totals.truncation += swept.error + mismatch;
        self.totals.magnitude += swept.magnitude;
        self.totals.rounding = mean_square(self.totals.rounding, swept.floor);
    }

    pub fn totals(self) -> Totals {
        let (estimate, low) = (self.estimate.high, self.estimate.low);
        let rounding = self.totals.rounding + 0.5 * f64::EPSILON * estimate.abs();
        Totals { estimate, low, error: self.totals.truncation + rounding, ..self.totals }
    }
}

/// √(a² + b²), faster than `hypot` where neither square is out of range.
#[inline]
pub(super) fn mean_square(a: f64, b: f64) -> f64 {
    let squares = a * a + b * b;
    if (1e-280..1e280).contains(&squares) { squares.sqrt() } else { a.hypot(b) }
}
