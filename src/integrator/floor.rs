//! How wrong the arithmetic may make an integral, whatever the sum: what the operations of the integrand do to
//! its roundings, at some points of the interval.

use crate::backend::Backend;
use crate::integrand::Integrand;
use crate::integrand::bound::{Bounded, Rounding};
use crate::plan::Grid;
use crate::precision::Precision;

/// Points that are looked at.
const SAMPLES: u32 = 512;

/// What an arithmetic can keep.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "gpu"), allow(dead_code))]
pub(super) struct Floor {
    /// The error that it may make, in units of the integral.
    pub error: f64,
    /// What is asked of it where no tolerance is given: half of its digits, of the integral of |f|.
    pub half: f64,
    /// The integral, roughly.
    pub estimate: f64,
    /// A point where a value on the way is beyond its range.
    pub beyond: Option<f64>,
}

impl Floor {
    /// `None` where the integrand cannot be traced.
    #[cfg(feature = "gpu")]
    pub fn new(f: &impl Integrand, grid: &Grid, precision: Precision) -> Option<Self> {
        Self::with(f, grid, rounding(Backend::Gpu, precision))
    }

    /// The same of any arithmetic.
    pub fn with(f: &impl Integrand, grid: &Grid, rounding: Rounding) -> Option<Self> {
        let bounded = Bounded::new(f)?;
        let (mut error, mut magnitude, mut estimate, mut used, mut beyond) = (0.0, 0.0, 0.0, 0, None);
        for i in 0..SAMPLES {
            // Points of no period; none at the ends, which are often special.
            let shift = (f64::from(i) * 0.618_033_988_749_894_9).fract();
            let share = (f64::from(i) + 0.01 + 0.98 * shift) / f64::from(SAMPLES);
            let x = grid.lower + (share * grid.step.high) * grid.panels as f64;
            let ball = bounded.at_rounded(x.clamp(grid.lower, grid.upper), rounding, 0.0);
            if !ball.value.is_finite() {
                continue;
            }
            if ball.bound == f64::INFINITY {
                if bounded.at(x).bound.is_finite() {
                    beyond = beyond.or(Some(x));
                }
                continue;
            }
            error += ball.bound;
            magnitude += ball.value.abs();
            estimate += ball.value;
            used += 1;
        }
        let length = grid.step.high * grid.panels as f64 / f64::from(used.max(1));
        let half = rounding.unit.sqrt() * magnitude * length;
        Some(Self { error: error * length, half, estimate: estimate * length, beyond })
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
