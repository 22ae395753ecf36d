//! The scale of an integrand in a range that is longer by many powers of ten: halving, on its way there, sees ∫|f| grow
//! and grow, as if it diverged.

use super::probe::{self, Search, TooFew};
use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::Map;

/// Halvings within which the mesh gets there by itself.
const NEAR: usize = 12;

/// The share of the largest |f| times distance from which on it counts; and the one beyond which, at the last number,
/// the integral does not seem to exist.
const COUNTS: f64 = 0.5;
const OPEN: f64 = 0.3;

/// The factor from one panel to the next, and how many lie within the scale.
const FACTOR: f64 = 8.0;
const WITHIN: i32 = 2;

/// Panels in geometric progression from an end or from 0, if f has a scale there that is much smaller than the range,
/// and falls below; and the evaluations, unless there are too few left.
pub(super) fn find(f: &dyn Values, lower: f64, upper: f64, left: u64) -> Search {
    let (mut ends, mut evaluations) = (vec![lower, upper], 0);
    let zero = (lower < 0.0 && 0.0 < upper).then_some(0.0);
    for origin in [Some(lower), Some(upper), zero].into_iter().flatten() {
        for room in [lower - origin, upper - origin].into_iter().filter(|&room| room != 0.0) {
            let least = (8.0 * f64::EPSILON * origin.abs()).max(f64::MIN_POSITIVE);
            let distances = std::iter::successors(Some(0.5 * room), |distance| Some(0.5 * distance));
            let distances: Vec<f64> = distances.take_while(|distance| distance.abs() > least).collect();
            let mut points: Vec<f64> = distances.iter().map(|distance| origin + distance).collect();
            if evaluations + points.len() as u64 > left {
                return (Err(TooFew), evaluations);
            }
            points.resize(points.len().next_multiple_of(LANES), origin + 0.5 * room);
            let mut values = vec![[0.0; LANES]; points.len() / LANES];
            f.values(points.as_chunks().0, &mut values);
            evaluations += distances.len() as u64;
            let sizes = distances.iter().zip(values.as_flattened()).map(|(distance, value)| (distance * value).abs());
            let sizes: Vec<f64> = sizes.collect();
            let largest = sizes.iter().copied().fold(0.0, f64::max);
            let Some(scale) = sizes.iter().rposition(|&size| size >= COUNTS * largest) else { continue };
            if scale < NEAR || !(largest.is_finite() && largest > 0.0) {
                continue;
            }
            if sizes.last().is_some_and(|&last| last > OPEN * largest) {
                return (Ok(None), evaluations);
            }
            let first = distances[scale] * FACTOR.powi(-WITHIN);
            let steps = std::iter::successors(Some(first), |distance| Some(FACTOR * distance));
            ends.extend(steps.take_while(|distance| distance.abs() < 0.7 * room.abs()).map(|d| origin + d));
        }
        ends.push(origin);
    }
    ends.sort_unstable_by(f64::total_cmp);
    ends.dedup();
    // The ends, and 0, are no news.
    let found = ends.len() > 2 + usize::from(zero.is_some());
    (Ok(found.then(|| probe::panels(&ends, Map::Plain))), evaluations)
}
