//! The answer as text, table and JSON.

use crate::Answer;
use crate::job::Job;
use quadrille::{Agreement, Backend, Integral, Statistics, Status};
use serde_json::{Value, json};

/// The estimate on the first line, what is known about it below.
pub fn text(job: &Job, answer: &Answer) -> String {
    let integral = &answer.integral;
    let who = match (&integral.adapter, integral.level) {
        (Some(adapter), _) => format!("{} on {adapter}, {}", integral.backend, integral.precision),
        (None, Some(level)) => format!("{} {level}", integral.backend),
        (None, None) => integral.backend.to_string(),
    };
    let error = match integral.error {
        0.0 => " ± 0".to_owned(),
        error if error.is_finite() => format!(" ± {error:.1e}"),
        _ if integral.status == Status::Summed => String::new(),
        _ if integral.estimate.is_nan() => String::new(),
        _ => " (no error can be claimed)".to_owned(),
    };
    let (one, many) = if job.over.len() < 2 { ("panel", "panels") } else { ("box", "boxes") };
    let method = match integral.method.filter(|method| method.to_string() != job.what.to_string()) {
        Some(method) => format!("{}: {method}", job.what),
        None => job.what.to_string(),
    };
    let weight = job.weight.map(|weight| format!(" with weight {weight}")).unwrap_or_default();
    let mut lines = format!(
        "{:?}{error}\n  {method}{weight}, {}, {}\n  {who}, {}{}\n",
        integral.estimate,
        counted(integral.regions, one, many),
        counted(integral.evaluations, "evaluation", "evaluations"),
        counted(integral.threads as u64, "thread", "threads"),
        seconds(integral).map_or_else(String::new, |seconds| format!(", {seconds:.3e} s")),
    );
    lines += &format!("  status: {}\n", integral.status);
    if let Some(statistics) = &integral.statistics {
        lines += &format!("  statistics: {}\n", self::statistics(statistics));
    }
    if !integral.bad_point.is_empty() {
        lines += &format!("  at: {:?}\n", integral.bad_point);
    }
    if let Some(agreement) = &integral.agreement {
        lines += &format!("  agreement: {agreement}\n");
    }
    for fallback in fallbacks(job, answer) {
        lines += &format!("  {}\n", told(&fallback));
    }
    lines
}

/// So many of them.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How long it took; a single panel is not timed.
fn seconds(integral: &Integral) -> Option<f64> {
    Some(integral.elapsed.as_secs_f64()).filter(|&seconds| seconds > 0.0)
}

/// What was asked for and could not be had.
fn fallbacks(job: &Job, answer: &Answer) -> Vec<String> {
    let told = answer.integral.fallbacks.iter().map(ToString::to_string);
    let seeded = answer.integral.statistics.is_some() || answer.integral.agreement.is_some();
    let unused = (job.seed && !seeded).then(|| "--seed: nothing was sampled, and nothing verified".to_owned());
    answer.instead.iter().cloned().chain(told).chain(job.notes.iter().cloned()).chain(unused).collect()
}

/// What ran in the place of something else; an option has no other in its place.
pub fn told(fallback: &str) -> String {
    format!("{} {fallback}", if fallback.starts_with("--") { "without use for" } else { "instead of" })
}

/// One line for each backend.
pub fn table(job: &Job, answers: &[Answer], missing: &[(Backend, String)]) -> String {
    let reference = answers.first().map_or(f64::NAN, |serial| serial.integral.estimate);
    let mut lines = format!(
        "{:<8} {:<9} {:<8} {:>7}  {:<24} {:>12} {:>12}  {:<8} {}\n",
        "backend", "precision", "level", "threads", "estimate", "- serial", "seconds", "status", "adapter"
    );
    for Answer { asked, integral, .. } in answers {
        lines += &format!(
            "{:<8} {:<9} {:<8} {:>7}  {:<24} {:>12.1e} {:>12}  {:<8} {}\n",
            asked,
            integral.precision,
            integral.level.map_or("-", |level| level.name()),
            integral.threads,
            format!("{:?}", integral.estimate),
            integral.estimate - reference,
            seconds(integral).map_or_else(|| "-".into(), |seconds| format!("{seconds:.3e}")),
            integral.status.name(),
            integral.adapter.as_deref().unwrap_or("-"),
        );
    }
    for (backend, reason) in missing {
        lines += &format!("{backend:<8} not available: {reason}\n");
    }
    for answer in answers {
        let Answer { asked, integral, .. } = answer;
        if let Some(agreement) = &integral.agreement {
            lines += &format!("{asked}: {agreement}\n");
        }
        for fallback in fallbacks(job, answer) {
            lines += &format!("{asked}: {} {}\n", integral.backend, told(&fallback));
        }
    }
    lines
}

/// One object, or an array where several backends were asked for.
pub fn json(job: &Job, answers: &[Answer], missing: &[(Backend, String)]) -> Value {
    match answers {
        [answer] if job.backends.len() == 1 => object(job, answer),
        _ => {
            let answers = answers.iter().map(|answer| object(job, answer));
            answers.chain(missing.iter().map(|(backend, reason)| unavailable(*backend, reason))).collect()
        }
    }
}

/// What stands in the place of an answer that could not be had.
fn unavailable(backend: Backend, reason: &str) -> Value {
    json!({ "backend": backend.to_string(), "status": "unavailable", "status_text": reason, "estimate": Value::Null })
}

fn object(job: &Job, answer: &Answer) -> Value {
    let integral = &answer.integral;
    json!({
        "estimate": number(integral.estimate),
        "error": number(integral.error),
        "method": integral.method.or(job.what.method()).map(|method| method.to_string()),
        "weight": job.weight.map(|weight| weight.to_string()),
        "evaluations": integral.evaluations,
        "regions": integral.regions,
        "status": integral.status.name(),
        "status_text": integral.status.to_string(),
        "bad_point": (!integral.bad_point.is_empty()).then_some(&integral.bad_point),
        "backend": integral.backend.to_string(),
        "adapter": integral.adapter,
        "level": integral.level.map(|level| level.name()),
        "threads": integral.threads,
        "precision": integral.precision.to_string(),
        "fallbacks": fallbacks(job, answer),
        "agreement": integral.agreement.map(agreement),
        "statistics": integral.statistics.as_deref().map(statistics_object),
        "seconds": seconds(integral),
    })
}

/// How the error of samples came about.
fn statistics(statistics: &Statistics) -> String {
    let estimates = match statistics.method.as_str() {
        "vegas" => "iterations",
        "monte-carlo" => "samples",
        _ => "replicates",
    };
    let agreement = match (statistics.chi_squared, statistics.degrees_of_freedom) {
        (Some(chi_squared), Some(freedom)) => {
            format!(", chi-squared {chi_squared:.2} for {freedom} degrees of freedom")
        }
        _ => String::new(),
    };
    format!(
        "{} {estimates}, seed {}, error of {} standard deviations ({}){agreement}",
        statistics.estimates, statistics.seed, statistics.standard_deviations, statistics.confidence
    )
}

fn statistics_object(statistics: &Statistics) -> Value {
    json!({
        "seed": statistics.seed,
        "estimates": statistics.estimates,
        "standard_deviations": statistics.standard_deviations,
        "confidence": statistics.confidence,
        "chi_squared": statistics.chi_squared.map(number),
        "degrees_of_freedom": statistics.degrees_of_freedom,
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
