//! Grading: a box beside much smaller ones is halved before the mesh is believed, as what made those small may reach into it
//! where none of its nodes is.

use super::Cubature;
use super::leaf::BoxLeaf;
use crate::plan::AxisMap;

/// The times that a box may be longer, along a face, than what lies on its other side.
const STEEPEST: f64 = 4.0;

/// Dimensions in which what lies across the middle of a face says something of the face; and those in which everything that is rough
/// is graded.
const MOST_DIMENSIONS: usize = 6;
const MOST_ROUGH: usize = 3;

/// Leaves up to which looking at all of them costs less than their sweeps; and up to which what is rough is graded.
const MOST_LEAVES: usize = 1 << 16;
const MOST_LEAVES_ROUGH: usize = 1 << 16;

/// The times that |f| may be larger in a box than anywhere in a longer one beside it, in which a peak or a ridge may go on.
const CONTRAST: f64 = 10.0;

/// Leaves that are not sorted any further.
const FEW: usize = 8;

/// Leaves sorted by place: a part of them, and the box around it. Its halves follow, the second at `second`.
struct Node {
    lower: [f64; MOST_DIMENSIONS],
    upper: [f64; MOST_DIMENSIONS],
    /// The longest leaf on each axis.
    longest: [f64; MOST_DIMENSIONS],
    from: usize,
    to: usize,
    second: usize,
}

impl Cubature {
    /// Makes active the leaves that are too long beside their neighbours, to be halved there; whether there are any.
    pub(super) fn grade(&mut self, goal: f64) -> bool {
        let dimension = self.axes.len();
        self.active.clear();
        self.fine.clear();
        if dimension > MOST_DIMENSIONS || self.leaves.len() > MOST_LEAVES || self.retired.0 > 0 {
            return false;
        }
        let infinite = self.axes.iter().any(|axis| !matches!(axis.map, AxisMap::Plain));
        let least = goal / self.leaves.len() as f64;
        let few = dimension <= MOST_ROUGH && self.leaves.len() <= MOST_LEAVES_ROUGH;
        let all = |leaf: &BoxLeaf| few && (infinite || leaf.is_rough());
        let matters = |leaf: &BoxLeaf| !leaf.graded && (all(leaf) || leaf.magnitude > least);
        let mut items: Vec<u32> = (0..self.leaves.len() as u32).collect();
        let mut nodes = Vec::new();
        self.sort(&mut items, 0, &mut nodes);
        for small in 0..self.leaves.len() {
            let leaf = self.leaves[small];
            if !matters(&leaf) {
                continue;
            }
            let (lower, upper) = (self.end(&self.lower, small), self.end(&self.upper, small));
            let width: [f64; MOST_DIMENSIONS] =
                std::array::from_fn(|d| if d < dimension { upper[d] - lower[d] } else { 0.0 });
            let middle: [f64; MOST_DIMENSIONS] =
                std::array::from_fn(|d| if d < dimension { lower[d] + 0.5 * width[d] } else { 0.0 });
            let before = self.active.len();
            let most = if all(&leaf) { f64::INFINITY } else { leaf.peak / CONTRAST };
            for face in 0..2 * dimension {
                let (d, above) = (face / 2, face % 2 == 1);
                let mut across = middle;
                across[d] = if above { upper[d] + 1e-3 * width[d] } else { lower[d] - 1e-3 * width[d] };
                let longer = |e: &usize, length: f64| *e != d && length > STEEPEST * width[*e];
                let may = |node: &Node| (0..dimension).any(|e| longer(&e, node.longest[e]));
                let Some(large) = self.leaf_at(&across, may, &items, &nodes) else { continue };
                let (lower, upper) = (self.end(&self.lower, large), self.end(&self.upper, large));
                let axis = (0..dimension).find(|e| longer(e, upper[*e] - lower[*e]));
                let doubtful = |_: &usize| !self.leaves[large].stuck && self.leaves[large].peak < most;
                if let Some(axis) = axis.filter(doubtful) {
                    self.active.push(large as u32);
                    self.leaves[large].axis = axis as u8;
                }
            }
            // Neighbours only become smaller.
            self.leaves[small].graded = self.active.len() == before;
        }
        self.active.sort_unstable();
        self.active.dedup();
        !self.active.is_empty()
    }

    pub(super) fn end<'a>(&self, ends: &'a [f64], leaf: usize) -> &'a [f64] {
        &ends[leaf * self.axes.len()..(leaf + 1) * self.axes.len()]
    }

    fn sort(&self, items: &mut [u32], from: usize, nodes: &mut Vec<Node>) {
        let dimension = self.axes.len();
        let (mut lower, mut upper) = ([f64::INFINITY; MOST_DIMENSIONS], [f64::NEG_INFINITY; MOST_DIMENSIONS]);
        let mut longest = [0.0f64; MOST_DIMENSIONS];
        for &item in &*items {
            let (below, above) = (self.end(&self.lower, item as usize), self.end(&self.upper, item as usize));
            for d in 0..dimension {
                (lower[d], upper[d]) = (lower[d].min(below[d]), upper[d].max(above[d]));
                longest[d] = longest[d].max(above[d] - below[d]);
            }
        }
        let (at, to) = (nodes.len(), from + items.len());
        nodes.push(Node { lower, upper, longest, from, to, second: 0 });
        if items.len() <= FEW {
            return;
        }
        let width = |d: usize| upper[d] - lower[d];
        let widest = (0..dimension).fold(0, |widest, d| if width(d) > width(widest) { d } else { widest });
        let place = |item: &u32| self.end(&self.lower, *item as usize)[widest];
        let half = items.len() / 2;
        items.select_nth_unstable_by(half, |a, b| place(a).total_cmp(&place(b)));
        let (first, second) = items.split_at_mut(half);
        self.sort(first, from, nodes);
        nodes[at].second = nodes.len();
        self.sort(second, from + half, nodes);
    }

    /// The leaf with this point, if it is within the whole, and within parts that `may` have what is looked for.
    fn leaf_at(
        &self,
        point: &[f64; MOST_DIMENSIONS],
        may: impl Fn(&Node) -> bool,
        items: &[u32],
        nodes: &[Node],
    ) -> Option<usize> {
        let dimension = self.axes.len();
        let within = |lower: &[f64], upper: &[f64]| (0..dimension).all(|d| lower[d] <= point[d] && point[d] < upper[d]);
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            let node = &nodes[at];
            if !within(&node.lower, &node.upper) || !may(node) {
                continue;
            }
            if node.second > 0 {
                open.extend([node.second, at + 1]);
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
