//! The device of the process: opened when first asked for, on a thread of its own, so that who asks may stop waiting.

use super::device::locked;
use super::guard::{LOOK, caught};
use super::{Device, GpuError, adapter};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// The devices that the process has opened by itself, the last of them in use.
struct Shared {
    /// Lost devices stay in the list: to drop one may block for good.
    opened: Vec<Device>,
    /// Why the last attempt failed.
    failed: Option<GpuError>,
    /// Whether an attempt is under way.
    opening: bool,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared { opened: Vec::new(), failed: None, opening: false });
static CHANGED: Condvar = Condvar::new();

/// How many times a lost device is replaced.
const REOPENINGS: usize = 1;

impl Shared {
    fn working(&self) -> Option<Device> {
        self.opened.last().filter(|device| device.lost().is_none()).cloned()
    }
}

impl Device {
    /// The device of this process: opened when first asked for, and kept. Where that fails, the next call tries again.
    ///
    /// It is the best adapter that is not software, or the one whose name or driver contains the value of the
    /// environment variable `QUADRILLE_ADAPTER`, software or not. After the loss of the device another one is opened,
    /// once.
    pub fn shared() -> Result<Device, GpuError> {
        Self::shared_until(&|| false)
    }

    /// The same; who stops does not wait, and finds the device open the next time.
    pub(crate) fn shared_until(stop: &dyn Fn() -> bool) -> Result<Device, GpuError> {
        let mut shared = locked(&SHARED);
        let mut tried = false;
        loop {
            if let Some(device) = shared.working() {
                return Ok(device);
            }
            if stop() {
                return Err(GpuError::Stopped);
            }
            if !shared.opening {
                match (&shared.failed, shared.opened.last().and_then(Device::lost)) {
                    (Some(error), _) if tried => return Err(error.clone()),
                    (_, Some(reason)) if shared.opened.len() > REOPENINGS => return Err(GpuError::Lost { reason }),
                    _ => {}
                }
                let thread = thread::Builder::new().name("quadrille-gpu-opening".to_owned()).spawn(open);
                if let Err(error) = thread {
                    return Err(GpuError::Open { reason: format!("no thread for it: {error}") });
                }
                shared.opening = true;
            }
            tried = true;
            shared = CHANGED.wait_timeout(shared, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The device of this process, if there is hope of one: no attempt has failed yet.
    pub(crate) fn hoped_for(stop: &dyn Fn() -> bool) -> Result<Device, GpuError> {
        let shared = locked(&SHARED);
        match (&shared.failed, shared.working()) {
            (Some(error), None) => Err(error.clone()),
            _ => {
                drop(shared);
                Self::shared_until(stop)
            }
        }
    }

    /// The device of this process, if it is open and works.
    pub(crate) fn already_open() -> Option<Device> {
        locked(&SHARED).working()
    }
}

/// One attempt.
fn open() {
    let name = std::env::var(adapter::VARIABLE).ok().filter(|name| !name.is_empty());
    let opened = caught(|| Device::open(name.as_deref()));
    let mut shared = locked(&SHARED);
    shared.opening = false;
    shared.failed = opened.map(|device| shared.opened.push(device)).err();
    CHANGED.notify_all();
}
