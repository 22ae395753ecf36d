//! Boxes on a GPU: thousands in each dispatch, of which the sums over the nodes of a rule come back.

use super::buffer::{Numbers, Pending, WORKGROUP, check_flags, size};
use super::device::Kernel;
use super::evaluate::real_from;
use super::flights::{DispatchSize, Flights, MOST_WORKGROUPS};
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit_traced};
use crate::lanes::LANES;
use crate::plan::{Axis, AxisMap, Boxes};
use crate::rule::Vector;
use crate::rule::fully_symmetric::{CORNER_OF_ALL, FullySymmetric, at};

/// The axes of a box: no sweep of fewer is by these sums alone, and of more it would be too many turns of a loop for some drivers.
pub(crate) const AXES: std::ops::RangeInclusive<usize> = 4..=14;

/// Bytes that a dispatch may give back, about.
const MOST: usize = 1 << 26;

/// What the text of a kernel depends on besides the integrand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub dimension: usize,
    /// A bit for each axis that is half a line, or a whole one.
    pub half_lines: u32,
    pub lines: u32,
}

/// An integrand and a rule, ready to sweep boxes on a device.
pub(crate) struct GpuBoxes {
    device: Device,
    arithmetic: Arithmetic,
    kernel: Kernel,
    shape: Shape,
    groups: usize,
    nodes: usize,
    /// Numbers that come back of a box: those of the layout, and flags.
    numbers: usize,
    /// The buffers that all dispatches share: parameters, axes, nodes.
    shared: [wgpu::Buffer; 3],
    dispatch: DispatchSize,
    free: Vec<Slot>,
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    /// Workgroups that there is room for.
    capacity: usize,
    task: wgpu::Buffer,
    boxes: wgpu::Buffer,
    found: wgpu::Buffer,
    readback: wgpu::Buffer,
    group: wgpu::BindGroup,
}

/// What came back of some boxes.
pub(crate) struct FoundBoxes {
    arithmetic: Arithmetic,
    numbers: usize,
    words: Vec<u8>,
}

impl FoundBoxes {
    /// The numbers of eight boxes, from number `first` on, as [`layout`](crate::rule::fully_symmetric::FullySymmetric::layout) lists them.
    pub fn eight(&self, first: usize, numbers: &mut Vec<Vector>) {
        (0..self.numbers - 1).for_each(|k| numbers.push(self.vector(first, k)));
    }

    /// Which of the eight are not finite in this arithmetic; an error where they are not whole.
    pub fn bad(&self, first: usize, count: usize) -> Result<[bool; LANES], GpuError> {
        let flags = self.vector(first, self.numbers - 1);
        flags[..count].iter().try_for_each(|&flag| check_flags(flag as u32))?;
        Ok(flags.map(|flag| flag != 0.0))
    }

    fn vector(&self, first: usize, k: usize) -> Vector {
        let (eights, lane) = (first / WORKGROUP as usize, first % WORKGROUP as usize);
        let bytes = size(self.arithmetic);
        let from = ((eights * self.numbers + k) * WORKGROUP as usize + lane) * bytes;
        std::array::from_fn(|i| real_from(self.arithmetic, &self.words[from + i * bytes..][..bytes]))
    }
}

