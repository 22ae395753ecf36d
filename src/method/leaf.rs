//! A leaf: a region of the mesh, its last sweep, and what is known from its ancestors.

use crate::plan::{Map, Region, Sweep, Swept};

/// A region and what is known about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf {
    pub region: Region,
    pub swept: Swept,
    /// Whether its ends are ends of the whole, break points, or points cut out: where singularities are expected.
    pub edges: [bool; 2],
    depth: u16,
    /// The depth from which levels may be tried again.
    levels_from: u16,
    /// The magnitude of its ancestor a few levels up.
    anchor: f64,
    /// Generations in which halving did not help, the error being small.
    noisy: u8,
    parent_error: f64,
    divergent: bool,
}

/// Generations after which a magnitude that has not fallen says that the integral diverges.
const ANCHOR: u16 = 12;

/// Levels are tried at an edge, and again so many generations later.
const AGAIN: u16 = 4;

impl Leaf {
    pub fn new(region: Region, edges: [bool; 2]) -> Self {
        const NOTHING: Swept = Swept {
            estimate: 0.0,
            error: f64::INFINITY,
            floor: 0.0,
            magnitude: f64::INFINITY,
            evaluations: 0,
            constant: false,
            singular: [false; 2],
            divergent: false,
            reach: [0; 2],
            bad: None,
        };
        Self {
            region,
            swept: NOTHING,
            edges,
            depth: 0,
            levels_from: 0,
            anchor: f64::INFINITY,
            noisy: 0,
            parent_error: f64::INFINITY,
            divergent: false,
        }
    }

    pub fn child(&self, region: Region, edges: [bool; 2]) -> Self {
        let depth = self.depth + 1;
        let anchor = if depth.is_multiple_of(ANCHOR) { self.swept.magnitude } else { self.anchor };
        Self { depth, anchor, levels_from: self.levels_from, noisy: self.noisy, parent_error: self.swept.error, ..Self::new(region, edges) }
    }

    /// Takes a sweep: the better one, where levels were tried in place of the ladder.
    pub fn take(&mut self, swept: Swept) {
        let tried = self.levels_from > self.depth && matches!(self.region.sweep, Sweep::Ladder { .. }) && self.swept.evaluations > 0;
        self.divergent |= swept.divergent && swept.error > 1e-3 * swept.magnitude;
        if tried && !(swept.error < self.swept.error) && self.swept.error.is_finite() {
            return;
        }
        self.swept = swept;
        if tried {
            return;
        }
        let slow = swept.error > 0.42 * self.parent_error && swept.error < 1e-4 * swept.magnitude;
        self.noisy = if slow { self.noisy + 1 } else { 0 };
        if (self.depth + 1).is_multiple_of(ANCHOR) && swept.magnitude > 0.75 * self.anchor && swept.error > 1e-3 * swept.magnitude {
            self.divergent = true;
        }
    }

    /// Whether the integral over it does not seem to exist.
    pub fn diverges(&self) -> bool {
        self.divergent
    }

    /// Whether it is worth a sweep of another kind, or halving.
    pub fn can_be_refined(&self) -> bool {
        let Region { lower, upper, .. } = self.region;
        let narrow = self.region.width() <= 64.0 * f64::EPSILON * lower.abs().max(upper.abs());
        self.swept.error > 2.0 * self.swept.floor && self.noisy < 3 && !narrow && self.middle() > lower && self.middle() < upper
    }

    pub fn wants_levels(&self) -> bool {
        let [lower, upper] = self.swept.singular;
        self.depth >= self.levels_from
            && self.region.map == Map::Plain
            && (lower && self.edges[0] || upper && self.edges[1])
    }

    pub fn levels_tried(&mut self) {
        self.levels_from = self.depth + AGAIN;
    }

    pub fn middle(&self) -> f64 {
        0.5 * self.region.lower + 0.5 * self.region.upper
    }
}

/// The rung that a panel must reach, by its share of the whole, for 256 nodes on the whole.
pub(super) fn least_rung(share: f64) -> u8 {
    match share {
        s if s > 0.4 => 3,
        s if s > 0.2 => 2,
        s if s > 0.1 => 1,
        _ => 0,
    }
}
