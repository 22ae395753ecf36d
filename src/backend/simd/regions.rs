//! The SIMD kernel of regions: a ladder of nested rules, or double-exponential levels, on lanes.

use crate::estimate::{Tolerance, claim, noise, promising, raw, rounding};
use crate::integrand::Integrand;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Map, Region, Sweep, Swept};
use crate::rule::levels::{Arm, EXP_HIGH, EXP_LOW, FINER, SINH_SINH, TANH_SINH, UNITS, vectors};
use crate::rule::{Ladder, MOST_VECTORS, SENTINEL, Vector};
use std::f64::consts::FRAC_PI_2;

/// An integrand and a ladder, ready to sweep regions.
pub(crate) struct SimdRegions<'a, F> {
    f: &'a F,
    ladder: &'static Ladder,
    token: Token,
}

impl<'a, F: Integrand> SimdRegions<'a, F> {
    pub fn new(f: &'a F, ladder: &'static Ladder, token: Token) -> Self {
        Self { f, ladder, token }
    }

    /// The first rung on a plain interval, with the guards at its ends, where that is enough: all that is compiled into
    /// the quick way. The ladder is one whose first rung has two vectors. 18 evaluations.
    #[inline(always)]
    pub fn first(&self, region: &Region, tolerance: Tolerance) -> Option<Swept> {
        dispatch!(self.token, simd => self.first_on(simd, region, tolerance))
    }

