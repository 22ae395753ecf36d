//! The composite rule: all tiles of a grid, once, in order.

use crate::reduce::{Fold, Partial};
use std::ops::Range;

/// The sum over the tiles of a grid, in blocks that grow to the size wanted. Any choice of sizes gives the same tree.
#[derive(Clone, Debug)]
pub(crate) struct CompositeSum {
    tiles: u64,
    done: u64,
    fold: Fold,
}

impl CompositeSum {
    pub fn new(tiles: u64) -> Self {
        Self { tiles, done: 0, fold: Fold::default() }
    }

    /// The tiles to sum next, about `wanted` of them; empty at the end.
    pub fn next(&self, wanted: u64) -> Range<u64> {
        // A block of the tree: its size is a power of two that divides its beginning.
        let aligned = if self.done == 0 { u64::MAX } else { 1 << self.done.trailing_zeros() };
        let size = (1 << wanted.max(1).ilog2()).min(aligned);
        self.done..self.tiles.min(self.done.saturating_add(size))
    }

    /// Takes the sum of the tiles that [`next`](Self::next) gave.
    pub fn absorb(&mut self, tiles: Range<u64>, sum: Partial) {
        self.done = tiles.end;
        self.fold.push(tiles.end - tiles.start, sum);
    }

    /// The tiles summed so far.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Their sum.
    pub fn total(&self) -> Partial {
        self.fold.total()
    }
}
