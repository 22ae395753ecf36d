//! What adaptive methods answer.

use crate::integral::Status;
use crate::method::Outcome;

/// An integral of |f| below which it may be that only the feet of a peak were seen.
pub(super) const TINY: f64 = 1e-100;

pub(super) const NOTHING_SEEN: &str = "the integrand is zero or next to it (1e-100) at every node and at 8192 points more, and may not be elsewhere; \
    over a finite range, zero is believed where an absolute tolerance is given";

const OSCILLATES: &str = "the integrand oscillates towards an end, and its terms do not fall";

/// What came of a question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub estimate: f64,
    pub error: f64,
    pub evaluations: u64,
    pub regions: u64,
    pub status: Status,
    /// Why it is no sum over the mesh of its values, if it is none.
    pub extrapolated: Option<Extrapolated>,
}

/// What takes the place of a mesh, or of some of the values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extrapolated {
    Series,
    Values,
}

impl Extrapolated {
    /// Why it is not verified.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Series => "the limit of a series is no sum that could be computed again",
            Self::Values => "values that are noise or no numbers were replaced by what goes on there",
        }
    }
}

impl Answer {
    /// Where there is no estimate.
    pub fn unknown(evaluations: u64, status: Status) -> Self {
        Self { estimate: f64::NAN, error: f64::INFINITY, evaluations, regions: 0, status, extrapolated: None }
    }

    /// Of what does not seem to exist, was not seen, or has met what is no number, nothing is claimed.
    pub fn or_nothing(self) -> Self {
        let error = if says_nothing(&self.status) || self.error.is_nan() { f64::INFINITY } else { self.error };
        Self { error, ..self }
    }
}

/// Whether there is no integral, or nothing was seen of it.
pub(super) fn says_nothing(status: &Status) -> bool {
    matches!(status, Status::Divergent | Status::Suspicious { reason: OSCILLATES | NOTHING_SEEN })
}

/// The integral over nothing.
pub(super) const NOTHING: Answer =
    Answer { estimate: 0.0, error: 0.0, evaluations: 0, regions: 0, status: Status::Converged, extrapolated: None };

/// What is claimed of one region where the sums of its sweep are off by `error`: with half an ulp of the estimate
/// itself.
#[inline(always)]
pub(super) fn claimed(error: f64, estimate: f64) -> f64 {
    error + 0.5 * f64::EPSILON * estimate.abs()
}

pub(super) fn status(outcome: Outcome) -> Status {
    match outcome {
        Outcome::Converged => Status::Converged,
        Outcome::RoundoffLimited => Status::RoundoffLimited,
        Outcome::NonFinite { point, value } => Status::NonFinite { point, value },
        Outcome::Overflow => Status::Overflow,
        Outcome::Divergent => Status::Divergent,
        Outcome::Oscillates => Status::Suspicious { reason: OSCILLATES },
        Outcome::MaxEvaluations => Status::MaxEvaluations,
        Outcome::MemoryLimit => Status::MemoryLimit,
        Outcome::Suspicious(reason) => Status::Suspicious { reason },
    }
}
