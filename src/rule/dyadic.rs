//! A rule whose nodes are multiples of 1/256 of its panel: next to a number that is no power of two they are numbers, too.

use super::dyadic_data::{LOWER, NODES, NULL_A, NULL_B, NULL_C, NULL_D, UPPER, WEIGHTS};
use crate::rule::Vector;

/// 24 nodes next to those of Gauss and Legendre, in three vectors. Interpolatory, and so of degree 23; all weights are positive.
pub(crate) struct Dyadic {
    /// On [0, 1].
    pub nodes: &'static [Vector],
    pub weights: &'static [Vector],
    /// Orthonormal polynomials of degrees 20 to 23 at the nodes: what they make of values is noise, or not resolved.
    pub nulls: [&'static [Vector]; 4],
    /// The interpolant at 0 and at 1.
    pub ends: [&'static [Vector]; 2],
    /// What nodes are multiples of: the first lies there.
    pub finest: f64,
}

pub(crate) const DYADIC: Dyadic = Dyadic {
    nodes: NODES,
    weights: WEIGHTS,
    nulls: [NULL_A, NULL_B, NULL_C, NULL_D],
    ends: [LOWER, UPPER],
    finest: 1.0 / 256.0,
};

/// The vectors of a panel.
pub(crate) const ROWS: usize = 3;
const _: () = assert!(NODES.len() == ROWS);
