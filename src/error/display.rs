//! Errors in words.

use super::Error;
use crate::integral::Status;
use crate::lanes::LEVEL_VARIABLE;
use std::fmt;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NonFiniteBound { axis, bound, value } if value.is_nan() => {
                write!(f, "the {bound} bound of axis {axis} is NaN")
            }
            Error::NonFiniteBound { axis, bound, value } => {
                write!(
                    f,
                    "the {bound} bound of axis {axis} is {value}; a fixed rule needs finite bounds, an adaptive method two different ones"
                )
            }
            Error::TooWide { axis, lower, upper } => {
                write!(
                    f,
                    "the bounds of axis {axis}, {lower:e} and {upper:e}, are too far apart: their distance overflows"
                )
            }
            Error::TooNarrow { lower, upper, panels } => {
                write!(f, "panels are too short: {panels} from {lower:e} to {upper:e}; below 1e-276 precision is lost")
            }
            Error::BreakPoint { value, lower, upper } => {
                write!(f, "the break point {value:?} is not between the bounds {lower:?} and {upper:?}")
            }
            Error::PlaneOutside { axis, at, lower, upper } => write!(
                f,
                "the plane at {at:?} across axis {axis} is not between the bounds {lower:?} and {upper:?}; axes are counted from 0"
            ),
            Error::PeakOutside { axis, at, lower, upper } => write!(
                f,
                "the peak is at {at:?} on axis {axis}, not between the bounds {lower:?} and {upper:?}; axes are counted from 0"
            ),
            Error::Plane { axis, at, region } => write!(
                f,
                "the plane ({axis}, {at:?}) is across axis {axis}; the region has {region} axes, counted from 0"
            ),
            Error::Peak { coordinates, region } => {
                write!(f, "a peak was given with {coordinates} coordinates; the region has {region} axes")
            }
            Error::KronrodOrder { order } => {
                write!(f, "there is no Gauss–Kronrod rule of {order} nodes; there are 15, 21, 23, 31, 61 and 63")
            }
            Error::NoRule => f.write_str("no rule was chosen: give one, and a number of panels"),
            Error::NoPanels => f.write_str("the number of panels was not given"),
            Error::ZeroPanels => f.write_str("the number of panels is 0; it must be at least 1"),
            Error::TooManyPanels { panels, rule } => {
                write!(
                    f,
                    "{panels} panels of rule {rule} are too many: the limits are 2^53 panels and 2^64 evaluations"
                )
            }
            Error::Order(error) => error.fmt(f),
            Error::Dimension { integrand, region } => {
                write!(f, "the integrand uses {integrand} coordinates, the region has {region}")
            }
            Error::NoValue { parameter } => {
                write!(f, "parameter '{parameter}' of the formula has no value: give it one by with or with_values")
            }
            Error::Dimensions { dimension, most } => {
                write!(f, "the region has {dimension} axes; the method does 1 to {most}")
            }
            Error::SampledAlone => f.write_str("VEGAS samples where one integrand is large: it does no vectors"),
            Error::FewEvaluations { most, least } => {
                write!(f, "the limit on evaluations is {most}; the first samples are {least}")
            }
            Error::FewBytes { most, least } => {
                write!(
                    f,
                    "the limit on memory is {most} bytes; the first mesh, or the first samples, take at least {least}"
                )
            }
            Error::Volume { volume } => {
                write!(
                    f,
                    "the volume of the region is {volume:e}, too large or too small to compute with: scale the variables"
                )
            }
            Error::OneDimension { option } => {
                write!(f, "{option} is for integrals in one dimension, not for boxes")
            }
            Error::Domain { reason } => f.write_str(reason),
            Error::ImportanceMap { reason } => write!(f, "the importance map of the warm start is refused: {reason}"),
            Error::SeveralDimensions => {
                f.write_str("cubature, planes and peaks are for boxes in several dimensions, not for one")
            }
            Error::LevelUnavailable { level } => level.write_unavailable(f),
            Error::UnknownLevel(error) => write!(f, "{LEVEL_VARIABLE}: {error}"),
            Error::Threads { threads, reason } => write!(f, "{threads} threads cannot be had: {reason}"),
            Error::BackendUnavailable { backend, reason } => write!(f, "the {backend} backend has no answer: {reason}"),
            Error::Tolerance { kind, value } if value.is_nan() || *value < 0.0 => {
                write!(f, "the {kind} tolerance is {value}; it must not be negative")
            }
            Error::Tolerance { kind, value } => {
                write!(f, "the {kind} tolerance of a fixed rule is {value}; it must be above 0 and finite, or left out")
            }
            Error::Weight { weight, reason } => write!(f, "the weight {weight} is refused: {reason}"),
            Error::Row { row, error } => write!(f, "row {row}: {error}"),
            Error::Components { components: 0, .. } => f.write_str("the integrand has no components"),
            Error::Components { components, group } => {
                write!(f, "{components} components do not make numbers of {group} each")
            }
            Error::FixedVector => f.write_str("vectors are integrated by adaptive methods: give no rule and no panels"),
            Error::VectorNotConverged(integral) => {
                write!(f, "{}", integral.status)?;
                if let Some(component) = integral.component {
                    write!(f, " (component {component})")?;
                }
                match integral.status {
                    _ if integral.estimates.iter().all(|estimate| estimate.is_nan()) => {
                        f.write_str("; there are no estimates")
                    }
                    Status::Divergent => write!(f, "; the sums so far, {integral}, mean nothing"),
                    _ => write!(f, "; best estimates {integral}"),
                }
            }
            Error::VectorDisagreement { integral, component, disagreement } => {
                write!(f, "component {component}: {disagreement}; the estimates {integral} are not to be trusted")
            }
            Error::NotConverged(integral) => {
                write!(f, "{}; ", integral.status)?;
                match integral.status {
                    _ if !integral.estimate.is_finite() => f.write_str("there is no estimate"),
                    Status::Divergent | Status::Suspicious { .. } if integral.error == f64::INFINITY => {
                        write!(f, "the sum so far, {:?}, means nothing", integral.estimate)
                    }
                    Status::RoundoffLimited if integral.estimate.abs() <= integral.error => {
                        let least = "only an absolute tolerance can be met";
                        write!(f, "best estimate {:?}; if the integral is zero, {least}", integral.estimate)
                    }
                    _ if integral.error == f64::INFINITY => {
                        write!(f, "best estimate {:?}, of which no error can be claimed", integral.estimate)
                    }
                    _ => write!(f, "best estimate {:?}", integral.estimate),
                }
            }
            Error::Disagreement(integral, disagreement) => {
                write!(f, "{disagreement}")?;
                if !integral.bad_point.is_empty() {
                    write!(f, " (the point is {:?})", integral.bad_point)?;
                }
                write!(f, "; the {} estimate {:?} is not to be trusted", integral.backend, integral.estimate)
            }
        }
    }
}
