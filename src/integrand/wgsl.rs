//! An integrand as a WGSL function: straight-line code, one `let` for each operation.
//!
//! The text calls the functions of the libraries in `shaders/`, which have the same names in every arithmetic. It is
//! text alone: what compiles it is another module, and none is needed here.

use super::formula::Traced;
use super::{BinaryFunction, Comparison, Node, UnaryFunction, graph::Id};
use std::fmt::Write;

/// The operations that a shader may have: drivers take seconds for as many, and minutes for more.
pub(crate) const MAX_OPERATIONS: usize = 4096;

/// An integer power up to this one is written out as multiplications.
const WRITTEN_OUT: u32 = 16;

/// What a number is in a shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Arithmetic {
    F32,
    /// The unevaluated sum of two `f32`, about 48 bits.
    F32x2,
    F64,
}

/// A WGSL function `integrand(x0, x1, …)` that reads the parameters from a global array `parameters`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Emitted {
    pub text: String,
    /// The present values of the parameters.
    pub parameters: Vec<f64>,
    pub operations: usize,
}

/// Why there is no such function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refused {
    TooManyOperations {
        operations: usize,
    },
    /// A number that the arithmetic cannot hold.
    OutOfRange {
        value: f64,
    },
}

impl Arithmetic {
    #[cfg(test)]
    pub const ALL: [Arithmetic; 3] = [Arithmetic::F32, Arithmetic::F32x2, Arithmetic::F64];

    /// The WGSL type of a number.
    pub fn real(self) -> &'static str {
        match self {
            Arithmetic::F32 => "f32",
            Arithmetic::F32x2 => "vec2<f32>",
            Arithmetic::F64 => "f64",
        }
    }

    /// Whether `value` has its full precision here, neither overflowing nor underflowing.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Arithmetic::F64 => true,
            _ if value == 0.0 || !value.is_finite() => true,
            _ => (value as f32).is_finite() && value.abs() >= self.smallest(),
        }
    }

    /// The smallest number of full precision, where small numbers are flushed to zero.
    fn smallest(self) -> f64 {
        match self {
            Arithmetic::F32 => f64::from(f32::MIN_POSITIVE),
            // The last bit of the lower half.
            Arithmetic::F32x2 => f64::from(f32::MIN_POSITIVE) * (1u64 << 48) as f64,
            Arithmetic::F64 => f64::MIN_POSITIVE,
        }
    }

    /// `value` as a WGSL expression.
    pub fn literal(self, value: f64) -> String {
        if value.is_nan() {
            return "q_nan()".to_owned();
        }
        if value.is_infinite() {
            return if value > 0.0 { "q_inf()" } else { "q_neg(q_inf())" }.to_owned();
        }
        match self {
            Arithmetic::F32 => format!("{:e}f", value as f32),
            Arithmetic::F32x2 => {
                let (high, low) = split(value);
                format!("vec2<f32>({high:e}f, {low:e}f)")
            }
            Arithmetic::F64 => format!("{value:e}lf"),
        }
    }

    /// The number in the variable `name`, such that a compiler does not know it.
    pub fn opaque(self, name: &str) -> String {
        match self {
            Arithmetic::F32 => format!("f32_opaque({name})"),
            Arithmetic::F32x2 => format!("vec2<f32>(df_opaque({name}.x), {name}.y)"),
            Arithmetic::F64 => format!("f64_bar({name})"),
        }
    }
}

/// `value` as the nearest pair of `f32`, the second 0 where the first is not finite.
pub(crate) fn split(value: f64) -> (f32, f32) {
    let high = value as f32;
    (high, if high.is_finite() { (value - f64::from(high)) as f32 } else { 0.0 })
}

