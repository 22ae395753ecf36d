//! The arithmetics that integrands are evaluated in.

use crate::unknown_name::UnknownName;
use std::{fmt, str::FromStr};

/// The arithmetic that an integrand is evaluated in: on the CPU always `f64`, on a GPU one of three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// What the adapter can do and the question needs.
    #[default]
    Auto,
    /// Single precision: values to about 2^-23. Nodes and sums are held to twice that.
    F32,
    /// Pairs of single-precision numbers: about 2^-44, in the range of single precision.
    F32x2,
    /// Double precision, as on the CPU; not every adapter has it.
    F64,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Precision::Auto => "auto",
            Precision::F32 => "f32",
            Precision::F32x2 => "f32x2",
            Precision::F64 => "f64",
        })
    }
}

impl FromStr for Precision {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "auto" => Ok(Precision::Auto),
            "f32" => Ok(Precision::F32),
            "f32x2" => Ok(Precision::F32x2),
            "f64" => Ok(Precision::F64),
            _ => Err(UnknownName::new("precision", name, "precisions are auto, f32, f32x2, f64")),
        }
    }
}
