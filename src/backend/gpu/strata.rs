//! Samples of strata on a GPU: of each piece of a stratum its moments come back, and at the end the histogram that maps learn from.

use super::buffer::{PARTIAL, Pending, WORKGROUP};
use super::device::Kernel;
use super::flights::{DispatchSize, Flights, MOST_WORKGROUPS};
use super::points::{Integers, Points};
use super::samples::{MOST_AXES, NUMBERS, half_line, moments};
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit_traced};
use crate::plan::{Axis, ImportanceMap, Piece, Strata, StratifiedSample};
use crate::points::{Periodization, key};
use crate::reduce::Moments;

/// What runs here is exact enough for weights that differ as much as those of a map.
const ARITHMETIC: Arithmetic = Arithmetic::F64;

/// Bytes of what comes back of a piece.
const FOUND: usize = PARTIAL + 8 * NUMBERS;

/// Samples of a piece: at least; so many that there are not many more pieces than strata; and a bound for drivers that count turns of loops.
const LEAST: u64 = 64;
const PIECES: u64 = 1 << 18;
const TURNS: usize = 1 << 15;

/// The words of an increment: its sum, of all that squares of `f64` may be, and its count. And what the sum is in units of: 2 to this power.
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
    numbers: wgpu::Buffer,
    map: wgpu::Buffer,
    seen: wgpu::Buffer,
    readback: wgpu::Buffer,
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    /// Pieces that there is room for.
    capacity: usize,
    task: wgpu::Buffer,
    pieces: wgpu::Buffer,
    found: wgpu::Buffer,
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

/// Who sees the moments of pieces in order, some tiles at a time, with the number of the first tile.
type See<'a> = dyn FnMut(u64, &[Piece], &[Option<Moments>]) + 'a;

impl GpuStrata {
    /// The pieces that are verified together: those of a workgroup.
    pub const TILE: usize = WORKGROUP as usize;

