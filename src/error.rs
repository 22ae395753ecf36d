//! What can be wrong with a question, and the answer that is not what was asked for.

mod display;

use crate::agreement::Disagreement;
use crate::backend::Backend;
use crate::integral::Integral;
use crate::lanes::Level;
use crate::rule::{OrderError, Rule};
use crate::unknown_name::UnknownName;
use crate::vector::VectorIntegral;
use crate::weight::Weight;

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

    /// The GPU that was asked for has no answer.
    pub(crate) fn no_gpu(reason: impl ToString) -> Self {
        Self::BackendUnavailable { backend: Backend::Gpu, reason: reason.to_string() }
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
