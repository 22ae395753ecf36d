//! Gauss's rule for the lines of a grid of nodes in a box, with the highest components that its nodes determine.

use super::gauss_legendre;

/// Nodes along an axis: degree 17.
pub(crate) const LINE: usize = 9;

/// The most dimensions of a grid of them: 9³ nodes.
pub(crate) const MOST_FINE: usize = 3;

/// The tables of the rule, node by node.
#[derive(Clone, Debug)]
pub(crate) struct GaussLine {
    /// Distances from the lower end, in lengths.
    pub places: [f64; LINE],
    /// For the mean.
    pub weights: [f64; LINE],
    /// The components of the interpolant in the highest six normalised Legendre polynomials, from the highest down.
    pub components: [[f64; LINE]; 6],
}

impl GaussLine {
    pub fn new() -> Self {
        let rule = gauss_legendre(LINE).expect("an order that there is");
        let weights: [f64; LINE] = std::array::from_fn(|i| 0.5 * rule.weights()[i]);
        let component =
            |k: usize| std::array::from_fn(|i| weights[i] * ((2 * k + 1) as f64).sqrt() * legendre(k, rule.nodes()[i]));
        Self {
            places: std::array::from_fn(|i| 0.5 + 0.5 * rule.nodes()[i]),
            weights,
            components: std::array::from_fn(|i| component(LINE - 1 - i)),
        }
    }
}

/// The weights that continue the polynomial through the nodes to `place`, from -1 to 1.
pub(crate) fn continued(line: &GaussLine, place: f64) -> [f64; LINE] {
    let node = |i: usize| 2.0 * line.places[i] - 1.0;
    std::array::from_fn(|i| (0..LINE).filter(|&j| j != i).map(|j| (place - node(j)) / (node(i) - node(j))).product())
}

/// P_k(x), by the recurrence of three terms.
fn legendre(k: usize, x: f64) -> f64 {
    let (mut now, mut before) = (1.0, 0.0);
    for j in 0..k {
        let j = j as f64;
        (now, before) = (((2.0 * j + 1.0) * x * now - j * before) / (j + 1.0), now);
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_of_legendre_polynomials_are_one_and_none() {
        let line = GaussLine::new();
        for (i, row) in line.components.iter().enumerate() {
            for k in 0..LINE {
                let size = ((2 * k + 1) as f64).sqrt();
                let found: f64 = row.iter().zip(line.places).map(|(c, x)| c * size * legendre(k, 2.0 * x - 1.0)).sum();
                let exact = if k == LINE - 1 - i { 1.0 } else { 0.0 };
                assert!((found - exact).abs() < 1e-14, "{i} {k} {found}");
            }
        }
    }
}
