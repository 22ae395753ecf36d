//! Double-exponential nodes, level by level.

use super::levels_data::*;
use crate::rule::Vector;
use std::ops::Range;

/// Nodes going outward from t = 0 in one direction, and their weights dx/dt.
///
/// H. Takahasi and M. Mori, "Double exponential formulas for numerical integration" (1974),
/// <https://doi.org/10.2977/prims/1195192451>.
#[derive(Debug)]
pub(crate) struct Arm {
    /// Distances from the end (tanh-sinh, exp-sinh) or from the middle (sinh-sinh); 0 outside the range of `f64`.
    pub nodes: &'static [Vector; ROWS],
    /// 0 outside the range of `f64`.
    pub weights: &'static [Vector; ROWS],
}

impl Arm {
    const fn new(nodes: &'static [Vector], weights: &'static [Vector]) -> Self {
        match (nodes.first_chunk(), weights.first_chunk()) {
            (Some(nodes), Some(weights)) => Self { nodes, weights },
            _ => panic!("a table is too short"),
        }
    }
}

/// Towards either end of [0, 1]: d = 1/(1 + exp(π sinh t)).
pub(crate) static TANH_SINH: Arm = Arm::new(TANH_SINH_NODES, TANH_SINH_WEIGHTS);
/// Towards 0 of (0, ∞): exp(-π/2 sinh t).
pub(crate) static EXP_LOW: Arm = Arm::new(EXP_LOW_NODES, EXP_LOW_WEIGHTS);
/// Towards ∞ of (0, ∞): exp(π/2 sinh t).
pub(crate) static EXP_HIGH: Arm = Arm::new(EXP_HIGH_NODES, EXP_HIGH_WEIGHTS);
/// Away from 0: sinh(π/2 sinh t).
pub(crate) static SINH_SINH: Arm = Arm::new(SINH_SINH_NODES, SINH_SINH_WEIGHTS);

/// Units of t that the tables cover.
pub(crate) const UNITS: usize = 7;

/// Levels after the base level (step 1/8): 1/16, 1/32, 1/64.
pub(crate) const FINER: usize = 3;

/// The vectors of a table, of all levels.
const ROWS: usize = UNITS << FINER;

/// The vectors of the tables that level `level` adds within unit `unit` of t. Level 0 is the base: t = unit + lane / 8.
#[inline(always)]
pub(crate) fn vectors(level: usize, unit: usize) -> Range<usize> {
    let (begin, each) = match level {
        0 => (0, 1),
        1 => (UNITS, 1),
        2 => (2 * UNITS, 2),
        _ => (4 * UNITS, 4),
    };
    begin + unit * each..begin + (unit + 1) * each
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn tables_are_the_formulas() {
        for level in 0..=FINER {
            for unit in 0..UNITS {
                for (v, row) in vectors(level, unit).enumerate() {
                    for lane in 0..8 {
                        let k = (8 * v + lane) as f64;
                        let step = 0.125 / f64::from(1u32 << level);
                        let t = unit as f64 + if level == 0 { k / 8.0 } else { (2.0 * k + 1.0) * step };
                        let half = if t == 0.0 { 0.5 } else { 1.0 };
                        let u = PI / 2.0 * t.sinh();
                        let check = |arm: &Arm, x: f64, w: f64| {
                            let (node, weight) = (arm.nodes[row][lane], arm.weights[row][lane]);
                            if weight != 0.0 {
                                assert!((node - x).abs() <= 1e-12 * x && (weight - half * w).abs() <= 1e-12 * w, "{t}");
                            }
                        };
                        let d = 1.0 / (1.0 + (2.0 * u).exp());
                        check(&TANH_SINH, d, PI * t.cosh() * d * (1.0 - d));
                        check(&EXP_LOW, (-u).exp(), PI / 2.0 * t.cosh() * (-u).exp());
                        check(&EXP_HIGH, u.exp(), PI / 2.0 * t.cosh() * u.exp());
                        check(&SINH_SINH, u.sinh(), PI / 2.0 * t.cosh() * u.cosh());
                    }
                }
            }
        }
    }
}
