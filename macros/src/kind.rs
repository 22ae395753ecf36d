//! What an expression of the body is: the little that has to be known of its type.

use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A value of the generic number type: it depends on the point or on a parameter.
    Number,
    /// An `f64` that stays one: a literal, or made of literals, constants and loop counters.
    Constant,
    /// An integer: a literal or a loop counter, or made of them.
    Integer,
    /// The value of a path to a constant, or of an entry of one: `f64`, integer or bool; its use decides.
    Opaque,
    /// A condition on numbers.
    Truth,
    /// A bool that stays one.
    Static,
    Array(Box<Kind>),
    Tuple(Vec<Kind>),
    Unit,
    /// An error that has been reported; fits everywhere.
    Bad,
}

impl Kind {
    pub fn numbers() -> Kind {
        Kind::Array(Box::new(Kind::Number))
    }

    /// Whether a value of this kind has the same type in the generic body as in the function.
    pub fn is_native(&self) -> bool {
        match self {
            Kind::Constant | Kind::Integer | Kind::Opaque | Kind::Static => true,
            Kind::Array(entry) => entry.is_native(),
            Kind::Tuple(entries) => entries.iter().all(Kind::is_native),
            Kind::Number | Kind::Truth | Kind::Unit | Kind::Bad => false,
        }
    }

    /// Whether this can be an `f64` of the function.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Kind::Number | Kind::Constant | Kind::Opaque)
    }

    /// Whether this can be an integer of the function.
    pub fn is_integral(&self) -> bool {
        matches!(self, Kind::Integer | Kind::Opaque)
    }

    /// Whether this can be a bool of the function, or a condition.
    pub fn is_condition(&self) -> bool {
        matches!(self, Kind::Truth | Kind::Static | Kind::Opaque)
    }

    /// The kind that a value takes when it may depend on numbers: of a mutable variable, or chosen by a condition.
    pub fn lifted(&self) -> Kind {
        match self {
            Kind::Constant | Kind::Opaque => Kind::Number,
            Kind::Static => Kind::Truth,
            Kind::Array(entry) => Kind::Array(Box::new(entry.lifted())),
            Kind::Tuple(entries) => Kind::Tuple(entries.iter().map(Kind::lifted).collect()),
            other => other.clone(),
        }
    }

    /// Whether a condition on numbers can choose between two such values.
    pub fn is_selectable(&self) -> bool {
        match self {
            Kind::Number | Kind::Truth | Kind::Unit | Kind::Bad => true,
            Kind::Array(entry) => **entry == Kind::Number,
            Kind::Tuple(entries) => entries.iter().all(Kind::is_selectable),
            Kind::Constant | Kind::Integer | Kind::Opaque | Kind::Static => false,
        }
    }

    /// The kind that both fit in; for two that have none, one of them, so that the other is reported.
    pub fn join(&self, other: &Kind) -> Kind {
        use Kind::{Array, Bad, Constant, Integer, Number, Opaque, Static, Truth, Tuple};
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Bad, _) | (_, Bad) => Bad,
            (Number, _) | (_, Number) => Number,
            (Constant, _) | (_, Constant) => Constant,
            (Integer, _) | (_, Integer) => Integer,
            (Truth, _) | (_, Truth) => Truth,
            (Static, _) | (_, Static) => Static,
            (Array(a), Array(b)) => Array(Box::new(a.join(b))),
            (Array(a), Opaque) | (Opaque, Array(a)) => Array(Box::new(a.join(&Opaque))),
            (Tuple(a), Tuple(b)) if a.len() == b.len() => Tuple(a.iter().zip(b).map(|(a, b)| a.join(b)).collect()),
            (Tuple(a), Opaque) | (Opaque, Tuple(a)) => Tuple(a.iter().map(|a| a.join(&Opaque)).collect()),
            (a, _) => a.clone(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Number | Kind::Constant => "a number",
            Kind::Integer => "an integer",
            Kind::Opaque => "a constant",
            Kind::Truth | Kind::Static => "a condition",
            Kind::Array(_) => "an array",
            Kind::Tuple(_) => "a tuple",
            Kind::Unit => "no value",
            Kind::Bad => "an error",
        })
    }
}
