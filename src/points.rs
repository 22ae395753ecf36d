//! Sample points, from integers alone.
//!
//! A coordinate is a `u32` k, and means (k + 1/2) / 2^32: never 0, never 1, and exact as an `f64`. All point sets are
//! made by 32-bit operations that wrap, so that any machine, a GPU too, has the same points:
//!
//! | set | coordinate d of point i of replicate r |
//! |---|---|
//! | random | word d mod 4 of Philox4x32-10, counter (i, i >> 32, d / 4, stream), key (seed, seed >> 32) |
//! | lattice | reverse(i) · z_d + shift_{r,d}; reverse mirrors the 32 bits, z is the generating vector |
//! | Sobol | reverse(scramble(reverse(s_d(i)))) xor shift_{r,d}; s_d(i) is the xor of the direction numbers of the bits of i |
//!
//! Shifts and the seeds of scramblings are words of Philox themselves. Points come in rows of [`BLOCK`]; as many of
//! them as divide the index of the first are what they should be.

mod lattice;
mod periodization;
mod philox;
mod sobol;
mod sobol_data;

pub(crate) use lattice::{Lattice, MOST_DIMENSIONS as MOST_OF_LATTICE};
pub(crate) use periodization::Periodization;
pub(crate) use philox::philox;
pub(crate) use sobol::{MOST_DIMENSIONS as MOST_OF_SOBOL, Sobol};

/// The points made at once.
pub(crate) const BLOCK: usize = 512;

/// One coordinate of a block of points.
pub(crate) type Row = [u32; BLOCK];

/// The words of Philox that are not sample points: counters have this last word.
const SHIFTS: u32 = 0x8000_0000;

/// A set of points.
#[derive(Clone, Debug)]
pub(crate) enum PointSet {
    Random { seed: u64 },
    Lattice(Lattice),
    Sobol(Box<Sobol>),
}

impl PointSet {
    /// Sets `rows[d]` to coordinate d of points `first..first + BLOCK` of `replicate`. The rows are a multiple of four.
    #[inline(always)]
    pub fn rows(&self, replicate: usize, first: u64, rows: &mut [Row]) {
        match self {
            Self::Random { seed } => random(*seed, first, rows),
            Self::Lattice(lattice) => lattice.rows(replicate, first as u32, rows),
            Self::Sobol(sobol) => sobol.rows(replicate, first as u32, rows),
        }
    }
}

/// The number in (0, 1) that a coordinate means.
#[inline(always)]
pub(crate) fn unit(k: u32) -> f64 {
    (f64::from(k) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// The key of a seed.
#[inline(always)]
pub(crate) fn key(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

#[inline(always)]
fn random(seed: u64, first: u64, rows: &mut [Row]) {
    let high = (first >> 32) as u32;
    for (group, four) in rows.chunks_exact_mut(4).enumerate() {
        let [a, b, c, d] = four else { return };
        for (i, (((a, b), c), d)) in a.iter_mut().zip(b).zip(c).zip(d).enumerate() {
            // A block begins at a multiple of its length: no carry.
            let counter = [(first as u32).wrapping_add(i as u32), high, group as u32, 0];
            [*a, *b, *c, *d] = philox(counter, key(seed));
        }
    }
}

/// `count` words that depend on `seed` and `index` alone.
fn words(seed: u64, index: u32, count: usize) -> Vec<u32> {
    let mut words = Vec::with_capacity(count + 3);
    for group in 0..count.div_ceil(4) {
        words.extend(philox([group as u32, index, 0, SHIFTS], key(seed)));
    }
    words.truncate(count);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_points_are_the_words_of_their_counters() {
        let set = PointSet::Random { seed: 0xa409_3822 << 32 | 7 };
        let mut rows = vec![[0; BLOCK]; 8];
        let first = 5 << 33 | 3 << 9;
        set.rows(0, first, &mut rows);
        for i in [0, 1, 77, 511] {
            for (d, row) in rows.iter().enumerate() {
                let counter = [first as u32 + i as u32, 10, d as u32 / 4, 0];
                assert_eq!(row[i], philox(counter, [7, 0xa409_3822])[d % 4]);
            }
        }
    }

    #[test]
    fn random_points_are_even_and_independent_as_far_as_moments_show() {
        let set = PointSet::Random { seed: 1 };
        let mut rows = vec![[0; BLOCK]; 4];
        let (mut mean, mut square, mut product) = (0.0, 0.0, 0.0);
        let count = 2000.0 * BLOCK as f64;
        for block in 0..2000 {
            set.rows(0, block * BLOCK as u64, &mut rows);
            for (&a, &b) in rows[0].iter().zip(&rows[3]) {
                let [a, b] = [a, b].map(|k| (f64::from(k) + 0.5) / 2f64.powi(32) - 0.5);
                (mean, square, product) = (mean + a, square + a * a, product + a * b);
            }
        }
        assert!((mean / count).abs() < 4.0 * (1.0 / 12.0 / count).sqrt());
        assert!((square / count - 1.0 / 12.0).abs() < 4.0 * (1.0 / 180.0 / count).sqrt());
        assert!((product / count).abs() < 4.0 / 12.0 / count.sqrt());
    }
}