    #[inline(always)]
    fn first_on<S: Simd>(&self, simd: S, region: &Region, tolerance: Tolerance) -> Option<Swept> {
        let Ladder { nodes, embedded, rungs } = self.ladder;
        let (rung, width) = (&rungs[0], region.width());
        let (lower, upper) = (region.lower, region.upper);
        let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
        let row = |row: &Vector| Lanes::from_array(simd, *row);
        const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];
        let points = [nodes[0], nodes[1], NEAR].map(|offsets| row(&offsets).fma(Lanes::splat(simd, width), ends));
        let mut y = points;
        if F::BLOCKED {
            self.f.block(&points, &mut y);
        } else {
            for (value, &point) in y.iter_mut().zip(&points) {
                *value = self.f.lanes(point);
            }
        }
        let dot = |table: &[Vector]| y[1].fma(row(&table[1]), y[0] * row(&table[0]));
        let size = y[1].abs().fma(row(&rung.weights[1]), y[0].abs() * row(&rung.weights[0]));
        let (estimate, magnitude) = (total(dot(rung.weights)) * width, total(size) * width);
        let now = raw(estimate - total(dot(embedded)) * width, total(dot(rung.probe)) * width);
        let near = y[2].to_array();
        let hidden = (near[0] - total(dot(rung.sentinels[0]))).abs() + (near[4] - total(dot(rung.sentinels[1]))).abs();
        let error = claim(now, [f64::INFINITY; 2], magnitude) + hidden * (nodes[0][0] * width);
        if !tolerance.met(error, estimate) || now == 0.0 {
            return None;
        }
        Some(Swept { estimate, error, magnitude, evaluations: 18, ..Swept::NOTHING })
    }

    /// The sweeps of all regions, in order.
    pub fn sweep(&self, regions: &[Region], tolerance: Tolerance, outcome: &mut Vec<Swept>) {
        dispatch!(self.token, simd => {
            for region in regions {
                outcome.push(self.sweep_on(simd, region, tolerance));
            }
        });
    }

    #[inline(always)]
    fn sweep_on<S: Simd>(&self, simd: S, region: &Region, tolerance: Tolerance) -> Swept {
        match region.sweep {
            Sweep::Levels => self.levels(simd, region, tolerance),
            Sweep::Ladder { least } => self.climb(simd, region, least.into(), tolerance, #[inline(always)] |points, values| {
                if region.map == Map::Plain { self.values(simd, points, values) } else { self.mapped(simd, region.map, points, values) }
            }),
        }
    }

    /// The integrand at many points. In a function of its own, so that its code is there once for all that follows.
    #[inline(always)]
    fn values<S: Simd>(&self, simd: S, points: &[Lanes<S>], values: &mut [Lanes<S>]) {
        simd.vectorize(
            #[inline(always)]
            || {
                if F::BLOCKED {
                    self.f.block(points, values);
                } else {
                    for (value, &point) in values.iter_mut().zip(points) {
                        *value = self.f.lanes(point);
                    }
                }
            },
        );
    }

    /// f(x(t)) · dx/dt.
    #[inline(always)]
    fn mapped<S: Simd>(&self, simd: S, map: Map, points: &[Lanes<S>], values: &mut [Lanes<S>]) {
        let zero = Lanes::splat(simd, 0.0);
        let (mut places, mut slopes) = ([zero; MOST_VECTORS], [zero; MOST_VECTORS]);
        for ((place, slope), &t) in places.iter_mut().zip(&mut slopes).zip(points) {
            let e = t.exp();
            let back = e.recip();
            let exponential = ((e - back) * (0.5 * FRAC_PI_2)).exp();
            let along = (e + back) * (0.5 * FRAC_PI_2);
            (*place, *slope) = match map {
                Map::Exp { from, direction } => (exponential * direction + from, exponential * along),
                _ => {
                    let inverse = exponential.recip();
                    ((exponential - inverse) * 0.5, (exponential + inverse) * 0.5 * along)
                }
            };
        }
        self.values(simd, &places[..points.len()], values);
        for (value, &slope) in values.iter_mut().zip(&slopes) {
            *value = value.eq(zero).select(zero, *value * slope);
        }
    }

    /// The rungs, from the first on.
    #[inline(always)]
    fn climb<S: Simd>(
        &self,
        simd: S,
        region: &Region,
        least: usize,
        tolerance: Tolerance,
        evaluate: impl Fn(&[Lanes<S>], &mut [Lanes<S>]),
    ) -> Swept {
        let Ladder { nodes, embedded, rungs } = self.ladder;
        let (lower, upper, width) = (region.lower, region.upper, region.width());
        let ends = Lanes::from_array(simd, [lower, lower, lower, lower, upper, upper, upper, upper]);
        let zero = Lanes::splat(simd, 0.0);
        let (mut points, mut values) = ([zero; MOST_VECTORS], [zero; MOST_VECTORS]);
        let (mut before, mut previous, mut earlier, mut done) = (0.0, f64::INFINITY, f64::INFINITY, 0);
        let last = rungs.len() - 1;
        let mut index = 0;
        loop {
            let rung = &rungs[index];
            let count = rung.weights.len();
            for v in done..count {
                points[v] = Lanes::from_array(simd, nodes[v]).fma(Lanes::splat(simd, width), ends);
            }
            evaluate(&points[done..count], &mut values[done..count]);
            done = count;
            let (mut sum, mut size, mut surprise, mut coarse) = (zero, zero, zero, zero);
            for v in 0..count {
                let weight = Lanes::from_array(simd, rung.weights[v]);
                sum = values[v].fma(weight, sum);
                size = values[v].abs().fma(weight, size);
                surprise = values[v].fma(Lanes::from_array(simd, rung.probe[v]), surprise);
            }
            if index == 0 {
                for v in 0..count {
                    coarse = values[v].fma(Lanes::from_array(simd, embedded[v]), coarse);
                }
                before = total(coarse) * width;
            }
            let (estimate, magnitude) = (total(sum) * width, total(size) * width);
            let now = raw(estimate - before, total(surprise) * width);
            let error = claim(now, [earlier, previous], magnitude);
            let met = tolerance.met(error, estimate);
            let swept = Swept {
                estimate,
                error,
                floor: rounding(magnitude),
                magnitude,
                evaluations: (count * LANES) as u32,
                constant: magnitude == 0.0 || now == 0.0 && all_equal(&values[..count]),
                singular: [false; 2],
                divergent: false,
                oscillates: false,
                ends: [f64::NAN; 2],
                gap: 0.0,
                reach: [0; 2],
                bad: None,
            };
            let with_ends = |swept: Swept| {
                let at = |table: &[Vector]| {
                    let mut sum = zero;
                    for v in 0..count {
                        sum = values[v].fma(Lanes::from_array(simd, table[v]), sum);
                    }
                    total(sum)
                };
                let (mut least, mut most) = (values[0], values[0]);
                for value in &values[1..count] {
                    least = least.lt(*value).select(least, *value);
                    most = most.gt(*value).select(most, *value);
                }
                let (least, most) = (least.to_array(), most.to_array());
                let least = least.into_iter().fold(f64::INFINITY, f64::min);
                let most = most.into_iter().fold(f64::NEG_INFINITY, f64::max);
                let floor = swept.floor + noise(lower.abs().max(upper.abs()), most - least);
                Swept {
                    ends: [at(rung.ends[0]), at(rung.ends[1])],
                    gap: gap(index, nodes) * width,
                    error: swept.error.max(floor),
                    floor,
                    ..swept
                }
            };
            if met && index >= least.min(last) {
                if !region.guarded {
                    return with_ends(swept);
                }
                // One value next to each end, where nodes are sparse enough for a step to hide.
                let near = SENTINEL * width;
                let (below, above) = (lower + near, upper - near);
                let x = Lanes::from_array(simd, [below, below, below, below, above, above, above, above]);
                let mut y = [x];
                evaluate(&[x], &mut y);
                let y = y[0].to_array();
                let (mut low, mut high) = (zero, zero);
                for v in 0..count {
                    low = values[v].fma(Lanes::from_array(simd, rung.sentinels[0][v]), low);
                    high = values[v].fma(Lanes::from_array(simd, rung.sentinels[1][v]), high);
                }
                let hidden = ((y[0] - total(low)).abs() + (y[4] - total(high)).abs()) * (gap(index, nodes) * width);
                let guarded = Swept { error: error + hidden, evaluations: swept.evaluations + 2, ..swept };
                if tolerance.met(guarded.error, estimate) {
                    return with_ends(guarded);
                }
                let error = if hidden.is_finite() { guarded.error } else { magnitude };
                return with_ends(Swept { error, singular: [false; 2], ..guarded });
            }
            let finite = (now + magnitude).is_finite();
            if !finite {
                return Swept { error: f64::INFINITY, bad: first_bad(&points[..count], &values[..count]), ..swept };
            }
            let wanted = tolerance.at(estimate).max(rounding(magnitude));
            let singular = if index < 2 && rungs.len() > 1 { bends(index, lower, upper, &points, &values) } else { [false; 2] };
            let go_on = index < last
                && (met && index < least
                    || match index {
                        0 => now < 0.3 * magnitude && !singular[0] && !singular[1],
                        _ => promising(now, previous, wanted),
                    });
            if !go_on {
                return with_ends(Swept { singular, ..swept });
            }
            (before, earlier, previous) = (estimate, previous, now);
            index += 1;
        }
    }

    /// Double-exponential levels over a finite or infinite interval.
    #[inline(always)]
    fn levels<S: Simd>(&self, simd: S, region: &Region, tolerance: Tolerance) -> Swept {
        let arms = Direction::both(region);
        let mut sums = Sums { sum: Lanes::splat(simd, 0.0), size: Lanes::splat(simd, 0.0) };
        let (mut ends, mut bad, mut evaluations) = ([End::default(); 2], None, 0);
        for (arm, end) in arms.iter().zip(&mut ends) {
            for unit in 0..UNITS {
                let Some(terms) = self.terms(simd, arm, unit, &mut bad, end) else { break };
                evaluations += LANES as u32;
                sums.add(terms);
                if end.closed {
                    break;
                }
            }
        }
        let by_lane = sums.sum.to_array();
        let half = by_lane[0] + by_lane[4];
        let quarter = half + (by_lane[2] + by_lane[6]);
        let mut estimate = 0.125 * (quarter + ((by_lane[1] + by_lane[5]) + (by_lane[3] + by_lane[7])));
        let mut magnitude = 0.125 * total(sums.size);
        let mut previous = (0.25 * quarter - 0.5 * half).abs();
        let mut now = (estimate - 0.25 * quarter).abs();
        let beyond: f64 = ends.iter().map(End::beyond).sum();
        let floor = |magnitude| rounding(magnitude) + beyond;
        let mut earlier = (0.5 * half - by_lane[0]).abs();
        let mut error = claim(now, [earlier, previous], magnitude) + beyond;
        let constant = ends.iter().all(|end| end.largest == 0.0);
        for level in 1..=FINER {
            let hopeless = now > 0.5 * previous && now > 1e-3 * magnitude && level > 1;
            if tolerance.met(error, estimate) || hopeless || constant || !error.is_finite() || beyond > 0.1 * magnitude {
                break;
            }
            let mut new = Sums { sum: Lanes::splat(simd, 0.0), size: Lanes::splat(simd, 0.0) };
            for (arm, end) in arms.iter().zip(&mut ends) {
                for unit in 0..end.units {
                    for row in vectors(level, unit) {
                        let mut past = *end;
                        past.masked = false;
                        if let Some(terms) = self.terms(simd, arm, row, &mut bad, &mut past) {
                            new.add(terms);
                        }
                        evaluations += LANES as u32;
                    }
                }
            }
            let step = 0.125 / f64::from(1u32 << level);
            let finer = 0.5 * estimate + step * total(new.sum);
            magnitude = 0.5 * magnitude + step * total(new.size);
            (earlier, previous, now) = (previous, now, (finer - estimate).abs());
            estimate = finer;
            error = claim(now, [earlier, previous], magnitude) + beyond;
        }
        Swept {
            estimate,
            error,
            floor: floor(magnitude),
            magnitude,
            evaluations,
            constant,
            singular: [false; 2],
            ends: [f64::NAN; 2],
            gap: 0.0,
            divergent: ends.iter().any(End::diverges),
            oscillates: ends.iter().any(|end| end.open && end.alternates),
            reach: [ends[0].units as u8, ends[1].units as u8],
            bad,
        }
    }

    /// The terms of one row of an arm's table, with |terms|; what is beyond the range, or beyond a value that is not
    /// finite, counts as zero. `None` where nothing is left.
    #[inline(always)]
    fn terms<S: Simd>(
        &self,
        simd: S,
        arm: &Direction,
        row: usize,
        bad: &mut Option<(f64, f64)>,
        end: &mut End,
    ) -> Option<(Lanes<S>, Lanes<S>)> {
        let zero = Lanes::splat(simd, 0.0);
        let weight = Lanes::from_array(simd, arm.table.weights[row]);
        let x = Lanes::from_array(simd, arm.table.nodes[row]) * arm.factor + arm.origin;
        let outside = if arm.ends { weight.eq(zero) | x.eq(zero + arm.origin) } else { weight.eq(zero) };
        let mut y = [x];
        self.values(simd, &[x], &mut y);
        let mut terms = outside.select(zero, y[0] * (weight * arm.factor.abs()));
        if outside.any() || !terms.is_finite().all() {
            let (out, mut each) = (outside.select(zero + 1.0, zero).to_array(), terms.to_array());
            let stop = (0..LANES).find(|&lane| out[lane] != 0.0 || !each[lane].is_finite()).unwrap_or(LANES);
            if stop < LANES && out[stop] == 0.0 {
                *bad = bad.or(Some((x.to_array()[stop], y[0].to_array()[stop])));
            }
            each[stop..].fill(0.0);
            end.masked = true;
            if stop > 0 {
                end.last = each[stop - 1].abs();
                end.open = end.last > 1e-17 * end.largest.max(end.last);
            }
            end.closed = true;
            let large = 1e-3 * each.iter().fold(end.largest, |largest, term| largest.max(term.abs()));
            end.alternates |= each.iter().any(|&t| t > large) && each.iter().any(|&t| t < -large);
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
        let outer = each[4].max(each[5]).max(each[6].max(each[7]));
        let inner = each[0].max(each[1]).max(each[2].max(each[3]));
        end.largest = end.largest.max(outer.max(inner));
        end.last = each[7];
        let signs = terms.to_array();
        end.alternates = end.units > 3 && signs.iter().any(|&t| t > 1e-3 * end.largest) && signs.iter().any(|&t| t < -1e-3 * end.largest);
        end.units += 1;
        end.closed = outer <= 1e-18 * end.largest && end.largest > 0.0;
        end.open = !end.closed;
        Some((terms, sizes))
    }
}

