//! The SIMD kernel of boxes: Genz and Malik's rule with sentinels, on eight boxes at a time.
//!
//! A lane is a box, so that every node is one vector for each coordinate and all sums stay within their lanes: what a box gives
//! does not depend on its neighbours in the vector. It asks for values through [`PointValues`], so it is compiled once for
//! each level and not again for every integrand.

mod line;
mod tensor;

pub(crate) use tensor::LINE;

use crate::estimate::cubature::BoxSigns;
use crate::integrand::point_values::PointValues;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Axis, AxisMap, Bad, Boxes, SweptBox};
use crate::rule::Vector;
use crate::rule::genz_malik::{CORNER, GenzMalik, INNER, MOST_DIMENSIONS, OUTER};

/// Vectors evaluated at once.
const BLOCK: usize = 64;

/// Where sentinels on an axis and on a diagonal stand, in half widths: at a face that the box shares with others next to it, where
/// a step would be seen by neither; at the edge of the whole, where a singularity may be, within.
const FACE: f64 = 1.0 - 1e-6;
const EDGE: f64 = 0.99;
const FAR_EDGE: f64 = 0.98;

/// An integrand and its rule, ready to sweep boxes.
pub(crate) struct SimdBoxes<'a> {
    pub values: &'a dyn PointValues,
    pub rule: &'a GenzMalik,
    /// The whole.
    pub axes: &'a [Axis],
    pub token: Token,
}

/// Points and values of one sweep, kept from one to the next.
#[derive(Default)]
pub(crate) struct BoxDesk {
    points: Vec<Vector>,
    values: Vec<Vector>,
    /// The values on the axes, and those at the corners that lie on the diagonals looked at.
    axes: Vec<Vector>,
    corners: Vec<Vector>,
}

/// What is seen of eight boxes.
struct Seen<S: Simd> {
    low: Lanes<S>,
    high: Lanes<S>,
    bad: [Option<Bad>; LANES],
}

impl<S: Simd> Seen<S> {
    #[inline(always)]
    fn new(simd: S) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        Self { low: zero + f64::INFINITY, high: zero - f64::INFINITY, bad: std::array::from_fn(|_| None) }
    }
}

/// The share of the variation of f that the rounding of the nodes explains: half an ulp of each coordinate.
fn reach_of_rounding(boxes: Boxes, lane: usize) -> f64 {
    let range = lane * boxes.dimension..(lane + 1) * boxes.dimension;
    let moved: f64 = boxes.lower[range.clone()]
        .iter()
        .zip(&boxes.upper[range])
        .map(|(lower, upper)| lower.abs().max(upper.abs()) / (upper - lower))
        .sum();
    0.5 * f64::EPSILON * moved.min(1e300)
}

