//! What the terms of levels do towards an end: where they are negligible, and what lies beyond the last.

use super::Direction;
use crate::estimate::{NEGLIGIBLE, larger, left_beyond};
use crate::lanes::{LANES, Lanes, Simd};
use crate::rule::Vector;

/// From where on a power of x may overflow on the way to a value.
const FAR: f64 = 1e60;
/// The same where there is but a sign of it, which others look into.
const EARLY: f64 = 1e7;

/// The units of t after which an end is not closed early any more: a distance of 3e6.
const EARLY_UNITS: usize = 3;

/// The least that is claimed of what lies beyond the last term, as a share of that.
const NEXT_TO_END: f64 = 0.25;

/// What happens towards one end.
#[derive(Clone, Copy, Default)]
pub(super) struct End {
    pub units: usize,
    /// The largest |term|.
    pub largest: f64,
    /// f where it was looked at farthest out.
    pub value: f64,
    /// The outermost |term|, and the one before it.
    last: f64,
    before: f64,
    /// The number of the outermost term.
    at: usize,
    /// The terms are negligible from here on, or there are no more.
    pub closed: bool,
    /// There are no more, but they are not negligible.
    pub open: bool,
    /// The outermost terms are of both signs.
    pub alternates: bool,
    /// They are zero from here on, beside terms that are not negligible.
    pub vanishes: bool,
}

impl End {
    /// Takes the next row, all of whose lanes count; `outermost` is the one before, of which this one takes the place.
    #[inline(always)]
    pub fn take<S: Simd>(&mut self, terms: Lanes<S>, x: &Vector, outermost: &mut Lanes<S>) {
        let each = terms.abs();
        let [inner, outer] = each.largest_of_halves();
        self.largest = larger(self.largest, larger(inner, outer));
        let before = *outermost;
        *outermost = terms;
        self.units += 1;
        if outer <= 1e-18 * self.largest && self.largest > 0.0 {
            self.closed = true;
            self.ends_at(&each);
            if self.last == 0.0 {
                let before = before.abs().to_array()[LANES - 1];
                self.look_for_underflow(self.largest, LANES * (self.units - 1), &each.to_array(), x, before);
                self.alternates = self.units > 4 && both_signs(&terms.to_array());
            }
        }
    }

    /// The same of a row of which so many lanes count; there are no more.
    #[inline(always)]
    pub fn take_some<S: Simd>(&mut self, terms: Lanes<S>, stop: usize, x: &Vector, outermost: &Lanes<S>) {
        self.closed = true;
        self.ends_at(outermost);
        self.open = self.units > 0;
        let (each, before, seen, units) = (terms.abs().to_array(), self.last, self.largest, self.units);
        if stop > 0 {
            self.units += 1;
            self.before = if stop > 1 { each[stop - 2] } else { self.last };
            self.last = each[stop - 1];
            self.at = LANES * units + stop - 1;
            self.open = self.last > NEGLIGIBLE * larger(seen, self.last);
        }
        // The row before is the outermost where nothing is left of this one.
        let signs = |row: &Lanes<S>| both_signs(&row.to_array());
        self.alternates = units > 4 && signs(outermost) || signs(&terms);
        if self.last == 0.0 {
            self.look_for_underflow(seen, LANES * units, &each, x, before);
        }
        self.largest = each.iter().fold(seen, |largest, &term| larger(largest, term));
    }

    /// The tables are at an end, but the terms are not negligible.
    #[inline(always)]
    pub fn stays_open<S: Simd>(&mut self, outermost: &Lanes<S>) {
        self.open = true;
        self.ends_at(outermost);
        self.alternates = self.units > 4 && both_signs(&outermost.to_array());
    }

    /// Sets the outermost terms to those of the row taken last.
    #[inline(always)]
    fn ends_at<S: Simd>(&mut self, row: &Lanes<S>) {
        let [.., before, last] = row.abs().to_array();
        (self.before, self.last, self.at) = (before, last, (LANES * self.units).saturating_sub(1));
    }

    /// What lies beyond the outermost term: the integral of the power of the distance that the last two values are of,
    /// some times over; or what the terms themselves say, if that is more.
    #[inline(always)]
    pub fn beyond(&self, arm: &Direction) -> f64 {
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
        let by_power = left_beyond(outer, power);
        // Eight times a geometric series of step 1/8; next to an end, where nodes are rounded, the outermost term may
        // be worth nothing itself.
        let q = self.last / self.before;
        let share = if q < 2.0 / 3.0 { larger(q / (1.0 - q), NEXT_TO_END) } else { 2.0 };
        larger(by_power, share * self.last)
    }

    /// Far out, terms that are not negligible and then exactly zero have underflowed, or a power on the way has
    /// overflowed: nothing is known of what follows. The row begins with term number `row`; `before` is the term before
    /// it.
    #[cold]
    fn look_for_underflow(&mut self, largest: f64, row: usize, terms: &Vector, x: &Vector, before: f64) {
        let outermost = terms.iter().rposition(|&term| term > 0.0);
        let (last, place) = outermost.map_or((before, x[0]), |lane| (terms[lane], x[lane]));
        self.vanishes = last > NEGLIGIBLE * largest && place.abs() > EARLY;
        if self.vanishes && place.abs() > FAR {
            self.open = true;
            self.last = last;
            self.at = outermost.map_or(row.saturating_sub(1), |lane| row + lane);
            self.before = match outermost {
                Some(0) => before,
                Some(lane) => terms[lane - 1],
                None => last,
            };
        }
    }

    /// Whether the terms were negligible so near to the middle that what comes after may be narrow beside its distance.
    #[inline(always)]
    pub fn is_closed_early(&self) -> bool {
        self.closed && (1..=EARLY_UNITS).contains(&self.units)
    }

    /// Whether the terms do not fall, and are more than rounding beside ∫|f|.
    #[inline(always)]
    pub fn diverges(&self, magnitude: f64) -> bool {
        self.open && self.last > 0.3 * self.largest && self.last > f64::EPSILON * magnitude
    }
}

fn both_signs(terms: &[f64]) -> bool {
    terms.iter().any(|&term| term > 0.0) && terms.iter().any(|&term| term < 0.0)
}
