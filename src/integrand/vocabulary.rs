//! The names a formula may use: functions, constants, coordinates.

use super::{BinaryFunction, UnaryFunction};

/// What a name followed by `(` means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Unary(UnaryFunction),
    /// One over it.
    Reciprocal(UnaryFunction),
    Binary(BinaryFunction),
    /// `min` or `max`, of two or more.
    Fold(BinaryFunction),
    /// A power: by repeated multiplication where the exponent is a small integer.
    Power,
    Clamp,
    MulAdd,
    If,
}

/// Other spellings: those of Rust, of C, and of NumPy.
const ALIASES: &[(&str, &str)] = &[
    ("log", "ln"),
    ("exp_m1", "expm1"),
    ("ln_1p", "log1p"),
    ("ln_gamma", "lgamma"),
    ("tgamma", "gamma"),
    ("powf", "pow"),
    ("powi", "pow"),
    ("fabs", "abs"),
    ("fmin", "min"),
    ("fmax", "max"),
    ("fma", "mul_add"),
    ("sgn", "sign"),
    ("arcsin", "asin"),
    ("arccos", "acos"),
    ("arctan", "atan"),
    ("arctan2", "atan2"),
    ("arcsinh", "asinh"),
    ("arccosh", "acosh"),
    ("arctanh", "atanh"),
];

/// Functions that are one over another.
const RECIPROCALS: &[(&str, UnaryFunction)] = &[
    ("cot", UnaryFunction::Tan),
    ("sec", UnaryFunction::Cos),
    ("csc", UnaryFunction::Sin),
    ("coth", UnaryFunction::Tanh),
    ("sech", UnaryFunction::Cosh),
    ("csch", UnaryFunction::Sinh),
];

/// Functions known elsewhere that are no function here, or by another name, and what to do. A star stands for any end
/// of a name.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (&["sinc"], "write sin(x)/x, or sin(pi*x)/(pi*x); an adaptive integral needs no value at 0"),
    (&["heaviside", "step", "unit_step", "theta"], "write if(x < 0, 0, 1)"),
    (&["where", "iif", "piecewise"], "write if(condition, then, else)"),
    (&["fact", "factorial"], "write gamma(x + 1)"),
    (&["beta", "betainc", "betaln", "binom", "binomial", "binomcoef"], "write it by gamma or lgamma"),
    (
        &[
            "normcdf", "normpdf", "norm", "norm_*", "normal", "normal_*", "dnorm", "pnorm", "ncdf", "ndtr", "cdf",
            "pdf", "phi",
        ],
        "write 0.5*erfc(-x/sqrt(2)), or exp(-x^2/2)/sqrt(2*pi) for the density",
    ),
    (
        &["bessel*", "airy*", "j0", "j1", "jn", "jv", "y0", "y1", "yn", "yv", "i0", "i1", "k0", "k1", "kv"],
        "write its integral over one more variable, or use the library with a closure",
    ),
    (&["square", "sqr", "sq", "pow2"], "write x^2"),
    (&["root", "square_root", "squareroot"], "write sqrt(x)"),
    (&["sen"], "write sin(x)"),
    (&["tg", "tang"], "write tan(x)"),
    (&["ctg", "cotan", "cotg"], "write cot(x)"),
    (&["cosec"], "write csc(x)"),
    (&["arctg"], "write atan(x)"),
    (&["lg"], "write log10(x), or log2(x)"),
];

const CONSTANTS: &[(&str, f64)] =
    &[("pi", std::f64::consts::PI), ("tau", std::f64::consts::TAU), ("e", std::f64::consts::E), ("inf", f64::INFINITY)];

/// Words that mean something elsewhere, and what to write for them here.
const FOREIGN: &[(&str, &str)] =
    &[("nan", "a number"), ("and", "&&"), ("or", "||"), ("not", "!"), ("mod", "%"), ("infinity", "inf")];

