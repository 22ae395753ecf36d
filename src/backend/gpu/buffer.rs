//! Buffers: numbers as bytes, and the way to the device and back.

use super::GpuError;
use super::device::{Gpu, Kernel};
use crate::integrand::wgsl::{Arithmetic, split};
use crate::reduce::Partial;
use crate::twofold::two_sum;
use std::sync::mpsc;
use std::time::Duration;
use wgpu::BufferUsages;

/// The longest wait for an answer of the device. Some drivers compile a shader only when it is first run.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// The threads of a workgroup, everywhere.
pub(super) const WORKGROUP: u32 = 64;

/// Numbers on their way to a buffer, in one arithmetic.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    pub arithmetic: Arithmetic,
    pub bytes: Vec<u8>,
}

impl Numbers {
    pub fn new(arithmetic: Arithmetic) -> Self {
        Self { arithmetic, bytes: Vec::new() }
    }

    fn floats(&mut self, (high, low): (f32, f32)) {
        self.bytes.extend_from_slice(bytemuck::bytes_of(&[high, low]));
    }

    /// One number.
    pub fn real(&mut self, value: f64) {
        match self.arithmetic {
            Arithmetic::F32 => self.bytes.extend_from_slice(bytemuck::bytes_of(&(value as f32))),
            Arithmetic::F32x2 => self.floats(split(value)),
            Arithmetic::F64 => self.bytes.extend_from_slice(bytemuck::bytes_of(&value)),
        }
    }

    /// Some numbers.
    pub fn reals(&mut self, values: &[f64]) {
        match self.arithmetic {
            Arithmetic::F64 => self.bytes.extend_from_slice(bytemuck::cast_slice(values)),
            _ => values.iter().for_each(|&value| self.real(value)),
        }
    }

    /// A number to twice the precision: a pair of the arithmetic's floats.
    pub fn pair(&mut self, value: Partial) {
        match self.arithmetic {
            Arithmetic::F64 => self.bytes.extend_from_slice(bytemuck::bytes_of(&[value.high, value.low])),
            _ => {
                let high = value.high as f32;
                let low = ((value.high - f64::from(high)) + value.low) as f32;
                self.floats((high, if high.is_finite() { low } else { 0.0 }));
            }
        }
    }
}

/// The bytes that one number of the arithmetic takes.
pub(super) fn size(arithmetic: Arithmetic) -> usize {
    match arithmetic {
        Arithmetic::F32 => 4,
        Arithmetic::F32x2 | Arithmetic::F64 => 8,
    }
}

/// The bytes of a partial sum.
pub(super) const PARTIAL: usize = 16;

/// A flag of what comes back: not all that was to be done is in it.
const CUT_OFF: u32 = 2;

/// The upper word of the NaN that a partial sum in double precision is where a flag is set; the flags are below.
const QUIET_NAN: u32 = 0x7ff8_0000;

/// The sum of a tile out of its words; NaN where it is not finite, in this arithmetic.
pub(super) fn partial(arithmetic: Arithmetic, bytes: &[u8]) -> Result<Partial, GpuError> {
    let words: [u32; 4] = bytemuck::pod_read_unaligned(bytes);
    let is_double = arithmetic == Arithmetic::F64;
    let flags = match is_double {
        true if words[1] == QUIET_NAN => words[0],
        true => 0,
        false => words[3],
    };
    check_flags(flags)?;
    if is_double {
        let [high, low]: [f64; 2] = bytemuck::cast(words);
        return Ok(pair(high, low));
    }
    let [a, b, c] = [words[0], words[1], words[2]].map(|word| f64::from(f32::from_bits(word)));
    // A sum that overflows here need not do so in f64: it is as unknown as a NaN.
    if flags != 0 || !(a + b + c).is_finite() {
        return Ok(Partial::new(f64::NAN));
    }
    let (high, low) = two_sum(a, b);
    Ok(pair(high, low + c))
}

/// Refuses what a driver has cut off.
pub(super) fn check_flags(flags: u32) -> Result<(), GpuError> {
    match flags & CUT_OFF {
        0 => Ok(()),
        _ => Err(GpuError::Rejected { message: "the driver ended a loop early".to_owned() }),
    }
}

fn pair(high: f64, low: f64) -> Partial {
    if !high.is_finite() {
        return Partial::new(high);
    }
    let (high, low) = two_sum(high, low);
    Partial { high, low }
}

impl Gpu {
    /// A buffer that kernels see; never of size 0.
    pub fn storage(&self, bytes: usize) -> wgpu::Buffer {
        self.buffer(bytes, BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC)
    }

