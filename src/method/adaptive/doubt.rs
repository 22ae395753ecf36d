//! What a mesh that converged may have passed over: places at which samples are not what its leaves say.

use super::Adaptive;
use crate::method::Method;
use crate::method::leaf::Leaf;
use crate::plan::{Map, Region, Sweep, Swept};

/// A mesh is in doubt where this share of what stands out of the usual value lies in that share of the range: something
/// of that scale is there, and of the rest so few nodes are known that another one fits between them.
const MOST_OF_IT: f64 = 0.9;
const NARROW: f64 = 1.0 / 200.0;

/// How much longer than the shortest another leaf is where a mesh is finer in places.
const UNEVEN: f64 = 8.0;

/// The share of the range in which values may differ where the rest is said to be constant.
const OTHERWISE: f64 = 0.1;

/// How much larger ∫|f| may once have looked than it is at last: more, and a value was seen that no leaf explains.
const FORGOTTEN: f64 = 2.0;

/// How far a value may lie from the mean of a leaf, in units of the difference of all that its nodes saw.
const FAR: f64 = 2.0;

/// Samples at equal parts: where something of the width of what was found can be met by so many; and where that is
/// narrower, so that only what is broader can, or nothing was found.
const SAMPLES: f64 = 2048.0;
const FEWER: f64 = 1024.0;

/// Edges inside of which there may be more, and the samples that meet a piece of f surely.
const SEVERAL: usize = 2;
const SAMPLES_OF_ONE: f64 = 3.0;

/// The share of a leaf that is next to an end.
const NEXT_TO_ENDS: f64 = 1.0 / 64.0;

/// The rounding of a mean, of which values of a constant are not to be told.
const SAME: f64 = 1e-14;

/// The same of values and of their differences.
const ROUNDED: f64 = 1e-12;

/// What a leaf says of values in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub upper: f64,
    /// Where it is said.
    inside: [f64; 2],
    mean: f64,
    /// How far from the mean; infinite where nothing is said.
    reach: f64,
}

impl Expected {
    /// By a sweep of a ladder; next to its ends, where levels were at many more nodes, of these nothing.
    pub fn by(region: &Region, swept: &Swept, levels: bool) -> Self {
        let (mean, variation) = (swept.estimate / region.width(), swept.variation / region.width());
        let reach = if variation.is_nan() { f64::INFINITY } else { (FAR * variation).max(SAME * mean.abs()) };
        let next_to = if levels { NEXT_TO_ENDS * region.width() } else { 0.0 };
        Self { upper: region.upper, inside: [region.lower + next_to, region.upper - next_to], mean, reach }
    }

    /// Whether `value`, of f at `x`, is none of those, by so much of their reach.
    pub fn is_surprised_by(&self, x: f64, value: f64, share: f64) -> bool {
        let [from, to] = self.inside;
        (from..=to).contains(&x) && (value - self.mean).abs() > share * self.reach
    }
}

/// What a region saw before it was split: how far apart values were.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    lower: f64,
    upper: f64,
    height: f64,
}

/// Regions that are looked at again for what they saw and their parts do not.
const MOST_FORGOTTEN: usize = 16;

/// Why a mesh is in doubt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// Where most of the integral is, and how little of the range that takes.
    pub place: f64,
    pub length: f64,
    /// Whether samples at equal parts would not meet that.
    pub narrow: bool,
    /// The length of the shortest leaf.
    pub finest: f64,
    /// Whether the same value was seen in all of the rest.
    pub constant: bool,
    /// The samples at equal parts that tell what there is.
    pub samples: f64,
}

impl Adaptive {
    /// Whether a mesh on a finite range that converged is to be looked at again; where it began with `samples` that
    /// stood out of a usual value, in any case unless the rest is a constant, since what else differed may have hidden
    /// others. Where nobody saw to it that nodes are close everywhere, any mesh is that is much finer in places.
    pub fn doubt(&self, samples: bool) -> Option<Doubt> {
        let finest = self.leaves.iter().map(|leaf| leaf.region.width()).fold(f64::INFINITY, f64::min);
        let forgotten = self.most > FORGOTTEN * self.totals.magnitude;
        let longest = self.leaves.iter().map(|leaf| leaf.region.width()).fold(0.0, f64::max);
        let sparse = self.method != Method::Auto && longest >= UNEVEN * finest;
        let pieces = self.samples_of_pieces();
        if !(forgotten || sparse || pieces > 0.0 || finest < NARROW * self.span)
            || self.leaves.iter().any(|leaf| leaf.region.map != Map::Plain)
        {
            return None;
        }
        let others = self.leaves.iter().filter(|leaf| !leaf.swept.constant);
        let constant = others.map(|leaf| leaf.region.width()).sum::<f64>() < OTHERWISE * self.span;
        let (length, leaf) = self.most_of_it()?;
        let other = length < NARROW * self.span || forgotten || samples && !constant;
        let narrow = length < self.span / SAMPLES;
        let samples = match (narrow, other, sparse) {
            (false, true, _) => SAMPLES,
            (true, ..) | (_, _, true) => FEWER,
            _ => 0.0,
        };
        let samples = samples.max(pieces);
        (samples > 0.0).then_some(Doubt { place: leaf.middle(), length, narrow, finest, constant, samples })
    }

