//! A leaf: a region of the mesh, its last sweep, and what is known from its ancestors.

use super::adaptive::{MOST_PARTS, PARTS, Step};
use crate::estimate::unresolved;
use crate::plan::{Map, Region, Sweep, Swept};

/// A region and what is known about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf {
    pub region: Region,
    pub swept: Swept,
    /// Whether its ends are ends of the whole, break points, or points cut out: where singularities are expected.
    pub edges: [bool; 2],
    /// The mismatch with the neighbours.
    pub mismatches: [f64; 2],
    depth: u16,
    /// The depth from which levels may be tried again.
    levels_from: u16,
    /// The magnitude of its ancestor a few levels up.
    anchor: f64,
    /// Whether the magnitude did not fall down to that ancestor from the one before; and whether it did not from it.
    kept: bool,
    keeps: bool,
    /// Generations in which halving did not help, the error being small.
    noisy: u8,
    parent_error: f64,
    grandparent_error: f64,
    /// The error as the sweep claims it.
    raw_error: f64,
    divergent: bool,
    /// The depth from which the place of trouble may be looked for.
    locate_from: u16,
    /// Whether the place of trouble is being looked for.
    pub locating: bool,
    /// The leaf above it, or `Leaf::NONE`.
    pub next: u32,
}

/// Generations after which a magnitude that has not fallen, twice, says that the integral diverges.
const ANCHOR: u16 = 12;

/// The share of ∫|f| that halving keeps next to what is nearly no integral; and of it, so that the rest remains a
/// number.
const STEEP: f64 = 0.8;
const STEEPEST: f64 = 0.9999;

/// The width of a leaf, as a share of its ends, below which levels do not tell whether terms fall.
const NARROWEST: f64 = 1e-9;

/// The width below which nodes next to 0 would be rounded to it.
const LEAST: f64 = f64::MIN_POSITIVE / (1 << 26) as f64;

/// Generations in which halving did not help, after which it is not tried again.
const NOISY: u8 = 3;

/// Numbers in a leaf that is short beside its ends.
const FEW: f64 = (1u64 << 34) as f64;

/// The step of the first of the levels; the share of ∫|f| that is nothing beyond their last terms, and that which is
/// left next to a regular end.
const LEVEL: f64 = 0.125;
const NOTHING: f64 = 1e-15;
const REGULAR: f64 = 1e-14;

/// How closely errors halve where a step is inside; and the share of ∫|f| that is much to last.
const HALF: f64 = 0.01;
const LASTS: f64 = 1e-9;

/// Levels are tried at an edge, and again so many generations later.
const AGAIN: u16 = 4;

/// So many generations after a place was looked for, it may be again: two kinks in one panel.
const LOCATE_AGAIN: u16 = 2;

impl Leaf {
    pub const NONE: u32 = u32::MAX;

    /// To be written over.
    pub const EMPTY: Leaf = Leaf::new(Region::plain(0.0, 0.0), [false; 2]);

    #[inline]
    pub const fn new(region: Region, edges: [bool; 2]) -> Self {
        Self {
            region,
            swept: Swept::NOTHING,
            edges,
            mismatches: [0.0; 2],
            depth: 0,
            levels_from: 0,
            anchor: f64::INFINITY,
            kept: false,
            keeps: false,
            noisy: 0,
            parent_error: f64::INFINITY,
            grandparent_error: f64::INFINITY,
            raw_error: f64::INFINITY,
            divergent: false,
            locate_from: 0,
            locating: false,
            next: Self::NONE,
        }
    }

    /// Becomes a child of `parent`, all but for what comes next. In place: made elsewhere it would be copied, and wait
    /// for what was just written.
    #[inline]
    pub fn descend(&mut self, parent: &Leaf, region: Region, edges: [bool; 2]) {
        self.region = Region { guarded: edges[0] || edges[1], ..region };
        self.swept = Swept::NOTHING;
        (self.edges, self.mismatches) = (edges, [0.0; 2]);
        self.depth = parent.depth + 1;
        (self.anchor, self.kept) = match self.depth.is_multiple_of(ANCHOR) {
            true => (parent.swept.magnitude, parent.keeps),
            false => (parent.anchor, parent.kept),
        };
        self.keeps = false;
        // As there was a limit there is one next to the same end of a part; and where numbers are few there is no other
        // way.
        let again = parent.swept.limited != [false; 2] && parent.is_of(FEW);
        self.levels_from = if again { 0 } else { parent.levels_from };
        (self.locate_from, self.noisy) = (parent.locate_from, parent.noisy);
        (self.grandparent_error, self.parent_error) = (parent.parent_error, parent.raw_error);
        (self.raw_error, self.divergent, self.locating) = (f64::INFINITY, false, false);
    }