impl GpuBoxes {
    /// Compiles the kernel, unless the device has it already: its text depends on the integrand, on which axes are infinite, and on how
    /// many numbers the rule gives.
    pub fn new(
        device: &Device,
        traced: &Traced,
        axes: &[Axis],
        rule: &FullySymmetric,
        precision: Precision,
    ) -> Result<Self, GpuError> {
        if !AXES.contains(&axes.len()) {
            return Err(GpuError::NotOnDevice { what: "boxes of fewer than 4 axes, or of more than 14," });
        }
        let arithmetic = device.arithmetic(precision)?;
        let emitted = emit_traced(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let constants = parameters(&emitted.parameters, arithmetic)?;
        let bits = |is: fn(&AxisMap) -> bool| {
            axes.iter().enumerate().fold(0, |bits, (d, axis)| bits | u32::from(is(&axis.map)) << d)
        };
        let shape = Shape {
            dimension: axes.len(),
            half_lines: bits(|map| matches!(map, AxisMap::Half { .. })),
            lines: bits(|map| *map == AxisMap::Line),
        };
        let kernel = device.kernel(&shader(Kind::Boxes(shape), arithmetic, &emitted)?, 6)?;
        let (whole, table) = (whole(axes, rule, arithmetic)?, table(rule));
        let (groups, nodes) = (rule.groups().len(), rule.evaluations());
        let shared = device.step(move |gpu| {
            Ok([gpu.storage_of(&constants), gpu.storage_of(&whole), gpu.storage_of(bytemuck::cast_slice(&table))])
        })?;
        Ok(Self {
            device: device.clone(),
            arithmetic,
            kernel,
            shape,
            groups,
            nodes: nodes as usize,
            numbers: rule.layout().numbers + 1,
            shared,
            dispatch: DispatchSize::new(nodes, u64::MAX),
            free: Vec::new(),
        })
    }

    /// Sweeps the boxes from `from` on and hands what came back to `absorb` in order, some at a time, with the number of the first and how
    /// many there are. Between dispatches `stop` is asked; once it says so nothing more is sent off, and what is under way is still
    /// delivered. The bits depend on the box alone.
    pub fn run(
        &mut self,
        boxes: Boxes,
        from: usize,
        stop: &dyn Fn() -> bool,
        absorb: &mut dyn FnMut(usize, usize, &FoundBoxes) -> Result<(), GpuError>,
    ) -> Result<(), GpuError> {
        let device = self.device.clone();
        let (width, info) = (WORKGROUP as usize, device.info());
        let bytes = size(self.arithmetic) * self.numbers.max(2 * self.shape.dimension) * width;
        let most = (MOST as u64).min(info.max_binding) / bytes as u64;
        let most = most.min(MOST_WORKGROUPS).min(info.max_workgroups.into()).max(1) as usize * width;
        let (mut next, mut stopped) = (from, false);
        let mut flights = Flights::new(&device);
        self.dispatch.begin();
        loop {
            while !flights.is_full() && next < boxes.len() && !stopped {
                stopped = stop();
                if stopped {
                    break;
                }
                let count =
                    (self.dispatch.units as usize).next_multiple_of(width).clamp(width, most).min(boxes.len() - next);
                let workgroups = count.div_ceil(width);
                let slot = match self.free.pop().filter(|slot| slot.capacity >= workgroups) {
                    Some(slot) => slot,
                    // Memory is cleared when it is new, so there is no more of it than dispatches have come to need.
                    None => self.slot(workgroups.next_power_of_two())?,
                };
                let some = boxes.split_at(next).1.split_at(count).0;
                let pending = self.send(some, &slot)?;
                flights.push((next, count, slot), pending);
                next += count;
            }
            let Some(((first, count, slot), words)) = flights.land()? else { return Ok(()) };
            self.dispatch.done(count as u64);
            self.free.push(slot);
            absorb(first, count, &FoundBoxes { arithmetic: self.arithmetic, numbers: self.numbers, words })?;
        }
    }

    fn slot(&self, capacity: usize) -> Result<Slot, GpuError> {
        let (kernel, shared) = (self.kernel.clone(), self.shared.clone());
        let each = capacity * WORKGROUP as usize * size(self.arithmetic);
        let (bounds, length) = (each * 2 * self.shape.dimension, each * self.numbers);
        self.device.step(move |gpu| {
            let (task, boxes) = (gpu.storage(20), gpu.storage(bounds));
            let (found, readback) = (gpu.storage(length), gpu.readback(length));
            let [parameters, whole, table] = &shared;
            let group = gpu.bind(&kernel, &[&task, parameters, whole, table, &boxes, &found]);
            Ok(Slot { capacity, task, boxes, found, readback, group })
        })
    }

    fn send(&self, boxes: Boxes, slot: &Slot) -> Result<Pending, GpuError> {
        let (width, count) = (WORKGROUP as usize, boxes.len());
        let workgroups = count.div_ceil(width);
        let mut bounds = Numbers::new(self.arithmetic);
        for first in (0..count).step_by(width) {
            for ends in [boxes.lower, boxes.upper] {
                for d in 0..boxes.dimension {
                    // The last box stands in the places of those that are missing.
                    (first..first + width).for_each(|i| bounds.real(ends[i.min(count - 1) * boxes.dimension + d]));
                }
            }
        }
        let task = [0, count as u32, self.groups as u32, self.nodes as u32, self.numbers as u32];
        let (kernel, sent) = (self.kernel.clone(), slot.clone());
        let bytes = workgroups * width * size(self.arithmetic) * self.numbers;
        self.device.step(move |gpu| {
            gpu.write(&sent.task, bytemuck::bytes_of(&task));
            gpu.write(&sent.boxes, &bounds.bytes);
            Ok(gpu.dispatch(&kernel, &sent.group, workgroups as u32, &sent.found, &sent.readback, bytes))
        })
    }
}

/// The places of nodes and the axes, as the kernel reads them.
fn whole(axes: &[Axis], rule: &FullySymmetric, arithmetic: Arithmetic) -> Result<Vec<u8>, GpuError> {
    let mut places = [0.0; 16];
    // Sentinels on diagonals are where those on axes are, but for the ends of the whole.
    let all = rule.places.into_iter().chain([rule.places[3], CORNER_OF_ALL]);
    for (pair, place) in places[usize::from(at::X)..].chunks_exact_mut(2).zip(all) {
        (pair[0], pair[1]) = (-place, place);
    }
    let mut numbers = Numbers::new(arithmetic);
    places.iter().for_each(|&place| numbers.real(place));
    for axis in axes {
        let (end, direction) = match axis.map {
            AxisMap::Half { end, direction } => (end, direction),
            _ => (0.0, 1.0),
        };
        for value in [axis.lower, axis.upper, end, direction] {
            if !arithmetic.holds(value) {
                let precision = Precision::of(arithmetic);
                return Err(GpuError::OutOfRange { what: "an axis with the end", value, precision });
            }
            numbers.real(value);
        }
    }
    Ok(numbers.bytes)
}

/// Where nothing goes.
const NOWHERE: u32 = u32::MAX;

/// The groups of the rule, then its nodes, three words each.
fn table(rule: &FullySymmetric) -> Vec<[u32; 3]> {
    let (groups, slot) = (rule.groups(), |slot: Option<usize>| slot.map_or(NOWHERE, |slot| slot as u32));
    let mut end = 0;
    let heads = groups.iter().map(|group| {
        end += group.values.len() as u32;
        [end, group.kind as u32, slot(group.sum)]
    });
    let mut table: Vec<_> = heads.collect();
    for group in &groups {
        for (node, &value) in group.nodes.chunks_exact(rule.dimension).zip(&group.values) {
            let places = node.iter().enumerate().fold(0u64, |places, (d, &place)| places | u64::from(place) << (4 * d));
            table.push([places as u32, (places >> 32) as u32, slot(value)]);
        }
    }
    table
}

impl Shape {
    fn each(self, statement: impl Fn(usize) -> String) -> String {
        (0..self.dimension).map(statement).collect::<Vec<_>>().join(LINE)
    }

