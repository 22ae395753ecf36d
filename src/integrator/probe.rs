//! Dense samples at many scales, for integrands whose first samples are all the same, or differ by what they do not
//! resolve.

use crate::integrand::values::Values;
use crate::lanes::LANES;
use crate::plan::{Map, Region, Sweep};
use std::borrow::Cow;
use std::sync::OnceLock;

/// Regions in ascending order, and which of their ends are edges.
pub(super) type Panels = Vec<(Region, [bool; 2])>;

/// What a search found, unless too few evaluations were left for it; and how many it took.
pub(super) type Search = (Result<Option<Panels>, TooFew>, u64);
pub(super) type Find = fn(&dyn Values, f64, f64, u64) -> Search;
pub(super) struct TooFew;

/// Multiples of this are spread evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Samples of the variable.
const SAMPLES: usize = 8192;

/// Where an infinite range ends, in the variable of levels.
const MOST: f64 = 6.5;

/// The variable's range, and how it becomes x. Far out, where f is zero, it ends before f is no number, as is a power
/// that overflows times an exponential function that is zero. The evaluations come second.
fn range(f: &dyn Values, lower: f64, upper: f64) -> ((f64, f64, Map), u64) {
    let map = match (lower.is_finite(), upper.is_finite()) {
        (true, true) => return ((lower, upper, Map::Plain), 0),
        (true, false) => Map::half_line(lower, 1.0),
        (false, true) => Map::half_line(upper, -1.0),
        (false, false) => Map::Sinh,
    };
    // In large units x is no number beyond.
    let [down, up] = map.most();
    let ends = [-down.min(MOST), up.min(MOST)];
    let places = ends.map(|end| std::array::from_fn(|k| end * (1.0 - k as f64 / (2 * LANES) as f64)));
    let mut values = [[0.0; LANES]; 2];
    f.values(&places.map(|side: [f64; LANES]| side.map(|t| map.point(t))), &mut values);
    let [from, to] = std::array::from_fn(|side| match values[side].iter().position(|value| value.is_finite()) {
        Some(k) if values[side][k] == 0.0 => places[side][k],
        _ => ends[side],
    });
    ((from, to, map), 2 * LANES as u64)
}

/// Panels between the ends of all of these, in the variable of the first that has one of its own; `None` where there
/// are none.
pub(super) fn union(found: &[Panels]) -> Option<Panels> {
    let map = |panels: &Panels| panels.first().map(|panel| panel.0.map);
    let maps = || found.iter().filter_map(map);
    let of_all = maps().find(|&map| map != Map::Plain).or(maps().next())?;
    let alike = found.iter().filter(|panels| map(panels) == Some(of_all));
    let mut ends: Vec<f64> = alike.flatten().flat_map(|(region, _)| [region.lower, region.upper]).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    (ends.len() > 1).then(|| panels(&ends, of_all))
}

/// Panels around what stands out of a constant, and between; `None` where nothing does. The evaluations come second.
///
/// One sample in each of 8192 equal parts, at a golden-ratio place in it; samples towards the ends of a finite
/// interval, down to 1e-15 of it; and those of [`at_scales`]. Where fewer evaluations are left, every second of all
/// these, or every fourth, and so on down to one in 32.
pub(super) fn find(f: &dyn Values, lower: f64, upper: f64, left: u64) -> Search {
    let scales = scales(lower, upper);
    let full = (offsets().len() + 2 * scales.len()) as u64;
    let before = 3 * LANES as u64;
    let affordable = |step: &usize| before + full.div_ceil(*step as u64) <= left;
    let mut steps = std::iter::successors(Some(1), |step| Some(2 * step)).take_while(|&step| step <= MOST_STEP);
    let Some(step) = steps.find(affordable) else { return (Err(TooFew), 0) };
    let (range, first) = range(f, lower, upper);
    let usual = Usual::of(f, range);
    let (even, evaluations) = at_equal_parts(f, range, usual, step);
    let (scales, more) = at_scales(f, (lower, upper), scales.into_iter().step_by(step), usual.spread);
    let found: Vec<Panels> = even.into_iter().chain(scales).collect();
    let found = union(&found);
    // What lies between fewer is not known.
    let found = if step > 1 && found.is_none() { Err(TooFew) } else { Ok(found) };
    (found, first + LANES as u64 + evaluations + more)
}

