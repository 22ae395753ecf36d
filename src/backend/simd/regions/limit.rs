//! The integral up to a singular end next to which numbers are sparse, as the limit of integrals that stop short of it.
//!
//! Next to c numbers are an ulp of c apart, so that a value at a distance δ is off by up to ulp/δ of itself: of 1/√δ a share √ulp cannot be summed.
//! Farther out values are good. The integrals from δ = L/2, L/4, L/8, … to L lack a sum of geometric terms, one for each power (with or without a
//! logarithm) that f is made of, smooth parts among them; and these the epsilon algorithm removes (P. Wynn, 1956, <https://doi.org/10.2307/2002183>).
//!
//! What noise makes of that is seen: seven of eight lanes have panels that are off by their noise, up or down, each by a pattern of its own. Whether
//! f goes on as it does is asked of panels farther in, down to the last numbers, as far as noise lets them say so.

use super::{Desk, SimdRegions};
use crate::estimate::{Tolerance, larger, lesser};
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::plan::{Region, Sweep, Swept};
use crate::rule::{FEJER, Vector};

/// The integral from an end to some distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub estimate: f64,
    /// What noise and the extrapolation leave.
    pub error: f64,
    /// What the rules leave on panels.
    pub unresolved: f64,
    pub magnitude: f64,
}

/// Panels that are extrapolated: beyond is noise.
const EXTRAPOLATED: usize = 28;
/// The most panels: as many as there are binary digits, and some.
const MOST: usize = 60;
/// Columns of the table that are believed at all.
const COLUMNS: usize = 24;
/// The least panels that an answer is seen in.
const LEAST: usize = 6;

/// In units of half an ulp of the end: where there are too few numbers in a panel.
const LAST: f64 = 64.0;

/// The share of the bound on noise that patterns are made of: nodes of a panel are not all rounded to one side. One lane has all of it.
const SHARE: f64 = 0.25;

/// What rules make of noise, in units of it, at most.
const SEEN: f64 = 4.0;

/// How often the largest deviation of the lanes is claimed.
const SPREAD: f64 = 2.0;

/// By how much that may change, in units of the least change before and of noise.
const GROWTH: f64 = 1.05;
const NOISY: f64 = 2.0;
/// So many of the panels that are used have to go on, too.
const LAST_USED: usize = 6;

impl SimdRegions<'_> {
    /// The integral over `length`, a power of two or its negative, from an end that is off by `least` at most; if f goes on as it does.
    pub(super) fn limit(&self, end: f64, length: f64, least: f64, evaluations: &mut u32, desk: &mut Desk) -> Option<Limit> {
        let kernel = SimdRegions { ladder: &FEJER, ..*self };
        let mut panels = [Swept::NOTHING; MOST];
        let (mut count, mut far) = (0, length);
        for panel in &mut panels {
            let near = 0.5 * far;
            if near.abs() < LAST * least {
                break;
            }
            let (lower, upper) = if far > 0.0 { (end + near, end + far) } else { (end + far, end + near) };
            let sweep = Sweep::Ladder { least: 0, eager: false };
            let region = Region { sweep, guarded: false, ..Region::plain(lower, upper) };
            // No more than noise leaves.
            let tolerance = Tolerance { absolute: 0.0, relative: larger(1e-14, 4.0 * least / near.abs()) };
            kernel.climb(&region, (0, false), tolerance, desk, None, panel);
            *evaluations += panel.evaluations;
            (count, far) = (count + 1, near);
        }
        let panels = &panels[..count];
        let off = |panel: &Swept| larger(panel.noise, panel.error / SEEN) + panel.floor;
        let mut sums = [[0.0; LANES]; EXTRAPOLATED];
        let mut sum = [0.0; LANES];
        for (k, (panel, place)) in panels.iter().zip(&mut sums).enumerate() {
            for (lane, sum) in sum.iter_mut().enumerate() {
                *sum += panel.estimate + pattern(lane, k) * off(panel);
            }
            *place = sum;
        }
        let sums = &sums[..count.min(EXTRAPOLATED)];
        let mut entries = dispatch!(self.token, simd => extrapolated(simd, sums));
        entries.retain(|entry| entry.error.is_finite());
        entries.sort_by(|a, b| a.error.total_cmp(&b.error));
        let Entry { estimate, error, used } = entries.into_iter().find(|entry| goes_on(panels, entry, off))?;
        let magnitude = panels.iter().map(|panel| panel.magnitude).sum();
        let unresolved = |panel: &Swept| (panel.error - SEEN * panel.noise).max(0.0);
        let unresolved = panels[..used].iter().map(unresolved).sum();
        Some(Limit { estimate, error, unresolved, magnitude })
    }
}

