//! Sums that do not depend on who adds: a compensated partial sum, and the fixed tree that combines partials.

mod moments;

pub(crate) use moments::Moments;

use crate::twofold::{fast_two_sum, two_sum};

/// A partial sum as an unevaluated pair `high + low`, |low| at most half an ulp of high. The identity is 0; `combine`
/// is associative up to 2^-104 relative, so a fixed tree makes sums reproducible to the bit.
///
/// T. J. Dekker (1971), <https://doi.org/10.1007/BF01397083>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Partial {
    pub high: f64,
    pub low: f64,
}

impl Partial {
    pub const IDENTITY: Partial = Partial { high: 0.0, low: 0.0 };

    pub fn new(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }

    /// The sum of both.
    #[inline]
    pub fn combine(self, other: Self) -> Self {
        let (high, error) = two_sum(self.high, other.high);
        if !high.is_finite() {
            return Self::new(high);
        }
        let (low, rest) = two_sum(self.low, other.low);
        let (high, low) = fast_two_sum(high, error + low);
        let (high, low) = fast_two_sum(high, low + rest);
        Self { high, low }
    }

    /// The sum with one number, in fewer steps: what its rounding leaves goes to `low`, which may grow beyond half an
    /// ulp.
    #[inline]
    pub fn plus(self, value: f64) -> Self {
        let (high, rest) = two_sum(self.high, value);
        Self { high, low: self.low + rest }
    }

    /// The product with `factor`: the one place where a sum of values becomes an integral.
    pub fn scaled(self, factor: Partial) -> Self {
        let high = self.high * factor.high;
        if !high.is_finite() || high == 0.0 {
            return Self::new(high);
        }
        let error = self.high.mul_add(factor.high, -high) + (self.high * factor.low + self.low * factor.high);
        let (high, low) = fast_two_sum(high, error);
        Self { high, low }
    }

    /// The nearest `f64`; what a plain sum would give where that is not finite.
    pub fn value(self) -> f64 {
        self.high + self.low
    }
}

/// Partials folded as they come, in tree order: a block of 2^k leaves that begins at a multiple of 2^k is combined
/// with its neighbour as soon as both are there. Holds one partial for each size, so memory grows with log n, and
/// the tree is the same however the leaves were grouped.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    /// (number of leaves, their sum), sizes strictly falling, but for the first place: that is the newest block.
    newest: (u64, Partial),
    older: Vec<(u64, Partial)>,
}

impl Default for Fold {
    fn default() -> Self {
        Self { newest: (0, Partial::IDENTITY), older: Vec::new() }
    }
}

impl Fold {
    /// Appends the sum of the next `leaves` leaves: a power of two that divides the number of leaves so far, or
    /// the last, incomplete block. The first block allocates nothing.
    pub fn push(&mut self, leaves: u64, sum: Partial) {
        if self.newest.0 == 0 {
            self.newest = (leaves, sum);
            return;
        }
        self.older.push(self.newest);
        self.newest = (leaves, sum);
        while let Some(&(count, left)) = self.older.last()
            && count == self.newest.0
        {
            self.older.pop();
            self.newest = (2 * count, left.combine(self.newest.1));
        }
    }

    /// The sum of all leaves so far.
    pub fn total(&self) -> Partial {
        self.older.iter().rev().fold(self.newest.1, |right, &(_, left)| left.combine(right))
    }
}

/// The size of the left subtree of a tree with `leaves` leaves (at least 2): the largest power of two below.
#[inline]
pub(crate) fn left_subtree(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The tree over leaves `from..to`, on one thread.
pub(crate) fn tree<T>(from: u64, to: u64, leaf: &impl Fn(u64) -> T, combine: &impl Fn(T, T) -> T) -> T {
    match to - from {
        0 | 1 => leaf(from),
        leaves => {
            let middle = from + left_subtree(leaves);
            combine(tree(from, middle, leaf, combine), tree(middle, to, leaf, combine))
        }
    }
}

/// The same tree, its branches spread over the threads of the current pool; those of up to `grain` leaves stay whole.
#[cfg(feature = "parallel")]
pub(crate) fn parallel_tree<T: Send>(
    from: u64,
    to: u64,
    grain: u64,
    leaf: &(impl Fn(u64) -> T + Sync),
    combine: &(impl Fn(T, T) -> T + Sync),
) -> T {
    if to - from <= grain.max(1) {
        return tree(from, to, leaf, combine);
    }
    let middle = from + left_subtree(to - from);
    let (left, right) = rayon::join(
        || parallel_tree(from, middle, grain, leaf, combine),
        || parallel_tree(middle, to, grain, leaf, combine),
    );
    combine(left, right)
}
