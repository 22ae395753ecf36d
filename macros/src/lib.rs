//! The `#[integrand]` attribute of the `quadrille` crate.
