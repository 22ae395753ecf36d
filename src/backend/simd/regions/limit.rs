//! The integral up to a singular end next to which numbers are sparse, as the limit of integrals that stop short of it.
//!
//! Next to c numbers are an ulp of c apart, so that the last that can be summed of 1/√δ leaves a share √ulp of the
//! integral. The integrals from δ = L/2, L/4, L/8, … to L lack a sum of geometric terms, one for each power (with or
//! without a logarithm) that f is made of, smooth parts among them; and these the epsilon algorithm removes (P. Wynn,
//! 1956, <https://doi.org/10.2307/2002183>). Panels end at numbers, and so do their nodes: no value is of another
//! point.
//!
//! What noise of values makes of that is seen: seven of eight lanes have panels that are off by as much as null rules
//! find in them, up or down, each by a pattern of its own. Whether f goes on as it does is asked of all panels farther
//! in, and of values down to the last number before c.

mod epsilon;
mod nearest;

use self::epsilon::{ENTRIES, Entry, FEWEST, LEAST, limits};
use self::nearest::{NOISY, Nearest, Settling, VALUES};
use super::{Desk, SimdRegions};
use crate::estimate::lesser;
use crate::lanes::{LANES, Lanes, Simd, dispatch};
use crate::rule::MOST_VECTORS;
use crate::rule::dyadic::{DYADIC, Dyadic, ROWS};

/// The integral from an end to some distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub estimate: f64,
    pub error: f64,
    /// What of it no refinement removes: nothing where f is not resolved in the widest panels, as shorter ones may do.
    pub lasting: f64,
    pub magnitude: f64,
}

/// The most panels, and how far out they reach at most, in units of the distance of numbers.
const MOST: usize = 51;
pub(super) const FARTHEST: f64 = (1u64 << 59) as f64;
const _: () = assert!(FARTHEST * DYADIC.finest == (1u64 << MOST) as f64);

/// The ratio of panels above which an integral is not known to exist: f may be 1/δ.
const SMALLER: f64 = 0.9985;
/// The share of its distance from 1 that has to remain where it tends to; and the change of that distance, as a share
/// of it, that is taken for none.
const APART: f64 = 0.7;
const NO_CHANGE: f64 = 1e-3;

/// Rounding of the sum over a panel, in units of it: it is claimed like noise.
const ROUNDING: f64 = 2.0 * f64::EPSILON;

/// So many of the panels that a limit is of have to go on, too.
const BEFORE: usize = 6;
const _: () = assert!(LEAST > BEFORE);

/// A claim, as a share of the integral of |f|, beyond which nothing is known of that.
const NOTHING: f64 = 0.1;

/// How much more of a panel noise is where f is not resolved, than where it is noise.
const UNRESOLVED: f64 = 16.0;

/// By how much noise of values may set the interpolants of neighbours apart where they meet, in units of it.
const AT_ENDS: f64 = 10.0;

/// What functions round is seen where nodes are any numbers: in the last panel, and in others that are of no power of
/// two, whose widths are these times the least. A step in f is in one of them alone, and rounding may be blind to one.
const BESIDE: [f64; 2] = [3.0, 7.0];

/// In steps: where rounding leaves no values, those farther out are asked.
const FARTHER: f64 = 256.0;

/// The integral of f from a distance to twice that, and what it may be off by.
#[derive(Clone, Copy, Debug, Default)]
struct Panel {
    width: f64,
    estimate: f64,
    magnitude: f64,
    /// By noise of its values.
    noise: f64,
    /// By an end that is off by a rounding.
    shift: f64,
    /// What its values say of those at its ends, the one that is nearer to c first.
    ends: [f64; 2],
}

impl Panel {
    fn off(&self) -> f64 {
        self.noise + self.shift.abs()
    }
}

