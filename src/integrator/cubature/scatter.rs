//! Points all over a mesh that converged: where |f| is much larger at one of them than at any node of its box, the box holds something that none of
//! these met, as nodes have most coordinates in common.

use super::doubt::{Bad, Doubter};
use crate::lanes::LANES;
use crate::method::{Cubature, Suspicion};
use crate::plan::AxisMap;
use crate::rule::fully_symmetric::MOST_DIMENSIONS;

/// The share of all evaluations that is spent on them; the fewest of them, and the most.
const SHARE: f64 = 0.1;
const FEWEST: u64 = 128;
const MOST: u64 = 1 << 13;

/// Vectors of points that are asked for at once.
const BLOCK: usize = 64;

/// How many times larger |f| is there than at the nodes of a box where these are said to have missed something.
pub(super) const LARGER: f64 = 2.0;

/// What is less than this share of the tolerance does not matter.
const LEAST: f64 = 0.1;

impl Doubter<'_> {
    /// Whether |f| is much larger at points that fill the mesh evenly than at nodes. The boxes there become active, and claim what that may be:
    /// each point stands for its share of the volume. A point at which the integrand is not finite, and what it is there, is an error.
    pub fn all_over(&self, method: &mut Cubature) -> Result<bool, Bad> {
        let wanted = ((SHARE * method.evaluations as f64) as u64).clamp(FEWEST, MOST);
        let count = wanted.saturating_sub(method.scattered).min(self.left) as usize / LANES * LANES;
        if count == 0 {
            return Ok(false);
        }
        let dimension = self.axes.len();
        let root = (0..64).fold(2.0f64, |root, _| (1.0 + root).powf(1.0 / (dimension as f64 + 1.0)));
        let steps: [f64; MOST_DIMENSIONS] = std::array::from_fn(|d| root.powi(-(d as i32) - 1));
        let (places, volume) = method.spread_over_leaves(count);
        let count = places.len();
        if count == 0 {
            return Ok(false);
        }
        let (first, each) = (method.scattered, volume / count as f64);
        let least = LEAST * method.wanted();
        let mut odd: Vec<Suspicion> = Vec::new();
        let mut points = vec![[0.0; LANES]; BLOCK * dimension];
        for (block, leaves) in places.chunks(BLOCK * LANES).enumerate() {
            for (i, &leaf) in leaves.iter().enumerate() {
                let (lower, upper) = method.ends(leaf);
                let number = (first + (block * BLOCK * LANES + i) as u64 + 1) as f64;
                for d in 0..dimension {
                    let share = (0.5 + number * steps[d]).fract();
                    points[i / LANES * dimension + d][i % LANES] = lower[d] + share * (upper[d] - lower[d]);
                }
            }
            let mut values = [[0.0; LANES]; BLOCK];
            let values = &mut values[..leaves.len() / LANES];
            self.mapped(&mut points[..leaves.len() / LANES * dimension], values)?;
            for (&leaf, value) in leaves.iter().zip(values.as_flattened()) {
                let (size, peak) = (value.abs(), method.peak_of(leaf));
                if size > LARGER * peak {
                    let error = (size - peak) * each;
                    match odd.last_mut().filter(|last| last.leaf == leaf) {
                        Some(last) => (last.error, last.peak) = (last.error + error, last.peak.max(size)),
                        None => odd.push(Suspicion { leaf, error, peak: size }),
                    }
                }
            }
        }
        method.scattered += count as u64;
        method.evaluations += count as u64;
        odd.retain(|one| one.error > method.claim(one.leaf).max(least));
        Ok(method.doubt_for_long(&odd))
    }

    /// The values at points, which are in the variables of the axes and become those of the integrand, times dx/dt.
    pub(super) fn mapped(&self, points: &mut [[f64; LANES]], values: &mut [[f64; LANES]]) -> Result<(), Bad> {
        let dimension = self.axes.len();
        let plain = self.axes.iter().all(|axis| axis.map == AxisMap::Plain);
        let mut slopes = vec![[1.0; LANES]; if plain { 0 } else { values.len() }];
        for (points, slopes) in points.chunks_exact_mut(dimension).zip(&mut slopes) {
            for (axis, point) in self.axes.iter().zip(points) {
                for (t, slope) in point.iter_mut().zip(slopes.iter_mut()) {
                    let (x, by) = axis.map.point(*t);
                    (*t, *slope) = (x, *slope * by);
                }
            }
        }
        self.values.values(points, values);
        if let Some(k) = values.as_flattened().iter().position(|value| !value.is_finite()) {
            let vector = &points[k / LANES * dimension..][..dimension];
            return Err((vector.iter().map(|point| point[k % LANES]).collect(), values.as_flattened()[k]));
        }
        for (value, slope) in values.as_flattened_mut().iter_mut().zip(slopes.as_flattened()) {
            *value *= slope;
        }
        Ok(())
    }
}
