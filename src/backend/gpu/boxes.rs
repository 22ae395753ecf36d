//! Boxes on a GPU: thousands in each dispatch, of which the sums over the nodes of a rule come back.

use super::buffer::{Numbers, Pending, check_flags, size};
use super::device::Kernel;
use super::evaluate::real_from;
use super::flights::{Flights, MOST_WORKGROUPS};
use super::pace::DispatchSize;
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit};
use crate::lanes::LANES;
use crate::plan::{Axis, AxisMap, Boxes};
use crate::rule::Vector;
use crate::rule::fully_symmetric::{CORNER_OF_ALL, FullySymmetric, Kind as BoxNodes, at};

/// The axes of a box: no sweep of fewer is by these sums alone, and for more the table of nodes would be long.
pub(crate) const AXES: std::ops::RangeInclusive<usize> = 4..=14;

/// Bytes that a dispatch may give back, about: so few that the CPU judges some boxes while others are on their way.
const MOST: usize = 1 << 22;

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
    /// Numbers that come back of a box: those of the layout, and flags.
    numbers: usize,
    /// The buffers that all dispatches share: the task, parameters, axes, nodes.
    shared: [wgpu::Buffer; 4],
    dispatch: DispatchSize,
    free: Vec<Slot>,
    /// Memory of what came back.
    spare: Vec<u8>,
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    /// Boxes that there is room for.
    capacity: usize,
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
    /// Sets `numbers` to those of up to eight boxes, from number `first` on, as
    /// [`layout`](crate::rule::fully_symmetric::FullySymmetric::layout) lists them. The last box stands in the places
    /// of those that are missing.
    pub fn eight(&self, first: usize, count: usize, numbers: &mut Vec<Vector>) {
        numbers.resize(self.numbers - 1, [0.0; LANES]);
        for lane in 0..LANES {
            let words = self.of(first + lane.min(count - 1)).chunks_exact(size(self.arithmetic));
            numbers.iter_mut().zip(words).for_each(|(number, words)| number[lane] = real_from(self.arithmetic, words));
        }
    }

    /// Those that are not finite in this arithmetic; an error where any are not whole.
    pub fn bad(&self) -> Result<Vec<usize>, GpuError> {
        let bytes = size(self.arithmetic);
        let mut bad = Vec::new();
        for (k, words) in self.words.chunks_exact(self.numbers * bytes).enumerate() {
            let flag = real_from(self.arithmetic, &words[words.len() - bytes..]);
            check_flags(flag as u32)?;
            if flag != 0.0 {
                bad.push(k);
            }
        }
        Ok(bad)
    }

    /// The words of box number `k`.
    fn of(&self, k: usize) -> &[u8] {
        let bytes = self.numbers * size(self.arithmetic);
        &self.words[k * bytes..][..bytes]
    }
}

impl GpuBoxes {
    /// Compiles the kernel, unless the device has it already: its text depends on the integrand, on which axes are
    /// infinite, and on how many numbers the rule gives.
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
        let emitted = emit(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
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
        let (whole, (units, table)) = (whole(axes, rule, arithmetic)?, table(rule));
        let (nodes, layout) = (rule.evaluations(), rule.layout());
        let numbers = layout.numbers + 1;
        let task = [0, units as u32, nodes as u32, numbers as u32, layout.corners as u32];
        let shared = device.step(move |gpu| {
            let table = bytemuck::cast_slice(&table);
            Ok([bytemuck::bytes_of(&task), &constants, &whole, table].map(|bytes| gpu.storage_of(bytes)))
        })?;
        Ok(Self {
            device: device.clone(),
            arithmetic,
            kernel,
            shape,
            numbers,
            shared,
            dispatch: DispatchSize::new(nodes, u64::MAX),
            free: Vec::new(),
            spare: Vec::new(),
        })
    }

