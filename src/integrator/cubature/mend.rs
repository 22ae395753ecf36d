//! Boxes that were swept, and in which single nodes have no value: [mended](SimdBoxes::mend), as far as the limit on
//! evaluations allows it. How many that took, or `None` where it does not.

use super::pieces::at_desk;
use crate::backend::simd::boxes::SimdBoxes;
use crate::integrand::shared::VectorValues;
use crate::integrand::shared_points::SharedPoints;
use crate::lanes::LANES;
use crate::plan::{Boxes, SweptBox};

/// With the memory of this thread.
pub(super) fn mend(kernel: &SimdBoxes, boxes: Boxes, out: &mut [SweptBox], most: u64) -> Option<u64> {
    let mut evaluations = None;
    at_desk(|desk| evaluations = kernel.mend(boxes, out, desk, most));
    evaluations
}

/// Of so many components, whose places are one after the other for eight boxes at a time.
pub(super) fn mend_components(
    (values, count): (&dyn VectorValues, usize),
    kernel: &SimdBoxes,
    boxes: Boxes,
    out: &mut [SweptBox],
    most: u64,
) -> Option<u64> {
    let (mut evaluations, mut rest) = (0, boxes);
    for out in out.chunks_mut(LANES * count) {
        let each = out.len() / count;
        let (eight, others) = rest.split_at(each);
        rest = others;
        for (c, out) in out.chunks_mut(each).enumerate() {
            if out.iter().any(|one| one.bad.is_some()) {
                let shared = SharedPoints::new(values, count, boxes.dimension);
                let kernel = SimdBoxes { values: &shared.component(c), ..*kernel };
                evaluations += mend(&kernel, eight, out, most - evaluations)?;
            }
        }
    }
    Some(evaluations)
}
