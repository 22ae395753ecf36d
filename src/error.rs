//! What can be wrong with a question, and the answer that is not what was asked for.

use crate::agreement::Disagreement;
use crate::backend::Backend;
use crate::integral::{Integral, Status};
use crate::lanes::{LEVEL_VARIABLE, Level};
use crate::rule::{OrderError, Rule};
use crate::unknown_name::UnknownName;
use crate::vector::VectorIntegral;
use crate::weight::Weight;
use std::fmt;

/// Why there is no integral as asked for.
///
/// All but [`BackendUnavailable`](Error::BackendUnavailable), [`NotConverged`](Error::NotConverged) and
/// [`Disagreement`](Error::Disagreement) are about the question and come before anything is evaluated.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A bound is NaN, or infinite where a rule needs a finite interval; or both are the same infinity.
    NonFiniteBound {
        /// The axis, from 0.
        axis: usize,
        /// `lower` or `upper`.
        bound: &'static str,
        /// What it is.
        value: f64,
    },
    /// The distance between the bounds is larger than any `f64`.
    TooWide {
        /// The axis, from 0.
        axis: usize,
        /// The lower bound.
        lower: f64,
        /// The upper bound.
        upper: f64,
    },
    /// The panels are shorter than 1e-276: their length cannot be held to full precision.
    TooNarrow {
        /// The smaller bound.
        lower: f64,
        /// The larger bound.
        upper: f64,
        /// The panels asked for.
        panels: u64,
    },
    /// A break point is not finite or outside the interval.
    BreakPoint {
        /// The point.
        value: f64,
        /// The smaller bound.
        lower: f64,
        /// The larger bound.
        upper: f64,
    },
    /// A plane that is known is not at a number, or outside the region.
    PlaneOutside {
        /// The axis, from 0.
        axis: usize,
        /// Where it is cut.
        at: f64,
        /// The smaller bound.
        lower: f64,
        /// The larger bound.
        upper: f64,
    },
    /// A peak that is known is not finite or outside the region.
    PeakOutside {
        /// The first axis on which it is, from 0.
        axis: usize,
        /// The coordinate there.
        at: f64,
        /// The smaller bound.
        lower: f64,
        /// The larger bound.
        upper: f64,
    },
    /// A plane that is known is across an axis that the region does not have.
    Plane {
        /// The axis, from 0.
        axis: usize,
        /// Where it is cut.
        at: f64,
        /// Axes of the region.
        region: usize,
    },
    /// A peak that is known has another number of coordinates than the region has axes.
    Peak {
        /// Coordinates of the peak.
        coordinates: usize,
        /// Axes of the region.
        region: usize,
    },
    /// There is no Gauss–Kronrod rule of so many nodes.
    KronrodOrder {
        /// The number asked for.
        order: usize,
    },
    /// A number of panels was given, but no rule for them.
    NoRule,
    /// A rule was chosen, but not the number of panels.
    NoPanels,
    /// A composite rule over no panels.
    ZeroPanels,
    /// More than 2^53 panels, or more evaluations than a `u64` counts.
    TooManyPanels {
        /// The panels asked for.
        panels: u64,
        /// The rule for each.
        rule: Rule,
    },
    /// A Gauss–Legendre rule without nodes, or with too many.
    Order(OrderError),
    /// The expression uses more coordinates than the region has.
    Dimension {
        /// Coordinates that the integrand uses.
        integrand: usize,
        /// Axes of the region.
        region: usize,
    },
    /// A parameter of the formula has no value: it is a template.
    NoValue {
        /// The first one.
        parameter: String,
    },
    /// The region has more axes than the method can do with, or none.
    Dimensions {
        /// The axes.
        dimension: usize,
        /// The most of the method.
        most: usize,
    },
    /// A method that samples was allowed fewer evaluations than its first round takes.
    FewEvaluations {
        /// The limit.
        most: u64,
        /// What the first round takes.
        least: u64,
    },
    /// The limit on memory is below what the first round takes.
    FewBytes {
        /// The limit.
        most: usize,
        /// What the first round takes at the least.
        least: usize,
    },
    /// [`Method::Vegas`](crate::Method::Vegas) was chosen for a vector: it samples where one integrand is large.
    SampledAlone,
    /// The volume of the region (of its finite axes) is no ordinary number: too large or too small for an `f64`.
    Volume {
        /// What it comes to.
        volume: f64,
    },
    /// An option of integrals in one dimension was given for one in several.
    OneDimension {
        /// The option.
        option: &'static str,
    },
    /// What was given as a domain is none.
    Domain {
        /// Why.
        reason: &'static str,
    },
    /// What a warm start was to begin with is no map for this region.
    ImportanceMap {
        /// Why.
        reason: &'static str,
    },
    /// A method for boxes in several dimensions was chosen for an integral in one.
    SeveralDimensions,
    /// This CPU (or this build) lacks the level asked for.
    LevelUnavailable {
        /// The level asked for.
        level: Level,
    },
    /// The environment variable `QUADRILLE_LEVEL` holds no level. It is read once.
    UnknownLevel(&'static UnknownName),
    /// The number of threads asked for cannot be had.
    Threads {
        /// The number asked for.
        threads: usize,
        /// Why.
        reason: String,
    },
    /// The backend asked for cannot be had, and no fallback was allowed.
    BackendUnavailable {
        /// The backend asked for.
        backend: Backend,
        /// Why.
        reason: String,
    },
    /// A tolerance is negative or not a number, or 0 or infinite for a fixed rule.
    Tolerance {
        /// `relative` or `absolute`.
        kind: &'static str,
        /// The tolerance given.
        value: f64,
    },
    /// There is no integral with this weight over this interval, or by the method asked for.
    Weight {
        /// The weight.
        weight: Weight,
        /// Why.
        reason: &'static str,
    },
    /// A row of a sweep makes no sense: the first such row.
    Row {
        /// Its index, from 0.
        row: usize,
        /// What is wrong with it.
        error: Box<Error>,
    },
    /// An integrand of no components, or one whose numbers have more of them than there are.
    Components {
        /// The components.
        components: usize,
        /// The components of one number.
        group: usize,
    },
    /// A fixed rule was asked for, but vectors are integrated by adaptive methods alone.
    FixedVector,
    /// The integrals of a vector are not what was asked for; [`VectorIntegral::status`] and
    /// [`component`](VectorIntegral::component) say why, and the estimates are the best there are.
    VectorNotConverged(Box<VectorIntegral>),
    /// A component as it was evaluated and the serial reference differ by more than rounding explains.
    VectorDisagreement {
        /// The integrals that are not to be trusted.
        integral: Box<VectorIntegral>,
        /// The component.
        component: usize,
        /// Where they differ.
        disagreement: Disagreement,
    },
    /// The sum is not what was asked for; [`Integral::status`] says why, and the estimate is the best there is.
    NotConverged(Box<Integral>),
    /// The fast result and the serial reference differ by more than rounding explains.
    Disagreement(Box<Integral>, Disagreement),
}

impl Error {
    /// Refuses an integrand with a parameter that has no value.
    #[inline(always)]
    pub(crate) fn unless_set(unset: Option<&str>) -> Result<(), Self> {
        unset.map_or(Ok(()), |parameter| Err(Self::NoValue { parameter: parameter.to_owned() }))
    }
}

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

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Order(error) => Some(error),
            Error::UnknownLevel(error) => Some(error),
            Error::Row { error, .. } => Some(error),
            _ => None,
        }
    }
}
