//! A grid on a GPU: its tiles by the thousand in each dispatch, a few dispatches under way at any time.

use super::buffer::{Numbers, PARTIAL, Pending, partial};
use super::device::Kernel;
use super::flights::{Flights, MOST_WORKGROUPS, SLOTS};
use super::pace::{DispatchSize, Forecast, LONG};
use super::shader::{Kind, shader};
use super::tables::{THREADS, Tables, bases};
use super::{Device, GpuError, Precision, parameters};
use crate::clock::Instant;
use crate::integrand::definition::Definition;
use crate::integrand::wgsl::{Arithmetic, emit};
use crate::plan::Grid;
use crate::reduce::Partial;
use std::cell::RefCell;
use std::ops::Range;

/// An integrand on a grid, ready to sum tiles on a device.
pub(crate) struct GpuGrid<'a> {
    device: &'a Device,
    grid: &'a Grid,
    arithmetic: Arithmetic,
    kernel: Kernel,
    tables: Tables,
    /// The buffers that all dispatches share: plan, outer and inner table, parameters.
    shared: [wgpu::Buffer; 4],
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    task: wgpu::Buffer,
    tiles: wgpu::Buffer,
    partials: wgpu::Buffer,
    readback: wgpu::Buffer,
    group: wgpu::BindGroup,
}

