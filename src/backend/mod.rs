//! Who evaluates a plan. Backends know no method, and not each other.

#[cfg(feature = "gpu")]
pub(crate) mod gpu;
pub(crate) mod serial;
pub(crate) mod simd;
#[cfg(feature = "parallel")]
pub(crate) mod threads;
#[cfg(not(feature = "parallel"))]
#[path = "one_thread.rs"]
pub(crate) mod threads;
pub(crate) mod weighted;

use crate::unknown_name::UnknownName;
use std::{fmt, str::FromStr};

/// Who evaluates the integrand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// The fastest for the problem at hand.
    #[default]
    Auto,
    /// The scalar definition in a plain loop on one thread: the reference.
    Serial,
    /// Eight lanes at a time, on several threads where that pays.
    Simd,
    /// A GPU: a compute shader made from the integrand's definition. See module `gpu`.
    Gpu,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Backend::Auto => "auto",
            Backend::Serial => "serial",
            Backend::Simd => "simd",
            Backend::Gpu => "gpu",
        })
    }
}

impl FromStr for Backend {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "auto" => Ok(Backend::Auto),
            "serial" => Ok(Backend::Serial),
            "simd" => Ok(Backend::Simd),
            "gpu" => Ok(Backend::Gpu),
            _ => Err(UnknownName::new("backend", name, "backends are auto, serial, simd, gpu")),
        }
    }
}
