//! Double-exponential levels on lanes: outward from the middle, in vectors of one unit of t.

mod end;
mod outward;

use self::end::End;
use super::ends::are_sparse;
use super::waves::Waves;
use super::{Desk, SimdRegions};
use crate::estimate::{Tolerance, claim_of_levels, larger, left_by, rounding};
use crate::lanes::{LANES, Lanes, Simd};
use crate::plan::{Region, Swept};
use crate::rule::levels::{Arm, EXP_HIGH, EXP_LOW, FINER, SINH_SINH, TANH_SINH, UNITS, vectors};
use crate::rule::{MOST_VECTORS, Vector};
use std::slice;

/// The share of what lies beyond both ends that no limit towards one of them is worth.
const SLIGHT: f64 = 1e-3;

/// The share of ∫|f| above which a claim says that nothing of it is resolved.
const UNRESOLVED: f64 = 0.1;

/// Rows of the base level that are asked for in any case, of each side.
const FIRST: usize = 3;

impl SimdRegions<'_> {
    /// Sets `swept`; whether there are finer levels yet: that is so where they are `hasty`, and would not meet the
    /// tolerance for what lies beyond.
    #[inline(always)]
    pub(super) fn levels_on<S: Simd>(
        &self,
        simd: S,
        region: &Region,
        tolerance: Tolerance,
        hasty: bool,
        desk: &mut Desk,
        swept: &mut Swept,
    ) -> bool {
        let mut arms = Direction::both(region);
        let near = self.values.knows_distances();
        if near {
            // No node is taken for the end, then.
            arms.iter_mut().for_each(|arm| arm.ends = false);
        }
        let (mut waves, mut size) = (Waves::none(simd), Lanes::splat(simd, 0.0));
        let (mut ends, mut bad, mut evaluations) = ([End::default(); 2], None, 0);
        let mut outermost = [size; 2];
        // Each side by code of its own, so that its sums are registers.
        macro_rules! take {
            ($side:literal, $row:expr, $place:expr) => {
                if !ends[$side].closed {
                    let seen = (&desk.points[$place], &desk.values[$place]);
                    let (terms, stop) = terms(simd, &arms[$side], $row, seen, &mut bad);
                    if stop == LANES {
                        ends[$side].take(terms, seen.0, &mut outermost[$side]);
                    } else {
                        ends[$side].take_some(terms, stop, seen.0, &outermost[$side]);
                    }
                    if stop > 0 {
                        ends[$side].value = seen.1[stop - 1];
                    }
                    waves.add::<$side>($row, terms);
                    size += terms.abs();
                }
            };
        }
        // No integrand is negligible three units from the middle.
        for row in 0..FIRST {
            self.place(simd, &arms[0], row, near, desk, 2 * row);
            self.place(simd, &arms[1], row, near, desk, 2 * row + 1);
        }
        evaluations += self.evaluate_placed(2 * FIRST, near, desk);
        for row in 0..FIRST {
            take!(0, row, 2 * row);
            take!(1, row, 2 * row + 1);
        }
        for row in FIRST..UNITS {
            let [low, high] = [!ends[0].closed, !ends[1].closed].map(usize::from);
            if low + high == 0 {
                break;
            }
            if low == 1 {
                self.place(simd, &arms[0], row, near, desk, 0);
            }
            if high == 1 {
                self.place(simd, &arms[1], row, near, desk, low);
            }
            evaluations += self.evaluate_placed(low + high, near, desk);
            take!(0, row, 0);
            take!(1, row, low);
        }
        for (end, outermost) in ends.iter_mut().zip(&outermost) {
            if !end.closed {
                end.stays_open(outermost);
            }
        }
        let by_lane = waves.even().to_array();
        let quarter = (by_lane[0] + by_lane[4]) + (by_lane[2] + by_lane[6]);
        let mut estimate = 0.125 * (quarter + ((by_lane[1] + by_lane[5]) + (by_lane[3] + by_lane[7])));
        let mut magnitude = 0.125 * size.total();
        // What steps 1, 1/2 and 1/4 leave, and this is no accident of where the nodes lie.
        let ([mut earlier, mut previous], last) = waves.sizes();
        let mut now = larger((estimate - 0.25 * quarter).abs(), left_by(last));
        let each = [ends[0].beyond(&arms[0]), ends[1].beyond(&arms[1])];
        let beyond = each[0] + each[1];
        let claimed =
            |now: f64, before, floor: f64| (if now <= floor { 0.0 } else { claim_of_levels(now, before) }) + beyond;
        let mut floor = rounding(magnitude, estimate, evaluations as usize);
        let mut error = claimed(now, [earlier, previous], floor);
        // Where the value in the middle is no number nothing is known.
        let nothing = bad.is_some() && ends[0].units + ends[1].units == 0;
        let constant = !nothing && ends.iter().all(|end| end.largest == 0.0);
        // By ends of the region: of a half-line the finite one is that of the first arm.
        let first = usize::from(region.upper.is_finite() && !region.lower.is_finite());
        // An end is, but where it is the other that counts.
        let counts = |side: usize| each[side] > SLIGHT * beyond || !tolerance.met(each[side] + floor, estimate);
        desk.open = [first, 1 - first].map(|side| ends[side].open && counts(side));
        // A tolerance above all that was seen of an infinite range says nothing of what was not.
        let infinite = !region.width().is_finite() && tolerance.absolute.is_finite();
        let nothing_seen = |error: f64, magnitude: f64| infinite && error > UNRESOLVED * magnitude;
        let mut finer_waves = [Waves::none(simd), Waves::none(simd)];
        let mut short = false;
        let mut batch = Batch { each: [(0, 0); MOST_VECTORS], count: 0 };
        for level in 1..=FINER {
            let hopeless = now > 0.5 * previous && now > 1e-3 * magnitude && level > 1;
            if tolerance.met(error + floor, estimate) && !nothing_seen(error, magnitude)
                || hopeless
                || constant
                || !error.is_finite()
                || beyond > 0.1 * magnitude
            {
                break;
            }
            short = hasty && beyond > 0.0 && !tolerance.met(beyond + floor, estimate) && are_sparse(region, desk.open);
            if short {
                break;
            }
            let (mut new, mut size) = (Waves::none(simd), Lanes::splat(simd, 0.0));
            let rows = ends.iter().enumerate().flat_map(|(side, end)| (0..end.units).map(move |unit| (side, unit)));
            let mut rows = rows.flat_map(|(side, unit)| vectors(level, unit).map(move |row| (side, row)));
            loop {
                batch.count = 0;
                rows.by_ref().take(MOST_VECTORS).for_each(|(side, row)| batch.push(side, row));
                if batch.count == 0 {
                    break;
                }
                for (place, (side, row)) in batch.rows().enumerate() {
                    self.place(simd, &arms[side], row, near, desk, place);
                }
                evaluations += self.evaluate_placed(batch.count, near, desk);
                for (k, (side, row)) in batch.rows().enumerate() {
                    let seen = (&desk.points[k], &desk.values[k]);
                    let (terms, _) = terms(simd, &arms[side], row, seen, &mut bad);
                    let number = row - vectors(level, 0).start;
                    if side == 0 {
                        new.add_finer::<0>(number, terms)
                    } else {
                        new.add_finer::<1>(number, terms)
                    }
                    size += terms.abs();
                }
            }
            let step = 0.125 / f64::from(1u32 << level);
            let refined = 0.5 * estimate + step * new.even().total();
            magnitude = 0.5 * magnitude + step * size.total();
            // The part of the last step's error to which its nodes were blind.
            let odd = new.odd().total();
            (earlier, previous, now) = (previous, larger(now, 4.0 * step * odd.abs()), (refined - estimate).abs());
            let [finer, finest] = &finer_waves;
            let last = match level {
                1 => Waves::last([&waves, &new]),
                2 => Waves::last([&waves, finer, &new]),
                _ => Waves::last([&waves, finer, finest, &new]),
            };
            now = larger(now, left_by(last));
            finer_waves[usize::from(level > 1)] = new;
            estimate = refined;
            floor = rounding(magnitude, estimate, evaluations as usize);
            error = claimed(now, [earlier, previous], floor);
        }
        if nothing_seen(error, magnitude) && tolerance.met(error + floor, estimate) {
            // Panels are to go on.
            error = 2.0 * tolerance.at(estimate);
        }
        *swept = Swept {
            estimate: if nothing { f64::NAN } else { estimate },
            error,
            floor,
            beyond,
            magnitude,
            evaluations,
            levels: true,
            constant,
            divergent: ends.iter().any(|end| end.diverges(magnitude)),
            vanishes: ends.iter().any(|end| end.vanishes),
            oscillates: ends.iter().any(|end| end.open && end.alternates),
            reach: [ends[0].units as u8, ends[1].units as u8],
            ends: [ends[first].value, ends[1 - first].value],
            bad,
            ..Swept::NOTHING
        };
        let outward = [0, 1].map(|side| arms[side].is_outward() && ends[side].is_closed_early());
        if outward != [false; 2] {
            self.look_outward((&arms, &ends), outward, near, desk, swept);
        }
        short
    }

    /// Puts the points of a row of an arm's table at a place of the desk; and values there, if these depend on
    /// distances.
    #[inline(always)]
    fn place<S: Simd>(&self, simd: S, arm: &Direction, row: usize, near: bool, desk: &mut Desk, place: usize) {
        let distance = Lanes::from_array(simd, arm.table.nodes[row]) * arm.factor;
        let (point, value) = (&mut desk.points[place], &mut desk.values[place]);
        *point = (distance + arm.origin).to_array();
        if near {
            self.values.near(arm.origin, &[distance.to_array()], &[*point], slice::from_mut(value));
        }
    }

    /// Values at so many rows of points, unless they are there; how many.
    #[inline(always)]
    fn evaluate_placed(&self, rows: usize, near: bool, desk: &mut Desk) -> u32 {
        if !near {
            self.values.values(&desk.points[..rows], &mut desk.values[..rows]);
        }
        (rows * LANES) as u32
    }
}

