//! Functions on [-1, 1] as sums of Legendre polynomials, Σ aₖ Pₖ, by their values at Gauss nodes.

use super::gauss_legendre;
use crate::twofold::{fast_two_sum, two_sum};
use std::sync::LazyLock;

/// Terms of an expansion, and nodes that it is made from.
pub(crate) const TERMS: usize = 32;

/// One number for each term, or for each node.
pub(crate) type Terms = [f64; TERMS];

/// The rule and the matrix from values to coefficients.
#[derive(Debug)]
pub(crate) struct Legendre {
    /// The distance of each node from the nearer end, for an interval of length 2: the lower half, ascending.
    pub gaps: [f64; TERMS / 2],
    /// `analysis[j][k]`: what the value at node j adds to coefficient k.
    analysis: [Terms; TERMS],
    /// The same, by coefficient and node.
    by_term: [Terms; TERMS],
}

pub(crate) static LEGENDRE: LazyLock<Legendre> = LazyLock::new(Legendre::new);

impl Legendre {
    fn new() -> Self {
        let none = [[0.0; TERMS]; TERMS];
        let mut legendre = Legendre { gaps: [0.0; TERMS / 2], analysis: none, by_term: none };
        let Ok(rule) = gauss_legendre(TERMS) else { return legendre };
        legendre.gaps.copy_from_slice(&rule.gaps()[..TERMS / 2]);
        for (row, (&t, &weight)) in legendre.analysis.iter_mut().zip(rule.nodes().iter().zip(rule.weights())) {
            // Polynomials of high degree feel the rounding of the node: it is undone by a step of Newton's.
            let [below, last] = polynomials((t, 0.0), &mut [0.0; TERMS]);
            let slope = TERMS as f64 * (below - t * last) / (1.0 - t * t);
            polynomials((t, -last / slope), row);
            for (k, share) in row.iter_mut().enumerate() {
                *share *= (k as f64 + 0.5) * weight;
            }
        }
        legendre.by_term = std::array::from_fn(|k| std::array::from_fn(|j| legendre.analysis[j][k]));
        legendre
    }

    /// The coefficients aₖ of what has these values at the nodes.
    pub fn coefficients(&self, values: &Terms) -> Terms {
        combine(&self.analysis, values)
    }

    /// The weights of the values in Σ aₖ mₖ.
    pub fn weights(&self, moments: &Terms) -> Terms {
        combine(&self.by_term, moments)
    }
}

/// The sum of the rows, each times its factor.
fn combine(rows: &[Terms; TERMS], factors: &Terms) -> Terms {
    let mut sums = [0.0; TERMS];
    for (row, &factor) in rows.iter().zip(factors) {
        for (sum, &share) in sums.iter_mut().zip(row) {
            *sum += share * factor;
        }
    }
    sums
}

/// Pₖ(t), rounded once from a recurrence in pairs of numbers; returns the last two, of degrees n - 1 and n.
fn polynomials(t: (f64, f64), p: &mut Terms) -> [f64; 2] {
    type Pair = (f64, f64);
    let product = |a: Pair, b: Pair| {
        let high = a.0 * b.0;
        fast_two_sum(high, a.0.mul_add(b.0, -high) + (a.0 * b.1 + a.1 * b.0))
    };
    let sum = |a: Pair, b: Pair| {
        let (high, low) = two_sum(a.0, b.0);
        fast_two_sum(high, low + (a.1 + b.1))
    };
    let over = |a: Pair, n: f64| {
        let high = a.0 / n;
        fast_two_sum(high, (high.mul_add(-n, a.0) + a.1) / n)
    };
    let (mut now, mut next) = ((1.0, 0.0), t);
    for (k, p) in p.iter_mut().enumerate() {
        *p = now.0;
        let n = k as f64;
        let gain = product((2.0 * n + 3.0, 0.0), product(t, next));
        (now, next) = (next, over(sum(gain, product((-(n + 1.0), 0.0), now)), n + 2.0));
    }
    [p[TERMS - 1], now.0]
}

/// Σ aₖ Pₖ(t).
///
/// C. W. Clenshaw (1955), <https://doi.org/10.1090/S0025-5718-1955-0071856-0>.
pub(crate) fn series(coefficients: &Terms, t: f64) -> f64 {
    let (mut one, mut two) = (0.0, 0.0);
    for (k, &a) in coefficients.iter().enumerate().rev() {
        let n = k as f64;
        (one, two) = (a + (2.0 * n + 1.0) / (n + 1.0) * t * one - (n + 1.0) / (n + 2.0) * two, one);
    }
    one
}

/// The root of ∫ (Pₖ)²: what a coefficient is worth in the mean square.
pub(crate) fn norm(k: usize) -> f64 {
    (1.0 / (k as f64 + 0.5)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_come_back() {
        let rule = gauss_legendre(TERMS).unwrap();
        let f = |t: f64| 3.0 + t * (1.0 - 2.0 * t.powi(9) + t.powi(30));
        let values: Terms = std::array::from_fn(|j| f(rule.nodes()[j]));
        let a = LEGENDRE.coefficients(&values);
        for t in [-1.0, -0.999, -0.3, 0.0, 0.71, 1.0] {
            assert!((series(&a, t) - f(t)).abs() < 1e-13, "{t}");
        }
        let weights = LEGENDRE.weights(&std::array::from_fn(|k| if k == 0 { 2.0 } else { 0.0 }));
        assert!(weights.iter().zip(rule.weights()).all(|(a, b)| (a - b).abs() < 1e-16));
    }
}
