//! The SIMD kernel of boxes: Genz and Malik's rule with sentinels, on eight boxes at a time.
//!
//! A lane is a box, so that every node is one vector for each coordinate and all sums stay within their lanes: what a box gives
//! does not depend on its neighbours in the vector. It asks for values through [`PointValues`], so it is compiled once for
//! each level and not again for every integrand.

mod line;
mod tensor;
mod values;

use crate::estimate::cubature::{BoxSigns, SENTINELS, SMOOTH};
use crate::integrand::point_values::PointValues;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Axis, Bad, Boxes, SweptBox};
use crate::rule::Vector;
use crate::rule::gauss_line::{GaussLine, MOST_FINE};
use crate::rule::genz_malik::{CORNER, GenzMalik, INNER, MOST_DIMENSIONS, OUTER};

/// Vectors evaluated at once.
const BLOCK: usize = 32;

/// Where sentinels stand, in half widths: next to a face, where a step would be seen by no node of the boxes on both sides; on
/// diagonals, at corners of the whole, where a singularity may be, within.
const FACE: f64 = 1.0 - 1e-6;
const CORNER_OF_ALL: f64 = 0.98;

/// An integrand and its rule, ready to sweep boxes.
pub(crate) struct SimdBoxes<'a> {
    pub values: &'a dyn PointValues,
    pub rule: &'a GenzMalik,
    pub line: &'a GaussLine,
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
            let (mut lower, mut upper, mut ones) = ([0.0; LANES], [0.0; LANES], [[0.0; LANES]; 2]);
            for lane in 0..LANES {
                let at = lane.min(out.len() - 1) * dimension + d;
                (lower[lane], upper[lane]) = (boxes.lower[at], boxes.upper[at]);
                ones[0][lane] = f64::from(u8::from(lower[lane] != axis.lower));
                ones[1][lane] = f64::from(u8::from(upper[lane] != axis.upper));
            }
            inside[d] = [Lanes::from_array(simd, ones[0]), Lanes::from_array(simd, ones[1])];
            let (lower, upper) = (Lanes::from_array(simd, lower), Lanes::from_array(simd, upper));
            half[d] = (upper - lower) * 0.5;
            middle[d] = lower + half[d];
            volume *= upper - lower;
        }
        let mut seen = Seen::new(simd);
        let mut base = [[0.0; LANES]; MOST_DIMENSIONS];
        for d in 0..dimension {
            base[d] = middle[d].to_array();
        }
        let base = &base[..dimension];

        // The middle and the axes.
        desk.points.clear();
        desk.values.clear();
        push(&mut desk.points, base);
        for d in 0..dimension {
            for place in [-INNER, INNER, -OUTER, OUTER, -FACE, FACE] {
                push(&mut desk.points, base);
                let at = desk.points.len() - dimension + d;
                desk.points[at] = (middle[d] + half[d] * place).to_array();
            }
        }
        self.evaluate(simd, desk, &mut seen);
        std::mem::swap(&mut desk.axes, &mut desk.values);
        let center = Lanes::from_array(simd, desk.axes[0]);
        let (mut inner, mut outer, mut sentinels, mut rough, mut bent) = (zero, zero, zero, zero, zero);
        let (mut inner_size, mut outer_size) = (zero, zero);
        let mut widest = [[0.0; LANES]; MOST_DIMENSIONS];
        for (d, widest) in widest.iter_mut().enumerate().take(dimension) {
            let mut of = [zero; 6];
            for (of, value) in of.iter_mut().zip(&desk.axes[1 + 6 * d..]) {
                *of = Lanes::from_array(simd, *value);
            }
            let [i0, i1, o0, o1, s0, s1] = of;
            (inner, outer) = (inner + (i0 + i1), outer + (o0 + o1));
            inner_size += i0.abs() + i1.abs();
            outer_size += o0.abs() + o1.abs();
            let bend_inner = (i0 + i1 - center * 2.0) * (0.5 / (INNER * INNER));
            let bend_outer = (o0 + o1 - center * 2.0) * (0.5 / (OUTER * OUTER));
            let fourth = ((bend_inner - bend_outer) * (1.0 / 3.0)).abs();
            let deviation = (s1 - continued_to_face([o0, i0, center, i1, o1])).abs()
                + (s0 - continued_to_face([o1, i1, center, i0, o0])).abs();
            bent += fourth;
            sentinels += deviation;
            rough += (deviation * (SMOOTH * SENTINELS)).gt(fourth).select(deviation, zero);
            *widest = (fourth + deviation * 0.1).to_array();
        }

        // Two axes at once.
        desk.points.clear();
        desk.values.clear();
        let (mut pairs, mut pairs_size) = (zero, zero);
        for i in 0..dimension {
            for j in i + 1..dimension {
                for (a, b) in [(-OUTER, -OUTER), (-OUTER, OUTER), (OUTER, -OUTER), (OUTER, OUTER)] {
                    push(&mut desk.points, base);
                    let at = desk.points.len() - dimension;
                    desk.points[at + i] = (middle[i] + half[i] * a).to_array();
                    desk.points[at + j] = (middle[j] + half[j] * b).to_array();
                }
                if desk.points.len() >= BLOCK * dimension || i + 2 == dimension {
                    let (sum, size) = self.evaluate(simd, desk, &mut seen);
                    (pairs, pairs_size) = (pairs + sum, pairs_size + size);
                    desk.points.clear();
                    desk.values.clear();
                }
            }
        }

        // The corners.
        let mut ends = [[[0.0; LANES]; 2]; MOST_DIMENSIONS];
        for d in 0..dimension {
            ends[d] = [(middle[d] - half[d] * CORNER).to_array(), (middle[d] + half[d] * CORNER).to_array()];
        }
        let all = (1u32 << dimension) - 1;
        desk.corners.clear();
        desk.corners.resize(2 * self.rule.diagonals().count(), [0.0; LANES]);
        let (mut corners, mut corners_size) = (zero, zero);
        let mut corner = 0u32;
        while corner <= all {
            let end = (corner + BLOCK as u32).min(all + 1);
            for corner in corner..end {
                for d in 0..dimension {
                    desk.points.push(ends[d][1 - (corner >> d & 1) as usize]);
                }
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
            desk.values.clear();
            corner = end;
        }
        let width = seen.high - seen.low;

        // Far out on the diagonals.
        for diagonal in self.rule.diagonals() {
            for signs in [diagonal, all ^ diagonal] {
                for d in 0..dimension {
                    let down = signs >> d & 1 == 1;
                    let place = inside[d][usize::from(!down)] * (FACE - CORNER_OF_ALL) + CORNER_OF_ALL;
                    desk.points.push((middle[d] + half[d] * if down { -place } else { place }).to_array());
                }
            }
        }
        self.evaluate(simd, desk, &mut seen);
        let mut surprise = zero;
        for (corners, far) in desk.corners.chunks_exact(2).zip(desk.values.chunks_exact(2)) {
            let (a, b) = (Lanes::from_array(simd, corners[0]), Lanes::from_array(simd, corners[1]));
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

        let (volume, seventh, fifth, third) =
            (volume.to_array(), seventh.to_array(), fifth.to_array(), third.to_array());
        let (sentinels, rough, surprise) = (sentinels.to_array(), rough.to_array(), surprise.to_array());
        let (weighed, size, width) = (weighed.to_array(), size.to_array(), width.to_array());
        for (lane, out) in out.iter_mut().enumerate() {
            let signs = BoxSigns {
                fifth: volume[lane] * (seventh[lane] - fifth[lane]),
                third: volume[lane] * third[lane],
                sentinels: volume[lane] * sentinels[lane],
                rough: volume[lane] * rough[lane],
            };
            let bounds = |d: usize| (boxes.lower[lane * dimension + d], boxes.upper[lane * dimension + d]);
            let noise = reach_of_rounding(boxes, lane) * width[lane] * volume[lane];
            let floor = 2.0 * f64::EPSILON * volume[lane] * weighed[lane] + 0.1 * noise;
            let claim = signs.claim(dimension > MOST_FINE);
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
}

/// One point more. (Short loops in place: a call copies no faster, and closures would not be compiled for the level.)
#[inline(always)]
fn push(points: &mut Vec<Vector>, point: &[Vector]) {
    for x in point {
        points.push(*x);
    }
}

/// The polynomial through the five nodes of an axis, from the farthest to the nearest, where the sentinel stands.
#[inline(always)]
fn continued_to_face<S: Simd>(from: [Lanes<S>; 5]) -> Lanes<S> {
    let mut sum = from[0] * CONTINUE[0];
    for k in 1..5 {
        sum += from[k] * CONTINUE[k];
    }
    sum
}

/// The weights for that.
const CONTINUE: [f64; 5] = continued(FACE);

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
