//! The GPU backend: tiles as workgroups of compute shaders that are made from the integrand's own definition.
//!
//! ```text
//! integrand -> wgsl (text) --.
//!                            +--> shader --> kernel --> dispatches --> partials
//! library --> linked --------'    (text)    (compiled)  (some tiles each)
//! ```

mod adapter;
mod boxes;
mod buffer;
mod device;
mod error;
mod evaluate;
mod flights;
mod grid;
mod guard;
mod library;
mod pace;
mod points;
mod probe;
mod rate;
mod regions;
mod samples;
mod shader;
mod shared;
mod strata;
mod tables;

pub use crate::precision::Precision;
pub use adapter::{AdapterInfo, adapters};
pub(crate) use boxes::{AXES, FoundBoxes, GpuBoxes};
pub use device::Device;
pub use error::GpuError;
pub use evaluate::evaluate;
pub(crate) use evaluate::{GpuValues, evaluate_traced};
pub(crate) use grid::GpuGrid;
pub use probe::{DoubleFacts, Facts};
pub(crate) use regions::{Found, FoundRegions, GpuRegions, Source, points};
pub(crate) use samples::GpuSamples;
pub(crate) use strata::{GpuStrata, Pass};

use crate::integrand::wgsl::{self, Arithmetic, Refused};

impl Precision {
    fn of(arithmetic: Arithmetic) -> Self {
        match arithmetic {
            Arithmetic::F32 => Precision::F32,
            Arithmetic::F32x2 => Precision::F32x2,
            Arithmetic::F64 => Precision::F64,
        }
    }
}

impl GpuError {
    fn refused(refused: Refused, arithmetic: Arithmetic) -> Self {
        match refused {
            Refused::TooManyOperations { operations } => {
                GpuError::TooManyOperations { operations, limit: wgsl::MAX_OPERATIONS }
            }
            Refused::OutOfRange { value } => {
                GpuError::OutOfRange { what: "the number", value, precision: Precision::of(arithmetic) }
            }
        }
    }
}

/// The parameters as the kernels have them, or the first that the arithmetic does not hold.
fn parameters(values: &[f64], arithmetic: Arithmetic) -> Result<Vec<u8>, GpuError> {
    let mut numbers = buffer::Numbers::new(arithmetic);
    for &value in values {
        if !arithmetic.holds(value) {
            return Err(GpuError::OutOfRange { what: "the parameter", value, precision: Precision::of(arithmetic) });
        }
        numbers.real(value);
    }
    Ok(numbers.bytes)
}

#[cfg(test)]
mod tests;
