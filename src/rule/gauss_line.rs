//! Gauss's rule for the lines of a grid of nodes in a box, with the highest components that its nodes determine.

use super::fully_symmetric::FACE;
use super::gauss_legendre;
use std::sync::OnceLock;

/// Nodes along an axis: degree 17.
pub(crate) const LINE: usize = 9;

/// The most dimensions of a grid of them: 9³ nodes.
pub(crate) const MOST_FINE: usize = 3;

/// The places on an axis of sentinels next to its lower and its upper face, after those of the nodes.
pub(crate) const ENDS: usize = LINE;

/// The tables of the rule, node by node.
#[derive(Clone, Debug)]
pub(crate) struct GaussLine {
    /// From the middle, in half widths.
    pub places: [f64; LINE],
    /// For the mean.
    pub weights: [f64; LINE],
    /// The components of the interpolant in the highest six normalised Legendre polynomials, from the highest down.
    pub components: [[f64; LINE]; 6],
    /// The weights that continue the polynomial through the nodes to the sentinel at the upper end.
    pub face: [f64; LINE],
    /// The places of the nodes of grids in two and three dimensions, then of sentinels in the corners: whatever a plane
    /// cuts off from a box has one.
    pub grids: [Vec<u8>; 2],
}

impl GaussLine {
    /// The tables, made once.
    pub fn get() -> &'static Self {
        static LINE: OnceLock<GaussLine> = OnceLock::new();
        LINE.get_or_init(Self::new)
    }

    fn new() -> Self {
        let rule = gauss_legendre(LINE).expect("an order that there is");
        let weights: [f64; LINE] = std::array::from_fn(|i| 0.5 * rule.weights()[i]);
        let component =
            |k: usize| std::array::from_fn(|i| weights[i] * ((2 * k + 1) as f64).sqrt() * legendre(k, rule.nodes()[i]));
        let node = |i: usize| rule.nodes()[i];
        let factor = |i: usize, j: usize| if i == j { 1.0 } else { (FACE - node(j)) / (node(i) - node(j)) };
        Self {
            face: std::array::from_fn(|i| (0..LINE).map(|j| factor(i, j)).product()),
            places: std::array::from_fn(node),
            weights,
            components: std::array::from_fn(|i| component(LINE - 1 - i)),
            grids: [grid(2), grid(3)],
        }
    }
}

/// The nodes of a grid, the first axis changing fastest, and the corners.
fn grid(dimension: usize) -> Vec<u8> {
    let node = |base: usize, first: usize| {
        move |i: usize| (0..dimension as u32).map(move |d| (first + i / base.pow(d) % base) as u8)
    };
    let dimensions = dimension as u32;
    (0..LINE.pow(dimensions))
        .flat_map(node(LINE, 0))
        .chain((0..2usize.pow(dimensions)).flat_map(node(2, ENDS)))
        .collect()
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
                let found: f64 = row.iter().zip(line.places).map(|(c, x)| c * size * legendre(k, x)).sum();
                let exact = if k == LINE - 1 - i { 1.0 } else { 0.0 };
                assert!((found - exact).abs() < 1e-14, "{i} {k} {found}");
            }
        }
    }
}
