//! A progress bar for long runs, and Ctrl-C.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use quadrille::{Cancel, Progress};
use std::time::{Duration, Instant};

/// Signals that are no farther apart are one Ctrl-C: it is sent to all processes of a terminal, and may be passed on to
/// this one.
const AT_ONCE: Duration = Duration::from_millis(200);

/// A switch that the first Ctrl-C turns; the second one ends the process.
pub fn cancel_on_interrupt() -> Cancel {
    let cancel = Cancel::new();
    let switch = cancel.clone();
    let mut first = None;
    let set = ctrlc::set_handler(move || {
        if first.get_or_insert_with(Instant::now).elapsed() > AT_ONCE {
            std::process::exit(130);
        }
        switch.cancel();
    });
    if let Err(error) = set {
        eprintln!("Ctrl-C will not be answered: {error}");
    }
    cancel
}

/// A bar on standard error, drawn only on a terminal and only once a run has lasted a while.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new(what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {percent}% {eta} left {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_prefix(what.to_owned());
        Self(bar)
    }

    /// What the integrator calls.
    pub fn callback(&self) -> impl Fn(Progress) + Send + Sync + 'static {
        const PATIENCE: Duration = Duration::from_millis(500);
        let (bar, start) = (self.0.clone(), Instant::now());
        move |progress| {
            if bar.is_hidden() && start.elapsed() > PATIENCE {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.set_length(progress.total);
            bar.set_position(progress.evaluations);
            // Between rounds what the last one found stays.
            if progress.estimate.is_finite() && progress.error.is_finite() {
                bar.set_message(format!("{:.6e} ± {:.1e}", progress.estimate, progress.error));
            }
        }
    }

    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}
