//! The first regions of an adaptive integration: the whole, or what break points make of it.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::method::Method;
use crate::plan::{Region, Sweep};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// A region of x.
pub(super) fn region(method: Method, lower: f64, upper: f64) -> Region {
    if method == Method::DoubleExponential || !(lower.is_finite() && upper.is_finite()) {
        Region::levels(lower, upper)
    } else {
        Region::plain(lower, upper)
    }
}

/// Sets `regions` to the first regions in ascending order, and which of their ends are edges; how many evaluations that took. Around break points
/// the mesh is graded, but not where `values`, if there are any, say that there is no need.
pub(super) fn initial(
    method: Method,
    (lower, upper): (f64, f64),
    points: &[f64],
    values: Option<&dyn Values>,
    regions: &mut Vec<(Region, [bool; 2])>,
) -> u64 {
    regions.clear();
    let levels = method == Method::DoubleExponential;
    let region = |lower: f64, upper: f64| region(method, lower, upper);
    let mut points: Vec<f64> = points.iter().copied().filter(|&p| lower < p && p < upper).collect();
    if points.is_empty() {
        regions.push((region(lower, upper), [true; 2]));
        return 0;
    }
    points.sort_by(f64::total_cmp);
    points.dedup();
    let mut evaluations = 0;
    let mut ends = vec![(lower, true)];
    for k in 0..=points.len() {
        let before = if k == 0 { lower } else { points[k - 1] };
        let after = points.get(k).copied().unwrap_or(upper);
        let smooth = match values.filter(|_| !levels && (after - before).is_finite()) {
            Some(values) => {
                let (smooth, took) = is_polynomial(values, before, after);
                evaluations += took;
                smooth
            }
            None => levels,
        };
        let reach = |point: f64| match (after - before).is_finite() {
            true => after - before,
            false => point.abs().max(1.0),
        };
        if k > 0 && !smooth {
            ends.extend(graded(reach(before)).map(|d| (before + d, false)));
        }
        if k < points.len() {
            if !smooth {
                ends.extend(graded(reach(after)).map(|d| (after - d, false)));
            }
            ends.push((after, true));
        }
    }
    ends.push((upper, true));
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    ends.dedup_by(|a, b| a.0 == b.0);
    regions.extend(ends.windows(2).map(|two| {
        let (edges, mut region) = ([two[0].1, two[1].1], region(two[0].0, two[1].0));
        if let Sweep::Ladder { least, .. } = &mut region.sweep {
            // Between two points only where it was seen to be smooth.
            *least = u8::from(edges != [true; 2]);
        }
        (region, edges)
    }));
    evaluations
}

/// Distances from a break point whose neighbour is `reach` away: to half of it, eight times smaller each, from the largest.
fn graded(reach: f64) -> impl Iterator<Item = f64> {
    (0..10).map(move |k| 0.5 * reach * 0.125f64.powi(k))
}

/// Nodes of the polynomial, and places at which values are compared with it, alternately next to either end: as many as let a peak be seen that
/// is off by some thirty of its widths.
const NODES: usize = 2 * LANES;
const PLACES: usize = 128;
/// Places looked at together.
const SOME: usize = 4 * LANES;

/// By how much values may differ: a few roundings, as a share of the largest value and of what the rounding of x makes of it.
const SAME: f64 = 32.0 * f64::EPSILON;

/// Chebyshev's nodes on [0, 1], and what the values there count in the polynomial through them at each of the places; what is negative is the
/// distance from the upper end.
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

/// Whether f is a polynomial between two points, as far as values tell: then what is at the points, if anything, is at the points alone. And how
/// many evaluations that took.
fn is_polynomial(f: &dyn Values, lower: f64, upper: f64) -> (bool, u64) {
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
