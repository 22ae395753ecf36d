//! How many strata there are, and how many samples each is given.

use crate::plan::Strata;

/// How strongly samples follow the scatter of values: its power 3/4. The first would be best if it were known exactly.
fn followed(spread: f64) -> f64 {
    spread.sqrt() * spread.sqrt().sqrt()
}

/// Samples of a stratum, at least; on the average, twice that.
const LEAST: u64 = 2;

/// Strata, at most: memory does not grow with the samples.
const MOST: u64 = 1 << 20;

/// Bytes for each, at most: its samples, the scatter of its values, and room to work with, in lists that have grown by
/// doubling.
const BYTES: usize = 80;

/// The strata that there may be in so many bytes.
pub(super) fn most(bytes: usize) -> u64 {
    ((bytes / BYTES) as u64).clamp(1, MOST)
}

/// Equal strata, `most` at most, with equally many samples, `samples` together at most.
pub(super) fn even(dimension: usize, samples: u64, most: u64, seed: u64) -> Strata {
    let along = along(dimension, samples, most);
    let count: u64 = along.iter().map(|&n| u64::from(n)).product();
    Strata { along, samples: vec![(samples / count) as u32; count as usize], iteration: 0, seed }
}

/// Memory that is kept from iteration to iteration: there may be a million strata.
#[derive(Default)]
pub(super) struct Scratch {
    wide: Vec<f64>,
    parts: Vec<f64>,
}

/// The strata of the next iteration, their samples by how the values scattered in those of this one.
pub(super) fn next(strata: &mut Strata, spread: &[f64], samples: u64, most: u64, scratch: &mut Scratch) {
    let along = along(strata.along.len(), samples, most);
    let count: u64 = along.iter().map(|&n| u64::from(n)).product();
    let Scratch { wide, parts } = scratch;
    with_neighbours(spread, &strata.along, wide);
    wide.iter_mut().for_each(|spread| *spread = followed(*spread));
    parts.clear();
    same_places(&along, &strata.along, |place| parts.push(wide[place]));
    let total: f64 = parts.iter().sum();
    let free = (samples - LEAST * count) as f64;
    let (even, each) = (free / count as f64, free / total);
    let known = each > 0.0 && each.is_finite();
    // Samples of an iteration are below 2^32.
    let of = |part: &f64| LEAST as u32 + if known { part * each } else { even } as u32;
    strata.samples.clear();
    strata.samples.extend(parts.iter().map(of));
    strata.along = along;
    strata.iteration += 1;
}

/// At least half of what each of the neighbours has: a step or a peak that goes through a stratum but was missed by its
/// few samples was seen next to it, most likely. Met by chance later, it would make up most of the variance.
fn with_neighbours(spread: &[f64], along: &[u32], wide: &mut Vec<f64>) {
    wide.clear();
    wide.extend_from_slice(spread);
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
}

/// The strata along each axis: as many as leave four samples for each; the first axes may have one more.
fn along(dimension: usize, samples: u64, most: u64) -> Vec<u32> {
    let most = (samples / (2 * LEAST)).clamp(1, most) as f64;
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

/// For each stratum in order, the one of another grid in which its middle lies.
fn same_places(along: &[u32], others: &[u32], mut place: impl FnMut(usize)) {
    let mut stride = 1;
    let mut tables = Vec::with_capacity(along.len());
    for (&strata, &other) in along.iter().zip(others) {
        let (strata, other) = (strata as usize, other as usize);
        tables.push((0..strata).map(|i| stride * ((2 * i + 1) * other / (2 * strata))).collect::<Vec<_>>());
        stride *= other;
    }
    let Some((first, rest)) = tables.split_first() else { return };
    let mut digits = vec![0; rest.len()];
    loop {
        let base: usize = rest.iter().zip(&digits).map(|(table, &digit)| table[digit]).sum();
        first.iter().for_each(|&along| place(base + along));
        let Some(d) = (0..digits.len()).find(|&d| digits[d] + 1 < rest[d].len()) else { return };
        digits[..d].fill(0);
        digits[d] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_shared_out_and_none_is_lost_or_added() {
        for (dimension, samples) in [(1, 100), (4, 8192), (4, 200_000), (20, 10_000), (9, 16), (2, 1 << 26)] {
            let first = even(dimension, samples, MOST, 0);
            assert!(first.evaluations() <= samples && first.samples.iter().all(|&n| u64::from(n) >= LEAST));
            let spread: Vec<f64> = (0..first.samples.len()).map(|i| if i == 1 { 1e3 } else { 1.0 }).collect();
            let mut second = first.clone();
            next(&mut second, &spread, samples * 3 / 2, MOST, &mut Scratch::default());
            let all = second.evaluations();
            assert!(all <= samples * 3 / 2 && all + second.samples.len() as u64 >= samples * 3 / 2, "{all}");
            assert_eq!(second.iteration, 1);
            assert!(second.samples.len() as u64 <= MOST);
            assert!(even(dimension, samples, most(400), 0).samples.len() <= 5);
        }
    }

    #[test]
    fn neighbours_are_those_along_an_axis() {
        let mut spread = vec![0.0; 24];
        spread[7] = 2.0;
        // Of 4 by 3 by 2 strata, (3, 1, 0): its neighbours are (2, 1, 0), (3, 0, 0), (3, 2, 0), (3, 1, 1).
        let mut wide = Vec::new();
        with_neighbours(&spread, &[4, 3, 2], &mut wide);
        let seen: Vec<_> = (0..24).filter(|&i| wide[i] > 0.0).map(|i| (i, wide[i])).collect();
        assert_eq!(seen, [(3, 1.0), (6, 1.0), (7, 2.0), (11, 1.0), (19, 1.0)]);
    }

    #[test]
    fn a_grid_lies_in_itself() {
        let places = |along: &[u32], others: &[u32]| {
            let mut places = Vec::new();
            same_places(along, others, |place| places.push(place));
            places
        };
        assert_eq!(places(&[3, 2, 5], &[3, 2, 5]), (0..30).collect::<Vec<_>>());
        assert_eq!(places(&[4], &[2]), [0, 0, 1, 1]);
        assert_eq!(places(&[2, 2], &[1, 4]), [1, 1, 3, 3]);
    }
}
