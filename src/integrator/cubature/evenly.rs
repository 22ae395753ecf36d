//! Points that fill a box evenly, and points in boxes of a mesh.

use crate::lanes::{LANES, Lanes, Simd};
use crate::method::Cubature;
use crate::rule::Vector;
use crate::rule::fully_symmetric::MOST_DIMENSIONS;
use std::sync::OnceLock;

/// The multiples of the powers of 2^(1/(D+1)), from the middle on, by Niederreiter: in most dimensions two axes show
/// less of a pattern than by the inverse powers of the root of x^(D+1) = x + 1, which leave out a part of some pairs of
/// axes in twelve.
pub(super) struct Evenly {
    steps: [f64; MOST_DIMENSIONS],
}

impl Evenly {
    /// Those in so many dimensions.
    pub fn of(dimension: usize) -> &'static Self {
        static EVENLY: [OnceLock<Evenly>; MOST_DIMENSIONS + 1] = [const { OnceLock::new() }; MOST_DIMENSIONS + 1];
        EVENLY[dimension].get_or_init(|| {
            let root = (1.0 / (dimension as f64 + 1.0)).exp2();
            Self { steps: std::array::from_fn(|d| root.powi(d as i32 + 1).fract()) }
        })
    }

    /// Where the eight points that follow so many are on axis `d`, in shares of it.
    #[inline(always)]
    pub fn shares<S: Simd>(&self, simd: S, before: u64, d: usize) -> Lanes<S> {
        let mut numbers = [0.0; LANES];
        for (lane, number) in numbers.iter_mut().enumerate() {
            *number = (before + lane as u64 + 1) as f64;
        }
        (Lanes::from_array(simd, numbers) * self.steps[d] + 0.5).fract()
    }
}

/// Sets the coordinates of eight points, one in each of these leaves: where `shares` of the axes say.
#[inline(always)]
pub(super) fn in_leaves<S: Simd>(
    simd: S,
    method: &Cubature,
    leaves: [u32; LANES],
    points: &mut [Vector],
    shares: impl Fn(usize) -> Lanes<S>,
) {
    let mut ends: [(&[f64], &[f64]); LANES] = [(&[], &[]); LANES];
    for (ends, leaf) in ends.iter_mut().zip(leaves) {
        *ends = method.ends(leaf);
    }
    for (d, point) in points.iter_mut().enumerate() {
        let (mut lower, mut upper) = ([0.0; LANES], [0.0; LANES]);
        for (lane, ends) in ends.iter().enumerate() {
            (lower[lane], upper[lane]) = (ends.0[d], ends.1[d]);
        }
        let (lower, upper) = (Lanes::from_array(simd, lower), Lanes::from_array(simd, upper));
        *point = (lower + (upper - lower) * shares(d)).to_array();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{Level, dispatch};

    /// Of the first 4096 about a 64th is in each 64th of any two neighbouring axes.
    #[test]
    fn they_fill_the_box_evenly() {
        let token = Level::detect().token().expect("a level that was detected");
        for dimension in 2..=10 {
            let evenly = Evenly::of(dimension);
            let mut counts = vec![[0; 64]; dimension - 1];
            for vector in 0..512 {
                let shares: Vec<[f64; LANES]> = (0..dimension)
                    .map(|d| dispatch!(token, simd => evenly.shares(simd, vector * LANES as u64, d).to_array()))
                    .collect();
                assert!(shares.as_flattened().iter().all(|share| (0.0..1.0).contains(share)));
                for (counts, two) in counts.iter_mut().zip(shares.windows(2)) {
                    (0..LANES).for_each(|i| counts[(two[0][i] * 8.0) as usize * 8 + (two[1][i] * 8.0) as usize] += 1);
                }
            }
            for (d, counts) in counts.iter().enumerate() {
                assert!(counts.iter().all(|count| (38..100).contains(count)), "{dimension} {d} {counts:?}");
            }
        }
    }
}
