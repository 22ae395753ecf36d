//! The fine sweep of boxes in two and three dimensions: Fejér's rule of 15 nodes along each axis, for what is smooth.

use super::{BoxDesk, Seen, SimdBoxes, reach_of_rounding};
use crate::estimate::{Signs, cubature::claim_of_axes};
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::{Boxes, SweptBox};
use crate::rule::{FEJER, Vector};

/// Nodes along an axis.
pub(crate) const LINE: usize = 15;

/// The tables of the rule, node by node: place in a box from 0 to 1, weights, weights of the embedded rule less those, null rules.
struct Tables {
    places: [f64; LINE],
    weights: [f64; LINE],
    signs: [[f64; LINE]; 5],
}

fn tables() -> Tables {
    let rung = &FEJER.rungs[0];
    let row = |table: &[Vector]| -> [f64; LINE] { std::array::from_fn(|i| table[i / LANES][i % LANES]) };
    let (offsets, weights) = (row(FEJER.nodes), row(rung.weights));
    let mut embedded = [0.0; LINE];
    embedded[..LANES].copy_from_slice(&FEJER.embedded[0]);
    let difference = std::array::from_fn(|i| embedded[i] - weights[i]);
    let [a, b, c, d] = rung.nulls.map(row);
    Tables {
        places: offsets.map(|offset| if offset > 0.0 { offset } else { 1.0 + offset }),
        weights,
        signs: [difference, a, b, c, d],
    }
}

impl SimdBoxes<'_> {
    /// The fine sweep of up to eight boxes.
    #[inline(always)]
    pub(super) fn fine_eight<S: Simd>(&self, simd: S, boxes: Boxes, out: &mut [SweptBox], desk: &mut BoxDesk) {
        let dimension = self.rule.dimension;
        let zero = Lanes::splat(simd, 0.0);
        let tables = tables();
        // The coordinates of the nodes on each axis.
        let (mut along, mut volume) = ([[[0.0; LANES]; LINE]; 3], zero + 1.0);
        for (d, along) in along[..dimension].iter_mut().enumerate() {
            let [lower, upper] = [boxes.lower, boxes.upper].map(|bounds| {
                Lanes::from_array(simd, std::array::from_fn(|lane| bounds[lane.min(out.len() - 1) * dimension + d]))
            });
            volume *= upper - lower;
            for (to, place) in along.iter_mut().zip(tables.places) {
                *to = if place <= 0.5 {
                    lower + (upper - lower) * place
                } else {
                    upper - (upper - lower) * (1.0 - place)
                }
                .to_array();
            }
        }
        let count = LINE.pow(dimension as u32);
        desk.points.clear();
        for i in 0..count {
            let mut rest = i;
            desk.points.extend(along[..dimension].iter().map(|along| {
                let at = rest % LINE;
                rest /= LINE;
                along[at]
            }));
        }
        let mut seen = Seen::new(simd);
        self.evaluate(simd, desk, &mut seen);
        desk.points.clear();
        let value = |i: usize| Lanes::from_array(simd, desk.values[i]);
        let (mut sum, mut size) = (zero, zero);
        let mut signs = [[zero; 5]; 3];
        for (d, signs) in signs[..dimension].iter_mut().enumerate() {
            let stride = LINE.pow(d as u32);
            for line in 0..count / LINE {
                // The other coordinates of the line, as digits.
                let (below, above) = (line % stride, line / stride);
                let first = below + above * stride * LINE;
                let mut weight = 1.0;
                let mut rest = line;
                for _ in 1..dimension {
                    weight *= tables.weights[rest % LINE];
                    rest /= LINE;
                }
                for (sign, table) in signs.iter_mut().zip(&tables.signs) {
                    let line = (0..LINE).fold(zero, |sum, k| sum + value(first + k * stride) * table[k]);
                    *sign += line.abs() * weight;
                }
                if d == 0 {
                    let line = (0..LINE).fold((zero, zero), |(sum, size), k| {
                        let value = value(first + k) * tables.weights[k];
                        (sum + value, size + value.abs())
                    });
                    (sum, size) = (sum + line.0 * weight, size + line.1 * weight);
                }
            }
        }
        let width = (seen.high - seen.low).to_array();
        let [volume, sum, size] = [volume, sum, size].map(Lanes::to_array);
        let signs = signs.map(|signs| signs.map(Lanes::to_array));
        for (lane, out) in out.iter_mut().enumerate() {
            let volume = volume[lane];
            let raw = |d: usize| {
                let [difference, a, b, c, e] = signs[d].map(|sign| sign[lane] * volume);
                Signs { difference, surprise: 0.0, nulls: [a, b, c, e], variation: width[lane] * volume }.raw()
            };
            let raws: [f64; 3] = std::array::from_fn(|d| if d < dimension { raw(d) } else { 0.0 });
            let claim = claim_of_axes(&raws);
            let noise = reach_of_rounding(boxes, lane) * width[lane] * volume;
            let floor = 2.0 * f64::EPSILON * volume * size[lane] + 0.1 * noise;
            let roughest = (1..dimension).fold(0, |best, d| if raws[d] > raws[best] { d } else { best });
            *out = SweptBox {
                estimate: volume * sum[lane],
                error: if claim <= floor + noise { 0.0 } else { claim },
                surprise: 0.0,
                floor,
                magnitude: volume * size[lane],
                axis: roughest as u8,
                promise: f64::INFINITY,
                bad: seen.bad[lane].take(),
            };
        }
    }
}
