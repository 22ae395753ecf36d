//! From text to graph: the grammar of formulas.
//!
//! A precedence parser (winnow's) over five kinds of operand: number, name, call, `if`, parentheses. It builds the
//! graph as it goes. Loosest to tightest: `||`, `&&`, comparisons (not chained), `+ -`, `* / %`, prefix `- + !`, `^`
//! (from the right). So `-x^2` is `-(x^2)`, and `2^-3` is 1/8.

mod fault;

pub(super) use fault::Fault;

use super::{BinaryFunction, Comparison, Condition, Expr, Graph, UnaryFunction, cancellation, vocabulary};
use fault::{after_operand, fault, no_operand, unknown_function};
use vocabulary::Function;
use winnow::ascii::{digit0, digit1};
use winnow::combinator::{Infix, Prefix, alt, expression, opt};
use winnow::error::ErrMode;
use winnow::stream::{Location, Stream};
use winnow::token::{one_of, take_while};
use winnow::{LocatingSlice, Parser, Stateful};

/// How deep parentheses, calls, signs and powers may nest, all together: the stack that this takes is bounded.
const DEPTH: usize = 100;
/// The length of the longest formula, in bytes.
const LENGTH: usize = 1_000_000;
/// Exponents up to this size, if integer, are powers by repeated multiplication.
const INTEGER_POWER: f64 = 64.0;

/// What was found while parsing `text` into a graph.
pub(super) struct Parsed<'s, 'g> {
    pub root: Expr<'g>,
    /// Where the first coordinate stands.
    pub first_coordinate: Option<usize>,
    /// The parameters in the order of their first use, and where that is; their values are left open.
    pub parameters: Vec<(&'s str, usize)>,
}

/// Parses `text` into `graph`. Names that are `given` values are parameters, whatever else they might be taken for.
pub(super) fn parse<'s, 'g>(
    text: &'s str,
    graph: &'g Graph,
    given: &'s [(&'s str, f64)],
) -> Result<Parsed<'s, 'g>, Fault> {
    if text.len() > LENGTH {
        let message = format!("the formula is too long: {} bytes, where {LENGTH} are allowed", text.len());
        return Err(Fault { message, at: 0 });
    }
    if text.trim().is_empty() {
        return Err(Fault { message: "the formula is empty".to_owned(), at: 0 });
    }
    let state = State { graph, given, depth: 0, first_coordinate: None, parameters: Vec::new() };
    let mut input = Stateful { input: LocatingSlice::new(text), state };
    let value = formula(&mut input).and_then(|value| {
        space(&mut input)?;
        if input.eof_offset() == 0 { value.number() } else { Err(after_operand(&input)) }
    });
    match value {
        Ok(root) => {
            let State { first_coordinate, parameters, .. } = input.state;
            Ok(Parsed { root, first_coordinate, parameters: parameters.iter().map(|p| (p.0, p.1)).collect() })
        }
        Err(ErrMode::Backtrack(fault) | ErrMode::Cut(fault)) => Err(fault),
        Err(ErrMode::Incomplete(_)) => Err(Fault { message: "the formula is not complete".to_owned(), at: text.len() }),
    }
}

type Input<'s, 'g> = Stateful<LocatingSlice<&'s str>, State<'s, 'g>>;
type Outcome<T> = Result<T, ErrMode<Fault>>;
type Operator<'s, 'g> = Infix<Input<'s, 'g>, Value<'g>, ErrMode<Fault>>;
type Sign<'s, 'g> = Prefix<Input<'s, 'g>, Value<'g>, ErrMode<Fault>>;

#[derive(Debug)]
struct State<'s, 'g> {
    graph: &'g Graph,
    given: &'s [(&'s str, f64)],
    depth: usize,
    first_coordinate: Option<usize>,
    parameters: Vec<(&'s str, usize, Expr<'g>)>,
}

/// A number or a truth, and the byte where it began.
#[derive(Clone, Copy, Debug)]
struct Value<'g> {
    at: usize,
    kind: Kind<'g>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'g> {
    Number(Expr<'g>),
    Truth(Condition<'g>),
}

impl<'g> Value<'g> {
    fn number(self) -> Outcome<Expr<'g>> {
        match self.kind {
            Kind::Number(number) => Ok(number),
            Kind::Truth(_) => Err(fault(self.at, "a condition is not a number; write if(condition, then, else)")),
        }
    }

    fn truth(self) -> Outcome<Condition<'g>> {
        match self.kind {
            Kind::Truth(truth) => Ok(truth),
            Kind::Number(_) => Err(fault(self.at, "a number stands where a condition such as x < 1 is expected")),
        }
    }
}

fn space(input: &mut Input) -> Outcome<()> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

