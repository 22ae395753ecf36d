//! What is looked at before a mesh is believed: whether it is exact, and the leaves at the corners of the whole.

use super::leaf::BoxLeaf;
use super::{Cubature, MOST_PLACED};
use crate::estimate::statistics::few;
use crate::plan::{Axis, AxisMap};

/// How many times farther from the mean than all samples |f| is where these are said to have missed it.
const FARTHER: f64 = 30.0;

/// What is odd in a leaf, and the largest |f| there.
pub(crate) struct Suspicion {
    pub leaf: u32,
    pub error: f64,
    pub peak: f64,
}

impl Cubature {
    /// Whether most leaves claim no error at all, as they do of what is constant in pieces.
    pub fn is_mostly_exact(&self) -> bool {
        2 * self.leaves.iter().filter(|leaf| leaf.error == 0.0).count() > self.leaves.len()
    }

    /// The leaf at each corner of the whole; the bits of the corner say on which axes it is at the upper end.
    pub fn at_corners(&self) -> Vec<(u32, u32)> {
        let dimension = self.axes.len();
        let mut found = Vec::new();
        let all = (1u32 << dimension) - 1;
        for leaf in 0..self.leaves.len() as u32 {
            let (lower, upper) = self.ends(leaf);
            let (mut below, mut above) = (0, 0);
            for (d, axis) in self.axes.iter().enumerate() {
                below |= u32::from(lower[d] == axis.lower) << d;
                above |= u32::from(upper[d] == axis.upper) << d;
            }
            if below | above != all {
                continue;
            }
            // All subsets of the axes on which it is at both ends, in ascending order.
            let (free, mut subset) = (below & above, 0u32);
            loop {
                found.push((leaf, subset | all & !below));
                subset = subset.wrapping_sub(free) & free;
                if subset == 0 {
                    break;
                }
            }
        }
        found
    }

    /// What samples may have missed that was seen here, after so many that reach so far from their mean, by which the
    /// integral is `estimate`: where |f| is much farther from it, in so small a volume that none of them fell there,
    /// and no larger than that of the leaves in which so much was seen.
    pub fn beyond(&self, reach: f64, estimate: f64, samples: u64) -> f64 {
        let whole = self.axes.iter().map(|axis| axis.upper - axis.lower).product();
        let mean = estimate.abs() / whole;
        let leaves = self.leaves.iter().zip(0..).map(|(leaf, i)| (leaf.peak().max(leaf.sight), Some(i)));
        let all = leaves.chain([(self.sight, None)]).map(|(peak, leaf)| (peak - mean, leaf));
        let mut far: Vec<(f64, Option<u32>)> = all.filter(|&(far, _)| far > FARTHER * reach).collect();
        far.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (mut room, mut sum) = (few(whole, samples as f64).min(whole), 0.0);
        for (far, leaf) in far {
            let volume = leaf.map_or(whole, |leaf| self.volume(leaf)).min(room);
            (room, sum) = (room - volume, sum + volume * far);
        }
        sum
    }

    /// The volume of a leaf, in the variables of the axes.
    pub fn volume(&self, leaf: u32) -> f64 {
        let (lower, upper) = self.ends(leaf);
        lower.iter().zip(upper).map(|(lower, upper)| upper - lower).product()
    }

