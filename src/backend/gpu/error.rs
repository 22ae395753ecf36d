//! Why a GPU did not do what was asked of it.

use super::Precision;
use std::{fmt, time::Duration};

/// Why there is no result from a GPU. The text is fit to stand as the reason of a fallback.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GpuError {
    /// This build has no graphics interface for this target.
    NoBackend,
    /// There is no adapter: no GPU, no driver, or no loader for it.
    NoAdapter {
        /// What was found instead, in words; may be empty.
        reason: String,
    },
    /// The only adapters are software, slower than the SIMD backend; they are used when asked for by name.
    SoftwareOnly {
        /// Their names.
        names: Vec<String>,
    },
    /// No adapter has the name asked for.
    UnknownAdapter {
        /// The name.
        wanted: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// The adapter is there, but no device could be opened on it.
    Open {
        /// What the driver says.
        reason: String,
    },
    /// The adapter lacks this arithmetic.
    Unsupported {
        /// The arithmetic asked for.
        precision: Precision,
    },
    /// The adapter has this arithmetic, but a test at opening found it wrong.
    Untrusted {
        /// The arithmetic asked for.
        precision: Precision,
        /// The test that failed.
        reason: String,
    },
    /// The integrand is known as compiled code alone.
    NotTraceable,
    /// Something that only the CPU does.
    NotOnDevice {
        /// What it is, in the plural.
        what: &'static str,
    },
    /// The integrand has more operations than a shader should have.
    TooManyOperations {
        /// The operations it has.
        operations: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The shader would be too long: drivers take minutes for such.
    TooLong {
        /// Its lines, functions written out.
        lines: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The rule has more nodes in a panel than fit the buffers or the loops of the adapter.
    TooManyNodes {
        /// The nodes it has.
        nodes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A number of the question is too large or too small for the arithmetic.
    OutOfRange {
        /// What it is.
        what: &'static str,
        /// The number.
        value: f64,
        /// The arithmetic.
        precision: Precision,
    },
    /// The arithmetic yields NaN or infinity where the integrand is a number.
    NotFinite {
        /// The arithmetic.
        precision: Precision,
        /// The node.
        point: f64,
        /// What the arithmetic yields there.
        value: f64,
        /// The integrand there.
        right: f64,
    },
    /// The roundings of the arithmetic leave nothing of the integrand.
    Unsure {
        /// The arithmetic.
        precision: Precision,
        /// A point where that is so.
        point: f64,
    },
    /// The driver, or the shader compiler before it, refused the shader or a command.
    Rejected {
        /// What it says.
        message: String,
    },
    /// The device has not enough memory.
    OutOfMemory,
    /// The device stopped working: reset by the system, unplugged, or crashed.
    Lost {
        /// What is known about it.
        reason: String,
    },
    /// The caller has stopped the integration; the device is well.
    Stopped,
    /// The device did not answer in time.
    Timeout {
        /// How long it was waited for.
        waited: Duration,
    },
    /// A panic inside the graphics library or the driver, caught.
    Panicked {
        /// Its message.
        message: String,
    },
}

impl GpuError {
    /// Whether the device must not be used again.
    pub fn is_loss(&self) -> bool {
        matches!(self, GpuError::Lost { .. } | GpuError::Timeout { .. } | GpuError::Panicked { .. })
    }
}

impl fmt::Display for GpuError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GpuError::NoBackend => f.write_str("built without a graphics interface for this target"),
            GpuError::NoAdapter { reason } if reason.is_empty() => f.write_str("no GPU adapter"),
            GpuError::NoAdapter { reason } => write!(f, "no GPU adapter: {reason}"),
            GpuError::SoftwareOnly { names } => {
                write!(f, "only software adapters ({}); name one to use it", names.join(", "))
            }
            GpuError::UnknownAdapter { wanted, available } if available.is_empty() => {
                write!(f, "no adapter named '{wanted}', and no other")
            }
            GpuError::UnknownAdapter { wanted, available } => {
                write!(f, "no adapter named '{wanted}'; there are: {}", available.join(", "))
            }
            GpuError::Open { reason } => write!(f, "the GPU could not be opened: {reason}"),
            GpuError::Unsupported { precision } => write!(f, "the adapter has no {precision} arithmetic"),
            GpuError::Untrusted { precision, reason } => {
                write!(f, "the {precision} arithmetic of this adapter is not exact enough: {reason}")
            }
            GpuError::NotOnDevice { what } => write!(f, "{what} do not run on the GPU"),
            GpuError::NotTraceable => {
                f.write_str("the integrand is compiled code; write it as #[integrand] or as an expression")
            }
            GpuError::TooManyOperations { operations, limit } => {
                write!(f, "the integrand has {operations} operations, a shader at most {limit}")
            }
            GpuError::TooLong { lines, limit } => {
                write!(
                    f,
                    "the integrand would be a shader of {lines} lines, functions written out; the limit is {limit}"
                )
            }
            GpuError::TooManyNodes { nodes, limit } => {
                write!(f, "the rule has {nodes} nodes in a panel, the adapter takes at most {limit}")
            }
            GpuError::OutOfRange { what, value, precision } => {
                write!(f, "{what} {value:?} is out of the range of {precision}")
            }
            GpuError::NotFinite { precision, point, value, right } => {
                write!(
                    f,
                    "the {precision} arithmetic yields {value} at x = {point:?}, where the integrand is {right:?}"
                )
            }
            GpuError::Unsure { precision, point } => {
                write!(f, "in {precision}, rounding explains any value of the integrand at x = {point:?}")
            }
            GpuError::Rejected { message } => {
                write!(f, "rejected by the driver: {}", message.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            GpuError::OutOfMemory => f.write_str("the GPU is out of memory"),
            GpuError::Lost { reason } if reason.is_empty() => f.write_str("the GPU was lost"),
            GpuError::Lost { reason } => write!(f, "the GPU was lost: {reason}"),
            GpuError::Stopped => f.write_str("stopped by the caller"),
            GpuError::Timeout { waited } => write!(f, "the GPU gave no answer for {waited:.1?}"),
            GpuError::Panicked { message } => write!(f, "a panic in the GPU driver or its library: {message}"),
        }
    }
}

impl std::error::Error for GpuError {}
