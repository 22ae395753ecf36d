//! The integral up to a singular end next to which numbers are sparse, as the limit of integrals that stop short of it.
//!
//! Next to c numbers are an ulp of c apart, so that the last that can be summed of 1/√δ leaves a share √ulp of the
//! integral. The integrals from δ = L/2, L/4, L/8, … to L lack a sum of geometric terms, one for each power (with or
//! without a logarithm) that f is made of, smooth parts among them; and these the epsilon algorithm removes (P. Wynn,
//! 1956, <https://doi.org/10.2307/2002183>). Panels end at numbers, and so do their nodes: no value is of another point.
//!
//! What noise of values makes of that is seen: seven of eight lanes have panels that are off by as much as null rules find
//! in them, up or down, each by a pattern of its own. Whether f goes on as it does is asked of all panels farther in, and
//! of values down to the last number before c.

mod epsilon;
mod nearest;

use self::epsilon::{Entry, LEAST, limits};
use self::nearest::{Nearest, Settling, VALUES};
use super::{Desk, SimdRegions};
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::rule::dyadic::{DYADIC, Dyadic, ROWS};
use crate::rule::MOST_VECTORS;

/// The integral from an end to some distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub estimate: f64,
    pub error: f64,
    /// Whether f is not resolved where panels are widest, so that shorter ones may do.
    pub coarse: bool,
    pub magnitude: f64,
}

/// The most panels, and how far out they reach at most, in units of half the distance of numbers.
const MOST: usize = 56;
pub(super) const FARTHEST: f64 = (1u64 << 60) as f64;

/// The ratio of panels above which an integral is not known to exist: f may be 1/δ.
const SMALLER: f64 = 0.9985;


/// Rounding of the sum over a panel, in units of it: it is claimed like noise.
const ROUNDING: f64 = 2.0 * f64::EPSILON;

/// So many of the panels that a limit is of have to go on, too.
const BEFORE: usize = 6;
/// The noise of single values, in units of what panels have at that distance.
const SINGLE: f64 = 4.0;

/// A panel: its integral, and what it may be off by.
#[derive(Clone, Copy, Debug, Default)]
struct Panel {
    estimate: f64,
    off: f64,
    magnitude: f64,
    /// What its values say of those at its ends, the one that is nearer to c first.
    ends: [f64; 2],
}

impl SimdRegions<'_> {
    /// The integral over `length`, a power of two or its negative, from an end next to which the numbers are twice `least`
    /// apart; if f goes on as it does.
    pub(super) fn limit(
        &self,
        end: f64,
        length: f64,
        least: f64,
        evaluations: &mut u32,
        desk: &mut Desk,
    ) -> Option<Limit> {
        let (nearest, outermost) = self.next_to(end, length, 2.0 * least, desk);
        *evaluations += (LANES * VALUES) as u32;
        if !nearest.is_singular() {
            return None;
        }
        let mut panels = [Panel::default(); MOST];
        let finest = 2.0 * least / DYADIC.finest;
        let count = (0..MOST).take_while(|&k| length.abs() * near(k) >= finest).count();
        let mut done = 0;
        for batch in panels[..count].chunks_mut(MOST_VECTORS / ROWS) {
            dispatch!(self.token, simd => self.sum(simd, (end, length), done, batch, desk));
            done += batch.len();
        }
        *evaluations += (LANES * ROWS * count) as u32;
        let panels = &mut panels[..count];
        if count < LEAST || panels.iter().any(|panel| !panel.off.is_finite()) {
            return None;
        }
        let shift = nearest.shift(SINGLE * noise(panels) * near(count - 1) * length.abs() / (2.0 * least))?;
        for panel in panels.iter_mut() {
            panel.off += 2.0 * least * shift * (panel.ends[0] - panel.ends[1]).abs();
        }
        let mut entries = [Entry::NONE; MOST];
        let number = dispatch!(self.token, simd => limits(simd, panels, &mut entries));
        let entries = &mut entries[..number];
        entries.sort_unstable_by(|a, b| a.error.total_cmp(&b.error));
        let &Entry { estimate, error, .. } = entries.iter().find(|entry| goes_on(panels, entry, entries))?;
        let coarse = panels[..BEFORE].iter().map(|panel| panel.off).sum::<f64>() > 0.1 * error;
        let magnitude = panels.iter().map(|panel| panel.magnitude).sum::<f64>() + (estimate - total(panels)).abs();
        let error = error + hidden(panels, outermost) * length.abs() + ROUNDING * estimate.abs();
        Some(Limit { estimate, error, coarse, magnitude })
    }

    /// Sets panels, from number `first` on.
    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, (end, length): (f64, f64), first: usize, panels: &mut [Panel], desk: &mut Desk) {
        let zero = Lanes::splat(simd, 0.0);
        let Dyadic { nodes, weights, nulls, ends, .. } = DYADIC;
        let rows = ROWS * panels.len();
        for (k, points) in desk.points[..rows].chunks_exact_mut(ROWS).enumerate() {
            let width = length * near(first + k);
            for (point, node) in points.iter_mut().zip(nodes) {
                *point = ((Lanes::from_array(simd, *node) + 1.0) * width + end).to_array();
            }
        }
        self.values.values(&desk.points[..rows], &mut desk.values[..rows]);
        for ((k, panel), values) in panels.iter_mut().enumerate().zip(desk.values.chunks_exact(ROWS)) {
            let width = length.abs() * near(first + k);
            let mut sums = [zero; 8];
            for (row, value) in values.iter().enumerate() {
                let value = Lanes::from_array(simd, *value);
                let weight = Lanes::from_array(simd, weights[row]);
                sums[0] = value.fma(weight, sums[0]);
                sums[1] = value.abs().fma(weight, sums[1]);
                for (sum, rule) in sums[2..].iter_mut().zip(nulls.iter().chain(&ends)) {
                    *sum = value.fma(Lanes::from_array(simd, rule[row]), *sum);
                }
            }
            let [estimate, magnitude, a, b, c, d, nearer, farther] = Lanes::totals(sums);
            // The deviation of a value; and that of the sum, by weights whose squares come to 1/20.
            let noise = (0.25 * (a * a + b * b + c * c + d * d)).sqrt();
            let off = (0.22 * noise + ROUNDING * magnitude) * width;
            let ends = [nearer, farther];
            *panel = Panel { estimate: estimate * width, off, magnitude: magnitude * width, ends };
        }
    }

    /// Values next to the end, of which the numbers are a `step` apart; and that at `length`.
    fn next_to(&self, end: f64, length: f64, step: f64, desk: &mut Desk) -> (Nearest, f64) {
        let points = desk.points[..VALUES].as_flattened_mut();
        let steps = Nearest::steps();
        for (point, steps) in points.iter_mut().zip(steps) {
            *point = end + step.copysign(length) * steps;
        }
        points[steps.len()] = end + length;
        self.values.values(&desk.points[..VALUES], &mut desk.values[..VALUES]);
        let values = desk.values[..VALUES].as_flattened();
        (Nearest(std::array::from_fn(|k| values[k])), values[steps.len()])
    }
}

