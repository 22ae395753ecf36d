//! Values that are withheld once the caller wants an end. What takes long is asked for eight at a time, with a look at
//! the clock before each.
//!
//! Withheld values are NaN, and say so: who asked for them has to look at that before anything is believed.

use crate::backend::simd::GridValues;
use crate::clock::Instant;
use crate::control::{Cancel, Control, Stop};
use crate::integrand::BLOCK;
use crate::integrand::point_values::{PointValues, Row};
use crate::integrand::shared::VectorValues;
use crate::integrand::values::Values;
use crate::lanes::LANES;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// What eight values take from which on they are asked for one by one.
const SLOW: Duration = Duration::from_micros(20);

/// An integrand under the eyes of its caller.
pub(super) struct Watched<'a, V: ?Sized> {
    of: &'a V,
    control: &'a Control,
    start: Instant,
    /// Whether the first values came soon: then looks between sweeps are enough.
    fast: AtomicBool,
    withheld: AtomicBool,
}

impl<'a, V: ?Sized> Watched<'a, V> {
    pub fn new(of: &'a V, control: &'a Control, start: Instant) -> Self {
        Self { of, control, start, fast: AtomicBool::new(false), withheld: AtomicBool::new(false) }
    }

    /// Has `each` make the values of so many vectors; how many of them it made.
    #[inline]
    fn pieces(&self, vectors: usize, each: impl FnMut(Range<usize>)) -> usize {
        let mut each = each;
        if self.fast.load(Relaxed) {
            let before = Instant::now();
            each(0..vectors);
            // They may be slow elsewhere.
            if before.elapsed() > SLOW * vectors as u32 {
                self.fast.store(false, Relaxed);
            }
            return vectors;
        }
        self.one_by_one(vectors, &mut each)
    }

    /// One vector, and twice as many after each that came soon.
    #[cold]
    fn one_by_one(&self, vectors: usize, each: &mut dyn FnMut(Range<usize>)) -> usize {
        let Control { cancel, time_limit, .. } = self.control;
        let (mut done, mut most, mut slow) = (0, 1, false);
        let mut before = Instant::now();
        while done < vectors {
            let is_over = cancel.as_ref().is_some_and(Cancel::is_cancelled)
                || time_limit.is_some_and(|limit| before - self.start >= limit);
            if is_over || self.withheld.load(Relaxed) {
                self.withheld.store(true, Relaxed);
                return done;
            }
            let now = most.min(vectors - done);
            each(done..done + now);
            let after = Instant::now();
            let late = after - before > SLOW * now as u32;
            (most, slow) = (if late { 1 } else { 2 * most }, slow || late);
            (before, done) = (after, done + now);
        }
        if !slow {
            self.fast.store(true, Relaxed);
        }
        vectors
    }
}

/// Whether a value takes so long that a tile of a fixed rule is not to be waited for.
pub(super) fn is_slow(value: impl Fn() -> f64) -> bool {
    let took = || {
        let began = Instant::now();
        std::hint::black_box(value());
        began.elapsed()
    };
    // The first one may have to wait for something else.
    took() > SLOW && took() > SLOW
}

impl Watched<'_, dyn Values + Sync + '_> {
    /// Whether values were withheld, so that sums are none.
    pub fn is_withheld(&self) -> bool {
        self.withheld.load(Relaxed)
    }

    /// The same for tiles of a fixed rule: with a look at the clock before every block of a `blocked` integrand, which
    /// is cheaper than its vectors apart, or before every vector.
    pub fn in_steps(&self, blocked: bool) -> impl GridValues {
        Slow { of: self, together: if blocked { BLOCK } else { 1 } }
    }
}

/// See [`Watched::in_steps`].
struct Slow<'a> {
    of: &'a Watched<'a, dyn Values + Sync + 'a>,
    together: usize,
}

impl Values for Slow<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        for (points, values) in points.chunks(self.together).zip(values.chunks_mut(self.together)) {
            values.fill([f64::NAN; LANES]);
            self.of.pieces(1, |_| self.of.of.values(points, values));
        }
    }
}

impl GridValues for Slow<'_> {}

impl Values for Watched<'_, dyn Values + '_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let made = self.pieces(values.len(), |some| self.of.values(&points[some.clone()], &mut values[some]));
        values[made..].fill([f64::NAN; LANES]);
    }

    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let made = self.pieces(values.len(), |some| {
            self.of.near(end, &distances[some.clone()], &points[some.clone()], &mut values[some])
        });
        values[made..].fill([f64::NAN; LANES]);
    }

    fn is_zero(&self) -> bool {
        self.of.is_zero()
    }

    fn knows_distances(&self) -> bool {
        self.of.knows_distances()
    }

    fn withheld(&self) -> bool {
        self.withheld.load(Relaxed)
    }
}

impl PointValues for Watched<'_, dyn PointValues + '_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let dimension = points.len() / values.len().max(1);
        let made = self.pieces(values.len(), |some| {
            self.of.values(&points[some.start * dimension..some.end * dimension], &mut values[some])
        });
        values[made..].fill([f64::NAN; LANES]);
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]) {
        let dimension = nodes.len() / values.len().max(1);
        let made = self.pieces(values.len(), |some| {
            self.of.at_nodes(rows, &nodes[some.start * dimension..some.end * dimension], &mut values[some])
        });
        values[made..].fill([f64::NAN; LANES]);
    }

    fn withheld(&self) -> bool {
        self.withheld.load(Relaxed)
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        self.of.scalar(point)
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<crate::integrand::formula::Traced> {
        self.of.traced()
    }
}

/// Vectors of values are made of so many components.
pub(super) struct WatchedVector<'a> {
    pub of: Watched<'a, dyn VectorValues + 'a>,
    pub components: usize,
}

impl VectorValues for WatchedVector<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let vectors = values.len() / self.components;
        let dimension = points.len() / vectors.max(1);
        let mut one = Vec::new();
        let made = self.of.pieces(vectors, |some| {
            let asked = &points[some.start * dimension..some.end * dimension];
            if some.len() == vectors {
                return self.of.of.values(asked, values);
            }
            // Components stand one after the other.
            one.resize(self.components * some.len(), [0.0; LANES]);
            self.of.of.values(asked, &mut one);
            for (all, few) in values.chunks_exact_mut(vectors).zip(one.chunks_exact(some.len())) {
                all[some.clone()].copy_from_slice(few);
            }
        });
        for all in values.chunks_exact_mut(vectors.max(1)) {
            all[made..].fill([f64::NAN; LANES]);
        }
    }

    fn withheld(&self) -> bool {
        self.of.withheld.load(Relaxed)
    }
}

impl Control {
    /// Why values were withheld, if they were.
    pub(super) fn withheld(&self, withheld: bool, start: Instant) -> Option<Stop> {
        // Who wanted an end still does.
        withheld.then(|| self.stop(start).unwrap_or(Stop::Cancelled))
    }
}