/// Sums of terms and of their absolute values.
struct Sums<S: Simd> {
    sum: Lanes<S>,
    size: Lanes<S>,
}

impl<S: Simd> Sums<S> {
    #[inline(always)]
    fn add(&mut self, (terms, sizes): (Lanes<S>, Lanes<S>)) {
        self.sum += terms;
        self.size += sizes;
    }
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

/// What happens towards one end.
#[derive(Clone, Copy, Default)]
struct End {
    units: usize,
    /// The largest |term|.
    largest: f64,
    /// The outermost |term|.
    last: f64,
    /// The terms are negligible from here on, or there are no more.
    closed: bool,
    /// There are no more, but they are not negligible.
    open: bool,
    masked: bool,
    /// The outermost terms are large and of both signs.
    alternates: bool,
}

impl End {
    /// What lies beyond the outermost term, which falls at least like 1/t there if the integral exists.
    #[inline(always)]
    fn beyond(&self) -> f64 {
        if self.open { 2.0 * self.last } else { 0.0 }
    }

    #[inline(always)]
    fn diverges(&self) -> bool {
        self.open && self.last > 0.3 * self.largest
    }
}

/// The sum of the lanes: those of mirror images first.
#[inline(always)]
fn total<S: Simd>(v: Lanes<S>) -> f64 {
    let a = v.to_array();
    ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7]))
}

