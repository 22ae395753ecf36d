//! Formulas as integrands: text with all three bodies.

mod parameters;

use super::tape::Tape;
use super::{Condition, Expr, Graph, Integrand, Node, ParseError, formula, interpret, parse, vocabulary};
use crate::lanes::{Lanes, Simd};
use parameters::not_finite;
use std::{fmt, str::FromStr, sync::Arc};

/// A formula, such as `sin(x) * exp(-x^2/50)`: an [`Integrand`] made at run time.
///
/// It is interpreted, over blocks of many points for each operation, so it costs little more than compiled code.
///
/// # Grammar
///
/// - `+ - * / % ^` and parentheses. `^` binds tightest, from the right, and tighter than a minus before it: `-x^2` is
///   `-(x^2)`, `2^3^2` is `2^9`, and `2^-3` is `1/8`. Multiplication is always written. A power whose exponent is an
///   integer constant from -64 to 64 is [`powi`](f64::powi), else [`powf`](f64::powf).
/// - `exp(a) - 1` is `expm1(a)`, and `1 - cos(a)` is `2 * sin(a / 2)^2`, as are their negatives and `-1 + exp(a)`: next
///   to 0 the difference has no digits. In front of more terms the two must come first: `exp(x) - 1 - x`, not
///   `exp(x) - x - 1`.
/// - Numbers `1`, `1.5`, `.5`, `2.`, `1e-3`; constants `pi`, `tau`, `e`, `inf`.
/// - Coordinates `x`, `y`, `z` or `x1` to `x9`, where `x` is `x1`, `y` is `x2`, `z` is `x3`. Any other name is a
///   parameter: letters, digits and `_`.
/// - `if(condition, then, else)` with `< <= > >= == != && || !`. The branch not taken may be infinite or NaN.
/// - `sqrt cbrt exp exp2 expm1 ln log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh pow hypot erf erfc gamma lgamma abs sign signum floor ceil round trunc fract min max clamp copysign recip mul_add`.
///   `log` is `ln`; `atan2(y, x)`; `min` and `max` take two or more; `clamp(x, low, high)`; `mul_add(a, b, c)` is
///   `a * b + c`, rounded once; `sign(0)` is 0. The names that Rust, C and NumPy have for these are read too, and
///   `cot sec csc coth sech csch`, which are one over another.
///
/// ```
/// use quadrille::{Expression, Integrand};
///
/// let f = Expression::parse("if(x < 0.5, 0, sin(x) * exp(-x^2/50))")?;
/// assert_eq!(f.scalar(0.25), 0.0);
/// assert_eq!(f.scalar(2.0), 2f64.sin() * (-(2f64 * 2.0) / 50.0).exp());
/// # Ok::<(), quadrille::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression {
    program: Arc<Program>,
    /// The values of the parameters; then what depends on them and on constants alone, computed when they got their
    /// values.
    numbers: Vec<f64>,
}

/// What does not change with the parameters.
#[derive(Debug)]
struct Program {
    nodes: Vec<Node>,
    tape: Tape,
    dimension: usize,
    /// The names of the parameters.
    names: Vec<String>,
}

