//! The plan of sampling: a deterministic set of points, and which of them to evaluate.

use super::Bad;
use crate::points::{BLOCK, PointSet};
use crate::reduce::Moments;

/// The points of a tile, at most.
const TILE: u64 = 16 * BLOCK as u64;

/// Points `first..first + count` of each replicate of a set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Samples<'a> {
    pub set: &'a PointSet,
    pub replicates: usize,
    /// A multiple of [`BLOCK`], or of all that there are.
    pub first: u64,
    /// A multiple of [`BLOCK`], or a smaller power of two from eight on.
    pub count: u64,
    /// Whether coordinates go through the tent 1 - |2u - 1|, so that an integrand becomes one whose values at opposite faces are
    /// the same.
    pub tent: bool,
}

impl Samples<'_> {
    /// The tiles of one replicate.
    fn tiles_each(&self) -> u64 {
        self.count.div_ceil(TILE)
    }

    /// The tiles of all.
    pub fn tiles(&self) -> u64 {
        self.tiles_each() * self.replicates as u64
    }

    /// The replicate of a tile, its first point, and how many there are.
    pub fn tile(&self, index: u64) -> (usize, u64, u64) {
        let (replicate, tile) = (index / self.tiles_each(), index % self.tiles_each());
        let first = self.first + tile * TILE;
        (replicate as usize, first, (self.first + self.count - first).min(TILE))
    }

    pub fn evaluations(&self) -> u64 {
        self.count * self.replicates as u64
    }
}

/// What a tile gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sampled {
    pub moments: Moments,
    /// A point at which the integrand is not finite, and the value there.
    pub bad: Option<Bad>,
}
