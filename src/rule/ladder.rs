//! Ladders: embedded rules on one interval whose nodes fill vectors of eight, one lane left over for a probe. (Those of
//! 21 and 61 nodes, which QUADPACK has, leave two more, at which the middle is evaluated again.)

use super::ladder_data::*;
use crate::rule::Vector;

/// The rungs of a ladder: rules on the same interval, each holding all nodes of the one below.
///
/// Nodes come in vectors of eight: the lower half's in lanes 0 to 3, their mirror images in lanes 4 to 7; one vector
/// holds the middle and, in lane 7, a *probe*: a point that no rule uses.
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
    /// For each vector of nodes.
    pub rows: &'static [Row],
    /// The interpolant at the lower end and at the upper end.
    pub ends: [&'static [Vector]; 2],
    /// The interpolant at the sentinels, [`SENTINEL`] lengths from the ends.
    pub sentinels: [&'static [Vector]; 2],
    /// Nodes, the probe not among them.
    pub order: usize,
    /// Four divided by the root of that.
    pub scatter: f64,
}

/// What the values at one vector of nodes count in the sums of a rung, side by side as they are used.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct Row {
    /// Weights for an interval of length 1; 0 at the probe.
    pub weights: Vector,
    /// What the interpolant through the nodes says of the value at the probe, less that value.
    pub probe: Vector,
    /// Null rules: orthonormal polynomials times weights, zero for all polynomials of lower degree. Two of the highest
    /// degrees, and two of three quarters of that.
    pub nulls: [Vector; 4],
}

const fn rows<const N: usize>(weights: &[Vector], probe: &[Vector], nulls: [&[Vector]; 4]) -> [Row; N] {
    let mut rows = [const { Row { weights: [0.0; 8], probe: [0.0; 8], nulls: [[0.0; 8]; 4] } }; N];
    let mut k = 0;
    while k < N {
        rows[k] =
            Row { weights: weights[k], probe: probe[k], nulls: [nulls[0][k], nulls[1][k], nulls[2][k], nulls[3][k]] };
        k += 1;
    }
    rows
}

/// √n, by Newton's method: `f64::sqrt` is no constant.
const fn root(n: usize) -> f64 {
    let (square, mut root, mut k) = (n as f64, n as f64, 0);
    while k < 16 {
        root = 0.5 * (root + square / root);
        k += 1;
    }
    root
}

macro_rules! rung {
    ($order:literal, $weights:ident, $probe:ident, $nulls:expr, $ends:expr, $sentinels:expr) => {
        Rung {
            rows: &rows::<{ $weights.len() }>($weights, $probe, $nulls),
            ends: $ends,
            sentinels: $sentinels,
            order: $order,
            scatter: 4.0 / root($order),
        }
    };
}

/// How far from the ends of an interval of length 1 it is looked whether something hides beyond the outermost nodes.
pub(crate) const SENTINEL: f64 = 1.0900714285e-7;

/// The most vectors of a ladder.
pub(crate) const MOST_VECTORS: usize = 16;

/// Evaluations of a sweep: all vectors, and the sentinels.
pub(crate) const MOST_EVALUATIONS: u64 = (MOST_VECTORS * 8) as u64 + 2;

/// Of the values at the nodes of the first rung of [`FEJER`] that at the lower outermost node, at the fourth, at the
/// middle and at the upper outermost node: at 1, 4, 8 and 15 sixteenths of a half turn.
#[inline(always)]
pub(crate) fn corners<T: Copy>(value: impl Fn(usize, usize) -> T) -> [T; 4] {
    [value(0, 0), value(1, 1), value(1, 3), value(0, 4)]
}

