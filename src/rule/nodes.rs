//! The nodes inside a panel, as tables.

use std::{ops::Deref, sync::Arc};

/// Numbers that cost nothing to hold: a constant table, or one that is shared.
#[derive(Clone, Debug)]
pub(crate) enum Table {
    Constant(&'static [f64]),
    Shared(Arc<[f64]>),
}

impl Deref for Table {
    type Target = [f64];
    #[inline]
    fn deref(&self) -> &[f64] {
        match self {
            Table::Constant(values) => values,
            Table::Shared(values) => values,
        }
    }
}

/// Nodes inside a panel, counted from one of its ends: this keeps the relative precision of nodes close to an end.
#[derive(Clone, Debug)]
pub(crate) struct Nodes {
    /// Distances from the end in panel lengths, ascending: positive from the lower end, negative from the upper one.
    pub offsets: Table,
    /// Their weights for a panel of length 1.
    pub weights: Table,
}

impl Nodes {
    /// The nodes of a constant table.
    pub const fn constant(offsets: &'static [f64], weights: &'static [f64]) -> Nodes {
        Nodes { offsets: Table::Constant(offsets), weights: Table::Constant(weights) }
    }
}
