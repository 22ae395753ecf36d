//! The fine sweep of boxes in two and three dimensions: Gauss's rule along each axis, for what is smooth.

use super::{BoxDesk, FACE, Seen, SimdBoxes, push, reach_of_rounding};
use crate::estimate::cubature::LineSigns;
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::{Boxes, SweptBox};
use crate::rule::gauss_line::{GaussLine, LINE, MOST_FINE, continued};

/// Sums over the lines of a box along one axis.
#[derive(Clone, Copy)]
struct Sums<S: Simd> {
    /// Of the sizes of components, from the highest down.
    components: [Lanes<S>; 6],
    integral: Lanes<S>,
    size: Lanes<S>,
}

impl SimdBoxes<'_> {
    /// The fine sweep of up to eight boxes.
    #[inline(always)]
    pub(super) fn fine_eight<S: Simd>(&self, simd: S, boxes: Boxes, out: &mut [SweptBox], desk: &mut BoxDesk) {
        let dimension = self.rule.dimension;
        let zero = Lanes::splat(simd, 0.0);
        let line = self.line;
        // The coordinates of the nodes on each axis.
        let (mut along, mut volume) = ([[[0.0; LANES]; LINE]; MOST_FINE], zero + 1.0);
        // Sentinels at both faces of each axis.
        let mut ends = [[[0.0; LANES]; 2]; MOST_FINE];
        for d in 0..dimension {
            let (mut lower, mut upper) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                let at = lane.min(out.len() - 1) * dimension + d;
                (lower[lane], upper[lane]) = (boxes.lower[at], boxes.upper[at]);
            }
            let (lower, upper) = (Lanes::from_array(simd, lower), Lanes::from_array(simd, upper));
            let width = upper - lower;
            volume *= width;
            for (to, &place) in along[d].iter_mut().zip(&line.places) {
                let at = if place <= 0.5 { lower + width * place } else { upper - width * (1.0 - place) };
                *to = at.to_array();
            }
            let short = width * (0.5 * (1.0 - FACE));
            ends[d] = [(lower + short).to_array(), (upper - short).to_array()];
        }
        let count = LINE.pow(dimension as u32);
        let mut seen = Seen::new(simd);
        desk.points.clear();
        desk.values.clear();
        // In layers of lines, which are in the cache when they are evaluated.
        for layer in 0..count / LINE {
            for x in 0..LINE {
                let mut rest = layer;
                desk.points.push(along[0][x]);
                for along in &along[1..dimension] {
                    desk.points.push(along[rest % LINE]);
                    rest /= LINE;
                }
            }
            if layer % LINE == LINE - 1 {
                self.evaluate(simd, desk, &mut seen);
                desk.points.clear();
            }
        }
        let middle = [along[0][LINE / 2], along[1][LINE / 2], along[2][LINE / 2]];
        for (d, ends) in ends[..dimension].iter().enumerate() {
            for &end in ends {
                push(&mut desk.points, &middle[..dimension]);
                let at = desk.points.len() - dimension + d;
                desk.points[at] = end;
            }
        }
        self.evaluate(simd, desk, &mut seen);
        desk.points.clear();
        let (grid, faces) = desk.values.split_at(count);
        let mut along = [Sums { components: [zero; 6], integral: zero, size: zero }; MOST_FINE];
        let mut sentinels = [zero; MOST_FINE];
        let face = continued(line, FACE);
        for d in 0..dimension {
            let stride = LINE.pow(d as u32);
            along[d] = lines(simd, line, grid, stride);
            let first = count / 2 - LINE / 2 * stride;
            for side in 0..2 {
                let mut expected = zero;
                for (k, &weight) in face.iter().enumerate() {
                    let at = if side == 0 { LINE - 1 - k } else { k };
                    expected += Lanes::from_array(simd, grid[first + at * stride]) * weight;
                }
                sentinels[d] += (Lanes::from_array(simd, faces[2 * d + side]) - expected).abs();
            }
        }
        let width = (seen.high - seen.low).to_array();
        let (volume, sum, size) = (volume.to_array(), along[0].integral.to_array(), along[0].size.to_array());
        let mut claims = [[0.0; LANES]; MOST_FINE];
        for d in 0..dimension {
            let [a, b, c, e, f, g] = along[d].components;
            let (high, low, lowest) = ((a + b).to_array(), (c + e).to_array(), (f + g).to_array());
            let sentinels = sentinels[d].to_array();
            for lane in 0..LANES {
                let components = [high[lane] * volume[lane], low[lane] * volume[lane], lowest[lane] * volume[lane]];
                claims[d][lane] = LineSigns { components, sentinels: volume[lane] * sentinels[lane] }.claim();
            }
        }
        for (lane, out) in out.iter_mut().enumerate() {
            let volume = volume[lane];
            let claims: [f64; MOST_FINE] = std::array::from_fn(|d| claims[d][lane]);
            let claim: f64 = claims.iter().sum();
            let noise = reach_of_rounding(boxes, lane) * width[lane] * volume;
            let floor = 2.0 * f64::EPSILON * volume * size[lane] + 0.1 * noise;
            let roughest = (1..dimension).fold(0, |best, d| if claims[d] > claims[best] { d } else { best });
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

/// The sums over the lines along the axis whose neighbours are `stride` apart.
#[inline(always)]
fn lines<S: Simd>(simd: S, line: &GaussLine, values: &[[f64; LANES]], stride: usize) -> Sums<S> {
    let zero = Lanes::splat(simd, 0.0);
    let mut sums = Sums { components: [zero; 6], integral: zero, size: zero };
    for number in 0..values.len() / LINE {
        // The other coordinates of the line, as digits.
        let (below, above) = (number % stride, number / stride);
        let (mut weight, mut rest, mut left) = (1.0, number, values.len() / LINE);
        while left > 1 {
            weight *= line.weights[rest % LINE];
            (rest, left) = (rest / LINE, left / LINE);
        }
        let first = below + above * stride * LINE;
        let (mut components, mut integral, mut size) = ([zero; 6], zero, zero);
        for k in 0..LINE {
            let value = Lanes::from_array(simd, values[first + k * stride]);
            for (sum, table) in components.iter_mut().zip(&line.components) {
                *sum += value * table[k];
            }
            let weighed = value * line.weights[k];
            integral += weighed;
            size += weighed.abs();
        }
        for (sum, component) in sums.components.iter_mut().zip(components) {
            *sum += component.abs() * weight;
        }
        sums.integral += integral * weight;
        sums.size += size * weight;
    }
    sums
}
