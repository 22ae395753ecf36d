//! Verification of a sweep: rows, each by itself.

use super::{Integrator, Space, sweep::Rows};
use crate::agreement::{Agreement, Disagreement, Verify};
use crate::clock::Instant;
use crate::control::Control;
use crate::error::Error;
use crate::integral::{Fallback, Integral};
use crate::integrand::Integrand;
use crate::sweep::{Row, Sweep};
use crate::verify::spot_tiles;

impl Integrator {
    /// A row by itself. Not inlined, so that the integrand is not compiled into each who asks for it.
    #[inline(never)]
    pub(super) fn alone<P: Space, F: Integrand<P>>(&self, row: &Row<F, P>) -> Result<Integral, Error> {
        self.integrate(&row.f, row.region)
    }

    /// What verification finds in the rows that are what was asked for; `None` where it was stopped. And why some of
    /// them were not looked at, where they were chosen.
    pub(super) fn check_rows<P: Space, F: Integrand<P>>(
        &self,
        depth: Verify,
        rows: Rows,
        row: impl Fn(usize) -> Row<F, P>,
        sweep: &Sweep,
        start: Instant,
    ) -> Result<(Option<Agreement>, Option<Fallback>), Error> {
        let good: Vec<usize> = (0..sweep.len()).filter(|&row| sweep.statuses[row].is_success()).collect();
        let chosen: Vec<usize> = match depth {
            Verify::Full => good,
            _ => spot_tiles(good.len() as u64, self.seed).map(|k| good[k as usize]).collect(),
        };
        let mut with = Integrator { verify: Some(Verify::Full), accept: true, ..self.clone() };
        with.control = Control { watch: None, time_limit: None, ..with.control };
        let mut skipped = 0;
        let mut found = Agreement { depth, evaluations: 0, unbounded: 0, worst: 0.0 };
        for index in chosen {
            if self.control.stop(start).is_some() {
                return Ok((None, None));
            }
            let row = row(rows.place(index));
            (with.rel_tol, with.abs_tol) = (row.rel_tol.or(self.rel_tol), row.abs_tol.or(self.abs_tol));
            let of_row = |error| Error::Row { row: rows.place(index), error: Box::new(error) };
            let again = with.alone(&row).map_err(of_row)?;
            let Some(agreement) = again.agreement else {
                skipped += 1;
                continue;
            };
            let (fast, reference) = (sweep.estimates[index], again.estimate);
            // Those of fixed rules claim nothing, and are equal; others may have gone another way.
            let claims = Some(sweep.errors[index] + again.error).filter(|claims| claims.is_finite()).unwrap_or(0.0);
            let bound = claims + 4.0 * f64::EPSILON * reference.abs();
            // Not `> bound`: a NaN is no agreement.
            let agrees = fast == reference || (fast - reference).abs() <= bound;
            if !agrees {
                let nodes = (row.region.lower.coordinate(0), row.region.upper.coordinate(0));
                let disagreement = Disagreement { tile: None, nodes, fast, reference, bound };
                return Err(of_row(Error::Disagreement(Box::new(again), disagreement)));
            }
            found = found.and(agreement);
        }
        let skipped = (skipped > 0).then(|| {
            let rows = if skipped == 1 { "1 row is" } else { &format!("{skipped} rows are") };
            Fallback::verification(depth, format!("{rows} what cannot be computed again, such as limits of series"))
        });
        Ok((Some(found).filter(|found| found.evaluations > 0), skipped))
    }
}
