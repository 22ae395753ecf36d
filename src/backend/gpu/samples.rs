//! Samples on a GPU: points are made there, and of each tile its moments come back.

use super::buffer::{Numbers, PARTIAL, Pending, partial, size};
use super::device::Kernel;
use super::evaluate::real_from;
use super::flights::{Flights, MOST_WORKGROUPS};
use super::pace::DispatchSize;
use super::points::{Points, numbers};
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit};
use crate::plan::{Axis, AxisMap, Cut, Samples};
use crate::points::Periodization;
use crate::reduce::{Moments, Partial};

/// The axes that a kernel is written out for, at most.
pub(super) const MOST_AXES: usize = 64;

/// The points of a tile: 2 to the power of these, and in between as many as make so many tiles of a round.
const TILE: [u32; 2] = [10, 15];
const WANTED_TILES: u32 = 12;

/// Numbers of a tile besides its sum.
pub(super) const NUMBERS: usize = 4;

/// An integrand, ready to be sampled on a device.
pub(crate) struct GpuSamples {
    device: Device,
    arithmetic: Arithmetic,
    kernel: Kernel,
    /// The buffers that all dispatches share: parameters, axes, numbers of the points.
    shared: [wgpu::Buffer; 3],
    dispatch: DispatchSize,
    free: Vec<Slot>,
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    /// Tiles that there is room for.
    capacity: u64,
    task: wgpu::Buffer,
    found: wgpu::Buffer,
    readback: wgpu::Buffer,
    group: wgpu::BindGroup,
}