/// One level deeper; the caller comes up again with `depth -= 1`.
fn descend(input: &mut Input, at: usize) -> Outcome<()> {
    input.state.depth += 1;
    if input.state.depth > DEPTH {
        return Err(fault(at, format!("the formula nests too deep: more than {DEPTH} levels")));
    }
    Ok(())
}

fn formula<'s, 'g>(input: &mut Input<'s, 'g>) -> Outcome<Value<'g>> {
    match expression(operand).prefix(prefix).infix(infix).parse_next(input) {
        // No parser says what it missed: an operand is missing, and what stands in its place decides the message.
        Err(ErrMode::Backtrack(_)) => Err(no_operand(input)),
        outcome => outcome,
    }
}

fn prefix<'s, 'g>(input: &mut Input<'s, 'g>) -> Outcome<Sign<'s, 'g>> {
    space(input)?;
    let at = input.current_token_start();
    let symbol = one_of(['-', '+', '!']).parse_next(input)?;
    descend(input, at)?;
    Ok(match symbol {
        '-' => Prefix(14, |input, a| ascend(input, a.number()?.unary(UnaryFunction::Neg), a.at)),
        '+' => Prefix(14, |input, a| ascend(input, a.number()?, a.at)),
        _ => Prefix(14, |input, a| {
            input.state.depth -= 1;
            Ok(Value { at: a.at, kind: Kind::Truth(!a.truth()?) })
        }),
    })
}

fn infix<'s, 'g>(input: &mut Input<'s, 'g>) -> Outcome<Operator<'s, 'g>> {
    use Infix::{Left, Neither, Right};
    space(input)?;
    let at = input.current_token_start();
    let symbols = ["&&", "||", "<=", ">=", "==", "!=", "**", "<", ">", "+", "-", "*", "/", "%", "^"];
    Ok(match alt(symbols).parse_next(input)? {
        "||" => Left(4, |_, a, b| Ok(Value { at: a.at, kind: Kind::Truth(a.truth()? | b.truth()?) })),
        "&&" => Left(6, |_, a, b| Ok(Value { at: a.at, kind: Kind::Truth(a.truth()? & b.truth()?) })),
        "<" => Neither(8, |_, a, b| compare(Comparison::Less, a, b)),
        "<=" => Neither(8, |_, a, b| compare(Comparison::LessEqual, a, b)),
        ">" => Neither(8, |_, a, b| compare(Comparison::Greater, a, b)),
        ">=" => Neither(8, |_, a, b| compare(Comparison::GreaterEqual, a, b)),
        "==" => Neither(8, |_, a, b| compare(Comparison::Equal, a, b)),
        "!=" => Neither(8, |_, a, b| compare(Comparison::NotEqual, a, b)),
        "+" => Left(10, |_, a, b| sum(BinaryFunction::Add, a, b)),
        "-" => Left(10, |_, a, b| sum(BinaryFunction::Sub, a, b)),
        "*" => Left(12, |_, a, b| binary(BinaryFunction::Mul, a, b)),
        "/" => Left(12, |_, a, b| binary(BinaryFunction::Div, a, b)),
        "%" => Left(12, |_, a, b| binary(BinaryFunction::Rem, a, b)),
        "^" => {
            // Tightest of all, so never read and put back: what goes down here comes up when it is applied.
            descend(input, at)?;
            Right(16, |input, a, b| ascend(input, power(a.number()?, b.number()?), a.at))
        }
        _ => return Err(fault(at, "write ^ for powers, not **")),
    })
}

fn ascend<'g>(input: &mut Input<'_, 'g>, number: Expr<'g>, at: usize) -> Outcome<Value<'g>> {
    input.state.depth -= 1;
    Ok(Value { at, kind: Kind::Number(number) })
}

fn compare<'g>(comparison: Comparison, a: Value<'g>, b: Value<'g>) -> Outcome<Value<'g>> {
    Ok(Value { at: a.at, kind: Kind::Truth(a.number()?.compare(comparison, b.number()?)) })
}

fn binary<'g>(f: BinaryFunction, a: Value<'g>, b: Value<'g>) -> Outcome<Value<'g>> {
    Ok(Value { at: a.at, kind: Kind::Number(a.number()?.binary(f, b.number()?)) })
}

/// A sum or a difference; next to 1, of what keeps its digits.
fn sum<'g>(f: BinaryFunction, a: Value<'g>, b: Value<'g>) -> Outcome<Value<'g>> {
    match cancellation::with_all_digits(f, a.number()?, b.number()?) {
        Some(number) => Ok(Value { at: a.at, kind: Kind::Number(number) }),
        None => binary(f, a, b),
    }
}

fn power<'g>(base: Expr<'g>, exponent: Expr<'g>) -> Expr<'g> {
    match exponent.as_constant() {
        Some(n) if n.abs() <= INTEGER_POWER && n == n.trunc() => base.powi(n as i32),
        _ => base.binary(BinaryFunction::Powf, exponent),
    }
}