impl<'a> GpuGrid<'a> {
    /// Compiles the kernel, unless the device has it already: its text does not depend on bounds, panels or parameters.
    pub fn new(device: &'a Device, f: &dyn Definition, grid: &'a Grid, precision: Precision) -> Result<Self, GpuError> {
        let arithmetic = device.arithmetic(precision)?;
        let traced = f.traced().ok_or(GpuError::NotTraceable)?;
        let emitted = emit(&traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let constants = parameters(&emitted.parameters, arithmetic)?;
        check_nodes(device, grid)?;
        let tables = Tables::new(grid, arithmetic)?;
        let kernel = device.kernel(&shader(kind(grid), arithmetic, &emitted)?, 7)?;
        let contents = [tables.plan.clone(), tables.outer.clone(), tables.inner.clone(), constants];
        let shared = device.step(move |gpu| Ok(contents.map(|bytes| gpu.storage_of(&bytes))))?;
        Ok(Self { device, grid, arithmetic, kernel, tables, shared })
    }

    /// How many evaluations of `f` the device does in a second, if that was measured: by a long sum, or by
    /// [`time`](Self::time).
    pub fn known_speed(device: &Device, f: &dyn Definition, grid: &Grid, precision: Precision) -> Option<f64> {
        let arithmetic = device.arithmetic(precision).ok()?;
        let emitted = emit(&f.traced()?, arithmetic).ok()?;
        device.speed(&shader(kind(grid), arithmetic, &emitted).ok()?)
    }

    /// Seconds that all tiles will take, from the first of them: until their dispatches tell, or `budget` seconds are
    /// spent.
    pub fn time(&self, budget: f64) -> Result<f64, GpuError> {
        let tiles = self.grid.tiles();
        // Some drivers compile a kernel when it is first run.
        self.fly(0..1, &|| false, &mut |_, _| {})?;
        let forecast = RefCell::new(Forecast::new(tiles, budget));
        let mut before = Instant::now();
        self.fly(0..tiles, &|| forecast.borrow().is_made(), &mut |_, partials| {
            let now = Instant::now();
            forecast.borrow_mut().took(partials.len() as u64, (now - before).as_secs_f64());
            before = now;
        })?;
        let seconds = forecast.into_inner().seconds();
        self.kernel.speed.set(self.grid.evaluations() as f64 / seconds);
        Ok(seconds)
    }

    /// The arithmetic in use.
    pub fn precision(&self) -> Precision {
        Precision::of(self.arithmetic)
    }

    /// Sums `tiles` and hands the partial sums to `absorb` in their order, some at a time, with the number of the
    /// first.
    ///
    /// Between dispatches `stop` is asked; once it says so nothing more is sent off, and what is under way is still
    /// delivered. A tile where the integrand is not finite, in this arithmetic, is delivered as NaN. The bits depend on
    /// the tile alone.
    pub fn run(
        &self,
        tiles: Range<u64>,
        stop: &dyn Fn() -> bool,
        absorb: &mut dyn FnMut(u64, &[Partial]),
    ) -> Result<(), GpuError> {
        let (start, mut done) = (Instant::now(), 0);
        let mut counted = |first, partials: &[Partial]| {
            done += partials.len() as u64;
            absorb(first, partials);
        };
        self.fly(tiles, stop, &mut counted)?;
        let seconds = start.elapsed().as_secs_f64();
        if seconds > LONG {
            self.kernel.speed.set((done * self.evaluations_per_tile()) as f64 / seconds);
        }
        Ok(())
    }

    fn fly(
        &self,
        tiles: Range<u64>,
        stop: &dyn Fn() -> bool,
        absorb: &mut dyn FnMut(u64, &[Partial]),
    ) -> Result<(), GpuError> {
        let most = MOST_WORKGROUPS
            .min(u64::from(self.device.info().max_workgroups))
            .min(self.device.info().max_binding / PARTIAL as u64)
            .clamp(1, (tiles.end.saturating_sub(tiles.start)).max(1));
        let mut free: Vec<Slot> = Vec::new();
        let (mut slots, mut next, mut stopped) = (0, tiles.start, false);
        let mut dispatch = DispatchSize::new(self.evaluations_per_tile(), most);
        let mut flights = Flights::new(self.device);
        loop {
            while !flights.is_full() && next < tiles.end && !stopped {
                stopped = stop();
                if stopped {
                    break;
                }
                let run = next..tiles.end.min(next + dispatch.units);
                let slot = match free.pop() {
                    Some(slot) => slot,
                    None if slots < SLOTS => {
                        slots += 1;
                        self.slot(most as usize)?
                    }
                    None => break,
                };
                next = run.end;
                let pending = self.send(&run, &slot)?;
                flights.push((run, slot), pending);
            }
            let Some(((tiles, slot), bytes)) = flights.land()? else { return Ok(()) };
            dispatch.done(tiles.end - tiles.start);
            free.push(slot);
            let of = |bytes| partial(self.arithmetic, bytes);
            let partials: Vec<_> = bytes.chunks_exact(PARTIAL).map(of).collect::<Result<_, _>>()?;
            absorb(tiles.start, &partials);
        }
    }

    fn evaluations_per_tile(&self) -> u64 {
        self.grid.evaluations_below(self.grid.panels_below(1)).max(1)
    }

    fn slot(&self, tiles: usize) -> Result<Slot, GpuError> {
        let (kernel, shared) = (self.kernel.clone(), self.shared.clone());
        let pair = {
            let mut numbers = Numbers::new(self.arithmetic);
            numbers.pair(Partial::IDENTITY);
            numbers.bytes.len()
        };
        self.device.step(move |gpu| {
            let (task, positions) = (gpu.storage(32), gpu.storage(tiles * pair));
            let (partials, readback) = (gpu.storage(tiles * PARTIAL), gpu.readback(tiles * PARTIAL));
            let [plan, outer, inner, parameters] = &shared;
            let group = gpu.bind(&kernel, &[&task, plan, outer, inner, parameters, &positions, &partials]);
            Ok(Slot { task, tiles: positions, partials, readback, group })
        })
    }

    fn send(&self, tiles: &Range<u64>, slot: &Slot) -> Result<Pending, GpuError> {
        let task = self.tables.task(self.grid, tiles);
        let bases = bases(self.grid, tiles, self.arithmetic);
        let (kernel, sent) = (self.kernel.clone(), slot.clone());
        let count = (tiles.end - tiles.start) as usize;
        self.device.step(move |gpu| {
            gpu.write(&sent.task, bytemuck::bytes_of(&task));
            gpu.write(&sent.tiles, &bases);
            let Slot { group, partials, readback, .. } = &sent;
            Ok(gpu.dispatch(&kernel, group, count as u32, partials, readback, count * PARTIAL))
        })
    }
}

/// Refuses rules of more nodes than the adapter's buffers hold, each two pairs of at most 16 bytes, or its loops can
/// do.
fn check_nodes(device: &Device, grid: &Grid) -> Result<(), GpuError> {
    if !Tables::by_nodes(grid) {
        return Ok(());
    }
    let loops = device.facts().loop_limit.map_or(u64::MAX, |limit| u64::from(limit).saturating_sub(1) * THREADS);
    let limit = loops.min(device.info().max_binding / 32).min(u64::from(u32::MAX));
    let nodes = grid.rule.inner();
    match nodes as u64 > limit {
        true => Err(GpuError::TooManyNodes { nodes, limit: limit as usize }),
        false => Ok(()),
    }
}

/// The kernel for a grid.
fn kind(grid: &Grid) -> Kind {
    if Tables::by_nodes(grid) { Kind::Nodes } else { Kind::Grid }
}
