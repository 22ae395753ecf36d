//! The fine sweep of boxes in two and three dimensions: Gauss's rule along each axis, for what is smooth.

use super::{BoxDesk, Seen, SimdBoxes};
use crate::estimate::cubature::{LineSigns, hidden};
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::{Bad, Boxes, SweptBox};
use crate::rule::Vector;
use crate::rule::fully_symmetric::FACE;
use crate::rule::gauss_line::{GaussLine, LINE, MOST_FINE};

/// What the lines of a box along one axis show.
struct Sums<S: Simd> {
    /// The mean over lines of the sizes of components, in pairs of degrees from the highest down.
    components: [Lanes<S>; 3],
    /// The integral and that of |f|, for a box of volume one.
    integral: Lanes<S>,
    size: Lanes<S>,
}

impl SimdBoxes<'_> {
    /// The fine sweep of up to eight boxes.
    #[inline(always)]
    pub(super) fn fine_eight<S: Simd>(&self, simd: S, boxes: Boxes, out: &mut [SweptBox], desk: &mut BoxDesk) {
        let (dimension, zero, line) = (self.axes.len(), Lanes::splat(simd, 0.0), self.line);
        let frame = self.frame(simd, boxes, desk);
        for (d, row) in desk.rows.iter_mut().enumerate() {
            let (middle, half) = (frame.middle[d], frame.half[d]);
            for (to, place) in row.iter_mut().zip(line.places.iter().chain(&[-FACE, FACE])) {
                *to = (middle + half * *place).to_array();
            }
        }
        self.map_rows(desk);
        let nodes = &line.grids[dimension - 2];
        let all = self.evaluate(simd, nodes, desk);
        let count = LINE.pow(dimension as u32);
        let (grid, corners) = desk.values[..all].split_at(count);
        let (mut seen, mut sizes) = (Seen::new(simd), zero);
        seen.sum(simd, corners, &mut sizes);
        let along = lines::<_, true>(simd, line, grid, 1, &mut seen);
        let (sum, size) = (along.integral, along.size);
        let mut components = [along.components; MOST_FINE];
        for (d, components) in components.iter_mut().enumerate().take(dimension).skip(1) {
            *components = lines::<_, false>(simd, line, grid, LINE.pow(d as u32), &mut seen).components;
        }
        // The polynomial through all nodes, at the corners: axis by axis, each list of values becoming one for either
        // end.
        desk.lines.clear();
        ends(simd, grid, &line.face, &mut desk.lines);
        for _ in 1..dimension {
            desk.corners.clear();
            ends(simd, &desk.lines, &line.face, &mut desk.corners);
            std::mem::swap(&mut desk.lines, &mut desk.corners);
        }
        let mut sentinels = zero;
        for (expected, found) in desk.lines.iter().zip(corners) {
            sentinels += (Lanes::from_array(simd, *found) - Lanes::from_array(simd, *expected)).abs();
        }
        // Added up over the two faces of an axis, in the mean over their corners.
        let sentinels = (sentinels * (2.0 / corners.len() as f64)).to_array();
        let (low, high) = (seen.low.to_array(), seen.high.to_array());
        let sizes = (sizes + size).to_array();
        let (volume, sum, size) = (frame.volume.to_array(), sum.to_array(), size.to_array());
        let reach = frame.reach.to_array();
        let (mut claims, mut next) = ([[0.0; LANES]; MOST_FINE], [0.0; LANES]);
        for d in 0..dimension {
            let [high, low, lowest] = components[d].map(|lanes| lanes.to_array());
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
            let noise = reach[lane] * (high[lane] - low[lane]) * volume;
            let floor = 2.0 * f64::EPSILON * volume * size[lane] + 0.1 * noise;
            let roughest = (1..dimension).fold(0, |best, d| if claims[d] > claims[best] { d } else { best });
            *out = SweptBox {
                estimate: volume * sum[lane],
                error: if claim <= floor + noise { 0.0 } else { claim },
                surprise: 0.0,
                floor,
                magnitude: volume * size[lane],
                low: low[lane],
                high: high[lane],
                axis: roughest as u8,
                promise: f64::INFINITY,
                bad: (!sizes[lane].is_finite()).then(Bad::default),
            };
        }
    }
}

/// The polynomials through the nodes of lines, next to their lower ends, then next to their upper ends.
#[inline(always)]
fn ends<S: Simd>(simd: S, values: &[Vector], face: &[f64; LINE], to: &mut Vec<Vector>) {
    for side in [0, 1] {
        for values in values.as_chunks::<LINE>().0 {
            let mut sum = Lanes::splat(simd, 0.0);
            for (k, &weight) in face.iter().enumerate() {
                let value = Lanes::from_array(simd, values[if side == 0 { LINE - 1 - k } else { k }]);
                sum = value.mul_add(Lanes::splat(simd, weight), sum);
            }
            to.push(sum.to_array());
        }
    }
}

/// What the lines along the axis whose neighbours are `stride` apart show; the sums, too, and what is to be seen, for
/// the first.
#[inline(always)]
fn lines<S: Simd, const FIRST: bool>(
    simd: S,
    line: &GaussLine,
    values: &[Vector],
    stride: usize,
    seen: &mut Seen<S>,
) -> Sums<S> {
    const MIDDLE: usize = LINE / 2;
    let zero = Lanes::splat(simd, 0.0);
    let mut sums = Sums { components: [zero; 3], integral: zero, size: zero };
    for block in 0..values.len() / (LINE * stride) {
        for below in 0..stride {
            // The other coordinates of the line are digits of these.
            let mut weight = 1.0;
            if stride > 1 {
                weight *= line.weights[below % LINE];
            }
            if stride > LINE {
                weight *= line.weights[below / LINE];
            }
            if values.len() > LINE * stride {
                weight *= line.weights[block % LINE];
            }
            if values.len() > LINE * LINE * stride {
                weight *= line.weights[block / LINE];
            }
            let first = below + block * stride * LINE;
            let at = |k: usize| Lanes::from_array(simd, values[first + k * stride]);
            // Even components see the sums of mirror images only, odd ones their differences.
            let middle = at(MIDDLE);
            let mut components = [zero; 6];
            for k in 0..3 {
                components[2 * k] = middle * line.components[2 * k][MIDDLE];
            }
            let (mut integral, mut size) = (zero, zero);
            if FIRST {
                let (_, magnitude) = seen.take(simd, &values[first + MIDDLE]);
                (integral, size) = (middle * line.weights[MIDDLE], magnitude * line.weights[MIDDLE]);
            }
            for k in 0..MIDDLE {
                let (lower, upper) = (at(k), at(LINE - 1 - k));
                let (even, odd) = (upper + lower, upper - lower);
                for m in 0..3 {
                    let [c, d] = [2 * m, 2 * m + 1].map(|m| Lanes::splat(simd, line.components[m][LINE - 1 - k]));
                    components[2 * m] = even.mul_add(c, components[2 * m]);
                    components[2 * m + 1] = odd.mul_add(d, components[2 * m + 1]);
                }
                if FIRST {
                    let ((_, below), (_, above)) =
                        (seen.take(simd, &values[first + k]), seen.take(simd, &values[first + LINE - 1 - k]));
                    integral += even * line.weights[k];
                    size += (below + above) * line.weights[k];
                }
            }
            for k in 0..3 {
                sums.components[k] += (components[2 * k].abs() + components[2 * k + 1].abs()) * weight;
            }
            if FIRST {
                sums.integral += integral * weight;
                sums.size += size * weight;
            }
        }
    }
    sums
}
