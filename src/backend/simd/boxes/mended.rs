//! Nodes at which the integrand has no value though it has one all around: on the diagonal, where sin(x - y)/(x - y) is
//! 0/0 and ln|x - y| is infinite; or one by rounding only, as 1/|x - y| has next to it.

use super::{BoxDesk, SimdBoxes};
use crate::integrand::point_values::{PointValues, Row};
use crate::lanes::LANES;
use crate::plan::{Axis, Bad, BoxRule, Boxes, SweptBox};
use crate::rule::Vector;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The share of a box's half width between two of the points beside a node.
const STEP: f64 = 1.0 / 64.0;

/// What the four points on either side are worth, the nearest first: together the polynomial through all eight.
const WEIGHTS: [f64; LANES / 2] = [56.0 / 70.0, -28.0 / 70.0, 8.0 / 70.0, -1.0 / 70.0];

/// Shares of a step at which the integrand has to be a number, too: it is not that it has none in a gap.
const NEAR: [f64; LANES / 2] =
    [9.765_625e-4, 9.536_743_164_062_5e-7, 9.313_225_746_154_785e-10, 9.094_947_017_729_282e-13];

/// How much less than at the middle of a box values beside its faces are, times the distances from these; those of a
/// pole are as much.
const POLE: f64 = 0.98;

const SIDES: [f64; 2] = [-1.0, 1.0];

/// What one node may cost.
const EACH: u64 = 5 * LANES as u64;

/// The share of a box that is next to a face.
const NEXT_TO: f64 = 1e-3;

/// How much less than a value that only rounding keeps finite f is some roundings away.
const FALLEN: f64 = 0.75;

/// How many of the values next to a node have to be numbers, if some are not: of an arccosine of 1 and a rounding every
/// other one is; of a gap none.
const NUMBERS: usize = 4;

/// Some roundings of a coordinate, of others as many as of none.
fn roundings(point: &[f64], d: usize) -> f64 {
    (4 + 3 * d) as f64 * f64::EPSILON * point[d].abs()
}

/// An integrand at nodes of eight boxes. A value that is not finite, or would not be but for rounding, is replaced by
/// what values to both sides lead to expect, where these are numbers, and go the same way as an infinite one.
struct Mended<'a> {
    of: &'a dyn PointValues,
    /// The bounds of the boxes, of each axis, in the variables of the integrand.
    lower: Vec<Vector>,
    upper: Vec<Vector>,
    /// So large values are that may be made by rounding.
    tall: f64,
    /// Evaluations beside nodes.
    evaluations: AtomicU64,
    /// The first node of each box that stays without a value.
    bad: Mutex<[Option<Bad>; LANES]>,
}

impl SimdBoxes<'_> {
    /// Sweeps those boxes again in which a value is not finite or larger than `tall`, with what is beside such nodes; the
    /// evaluations that took, no more than `most`. What stays without a value says where; `None` where there are too few
    /// evaluations to find that out.
    #[cold]
    #[inline(never)]
    pub fn mend(
        &self,
        boxes: Boxes,
        out: &mut [SweptBox],
        desk: &mut BoxDesk,
        (tall, most): (f64, u64),
    ) -> Option<u64> {
        let (dimension, rule) = (boxes.dimension, boxes.rule);
        let each = match rule {
            BoxRule::Fine => (self.line.grids[dimension - 2].len() / dimension) as u64,
            rule => self.rule(rule).evaluations(),
        };
        let bad: Vec<usize> = (0..out.len()).filter(|&k| out[k].is_to_be_mended(tall)).collect();
        let (mut evaluations, has_none) = (0, out.iter().any(|one| one.bad.is_some()));
        for bad in bad.chunks(LANES) {
            let count = bad.len() as u64;
            if evaluations + count * each * (1 + EACH) > most {
                // With what may be rounding one can go on.
                return (!has_none).then_some(evaluations);
            }
            let of = |bounds: &[f64]| -> Vec<f64> {
                bad.iter().flat_map(|&k| bounds[k * dimension..(k + 1) * dimension].iter().copied()).collect()
            };
            let (lower, upper) = (of(boxes.lower), of(boxes.upper));
            let boxes = Boxes { dimension, lower: &lower, upper: &upper, rule };
            let mut swept: [SweptBox; LANES] = Default::default();
            let mended = Mended::new(self, boxes, tall);
            SimdBoxes { values: &mended, ..*self }.sweep(boxes, &mut swept[..bad.len()], desk);
            evaluations += count * each + mended.evaluations.load(Relaxed);
            let found = mended.bad.into_inner().unwrap_or_default();
            for (&k, (one, bad)) in bad.iter().zip(swept.into_iter().zip(found)) {
                out[k] = SweptBox { bad, ..one };
            }
        }
        Some(evaluations)
    }
}

