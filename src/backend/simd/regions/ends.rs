<<<<<<< HEAD
//! Levels whose ends are singular where numbers are too sparse to come near: up to some distance, limits stand for them.
=======
//! Levels whose ends are singular where numbers are too sparse to come near: values there are those of a power of the
//! distance.
>>>>>>> lead

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

<<<<<<< HEAD
    /// Sets `swept`, which is of levels that end before what counts does, to what they come to with limits towards these ends; if
    /// there are any, and that is better. `open` are the ends at which terms are not negligible; `short` says that there are finer levels yet, which
    /// leave what is `beyond`.
=======
    /// Sets `swept`, which is of levels that end before what counts does, to what they come to with powers of the
    /// distance next to these ends; if there are any, and that is better. `open` are the ends at which terms are not
    /// negligible; `short` says that there are finer levels yet, which leave what is `beyond`.
>>>>>>> lead
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
        // A power of two, so that panels end at numbers.
        let reach = (REACH * length).log2().floor().exp2();
        let mut limits = [None; 2];
        let mut rest = *region;
        for side in (0..2).filter(|&side| wanted[side]) {
            let (end, inner) = if side == 0 { (region.lower, &mut rest.lower) } else { (region.upper, &mut rest.upper) };
            let length = if side == 0 { reach } else { -reach };
            *inner = end + length;
            limits[side] = Some(self.limit(end, length, half_spacing(region, side), evaluations, desk)?);
        }
        let mut mended = Swept::NOTHING;
        self.plain_levels(&rest, tolerance, false, desk, &mut mended);
        *evaluations += mended.evaluations;
        for limit in limits.into_iter().flatten() {
            mended.estimate += limit.estimate;
            mended.magnitude += limit.magnitude;
            mended.error += limit.error + limit.unresolved;
            // No refinement removes what noise leaves.
            mended.beyond += limit.error;
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
<<<<<<< HEAD
=======

/// Values, but next to some ends those of a power of the distance.
struct Mended<'a> {
    of: &'a dyn Values,
    ends: [f64; 2],
    laws: [Option<PowerLaw>; 2],
    token: Token,
}

impl Values for Mended<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
    }

    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        let side = usize::from(end == self.ends[1]);
        match self.laws[side].filter(|_| end == self.ends[side]) {
            Some(law) => dispatch!(self.token, simd => next_to(simd, &law, end, distances, points, values)),
            // As at any end that is met.
            None => {
                let all = points.as_flattened().iter().zip(values.as_flattened_mut());
                all.filter(|(point, _)| **point == end && end.is_finite()).for_each(|(_, value)| *value = 0.0);
            }
        }
    }

    fn knows_distances(&self) -> bool {
        true
    }
}

/// Sets values at distances from an end to those of a power, and others near it to what they would be had the node not
/// been rounded.
#[inline(always)]
fn next_to<S: Simd>(simd: S, law: &PowerLaw, end: f64, distances: &[Vector], points: &[Vector], values: &mut [Vector]) {
    for ((distance, point), value) in distances.iter().zip(points).zip(values) {
        let distance = Lanes::from_array(simd, *distance).abs();
        let below = distance.lt(distance.like(law.cut));
        if !distance.lt(distance.like(NEXT_TO * law.cut)).any() {
            continue;
        }
        let rounded = (Lanes::from_array(simd, *point) - end).abs();
        let seen = Lanes::from_array(simd, *value);
        let meant = seen + seen * law.power * (distance - rounded) / rounded;
        *value = if below.any() { below.select(law.at(distance), meant) } else { meant }.to_array();
    }
}
>>>>>>> lead
