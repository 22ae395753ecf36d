//! Samples of strata, placed by an importance map.

use super::{SampleDesk, SimdSamples};
use crate::lanes::{LANES, dispatch};
use crate::plan::{ImportanceMap, Strata, StratifiedSample};
use crate::points::{BLOCK, Row, key, philox, unit};
use crate::reduce::Partial;
use std::ops::Range;

/// The increments of an axis: a constant, so that no index needs to be looked at.
const INCREMENTS: usize = ImportanceMap::INCREMENTS;

/// What a block of stratified samples needs besides.
pub(super) struct Desk {
    /// Of each point, its stratum and its number there.
    stratum: Box<Row>,
    number: Box<Row>,
    /// Of each axis, the increment of each point.
    increments: Vec<Row>,
    /// Of each axis, the lower end of each increment, and its length.
    lower: Vec<[f64; INCREMENTS]>,
    length: Vec<[f64; INCREMENTS]>,
    /// Of each point, what the maps stretch its surroundings by.
    slopes: Box<[f64; BLOCK]>,
    /// Of each axis, for each increment: the sum of squared values, and their number.
    seen: Vec<[[f64; 2]; INCREMENTS]>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            stratum: Box::new([0; BLOCK]),
            number: Box::new([0; BLOCK]),
            increments: Vec::new(),
            lower: Vec::new(),
            length: Vec::new(),
            slopes: Box::new([1.0; BLOCK]),
            seen: Vec::new(),
        }
    }
}

impl Desk {
    fn prepare(&mut self, map: &ImportanceMap) {
        let dimension = map.ends.len();
        self.increments.resize(dimension, [0; BLOCK]);
        self.lower.resize(dimension, [0.0; INCREMENTS]);
        self.length.resize(dimension, [0.0; INCREMENTS]);
        self.seen.clear();
        self.seen.resize(dimension, [[0.0; 2]; INCREMENTS]);
        for ((ends, lower), length) in map.ends.iter().zip(&mut self.lower).zip(&mut self.length) {
            for (i, two) in ends.windows(2).enumerate() {
                (lower[i], length[i]) = (two[0], two[1] - two[0]);
            }
        }
    }
}

/// Count, mean and squared deviations of the stratum under way.
#[derive(Clone, Copy, Default)]
struct Running {
    count: f64,
    mean: f64,
    deviations: f64,
    farthest: f64,
}

impl SimdSamples<'_> {
    /// The samples of a tile of strata. `stop` is looked at before each block.
    pub fn stratified(
        &self,
        map: &ImportanceMap,
        strata: &Strata,
        tile: Range<usize>,
        stop: &dyn Fn() -> bool,
        desk: &mut SampleDesk,
    ) -> StratifiedSample {
        desk.prepare(self.axes.len());
        desk.stratified.prepare(map);
        let mut sample = StratifiedSample { spread: Vec::with_capacity(tile.len()), ..StratifiedSample::default() };
        let mut place = (tile.start, 0);
        let mut running = Running::default();
        while place.0 < tile.end && !stop() {
            let count = next_block(strata, tile.end, &mut place, &mut desk.stratified);
            let peak = dispatch!(self.token, _simd => self.block(map, strata, count, desk));
            sample.peak = sample.peak.max(peak);
            let values = &desk.values.as_flattened()[..count];
            if let Some(i) = values.iter().position(|value| !value.is_finite()) {
                sample.bad = self.find_bad(desk, i / LANES + 1);
                break;
            }
            dispatch!(self.token, _simd => learn(values, &desk.stratified.increments, &mut desk.stratified.seen));
            absorb(strata, values, &desk.stratified, &mut sample, &mut running);
        }
        let mut sample = sample.averaged(strata.samples.len());
        sample.seen.extend(desk.stratified.seen.as_flattened());
        sample
    }

    /// The values of a block, times all slopes; the largest of them without.
    #[inline(always)]
    fn block(&self, map: &ImportanceMap, strata: &Strata, count: usize, desk: &mut SampleDesk) -> f64 {
        let dimension = self.axes.len();
        let vectors = count.div_ceil(LANES);
        let own = &mut desk.stratified;
        let key = key(strata.seed);
        for (group, four) in desk.rows.chunks_exact_mut(4).enumerate() {
            let [a, b, c, d] = four else { return 0.0 };
            let counters = own.number.iter().zip(own.stratum.iter());
            for (((((number, stratum), a), b), c), d) in counters.zip(a).zip(b).zip(c).zip(d) {
                [*a, *b, *c, *d] = philox([*number, *stratum, group as u32, strata.iteration], key);
            }
        }
        let mut rest = own.stratum.map(f64::from);
        own.slopes.fill(1.0);
        for (d, ends) in map.ends.iter().enumerate() {
            let along = f64::from(strata.along[d]);
            let (share, all) = (1.0 / along, INCREMENTS as f64);
            let mut within = [0.0; BLOCK];
            for (((rest, within), &k), to) in
                rest.iter_mut().zip(&mut within).zip(&desk.rows[d]).zip(&mut own.increments[d])
            {
                // Halfway between integers no rounding matters.
                let others = ((*rest + 0.5) * share).floor();
                let place = (*rest - others * along + unit(k)) * share * all;
                let increment = place.min(all - 1.0).floor();
                *rest = others;
                *within = place - increment;
                *to = increment as i32 as u32;
            }
            let (least, most) = (ends[0].next_up(), ends[INCREMENTS].next_down());
            let (lower, length) = (&own.lower[d], &own.length[d]);
            let increments = own.increments[d].as_chunks::<LANES>().0;
            let slopes = own.slopes.as_chunks_mut::<LANES>().0;
            let points = desk.points.iter_mut().skip(d).step_by(dimension).take(vectors);
            for (((point, within), increments), slopes) in
                points.zip(within.as_chunks::<LANES>().0).zip(increments).zip(slopes)
            {
                for lane in 0..LANES {
                    let increment = increments[lane] as usize % INCREMENTS;
                    let x = lower[increment] + length[increment] * within[lane];
                    point[lane] = x.max(least).min(most);
                    slopes[lane] *= length[increment] * all;
                }
            }
        }
        self.evaluate(vectors, desk);
        let slopes = desk.stratified.slopes.as_slice();
        let mut peaks = [0.0f64; LANES];
        for (values, slopes) in desk.values[..vectors].iter_mut().zip(slopes.as_chunks::<LANES>().0) {
            for ((value, slope), peak) in values.iter_mut().zip(slopes).zip(&mut peaks) {
                let size = value.abs();
                *peak = if size > *peak { size } else { *peak };
                *value *= slope;
            }
        }
        peaks.into_iter().fold(0.0, f64::max)
    }
}

