//! Where boxes are cut.

use super::{Cubature, LANES, Outcome};
use crate::plan::{Axis, Plane};

/// Where a leaf is cut; at a plane, which one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub axis: usize,
    pub at: f64,
    pub plane: Option<u32>,
}

impl Cubature {
    /// Halves what is active, or cuts it at a plane; what is too narrow for that is stuck. The outcome, if that is all.
    pub fn divide(&mut self) -> Option<Outcome> {
        // What asks for them may not have looked.
        self.within_room();
        let active = std::mem::take(&mut self.active);
        if active.is_empty() && self.fine.is_empty() {
            return Some(Outcome::MemoryLimit);
        }
        let (active, by_seventh) = self.in_groups(active, |i| self.leaves[i as usize].is_rough());
        let cuts: Vec<Option<Cut>> = active.iter().map(|&i| self.cut_of(i)).collect();
        self.carry_out(&active, &cuts, by_seventh);
        (self.active.is_empty() && self.fine.is_empty()).then_some(self.rest())
    }

    /// The evaluations of a round of what is active, at most.
    pub fn planned(&self) -> u64 {
        let halves = 2 * self.costs.seventh.max(self.costs.ninth.unwrap_or(0));
        self.active.len() as u64 * halves + self.fine.len() as u64 * self.costs.fine.unwrap_or(0)
    }

    /// Keeps what is active within the limit on evaluations; whether that leaves nothing.
    pub fn is_cut_off(&mut self) -> bool {
        self.within_limit() && self.active.is_empty()
    }

    /// Where this round would go beyond the limit on evaluations: only what claims most, as far as the limit allows.
    /// Whether that was so.
    pub(super) fn within_limit(&mut self) -> bool {
        let left = self.most.saturating_sub(self.evaluations);
        let halves = 2 * self.costs.seventh.max(self.costs.ninth.unwrap_or(0));
        let fine = self.costs.fine.unwrap_or(u64::MAX);
        if self.planned() <= left {
            return false;
        }
        self.keep_largest((left / halves) as usize);
        let left = left - self.active.len() as u64 * halves;
        self.fine.truncate((left / fine) as usize);
        self.fine_lower.truncate(self.fine.len() * self.axes.len());
        self.fine_upper.truncate(self.fine.len() * self.axes.len());
        true
    }

    /// Keeps what is active within the limit on leaves. Whether there was more.
    pub(super) fn within_room(&mut self) -> bool {
        let room = self.capacity.saturating_sub(self.leaves.len());
        let full = self.active.len() > room;
        if full {
            self.keep_largest(room);
        }
        full
    }

    /// Of what is active so many leaves, those that claim most.
    fn keep_largest(&mut self, count: usize) {
        let error = |i: &u32| self.leaves[*i as usize].error;
        self.active.sort_by(|a, b| error(b).total_cmp(&error(a)).then(a.cmp(b)));
        self.active.truncate(count);
        self.active.sort_unstable();
    }

    /// How leaf `i` would be cut, if it can be.
    pub(super) fn cut_of(&self, i: u32) -> Option<Cut> {
        let (leaf, lower, upper) =
            (&self.leaves[i as usize], self.end(&self.lower, i as usize), self.end(&self.upper, i as usize));
        if let Some(plane) = if leaf.is_rough() { self.plane_in(lower, upper) } else { None } {
            let Plane { axis, at, .. } = self.planes[plane as usize].plane;
            return Some(Cut { axis, at, plane: Some(plane) });
        }
        let may = |&d: &usize| upper[d] - lower[d] > 2f64.powi(-44) * lower[d].abs().max(upper[d].abs());
        let axis = [usize::from(leaf.axis)].into_iter().chain(0..self.axes.len()).find(may)?;
        Some(Cut { axis, at: cut(&self.axes[axis], lower, upper, axis), plane: None })
    }

    /// Cuts these leaves, of which the halves of the first `by_seventh` are to be swept by the rule of degree 7.
    pub(super) fn carry_out(&mut self, leaves: &[u32], cuts: &[Option<Cut>], by_seventh: usize) {
        let dimension = self.axes.len();
        self.by_seventh = 0;
        self.active.clear();
        self.cuts.clear();
        self.next_lower.clear();
        self.next_upper.clear();
        for (k, (&i, cut)) in leaves.iter().zip(cuts).enumerate() {
            let leaf = &mut self.leaves[i as usize];
            let Some(Cut { axis, at, plane }) = *cut else {
                leaf.stuck = true;
                continue;
            };
            leaf.axis = axis as u8;
            self.active.push(i);
            self.cuts.push(plane);
            self.by_seventh += if k < by_seventh { 2 } else { 0 };
            let range = i as usize * dimension..(i as usize + 1) * dimension;
            for half in [0, 1] {
                self.next_lower.extend_from_slice(&self.lower[range.clone()]);
                self.next_upper.extend_from_slice(&self.upper[range.clone()]);
                let end = self.next_lower.len() - dimension + axis;
                if half == 0 { self.next_upper[end] = at } else { self.next_lower[end] = at }
            }
        }
    }

    pub(super) fn end<'a>(&self, ends: &'a [f64], leaf: usize) -> &'a [f64] {
        &ends[leaf * self.axes.len()..(leaf + 1) * self.axes.len()]
    }

    /// Puts first what is to be swept by the rule of degree 7, as it looks rough or there is no other; how many these
    /// are. Halves are to fill lanes: what is left over goes with the others if it finds room there, or waits for a
    /// later round if there is anything else to do.
    pub(super) fn in_groups(&self, leaves: Vec<u32>, rough: impl Fn(u32) -> bool) -> (Vec<u32>, usize) {
        const GROUP: usize = LANES / 2;
        let mixed = self.costs.ninth.is_some();
        let mut others = Vec::with_capacity(if mixed { leaves.len() } else { 0 });
        let mut first = leaves;
        first.retain(|&i| {
            let stays = !mixed || rough(i);
            if !stays {
                others.push(i);
            }
            stays
        });
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
        (first, by_seventh)
    }
}

/// Where to cut a box across axis `d`: in the middle of the whole; else near the middle, in each box elsewhere, so that
/// nothing lies in the same place of all.
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
    use crate::method::Limits;
    use crate::method::cubature::Costs;
    use crate::plan::{BoxRule, Boxes, Look, SweptBox};

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
    fn without_room_the_mesh_is_full_and_nothing_is_lost() {
        for capacity in [0, 1, 2, 10, 1000] {
            let axes = vec![Axis::new(0.0, 1.0), Axis::new(0.0, 1.0)];
            let tolerance = Tolerance { absolute: 0.0, relative: 1e-3 };
            let costs = Costs { seventh: 33, ninth: None, fine: None };
            let look =
                Look { roughness: vec![0.0; 2], planes: Vec::new(), peaks: Vec::new(), peak: 0.0, evaluations: 0 };
            let mut method =
                Cubature::new(axes, tolerance, Limits { evaluations: 1_000_000, leaves: capacity }, costs, &look);
            let outcome = loop {
                let mut found = swept(method.next(BoxRule::Seventh));
                if let Some(outcome) = method.absorb(&mut found, &mut []).or_else(|| method.divide()) {
                    break outcome;
                }
            };
            assert!(matches!(outcome, Outcome::MemoryLimit), "{capacity} {outcome:?}");
            assert!((method.totals.estimate() - 1.0).abs() < 1e-12, "{capacity} {}", method.totals.estimate());
            assert_eq!(method.leaves.len(), capacity.max(32), "{capacity}");
        }
    }
}
