//! Where VEGAS+ has learnt to sample.

use std::fmt;

/// How VEGAS+ stretches each axis: 512 increments, in each of which as many samples fall on the average.
///
/// A density that is a product over the axes, one over 512 times the length of the increment on each. Learnt by
/// [`Method::Vegas`](crate::Method::Vegas), kept in [`Statistics::importance_map`](crate::Statistics::importance_map),
/// and begun with by [`Integrator::warm_start`](crate::Integrator::warm_start). To save it, save its
/// [`edges`](Self::edges).
///
/// ```
/// use quadrille::{ImportanceMap, Integrator, Method};
///
/// let peak = |x: [f64; 3]| (-200.0 * x.map(|x| (x - 0.3) * (x - 0.3)).iter().sum::<f64>()).exp();
/// let with = Integrator::new().method(Method::Vegas).rel_tol(1e-2);
/// let map = with.integrate(&peak, [0.0..1.0, 0.0..1.0, 0.0..1.0])?.statistics.unwrap().importance_map.unwrap();
/// // Most increments are where the peak is.
/// let edges = &map.edges()[0];
/// assert!(edges.len() == 513 && (0.25..0.35).contains(&edges[256]));
/// assert_eq!(ImportanceMap::from_edges(map.edges().to_vec()), map);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct ImportanceMap {
    /// Of each axis, the ends of its increments, in ascending order.
    pub(crate) ends: Vec<Vec<f64>>,
}

/// Without the edges: they are some thousand numbers.
impl fmt::Debug for ImportanceMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportanceMap").field("axes", &self.ends.len()).finish_non_exhaustive()
    }
}

impl ImportanceMap {
    /// The increments of an axis.
    pub(crate) const INCREMENTS: usize = 512;

    /// Of these edges. They are checked where the map is used: an integration refuses what is no map for it.
    pub fn from_edges(edges: Vec<Vec<f64>>) -> Self {
        Self { ends: edges }
    }

    /// Of each axis the 513 ends of its increments, in ascending order: from the lower to the upper bound; of an
    /// infinite axis in the variable t of x = t / (1 - t²), or x = bound ± t / (1 - t).
    pub fn edges(&self) -> &[Vec<f64>] {
        &self.ends
    }

    /// Without stretching, between these bounds.
    pub(crate) fn even(bounds: impl Iterator<Item = (f64, f64)>) -> Self {
        let end = |lower: f64, upper: f64, i: usize| match i {
            Self::INCREMENTS => upper,
            _ => lower + (upper - lower) * (i as f64 / Self::INCREMENTS as f64),
        };
        Self {
            ends: bounds.map(|(lower, upper)| (0..=Self::INCREMENTS).map(|i| end(lower, upper, i)).collect()).collect(),
        }
    }

    /// What keeps it from being a map of so many axes.
    pub(crate) fn flaw(&self, axes: usize) -> Option<&'static str> {
        let is_map = |ends: &Vec<f64>| {
            ends.len() == Self::INCREMENTS + 1 && ends.is_sorted() && {
                let width = ends[Self::INCREMENTS] - ends[0];
                width > 0.0 && width < f64::INFINITY
            }
        };
        if self.ends.len() != axes {
            return Some("it has not as many axes as the region");
        }
        (!self.ends.iter().all(is_map)).then_some("an axis has not 513 finite edges in ascending order")
    }

    /// The same between these bounds, one pair for each axis.
    pub(crate) fn between(&self, bounds: impl Iterator<Item = (f64, f64)>) -> Self {
        let moved = |(ends, (lower, upper)): (&Vec<f64>, (f64, f64))| {
            let (first, last) = (ends[0], ends[Self::INCREMENTS]);
            if (first, last) == (lower, upper) {
                return ends.clone();
            }
            let scale = (upper - lower) / (last - first);
            let mut moved: Vec<_> = ends.iter().map(|end| (lower + (end - first) * scale).min(upper)).collect();
            moved[Self::INCREMENTS] = upper;
            moved
        };
        Self { ends: self.ends.iter().zip(bounds).map(moved).collect() }
    }
}
