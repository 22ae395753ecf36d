//! What is wrong with a formula that cannot be parsed, and what to write instead.

use super::{Input, space};
use crate::integrand::vocabulary;
use winnow::error::{ErrMode, ParserError};
use winnow::stream::Location;

/// A message, and the byte it is about.
#[derive(Clone, Debug)]
pub(in crate::integrand) struct Fault {
    pub message: String,
    pub at: usize,
}

impl<'s, 'g> ParserError<Input<'s, 'g>> for Fault {
    type Inner = Self;

    fn from_input(input: &Input<'s, 'g>) -> Self {
        Fault { message: String::new(), at: input.current_token_start() }
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

pub(super) fn fault(at: usize, message: impl Into<String>) -> ErrMode<Fault> {
    ErrMode::Cut(Fault { message: message.into(), at })
}

/// What is wrong with a call of a function that there is not.
pub(super) fn unknown_function(name: &str, is_parameter: bool) -> String {
    if is_parameter || vocabulary::constant(name).is_some() || vocabulary::coordinate(name).is_some() {
        return format!("'{name}' is not a function; write {name}*(…) to multiply");
    }
    if let Some(instead) = vocabulary::instead_of_function(name) {
        return format!("there is no function '{name}'; {instead}");
    }
    match vocabulary::nearest_function(name) {
        Some(known) => format!("unknown function '{name}'; did you mean '{known}'?"),
        None => format!("unknown function '{name}'; a parameter times parentheses is written {name}*(…)"),
    }
}

/// The error where an operand is expected and the input holds something else.
pub(super) fn no_operand(input: &mut Input) -> ErrMode<Fault> {
    let _ = space(input);
    let message = match input.input.chars().next() {
        None => "the formula ends where a number, a name or '(' is expected".to_owned(),
        Some('|') => "a number, a name or '(' is expected before '|'; write abs(…) for |…|".to_owned(),
        Some(c @ ('+' | '-' | '*' | '/' | '^' | '%' | ')' | ',' | '<' | '>' | '=' | '&' | '.')) => {
            format!("a number, a name or '(' is expected before '{c}'")
        }
        Some(c) => foreign(c),
    };
    fault(input.current_token_start(), message)
}

/// The error where an operand has ended and the input holds neither an operator nor what closes the formula.
pub(super) fn after_operand(input: &Input) -> ErrMode<Fault> {
    let inside = input.state.depth > 0;
    let rest: &str = &input.input;
    let message = match rest.chars().next().unwrap_or(' ') {
        ')' => "this ')' was never opened".to_owned(),
        ',' if inside => "a comma stands between the arguments of a function, not here".to_owned(),
        ',' => "a comma stands between the arguments of a function; decimals are written with a point".to_owned(),
        '<' | '>' | '=' | '!' if ["<", ">", "==", "!="].iter().any(|sign| rest.starts_with(sign)) => {
            "comparisons do not chain; write a < b && b < c".to_owned()
        }
        '=' => "write == to compare".to_owned(),
        '!' => "'!' is not part of a formula; write gamma(x + 1) for x!".to_owned(),
        '&' => "write && for and".to_owned(),
        '|' => "write || for or".to_owned(),
        'a'..='z' | 'A'..='Z' | '_' if rest.starts_with("and ") => "write && for and".to_owned(),
        'a'..='z' | 'A'..='Z' | '_' if rest.starts_with("or ") => "write || for or".to_owned(),
        'a'..='z' | 'A'..='Z' | '_' | '0'..='9' | '(' | '.' => {
            "an operator is missing here; multiplication is written with *".to_owned()
        }
        c => foreign(c),
    };
    fault(input.current_token_start(), message)
}

/// What to write instead of a character that no formula has.
fn foreign(c: char) -> String {
    let instead = match c {
        '−' | '–' | '—' => "-",
        '×' | '·' | '⋅' | '∗' => "*",
        '÷' | '∕' => "/",
        'π' => "pi",
        'τ' => "tau",
        '∞' => "inf",
        '√' => "sqrt(…)",
        '²' => "^2",
        '³' => "^3",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '[' | '{' => "(",
        ']' | '}' => ")",
        '?' => "if(condition, then, else)",
        _ if c.is_alphabetic() => return format!("'{c}' is not part of a formula; names are of the letters a to z"),
        _ => return format!("{c:?} is not part of a formula"),
    };
    format!("'{c}' is not part of a formula; write {instead}")
}
