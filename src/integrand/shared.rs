//! Values of several components that are asked for one component at a time: each point is evaluated once.

use super::Point;
use super::values::Values;
use super::vector::{VectorIntegrand, by_definition, distinct};
use crate::lanes::{LANES, Token, dispatch};
use std::cell::RefCell;
use std::marker::PhantomData;

/// Values of all components at vectors of eight points of D coordinates, of which number d is `points[i * D + d]`:
/// component c at vector i of n stands at `values[c * n + i]`.
pub(crate) trait VectorValues: Sync {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]);

    /// Whether values were withheld, which are NaN then: what they are of is not to be believed.
    fn withheld(&self) -> bool {
        false
    }
}

/// On lanes, where the integrand has any.
pub(crate) struct VectorOnLanes<'a, F, P = f64> {
    pub f: &'a F,
    pub token: Token,
    pub point: PhantomData<fn(P)>,
}

impl<P: Point, F: VectorIntegrand<P>> VectorValues for VectorOnLanes<'_, F, P> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        dispatch!(self.token, simd => self.f.lanes(simd, points, values));
    }
}

/// By the scalar definition.
pub(crate) struct VectorByScalar<'a, F, P = f64> {
    pub f: &'a F,
    pub point: PhantomData<fn(P)>,
}

impl<P: Point, F: VectorIntegrand<P>> VectorValues for VectorByScalar<'_, F, P> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        by_definition(self.f, points, values);
    }
}

/// One component of values that are not kept.
pub(crate) struct Single<'a> {
    pub of: &'a dyn VectorValues,
    pub components: usize,
    pub component: usize,
}

impl Values for Single<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let mut all = vec![[0.0; LANES]; self.components * points.len()];
        self.of.values(points, &mut all);
        values.copy_from_slice(&all[self.component * points.len()..][..points.len()]);
    }
}

/// The values asked for since it was last cleared. The components of a region are swept one after the other, and ask
/// for the same batches of points as far as they go the same way.
pub(crate) struct Shared<'a> {
    of: &'a dyn VectorValues,
    components: usize,
    tape: RefCell<Tape>,
}

#[derive(Default)]
struct Tape {
    points: Vec<[f64; LANES]>,
    values: Vec<[f64; LANES]>,
    /// Where each batch begins.
    batches: Vec<usize>,
    /// The batch that is likely to be asked for next.
    next: usize,
    evaluations: u64,
}

impl<'a> Shared<'a> {
    pub fn new(of: &'a dyn VectorValues, components: usize) -> Self {
        Self { of, components, tape: RefCell::default() }
    }

    /// Forgets all values.
    pub fn clear(&self) {
        let mut tape = self.tape.borrow_mut();
        tape.points.clear();
        tape.values.clear();
        tape.batches.clear();
        tape.next = 0;
    }

    /// Points evaluated so far.
    pub fn evaluations(&self) -> u64 {
        self.tape.borrow().evaluations
    }

    pub fn component(&self, component: usize) -> Component<'_> {
        Component { shared: self, component }
    }
}

impl Tape {
    /// The batch of these points.
    fn find(&self, points: &[[f64; LANES]]) -> Option<usize> {
        let count = self.batches.len();
        (0..count).map(|k| (self.next + k) % count).find(|&batch| {
            let begin = self.batches[batch];
            let end = self.batches.get(batch + 1).copied().unwrap_or(self.points.len());
            end - begin == points.len() && self.points[begin..end] == *points
        })
    }
}

/// One component of shared values.
pub(crate) struct Component<'a> {
    shared: &'a Shared<'a>,
    component: usize,
}

impl Values for Component<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let mut tape = self.shared.tape.borrow_mut();
        let tape = &mut *tape;
        let components = self.shared.components;
        let batch = tape.find(points).unwrap_or_else(|| {
            let begin = tape.points.len();
            tape.points.extend_from_slice(points);
            tape.batches.push(begin);
            tape.values.resize(tape.points.len() * components, [0.0; LANES]);
            self.shared.of.values(points, &mut tape.values[begin * components..]);
            if !self.shared.of.withheld() {
                tape.evaluations += distinct(points);
            }
            tape.batches.len() - 1
        });
        tape.next = batch + 1;
        let begin = tape.batches[batch] * components + self.component * points.len();
        values.copy_from_slice(&tape.values[begin..begin + points.len()]);
    }
}
