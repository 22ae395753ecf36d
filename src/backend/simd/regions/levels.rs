//! Double-exponential levels on lanes: outward from the middle, in vectors of one unit of t.

use super::waves::Waves;
use super::{Desk, SimdRegions};
use crate::estimate::{Tolerance, claim_of_levels, larger, rounding};
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::plan::{Region, Swept};
use crate::rule::levels::{Arm, EXP_HIGH, EXP_LOW, FINER, SINH_SINH, TANH_SINH, UNITS, vectors};
use crate::rule::{MOST_VECTORS, Vector};

impl SimdRegions<'_> {
    /// Double-exponential levels over a finite or infinite interval.
    #[inline(never)]
    pub(super) fn levels(&self, region: &Region, tolerance: Tolerance, desk: &mut Desk, swept: &mut Swept) {
        dispatch!(self.token, simd => *swept = self.levels_on(simd, region, tolerance, desk));
    }

    #[inline(always)]
    fn levels_on<S: Simd>(&self, simd: S, region: &Region, tolerance: Tolerance, desk: &mut Desk) -> Swept {
        let mut arms = Direction::both(region);
        if self.values.knows_distances() {
            // No node is taken for the end, then.
            arms.iter_mut().for_each(|arm| arm.ends = false);
        }
        let mut batch = Batch { rows: [(0, 0); MOST_VECTORS], count: 0 };
        let (mut waves, mut size) = (Waves::none(simd), Lanes::splat(simd, 0.0));
        let (mut ends, mut bad, mut evaluations) = ([End::default(); 2], None, 0);
        let mut over = [false; 2];
        let mut unit = 0;
        while unit < UNITS && over != [true; 2] {
            // No integrand is negligible three units from the middle.
            let next = if unit == 0 { 3 } else { unit + 1 };
            for unit in unit..next {
                for (side, _) in over.iter().enumerate().filter(|(_, over)| !**over) {
                    batch.push(side, unit);
                }
            }
            evaluations += self.fill(simd, &arms, &batch, desk);
            for (k, &(side, row)) in batch.rows[..batch.count].iter().enumerate() {
                if over[side] {
                    continue;
                }
                let terms =
                    terms(simd, &arms[side], row, (&desk.points[k], &desk.values[k]), &mut bad, &mut ends[side]);
                if let Some((terms, sizes)) = terms {
                    waves.add(side, row, terms);
                    size += sizes;
                }
                over[side] = terms.is_none() || ends[side].closed;
            }
            batch.count = 0;
            unit = next;
        }
        let by_lane = waves.even().to_array();
        let quarter = (by_lane[0] + by_lane[4]) + (by_lane[2] + by_lane[6]);
        let mut estimate = 0.125 * (quarter + ((by_lane[1] + by_lane[5]) + (by_lane[3] + by_lane[7])));
        let mut magnitude = 0.125 * size.total();
        // What steps 1, 1/2 and 1/4 leave, and this is no accident of where the nodes lie.
        let [mut earlier, mut previous, near] = waves.sizes();
        let mut now = larger((estimate - 0.25 * quarter).abs(), near);
        let beyond: f64 = ends.iter().zip(&arms).map(|(end, arm)| end.beyond(arm)).sum();
        let claimed =
            |now: f64, before, floor: f64| (if now <= floor { 0.0 } else { claim_of_levels(now, before) }) + beyond;
        let mut floor = rounding(magnitude, estimate, evaluations as usize);
        let mut error = claimed(now, [earlier, previous], floor);
        let constant = ends.iter().all(|end| end.largest == 0.0);
        let mut finer_waves = Waves::none(simd);
        for level in 1..=FINER {
            let hopeless = now > 0.5 * previous && now > 1e-3 * magnitude && level > 1;
            if tolerance.met(error + floor, estimate)
                || hopeless
                || constant
                || !error.is_finite()
                || beyond > 0.1 * magnitude
            {
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
                evaluations += self.fill(simd, &arms, &batch, desk);
                for (k, &(side, row)) in batch.rows[..batch.count].iter().enumerate() {
                    let mut past = ends[side];
                    let seen = (&desk.points[k], &desk.values[k]);
                    if let Some((terms, sizes)) = terms(simd, &arms[side], row, seen, &mut bad, &mut past) {
                        new.add_finer(side, row - vectors(level, 0).start, terms);
                        size += sizes;
                    }
                }
            }
            let step = 0.125 / f64::from(1u32 << level);
            let finer = 0.5 * estimate + step * new.even().total();
            magnitude = 0.5 * magnitude + step * size.total();
            // The part of the last step's error to which its nodes were blind.
            let odd = new.odd().total();
            (earlier, previous, now) = (previous, larger(now, 4.0 * step * odd.abs()), (finer - estimate).abs());
            match level {
                1 => now = larger(now, waves.near_finer(&new)),
                2 => now = larger(now, waves.near_finest(&finer_waves, &new)),
                _ => {}
            }
            finer_waves = new;
            estimate = finer;
            floor = rounding(magnitude, estimate, evaluations as usize);
            error = claimed(now, [earlier, previous], floor);
        }
        Swept {
            estimate,
            error,
            floor,
            beyond,
            magnitude,
            evaluations,
            levels: true,
            constant,
            divergent: ends.iter().any(End::diverges),
            oscillates: ends.iter().any(|end| end.open && end.alternates()),
            reach: [ends[0].units as u8, ends[1].units as u8],
            bad,
            ..Swept::NOTHING
        }
    }

    /// Values at the nodes of a batch; how many.
    #[inline(always)]
    fn fill<S: Simd>(&self, simd: S, arms: &[Direction; 2], batch: &Batch, desk: &mut Desk) -> u32 {
        let rows = batch.rows[..batch.count].iter().map(|&(side, row)| (&arms[side], row));
        let places = desk.points.iter_mut().zip(desk.values.chunks_mut(1));
        let near = self.values.knows_distances();
        for ((arm, row), (point, value)) in rows.zip(places) {
            let distance = Lanes::from_array(simd, arm.table.nodes[row]) * arm.factor;
            *point = (distance + arm.origin).to_array();
            if near {
                self.values.near(arm.origin, &[distance.to_array()], &[*point], value);
            }
        }
        if !near {
            self.values.values(&desk.points[..batch.count], &mut desk.values[..batch.count]);
        }
        (batch.count * LANES) as u32
    }
}

