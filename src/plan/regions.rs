//! The plan of all adaptive methods: a list of regions, each swept once.

use crate::estimate::Tolerance;
use crate::rule::{MOST_EVALUATIONS, levels};

/// How the variable of a region becomes the variable of the integrand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Map {
    /// It is.
    Plain,
    /// x = from + direction · exp(π/2 sinh t): a half-line, in units of |direction|.
    Exp { from: f64, direction: f64 },
    /// x = sinh(π/2 sinh t): the line.
    Sinh,
}

impl Map {
    /// A half-line up (1) or down (-1) from an end.
    pub fn half_line(from: f64, direction: f64) -> Self {
        // Beyond 2^50 the distance 1 is lost.
        let unit = if from.abs() < 1e15 { 1.0 } else { from.abs() };
        Map::Exp { from, direction: direction * unit }
    }

    /// The distance from the end that t = 0 is at.
    pub fn unit(self) -> f64 {
        if let Map::Exp { direction, .. } = self { direction.abs() } else { 1.0 }
    }

    /// That of levels over an infinite range.
    pub fn of(lower: f64, upper: f64) -> Self {
        match (lower.is_finite(), upper.is_finite()) {
            (true, false) => Map::half_line(lower, 1.0),
            (false, true) => Map::half_line(upper, -1.0),
            _ => Map::Sinh,
        }
    }

    /// How far t reaches down and up before x is no number but 0 or infinity.
    pub fn most(self) -> [f64; 2] {
        // Its derivative by t is a number, too.
        const LN_MOST: f64 = 703.0;
        let most = |ln: f64| (ln * std::f64::consts::FRAC_2_PI).asinh();
        match self {
            Map::Plain => [f64::INFINITY; 2],
            Map::Exp { from, direction } => {
                let scale = direction.abs().ln();
                [if from == 0.0 { most(LN_MOST + scale) } else { f64::INFINITY }, most(LN_MOST - scale)]
            }
            Map::Sinh => [most(LN_MOST); 2],
        }
    }

    /// The integrand's variable at `t`.
    pub fn point(self, t: f64) -> f64 {
        let u = || std::f64::consts::FRAC_PI_2 * t.sinh();
        match self {
            Map::Plain => t,
            Map::Exp { .. } => self.of_exponential(u().exp()),
            Map::Sinh => u().sinh(),
        }
    }

    /// The t of a point.
    pub fn variable(self, x: f64) -> f64 {
        let u = match self {
            Map::Plain => return x,
            Map::Exp { from, direction } => ((x - from) / direction).ln(),
            Map::Sinh => x.asinh(),
        };
        (u * std::f64::consts::FRAC_2_PI).asinh()
    }

    /// The same by exp(π/2 sinh t) of an infinite range.
    pub fn of_exponential(self, e: f64) -> f64 {
        match self {
            Map::Exp { from, direction } => direction.mul_add(e, from),
            _ => 0.5 * (e - e.recip()),
        }
    }
}

/// What is done in a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sweep {
    /// The rungs of the plan's ladder, from the first to at least number `least`, then as long as the next is likely to
    /// do; or, if `eager`, all of them where no end is singular.
    Ladder { least: u8, eager: bool },
    /// Double-exponential levels over the region, which may be infinite.
    Levels,
    /// No sum: the place at which the integrand is least like a polynomial.
    Locate,
}

impl Sweep {
    /// How many evaluations it takes at most.
    pub fn most_evaluations(self) -> u64 {
        match self {
            Sweep::Ladder { .. } => MOST_EVALUATIONS,
            // In both directions: the base level, and as many again with each of the finer ones.
            Sweep::Levels => 2 * (8 << levels::FINER) * levels::UNITS as u64,
            // Brackets, the ends of guesses, and neighbours of the place.
            Sweep::Locate => 24 * 18 + 16,
        }
    }
}

/// An interval, what to do there, and the integral that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub lower: f64,
    pub upper: f64,
    pub map: Map,
    pub sweep: Sweep,
    /// Whether its ends are looked at more closely: they have no neighbour to compare with.
    pub guarded: bool,
    /// The index of its integral.
    pub integral: u32,
}

