//! An integrand at given points, on a GPU: what its kernels compute, laid open.

use super::buffer::{Numbers, WORKGROUP, size};
use super::device::Kernel;
use super::pace::DispatchSize;
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit};
use crate::integrand::{Integrand, Point};

/// Points of one dispatch, at most.
const POINTS: u64 = 1 << 20;

/// Sets `values[i]` to `f` at `points[i]`, computed on `device` in `precision`.
///
/// In single precision and in pairs the coordinates are rounded to what the arithmetic holds.
///
/// # Panics
/// When the slices differ in length.
pub fn evaluate<P: Point>(
    device: &Device,
    f: &impl Integrand<P>,
    precision: Precision,
    points: &[P],
    values: &mut [f64],
) -> Result<(), GpuError> {
    assert_eq!(points.len(), values.len(), "one value for each point");
    device.supports(precision)?;
    let traced = Traced::of(f).ok_or(GpuError::NotTraceable)?;
    let coordinates = points.iter().flat_map(|point| (0..P::DIMENSION).map(|d| point.coordinate(d)));
    evaluate_traced(device, &traced, precision, &coordinates.collect::<Vec<_>>(), values)
}

/// The same of what a trace has left, at points by their coordinates.
pub(crate) fn evaluate_traced(
    device: &Device,
    traced: &Traced,
    precision: Precision,
    points: &[f64],
    values: &mut [f64],
) -> Result<(), GpuError> {
    GpuValues::new(device, traced, precision)?.values(points, values)
}

/// An integrand, ready to be evaluated at points on a device.
pub(crate) struct GpuValues {
    device: Device,
    arithmetic: Arithmetic,
    dimension: usize,
    kernel: Kernel,
    parameters: wgpu::Buffer,
    dispatch: DispatchSize,
    slot: Option<Slot>,
}

/// Buffers of one dispatch.
#[derive(Clone)]
struct Slot {
    /// Points that there is room for.
    capacity: usize,
    task: wgpu::Buffer,
    points: wgpu::Buffer,
    values: wgpu::Buffer,
    readback: wgpu::Buffer,
    group: wgpu::BindGroup,
}

impl GpuValues {
    /// Compiles the kernel, unless the device has it already.
    pub fn new(device: &Device, traced: &Traced, precision: Precision) -> Result<Self, GpuError> {
        let (arithmetic, dimension) = (device.arithmetic(precision)?, traced.dimension);
        let emitted = emit(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
        let constants = parameters(&emitted.parameters, arithmetic)?;
        let kernel = device.kernel(&shader(Kind::Evaluate(dimension), arithmetic, &emitted)?, 4)?;
        let parameters = device.step(move |gpu| Ok(gpu.storage_of(&constants)))?;
        // A power of two, as buffers have room for such.
        let most = (device.info().max_binding / (8 * dimension.max(1) as u64)).clamp(1, POINTS);
        let dispatch = DispatchSize::new(1, 1 << most.ilog2());
        Ok(Self { device: device.clone(), arithmetic, dimension, kernel, parameters, dispatch, slot: None })
    }

    /// Sets `values` to those at points by their coordinates. The bits of each depend on its point alone.
    pub fn values(&mut self, points: &[f64], values: &mut [f64]) -> Result<(), GpuError> {
        let (arithmetic, dimension) = (self.arithmetic, self.dimension);
        let (mut points, mut values) = (points, values);
        self.dispatch.begin();
        while !values.is_empty() {
            let count = values.len().min(self.dispatch.units as usize);
            let (these, other_points) = points.split_at(count * dimension);
            let (now, other_values) = std::mem::take(&mut values).split_at_mut(count);
            (points, values) = (other_points, other_values);
            let mut input = Numbers::new(arithmetic);
            input.reals(these);
            let slot = match self.slot.take().filter(|slot| slot.capacity >= count) {
                Some(slot) => slot,
                // No more than there have come to be points: new memory is cleared.
                None => self.new_slot(count.next_power_of_two())?,
            };
            let (kernel, sent) = (self.kernel.clone(), slot.clone());
            let bytes = self.device.step(move |gpu| {
                gpu.write(&sent.task, bytemuck::bytes_of(&[0, count as u32]));
                gpu.write(&sent.points, &input.bytes);
                let workgroups = (count as u32).div_ceil(WORKGROUP);
                let length = count * size(arithmetic);
                gpu.dispatch(&kernel, &sent.group, workgroups, &sent.values, &sent.readback, length).wait(gpu)
            })?;
            self.slot = Some(slot);
            // One that is not full takes its time for nothing.
            if count as u64 == self.dispatch.units {
                self.dispatch.done(count as u64);
            }
            for (value, bytes) in now.iter_mut().zip(bytes.chunks_exact(size(arithmetic))) {
                *value = real_from(arithmetic, bytes);
            }
        }
        Ok(())
    }

    fn new_slot(&self, capacity: usize) -> Result<Slot, GpuError> {
        let (kernel, parameters, length) =
            (self.kernel.clone(), self.parameters.clone(), capacity * size(self.arithmetic));
        let dimension = self.dimension;
        self.device.step(move |gpu| {
            let (task, points) = (gpu.storage(8), gpu.storage(length * dimension));
            let (values, readback) = (gpu.storage(length), gpu.readback(length));
            let group = gpu.bind(&kernel, &[&task, &parameters, &points, &values]);
            Ok(Slot { capacity, task, points, values, readback, group })
        })
    }
}

/// One number out of a buffer.
#[inline(always)]
pub(super) fn real_from(arithmetic: Arithmetic, bytes: &[u8]) -> f64 {
    match arithmetic {
        Arithmetic::F32 => f64::from(bytemuck::pod_read_unaligned::<f32>(bytes)),
        Arithmetic::F32x2 => {
            let [high, low] = bytemuck::pod_read_unaligned::<[f32; 2]>(bytes).map(f64::from);
            // The sum would lose the sign of a zero.
            if high.is_finite() && high != 0.0 { high + low } else { high }
        }
        Arithmetic::F64 => bytemuck::pod_read_unaligned(bytes),
    }
}
