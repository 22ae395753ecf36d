//! The SIMD kernel of regions: a ladder of nested rules, or double-exponential levels, on lanes.

mod levels;

use crate::estimate::{Tolerance, claim, noise, promising, raw, rounding};
use crate::integrand::Integrand;
use crate::lanes::{LANES, Lanes, Simd, Token, dispatch};
use crate::plan::{Map, Region, Sweep, Swept};
use crate::rule::{Ladder, MOST_VECTORS, Rung, SENTINEL, Vector};
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
        const NEAR: Vector = [SENTINEL, SENTINEL, SENTINEL, SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL, -SENTINEL];
        let span = Lanes::splat(simd, width);
        let points = [
            Lanes::from_array(simd, nodes[0]).fma(span, ends),
            Lanes::from_array(simd, nodes[1]).fma(span, ends),
            Lanes::from_array(simd, NEAR).fma(span, ends),
        ];
        let mut y = points;
        if F::BLOCKED {
            self.f.block(&points, &mut y);
        } else {
            for (value, &point) in y.iter_mut().zip(&points) {
                *value = self.f.lanes(point);
            }
        }
        let (first, second) = (y[0], y[1]);
        let estimate = dot2(first, second, rung.weights) * width;
        let magnitude = dot2(first.abs(), second.abs(), rung.weights) * width;
        let now = raw(estimate - dot2(first, second, embedded) * width, dot2(first, second, rung.probe) * width);
        let near = y[2].to_array();
        let hidden = (near[0] - dot2(first, second, rung.sentinels[0])).abs()
            + (near[4] - dot2(first, second, rung.sentinels[1])).abs();
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
            Sweep::Ladder { least } => self.climb(
                simd,
                region,
                least.into(),
                tolerance,
                #[inline(always)]
                |points, values| {
                    if region.map == Map::Plain {
                        self.values(simd, points, values)
                    } else {
                        self.mapped(simd, region.map, points, values)
                    }
                },
            ),
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
            for ((value, &weight), &probe) in values[..count].iter().zip(rung.weights).zip(rung.probe) {
                let weight = Lanes::from_array(simd, weight);
                sum = value.fma(weight, sum);
                size = value.abs().fma(weight, size);
                surprise = value.fma(Lanes::from_array(simd, probe), surprise);
            }
            if index == 0 {
                for (value, &weight) in values[..count].iter().zip(*embedded) {
                    coarse = value.fma(Lanes::from_array(simd, weight), coarse);
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
            let gap = gap(index, nodes) * width;
            if met && index >= least.min(last) {
                if !region.guarded {
                    return with_ends(simd, region, rung, gap, &values[..count], swept);
                }
                // One value next to each end, where nodes are sparse enough for a step to hide.
                let near = SENTINEL * width;
                let (below, above) = (lower + near, upper - near);
                let x = Lanes::from_array(simd, [below, below, below, below, above, above, above, above]);
                let mut y = [x];
                evaluate(&[x], &mut y);
                let y = y[0].to_array();
                let (mut low, mut high) = (zero, zero);
                for ((value, &lower), &upper) in values[..count].iter().zip(rung.sentinels[0]).zip(rung.sentinels[1]) {
                    low = value.fma(Lanes::from_array(simd, lower), low);
                    high = value.fma(Lanes::from_array(simd, upper), high);
                }
                let hidden = ((y[0] - total(low)).abs() + (y[4] - total(high)).abs()) * gap;
                let guarded = Swept { error: error + hidden, evaluations: swept.evaluations + 2, ..swept };
                if tolerance.met(guarded.error, estimate) {
                    return with_ends(simd, region, rung, gap, &values[..count], guarded);
                }
                let error = if hidden.is_finite() { guarded.error } else { magnitude };
                return with_ends(simd, region, rung, gap, &values[..count], Swept { error, ..guarded });
            }
            let finite = (now + magnitude).is_finite();
            if !finite {
                return Swept { error: f64::INFINITY, bad: first_bad(&points[..count], &values[..count]), ..swept };
            }
            let wanted = tolerance.at(estimate).max(rounding(magnitude));
            let singular =
                if index < 2 && rungs.len() > 1 { bends(index, lower, upper, &points, &values) } else { [false; 2] };
            let go_on = index < last
                && (met && index < least
                    || match index {
                        0 => now < 0.3 * magnitude && !singular[0] && !singular[1],
                        _ => promising(now, previous, wanted),
                    });
            if !go_on {
                return with_ends(simd, region, rung, gap, &values[..count], Swept { singular, ..swept });
            }
            (before, earlier, previous) = (estimate, previous, now);
            index += 1;
        }
    }
}