impl<'a> Mended<'a> {
    fn new(kernel: &SimdBoxes<'a>, boxes: Boxes, tall: f64) -> Self {
        let last = boxes.len() - 1;
        let bounds = |bounds: &[f64]| -> Vec<Vector> {
            let of = |(d, axis): (usize, &Axis)| {
                std::array::from_fn(|lane| axis.map.point(bounds[lane.min(last) * boxes.dimension + d]).0)
            };
            kernel.axes.iter().enumerate().map(of).collect()
        };
        // Where x falls as the variable grows, the bounds are the other way round.
        let (a, b) = (bounds(boxes.lower), bounds(boxes.upper));
        let each = |pick: fn(f64, f64) -> f64| -> Vec<Vector> {
            a.iter().zip(&b).map(|(a, b)| std::array::from_fn(|lane| pick(a[lane], b[lane]))).collect()
        };
        Self {
            of: kernel.values,
            lower: each(f64::min),
            upper: each(f64::max),
            tall,
            evaluations: AtomicU64::new(0),
            bad: Mutex::default(),
        }
    }

    /// Mends values at points of these coordinates, by axis and lane of a vector.
    fn mend(&self, values: &mut [Vector], coordinate: impl Fn(usize, usize, usize) -> f64) {
        if self.of.withheld() {
            return;
        }
        let is_number = |value: f64| value.abs() <= self.tall && value.is_finite();
        for (i, values) in values.iter_mut().enumerate() {
            for (lane, value) in values.iter_mut().enumerate().filter(|(_, value)| !is_number(**value)) {
                let point: Vec<f64> = (0..self.lower.len()).map(|d| coordinate(i, d, lane)).collect();
                let is_finite = value.is_finite();
                if is_finite && !self.is_rounding(&point, *value) {
                    continue;
                }
                let limit = if is_finite { f64::INFINITY.copysign(*value) } else { *value };
                if let Some(mended) = self.expected(&point, lane, limit) {
                    *value = mended;
                } else if let (false, Ok(mut bad)) = (is_finite, self.bad.lock()) {
                    bad[lane].get_or_insert_with(|| Box::new((point, *value)));
                }
            }
        }
    }

    /// What is expected at this point of the box of a lane, where the integrand is `value`.
    fn expected(&self, point: &[f64], lane: usize, value: f64) -> Option<f64> {
        let bounds = |d: usize| (self.lower[d][lane], self.upper[d][lane]);
        // Along a line that keeps to no axis and no diagonal.
        let steps: Vec<f64> = (0..point.len())
            .map(|d| {
                let ((lower, upper), x) = (bounds(d), point[d]);
                let inside = (x - lower).min(upper - x) / WEIGHTS.len() as f64;
                let share = 0.5 + 0.5 * (0.618 * (d + 1) as f64).fract();
                let step = share * (STEP * 0.5 * (upper - lower)).min(inside);
                if d % 2 == 0 { step } else { -step }
            })
            .collect();
        let ulps = |d: usize| roundings(point, d);
        let across: Vec<bool> = (0..point.len()).map(|d| steps[d].abs() < ulps(d)).collect();
        if across.contains(&true) {
            let aside: Vec<f64> = point.iter().zip(&steps).map(|(x, step)| x + step).collect();
            return self.inward(&aside, lane, &across);
        }
        // A step, two, three and four to either side.
        let sides = self.beside(|d, k, side| point[d] + side * (k + 1) as f64 * steps[d]);
        let near =
            self.beside(|d, k, side| point[d] + side * (NEAR[k] * steps[d]).abs().max(ulps(d)).copysign(steps[d]));
        let is_usable = |near: &f64| !near.is_nan() && (near.is_finite() || *near == value);
        let are_usable = near.iter().flatten().all(is_usable);
        let is_rounding = !are_usable && {
            let next = self.beside(|d, k, side| point[d] + side * ((k + 1) as f64 * ulps(d)).copysign(steps[d]));
            near[1..].iter().chain(&next).flatten().filter(|near| near.is_finite()).count() >= NUMBERS
        };
        let is_known = sides.iter().flatten().all(|value| value.is_finite())
            && (are_usable || is_rounding && near[0].iter().all(is_usable));
        let leads = |[first, second]: [f64; 2]| {
            let sign = if value.is_infinite() { value.signum() } else { 0.0 };
            sign * first >= sign * second
        };
        // Far from it by what is smooth beside it.
        let lead = |[first, second]: [[f64; 2]; 2]| (0..2).all(|side| leads([first[side], second[side]]));
        if !(is_known && (lead([sides[0], sides[1]]) || lead([near[1], near[0]]))) {
            // All that is next to a face may be rounding.
            let is_next_to = |d: usize| {
                let ((lower, upper), x) = (bounds(d), point[d]);
                (x - lower).min(upper - x) < NEXT_TO * (upper - lower)
            };
            let next_to: Vec<bool> = (0..point.len()).map(is_next_to).collect();
            return if is_rounding && next_to.contains(&true) { self.inward(point, lane, &next_to) } else { None };
        }
        Some(sides.iter().zip(WEIGHTS).map(|([below, above], weight)| weight * (below + above)).sum())
    }

