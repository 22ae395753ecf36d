//! How wrong the arithmetic may make an integral, whatever the sum: what the operations of the integrand do to
//! its roundings, at some points of the interval.

use crate::backend::Backend;
use crate::integrand::bound::{Bounded, Rounding};
use crate::integrand::definition::Definition;
use crate::plan::Grid;
use crate::precision::Precision;
use std::sync::OnceLock;

/// Points that are looked at.
const SAMPLES: u32 = 512;

/// The error of a weight, and of the product with it, in units of rounding.
pub(super) const WEIGHED: f64 = 4.0;

/// What an arithmetic can keep.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(super) struct Floor {
    /// The error that it may make, in units of the integral.
    pub error: f64,
    /// The integral of |f|, roughly.
    pub magnitude: f64,
    /// The integral, roughly.
    pub estimate: f64,
    /// A point (its first coordinate) where nothing can be said although there is a value in `f64`.
    pub beyond: Option<Beyond>,
}

/// Why nothing can be said at a point.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
pub(super) enum Beyond {
    /// A value on the way is outside the range of the arithmetic.
    Range(f64),
    /// Its roundings leave nothing.
    Rounding(f64),
}

impl Floor {
    fn new(f: &dyn Definition, grid: &Grid, rounding: Rounding) -> Option<Self> {
        let place =
            |share: f64| (grid.lower + (share * grid.step.high) * grid.panels as f64).clamp(grid.lower, grid.upper);
        let points = spread(SAMPLES).map(|share| ([place(share)], 1.0));
        Some(Self::sampled(&f.bounded()?, points, grid.step.high * grid.panels as f64, rounding))
    }

    /// The same from samples of a region of this volume, each of some weight.
    pub fn sampled<P: AsRef<[f64]>>(
        bounded: &Bounded,
        points: impl Iterator<Item = (P, f64)>,
        volume: f64,
        rounding: Rounding,
    ) -> Self {
        let (mut error, mut magnitude, mut estimate, mut used, mut beyond) = (0.0, 0.0, 0.0, 0, None);
        for (point, weight) in points {
            let point = point.as_ref();
            let ball = bounded.at_rounded(point, rounding, &[]);
            if !ball.value.is_finite() {
                continue;
            }
            if ball.bound == f64::INFINITY && beyond.is_none() && bounded.at(point).bound.is_finite() {
                let cause = if bounded.leaves(point, rounding) { Beyond::Range } else { Beyond::Rounding };
                beyond = Some(cause(point[0]));
            }
            // Of a value that `f64` does not know either, all may be wrong.
            let bound = if ball.bound == f64::INFINITY { ball.value.abs() } else { ball.bound };
            error += weight * (bound + if weight == 1.0 { 0.0 } else { WEIGHED * rounding.unit * ball.value.abs() });
            magnitude += weight * ball.value.abs();
            estimate += weight * ball.value;
            used += 1;
        }
        let each = volume / f64::from(used.max(1));
        Self { error: error * each, magnitude: magnitude * each, estimate: estimate * each, beyond }
    }
}

/// So many places between 0 and 1: of no period, and none at the ends, which are often special.
pub(super) fn spread(samples: u32) -> impl Iterator<Item = f64> {
    (0..samples).map(move |i| {
        let shift = (f64::from(i) * 0.618_033_988_749_894_9).fract();
        (f64::from(i) + 0.01 + 0.98 * shift) / f64::from(samples)
    })
}

/// What each arithmetic can keep of one sum, found out when it is first asked.
#[derive(Debug, Default)]
pub(super) struct Floors([OnceLock<Option<Floor>>; 4]);

impl Floors {
    /// `None` where the integrand cannot be traced.
    pub fn of(&self, f: &dyn Definition, grid: &Grid, backend: Backend, precision: Precision) -> Option<Floor> {
        let place = match precision {
            Precision::F32 => 0,
            Precision::F32x2 => 1,
            _ if backend == Backend::Gpu => 2,
            _ => 3,
        };
        *self.0[place].get_or_init(|| Floor::new(f, grid, rounding(backend, precision)))
    }
}

/// What an arithmetic adds at every operation.
pub(super) fn rounding(backend: Backend, precision: Precision) -> Rounding {
    let [unit, smallest, position] = match precision {
        Precision::F32 => [-23, -126, -44],
        Precision::F32x2 => [-44, -100, -44],
        Precision::F64 | Precision::Auto if backend == Backend::Gpu => [-52, -1022, -51],
        Precision::F64 | Precision::Auto => [-53, -1022, -52],
    }
    .map(|n| 2f64.powi(n));
    let is_double = matches!(precision, Precision::F64 | Precision::Auto);
    let largest = if is_double { f64::MAX } else { f64::from(f32::MAX) };
    Rounding { unit, smallest, largest, position }
}
