//! What is asked for: the text of the command line, checked.

use crate::args::Args;
use crate::hints::hints;
use crate::over::{self, over};
use crate::sweep::SweepJob;
use crate::weight::weight;
use quadrille::{
    Backend, Expression, Integral, Integrator, Method, Rule, Status, UnknownName, Verify, Weight, lanes::Level,
};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// A question that can be put to the library.
#[derive(Debug)]
pub enum Asked {
    One(Job),
    Many(SweepJob),
}

/// How to integrate.
#[derive(Clone, Copy, Debug)]
pub enum What {
    Fixed { rule: Rule, panels: u64 },
    Adaptive(Method),
}

impl What {
    /// The method asked for, unless it is a fixed rule.
    pub fn method(self) -> Option<Method> {
        match self {
            What::Fixed { .. } => None,
            What::Adaptive(method) => Some(method),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Fixed { rule, .. } => rule.fmt(f),
            What::Adaptive(method) => method.fmt(f),
        }
    }
}

/// One integral.
#[derive(Debug)]
pub struct Job {
    pub text: String,
    pub f: Expression,
    pub lower: f64,
    pub upper: f64,
    /// The bounds of each axis, where there are several.
    pub over: Vec<(f64, f64)>,
    pub what: What,
    pub weight: Option<Weight>,
    /// The backends to run, in this order.
    pub backends: Vec<Backend>,
    pub integrator: Integrator,
    /// The GPU adapter that was named.
    pub adapter: Option<String>,
    /// Whether the CPU may answer for the GPU.
    pub fallback: bool,
    /// Whether a seed was given, and an absolute tolerance.
    pub seed: bool,
    pub abs_tol: bool,
    /// What was asked for and is of no use, with the reason.
    pub notes: Vec<String>,
    pub json: bool,
    pub plot: Option<PathBuf>,
}

impl Job {
    /// Whether zero would do for the answer, and an absolute tolerance is what is missing.
    pub fn lacks_absolute(&self, integral: &Integral) -> bool {
        let has_use = match integral.status {
            Status::RoundoffLimited => true,
            // Of zeros alone, where they may be believed.
            Status::Suspicious { .. } => {
                integral.estimate == 0.0 && self.over.len() < 2 && (self.upper - self.lower).is_finite()
            }
            _ => false,
        };
        has_use && !self.abs_tol && integral.estimate.abs() <= integral.error
    }
}

impl Args {
    /// The question, or what is wrong with it.
    pub fn check(self) -> Result<Asked, String> {
        let text = self.expression.clone().unwrap_or_default();
        self.refuse_slips(&text)?;
        let parameters = self.param.iter().map(|text| parameter(text)).collect::<Result<Vec<_>, _>>()?;
        let what = self.what()?;
        let mut integrator = self.integrator(what)?;
        integrator = hints(integrator, &over::ranges(&self.over)?, &self.plane, &self.peak)?;
        let weight = self.weight.as_deref().map(weight).transpose()?;
        if let Some(weight) = weight {
            integrator = integrator.weight(weight);
        }
        let backends = match self.backend.as_str() {
            "all" => vec![Backend::Serial, Backend::Simd, Backend::Gpu],
            name => vec![named(name).map_err(|error| format!("{error}, all"))?],
        };
        if self.sweep.is_some() {
            let [backend] = backends[..] else { return Err("--sweep runs on one backend, not on all".into()) };
            if backend == Backend::Gpu && matches!(what, What::Fixed { .. }) {
                return Err("--sweep runs fixed rules on the CPU alone".into());
            }
            integrator = integrator.backend(backend);
            let notes = self.notes(what, &backends);
            return SweepJob::check(self, &text, &parameters, integrator, notes).map(Asked::Many);
        }
        for (option, given) in [("--out", self.out.is_some()), ("--skip-bad", self.skip_bad)] {
            if given {
                return Err(format!("{option} serves --sweep FILE.csv alone"));
            }
        }
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let f = Expression::parse_with(&text, &parameters).map_err(|error| error.to_string())?;
        let over = over(&self.over)?;
        let (lower, upper) = self.bounds(&over)?;
        over::check(&f, over.len())?;
        if self.plot.is_some() && (over.len() > 2 || over.iter().any(|(a, b)| !(b - a).is_finite())) {
            return Err("--plot draws integrands of one variable, or of two over a box with finite bounds".into());
        }
        let mut notes = self.notes(what, &backends);
        if self.adapter.is_some() && !backends.contains(&Backend::Gpu) && backends != [Backend::Auto] {
            return Err(format!("--adapter is about the GPU, and --backend {} does without", self.backend));
        }
        if let (What::Adaptive(method), Some(threads)) = (what, &self.threads)
            && !method.is_sampling()
            && count("--threads", threads, 1024)? > 1
            && over.len() < 2
        {
            notes.push(format!("{threads} threads: one adaptive integral runs on one"));
        }
        let Args { adapter, fallback, json, plot, .. } = self;
        let job = Job {
            text,
            f,
            lower,
            upper,
            over,
            what,
            weight,
            backends,
            integrator,
            adapter,
            fallback,
            seed: self.seed.is_some(),
            abs_tol: self.abs_tol.is_some(),
            notes,
            json,
            plot,
        };
        Ok(Asked::One(job))
    }

