//! Rules: nodes and weights on a reference interval.

mod gauss_legendre;
mod pair;

pub use gauss_legendre::{GaussLegendre, MAX_ORDER, OrderError, gauss_legendre};