/// The fewest of all samples are one in so many.
const MOST_STEP: usize = 32;

/// The same where it is known what stands out next to the end of a half-line: `None` unless something else does.
pub(super) fn find_beside_end(f: &dyn Values, lower: f64, upper: f64, left: u64) -> Search {
    let (panels, evaluations) = find(f, lower, upper, left);
    // Two next to the end, and the rest.
    (panels.map(|panels| panels.filter(|panels| panels.len() > 3)), evaluations)
}

/// What most samples agree on, and by how much they differ.
#[derive(Clone, Copy)]
struct Usual {
    value: f64,
    spread: f64,
}

/// Samples stand out that are so many times farther from the usual than six of eight are.
const STANDS_OUT: f64 = 8.0;

/// What values that are meant to be the same differ by, as a share of them.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

impl Usual {
    fn of(f: &dyn Values, (from, to, map): (f64, f64, Map)) -> Self {
        // Far from each other; the value in the middle of eight is none of a peak.
        let places = std::array::from_fn(|k| map.point(from + (to - from) * ((k as f64 + 1.0) * GOLDEN).fract()));
        let mut values = [[0.0; LANES]];
        f.values(&[places], &mut values);
        let [mut values] = values;
        values.sort_by(f64::total_cmp);
        let value = values[LANES / 2];
        let mut off = values.map(|other| (other - value).abs());
        off.sort_by(f64::total_cmp);
        // Of what is the same at most places everything else stands out, but for rounding.
        let rounding = ROUNDING * value.abs();
        let spread = if off[LANES / 2] <= rounding { 0.0 } else { STANDS_OUT * off[LANES - 3] };
        Self { value, spread: spread.max(rounding) }
    }

    fn is(self, value: f64) -> bool {
        value == self.value || (value - self.value).abs() <= self.spread
    }

    /// Whether all of these are, without a branch for each.
    fn is_all(self, values: &[f64; LANES]) -> bool {
        values
            .iter()
            .fold(true, |all, &value| all & ((value == self.value) | ((value - self.value).abs() <= self.spread)))
    }
}

/// The same by samples at powers of two of both signs, as far as they lie closer to 0 than equal parts do: where an
/// integrand of a scale of its own hides in a range whose ends are infinity, or stand for it.
fn at_scales(
    f: &dyn Values,
    (lower, upper): (f64, f64),
    scales: impl Iterator<Item = f64>,
    spread: f64,
) -> (Option<Panels>, u64) {
    let inside = |x: f64| lower < x && x < upper;
    let mut points: Vec<f64> = scales.flat_map(|scale| [-scale, scale]).filter(|&x| inside(x)).collect();
    let count = points.len();
    // The usual value is the one farthest from 0.
    let Some(&last) = points.last() else { return (None, 0) };
    points.resize(count.next_multiple_of(LANES), last);
    let mut values = vec![[0.0; LANES]; points.len() / LANES];
    f.values(points.as_chunks().0, &mut values);
    let values = values.as_flattened();
    let usual = Usual { value: values[count - 1], spread };
    let Some(first) = values[..count].iter().rposition(|&value| !usual.is(value)) else { return (None, count as u64) };
    // One beyond the last that stands out, and what is closer.
    let reach = 2.0 * points[first].abs();
    let near = (0..CLOSER).map(|k| reach * 0.5f64.powi(k)).flat_map(|x| [-x, x]);
    let mut ends: Vec<f64> = near.chain([0.0]).filter(|&x| inside(x)).chain([lower, upper]).collect();
    ends.sort_by(f64::total_cmp);
    (Some(panels(&ends, Map::Plain)), count as u64)
}

