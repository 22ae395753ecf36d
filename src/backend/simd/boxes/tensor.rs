//! The fine sweep of boxes in two and three dimensions: Gauss's rule along each axis, for what is smooth.

use super::{BoxDesk, FACE, Seen, SimdBoxes, reach_of_rounding};
use crate::estimate::cubature::{LineSigns, hidden};
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
        // The coordinates of sentinels in the corners: whatever a plane cuts off from a box has one.
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
        for corner in 0..1 << dimension {
            for (d, ends) in ends[..dimension].iter().enumerate() {
                desk.points.push(ends[corner >> d & 1]);
            }
        }
        self.evaluate(simd, desk, &mut seen);
        desk.points.clear();
        let (grid, corners) = desk.values.split_at(count);
        let mut along = [Sums { components: [zero; 6], integral: zero, size: zero }; MOST_FINE];
        for (d, along) in along.iter_mut().enumerate().take(dimension) {
            *along = lines(simd, line, grid, LINE.pow(d as u32));
        }
        // The polynomial through all nodes, at the corners: axis by axis, each list of values becoming one for either end.
        let face = continued(line, FACE);
        desk.axes.clear();
        desk.axes.extend_from_slice(grid);
        for d in 0..dimension {
            desk.corners.clear();
            for side in [0, 1] {
                for values in desk.axes.as_chunks::<LINE>().0 {
                    desk.corners.push(end(simd, values, &face, side).to_array());
                }
            }
            std::mem::swap(&mut desk.axes, &mut desk.corners);
            debug_assert_eq!(desk.axes.len(), (2 << d) * LINE.pow((dimension - d - 1) as u32));
        }
        let mut sentinels = zero;
        for (expected, found) in desk.axes.iter().zip(corners) {
            sentinels += (Lanes::from_array(simd, *found) - Lanes::from_array(simd, *expected)).abs();
        }
        // Added up over the two faces of an axis, in the mean over their corners.
        let sentinels = (sentinels * (2.0 / corners.len() as f64)).to_array();
        let width = (seen.high - seen.low).to_array();
        let (volume, sum, size) = (volume.to_array(), along[0].integral.to_array(), along[0].size.to_array());
        let (mut claims, mut next) = ([[0.0; LANES]; MOST_FINE], [0.0; LANES]);
        for d in 0..dimension {
            let [a, b, c, e, f, g] = along[d].components;
            let (high, low, lowest) = ((a + b).to_array(), (c + e).to_array(), (f + g).to_array());
            for lane in 0..LANES {
                let signs = LineSigns { components: [high[lane], low[lane], lowest[lane]] };
                claims[d][lane] = volume[lane] * signs.claim();
                next[lane] += signs.next();
            }
        }
        for (lane, out) in out.iter_mut().enumerate() {
            let volume = volume[lane];
            let claims: [f64; MOST_FINE] = std::array::from_fn(|d| claims[d][lane]);
            let claim = claims.iter().sum::<f64>() + volume * hidden(sentinels[lane], next[lane]);
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

/// The polynomial through the nodes of a line, at its lower or upper end.
#[inline(always)]
fn end<S: Simd>(simd: S, values: &[[f64; LANES]; LINE], face: &[f64; LINE], side: usize) -> Lanes<S> {
    let mut sum = Lanes::splat(simd, 0.0);
    for (k, &weight) in face.iter().enumerate() {
        sum += Lanes::from_array(simd, values[if side == 0 { LINE - 1 - k } else { k }]) * weight;
    }
    sum
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
