//! The answer: the estimate and everything that is known about it.

use crate::agreement::{Agreement, Verify};
use crate::backend::Backend;
use crate::importance::ImportanceMap;
use crate::lanes::Level;
use crate::method::Method;
use crate::precision::Precision;
use std::{fmt, time::Duration};

/// The value of an integral and how it came about.
///
/// `estimate` and `error` are in units of f times units of x (the caller's).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Integral {
    /// The value.
    pub estimate: f64,
    /// A bound on |estimate − integral| as the method estimates it. A fixed rule makes no such claim: infinite then.
    /// Where an integrand is singular next to an end and no farther from it than half the distance of two numbers, as
    /// 1/√sin x at π, the end that is meant is taken: the singularity.
    pub error: f64,
    /// Nodes at which the integrand was evaluated for the estimate. Not counted: verification, nodes that are evaluated
    /// once more in lanes that are left free, the search of a fixed rule for the node whose value is not finite, and
    /// what a sweep that was stopped had done. With the lanes that are left free the 18 nodes of one panel are 24 calls
    /// of a closure, and there are never more calls than a third on top in one variable; boxes are swept by eights, one
    /// as eight, so that calls may be twice as many where rounds are of few boxes, and no more than eight times.
    pub evaluations: u64,
    /// Panels (in several dimensions boxes) that the estimate covers.
    pub regions: u64,
    /// Whether this is what was asked for.
    pub status: Status,
    /// In several dimensions, the point of [`Status::NonFinite`], or where verification found a value that is not that
    /// of the scalar definition.
    pub bad_point: Vec<f64>,
    /// Who evaluated; of an empty interval, who was asked to.
    pub backend: Backend,
    /// The instruction level of the SIMD backend.
    pub level: Option<Level>,
    /// The adapter of the GPU backend.
    pub adapter: Option<String>,
    /// The arithmetic of the evaluations.
    pub precision: Precision,
    /// Threads that were at the method's disposal.
    pub threads: usize,
    /// What was asked for and could not be had, with the reason for each.
    pub fallbacks: Vec<Fallback>,
    /// How the result compares with the serial reference, if that was asked for.
    pub agreement: Option<Agreement>,
    /// In several dimensions, the method that answered: the one asked for, or the one that [`Method::Auto`] came to.
    pub method: Option<Method>,
    /// Of an estimate from samples: what its error is made of.
    pub statistics: Option<Box<Statistics>>,
    /// Wall-clock time of the whole call, verification included. Zero where an adaptive method needed a single panel:
    /// reading the clock would take as long as the integral.
    pub elapsed: Duration,
}

impl Integral {
    /// An integral of which nothing is known yet but who computes it.
    pub(crate) fn of(backend: Backend, level: Option<Level>, threads: usize) -> Self {
        Self {
            estimate: 0.0,
            error: f64::INFINITY,
            evaluations: 0,
            regions: 0,
            status: Status::Summed,
            bad_point: Vec::new(),
            backend,
            level,
            adapter: None,
            precision: Precision::F64,
            threads,
            fallbacks: Vec::new(),
            agreement: None,
            method: None,
            statistics: None,
            elapsed: Duration::ZERO,
        }
    }
}

/// Where the error of an estimate from samples comes from.
///
/// [`Integral::error`] is [`standard_deviations`](Self::standard_deviations) of the estimate, with Student's factor
/// where these are known from few estimates: the probability that the true error is within it is
/// [`confidence`](Self::confidence).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// The method, by name.
    pub method: String,
    /// The seed that gives the same points again.
    pub seed: u64,
    /// Independent estimates: shifts of a lattice, scramblings of Sobol points, samples of plain Monte Carlo,
    /// iterations of VEGAS that count.
    pub estimates: u64,
    /// What the error is, in standard deviations of the estimate.
    pub standard_deviations: f64,
    /// The probability that the true error is smaller.
    pub confidence: f64,
    /// Of VEGAS: the squared deviations of the iterations from their mean, in units of their variances. About
    /// [`degrees_of_freedom`](Self::degrees_of_freedom) where these are right; far above, the integral is
    /// [`Status::Suspicious`].
    pub chi_squared: Option<f64>,
    /// The iterations of VEGAS less one.
    pub degrees_of_freedom: Option<u32>,
    /// Of VEGAS: the map that the last iteration sampled by, for
    /// [`Integrator::warm_start`](crate::Integrator::warm_start).
    pub importance_map: Option<ImportanceMap>,
}

