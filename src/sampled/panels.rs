//! Panels: what a sweep over samples computes, eight panels at a time.

use crate::lanes::{LANES, Lanes, Level, Mask, Simd};

/// The terms of an integral over samples, in order: each panel has `N` of them.
pub(super) trait Panels<const N: usize>: Copy + Send + Sync {
    /// The number of panels.
    fn count(&self) -> usize;

    /// The terms of the eight panels at `window`, and where their samples are in order. Samples that are not finite
    /// must give a term that is not finite, or be out of order.
    fn terms<S: Simd>(&self, window: &impl Window<S>) -> ([Lanes<S>; N], Mask<S>);
}

/// Panels between positions, `N` to each of them: one to one sample, or two.
pub(super) trait Between<const N: usize>: Panels<N> {
    /// 1 where x ascends, -1 where it descends: the terms are those of the ascending order.
    fn direction(&self) -> f64;

    /// `count` of the panels, from panel `first` on.
    fn part(&self, first: usize, count: usize) -> Self;

    /// Whether, without any doubt, all samples are finite and in order and no sum of terms overflows: much cheaper than
    /// the sums themselves, or else `false`.
    fn harmless(&self, level: Level) -> bool {
        let _ = level;
        false
    }
}

/// Eight neighbouring panels.
pub(super) trait Window<S: Simd>: Copy {
    fn simd(&self) -> S;

    /// In lane i, sample `offset` (0 to `STRIDE`) of panel i, where panels are `STRIDE` (1 or 2) samples apart.
    fn read<const STRIDE: usize>(&self, samples: &[f64], offset: usize) -> Lanes<S>;

    /// True in all lanes.
    #[inline(always)]
    fn all(&self) -> Mask<S> {
        let zero = Lanes::splat(self.simd(), 0.0);
        zero.eq(zero)
    }
}

/// Eight panels that all exist, from panel `first` on.
#[derive(Clone, Copy)]
pub(super) struct Full<S: Simd> {
    pub simd: S,
    pub first: usize,
}

/// The last panels, `first..count` of them: lanes beyond repeat the last panel.
#[derive(Clone, Copy)]
pub(super) struct Tail<S: Simd> {
    pub simd: S,
    pub first: usize,
    pub count: usize,
}

impl<S: Simd> Window<S> for Full<S> {
    #[inline(always)]
    fn simd(&self) -> S {
        self.simd
    }

    #[inline(always)]
    fn read<const STRIDE: usize>(&self, samples: &[f64], offset: usize) -> Lanes<S> {
        let load = |at: usize| {
            let eight = samples[at..at + LANES].try_into().expect("a slice of eight");
            Lanes::from_array(self.simd, eight)
        };
        if STRIDE == 1 {
            return load(self.first + offset);
        }
        // Offset 2 is the odd half of what offset 1 loads: no sample beyond the last panel is touched.
        let at = 2 * self.first + offset.min(1);
        let (even, odd) = load(at).deinterleave(load(at + LANES));
        if offset == 2 { odd } else { even }
    }
}

impl<S: Simd> Window<S> for Tail<S> {
    #[inline(always)]
    fn simd(&self) -> S {
        self.simd
    }

    #[inline(always)]
    fn read<const STRIDE: usize>(&self, samples: &[f64], offset: usize) -> Lanes<S> {
        let panel = |lane: usize| (self.first + lane).min(self.count - 1);
        Lanes::from_array(self.simd, std::array::from_fn(|lane| samples[STRIDE * panel(lane) + offset]))
    }
}
