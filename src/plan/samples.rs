//! The plan of sampling: a deterministic set of points, and which of them to evaluate.

#[cfg(feature = "gpu")]
use super::Axis;
use super::Bad;
#[cfg(feature = "gpu")]
use crate::points::unit;
use crate::points::{BLOCK, Periodization, PointSet};
use crate::reduce::Moments;

/// The points of a tile on the CPU, at most.
const TILE: u64 = 16 * BLOCK as u64;

/// Points `first..first + count` of each replicate of a set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Samples<'a> {
    pub set: &'a PointSet,
    pub replicates: usize,
    /// A multiple of [`BLOCK`], or of all that there are.
    pub first: u64,
    /// A multiple of [`BLOCK`], or a smaller power of two from eight on.
    pub count: u64,
    pub periodization: Periodization,
}

/// The tiles of a plan: each so many points of a replicate, but for the last of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    first: u64,
    count: u64,
    replicates: u64,
    pub size: u64,
}

/// Points of a replicate: which, the first, and how many.
pub(crate) type Span = (usize, u64, u64);

impl Cut {
    /// The tiles of one replicate.
    pub fn each(&self) -> u64 {
        self.count.div_ceil(self.size)
    }

    /// The tiles of all.
    pub fn tiles(&self) -> u64 {
        self.each() * self.replicates
    }

    pub fn tile(&self, index: u64) -> Span {
        let (replicate, tile) = (index / self.each(), index % self.each());
        let first = self.first + tile * self.size;
        (replicate as usize, first, (self.first + self.count - first).min(self.size))
    }
}

impl Samples<'_> {
    /// The tiles of the CPU.
    pub fn cut(&self) -> Cut {
        self.cut_by(TILE)
    }

    pub fn cut_by(&self, size: u64) -> Cut {
        Cut { first: self.first, count: self.count, replicates: self.replicates as u64, size }
    }

    pub fn evaluations(&self) -> u64 {
        self.count * self.replicates as u64
    }

    /// Calls `see` with the coordinates of each point, those of the kernels, and what it counts.
    #[cfg(feature = "gpu")]
    pub fn for_each_point(&self, axes: &[Axis], (replicate, first, count): Span, mut see: impl FnMut(&[f64], f64)) {
        let mut rows = vec![[0; BLOCK]; axes.len().next_multiple_of(4)];
        let mut point = vec![0.0; axes.len()];
        for begin in (0..count).step_by(BLOCK) {
            self.set.rows(replicate, first + begin, &mut rows);
            for i in 0..(count - begin).min(BLOCK as u64) as usize {
                let mut slope = 1.0;
                for ((x, axis), row) in point.iter_mut().zip(axes).zip(&rows) {
                    let (t, counts) = self.periodization.place(unit(row[i]), axis.lower, axis.upper);
                    let by;
                    (*x, by) = axis.map.point(t);
                    slope *= by * counts;
                }
                see(&point, slope);
            }
        }
    }
}

/// What a tile gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sampled {
    pub moments: Moments,
    /// A point at which the integrand is not finite, and the value there.
    pub bad: Option<Bad>,
}