    /// Compiles the kernel, unless the device has it already: its text depends on the integrand and the kind of axes alone.
    pub fn new(device: &Device, traced: &Traced, axes: &[Axis]) -> Result<Self, GpuError> {
        if axes.len() > MOST_AXES {
            return Err(GpuError::NotOnDevice { what: "samples of more than 64 axes" });
        }
        let arithmetic = device.arithmetic(Precision::of(ARITHMETIC))?;
        let emitted = emit_traced(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let constants = parameters(&emitted.parameters, arithmetic)?;
        let kind = Kind::Strata(Points::on(axes, Integers::Stratum, Periodization::None));
        let kernel = device.kernel(&shader(kind, arithmetic, &emitted)?, 8)?;
        let dimension = axes.len();
        let shared = device.step(move |gpu| {
            let seen = 4 * WORDS * dimension * ImportanceMap::INCREMENTS;
            Ok(Shared {
                parameters: gpu.storage_of(&constants),
                axes: gpu.storage(dimension * 5 * 16),
                numbers: gpu.storage(4 * (2 + dimension)),
                map: gpu.storage(8 * dimension * (ImportanceMap::INCREMENTS + 1)),
                seen: gpu.storage(seen),
                readback: gpu.readback(seen),
            })
        })?;
        let dispatch = DispatchSize::new(1, u64::MAX);
        Ok(Self { device: device.clone(), kernel, dimension, shared, dispatch, free: Vec::new() })
    }

    /// The pieces of all strata, in order; they depend on nothing else.
    pub fn pieces<'a>(&self, strata: &'a Strata) -> impl Iterator<Item = Piece> + use<'a> {
        let length = self.length(strata);
        (0..).zip(&strata.samples).flat_map(move |(stratum, &samples)| {
            let firsts = (0..samples).step_by(length as usize);
            firsts.map(move |first| Piece { stratum, first, count: length.min(samples - first) })
        })
    }

    /// The tiles of all strata.
    pub fn tiles(&self, strata: &Strata) -> u64 {
        let length = self.length(strata);
        let pieces: u64 = strata.samples.iter().map(|samples| u64::from(samples.div_ceil(length))).sum();
        pieces.div_ceil(Self::TILE as u64)
    }

    fn length(&self, strata: &Strata) -> u32 {
        let most = (TURNS / (2 * self.dimension + 1)) as u64;
        (strata.evaluations() / PIECES).next_power_of_two().clamp(LEAST, most) as u32
    }

    /// Samples the strata. Between dispatches `stop` is asked. The bits depend on map and strata alone: those of the histogram, too, which is a sum of integers.
    pub fn pass(
        &mut self,
        axes: &[Axis],
        map: &ImportanceMap,
        strata: &Strata,
        stop: &dyn Fn() -> bool,
        see: &mut See,
    ) -> Result<Pass, GpuError> {
        self.tell(axes, map, strata)?;
        let info = self.device.info();
        let most = (MOST_WORKGROUPS.min(info.max_workgroups.into()) * u64::from(WORKGROUP))
            .min(info.max_binding / FOUND as u64 / u64::from(WORKGROUP) * u64::from(WORKGROUP))
            .max(WORKGROUP.into()) as usize;
        let mut left = self.pieces(strata).peekable();
        let Self { device, kernel, shared, dispatch, free, .. } = self;
        let (mut sample, mut stratum) = (StratifiedSample::default(), Moments::IDENTITY);
        let (mut tile, mut bad, mut stopped) = (0, None, false);
        let mut flights = Flights::new(device);
        dispatch.begin();
        loop {
            while !flights.is_full() && left.peek().is_some() && bad.is_none() && !stopped {
                stopped = stop();
                if stopped {
                    break;
                }
                let (mut pieces, mut samples) = (Vec::new(), 0);
                while pieces.len() < most && (samples < dispatch.units || pieces.len() % Self::TILE != 0) {
                    let Some(piece) = left.next() else { break };
                    samples += u64::from(piece.count);
                    pieces.push(piece);
                }
                let slot = match free.pop().filter(|slot| slot.capacity >= pieces.len()) {
                    Some(slot) => slot,
                    None => slot(device, kernel, shared, pieces.len().next_power_of_two().min(most))?,
                };
                let pending = send(device, kernel, &slot, strata.iteration, &pieces)?;
                flights.push((pieces, samples, slot), pending);
            }
            let Some(((pieces, samples, slot), words)) = flights.land()? else { break };
            dispatch.done(samples);
            free.push(slot);
            let found: Vec<_> = pieces
                .iter()
                .zip(words.chunks_exact(FOUND))
                .map(|(piece, words)| moments(ARITHMETIC, words, piece.count.into()))
                .collect::<Result<_, _>>()?;
            see(tile, &pieces, &found);
            tile += pieces.len().div_ceil(Self::TILE) as u64;
            for (piece, moments) in pieces.iter().zip(&found).take_while(|_| bad.is_none()) {
                let Some(moments) = moments else {
                    bad = Some(*piece);
                    break;
                };
                stratum = stratum.combine(*moments);
                if piece.first + piece.count == strata.samples[piece.stratum as usize] {
                    sample.take(&stratum);
                    stratum = Moments::IDENTITY;
                }
            }
        }
        drop(flights);
        if let Some(piece) = bad {
            return Ok(Pass::Bad(piece));
        }
        if stopped || sample.spread.len() < strata.samples.len() {
            return Ok(Pass::Stopped);
        }
        let mut sample = sample.averaged(strata.samples.len());
        sample.seen = self.seen()?;
        Ok(Pass::Whole(sample))
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
        let numbers: Vec<u32> = key(strata.seed).into_iter().chain(strata.along.iter().copied()).collect();
        let nothing = vec![0u32; WORDS * self.dimension * ImportanceMap::INCREMENTS];
        let shared = self.shared.clone();
        self.device.step(move |gpu| {
            gpu.write(&shared.axes, bytemuck::cast_slice(&of_axes));
            gpu.write(&shared.map, bytemuck::cast_slice(&of_map));
            gpu.write(&shared.numbers, bytemuck::cast_slice(&numbers));
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

fn slot(device: &Device, kernel: &Kernel, shared: &Shared, capacity: usize) -> Result<Slot, GpuError> {
    let (kernel, shared, length) = (kernel.clone(), shared.clone(), capacity * FOUND);
    device.step(move |gpu| {
        let (task, pieces) = (gpu.storage(12), gpu.storage(12 * capacity));
        let (found, readback) = (gpu.storage(length), gpu.readback(length));
        let Shared { parameters, axes, numbers, map, seen, .. } = &shared;
        let group = gpu.bind(&kernel, &[&task, parameters, axes, numbers, map, &pieces, seen, &found]);
        Ok(Slot { capacity, task, pieces, found, readback, group })
    })
}

fn send(device: &Device, kernel: &Kernel, slot: &Slot, iteration: u32, pieces: &[Piece]) -> Result<Pending, GpuError> {
    let task = [0, pieces.len() as u32, iteration];
    let words: Vec<_> = pieces.iter().flat_map(|piece| [piece.stratum, piece.first, piece.count]).collect();
    let (kernel, sent, count) = (kernel.clone(), slot.clone(), pieces.len());
    device.step(move |gpu| {
        gpu.write(&sent.task, bytemuck::bytes_of(&task));
        gpu.write(&sent.pieces, bytemuck::cast_slice(&words));
        let workgroups = (count as u32).div_ceil(WORKGROUP);
        Ok(gpu.dispatch(&kernel, &sent.group, workgroups, &sent.found, &sent.readback, count * FOUND))
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
