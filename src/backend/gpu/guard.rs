//! A thread of its own for everything that calls the driver: with a stack for deep shader compilers, and where a panic
//! ends nothing but the step that it happened in.

use super::GpuError;
use super::device::locked;
use crate::clock::Instant;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// Shader compilers recurse.
const STACK: usize = 8 << 20;

/// The longest that a step may take once it has begun: above any wait on the device, and any compilation of a shader of
/// bounded size.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// How often a thread that waits looks whether the caller wants to stop, or the device hangs.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// How long a stopped caller still waits for a step: as long as dispatches take that are under way.
const GRACE: Duration = Duration::from_millis(200);

type Job = Box<dyn FnOnce() + Send>;

/// A thread that runs one step after the other, until it is dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    jobs: Mutex<mpsc::Sender<Job>>,
    /// When the step began that the thread is at.
    busy: Arc<Mutex<Option<Instant>>>,
    patience: Duration,
}

/// What a step tells the thread that waits for it.
enum News<T> {
    Begun,
    Done(T),
}

impl Worker {
    pub fn new() -> Result<Self, GpuError> {
        Self::with_patience(PATIENCE)
    }

    fn with_patience(patience: Duration) -> Result<Self, GpuError> {
        let (sender, jobs) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("quadrille-gpu".to_owned())
            .stack_size(STACK)
            .spawn(move || jobs.into_iter().for_each(|job| job()))
            .map_err(|error| GpuError::Open { reason: format!("no thread for it: {error}") })?;
        Ok(Self { jobs: Mutex::new(sender), busy: Arc::default(), patience })
    }

    /// The outcome of `step`, run on the thread: its own, or that it panicked or does not come back. Steps before it
    /// may take their time.
    pub fn run<T: Send + 'static>(
        &self,
        step: impl FnOnce() -> Result<T, GpuError> + Send + 'static,
    ) -> Result<T, GpuError> {
        self.run_until(&|| false, step)
    }

    /// The same, or that `stop` has said so. The step itself goes on: nothing can end a call of a driver.
    pub fn run_until<T: Send + 'static>(
        &self,
        stop: &dyn Fn() -> bool,
        step: impl FnOnce() -> Result<T, GpuError> + Send + 'static,
    ) -> Result<T, GpuError> {
        let (sender, news) = mpsc::channel();
        let busy = Arc::clone(&self.busy);
        let job = Box::new(move || {
            *locked(&busy) = Some(Instant::now());
            // Nobody may be waiting any more.
            let _ = sender.send(News::Begun);
            let result = caught(step);
            *locked(&busy) = None;
            let _ = sender.send(News::Done(result));
        });
        let gone = || GpuError::Lost { reason: "its thread has ended".to_owned() };
        locked(&self.jobs).send(job).map_err(|_| gone())?;
        let (mut begun, mut stopped) = (false, None);
        loop {
            match news.recv_timeout(LOOK) {
                Ok(News::Begun) => begun = true,
                Ok(News::Done(result)) => return result,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Err(gone()),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            if locked(&self.busy).is_some_and(|since| since.elapsed() > self.patience) {
                return Err(match begun {
                    true => GpuError::Timeout { waited: self.patience },
                    false => GpuError::Lost { reason: "a step before did not come back".to_owned() },
                });
            }
            if stopped.is_none() && stop() {
                stopped = Some(Instant::now());
            }
            if stopped.is_some_and(|since: Instant| since.elapsed() >= GRACE) {
                return Err(GpuError::Stopped);
            }
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

    #[test]
    fn patience_begins_with_the_step() {
        let worker = Worker::with_patience(Duration::from_millis(400)).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let step = || {
                        thread::sleep(Duration::from_millis(200));
                        Ok(7)
                    };
                    assert_eq!(worker.run(step), Ok(7));
                });
            }
        });
    }

    #[test]
    fn who_stops_does_not_wait() {
        let worker = Worker::new().unwrap();
        let start = Instant::now();
        let slow = || {
            thread::sleep(Duration::from_secs(2));
            Ok(7)
        };
        assert_eq!(worker.run_until(&|| true, slow), Err(GpuError::Stopped));
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        // What is nearly done is taken; and the next step begins when the slow one has ended.
        assert_eq!(worker.run(|| Ok(8)), Ok(8));
        assert!(start.elapsed() >= Duration::from_secs(2));
        assert_eq!(worker.run_until(&|| true, || Ok(9)), Ok(9));
    }

    #[test]
    fn a_step_that_hangs_ends_those_behind_it() {
        let worker = Worker::with_patience(Duration::from_millis(100)).unwrap();
        let (_keep, never) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let first = scope.spawn(|| worker.run(move || Ok(never.recv().is_ok())));
            thread::sleep(Duration::from_millis(20));
            let second = worker.run(|| Ok(()));
            assert!(matches!(first.join().unwrap(), Err(GpuError::Timeout { .. })));
            assert!(matches!(second, Err(GpuError::Lost { .. })), "{second:?}");
        });
    }
}
