//! Ladders: embedded rules on one interval whose nodes fill vectors of eight, one lane left over for a probe.

use super::ladder_data::*;
use crate::rule::Vector;

/// The rungs of a ladder: rules on the same interval, each holding all nodes of the one below.
///
/// Nodes come in vectors of eight: the lower half's in lanes 0 to 3, their mirror images in lanes 4 to 7; one vector holds
/// the middle and, in lane 7, a *probe*: a point that no rule uses.
#[derive(Debug)]
pub(crate) struct Ladder {
    /// Distances from the nearer end for an interval of length 1: from the lower end where positive.
    pub nodes: &'static [Vector],
    /// Weights of the rule that the first rung contains.
    pub embedded: &'static [Vector],
    pub rungs: &'static [Rung],
}

/// One rule of a ladder.
#[derive(Debug)]
pub(crate) struct Rung {
    /// Weights for an interval of length 1; 0 at the probe.
    pub weights: &'static [Vector],
    /// What the values at the nodes say of the value at the probe, less that value: zero for what the rule resolves. By
    /// interpolation, or, from 31 nodes of Patterson's on, which are too sparse in the middle for that, by expansion in the
    /// Legendre polynomials whose products the rule integrates.
    pub probe: &'static [Vector],
    /// Two null rules of neighbouring degrees: orthonormal polynomials times weights, zero for what the rule resolves.
    pub nulls: [&'static [Vector]; 2],
    /// The interpolant at the lower end and at the upper end.
    pub ends: [&'static [Vector]; 2],
    /// The interpolant at the sentinels, [`SENTINEL`] lengths from the ends.
    pub sentinels: [&'static [Vector]; 2],
    /// Nodes, the probe not among them.
    pub order: usize,
}

/// How far from the ends of an interval of length 1 it is looked whether something hides beyond the outermost nodes.
pub(crate) const SENTINEL: f64 = 1.0900714285e-7;

/// The most vectors of a ladder.
pub(crate) const MOST_VECTORS: usize = 16;

/// T. N. L. Patterson, "The optimum addition of points to quadrature formulae" (1968),
/// <https://doi.org/10.1090/S0025-5718-68-99866-9>: 7, 15, 31, 63 and 127 nodes, of degree 11, 23, 47, 95 and 191, each
/// holding those before.
pub(crate) static PATTERSON: Ladder = Ladder {
    nodes: PATTERSON_NODES,
    embedded: PATTERSON_WEIGHTS_7,
    rungs: &[
        Rung {
            weights: PATTERSON_WEIGHTS_15,
            probe: PATTERSON_PROBE_15,
            nulls: [PATTERSON_NULL_A_15, PATTERSON_NULL_B_15],
            ends: [PATTERSON_LOWER_15, PATTERSON_UPPER_15],
            sentinels: [PATTERSON_LOWER_SENTINEL_15, PATTERSON_UPPER_SENTINEL_15],
            order: 15,
        },
        Rung {
            weights: PATTERSON_WEIGHTS_31,
            probe: PATTERSON_PROBE_31,
            nulls: [PATTERSON_NULL_A_31, PATTERSON_NULL_B_31],
            ends: [PATTERSON_LOWER_31, PATTERSON_UPPER_31],
            sentinels: [PATTERSON_LOWER_SENTINEL_31, PATTERSON_UPPER_SENTINEL_31],
            order: 31,
        },
        Rung {
            weights: PATTERSON_WEIGHTS_63,
            probe: PATTERSON_PROBE_63,
            nulls: [PATTERSON_NULL_A_63, PATTERSON_NULL_B_63],
            ends: [PATTERSON_LOWER_63, PATTERSON_UPPER_63],
            sentinels: [PATTERSON_LOWER_SENTINEL_63, PATTERSON_UPPER_SENTINEL_63],
            order: 63,
        },
        Rung {
            weights: PATTERSON_WEIGHTS_127,
            probe: PATTERSON_PROBE_127,
            nulls: [PATTERSON_NULL_A_127, PATTERSON_NULL_B_127],
            ends: [PATTERSON_LOWER_127, PATTERSON_UPPER_127],
            sentinels: [PATTERSON_LOWER_SENTINEL_127, PATTERSON_UPPER_SENTINEL_127],
            order: 127,
        },
    ],
};

macro_rules! kronrod {
    ($name:ident, $order:literal, $nodes:ident, $embedded:ident, $weights:ident, $probe:ident, $nulls:expr, $ends:expr, $sentinels:expr) => {
        static $name: Ladder = Ladder {
            nodes: $nodes,
            embedded: $embedded,
            rungs: &[Rung {
                weights: $weights,
                probe: $probe,
                nulls: $nulls,
                ends: $ends,
                sentinels: $sentinels,
                order: $order,
            }],
        };
    };
}
kronrod!(
    K15,
    15,
    KRONROD_15_NODES,
    KRONROD_15_WEIGHTS_7,
    KRONROD_15_WEIGHTS_15,
    KRONROD_15_PROBE_15,
    [KRONROD_15_NULL_A_15, KRONROD_15_NULL_B_15],
    [KRONROD_15_LOWER_15, KRONROD_15_UPPER_15],
    [KRONROD_15_LOWER_SENTINEL_15, KRONROD_15_UPPER_SENTINEL_15]
);
kronrod!(
    K23,
    23,
    KRONROD_23_NODES,
    KRONROD_23_WEIGHTS_11,
    KRONROD_23_WEIGHTS_23,
    KRONROD_23_PROBE_23,
    [KRONROD_23_NULL_A_23, KRONROD_23_NULL_B_23],
    [KRONROD_23_LOWER_23, KRONROD_23_UPPER_23],
    [KRONROD_23_LOWER_SENTINEL_23, KRONROD_23_UPPER_SENTINEL_23]
);
kronrod!(
    K31,
    31,
    KRONROD_31_NODES,
    KRONROD_31_WEIGHTS_15,
    KRONROD_31_WEIGHTS_31,
    KRONROD_31_PROBE_31,
    [KRONROD_31_NULL_A_31, KRONROD_31_NULL_B_31],
    [KRONROD_31_LOWER_31, KRONROD_31_UPPER_31],
    [KRONROD_31_LOWER_SENTINEL_31, KRONROD_31_UPPER_SENTINEL_31]
);
kronrod!(
    K63,
    63,
    KRONROD_63_NODES,
    KRONROD_63_WEIGHTS_31,
    KRONROD_63_WEIGHTS_63,
    KRONROD_63_PROBE_63,
    [KRONROD_63_NULL_A_63, KRONROD_63_NULL_B_63],
    [KRONROD_63_LOWER_63, KRONROD_63_UPPER_63],
    [KRONROD_63_LOWER_SENTINEL_63, KRONROD_63_UPPER_SENTINEL_63]
);

/// The Gauss–Kronrod rule of so many nodes: 15, 23, 31 or 63.
///
/// A. S. Kronrod (1965); R. Piessens et al., "QUADPACK" (1983), <https://doi.org/10.1007/978-3-642-61786-7>.
pub(crate) fn kronrod(order: usize) -> Option<&'static Ladder> {
    [&K15, &K23, &K31, &K63].into_iter().find(|ladder| ladder.rungs[0].order == order)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every rule of every ladder: weights, nodes in (0, 1).
    fn rules() -> Vec<(Vec<f64>, &'static [Vector], usize, usize)> {
        let mut rules = Vec::new();
        for ladder in [&PATTERSON, &K15, &K23, &K31, &K63] {
            let x: Vec<f64> = ladder.nodes.iter().flatten().map(|&d| if d > 0.0 { d } else { 1.0 + d }).collect();
            for rung in ladder.rungs {
                let degree = if rung.weights.len() * 8 == rung.order + 1 { 3 * (rung.order / 2) + 2 } else { 0 };
                rules.push((x.clone(), rung.weights, rung.order, degree));
            }
        }
        rules
    }

    #[test]
    fn rules_are_exact_for_their_degree_symmetric_and_positive() {
        for (x, weights, order, degree) in rules() {
            let weights: Vec<f64> = weights.iter().flatten().copied().collect();
            assert_eq!(weights.iter().filter(|&&w| w > 0.0).count(), order);
            assert!(weights.iter().all(|&w| w >= 0.0));
            for k in 0..=degree as i32 {
                let sum: f64 = weights.iter().zip(&x).map(|(w, x)| w * x.powi(k)).sum();
                assert!((sum * f64::from(k + 1) - 1.0).abs() < 1e-13, "order {order}, degree {k}: {sum}");
            }
            for vector in weights.chunks(8) {
                assert!((0..3).all(|lane| vector[lane] == vector[lane + 4]));
            }
        }
    }

    #[test]
    fn interpolants_meet_the_probe() {
        for ladder in [&PATTERSON, &K15, &K23, &K31, &K63] {
            let x: Vec<f64> = ladder.nodes.iter().flatten().map(|&d| if d > 0.0 { d } else { 1.0 + d }).collect();
            for rung in ladder.rungs {
                let at = |f: &dyn Fn(f64) -> f64| -> f64 {
                    rung.probe.iter().flatten().zip(&x).map(|(p, &x)| p * f(x)).sum()
                };
                let expands = rung.order > 15 && ladder.rungs.len() > 1;
                let degree = if expands { 3 * (rung.order + 1) / 4 - 1 } else { rung.order - 1 };
                assert!(rung.probe.iter().flatten().map(|p| p.abs()).sum::<f64>() < 20.0, "order {}", rung.order);
                for k in 0..=degree as i32 {
                    assert!(at(&|x| (2.0 * x - 1.0).powi(k)).abs() < 1e-13, "order {}, degree {k}", rung.order);
                }
                for null in rung.nulls {
                    let at =
                        |f: &dyn Fn(f64) -> f64| -> f64 { null.iter().flatten().zip(&x).map(|(p, &x)| p * f(x)).sum() };
                    let degree = if expands { 3 * (rung.order + 1) / 4 - 3 } else { rung.order - 4 };
                    for k in 0..=degree as i32 {
                        assert!(
                            at(&|x| (2.0 * x - 1.0).powi(k)).abs() < 1e-13,
                            "null rule of {}, degree {k}",
                            rung.order
                        );
                    }
                }
                // Not blind to what the nodes do not see.
                assert!(at(&|x| ((rung.order + 3) as f64 * 3.0 * x).sin()).abs() > 1e-2);
            }
        }
    }
}