    /// Sweeps the boxes from `from` on and hands what came back to `absorb` in order, some at a time, with the number
    /// of the first and how many there are. Between dispatches `stop` is asked; once it says so nothing more is sent
    /// off, and what is under way is still delivered. The bits depend on the box alone.
    pub fn run(
        &mut self,
        boxes: Boxes,
        from: usize,
        stop: &dyn Fn() -> bool,
        absorb: &mut dyn FnMut(usize, usize, &FoundBoxes) -> Result<(), GpuError>,
    ) -> Result<(), GpuError> {
        let device = self.device.clone();
        let info = device.info();
        let bytes = size(self.arithmetic) * self.numbers.max(2 * self.shape.dimension);
        let most = (MOST as u64).min(info.max_binding) / bytes as u64;
        let most = most.min(MOST_WORKGROUPS).min(info.max_workgroups.into()).max(1) as usize;
        let (mut next, mut stopped) = (from, false);
        let mut flights = Flights::new(&device);
        flights.reuse(std::mem::take(&mut self.spare));
        self.dispatch.begin();
        loop {
            while !flights.is_full() && next < boxes.len() && !stopped {
                stopped = stop();
                if stopped {
                    break;
                }
                // Eights are judged together.
                let count = (self.dispatch.units as usize).next_multiple_of(LANES).min(most).min(boxes.len() - next);
                let slot = match self.free.pop().filter(|slot| slot.capacity >= count) {
                    Some(slot) => slot,
                    // Memory is cleared when it is new, so there is no more of it than dispatches have come to need.
                    None => self.slot(count.next_power_of_two().min(most))?,
                };
                let some = boxes.split_at(next).1.split_at(count).0;
                let pending = self.send(some, &slot)?;
                flights.push((next, count, slot), pending);
                next += count;
            }
            let Some(((first, count, slot), words)) = flights.land()? else {
                self.spare = flights.spare().unwrap_or_default();
                return Ok(());
            };
            self.dispatch.done(count as u64);
            self.free.push(slot);
            let found = FoundBoxes { arithmetic: self.arithmetic, numbers: self.numbers, words };
            absorb(first, count, &found)?;
            flights.reuse(found.words);
        }
    }

    fn slot(&self, capacity: usize) -> Result<Slot, GpuError> {
        let (kernel, shared) = (self.kernel.clone(), self.shared.clone());
        let each = capacity * size(self.arithmetic);
        let (bounds, length) = (each * 2 * self.shape.dimension, each * self.numbers);
        self.device.step(move |gpu| {
            let boxes = gpu.storage(bounds);
            let (found, readback) = (gpu.storage(length), gpu.readback(length));
            let [task, parameters, whole, table] = &shared;
            let group = gpu.bind(&kernel, &[task, parameters, whole, table, &boxes, &found]);
            Ok(Slot { capacity, boxes, found, readback, group })
        })
    }

    fn send(&self, boxes: Boxes, slot: &Slot) -> Result<Pending, GpuError> {
        let mut bounds = Numbers::new(self.arithmetic);
        let each = boxes.lower.chunks_exact(boxes.dimension).zip(boxes.upper.chunks_exact(boxes.dimension));
        for (lower, upper) in each.take(boxes.len()) {
            bounds.reals(lower);
            bounds.reals(upper);
        }
        let (kernel, sent, count) = (self.kernel.clone(), slot.clone(), boxes.len());
        let bytes = count * size(self.arithmetic) * self.numbers;
        self.device.step(move |gpu| {
            gpu.write(&sent.boxes, &bounds.bytes);
            Ok(gpu.dispatch(&kernel, &sent.group, count as u32, &sent.found, &sent.readback, bytes))
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

/// Nodes of a unit, where they may be divided: about as many as there are of a pair or a triple of axes.
const UNIT: usize = 4;

/// The units of the rule, how many there are, then its nodes, three words each.
fn table(rule: &FullySymmetric) -> (usize, Vec<[u32; 3]>) {
    let (groups, slot) = (rule.groups(), |slot: Option<usize>| slot.map_or(NOWHERE, |slot| slot as u32));
    let (mut first, mut table) = (0, Vec::new());
    for group in &groups {
        // The sum over corners is one, and single values have none.
        let whole = !matches!(group.kind, BoxNodes::Corners | BoxNodes::Single);
        for unit in group.values.chunks(if whole { group.values.len() } else { UNIT }) {
            let count = unit.len() as u32;
            table.push([first, count << 8 | group.kind as u32, slot(group.sum.filter(|_| whole))]);
            first += count;
        }
    }
    let units = table.len();
    for group in &groups {
        for (node, &value) in group.nodes.chunks_exact(rule.dimension).zip(&group.values) {
            let places = node.iter().enumerate().fold(0u64, |places, (d, &place)| places | u64::from(place) << (4 * d));
            table.push([places as u32, (places >> 32) as u32, slot(value)]);
        }
    }
    (units, table)
}

impl Shape {
    fn each(self, statement: impl Fn(usize) -> String) -> String {
        (0..self.dimension).map(statement).collect::<Vec<_>>().join(LINE)
    }

    /// The middle and the half width of the box on each axis, and whether it is at an end of the whole.
    pub fn frame(self) -> String {
        let dimension = self.dimension;
        self.each(|d| {
            let (lower, upper) = (format!("boxes[place][{d}]"), format!("boxes[place][{}]", dimension + d));
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
