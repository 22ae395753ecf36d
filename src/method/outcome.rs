//! What becomes of an integral.

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
