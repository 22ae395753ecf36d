//! Many integrals at once: what is asked in a row, and the arrays of answers.

use crate::agreement::Agreement;
use crate::backend::Backend;
use crate::error::Error;
use crate::integral::{Fallback, Status};
use crate::integrand::Point;
use crate::lanes::Level;
use crate::precision::Precision;
use crate::region::{IntoRegion, Region};
use std::time::Duration;

/// One integral of a [sweep](crate::Integrator::sweep): an integrand, where to integrate it, and how closely.
///
/// Where nothing but the first two is to be said, a pair does: `(f, 0.0..1.0)`, or `(f, [0.0..1.0, 0.0..2.0])` over a
/// box.
///
/// ```
/// use quadrille::{Integrator, Row};
///
/// let powers = [1.0, 2.0, 3.0];
/// let sweep = Integrator::new().sweep(&powers, |&p| Row::new(move |x: f64| x.powf(p), 0.0..1.0).abs_tol(1e-8))?;
/// assert!(sweep.estimates.iter().zip(powers).all(|(area, p)| (area - 1.0 / (p + 1.0)).abs() < 1e-8));
/// # Ok::<(), quadrille::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Row<F, P = f64> {
    pub(crate) f: F,
    pub(crate) region: Region<P>,
    pub(crate) rel_tol: Option<f64>,
    pub(crate) abs_tol: Option<f64>,
}

impl<F, P: Point> Row<F, P> {
    /// The integral of `f` over `region`, to the tolerances of the integrator.
    #[inline]
    pub fn new(f: F, region: impl IntoRegion<Point = P>) -> Self {
        Self { f, region: region.into_region(), rel_tol: None, abs_tol: None }
    }

    /// A relative tolerance of its own; see [`Integrator::rel_tol`](crate::Integrator::rel_tol).
    #[inline]
    pub fn rel_tol(mut self, tolerance: f64) -> Self {
        self.rel_tol = Some(tolerance);
        self
    }

    /// An absolute tolerance of its own; see [`Integrator::abs_tol`](crate::Integrator::abs_tol).
    #[inline]
    pub fn abs_tol(mut self, tolerance: f64) -> Self {
        self.abs_tol = Some(tolerance);
        self
    }
}

impl<F, R: IntoRegion> From<(F, R)> for Row<F, R::Point> {
    #[inline]
    fn from((f, region): (F, R)) -> Self {
        Self::new(f, region)
    }
}

/// The answers of a [sweep](crate::Integrator::sweep): arrays with an entry for each row, in the order of the rows.
///
/// Each entry is, to the bit, that of the [`Integral`](crate::Integral) which
/// [`integrate`](crate::Integrator::integrate) gives for the row alone; but for rows that a GPU answered, which are
/// within the errors of that.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sweep {
    /// The values; NaN for a row that was refused or not begun.
    pub estimates: Vec<f64>,
    /// The errors as the method estimates them; infinite for a row that was refused or not begun.
    pub errors: Vec<f64>,
    /// Nodes at which the integrand was evaluated.
    pub evaluations: Vec<u64>,
    /// What each is worth. A row that the caller's stop left undone is [`Status::Cancelled`] or [`Status::Deadline`]
    /// with a `reached` of NaN.
    pub statuses: Vec<Status>,
    /// The rows that make no sense, with the reason, in ascending order. Empty but for
    /// [`accept_any_status`](crate::Integrator::accept_any_status), without which the first of them is the answer.
    pub refused: Vec<(usize, Error)>,
    /// Who evaluated.
    pub backend: Backend,
    /// The instruction level of the SIMD backend.
    pub level: Option<Level>,
    /// The adapter that the GPU backend used.
    pub adapter: Option<String>,
    /// What the rows that the GPU answered were computed in; the CPU computes in `f64`.
    pub precision: Precision,
    /// The rows that a GPU sent back, and the CPU finished.
    pub stragglers: usize,
    /// Threads that rows were spread over.
    pub threads: usize,
    /// What was asked for and could not be had, with the reason for each.
    pub fallbacks: Vec<Fallback>,
    /// How the rows compare with the serial reference, if that was asked for. (With a fixed rule, each row is verified
    /// by itself, and this is `None`.)
    pub agreement: Option<Agreement>,
    /// Wall-clock time of the whole call.
    pub elapsed: Duration,
}

impl Sweep {
    /// Of so many rows, before anything is known of them.
    pub(crate) fn of(rows: usize, backend: Backend) -> Self {
        Self {
            estimates: vec![0.0; rows],
            errors: vec![0.0; rows],
            evaluations: vec![0; rows],
            statuses: vec![Status::Converged; rows],
            refused: Vec::new(),
            backend,
            level: None,
            adapter: None,
            precision: Precision::F64,
            stragglers: 0,
            threads: 1,
            fallbacks: Vec::new(),
            agreement: None,
            elapsed: Duration::ZERO,
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.statuses.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.statuses.is_empty()
    }

    /// How many rows are what was asked for.
    pub fn successes(&self) -> usize {
        self.statuses.iter().filter(|status| status.is_success()).count()
    }

    /// Whether all rows are what was asked for.
    pub fn is_success(&self) -> bool {
        self.statuses.iter().all(Status::is_success)
    }

    /// The [names](Status::name) of the statuses that occur, in the order of their first row, and the rows that have
    /// them.
    ///
    /// ```
    /// use quadrille::Integrator;
    ///
    /// let sweep = Integrator::new().sweep(&[0.5, 1.0], |&p| (move |x: f64| x.powf(-p), 0.0..1.0))?;
    /// assert_eq!(sweep.counts(), [("converged", 1), ("divergent", 1)]);
    /// # Ok::<(), quadrille::Error>(())
    /// ```
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let mut counts: Vec<(&'static str, usize)> = Vec::new();
        for name in self.statuses.iter().map(Status::name) {
            match counts.iter_mut().find(|known| known.0 == name) {
                Some(known) => known.1 += 1,
                None => counts.push((name, 1)),
            }
        }
        counts
    }

    /// Evaluations of all rows.
    pub fn total_evaluations(&self) -> u64 {
        self.evaluations.iter().sum()
    }
}
