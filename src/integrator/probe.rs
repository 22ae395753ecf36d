//! Dense samples at many scales, for integrands whose first samples are all the same.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{Map, Region, Sweep};

/// Regions in ascending order, and which of their ends are edges.
pub(super) type Panels = Vec<(Region, [bool; 2])>;

/// Samples of the variable.
const SAMPLES: usize = 8192;

/// The variable's range, and how it becomes x.
pub(super) fn range(lower: f64, upper: f64) -> (f64, f64, Map) {
    match (lower.is_finite(), upper.is_finite()) {
        (true, true) => (lower, upper, Map::Plain),
        (true, false) => (-6.5, 6.5, Map::Exp { from: lower, direction: 1.0 }),
        (false, true) => (-6.5, 6.5, Map::Exp { from: upper, direction: -1.0 }),
        (false, false) => (-6.5, 6.5, Map::Sinh),
    }
}

/// Panels between the ends of all of these; `None` where there are none.
pub(super) fn union(found: &[Panels]) -> Option<Panels> {
    let template = found.first()?.first()?.0;
    let mut ends: Vec<f64> = found.iter().flatten().flat_map(|(region, _)| [region.lower, region.upper]).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let last = ends.len().checked_sub(2)?;
    let panels = ends.windows(2).enumerate();
    Some(panels.map(|(k, two)| (Region { lower: two[0], upper: two[1], ..template }, [k == 0, k == last])).collect())
}

/// Panels around what stands out of a constant, and between; `None` where nothing does. The evaluations come second.
///
/// One sample in each of 8192 equal parts, at a golden-ratio place in it; and samples towards the ends of a finite interval, down
/// to 1e-15 of it.
pub(super) fn find(f: &dyn Values, lower: f64, upper: f64) -> (Option<Panels>, u64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (from, to, map) = range(lower, upper);
    let width = to - from;
    // Next to the ends of a finite interval, below the first of the equal parts.
    let near = |k: usize| width * (-(k as f64 + 0.5) * (35.0 * 16.0 / SAMPLES as f64)).exp();
    let close = (0..if map == Map::Plain { SAMPLES / 16 } else { 0 }).filter(|&k| near(k) < width / SAMPLES as f64);
    let mut places = Vec::with_capacity(SAMPLES + SAMPLES / 8);
    places.extend(close.clone().rev().map(|k| from + near(k)));
    places.extend((1..SAMPLES - 1).map(|k| from + width * ((k as f64 + (k as f64 * GOLDEN).fract()) / SAMPLES as f64)));
    places.extend(close.map(|k| to - near(k)));
    places.retain(|&t| from < t && t < to);
    places.dedup();
    if places.is_empty() {
        return (None, 0);
    }
    let last = places.len() - 1;
    let point = |k: usize| map.point(places[k.min(last)]);
    let points: Vec<[f64; LANES]> =
        (0..places.len().div_ceil(LANES)).map(|row| std::array::from_fn(|lane| point(LANES * row + lane))).collect();
    let mut rows = vec![[0.0; LANES]; points.len()];
    f.values(&points, &mut rows);
    let values = &rows.as_flattened()[..places.len()];
    // What most samples agree on.
    let usual = values[values.len() / 3];
    let mut cuts = vec![from];
    let mut k = 0;
    while k < values.len() {
        if values[k] == usual {
            k += 1;
            continue;
        }
        let begin = k;
        while k < values.len() && values[k] != usual {
            k += 1;
        }
        // The middle sample of a group is a cut as well, so that a narrow peak has nodes close by.
        let around = [begin.checked_sub(1).map(|i| places[i]), Some(places[(begin + k) / 2]), places.get(k).copied()];
        for cut in around.into_iter().flatten() {
            if cuts.last().is_some_and(|&last| cut > last) {
                cuts.push(cut);
            }
        }
        if cuts.len() > 4096 {
            break;
        }
    }
    let evaluations = values.len() as u64;
    if cuts.len() == 1 {
        return (None, evaluations);
    }
    cuts.push(to);
    cuts.dedup();
    let last = cuts.len() - 2;
    let sweep = Sweep::Ladder { least: 1, eager: false };
    let panels = cuts.windows(2).enumerate();
    let panels =
        panels.map(|(k, ends)| (Region { map, sweep, ..Region::plain(ends[0], ends[1]) }, [k == 0, k == last]));
    (Some(panels.collect()), evaluations)
}
