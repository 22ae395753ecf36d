//! What is known of an integral before there is a mesh.

use super::answer::claimed;
use crate::backend::simd::regions::{EVALUATIONS, Known};
use crate::plan::{Region, Swept};

/// Sweeps of the whole that are done already.
#[derive(Default)]
pub(super) struct Done<'a> {
    pub sweeps: [Option<(Region, Swept)>; 2],
    /// What there is of the ladder, if that was not climbed.
    pub known: Option<Known<'a>>,
}

impl Done<'_> {
    /// What they took.
    pub fn evaluations(&self) -> u64 {
        let sweeps = self.sweeps.iter().flatten().map(|(_, swept)| u64::from(swept.evaluations)).sum::<u64>();
        sweeps + if self.known.is_some() { EVALUATIONS } else { 0 }
    }

    /// The sweep that is known best; levels that do not converge understate their error.
    pub fn best(&self) -> Option<(f64, f64)> {
        let claim = |(_, swept): &(Region, Swept)| {
            let settled = !swept.levels || swept.error - swept.beyond < 1e-3 * swept.magnitude;
            // Where all values are the same, something may hide between them.
            let error = if swept.constant { f64::INFINITY } else { swept.error + swept.floor };
            settled.then(|| (swept.estimate, claimed(error, swept.estimate)))
        };
        let claims = self.sweeps.iter().flatten().filter_map(claim).filter(|claim| claim.0.is_finite());
        let first = self.known.map(|known| (known.seen.estimate, f64::INFINITY));
        claims.chain(first).min_by(|a, b| a.1.total_cmp(&b.1))
    }
}
