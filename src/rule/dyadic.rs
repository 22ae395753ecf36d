//! A rule whose nodes are multiples of 1/256 of its panel: for panels whose ends are numbers, and no more than 256
//! times as far apart as these, nodes are numbers, too.

use super::dyadic_data::{LOWER, NODES, NULL_A, NULL_B, NULL_C, NULL_D, UPPER, WEIGHTS};
use crate::rule::Vector;

/// 24 nodes next to those of Gauss and Legendre, in three vectors. Interpolatory, and so of degree 23; all weights are
/// positive.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(rule: &[Vector], f: impl Fn(f64) -> f64) -> f64 {
        let nodes = DYADIC.nodes.as_flattened().iter();
        nodes.zip(rule.as_flattened()).map(|(&x, weight)| weight * f(x)).sum()
    }

    #[test]
    fn it_is_of_degree_23_and_null_rules_see_no_less_than_20() {
        assert!(DYADIC.nodes.as_flattened().iter().all(|x| (x / DYADIC.finest).fract() == 0.0));
        for degree in 0..24 {
            let power = |x: f64| x.powi(degree);
            assert!((applied(DYADIC.weights, power) - 1.0 / f64::from(degree + 1)).abs() < 1e-15, "{degree}");
            let ends = [f64::from(u8::from(degree == 0)), 1.0];
            for (rule, end) in DYADIC.ends.into_iter().zip(ends) {
                assert!((applied(rule, power) - end).abs() < 1e-12, "{degree}");
            }
            for (k, null) in DYADIC.nulls.into_iter().enumerate() {
                assert!(degree >= 20 + k as i32 || applied(null, power).abs() < 1e-14, "{degree} {k}");
            }
        }
        for (k, a) in DYADIC.nulls.into_iter().enumerate() {
            for (j, b) in DYADIC.nulls.into_iter().enumerate() {
                let product: f64 = a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| a * b).sum();
                assert!((product - f64::from(u8::from(k == j))).abs() < 1e-14, "{k} {j}");
            }
        }
    }
}
