//! What can be wrong with samples, and where.

use crate::lanes::{LEVEL_VARIABLE, Level};
use crate::unknown_name::UnknownName;
use std::fmt;

/// One of the two arrays of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Array {
    /// The positions.
    X,
    /// The values.
    Y,
}

/// Why samples cannot be integrated. Nothing is computed or written then.
///
/// ```
/// use quadrille::sampled::{SampledError, trapezoid};
///
/// let error = trapezoid(&[0.0, 1.0, 1.0], &[5.0, 6.0, 7.0]).unwrap_err();
/// assert_eq!(error, SampledError::NotMonotone { index: 2, before: 1.0, value: 1.0 });
/// assert_eq!(error.to_string(), "x must ascend or descend strictly: x[2] = 1 follows x[1] = 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SampledError {
    /// There are no samples.
    Empty,
    /// x and y differ in length.
    Lengths {
        /// The number of positions.
        x: usize,
        /// The number of values.
        y: usize,
    },
    /// The slice for the results has not one element for each sample.
    OutputLength {
        /// The number of samples.
        samples: usize,
        /// The length of the slice for the results.
        output: usize,
    },
    /// A sample is infinite or not a number.
    NotFinite {
        /// The array it is in.
        array: Array,
        /// Its index there.
        index: usize,
        /// The value found.
        value: f64,
    },
    /// Positions neither ascend nor descend strictly; the first two positions tell which of both is meant.
    NotMonotone {
        /// The first index that breaks the order.
        index: usize,
        /// The position before it.
        before: f64,
        /// The position at `index`.
        value: f64,
    },
    /// The spacing of uniform samples is 0, infinite or not a number.
    Spacing {
        /// The spacing given.
        dx: f64,
    },
    /// The environment variable `QUADRILLE_LEVEL` asks for a level that this CPU (or this build) lacks.
    LevelUnavailable {
        /// The level asked for.
        level: Level,
    },
    /// The environment variable `QUADRILLE_LEVEL` holds no level. It is read once.
    UnknownLevel(&'static UnknownName),
    /// All samples are finite, but the integral or a step on the way to it exceeds the largest `f64`: rescale the
    /// samples.
    Overflow,
}

impl fmt::Display for SampledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => write!(f, "no samples to integrate"),
            Self::Lengths { x, y } => write!(f, "x has {x} samples but y has {y}: one value belongs to each position"),
            Self::OutputLength { samples, output } => {
                write!(f, "{samples} samples need as many results, but the slice for them has length {output}")
            }
            Self::NotFinite { array, index, value } => write!(f, "{array}[{index}] = {value} is not a finite number"),
            Self::NotMonotone { index, before, value } => {
                write!(f, "x must ascend or descend strictly: x[{index}] = {value} follows x[{}] = {before}", index - 1)
            }
            Self::Spacing { dx } => write!(f, "the spacing dx = {dx} must be finite and not 0"),
            Self::LevelUnavailable { level } => level.write_unavailable(f),
            Self::UnknownLevel(error) => write!(f, "{LEVEL_VARIABLE}: {error}"),
            Self::Overflow => write!(f, "the integral of these finite samples exceeds the largest f64: rescale them"),
        }
    }
}

impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Array::X => "x",
            Array::Y => "y",
        })
    }
}

impl std::error::Error for SampledError {}

/// What the lengths alone tell.
pub(super) fn check_lengths(x: &[f64], y: &[f64]) -> Result<(), SampledError> {
    match (x.len(), y.len()) {
        (0, 0) => Err(SampledError::Empty),
        (x, y) if x != y => Err(SampledError::Lengths { x, y }),
        _ => Ok(()),
    }
}

/// What is wrong with samples whose sweep failed: the first offence in the order of the samples.
#[cold]
pub(super) fn diagnose(x: &[f64], y: &[f64]) -> SampledError {
    let descends = x.len() > 1 && x[1] < x[0];
    for (index, &value) in x.iter().enumerate() {
        if let Err(error) = check_finite(Array::X, index, value).and(check_finite(Array::Y, index, y[index])) {
            return error;
        }
        if let Some(&before) = index.checked_sub(1).map(|i| &x[i])
            && (if descends { value >= before } else { value <= before })
        {
            return SampledError::NotMonotone { index, before, value };
        }
    }
    SampledError::Overflow
}

/// The same for samples without positions.
#[cold]
pub(super) fn diagnose_values(y: &[f64]) -> SampledError {
    let offence = y.iter().enumerate().find_map(|(index, &value)| check_finite(Array::Y, index, value).err());
    offence.unwrap_or(SampledError::Overflow)
}

/// What is wrong with one sample, whose integral is 0.
pub(super) fn single(x: &[f64], y: &[f64]) -> Result<(), SampledError> {
    check_finite(Array::X, 0, x[0]).and(check_finite(Array::Y, 0, y[0]))
}

fn check_finite(array: Array, index: usize, value: f64) -> Result<(), SampledError> {
    if value.is_finite() { Ok(()) } else { Err(SampledError::NotFinite { array, index, value }) }
}

pub(super) fn check_spacing(dx: f64) -> Result<(), SampledError> {
    if dx.is_finite() && dx != 0.0 { Ok(()) } else { Err(SampledError::Spacing { dx }) }
}
