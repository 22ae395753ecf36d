//! A leaf of the mesh of boxes, and sums over leaves.

use crate::reduce::Partial;

/// What differs by no more than this share is the same but for rounding.
const ROUNDING: f64 = 1e-12;

/// What is known of a leaf, but for its bounds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BoxLeaf {
    pub estimate: f64,
    /// What is claimed, and of that what the leaf itself shows.
    pub error: f64,
    pub own: f64,
    pub floor: f64,
    pub magnitude: f64,
    /// The least and the largest f that were seen.
    pub low: f64,
    pub high: f64,
    pub axis: u8,
    /// Too narrow to be halved.
    pub stuck: bool,
    /// Whether no neighbour is too long.
    pub graded: bool,
    /// What the fine rule is expected to leave of the error; infinite where the integrand looks rough.
    pub promise: f64,
    /// Whether the fine rule was tried.
    pub tried: bool,
    /// The share of what a sweep shows that is claimed, as halvings have taught.
    pub caution: f64,
    /// Whether it was looked at along a chord.
    pub looked: bool,
    /// What is claimed besides of something odd that other points met and nodes did not, and the largest |f| there.
    pub odd: f64,
    pub sight: f64,
}

impl BoxLeaf {
    /// The largest |f| that was seen.
    pub fn peak(&self) -> f64 {
        self.high.max(-self.low)
    }

    /// Whether values were seen that others, in this range, do not explain: farther out of it than it is long.
    pub fn saw_more_than(&self, low: f64, high: f64) -> bool {
        let by = (high - low) + ROUNDING * high.max(-low);
        self.low < low - by || self.high > high + by
    }

    /// Whether the integrand does not look smooth.
    pub fn is_rough(&self) -> bool {
        self.promise == f64::INFINITY
    }
}

/// Sums over leaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BoxTotals {
    estimate: Partial,
    /// All that is claimed, but for rounding.
    pub truncation: f64,
    /// The sum of the rounding errors of leaves, and of their squares.
    rounding: f64,
    squares: f64,
    pub magnitude: f64,
    /// What the arithmetic may make of the integrand, everywhere alike.
    pub arithmetic: f64,
}

impl BoxTotals {
    /// Those of these leaves, and of the arithmetic: two sums at once, as each waits for itself.
    pub(super) fn of(leaves: &[BoxLeaf], arithmetic: f64) -> Self {
        let (mut sum, mut other) = (Self { arithmetic, ..Self::default() }, Self::default());
        let (pairs, last) = leaves.as_chunks::<2>();
        for [first, second] in pairs {
            sum.add(first);
            other.add(second);
        }
        last.iter().for_each(|leaf| sum.add(leaf));
        sum.estimate = sum.estimate.combine(other.estimate);
        sum.truncation += other.truncation;
        sum.rounding += other.rounding;
        sum.squares += other.squares;
        sum.magnitude += other.magnitude;
        sum
    }

    #[inline]
    fn add(&mut self, leaf: &BoxLeaf) {
        self.estimate = self.estimate.plus(leaf.estimate);
        self.truncation += leaf.error;
        self.rounding += leaf.floor;
        self.squares += leaf.floor * leaf.floor;
        self.magnitude += leaf.magnitude;
    }

    pub fn estimate(&self) -> f64 {
        self.estimate.value()
    }

    /// All that is claimed. Rounding errors are independent, and claimed in the mean square, where squares are in
    /// range.
    pub fn error(&self) -> f64 {
        let in_range = (1e-280..1e280).contains(&self.squares);
        let rounding = if in_range { self.squares.sqrt() } else { self.rounding };
        self.truncation + self.arithmetic + rounding + 0.5 * f64::EPSILON * self.estimate().abs()
    }
}
