//! Verification of an adaptive mesh: its regions or panels, swept once more over values of the scalar definition.

use super::Integrator;
use super::rounds::CHUNK;
use crate::agreement::{Agreement, Disagreement, Verify};
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::clock::Instant;
use crate::control::Stop;
use crate::estimate::Tolerance;
use crate::integrand::bound::Bounded;
use crate::integrand::values::{Recorded, Values};
use crate::lanes::Token;
use crate::plan::{Panel, Region, Swept};
use crate::rule::FEJER;
use crate::verify::{Checked, check_region, check_values, spot_tiles};

/// Regions that a spot check looks at because their integral of |f| is the largest.
const LARGEST: usize = 2;

/// An integrand as it was evaluated, and as it is defined.
pub(super) struct Forms<'a> {
    pub fast: &'a dyn Values,
    pub scalar: &'a dyn Values,
    pub bounded: &'a dyn Fn() -> Option<Bounded>,
}

impl Integrator {
    /// What is asked for, if anything is.
    #[inline(always)]
    pub(super) fn depth(&self) -> Option<Verify> {
        self.verify.filter(|&verify| verify != Verify::Off)
    }

    /// What verification finds in these regions, which sum to `estimate`.
    pub(super) fn check_mesh(
        &self,
        depth: Verify,
        forms: &Forms,
        token: Token,
        regions: &[(Region, Swept)],
        estimate: f64,
        start: Instant,
    ) -> Result<Result<Agreement, Disagreement>, Stop> {
        let (ladder, mut desk) = (self.ladder().unwrap_or(&FEJER), Desk::new());
        self.check_parts(depth, forms, regions, estimate, start, |values, region, tolerance| {
            SimdRegions { values, ladder, token }.sweep_one(region, tolerance, &mut desk)
        })
    }

    /// The same for parts of any kind, by what sweeps one.
    pub(super) fn check_parts<P: Part>(
        &self,
        depth: Verify,
        forms: &Forms,
        parts: &[(P, Swept)],
        estimate: f64,
        start: Instant,
        mut sweep: impl FnMut(&dyn Values, &P, Tolerance) -> Swept,
    ) -> Result<Result<Agreement, Disagreement>, Stop> {
        let chosen = match depth {
            Verify::Full => (0..parts.len()).collect(),
            _ => self.spots(parts),
        };
        let (bounded, mut checked) = ((forms.bounded)(), Checked::NOTHING);
        for (k, index) in chosen.into_iter().enumerate() {
            if k % CHUNK == 0
                && let Some(stop) = self.control.stop(start)
            {
                return Err(stop);
            }
            checked = checked.combine(check_one(forms, bounded.as_ref(), index, &parts[index], &mut sweep));
        }
        let ends = parts.first().zip(parts.last());
        let nodes = ends.map_or((0.0, 0.0), |(first, last)| (first.0.nodes().0, last.0.nodes().1));
        let whole = || (depth == Verify::Full).then(|| checked.whole_mesh(nodes, estimate)).flatten();
        Ok(match checked.failed.or_else(whole) {
            Some(disagreement) => Err(disagreement),
            None => Ok(checked.agreement(depth)),
        })
    }

    /// The regions of a spot check.
    fn spots<P>(&self, regions: &[(P, Swept)]) -> Vec<usize> {
        let mut chosen: Vec<usize> = spot_tiles(regions.len() as u64, self.seed).map(|index| index as usize).collect();
        let mut by_size: Vec<usize> = (0..regions.len()).collect();
        by_size.sort_by(|&a, &b| regions[b].1.magnitude.total_cmp(&regions[a].1.magnitude).then(a.cmp(&b)));
        chosen.extend(by_size.into_iter().take(LARGEST));
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }
}

fn check_one<P: Part>(
    forms: &Forms,
    bounded: Option<&Bounded>,
    index: usize,
    (part, swept): &(P, Swept),
    sweep: &mut impl FnMut(&dyn Values, &P, Tolerance) -> Swept,
) -> Checked {
    // The rung is in the region; levels end where the error is what it was.
    let error = if swept.levels { (swept.error + swept.floor) * (1.0 + 1e-9) } else { f64::INFINITY };
    let tolerance = Tolerance { absolute: error, relative: 0.0 };
    let reference = sweep(forms.scalar, part, tolerance);
    check_region(index as u64, part.nodes(), swept, &reference, || {
        let recorded = Recorded::new(forms.fast);
        let again = sweep(&recorded, part, tolerance);
        let claims = swept.error + swept.floor + again.error + again.floor;
        // What was summed, or something that is as good.
        let same = again.estimate == swept.estimate || (again.estimate - swept.estimate).abs() <= claims;
        let (points, values) = (recorded.points.into_inner(), recorded.values.into_inner());
        let mut expected = values.clone();
        forms.scalar.values(&points, &mut expected);
        let found = check_values(bounded, points.as_flattened(), values.as_flattened(), expected.as_flattened());
        found.filter(|_| same)
    })
}

/// A part of a mesh.
pub(super) trait Part {
    /// Where it begins and ends, in the integrand's variable.
    fn nodes(&self) -> (f64, f64);
}

impl Part for Region {
    fn nodes(&self) -> (f64, f64) {
        (self.map.point(self.lower), self.map.point(self.upper))
    }
}

impl Part for Panel {
    fn nodes(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }
}
