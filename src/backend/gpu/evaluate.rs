//! An integrand at given points, on a GPU: what its kernels compute, laid open.

use super::buffer::{Numbers, WORKGROUP, size};
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::formula::Traced;
use crate::integrand::wgsl::{Arithmetic, emit_traced};
use crate::integrand::{Integrand, Point};

/// Points of one dispatch.
const POINTS: usize = 1 << 20;

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
    let (arithmetic, dimension) = (device.arithmetic(precision)?, traced.dimension);
    let emitted = emit_traced(traced, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
    let constants = parameters(&emitted.parameters, arithmetic)?;
    let kernel = device.kernel(&shader(Kind::Evaluate(dimension), arithmetic, &emitted)?, 4)?;
    let most = (device.info().max_binding / (8 * dimension.max(1) as u64)).clamp(1, POINTS as u64) as usize;
    for (chunk, values) in values.chunks_mut(most).enumerate() {
        let mut input = Numbers::new(arithmetic);
        points[chunk * most * dimension..][..values.len() * dimension].iter().for_each(|&x| input.real(x));
        let (kernel, constants, count) = (kernel.clone(), constants.clone(), values.len());
        let bytes = device.step(move |gpu| {
            let task = gpu.storage_of(bytemuck::bytes_of(&[0, count as u32]));
            let (constants, input) = (gpu.storage_of(&constants), gpu.storage_of(&input.bytes));
            let length = count * size(arithmetic);
            let (result, readback) = (gpu.storage(length), gpu.readback(length));
            let group = gpu.bind(&kernel, &[&task, &constants, &input, &result]);
            let workgroups = (count as u32).div_ceil(WORKGROUP);
            gpu.dispatch(&kernel, &group, workgroups, &result, &readback, length).wait(gpu)
        })?;
        for (value, bytes) in values.iter_mut().zip(bytes.chunks_exact(size(arithmetic))) {
            *value = real_from(arithmetic, bytes);
        }
    }
    Ok(())
}

/// One number out of a buffer.
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
