//! An integrand at given points, on a GPU: what its kernels compute, laid open.

use super::buffer::{Numbers, WORKGROUP, size};
use super::shader::{Kind, shader};
use super::{Device, GpuError, Precision, parameters};
use crate::integrand::wgsl::{Arithmetic, emit};
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
    let arithmetic = device.arithmetic(precision)?;
    let emitted = emit(f, arithmetic).map_err(|refused| GpuError::refused(refused, arithmetic))?;
    let constants = parameters(&emitted.parameters, arithmetic)?;
    let kernel = device.kernel(&shader(Kind::Evaluate(P::DIMENSION), arithmetic, &emitted)?, 4)?;
    let most = (device.info().max_binding / (8 * P::DIMENSION.max(1) as u64)).min(POINTS as u64) as usize;
    for (points, values) in points.chunks(most.max(1)).zip(values.chunks_mut(most.max(1))) {
        let mut input = Numbers::new(arithmetic);
        for &point in points {
            for d in 0..P::DIMENSION {
                input.real(point.coordinate(d));
            }
        }
        let (kernel, constants, count) = (kernel.clone(), constants.clone(), points.len());
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