    /// Up to `count` of the leaves along which was not looked, the largest, in which nodes are farthest apart; with
    /// their volumes. They count as looked at.
    pub fn least_seen(&mut self, count: usize) -> Vec<(u32, f64)> {
        let open = (0..self.leaves.len() as u32).filter(|&leaf| !self.leaves[leaf as usize].looked);
        let mut open: Vec<(u32, f64)> = open.map(|leaf| (leaf, self.volume(leaf))).collect();
        if count < open.len() {
            open.select_nth_unstable_by(count, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            open.truncate(count);
            open.sort_unstable_by_key(|open| open.0);
        }
        open.iter().for_each(|&(leaf, _)| self.leaves[leaf as usize].looked = true);
        open
    }

    /// So many leaves, each as often as its share of their volume says, in order; and that volume.
    pub fn spread_over_leaves(&self, count: usize) -> (Vec<u32>, f64) {
        let leaves = 0..self.leaves.len() as u32;
        let volume: f64 = leaves.clone().map(|leaf| self.volume(leaf)).sum();
        let (mut before, mut places) = (0.0, Vec::with_capacity(count));
        for leaf in leaves {
            before += self.volume(leaf);
            let until = (before / volume * count as f64 + 0.5) as usize;
            places.resize(until.min(count).max(places.len()), leaf);
        }
        if let Some(last) = self.leaves.len().checked_sub(1) {
            places.resize(count, last as u32);
        }
        (places, volume)
    }

    /// The middle of ∫|f| in the integrand's variables, and the mean distance from it on an infinite axis.
    pub fn middle(&self) -> (Vec<f64>, f64) {
        let place = |leaf: u32, d: usize| {
            let (lower, upper) = self.ends(leaf);
            self.axes[d].map.point(0.5 * (lower[d] + upper[d])).0
        };
        let mean = |of: &dyn Fn(u32) -> f64| {
            let weighed = self.leaves.iter().zip(0..).map(|(leaf, i)| leaf.magnitude * of(i));
            weighed.sum::<f64>() / self.totals.magnitude
        };
        let middle: Vec<f64> = (0..self.axes.len()).map(|d| mean(&|leaf| place(leaf, d))).collect();
        let infinite = |&d: &usize| self.axes[d].map != AxisMap::Plain;
        let distance = |d: usize| mean(&|leaf| (place(leaf, d) - middle[d]).abs());
        let farthest = (0..self.axes.len()).filter(infinite).map(distance).fold(0.0, f64::max);
        (middle, farthest)
    }

    /// The leaf with this point of the whole, where it is known which that is: the largest |f| at its nodes, and what it
    /// adds to ∫|f|.
    pub fn leaf_at(&self, point: &[f64]) -> Option<(u32, f64, f64)> {
        let mut place = [0.0; MOST_PLACED];
        place[..point.len()].copy_from_slice(point);
        let leaf = self.tree.as_ref()?.leaf_at(&place);
        let BoxLeaf { magnitude, .. } = self.leaves[leaf as usize];
        Some((leaf, self.peak_of(leaf), magnitude))
    }

    /// The rough leaf in which |f| is largest, if there is any.
    pub fn highest_rough(&self) -> Option<u32> {
        let rough = (0..self.leaves.len() as u32).filter(|&leaf| self.leaves[leaf as usize].is_rough());
        rough.max_by(|&a, &b| self.peak_of(a).total_cmp(&self.peak_of(b)).then(b.cmp(&a)))
    }

    /// The leaf in which |f| is largest in the variables of the integrand: without the slopes of its axes, as these are
    /// in its middle.
    pub fn highest(&self) -> Option<u32> {
        let height = |leaf: u32| {
            let (lower, upper) = self.ends(leaf);
            let slope = |(axis, (a, b)): (&Axis, (&f64, &f64))| axis.map.point(0.5 * (a + b)).1;
            let slopes: f64 = self.axes.iter().zip(lower.iter().zip(upper)).map(slope).product();
            self.peak_of(leaf) / slopes
        };
        let all = (0..self.leaves.len() as u32).map(|leaf| (height(leaf), leaf));
        all.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, leaf)| leaf)
    }

    /// The largest |f| at nodes of a leaf.
    pub fn peak_of(&self, leaf: u32) -> f64 {
        self.leaves[leaf as usize].peak()
    }

    /// The least and the largest f at nodes of a leaf.
    pub fn range_of(&self, leaf: u32) -> (f64, f64) {
        (self.leaves[leaf as usize].low, self.leaves[leaf as usize].high)
    }

    /// What a leaf claims.
    pub fn claim(&self, leaf: u32) -> f64 {
        self.leaves[leaf as usize].error
    }

    /// The bounds of a leaf.
    pub fn ends(&self, leaf: u32) -> (&[f64], &[f64]) {
        let range = leaf as usize * self.axes.len()..(leaf as usize + 1) * self.axes.len();
        (&self.lower[range.clone()], &self.upper[range])
    }

    /// The same of what nodes do not see and halves may not see either: part of the claim stays with them.
    pub fn doubt_for_long(&mut self, leaves: &[Suspicion]) -> bool {
        leaves.iter().for_each(|one| self.leaves[one.leaf as usize].odd += one.error);
        self.doubt(leaves)
    }

    /// Adds to what leaves claim, and makes these active; whether that leaves anything to do.
    pub fn doubt(&mut self, leaves: &[Suspicion]) -> bool {
        self.active.clear();
        self.fine.clear();
        for &Suspicion { leaf: i, error, peak } in leaves {
            let leaf = &mut self.leaves[i as usize];
            leaf.sight = leaf.sight.max(peak);
            leaf.error += error;
            leaf.own += error;
            self.totals.truncation += error;
            if !leaf.stuck {
                self.active.push(i);
            }
        }
        self.active.dedup();
        !self.met() && !self.active.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Tolerance;
    use crate::method::{Costs, Limits};
    use crate::plan::{Axis, BoxRule, Look, SweptBox};

    /// Over [0, 2] × [0, 1], before anything was swept.
    fn method() -> Cubature {
        let axes = vec![Axis::new(0.0, 2.0), Axis::new(0.0, 1.0)];
        let look = Look { roughness: vec![0.0; 2], planes: Vec::new(), peaks: Vec::new(), peak: 0.0, evaluations: 0 };
        let tolerance = Tolerance { absolute: 0.0, relative: 0.0 };
        let limits = Limits { evaluations: 1_000_000, leaves: 1000 };
        Cubature::new(axes, tolerance, limits, Costs { seventh: 33, ninth: None, fine: None }, &look)
    }

    #[test]
    fn places_are_spread_as_volumes_are() {
        let mut method = method();
        let boxes = method.next(BoxRule::Seventh).len();
        method.absorb(&mut vec![SweptBox::default(); boxes], &mut []);
        // Of very different sizes, wherever they lie.
        for (k, (lower, upper)) in method.lower.iter().zip(&mut method.upper).enumerate() {
            *upper = lower + 0.7f64.powi(k as i32 % 11);
        }
        let leaves: Vec<f64> = (0..method.leaves.len() as u32).map(|leaf| method.volume(leaf)).collect();
        let whole: f64 = leaves.iter().sum();
        for count in [0, 1, 7, leaves.len(), 1000, 8191] {
            let (places, volume) = method.spread_over_leaves(count);
            assert!(
                places.len() == count && places.is_sorted() && (volume - whole).abs() < 1e-12 * whole,
                "{count}: {volume}"
            );
            for (leaf, &own) in leaves.iter().enumerate() {
                let times = places.iter().filter(|&&place| place == leaf as u32).count() as f64;
                assert!((times - own / volume * count as f64).abs() <= 1.0, "{count}, {leaf}: {times} for {own}");
            }
        }
    }

    #[test]
    fn what_samples_missed_is_no_more_than_was_seen_in_so_small_a_volume() {
        let mut method = method();
        let boxes = method.next(BoxRule::Seventh).len();
        // One everywhere, and once 101.
        let volume = 2.0 / boxes as f64;
        let mut swept = vec![SweptBox { estimate: volume, error: volume, high: 1.0, ..SweptBox::default() }; boxes];
        swept[1].high = 101.0;
        method.absorb(&mut swept, &mut []);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * b, "{a} {b}");
        close(method.beyond(1.0, 2.0, 1_000_000), 2.0 * few(100.0, 1e6));
        close(method.beyond(1.0, 2.0, 3), 100.0 * volume);
        // It is no farther than thirty times what they have seen.
        assert_eq!(method.beyond(3.5, 2.0, 1_000_000), 0.0);
        // What other points saw may be anywhere.
        method.sight = 1001.0;
        close(method.beyond(1.0, 2.0, 3), 1000.0 * 2.0);
    }
}
