//! The command line: text, then a checked job.

use clap::Parser;
use quadrille::{Backend, Expression, Integrator, Rule, UnknownName, Verify, lanes::Level};
use std::path::PathBuf;
use std::str::FromStr;

/// The integral of a formula.
///
/// quad "x^2" 0 10 --rule left --n 1e8
#[derive(Parser, Debug)]
#[command(name = "quad", max_term_width = 110, disable_help_flag = true)]
pub struct Args {
    /// The integrand: a formula in x, such as "sin(x) * exp(-r*x^2)"; any name that is not a function, a constant
    /// (pi, e, tau, inf) or a variable is a parameter
    #[arg(value_name = "EXPR", allow_hyphen_values = true, required_unless_present = "devices")]
    expression: Option<String>,
    /// Lower bound: a number or a formula, such as "-pi/2"
    #[arg(value_name = "A", allow_hyphen_values = true)]
    lower: Option<String>,
    /// Upper bound
    #[arg(value_name = "B", allow_hyphen_values = true)]
    upper: Option<String>,
    /// Composite rule: left, right, midpoint, trapezoid, simpson, boole, gauss:K
    #[arg(long)]
    rule: Option<String>,
    /// Number of equal panels, such as 1000, 1e8 or 2^53
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    n: Option<String>,
    /// Who evaluates: auto, serial, simd, gpu, or all of them side by side
    #[arg(long, default_value = "auto")]
    backend: String,
    /// Instruction level: auto, avx512, avx2, sse4.2, sse2, neon, wasm (or by the environment: QUADRILLE_LEVEL)
    #[arg(long, default_value = "auto")]
    level: String,
    /// Arithmetic of the GPU: auto, f32, f32x2, f64
    #[arg(long, default_value = "auto")]
    precision: String,
    /// The GPU adapter, by a part of its name; software adapters too
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,
    /// Let the CPU answer where the GPU cannot
    #[arg(long)]
    fallback: bool,
    /// Wanted relative error; for a fixed rule that of the arithmetic, from which the precision of the GPU follows
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    rel_tol: Option<String>,
    /// Wanted absolute error; the larger of both counts
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    abs_tol: Option<String>,
    /// List the GPU adapters: features, limits, what they are found to do, and how fast they are
    #[arg(long)]
    pub devices: bool,
    /// Number of threads (all of the machine without it)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    threads: Option<String>,
    /// How much to compute again by the scalar reference: off, spot, full
    #[arg(long, default_value = "spot")]
    verify: String,
    /// Value of a parameter, such as r=0.02; once for each
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    param: Vec<String>,
    /// Seed for the choice of the tiles that are verified
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print one JSON object (with --backend all: an array of them)
    #[arg(long)]
    json: bool,
    /// Draw the integrand with the panels or nodes of the rule
    #[arg(long, value_name = "FILE.svg", num_args = 0..=1, default_missing_value = "quad.svg")]
    plot: Option<PathBuf>,
    // No short flags: `-h` may be a formula.
    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
    #[command(flatten)]
    later: Later,
}

/// Options that belong to methods which are not built yet: refused, not ignored.
#[derive(clap::Args, Debug)]
struct Later {
    #[arg(long, hide = true)]
    method: Option<String>,
    #[arg(long, hide = true, allow_hyphen_values = true)]
    max_evals: Option<String>,
    #[arg(long, hide = true, allow_hyphen_values = true)]
    points: Option<String>,
    #[arg(long, hide = true, allow_hyphen_values = true)]
    over: Vec<String>,
    #[arg(long, hide = true)]
    sweep: Option<PathBuf>,
}

/// A question that can be put to the library.
#[derive(Debug)]
pub struct Job {
    pub text: String,
    pub f: Expression,
    pub lower: f64,
    pub upper: f64,
    pub rule: Rule,
    pub panels: u64,
    /// The backends to run, in this order.
    pub backends: Vec<Backend>,
    pub integrator: Integrator,
    /// The GPU adapter that was named.
    pub adapter: Option<String>,
    /// Whether the CPU may answer for the GPU.
    pub fallback: bool,
    pub json: bool,
    pub plot: Option<PathBuf>,
}

