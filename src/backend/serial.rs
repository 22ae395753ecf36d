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

    /// Goes on up to, not including, panel `end`. A function of its own, so that the sum stays in a register.
    #[inline(never)]
    pub fn advance(&mut self, f: &impl Integrand, grid: &Grid, end: u64) {
        self.sum = fold_nodes(grid, self.panels, end, self.sum, |s, x, weight| s + weight * f.scalar(x));
        self.panels = end;
    }

    /// The integral over the panels so far.
    pub fn value(self, grid: &Grid) -> f64 {
        self.sum * grid.dx()
    }
}

/// Every node that the loop visits for panels `begin..end`, with its weight, taken into `state`.
#[inline(always)]
pub(crate) fn fold_nodes<T>(grid: &Grid, begin: u64, end: u64, mut state: T, take: impl Fn(T, f64, f64) -> T) -> T {
    let (a, dx, rule) = (grid.lower, grid.dx(), &grid.rule);
    if rule.inner() == 0 {
        // The loop of the lesson, with nothing else in it.
        if begin == 0 && rule.first != 0.0 {
            state = take(state, a, rule.first);
        }
        for i in begin.max(1)..end {
            state = take(state, a + i as f64 * dx, rule.shared);
        }
    } else {
        for i in begin..end {
            let (weight, i) = if i == 0 { (rule.first, 0.0) } else { (rule.shared, i as f64) };
            if weight != 0.0 {
                state = take(state, a + i * dx, weight);
            }
            for (nodes, i) in [(&rule.lower, i), (&rule.upper, i + 1.0)] {
                for (offset, weight) in nodes.offsets.iter().zip(nodes.weights.iter()) {
                    state = take(state, (a + (i + offset) * dx).min(grid.upper), *weight);
                }
            }
        }
    }
    if end == grid.panels && rule.last != 0.0 {
        state = take(state, grid.upper, rule.last);
    }
    state
}