/// Those powers of two, in ascending order.
fn scales(lower: f64, upper: f64) -> Vec<f64> {
    // Half-lines have equal parts at all scales.
    let (least, most) = match (lower.is_finite(), upper.is_finite()) {
        (true, true) => (LEAST_SCALE, (upper - lower) / SAMPLES as f64),
        (false, false) => (LEAST_OF_ALL, 1.0),
        _ => return Vec::new(),
    };
    std::iter::successors(Some(least), |scale| Some(2.0 * scale)).take_while(|&scale| scale < most).collect()
}

/// The smallest power of two that is looked at, and on the whole line.
const LEAST_SCALE: f64 = 1.0 / (1u64 << 40) as f64;
const LEAST_OF_ALL: f64 = f64::MIN_POSITIVE;

/// Powers of two that panels are made at, from the largest that matters down.
const CLOSER: i32 = 8;

/// Panels between these ends, in ascending order.
pub(super) fn panels(ends: &[f64], map: Map) -> Panels {
    let last = ends.len() - 2;
    let sweep = Sweep::Ladder { least: 1, eager: false };
    let panel = |ends: &[f64]| match ends[1] - ends[0] {
        width if width.is_finite() => Region { map, sweep, ..Region::plain(ends[0], ends[1]) },
        _ => Region::levels(ends[0], ends[1]),
    };
    ends.windows(2).enumerate().map(|(k, ends)| (panel(ends), [k == 0, k == last])).collect()
}

