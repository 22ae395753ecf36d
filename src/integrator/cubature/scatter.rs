//! Points all over a mesh that converged: where |f| is much larger at one of them than at any node of its box, the box holds something that none of
//! these met, as nodes have most coordinates in common.

use super::doubt::{Bad, Doubter};
use super::evenly::{Evenly, in_leaves};
use crate::lanes::{LANES, dispatch};
use crate::method::{Cubature, Suspicion};
use crate::plan::{Axis, AxisMap};
use crate::rule::Vector;

/// The share of all evaluations that is spent on them; the fewest of them, and the most.
const SHARE: f64 = 0.1;
const FEWEST: u64 = 128;
const MOST: u64 = 1 << 13;

/// Vectors of points that are asked for at once.
const BLOCK: usize = 64;

/// How far out of the range of the values at the nodes of a box f is there, in units of that range, where these are said to have missed something.
const FARTHER: f64 = 1.0;

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
        let evenly = Evenly::of(dimension);
        let (places, volume) = method.spread_over_leaves(count);
        let count = places.len();
        if count == 0 {
            return Ok(false);
        }
        let (first, each) = (method.scattered, volume / count as f64);
        let least = LEAST * method.wanted();
        let mut odd: Vec<Suspicion> = Vec::new();
        let (places, _) = places.as_chunks::<LANES>();
        let mut points = vec![[0.0; LANES]; BLOCK.min(places.len()) * dimension];
        let mut values = [[0.0; LANES]; BLOCK];
        for (block, leaves) in places.chunks(BLOCK).enumerate() {
            let (points, values) = (&mut points[..leaves.len() * dimension], &mut values[..leaves.len()]);
            dispatch!(self.token, simd => {
                let before = (first as usize + block * BLOCK * LANES..).step_by(LANES);
                for ((&leaves, points), before) in leaves.iter().zip(points.chunks_exact_mut(dimension)).zip(before) {
                    in_leaves(simd, method, leaves, points, |d| evenly.shares(simd, before as u64, d));
                }
            });
            self.mapped(points, values)?;
            for (&leaf, value) in leaves.as_flattened().iter().zip(values.as_flattened()) {
                let (low, high) = method.range_of(leaf);
                let (size, outside) = (value.abs(), (value - high).max(low - value));
                if outside > FARTHER * (high - low) {
                    let error = outside * each;
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
    pub(super) fn mapped(&self, points: &mut [Vector], values: &mut [Vector]) -> Result<(), Bad> {
        let plain = self.axes.iter().all(|axis| axis.map == AxisMap::Plain);
        let mut slopes = vec![[1.0; LANES]; if plain { 0 } else { values.len() }];
        self.map(points, &mut slopes);
        self.values.values(points, values);
        if let Some(k) = values.as_flattened().iter().position(|value| !value.is_finite()) {
            let vector = &points[k / LANES * self.axes.len()..][..self.axes.len()];
            return Err((vector.iter().map(|point| point[k % LANES]).collect(), values.as_flattened()[k]));
        }
        for (value, slope) in values.as_flattened_mut().iter_mut().zip(slopes.as_flattened()) {
            *value *= slope;
        }
        Ok(())
    }

    /// Makes points in the variables of the axes those of the integrand; `slopes` are multiplied by dx/dt.
    pub(super) fn map(&self, points: &mut [Vector], slopes: &mut [Vector]) {
        let mapped = |axis: &(usize, &Axis)| axis.1.map != AxisMap::Plain;
        for (d, axis) in self.axes.iter().enumerate().filter(mapped) {
            for (points, slopes) in points.chunks_exact_mut(self.axes.len()).zip(&mut *slopes) {
                for (t, slope) in points[d].iter_mut().zip(slopes) {
                    let (x, by) = axis.map.point(*t);
                    (*t, *slope) = (x, *slope * by);
                }
            }
        }
    }
}
