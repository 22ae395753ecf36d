//! A thread of its own for everything that calls the driver: with a stack for deep shader compilers, and where a panic ends
//! nothing but the step that it happened in.

use super::GpuError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// Shader compilers recurse.
const STACK: usize = 8 << 20;

/// The longest that a step may take: above any wait on the device, and any compilation of a shader of bounded size.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

type Job = Box<dyn FnOnce() + Send>;

/// A thread that runs one step after the other, until it is dropped.
#[derive(Debug)]
pub(crate) struct Worker(Mutex<mpsc::Sender<Job>>);

impl Worker {
    pub fn new() -> Result<Self, GpuError> {
        let (sender, jobs) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("quadrille-gpu".to_owned())
            .stack_size(STACK)
            .spawn(move || jobs.into_iter().for_each(|job| job()))
            .map_err(|error| GpuError::Open { reason: format!("no thread for it: {error}") })?;
        Ok(Self(Mutex::new(sender)))
    }

    /// The outcome of `step`, run on the thread: its own, or that it panicked or does not come back.
    pub fn run<T: Send + 'static>(
        &self,
        step: impl FnOnce() -> Result<T, GpuError> + Send + 'static,
    ) -> Result<T, GpuError> {
        let (sender, outcome) = mpsc::channel();
        let job = Box::new(move || {
            let result = caught(step);
            // Nobody may be waiting any more.
            let _ = sender.send(result);
        });
        let gone = || GpuError::Lost { reason: "its thread has ended".to_owned() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).send(job).map_err(|_| gone())?;
        match outcome.recv_timeout(PATIENCE) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(GpuError::Timeout { waited: PATIENCE }),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

/// The outcome of `step`, a panic as an error.
pub(crate) fn caught<T>(step: impl FnOnce() -> Result<T, GpuError>) -> Result<T, GpuError> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|payload| {
        let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(message), _) => (*message).to_owned(),
            (_, Some(message)) => message.clone(),
            _ => "without a message".to_owned(),
        };
        Err(GpuError::Panicked { message })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_step_alone() {
        let worker = Worker::new().unwrap();
        let first: Result<(), _> = worker.run(|| panic!("on purpose"));
        assert_eq!(first, Err(GpuError::Panicked { message: "on purpose".to_owned() }));
        assert_eq!(worker.run(|| Ok(7)), Ok(7));
    }
}