/// [`find`] by samples in equal parts and towards the ends, one in so many of them.
fn at_equal_parts(
    f: &dyn Values,
    (from, to, map): (f64, f64, Map),
    usual: Usual,
    step: usize,
) -> (Option<Panels>, u64) {
    let width = to - from;
    let all = if map == Map::Plain { offsets() } else { &offsets()[NEAR..NEAR + SAMPLES - 2] };
    let offsets: Cow<[f64]> = if step == 1 { all.into() } else { all.iter().step_by(step).copied().collect() };
    // Not fused: for most processors that is a call.
    let place = |k: usize| offsets[k] * width + if offsets[k] > 0.0 { from } else { to };
    let inside = |t: f64| from < t && t < to;
    let third = place(offsets.len() / 3);
    let mut cuts = vec![from];
    let mut cut = |t: f64| {
        if cuts.last().is_some_and(|&last| t > last) && inside(t) {
            cuts.push(t);
        }
        cuts.len() <= MOST_CUTS
    };
    // Samples that stand out, and where there are no more. The middle one is a cut as well, so that a narrow peak has
    // nodes close by; but next to an end, where that peak is, the cut lies closer.
    let mut cut_around = |first: usize, next: usize| {
        let before = if first > 0 { place(first - 1) } else { from };
        let after = if next < offsets.len() { place(next) } else { to };
        let inside = match (before <= from, after >= to) {
            (true, false) if map == Map::Plain => CLOSE.mul_add(after - from, from),
            (false, true) if map == Map::Plain => CLOSE.mul_add(before - to, to),
            _ => place((first + next) / 2),
        };
        cut(before) && cut(inside) && cut(after)
    };
    // The first of a group of samples that stand out.
    let mut begin = None;
    let (mut points, mut values) = ([[0.0; LANES]; BLOCK / LANES], [[0.0; LANES]; BLOCK / LANES]);
    'samples: for block in (0..offsets.len()).step_by(BLOCK) {
        let count = BLOCK.min(offsets.len() - block);
        let (these, missing) = points.as_flattened_mut().split_at_mut(count);
        for (point, &offset) in these.iter_mut().zip(&offsets[block..]) {
            let t = offset * width + if offset > 0.0 { from } else { to };
            *point = if inside(t) { t } else { third };
        }
        missing.fill(map.point(third));
        match map {
            Map::Plain => {}
            _ if width == 2.0 * MOST && step == 1 => {
                let exponentials = &exponentials()[block..];
                these.iter_mut().zip(exponentials).for_each(|(point, &e)| *point = map.of_exponential(e));
            }
            _ => these.iter_mut().for_each(|point| *point = map.point(*point)),
        }
        let rows = count.div_ceil(LANES);
        f.values(&points[..rows], &mut values[..rows]);
        for (row, values) in values[..rows].iter().enumerate() {
            if begin.is_none() && usual.is_all(values) {
                continue;
            }
            for (lane, &value) in values.iter().enumerate() {
                let k = block + LANES * row + lane;
                if k >= offsets.len() {
                    break 'samples;
                }
                match begin {
                    None if !usual.is(value) => begin = Some(k),
                    Some(first) if usual.is(value) => {
                        begin = None;
                        if !cut_around(first, k) {
                            break 'samples;
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    if let Some(first) = begin {
        cut_around(first, offsets.len());
    }
    let evaluations = offsets.len() as u64;
    if cuts.len() == 1 && begin.is_none() {
        return (None, evaluations);
    }
    cuts.push(to);
    (Some(panels(&cuts, map)), evaluations)
}

/// Cuts beyond which no more are looked for.
const MOST_CUTS: usize = 4096;

/// Samples that are evaluated together.
pub(super) const BLOCK: usize = 512;

/// Samples nearer to an end than the first of the equal parts.
const NEAR: usize = 380;

/// Of what stands out up to an end, the share next to that.
const CLOSE: f64 = 0.125;

/// exp(π/2 sinh t) at the samples of an infinite range.
fn exponentials() -> &'static [f64] {
    static EXPONENTIALS: OnceLock<Vec<f64>> = OnceLock::new();
    EXPONENTIALS.get_or_init(|| {
        let place = |&offset: &f64| offset.mul_add(2.0 * MOST, if offset > 0.0 { -MOST } else { MOST });
        let offsets = &offsets()[NEAR..NEAR + SAMPLES - 2];
        offsets.iter().map(place).map(|t| (std::f64::consts::FRAC_PI_2 * t.sinh()).exp()).collect()
    })
}

/// The samples, in ascending order, as distances from an end of an interval of length 1: from the lower one where
/// positive.
fn offsets() -> &'static [f64] {
    static OFFSETS: OnceLock<Vec<f64>> = OnceLock::new();
    OFFSETS.get_or_init(|| {
        let near = (0..).map(|k| (-(f64::from(k) + 0.5) * (35.0 * 16.0 / SAMPLES as f64)).exp());
        let near: Vec<f64> = near.skip_while(|&d| d >= 1.0 / SAMPLES as f64).take(NEAR).collect();
        let inside = (1..SAMPLES - 1).map(|k| (k as f64 + (k as f64 * GOLDEN).fract()) / SAMPLES as f64);
        near.iter().rev().copied().chain(inside).chain(near.iter().map(|d| -d)).collect()
    })
}

/// Whether a finite integral is that of a constant which is the value at most of sixteen points: levels alone do not
/// compare theirs.
#[cold]
pub(super) fn looks_constant(values: &dyn Values, (lower, upper): (f64, f64), estimate: f64) -> bool {
    let length = upper - lower;
    if !length.is_finite() {
        return false;
    }
    let place = |k: usize| length.mul_add((k as f64 + 0.5) / 16.0, lower);
    let mut found = [[0.0; LANES]; 2];
    values.values(&[std::array::from_fn(place), std::array::from_fn(|k| place(LANES + k))], &mut found);
    let same = |value: &&f64| (estimate - *value * length).abs() <= 1e-13 * estimate.abs();
    found.as_flattened().iter().filter(same).count() > LANES
}