/// Fejér's second rule (J. Waldvogel, 2006, <https://doi.org/10.1007/s10543-006-0045-4>) with 7, 15, 31, 63 and 127
/// nodes cos(k π / (n + 1)), each holding those before.
///
/// Its degree is the number of nodes only, but so are those of its null rules: all of its nodes serve the claim. Rules
/// of higher degree have null rules of no higher degree, and are not believed with fewer nodes.
pub(crate) static FEJER: Ladder = Ladder {
    nodes: FEJER_NODES,
    embedded: FEJER_WEIGHTS_7,
    rungs: &[
        rung!(
            15,
            FEJER_WEIGHTS_15,
            FEJER_PROBE_15,
            [FEJER_NULL_A_15, FEJER_NULL_B_15, FEJER_NULL_C_15, FEJER_NULL_D_15],
            [FEJER_LOWER_15, FEJER_UPPER_15],
            [FEJER_LOWER_SENTINEL_15, FEJER_UPPER_SENTINEL_15]
        ),
        rung!(
            31,
            FEJER_WEIGHTS_31,
            FEJER_PROBE_31,
            [FEJER_NULL_A_31, FEJER_NULL_B_31, FEJER_NULL_C_31, FEJER_NULL_D_31],
            [FEJER_LOWER_31, FEJER_UPPER_31],
            [FEJER_LOWER_SENTINEL_31, FEJER_UPPER_SENTINEL_31]
        ),
        rung!(
            63,
            FEJER_WEIGHTS_63,
            FEJER_PROBE_63,
            [FEJER_NULL_A_63, FEJER_NULL_B_63, FEJER_NULL_C_63, FEJER_NULL_D_63],
            [FEJER_LOWER_63, FEJER_UPPER_63],
            [FEJER_LOWER_SENTINEL_63, FEJER_UPPER_SENTINEL_63]
        ),
        rung!(
            127,
            FEJER_WEIGHTS_127,
            FEJER_PROBE_127,
            [FEJER_NULL_A_127, FEJER_NULL_B_127, FEJER_NULL_C_127, FEJER_NULL_D_127],
            [FEJER_LOWER_127, FEJER_UPPER_127],
            [FEJER_LOWER_SENTINEL_127, FEJER_UPPER_SENTINEL_127]
        ),
    ],
};