    /// Keeps what is known of values in a region that is split.
    pub(super) fn remember(&mut self, region: &Region, swept: &Swept) {
        let height = swept.variation / region.width();
        if height > 0.0 && region.map == Map::Plain {
            self.split.push(Split { lower: region.lower, upper: region.upper, height });
        }
    }

    /// Regions that were split and saw values farther apart than all leaves in them say there are: one that no leaf
    /// explains; the smallest first.
    pub fn forgotten(&self) -> Vec<(f64, f64)> {
        if self.split.is_empty() || self.leaves.iter().any(|leaf| leaf.region.map != Map::Plain) {
            return Vec::new();
        }
        // At least as far from the mean as any value is.
        let values = |leaf: &Leaf| {
            let (mean, height) = (leaf.swept.estimate, leaf.swept.variation);
            let height = if height.is_nan() { f64::INFINITY } else { height };
            (leaf.region.lower, [mean - height, mean + height].map(|value| value / leaf.region.width()))
        };
        let leaves: Vec<(f64, [f64; 2])> = self.in_order().map(values).collect();
        let is_forgotten = |split: &&Split| {
            let place = |x: f64| leaves.partition_point(|leaf| leaf.0 < x);
            let inside = &leaves[place(split.lower)..place(split.upper)];
            let least = inside.iter().fold(f64::INFINITY, |least, leaf| least.min(leaf.1[0]));
            let most = inside.iter().fold(f64::NEG_INFINITY, |most, leaf| most.max(leaf.1[1]));
            split.height > (most - least) + ROUNDED * most.abs().max(least.abs())
        };
        let mut forgotten: Vec<&Split> = self.split.iter().filter(is_forgotten).collect();
        forgotten.sort_by(|a, b| (a.upper - a.lower).total_cmp(&(b.upper - b.lower)));
        forgotten.iter().take(MOST_FORGOTTEN).map(|split| (split.lower, split.upper)).collect()
    }

    /// The samples that meet pieces of f as short as the shortest between edges, where these are several; but no more
    /// than it took to find them.
    fn samples_of_pieces(&self) -> f64 {
        let ends =
            self.in_order().flat_map(|leaf| [(leaf.edges[0], leaf.region.lower), (leaf.edges[1], leaf.region.upper)]);
        let mut ends: Vec<f64> = ends.filter(|end| end.0).map(|end| end.1).collect();
        ends.dedup();
        let shortest = ends.windows(2).map(|two| two[1] - two[0]).fold(f64::INFINITY, f64::min);
        if ends.len() < SEVERAL + 2 {
            0.0
        } else {
            (SAMPLES_OF_ONE * self.span / shortest).min(self.evaluations as f64)
        }
    }

    /// The length that most of what stands out of the usual value lies in, and the leaf in which it stands out most.
    fn most_of_it(&self) -> Option<(f64, &Leaf)> {
        let density = |leaf: &Leaf| leaf.swept.estimate / leaf.region.width();
        let mut leaves: Vec<(f64, &Leaf)> = self.leaves.iter().map(|leaf| (density(leaf), leaf)).collect();
        leaves.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut below = 0.0;
        let usual = leaves.iter().find(|(_, leaf)| {
            below += leaf.region.width();
            below >= 0.5 * self.span
        });
        let usual = usual.map_or(0.0, |leaf| leaf.0);
        for (density, leaf) in &mut leaves {
            // What changes its sign may have no mean.
            let size = (leaf.swept.magnitude / leaf.region.width() - usual.abs()).abs();
            *density = (*density - usual).abs().max(size);
        }
        leaves.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let all: f64 = leaves.iter().map(|(density, leaf)| density * leaf.region.width()).sum();
        let (mut some, mut length) = (0.0, 0.0);
        for (density, leaf) in &leaves {
            some += density * leaf.region.width();
            length += leaf.region.width();
            if some >= MOST_OF_IT * all {
                break;
            }
        }
        leaves.first().map(|(_, leaf)| (length, *leaf))
    }

    /// Cuts leaves at the ends of these intervals, which are in ascending order, and looks for what is in `own` ones,
    /// which are among them; whether there are any.
    pub fn look_into(&mut self, intervals: &[(f64, f64)], own: &[(f64, f64)]) -> bool {
        if intervals.is_empty() {
            return false;
        }
        self.reopen();
        let sweep = if self.method == Method::DoubleExponential {
            Sweep::Levels
        } else {
            Sweep::Ladder { least: 0, eager: false }
        };
        for index in 0..self.leaves.len() as u32 {
            let region = self.leaves[index as usize].region;
            let inside = |&cut: &f64| region.lower < cut && cut < region.upper;
            let mut cuts: Vec<f64> = intervals.iter().flat_map(|&(from, to)| [from, to]).filter(inside).collect();
            cuts.sort_unstable_by(f64::total_cmp);
            cuts.dedup();
            if cuts.is_empty() {
                continue;
            }
            self.active.retain(|&active| active != index);
            let first = self.of.len();
            self.split(index, &cuts, false, sweep);
            // Where the rest is zero the feet of a peak may be all that was met: its place is looked for.
            for k in first..self.of.len() {
                let (leaf, Region { lower, upper, .. }) = (self.of[k], self.asked[k]);
                let within = |&(from, to): &(f64, f64)| from <= lower && upper <= to;
                if self.method == Method::Auto && own.iter().any(within) {
                    self.asked[k].sweep = Sweep::Locate;
                    self.leaves[leaf as usize].locating = true;
                }
            }
        }
        true
    }
}
