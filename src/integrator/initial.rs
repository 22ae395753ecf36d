//! The first regions of an adaptive integration: the whole, or what break points make of it.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::method::Method;
use crate::plan::{Region, Sweep};

/// A region of x.
pub(super) fn region(method: Method, lower: f64, upper: f64) -> Region {
    if method == Method::DoubleExponential || !(lower.is_finite() && upper.is_finite()) {
        Region::levels(lower, upper)
    } else {
        Region::plain(lower, upper)
    }
}

/// Sets `regions` to the first regions in ascending order, and which of their ends are edges. Next to break points these are graded, but where `singular` says of
/// the point and how far to go from it that f grows without end: there levels come nearer than any panel, and what they do not come to needs room to be extrapolated.
pub(super) fn initial(
    method: Method,
    lower: f64,
    upper: f64,
    points: &[f64],
    mut singular: impl FnMut(f64, f64) -> bool,
    regions: &mut Vec<(Region, [bool; 2])>,
) {
    regions.clear();
    let levels = method == Method::DoubleExponential;
    let region = |lower: f64, upper: f64| region(method, lower, upper);
    if points.is_empty() {
        regions.push((region(lower, upper), [true; 2]));
        return;
    }
    let mut points: Vec<f64> = points.iter().copied().filter(|&p| lower < p && p < upper).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let mut ends = vec![(lower, true)];
    // Ends of regions for levels.
    let mut bare = Vec::new();
    for (k, &point) in points.iter().enumerate() {
        let before = if k == 0 { lower } else { points[k - 1] };
        let after = points.get(k + 1).copied().unwrap_or(upper);
        let reach = |other: f64| if other.is_finite() { (point - other).abs() } else { point.abs().max(1.0) };
        ends.push((point, true));
        for (other, side) in [(before, -1.0), (after, 1.0)] {
            let reach = reach(other);
            if method == Method::Auto && singular(point, side * reach) {
                bare.push((point, side));
                // Another point has a region of its own.
                ends.extend(points.contains(&other).then_some((side.mul_add(0.5 * reach, point), false)));
            } else if !levels {
                ends.extend(graded(reach).map(|d| (side.mul_add(d, point), false)));
            }
        }
    }
    ends.push((upper, true));
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    ends.dedup_by(|a, b| a.0 == b.0);
    let graded_to = !points.is_empty();
    regions.extend(ends.windows(2).map(|two| {
        let mut region = region(two[0].0, two[1].0);
        if let Sweep::Ladder { least, .. } = &mut region.sweep {
            *least = u8::from(graded_to);
        }
        if bare.contains(&(two[0].0, 1.0)) || bare.contains(&(two[1].0, -1.0)) {
            region.sweep = Sweep::Levels;
        }
        (region, [two[0].1, two[1].1])
    }));
}

/// Whether f grows at least like a logarithm towards `point`, as far as distances of 1e-9 of `reach` say, and no faster than an integral may be of. Eight
/// evaluations.
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

/// How differences grow from one distance to one of an eighth: of a logarithm not at all, of 1/x eightfold; and how steadily. A narrow peak comes to its end.
const SLOWEST: f64 = 0.95;
const FASTEST: f64 = 8.0;
const STEADY: f64 = 0.2;

/// Distances from a break point whose neighbour is `reach` away: to half of it, eight times smaller each, from the largest.
fn graded(reach: f64) -> impl Iterator<Item = f64> {
    (0..10).map(move |k| 0.5 * reach * 0.125f64.powi(k))
}
