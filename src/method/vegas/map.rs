//! How the map of an axis learns.

use crate::plan::{ImportanceMap, StratifiedSample};

/// What a step towards the best map is damped by: 0 leaves the map as it is.
const DAMPING: f64 = 0.5;

/// Moves the ends of increments so that each holds as much of the mean square of the samples.
pub(super) fn refine(map: &mut ImportanceMap, sample: &StratifiedSample) {
    let increments = ImportanceMap::INCREMENTS;
    for (ends, seen) in map.ends.iter_mut().zip(sample.seen.chunks_exact(increments)) {
        // An increment without samples is like the one before.
        let all = seen.iter().fold([0.0; 2], |sum, each| [sum[0] + each[0], sum[1] + each[1]]);
        let mut last = all[0] / all[1].max(1.0);
        let means: Vec<f64> = seen
            .iter()
            .map(|&[square, count]| {
                last = if count > 0.0 { square / count } else { last };
                last
            })
            .collect();
        let smooth: Vec<f64> = (0..increments)
            .map(|i| (means[i.saturating_sub(1)] + 6.0 * means[i] + means[(i + 1).min(increments - 1)]) / 8.0)
            .collect();
        let total: f64 = smooth.iter().sum();
        // Nothing was seen, or nothing that can be compared.
        if !(total > 0.0 && total < f64::INFINITY) {
            continue;
        }
        let weights: Vec<f64> = smooth.iter().map(|weight| damped(weight / total)).collect();
        let new = graded(&divided(ends, &weights, increments));
        *ends = with_jumps(new, ends, &means);
    }
}

/// A map learnt before, but every second of its ends and of the even ones: half of the samples go where they went
/// before, half evenly. Without that, what it has never met, a second peak or one that has moved, would be where
/// samples hardly ever fall, and nothing would tell.
pub(super) fn half_even(mut learnt: ImportanceMap, even: &ImportanceMap) -> ImportanceMap {
    for (ends, even) in learnt.ends.iter_mut().zip(&even.ends) {
        let mut both = [&ends[..], even].concat();
        both.sort_by(f64::total_cmp);
        *ends = both.into_iter().step_by(2).collect();
    }
    learnt
}

/// How much longer an increment is than the one next to it, about; and how long, beside what follows, a part may be so
/// that no crumb of it is left.
const GROWTH: f64 = 3.0;
const CRUMB: f64 = 1.5;

/// As many increments, none much longer than those next to it. Where what is sampled ends, as a disc does, else one
/// would hold the last of it and all the emptiness beyond, where samples hardly ever meet the former.
fn graded(ends: &[f64]) -> Vec<f64> {
    let lengths: Vec<f64> = ends.windows(2).map(|two| two[1] - two[0]).collect();
    let count = lengths.len();
    let mut all = vec![ends[0]];
    for (i, &length) in lengths.iter().enumerate() {
        let beside = |k: usize| GROWTH * lengths.get(k).copied().filter(|&other| other > 0.0).unwrap_or(length);
        // From both sides, each part longer than the one before.
        let (mut from, mut to) = (ends[i], ends[i + 1]);
        let (mut near, mut far) = (beside(i.wrapping_sub(1)), beside(i + 1));
        let mut after = Vec::new();
        while to - from > CRUMB * near.min(far) {
            if near <= far {
                from += near;
                all.push(from);
                near *= GROWTH;
            } else {
                to -= far;
                after.push(to);
                far *= GROWTH;
            }
        }
        all.extend(after.into_iter().rev());
        all.push(ends[i + 1]);
    }
    let parts = vec![1.0; all.len() - 1];
    divided(&all, &parts, count)
}

/// Means that differ so much are those of two sides of a step.
const JUMP: f64 = 10.0;

/// New ends, but those nearest to a jump of the means moved there. Else an increment would hold a little of what is on
/// one side and all the emptiness on the other, where samples hardly ever meet the former.
fn with_jumps(mut new: Vec<f64>, old: &[f64], means: &[f64]) -> Vec<f64> {
    let last = new.len() - 1;
    for (i, two) in means.windows(2).enumerate() {
        if two[0].max(two[1]) > JUMP * two[0].min(two[1]) {
            let at = old[i + 1];
            let after = new.partition_point(|&end| end < at).clamp(1, last);
            let nearest = if at - new[after - 1] < new[after] - at { after - 1 } else { after };
            if (1..last).contains(&nearest) {
                new[nearest] = at;
            }
        }
    }
    new
}

