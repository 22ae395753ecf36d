//! Samples of strata on a GPU. Of most strata, which few samples are enough for, what comes back are sums over a
//! workgroup and how the values of each scatter; of pieces of large ones their moments; and at the end the histogram
//! that maps learn from.

use super::buffer::{PARTIAL, Pending, WORKGROUP, partial};
use super::device::Kernel;
use super::flights::{Flights, MOST_WORKGROUPS};
use super::pace::DispatchSize;
use super::points::{Integers, Points};
use super::samples::{MOST_AXES, NUMBERS, half_line, moments};
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit};
use crate::plan::{Axis, ImportanceMap, Piece, Strata, StratifiedSample};
use crate::points::{Periodization, key};
use crate::reduce::{Moments, Partial};

/// What runs here is exact enough for weights that differ as much as those of a map.
const ARITHMETIC: Arithmetic = Arithmetic::F64;

/// Bytes of what comes back of a piece, and of a tile of whole strata: three sums, nothing, and the spread of each.
const FOUND: usize = PARTIAL + 8 * NUMBERS;
const TILE: usize = PARTIAL + 8 * (4 + WORKGROUP as usize);

/// Samples of a piece: at least; so many that there are not many more pieces than strata; and a bound for drivers that
/// count turns of loops.
const LEAST: u64 = 64;
const PIECES: u64 = 1 << 18;
const TURNS: usize = 1 << 15;

/// The words of an increment: its sum, of all that squares of `f64` may be, and its count. And what the sum is in units
/// of: 2 to this power.
const WORDS: usize = 67;
const UNIT: i32 = -1053;

/// An integrand, ready to be sampled in strata on a device.
pub(crate) struct GpuStrata {
    device: Device,
    kernel: Kernel,
    dimension: usize,
    shared: Shared,
    dispatch: DispatchSize,
    free: Vec<Slot>,
}

/// The buffers that all dispatches share.
#[derive(Clone)]
struct Shared {
    parameters: wgpu::Buffer,
    axes: wgpu::Buffer,
    map: wgpu::Buffer,
    seen: wgpu::Buffer,
    readback: wgpu::Buffer,
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    /// Pieces that there is room for, and whether these are whole strata.
    capacity: usize,
    whole: bool,
    task: wgpu::Buffer,
    pieces: wgpu::Buffer,
    result: wgpu::Buffer,
    readback: wgpu::Buffer,
    group: wgpu::BindGroup,
}

/// What a pass over the samples of an iteration has come to.
pub(crate) enum Pass {
    Whole(StratifiedSample),
    /// A value is not finite, or their sum.
    Bad(Piece),
    Stopped,
}

/// Who sees the sums of tiles in order, with the number of the first one; and whether they are sums of means and not of
/// values. There is none where a value is not finite.
type See<'a> = dyn FnMut(u64, bool, &[Option<Partial>]) + 'a;

/// Who takes what comes back of pieces, with the number of their first tile; the piece where a value is not finite, if
/// any.
type Take<'a> = dyn FnMut(u64, &[Piece], &[u8]) -> Result<Option<Piece>, GpuError> + 'a;

/// All pieces of an iteration.
pub(crate) struct Pieces {
    /// Of large strata; and strata that are one piece each.
    several: Vec<Piece>,
    whole: Vec<Piece>,
}

impl Pieces {
    /// They depend on the strata alone, and the axes.
    fn of(strata: &Strata, dimension: usize) -> Self {
        let most = (TURNS / (2 * dimension + 1)) as u64;
        let length = (strata.evaluations() / PIECES).next_power_of_two().clamp(LEAST, most) as u32;
        let mut pieces = Self { several: Vec::new(), whole: Vec::with_capacity(strata.samples.len()) };
        for (stratum, &samples) in (0..).zip(&strata.samples) {
            if samples <= length {
                pieces.whole.push(Piece { stratum, first: 0, count: samples });
                continue;
            }
            let firsts = (0..samples).step_by(length as usize);
            pieces.several.extend(firsts.map(|first| Piece { stratum, first, count: length.min(samples - first) }));
        }
        pieces
    }

    /// The tiles of the first kind, and of both.
    pub fn tiles(&self) -> [u64; 2] {
        let [several, whole] = [&self.several, &self.whole].map(|pieces| pieces.len().div_ceil(GpuStrata::TILE) as u64);
        [several, several + whole]
    }