    /// Refuses what the parser takes for a formula or a file's name, and was hardly meant as one.
    fn refuse_slips(&self, text: &str) -> Result<(), String> {
        if text.strip_prefix("--").is_some_and(|rest| rest.starts_with(char::is_alphabetic)) {
            return Err(format!("unknown option '{text}' (as a formula, write -(-…))"));
        }
        if ["-h", "-V"].contains(&text) && self.lower.is_none() && self.over.is_empty() && self.sweep.is_none() {
            return Err(format!("'{text}' is taken for a formula: options have long names, such as --help"));
        }
        if let Some(file) = &self.plot
            && file.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("svg"))
        {
            let file = file.display();
            return Err(format!(
                "--plot writes SVG: name a file that ends in .svg, not '{file}' (or none, as the last option: quad.svg)"
            ));
        }
        Ok(())
    }

    /// The bounds of one variable, or of the first.
    fn bounds(&self, over: &[(f64, f64)]) -> Result<(f64, f64), String> {
        match (&self.lower, &self.upper, over) {
            (None, None, &[first, ..]) => Ok(first),
            (Some(lower), Some(upper), []) => Ok((number("bound A", lower)?, number("bound B", upper)?)),
            (_, _, []) => Err("both bounds are needed: quad EXPR A B".into()),
            _ => Err(over::TWO_WAYS.into()),
        }
    }

    /// What is of no use, of one integral or of many.
    fn notes(&self, what: What, backends: &[Backend]) -> Vec<String> {
        let mut notes = Vec::new();
        if self.fallback && !backends.contains(&Backend::Gpu) && self.adapter.is_none() {
            notes.push("--fallback: no GPU was asked for".to_owned());
        }
        if let (What::Adaptive(method @ (Method::Lattice | Method::Sobol | Method::MonteCarlo)), true) =
            (what, self.max_memory.is_some())
        {
            notes.push(format!("--max-memory: {method} keeps nothing that grows"));
        }
        notes
    }

    /// A fixed rule or a method, without options that belong to the other.
    fn what(&self) -> Result<What, String> {
        let refuse = |options: &[(&str, bool)], why: &str| match options.iter().find(|option| option.1) {
            Some((option, _)) => Err(format!("{option} {why}")),
            None => Ok(()),
        };
        if let Some(rule) = &self.rule {
            let adaptive = [
                ("--method", self.method.is_some()),
                ("--max-evals", self.max_evals.is_some()),
                ("--max-memory", self.max_memory.is_some()),
                ("--points", self.points.is_some()),
                ("--plane", !self.plane.is_empty()),
                ("--peak", !self.peak.is_empty()),
            ];
            refuse(
                &adaptive,
                "is about adaptive integration, and --rule asks for a fixed rule: leave one of them out",
            )?;
            let rule = named(rule).map_err(|error| match rule.parse::<Method>() {
                Ok(_) => {
                    format!("'{rule}' is an adaptive method, not a rule for a number of panels: --method {rule}")
                }
                Err(_) => error,
            })?;
            let Some(panels) = &self.n else { return Err("the number of panels is missing: --n N".into()) };
            return Ok(What::Fixed { rule, panels: count("--n", panels, 1 << 53)? });
        }
        refuse(&[("--n", self.n.is_some())], "is the number of panels of a fixed rule: choose one with --rule")?;
        let precision = named::<quadrille::Precision>(&self.precision)?;
        let gpu = [("--precision", precision != quadrille::Precision::Auto), ("--adapter", self.adapter.is_some())];
        let swept = self.sweep.is_some() && self.backend == "gpu";
        let method = self.method.as_deref().map_or(Ok(Method::Auto), |method| {
            named(method).map_err(|error| match method.parse::<Rule>() {
                Ok(_) => {
                    format!(
                        "'{method}' is a rule for a number of panels, not an adaptive method: --rule {method} --n N"
                    )
                }
                Err(_) => error,
            })
        })?;
        let over_boxes = method.is_sampling() || method == Method::Cubature;
        let on_gpu = (over_boxes || self.over.len() < 2) && ["gpu", "all"].contains(&&*self.backend);
        if !swept && !on_gpu {
            let only = "is about the GPU: ask for it with --backend gpu; over a box by a method that runs there, cubature or one that samples";
            refuse(&gpu, only)?;
        }
        let samples = method.is_sampling() || on_gpu || method == Method::Auto && self.over.len() > 1;
        refuse(
            &[("--seed", self.seed.is_some() && self.verify.is_none() && !samples && !swept)],
            "chooses what to verify, and an adaptive result is verified only on demand: --verify spot",
        )?;
        Ok(What::Adaptive(method))
    }

    fn integrator(&self, what: What) -> Result<Integrator, String> {
        let mut integrator = Integrator::new().seed(self.seed.unwrap_or(0)).precision(named(&self.precision)?);
        let verify = self.verify.as_deref().map(named::<Verify>).transpose()?;
        match what {
            What::Fixed { rule, panels } => {
                integrator = integrator.rule(rule).panels(panels).verify(verify.unwrap_or(Verify::Spot));
            }
            What::Adaptive(method) => {
                integrator = integrator.method(method);
                if let Some(verify) = verify {
                    integrator = integrator.verify(verify);
                }
            }
        }
        if self.level != "auto" {
            integrator = integrator.level(named::<Level>(&self.level)?);
        }
        if let Some(threads) = &self.threads {
            integrator = integrator.threads(count("--threads", threads, 1024)? as usize);
        }
        if self.fallback {
            integrator = integrator.allow_fallback();
        }
        if let Some(tolerance) = &self.rel_tol {
            integrator = integrator.rel_tol(number("--rel-tol", tolerance)?);
        }
        if let Some(tolerance) = &self.abs_tol {
            integrator = integrator.abs_tol(number("--abs-tol", tolerance)?);
        }
        if let Some(most) = &self.max_evals {
            integrator = integrator.max_evaluations(count("--max-evals", most, 1 << 53)?);
        }
        if let Some(limit) = &self.time_limit {
            integrator = integrator.time_limit(duration("--time-limit", limit)?);
        }
        if let Some(most) = &self.max_memory {
            integrator = integrator.max_memory(bytes("--max-memory", most)?);
        }
        if let Some(points) = &self.points {
            let points =
                list(points).into_iter().map(|point| number("--points", point)).collect::<Result<Vec<_>, _>>()?;
            integrator = integrator.points(&points);
        }
        Ok(integrator)
    }
}

