//! The integral up to a singular end next to which numbers are sparse, as the limit of integrals that stop short of it.
//!
//! Next to c numbers are an ulp of c apart, so that a value at a distance δ is off by up to ulp/δ of itself: of 1/√δ a share √ulp cannot be summed.
//! Farther out values are good. The integrals from δ = L/2, L/4, L/8, … to L lack a sum of geometric terms, one for each power (with or without a
//! logarithm) that f is made of, smooth parts among them; and these the epsilon algorithm removes (P. Wynn, 1956, <https://doi.org/10.2307/2002183>).
//!
//! What noise makes of that is seen: seven of eight lanes have panels that are off by their noise, up or down, each by a pattern of its own. Whether
//! f goes on as it does is asked of panels farther in, down to the last numbers, as far as noise lets them say so.

use super::{Desk, SimdRegions};
use crate::estimate::{Tolerance, larger};
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

/// By how much ratios of panels may change, in units of their changes before and of noise.
const CHANGE: f64 = 2.0;
const NOISY: f64 = 2.0;

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
        let (estimate, error, used) = dispatch!(self.token, simd => extrapolated(simd, sums))?;
        let g = goes_on(panels, used, off);
        if std::env::var("DBG").is_ok() { eprintln!("limit {end} {length} est {estimate:e} error {error:e} used {used} of {count} goes {g}"); 
            for (k, p) in panels.iter().enumerate() { eprintln!("   {k} {:e} err {:e} noise {:e} floor {:e} ev {} ratio {}", p.estimate, p.error, p.noise, p.floor, p.evaluations, if k > 0 { p.estimate / panels[k-1].estimate } else { 0.0 }); } }
        if !g {
            return None;
        }
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

/// The limit of sums, what is claimed of it, and how many of them it is of: of all entries of the table that which claims least.
#[inline(always)]
fn extrapolated<S: Simd>(simd: S, sums: &[Vector]) -> Option<(f64, f64, usize)> {
    let zero = Lanes::splat(simd, 0.0);
    // Diagonals of the table: the one that ends at this sum, and the two before.
    let mut diagonals = [[zero; EXTRAPOLATED]; 3];
    let mut best: Option<(f64, f64, usize)> = None;
    for (n, &sum) in sums.iter().enumerate() {
        diagonals.rotate_right(1);
        let [now, before, earlier] = &mut diagonals;
        now[0] = Lanes::from_array(simd, sum);
        for column in 1..=n.min(COLUMNS) {
            let step = (now[column - 1] - before[column - 1]).recip();
            now[column] = if column > 1 { before[column - 2] + step } else { step };
            if column % 2 == 1 || n < LEAST || column + 2 > n {
                continue;
            }
            let lanes = now[column].to_array();
            let limit = lanes[0];
            let spread = lanes.iter().fold(0.0, |most, lane| larger(most, (lane - limit).abs()));
            let apart = |other: &Lanes<S>| (other.to_array()[0] - limit).abs();
            let claim = apart(&before[column]) + apart(&earlier[column]) + apart(&before[column - 2]) + SPREAD * spread;
            if lanes.iter().all(|lane| lane.is_finite()) && best.is_none_or(|(_, least, _)| claim < least) {
                best = Some((limit, claim, n + 1));
            }
        }
    }
    best
}

/// Whether the ratio of a panel to the one before goes on changing less and less, as far as noise lets that be seen.
fn goes_on(panels: &[Swept], used: usize, off: impl Fn(&Swept) -> f64) -> bool {
    let noise = |panel: &Swept| off(panel) / panel.estimate.abs();
    let change = |three: &[Swept]| (three[2].estimate / three[1].estimate - three[1].estimate / three[0].estimate).abs();
    let last = used.saturating_sub(4);
    let seen = panels[last..used].windows(3).map(change).fold(0.0, larger);
    panels[used - 2..].windows(3).all(|three| {
        let noise: f64 = three.iter().map(noise).sum();
        noise > 0.5 || change(three) <= CHANGE * seen + NOISY * noise
    })
}
