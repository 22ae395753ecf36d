//! Levels whose ends are singular where numbers are too sparse to come near: up to some distance, limits stand for them.

use super::limit::FARTHEST;
use super::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::lanes::dispatch;
use crate::plan::{Region, Swept};

/// The largest share of the length that is looked at next to an end.
const REACH: f64 = 0.125;

/// In units of half an ulp of the end: where values that are not finite may be due to rounding.
const ROUNDED: f64 = 4096.0;

impl SimdRegions<'_> {
    /// Double-exponential levels over a finite or infinite interval.
    #[inline]
    pub(super) fn levels(&self, region: &Region, tolerance: Tolerance, desk: &mut Desk, swept: &mut Swept) {
        let hasty = !self.values.knows_distances();
        let short = self.plain_levels(region, tolerance, hasty, desk, swept);
        let unmet = swept.beyond > 0.0 || swept.bad.is_some();
        if unmet && !tolerance.met(swept.error + swept.floor, swept.estimate) && hasty {
            self.with_limits(region, tolerance, (desk.open, short), desk, swept);
        }
    }

    /// The same, but for what lies where numbers are too sparse. Whether there are finer levels yet: that is so where they are `hasty`, and would not meet
    /// the tolerance for what lies there.
    #[inline(never)]
    fn plain_levels(
        &self,
        region: &Region,
        tolerance: Tolerance,
        hasty: bool,
        desk: &mut Desk,
        swept: &mut Swept,
    ) -> bool {
        dispatch!(self.token, simd => self.levels_on(simd, region, tolerance, hasty, desk, swept))
    }

    /// Sets `swept`, which is of levels that end before what counts does, to what they come to with limits towards these ends; if
    /// there are any, and that is better. `open` are the ends at which terms are not negligible; `short` says that there are finer levels yet, which
    /// leave what is `beyond`.
    #[cold]
    #[inline(never)]
    fn with_limits(
        &self,
        region: &Region,
        tolerance: Tolerance,
        (open, short): ([bool; 2], bool),
        desk: &mut Desk,
        swept: &mut Swept,
    ) {
        let ends = [region.lower, region.upper];
        let bad = |side: usize| {
            swept.bad.is_some_and(|(x, _)| (x - ends[side]).abs() <= ROUNDED * half_spacing(region, side))
        };
        let wanted = [0, 1].map(|side| open[side] || bad(side));
        let mut evaluations = swept.evaluations;
        let mended = self.mended(region, tolerance, wanted, desk, &mut evaluations);
        if short && mended.is_none_or(|mended| mended.error >= swept.beyond) {
            self.plain_levels(region, tolerance, false, desk, swept);
            evaluations += swept.evaluations;
        }
        if let Some(mended) = mended
            && (mended.error < swept.error || swept.bad.is_some() && mended.bad.is_none())
        {
            *swept = mended;
        }
        swept.evaluations = evaluations;
    }

    /// Levels that leave out what is next to the ends where limits are wanted, and these, if there are any.
    fn mended(
        &self,
        region: &Region,
        tolerance: Tolerance,
        wanted: [bool; 2],
        desk: &mut Desk,
        evaluations: &mut u32,
    ) -> Option<Swept> {
        if wanted == [false; 2] || !may_be_mended(region, wanted) {
            return None;
        }
        let length = if region.width().is_finite() { region.width() } else { 1.0 };
        let mut limits = [None; 2];
        let mut rest = *region;
        for side in (0..2).filter(|&side| wanted[side]) {
            let (end, inner) =
                if side == 0 { (region.lower, &mut rest.lower) } else { (region.upper, &mut rest.upper) };
            let least = half_spacing(region, side);
            // A power of two, so that panels end at numbers; and down to the last of these there are panels.
            let reach = (REACH * length).min(FARTHEST * least).log2().floor().exp2();
            let reach = if side == 0 { reach } else { -reach };
            *inner = end + reach;
            limits[side] = Some(self.limit(end, reach, least, evaluations, desk)?);
        }
        let mut mended = Swept::NOTHING;
        self.plain_levels(&rest, tolerance, false, desk, &mut mended);
        *evaluations += mended.evaluations;
        for limit in limits.into_iter().flatten() {
            mended.estimate += limit.estimate;
            mended.magnitude += limit.magnitude;
            mended.error += limit.error;
            // No refinement removes what noise leaves.
            mended.beyond += if limit.coarse { 0.0 } else { limit.error };
        }
        Some(mended)
    }
}

/// Whether numbers are sparse next to all of these ends, as they are not next to 0.
pub(super) fn may_be_mended(region: &Region, wanted: [bool; 2]) -> bool {
    let ends = [region.lower, region.upper];
    (0..2).all(|side| !wanted[side] || ends[side].is_finite() && half_spacing(region, side) >= f64::MIN_POSITIVE)
}

/// Half the distance from an end to the next number inside: what the end that is meant may be off by.
fn half_spacing(region: &Region, side: usize) -> f64 {
    0.5 * if side == 0 { region.lower.next_up() - region.lower } else { region.upper - region.upper.next_down() }
}
