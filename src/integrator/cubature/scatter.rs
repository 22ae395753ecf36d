//! Points all over a mesh that converged: where |f| is much larger at one of them than at any node of its box, the box
//! holds something that none of these met, as nodes have most coordinates in common.

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

/// How far out of the range of the values at the nodes of a box f is there, in units of that range, where these are
/// said to have missed something.
const FARTHER: f64 = 1.0;

/// How far aside of a point f is asked where it is infinite there, in widths of the whole.
const ASIDE: f64 = 1e-9;

/// What is less than this share of the tolerance does not matter.
const LEAST: f64 = 0.1;

impl Doubter<'_> {
    /// Whether |f| is much larger at points that fill the mesh evenly than at nodes. The boxes there become active, and
    /// claim what that may be: each point stands for its share of the volume. A point at which the integrand is not
    /// finite, and what it is there, is an error.
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
        for (points, values) in points.chunks_exact(self.axes.len()).zip(&mut *values) {
            if values.iter().any(|value| value.is_infinite()) {
                self.mend(points, values);
            }
        }
        if let Some(k) = values.as_flattened().iter().position(|value| !value.is_finite()) {
            let vector = &points[k / LANES * self.axes.len()..][..self.axes.len()];
            return Err((vector.iter().map(|point| point[k % LANES]).collect(), values.as_flattened()[k]));
        }
        for (value, slope) in values.as_flattened_mut().iter_mut().zip(slopes.as_flattened()) {
            *value *= slope;
        }
        Ok(())
    }

    /// Values that are infinite become those a little aside, on no diagonal: as at nodes, f may be so on a diagonal and
    /// have an integral.
    #[cold]
    fn mend(&self, points: &[Vector], values: &mut Vector) {
        let beside: Vec<Vector> = self
            .axes
            .iter()
            .zip(points)
            .enumerate()
            .map(|(d, (axis, x))| {
                let share = ASIDE * (0.5 + 0.5 * (0.618 * (d + 1) as f64).fract());
                x.map(|x| match axis.map {
                    AxisMap::Plain => {
                        let inward = if 2.0 * x > axis.lower + axis.upper { -share } else { share };
                        inward.mul_add(axis.upper - axis.lower, x)
                    }
                    _ => share.mul_add(x.abs(), x),
                })
            })
            .collect();
        let mut found = [[0.0; LANES]];
        self.values.values(&beside, &mut found);
        for (value, beside) in values.iter_mut().zip(found[0]).filter(|(value, _)| value.is_infinite()) {
            *value = beside;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Tolerance;
    use crate::integrand::point_values::PointsByScalar;
    use crate::lanes::Level;
    use crate::method::{Costs, Limits, Outcome};
    use crate::plan::{BoxRule, Look, SweptBox};
    use std::marker::PhantomData;

    /// A mesh of 32 boxes over a square of area 4, by whose nodes f is 1, looked at all over with so many evaluations
    /// left.
    fn look(f: impl Fn([f64; 2]) -> f64 + Sync, left: u64) -> (Result<bool, Bad>, Cubature) {
        let axes = vec![Axis::new(0.0, 2.0), Axis::new(-1.0, 1.0)];
        let seen = Look { roughness: vec![0.0; 2], planes: Vec::new(), peaks: Vec::new(), peak: 1.0, evaluations: 0 };
        let tolerance = Tolerance { absolute: 0.0, relative: 1e-6 };
        let limits = Limits { evaluations: 1_000_000, leaves: 1000 };
        let costs = Costs { seventh: 33, ninth: None, fine: None };
        let mut method = Cubature::new(axes.clone(), tolerance, limits, costs, &seen);
        let boxes = method.next(BoxRule::Seventh).len();
        let volume = 4.0 / boxes as f64;
        let one = SweptBox { estimate: volume, magnitude: volume, low: 1.0, high: 1.0, ..SweptBox::default() };
        assert_eq!(method.absorb(&mut vec![one; boxes], &mut []), Some(Outcome::Converged));
        let values = PointsByScalar { f: &f, point: PhantomData };
        let token = Level::detect().token().expect("a level that was detected");
        let found = Doubter { values: &values, axes: &axes, token, left }.all_over(&mut method);
        (found, method)
    }

    #[test]
    fn what_is_out_of_the_range_of_the_nodes_is_claimed() {
        // A tenth of the area, and half as large again as all nodes; or half as large.
        for other in [1.5, 0.5] {
            let (found, method) = look(|[x, _]| if x < 0.2 { other } else { 1.0 }, 10_000);
            assert_eq!((found, method.scattered), (Ok(true), FEWEST));
            assert!((0.7..1.4).contains(&(method.totals.truncation / 0.2)), "{}", method.totals.truncation);
        }
        let (found, method) = look(|_| 1.0, 10_000);
        assert_eq!((found, method.totals.truncation, method.scattered), (Ok(false), 0.0, FEWEST));
    }

    #[test]
    fn there_are_as_many_points_as_the_limit_allows() {
        for (left, points) in [(7, 0), (20, 16), (128, 128)] {
            assert_eq!(look(|_| 1.0, left).1.scattered, points);
        }
    }

    #[test]
    fn what_is_no_number_is_named() {
        let (found, _) = look(|[x, y]| if y > 0.5 { f64::NAN } else { x * 0.0 + 1.0 }, 10_000);
        let (point, value) = found.expect_err("a point");
        assert!(value.is_nan() && point.len() == 2 && point[1] > 0.5, "{point:?}");
    }
}
