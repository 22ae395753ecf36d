//! A look farther out than levels go: where terms have died away within the first units, others may come yet, of
//! something as narrow beside its distance that no node of the base level meets it.

use super::Direction;
use super::end::End;
use crate::backend::simd::regions::{Desk, SimdRegions};
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::plan::Swept;
use crate::rule::Vector;
use crate::rule::levels::UNITS;
use std::slice;

/// Each sample is farther by this factor: the last is 250 times as far as the first.
const FACTOR: f64 = 1.125;
const ROWS: usize = 6;
const POWERS: [Vector; ROWS] = {
    let (mut powers, mut k, mut power) = ([[0.0; LANES]; ROWS], 0, 1.0);
    while k < ROWS * LANES {
        powers[k / LANES][k % LANES] = power;
        power *= FACTOR;
        k += 1;
    }
    powers
};

/// A sample that is larger than the one before by this factor, times the distance, and counts by this share of ∫|f|, is
/// of something else.
const RISES: f64 = 100.0;
const COUNTS: f64 = 1e-13;

impl SimdRegions<'_> {
    /// Looks beyond the ends at infinity that are closed early. Where something is there, levels reach it, but do not
    /// meet any tolerance below ∫|f|: panels are to resolve it.
    // Apart from levels, which take a twentieth longer with it.
    #[inline(never)]
    pub(super) fn look_outward(
        &self,
        of: (&[Direction; 2], &[End; 2]),
        wanted: [bool; 2],
        near: bool,
        desk: &mut Desk,
        swept: &mut Swept,
    ) {
        dispatch!(self.token, simd => self.look_outward_on(simd, of, wanted, near, desk, swept));
    }

    #[inline(always)]
    fn look_outward_on<S: Simd>(
        &self,
        simd: S,
        (arms, ends): (&[Direction; 2], &[End; 2]),
        wanted: [bool; 2],
        near: bool,
        desk: &mut Desk,
        swept: &mut Swept,
    ) {
        let mut rows = 0;
        let mut firsts = [None; 2];
        for side in (0..2).filter(|&side| wanted[side]) {
            let Direction { origin, factor, table, .. } = arms[side];
            let unit = ends[side].units - 1;
            let start = Lanes::splat(simd, table.nodes[unit][if unit == 0 { LANES / 2 } else { 0 }]);
            firsts[side] = Some(rows);
            for power in POWERS {
                let distance = start * Lanes::from_array(simd, power) * factor;
                desk.points[rows] = (distance + origin).to_array();
                if near {
                    let value = slice::from_mut(&mut desk.values[rows]);
                    self.values.near(origin, &[distance.to_array()], &[desk.points[rows]], value);
                }
                rows += 1;
            }
        }
        swept.evaluations += self.evaluate_placed(rows, near, desk);
        for side in 0..2 {
            let Some(first) = firsts[side] else { continue };
            let origin = arms[side].origin;
            let mut before = Lanes::splat(simd, f64::INFINITY);
            let least = Lanes::splat(simd, COUNTS / (FACTOR - 1.0) * swept.magnitude);
            for row in first..first + ROWS {
                let [x, y] = [desk.points[row], desk.values[row]].map(|each| Lanes::from_array(simd, each));
                let size = ((x - origin) * y).abs();
                let rises = size.gt(least) & size.gt(size.moved_up::<{ LANES - 1 }>(before) * RISES) & size.is_finite();
                before = size;
                if rises.any() {
                    let farthest = LANES - 1 - (rises.bits() as u8).leading_zeros() as usize;
                    let distance = (desk.points[row][farthest] - origin).abs();
                    let table = arms[side].table;
                    let unit =
                        (0..UNITS).find(|&unit| table.nodes[unit][LANES - 1] * arms[side].factor.abs() >= distance);
                    swept.reach[side] = swept.reach[side].max(unit.map_or(UNITS, |unit| unit + 1) as u8);
                    swept.error = swept.error.max(swept.magnitude).max(size.to_array()[farthest]);
                }
            }
        }
    }
}