/// What stands between the commas that are in no parentheses.
pub fn list(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let split = text.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    });
    split.collect()
}

/// What `text` names.
fn named<T: FromStr<Err = UnknownName>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: UnknownName| error.to_string())
}

/// The number that `text` stands for.
pub fn number(what: &str, text: &str) -> Result<f64, String> {
    Expression::constant(text).map_err(|error| format!("{what}: {error}"))
}

/// A whole number from 1 to `most`.
fn count(what: &str, text: &str, most: u64) -> Result<u64, String> {
    // Digits as they are; anything else as a formula, in which whole numbers are exact up to 2^53.
    let value = text.parse().map_or_else(
        |_| number(what, text),
        |digits: u64| Ok(if digits > most { f64::INFINITY } else { digits as f64 }),
    )?;
    if value.fract() != 0.0 || !(1.0..=most as f64).contains(&value) {
        return Err(format!("{what} is {text}: it must be a whole number from 1 to {most}"));
    }
    Ok(value as u64)
}

/// A number of bytes; k, M and G are powers of 1024.
fn bytes(what: &str, text: &str) -> Result<usize, String> {
    let suffixes = [("k", 10), ("K", 10), ("M", 20), ("G", 30)];
    let suffix = suffixes.into_iter().find_map(|(letter, power)| Some((text.strip_suffix(letter)?, power)));
    let (digits, power) = suffix.unwrap_or((text, 0));
    let most = (1u64 << 53) >> power;
    let units = count(what, digits.trim_end(), most)
        .map_err(|_| format!("{what} is {text}: it must be a whole number of bytes, such as 1000000, 64M or 2G"))?;
    usize::try_from(units << power).map_err(|_| format!("{what} is {text}: there is no so much memory"))
}

/// A time, in seconds.
fn duration(what: &str, text: &str) -> Result<Duration, String> {
    let seconds = number(what, text).ok();
    let limit = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|limit| !limit.is_zero());
    limit.ok_or_else(|| format!("{what} is {text}: it must be a number of seconds above 0"))
}

/// The name and value in `name=value`.
fn parameter(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("--param {text}: write NAME=VALUE"))?;
    Ok((name.trim().to_owned(), number(&format!("parameter {name}"), value)?))
}
