//! Levels whose ends are singular where numbers are too sparse to come near: values there are those of a power of the
//! distance.

use super::power_law::PowerLaw;
use super::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::integrand::values::Values;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Region, Swept};
use crate::rule::Vector;

/// The largest share of the length that is looked at next to an end.
const REACH: f64 = 0.125;

/// In units of half an ulp of the end: where values that are not finite may be due to rounding.
const ROUNDED: f64 = 4096.0;

/// Times the cut of a power, how far nodes are next to their end.
const NEXT_TO: f64 = 1e4;

impl SimdRegions<'_> {
    /// Double-exponential levels over a finite or infinite interval.
    #[inline]
    pub(super) fn levels(&self, region: &Region, tolerance: Tolerance, desk: &mut Desk, swept: &mut Swept) {
        let hasty = !self.values.knows_distances();
        let short = self.plain_levels(region, tolerance, hasty, desk, swept);
        let unmet = swept.beyond > 0.0 || swept.bad.is_some();
        if unmet && !tolerance.met(swept.error + swept.floor, swept.estimate) && hasty {
            self.with_powers(region, tolerance, (desk.open, short), desk, swept);
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

    /// Sets `swept`, which is of levels that end before what counts does, to what they come to with powers of the
    /// distance next to these ends; if there are any, and that is better. `open` are the ends at which terms are not
    /// negligible; `short` says that there are finer levels yet, which leave what is `beyond`.
    #[cold]
    #[inline(never)]
    fn with_powers(
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

    /// Levels with powers of the distance next to the ends where they are wanted, if there are any.
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
        let mut laws = [None; 2];
        for side in (0..2).filter(|&side| wanted[side]) {
            laws[side] = Some(self.law_at(region, side, evaluations)?);
        }
        let values = Mended { of: self.values, ends: [region.lower, region.upper], laws, token: self.token };
        let mut mended = Swept::NOTHING;
        SimdRegions { values: &values, ..*self }.plain_levels(region, tolerance, false, desk, &mut mended);
        let claim: f64 = laws.iter().flatten().map(|law| law.claim).sum();
        mended.error += claim;
        mended.beyond += claim;
        mended.noise = laws.iter().flatten().map(|law| law.noise).sum();
        *evaluations += mended.evaluations;
        Some(mended)
    }

    /// The power of the distance from one of both ends that values next to it are of, if any.
    fn law_at(&self, region: &Region, side: usize, evaluations: &mut u32) -> Option<PowerLaw> {
        let length = if region.width().is_finite() { region.width() } else { 1.0 };
        let (end, inward) = if side == 0 { (region.lower, 1.0) } else { (region.upper, -1.0) };
        let least = half_spacing(region, side);
        let mut points: Vec<Vector> =
            PowerLaw::distances(least, REACH * length).map(|row| row.map(|distance| end + inward * distance)).collect();
        let mut values = vec![[0.0; LANES]; points.len()];
        self.values.values(&points, &mut values);
        *evaluations += (LANES * points.len()) as u32;
        // Those of the points as they were rounded.
        points.as_flattened_mut().iter_mut().for_each(|x| *x = (*x - end).abs());
        dispatch!(self.token, simd => PowerLaw::of(simd, &points, &values, least))
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