/// Rows of the tables whose values are asked for together: side and row.
struct Batch {
    rows: [(usize, usize); MOST_VECTORS],
    count: usize,
}

impl Batch {
    #[inline(always)]
    fn push(&mut self, side: usize, row: usize) {
        self.rows[self.count] = (side, row);
        self.count += 1;
    }
}

/// The terms of one row of an arm's table, with |terms|, by its points and values; what is beyond the range, or beyond a value
/// that is not finite, counts as zero. `None` where nothing is left.
#[inline(always)]
fn terms<S: Simd>(
    simd: S,
    arm: &Direction,
    row: usize,
    (x, y): (&Vector, &Vector),
    bad: &mut Option<(f64, f64)>,
    end: &mut End,
) -> Option<(Lanes<S>, Lanes<S>)> {
    let zero = Lanes::splat(simd, 0.0);
    let weight = Lanes::from_array(simd, arm.table.weights[row]);
    let (x, y) = (Lanes::from_array(simd, *x), Lanes::from_array(simd, *y));
    let outside = if arm.ends { weight.eq(zero) | x.eq(zero + arm.origin) } else { weight.eq(zero) };
    let weight = weight * arm.factor.abs();
    let mut terms = outside.select(zero, y * weight);
    if outside.any() || !terms.is_finite().all() {
        // In large units the table goes beyond the largest number.
        let outside = outside | !(weight.is_finite() & x.is_finite());
        let (out, mut each) = (outside.select(zero + 1.0, zero).to_array(), terms.to_array());
        let stop = (0..LANES).find(|&lane| out[lane] != 0.0 || !each[lane].is_finite()).unwrap_or(LANES);
        if stop < LANES && out[stop] == 0.0 {
            *bad = bad.or(Some((x.to_array()[stop], y.to_array()[stop])));
        }
        each[stop..].fill(0.0);
        let (before, at) = (end.last, end.at);
        if stop > 0 {
            end.before = if stop > 1 { each[stop - 2].abs() } else { end.last };
            end.last = each[stop - 1].abs();
            end.at = LANES * end.units + stop - 1;
            end.open = end.last > NEGLIGIBLE * end.largest.max(end.last);
        }
        end.closed = true;
        if end.last == 0.0 {
            end.look_for_underflow(&each.map(f64::abs), &x.to_array(), before, at);
        }
        // The row before is the outermost where nothing is left of this one.
        end.alternates = end.alternates() || both_signs(&each);
        end.outermost = [0.0; LANES];
        if stop == 0 {
            return None;
        }
        terms = Lanes::from_array(simd, each);
        end.largest = each.iter().fold(end.largest, |largest, term| largest.max(term.abs()));
        end.units += 1;
        return Some((terms, terms.abs()));
    }
    let sizes = terms.abs();
    let each = sizes.to_array();
    let outer = larger(larger(each[4], each[5]), larger(each[6], each[7]));
    let inner = larger(larger(each[0], each[1]), larger(each[2], each[3]));
    end.largest = larger(end.largest, larger(outer, inner));
    let (before, at) = (end.last, end.at);
    (end.before, end.last, end.at) = (each[6], each[7], LANES * end.units + LANES - 1);
    end.outermost = terms.to_array();
    end.units += 1;
    end.closed = outer <= 1e-18 * end.largest && end.largest > 0.0;
    end.open = !end.closed;
    if end.closed && end.last == 0.0 {
        end.look_for_underflow(&each, &x.to_array(), before, at);
    }
    Some((terms, sizes))
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

/// The share of the largest term below which others are nothing; and from where on a power of x may overflow on the way to a value.
const NEGLIGIBLE: f64 = 1e-17;
const FAR: f64 = 1e60;

/// How much more is claimed than what a power leaves beyond the last term, and the least power; the least that is claimed, as a share of the
/// last term.
const CAUTION: f64 = 4.0;
const LEAST_POWER: f64 = 1e-4;
const NEXT_TO_END: f64 = 0.25;

/// What happens towards one end.
#[derive(Clone, Copy, Default)]
struct End {
    units: usize,
    /// The largest |term|.
    largest: f64,
    /// The outermost |term|, and the one before it.
    last: f64,
    before: f64,
    /// The number of the outermost term.
    at: usize,
    /// The terms are negligible from here on, or there are no more.
    closed: bool,
    /// There are no more, but they are not negligible.
    open: bool,
    /// The terms of the outermost row.
    outermost: Vector,
    /// There were terms of both signs where a row ended early.
    alternates: bool,
}

impl End {
    /// What lies beyond the outermost term: the integral of the power of the distance that the last two values are of, some times over; or what the
    /// terms themselves say, if that is more.
    #[inline(always)]
    fn beyond(&self, arm: &Direction) -> f64 {
        if self.open { self.beyond_open(arm) } else { 0.0 }
    }

    #[inline(never)]
    fn beyond_open(&self, arm: &Direction) -> f64 {
        let node = |k: usize| arm.table.nodes[k / LANES][k % LANES];
        // |f| times the distance.
        let size = |k: usize, term: f64| term * node(k) / arm.table.weights[k / LANES][k % LANES];
        let (k, before) = (self.at, self.at.saturating_sub(1));
        let (outer, inner) = (size(k, self.last), size(before, self.before));
        // It goes like this power of the distance, to the end or from it.
        let power = (inner / outer).ln() / (node(k) / node(before)).ln().abs();
        let by_power = (CAUTION * outer / larger(power, LEAST_POWER)).min(f64::MAX / 4.0);
        // Eight times a geometric series of step 1/8; next to an end, where nodes are rounded, the outermost term may be worth nothing itself.
        let q = self.last / self.before;
        let share = if q < 2.0 / 3.0 { larger(q / (1.0 - q), NEXT_TO_END) } else { 2.0 };
        larger(by_power, share * self.last)
    }

    /// Far out, terms that are not negligible and then exactly zero have underflowed, or a power on the way has overflowed: nothing is known of
    /// what follows. `before` is the term before the row, number `at`.
    #[cold]
    fn look_for_underflow(&mut self, terms: &Vector, x: &Vector, before: f64, at: usize) {
        let outermost = terms.iter().rposition(|&term| term > 0.0);
        let (last, place) = outermost.map_or((before, x[0]), |lane| (terms[lane], x[lane]));
        if last > NEGLIGIBLE * self.largest && place.abs() > FAR {
            self.open = true;
            self.last = last;
            self.at = outermost.map_or(at, |lane| at + 1 + lane);
            self.before = match outermost {
                Some(0) => before,
                Some(lane) => terms[lane - 1],
                None => last,
            };
        }
    }

    /// Whether the outermost terms are of both signs.
    fn alternates(&self) -> bool {
        self.alternates || self.units > 4 && both_signs(&self.outermost)
    }

    #[inline(always)]
    fn diverges(&self) -> bool {
        self.open && self.last > 0.3 * self.largest
    }
}

fn both_signs(terms: &[f64]) -> bool {
    terms.iter().any(|&term| term > 0.0) && terms.iter().any(|&term| term < 0.0)
}
