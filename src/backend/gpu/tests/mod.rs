//! What can be tested of the GPU backend only from within: the text of shaders, and the sums of tiles.

mod accused;
mod grid;
#[path = "../../../../tests/common/integrands.rs"]
mod integrands;
#[path = "../../../../tests/common/one.rs"]
mod one;
mod shaders;
#[path = "../../../../tests/common/skip.rs"]
mod skip;

use super::*;
use std::sync::OnceLock;

/// A device of this machine, software if there is no other; says so if there is none.
fn device() -> Option<&'static Device> {
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| {
        let found = adapters().ok()?;
        let name = std::env::var("QUADRILLE_ADAPTER").ok().or_else(|| Some(found.first()?.name.clone()))?;
        Device::open(Some(&name)).map_err(|error| eprintln!("{error}")).ok()
    });
    if device.is_none() {
        assert!(std::env::var_os("QUADRILLE_REQUIRE_GPU").is_none(), "no GPU adapter, and one is required");
        skip::skipped("no GPU adapter");
    }
    device.as_ref()
}