/// What an [`Integral`] is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// error <= max(abs_tol, rel_tol · |estimate|), as far as the error model can tell.
    Converged,
    /// Rounding, in the integrand or in its argument, keeps the error above the tolerance; `error` says how far it got.
    RoundoffLimited,
    /// The limit on evaluations came first.
    MaxEvaluations,
    /// The mesh has grown to its limit: [`Integrator::max_memory`](crate::Integrator::max_memory).
    MemoryLimit,
    /// The integral does not seem to exist: it grows as an end or a pole is approached, over twelve halvings or more.
    /// The estimate means nothing, so the error of one over an interval is infinite. Seen, too, where all that counts
    /// lies in less than that share of a range that is huge.
    Divergent,
    /// Samples at points that no rule uses contradict the result; or, in several dimensions, all samples are zero and
    /// nothing says that the integrand is.
    Suspicious {
        /// What was seen.
        reason: &'static str,
    },
    /// The fixed rule asked for was summed over all its nodes. No tolerance was asked for and none is claimed.
    Summed,
    /// The integrand is NaN or infinite at a node: the lowest in the part of the sum where it first occurs.
    NonFinite {
        /// The node; in several dimensions its first coordinate, and [`Integral::bad_point`] has all.
        point: f64,
        /// The value there.
        value: f64,
    },
    /// The arithmetic cannot keep the tolerance that was asked for; on a GPU, where none was, half of its digits.
    PrecisionFloor {
        /// The error that it may make, in units of the integral.
        floor: f64,
        /// The tolerance, if one was asked for.
        tolerance: Option<f64>,
    },
    /// The sum is too large for an `f64` although the values that led to that are finite; or, of samples that differ by
    /// more than 1e154, the sum of squares that an error is claimed by.
    Overflow,
    /// Cancelled by the caller. The estimate of a fixed rule is that of the part from the smaller bound to `reached`;
    /// adaptive methods and those that sample always cover the whole, and theirs is that of the last round. It is NaN
    /// where nothing was done yet.
    Cancelled {
        /// The upper end of the part that was summed; infinite where that is the whole, NaN where nothing is known.
        reached: f64,
    },
    /// Out of time; the rest as for [`Cancelled`](Self::Cancelled).
    Deadline {
        /// The upper end of the part that was summed; infinite where that is the whole, NaN where nothing is known.
        reached: f64,
    },
    /// Of a row of a [`Sweep`](crate::Sweep): the question makes no sense, and nothing was evaluated.
    Refused,
}

