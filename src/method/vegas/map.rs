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
        let new = divided(ends, &weights);
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

/// The ends of as many increments of equal weight; within one of the old ones weight is spread evenly.
fn divided(ends: &[f64], weights: &[f64]) -> Vec<f64> {
    let each = weights.iter().sum::<f64>() / weights.len() as f64;
    let (mut new, mut old, mut held) = (vec![ends[0]], 0, 0.0);
    while new.len() < weights.len() {
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
        let new = divided(&ends, &[0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        let expected = [0.0, 2.25, 2.5, 2.75, 3.0, 5.25, 5.5, 5.75, 8.0];
        assert!(new.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{new:?}");
        assert_eq!(divided(&ends, &[1.0; 8]), ends);
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
        let new = with_jumps(divided(&ends, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.4, 0.0, 0.0]), &ends, &means);
        assert!(new.contains(&5.0) && new.is_sorted() && new[8] == 8.0, "{new:?}");
    }
}
