//! Rules: nodes and weights on one panel.

mod composite;
#[rustfmt::skip]
#[allow(clippy::all, reason = "a table")]
mod cubature_data;
pub(crate) mod dyadic;
#[rustfmt::skip]
#[allow(clippy::all, reason = "a table")]
mod dyadic_data;
pub(crate) mod fully_symmetric;
mod gauss_legendre;
pub(crate) mod gauss_line;
mod ladder;
#[rustfmt::skip]
#[allow(clippy::all, reason = "a table")]
mod ladder_data;
pub(crate) mod legendre;
pub(crate) mod levels;
#[rustfmt::skip]
#[allow(clippy::all, reason = "a table")]
mod levels_data;
pub(crate) mod moments;
mod nodes;
mod pair;

pub(crate) use composite::Composite;
pub(crate) use gauss_legendre::gauss_legendre_unless;
pub use gauss_legendre::{GaussLegendre, MAX_ORDER, OrderError, gauss_legendre};
pub(crate) use ladder::{FEJER, Ladder, MOST_EVALUATIONS, MOST_VECTORS, Rung, SENTINEL, corners, kronrod};

use crate::unknown_name::UnknownName;
use std::{fmt, str::FromStr};

/// A row of a table for lanes.
pub(crate) type Vector = [f64; 8];

/// A table whose rows do not straddle lines of the cache.
#[repr(align(64))]
pub(crate) struct Aligned<const ROWS: usize>(pub [Vector; ROWS]);

/// A rule for one panel, laid over each of n equal panels (composite rule).
///
/// With h = (b - a) / n and f smooth, the error of the composite rule is of the order of h to the power given; where
/// f has a kink, a step or a singularity inside, it is first order or worse whatever the rule. A fixed rule gives no
/// estimate of its own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// f at the lower end of each panel. Order 1, n evaluations.
    Left,
    /// f at the upper end of each panel. Order 1, n evaluations.
    Right,
    /// f at the middle of each panel. Order 2, n evaluations.
    Midpoint,
    /// The mean of both ends. Order 2, n + 1 evaluations. Spectrally accurate for periodic f over whole periods.
    Trapezoid,
    /// (1, 4, 1) / 6 at the ends and the middle. Order 4, 2n + 1 evaluations.
    Simpson,
    /// (7, 32, 12, 32, 7) / 90 at five equally spaced points. Order 6, 4n + 1 evaluations.
    Boole,
    /// Gauss–Legendre with this many nodes, all inside the panel. Order 2K, K n evaluations.
    GaussLegendre(usize),
}

impl Rule {
    /// The largest number of Gauss–Legendre nodes for a panel.
    pub const MAX_ORDER: usize = MAX_ORDER;
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Left => f.pad("left"),
            Rule::Right => f.pad("right"),
            Rule::Midpoint => f.pad("midpoint"),
            Rule::Trapezoid => f.pad("trapezoid"),
            Rule::Simpson => f.pad("simpson"),
            Rule::Boole => f.pad("boole"),
            Rule::GaussLegendre(order) => f.pad(&format!("gauss:{order}")),
        }
    }
}

impl FromStr for Rule {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        const NAMES: &str = "rules are left, right, midpoint, trapezoid, simpson, boole, gauss:K";
        let refuse = |message: String| UnknownName::because("rule", name, message);
        Ok(match name {
            "left" => Rule::Left,
            "right" => Rule::Right,
            "midpoint" => Rule::Midpoint,
            "trapezoid" => Rule::Trapezoid,
            "simpson" => Rule::Simpson,
            "boole" => Rule::Boole,
            _ => {
                let order = name.strip_prefix("gauss:").ok_or_else(|| UnknownName::new("rule", name, NAMES))?;
                let order = order.parse().map_err(|_| refuse(format!("'{order}' is no number of nodes; {NAMES}")))?;
                if order == 0 {
                    return Err(refuse(OrderError { order }.to_string()));
                }
                Rule::GaussLegendre(order)
            }
        })
    }
}