    /// Where the node is on faces of the box by rounding, which are across these axes, and a step aside on others: the
    /// first number on the way to the middle of them, unless values grow like those of a pole.
    fn inward(&self, point: &[f64], lane: usize, across: &[bool]) -> Option<f64> {
        let place = |d: usize, k: usize, side: f64| {
            let middle = 0.5 * (self.lower[d][lane] + self.upper[d][lane]);
            let share = (k as f64 + if side < 0.0 { 0.5 } else { 1.0 }) / WEIGHTS.len() as f64;
            if across[d] { point[d] + share * (middle - point[d]) } else { point[d] }
        };
        let values = self.beside(place);
        let values = values.as_flattened();
        let distances = |i: usize| -> f64 {
            let away = |d: usize| (place(d, i / 2, SIDES[i % 2]) - point[d]).abs();
            (0..point.len()).filter(|&d| across[d]).map(away).product()
        };
        let last = values.iter().rposition(|value| value.is_finite())?;
        let first = values.iter().position(|value| value.is_finite())?;
        let falls = values[first].abs() * distances(first) < POLE * values[last].abs() * distances(last);
        (first < last && falls).then_some(values[first])
    }

    /// Whether f is much less than this value at all points but a few roundings away.
    fn is_rounding(&self, point: &[f64], value: f64) -> bool {
        let next = self.beside(|d, k, side| {
            let away = (k + 1) as f64 * roundings(point, d);
            point[d] + if d % 2 == 0 { side * away } else { -side * away }
        });
        next[1..].iter().flatten().all(|next| next.abs() < FALLEN * value.abs())
    }

    /// The values at eight points, of which this gives coordinate d by number and side.
    fn beside(&self, place: impl Fn(usize, usize, f64) -> f64) -> [[f64; 2]; LANES / 2] {
        let points: Vec<Vector> =
            (0..self.lower.len()).map(|d| std::array::from_fn(|i| place(d, i / 2, SIDES[i % 2]))).collect();
        let mut values = [[0.0; LANES]];
        self.of.values(&points, &mut values);
        self.evaluations.fetch_add(LANES as u64, Relaxed);
        std::array::from_fn(|k| [values[0][2 * k], values[0][2 * k + 1]])
    }
}

impl PointValues for Mended<'_> {
    fn values(&self, points: &[Vector], values: &mut [Vector]) {
        self.of.values(points, values);
        self.mend(values, |i, d, lane| points[i * self.lower.len() + d][lane]);
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [Vector]) {
        self.of.at_nodes(rows, nodes, values);
        self.mend(values, |i, d, lane| rows[d][usize::from(nodes[i * self.lower.len() + d] & 15)][lane]);
    }

    fn withheld(&self) -> bool {
        self.of.withheld()
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