impl Expression {
    /// Reads a formula without parameters.
    ///
    /// # Errors
    /// Where the text is not a formula, or has a parameter: with the place, as [`ParseError`] shows it.
    ///
    /// ```
    /// use quadrille::{Expression, Integrand};
    ///
    /// assert_eq!(Expression::parse("-x^2")?.scalar(3.0), -9.0);
    /// assert_eq!(Expression::parse("2 x").unwrap_err().column(), Some(3));
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_with(text, &[])
    }

    /// Reads a formula and gives its parameters their values.
    ///
    /// # Errors
    /// As [`parse`](Expression::parse); and where a parameter is missing, given twice, not in the formula, or not
    /// finite.
    ///
    /// ```
    /// use quadrille::{Expression, Integrand};
    ///
    /// let f = Expression::parse_with("exp(-r * x)", &[("r", 2.0)])?;
    /// assert_eq!(f.scalar(0.5), (-1f64).exp());
    ///
    /// let error = Expression::parse_with("exp(-r * x)", &[]).unwrap_err();
    /// assert_eq!(error.to_string(), "parameter 'r' has no value\n  exp(-r * x)\n       ^");
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn parse_with(text: &str, parameters: &[(&str, f64)]) -> Result<Self, ParseError> {
        Self::read(text, Some(parameters))
    }

    /// Reads a formula whose parameters get their values later, all at once by [`with_values`](Self::with_values) or
    /// one by one by [`with`](Self::with). Until then they are NaN, and integration refuses the formula.
    ///
    /// # Errors
    /// Where the text is not a formula.
    ///
    /// ```
    /// use quadrille::{Expression, Integrand};
    ///
    /// let f = Expression::template("exp(-p * x) * cos(q * x)")?;
    /// assert_eq!(f.parameters().map(|(name, _)| name).collect::<Vec<_>>(), ["p", "q"]);
    /// assert_eq!(f.with_values(&[0.0, 2.0])?.scalar(1.5), 3f64.cos());
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn template(text: &str) -> Result<Self, ParseError> {
        Self::read(text, None)
    }

    /// With all parameters, or none of them.
    fn read(text: &str, given: Option<&[(&str, f64)]>) -> Result<Self, ParseError> {
        let parameters = given.unwrap_or_default();
        let graph = Graph::new();
        let parsed =
            parse::parse(text, &graph, parameters).map_err(|fault| ParseError::at(text, fault.at, fault.message))?;
        for (i, &(name, value)) in parameters.iter().enumerate() {
            let problem = if let Some(reason) = vocabulary::not_a_parameter(name) {
                reason
            } else if parameters[..i].iter().any(|earlier| earlier.0 == name) {
                format!("parameter '{name}' is given twice")
            } else if parsed.parameters.iter().all(|used| used.0 != name) {
                format!("the formula has no parameter '{name}'")
            } else if let Some(problem) = not_finite(name, value) {
                problem
            } else {
                continue;
            };
            return Err(ParseError::whole(text, problem));
        }
        let value = |name: &str| parameters.iter().find(|given| given.0 == name).map(|given| given.1);
        let missing: Vec<_> = parsed.parameters.iter().filter(|used| value(used.0).is_none()).collect();
        if let Some(first) = missing.first().filter(|_| given.is_some()) {
            let names: Vec<_> = missing.iter().map(|used| format!("'{}'", used.0)).collect();
            let names = names.join(", ");
            let problem = if missing.len() == 1 {
                format!("parameter {names} has no value")
            } else {
                format!("parameters {names} have no value")
            };
            let hint = match vocabulary::nearest_constant(first.0) {
                Some(constant) => format!("; did you mean '{constant}'?"),
                None if parsed.first_coordinate.is_none() => {
                    "; the variable of a formula is x (in several dimensions x, y, z or x1 to x9)".to_owned()
                }
                None => String::new(),
            };
            return Err(ParseError::at(text, first.1, problem + &hint));
        }
        let nodes = formula::extract(&graph.nodes(), parsed.root.id());
        let dimension = nodes.iter().filter_map(|node| if let Node::Coordinate(d) = node { Some(d + 1) } else { None });
        let dimension = dimension.max().unwrap_or(0);
        let tape = Tape::new(&nodes);
        let names = parsed.parameters.iter().map(|used| used.0.to_owned()).collect();
        let values = parsed.parameters.iter().map(|used| value(used.0).unwrap_or(f64::NAN)).collect();
        Ok(Self::bound(Arc::new(Program { nodes, tape, dimension, names }), values))
    }

    /// The program with these values of its parameters.
    fn bound(program: Arc<Program>, values: Vec<f64>) -> Self {
        let mut numbers = values;
        program.tape.bind(&mut numbers);
        Self { program, numbers }
    }

    fn values(&self) -> &[f64] {
        &self.numbers[..self.program.names.len()]
    }

    /// The first parameter without a value, in a template.
    fn first_unset(&self) -> Option<&str> {
        let unset = self.values().iter().position(|value| value.is_nan())?;
        Some(&self.program.names[unset])
    }

    fn uniforms(&self) -> &[f64] {
        &self.numbers[self.program.names.len()..]
    }

    /// The number that a formula without coordinates and parameters stands for; for bounds of integration and the like.
    ///
    /// # Errors
    /// As [`parse`](Expression::parse); and where the formula has a coordinate, or its value is NaN.
    ///
    /// ```
    /// use quadrille::Expression;
    ///
    /// assert_eq!(Expression::constant("pi/2"), Ok(std::f64::consts::FRAC_PI_2));
    /// assert_eq!(Expression::constant("-inf"), Ok(f64::NEG_INFINITY));
    /// assert_eq!(Expression::constant("1 - x").unwrap_err().column(), Some(5));
    /// ```
    pub fn constant(text: &str) -> Result<f64, ParseError> {
        let graph = Graph::new();
        let parsed = parse::parse(text, &graph, &[]).map_err(|fault| ParseError::at(text, fault.at, fault.message))?;
        let name = parsed.parameters.iter().map(|used| used.1).chain(parsed.first_coordinate).min();
        if let Some(at) = name {
            let problem = "a number is expected, not a formula with names in it";
            let meant = parsed
                .parameters
                .iter()
                .find(|used| used.1 == at)
                .and_then(|used| vocabulary::nearest_constant(used.0));
            let hint = meant.map(|constant| format!("; did you mean '{constant}'?")).unwrap_or_default();
            return Err(ParseError::at(text, at, format!("{problem}{hint}")));
        }
        let value = Self::parse(text)?.scalar(0.0);
        if value.is_nan() { Err(ParseError::whole(text, format!("'{text}' is not a number"))) } else { Ok(value) }
    }

    /// The number of coordinates that a point must have: the index of the last one in the formula, 0 for none. At a
    /// point of fewer, the value is NaN; integration refuses it.
    ///
    /// ```
    /// # use quadrille::Expression;
    /// assert_eq!(Expression::parse("x1 * x4")?.dimension(), 4);
    /// assert_eq!(Expression::parse("pi")?.dimension(), 0);
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn dimension(&self) -> usize {
        self.program.dimension
    }

    #[cfg(test)]
    pub(super) fn registers(&self) -> usize {
        self.program.tape.registers
    }

    /// This expression in `graph`, at a point of these coordinates; `None` where one is missing.
    fn trace_at<'g>(&self, graph: &'g Graph, coordinates: &[Expr<'g>]) -> Option<Expr<'g>> {
        let mut traced: Vec<Traced<'g>> = Vec::with_capacity(self.program.nodes.len());
        for &node in &self.program.nodes {
            let number = |id: usize| traced[id].number();
            let truth = |id: usize| traced[id].truth();
            traced.push(match node {
                Node::Constant(bits) => Traced::Number(graph.constant(f64::from_bits(bits))),
                Node::Coordinate(d) => Traced::Number(*coordinates.get(d)?),
                Node::Parameter(index) => {
                    Traced::Number(graph.parameter(&self.program.names[index], self.values()[index]))
                }
                Node::Unary(f, a) => Traced::Number(number(a)?.unary(f)),
                Node::Power(a, n) => Traced::Number(number(a)?.powi(n)),
                Node::Binary(f, a, b) => Traced::Number(number(a)?.binary(f, number(b)?)),
                Node::MulAdd(a, b, c) => Traced::Number(number(a)?.mul_add(number(b)?, number(c)?)),
                Node::Select(c, a, b) => Traced::Number(truth(c)?.select(number(a)?, number(b)?)),
                Node::Compare(comparison, a, b) => Traced::Truth(number(a)?.compare(comparison, number(b)?)),
                Node::Not(a) => Traced::Truth(!truth(a)?),
                Node::And(a, b) => Traced::Truth(truth(a)? & truth(b)?),
                Node::Or(a, b) => Traced::Truth(truth(a)? | truth(b)?),
            });
        }
        traced.last()?.number()
    }
}

