//! A list of regions on a GPU: one rung of a ladder over each, thousands in each dispatch, a few dispatches under way
//! at any time.

use super::buffer::{Numbers, Pending, WORKGROUP, check_flags, size};
use super::device::Kernel;
use super::evaluate::real_from;
use super::flights::{Flights, MOST_WORKGROUPS};
use super::pace::DispatchSize;
use super::shader::{BOUNDS, Kind, shader};
use super::{Device, GpuError, Precision};
use crate::integrand::Integrand;
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit};
use crate::lanes::LANES;
use crate::rule::{Ladder, SENTINEL};

/// The most regions of a dispatch: their answers are some 3 MB, so that the CPU judges some while others are on their
/// way.
const MOST: u64 = 1 << 15;

/// Sums of a region, that of |f| and the variation; and with the word of flags.
const SUMS: usize = 11;
const FOUND: usize = SUMS + 1;

/// What a rung makes of its values, for a region of length 1: the signs of the error model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub sum: f64,
    /// By the rung below.
    pub before: f64,
    pub surprise: f64,
    pub nulls: [f64; 4],
    /// What the interpolant says at the sentinels, less the values there.
    pub sentinels: [f64; 2],
    /// The sum of |f|.
    pub size: f64,
    /// Largest less smallest value.
    pub variation: f64,
}

/// Where regions come from and answers go to.
pub(crate) trait Source {
    /// Appends the numbers of at most `most` regions: lower end, upper end, length, parameters. None where there are no
    /// more.
    fn fill(&mut self, most: usize, numbers: &mut Vec<f64>);

    /// Takes the answers of the regions that were given next, in one call of [`fill`](Self::fill).
    fn absorb(&mut self, found: &FoundRegions);
}

/// What came back of some regions.
pub(crate) struct FoundRegions {
    arithmetic: Arithmetic,
    words: Vec<u8>,
}

impl FoundRegions {
    /// An error where any of them is not whole.
    fn new(arithmetic: Arithmetic, words: Vec<u8>) -> Result<Self, GpuError> {
        let found = Self { arithmetic, words };
        (0..found.words.len() / found.bytes()).try_for_each(|k| check_flags(found.flags(k)))?;
        Ok(found)
    }

    fn bytes(&self) -> usize {
        size(self.arithmetic) * FOUND
    }

    fn flags(&self, k: usize) -> u32 {
        bytemuck::pod_read_unaligned(&self.words[k * self.bytes() + SUMS * size(self.arithmetic)..][..4])
    }

    /// The answer of region number `k`; `None` where a value is not finite in this arithmetic.
    pub fn get(&self, k: usize) -> Option<Found> {
        let mut numbers = [0.0; SUMS];
        let words = &self.words[k * self.bytes()..];
        for (number, words) in numbers.iter_mut().zip(words.chunks_exact(size(self.arithmetic))) {
            *number = real_from(self.arithmetic, words);
        }
        let [sum, before, surprise, a, b, c, d, lower, upper, size, variation] = numbers;
        let found = Found { sum, before, surprise, nulls: [a, b, c, d], sentinels: [lower, upper], size, variation };
        (self.flags(k) == 0 && numbers.iter().all(|number| number.is_finite())).then_some(found)
    }
}

/// An integrand and a ladder, ready to sweep regions on a device.
pub(crate) struct GpuRegions<'a> {
    device: &'a Device,
    ladder: &'static Ladder,
    arithmetic: Arithmetic,
    kernel: Kernel,
    table: wgpu::Buffer,
    /// Numbers of a region.
    stride: usize,
}

#[derive(Clone)]
struct Slot {
    /// Regions that there is room for.
    capacity: usize,
    task: wgpu::Buffer,
    regions: wgpu::Buffer,
    found: wgpu::Buffer,
    readback: wgpu::Buffer,
    group: wgpu::BindGroup,
}

impl<'a> GpuRegions<'a> {
    /// Compiles the kernel, unless the device has it already.
    pub fn new(
        device: &'a Device,
        f: &impl Integrand,
        ladder: &'static Ladder,
        precision: Precision,
    ) -> Result<Self, GpuError> {
        Self::of_traced(device, Traced::of(f), ladder, precision)
    }