/// Rows of the tables whose values are asked for together: side and row.
struct Batch {
    // Small numbers, as they are cleared for each integral.
    each: [(u8, u8); MOST_VECTORS],
    count: usize,
}

impl Batch {
    #[inline(always)]
    fn push(&mut self, side: usize, row: usize) {
        self.each[self.count] = (side as u8, row as u8);
        self.count += 1;
    }

    #[inline(always)]
    fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        self.each[..self.count].iter().map(|&(side, row)| (usize::from(side), usize::from(row)))
    }
}

/// The terms of one row of an arm's table, by its points and values, and how many of its lanes count: what is beyond
/// the range, or beyond a value that is not finite, is zero.
#[inline(always)]
fn terms<S: Simd>(
    simd: S,
    arm: &Direction,
    row: usize,
    (x, y): (&Vector, &Vector),
    bad: &mut Option<(f64, f64)>,
) -> (Lanes<S>, usize) {
    const LANE: Vector = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let zero = Lanes::splat(simd, 0.0);
    let weight = Lanes::from_array(simd, arm.table.weights[row]);
    let (places, values) = (Lanes::from_array(simd, *x), Lanes::from_array(simd, *y));
    let outside = if arm.ends { weight.eq(zero) | places.eq(zero + arm.origin) } else { weight.eq(zero) };
    let weight = weight * arm.factor.abs();
    let terms = outside.select(zero, values * weight);
    let infinite = !terms.is_finite();
    if !(outside | infinite).any() {
        return (terms, LANES);
    }
    // In large units the table goes beyond the largest number.
    let outside = outside | !(weight.is_finite() & places.is_finite());
    let stop = (outside | infinite).bits().trailing_zeros() as usize;
    if outside.bits() >> stop & 1 == 0 {
        *bad = bad.or(Some((x[stop], y[stop])));
    }
    (Lanes::from_array(simd, LANE).lt(zero + stop as f64).select(terms, zero), stop)
}