    /// Takes a sweep: the better one, where levels were tried in place of the ladder.
    pub fn take(&mut self, swept: &Swept) {
        let tried = self.levels_from > self.depth
            && matches!(self.region.sweep, Sweep::Ladder { .. })
            && self.swept.evaluations > 0;
        // Where few numbers are left, the outermost term is no small one.
        let Region { lower, upper, .. } = self.region;
        let few = upper - lower < NARROWEST * lower.abs().max(upper.abs());
        // Nor do terms that are next to nothing beside what was seen before.
        let seen = self.swept.magnitude;
        let less = seen.is_finite() && swept.magnitude < f64::EPSILON * seen;
        self.divergent |= !(few || less) && swept.divergent && swept.error > 1e-3 * swept.magnitude;
        // Levels that do not converge understate their error, and are not taken.
        let converged = swept.error - swept.beyond < 1e-3 * swept.magnitude;
        // Nor is what would last, of them, where errors halve with the leaf, or at an end at which no singularity is
        // expected: it is that of a step next to the end.
        let halves = (self.raw_error / self.parent_error - 0.5).abs() < HALF;
        let inside = (0..2).any(|end| swept.limited[end] && !self.edges[end]);
        let lasts = 2.0 * swept.lasting() >= swept.error && swept.lasting() > LASTS * swept.magnitude;
        let better = swept.error < self.swept.error && converged && !((halves || inside) && lasts);
        if tried && !better && self.swept.error.is_finite() {
            return;
        }
        self.swept = *swept;
        if tried {
            return;
        }
        let q = (swept.error / self.parent_error).max((swept.error / self.grandparent_error).sqrt());
        self.raw_error = swept.error;
        if self.depth >= 3 && !swept.noisy {
            self.swept.error = unresolved(swept.error, q, swept.magnitude).max(swept.error);
            if swept.error > 1e-3 * swept.magnitude {
                self.swept.error = self.swept.error.max(self.left_by_halving(swept.magnitude, q));
            }
        }
        // Noise falls with the width alone, and is small: it was not, where a step next to an end was met at last.
        if swept.error > 1e-3 * swept.magnitude {
            self.noisy = 0;
        } else if q > 0.42 && swept.error < 1e-8 * swept.magnitude {
            self.noisy += 1;
        } else if q < 0.1 {
            self.noisy = self.noisy.saturating_sub(1);
        }
        if (self.depth + 1).is_multiple_of(ANCHOR)
            && swept.magnitude > 0.75 * self.anchor
            && swept.error > 1e-3 * swept.magnitude
        {
            // Once may be a step that close to an end, next to zeros.
            (self.keeps, self.divergent) = (true, self.divergent || self.kept);
        }
    }

    /// What all halvings to come leave of a magnitude that hardly falls with them, nor do errors, by q each; 0 where it
    /// does.
    fn left_by_halving(&self, magnitude: f64, q: f64) -> f64 {
        let halvings = f64::from(self.depth % ANCHOR + 1);
        let kept = (magnitude / self.anchor).powf(halvings.recip());
        if kept > STEEP { magnitude / (1.0 - kept.max(q).min(STEEPEST)) } else { 0.0 }
    }

    /// Whether the integral over it does not seem to exist.
    pub fn diverges(&self) -> bool {
        self.divergent
    }

    /// Whether there are no more than so many numbers in it.
    fn is_of(&self, numbers: f64) -> bool {
        let Region { lower, upper, .. } = self.region;
        upper - lower <= numbers * f64::EPSILON * lower.abs().max(upper.abs())
    }

    /// What it adds to the error, rounding apart.
    pub fn error(&self) -> f64 {
        self.swept.error + self.mismatches[0] + self.mismatches[1]
    }

    /// Whether it is worth a sweep of another kind, or halving.
    pub fn can_be_refined(&self) -> bool {
        let Region { lower, upper, .. } = self.region;
        if !(lower.is_finite() && upper.is_finite()) {
            return true;
        }
        let narrow = self.is_of(64.0) || self.region.width() <= LEAST;
        // Halving brings a jump where neighbours meet in between nodes, whatever else there is.
        let own = self.swept.error + self.swept.floor + self.swept.noise;
        let jumps = self.mismatches[0] + self.mismatches[1] > own;
        self.error() > 2.0 * self.swept.lasting()
            && (self.noisy < NOISY || jumps)
            && !narrow
            && self.middle() > lower
            && self.middle() < upper
    }

    fn may_have_levels(&self) -> bool {
        self.depth >= self.levels_from && self.region.map == Map::Plain
    }

    /// Whether it bends towards an edge, so that levels may serve it better.
    fn bends(&self) -> bool {
        let [lower, upper] = self.swept.singular;
        self.may_have_levels() && (lower && self.edges[0] || upper && self.edges[1])
    }