    /// A buffer that the CPU reads.
    pub fn readback(&self, bytes: usize) -> wgpu::Buffer {
        self.buffer(bytes, BufferUsages::MAP_READ | BufferUsages::COPY_DST)
    }

    fn buffer(&self, bytes: usize, usage: BufferUsages) -> wgpu::Buffer {
        let size = (bytes as u64).next_multiple_of(16).max(16);
        self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
    }

    pub fn storage_of(&self, bytes: &[u8]) -> wgpu::Buffer {
        let buffer = self.storage(bytes.len());
        self.write(&buffer, bytes);
        buffer
    }

    pub fn write(&self, buffer: &wgpu::Buffer, bytes: &[u8]) {
        // What is written must be whole words.
        if bytes.len().is_multiple_of(4) {
            self.queue.write_buffer(buffer, 0, bytes);
        } else {
            let mut padded = bytes.to_vec();
            padded.resize(bytes.len().next_multiple_of(4), 0);
            self.queue.write_buffer(buffer, 0, &padded);
        }
    }

    pub fn bind(&self, kernel: &Kernel, buffers: &[&wgpu::Buffer]) -> wgpu::BindGroup {
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &kernel.layout,
            entries: &entries,
        })
    }

    /// Sends off one dispatch and the copy of the first `bytes` of its result.
    pub fn dispatch(
        &self,
        kernel: &Kernel,
        group: &wgpu::BindGroup,
        workgroups: u32,
        result: &wgpu::Buffer,
        readback: &wgpu::Buffer,
        bytes: usize,
    ) -> Pending {
        let mut encoder = self.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&kernel.pipeline);
            pass.set_bind_group(0, group, &[]);
            pass.dispatch_workgroups(workgroups, 1, 1);
        }
        self.copied(encoder, result, readback, bytes)
    }

    /// Sends off the copy of the first `bytes` of a buffer.
    pub fn copy(&self, result: &wgpu::Buffer, readback: &wgpu::Buffer, bytes: usize) -> Pending {
        self.copied(self.encoder(), result, readback, bytes)
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }

    fn copied(
        &self,
        mut encoder: wgpu::CommandEncoder,
        result: &wgpu::Buffer,
        readback: &wgpu::Buffer,
        bytes: usize,
    ) -> Pending {
        let bytes = (bytes as u64).next_multiple_of(4);
        encoder.copy_buffer_to_buffer(result, 0, readback, 0, bytes);
        let submission = self.queue.submit([encoder.finish()]);
        let (sender, mapped) = mpsc::channel();
        readback.map_async(wgpu::MapMode::Read, ..bytes, move |result| {
            // Nobody may be waiting any more.
            let _ = sender.send(result);
        });
        Pending { submission, mapped, readback: readback.clone(), bytes }
    }
}

/// A dispatch that is under way.
#[derive(Debug)]
pub(super) struct Pending {
    submission: wgpu::SubmissionIndex,
    mapped: mpsc::Receiver<Result<(), wgpu::BufferAsyncError>>,
    readback: wgpu::Buffer,
    bytes: u64,
}

impl Pending {
    /// The bytes of the result, once they are there.
    pub fn wait(self, gpu: &Gpu) -> Result<Vec<u8>, GpuError> {
        self.wait_into(gpu, Vec::new())
    }

    /// The same in memory that there is.
    pub fn wait_into(self, gpu: &Gpu, mut bytes: Vec<u8>) -> Result<Vec<u8>, GpuError> {
        let wait = wgpu::PollType::Wait { submission_index: Some(self.submission), timeout: Some(TIMEOUT) };
        gpu.device.poll(wait).map_err(|error| match error {
            wgpu::PollError::Timeout => GpuError::Timeout { waited: TIMEOUT },
            // The submission has failed, which is said nowhere else.
            error => GpuError::Lost { reason: error.to_string() },
        })?;
        let lost = |message: String| GpuError::Lost { reason: format!("no result: {message}") };
        // The callback has run by now; if not, it never will.
        match self.mapped.recv_timeout(Duration::from_secs(1)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(lost(error.to_string())),
            Err(error) => return Err(lost(error.to_string())),
        }
        bytes.clear();
        match self.readback.get_mapped_range(..self.bytes) {
            Ok(view) => bytes.extend_from_slice(&view),
            Err(error) => return Err(lost(error.to_string())),
        }
        self.readback.unmap();
        Ok(bytes)
    }
}