    // Not generic: compiled once, and not for every integrand.
    fn of_traced(
        device: &'a Device,
        traced: Option<Traced>,
        ladder: &'static Ladder,
        precision: Precision,
    ) -> Result<Self, GpuError> {
        let arithmetic = device.arithmetic(precision)?;
        let traced = traced.ok_or(GpuError::NotTraceable)?;
        let emitted = emit(&traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let kernel = device.kernel(&shader(Kind::Regions, arithmetic, &emitted)?, 4)?;
        let bytes = table(ladder, arithmetic);
        let table = device.step(move |gpu| Ok(gpu.storage_of(&bytes)))?;
        Ok(Self { device, ladder, arithmetic, kernel, table, stride: BOUNDS + emitted.parameters.len() })
    }

    /// The numbers of a region.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The arithmetic in use.
    pub fn precision(&self) -> Precision {
        Precision::of(self.arithmetic)
    }

    /// Whether the arithmetic holds all of these numbers to its full precision.
    pub fn holds(&self, numbers: &[f64]) -> bool {
        numbers.iter().all(|&number| self.arithmetic.holds(number))
    }

    /// Sweeps the regions of `source` by a rung. Between dispatches `stop` is asked; once it says so nothing more is
    /// sent off, and what is under way is still delivered. The bits of an answer depend on its region alone.
    pub fn run(&self, rung: usize, source: &mut dyn Source, stop: &dyn Fn() -> bool) -> Result<(), GpuError> {
        let (bytes, info) = (size(self.arithmetic), self.device.info());
        let most = MOST
            .min(info.max_binding / (bytes * FOUND.max(self.stride)) as u64)
            .min(MOST_WORKGROUPS.min(info.max_workgroups.into()) * u64::from(WORKGROUP))
            .max(1);
        let points = points(self.ladder, rung);
        let mut dispatch = DispatchSize::new(points.into(), most);
        let (mut free, mut over, mut numbers) = (Vec::<Slot>::new(), false, Vec::new());
        let mut flights = Flights::new(self.device);
        loop {
            while !flights.is_full() && !over {
                numbers.clear();
                if !stop() {
                    source.fill(dispatch.units as usize, &mut numbers);
                }
                over = numbers.is_empty();
                if over {
                    break;
                }
                let regions = numbers.len() / self.stride;
                let slot = match free.pop().filter(|slot| slot.capacity >= regions) {
                    Some(slot) => slot,
                    // Memory is cleared when it is new, so there is no more of it than dispatches have come to need.
                    None => self.slot(regions.next_power_of_two().min(most as usize))?,
                };
                let pending = self.send(rung, &numbers, &slot)?;
                flights.push((regions, slot), pending);
            }
            let Some(((regions, slot), words)) = flights.land()? else { return Ok(()) };
            dispatch.done(regions as u64);
            free.push(slot);
            let found = FoundRegions::new(self.arithmetic, words)?;
            source.absorb(&found);
            flights.reuse(found.words);
        }
    }

    fn slot(&self, capacity: usize) -> Result<Slot, GpuError> {
        let (kernel, table) = (self.kernel.clone(), self.table.clone());
        let (bytes, stride) = (size(self.arithmetic), self.stride);
        self.device.step(move |gpu| {
            let (task, numbers) = (gpu.storage(20), gpu.storage(capacity * stride * bytes));
            let (found, readback) = (gpu.storage(capacity * FOUND * bytes), gpu.readback(capacity * FOUND * bytes));
            let group = gpu.bind(&kernel, &[&task, &table, &numbers, &found]);
            Ok(Slot { capacity, task, regions: numbers, found, readback, group })
        })
    }

    fn send(&self, rung: usize, numbers: &[f64], slot: &Slot) -> Result<Pending, GpuError> {
        let regions = numbers.len() / self.stride;
        let from: u32 = (0..rung).map(|below| points(self.ladder, below)).sum();
        let points = points(self.ladder, rung);
        let task = [0, regions as u32, from, points, points - 2];
        let mut words = Numbers::new(self.arithmetic);
        words.reals(numbers);
        let (kernel, sent, bytes) = (self.kernel.clone(), slot.clone(), regions * FOUND * size(self.arithmetic));
        self.device.step(move |gpu| {
            gpu.write(&sent.task, bytemuck::bytes_of(&task));
            gpu.write(&sent.regions, &words.bytes);
            let workgroups = (regions as u32).div_ceil(WORKGROUP);
            Ok(gpu.dispatch(&kernel, &sent.group, workgroups, &sent.found, &sent.readback, bytes))
        })
    }
}

/// Points of a rung: nodes, the probe and two sentinels.
pub(crate) fn points(ladder: &Ladder, rung: usize) -> u32 {
    (ladder.rungs[rung].rows.len() * LANES) as u32 + 2
}

/// Columns of the table but for the points.
const COLUMNS: usize = 9;

/// The points of all rungs and what their values count, as the kernel reads them.
fn table(ladder: &Ladder, arithmetic: Arithmetic) -> Vec<u8> {
    let mut table = Numbers::new(arithmetic);
    let mut below = ladder.embedded.to_vec();
    for rung in ladder.rungs {
        for (k, row) in rung.rows.iter().enumerate() {
            let of_sentinel = |end: usize| rung.sentinels[end][k];
            let [a, b, c, d] = row.nulls;
            let before = below.get(k).copied().unwrap_or_default();
            let columns = [row.weights, before, row.probe, a, b, c, d, of_sentinel(0), of_sentinel(1)];
            for lane in 0..LANES {
                table.real(ladder.nodes[k][lane]);
                columns.iter().for_each(|column| table.real(column[lane]));
            }
        }
        for (distance, ends) in [(SENTINEL, [-1.0, 0.0]), (-SENTINEL, [0.0, -1.0])] {
            table.real(distance);
            (0..COLUMNS - 2).for_each(|_| table.real(0.0));
            ends.into_iter().for_each(|factor| table.real(factor));
        }
        below = rung.rows.iter().map(|row| row.weights).collect();
    }
    table.bytes
}