/// What may be hidden between the nodes of neighbours, in units of the length: by what they say of their common ends.
fn hidden(panels: &[Panel], outermost: f64) -> f64 {
    let mut outer = outermost;
    let between = panels.iter().enumerate().map(|(k, panel)| {
        let apart = (panel.ends[1] - outer).abs();
        outer = panel.ends[0];
        3.0 * DYADIC.finest * near(k) * apart
    });
    between.sum()
}

/// Where a panel begins, in units of where the first ends.
fn near(panel: usize) -> f64 {
    f64::from_bits((1022 - panel as u64) << 52)
}

fn total(panels: &[Panel]) -> f64 {
    panels.iter().map(|panel| panel.estimate).sum()
}

/// The noise of values in the panel that is nearest, in units of them. That of values times their distance is what
/// rounding of the distance makes, in all of the last panels alike; but where there is a step in one of them.
fn noise(panels: &[Panel]) -> f64 {
    let mut each = [0.0; BEFORE];
    for (k, (noise, panel)) in each.iter_mut().zip(panels.iter().rev()).enumerate() {
        *noise = panel.off / panel.estimate.abs() * (1u32 << k) as f64;
    }
    each.sort_unstable_by(f64::total_cmp);
    each[BEFORE / 2 - 1]
}

/// Whether panels farther in than those of a limit come to the same; and they, and what sums lack of the limit, change less
/// and less from one to the next.
fn goes_on(panels: &[Panel], entry: &Entry, entries: &[Entry]) -> bool {
    let Entry { estimate, error, used } = *entry;
    // Where panels do not become smaller there is no integral.
    if panels[used - 1].estimate.abs() > SMALLER * panels[used - 2].estimate.abs() {
        return false;
    }
    let mut farther_in = entries.iter().filter(|other| other.used > used);
    if !farther_in.all(|other| (other.estimate - estimate).abs() <= 2.0 * other.error + error) {
        return false;
    }
    let from = used.saturating_sub(BEFORE);
    let (mut ratios, mut rests) = (Settling::new(), Settling::new());
    let (mut sum, mut off) = (total(&panels[..from]), 0.0);
    for (k, panel) in panels.iter().enumerate().skip(from) {
        sum += panel.estimate;
        off += panel.off;
        let rest = (estimate - sum) / panel.estimate;
        let unknown = (error + off) / panel.estimate.abs();
        let single = panel.off / panel.estimate.abs();
        let ratio = if k > from { panel.estimate / panels[k - 1].estimate } else { f64::NAN };
        if !(ratios.goes_on(ratio, 3.0 * single) && rests.goes_on(rest, 2.0 * (unknown + single * rest.abs()))) {
            return false;
        }
    }
    true
}