impl Function {
    /// The function called `name`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = ALIASES.iter().find(|alias| alias.0 == name).map_or(name, |alias| alias.1);
        match name {
            "if" => return Some(Function::If),
            "clamp" => return Some(Function::Clamp),
            "mul_add" => return Some(Function::MulAdd),
            "pow" => return Some(Function::Power),
            "min" => return Some(Function::Fold(BinaryFunction::Min)),
            "max" => return Some(Function::Fold(BinaryFunction::Max)),
            _ => {}
        }
        if let Some(&(_, f)) = RECIPROCALS.iter().find(|known| known.0 == name) {
            return Some(Function::Reciprocal(f));
        }
        let unary = UnaryFunction::ALL.iter().find(|f| f.name() == name).map(|&f| Function::Unary(f));
        unary.or_else(|| BinaryFunction::ALL.iter().find(|f| f.name() == name).map(|&f| Function::Binary(f)))
    }

    /// How many arguments it takes, least and most, and how they are called in a message.
    pub(super) fn arguments(self) -> (usize, usize, &'static str) {
        match self {
            Function::Unary(_) | Function::Reciprocal(_) => (1, 1, "one argument"),
            Function::Binary(_) | Function::Power => (2, 2, "two arguments"),
            Function::Fold(_) => (2, usize::MAX, "two or more arguments"),
            Function::Clamp => (3, 3, "three arguments: (x, low, high)"),
            Function::MulAdd => (3, 3, "three arguments: (a, b, c) for a * b + c"),
            Function::If => (3, 3, "three arguments: (condition, then, else)"),
        }
    }
}

/// The number called `name`.
pub(super) fn constant(name: &str) -> Option<f64> {
    CONSTANTS.iter().find(|constant| constant.0 == name).map(|constant| constant.1)
}

/// The coordinate called `name`, from 0: `x`, `y`, `z` or `x1` to `x9`.
pub(super) fn coordinate(name: &str) -> Option<usize> {
    match name.as_bytes() {
        b"x" => Some(0),
        b"y" => Some(1),
        b"z" => Some(2),
        [b'x', digit @ b'1'..=b'9'] => Some((digit - b'1') as usize),
        _ => None,
    }
}

/// The name of coordinate `d`.
pub(super) fn coordinate_name(d: usize) -> String {
    match d {
        0..3 => ["x", "y", "z"][d].to_owned(),
        _ => format!("x{}", d + 1),
    }
}

/// Why `name` cannot be a parameter; `None` where it can.
pub(super) fn not_a_parameter(name: &str) -> Option<String> {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Some(format!("'{name}' is not a name: letters, digits and _ make one, and no digit comes first"));
    }
    if let Some((_, instead)) = FOREIGN.iter().find(|foreign| foreign.0 == name) {
        return Some(format!("'{name}' is not part of a formula; write {instead}"));
    }
    if constant(name).is_some() {
        return Some(format!("'{name}' is a constant, so it cannot be a parameter"));
    }
    if coordinate(name).is_some() {
        return Some(format!("'{name}' is a coordinate, so it cannot be a parameter"));
    }
    if name.len() > 1 && name.starts_with('x') && name[1..].bytes().all(|c| c.is_ascii_digit()) {
        return Some(format!("'{name}' is not a coordinate: they are x, y, z and x1 to x9"));
    }
    Function::named(name).map(|_| format!("'{name}' is a function: write {name}(…)"))
}

/// What to do without a function that is known elsewhere.
pub(super) fn instead_of_function(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let is_meant = |known: &&str| known.strip_suffix('*').map_or(name == **known, |start| name.starts_with(start));
    ELSEWHERE.iter().find(|elsewhere| elsewhere.0.iter().any(is_meant)).map(|elsewhere| elsewhere.1)
}

/// The constant that was probably meant by `name`.
pub(super) fn nearest_constant(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "oo" | "infty" | "infinity" => Some("inf"),
        lower => CONSTANTS.iter().map(|constant| constant.0).find(|known| known.len() > 1 && *known == lower),
    }
}

/// The name of a function that was probably meant by `name`.
pub(super) fn nearest_function(name: &str) -> Option<&'static str> {
    // Of names equally near the more usual one comes first.
    let names = UnaryFunction::ALL.iter().map(|f| f.name()).chain(BinaryFunction::ALL.iter().map(|f| f.name()));
    let names = names.chain(["if", "clamp", "mul_add"]).chain(RECIPROCALS.iter().map(|known| known.0));
    let names = names.chain(ALIASES.iter().map(|alias| alias.0)).filter(|name| name.len() > 1);
    let lower = name.to_ascii_lowercase();
    let name = lower.as_str();
    // As many letters may differ as leave at least half of the name; a long name is nobody's slip.
    let allowed = (name.len() / 2).min(2);
    let near = names.map(|known| (edits(name, known), known)).filter(|&(edits, _)| edits <= allowed);
    near.min_by_key(|&(edits, known)| (edits, !name.starts_with(known))).map(|(_, known)| known)
}

/// How many letters must be added, removed or replaced to make `a` into `b`.
fn edits(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
