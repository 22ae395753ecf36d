//! Boxes that were swept, and in which single nodes have no value: [mended](SimdBoxes::mend), as far as the limit on
//! evaluations allows it. How many that took, or `None` where it does not.

use super::pieces::at_desk;
use crate::backend::simd::boxes::SimdBoxes;
use crate::integrand::shared::VectorValues;
use crate::integrand::shared_points::SharedPoints;
use crate::lanes::LANES;
use crate::plan::{Boxes, SweptBox};

/// How many times larger than all before values are that rounding may have made.
const TOWER: f64 = 1e4;

/// So large a value is, after `peak`. Of nothing, all are.
pub(super) fn tall(peak: f64) -> f64 {
    if peak > 0.0 { TOWER * peak } else { f64::INFINITY }
}

/// With the memory of this thread.
pub(super) fn mend(kernel: &SimdBoxes, boxes: Boxes, out: &mut [SweptBox], limits: (f64, u64)) -> Option<u64> {
    let mut evaluations = None;
    at_desk(|desk| evaluations = kernel.mend(boxes, out, desk, limits));
    evaluations
}

/// Of so many components, whose places are one after the other for eight boxes at a time; `tall` says of each which
/// values are.
pub(super) fn mend_components(
    (values, count): (&dyn VectorValues, usize),
    kernel: &SimdBoxes,
    boxes: Boxes,
    out: &mut [SweptBox],
    (tall, most): (&dyn Fn(usize) -> f64, u64),
) -> Option<u64> {
    let (mut evaluations, mut rest) = (0, boxes);
    for out in out.chunks_mut(LANES * count) {
        let each = out.len() / count;
        let (eight, others) = rest.split_at(each);
        rest = others;
        for (c, out) in out.chunks_mut(each).enumerate() {
            if out.iter().any(|one| one.is_to_be_mended(tall(c))) {
                let shared = SharedPoints::new(values, count, boxes.dimension);
                let kernel = SimdBoxes { values: &shared.component(c), ..*kernel };
                evaluations += mend(&kernel, eight, out, (tall(c), most.saturating_sub(evaluations)))?;
            }
        }
    }
    Some(evaluations)
}