macro_rules! kronrod {
    ($name:ident, $order:literal, $nodes:ident, $embedded:ident, $weights:ident, $probe:ident, $nulls:expr, $ends:expr, $sentinels:expr) => {
        static $name: Ladder = Ladder {
            nodes: $nodes,
            embedded: $embedded,
            rungs: &[rung!($order, $weights, $probe, $nulls, $ends, $sentinels)],
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
    [KRONROD_15_NULL_A_15, KRONROD_15_NULL_B_15, KRONROD_15_NULL_C_15, KRONROD_15_NULL_D_15],
    [KRONROD_15_LOWER_15, KRONROD_15_UPPER_15],
    [KRONROD_15_LOWER_SENTINEL_15, KRONROD_15_UPPER_SENTINEL_15]
);
kronrod!(
    K21,
    21,
    KRONROD_21_NODES,
    KRONROD_21_WEIGHTS_10,
    KRONROD_21_WEIGHTS_21,
    KRONROD_21_PROBE_21,
    [KRONROD_21_NULL_A_21, KRONROD_21_NULL_B_21, KRONROD_21_NULL_C_21, KRONROD_21_NULL_D_21],
    [KRONROD_21_LOWER_21, KRONROD_21_UPPER_21],
    [KRONROD_21_LOWER_SENTINEL_21, KRONROD_21_UPPER_SENTINEL_21]
);
kronrod!(
    K23,
    23,
    KRONROD_23_NODES,
    KRONROD_23_WEIGHTS_11,
    KRONROD_23_WEIGHTS_23,
    KRONROD_23_PROBE_23,
    [KRONROD_23_NULL_A_23, KRONROD_23_NULL_B_23, KRONROD_23_NULL_C_23, KRONROD_23_NULL_D_23],
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
    [KRONROD_31_NULL_A_31, KRONROD_31_NULL_B_31, KRONROD_31_NULL_C_31, KRONROD_31_NULL_D_31],
    [KRONROD_31_LOWER_31, KRONROD_31_UPPER_31],
    [KRONROD_31_LOWER_SENTINEL_31, KRONROD_31_UPPER_SENTINEL_31]
);
kronrod!(
    K61,
    61,
    KRONROD_61_NODES,
    KRONROD_61_WEIGHTS_30,
    KRONROD_61_WEIGHTS_61,
    KRONROD_61_PROBE_61,
    [KRONROD_61_NULL_A_61, KRONROD_61_NULL_B_61, KRONROD_61_NULL_C_61, KRONROD_61_NULL_D_61],
    [KRONROD_61_LOWER_61, KRONROD_61_UPPER_61],
    [KRONROD_61_LOWER_SENTINEL_61, KRONROD_61_UPPER_SENTINEL_61]
);
kronrod!(
    K63,
    63,
    KRONROD_63_NODES,
    KRONROD_63_WEIGHTS_31,
    KRONROD_63_WEIGHTS_63,
    KRONROD_63_PROBE_63,
    [KRONROD_63_NULL_A_63, KRONROD_63_NULL_B_63, KRONROD_63_NULL_C_63, KRONROD_63_NULL_D_63],
    [KRONROD_63_LOWER_63, KRONROD_63_UPPER_63],
    [KRONROD_63_LOWER_SENTINEL_63, KRONROD_63_UPPER_SENTINEL_63]
);

static KRONROD: [&Ladder; 6] = [&K15, &K21, &K23, &K31, &K61, &K63];

/// The Gauss–Kronrod rule of so many nodes: 15, 21, 23, 31, 61 or 63.
///
/// A. S. Kronrod (1965); R. Piessens et al., "QUADPACK" (1983), <https://doi.org/10.1007/978-3-642-61786-7>.
pub(crate) fn kronrod(order: usize) -> Option<&'static Ladder> {
    KRONROD.into_iter().find(|ladder| ladder.rungs[0].order == order)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every rule of every ladder: weights, nodes in (0, 1).
    fn rules() -> Vec<(Vec<f64>, Vec<Vector>, usize, usize)> {
        let mut rules = Vec::new();
        for ladder in KRONROD.into_iter().chain([&FEJER]) {
            let x: Vec<f64> = ladder.nodes.iter().flatten().map(|&d| if d > 0.0 { d } else { 1.0 + d }).collect();
            for rung in ladder.rungs {
                let gauss = rung.order / 2;
                let degree = if ladder.rungs.len() > 1 { rung.order } else { 3 * gauss + 1 + gauss % 2 };
                rules.push((x.clone(), rung.rows.iter().map(|row| row.weights).collect(), rung.order, degree));
            }
        }
        rules
    }

    #[test]
    fn rules_are_exact_for_their_degree_symmetric_and_positive() {
        for (x, weights, order, degree) in rules() {
            let weights = weights.as_flattened();
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
        for ladder in KRONROD.into_iter().chain([&FEJER]) {
            let x: Vec<f64> = ladder.nodes.iter().flatten().map(|&d| if d > 0.0 { d } else { 1.0 + d }).collect();
            for rung in ladder.rungs {
                let probe = rung.rows.iter().flat_map(|row| row.probe);
                let at = |f: &dyn Fn(f64) -> f64| -> f64 { probe.clone().zip(&x).map(|(p, &x)| p * f(x)).sum() };
                assert!(probe.clone().map(|p| p.abs()).sum::<f64>() < 20.0, "order {}", rung.order);
                for k in 0..rung.order as i32 {
                    assert!(at(&|x| (2.0 * x - 1.0).powi(k)).abs() < 1e-13, "order {}, degree {k}", rung.order);
                }
                let low = 3 * rung.order as i32 / 4;
                let top = rung.order as i32 - if ladder.rungs.len() > 1 { 1 } else { 2 };
                for (null, degree) in [top, top - 1, low, low - 1].into_iter().enumerate() {
                    let factors = rung.rows.iter().flat_map(|row| row.nulls[null]);
                    let at = |f: &dyn Fn(f64) -> f64| -> f64 { factors.clone().zip(&x).map(|(p, &x)| p * f(x)).sum() };
                    for k in 0..degree {
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
