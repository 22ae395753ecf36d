//! A look outward on infinite axes, before a mesh that converged is believed: far out everything is narrow in the
//! variables of the axes, and no node nor any point all over meets it.
//!
//! Along rays from the middle of what was found, values only fall. Where they rise again, however small they are, that
//! is the foot of something else, and its top is searched for.

use super::doubt::Doubter;
use super::evenly::Evenly;
use crate::lanes::{LANES, dispatch};
use crate::method::{Cubature, MOST_PLACED};
use crate::plan::{Axis, AxisMap};
use std::f64::consts::TAU;

/// Rays by the number of infinite axes, and points on each: every one farther by a factor, the first at so many mean
/// distances from the middle.
const RAYS: [usize; MOST_PLACED + 1] = [0, 16, 32, 64, 128, 128, 128];
const ROWS: usize = 3;
const FACTOR: f64 = 1.3;
const FIRST: f64 = 2.0;

/// What rises by that factor from one point to the next, times the volume of a shell, and is more than this share of
/// ∫|f|, is a foot.
const RISES: f64 = 100.0;
const COUNTS: f64 = 1e-13;

/// Feet that are climbed at most, from the highest down; the first step, in shares of the distance, and the last.
const MOST_CLIMBED: usize = 16;
const STEPS: [f64; 3] = [0.15, 0.01, 1.0];

/// How much higher than at all nodes of its box a top is that is not known.
const HIGHER: f64 = 2.0;

/// Tops are apart if they are so many last steps from each other; and one matters if what is within so many may be
/// more than this share of the tolerance.
const APART: f64 = 8.0;
const WITHIN: f64 = 2.0;
const LEAST: f64 = 0.1;

/// A point of the integrand's variables, with the distance that it is known to a share of.
pub(super) struct Foot {
    pub point: Vec<f64>,
    pub value: f64,
    pub distance: f64,
}

/// Where f is highest around, in the variables of the axes, and |f| dx/dt there.
pub(super) struct Top {
    pub place: Vec<f64>,
    pub height: f64,
}

impl Doubter<'_> {
    /// Tops that the mesh does not know. Evaluations are counted there.
    pub fn outward(&self, method: &mut Cubature) -> Vec<Top> {
        let infinite = self.axes.iter().filter(|axis| axis.map != AxisMap::Plain).count();
        let Some(&rays) = RAYS.get(infinite).filter(|_| self.axes.len() <= MOST_PLACED) else { return Vec::new() };
        let cost = (rays * ROWS * LANES) as u64;
        if infinite == 0 || self.left < cost {
            return Vec::new();
        }
        let mut left = self.left - cost;
        let (middle, distance) = method.middle();
        if !(distance > 0.0 && distance.is_finite()) {
            return Vec::new();
        }
        method.evaluations += cost;
        let mut feet = self.feet((&middle, FIRST * distance), rays, infinite, COUNTS * method.totals.magnitude);
        feet.sort_by(|a, b| (b.value * b.distance).total_cmp(&(a.value * a.distance)));
        feet.truncate(MOST_CLIMBED);
        let least = LEAST * method.wanted();
        let mut tops: Vec<Top> = Vec::new();
        for mut foot in feet {
            let units: Vec<f64> = self.axes.iter().map(|axis| self.unit(axis, foot.distance)).collect();
            let spent = self.climb(&mut foot, &units, STEPS, left);
            (left, method.evaluations) = (left - spent, method.evaluations + spent);
            let (place, height) = self.in_axes(&foot);
            let worth = units.iter().fold(foot.value, |worth, unit| worth * WITHIN * STEPS[1] * unit);
            let is_known = method.leaf_at(&place).is_none_or(|(_, peak, _)| height <= HIGHER * peak);
            let is_other = |other: &Top| {
                let apart = |d: usize| {
                    (foot.point[d] - self.axes[d].map.point(other.place[d]).0).abs() > APART * STEPS[1] * units[d]
                };
                (0..units.len()).any(apart)
            };
            if worth > least && !is_known && tops.iter().all(is_other) {
                tops.push(Top { place, height });
            }
        }
        tops
    }

    /// What steps are shares of: the distance on infinite axes, else the length.
    fn unit(&self, axis: &Axis, distance: f64) -> f64 {
        if axis.map == AxisMap::Plain { axis.upper - axis.lower } else { distance }
    }

    /// The feet along rays from a point, from so far on, whose values count from `counts` on: of each ray the highest.
    fn feet(&self, (middle, first): (&[f64], f64), rays: usize, infinite: usize, counts: f64) -> Vec<Foot> {
        let (dimension, evenly) = (self.axes.len(), Evenly::of(self.axes.len()));
        let distances: [f64; ROWS * LANES] = std::array::from_fn(|k| first * FACTOR.powi(k as i32));
        let mut shares = vec![[0.0; LANES]; dimension];
        let (mut points, mut values) = (vec![[0.0; LANES]; ROWS * dimension], [[0.0; LANES]; ROWS]);
        let mut feet = Vec::new();
        for ray in 0..rays {
            if ray % LANES == 0 {
                dispatch!(self.token, simd => for (d, shares) in shares.iter_mut().enumerate() {
                    *shares = evenly.shares(simd, ray as u64, d).to_array();
                });
            }
            let mut direction: Vec<f64> =
                self.axes.iter().zip(&shares).map(|(axis, shares)| toward(axis, shares[ray % LANES])).collect();
            if infinite == 2 {
                // All around, at equal angles.
                let (sine, cosine) = (TAU * (ray as f64 + 0.5) / rays as f64).sin_cos();
                let on_infinite = self.axes.iter().zip(&mut direction).filter(|(axis, _)| axis.map != AxisMap::Plain);
                for ((axis, direction), along) in on_infinite.zip([cosine, sine]) {
                    *direction = if axis.map == AxisMap::Line { along } else { direction.signum() * along.abs() };
                }
            }
            let on_infinite = self.axes.iter().zip(&direction).filter(|(axis, _)| axis.map != AxisMap::Plain);
            let length = on_infinite.map(|(_, along)| along * along).sum::<f64>().sqrt();
            let along = |d: usize, distance: f64| match self.axes[d].map {
                AxisMap::Plain => direction[d],
                _ => (direction[d] / length).mul_add(distance, middle[d]),
            };
            for (k, &distance) in distances.iter().enumerate() {
                for d in 0..dimension {
                    points[k / LANES * dimension + d][k % LANES] = along(d, distance);
                }
            }
            self.values.values(&points, &mut values);
            let size = |k: usize| values[k / LANES][k % LANES].abs() * distances[k].powi(infinite as i32);
            let rises = |&k: &usize| size(k) > counts && size(k) > RISES * size(k - 1) && size(k).is_finite();
            if let Some(first) = (1..distances.len()).find(rises) {
                let top = (first..distances.len()).fold(first, |top, k| if size(k) > size(top) { k } else { top });
                let point = (0..dimension).map(|d| along(d, distances[top])).collect();
                feet.push(Foot { point, value: values[top / LANES][top % LANES].abs(), distance: distances[top] });
            }
        }
        feet
    }
}

/// Where a ray leads on an axis, by a share: a direction, or a place.
fn toward(axis: &Axis, share: f64) -> f64 {
    match axis.map {
        AxisMap::Plain => share.mul_add(axis.upper - axis.lower, axis.lower),
        AxisMap::Half { direction, .. } => share * direction,
        AxisMap::Line => 2.0 * share - 1.0,
    }
}
