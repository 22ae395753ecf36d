//! The GPU backend on a device that the program has opened itself, beside its own use of it.
//!
//! `cargo run --release --example custom_device`

use quadrille::gpu::Device;
use quadrille::{Backend, Integrator, Rule, integrand};

#[integrand]
fn damped(x: f64, rate: f64) -> f64 {
    x.sin() * (-rate * x * x).exp()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let Ok(adapter) = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default())) else {
        println!("there is no adapter on this machine");
        return Ok(());
    };
    let double = wgpu::Features::SHADER_F64 | wgpu::Features::SHADER_INT64;
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: adapter.features() & double,
        required_limits: adapter.limits(),
        ..Default::default()
    }))?;
    let device = Device::from_wgpu(device, queue)?;
    let integrator = Integrator::new().rule(Rule::Simpson).panels(1_000_000).backend(Backend::Gpu).device(&device);
    // Another rate is other data: nothing is compiled again.
    for rate in [0.01, 0.02, 0.04] {
        let area = integrator.integrate(&damped { rate }, 0.0..10.0)?;
        println!("{rate}: {area:#}");
    }
    Ok(())
}
