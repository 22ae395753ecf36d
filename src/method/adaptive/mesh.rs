//! The mesh, for pictures and for verification.

use super::{Adaptive, Leaf};
use crate::plan::{Map, Region, Sweep, Swept};

impl Adaptive {
    /// The upper ends of the leaves, in ascending order.
    pub fn ends(&self) -> impl Iterator<Item = f64> {
        self.in_order().map(|leaf| leaf.region.map.point(leaf.region.upper))
    }

    /// The edges inside, if they are few.
    pub fn edges(&self) -> Vec<f64> {
        let inside =
            self.in_order().filter(|leaf| leaf.edges[1] && leaf.next != Leaf::NONE && leaf.region.map == Map::Plain);
        let edges: Vec<f64> = inside.map(|leaf| leaf.region.upper).collect();
        if edges.len() <= Self::FEW { edges } else { Vec::new() }
    }

    const FEW: usize = 4;

    /// Whether a limit stands for what lies next to this place, in the direction of `sign`: it claims noise itself.
    pub fn is_limited(&self, place: f64, sign: f64) -> bool {
        let side = usize::from(sign < 0.0);
        self.in_order().any(|leaf| leaf.swept.limited[side] && [leaf.region.lower, leaf.region.upper][side] == place)
    }

    /// The leaves in ascending order, to be swept once more as they were last, and what that gave.
    pub fn swept(&self) -> impl Iterator<Item = (Region, Swept)> {
        self.in_order().map(|leaf| {
            // Each rung doubles the 16 values of the first.
            let rung = (leaf.swept.evaluations / 16).max(1).ilog2();
            let sweep =
                if leaf.swept.levels { Sweep::Levels } else { Sweep::Ladder { least: rung as u8, eager: false } };
            (Region { sweep, ..leaf.region }, leaf.swept)
        })
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = &Leaf> {
        let first = (!self.leaves.is_empty()).then_some(0u32);
        let next = |&index: &u32| Some(self.leaves[index as usize].next).filter(|&next| next != Leaf::NONE);
        std::iter::successors(first, next).map(|index| &self.leaves[index as usize])
    }
}
