//! The sweep of boxes by a fully symmetric rule.

use super::{BoxDesk, Frame, Seen, SimdBoxes};
use crate::estimate::cubature::{LineSigns, across, along, next};
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::{Bad, Boxes, SweptBox};
use crate::rule::Vector;
use crate::rule::fully_symmetric::{FullySymmetric, MOST_DIMENSIONS};
use crate::rule::gauss_line::MOST_FINE;

/// Triples that are evaluated at once.
const TRIPLES: usize = 16;

/// What the nodes on the axes show.
pub(super) struct Lines<S: Simd> {
    center: Lanes<S>,
    /// The sums over the axes of the values at X, Y, V, and of their sizes.
    sums: [Lanes<S>; 3],
    sizes: [Lanes<S>; 3],
    /// The even parts at X and Y of each axis, less the middle.
    even: [[Lanes<S>; 2]; MOST_DIMENSIONS],
    /// The polynomials of the axes at Z, less the middle, added up.
    at_corner: Lanes<S>,
    /// The sum over the axes of the sizes of the components in P₄; that of the lowest ones.
    fourth: Lanes<S>,
    lowest: Lanes<S>,
    /// What is claimed in all; how rough each axis is, and the sum of the powers of two of those that are rough.
    claimed: Vector,
    size: [Vector; MOST_DIMENSIONS],
    rough: Vector,
    /// What a fine sweep is expected to leave.
    promise: Vector,
}

/// Sums over nodes that are on no axis: those of all corners, and the sizes of (X, X), (X, Y), (X, X, X) and corners.
pub(super) struct Sums<S: Simd> {
    pub corners: Lanes<S>,
    pub sizes: [Lanes<S>; 4],
}

/// What there is of eight boxes when all nodes are evaluated; the rest is on the desk.
pub(super) struct Sweep<'a, S: Simd> {
    pub rule: &'a FullySymmetric,
    pub frame: Frame<S>,
    pub lines: Lines<S>,
    pub sums: Sums<S>,
    pub seen: Seen<S>,
}

