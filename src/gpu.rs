//! GPUs: the adapters of this machine, opening one, and what it computes.

pub use crate::backend::gpu::{AdapterInfo, Device, DoubleFacts, Facts, GpuError, Precision, adapters, evaluate};
