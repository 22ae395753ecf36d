//! Built without feature `gpu`.

use quadrille::{Backend, Error, Integrator};

const REASON: &str = "built without feature `gpu`";

/// The integrator as it is, where it may fall back.
pub fn with(integrator: Integrator, _: Option<&str>, fallback: bool) -> Result<(Integrator, Option<String>), Error> {
    match fallback {
        true => Ok((integrator, None)),
        false => Err(Error::BackendUnavailable { backend: Backend::Gpu, reason: REASON.to_owned() }),
    }
}

/// No adapters.
pub fn list() -> Result<String, String> {
    Err(REASON.to_owned())
}
