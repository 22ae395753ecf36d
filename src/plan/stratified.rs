//! The plan of adaptive importance sampling: strata of the variables of an importance map. Of each axis y in (0, 1),
//! cut into equal parts, goes to the increments of the map, piecewise linearly.

use super::Bad;
#[cfg(feature = "gpu")]
use super::{Axis, ImportanceMap};
#[cfg(feature = "gpu")]
use crate::points::{key, philox, unit};
#[cfg(feature = "gpu")]
use crate::reduce::Moments;
use crate::reduce::Partial;
use std::ops::Range;

/// A grid of equal strata in the variables of the maps, and how many samples each is given.
#[derive(Clone, Debug)]
pub(crate) struct Strata {
    /// Of each axis, the number of strata.
    pub along: Vec<u32>,
    /// Of each stratum, the first axis fastest.
    pub samples: Vec<u32>,
    /// Which iteration: its points are others than those of the rest.
    pub iteration: u32,
    pub seed: u64,
}

impl Strata {
    /// Tiles, at most: each has tables of its own.
    pub const TILES: u64 = 64;

    /// The strata of each tile: as many samples each, about.
    pub fn tiles(&self) -> Vec<Range<usize>> {
        let total: u64 = self.evaluations();
        let tiles = (total / SMALLEST_TILE).clamp(1, Self::TILES);
        let (mut ranges, mut begin, mut sum) = (Vec::new(), 0, 0u64);
        for (stratum, &samples) in self.samples.iter().enumerate() {
            sum += u64::from(samples);
            if sum * tiles >= total * (ranges.len() as u64 + 1) {
                ranges.push(begin..stratum + 1);
                begin = stratum + 1;
            }
        }
        if begin < self.samples.len() {
            ranges.push(begin..self.samples.len());
        }
        ranges
    }

    /// Calls `see` with each sample of a piece: the coordinates, those of the kernels, and what the map and dx/dt of
    /// all axes stretch there.
    #[cfg(feature = "gpu")]
    pub fn for_each_point(&self, map: &ImportanceMap, axes: &[Axis], piece: Piece, mut see: impl FnMut(&[f64], f64)) {
        let increments = ImportanceMap::INCREMENTS as f64;
        let mut point = vec![0.0; axes.len()];
        for number in piece.first..piece.first + piece.count {
            let (mut rest, mut slope, mut words) = (piece.stratum, 1.0, [0; 4]);
            for (d, x) in point.iter_mut().enumerate() {
                if d % 4 == 0 {
                    words = philox([number, piece.stratum, d as u32 / 4, self.iteration], key(self.seed));
                }
                let along = self.along[d];
                let place = (f64::from(rest % along) + unit(words[d % 4])) * (1.0 / f64::from(along)) * increments;
                rest /= along;
                let increment = place.min(increments - 1.0).floor();
                let ends = &map.ends[d];
                let two = &ends[increment as usize..][..2];
                let t = two[0] + (two[1] - two[0]) * (place - increment);
                let (least, most) = (ends[0].next_up(), ends[ImportanceMap::INCREMENTS].next_down());
                let by;
                (*x, by) = axes[d].map.point(t.max(least).min(most));
                slope *= (two[1] - two[0]) * increments * by;
            }
            see(&point, slope);
        }
    }

    pub fn evaluations(&self) -> u64 {
        self.samples.iter().map(|&samples| u64::from(samples)).sum()
    }
}

/// Samples of one stratum: which, the first, and how many.
#[cfg(feature = "gpu")]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(crate) struct Piece {
    pub stratum: u32,
    pub first: u32,
    pub count: u32,
}

/// Samples of a tile, at least.
const SMALLEST_TILE: u64 = 1 << 13;

/// What samples of some strata give, in units of the mean over all.
#[derive(Clone, Debug, Default)]
pub(crate) struct StratifiedSample {
    /// The sum of the means of the strata, of the variances of these means, and of the sizes.
    pub means: Partial,
    pub variance: f64,
    pub size: f64,
    /// The most that one sample adds to the variance.
    pub largest: f64,
    /// The largest |f|, where that is known.
    pub peak: f64,
    /// Of each stratum, the standard deviation of its values.
    pub spread: Vec<f64>,
    /// Of each increment of each axis, the sum of squared values, and their number.
    pub seen: Vec<[f64; 2]>,
    pub bad: Option<Bad>,
}

impl StratifiedSample {
    /// Takes the values of a stratum, by its number.
    #[cfg(feature = "gpu")]
    pub fn take(&mut self, number: u32, stratum: &Moments) {
        let (mean, own) = (stratum.mean(), stratum.variance());
        let farthest = (stratum.high - mean).max(mean - stratum.low);
        self.means = self.means.combine(Partial::new(mean));
        self.variance += own / stratum.count;
        self.size += stratum.size / stratum.count;
        self.largest = self.largest.max(farthest * farthest / ((stratum.count - 1.0) * stratum.count));
        self.spread[number as usize] = own.sqrt();
    }

    /// What sums over strata are as means over so many.
    pub fn averaged(mut self, strata: usize) -> Self {
        let scale = 1.0 / strata as f64;
        self.means = self.means.scaled(Partial::new(scale));
        self.size *= scale;
        self.variance *= scale * scale;
        self.largest *= scale * scale;
        self
    }

    /// With what comes next.
    pub fn combine(mut self, other: Self) -> Self {
        if self.seen.is_empty() {
            return other;
        }
        self.means = self.means.combine(other.means);
        self.variance += other.variance;
        self.size += other.size;
        self.largest = self.largest.max(other.largest);
        self.peak = self.peak.max(other.peak);
        self.spread.extend(other.spread);
        for (to, from) in self.seen.iter_mut().zip(other.seen) {
            *to = [to[0] + from[0], to[1] + from[1]];
        }
        self.bad = self.bad.or(other.bad);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_all_strata_in_order() {
        for samples in [vec![2; 100_000], vec![1_000_000, 2, 2, 3], vec![2, 2, 900_000], vec![5]] {
            let strata = Strata { along: vec![samples.len() as u32], samples, iteration: 0, seed: 0 };
            let tiles = strata.tiles();
            assert!(tiles.len() <= Strata::TILES as usize + 1);
            let mut next = 0;
            for tile in tiles {
                assert!(tile.start == next && tile.end > next);
                next = tile.end;
            }
            assert_eq!(next, strata.samples.len());
        }
    }
}