/// x = origin + factor · node.
struct Direction {
    origin: f64,
    factor: f64,
    table: &'static Arm,
    /// Whether the origin is an end, at which nothing is evaluated.
    ends: bool,
}

impl Direction {
    /// Whether it leads to infinity.
    #[inline(always)]
    fn is_outward(&self) -> bool {
        [&EXP_HIGH, &SINH_SINH].into_iter().any(|outward| std::ptr::eq(self.table, outward))
    }

    #[inline(always)]
    fn both(region: &Region) -> [Direction; 2] {
        let (lower, upper) = (region.lower, region.upper);
        let arm = |origin, factor, table| Direction { origin, factor, table, ends: true };
        let half_line = |end: f64, factor: f64| {
            // Beyond 2^50 the distance 1 is lost.
            let factor = if end.abs() < 1e15 { factor } else { factor * end.abs() };
            [arm(end, factor, &EXP_LOW), arm(end, factor, &EXP_HIGH)]
        };
        match (lower.is_finite(), upper.is_finite()) {
            (true, true) => [arm(lower, upper - lower, &TANH_SINH), arm(upper, lower - upper, &TANH_SINH)],
            (true, false) => half_line(lower, 1.0),
            (false, true) => half_line(upper, -1.0),
            (false, false) => [-1.0, 1.0].map(|factor| Direction { ends: false, ..arm(0.0, factor, &SINH_SINH) }),
        }
    }
}