#[derive(Clone, Copy)]
enum Traced<'g> {
    Number(Expr<'g>),
    Truth(Condition<'g>),
}

impl<'g> Traced<'g> {
    fn number(self) -> Option<Expr<'g>> {
        if let Traced::Number(number) = self { Some(number) } else { None }
    }

    fn truth(self) -> Option<Condition<'g>> {
        if let Traced::Truth(truth) = self { Some(truth) } else { None }
    }
}

impl Integrand<f64> for Expression {
    const BLOCKED: bool = true;

    fn required_dimension(&self) -> Option<usize> {
        Some(self.program.dimension)
    }

    fn unset(&self) -> Option<&str> {
        self.first_unset()
    }

    fn scalar(&self, x: f64) -> f64 {
        Integrand::<[f64; 1]>::scalar(self, [x])
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, x: Lanes<S>) -> Lanes<S> {
        let mut value = [x];
        Integrand::<f64>::block(self, &[x], &mut value);
        value[0]
    }

    #[inline(always)]
    fn block<S: Simd>(&self, points: &[Lanes<S>], values: &mut [Lanes<S>]) {
        interpret::at_points(&self.program.tape, self.uniforms(), points, values, |x: Lanes<S>, d| {
            if d == 0 { x } else { x.like(f64::NAN) }
        });
    }

