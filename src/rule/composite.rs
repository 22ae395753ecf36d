//! A rule as a composite one: what each panel adds, the ends shared with its neighbours counted once.

use super::nodes::Nodes;
use super::{OrderError, Rule, gauss_legendre_unless};

/// What a composite rule sums over n panels of length h:
/// h · (first · f(a) + last · f(b) + shared · Σ f(inner panel ends) + Σ over panels Σ over nodes weight · f(node)).
#[derive(Clone, Debug)]
pub(crate) struct Composite {
    /// Nodes counted from the lower end of the panel.
    pub lower: Nodes,
    /// Nodes counted from the upper end of the panel.
    pub upper: Nodes,
    /// Weight of each end that two panels share.
    pub shared: f64,
    /// Weight of f(a).
    pub first: f64,
    /// Weight of f(b).
    pub last: f64,
}

impl Composite {
    /// The composite form of `rule`, or why there is none; nothing if it was stopped before its nodes were there.
    pub fn unless(stopped: &dyn Fn() -> bool, rule: Rule) -> Result<Option<Self>, OrderError> {
        const NONE: Nodes = Nodes::constant(&[], &[]);
        let (lower, upper, shared, first, last) = match rule {
            Rule::Left => (NONE, NONE, 1.0, 1.0, 0.0),
            Rule::Right => (NONE, NONE, 1.0, 0.0, 1.0),
            Rule::Midpoint => (Nodes::constant(&[0.5], &[1.0]), NONE, 0.0, 0.0, 0.0),
            Rule::Trapezoid => (NONE, NONE, 1.0, 0.5, 0.5),
            Rule::Simpson => (Nodes::constant(&[0.5], &[2.0 / 3.0]), NONE, 1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0),
            Rule::Boole => (
                Nodes::constant(&[0.25, 0.5], &[32.0 / 90.0, 12.0 / 90.0]),
                Nodes::constant(&[-0.25], &[32.0 / 90.0]),
                14.0 / 90.0,
                7.0 / 90.0,
                7.0 / 90.0,
            ),
            Rule::GaussLegendre(order) => {
                let Some(nodes) = gauss_legendre_unless(stopped, order)? else { return Ok(None) };
                let Some((lower, upper)) = nodes.panel_unless(stopped) else { return Ok(None) };
                (lower, upper, 0.0, 0.0, 0.0)
            }
        };
        Ok(Some(Self { lower, upper, shared, first, last }))
    }

    /// Nodes inside a panel.
    pub fn inner(&self) -> usize {
        self.lower.offsets.len() + self.upper.offsets.len()
    }

    /// Evaluations for `panels` panels; `None` above `u64`.
    pub fn evaluations(&self, panels: u64) -> Option<u64> {
        let shared = if self.shared != 0.0 { panels - 1 } else { 0 };
        let ends = u64::from(self.first != 0.0) + u64::from(self.last != 0.0);
        panels.checked_mul(self.inner() as u64)?.checked_add(shared)?.checked_add(ends)
    }
}