    /// Whether levels may serve it better as nothing else does.
    fn is_unresolved(&self) -> bool {
        let has_edge = self.edges[0] || self.edges[1];
        self.may_have_levels() && self.depth >= 2 && has_edge && self.raw_error > 1e-3 * self.swept.magnitude
    }

    /// Whether something at one place inside seems to keep the rules from converging.
    fn wants_a_place(&self) -> bool {
        let slow = self.swept.fall > 0.05 || self.depth >= 3 && self.raw_error > 0.1 * self.parent_error;
        slow && !self.swept.sparse && self.depth >= self.locate_from && self.region.map == Map::Plain
    }

    /// How it is refined; `auto` chooses among more than splitting.
    pub fn step(&self, auto: bool) -> Step {
        let Region { lower, upper, sweep, .. } = self.region;
        match sweep {
            Sweep::Ladder { .. } if auto && self.bends() => Step::TryLevels,
            Sweep::Levels if auto && self.is_singular_half_line() => Step::Part,
            Sweep::Levels if !(lower.is_finite() && upper.is_finite()) => Step::OpenUp(self.reach()),
            Sweep::Ladder { .. } if auto && self.wants_a_place() => Step::Locate,
            Sweep::Ladder { .. } if auto && self.is_unresolved() => Step::TryLevels,
            _ => Step::Bisect(if self.swept.sparse { MOST_PARTS } else { PARTS }),
        }
    }

    /// Whether levels over a half-line, whose end is not 0, left more at an end than there is between it and the next
    /// number where f is regular; or met what is no number there, wherever the end is.
    fn is_singular_half_line(&self) -> bool {
        let Region { lower, upper, .. } = self.region;
        let (end, edge) = if lower.is_finite() { (lower, 0) } else { (upper, 1) };
        let one_end = lower.is_finite() != upper.is_finite();
        let unit = Map::of(lower, upper).unit();
        let bad = self.swept.bad.is_some_and(|(x, _)| (x - end).abs() < unit);
        let least = if bad { NOTHING } else { REGULAR };
        let singular = self.swept.limited[edge] || self.swept.beyond > least * self.swept.magnitude;
        one_end && self.edges[edge] && singular && (end != 0.0 || bad)
    }

    /// How far t reaches down and up where an infinite range is opened up: as far as levels did, which end before a
    /// value that is not finite at terms that are nothing.
    pub fn reach(&self) -> [f64; 2] {
        let mut reach = self.swept.reach.map(|units| f64::from(units.max(1)));
        if let Some((point, _)) = self.swept.bad.filter(|_| self.swept.beyond <= NOTHING * self.swept.magnitude) {
            let t = Map::of(self.region.lower, self.region.upper).variable(point);
            let side = usize::from(t > 0.0);
            reach[side] = reach[side].min(t.abs() - LEVEL).max(LEVEL);
        }
        reach
    }

    pub fn place_tried(&mut self) {
        self.locate_from = self.depth + LOCATE_AGAIN;
    }

    pub fn levels_again(&mut self) {
        self.levels_from = 0;
    }

    pub fn levels_tried(&mut self) {
        self.levels_from = self.depth + AGAIN;
    }

    /// What may hide between the outermost nodes of this leaf and of its upper neighbour, neither of which sees it: the
    /// difference of their interpolants at the end they share, over the length without nodes.
    pub fn mismatch(&self, next: &Leaf) -> f64 {
        let apart = self.edges[1] || self.region.upper != next.region.lower || self.region.map != next.region.map;
        let jump = (self.swept.ends[1] - next.swept.ends[0]).abs();
        if apart || jump.is_nan() { 0.0 } else { jump * (self.swept.gap + next.swept.gap) }
    }

    /// What the last bit of the place where both leaves meet is worth, if that is a step.
    pub fn edge(&self, next: &Leaf) -> f64 {
        let jump = (self.swept.ends[1] - next.swept.ends[0]).abs();
        let at = if self.region.map == Map::Plain { self.region.upper.abs() } else { 0.0 };
        if self.edges[1] && jump.is_finite() { f64::EPSILON * at * jump } else { 0.0 }
    }

    pub fn middle(&self) -> f64 {
        0.5 * self.region.lower + 0.5 * self.region.upper
    }
}

/// The rung that a panel must reach, by its share of the whole, for 512 nodes on the whole: with 256 the third of
/// Kahaner's peaks is missed.
pub(super) fn least_rung(share: f64) -> u8 {
    match share {
        s if s > 0.2 => 3,
        s if s > 0.1 => 2,
        s if s > 0.05 => 1,
        _ => 0,
    }
}
