//! How fast a device is in each arithmetic, by a sum of its own.

use super::device::locked;
use super::{Device, GpuError, GpuGrid, Precision};
use crate::integrand::{Expr, Graph, Integrand};
use crate::plan::Grid;
use crate::rule::Rule;

/// Evaluations of the sum whose time is forecast: so many that what a dispatch costs besides does not count, in tiles
/// of the usual size.
const EVALUATIONS: u64 = 1 << 30;

/// Seconds that timing may take, about.
const PATIENCE: f64 = 0.1;

/// sin(x) exp(-x² / 50): a few functions and a few products, as integrands are.
struct Damped;

impl Integrand for Damped {
    fn scalar(&self, x: f64) -> f64 {
        x.sin() * (x * x * -0.02).exp()
    }

    fn trace<'g>(&self, _: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        Some(x.sin() * (x * x * -0.02).exp())
    }
}

impl Device {
    /// Points per second of a large sum of sin(x) exp(-x²/50) in `precision`. Measured when first asked for, which
    /// takes as long as compiling two kernels and some tenths of a second.
    ///
    /// # Errors
    /// Where the device has not that precision, or fails.
    pub fn rate(&self, precision: Precision) -> Result<f64, GpuError> {
        if let Some(&rate) = locked(self.rates()).get(&precision) {
            return Ok(rate);
        }
        let grid = Grid::new(0.0, 10.0, Rule::Midpoint, EVALUATIONS)
            .map_err(|error| GpuError::Open { reason: error.to_string() })?;
        let kernel = GpuGrid::new(self, &Damped, &grid, precision)?;
        let rate = EVALUATIONS as f64 / kernel.time(PATIENCE)?;
        locked(self.rates()).insert(precision, rate);
        Ok(rate)
    }
}
