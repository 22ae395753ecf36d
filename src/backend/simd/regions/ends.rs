//! Levels whose ends are singular where numbers are too sparse to come near: values there are those of a power of the distance.

use super::{Desk, SimdRegions};
use crate::estimate::Tolerance;
use crate::estimate::power_law::{EACH, PowerLaw};
use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{Region, Swept};

/// The largest share of the length that is looked at next to an end.
const REACH: f64 = 0.125;

/// In units of half an ulp of the end: where values that are not finite may be due to rounding.
const ROUNDED: f64 = 4096.0;

impl SimdRegions<'_> {
    /// Sets `swept`, which is of levels that end before what counts does, to what they come to with powers of the distance next to these ends; if
    /// there are any, and that is better. `open` are the ends at which terms are not negligible.
    #[cold]
    #[inline(never)]
    pub(super) fn with_powers(
        &self,
        region: &Region,
        tolerance: Tolerance,
        open: [bool; 2],
        desk: &mut Desk,
        swept: &mut Swept,
    ) {
        let ends = [region.lower, region.upper];
        let length = if region.width().is_finite() { region.width() } else { 1.0 };
        let halves = [half_spacing(ends[0], true), half_spacing(ends[1], false)];
        let bad = |side: usize| swept.bad.is_some_and(|(x, _)| (x - ends[side]).abs() <= ROUNDED * halves[side]);
        let wanted = [0, 1].map(|side| open[side] || bad(side));
        // Next to 0 numbers are not sparse.
        let possible = |side: usize| ends[side].is_finite() && halves[side] >= f64::MIN_POSITIVE;
        if wanted == [false; 2] || (0..2).any(|side| wanted[side] && !possible(side)) {
            return;
        }
        let mut laws = [None; 2];
        let mut evaluations = swept.evaluations;
        for side in (0..2).filter(|&side| wanted[side]) {
            let (distances, values) =
                self.next_to(ends[side], if side == 0 { length } else { -length }, 2.0 * halves[side]);
            evaluations += values.len() as u32;
            laws[side] = PowerLaw::of(&distances, &values, halves[side]);
            if laws[side].is_none() {
                swept.evaluations = evaluations;
                return;
            }
        }
        let values = Mended { of: self.values, ends, laws };
        let mut mended = Swept::NOTHING;
        SimdRegions { values: &values, ..*self }.plain_levels(region, tolerance, desk, &mut mended);
        let claim: f64 = laws.iter().flatten().map(|law| law.claim).sum();
        mended.error += claim;
        mended.beyond += claim;
        mended.noise = laws.iter().flatten().map(|law| law.noise).sum();
        evaluations += mended.evaluations;
        if mended.error < swept.error || swept.bad.is_some() && mended.bad.is_none() {
            *swept = mended;
        }
        swept.evaluations = evaluations;
    }

    /// Distances that fall by the fourth root of 2 each, to that of the number next to the end, `least`, and values there.
    fn next_to(&self, end: f64, length: f64, least: f64) -> (Vec<f64>, Vec<f64>) {
        let reach = REACH * length.abs();
        let octaves = (reach / least).log2().max(0.0);
        let count = ((octaves * EACH as f64) as usize).next_multiple_of(LANES);
        let distance = |k: usize| (reach * (-(k as f64) / EACH as f64).exp2()).max(least);
        let point = |k: usize| end + distance(k).copysign(length);
        let points: Vec<f64> = (0..count).map(point).collect();
        let mut values = vec![[0.0; LANES]; count / LANES];
        self.values.values(points.as_chunks().0, &mut values);
        let values = values.into_flattened();
        // Those of the points as they were rounded.
        (points.iter().map(|x| (x - end).abs()).collect(), values)
    }
}

/// Half the distance from `x` to the next number above or below: what the end that is meant may be off by.
fn half_spacing(x: f64, above: bool) -> f64 {
    0.5 * (if above { x.next_up() - x } else { x - x.next_down() })
}

/// Values, but next to some ends those of a power of the distance.
struct Mended<'a> {
    of: &'a dyn Values,
    ends: [f64; 2],
    laws: [Option<PowerLaw>; 2],
}

impl Values for Mended<'_> {
    fn values(&self, points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
    }

    fn near(&self, end: f64, distances: &[[f64; LANES]], points: &[[f64; LANES]], values: &mut [[f64; LANES]]) {
        self.of.values(points, values);
        let side = usize::from(end == self.ends[1]);
        let all = distances.as_flattened().iter().zip(points.as_flattened()).zip(values.as_flattened_mut());
        match self.laws[side].filter(|_| end == self.ends[side]) {
            Some(law) => {
                for ((&distance, &point), value) in all {
                    let (distance, rounded) = (distance.abs(), (point - end).abs());
                    if distance < law.cut {
                        *value = law.at(distance);
                    } else if distance < 1e4 * law.cut {
                        // As it would be had the node not been rounded.
                        *value += *value * law.power * (distance - rounded) / rounded;
                    }
                }
            }
            // As at any end that is met.
            None => all.filter(|((_, point), _)| **point == end && end.is_finite()).for_each(|(_, value)| *value = 0.0),
        }
    }

    fn knows_distances(&self) -> bool {
        true
    }
}