/// `swept` with what neighbours are compared by, and the floor that follows from the variation of f.
#[inline(always)]
fn with_ends<S: Simd>(simd: S, region: &Region, rung: &Rung, gap: f64, values: &[Lanes<S>], swept: Swept) -> Swept {
    let (mut least, mut most) = (values[0], values[0]);
    for &value in &values[1..] {
        least = least.lt(value).select(least, value);
        most = most.gt(value).select(most, value);
    }
    let least = least.to_array().into_iter().fold(f64::INFINITY, f64::min);
    let most = most.to_array().into_iter().fold(f64::NEG_INFINITY, f64::max);
    let floor = swept.floor + noise(region.lower.abs().max(region.upper.abs()), most - least);
    let ends = [dot(simd, values, rung.ends[0]), dot(simd, values, rung.ends[1])];
    Swept { ends, gap, error: swept.error.max(floor), floor, ..swept }
}

/// The weighted sum of two vectors.
#[inline(always)]
fn dot2<S: Simd>(first: Lanes<S>, second: Lanes<S>, table: &[Vector]) -> f64 {
    let token = first.token();
    let sum = first * Lanes::from_array(token, table[0]);
    total(second.fma(Lanes::from_array(token, table[1]), sum))
}

/// The weighted sum of vectors.
#[inline(always)]
fn dot<S: Simd>(simd: S, values: &[Lanes<S>], table: &[Vector]) -> f64 {
    let mut sum = Lanes::splat(simd, 0.0);
    for (value, &factor) in values.iter().zip(table) {
        sum = value.fma(Lanes::from_array(simd, factor), sum);
    }
    total(sum)
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

#[inline(always)]
fn all_equal<S: Simd>(values: &[Lanes<S>]) -> bool {
    let first = values[0].to_array()[0];
    values.iter().all(|v| v.to_array().iter().all(|&y| y == first))
}

fn first_bad<S: Simd>(points: &[Lanes<S>], values: &[Lanes<S>]) -> Option<(f64, f64)> {
    let each = points.iter().zip(values).flat_map(|(x, y)| x.to_array().into_iter().zip(y.to_array()));
    each.filter(|(_, y)| !y.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Whether the slope grows towards an end, by the values at the four outermost nodes.
#[inline(always)]
fn bends<S: Simd>(rung: usize, lower: f64, upper: f64, points: &[Lanes<S>], values: &[Lanes<S>]) -> [bool; 2] {
    // Nodes of the Patterson ladder, outermost first: (vector, lane of the lower half).
    const ORDER: [[(usize, usize); 4]; 2] = [[(0, 0), (1, 0), (0, 1), (1, 1)], [(2, 0), (0, 0), (2, 1), (1, 0)]];
    const LEAST: [(f64, f64); 2] = [(1.8, 1.4), (1.25, 1.1)];
    // The vectors that are looked at, as numbers.
    let last = if rung == 0 { 1 } else { 2 };
    let x = [points[0].to_array(), points[1].to_array(), points[last].to_array()];
    let y = [values[0].to_array(), values[1].to_array(), values[last].to_array()];
    let mut found = [false; 2];
    for (side, end) in [lower, upper].into_iter().enumerate() {
        let x = ORDER[rung].map(|(row, lane)| (x[row][lane + 4 * side] - end).abs());
        let y = ORDER[rung].map(|(row, lane)| y[row][lane + 4 * side]);
        let slope = |i: usize| (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
        let (s, ratio) = ([slope(0), slope(1), slope(2)], LEAST[rung]);
        found[side] = s[0] / s[1] > ratio.0 && s[1] / s[2] > ratio.1;
    }
    found
}

/// Rows of a table are vectors of lanes.
const _: () = assert!(size_of::<Vector>() == LANES * size_of::<f64>());
