//! Levels whose ends are singular where numbers are too sparse to come near: up to some distance, limits stand for
//! them.

use super::limit::FARTHEST;
use super::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::lanes::dispatch;
use crate::plan::{Region, Swept};

/// The largest share of the length that is looked at next to an end.
const REACH: f64 = 0.125;

/// In units of the distance of numbers: what is next to an end. Where these lie farther apart beyond, all nodes there
/// may be off alike, by less than this of their distance.
const NEXT_TO: f64 = (1u64 << 40) as f64;

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

    /// The same, but for what lies where numbers are too sparse. Whether there are finer levels yet: that is so where
    /// they are `hasty`, and would not meet the tolerance for what lies there.
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

    /// Sets `swept`, which is of levels that end before what counts does, to what they come to with limits towards
    /// these ends; if there are any, and that is better. `open` are the ends at which terms are not negligible; `short`
    /// says that there are finer levels yet, which leave what is `beyond`.
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
        let limited = self.limited(region, tolerance, wanted, desk, &mut evaluations);
        if short && limited.is_none_or(|limited| limited.error >= swept.beyond) {
            self.plain_levels(region, tolerance, false, desk, swept);
            evaluations += swept.evaluations;
        }
        if let Some(limited) = limited
            && (limited.error < swept.error || swept.bad.is_some() && limited.bad.is_none())
        {
            *swept = limited;
        }
        swept.evaluations = evaluations;
    }

    /// Levels that leave out what is next to the ends where limits are wanted, and these, if there are any.
    fn limited(
        &self,
        region: &Region,
        tolerance: Tolerance,
        wanted: [bool; 2],
        desk: &mut Desk,
        evaluations: &mut u32,
    ) -> Option<Swept> {
        if wanted == [false; 2] || !are_sparse(region, wanted) {
            return None;
        }
        let length = if region.width().is_finite() { region.width() } else { 1.0 };
        let (mut limits, mut rest) = ([None; 2], *region);
        for side in (0..2).filter(|&side| wanted[side]) {
            let (end, step) = grid(region, side);
            // A power of two, so that panels end at numbers; and down to the last of these there are panels.
            let reach = power_of_two_below((REACH * length).min(FARTHEST * step));
            let reach = if side == 0 { reach } else { -reach };
            limits[side] = self.limit(end, reach, step, evaluations, desk);
            if limits[side].is_some() {
                *[&mut rest.lower, &mut rest.upper][side] = end + reach;
            }
        }
        let limited = limits.map(|limit| limit.is_some());
        if limited == [false; 2] {
            return None;
        }
        let mut swept = Swept::NOTHING;
        self.plain_levels(&rest, tolerance, false, desk, &mut swept);
        swept.limited = limited;
        swept.ends = [0, 1].map(|side| if limited[side] { f64::NAN } else { swept.ends[side] });
        *evaluations += swept.evaluations;
        let all = limits.iter().flatten().fold(swept.magnitude, |all, limit| all + limit.magnitude);
        // What there is beside limits may be rounding.
        swept.divergent &= swept.magnitude > f64::EPSILON * all;
        for limit in limits.into_iter().flatten() {
            swept.estimate += limit.estimate;
            swept.magnitude += limit.magnitude;
            swept.error += limit.error;
            swept.beyond += limit.lasting;
        }
        Some(swept)
    }
}

/// Whether numbers are sparse next to all of these ends, as they are not next to 0.
pub(super) fn are_sparse(region: &Region, wanted: [bool; 2]) -> bool {
    let ends = [region.lower, region.upper];
    (0..2).all(|side| !wanted[side] || ends[side].is_finite() && half_spacing(region, side) >= f64::MIN_POSITIVE)
}

/// The end, and the distance of numbers next to it. That is of those a little farther in, where they may be twice as
/// far apart; and then the first of these stands for the end.
fn grid(region: &Region, side: usize) -> (f64, f64) {
    let (end, spacing) = ([region.lower, region.upper][side], 2.0 * half_spacing(region, side));
    let inward = if side == 0 { spacing } else { -spacing };
    let farther_in = (end + NEXT_TO * inward).abs();
    let step = spacing.max(farther_in.next_up() - farther_in);
    (if side == 0 { (end / step).ceil() } else { (end / step).floor() } * step, step)
}

/// The largest power of two that is no larger.
fn power_of_two_below(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & f64::INFINITY.to_bits())
}

/// Half the distance from an end to the next number inside: what the end that is meant may be off by.
fn half_spacing(region: &Region, side: usize) -> f64 {
    0.5 * if side == 0 { region.lower.next_up() - region.lower } else { region.upper - region.upper.next_down() }
}