/// An integrand, by what its trace has left, as a WGSL function in the given arithmetic.
pub(crate) fn emit(traced: &Traced, arithmetic: Arithmetic) -> Result<Emitted, Refused> {
    let Traced { nodes, parameters, dimension } = traced;
    let real = arithmetic.real();
    let arguments: Vec<String> = (0..*dimension).map(|d| format!("x{d}: {real}")).collect();
    let mut emitter = Emitter { arithmetic, text: String::new(), operations: 0 };
    emitter.line(format_args!("fn integrand({}) -> {real} {{", arguments.join(", ")));
    for (id, &node) in nodes.iter().enumerate() {
        emitter.node(id, node, nodes, *dimension)?;
    }
    emitter.line(format_args!("    return v{};\n}}", nodes.len().saturating_sub(1)));
    match emitter.operations {
        operations if operations > MAX_OPERATIONS => Err(Refused::TooManyOperations { operations }),
        operations => Ok(Emitted { text: emitter.text, parameters: parameters.clone(), operations }),
    }
}

struct Emitter {
    arithmetic: Arithmetic,
    text: String,
    operations: usize,
}

impl Emitter {
    fn line(&mut self, line: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// `let v<id> = …;` for an operation.
    fn operation(&mut self, id: Id, value: std::fmt::Arguments) {
        self.operations += 1;
        self.line(format_args!("    let v{id} = {value};"));
    }

    fn node(&mut self, id: Id, node: Node, nodes: &[Node], dimension: usize) -> Result<(), Refused> {
        match node {
            Node::Constant(bits) => {
                let value = f64::from_bits(bits);
                if !self.arithmetic.holds(value) {
                    return Err(Refused::OutOfRange { value });
                }
                let mut literal = self.arithmetic.literal(value);
                if value == 0.0 {
                    // Compilers make 0 of 0 times anything, NaN and infinity too.
                    self.line(format_args!("    let v{id}_zero = {literal};"));
                    literal = self.arithmetic.opaque(&format!("v{id}_zero"));
                }
                self.line(format_args!("    let v{id} = {literal};"));
            }
            Node::Coordinate(d) if d < dimension => self.line(format_args!("    let v{id} = x{d};")),
            Node::Coordinate(_) => self.line(format_args!("    let v{id} = q_nan();")),
            Node::Parameter(index) => self.line(format_args!("    let v{id} = parameters[{index}];")),
            Node::Unary(UnaryFunction::Sign, a) => {
                let zero = self.arithmetic.literal(0.0);
                self.operation(id, format_args!("q_select(q_eq(v{a}, {zero}), {zero}, q_signum(v{a}))"));
            }
            Node::Unary(function @ (UnaryFunction::Recip | UnaryFunction::Sqrt), a) => {
                let a = self.factor(a, nodes);
                self.operation(id, format_args!("{}({a})", unary(function)));
            }
            Node::Unary(function, a) => self.operation(id, format_args!("{}(v{a})", unary(function))),
            Node::Power(a, n) => self.power(id, a, n, nodes),
            // Compilers know the outcome of these, but for NaN and infinity.
            Node::Binary(function @ (BinaryFunction::Sub | BinaryFunction::Div), a, b) if a == b => {
                let b = self.arithmetic.opaque(&format!("v{b}"));
                self.operation(id, format_args!("{}(v{a}, {b})", binary(function)));
            }
            Node::Binary(function @ (BinaryFunction::Add | BinaryFunction::Sub), a, b) => {
                let (mut first, second) = (self.summand(a, nodes), self.summand(b, nodes));
                if self.hides() && have_common_factor(a, b, nodes) {
                    first = self.arithmetic.opaque(&format!("v{a}"));
                }
                self.operation(id, format_args!("{}({first}, {second})", binary(function)));
            }
            // By a number that they know they do not divide, but multiply by its inverse.
            Node::Binary(BinaryFunction::Div, a, b)
                if self.hides() && matches!(nodes.get(b), Some(Node::Constant(_))) =>
            {
                let (a, b) = (self.factor(a, nodes), self.arithmetic.opaque(&format!("v{b}")));
                self.operation(id, format_args!("q_div({a}, {b})"));
            }
            Node::Binary(function @ (BinaryFunction::Mul | BinaryFunction::Div), a, b) => {
                let (a, b) = (self.factor(a, nodes), self.factor(b, nodes));
                self.operation(id, format_args!("{}({a}, {b})", binary(function)));
            }
            Node::Binary(function, a, b) => self.operation(id, format_args!("{}(v{a}, v{b})", binary(function))),
            Node::MulAdd(a, b, c) => {
                let (a, b, c) = (self.factor(a, nodes), self.factor(b, nodes), self.summand(c, nodes));
                self.operation(id, format_args!("q_mul_add({a}, {b}, {c})"));
            }
            Node::Select(c, a, b) => self.operation(id, format_args!("q_select(v{c}, v{a}, v{b})")),
            Node::Compare(comparison, a, b) => {
                let (a, b) = (self.compared(a, nodes), self.compared(b, nodes));
                self.operation(id, format_args!("{}({a}, {b})", compare(comparison)));
            }
            Node::Not(a) => self.operation(id, format_args!("!v{a}")),
            Node::And(a, b) => self.operation(id, format_args!("v{a} & v{b}")),
            Node::Or(a, b) => self.operation(id, format_args!("v{a} | v{b}")),
        }
        Ok(())
    }

    /// Whether operands have to be hidden from compilers. (In pairs every sum and product is hidden already.)
    fn hides(&self) -> bool {
        self.arithmetic != Arithmetic::F32x2
    }

    /// An operand of a sum. One that is a sum itself is hidden from compilers: they make x of (1 + x) - 1.
    fn summand(&self, id: Id, nodes: &[Node]) -> String {
        let name = format!("v{id}");
        let is_sum = matches!(
            nodes.get(id),
            Some(
                Node::Binary(BinaryFunction::Add | BinaryFunction::Sub, ..)
                    | Node::MulAdd(..)
                    | Node::Unary(UnaryFunction::Neg, _)
            )
        );
        if is_sum && self.hides() { self.arithmetic.opaque(&name) } else { name }
    }

    /// An operand of a product, a quotient or a root. One that is such itself is hidden from compilers: they make x of
    /// (x * 1e300) * 1e-300, and of 1 / (1 / x).
    fn factor(&self, id: Id, nodes: &[Node]) -> String {
        let name = format!("v{id}");
        if is_product(id, nodes) && self.hides() { self.arithmetic.opaque(&name) } else { name }
    }

    /// A side of a comparison: they make x > 0 of 1 + x > 1.
    fn compared(&self, id: Id, nodes: &[Node]) -> String {
        if is_product(id, nodes) { self.factor(id, nodes) } else { self.summand(id, nodes) }
    }

    /// A small power by repeated squaring, bit by bit from the top; a large one by the library.
    fn power(&mut self, id: Id, a: Id, n: i32, nodes: &[Node]) {
        let m = n.unsigned_abs();
        if m > WRITTEN_OUT {
            return self.operation(id, format_args!("q_powi(v{a}, {n})"));
        }
        if m == 0 {
            let one = self.arithmetic.literal(1.0);
            return self.line(format_args!("    let v{id} = {one};"));
        }
        let (mut base, mut steps) = (format!("v{a}"), 0);
        if self.hides() && is_product(a, nodes) {
            self.line(format_args!("    let v{id}_base = {};", self.arithmetic.opaque(&base)));
            base = format!("v{id}_base");
        }
        // In pairs a small power loses its lower half: the power of the inverse does not.
        let inverse_first = n < 0 && self.arithmetic == Arithmetic::F32x2;
        if inverse_first {
            base = format!("v{id}_inverse");
            self.operations += 1;
            self.line(format_args!("    let {base} = q_recip(v{a});"));
        }
        let mut power = base.clone();
        for bit in (0..m.ilog2()).rev() {
            let square = power.clone();
            power = self.product(id, &mut steps, &power, &square);
            if m >> bit & 1 == 1 {
                power = self.product(id, &mut steps, &power, &base);
            }
        }
        if n < 0 && !inverse_first {
            self.operation(id, format_args!("q_recip({power})"));
        } else {
            self.line(format_args!("    let v{id} = {power};"));
        }
    }

    /// A product on the way to node `id`, and its name.
    fn product(&mut self, id: Id, steps: &mut usize, a: &str, b: &str) -> String {
        let name = format!("v{id}_{steps}");
        *steps += 1;
        self.operations += 1;
        self.line(format_args!("    let {name} = q_mul({a}, {b});"));
        name
    }
}

/// Whether a node is a product, a quotient or a root, but for its sign.
fn is_product(id: Id, nodes: &[Node]) -> bool {
    match nodes.get(id) {
        Some(Node::Binary(BinaryFunction::Mul | BinaryFunction::Div, ..) | Node::Power(..)) => true,
        Some(Node::Unary(UnaryFunction::Recip | UnaryFunction::Sqrt, _)) => true,
        Some(&Node::Unary(UnaryFunction::Neg | UnaryFunction::Abs, a)) => is_product(a, nodes),
        _ => false,
    }
}

/// Whether a compiler could draw a factor out of the sum of two nodes.
fn have_common_factor(a: Id, b: Id, nodes: &[Node]) -> bool {
    let factors = |id| match nodes.get(id) {
        Some(&Node::Binary(BinaryFunction::Mul | BinaryFunction::Div, a, b)) => [a, b],
        Some(&Node::Power(a, _)) => [a, a],
        _ => [id, id],
    };
    a != b && factors(a).iter().any(|factor| factors(b).contains(factor))
}

fn unary(function: UnaryFunction) -> &'static str {
    use UnaryFunction as F;
    match function {
        F::Neg => "q_neg",
        F::Abs => "q_abs",
        F::Signum | F::Sign => "q_signum",
        F::Sqrt => "q_sqrt",
        F::Cbrt => "q_cbrt",
        F::Recip => "q_recip",
        F::Exp => "q_exp",
        F::Exp2 => "q_exp2",
        F::ExpM1 => "q_exp_m1",
        F::Ln => "q_ln",
        F::Log2 => "q_log2",
        F::Log10 => "q_log10",
        F::Ln1p => "q_ln_1p",
        F::Sin => "q_sin",
        F::Cos => "q_cos",
        F::Tan => "q_tan",
        F::Asin => "q_asin",
        F::Acos => "q_acos",
        F::Atan => "q_atan",
        F::Sinh => "q_sinh",
        F::Cosh => "q_cosh",
        F::Tanh => "q_tanh",
        F::Asinh => "q_asinh",
        F::Acosh => "q_acosh",
        F::Atanh => "q_atanh",
        F::Erf => "q_erf",
        F::Erfc => "q_erfc",
        F::Gamma => "q_gamma",
        F::LnGamma => "q_ln_gamma",
        F::Floor => "q_floor",
        F::Ceil => "q_ceil",
        F::Round => "q_round",
        F::Trunc => "q_trunc",
        F::Fract => "q_fract",
    }
}

fn binary(function: BinaryFunction) -> &'static str {
    use BinaryFunction as F;
    match function {
        F::Add => "q_add",
        F::Sub => "q_sub",
        F::Mul => "q_mul",
        F::Div => "q_div",
        F::Rem => "q_rem",
        F::Powf => "q_powf",
        F::Atan2 => "q_atan2",
        F::Hypot => "q_hypot",
        F::Min => "q_min",
        F::Max => "q_max",
        F::Copysign => "q_copysign",
    }
}

fn compare(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "q_lt",
        Comparison::LessEqual => "q_le",
        Comparison::Greater => "q_gt",
        Comparison::GreaterEqual => "q_ge",
        Comparison::Equal => "q_eq",
        Comparison::NotEqual => "q_ne",
    }
}

#[cfg(test)]
mod tests;
