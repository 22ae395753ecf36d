//! How many strata there are, and how many samples each is given.

use crate::plan::Strata;

/// How strongly samples follow the scatter of values: 1 is best where that is known exactly.
const FOLLOW: f64 = 0.75;

/// Samples of a stratum, at least; on the average, twice that.
const LEAST: u64 = 2;

/// Strata, at most: memory does not grow with the samples.
const MOST: u64 = 1 << 20;

/// Equal strata with equally many samples, `samples` together at most.
pub(super) fn even(dimension: usize, samples: u64, seed: u64) -> Strata {
    let along = along(dimension, samples);
    let count: u64 = along.iter().map(|&n| u64::from(n)).product();
    Strata { along, samples: vec![(samples / count) as u32; count as usize], iteration: 0, seed }
}

/// The strata of the next iteration, their samples by how the values scattered in those of this one.
pub(super) fn next(now: &Strata, spread: &[f64], samples: u64) -> Strata {
    let along = along(now.along.len(), samples);
    let count: u64 = along.iter().map(|&n| u64::from(n)).product();
    let spread = with_neighbours(spread, &now.along);
    let parts: Vec<f64> =
        (0..count).map(|stratum| spread[same_place(stratum, &along, &now.along)].powf(FOLLOW)).collect();
    let total: f64 = parts.iter().sum();
    let free = (samples - LEAST * count) as f64;
    let even = free / count as f64;
    let of = |part: f64| LEAST + if total > 0.0 && total < f64::INFINITY { free * (part / total) } else { even } as u64;
    Strata {
        along,
        samples: parts.into_iter().map(|part| of(part) as u32).collect(),
        iteration: now.iteration + 1,
        seed: now.seed,
    }
}

/// At least half of what each of the neighbours has: a step or a peak that goes through a stratum but was missed by its few
/// samples was seen next to it, most likely. Met by chance later, it would make up most of the variance.
fn with_neighbours(spread: &[f64], along: &[u32]) -> Vec<f64> {
    let mut wide = spread.to_vec();
    let mut stride = 1;
    for &strata in along {
        let block = stride * strata as usize;
        for (to, from) in wide.chunks_exact_mut(block).zip(spread.chunks_exact(block)) {
            for (to, from) in to[stride..].iter_mut().zip(from) {
                *to = to.max(0.5 * from);
            }
            for (to, from) in to.iter_mut().zip(&from[stride..]) {
                *to = to.max(0.5 * from);
            }
        }
        stride = block;
    }
    wide
}

/// The strata along each axis: as many as leave four samples for each; the first axes may have one more.
fn along(dimension: usize, samples: u64) -> Vec<u32> {
    let most = (samples / (2 * LEAST)).clamp(1, MOST) as f64;
    let each = (most.powf(1.0 / dimension as f64) + 1e-9).floor().max(1.0);
    let mut along = vec![each as u32; dimension];
    let mut product = each.powi(dimension as i32);
    for strata in &mut along {
        product *= (each + 1.0) / each;
        if product > most {
            break;
        }
        *strata += 1;
    }
    along
}

/// The stratum of another grid in which the middle of this one lies.
fn same_place(stratum: u64, along: &[u32], others: &[u32]) -> usize {
    let (mut rest, mut place, mut stride) = (stratum, 0, 1);
    for (&strata, &other) in along.iter().zip(others) {
        let (strata, other) = (u64::from(strata), u64::from(other));
        place += stride * ((2 * (rest % strata) + 1) * other / (2 * strata));
        rest /= strata;
        stride *= other;
    }
    place as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_shared_out_and_none_is_lost_or_added() {
        for (dimension, samples) in [(1, 100), (4, 8192), (4, 200_000), (20, 10_000), (9, 16), (2, 1 << 26)] {
            let first = even(dimension, samples, 0);
            assert!(first.evaluations() <= samples && first.samples.iter().all(|&n| u64::from(n) >= LEAST));
            let spread: Vec<f64> = (0..first.samples.len()).map(|i| if i == 1 { 1e3 } else { 1.0 }).collect();
            let second = next(&first, &spread, samples * 3 / 2);
            let all = second.evaluations();
            assert!(all <= samples * 3 / 2 && all + second.samples.len() as u64 >= samples * 3 / 2, "{all}");
            assert_eq!(second.iteration, 1);
            assert!(second.samples.len() as u64 <= MOST);
        }
    }

    #[test]
    fn neighbours_are_those_along_an_axis() {
        let mut spread = vec![0.0; 24];
        spread[7] = 2.0;
        // Of 4 by 3 by 2 strata, (3, 1, 0): its neighbours are (2, 1, 0), (3, 0, 0), (3, 2, 0), (3, 1, 1).
        let wide = with_neighbours(&spread, &[4, 3, 2]);
        let seen: Vec<_> = (0..24).filter(|&i| wide[i] > 0.0).map(|i| (i, wide[i])).collect();
        assert_eq!(seen, [(3, 1.0), (6, 1.0), (7, 2.0), (11, 1.0), (19, 1.0)]);
    }

    #[test]
    fn a_grid_lies_in_itself() {
        let along = [3, 2, 5];
        assert!((0..30).all(|stratum| same_place(stratum, &along, &along) == stratum as usize));
        assert_eq!(same_place(3, &[4], &[2]), 1);
    }
}
