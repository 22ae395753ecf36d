//! The first regions of an adaptive integration: the whole, or what break points make of it.

use crate::method::Method;
use crate::plan::{Region, Sweep};

/// Sets `regions` to the first regions in ascending order, and which of their ends are edges.
pub(super) fn initial(method: Method, lower: f64, upper: f64, points: &[f64], regions: &mut Vec<(Region, [bool; 2])>) {
    regions.clear();
    let levels = method == Method::DoubleExponential;
    let region = |lower: f64, upper: f64| {
        if levels || !(lower.is_finite() && upper.is_finite()) {
            Region::levels(lower, upper)
        } else {
            Region::plain(lower, upper)
        }
    };
    if points.is_empty() {
        regions.push((region(lower, upper), [true; 2]));
        return;
    }
    let mut points: Vec<f64> = points.iter().copied().filter(|&p| lower < p && p < upper).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let mut ends = vec![(lower, true)];
    for (k, &point) in points.iter().enumerate() {
        let before = if k == 0 { lower } else { points[k - 1] };
        let after = points.get(k + 1).copied().unwrap_or(upper);
        let reach = |other: f64| if other.is_finite() { (point - other).abs() } else { point.abs().max(1.0) };
        if !levels {
            ends.extend(graded(reach(before)).map(|d| (point - d, false)));
        }
        ends.push((point, true));
        if !levels {
            ends.extend(graded(reach(after)).map(|d| (point + d, false)));
        }
    }
    ends.push((upper, true));
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    ends.dedup_by(|a, b| a.0 == b.0);
    let graded_to = !points.is_empty();
    regions.extend(ends.windows(2).map(|two| {
        let mut region = region(two[0].0, two[1].0);
        if let Sweep::Ladder { least } = &mut region.sweep {
            *least = u8::from(graded_to);
        }
        (region, [two[0].1, two[1].1])
    }));
}

/// Distances from a break point whose neighbour is `reach` away: to half of it, eight times smaller each, from the largest.
fn graded(reach: f64) -> impl Iterator<Item = f64> {
    (0..10).map(move |k| 0.5 * reach * 0.125f64.powi(k))
}