/// Fills a block with the next samples from `place` (stratum, number) on; how many they are. What is left of the block
/// repeats the last.
fn next_block(strata: &Strata, end: usize, place: &mut (usize, u32), desk: &mut Desk) -> usize {
    let (mut stratum, mut number) = *place;
    let (mut count, mut last) = (0, (0, 0));
    while count < BLOCK && stratum < end {
        let now = ((strata.samples[stratum] - number) as usize).min(BLOCK - count);
        let range = count..count + now;
        for (to, at) in desk.stratum[range.clone()].iter_mut().zip(&mut desk.number[range]) {
            (*to, *at) = (stratum as u32, number);
            number += 1;
        }
        count += now;
        last = (stratum as u32, number - 1);
        if number == strata.samples[stratum] {
            (stratum, number) = (stratum + 1, 0);
        }
    }
    *place = (stratum, number);
    desk.stratum[count..].fill(last.0);
    desk.number[count..].fill(last.1);
    count
}

/// Puts the squares of values down to their increments.
#[inline(always)]
fn learn(values: &[f64], increments: &[Row], seen: &mut [[[f64; 2]; INCREMENTS]]) {
    for (increments, seen) in increments.iter().zip(seen) {
        for (value, &increment) in values.iter().zip(increments) {
            let cell = &mut seen[increment as usize % INCREMENTS];
            *cell = [cell[0] + value * value, cell[1] + 1.0];
        }
    }
}

/// Takes the values of a block, stratum by stratum.
fn absorb(strata: &Strata, values: &[f64], desk: &Desk, sample: &mut StratifiedSample, running: &mut Running) {
    let (mut begin, mut means, mut variance, mut size) = (0, 0.0, 0.0, 0.0);
    while begin < values.len() {
        let all = strata.samples[desk.stratum[begin] as usize];
        let end = (begin + (all - desk.number[begin]) as usize).min(values.len());
        let part = &values[begin..end];
        running.take(part);
        let share = 1.0 / f64::from(all);
        size += part.iter().map(|value| value.abs()).sum::<f64>() * share;
        if running.count == f64::from(all) {
            let each = 1.0 / (running.count - 1.0);
            let own = running.deviations * each;
            means += running.mean;
            variance += own * share;
            sample.largest = sample.largest.max(running.farthest * running.farthest * (each * share));
            sample.spread.push(own.sqrt());
            *running = Running::default();
        }
        begin = end;
    }
    sample.means = sample.means.combine(Partial::new(means));
    sample.variance += variance;
    sample.size += size;
}

impl Running {
    #[inline]
    fn take(&mut self, values: &[f64]) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let deviations: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        if self.count == 0.0 {
            (self.mean, self.deviations) = (mean, deviations);
        } else {
            let (total, apart) = (self.count + count, mean - self.mean);
            self.deviations += deviations + apart * apart * (self.count / total * count);
            self.mean += apart * (count / total);
        }
        self.count += count;
        // From the mean so far: what is far from it is far from the last one, too.
        self.farthest = values.iter().fold(self.farthest, |far, value| far.max((value - self.mean).abs()));
    }
}