/// By how much, in units of its noise, a panel is off in a lane: the signs of Walsh's functions; in the last, all the same.
fn pattern(lane: usize, panel: usize) -> f64 {
    match lane {
        0 => 0.0,
        7 => 1.0,
        _ if (lane & panel).count_ones() % 2 == 0 => SHARE,
        _ => -SHARE,
    }
}

/// An entry of the table, what is claimed of it, and how many sums it is of.
#[derive(Clone, Copy)]
struct Entry {
    estimate: f64,
    error: f64,
    used: usize,
}

/// The limits of sums: for each number of them the entry of the table that claims least.
#[inline(always)]
fn extrapolated<S: Simd>(simd: S, sums: &[Vector]) -> Vec<Entry> {
    let zero = Lanes::splat(simd, 0.0);
    // Diagonals of the table: the one that ends at this sum, and the two before.
    let mut diagonals = [[zero; EXTRAPOLATED]; 3];
    let mut entries = Vec::with_capacity(sums.len());
    for (n, &sum) in sums.iter().enumerate() {
        diagonals.rotate_right(1);
        let [now, before, earlier] = &mut diagonals;
        now[0] = Lanes::from_array(simd, sum);
        let mut best = Entry { estimate: f64::NAN, error: f64::INFINITY, used: n + 1 };
        for column in 1..=n.min(COLUMNS) {
            let step = (now[column - 1] - before[column - 1]).recip();
            now[column] = if column > 1 { before[column - 2] + step } else { step };
            if column % 2 == 1 || n < LEAST || column + 2 > n {
                continue;
            }
            let lanes = now[column].to_array();
            let estimate = lanes[0];
            let spread = lanes.iter().fold(0.0, |most, lane| larger(most, (lane - estimate).abs()));
            let apart = |other: &Lanes<S>| (other.to_array()[0] - estimate).abs();
            let error = apart(&before[column]) + apart(&earlier[column]) + apart(&before[column - 2]) + SPREAD * spread;
            if lanes.iter().all(|lane| lane.is_finite()) && error < best.error {
                best = Entry { estimate, error, ..best };
            }
        }
        entries.push(best);
    }
    entries
}

/// Whether what sums lack of the limit, in units of the last panel, changes less and less from the last that are used on, as far as noise
/// lets that be seen.
fn goes_on(panels: &[Swept], entry: &Entry, off: impl Fn(&Swept) -> f64) -> bool {
    let (mut sum, mut noise, mut before, mut least) = (0.0, entry.error, f64::NAN, f64::INFINITY);
    for (k, panel) in panels.iter().enumerate() {
        sum += panel.estimate;
        noise += off(panel);
        if k + LAST_USED < entry.used {
            continue;
        }
        let rest = (entry.estimate - sum) / panel.estimate;
        let unknown = (noise + off(panel) * rest.abs()) / panel.estimate.abs();
        if unknown > 0.5 {
            break;
        }
        let change = (rest - before).abs();
        if change > GROWTH * least + NOISY * unknown {
            return false;
        }
        if !change.is_nan() {
            least = lesser(least, change + NOISY * unknown);
        }
        before = rest;
    }
    true
}