    fn trace<'g>(&self, graph: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
        self.trace_at(graph, &[x])
    }

    fn same_but_for(&self, other: &Self, parameters: &mut Vec<f64>) -> bool {
        let same = Arc::ptr_eq(&self.program, &other.program);
        if same {
            // In the order of the trace.
            let value =
                |node: &Node| if let Node::Parameter(index) = node { Some(self.values()[*index]) } else { None };
            parameters.extend(self.program.nodes.iter().filter_map(value));
        }
        same
    }
}

impl<const D: usize> Integrand<[f64; D]> for Expression {
    const BLOCKED: bool = true;

    fn required_dimension(&self) -> Option<usize> {
        Some(self.program.dimension)
    }

    fn unset(&self) -> Option<&str> {
        self.first_unset()
    }

    fn scalar(&self, x: [f64; D]) -> f64 {
        interpret::at_point(&self.program.tape, self.uniforms(), |d| x.get(d).copied().unwrap_or(f64::NAN))
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, x: [Lanes<S>; D]) -> Lanes<S> {
        let mut value = [x[0]];
        Integrand::<[f64; D]>::block(self, &[x], &mut value);
        value[0]
    }

    #[inline(always)]
    fn block<S: Simd>(&self, points: &[[Lanes<S>; D]], values: &mut [Lanes<S>]) {
        interpret::at_points(&self.program.tape, self.uniforms(), points, values, |x: [Lanes<S>; D], d| {
            if d < D { x[d] } else { x[0].like(f64::NAN) }
        });
    }

    fn trace<'g>(&self, graph: &'g Graph, x: [Expr<'g>; D]) -> Option<Expr<'g>> {
        self.trace_at(graph, &x)
    }
}

/// A formula that parses to the same one again.
///
/// ```
/// # use quadrille::Expression;
/// assert_eq!(Expression::parse("2.50*(-x)^2-(1)")?.to_string(), "2.5 * (-x)^2 - 1");
/// # Ok::<(), quadrille::ParseError>(())
/// ```
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        formula::write(f, &self.program.nodes, |index| &self.program.names[index])
    }
}

/// Equal formulas with equal parameters.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.program.nodes == other.program.nodes
            && self.program.names == other.program.names
            && self.values() == other.values()
    }
}

impl FromStr for Expression {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
