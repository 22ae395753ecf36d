//! Values of several components at points of several coordinates: the counterpart of [`shared`](super::shared) for
//! kernels that ask for the same points in the same order, whatever the values are.

#[cfg(feature = "gpu")]
use super::formula::Traced;
use super::point_values::{PointValues, Row};
use super::shared::VectorValues;
use crate::lanes::LANES;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The values asked for since it was last cleared. It belongs to one thread; the lock is for the compiler.
pub(crate) struct SharedPoints<'a> {
    of: &'a dyn VectorValues,
    components: usize,
    dimension: usize,
    tape: Mutex<Tape>,
}

#[derive(Default)]
struct Tape {
    batches: Vec<Batch>,
    values: Vec<[f64; LANES]>,
    /// Points made of rows.
    points: Vec<[f64; LANES]>,
    evaluations: u64,
}

/// Points that were asked for at once.
struct Batch {
    asked: Asked,
    /// Where its values begin.
    begin: usize,
}

/// What tells batches apart that may follow each other.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    count: usize,
    /// Where the list of nodes is kept; or the bits of the first coordinate.
    mark: u64,
}

impl<'a> SharedPoints<'a> {
    pub fn new(of: &'a dyn VectorValues, components: usize, dimension: usize) -> Self {
        Self { of, components, dimension, tape: Mutex::default() }
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all values.
    pub fn clear(&self) {
        let mut tape = self.tape();
        tape.batches.clear();
        tape.values.clear();
    }

    /// Points evaluated so far.
    pub fn evaluations(&self) -> u64 {
        self.tape().evaluations
    }

    /// A component, from the first batch on.
    pub fn component(&self, component: usize) -> ComponentAt<'_> {
        ComponentAt { shared: self, component, next: AtomicUsize::new(0) }
    }
}

/// One component of shared values.
pub(crate) struct ComponentAt<'a> {
    shared: &'a SharedPoints<'a>,
    component: usize,
    /// The batch that is asked for next.
    next: AtomicUsize,
}

impl ComponentAt<'_> {
    /// The values of the next batch; `points` makes its points where it is new.
    fn batch(&self, asked: Asked, values: &mut [[f64; LANES]], points: impl FnOnce(&mut Vec<[f64; LANES]>)) {
        let SharedPoints { of, components, dimension, .. } = self.shared;
        let mut tape = self.shared.tape();
        let Tape { batches, values: all, points: made, evaluations } = &mut *tape;
        let next = self.next.load(Relaxed);
        // Whoever looks for a value that is not finite asks in an order of its own: that is not kept.
        let begin = match batches.get(next) {
            Some(batch) if batch.asked == asked => batch.begin,
            _ => {
                let begin = all.len();
                made.clear();
                points(made);
                all.resize(begin + components * asked.count, [0.0; LANES]);
                of.values(made, &mut all[begin..]);
                if !of.withheld() {
                    *evaluations += distinct(made, *dimension);
                }
                if next == batches.len() {
                    batches.push(Batch { asked, begin });
                }
                begin
            }
        };
        if batches.get(next).is_some_and(|batch| batch.begin == begin) {
            self.next.store(next + 1, Relaxed);
        }
        values[..asked.count].copy_from_slice(&all[begin + self.component * asked.count..][..asked.count]);
    }
}

/// The number of points that differ from the one before in their vectors.
fn distinct(points: &[[f64; LANES]], dimension: usize) -> u64 {
    let differs =
        |point: &[[f64; LANES]], lane: usize| point.iter().any(|row| row[lane].to_bits() != row[lane - 1].to_bits());
    let each = |point: &[[f64; LANES]]| 1 + (1..LANES).filter(|&lane| differs(point, lane)).count() as u64;
    points.chunks_exact(dimension).map(each).sum()
}

impl PointValues for ComponentAt<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        let asked = Asked {
            count: points.len() / self.shared.dimension,
            mark: points.first().map_or(0, |first| first[0].to_bits()),
        };
        self.batch(asked, values, |made| made.extend_from_slice(points));
    }

    fn at_nodes(&self, rows: &[Row], nodes: &[u8], values: &mut [[f64; LANES]]) {
        let dimension = self.shared.dimension;
        let asked = Asked { count: nodes.len() / dimension, mark: nodes.as_ptr().addr() as u64 };
        self.batch(asked, values, |made| {
            for node in nodes.chunks_exact(dimension) {
                made.extend(rows.iter().zip(node).map(|(row, &place)| row[usize::from(place & 15)]));
            }
        });
    }

    #[cfg(feature = "gpu")]
    fn scalar(&self, point: &[f64]) -> f64 {
        let points: Vec<_> = point.iter().map(|&x| [x; LANES]).collect();
        let mut values = vec![[0.0; LANES]; self.shared.components];
        self.shared.of.values(&points, &mut values);
        values[self.component][0]
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    struct Counted(AtomicU64);

    impl VectorValues for Counted {
        fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
            self.0.fetch_add(points.len() as u64 / 2, Relaxed);
            let count = points.len() / 2;
            for (i, point) in points.chunks_exact(2).enumerate() {
                for lane in 0..LANES {
                    (values[i][lane], values[count + i][lane]) = (point[0][lane], -point[1][lane]);
                }
            }
        }
    }

    #[test]
    fn each_point_is_evaluated_once_and_other_orders_are_right_too() {
        let of = Counted(AtomicU64::new(0));
        let shared = SharedPoints::new(&of, 2, 2);
        let points = [[1.0; LANES], [2.0; LANES], [3.0; LANES], [4.0; LANES], [5.0; LANES], [6.0; LANES]];
        let mut values = [[0.0; LANES]; 3];
        for (component, wanted) in [(0, [1.0, 3.0, 5.0]), (1, [-2.0, -4.0, -6.0])] {
            let one = shared.component(component);
            one.values(&points[..4], &mut values[..2]);
            one.values(&points[4..], &mut values[2..]);
            assert_eq!(values.map(|value| value[0]), wanted);
            assert_eq!(of.0.load(Relaxed), 3);
        }
        let one = shared.component(1);
        one.values(&points[2..4], &mut values[..1]);
        one.values(&points[..4], &mut values[1..]);
        assert_eq!(values.map(|value| value[0]), [-4.0, -2.0, -4.0]);
        assert_eq!(of.0.load(Relaxed), 4);
    }
}
