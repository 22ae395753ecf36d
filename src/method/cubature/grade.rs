//! Grading: a box beside much smaller ones is halved before the mesh is believed, as what made those small may reach
//! into it where none of its nodes is.

use super::leaf::BoxLeaf;
use super::tree::{MOST_DIMENSIONS, NOTHING};
use super::{Cubature, GOAL};
use crate::plan::{Axis, AxisMap};

/// The times that a box may be longer, along a face, than what lies on its other side.
const STEEPEST: f64 = 4.0;

/// Dimensions up to which everything that is rough is graded.
const MOST_ROUGH: usize = 3;

/// The times that |f| may be larger in a box than anywhere in a longer one beside it, in which a peak or a ridge may go
/// on.
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

    /// Claims on top what may reach into leaves that are too long beside their neighbours, where these are not halved
    /// any more.
    pub fn claim_too_long(&mut self) {
        let long = self.too_long(GOAL * self.wanted());
        let more: f64 = long
            .chunk_by(|a, b| (a.leaf, a.face) == (b.leaf, b.face))
            .map(|beside| self.reach(beside[0].leaf, usize::from(beside[0].face / 2), beside))
            .sum();
        self.totals.truncation += more;
    }

    /// What may reach into a leaf across a face of axis `d`, as wide there as those beside it are together, and not so
    /// deep that it were seen.
    fn reach(&self, leaf: u32, d: usize, beside: &[TooLong]) -> f64 {
        let mean = |i: u32| {
            let (lower, upper) = self.ends(i);
            let volume: f64 = lower.iter().zip(upper).map(|(lower, upper)| upper - lower).product();
            self.leaves[i as usize].magnitude / volume
        };
        let here = mean(leaf);
        let contrast = |other: u32| (self.leaves[other as usize].peak() - here).abs().max((mean(other) - here).abs());
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
        let Self { tree: Some(tree), axes, leaves, lower, upper, .. } = self else { return Vec::new() };
        if leaves.is_empty() {
            // Nothing was swept yet.
            return Vec::new();
        }
        let dimension = axes.len();
        let infinite = axes.iter().any(|axis| !matches!(axis.map, AxisMap::Plain));
        let least = goal / leaves.len() as f64;
        let all = |leaf: &BoxLeaf| dimension <= MOST_ROUGH && (infinite || leaf.is_rough());
        let matters = |leaf: &BoxLeaf| !leaf.graded && (all(leaf) || leaf.magnitude > least);
        let most = |leaf: &BoxLeaf| if all(leaf) { f64::INFINITY } else { leaf.peak() / CONTRAST };
        let length = |leaf: usize, d: usize| upper[leaf * dimension + d] - lower[leaf * dimension + d];
        let extents = tree.gather(
            |leaf| {
                let (i, leaf) = (leaf as usize, &leaves[leaf as usize]);
                let lengths = (0..dimension).map(|d| length(i, d));
                Extent::of(lengths, leaf.peak(), matters(leaf).then(|| most(leaf)))
            },
            Extent::both,
        );
        let bounds = |ends: &[f64], leaf: usize| {
            let mut bounds = [0.0; MOST_DIMENSIONS];
            bounds[..dimension].copy_from_slice(&ends[leaf * dimension..(leaf + 1) * dimension]);
            bounds
        };
        let end = |end: fn(&Axis) -> f64| std::array::from_fn(|d| axes.get(d).map_or(0.0, end));
        let whole = (end(|axis| axis.lower), end(|axis| axis.upper));
        let may = |small: u32, large: u32| extents[small as usize].beside(&extents[large as usize]);
        let (mut long, mut beside_long) = (Vec::new(), Vec::new());
        tree.each(dimension, whole, may, |small, beside| {
            let i = small as usize;
            let (lower, upper) = (&bounds(lower, i), &bounds(upper, i));
            let middle = std::array::from_fn(|d| lower[d] + 0.5 * (upper[d] - lower[d]));
            let (before, most) = (long.len(), most(&leaves[i]));
            for (face, &from) in beside[..2 * dimension].iter().enumerate().filter(|(_, from)| **from != NOTHING) {
                let large = tree.beyond(from, face, (lower, upper), &middle);
                let longer = |&d: &usize| d != face / 2 && length(large as usize, d) > STEEPEST * (upper[d] - lower[d]);
                let other = &mut leaves[large as usize];
                if let Some(axis) = (0..dimension).find(longer).filter(|_| !other.stuck && other.peak() < most) {
                    long.push(TooLong { leaf: large, face: face as u8, small });
                    other.axis = axis as u8;
                }
            }
            if long.len() > before {
                beside_long.push(small);
            }
        });
        // Neighbours only become smaller.
        leaves.iter_mut().for_each(|leaf| leaf.graded |= matters(leaf));
        beside_long.iter().for_each(|&leaf| leaves[leaf as usize].graded = false);
        long.sort_unstable_by_key(|long| (long.leaf, long.face, long.small));
        long
    }
}

/// What is true of some leaves, each number by its leading bits, two of them of the mantissa: enough to say quickly of
/// most that none of them is too long. Of the last two places one is of the peaks.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// The longest on each axis, and the negative of the smallest peak.
    large: [i16; MOST_DIMENSIONS + 2],
    /// Of those that matter the shortest, and the negative of the largest peak that a longer one may have.
    small: [i16; MOST_DIMENSIONS + 2],
}

/// What is four times as large, in leading bits; and of no leaves.
const FOUR_TIMES: i16 = 8;
const NONE: i16 = 1 << 14;

impl Extent {
    /// Of one leaf.
    #[inline]
    fn of(lengths: impl Iterator<Item = f64>, peak: f64, most: Option<f64>) -> Self {
        const { assert!(STEEPEST == 4.0) };
        // Of zeros whatever their sign.
        let leading = |number: f64| (number.abs().to_bits() >> 50) as i16;
        let mut extent = Self { large: [-NONE; MOST_DIMENSIONS + 2], small: [NONE; MOST_DIMENSIONS + 2] };
        extent.large[MOST_DIMENSIONS] = -leading(peak);
        if let Some(most) = most {
            extent.small[MOST_DIMENSIONS] = -leading(most);
        }
        for ((large, small), length) in extent.large.iter_mut().zip(&mut extent.small).zip(lengths) {
            *large = leading(length);
            *small = if most.is_some() { *large } else { NONE };
        }
        extent
    }

    #[inline]
    fn both(self, other: Self) -> Self {
        Self {
            large: std::array::from_fn(|k| self.large[k].max(other.large[k])),
            small: std::array::from_fn(|k| self.small[k].min(other.small[k])),
        }
    }

    /// The axes, as bits, on which one of `large` may be too long beside one of these.
    #[inline]
    fn beside(&self, large: &Self) -> u32 {
        let more: [i16; MOST_DIMENSIONS + 2] = std::array::from_fn(|k| large.large[k] - self.small[k]);
        let longer = more.iter().enumerate().fold(0, |bits, (d, &more)| bits | u32::from(more >= FOUR_TIMES) << d);
        // That is no axis.
        if more[MOST_DIMENSIONS] >= 0 { longer & ((1 << MOST_DIMENSIONS) - 1) } else { 0 }
    }
}
