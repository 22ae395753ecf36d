//! The adapters of this machine, and which of them to use.

use super::device::locked;
use super::{GpuError, guard};
use std::sync::Mutex;

/// The environment variable that chooses an adapter: a part of its name or of its driver's, in any case.
pub(crate) const VARIABLE: &str = "QUADRILLE_ADAPTER";

/// What is known of an adapter without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdapterInfo {
    /// Its name.
    pub name: String,
    /// The graphics interface: `vulkan`, `metal`, `dx12`.
    pub backend: String,
    /// Name and version of the driver, as far as it gives them.
    pub driver: String,
    /// `discrete`, `integrated`, `virtual`, `software` or `other`.
    pub device_type: &'static str,
    /// Whether it has double precision (and the 64-bit integers that go with it).
    pub f64: bool,
    /// The largest buffer that a kernel can see, in bytes.
    pub max_binding: u64,
    /// The most workgroups of one dispatch.
    pub max_workgroups: u32,
}

impl AdapterInfo {
    /// Whether it is a program on the CPU. Such an adapter is used only where it is asked for by name.
    pub fn is_software(&self) -> bool {
        self.device_type == "software"
    }

    pub(super) fn new(info: &wgpu::AdapterInfo, features: wgpu::Features, limits: &wgpu::Limits) -> Self {
        Self {
            name: info.name.clone(),
            backend: info.backend.to_string(),
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            device_type: match info.device_type {
                wgpu::DeviceType::DiscreteGpu => "discrete",
                wgpu::DeviceType::IntegratedGpu => "integrated",
                wgpu::DeviceType::VirtualGpu => "virtual",
                wgpu::DeviceType::Cpu => "software",
                wgpu::DeviceType::Other => "other",
            },
            f64: features.contains(double()),
            max_binding: limits.max_storage_buffer_binding_size,
            max_workgroups: limits.max_compute_workgroups_per_dimension,
        }
    }

    fn is_called(&self, part: &str) -> bool {
        let part = part.to_lowercase();
        self.name.to_lowercase().contains(&part) || self.driver.to_lowercase().contains(&part)
    }

    /// Less is better.
    fn rank(&self) -> u8 {
        match self.device_type {
            "discrete" => 0,
            "integrated" => 1,
            "virtual" => 2,
            "other" => 3,
            _ => 4,
        }
    }
}

/// The features that double precision needs: the library works on the bits of numbers.
pub(super) fn double() -> wgpu::Features {
    wgpu::Features::SHADER_F64 | wgpu::Features::SHADER_INT64
}

/// The adapters of this machine, software among them. Looking costs some milliseconds.
pub fn adapters() -> Result<Vec<AdapterInfo>, GpuError> {
    guard::Worker::new()?.run(|| Ok(found()?.iter().map(of).collect()))
}

fn of(adapter: &wgpu::Adapter) -> AdapterInfo {
    AdapterInfo::new(&adapter.get_info(), adapter.features(), &adapter.limits())
}

fn found() -> Result<Vec<wgpu::Adapter>, GpuError> {
    let instance = instance()?;
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    if !adapters.is_empty() {
        *locked(&INSTANCE) = Some(instance);
    }
    Ok(adapters)
}

/// The way to the drivers: one for the process, never closed. One that leads to no driver is not kept, as one may be
/// installed meanwhile.
static INSTANCE: Mutex<Option<wgpu::Instance>> = Mutex::new(None);

fn instance() -> Result<wgpu::Instance, GpuError> {
    // Without a backend, making an instance panics.
    if wgpu::Instance::enabled_backend_features().is_empty() {
        return Err(GpuError::NoBackend);
    }
    let kept = locked(&INSTANCE).clone();
    Ok(kept.unwrap_or_else(|| {
        wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: wgpu::Backends::PRIMARY,
            flags: wgpu::InstanceFlags::empty(),
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        })
    }))
}

/// The adapter with `wanted` in its name; without a wish, the best that is not software.
pub(super) fn choose(wanted: Option<&str>) -> Result<(wgpu::Adapter, AdapterInfo), GpuError> {
    let mut found: Vec<_> = found()?.into_iter().map(|adapter| (of(&adapter), adapter)).collect();
    // Stable: among equals the driver's own order.
    found.sort_by_key(|(info, _)| info.rank());
    if found.is_empty() && wanted.is_none() {
        let asked = pollster::block_on(instance()?.request_adapter(&wgpu::RequestAdapterOptions::default()));
        return Err(GpuError::NoAdapter { reason: asked.err().map_or_else(String::new, |error| error.to_string()) });
    }
    let names = found.iter().map(|(info, _)| info.name.clone()).collect();
    let chosen = found.into_iter().find(|(info, _)| match wanted {
        Some(part) => info.is_called(part),
        None => !info.is_software(),
    });
    match (chosen, wanted) {
        (Some((info, adapter)), _) => Ok((adapter, info)),
        (None, Some(wanted)) => Err(GpuError::UnknownAdapter { wanted: wanted.to_owned(), available: names }),
        (None, None) => Err(GpuError::SoftwareOnly { names }),
    }
}
