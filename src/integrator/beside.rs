//! What an integrand is like beside a break point, as far as some values tell: whether the mesh is to be graded there.

use crate::clock::Instant;
use crate::control::Control;
use crate::integrand::values::Values;
use crate::lanes::LANES;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// What is known of an integrand.
pub(super) trait Beside {
    /// Whether the caller wants an end, so that nothing more is to be looked at.
    fn is_given_up(&self) -> bool {
        false
    }

    /// Whether it is a polynomial between two points: then there is no need of a graded mesh.
    fn is_polynomial(&mut self, _lower: f64, _upper: f64) -> bool {
        false
    }

    /// Whether it grows without end towards a point from so far away, up or down: then levels come nearer than any
    /// panel, and what they do not come to needs room to be extrapolated.
    fn is_singular(&mut self, _point: f64, _reach: f64) -> bool {
        false
    }
}

/// Of what is as smooth as may be: the fewest regions that there are.
pub(super) struct Smooth;

impl Beside for Smooth {
    fn is_polynomial(&mut self, _: f64, _: f64) -> bool {
        true
    }

    fn is_singular(&mut self, _: f64, _: f64) -> bool {
        true
    }
}

/// What one integrand is like.
pub(super) struct BesideOne<'a> {
    values: &'a dyn Values,
    control: &'a Control,
    start: Instant,
    polynomials: bool,
    pub evaluations: u64,
}

impl<'a> BesideOne<'a> {
    /// `polynomials` are to be found, or not.
    pub fn of(values: &'a dyn Values, polynomials: bool, control: &'a Control, start: Instant) -> Self {
        Self { values, control, start, polynomials, evaluations: 0 }
    }
}

impl Beside for BesideOne<'_> {
    fn is_given_up(&self) -> bool {
        self.values.withheld() || !self.control.is_idle() && self.control.stop(self.start).is_some()
    }

    fn is_polynomial(&mut self, lower: f64, upper: f64) -> bool {
        if !self.polynomials {
            return false;
        }
        let (is_one, evaluations) = is_polynomial(self.values, lower, upper);
        self.evaluations += evaluations;
        is_one
    }

    fn is_singular(&mut self, point: f64, reach: f64) -> bool {
        self.evaluations += LANES as u64;
        is_singular(self.values, point, reach)
    }
}

/// Whether f grows at least like a logarithm towards `point`, as far as distances of 1e-9 of `reach` say, and no faster
/// than an integral may be of. Eight evaluations.
pub(super) fn is_singular(f: &dyn Values, point: f64, reach: f64) -> bool {
    let mut values = [[0.0; LANES]];
    let distance = |k: usize| 0.5 * reach * 0.125f64.powi(k as i32 + 2);
    f.values(&[std::array::from_fn(|k| point + distance(k))], &mut values);
    let [.., a, b, c, d] = values[0].map(f64::abs);
    let (before, growth) = ((c - b) / (b - a), (d - c) / (c - b));
    b > a
        && [before, growth].iter().all(|growth| (SLOWEST..=FASTEST).contains(growth))
        && (growth - before).abs() < STEADY * growth
}

/// How differences grow from one distance to one of an eighth: of a logarithm not at all, of 1/x eightfold; and how
/// steadily. A narrow peak comes to its end.
const SLOWEST: f64 = 0.95;
const FASTEST: f64 = 8.0;
const STEADY: f64 = 0.2;

/// Nodes of the polynomial, and places at which values are compared with it, alternately next to either end: as many as
/// let a peak be seen that is off by some thirty of its widths.
const NODES: usize = 2 * LANES;
const PLACES: usize = 128;
/// Places looked at together.
const SOME: usize = 4 * LANES;

/// By how much values may differ: a few roundings, as a share of the largest value and of what the rounding of x makes
/// of it.
const SAME: f64 = 32.0 * f64::EPSILON;

/// Chebyshev's nodes on [0, 1], and what the values there count in the polynomial through them at each of the places;
/// what is negative is the distance from the upper end.
struct Interpolation {
    nodes: [f64; NODES],
    places: [f64; PLACES],
    weights: [[f64; NODES]; PLACES],
}

static INTERPOLATION: LazyLock<Interpolation> = LazyLock::new(|| {
    let angle = |k: usize| (k as f64 + 0.5) * PI / NODES as f64;
    let nodes: [f64; NODES] = std::array::from_fn(|k| (0.5 * angle(k)).sin().powi(2));
    // As far as the mesh would be graded.
    let [first, last] = [0.25, 0.5 * 0.125f64.powi(9)];
    let distance = |k: usize| first * (last / first).powf(k as f64 / (PLACES / 2 - 1) as f64);
    let places: [f64; PLACES] = std::array::from_fn(|k| distance(k / 2) * if k % 2 == 0 { 1.0 } else { -1.0 });
    let weights = places.map(|place| {
        let each: [f64; NODES] = std::array::from_fn(|k| {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            // From the nearer end, so that nothing cancels.
            let node = if place > 0.0 { nodes[k] } else { -nodes[NODES - 1 - k] };
            sign * angle(k).sin() / (place - node)
        });
        let sum: f64 = each.iter().sum();
        each.map(|weight| weight / sum)
    });
    Interpolation { nodes, places, weights }
});

/// Whether f is a polynomial between two points, as far as values tell: then what is at the points, if anything, is at
/// the points alone. And how many evaluations that took.
pub(super) fn is_polynomial(f: &dyn Values, lower: f64, upper: f64) -> (bool, u64) {
    let Interpolation { nodes, places, weights } = &*INTERPOLATION;
    let width = upper - lower;
    let point = |place: f64| if place > 0.0 { width.mul_add(place, lower) } else { width.mul_add(place, upper) };
    let (mut points, mut at_nodes) = ([[0.0; LANES]; SOME / LANES], [[0.0; LANES]; NODES / LANES]);
    points.as_flattened_mut().iter_mut().zip(nodes).for_each(|(at, &node)| *at = point(node));
    f.values(&points[..NODES / LANES], &mut at_nodes);
    let at_nodes = at_nodes.as_flattened();
    let largest = at_nodes.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let (low, high) =
        at_nodes.iter().fold((f64::MAX, f64::MIN), |(low, high), &value| (value.min(low), value.max(high)));
    let allowed = SAME * (largest + (high - low) * lower.abs().max(upper.abs()) / width);
    let same = |weights: &[f64; NODES], value: f64| {
        let polynomial: f64 = weights.iter().zip(at_nodes).map(|(weight, value)| weight * value).sum();
        // False where one is NaN.
        (value - polynomial).abs() <= allowed
    };
    let mut evaluations = NODES as u64;
    for (places, weights) in places.chunks(SOME).zip(weights.chunks(SOME)) {
        let mut values = [[0.0; LANES]; SOME / LANES];
        points.as_flattened_mut().iter_mut().zip(places).for_each(|(at, &place)| *at = point(place));
        f.values(&points, &mut values);
        evaluations += SOME as u64;
        if !weights.iter().zip(values.as_flattened()).all(|(weights, &value)| same(weights, value)) {
            return (false, evaluations);
        }
    }
    (true, evaluations)
}
