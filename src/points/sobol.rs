//! Sobol points, scrambled.
//!
//! Direction numbers: S. Joe, F. Y. Kuo (2008), <https://doi.org/10.1137/070709359>. Scrambling: nested and uniform
//! after Owen (1995), by the hash of S. Laine, T. Karras (2011), <https://doi.org/10.1111/j.1467-8659.2011.01978.x>, as
//! B. Burley has it (2020), <https://jcgt.org/published/0009/04/01/>, with N. Vegdahl's constants. A digital shift
//! comes on top: so every point by itself is exactly uniform, and the estimate without bias, however good the hash.

use super::sobol_data::ROWS;
use super::{BLOCK, Row, words};

/// The coordinates that there are numbers for.
pub(crate) const MOST_DIMENSIONS: usize = ROWS.len() + 1;

/// The bits that a block goes over.
const WITHIN: u32 = BLOCK.ilog2();

/// Sobol points with their scramblings. Numbers are mirrored: their lowest bit is worth a half.
#[derive(Clone, Debug)]
pub(crate) struct Sobol {
    directions: Vec<[u32; 32]>,
    /// Of each coordinate, the first points.
    first: Vec<Row>,
    /// Of each replicate, for each coordinate: the seed of the hash, and a shift.
    seeds: Vec<u32>,
}

impl Sobol {
    /// `dimension` is at most [`MOST_DIMENSIONS`].
    pub fn new(dimension: usize, replicates: usize, seed: u64) -> Self {
        let directions: Vec<_> = (0..dimension).map(directions).collect();
        let point = |directions: &[u32; 32], i: usize| {
            (0..WITHIN as usize).filter(|bit| i >> bit & 1 == 1).fold(0, |x, bit| x ^ directions[bit])
        };
        let first = directions.iter().map(|directions| std::array::from_fn(|i| point(directions, i))).collect();
        let seeds = (0..replicates).flat_map(|replicate| words(seed, replicate as u32, 2 * dimension)).collect();
        Self { directions, first, seeds }
    }

    /// Of each coordinate the direction numbers, mirrored.
    #[cfg(feature = "gpu")]
    pub fn directions(&self) -> &[[u32; 32]] {
        &self.directions
    }

    /// Of each replicate, for each coordinate, the seed of the hash and a shift.
    #[cfg(feature = "gpu")]
    pub fn seeds(&self) -> &[u32] {
        &self.seeds
    }

    #[inline(always)]
    pub fn rows(&self, replicate: usize, first: u32, rows: &mut [Row]) {
        let seeds = self.seeds[2 * replicate * self.first.len()..].chunks_exact(2);
        for (((row, points), directions), seeds) in rows.iter_mut().zip(&self.first).zip(&self.directions).zip(seeds) {
            let &[seed, shift] = seeds else { return };
            let base = base(directions, first);
            for (k, point) in row.iter_mut().zip(points) {
                *k = scrambled(point ^ base, seed).reverse_bits() ^ shift;
            }
        }
    }
}

/// Point `first`.
#[inline(always)]
fn base(directions: &[u32; 32], first: u32) -> u32 {
    (0..32).fold(0, |x, bit| x ^ if first >> bit & 1 == 1 { directions[bit] } else { 0 })
}

/// Each bit flipped or not, by a hash of the bits below it.
#[inline(always)]
fn scrambled(mut x: u32, seed: u32) -> u32 {
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(seed);
    x = x.wrapping_mul(seed >> 16 | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^ x.wrapping_mul(0x53a2_2864)
}

/// The direction numbers of coordinate d, mirrored.
fn directions(d: usize) -> [u32; 32] {
    let mut numbers = [0u32; 32];
    let Some((polynomial, initial)) = d.checked_sub(1).map(|row| ROWS[row]) else {
        return std::array::from_fn(|bit| 1 << bit);
    };
    let degree = initial.len();
    for bit in 0..32 {
        numbers[bit] = if bit < degree {
            initial[bit] << (31 - bit)
        } else {
            let recurrence = (1..degree).filter(|j| polynomial >> (degree - j) & 1 == 1);
            let last = numbers[bit - degree];
            recurrence.fold(last ^ last >> degree, |v, j| v ^ numbers[bit - j])
        };
    }
    numbers.map(u32::reverse_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_points() {
        // As SciPy has them, in the order of the Gray code.
        let sobol = Sobol::new(MOST_DIMENSIONS, 1, 0);
        let point = |n: u32, d: usize| {
            let gray = n ^ n >> 1;
            base(&sobol.directions[d], gray).reverse_bits()
        };
        let known: [(u32, [u32; 8]); 3] = [
            (1, [1 << 31; 8]),
            (5, [3758096384, 3758096384, 536870912, 1610612736, 3758096384, 2684354560, 3758096384, 1610612736]),
            (10, [4026531840, 268435456, 2952790016, 805306368, 1342177280, 2415919104, 805306368, 805306368]),
        ];
        for (n, coordinates) in known {
            assert_eq!(std::array::from_fn(|d| point(n, d)), coordinates, "{n}");
        }
        let known =
            [(0, 943718400), (1, 415236096), (2, 2227175424), (31, 624951296), (62, 1111490560), (63, 1916796928)];
        assert!(known.iter().all(|&(d, k)| point(1000, d) == k));
    }

    #[test]
    fn every_elementary_interval_has_its_points() {
        let sobol = Sobol::new(MOST_DIMENSIONS, 3, 11);
        let mut rows = vec![[0; BLOCK]; MOST_DIMENSIONS];
        for (replicate, first) in [(0, 0), (1, 7 * BLOCK as u32), (2, 1 << 30)] {
            sobol.rows(replicate, first, &mut rows);
            for row in &rows {
                let mut seen = row.map(|k| k >> (32 - WITHIN));
                seen.sort_unstable();
                assert!(seen.iter().enumerate().all(|(i, &k)| i as u32 == k));
            }
            // The first two coordinates are a net of quality 0: one point in each box of area 1/512.
            for bits in 1..WITHIN {
                let mut seen: Vec<u32> = (0..BLOCK)
                    .map(|i| rows[0][i] >> (32 - bits) << (WITHIN - bits) | rows[1][i] >> (32 - WITHIN + bits))
                    .collect();
                seen.sort_unstable();
                assert!(seen.iter().enumerate().all(|(i, &k)| i as u32 == k), "{bits}");
            }
        }
    }
}