    /// Those of a tile.
    pub fn of_tile(&self, tile: u64) -> &[Piece] {
        let [several, _] = self.tiles();
        let (pieces, tile) = if tile < several { (&self.several, tile) } else { (&self.whole, tile - several) };
        let first = tile as usize * GpuStrata::TILE;
        &pieces[first..(first + GpuStrata::TILE).min(pieces.len())]
    }
}

impl GpuStrata {
    /// The pieces that are sampled and verified together: those of a workgroup.
    pub const TILE: usize = WORKGROUP as usize;

    /// Compiles the kernel, unless the device has it already: its text depends on the integrand and the kind of axes
    /// alone.
    pub fn new(device: &Device, traced: &Traced, axes: &[Axis]) -> Result<Self, GpuError> {
        if axes.len() > MOST_AXES {
            return Err(GpuError::NotOnDevice { what: "samples of more than 64 axes" });
        }
        let arithmetic = device.arithmetic(Precision::of(ARITHMETIC))?;
        let emitted = emit(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let constants = parameters(&emitted.parameters, arithmetic)?;
        let kind = Kind::Strata(Points::on(axes, Integers::Stratum, Periodization::None));
        let kernel = device.kernel(&shader(kind, arithmetic, &emitted)?, 8)?;
        let dimension = axes.len();
        let shared = device.step(move |gpu| {
            let seen = 4 * WORDS * dimension * ImportanceMap::INCREMENTS;
            Ok(Shared {
                parameters: gpu.storage_of(&constants),
                axes: gpu.storage(dimension * 5 * 16),
                map: gpu.storage(8 * dimension * (ImportanceMap::INCREMENTS + 1)),
                seen: gpu.storage(seen),
                readback: gpu.readback(seen),
            })
        })?;
        let dispatch = DispatchSize::new(1, u64::MAX);
        Ok(Self { device: device.clone(), kernel, dimension, shared, dispatch, free: Vec::new() })
    }

    /// The pieces of all strata.
    pub fn pieces(&self, strata: &Strata) -> Pieces {
        Pieces::of(strata, self.dimension)
    }

    /// Samples the strata. Between dispatches `stop` is asked; `see` sees tiles in order, some at a time. The bits
    /// depend on map and strata alone: those of the histogram, too, which is a sum of integers.
    pub fn pass(
        &mut self,
        axes: &[Axis],
        map: &ImportanceMap,
        strata: &Strata,
        pieces: &Pieces,
        stop: &dyn Fn() -> bool,
        see: &mut See,
    ) -> Result<Pass, GpuError> {
        self.tell(axes, map, strata)?;
        let numbers: Vec<u32> = key(strata.seed).into_iter().chain(strata.along.iter().copied()).collect();
        let spread = vec![0.0; strata.samples.len()];
        let mut sample = StratifiedSample { spread, ..StratifiedSample::default() };
        let mut stratum = Moments::IDENTITY;
        let several =
            self.fly(&pieces.several, false, strata.iteration, &numbers, stop, &mut |first, pieces, words| {
                let found = pieces.iter().zip(words.chunks_exact(FOUND));
                let found: Vec<_> = found
                    .map(|(piece, words)| moments(ARITHMETIC, words, piece.count.into()))
                    .collect::<Result<_, GpuError>>()?;
                let sums: Vec<_> = found.chunks(Self::TILE).map(sum).collect();
                see(first, false, &sums);
                for (piece, moments) in pieces.iter().zip(&found) {
                    let Some(moments) = moments else { return Ok(Some(*piece)) };
                    stratum = stratum.combine(*moments);
                    if piece.first + piece.count == strata.samples[piece.stratum as usize] {
                        sample.take(piece.stratum, &stratum);
                        stratum = Moments::IDENTITY;
                    }
                }
                Ok(None)
            })?;
        if let Some(end) = several {
            return Ok(end);
        }
        let [before, _] = pieces.tiles();
        let whole = self.fly(&pieces.whole, true, strata.iteration, &numbers, stop, &mut |first, pieces, words| {
            let tiles = || pieces.chunks(Self::TILE).zip(words.chunks_exact(TILE));
            let sums = tiles().map(|(_, words)| {
                partial(ARITHMETIC, &words[..PARTIAL]).map(|sum| Some(sum).filter(|sum| sum.high.is_finite()))
            });
            let sums: Vec<_> = sums.collect::<Result<_, GpuError>>()?;
            see(before + first, true, &sums);
            for ((pieces, words), sum) in tiles().zip(&sums) {
                let numbers = words[PARTIAL..].chunks_exact(8).map(bytemuck::pod_read_unaligned::<f64>);
                let (mut numbers, mut own) = (numbers, [0.0; 4]);
                own.iter_mut().zip(&mut numbers).for_each(|(own, number)| *own = number);
                let mut bad = None;
                for (piece, spread) in pieces.iter().zip(numbers) {
                    sample.spread[piece.stratum as usize] = spread;
                    if !(0.0..f64::INFINITY).contains(&spread) {
                        bad = bad.or(Some(*piece));
                    }
                }
                let Some(sum) = sum else { return Ok(bad.or(pieces.first().copied())) };
                let [variance, size, largest, _] = own;
                sample.means = sample.means.combine(*sum);
                sample.variance += variance;
                sample.size += size;
                sample.largest = sample.largest.max(largest);
            }
            Ok(None)
        })?;
        if let Some(end) = whole {
            return Ok(end);
        }
        let mut sample = sample.averaged(strata.samples.len());
        sample.seen = self.seen()?;
        Ok(Pass::Whole(sample))
    }

    /// Sends pieces off, and has `take` take what comes back of them, in order, with the number of the first tile; how
    /// that ended, if early.
    fn fly(
        &mut self,
        all: &[Piece],
        whole: bool,
        iteration: u32,
        numbers: &[u32],
        stop: &dyn Fn() -> bool,
        take: &mut Take,
    ) -> Result<Option<Pass>, GpuError> {
        let info = self.device.info();
        let each = if whole { TILE } else { FOUND * Self::TILE };
        let most = MOST_WORKGROUPS.min(info.max_workgroups.into()).min(info.max_binding / each as u64).max(1);
        let most = most as usize * Self::TILE;
        let Self { device, kernel, shared, dispatch, free, .. } = self;
        let mut flights = Flights::new(device);
        let (mut sent, mut landed) = (0, 0);
        dispatch.begin();
        loop {
            while !flights.is_full() && sent < all.len() {
                if stop() {
                    return Ok(Some(Pass::Stopped));
                }
                let (first, mut samples) = (sent, 0);
                while sent < all.len() && sent - first < most && samples < dispatch.units {
                    let tile = &all[sent..(sent + Self::TILE).min(all.len())];
                    samples += tile.iter().map(|piece| u64::from(piece.count)).sum::<u64>();
                    sent += tile.len();
                }
                let pieces = &all[first..sent];
                let fits = |slot: &Slot| slot.whole == whole && slot.capacity >= pieces.len();
                let slot = match free.iter().position(fits) {
                    Some(place) => free.swap_remove(place),
                    None => slot(device, kernel, shared, pieces.len().next_power_of_two().min(most), whole)?,
                };
                let task = [&[0, pieces.len() as u32, iteration, u32::from(whole)], numbers].concat();
                let pending = send(device, kernel, &slot, task, pieces)?;
                flights.push((pieces, samples, slot), pending);
            }
            let Some(((pieces, samples, slot), words)) = flights.land()? else { return Ok(None) };
            dispatch.done(samples);
            free.push(slot);
            if let Some(bad) = take((landed / Self::TILE) as u64, pieces, &words)? {
                return Ok(Some(Pass::Bad(bad)));
            }
            landed += pieces.len();
            if stop() {
                return Ok(Some(Pass::Stopped));
            }
        }
    }

    /// Tells the device about an iteration.
    fn tell(&self, axes: &[Axis], map: &ImportanceMap, strata: &Strata) -> Result<(), GpuError> {
        let mut of_axes = Vec::new();
        for ((axis, ends), &along) in axes.iter().zip(&map.ends).zip(&strata.along) {
            let (end, direction) = half_line(axis);
            let (least, most) = (ends[0].next_up(), ends[ImportanceMap::INCREMENTS].next_down());
            for number in [1.0 / f64::from(along), least, most, end, direction] {
                of_axes.extend([number, 0.0]);
            }
        }
        let of_map: Vec<f64> = map.ends.iter().flatten().copied().collect();
        let nothing = vec![0u32; WORDS * self.dimension * ImportanceMap::INCREMENTS];
        let shared = self.shared.clone();
        self.device.step(move |gpu| {
            gpu.write(&shared.axes, bytemuck::cast_slice(&of_axes));
            gpu.write(&shared.map, bytemuck::cast_slice(&of_map));
            gpu.write(&shared.seen, bytemuck::cast_slice(&nothing));
            Ok(())
        })
    }

    /// The histogram.
    fn seen(&self) -> Result<Vec<[f64; 2]>, GpuError> {
        let shared = self.shared.clone();
        let bytes = 4 * WORDS * self.dimension * ImportanceMap::INCREMENTS;
        let words = self.device.step(move |gpu| gpu.copy(&shared.seen, &shared.readback, bytes).wait(gpu))?;
        let increment = |words: &[u8]| {
            let words: [u32; WORDS] = bytemuck::pod_read_unaligned(words);
            [number(&words[..WORDS - 1]), f64::from(words[WORDS - 1])]
        };
        Ok(words.chunks_exact(4 * WORDS).map(increment).collect())
    }
}

/// The number that words are, in units of [`UNIT`]; the lowest comes first.
fn number(words: &[u32]) -> f64 {
    let above = words.iter().rposition(|&word| word != 0).map_or(0, |highest| highest + 1);
    let lowest = above.saturating_sub(4);
    let digits = words[lowest..above].iter().rev().fold(0u128, |sum, &word| sum << 32 | u128::from(word));
    let exponent = 32 * lowest as i32 + UNIT;
    // In two steps: the power alone may be too small for an `f64`.
    digits as f64 * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
}

/// The sum of the values of some pieces, if they have one.
fn sum(pieces: &[Option<Moments>]) -> Option<Partial> {
    pieces.iter().try_fold(Partial::IDENTITY, |sum, moments| Some(sum.combine(moments.as_ref()?.sum)))
}

/// The bytes that come back of so many pieces.
fn length(pieces: usize, whole: bool) -> usize {
    if whole { pieces.div_ceil(GpuStrata::TILE) * TILE } else { pieces * FOUND }
}

fn slot(device: &Device, kernel: &Kernel, shared: &Shared, capacity: usize, whole: bool) -> Result<Slot, GpuError> {
    let (kernel, shared, length) = (kernel.clone(), shared.clone(), length(capacity, whole));
    device.step(move |gpu| {
        let Shared { parameters, axes, map, seen, .. } = &shared;
        let (task, pieces) = (gpu.storage(4 * (6 + axes.size() as usize / 80)), gpu.storage(12 * capacity));
        // There is room for one of the other kind: a binding is never empty.
        let (result, other) = (gpu.storage(length), gpu.storage(if whole { FOUND } else { TILE }));
        let (found, tiles) = if whole { (&other, &result) } else { (&result, &other) };
        let readback = gpu.readback(length);
        let group = gpu.bind(&kernel, &[&task, parameters, axes, map, &pieces, seen, found, tiles]);
        Ok(Slot { capacity, whole, task, pieces, result, readback, group })
    })
}

fn send(device: &Device, kernel: &Kernel, slot: &Slot, task: Vec<u32>, pieces: &[Piece]) -> Result<Pending, GpuError> {
    let (kernel, sent, pieces) = (kernel.clone(), slot.clone(), pieces.to_vec());
    device.step(move |gpu| {
        gpu.write(&sent.task, bytemuck::cast_slice(&task));
        gpu.write(&sent.pieces, bytemuck::cast_slice(&pieces));
        let workgroups = (pieces.len() as u32).div_ceil(WORKGROUP);
        let bytes = length(pieces.len(), sent.whole);
        Ok(gpu.dispatch(&kernel, &sent.group, workgroups, &sent.result, &sent.readback, bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_hold_all_squares() {
        let mut words = [0u32; WORDS - 1];
        assert_eq!(number(&words), 0.0);
        words[0] = 1 << 31;
        assert_eq!(number(&words), f64::MIN_POSITIVE);
        (words[0], words[32], words[33]) = (0, 1 << 29, 3);
        assert_eq!(number(&words), 1.0 + 24.0);
        words[65] = 1;
        assert_eq!(number(&words), f64::INFINITY);
    }
}
