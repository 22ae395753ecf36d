//! The methods by name.

use crate::unknown_name::UnknownName;
use std::{fmt, str::FromStr};

/// How an integral is computed to a tolerance.
///
/// Every method is adaptive: it goes on until error <= max(abs_tol, rel_tol · |estimate|), or says why it stopped. All work on
/// finite, half-infinite and infinite ranges.
///
/// ```
/// use quadrille::{Integrator, Method};
///
/// let root = Integrator::new().method(Method::DoubleExponential).integrate(&|x: f64| x.sqrt(), 0.0..1.0)?;
/// assert!((root.estimate - 2.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Picks and combines: nested Patterson rules of 15 to 127 nodes on panels that are halved where needed, and
    /// double-exponential levels on infinite ranges and next to an end at which the integrand is singular.
    ///
    /// The error bounds the true one as long as the integrand has no feature that falls between all nodes: where all values
    /// are the same, and where an interval had to be halved, at least 512 nodes lie on the range; a smooth integrand that
    /// converges at once is seen at 18 points only, so that a needle on it must be hinted at by
    /// [`points`](crate::Integrator::points).
    #[default]
    Auto,
    /// Gauss–Kronrod rules of 15, 23, 31 or 63 nodes on panels that are halved. For smooth integrands; slow at singularities,
    /// which are not treated in any way but by halving. The claim lies for narrow peaks between the nodes, where
    /// `Auto` looks at more points: it may be converged and wrong there (`docs/methods.md` has the cases).
    GaussKronrod(usize),
    /// Tanh-sinh, exp-sinh or sinh-sinh levels, by the range, with nodes held as distances from the ends. For
    /// singularities at the ends; where the levels do not converge, the interval is halved. The claim lies as that of
    /// `GaussKronrod` does.
    DoubleExponential,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Method::Auto => f.pad("auto"),
            Method::GaussKronrod(order) => f.pad(&format!("kronrod:{order}")),
            Method::DoubleExponential => f.pad("double-exponential"),
        }
    }
}

impl FromStr for Method {
    type Err = UnknownName;

    /// `auto`, `kronrod:15`, `kronrod:23`, `kronrod:31` (also `kronrod`), `kronrod:63`, `double-exponential` (also `tanh-sinh`).
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        const NAMES: &str = "methods are auto, kronrod:15, kronrod:23, kronrod:31, kronrod:63, double-exponential";
        Ok(match name {
            "auto" => Method::Auto,
            "double-exponential" | "tanh-sinh" => Method::DoubleExponential,
            "kronrod" | "kronrod:31" => Method::GaussKronrod(31),
            "kronrod:15" => Method::GaussKronrod(15),
            "kronrod:23" => Method::GaussKronrod(23),
            "kronrod:63" => Method::GaussKronrod(63),
            _ => return Err(UnknownName::new("method", name, NAMES)),
        })
    }
}
