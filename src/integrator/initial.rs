//! The first regions of an adaptive integration: the whole, or what break points make of it.

use super::beside::Beside;
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

/// Sets `regions` to the first regions in ascending order, and which of their ends are edges. Around break points the
/// mesh is graded, but not where there is no need, as it is a polynomial there, nor where it would be in the way, as
/// beside a singularity.
pub(super) fn initial(
    method: Method,
    (lower, upper): (f64, f64),
    points: &[f64],
    beside: &mut dyn Beside,
    regions: &mut Vec<(Region, [bool; 2])>,
) {
    regions.clear();
    let levels = method == Method::DoubleExponential;
    let region = |lower: f64, upper: f64| region(method, lower, upper);
    let mut points: Vec<f64> = points.iter().copied().filter(|&p| lower < p && p < upper).collect();
    if points.is_empty() {
        regions.push((region(lower, upper), [true; 2]));
        return;
    }
    points.sort_by(f64::total_cmp);
    points.dedup();
    let mut ends = vec![(lower, true), (upper, true)];
    ends.extend(points.iter().map(|&point| (point, true)));
    // Ends of regions for levels, by the side of them on which these are; in ascending order.
    let mut bare = [Vec::new(), Vec::new()];
    for k in 0..=points.len() {
        let below = k.checked_sub(1).map(|k| points[k]);
        let above = points.get(k).copied();
        let (from, to) = (below.unwrap_or(lower), above.unwrap_or(upper));
        let is_finite = (to - from).is_finite();
        let looked_at = is_finite && points.len() > ALWAYS_GRADED;
        if levels || beside.is_given_up() || looked_at && beside.is_polynomial(from, to) {
            continue;
        }
        for ((point, side), beside_it) in [(below, 1.0), (above, -1.0)].into_iter().zip(&mut bare) {
            let Some(point) = point else { continue };
            let reach = if is_finite { to - from } else { point.abs().max(1.0) };
            if method == Method::Auto && beside.is_singular(point, side * reach) {
                beside_it.push(point);
                ends.extend(graded(reach).take(COARSE).map(|d| (f64::mul_add(side, d, point), false)));
            } else {
                ends.extend(graded(reach).map(|d| (f64::mul_add(side, d, point), false)));
            }
        }
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    ends.dedup_by(|a, b| a.0 == b.0);
    regions.extend(ends.windows(2).map(|two| {
        let (edges, mut region) = ([two[0].1, two[1].1], region(two[0].0, two[1].0));
        if let Sweep::Ladder { least, .. } = &mut region.sweep {
            // Between two points only where it was seen to be smooth.
            *least = u8::from(edges != [true; 2]);
        }
        let is_bare = |bare: &Vec<f64>, end: f64| bare.binary_search_by(|point| point.total_cmp(&end)).is_ok();
        if is_bare(&bare[0], two[0].0) || is_bare(&bare[1], two[1].0) {
            region.sweep = Sweep::Levels;
        }
        (region, edges)
    }));
}

/// Points around which the mesh is graded in any case: a few may be names of peaks, and off by many of their widths.
const ALWAYS_GRADED: usize = 8;

/// Panels beside a singularity: as fine as leaves room for its limit.
const COARSE: usize = 4;

/// Distances from a break point whose neighbour is `reach` away: to half of it, eight times smaller each, from the
/// largest.
fn graded(reach: f64) -> impl Iterator<Item = f64> {
    (0..10).map(move |k| 0.5 * reach * 0.125f64.powi(k))
}