impl SimdRegions<'_> {
    /// The integral over `length`, a power of two or its negative, from an end next to which the numbers are a `step`
    /// apart; if f goes on as it does.
    pub(super) fn limit(
        &self,
        end: f64,
        length: f64,
        step: f64,
        evaluations: &mut u32,
        desk: &mut Desk,
    ) -> Option<Limit> {
        let step = step.copysign(length);
        let finest = step / DYADIC.finest;
        let count = (length / finest).log2().round() as usize;
        if count < FEWEST {
            return None;
        }
        let (nearest, outermost) = self.next_to(end, length, step, desk);
        *evaluations += (LANES * VALUES) as u32;
        if !nearest.are_finite() {
            return self.limit(end, length, FARTHER * step, evaluations, desk);
        }
        if !nearest.grow(outermost) {
            return None;
        }
        let mut panels = [Panel::default(); MOST + BESIDE.len()];
        for (k, panel) in panels[..count].iter_mut().enumerate() {
            panel.width = length * halved(k + 1);
        }
        for (panel, width) in panels[count..].iter_mut().zip(BESIDE) {
            panel.width = width * finest;
        }
        let panels = &mut panels[..count + BESIDE.len()];
        for batch in panels.chunks_mut(MOST_VECTORS / ROWS) {
            dispatch!(self.token, simd => self.sum(simd, end, batch, desk));
        }
        *evaluations += (LANES * ROWS * panels.len()) as u32;
        if panels.iter().any(|panel| !panel.noise.is_finite()) {
            return None;
        }
        let share = |panel: &Panel| panel.noise / panel.estimate.abs();
        // The noise of values times their distance is what rounding of the distance makes.
        let mut rounding = [count - 1, count, count + 1].map(|k| share(&panels[k]) * panels[k].width / step);
        rounding.sort_unstable_by(f64::total_cmp);
        let panels = &mut panels[..count];
        if !vanish(panels) {
            return None;
        }
        let everywhere = panels.iter().map(share).fold(f64::INFINITY, lesser);
        let shift = step * nearest.shift(rounding[1], everywhere)?;
        for panel in panels.iter_mut() {
            panel.shift = shift * (panel.ends[1] - panel.ends[0]);
        }
        let mut entries = [Entry::NONE; ENTRIES];
        let entries = dispatch!(self.token, simd => limits(simd, panels, &mut entries));
        entries.sort_unstable_by(|a, b| a.error.total_cmp(&b.error));
        let &Entry { estimate, error, .. } = entries.iter().find(|entry| goes_on(panels, entry, entries))?;
        let widest = &panels[..BEFORE];
        let coarse = widest.iter().any(|panel| share(panel) > UNRESOLVED * everywhere)
            && widest.iter().map(|panel| panel.noise).sum::<f64>() > 0.1 * error;
        let magnitude = panels.iter().map(|panel| panel.magnitude).sum::<f64>() + (estimate - total(panels)).abs();
        let error = error + hidden(panels, outermost) + ROUNDING * estimate.abs();
        // What neighbours are apart by farther in is of roundings.
        let lasting = if coarse { 0.0 } else { error - hidden(widest, outermost) };
        (error < NOTHING * magnitude).then_some(Limit { estimate, error, lasting, magnitude })
    }

    /// Sets panels of given widths.
    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, end: f64, panels: &mut [Panel], desk: &mut Desk) {
        let zero = Lanes::splat(simd, 0.0);
        let Dyadic { nodes, weights, nulls, ends, .. } = DYADIC;
        let rows = ROWS * panels.len();
        for (panel, points) in panels.iter().zip(desk.points[..rows].chunks_exact_mut(ROWS)) {
            for (point, node) in points.iter_mut().zip(nodes) {
                *point = ((Lanes::from_array(simd, *node) + 1.0) * panel.width + end).to_array();
            }
        }
        self.values.values(&desk.points[..rows], &mut desk.values[..rows]);
        for (panel, values) in panels.iter_mut().zip(desk.values.chunks_exact(ROWS)) {
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
            // The deviation of a value, by the mean of four of normal distribution: squares overflow. That of the sum
            // is no less, as all that round alike at such nodes are off alike.
            let noise = 1.25 * 0.25 * (a.abs() + b.abs() + c.abs() + d.abs());
            let width = panel.width.abs();
            *panel = Panel {
                width: panel.width,
                estimate: estimate * width,
                magnitude: magnitude * width,
                noise: (noise + ROUNDING * magnitude) * width,
                shift: 0.0,
                ends: [nearer, farther],
            };
        }
    }

    /// Values next to the end, of which the numbers are a `step` apart; and that at `length`.
    fn next_to(&self, end: f64, length: f64, step: f64, desk: &mut Desk) -> (Nearest, f64) {
        let points = desk.points[..VALUES].as_flattened_mut();
        let steps = Nearest::steps();
        for (point, steps) in points.iter_mut().zip(steps) {
            *point = end + step * steps;
        }
        points[steps.len()] = end + length;
        self.values.values(&desk.points[..VALUES], &mut desk.values[..VALUES]);
        let values = desk.values[..VALUES].as_flattened();
        (Nearest(std::array::from_fn(|k| values[k])), values[steps.len()])
    }
}