    /// The middle and the half width of the box on each axis, and whether it is at an end of the whole.
    pub fn frame(self) -> String {
        let dimension = self.dimension;
        self.each(|d| {
            let (lower, upper) =
                (format!("boxes[block][{d}][thread]"), format!("boxes[block][{}][thread]", dimension + d));
            [
                format!("let h{d} = q_mul(q_sub({upper}, {lower}), $HALF);"),
                format!("let m{d} = q_add({lower}, h{d});"),
                format!("let below{d} = q_eq({lower}, whole.axes[{d}][0]);"),
                format!("let above{d} = q_eq({upper}, whole.axes[{d}][1]);"),
            ]
            .join(LINE)
        })
    }

    /// The coordinates of a node. A product and a sum, each rounded, as on the CPU.
    pub fn node(self, arithmetic: Arithmetic) -> String {
        self.each(|d| {
            let (below, above) = (at::FAR, at::FAR + 1);
            let mut lines = vec![
                format!("let p{d} = (node[{}] >> {}u) & 15u;", d / 8, 4 * (d % 8)),
                format!("let far{d} = ((p{d} == {below}u) & below{d}) | ((p{d} == {above}u) & above{d});"),
                format!("let a{d} = q_mul(h{d}, whole.places[p{d} + select(0u, 2u, far{d})]);"),
                format!("let t{d} = q_add(m{d}, {});", arithmetic.opaque(&format!("a{d}"))),
            ];
            lines.push(match (self.half_lines >> d & 1, self.lines >> d & 1) {
                (1, _) => format!(
                    "let r{d} = q_sub($ONE, t{d});{LINE}\
                     let x{d} = q_add(whole.axes[{d}][2], q_mul(whole.axes[{d}][3], q_div(t{d}, r{d})));{LINE}\
                     let s{d} = q_recip(q_mul(r{d}, r{d}));"
                ),
                (_, 1) => format!(
                    "let r{d} = q_mul(q_sub($ONE, t{d}), q_add($ONE, t{d}));{LINE}\
                     let x{d} = q_div(t{d}, r{d});{LINE}\
                     let s{d} = q_div(q_add($ONE, q_mul(t{d}, t{d})), q_mul(r{d}, r{d}));"
                ),
                _ => format!("let x{d} = t{d};"),
            });
            lines.join(LINE)
        })
    }

    /// The integrand at the node, times dx/dt of all axes.
    pub fn value(self) -> String {
        let coordinates = (0..self.dimension).map(|d| format!("x{d}")).collect::<Vec<_>>().join(", ");
        let mapped = (0..self.dimension).filter(|d| (self.half_lines | self.lines) >> d & 1 == 1);
        mapped.fold(format!("integrand({coordinates})"), |value, d| format!("q_mul({value}, s{d})"))
    }
}

const LINE: &str = "\n            ";
