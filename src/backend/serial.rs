//! The serial reference: the integrand's own scalar code in a plain loop. Never optimised; it is what the others are
//! checked against.

use crate::integrand::Integrand;
use crate::plan::Grid;

/// The composite sum as the textbook writes it, as far as it has come.
///
/// For the left rule this is, to the bit, `for i in 0..n { s += f(a + i as f64 * dx) }`, to be multiplied by `dx` at
/// the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainLoop {
    pub sum: f64,
    /// The panels summed so far.
    pub panels: u64,
}

impl PlainLoop {
    pub fn new() -> Self {
        Self { sum: 0.0, panels: 0 }
    }

    /// Goes on up to, not including, panel `end`.
    pub fn advance(&mut self, f: &impl Integrand, grid: &Grid, end: u64) {
        let mut s = self.sum;
        for_each_node(grid, self.panels, end, |x, weight| s += weight * f.scalar(x));
        *self = Self { sum: s, panels: end };
    }

    /// The integral over the panels so far.
    pub fn value(self, grid: &Grid) -> f64 {
        self.sum * grid.dx()
    }
}

/// Every node that the loop visits for panels `begin..end`, with its weight.
#[inline(always)]
pub(crate) fn for_each_node(grid: &Grid, begin: u64, end: u64, mut visit: impl FnMut(f64, f64)) {
    let (a, dx, rule) = (grid.lower, grid.dx(), &grid.rule);
    for i in begin..end {
        let (weight, i) = if i == 0 { (rule.first, 0.0) } else { (rule.shared, i as f64) };
        if weight != 0.0 {
            visit(a + i * dx, weight);
        }
        for (nodes, i) in [(&rule.lower, i), (&rule.upper, i + 1.0)] {
            for (offset, weight) in nodes.offsets.iter().zip(nodes.weights.iter()) {
                visit((a + (i + offset) * dx).min(grid.upper), *weight);
            }
        }
    }
    if end == grid.panels && rule.last != 0.0 {
        visit(grid.upper, rule.last);
    }
}
