//! GPU devices: the one to use, and the list of those that are there.

use quadrille::gpu::{AdapterInfo, Device, GpuError, adapters};
use quadrille::{Backend, Error, Integrator, Precision};
use std::fmt::Write;

/// The integrator with the device to use: the one named, or the process's own; where there is nothing but software,
/// that. Where there is none, and the CPU may answer, the integrator for the CPU with the reason.
pub fn with(
    integrator: Integrator,
    adapter: Option<&str>,
    fallback: bool,
) -> Result<(Integrator, Option<String>), Error> {
    let opened = match adapter {
        Some(name) => Device::open(Some(name)),
        None => match Device::shared() {
            Err(GpuError::SoftwareOnly { names }) => Device::open(names.first().map(String::as_str)),
            // The integrator asks for the same one, and falls back by itself.
            Ok(_) => return Ok((integrator, None)),
            Err(_) if fallback => return Ok((integrator, None)),
            Err(error) => Err(error),
        },
    };
    match opened {
        Ok(device) => Ok((integrator.device(&device), None)),
        Err(error) if fallback => Ok((integrator.backend(Backend::Simd), Some(format!("gpu: {error}")))),
        Err(error) => Err(Error::BackendUnavailable { backend: Backend::Gpu, reason: error.to_string() }),
    }
}

/// All adapters, with what they are found to do.
pub fn list() -> Result<String, String> {
    let found = adapters().map_err(|error| error.to_string())?;
    if found.is_empty() {
        return Ok("no GPU adapters: no driver was found\n".to_owned());
    }
    Ok(found.iter().map(describe).collect())
}

fn describe(adapter: &AdapterInfo) -> String {
    let AdapterInfo { name, backend, driver, device_type, max_binding, max_workgroups, .. } = adapter;
    let mut text = format!("{name}\n  {device_type}, {backend}, driver {driver}\n");
    if adapter.is_software() {
        text += "  software: not looked for by --backend auto, unless QUADRILLE_ADAPTER names it\n";
    }
    let _ = writeln!(text, "  buffers up to {max_binding} bytes, {max_workgroups} workgroups a dispatch");
    let device = match Device::open(Some(name)) {
        Ok(device) => device,
        Err(error) => return text + &format!("  cannot be opened: {error}\n"),
    };
    let facts = device.facts();
    let yes = |fact: bool| if fact { "yes" } else { "no" };
    let _ = writeln!(
        text,
        "  f32: exact sums {}, exact products {}, fused multiply-add {}, denormals {}, NaN seen {}, loops {}",
        yes(facts.exact_sums),
        yes(facts.exact_products),
        yes(facts.fused),
        yes(facts.denormals),
        yes(facts.non_finite),
        facts.loop_limit.map_or("unlimited".to_owned(), |limit| format!("cut off after {limit}")),
    );
    if let Some(double) = &facts.double {
        let _ = writeln!(
            text,
            "  f64: exact sums {}, products {}, quotients {}, square roots {}, NaN seen {}",
            yes(double.exact_sums),
            yes(double.product),
            yes(double.division),
            yes(double.square_root),
            yes(double.non_finite),
        );
    }
    for precision in [Precision::F32, Precision::F32x2, Precision::F64] {
        let rate = device.rate(precision).map(|rate| format!("{rate:.2e} points per second of sin(x)*exp(-x^2/50)"));
        let _ = writeln!(text, "  {precision}: {}", rate.unwrap_or_else(|error| error.to_string()));
    }
    text
}