impl SimdBoxes<'_> {
    /// The sweeps of all boxes, in order; `out` has a place for each.
    pub fn sweep(&self, boxes: Boxes, out: &mut [SweptBox], desk: &mut BoxDesk) {
        dispatch!(self.token, simd => {
            let mut rest = boxes;
            for out in out.chunks_mut(LANES) {
                let (eight, others) = rest.split_at(out.len());
                if eight.fine {
                    self.fine_eight(simd, eight, out, desk);
                } else {
                    self.sweep_eight(simd, eight, out, desk);
                }
                rest = others;
            }
        });
    }

    #[inline(always)]
    fn sweep_eight<S: Simd>(&self, simd: S, boxes: Boxes, out: &mut [SweptBox], desk: &mut BoxDesk) {
        let dimension = self.rule.dimension;
        let zero = Lanes::splat(simd, 0.0);
        let (mut middle, mut half) = ([zero; MOST_DIMENSIONS], [zero; MOST_DIMENSIONS]);
        // Ones where the box ends before the whole does.
        let mut inside = [[zero; 2]; MOST_DIMENSIONS];
        let mut volume = zero + 1.0;
        for (d, axis) in self.axes.iter().enumerate() {
            let of = |bounds: &[f64]| -> Vector {
                std::array::from_fn(|lane| bounds[lane.min(out.len() - 1) * dimension + d])
            };
            let (lower, upper) = (of(boxes.lower), of(boxes.upper));
            let ones =
                |bounds: Vector, end: f64| Lanes::from_array(simd, bounds.map(|b| f64::from(u8::from(b != end))));
            inside[d] = [ones(lower, axis.lower), ones(upper, axis.upper)];
            let (lower, upper) = (Lanes::from_array(simd, lower), Lanes::from_array(simd, upper));
            half[d] = (upper - lower) * 0.5;
            middle[d] = lower + half[d];
            volume *= upper - lower;
        }
        let mut seen = Seen::new(simd);
        let base: [Vector; MOST_DIMENSIONS] = std::array::from_fn(|d| middle[d].to_array());
        let base = &base[..dimension];

        // The middle and the axes.
        desk.points.clear();
        desk.points.extend_from_slice(base);
        for d in 0..dimension {
            let sentinel = |side: usize| inside[d][side] * (FACE - EDGE) + EDGE;
            let places = [zero - INNER, zero + INNER, zero - OUTER, zero + OUTER, -sentinel(0), sentinel(1)];
            for place in places {
                desk.points.extend_from_slice(base);
                let at = desk.points.len() - dimension + d;
                desk.points[at] = (middle[d] + half[d] * place).to_array();
            }
        }
        self.evaluate(simd, desk, &mut seen);
        std::mem::swap(&mut desk.axes, &mut desk.values);
        let value = |i: usize| Lanes::from_array(simd, desk.axes[i]);
        let center = value(0);
        let (mut inner, mut outer, mut sentinels, mut bent) = (zero, zero, zero, zero);
        let (mut inner_size, mut outer_size) = (zero, zero);
        let mut widest = [zero; MOST_DIMENSIONS];
        for d in 0..dimension {
            let [i0, i1, o0, o1, s0, s1] = std::array::from_fn(|k| value(1 + 6 * d + k));
            (inner, outer) = (inner + (i0 + i1), outer + (o0 + o1));
            inner_size += i0.abs() + i1.abs();
            outer_size += o0.abs() + o1.abs();
            let bend = |a: Lanes<S>, b: Lanes<S>, place: f64| (a + b - center * 2.0) * (0.5 / (place * place));
            let fourth = ((bend(i0, i1, INNER) - bend(o0, o1, OUTER)) * (1.0 / 3.0)).abs();
            let beyond = |far: Lanes<S>, from: [Lanes<S>; 5], inside: Lanes<S>| {
                let continued = (0..5).fold(zero, |sum, k| {
                    sum + from[k] * (inside * (CONTINUE_FACE[k] - CONTINUE_EDGE[k]) + CONTINUE_EDGE[k])
                });
                (far - continued).abs()
            };
            let deviation =
                beyond(s1, [o0, i0, center, i1, o1], inside[d][1]) + beyond(s0, [o1, i1, center, i0, o0], inside[d][0]);
            bent += fourth;
            sentinels += deviation;
            widest[d] = fourth + deviation * 0.1;
        }

        // Two axes at once.
        desk.points.clear();
        let (mut pairs, mut pairs_size) = (zero, zero);
        for i in 0..dimension {
            for j in i + 1..dimension {
                for (a, b) in [(-OUTER, -OUTER), (-OUTER, OUTER), (OUTER, -OUTER), (OUTER, OUTER)] {
                    desk.points.extend_from_slice(base);
                    let at = desk.points.len() - dimension;
                    desk.points[at + i] = (middle[i] + half[i] * a).to_array();
                    desk.points[at + j] = (middle[j] + half[j] * b).to_array();
                }
                if desk.points.len() >= BLOCK * dimension || i + 2 == dimension {
                    let (sum, size) = self.evaluate(simd, desk, &mut seen);
                    (pairs, pairs_size) = (pairs + sum, pairs_size + size);
                    desk.points.clear();
                }
            }
        }

        // The corners.
        let ends: [[Vector; 2]; MOST_DIMENSIONS] = std::array::from_fn(|d| {
            [(middle[d] - half[d] * CORNER).to_array(), (middle[d] + half[d] * CORNER).to_array()]
        });
        let all = (1u32 << dimension) - 1;
        desk.corners.clear();
        desk.corners.resize(2 * self.rule.diagonals().count(), [0.0; LANES]);
        let (mut corners, mut corners_size) = (zero, zero);
        let mut corner = 0u32;
        while corner <= all {
            let end = (corner + BLOCK as u32).min(all + 1);
            for corner in corner..end {
                desk.points.extend((0..dimension).map(|d| ends[d][1 - (corner >> d & 1) as usize]));
            }
            let (sum, size) = self.evaluate(simd, desk, &mut seen);
            (corners, corners_size) = (corners + sum, corners_size + size);
            desk.points.clear();
            for (k, diagonal) in self.rule.diagonals().enumerate() {
                for (k, at) in [(2 * k, diagonal), (2 * k + 1, all ^ diagonal)] {
                    if (corner..end).contains(&at) {
                        desk.corners[k] = desk.values[(at - corner) as usize];
                    }
                }
            }
            corner = end;
        }
        let width = seen.high - seen.low;

        // Far out on the diagonals.
        for diagonal in self.rule.diagonals() {
            for signs in [diagonal, all ^ diagonal] {
                desk.points.extend((0..dimension).map(|d| {
                    let down = signs >> d & 1 == 1;
                    let place = inside[d][usize::from(!down)] * (FACE - FAR_EDGE) + FAR_EDGE;
                    (middle[d] + half[d] * if down { -place } else { place }).to_array()
                }));
            }
        }
        self.evaluate(simd, desk, &mut seen);
        let mut surprise = zero;
        for (corners, far) in desk.corners.chunks_exact(2).zip(desk.values.chunks_exact(2)) {
            let [a, b] = [corners[0], corners[1]].map(|v| Lanes::from_array(simd, v));
            let even = ((a + b) * 0.5 - center) * (1.0 / (CORNER * CORNER)) + center;
            let odd = (a - b) * (0.5 / CORNER);
            for (far, expected) in [(far[0], even + odd), (far[1], even - odd)] {
                surprise += ((Lanes::from_array(simd, far) - expected).abs() - width * 0.5).max(zero);
            }
        }
        surprise *= 1.0 / desk.values.len() as f64;
        desk.points.clear();

        let d = dimension as f64;
        let [w1, w2, w3, w4, w5] = self.rule.seventh;
        let seventh = center * w1 + inner * w2 + outer * w3 + pairs * w4 + corners * w5;
        let [w1, w2, w3, w4] = self.rule.fifth;
        let fifth = center * w1 + inner * w2 + outer * w3 + pairs * w4;
        let mut third = bent;
        for (sum, nodes, squares) in [
            (inner, 2.0 * d, INNER * INNER),
            (outer, 2.0 * d, OUTER * OUTER),
            (pairs, 2.0 * d * (d - 1.0), 2.0 * OUTER * OUTER),
            (corners, d.exp2(), d * CORNER * CORNER),
        ] {
            let laplacian = (sum * (1.0 / nodes) - center) * (d / (3.0 * squares));
            third = third.max((center + laplacian - seventh).abs());
        }
        let [w1, w2, w3, w4, w5] = self.rule.seventh.map(f64::abs);
        let weighed = center.abs() * w1 + inner_size * w2 + outer_size * w3 + pairs_size * w4 + corners_size * w5;
        let size = (inner_size + outer_size + pairs_size + corners_size + center.abs())
            * (1.0 / (self.rule.evaluations() as f64 - 2.0 * d - desk.values.len() as f64));

        let [volume, seventh, fifth, third, sentinels, surprise] =
            [volume, seventh, fifth, third, sentinels, surprise].map(Lanes::to_array);
        let [weighed, size, width] = [weighed, size, width].map(Lanes::to_array);
        let widest: [Vector; MOST_DIMENSIONS] = widest.map(Lanes::to_array);
        for (lane, out) in out.iter_mut().enumerate() {
            let signs = BoxSigns {
                fifth: volume[lane] * (seventh[lane] - fifth[lane]),
                third: volume[lane] * third[lane],
                sentinels: volume[lane] * sentinels[lane],
            };
            let bounds = |d: usize| (boxes.lower[lane * dimension + d], boxes.upper[lane * dimension + d]);
            let noise = reach_of_rounding(boxes, lane) * width[lane] * volume[lane];
            let floor = 2.0 * f64::EPSILON * volume[lane] * weighed[lane] + 0.1 * noise;
            let claim = signs.claim();
            *out = SweptBox {
                estimate: volume[lane] * seventh[lane],
                error: if claim <= floor + noise { 0.0 } else { claim },
                surprise: volume[lane] * surprise[lane],
                floor,
                magnitude: volume[lane] * size[lane],
                promise: signs.promise(),
                axis: self.axis(|d| widest[d][lane], |d| bounds(d).1 - bounds(d).0),
                bad: seen.bad[lane].take(),
            };
        }
    }

    /// The axis to halve: of those on which the integrand is about as rough as on any, the longest in units of the whole.
    #[inline(always)]
    fn axis(&self, rough: impl Fn(usize) -> f64, width: impl Fn(usize) -> f64) -> u8 {
        let roughest = (0..self.rule.dimension).map(&rough).fold(0.0, f64::max);
        let mut best = (0, -1.0);
        for (d, axis) in self.axes.iter().enumerate() {
            if rough(d) >= 0.3 * roughest {
                let length = width(d) / (axis.upper - axis.lower);
                // Rounding decides nothing between equal lengths.
                let better = length > best.1 * (1.0 + 1e-9)
                    || length > best.1 * (1.0 - 1e-9) && rough(d) > rough(best.0) * (1.0 + 1e-9);
                if better {
                    best = (d, length);
                }
            }
        }
        best.0 as u8
    }

    /// The values at the points of the desk, in their place; their sum and that of their sizes.
    #[inline(always)]
    fn evaluate<S: Simd>(&self, simd: S, desk: &mut BoxDesk, seen: &mut Seen<S>) -> (Lanes<S>, Lanes<S>) {
        let count = desk.points.len() / self.rule.dimension;
        desk.values.clear();
        desk.values.resize(count, [0.0; LANES]);
        if self.axes.iter().all(|axis| axis.map == AxisMap::Plain) {
            self.values.values(&desk.points, &mut desk.values);
        } else {
            self.mapped(desk);
        }
        let zero = Lanes::splat(simd, 0.0);
        let (mut sum, mut size, mut nothing) = (zero, zero, zero);
        for value in &desk.values {
            let value = Lanes::from_array(simd, *value);
            sum += value;
            size += value.abs();
            nothing += value * 0.0;
            (seen.low, seen.high) = (seen.low.min(value), seen.high.max(value));
        }
        if nothing.is_nan().any() {
            self.find_bad(desk, &mut seen.bad);
        }
        (sum, size)
    }

    /// The integrand times dx/dt. The points become those of x.
    #[inline(never)]
    fn mapped(&self, desk: &mut BoxDesk) {
        let mut slopes = vec![[1.0; LANES]; desk.values.len()];
        for (point, slopes) in desk.points.chunks_exact_mut(self.rule.dimension).zip(&mut slopes) {
            for (axis, t) in self.axes.iter().zip(point) {
                for (t, slope) in t.iter_mut().zip(slopes.iter_mut()) {
                    let (x, by) = axis.map.point(*t);
                    *t = x;
                    *slope *= by;
                }
            }
        }
        self.values.values(&desk.points, &mut desk.values);
        for (values, slopes) in desk.values.iter_mut().zip(&slopes) {
            for (value, slope) in values.iter_mut().zip(slopes) {
                *value *= slope;
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn find_bad(&self, desk: &BoxDesk, bad: &mut [Option<Bad>; LANES]) {
        for (lane, bad) in bad.iter_mut().enumerate() {
            if let Some(i) = desk.values.iter().position(|value| !value[lane].is_finite())
                && bad.is_none()
            {
                let point = &desk.points[i * self.rule.dimension..][..self.rule.dimension];
                *bad = Some(Box::new((point.iter().map(|x| x[lane]).collect(), desk.values[i][lane])));
            }
        }
    }
}

/// The weights that continue the polynomial through the five nodes of an axis, from the farthest to the nearest, to a sentinel.
const CONTINUE_EDGE: [f64; 5] = continued(EDGE);
const CONTINUE_FACE: [f64; 5] = continued(FACE);

const fn continued(to: f64) -> [f64; 5] {
    let nodes = [-OUTER, -INNER, 0.0, INNER, OUTER];
    let mut weights = [1.0; 5];
    let mut i = 0;
    while i < 5 {
        let mut j = 0;
        while j < 5 {
            if i != j {
                weights[i] *= (to - nodes[j]) / (nodes[i] - nodes[j]);
            }
            j += 1;
        }
        i += 1;
    }
    weights
}
