//! Sentinels on the diagonals of boxes, next to corners: what they show that nodes do not lead to expect.

use super::{BoxDesk, Frame, Seen, SimdBoxes};
use crate::estimate::cubature::{NEXT_ON_DIAGONAL, SMALL_SURPRISE, SURPRISE};
use crate::lanes::{Lanes, Simd};
use crate::rule::fully_symmetric::FullySymmetric;

impl SimdBoxes<'_> {
    /// Far out on the diagonals: what is seen there, by the values of the desk, and not expected.
    #[inline(always)]
    pub(super) fn surprise<S: Simd>(
        &self,
        simd: S,
        rule: &FullySymmetric,
        desk: &mut BoxDesk,
        seen: &mut Seen<S>,
        (center, width, fourth): (Lanes<S>, Lanes<S>, Lanes<S>),
    ) -> Lanes<S> {
        let zero = Lanes::splat(simd, 0.0);
        let count = 2 * rule.diagonals.len();
        let slack = width * 0.5 + fourth + (width * fourth).sqrt();
        let place = rule.places[4];
        let mut surprise = zero;
        for (corners, far) in desk.corners.chunks_exact(2).zip(desk.values[..count].chunks_exact(2)) {
            let (a, b) = (Lanes::from_array(simd, corners[0]), Lanes::from_array(simd, corners[1]));
            let even = ((a + b) * 0.5 - center) * (1.0 / (place * place)) + center;
            let odd = (a - b) * (0.5 / place);
            let (ends, size) = {
                let ((up, size_up), (down, size_down)) = (seen.take(simd, &far[0]), seen.take(simd, &far[1]));
                ([up, down], size_up + size_down)
            };
            seen.size += size;
            let mut off = [(ends[0] - even - odd).abs() - slack, (ends[1] - even + odd).abs() - slack];
            if off[0].max(off[1]).gt(zero).any() {
                // Or of the logarithm, where all is of one sign.
                let one_sign = (a * center).gt(zero) & (b * center).gt(zero);
                let (up, down) = ((a / center).ln(), (b / center).ln());
                let even = (up + down) * (0.5 / (place * place));
                let odd = (up - down) * (0.5 / place);
                let by_logarithm = [(even + odd).exp() * center, (even - odd).exp() * center];
                for k in 0..2 {
                    let other = (ends[k] - by_logarithm[k]).abs() - slack;
                    off[k] = (one_sign & other.lt(off[k])).select(other, off[k]);
                }
            }
            surprise += off[0].max(zero) + off[1].max(zero);
        }
        surprise * (SURPRISE / count as f64)
    }

    /// The same where (X, …, X) is a node: five on each diagonal. Sentinels lie on it, too.
    #[inline(always)]
    pub(super) fn small_surprise<S: Simd>(
        &self,
        simd: S,
        rule: &FullySymmetric,
        desk: &mut BoxDesk,
        seen: &mut Seen<S>,
        center: Lanes<S>,
        frame: &Frame<S>,
    ) -> Lanes<S> {
        let zero = Lanes::splat(simd, 0.0);
        // Rounding surprises nobody.
        let least = seen.high.max(-seen.low) * 1e-13 + f64::MIN_POSITIVE;
        let [inner, outer] = [rule.places[4], rule.places[0]];
        let (z, x) = (inner * inner, outer * outer);
        desk.points.clear();
        let mut far = [[zero; 2]; 4];
        for (far, &signs) in far.iter_mut().zip(&rule.diagonals) {
            for (end, far) in far.iter_mut().enumerate() {
                // Next to the corner, but for those of the whole.
                let above = |d: usize| (signs >> d & 1) as usize == end;
                for d in 0..rule.dimension {
                    *far = far.max(frame.far[d][usize::from(above(d))]);
                }
                for d in 0..rule.dimension {
                    let away = if above(d) { frame.half[d] } else { -frame.half[d] };
                    desk.points.push((frame.middle[d] + away * *far).to_array());
                }
            }
        }
        let count = self.evaluate_points(desk);
        let mut surprise = zero;
        for (k, (&signs, far)) in rule.diagonals.iter().zip(far).enumerate() {
            let ((above, size_above), (below, size_below)) =
                (seen.take(simd, &desk.values[2 * k]), seen.take(simd, &desk.values[2 * k + 1]));
            seen.size += size_above + size_below;
            let [a, b] = [0, 1].map(|i| Lanes::from_array(simd, desk.corners[2 * k + i]));
            // Their numbers have ones where they are above, those of diagonals where these are below.
            let last = desk.outer.len() - 1;
            let (c, d) = (desk.outer[last - signs as usize], desk.outer[signs as usize]);
            let (c, d) = (Lanes::from_array(simd, c), Lanes::from_array(simd, d));
            let (even_inner, even_outer) = ((a + b) * 0.5 - center, (c + d) * 0.5 - center);
            let (odd_inner, odd_outer) = ((a - b) * (0.5 / inner), (c - d) * (0.5 / outer));
            let a4 = (even_outer * (1.0 / x) - even_inner * (1.0 / z)) * (1.0 / (x - z));
            let a2 = even_inner * (1.0 / z) - a4 * z;
            let a3 = (odd_outer - odd_inner) * (1.0 / (x - z));
            let a1 = odd_inner - a3 * z;
            let squares = [far[0] * far[0], far[1] * far[1]];
            let even = [0, 1].map(|end| center + (a2 + a4 * squares[end]) * squares[end]);
            let odd = [0, 1].map(|end| (a1 + a3 * squares[end]) * far[end]);
            let (high, low) = (a4.abs() + a3.abs(), a2.abs() + a1.abs());
            let expected = high * high * NEXT_ON_DIAGONAL / (high.max(low) + f64::MIN_POSITIVE) + least;
            surprise += ((above - even[0] - odd[0]).abs() - expected).max(zero)
                + ((below - even[1] + odd[1]).abs() - expected).max(zero);
        }
        surprise * (SMALL_SURPRISE / count as f64)
    }
}
