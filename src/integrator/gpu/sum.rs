//! The state of a sum on a GPU.

use crate::agreement::Verify;
use crate::method::CompositeSum;
use crate::plan::Grid;
use crate::reduce::Partial;
use crate::verify::{Checked, spot_tiles};
use std::cell::Cell;
use std::rc::Rc;

/// A sum of tiles that come back in order.
pub(super) struct Sum {
    pub method: CompositeSum,
    pub verify: Verify,
    pub spots: Vec<u64>,
    /// The tiles of the largest sums, for a spot check.
    pub largest: Vec<(u64, Partial)>,
    pub checked: Checked,
    /// Whether a tile was found wrong.
    pub failed: Rc<Cell<bool>>,
    /// The first tile whose sum is not finite.
    pub bad: Rc<Cell<Option<u64>>>,
}

impl Sum {
    pub fn new(verify: Verify, seed: u64, grid: &Grid) -> Self {
        let mut spots = Vec::new();
        if verify == Verify::Spot {
            // Where x is zero formulas have their poles, and a node of the GPU may be next to it instead.
            spots = spot_tiles(grid.tiles(), seed).chain(grid.tiles_near(0.0)).collect();
            spots.sort_unstable();
            spots.dedup();
        }
        Self {
            method: CompositeSum::new(grid.tiles()),
            verify,
            spots,
            largest: Vec::new(),
            checked: Checked::NOTHING,
            failed: Default::default(),
            bad: Default::default(),
        }
    }

    pub fn keep_if_large(&mut self, tile: u64, partial: Partial) {
        const KEPT: usize = 4;
        let size = |&(_, partial): &(u64, Partial)| partial.high.abs();
        if self.verify != Verify::Spot
            || self.largest.len() == KEPT && size(&(tile, partial)) <= size(&self.largest[KEPT - 1])
        {
            return;
        }
        let place = self.largest.partition_point(|kept| size(kept) >= partial.high.abs());
        self.largest.insert(place, (tile, partial));
        self.largest.truncate(KEPT);
    }
}
