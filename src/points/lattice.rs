//! Rank-1 lattices of 2^k points with random shifts, embedded: the points of each size are among those of the next.

use super::{BLOCK, Row, words};

/// The coordinates that there are numbers for.
pub(crate) const MOST_DIMENSIONS: usize = 40;

/// The generating vector, by `tests/data/make_lattice.py`: component by component for all sizes from 2^6 to 2^26.
const VECTOR: [u32; MOST_DIMENSIONS] = [
    1, 27430173, 62239301, 64270233, 10697237, 15393325, 28317493, 17007497, 64471765, 13276309, 66281649, 12911065,
    42572621, 61651025, 12063369, 205481, 32515649, 2120137, 13812693, 55821361, 63050969, 25788157, 30411173,
    50820873, 51010921, 5328825, 52395089, 24099893, 34880653, 55128829, 55674401, 9441693, 57538653, 36279221,
    43801445, 18482657, 57311101, 46723761, 29229413, 62636553,
];

/// The first bits of a point's index, mirrored.
const REVERSED: Row = {
    let (mut row, mut i) = ([0; BLOCK], 0);
    while i < BLOCK {
        row[i] = (i as u32).reverse_bits();
        i += 1;
    }
    row
};

/// A lattice with its shifts.
#[derive(Clone, Debug)]
pub(crate) struct Lattice {
    dimension: usize,
    /// Of each replicate, one for each coordinate.
    shifts: Vec<u32>,
}

impl Lattice {
    /// `dimension` is at most [`MOST_DIMENSIONS`].
    pub fn new(dimension: usize, replicates: usize, seed: u64) -> Self {
        let shifts = (0..replicates).flat_map(|replicate| words(seed, replicate as u32, dimension)).collect();
        Self { dimension, shifts }
    }

    /// The generating vector.
    #[cfg(feature = "gpu")]
    pub fn vector(&self) -> &'static [u32] {
        &VECTOR[..self.dimension]
    }

    /// The shifts, replicate by replicate.
    #[cfg(feature = "gpu")]
    pub fn shifts(&self) -> &[u32] {
        &self.shifts
    }

    #[inline(always)]
    pub fn rows(&self, replicate: usize, first: u32, rows: &mut [Row]) {
        let shifts = &self.shifts[replicate * self.dimension..][..self.dimension];
        for ((row, &shift), &z) in rows.iter_mut().zip(shifts).zip(&VECTOR) {
            let base = first.reverse_bits().wrapping_mul(z).wrapping_add(shift);
            for (k, reversed) in row.iter_mut().zip(&REVERSED) {
                *k = reversed.wrapping_mul(z).wrapping_add(base);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(lattice: &Lattice, replicate: usize, count: usize) -> Vec<Vec<u32>> {
        let mut rows = vec![[0; BLOCK]; lattice.dimension];
        (0..count.div_ceil(BLOCK))
            .flat_map(|block| {
                lattice.rows(replicate, (block * BLOCK) as u32, &mut rows);
                (0..BLOCK).map(|i| rows.iter().map(|row| row[i]).collect::<Vec<_>>()).collect::<Vec<_>>()
            })
            .take(count)
            .collect()
    }

    #[test]
    fn trigonometric_polynomials_outside_the_dual_lattice_are_exact() {
        let lattice = Lattice::new(3, 2, 5);
        let (zeros, count) = (lattice.shifts[3..].to_vec(), 1u64 << 10);
        let points = points(&lattice, 1, count as usize);
        for wave in [[1i64, 0, 0], [0, 3, 0], [2, -5, 1], [17, 4, -9], [1, 1, 1]] {
            let product = |numbers: &[u32]| {
                wave.iter().zip(numbers).fold(0u32, |sum, (&h, &k)| sum.wrapping_add((h as u32).wrapping_mul(k)))
            };
            let dual = u64::from(product(&VECTOR[..3])) % count == 0;
            // The phases of the wave are multiples of 2^-32.
            let turn = std::f64::consts::TAU / 2f64.powi(32);
            let sum: f64 = points.iter().map(|point| (f64::from(product(point)) * turn).cos()).sum();
            let exact = if dual { count as f64 * (f64::from(product(&zeros)) * turn).cos() } else { 0.0 };
            assert!(!dual && (sum - exact).abs() < 1e-9, "{wave:?}");
        }
        // The whole period is in the dual lattice: the sum is all of one phase.
        let sum: f64 = points
            .iter()
            .map(|point| (f64::from(point[0].wrapping_mul(count as u32)) * std::f64::consts::TAU / 2f64.powi(32)).cos())
            .sum();
        assert!(sum.abs() > 1e-9);
    }

    #[test]
    fn every_size_is_a_lattice_in_every_coordinate() {
        let lattice = Lattice::new(MOST_DIMENSIONS, 1, 9);
        for k in [3, 9, 12] {
            let points = points(&lattice, 0, 1 << k);
            for d in 0..MOST_DIMENSIONS {
                // One point in each interval of length 2^-k, all at the same place of it.
                let mut seen: Vec<u32> = points.iter().map(|point| point[d]).collect();
                seen.sort_unstable();
                assert!(seen.windows(2).all(|two| two[1] - two[0] == 1 << (32 - k)), "{k} {d}");
            }
        }
    }
}
