//! The top of a mesh that converged: where f goes on to grow between nodes, as next to a singular point, the box there
//! holds more than these tell.

use super::doubt::Doubter;
use super::outward::{Foot, Top};
use crate::lanes::LANES;
use crate::method::{Cubature, MOST_PLACED, Suspicion};
use crate::plan::AxisMap;

/// How much higher than at all nodes of its box f may be.
const HIGHER: f64 = 4.0;

/// How much higher than all nodes a top is that these have not seen.
const SUMMIT: f64 = 100.0;

/// The first step of a climb, in widths of the box, the last, and the factor after each that led higher; of a climb that
/// may lead far; and how many there are.
pub(super) const STEPS: [f64; 3] = [0.25, 0.01, 1.0];
const FAR: [f64; 3] = [0.25, 0.01, 1.7];
const MOST_STEPS: usize = 64;

impl Doubter<'_> {
    /// Whether f is much higher somewhere around the highest of the rough boxes than at the nodes there. That box
    /// becomes active, and claims all that it holds.
    pub fn on_top(&self, method: &mut Cubature) -> bool {
        let Some(Top { place, height }) = method.highest_rough().and_then(|leaf| self.above(leaf, STEPS, method))
        else {
            return false;
        };
        let Some((leaf, peak, magnitude)) = method.leaf_at(&place) else { return false };
        height > HIGHER * peak && method.doubt_for_long(&[Suspicion { leaf, error: magnitude, peak: height }])
    }

    /// What may be on infinite axes around the highest of the boxes, if that is so much higher than all nodes that these
    /// have seen but its foot. Then nothing is known.
    pub fn claim_summit(&self, method: &mut Cubature) -> f64 {
        let plain = self.axes.iter().all(|axis| axis.map == AxisMap::Plain);
        let Some(highest) = method.highest().filter(|_| !plain) else { return 0.0 };
        let peak = method.peak;
        let Some(top) = self.above(highest, FAR, method).filter(|top| top.height > SUMMIT * peak) else { return 0.0 };
        let leaf = method.leaf_at(&top.place).map_or(highest, |(leaf, ..)| leaf);
        method.totals.truncation = f64::INFINITY;
        top.height * method.volume(leaf)
    }

    /// Where a climb from the middle of a box leads. Evaluations are counted there.
    pub(super) fn above(&self, leaf: u32, steps: [f64; 3], method: &mut Cubature) -> Option<Top> {
        if self.axes.len() > MOST_PLACED {
            return None;
        }
        let (lower, upper) = method.ends(leaf);
        // Of a box that reaches to infinity, too.
        let at = |share: f64| -> Vec<f64> {
            let bounds = lower.iter().zip(upper);
            self.axes.iter().zip(bounds).map(|(axis, (a, b))| axis.map.point(share.mul_add(b - a, *a)).0).collect()
        };
        let units: Vec<f64> = at(0.25).iter().zip(at(0.75)).map(|(a, b)| 2.0 * (b - a).abs()).collect();
        let point = at(0.5);
        let mut foot = Foot { point, value: 0.0, distance: 0.0 };
        method.evaluations += self.climb(&mut foot, &units, steps, self.left);
        let (place, height) = self.in_axes(&foot);
        Some(Top { place, height })
    }

    /// Goes up from a foot by steps along the axes, in such units, longer ones by a factor after each that led higher,
    /// shorter ones where none does; the evaluations.
    pub(super) fn climb(&self, foot: &mut Foot, units: &[f64], [first, last, grows]: [f64; 3], left: u64) -> u64 {
        let dimension = self.axes.len();
        let rows = (2 * dimension).div_ceil(LANES);
        let (mut points, mut values) = (vec![[0.0; LANES]; rows * dimension], vec![[0.0; LANES]; rows]);
        let (mut step, mut spent) = (first, 0);
        for _ in 0..MOST_STEPS {
            if step < last || spent + (rows * LANES) as u64 > left {
                break;
            }
            let moved = |k: usize, d: usize| {
                let (axis, x) = (&self.axes[d], foot.point[d]);
                if k / 2 != d {
                    return x;
                }
                let x = (if k.is_multiple_of(2) { -step } else { step }).mul_add(units[d], x);
                match axis.map {
                    AxisMap::Plain => x.clamp(axis.lower, axis.upper),
                    AxisMap::Half { end, direction } if direction > 0.0 => x.max(end),
                    AxisMap::Half { end, .. } => x.min(end),
                    AxisMap::Line => x,
                }
            };
            for k in 0..rows * LANES {
                for d in 0..dimension {
                    points[k / LANES * dimension + d][k % LANES] = moved(k, d);
                }
            }
            self.values.values(&points, &mut values);
            spent += (rows * LANES) as u64;
            let value = |k: usize| values[k / LANES][k % LANES].abs();
            let numbers = (0..2 * dimension).filter(|&k| value(k).is_finite());
            match numbers.max_by(|&a, &b| value(a).total_cmp(&value(b))).filter(|&k| value(k) > foot.value) {
                Some(k) => {
                    let point = (0..dimension).map(|d| moved(k, d)).collect();
                    (foot.point, foot.value) = (point, value(k));
                    step *= grows;
                }
                None => step *= 0.5,
            }
        }
        spent
    }

    /// A foot in the variables of the axes, and |f| dx/dt there.
    pub(super) fn in_axes(&self, foot: &Foot) -> (Vec<f64>, f64) {
        let place: Vec<f64> = self.axes.iter().zip(&foot.point).map(|(axis, &x)| axis.map.place(x)).collect();
        let slopes = self.axes.iter().zip(&place).map(|(axis, &place)| axis.map.point(place).1);
        let height = slopes.fold(foot.value, |height, slope| height * slope);
        (place, height)
    }
}