/// The length next to an end that has no nodes, for a region of length 1.
#[inline(always)]
fn gap(rung: usize, nodes: &[Vector]) -> f64 {
    nodes[if rung == 0 { 0 } else { 1 << rung }][0]
}

fn all_equal<S: Simd>(values: &[Lanes<S>]) -> bool {
    let first = values[0].to_array()[0];
    values.iter().all(|v| v.to_array().iter().all(|&y| y == first))
}

fn first_bad<S: Simd>(points: &[Lanes<S>], values: &[Lanes<S>]) -> Option<(f64, f64)> {
    let each = points.iter().zip(values).flat_map(|(x, y)| x.to_array().into_iter().zip(y.to_array()));
    each.filter(|(_, y)| !y.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Whether the slope grows towards an end, by the values at the four outermost nodes.
fn bends<S: Simd>(rung: usize, lower: f64, upper: f64, points: &[Lanes<S>], values: &[Lanes<S>]) -> [bool; 2] {
    // Nodes of the Patterson ladder, outermost first: (vector, lane of the lower half).
    const ORDER: [[(usize, usize); 4]; 2] = [[(0, 0), (1, 0), (0, 1), (1, 1)], [(2, 0), (0, 0), (2, 1), (1, 0)]];
    const LEAST: [(f64, f64); 2] = [(1.8, 1.4), (1.25, 1.1)];
    let at = |v: &[Lanes<S>], (row, lane): (usize, usize), upper: usize| v[row].to_array()[lane + upper];
    let mut found = [false; 2];
    for (side, end) in [lower, upper].into_iter().enumerate() {
        let x = ORDER[rung].map(|place| (at(points, place, 4 * side) - end).abs());
        let y = ORDER[rung].map(|place| at(values, place, 4 * side));
        let slope = |i: usize| (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
        let (s, ratio) = ([slope(0), slope(1), slope(2)], LEAST[rung]);
        found[side] = s[0] / s[1] > ratio.0 && s[1] / s[2] > ratio.1;
    }
    found
}

/// Rows of a table are vectors of lanes.
const _: () = assert!(size_of::<Vector>() == LANES * size_of::<f64>());
