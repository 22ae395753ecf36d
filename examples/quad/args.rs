//! The command line as text; what it asks for is `job`.

use clap::Parser;
use std::path::PathBuf;

/// What a formula may hold, and the exit code.
const FORMULAS: &str = "\
Formulas: + - * / % ^, of which none may be left out, parentheses, numbers such as 1e-3, the constants pi, tau, e, inf;
if(condition, then, else) with < <= > >= == != && || !

Functions: sqrt cbrt exp exp2 expm1 ln log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
cot sec csc coth sech csch pow hypot erf erfc gamma lgamma abs sign signum floor ceil round trunc fract min max clamp copysign recip mul_add

Other names for these, of Rust, C and NumPy: ln_1p exp_m1 powf powi ln_gamma tgamma fabs fmin fmax fma sgn arcsin arccos arctan …

Exit code: 0 as asked; 1 not, and the best estimate is printed with its status; 2 a bad question, nothing was computed";

/// The integral of a formula.
///
/// quad "exp(-x^2)" -inf inf
///
/// quad "x*y*z" --over x=0..1 --over y=0..2 --over z=0..3
#[derive(Parser, Debug)]
#[command(name = "quad", version, max_term_width = 110, disable_help_flag = true, disable_version_flag = true, after_help = FORMULAS)]
pub struct Args {
    /// The integrand: a formula in x, such as "sin(x) * exp(-r*x^2)"; any name that is not a function, a constant
    /// (pi, e, tau, inf) or a variable is a parameter
    #[arg(value_name = "EXPR", allow_hyphen_values = true, required_unless_present = "devices")]
    pub expression: Option<String>,
    /// Lower bound: a number or a formula, such as "-pi/2" or "-inf"; with --sweep, also the name of a column
    #[arg(value_name = "A", allow_hyphen_values = true)]
    pub lower: Option<String>,
    /// Upper bound
    #[arg(value_name = "B", allow_hyphen_values = true)]
    pub upper: Option<String>,
    /// The range of a variable, in place of A and B: once for each of x, y, z or x1 to x9, such as x=0..1, y=-inf..inf;
    /// with --sweep, A and B may be names of columns
    #[arg(long, value_name = "VARIABLE=A..B", allow_hyphen_values = true)]
    pub over: Vec<String>,
    /// Composite rule, in place of an adaptive method: left, right, midpoint, trapezoid, simpson, boole, gauss:K
    #[arg(long)]
    pub rule: Option<String>,
    /// Number of equal panels of the rule, such as 1000, 1e8 or 2^53
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub n: Option<String>,
    /// Method: auto; in one dimension kronrod:N (15, 21, 23, 31, 61 or 63 nodes), double-exponential (or tanh-sinh);
    /// over boxes cubature, or by sampling, to three standard deviations: lattice, sobol, monte-carlo, vegas
    #[arg(long)]
    pub method: Option<String>,
    /// Who evaluates: auto, serial, simd, gpu, or all of them side by side
    #[arg(long, default_value = "auto")]
    pub backend: String,
    /// Instruction level: auto, avx512, avx2, sse2, neon, wasm, scalar (or by the environment: QUADRILLE_LEVEL)
    #[arg(long, default_value = "auto")]
    pub level: String,
    /// Arithmetic of the GPU: auto, f32, f32x2, f64
    #[arg(long, default_value = "auto")]
    pub precision: String,
    /// The GPU adapter, by a part of its name; software adapters too
    #[arg(long, value_name = "NAME")]
    pub adapter: Option<String>,
    /// Let the CPU answer where the GPU cannot
    #[arg(long)]
    pub fallback: bool,
    /// Wanted relative error, 1e-10 without it (1e-3 by sampling); for a fixed rule that of the arithmetic, from which
    /// the precision of the GPU follows
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub rel_tol: Option<String>,
    /// Wanted absolute error; the larger of both counts. An integral that is zero meets no other
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub abs_tol: Option<String>,
    /// Evaluations after which an adaptive method gives up, such as 1e6 (4 million without it)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub max_evals: Option<String>,
    /// Seconds after which to stop, with the best estimate so far
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub time_limit: Option<String>,
    /// Bytes that a mesh may take, or the strata of VEGAS, such as 64M (of 1024² bytes); then it ends with the best
    /// estimate so far
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub max_memory: Option<String>,
    /// Points at which the integrand has a kink, a step, a singularity or a narrow peak: numbers or formulas. The mesh
    /// begins there, and is fine next to them unless f is singular
    #[arg(long, value_name = "P1,P2,…", allow_hyphen_values = true)]
    pub points: Option<String>,
    /// Over a box, a plane on which the integrand has a kink, a step or a singularity, such as x=0.3; once for each
    #[arg(long, value_name = "VARIABLE=PLACE", allow_hyphen_values = true)]
    pub plane: Vec<String>,
    /// Over a box, a point at which the integrand has a narrow peak or a singularity, such as 0.2,0.7; once for each
    #[arg(long, value_name = "X,Y,…", allow_hyphen_values = true)]
    pub peak: Vec<String>,
    /// A factor of the integrand that is taken exactly: cos:OMEGA, sin:OMEGA, cauchy:C for 1/(x-C) (a principal value),
    /// algebraic:ALPHA,BETA for (x-A)^ALPHA (B-x)^BETA, then also ,log-lower and ,log-upper for logarithms of these
    /// distances
    #[arg(long, value_name = "KIND:…", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// One integral for each row of a csv file: columns named like parameters give their values, columns a and b the
    /// bounds where A and B are missing; writes the columns with value, error, evaluations and status
    #[arg(long, value_name = "FILE.csv")]
    pub sweep: Option<PathBuf>,
    /// Where a sweep writes to; standard output without it
    #[arg(long, value_name = "FILE.csv")]
    pub out: Option<PathBuf>,
    /// Compute the good rows of a sweep where some are bad; those keep their place, with the reason as their status
    #[arg(long)]
    pub skip_bad: bool,
    /// List the GPU adapters: features, limits, what they are found to do, and how fast they are
    #[arg(long)]
    pub devices: bool,
    /// Number of threads (all of the machine without it)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub threads: Option<String>,
    /// How much to compute again by the scalar reference: off, spot, full (without it: spot of a fixed rule, and of
    /// what a GPU does; else nothing)
    #[arg(long)]
    pub verify: Option<String>,
    /// Value of a parameter, such as r=0.02; once for each
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub param: Vec<String>,
    /// Seed of the samples, or for the choice of the tiles or regions that are verified
    #[arg(long, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// Print one JSON object (with --backend all: an array of them)
    #[arg(long)]
    pub json: bool,
    /// Draw the integrand with the panels, for a rule also its nodes; in two variables as an image with the boxes of
    /// cubature; into quad.svg if no file is named
    #[arg(long, value_name = "FILE.svg", num_args = 0..=1, default_missing_value = "quad.svg")]
    pub plot: Option<PathBuf>,
    // No short flags: `-h` may be a formula.
    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Print version
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}
