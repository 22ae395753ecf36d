//! An open device: opened once, tested, and thrown away when it is lost.

use super::adapter::{self, AdapterInfo};
use super::guard::{Worker, caught};
use super::probe::{self, Facts};
use super::{GpuError, Precision};
use crate::clock::Instant;
use crate::control::Control;
use crate::integrand::wgsl::Arithmetic;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An open GPU. Clones are the same device.
#[derive(Clone)]
pub struct Device {
    inner: Arc<Inner>,
    /// The integration that it is used for, and when that began: it may be stopped.
    run: Option<(Control, Instant)>,
}

struct Inner {
    gpu: Gpu,
    info: AdapterInfo,
    facts: Facts,
    worker: Worker,
    /// Why the device must not be used again.
    lost: Arc<Mutex<Option<String>>>,
    /// Compiled shaders by their text.
    kernels: Arc<Mutex<HashMap<String, Kernel>>>,
    /// Points per second, as far as measured.
    rates: Mutex<HashMap<Precision, f64>>,
}

/// What commands go to.
#[derive(Clone, Debug)]
pub(super) struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
}

/// A compiled shader. Its buffers are bound from 0 on, read-only where its text says so.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub pipeline: wgpu::ComputePipeline,
    pub layout: wgpu::BindGroupLayout,
    pub speed: Speed,
}

/// Evaluations per second of a kernel, as last measured; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Speed(Arc<AtomicU64>);

impl Speed {
    pub fn set(&self, evaluations_per_second: f64) {
        self.0.store(evaluations_per_second.to_bits(), Relaxed);
    }

    pub fn get(&self) -> Option<f64> {
        Some(f64::from_bits(self.0.load(Relaxed))).filter(|&speed| speed > 0.0)
    }
}