impl Args {
    /// The job, or what is wrong with the question.
    pub fn check(self) -> Result<Job, String> {
        self.later.refuse()?;
        let text = self.expression.unwrap_or_default();
        if text.strip_prefix("--").is_some_and(|rest| rest.starts_with(char::is_alphabetic)) {
            return Err(format!("unknown option '{text}' (as a formula, write -(-…))"));
        }
        let parameters = self.param.iter().map(|text| parameter(text)).collect::<Result<Vec<_>, _>>()?;
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let f = Expression::parse_with(&text, &parameters).map_err(|error| error.to_string())?;
        if f.dimension() > 1 {
            return Err(
                "the formula uses more than one variable; integrals in several dimensions are not built yet".into()
            );
        }
        let (Some(lower), Some(upper)) = (&self.lower, &self.upper) else {
            return Err("both bounds are needed: quad EXPR A B".into());
        };
        let (lower, upper) = (number("bound A", lower)?, number("bound B", upper)?);
        let Some(rule) = &self.rule else {
            return Err("adaptive integration is not built yet: choose a rule with --rule, and panels with --n".into());
        };
        let rule: Rule = named(rule)?;
        let Some(panels) = &self.n else { return Err("the number of panels is missing: --n N".into()) };
        let panels = count("--n", panels, 1 << 53)?;
        let mut integrator = Integrator::new().rule(rule).panels(panels).seed(self.seed);
        integrator = integrator.verify(named::<Verify>(&self.verify)?);
        if self.level != "auto" {
            integrator = integrator.level(named::<Level>(&self.level)?);
        }
        if let Some(threads) = &self.threads {
            integrator = integrator.threads(count("--threads", threads, 1024)? as usize);
        }
        integrator = integrator.precision(named(&self.precision)?);
        if self.fallback {
            integrator = integrator.allow_fallback();
        }
        if let Some(tolerance) = &self.rel_tol {
            integrator = integrator.rel_tol(number("--rel-tol", tolerance)?);
        }
        if let Some(tolerance) = &self.abs_tol {
            integrator = integrator.abs_tol(number("--abs-tol", tolerance)?);
        }
        let backends = match self.backend.as_str() {
            "all" => vec![Backend::Serial, Backend::Simd, Backend::Gpu],
            name => vec![named(name).map_err(|error| format!("{error}, all"))?],
        };
        if let Some(file) = &self.plot
            && file.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("svg"))
        {
            return Err(format!("--plot writes SVG: name a file that ends in .svg, not {}", file.display()));
        }
        let (json, plot, adapter, fallback) = (self.json, self.plot, self.adapter, self.fallback);
        Ok(Job { text, f, lower, upper, rule, panels, backends, integrator, adapter, fallback, json, plot })
    }
}

impl Later {
    fn refuse(&self) -> Result<(), String> {
        let given = [
            ("--method", self.method.is_some()),
            ("--max-evals", self.max_evals.is_some()),
            ("--points", self.points.is_some()),
            ("--over", !self.over.is_empty()),
            ("--sweep", self.sweep.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(format!(
                "{option} belongs to a method or backend that is not built yet; so far there are fixed rules: --rule R --n N"
            )),
            None => Ok(()),
        }
    }
}

/// What `text` names.
fn named<T: FromStr<Err = UnknownName>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: UnknownName| error.to_string())
}

/// The number that `text` stands for.
fn number(what: &str, text: &str) -> Result<f64, String> {
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

/// The name and value in `name=value`.
fn parameter(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("--param {text}: write NAME=VALUE"))?;
    Ok((name.trim().to_owned(), number(&format!("parameter {name}"), value)?))
}
