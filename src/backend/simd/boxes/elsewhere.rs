//! Boxes whose nodes were evaluated elsewhere: what the sums over these say is said here, as of all others.

use super::symmetric::{Sums, Sweep};
use super::{BoxDesk, Seen, SimdBoxes};
use crate::lanes::{Lanes, Simd, dispatch};
use crate::plan::{Boxes, SweptBox};
use crate::rule::Vector;
use std::ops::Range;

impl SimdBoxes<'_> {
    /// Sets `out` to what up to eight boxes give, by the `numbers` that
    /// [`layout`](crate::rule::fully_symmetric::FullySymmetric::layout) lists. What is not finite is not named.
    pub fn judge_eight(&self, boxes: Boxes, numbers: &[Vector], out: &mut [SweptBox], desk: &mut BoxDesk) {
        dispatch!(self.token, simd => self.judge_on_lanes(simd, boxes, numbers, out, desk));
    }

    #[inline(always)]
    fn judge_on_lanes<S: Simd>(
        &self,
        simd: S,
        boxes: Boxes,
        numbers: &[Vector],
        out: &mut [SweptBox],
        desk: &mut BoxDesk,
    ) {
        let rule = self.rule(boxes.rule);
        let layout = rule.layout();
        let frame = self.frame(simd, boxes, desk);
        let mut seen = Seen::new(simd);
        let copy = |to: &mut Vec<Vector>, range: &Range<usize>| {
            to.clear();
            to.extend_from_slice(&numbers[range.clone()]);
        };
        copy(&mut desk.values, &layout.lines);
        let lines = self.lines(simd, rule, desk, &mut seen);
        copy(&mut desk.pair_sums, &layout.pairs);
        copy(&mut desk.triple_sums, &layout.triples);
        copy(&mut desk.corners, &layout.kept);
        copy(&mut desk.values, &layout.far);
        desk.outer.clear();
        let number = |k: usize| Lanes::from_array(simd, numbers[k]);
        let sizes = [0, 1, 2, 3].map(|k| number(layout.sizes + k));
        (seen.low, seen.high) = (seen.low.min(number(layout.low)), seen.high.max(number(layout.high)));
        let sums = Sums { corners: number(layout.corners), sizes };
        let sweep = Sweep { rule, frame, lines, sums, seen };
        self.judge(simd, sweep, out, desk);
    }
}
