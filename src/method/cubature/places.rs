//! Leaves sorted by place, to find who is on the other side of a face.

use super::Cubature;
use std::cell::OnceCell;

/// Dimensions in which what lies across the middle of a face says something of the face.
pub(crate) const MOST_DIMENSIONS: usize = 6;

/// Leaves up to which looking at all of them costs less than their sweeps.
const MOST_LEAVES: usize = 1 << 16;

/// Leaves that are not sorted any further, and the nodes that are open at once at most.
const UNSORTED: usize = 8;
const DEEPEST: usize = 2 + MOST_LEAVES.ilog2() as usize;

/// How far beyond a face what lies on its other side is looked for, in widths.
pub(super) const BEYOND: f64 = 1e-3;

/// A part of the leaves, and the box around it. Its halves follow, the second at `second`.
pub(super) struct Node {
    lower: [f64; MOST_DIMENSIONS],
    upper: [f64; MOST_DIMENSIONS],
    /// The longest leaf on each axis, and the smallest |f| that is the largest in one.
    pub longest: [f64; MOST_DIMENSIONS],
    pub peak: f64,
    from: usize,
    to: usize,
    second: usize,
}

/// Bytes of both for each leaf, and of the faces that are looked at.
pub(super) const BYTES: usize = size_of::<Node>() / 2 + 64;

/// All leaves by place.
pub(crate) struct Places {
    /// What is true of all.
    pub(super) all: Node,
    /// The leaves and the nodes, once anything is looked for.
    sorted: OnceCell<(Vec<u32>, Vec<Node>)>,
}

impl Cubature {
    /// Its leaves by place, where that is worth it.
    pub fn places(&self) -> Option<Places> {
        if self.axes.len() > MOST_DIMENSIONS || self.leaves.len() > MOST_LEAVES || self.retired.0 > 0 {
            return None;
        }
        Some(Places { all: self.around(0..self.leaves.len() as u32), sorted: OnceCell::new() })
    }

    fn sorted(&self) -> (Vec<u32>, Vec<Node>) {
        let mut items: Vec<u32> = (0..self.leaves.len() as u32).collect();
        let mut nodes = Vec::with_capacity(items.len() / (UNSORTED / 4));
        self.sort(&mut items, 0, &mut nodes);
        (items, nodes)
    }

    pub(super) fn end<'a>(&self, ends: &'a [f64], leaf: usize) -> &'a [f64] {
        &ends[leaf * self.axes.len()..(leaf + 1) * self.axes.len()]
    }

    /// The box around these leaves.
    fn around(&self, items: impl Iterator<Item = u32>) -> Node {
        let dimension = self.axes.len();
        let (mut lower, mut upper) = ([f64::INFINITY; MOST_DIMENSIONS], [f64::NEG_INFINITY; MOST_DIMENSIONS]);
        let (mut longest, mut peak) = ([0.0f64; MOST_DIMENSIONS], f64::INFINITY);
        for item in items {
            let (below, above) = (self.end(&self.lower, item as usize), self.end(&self.upper, item as usize));
            peak = peak.min(self.leaves[item as usize].peak);
            for d in 0..dimension {
                (lower[d], upper[d]) = (lower[d].min(below[d]), upper[d].max(above[d]));
                longest[d] = longest[d].max(above[d] - below[d]);
            }
        }
        Node { lower, upper, longest, peak, from: 0, to: 0, second: 0 }
    }

    fn sort(&self, items: &mut [u32], from: usize, nodes: &mut Vec<Node>) {
        let (at, to) = (nodes.len(), from + items.len());
        let node = Node { from, to, ..self.around(items.iter().copied()) };
        let width = |d: usize| node.upper[d] - node.lower[d];
        let widest = (0..self.axes.len()).fold(0, |widest, d| if width(d) > width(widest) { d } else { widest });
        nodes.push(node);
        if items.len() <= UNSORTED {
            return;
        }
        let place = |item: &u32| self.end(&self.lower, *item as usize)[widest];
        let half = items.len() / 2;
        items.select_nth_unstable_by(half, |a, b| place(a).total_cmp(&place(b)));
        let (first, second) = items.split_at_mut(half);
        self.sort(first, from, nodes);
        nodes[at].second = nodes.len();
        self.sort(second, from + half, nodes);
    }

    /// The leaf with this point, if it is within the whole, and within parts that `may` have what is looked for.
    pub(super) fn leaf_at(
        &self,
        point: &[f64; MOST_DIMENSIONS],
        may: impl Fn(&Node) -> bool,
        places: &Places,
    ) -> Option<usize> {
        let dimension = self.axes.len();
        let (items, nodes) = places.sorted.get_or_init(|| self.sorted());
        let within = |lower: &[f64], upper: &[f64]| (0..dimension).all(|d| lower[d] <= point[d] && point[d] < upper[d]);
        // Halves of halves: as deep as the logarithm of the number of leaves.
        let (mut open, mut count) = ([0; DEEPEST], 1);
        while count > 0 {
            count -= 1;
            let at = open[count];
            let node = &nodes[at];
            if !may(node) || !within(&node.lower, &node.upper) {
                continue;
            }
            if node.second > 0 {
                (open[count], open[count + 1]) = (node.second, at + 1);
                count += 2;
                continue;
            }
            let found = items[node.from..node.to].iter().map(|&item| item as usize);
            let here = |&item: &usize| within(self.end(&self.lower, item), self.end(&self.upper, item));
            if let Some(leaf) = found.into_iter().find(here) {
                return Some(leaf);
            }
        }
        None
    }
}
