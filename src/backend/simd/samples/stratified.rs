//! Samples of strata, placed by an importance map.

use super::{SampleDesk, SimdSamples, VECTORS, unit};
use crate::lanes::{LANES, Simd, dispatch};
use crate::plan::{ImportanceMap, Strata, StratifiedSample};
use crate::points::{BLOCK, key, philox};
use crate::reduce::Partial;
use crate::rule::Vector;
use std::ops::Range;

/// What a block of stratified samples needs besides.
#[derive(Default)]
pub(super) struct Desk {
    /// Of each point, its stratum and its number there.
    stratum: Vec<u32>,
    number: Vec<u32>,
    /// Of each axis, the stratum of each point along it, and later the increments.
    along: Vec<[u32; BLOCK]>,
    /// Of each point, what the maps stretch its surroundings by.
    slopes: Vec<f64>,
}

impl Desk {
    fn prepare(&mut self, dimension: usize) {
        self.stratum.resize(BLOCK, 0);
        self.number.resize(BLOCK, 0);
        self.slopes.resize(BLOCK, 1.0);
        self.along.resize(dimension, [0; BLOCK]);
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
        desk.stratified.prepare(self.axes.len());
        let table = self.axes.len() * map.increments();
        let mut sample = StratifiedSample {
            spread: Vec::with_capacity(tile.len()),
            squares: vec![0.0; table],
            counts: vec![0.0; table],
            ..StratifiedSample::default()
        };
        let mut place = (tile.start, 0);
        let mut running = Running::default();
        while place.0 < tile.end && !stop() {
            let count = next_block(strata, tile.end, &mut place, &mut desk.stratified);
            self.block(map, strata, count, desk);
            if let Some(i) = (0..count).find(|&i| !desk.values[i / LANES][i % LANES].is_finite()) {
                sample.bad = self.find_bad(desk, i / LANES + 1);
                break;
            }
            absorb(map, strata, count, desk, &mut sample, &mut running);
        }
        let scale = 1.0 / strata.samples.len() as f64;
        sample.means = sample.means.scaled(Partial::new(scale));
        sample.size *= scale;
        sample.variance *= scale * scale;
        sample.largest *= scale * scale;
        sample
    }

    /// The values of a block, times all slopes.
    fn block(&self, map: &ImportanceMap, strata: &Strata, count: usize, desk: &mut SampleDesk) {
        dispatch!(self.token, simd => self.block_on(simd, map, strata, count, desk));
    }

    #[inline(always)]
    fn block_on<S: Simd>(&self, _: S, map: &ImportanceMap, strata: &Strata, count: usize, desk: &mut SampleDesk) {
        let dimension = self.axes.len();
        let vectors = count.div_ceil(LANES);
        let own = &mut desk.stratified;
        let key = key(strata.seed);
        for (group, four) in desk.rows.chunks_exact_mut(4).enumerate() {
            let [a, b, c, d] = four else { return };
            for i in 0..BLOCK {
                let counter = [own.number[i], own.stratum[i], group as u32, strata.iteration];
                [a[i], b[i], c[i], d[i]] = philox(counter, key);
            }
        }
        own.slopes.fill(1.0);
        let increments = map.increments();
        for (d, ((ends, row), along)) in map.ends.iter().zip(&desk.rows).zip(&mut own.along).enumerate() {
            let (share, all) = (1.0 / f64::from(strata.along[d]), increments as f64);
            let (least, most) = (ends[0].next_up(), ends[increments].next_down());
            let mut places = [0.0; BLOCK];
            for ((place, &k), &stratum) in places.iter_mut().zip(row).zip(along.iter()) {
                *place = (f64::from(stratum) + unit(k)) * share * all;
            }
            for v in 0..vectors {
                let mut coordinates = [0.0; LANES];
                for (lane, coordinate) in coordinates.iter_mut().enumerate() {
                    let i = v * LANES + lane;
                    let increment = (places[i] as usize).min(increments - 1);
                    let width = ends[increment + 1] - ends[increment];
                    *coordinate = (ends[increment] + width * (places[i] - increment as f64)).clamp(least, most);
                    own.slopes[i] *= width * all;
                    along[i] = increment as u32;
                }
                desk.points[v * dimension + d] = coordinates;
            }
        }
        self.evaluate(vectors, desk);
        let slopes: &[Vector] = desk.stratified.slopes.as_chunks().0;
        for (value, slope) in desk.values.iter_mut().zip(slopes).take(vectors) {
            for (value, slope) in value.iter_mut().zip(slope) {
                *value *= slope;
            }
        }
    }
}