/// What may be hidden between the nodes of neighbours: by what they say of their common ends, beyond their noise.
fn hidden(panels: &[Panel], outermost: f64) -> f64 {
    let (mut outer, mut other) = (if outermost.is_finite() { outermost } else { panels[0].ends[1] }, 0.0);
    let between = panels.iter().map(|panel| {
        let noise = AT_ENDS * panel.noise / panel.width.abs();
        let apart = (panel.ends[1] - outer).abs() - noise - other;
        (outer, other) = (panel.ends[0], noise);
        if apart > 0.0 { 3.0 * DYADIC.finest * panel.width.abs() * apart } else { 0.0 }
    });
    between.sum()
}

/// 2^-k.
fn halved(k: usize) -> f64 {
    f64::from_bits((1023 - k as u64) << (f64::MANTISSA_DIGITS - 1))
}

fn total(panels: &[Panel]) -> f64 {
    panels.iter().map(|panel| panel.estimate).sum()
}

/// Whether panels become smaller up to the end: else there is no integral, but an antilimit.
fn vanish(panels: &[Panel]) -> bool {
    let last = &panels[panels.len() - BEFORE - 1..];
    last.windows(2).any(|pair| {
        let single: f64 = pair.iter().map(|panel| panel.off() / panel.estimate.abs()).sum();
        pair[1].estimate.abs() <= (SMALLER - NOISY * single) * pair[0].estimate.abs()
    })
}

/// Whether the ratio of panels tends to less than 1: of 1/(δ ln² δ) it comes near as slowly as the integral does to its
/// limit, if there is one, and differences of limits say nothing of what they lack.
fn stays_apart(panels: &[Panel]) -> bool {
    let [.., a, b, c, d] = panels else { return false };
    let [earlier, before, now] = [(a, b), (b, c), (c, d)].map(|(a, b)| 1.0 - b.estimate / a.estimate);
    let (previous, change) = (earlier - before, before - now);
    let seen = NO_CHANGE * now + NOISY * d.off() / d.estimate.abs();
    // What changes come to that fall as these two do.
    change <= seen || change < previous && now - change * change / (previous - change) > APART * now
}

/// Whether panels farther in than those of a limit come to the same; and they, and what sums lack of the limit, change
/// less and less from one to the next.
fn goes_on(panels: &[Panel], entry: &Entry, entries: &[Entry]) -> bool {
    let Entry { estimate, error, used } = *entry;
    if !stays_apart(&panels[..used]) || !stays_apart(panels) {
        return false;
    }
    let mut farther_in = entries.iter().filter(|other| other.used > used);
    if !farther_in.all(|other| (other.estimate - estimate).abs() <= 2.0 * other.error + error) {
        return false;
    }
    let from = used - BEFORE;
    let (mut ratios, mut rests) = (Settling::new(), Settling::new());
    let (mut sum, mut off) = (total(&panels[..from]), 0.0);
    for (k, panel) in panels.iter().enumerate().skip(from) {
        sum += panel.estimate;
        off += panel.off();
        let rest = (estimate - sum) / panel.estimate;
        let unknown = (error + off) / panel.estimate.abs();
        let single = panel.off() / panel.estimate.abs();
        let ratio = if k > from { panel.estimate / panels[k - 1].estimate } else { f64::NAN };
        if !(ratios.goes_on(ratio, 3.0 * single) && rests.goes_on(rest, 2.0 * (unknown + single * rest.abs()))) {
            return false;
        }
    }
    true
}