impl SimdBoxes<'_> {
    /// How rough the integrand is on each axis of the whole; the set of those on which it is, and the largest |f|.
    #[inline(always)]
    pub(super) fn look_along<S: Simd>(
        &self,
        simd: S,
        whole: Boxes,
        desk: &mut BoxDesk,
    ) -> Result<(Vec<f64>, u32, f64), Bad> {
        let (rule, mut seen) = (self.seventh, Seen::new(simd));
        let frame = self.frame(simd, whole, desk);
        self.set_rows(rule, &frame, desk);
        self.evaluate_one(&rule.lines, desk);
        let lines = self.lines(simd, rule, desk, &mut seen);
        let is_finite = (seen.size.to_array()[0] + lines.center.to_array()[0]).is_finite();
        if let Some(bad) = (!is_finite).then(|| self.first_bad(&rule.lines, desk)).flatten() {
            return Err(bad);
        }
        let peak = seen.high.max(-seen.low).to_array()[0];
        Ok((lines.size[..rule.dimension].iter().map(|size| size[0]).collect(), lines.rough[0] as u32, peak))
    }

    /// The middle and the axes, by the values of the desk.
    #[inline(always)]
    pub(super) fn lines<S: Simd>(
        &self,
        simd: S,
        rule: &FullySymmetric,
        desk: &BoxDesk,
        seen: &mut Seen<S>,
    ) -> Lines<S> {
        let zero = Lanes::splat(simd, 0.0);
        let (center, size) = seen.take(simd, &desk.values[0]);
        seen.size += size;
        let mut lines = Lines {
            center,
            sums: [zero; 3],
            sizes: [zero; 3],
            even: [[zero; 2]; MOST_DIMENSIONS],
            at_corner: zero,
            fourth: zero,
            lowest: zero,
            claimed: [0.0; LANES],
            size: [[0.0; LANES]; MOST_DIMENSIONS],
            rough: [0.0; LANES],
            promise: [0.0; LANES],
        };
        let square = rule.places[4] * rule.places[4];
        let next = next(rule.ninth, rule.dimension);
        let per_axis = if rule.ninth { 8 } else { 6 };
        for d in 0..rule.dimension {
            let (values, power) = (&desk.values[1 + d * per_axis..], (1u64 << d) as f64);
            let (mut powers, mut even, mut odd) = ([zero; 4], [zero; 3], [zero; 3]);
            // X, Y, V, and the face, which has no weight.
            for k in 0..4 {
                if k == 2 && !rule.ninth {
                    continue;
                }
                let first = if k == 3 { per_axis - 2 } else { 2 * k };
                let ((below, size_below), (above, size_above)) =
                    (seen.take(simd, &values[first]), seen.take(simd, &values[first + 1]));
                let size = size_below + size_above;
                if k < 3 {
                    lines.sums[k] += below + above;
                    lines.sizes[k] += size;
                }
                seen.size += size;
                let e = (below + above) * 0.5 - center;
                let o = (above - below) * 0.5;
                if k < 2 {
                    lines.even[d][k] = e;
                }
                for (power, table) in powers.iter_mut().zip(&rule.axis.powers) {
                    *power += e * table[k];
                }
                for m in 0..3 {
                    even[m] += e * rule.axis.even[m][k];
                    odd[m] += o * rule.axis.odd[m][k];
                }
            }
            let [a1, a2, a3, a4] = powers;
            lines.at_corner += (((a4 * square + a3) * square + a2) * square + a1) * square;
            lines.fourth += even[if rule.ninth { 2 } else { 1 }].abs();
            lines.lowest += even[2].abs();
            let [e0, e1, e2] = [even[0].to_array(), even[1].to_array(), even[2].to_array()];
            let [o0, o1, o2] = [odd[0].to_array(), odd[1].to_array(), odd[2].to_array()];
            for lane in 0..LANES {
                let claim = along([e0[lane], e1[lane], e2[lane]], [o0[lane], o1[lane], o2[lane]], next);
                lines.claimed[lane] += claim.error;
                lines.size[d][lane] = claim.size;
                lines.rough[lane] += claim.rough * power;
            }
            if rule.dimension <= MOST_FINE {
                for lane in 0..LANES {
                    let (even, odd) = ([e0[lane], e1[lane], e2[lane]], [o0[lane], o1[lane], o2[lane]]);
                    lines.promise[lane] += LineSigns::of(even, odd, rule.ninth).claim();
                }
            }
        }
        lines
    }

    #[inline(always)]
    pub(super) fn sweep_eight<S: Simd>(
        &self,
        simd: S,
        rule: &FullySymmetric,
        boxes: Boxes,
        out: &mut [SweptBox],
        desk: &mut BoxDesk,
    ) {
        let frame = self.frame(simd, boxes, desk);
        self.set_rows(rule, &frame, desk);
        let mut seen = Seen::new(simd);
        self.evaluate(simd, &rule.lines, desk);
        let lines = self.lines(simd, rule, desk, &mut seen);
        let sums = self.sums(simd, rule, desk, &mut seen);
        if desk.outer.is_empty() {
            self.evaluate(simd, &rule.far, desk);
        }
        let sweep = Sweep { rule, frame, lines, sums, seen };
        if self.judge(simd, sweep, out, desk) {
            out.iter_mut().filter(|one| !one.magnitude.is_finite()).for_each(|one| one.bad = Some(Bad::default()));
        }
    }

    /// The sums over the nodes that are on no axis; those of pairs and triples go to the desk.
    #[inline(always)]
    fn sums<S: Simd>(&self, simd: S, rule: &FullySymmetric, desk: &mut BoxDesk, seen: &mut Seen<S>) -> Sums<S> {
        let (dimension, zero) = (rule.dimension, Lanes::splat(simd, 0.0));
        let [mut pairs_size, mut mixed_size, mut triples_size, mut corners_size] = [zero; 4];
        let count = self.evaluate(simd, &rule.pairs, desk);
        desk.pair_sums.clear();
        desk.outer.clear();
        if dimension == 2 {
            desk.outer.extend_from_slice(&desk.values[..count]);
        }
        for (k, values) in desk.values[..count].chunks_exact(4).enumerate() {
            // (X, X), and of degree 9 (X, Y) and (Y, X).
            let size = if rule.ninth && k % 3 > 0 { &mut mixed_size } else { &mut pairs_size };
            let sum = seen.sum(simd, values, size);
            desk.pair_sums.push(sum.to_array());
        }
        desk.triple_sums.clear();
        for nodes in rule.triples.chunks(8 * TRIPLES * dimension) {
            let count = self.evaluate(simd, nodes, desk);
            if dimension == 3 {
                desk.outer.extend_from_slice(&desk.values[..count]);
            }
            for values in desk.values[..count].chunks_exact(8) {
                let sum = seen.sum(simd, values, &mut triples_size);
                desk.triple_sums.push(sum.to_array());
            }
        }
        let mut corners = zero;
        let (block, all) = (rule.block_axes(), (1u32 << dimension) - 1);
        desk.corners.clear();
        desk.corners.resize(2 * rule.diagonals.len(), [0.0; LANES]);
        for first in (0..=all).step_by(1 << block) {
            self.hold(first, rule, desk);
            let count = self.evaluate(simd, &rule.corners, desk);
            // A corner's number has a one where it is below; the list begins with all below.
            corners += seen.sum(simd, &desk.values[..count], &mut corners_size);
            for (k, diagonal) in rule.diagonals.iter().enumerate() {
                for (k, signs) in [(2 * k, diagonal), (2 * k + 1, &(all ^ diagonal))] {
                    if signs & all & !(count as u32 - 1) == first {
                        desk.corners[k] = desk.values[count - 1 - (*signs as usize & (count - 1))];
                    }
                }
            }
        }
        Sums { corners, sizes: [pairs_size, mixed_size, triples_size, corners_size] }
    }

    /// What the sums say, and the sentinels whose values are on the desk; whether a value is not finite.
    #[inline(always)]
    pub(super) fn judge<S: Simd>(&self, simd: S, sweep: Sweep<S>, out: &mut [SweptBox], desk: &mut BoxDesk) -> bool {
        let Sweep { rule, frame, lines, sums, mut seen } = sweep;
        let Sums { corners, sizes: [pairs_size, mixed_size, triples_size, corners_size] } = sums;
        let (dimension, zero) = (rule.dimension, Lanes::splat(simd, 0.0));
        let center = lines.center;
        let [x, y] = [rule.places[0] * rule.places[0], rule.places[1] * rule.places[1]];
        let z = rule.places[4] * rule.places[4];

        // Two axes at once: with s and t the squares of the coordinates, the part of f that is even in both and not of
        // one alone is st(b + c_i s + c_j t) at the nodes.
        desk.pairs.clear();
        let (mut pairs, mut mixed) = (zero, zero);
        let (mut fourth, mut sixth, mut corner) = (zero, zero, lines.at_corner);
        let mut pair = 0;
        for i in 0..dimension {
            for j in i + 1..dimension {
                let [[ei, fi], [ej, fj]] = [lines.even[i], lines.even[j]];
                if !rule.ninth {
                    let sum = Lanes::from_array(simd, desk.pair_sums[pair]);
                    pairs += sum;
                    let b = (sum * 0.25 - center - ei - ej) * (1.0 / (x * x));
                    fourth += b.abs() * (4.0 / 9.0);
                    corner += b * (z * z);
                    pair += 1;
                    continue;
                }
                let [xx, xy, yx] = [0, 1, 2].map(|k| Lanes::from_array(simd, desk.pair_sums[3 * pair + k]));
                pairs += xx;
                mixed += xy + yx;
                let mean = xx * 0.25;
                desk.pairs.push(mean.to_array());
                let q = (mean - center - ei - ej) * (1.0 / (x * x));
                let cj = (q - (xy * 0.25 - center - ei - fj) * (1.0 / (x * y))) * (1.0 / (x - y));
                let ci = (q - (yx * 0.25 - center - fi - ej) * (1.0 / (x * y))) * (1.0 / (x - y));
                let both = ci + cj;
                let b = q - both * x;
                fourth += (b * (4.0 / 9.0) + both * (8.0 / 21.0)).abs();
                sixth += (ci.abs() + cj.abs()) * (16.0 / 105.0);
                corner += (b + both * z) * (z * z);
                pair += 1;
            }
        }

        // Three.
        let mut triples = zero;
        let pair_of = |i: u8, j: u8| {
            let (i, j) = (usize::from(i), usize::from(j));
            i * (2 * dimension - i - 1) / 2 + j - i - 1
        };
        for (sum, &[a, b, c]) in desk.triple_sums.iter().zip(&rule.triple_axes) {
            let sum = Lanes::from_array(simd, *sum);
            triples += sum;
            let mut rest = sum * 0.125 + center * 2.0;
            for (i, j) in [(a, b), (a, c), (b, c)] {
                rest -= Lanes::from_array(simd, desk.pairs[pair_of(i, j)]);
            }
            for d in [a, b, c] {
                rest += lines.even[usize::from(d)][0];
            }
            let eta = rest * (1.0 / (x * x * x));
            sixth += eta.abs() * (8.0 / 27.0);
            corner += eta * (z * z * z);
        }

        // All.
        let width = seen.high - seen.low;
        let highest = (corners * (-(dimension as f64)).exp2() - center - corner).abs();
        let next = next(rule.ninth, rule.dimension);
        let orders = if rule.ninth {
            [highest * (16.0 / 81.0 / z.powi(4)), sixth, fourth]
        } else {
            [highest * (8.0 / 27.0 / z.powi(3)), fourth, lines.lowest]
        };
        let [high, low, lowest] = [orders[0].to_array(), orders[1].to_array(), orders[2].to_array()];
        let (mut claimed, mut rough) = (lines.claimed, lines.rough);
        for lane in 0..LANES {
            let claim = across([high[lane], low[lane], lowest[lane]], next);
            claimed[lane] += claim.error;
            rough[lane] += claim.rough;
        }
        let surprise = if desk.outer.is_empty() {
            self.surprise(simd, rule, desk, &mut seen, (center, width, lines.fourth + fourth))
        } else {
            self.small_surprise(simd, rule, desk, &mut seen, center, &frame)
        };

        let [w0, w1, w2, w3, w4, w5, w6, w7] = rule.weights;
        let estimate = center * w0
            + lines.sums[0] * w1
            + lines.sums[1] * w2
            + lines.sums[2] * w3
            + pairs * w4
            + mixed * w5
            + triples * w6
            + corners * w7;
        let weighed = center.abs() * w0.abs()
            + lines.sizes[0] * w1.abs()
            + lines.sizes[1] * w2.abs()
            + lines.sizes[2] * w3
            + pairs_size * w4.abs()
            + mixed_size * w5
            + triples_size * w6
            + corners_size * w7;
        let size =
            (seen.size + pairs_size + mixed_size + triples_size + corners_size) * (1.0 / rule.evaluations() as f64);
        let volume = frame.volume;
        let noise = frame.reach * width * volume;
        let floor = volume * weighed * (2.0 * self.unit) + noise * 0.1;
        let bad = (size * 0.0).is_nan().any();
        let axis = self.axis(simd, &frame, &lines.size);
        let (low, high) = (seen.low.to_array(), seen.high.to_array());
        let (estimate, surprise, size) = (volume * estimate, volume * surprise, volume * size);
        let (estimate, surprise, size) = (estimate.to_array(), surprise.to_array(), size.to_array());
        let (noise, floor, volume) = (noise.to_array(), floor.to_array(), volume.to_array());
        for (lane, out) in out.iter_mut().enumerate() {
            let claim = volume[lane] * claimed[lane];
            // Rounding looks rough, too.
            let (error, rough) = if claim <= floor[lane] + noise[lane] { (0.0, 0.0) } else { (claim, rough[lane]) };
            *out = SweptBox {
                estimate: estimate[lane],
                error,
                surprise: surprise[lane],
                floor: floor[lane],
                magnitude: size[lane],
                low: low[lane],
                high: high[lane],
                promise: if rough > 0.0 { f64::INFINITY } else { volume[lane] * lines.promise[lane] },
                axis: axis[lane] as u8,
                bad: None,
            };
        }
        bad
    }

    /// The axis to halve: of those on which the integrand is about as rough as on any, the longest in units of the
    /// whole.
    #[inline(always)]
    fn axis<S: Simd>(&self, simd: S, frame: &Frame<S>, rough: &[Vector; MOST_DIMENSIONS]) -> Vector {
        let zero = Lanes::splat(simd, 0.0);
        let mut roughest = zero;
        for rough in &rough[..self.axes.len()] {
            roughest = roughest.max(Lanes::from_array(simd, *rough));
        }
        let (mut best, mut longest, mut its_rough) = (zero, zero - 1.0, zero);
        for (d, axis) in self.axes.iter().enumerate() {
            let rough = Lanes::from_array(simd, rough[d]);
            let length = frame.half[d] * (2.0 / (axis.upper - axis.lower));
            // Rounding decides nothing between equal lengths.
            let longer = length.gt(longest * (1.0 + 1e-9))
                | (length.gt(longest * (1.0 - 1e-9)) & rough.gt(its_rough * (1.0 + 1e-9)));
            let better = longer & rough.ge(roughest * NEARLY);
            best = better.select(zero + d as f64, best);
            longest = better.select(length, longest);
            its_rough = better.select(rough, its_rough);
        }
        best.to_array()
    }
}

/// The share of the roughness of the roughest axis from which another is about as rough.
const NEARLY: f64 = 0.5;
