//! Where a mesh has converged to a singularity that has no integral: next to it there is as much in each shell as in
//! the one outside, however small.

use super::doubt::Doubter;
use super::evenly::Evenly;
use super::outward::Top;
use super::tops::STEPS;
use crate::lanes::{LANES, dispatch};
use crate::method::Cubature;
use crate::plan::AxisMap;

/// A leaf that is shorter than this share of an axis may be at a singularity.
const SHORT: f64 = 1.0 / (1 << 16) as f64;

/// The sizes of three shells, in half widths of that leaf; and how much less than in the middle one there is in the
/// innermost if the integral exists. Of |x|^-p it is more from p = 0.96 on.
const SHELLS: [f64; 3] = [1.0, 32.0, 1024.0];
const LESS: f64 = 0.85;

/// Vectors of points in a shell.
const POINTS: usize = 4;

impl Doubter<'_> {
    /// Whether ∫|f| seems to diverge at the highest point; `None` where too few evaluations are left to tell. They are
    /// counted there.
    pub fn grows(&self, method: &mut Cubature) -> Option<bool> {
        if self.axes.iter().any(|axis| axis.map != AxisMap::Plain) {
            return Some(false);
        }
        let Some(leaf) = method.highest() else { return Some(false) };
        let (lower, upper) = method.ends(leaf);
        let half: Vec<f64> = lower.iter().zip(upper).map(|(lower, upper)| 0.5 * (upper - lower)).collect();
        let is_short = self.axes.iter().zip(&half).any(|(axis, half)| 2.0 * half < SHORT * (axis.upper - axis.lower));
        if !is_short {
            return Some(false);
        }
        let cost = (SHELLS.len() * POINTS * LANES) as u64;
        let left = self.left.checked_sub(cost)?;
        let climber = Doubter { left, ..*self };
        let Some(Top { place, .. }) = climber.above(leaf, STEPS, method) else { return Some(false) };
        method.evaluations += cost;
        let [inner, middle, outer] = SHELLS.map(|size| self.in_shell(&place, &half, size));
        // Next to a peak that the mesh resolves it grows inward by less than farther out.
        let falls = middle == 0.0 || inner <= LESS * middle || middle <= LESS * outer;
        Some(!falls && inner * outer > LESS * middle * middle)
    }

    /// The volume of a shell about a place, of so many half widths, times the mean of |f| there.
    fn in_shell(&self, place: &[f64], half: &[f64], size: f64) -> f64 {
        let (dimension, evenly) = (self.axes.len(), Evenly::of(self.axes.len()));
        let mut points = vec![[0.0; LANES]; POINTS * dimension];
        let mut values = [[0.0; LANES]; POINTS];
        dispatch!(self.token, simd => for (k, points) in points.chunks_exact_mut(dimension).enumerate() {
            for (d, point) in points.iter_mut().enumerate() {
                *point = evenly.shares(simd, (k * LANES) as u64, d).to_array().map(|share| 2.0 * share - 1.0);
            }
        });
        let mut volume = 1.0;
        for (axis, half) in self.axes.iter().zip(half) {
            volume *= (2.0 * size * half).min(axis.upper - axis.lower);
        }
        for (k, points) in points.chunks_exact_mut(dimension).enumerate() {
            for lane in 0..LANES {
                // Between one half and all of the way out.
                let far = points.iter().fold(0.0, |far: f64, point| far.max(point[lane].abs()));
                let share = 0.5 + 0.5 * ((k * LANES + lane) as f64 + 0.5) / (POINTS * LANES) as f64;
                for (d, axis) in self.axes.iter().enumerate() {
                    let away = points[d][lane] / far * share * size * half[d];
                    let inside = |x: f64| axis.lower <= x && x <= axis.upper;
                    let x = if inside(place[d] + away) { place[d] + away } else { place[d] - away };
                    points[d][lane] = x.clamp(axis.lower, axis.upper);
                }
            }
        }
        self.values.values(&points, &mut values);
        let sizes = values.as_flattened().iter().map(|value| value.abs()).filter(|value| value.is_finite());
        volume * sizes.sum::<f64>()
    }
}
