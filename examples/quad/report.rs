//! The answer as text, table and JSON.

use crate::args::Job;
use quadrille::{Agreement, Backend, Integral};
use serde_json::{Value, json};

/// The estimate on the first line, what is known about it below.
pub fn text(job: &Job, integral: &Integral) -> String {
    let threads = if integral.threads == 1 { "thread" } else { "threads" };
    let level = integral.level.map(|level| format!(" {level}")).unwrap_or_default();
    let mut lines = format!(
        "{:?}\n  {}, {} panels, {} evaluations\n  {}{level}, {} {threads}, {:.3e} s\n",
        integral.estimate,
        job.rule,
        integral.regions,
        integral.evaluations,
        integral.backend,
        integral.threads,
        integral.elapsed.as_secs_f64(),
    );
    lines += &format!("  status: {}\n", integral.status);
    if let Some(agreement) = &integral.agreement {
        lines += &format!("  agreement: {agreement}\n");
    }
    for fallback in &integral.fallbacks {
        lines += &format!("  instead of {fallback}\n");
    }
    lines
}

/// One line for each backend.
pub fn table(answers: &[(Backend, Integral)]) -> String {
    let reference = answers.first().map_or(f64::NAN, |(_, serial)| serial.estimate);
    let mut lines = format!(
        "{:<8} {:<8} {:>7}  {:<24} {:>12} {:>12}  {}\n",
        "backend", "level", "threads", "estimate", "- serial", "seconds", "status"
    );
    for (_, integral) in answers {
        lines += &format!(
            "{:<8} {:<8} {:>7}  {:<24} {:>12.1e} {:>12.3e}  {}\n",
            integral.backend,
            integral.level.map_or("-", |level| level.name()),
            integral.threads,
            format!("{:?}", integral.estimate),
            integral.estimate - reference,
            integral.elapsed.as_secs_f64(),
            integral.status.name(),
        );
    }
    for (_, integral) in answers {
        if let Some(agreement) = &integral.agreement {
            lines += &format!("{}: {agreement}\n", integral.backend);
        }
    }
    lines
}

/// One object, or an array where several backends ran.
pub fn json(answers: &[(Backend, Integral)]) -> Value {
    match answers {
        [(_, integral)] => object(integral),
        _ => answers.iter().map(|(_, integral)| object(integral)).collect(),
    }
}

fn object(integral: &Integral) -> Value {
    json!({
        "estimate": number(integral.estimate),
        "error": number(integral.error),
        "evaluations": integral.evaluations,
        "regions": integral.regions,
        "status": integral.status.name(),
        "status_text": integral.status.to_string(),
        "backend": integral.backend.to_string(),
        "adapter": Value::Null,
        "level": integral.level.map(|level| level.name()),
        "threads": integral.threads,
        "precision": "f64",
        "fallbacks": integral.fallbacks.iter().map(|fallback| fallback.to_string()).collect::<Vec<_>>(),
        "agreement": integral.agreement.map(agreement),
        "seconds": integral.elapsed.as_secs_f64(),
    })
}

fn agreement(agreement: Agreement) -> Value {
    json!({
        "depth": agreement.depth.to_string(),
        "evaluations": agreement.evaluations,
        "unbounded": agreement.unbounded,
        "worst": number(agreement.worst),
    })
}

/// JSON has no infinities: they are written as strings.
fn number(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { json!(value.to_string()) }
}