impl GpuSamples {
    /// Compiles the kernel for the points of `plan`, unless the device has it already: its text depends on the
    /// integrand and the kind of points alone.
    pub fn new(
        device: &Device,
        traced: &Traced,
        axes: &[Axis],
        plan: &Samples,
        precision: Precision,
    ) -> Result<Self, GpuError> {
        if axes.len() > MOST_AXES {
            return Err(GpuError::NotOnDevice { what: "samples of more than 64 axes" });
        }
        let arithmetic = device.arithmetic(precision)?;
        let emitted = emit(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let constants = parameters(&emitted.parameters, arithmetic)?;
        let kind = Kind::Samples(Points::of(plan, axes));
        let kernel = device.kernel(&shader(kind, arithmetic, &emitted)?, 5)?;
        let axes_of = table(axes, plan.periodization, arithmetic)?;
        let points = numbers(plan.set);
        let shared = device.step(move |gpu| {
            Ok([gpu.storage_of(&constants), gpu.storage_of(&axes_of), gpu.storage_of(bytemuck::cast_slice(&points))])
        })?;
        let unit = 1 << TILE[0];
        Ok(Self {
            device: device.clone(),
            arithmetic,
            kernel,
            shared,
            dispatch: DispatchSize::new(unit, u64::MAX >> TILE[1]),
            free: Vec::new(),
        })
    }

    /// The tiles of a plan: more and larger ones where there is more to do; they depend on nothing else.
    pub fn cut(plan: &Samples) -> Cut {
        let [least, most] = TILE;
        let log = plan.evaluations().max(1).ilog2().saturating_sub(WANTED_TILES).clamp(least, most);
        // Less than the smallest tile is a power of two.
        plan.cut_by(plan.count.min(1 << log))
    }

    /// Samples the tiles of `cut` from `from` on and hands their moments to `absorb` in order, some at a time, with the
    /// number of the first; `None` where a value is not finite in this arithmetic, or a square.
    ///
    /// Between dispatches `stop` is asked; once it says so nothing more is sent off, and what is under way is still
    /// delivered. The bits depend on the tile alone.
    pub fn run(
        &mut self,
        plan: &Samples,
        from: u64,
        stop: &dyn Fn() -> bool,
        absorb: &mut dyn FnMut(u64, &[Option<Moments>]),
    ) -> Result<(), GpuError> {
        let cut = Self::cut(plan);
        let Self { device, arithmetic, kernel, shared, dispatch, free, .. } = self;
        let (bytes, info) = (PARTIAL + NUMBERS * size(*arithmetic), device.info());
        let most = MOST_WORKGROUPS.min(info.max_workgroups.into()).min(info.max_binding / bytes as u64).max(1);
        // A dispatch counts tiles in one word.
        if cut.tiles() > u64::from(u32::MAX) - most {
            return Err(GpuError::NotOnDevice { what: "rounds of more than 2^47 samples" });
        }
        let units = (cut.size >> TILE[0]).max(1);
        let (mut next, mut stopped) = (from, false);
        let mut flights = Flights::new(device);
        dispatch.begin();
        loop {
            while !flights.is_full() && next < cut.tiles() && !stopped {
                stopped = stop();
                if stopped {
                    break;
                }
                let count = (dispatch.units / units).clamp(1, most).min(cut.tiles() - next);
                let slot = match free.pop().filter(|slot| slot.capacity >= count) {
                    Some(slot) => slot,
                    // Memory is cleared when it is new, so there is no more of it than dispatches have come to need.
                    None => slot(device, kernel, shared, count.next_power_of_two().min(most), bytes)?,
                };
                let pending = send(device, kernel, &slot, task(plan, &cut, next), count, bytes)?;
                flights.push((next, count, slot), pending);
                next += count;
            }
            let Some(((first, count, slot), words)) = flights.land()? else { return Ok(()) };
            dispatch.done(count * units);
            free.push(slot);
            let moments: Vec<_> = (first..)
                .zip(words.chunks_exact(bytes))
                .map(|(tile, words)| moments(*arithmetic, words, cut.tile(tile).2))
                .collect::<Result<_, _>>()?;
            absorb(first, &moments);
        }
    }
}

fn slot(
    device: &Device,
    kernel: &Kernel,
    shared: &[wgpu::Buffer; 3],
    capacity: u64,
    bytes: usize,
) -> Result<Slot, GpuError> {
    let (kernel, shared, length) = (kernel.clone(), shared.clone(), capacity as usize * bytes);
    device.step(move |gpu| {
        let (task, found, readback) = (gpu.storage(28), gpu.storage(length), gpu.readback(length));
        let [parameters, axes, numbers] = &shared;
        let group = gpu.bind(&kernel, &[&task, parameters, axes, numbers, &found]);
        Ok(Slot { capacity, task, found, readback, group })
    })
}

fn send(
    device: &Device,
    kernel: &Kernel,
    slot: &Slot,
    task: [u32; 7],
    count: u64,
    bytes: usize,
) -> Result<Pending, GpuError> {
    let (kernel, sent) = (kernel.clone(), slot.clone());
    device.step(move |gpu| {
        gpu.write(&sent.task, bytemuck::bytes_of(&task));
        let length = count as usize * bytes;
        Ok(gpu.dispatch(&kernel, &sent.group, count as u32, &sent.found, &sent.readback, length))
    })
}

/// What tells the kernel about the tiles from `tile` on.
fn task(plan: &Samples, cut: &Cut, tile: u64) -> [u32; 7] {
    let last = cut.tile(cut.each() - 1).2 as u32;
    let (first, shift) = (plan.first, cut.size.ilog2());
    [0, cut.each() as u32, tile as u32, shift, last, first as u32, (first >> 32) as u32]
}

/// Of each axis its lower end and what an integer is worth (or the upper end, for a smooth periodization), of half a
/// line its end and direction, and between what places lie, as the kernel reads them.
fn table(axes: &[Axis], periodization: Periodization, arithmetic: Arithmetic) -> Result<Vec<u8>, GpuError> {
    let mut numbers = Numbers::new(arithmetic);
    for axis in axes {
        let width = axis.upper - axis.lower;
        let step = match periodization {
            Periodization::None => width * (1.0 / 4_294_967_296.0),
            // Both halves of a tent are twice as steep.
            Periodization::Tent => width * (1.0 / 2_147_483_648.0),
            Periodization::Smooth => axis.upper,
        };
        // What is nearer to an end than double precision is no place in another.
        let inside = arithmetic == Arithmetic::F64;
        let least = if inside { axis.lower.next_up() } else { axis.lower };
        let most = if inside { axis.upper.next_down() } else { axis.upper };
        let (end, direction) = half_line(axis);
        for number in [axis.lower, step, end, direction, least, most] {
            if !(arithmetic.holds(number) && arithmetic.holds(axis.upper)) {
                let (what, precision) = ("an axis with the end", Precision::of(arithmetic));
                return Err(GpuError::OutOfRange {
                    what,
                    value: if number == end { end } else { axis.upper },
                    precision,
                });
            }
            numbers.pair(Partial::new(number));
        }
    }
    Ok(numbers.bytes)
}

/// Where half a line ends, and 1 or -1.
pub(super) fn half_line(axis: &Axis) -> (f64, f64) {
    match axis.map {
        AxisMap::Half { end, direction } => (end, direction),
        _ => (0.0, 1.0),
    }
}

/// The moments of samples out of their words.
pub(super) fn moments(arithmetic: Arithmetic, words: &[u8], count: u64) -> Result<Option<Moments>, GpuError> {
    let sum = partial(arithmetic, &words[..PARTIAL])?;
    let mut numbers = [0.0; NUMBERS];
    for (number, words) in numbers.iter_mut().zip(words[PARTIAL..].chunks_exact(size(arithmetic))) {
        *number = real_from(arithmetic, words);
    }
    let [low, high, deviations, size] = numbers;
    let finite = sum.high.is_finite() && (arithmetic == Arithmetic::F64 || deviations.is_finite() && size.is_finite());
    // Squares that overflow leave no number: the CPU calls that infinite.
    let deviations = if deviations.is_nan() { f64::INFINITY } else { deviations.max(0.0) };
    Ok(finite.then_some(Moments { count: count as f64, sum, deviations, size, low, high }))
}
