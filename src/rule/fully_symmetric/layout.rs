//! What a sweep keeps of its nodes when they are evaluated elsewhere: sums over groups of nodes, and single values.

use super::{FullySymmetric, at};
use std::ops::Range;

/// Where the numbers of a box stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// The values in the middle and on the axes.
    pub lines: Range<usize>,
    /// The sums over pairs of axes: (X, X), and of degree 9 (X, Y) and (Y, X).
    pub pairs: Range<usize>,
    pub triples: Range<usize>,
    /// The sum over all corners; and the values at those that are on diagonals.
    pub corners: usize,
    pub kept: Range<usize>,
    /// The values at the sentinels on diagonals.
    pub far: Range<usize>,
    /// The sums of |f|, four of them, by [`Kind`].
    pub sizes: usize,
    /// The least and the largest value in any of the sums.
    pub low: usize,
    pub high: usize,
    pub numbers: usize,
}

/// What the nodes of a group have in common, with the place of its weight in the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// (X, X), (X, Y), (X, X, X), corners: in the order of [`Layout::sizes`].
    Pairs,
    Mixed,
    Triples,
    Corners,
    /// Nodes on axes and sentinels, of which every value is kept.
    Single,
}

/// Nodes, of which the sum is kept, or some values, or both.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub kind: Kind,
    /// Where the sum goes; or is added, of corners.
    pub sum: Option<usize>,
    /// `dimension` places for each node.
    pub nodes: Vec<u8>,
    /// Where the value of each goes.
    pub values: Vec<Option<usize>>,
}

impl FullySymmetric {
    /// What is kept of a sweep, in the dimensions where no value of a pair or a triple is looked at by itself: from
    /// four on.
    pub fn layout(&self) -> Layout {
        let (mut end, count) = (0, |nodes: &[u8]| nodes.len() / self.dimension);
        let mut next = |length: usize| {
            end += length;
            end - length..end
        };
        let lines = next(count(&self.lines));
        let pairs = next(count(&self.pairs) / 4);
        let triples = next(self.triple_axes.len());
        let corners = next(1).start;
        let (kept, far) = (next(2 * self.diagonals.len()), next(2 * self.diagonals.len()));
        let sizes = next(4).start;
        let [low, high] = [next(1).start, next(1).start];
        Layout { lines, pairs, triples, corners, kept, far, sizes, low, high, numbers: high + 1 }
    }

    /// All nodes and sentinels.
    pub fn groups(&self) -> Vec<Group> {
        let (layout, dimension) = (self.layout(), self.dimension);
        let single = |nodes: &[u8], values: Range<usize>| Group {
            kind: Kind::Single,
            sum: None,
            nodes: nodes.to_vec(),
            values: values.map(Some).collect(),
        };
        let sum = |kind, nodes: &[u8], sum| Group {
            kind,
            sum: Some(sum),
            nodes: nodes.to_vec(),
            values: vec![None; nodes.len() / dimension],
        };
        let mut groups = vec![single(&self.lines, layout.lines)];
        for ((k, nodes), at) in self.pairs.chunks_exact(4 * dimension).enumerate().zip(layout.pairs) {
            groups.push(sum(if self.ninth && k % 3 > 0 { Kind::Mixed } else { Kind::Pairs }, nodes, at));
        }
        for (nodes, at) in self.triples.chunks_exact(8 * dimension).zip(layout.triples) {
            groups.push(sum(Kind::Triples, nodes, at));
        }
        let (all, count) = ((1u32 << dimension) - 1, 1 << self.block_axes());
        for first in (0..=all).step_by(count as usize) {
            let mut nodes = self.corners.clone();
            for node in nodes.chunks_exact_mut(dimension) {
                for (d, place) in node.iter_mut().enumerate().filter(|(_, place)| **place == at::HELD) {
                    *place = at::Z + 1 - (first >> d & 1) as u8;
                }
            }
            let mut group = sum(Kind::Corners, &nodes, layout.corners);
            for (k, &diagonal) in self.diagonals.iter().enumerate() {
                for (k, signs) in [(2 * k, diagonal), (2 * k + 1, all ^ diagonal)] {
                    // The list begins with the corner that is below on all axes of the block.
                    if signs & !(count - 1) == first {
                        group.values[(count - 1 - (signs & (count - 1))) as usize] = Some(layout.kept.start + k);
                    }
                }
            }
            groups.push(group);
        }
        groups.push(single(&self.far, layout.far));
        groups
    }

    /// The weight of a node of this kind at these places, for the mean over the box.
    pub fn weight(&self, kind: Kind, node: &[u8]) -> f64 {
        let [center, x, y, v, xx, xy, xxx, corners] = self.weights;
        match kind {
            Kind::Pairs => xx,
            Kind::Mixed => xy,
            Kind::Triples => xxx,
            Kind::Corners => corners,
            Kind::Single => match node.iter().copied().max().unwrap_or(at::MIDDLE) {
                at::MIDDLE => center,
                at::X..at::Y => x,
                at::Y..at::V => y,
                at::V..at::FACE => v,
                _ => 0.0,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_source_and_weights_are_those_of_a_mean() {
        for rule in (4..=15).map(FullySymmetric::seventh).chain((4..=12).filter_map(FullySymmetric::ninth)) {
            let (layout, groups, dimension) = (rule.layout(), rule.groups(), rule.dimension);
            let places = groups.iter().flat_map(|group| group.values.iter().flatten().chain(&group.sum)).copied();
            // The corners are several groups with one sum.
            let (corners, mut places): (Vec<_>, Vec<_>) = places.partition(|&place| place == layout.corners);
            places.extend(corners.first());
            places.sort_unstable();
            assert_eq!(places, (0..layout.sizes).collect::<Vec<_>>(), "{dimension}");
            let nodes: usize = groups.iter().map(|group| group.values.len()).sum();
            assert_eq!(nodes as u64, rule.evaluations());
            let weight = |group: &Group| -> f64 {
                group.nodes.chunks_exact(dimension).map(|node| rule.weight(group.kind, node)).sum()
            };
            let total: f64 = groups.iter().map(weight).sum();
            assert!((total - 1.0).abs() < 1e-12 * dimension as f64, "{dimension}: {total}");
        }
    }
}
