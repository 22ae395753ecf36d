//! The mesh, for pictures.

use super::{Adaptive, Leaf};

impl Adaptive {
    /// The upper ends of the leaves, in ascending order.
    pub fn ends(&self) -> impl Iterator<Item = f64> {
        let first = (!self.leaves.is_empty()).then_some(0u32);
        let next = |&index: &u32| Some(self.leaves[index as usize].next).filter(|&next| next != Leaf::NONE);
        std::iter::successors(first, next).map(|index| {
            let region = &self.leaves[index as usize].region;
            region.map.point(region.upper)
        })
    }
}
