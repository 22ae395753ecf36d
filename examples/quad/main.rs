//! `quad EXPR A B`: the integral of a formula, from the command line; `--sweep FILE.csv`: one for each row of a file.
//!
//! Exit code 0: the answer is what was asked for; 1: it is not (the best estimate is printed, with its status), or
//! verification failed; 2: a bad question, nothing was computed.

mod args;
mod columns;
#[cfg_attr(not(feature = "gpu"), path = "no_device.rs")]
mod device;
mod hints;
mod job;
mod over;
mod picture;
mod plot;
mod report;
mod sweep;
mod table;
mod watch;
mod weight;
mod window;

use clap::Parser;
use job::{Asked, Job, What};
use quadrille::{Backend, Error, Integral, Method};
use std::io::{self, Write};
use std::process::ExitCode;

/// Writes to standard output, and whether that worked; where nobody listens any more there is nothing to say.
fn say(text: &str) -> bool {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => true,
        Err(error) => {
            eprintln!("error: the answer cannot be written: {error}");
            false
        }
    }
}

fn main() -> ExitCode {
    let args = args::Args::parse();
    let answered = if args.devices {
        device::list().map(|text| say(&text))
    } else {
        args.check().and_then(|asked| match asked {
            Asked::One(job) => one(&job),
            Asked::Many(job) => job.run(),
        })
    };
    match answered {
        Ok(as_asked) => ExitCode::from(u8::from(!as_asked)),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// An integral from one backend, or from another in its place.
struct Answer {
    asked: Backend,
    /// Why the backend asked for was not even called.
    instead: Option<String>,
    integral: Integral,
}

/// One integral on each of the backends; whether all answers are what was asked for.
fn one(job: &Job) -> Result<bool, String> {
    if let Some(file) = &job.plot {
        plot::writable(file).map_err(|error| format!("--plot {}: {error}", file.display()))?;
    }
    let cancel = watch::cancel_on_interrupt();
    let mut answers: Vec<Answer> = Vec::new();
    let mut missing: Vec<(Backend, String)> = Vec::new();
    let mut failed = false;
    for &backend in &job.backends {
        let bar = watch::Bar::new(&backend.to_string());
        let integrator = job.integrator.clone().backend(backend).cancel(&cancel).progress(bar.callback());
        let runs_there = match job.what {
            What::Fixed { .. } => true,
            What::Adaptive(method) => job.over.len() < 2 || method == Method::Cubature || method.is_sampling(),
        };
        let gpu = backend == Backend::Gpu || backend == Backend::Auto && job.adapter.is_some();
        let opened = match gpu && runs_there {
            true => device::with(integrator, job.adapter.as_deref(), job.fallback),
            false => Ok((integrator, None)),
        };
        let mut instead = None;
        let result = opened.and_then(|(integrator, reason)| {
            instead = reason;
            if job.over.len() > 1 {
                over::integrate(&integrator, &job.f, &job.over)
            } else {
                integrator.integrate(&job.f, job.lower..job.upper)
            }
        });
        bar.clear();
        match result {
            Ok(integral) => answers.push(Answer { asked: backend, instead, integral }),
            Err(error @ (Error::NotConverged(_) | Error::Disagreement(..))) => {
                // One of several is named.
                match job.backends.len() {
                    1 => eprintln!("{error}"),
                    _ => eprintln!("{backend}: {error}"),
                }
                failed = true;
                if let Error::NotConverged(integral) = &error
                    && job.lacks_absolute(integral)
                {
                    eprintln!("  --abs-tol T takes an error of up to T, where the integral may be zero");
                }
                let cancelled = cancel.is_cancelled();
                if let Error::NotConverged(integral) | Error::Disagreement(integral, _) = error {
                    answers.push(Answer { asked: backend, instead, integral: *integral });
                }
                if cancelled {
                    break;
                }
            }
            // One of several may be missing.
            Err(Error::BackendUnavailable { backend, reason }) if job.backends.len() > 1 => {
                missing.push((backend, reason));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    let text = if job.json {
        format!("{}\n", report::json(job, &answers, &missing))
    } else if let ([answer], 1) = (&answers[..], job.backends.len()) {
        report::text(job, answer)
    } else {
        report::table(job, &answers, &missing)
    };
    failed |= !say(&text);
    // A picture integrates once more.
    if let Some(file) = job.plot.as_ref().filter(|_| !cancel.is_cancelled())
        && let Err(message) = plot::draw(job, file)
    {
        eprintln!("error: {}: {message}", file.display());
        failed = true;
    }
    Ok(!failed)
}