fn damped(share: f64) -> f64 {
    if share <= 0.0 {
        0.0
    } else if share >= 1.0 {
        1.0
    } else {
        ((1.0 - share) / -share.ln()).powf(DAMPING)
    }
}

/// The ends of so many increments of equal weight; within one of the old ones weight is spread evenly.
fn divided(ends: &[f64], weights: &[f64], count: usize) -> Vec<f64> {
    let each = weights.iter().sum::<f64>() / count as f64;
    let (mut new, mut old, mut held) = (vec![ends[0]], 0, 0.0);
    while new.len() < count {
        while held < each && old < weights.len() {
            held += weights[old];
            old += 1;
        }
        held -= each;
        let (lower, upper) = (ends[old - 1], ends[old]);
        let beyond = (held / weights[old - 1]).clamp(0.0, 1.0);
        new.push((upper - (upper - lower) * beyond).max(*new.last().unwrap_or(&lower)));
    }
    new.push(ends[weights.len()]);
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn increments_hold_equal_weight() {
        let ends: Vec<f64> = (0..=8).map(f64::from).collect();
        let new = divided(&ends, &[0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, 0.0], 8);
        let expected = [0.0, 2.25, 2.5, 2.75, 3.0, 5.25, 5.5, 5.75, 8.0];
        assert!(new.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{new:?}");
        assert_eq!(divided(&ends, &[1.0; 8], 8), ends);
    }

    #[test]
    fn increments_grow_one_after_the_other() {
        let ends = [0.0, 1e3, 1e3 + 1.0, 1e3 + 2.0, 1e3 + 3.0, 2e3];
        let new = graded(&ends);
        assert!(new.len() == 6 && new[0] == 0.0 && new[5] == 2e3 && new.is_sorted(), "{new:?}");
        let even: Vec<f64> = (0..=8).map(f64::from).collect();
        assert_eq!(graded(&even), even);
        // Of so many that none has to be much longer than those beside it.
        let many: Vec<f64> = (0..=400).map(|i| 1.0 + 1e-6 * f64::from(i)).chain([2.0]).collect();
        let new = graded(&[&[0.0], &many[..]].concat());
        let lengths: Vec<f64> = new.windows(2).map(|two| two[1] - two[0]).collect();
        let grows = |two: &[f64]| two[0].max(two[1]) <= 2.0 * GROWTH * two[0].min(two[1]);
        assert!(lengths.windows(2).all(grows), "{lengths:?}");
        // Not of a crumb that is left of one part, which would cut its neighbours the next time.
        let left_over = graded(&[0.0, 1.0, 2.0, 3.0, 6.0 + 1e-9, 9.0, 12.0, 15.0]);
        assert_eq!(left_over.len(), 8);
        assert!(left_over.windows(2).all(|two| two[1] - two[0] > 0.5), "{left_over:?}");
    }

    #[test]
    fn half_of_what_was_learnt_stays() {
        let increments = ImportanceMap::INCREMENTS;
        let even = ImportanceMap::even([(0.0, 1.0); 2].into_iter());
        let narrow: Vec<_> = even.ends[0].iter().map(|end| 0.3 + 0.1 * end).collect();
        let narrow = [&[0.0], &narrow[1..increments], &[1.0]].concat();
        let map = half_even(ImportanceMap { ends: vec![narrow; 2] }, &even);
        let ends = &map.ends[1];
        assert!(map.flaw(2).is_none() && ends[0] == 0.0 && ends[increments] == 1.0);
        let within = |from: f64, to: f64| ends.iter().filter(|&&end| end >= from && end <= to).count();
        assert!((270..300).contains(&within(0.3, 0.4)) && (24..28).contains(&within(0.5, 0.6)), "{ends:?}");
    }

    #[test]
    fn no_increment_goes_over_a_step() {
        let ends: Vec<f64> = (0..=8).map(f64::from).collect();
        let means = [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        let new = with_jumps(divided(&ends, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.4, 0.0, 0.0], 8), &ends, &means);
        assert!(new.contains(&5.0) && new.is_sorted() && new[8] == 8.0, "{new:?}");
    }
}
