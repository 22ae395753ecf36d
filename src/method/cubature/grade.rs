//! Grading: a box beside much smaller ones is halved before the mesh is believed, as what made those small may reach into it
//! where none of its nodes is.

use super::leaf::BoxLeaf;
use super::places::{BEYOND, MOST_DIMENSIONS, Node};
use super::{Cubature, GOAL};
use crate::plan::AxisMap;

/// The times that a box may be longer, along a face, than what lies on its other side.
const STEEPEST: f64 = 4.0;

/// Dimensions and leaves up to which everything that is rough is graded.
const MOST_ROUGH: usize = 3;
const MOST_LEAVES_ROUGH: usize = 1 << 16;

/// The times that |f| may be larger in a box than anywhere in a longer one beside it, in which a peak or a ridge may go on.
const CONTRAST: f64 = 10.0;

/// How deep what is beside a box may reach into it unseen, in widths; and no deeper than half as it is wide.
const DEEPEST: f64 = 0.2;

/// A leaf that is too long beside a much smaller one, on the other side of a face of that.
struct TooLong {
    leaf: u32,
    face: u8,
    small: u32,
}

impl Cubature {
    /// Makes active the leaves that are too long beside their neighbours, to be halved there; whether there are any.
    pub(super) fn grade(&mut self, goal: f64) -> bool {
        self.active.clear();
        self.fine.clear();
        let long = self.too_long(goal);
        self.active.extend(long.iter().map(|long| long.leaf));
        self.active.dedup();
        !self.active.is_empty()
    }

    /// Claims on top what may reach into leaves that are too long beside their neighbours, where these are not halved any more.
    pub fn claim_too_long(&mut self) {
        let long = self.too_long(GOAL * self.wanted());
        let more: f64 = long
            .chunk_by(|a, b| (a.leaf, a.face) == (b.leaf, b.face))
            .map(|beside| self.reach(beside[0].leaf, usize::from(beside[0].face / 2), beside))
            .sum();
        self.totals.truncation += more;
    }

    /// What may reach into a leaf across a face of axis `d`, as wide there as those beside it are together, and not so deep that it were seen.
    fn reach(&self, leaf: u32, d: usize, beside: &[TooLong]) -> f64 {
        let mean = |i: u32| {
            let (lower, upper) = self.ends(i);
            let volume: f64 = lower.iter().zip(upper).map(|(lower, upper)| upper - lower).product();
            self.leaves[i as usize].magnitude / volume
        };
        let here = mean(leaf);
        let contrast = |other: u32| (self.leaves[other as usize].peak - here).abs().max((mean(other) - here).abs());
        let (lower, upper) = self.ends(leaf);
        let (mut area, mut depth) = (1.0, DEEPEST * (upper[d] - lower[d]));
        for e in (0..self.axes.len()).filter(|&e| e != d) {
            let from = beside.iter().map(|one| self.ends(one.small).0[e]).fold(upper[e], f64::min).max(lower[e]);
            let to = beside.iter().map(|one| self.ends(one.small).1[e]).fold(lower[e], f64::max).min(upper[e]);
            (area, depth) = (area * (to - from), depth.min(0.5 * (to - from)));
        }
        beside.iter().map(|one| contrast(one.small)).fold(0.0, f64::max) * area * depth
    }

    /// The leaves that are too long, in ascending order of leaf and face.
    fn too_long(&mut self, goal: f64) -> Vec<TooLong> {
        let dimension = self.axes.len();
        let mut found = Vec::new();
        let Some(places) = self.places() else { return found };
        let infinite = self.axes.iter().any(|axis| !matches!(axis.map, AxisMap::Plain));
        let least = goal / self.leaves.len() as f64;
        let few = dimension <= MOST_ROUGH && self.leaves.len() <= MOST_LEAVES_ROUGH;
        let all = |leaf: &BoxLeaf| few && (infinite || leaf.is_rough());
        let matters = |leaf: &BoxLeaf| !leaf.graded && (all(leaf) || leaf.magnitude > least);
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
            let before = found.len();
            let most = if all(&leaf) { f64::INFINITY } else { leaf.peak / CONTRAST };
            for face in 0..2 * dimension {
                let (d, above) = (face / 2, face % 2 == 1);
                let longer = |e: &usize, length: f64| *e != d && length > STEEPEST * width[*e];
                let may = |node: &Node| node.peak < most && (0..dimension).any(|e| longer(&e, node.longest[e]));
                if !may(&places.all) {
                    continue;
                }
                let mut across = middle;
                across[d] = if above { upper[d] + BEYOND * width[d] } else { lower[d] - BEYOND * width[d] };
                let Some(large) = self.leaf_at(&across, may, &places) else { continue };
                let (lower, upper) = (self.end(&self.lower, large), self.end(&self.upper, large));
                let axis = (0..dimension).find(|e| longer(e, upper[*e] - lower[*e]));
                let doubtful = |_: &usize| !self.leaves[large].stuck && self.leaves[large].peak < most;
                if let Some(axis) = axis.filter(doubtful) {
                    found.push(TooLong { leaf: large as u32, face: face as u8, small: small as u32 });
                    self.leaves[large].axis = axis as u8;
                }
            }
            // Neighbours only become smaller.
            self.leaves[small].graded = found.len() == before;
        }
        found.sort_unstable_by_key(|long| (long.leaf, long.face, long.small));
        found
    }
}
