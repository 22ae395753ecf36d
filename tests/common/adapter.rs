//! The adapter that tests of the GPU run on.

// Not every test program uses all of it.
#![allow(dead_code)]

#[path = "skip.rs"]
pub mod skip;

use quadrille::gpu::{Device, Precision, adapters};
use std::sync::OnceLock;

/// Name of the adapter that the environment names, or of the first, software or not; says so if there is none.
pub fn adapter() -> Option<String> {
    let wanted = std::env::var("QUADRILLE_ADAPTER").unwrap_or_default().to_lowercase();
    let found = adapters().unwrap_or_default();
    let is_called = |text: &str| text.to_lowercase().contains(&wanted);
    let chosen = found.into_iter().find(|adapter| is_called(&adapter.name) || is_called(&adapter.driver));
    if chosen.is_none() {
        skip("no GPU adapter");
    }
    chosen.map(|adapter| adapter.name)
}

/// That adapter, opened.
pub fn device() -> Option<&'static Device> {
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| {
        let name = adapter()?;
        Device::open(Some(&name)).map_err(|error| eprintln!("{error}")).ok()
    });
    if device.is_none() {
        skip("no GPU adapter");
    }
    device.as_ref()
}

/// The arithmetics of a device, each with its unit of rounding.
pub fn arithmetics(device: &Device) -> impl Iterator<Item = (Precision, f64)> {
    [(Precision::F64, -52), (Precision::F32x2, -44), (Precision::F32, -23)]
        .into_iter()
        .filter(|(precision, _)| device.supports(*precision).is_ok())
        .map(|(precision, exponent)| (precision, 2f64.powi(exponent)))
}

/// Says that a test is skipped; fails where `QUADRILLE_REQUIRE_GPU` asks for all.
fn skip(reason: &str) {
    assert!(std::env::var_os("QUADRILLE_REQUIRE_GPU").is_none(), "{reason}, and one is required");
    skip::skipped(reason);
}