/// Fills a block with the next samples from `place` (stratum, number) on; how many they are. What is left of the block repeats the
/// last.
fn next_block(strata: &Strata, end: usize, place: &mut (usize, u32), desk: &mut Desk) -> usize {
    let mut count = 0;
    while count < BLOCK && place.0 < end {
        let (stratum, number) = *place;
        let now = ((strata.samples[stratum] - number) as usize).min(BLOCK - count);
        let range = count..count + now;
        desk.stratum[range.clone()].fill(stratum as u32);
        for (k, to) in desk.number[range.clone()].iter_mut().enumerate() {
            *to = number + k as u32;
        }
        let mut rest = stratum as u32;
        for (along, &strata) in desk.along.iter_mut().zip(&strata.along) {
            along[range.clone()].fill(rest % strata);
            rest /= strata;
        }
        count += now;
        *place = if number + now as u32 == strata.samples[stratum] {
            (stratum + 1, 0)
        } else {
            (stratum, number + now as u32)
        };
    }
    if count < BLOCK {
        let last = count - 1;
        let (stratum, number) = (desk.stratum[last], desk.number[last]);
        desk.stratum[count..].fill(stratum);
        desk.number[count..].fill(number);
        for along in &mut desk.along {
            let last = along[last];
            along[count..].fill(last);
        }
    }
    count
}

/// Takes the values of a block: into the tables of increments, and stratum by stratum.
fn absorb(
    map: &ImportanceMap,
    strata: &Strata,
    count: usize,
    desk: &SampleDesk,
    sample: &mut StratifiedSample,
    running: &mut Running,
) {
    let values = &desk.values.as_flattened()[..count];
    let increments = map.increments();
    for (d, along) in desk.stratified.along.iter().enumerate() {
        let range = d * increments..(d + 1) * increments;
        let (squares, counts) = (&mut sample.squares[range.clone()], &mut sample.counts[range]);
        for (&value, &increment) in values.iter().zip(along) {
            squares[increment as usize] += value * value;
            counts[increment as usize] += 1.0;
        }
    }
    let mut begin = 0;
    while begin < count {
        let stratum = desk.stratified.stratum[begin];
        let all = strata.samples[stratum as usize];
        let end = (begin + (all - desk.stratified.number[begin]) as usize).min(count);
        running.take(&values[begin..end]);
        sample.size += values[begin..end].iter().map(|value| value.abs()).sum::<f64>() / f64::from(all);
        if running.count == f64::from(all) {
            let variance = running.deviations / (running.count - 1.0);
            let each = 1.0 / (running.count * (running.count - 1.0));
            sample.means = sample.means.combine(Partial::new(running.mean));
            sample.variance += variance / running.count;
            sample.largest = sample.largest.max(running.farthest * running.farthest * each);
            sample.spread.push(variance.sqrt());
            *running = Running::default();
        }
        begin = end;
    }
}

impl Running {
    #[inline]
    fn take(&mut self, values: &[f64]) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let deviations: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let total = self.count + count;
        let apart = mean - self.mean;
        self.deviations += deviations + apart * apart * (self.count / total * count);
        self.mean += apart * (count / total);
        self.count = total;
        // From the mean so far: what is far from it is far from the last one, too.
        self.farthest = values.iter().fold(self.farthest, |far, value| far.max((value - self.mean).abs()));
    }
}

const _: () = assert!(VECTORS * LANES == BLOCK);