impl Status {
    /// The name used in output: `converged`, `roundoff-limited`, `max-evaluations`, `memory-limit`, `divergent`,
    /// `suspicious`, `summed`, `non-finite`, `precision-floor`, `overflow`, `cancelled`, `deadline`, `refused`.
    pub fn name(&self) -> &'static str {
        match self {
            Status::Summed => "summed",
            Status::Converged => "converged",
            Status::RoundoffLimited => "roundoff-limited",
            Status::MaxEvaluations => "max-evaluations",
            Status::MemoryLimit => "memory-limit",
            Status::Divergent => "divergent",
            Status::Suspicious { .. } => "suspicious",
            Status::NonFinite { .. } => "non-finite",
            Status::PrecisionFloor { .. } => "precision-floor",
            Status::Overflow => "overflow",
            Status::Cancelled { .. } => "cancelled",
            Status::Deadline { .. } => "deadline",
            Status::Refused => "refused",
        }
    }

    /// Whether the answer is what was asked for.
    pub fn is_success(&self) -> bool {
        matches!(self, Status::Summed | Status::Converged)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Summed => f.write_str("fixed rule summed; it estimates no error"),
            Status::Converged => f.write_str("converged"),
            Status::RoundoffLimited => f.write_str("rounding keeps the error above the tolerance"),
            Status::MaxEvaluations => f.write_str("the limit on evaluations was reached"),
            Status::MemoryLimit => f.write_str("the limit on the memory of the mesh was reached"),
            Status::Divergent => f.write_str("the integral seems to diverge"),
            Status::Suspicious { reason } => write!(f, "suspicious: {reason}"),
            Status::NonFinite { point, value } => write!(f, "the integrand is {value} at x = {point:?}"),
            Status::PrecisionFloor { floor, tolerance: Some(_) } => {
                write!(f, "the arithmetic may be wrong by {floor:.1e}, which is more than the tolerance")
            }
            Status::PrecisionFloor { floor, tolerance: None } => {
                write!(f, "the arithmetic may be wrong by {floor:.1e}, in more than half of its digits")
            }
            Status::Overflow => f.write_str("the sum of the integrand's values, or of their squares, overflows"),
            Status::Refused => f.write_str("refused: the question makes no sense"),
            Status::Cancelled { reached } | Status::Deadline { reached } => {
                f.write_str(if matches!(self, Status::Deadline { .. }) { "out of time" } else { "cancelled" })?;
                match *reached {
                    f64::INFINITY => f.write_str("; the estimate is that of the last round"),
                    reached if reached.is_nan() => f.write_str(" before anything was known"),
                    reached => write!(f, "; the estimate is of x up to {reached:?}"),
                }
            }
        }
    }
}

/// So many of them, in words.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What was asked for and could not be had.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fallback {
    /// The backend (or number of threads) that was asked for.
    pub wanted: String,
    /// Why it is not what ran.
    pub reason: String,
}

impl Fallback {
    pub(crate) fn new(wanted: impl fmt::Display, reason: impl Into<String>) -> Self {
        Self { wanted: wanted.to_string(), reason: reason.into() }
    }

    /// Threads that could not be had.
    pub(crate) fn threads(wanted: usize, reason: impl Into<String>) -> Self {
        Self::new(format_args!("{wanted} threads"), reason)
    }

    /// Threads that the serial reference has no use for.
    pub(crate) fn serial_threads(wanted: usize) -> Self {
        Self::threads(wanted, "the serial reference runs on one")
    }

    /// The GPU, which was given up after so many evaluations.
    pub(crate) fn gpu_given_up(mut reason: String, evaluations: u64) -> Self {
        if evaluations > 0 {
            reason += &format!(", after {evaluations} evaluations");
        }
        Self::new(Backend::Gpu, reason)
    }

    /// Verification, which was not possible.
    pub(crate) fn verification(depth: Verify, reason: impl Into<String>) -> Self {
        Self::new(format_args!("verification {depth}"), reason)
    }
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.wanted, self.reason)
    }
}

impl fmt::Display for Integral {
    /// The estimate in full precision; with `{:#}` also what is known about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.estimate)?;
        if !f.alternate() {
            return Ok(());
        }
        if self.error.is_finite() {
            write!(f, " ± {:.1e}", self.error)?;
        }
        write!(f, " ({}; ", self.status)?;
        if let Some(method) = self.method {
            write!(f, "{method}, ")?;
        }
        write!(f, "{}, {}", counted(self.evaluations, "evaluation"), self.backend)?;
        if let Some(level) = self.level {
            write!(f, " {level}")?;
        }
        if let Some(adapter) = &self.adapter {
            write!(f, " on {adapter} in {}", self.precision)?;
        }
        write!(f, ", {}", counted(self.threads as u64, "thread"))?;
        if !self.elapsed.is_zero() {
            write!(f, ", {:.3?}", self.elapsed)?;
        }
        for fallback in &self.fallbacks {
            write!(f, "; instead of {fallback}")?;
        }
        f.write_str(")")
    }
}