fn operand<'s, 'g>(input: &mut Input<'s, 'g>) -> Outcome<Value<'g>> {
    space(input)?;
    alt((number, name, parentheses)).parse_next(input)
}

fn number<'g>(input: &mut Input<'_, 'g>) -> Outcome<Value<'g>> {
    let at = input.current_token_start();
    let digits = alt(((digit1, opt(('.', digit0))).void(), ('.', digit1).void()));
    let exponent = opt((one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1));
    let text = (digits, exponent).take().parse_next(input)?;
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Value { at, kind: Kind::Number(input.state.graph.constant(value)) }),
        _ => Err(fault(at, format!("the number is too large; the largest is {:e}", f64::MAX))),
    }
}

fn parentheses<'g>(input: &mut Input<'_, 'g>) -> Outcome<Value<'g>> {
    let at = input.current_token_start();
    '('.parse_next(input)?;
    descend(input, at)?;
    let value = formula(input)?;
    close(input, at)?;
    Ok(Value { at, ..value })
}

/// The `)` that belongs to the `(` at byte `open`.
fn close(input: &mut Input, open: usize) -> Outcome<()> {
    space(input)?;
    input.state.depth -= 1;
    match opt(')').parse_next(input)? {
        Some(_) => Ok(()),
        None if input.eof_offset() == 0 => Err(fault(open, "this '(' is never closed")),
        None => Err(after_operand(input)),
    }
}

fn name<'s, 'g>(input: &mut Input<'s, 'g>) -> Outcome<Value<'g>> {
    let at = input.current_token_start();
    let first = one_of(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_');
    let name: &'s str = (first, rest).take().parse_next(input)?;
    let end = input.checkpoint();
    space(input)?;
    let open = input.current_token_start();
    if opt('(').parse_next(input)?.is_some() {
        return call(input, name, at, open);
    }
    input.reset(&end);
    let graph = input.state.graph;
    let number = if let Some(value) = vocabulary::constant(name) {
        graph.constant(value)
    } else if let Some(d) = vocabulary::coordinate(name) {
        input.state.first_coordinate.get_or_insert(at);
        graph.coordinate(d)
    } else if let Some(known) = input.state.parameters.iter().find(|parameter| parameter.0 == name) {
        known.2
    } else if let Some(reason) = vocabulary::not_a_parameter(name) {
        return Err(fault(at, reason));
    } else {
        let number = graph.parameter(name, f64::NAN);
        input.state.parameters.push((name, at, number));
        number
    };
    Ok(Value { at, kind: Kind::Number(number) })
}

/// The arguments and the `)` of a call of `name`, whose `(` at byte `open` has been read.
fn call<'g>(input: &mut Input<'_, 'g>, name: &str, at: usize, open: usize) -> Outcome<Value<'g>> {
    let Some(function) = Function::named(name) else {
        let State { given, parameters, .. } = &input.state;
        let is_parameter = given.iter().any(|known| known.0 == name) || parameters.iter().any(|known| known.0 == name);
        return Err(fault(at, unknown_function(name, is_parameter)));
    };
    descend(input, open)?;
    let mut arguments = Vec::new();
    space(input)?;
    // `f()` is a call with too few arguments, not a missing operand.
    if !input.input.starts_with(')') {
        loop {
            arguments.push(formula(input)?);
            space(input)?;
            if opt(',').parse_next(input)?.is_none() {
                break;
            }
        }
    }
    close(input, open)?;
    let (least, most, wanted) = function.arguments();
    if !(least..=most).contains(&arguments.len()) {
        return Err(fault(at, format!("{name} takes {wanted}, not {}", arguments.len())));
    }
    Ok(Value { at, kind: Kind::Number(apply(function, &arguments)?) })
}

/// `arguments` are as many as `function` takes.
fn apply<'g>(function: Function, arguments: &[Value<'g>]) -> Outcome<Expr<'g>> {
    if function == Function::If {
        return Ok(arguments[0].truth()?.select(arguments[1].number()?, arguments[2].number()?));
    }
    let numbers = arguments.iter().map(|argument| argument.number()).collect::<Outcome<Vec<_>>>()?;
    Ok(match (function, &numbers[..]) {
        (Function::Unary(f), &[x, ..]) => x.unary(f),
        (Function::Reciprocal(f), &[x, ..]) => x.like(1.0) / x.unary(f),
        (Function::Binary(f), &[x, y, ..]) => x.binary(f, y),
        (Function::Power, &[x, y, ..]) => power(x, y),
        (Function::Clamp, &[x, low, high, ..]) => x.clamp(low, high),
        (Function::MulAdd, &[a, b, c, ..]) => a.mul_add(b, c),
        (Function::Fold(f), [first, rest @ ..]) => rest.iter().fold(*first, |folded, &next| folded.binary(f, next)),
        _ => unreachable!("the number of arguments was checked"),
    })
}