impl Region {
    /// An interval of x for the ladder.
    pub const fn plain(lower: f64, upper: f64) -> Self {
        Self {
            lower,
            upper,
            map: Map::Plain,
            sweep: Sweep::Ladder { least: 0, eager: true },
            guarded: true,
            integral: 0,
        }
    }

    /// An interval of x, finite or not, for double-exponential levels.
    pub fn levels(lower: f64, upper: f64) -> Self {
        Self { sweep: Sweep::Levels, ..Self::plain(lower, upper) }
    }

    /// Its length, in its own variable.
    pub fn width(&self) -> f64 {
        self.upper - self.lower
    }
}

/// Regions to sweep, in order, and the tolerance at which the sweep of a region is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Regions<'a> {
    pub list: &'a [Region],
    pub tolerance: Tolerance,
}

/// The outcome of one sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Swept {
    pub estimate: f64,
    /// What the error model makes of the differences; zero where rounding explains them.
    pub error: f64,
    /// What rounding adds to that: no refinement removes it.
    pub floor: f64,
    /// Of a weighted panel the rounding of its values; else 0.
    pub noise: f64,
    /// The part of `error` that no refinement removes: what lies beyond the last number before an end.
    pub beyond: f64,
    /// The integral of |f|.
    pub magnitude: f64,
    pub evaluations: u32,
    /// Whether these are levels.
    pub levels: bool,
    /// Whether all values were the same; or what there was of variation was not resolved, though it met the tolerance.
    pub constant: bool,
    /// Whether the integrand bends more and more towards the lower and the upper end.
    pub singular: [bool; 2],
    /// Whether the terms of the levels do not fall towards the lower and the upper end.
    pub divergent: bool,
    /// Whether these terms are of both signs.
    pub oscillates: bool,
    /// Whether they are zero from some place far out on, beside terms that count.
    pub vanishes: bool,
    /// What the interpolant says at the lower and the upper end (of f dx/dt where mapped), and the length next to each
    /// in which there is no node. Of levels f where they end; NaN where nothing is said.
    pub ends: [f64; 2],
    pub gap: f64,
    /// Whether the error is noise of values, which no refinement removes.
    pub noisy: bool,
    /// Units of t that the levels used, downward and upward.
    pub reach: [u8; 2],
    /// Whether limits stand for what is next to the lower and the upper end.
    pub limited: [bool; 2],
    /// Whether the finest components that are seen are about as large as any: the nodes are too few for it to look
    /// smooth.
    pub sparse: bool,
    /// What the last step left of the raw error of the one before; NaN without one.
    pub fall: f64,
    /// The largest less the smallest value, times the length; NaN where that was not looked at.
    pub variation: f64,
    /// What an expansion does not resolve, in units of the largest value.
    pub unresolved: f64,
    /// The place that was looked for, and how closely it is known: 0 for to the last bit.
    pub place: Option<(f64, f64)>,
    /// A node at which the integrand is not finite, and the value there.
    pub bad: Option<(f64, f64)>,
}

/// Evaluations of all these sweeps.
pub(crate) fn evaluations_of(swept: &[Swept]) -> u64 {
    swept.iter().map(|one| u64::from(one.evaluations)).sum()
}

impl Swept {
    /// The error that no refinement removes.
    pub fn lasting(&self) -> f64 {
        self.floor + if self.noisy { self.error } else { self.beyond }
    }

    /// Before anything is known.
    pub const NOTHING: Swept = Swept {
        estimate: 0.0,
        error: f64::INFINITY,
        floor: 0.0,
        noise: 0.0,
        beyond: 0.0,
        magnitude: f64::INFINITY,
        evaluations: 0,
        levels: false,
        constant: false,
        singular: [false; 2],
        divergent: false,
        oscillates: false,
        vanishes: false,
        ends: [f64::NAN; 2],
        gap: 0.0,
        noisy: false,
        reach: [0; 2],
        limited: [false; 2],
        sparse: false,
        fall: f64::NAN,
        variation: f64::NAN,
        unresolved: f64::NAN,
        place: None,
        bad: None,
    };
}