impl Device {
    /// Opens the adapter whose name or driver contains `adapter`, in any case; without a name the best that is not
    /// software.
    pub fn open(adapter: Option<&str>) -> Result<Device, GpuError> {
        let wanted = adapter.map(str::to_owned);
        let worker = Worker::new()?;
        let lost = Arc::new(Mutex::new(None));
        let flag = Arc::clone(&lost);
        let (gpu, info, facts) = worker.run(move || {
            let (adapter, info) = adapter::choose(wanted.as_deref())?;
            let opening = adapter.request_device(&wgpu::DeviceDescriptor {
                required_features: adapter.features() & adapter::double(),
                required_limits: adapter.limits(),
                memory_hints: wgpu::MemoryHints::MemoryUsage,
                ..Default::default()
            });
            let (device, queue) =
                pollster::block_on(opening).map_err(|error| GpuError::Open { reason: error.to_string() })?;
            let on_loss = Arc::clone(&flag);
            device.set_device_lost_callback(move |reason, message| {
                locked(&on_loss).get_or_insert(format!("{reason:?} {message}").trim().to_owned());
            });
            // An error outside of every step: nothing on this device can be relied on any more.
            let on_error = Arc::clone(&flag);
            device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
                locked(&on_error).get_or_insert(error.to_string());
            }));
            let gpu = Gpu { device, queue };
            let facts = probe::probe(&gpu, info.f64)?;
            match locked(&flag).clone() {
                Some(reason) => Err(GpuError::Lost { reason }),
                None => Ok((gpu, info, facts)),
            }
        })?;
        Ok(Self::new(gpu, info, facts, worker, lost))
    }

    fn new(gpu: Gpu, info: AdapterInfo, facts: Facts, worker: Worker, lost: Arc<Mutex<Option<String>>>) -> Self {
        let inner = Inner { gpu, info, facts, worker, lost, kernels: Arc::default(), rates: Mutex::default() };
        Self { inner: Arc::new(inner), run: None }
    }

    /// The same device for an integration that began at `start`: who stops that does not wait for the device.
    pub(crate) fn during(&self, control: &Control, start: Instant) -> Self {
        Self { inner: Arc::clone(&self.inner), run: Some((control.clone(), start)) }
    }

    /// A device that the caller has opened.
    ///
    /// For double precision it must have the features `SHADER_F64` and `SHADER_INT64`. Its callbacks are left as they
    /// are.
    pub fn from_wgpu(device: wgpu::Device, queue: wgpu::Queue) -> Result<Device, GpuError> {
        let worker = Worker::new()?;
        let (gpu, info, facts) = worker.run(move || {
            let info = AdapterInfo::new(&device.adapter_info(), device.features(), &device.limits());
            let gpu = Gpu { device, queue };
            let facts = probe::probe(&gpu, info.f64)?;
            Ok((gpu, info, facts))
        })?;
        Ok(Self::new(gpu, info, facts, worker, Arc::default()))
    }

    /// The adapter.
    pub fn info(&self) -> &AdapterInfo {
        &self.inner.info
    }

    /// What was found out about it at opening.
    pub fn facts(&self) -> &Facts {
        &self.inner.facts
    }

    /// Why the device must not be used again; `None` while it works.
    pub fn lost(&self) -> Option<String> {
        locked(&self.inner.lost).clone()
    }

    /// Whether this device computes in `precision`, or why not. [`Precision::Auto`] asks for any.
    pub fn supports(&self, precision: Precision) -> Result<(), GpuError> {
        self.arithmetic(precision).map(|_| ())
    }

    /// The arithmetic for `precision`; for `Auto`, the most exact that can be trusted.
    pub(crate) fn arithmetic(&self, precision: Precision) -> Result<Arithmetic, GpuError> {
        let arithmetic = match precision {
            Precision::F32 => Arithmetic::F32,
            Precision::F32x2 => Arithmetic::F32x2,
            Precision::F64 => Arithmetic::F64,
            Precision::Auto => {
                return self
                    .arithmetic(Precision::F64)
                    .or_else(|_| self.arithmetic(Precision::F32x2))
                    .or_else(|_| self.arithmetic(Precision::F32));
            }
        };
        if arithmetic == Arithmetic::F64 && !self.inner.info.f64 {
            return Err(GpuError::Unsupported { precision });
        }
        match self.inner.facts.distrust(arithmetic) {
            Some(reason) => Err(GpuError::Untrusted { precision, reason: reason.to_owned() }),
            None => Ok(arithmetic),
        }
    }

    /// Runs one step on the device's own thread: errors of the device, panics and the loss of the device become errors.
    pub(super) fn step<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Gpu) -> Result<T, GpuError> + Send + 'static,
    ) -> Result<T, GpuError> {
        self.step_then(work, |result| result)
    }

    /// The same, and what is to be done with the outcome even where nobody waits for it any more.
    fn step_then<T, U: Send + 'static>(
        &self,
        work: impl FnOnce(&Gpu) -> Result<T, GpuError> + Send + 'static,
        then: impl FnOnce(T) -> U + Send + 'static,
    ) -> Result<U, GpuError> {
        if let Some(reason) = self.lost() {
            return Err(GpuError::Lost { reason });
        }
        let gpu = self.inner.gpu.clone();
        let stop = || self.run.as_ref().is_some_and(|(control, start)| control.stop(*start).is_some());
        let result = self.inner.worker.run_until(&stop, move || scoped(&gpu, work).map(then));
        match (self.lost(), result) {
            (Some(reason), _) => Err(GpuError::Lost { reason }),
            (None, Err(error)) if error.is_loss() => {
                locked(&self.inner.lost).get_or_insert(error.to_string());
                Err(error)
            }
            (None, result) => result,
        }
    }

    pub(super) fn rates(&self) -> &Mutex<HashMap<Precision, f64>> {
        &self.inner.rates
    }

    /// How many shaders have been compiled.
    #[cfg(test)]
    pub(super) fn compiled(&self) -> usize {
        locked(&self.inner.kernels).len()
    }

    /// How fast a shader runs, if it is compiled and that was measured.
    pub(super) fn speed(&self, text: &str) -> Option<f64> {
        locked(&self.inner.kernels).get(text)?.speed.get()
    }

    /// The compiled form of a shader with that many buffers; compiled once for each text.
    pub(super) fn kernel(&self, text: &str, buffers: u32) -> Result<Kernel, GpuError> {
        if let Some(kernel) = locked(&self.inner.kernels).get(text) {
            return Ok(kernel.clone());
        }
        let (source, kernels) = (text.to_owned(), Arc::clone(&self.inner.kernels));
        let keep = move |(kernel, source): (Kernel, String)| {
            let mut kernels = locked(&kernels);
            if kernels.len() >= KEPT {
                kernels.clear();
            }
            kernels.insert(source, kernel.clone());
            kernel
        };
        self.step_then(move |gpu| Ok((compile(gpu, &source, buffers), source)), keep)
    }
}

/// How many compiled shaders are kept; at one more all are forgotten, so that endless new formulas do not fill the
/// memory.
const KEPT: usize = 512;

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("info", &self.inner.info)
            .field("facts", &self.inner.facts)
            .finish_non_exhaustive()
    }
}

/// What is behind a lock; a panic of another holder has left it whole.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The outcome of `work`, or the first error that the device reported during it.
pub(super) fn scoped<T>(gpu: &Gpu, work: impl FnOnce(&Gpu) -> Result<T, GpuError>) -> Result<T, GpuError> {
    let validation = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let internal = gpu.device.push_error_scope(wgpu::ErrorFilter::Internal);
    let memory = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let result = caught(|| work(gpu));
    // In reverse order.
    let errors = [memory.pop(), internal.pop(), validation.pop()].map(pollster::block_on);
    match (result, errors.into_iter().flatten().next()) {
        (Err(error), _) if error.is_loss() => Err(error),
        (_, Some(wgpu::Error::OutOfMemory { .. })) => Err(GpuError::OutOfMemory),
        (_, Some(error)) => Err(GpuError::Rejected { message: error.to_string() }),
        (result, None) => result,
    }
}

pub(super) fn compile(gpu: &Gpu, text: &str, buffers: u32) -> Kernel {
    let device = &gpu.device;
    let is_written = |binding| text.contains(&format!("@binding({binding}) var<storage, read_write>"));
    let entries: Vec<_> = (0..buffers)
        .map(|binding| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage { read_only: !is_written(binding) },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(text.into()),
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &[],
            zero_initialize_workgroup_memory: false,
        },
        cache: None,
    });
    Kernel { pipeline, layout, speed: Speed::default() }
}
