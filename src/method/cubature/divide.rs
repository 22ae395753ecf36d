//! Where boxes are cut.

use super::planes::Plane;
use super::{Cubature, LANES, Outcome};
use crate::plan::Axis;

impl Cubature {
    /// Halves what is active, or cuts it at a plane; what is too narrow for that is stuck. The outcome, if that is all.
    pub fn divide(&mut self) -> Option<Outcome> {
        let dimension = self.axes.len();
        let mut by_seventh = self.in_groups();
        self.cuts.clear();
        for &i in &self.active {
            let range = i as usize * dimension..(i as usize + 1) * dimension;
            let rough = self.leaves[i as usize].is_rough();
            let cut = if rough { self.plane_in(&self.lower[range.clone()], &self.upper[range]) } else { None };
            self.cuts.push(cut);
        }
        let Self { axes, lower, upper, leaves, active, next_lower, next_upper, cuts, planes, .. } = self;
        next_lower.clear();
        next_upper.clear();
        let mut known = std::mem::take(cuts).into_iter();
        let mut position = 0;
        active.retain(|&i| {
            let i = i as usize;
            let (lower, upper) =
                (&lower[i * dimension..(i + 1) * dimension], &upper[i * dimension..(i + 1) * dimension]);
            let plane = known.next().flatten();
            position += 1;
            let may = |d: usize| upper[d] - lower[d] > 2f64.powi(-44) * lower[d].abs().max(upper[d].abs());
            let leaf = &mut leaves[i];
            let (d, cut) = if let Some(Plane { axis, at, .. }) = plane.map(|plane| planes[plane as usize]) {
                (axis, at)
            } else if let Some(d) = [usize::from(leaf.axis)].into_iter().chain(0..dimension).find(|&d| may(d)) {
                (d, cut(&axes[d], lower, upper, d))
            } else {
                leaf.stuck = true;
                if position <= by_seventh {
                    (by_seventh, position) = (by_seventh - 1, position - 1);
                }
                return false;
            };
            cuts.push(plane);
            leaf.axis = d as u8;
            for half in [0, 1] {
                next_lower.extend_from_slice(lower);
                next_upper.extend_from_slice(upper);
                let at = next_lower.len() - dimension + d;
                if half == 0 { next_upper[at] = cut } else { next_lower[at] = cut }
            }
            true
        });
        self.by_seventh = 2 * by_seventh;
        (self.active.is_empty() && self.fine.is_empty()).then_some(self.rest())
    }

    /// Puts first what is to be swept by the rule of degree 7, as it looks rough or there is no other; how many these are. Halves are to
    /// fill lanes: what is left over goes with the others if it finds room there, or waits for a later round if there is anything else to do.
    fn in_groups(&mut self) -> usize {
        const GROUP: usize = LANES / 2;
        let mixed = self.costs.ninth.is_some();
        let (mut first, mut others): (Vec<u32>, Vec<u32>) =
            self.active.iter().partition(|&&i| !mixed || self.leaves[i as usize].is_rough());
        let (over, odd) = (first.len() % GROUP, others.len() % GROUP);
        if odd > 0 && over + odd <= GROUP {
            others.extend(first.drain(first.len() - over..));
        }
        let full = |list: &Vec<u32>| list.len() - list.len() % GROUP;
        if full(&first) + full(&others) + self.fine.len() > 0 {
            first.truncate(full(&first));
            others.truncate(full(&others));
        }
        let by_seventh = first.len();
        first.extend(others);
        self.active = first;
        by_seventh
    }
}

/// Where to cut a box across axis `d`: in the middle of the whole; else near the middle, in each box elsewhere, so that nothing
/// lies in the same place of all.
fn cut(axis: &Axis, lower: &[f64], upper: &[f64], d: usize) -> f64 {
    let width = upper[d] - lower[d];
    if lower[d] == axis.lower && upper[d] == axis.upper {
        return lower[d] + 0.5 * width;
    }
    // The multiplier of a linear congruential generator by Knuth, as a hash of the bounds.
    let hash = lower
        .iter()
        .chain(upper)
        .fold(0u64, |hash, bound| (hash.rotate_left(29) ^ bound.to_bits()).wrapping_mul(6_364_136_223_846_793_005));
    let share = (hash >> 11) as f64 / (1u64 << 53) as f64;
    lower[d] + (0.45 + 0.1 * share) * width
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Tolerance;
    use crate::method::cubature::Costs;
    use crate::plan::{BoxRule, Boxes, SweptBox};

    /// What a sweep of 1 would find, were its errors as large as the square roots of volumes: nothing converges.
    fn swept(boxes: Boxes) -> Vec<SweptBox> {
        let one = |d: usize, i: usize| boxes.upper[i * d + 1] - boxes.lower[i * d + 1];
        (0..boxes.len())
            .map(|i| {
                let volume = (boxes.upper[i * 2] - boxes.lower[i * 2]) * one(2, i);
                let axis = u8::from(one(2, i) > boxes.upper[i * 2] - boxes.lower[i * 2]);
                let promise = f64::INFINITY;
                SweptBox {
                    estimate: volume,
                    error: volume.sqrt(),
                    magnitude: volume,
                    axis,
                    promise,
                    ..Default::default()
                }
            })
            .collect()
    }

    #[test]
    fn without_room_the_small_are_given_up_and_nothing_is_lost() {
        for capacity in [0, 1, 2, 10, 1000] {
            let axes = vec![Axis::new(0.0, 1.0), Axis::new(0.0, 1.0)];
            let tolerance = Tolerance { absolute: 0.0, relative: 1e-3 };
            let costs = Costs { seventh: 33, ninth: None, fine: None };
            let mut method = Cubature::new(axes, tolerance, 1_000_000, costs, &[0.0, 0.0]);
            method.capacity = capacity;
            let outcome = loop {
                let mut found = swept(method.next(BoxRule::Seventh));
                if let Some(outcome) = method.absorb(&mut found, &mut []).or_else(|| method.divide()) {
                    break outcome;
                }
            };
            assert!(matches!(outcome, Outcome::MemoryLimit | Outcome::MaxEvaluations), "{capacity} {outcome:?}");
            assert!((method.totals.estimate() - 1.0).abs() < 1e-12, "{capacity} {}", method.totals.estimate());
            assert!(method.leaves.len() <= capacity.max(32) && method.regions() >= capacity as u64, "{capacity}");
        }
    }
}
