//! The expression graph: an integrand as data, equal subexpressions shared.

use super::function::{BinaryFunction, Comparison, UnaryFunction};
use std::{cell::RefCell, collections::HashMap, ops};

/// The index of a node in its graph; operands come before the nodes that use them.
pub type Id = usize;

/// One operation of a graph. Conditions are nodes too; they stand only where a truth is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Node {
    /// A number, by its bits.
    Constant(u64),
    /// Coordinate `d` of the point.
    Coordinate(usize),
    /// A parameter: its index in [`Graph::parameters`].
    Parameter(usize),
    /// A function of one number.
    Unary(UnaryFunction, Id),
    /// An integer power.
    Power(Id, i32),
    /// A function of two numbers.
    Binary(BinaryFunction, Id, Id),
    /// `a * b + c`, rounded once.
    MulAdd(Id, Id, Id),
    /// `if condition { a } else { b }`
    Select(Id, Id, Id),
    /// A condition: a comparison of two numbers.
    Compare(Comparison, Id, Id),
    /// A condition: the opposite.
    Not(Id),
    /// A condition: both.
    And(Id, Id),
    /// A condition: at least one.
    Or(Id, Id),
}

/// An expression graph under construction: nodes are added by the operators and methods of [`Expr`], and an operation
/// that is there already is found again, not added.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: RefCell<Vec<Node>>,
    known: RefCell<HashMap<Node, Id>>,
    parameters: RefCell<Vec<(String, f64)>>,
}

/// A number in a [`Graph`]: a copyable name for a node. Has the operators and methods of `f64`.
#[derive(Clone, Copy, Debug)]
pub struct Expr<'g> {
    graph: &'g Graph,
    id: Id,
}

/// A truth in a [`Graph`], from comparisons of [`Expr`].
#[derive(Clone, Copy, Debug)]
pub struct Condition<'g> {
    graph: &'g Graph,
    id: Id,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number. All NaN are one node: their bits depend on where they were computed.
    pub fn constant(&self, value: f64) -> Expr<'_> {
        let value = if value.is_nan() { f64::NAN } else { value };
        self.add(Node::Constant(value.to_bits()))
    }

    /// Coordinate `d` of the point.
    pub fn coordinate(&self, d: usize) -> Expr<'_> {
        self.add(Node::Coordinate(d))
    }

    /// A parameter with its present value. Every call makes a new parameter, even if the name is known.
    pub fn parameter(&self, name: &str, value: f64) -> Expr<'_> {
        let mut parameters = self.parameters.borrow_mut();
        parameters.push((name.to_owned(), value));
        self.add(Node::Parameter(parameters.len() - 1))
    }

    /// The nodes, operands before their users.
    pub fn nodes(&self) -> Vec<Node> {
        self.nodes.borrow().clone()
    }

    /// Names and values of the parameters.
    pub fn parameters(&self) -> Vec<(String, f64)> {
        self.parameters.borrow().clone()
    }

    fn add(&self, node: Node) -> Expr<'_> {
        Expr { graph: self, id: self.intern(node) }
    }

    fn condition(&self, node: Node) -> Condition<'_> {
        Condition { graph: self, id: self.intern(node) }
    }

    fn intern(&self, node: Node) -> Id {
        *self.known.borrow_mut().entry(node).or_insert_with(|| {
            let mut nodes = self.nodes.borrow_mut();
            nodes.push(node);
            nodes.len() - 1
        })
    }
}

impl<'g> Expr<'g> {
    /// The node of this expression.
    pub fn id(self) -> Id {
        self.id
    }

    /// The graph this expression is in.
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    /// A number in the same graph.
    pub fn like(self, value: f64) -> Self {
        self.graph.constant(value)
    }

    /// The number that this expression is, where it depends on neither the point nor a parameter.
    pub fn as_constant(self) -> Option<f64> {
        match self.graph.nodes.borrow()[self.id] {
            Node::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// The argument of `f`, where this expression is `f` of it.
    pub(super) fn argument_of(self, f: UnaryFunction) -> Option<Self> {
        match self.graph.nodes.borrow()[self.id] {
            Node::Unary(function, id) if function == f => Some(Self { id, ..self }),
            _ => None,
        }
    }

    /// `f(self)`; a number if `self` is one.
    pub fn unary(self, f: UnaryFunction) -> Self {
        match self.as_constant() {
            Some(x) => self.like(f.scalar(x)),
            None => self.graph.add(Node::Unary(f, self.id)),
        }
    }

    /// `f(self, other)`; a number if both are.
    pub fn binary(self, f: BinaryFunction, other: Self) -> Self {
        match (self.as_constant(), other.as_constant()) {
            (Some(x), Some(y)) => self.like(f.scalar(x, y)),
            _ => self.graph.add(Node::Binary(f, self.id, other.id)),
        }
    }

    /// The comparison of two expressions.
    pub fn compare(self, comparison: Comparison, other: Self) -> Condition<'g> {
        self.graph.condition(Node::Compare(comparison, self.id, other.id))
    }

    /// Integer power.
    pub fn powi(self, exponent: i32) -> Self {
        match self.as_constant() {
            Some(x) => self.like(x.powi(exponent)),
            None => self.graph.add(Node::Power(self.id, exponent)),
        }
    }

    /// `self * factor + summand`, rounded once.
    pub fn mul_add(self, factor: Self, summand: Self) -> Self {
        match (self.as_constant(), factor.as_constant(), summand.as_constant()) {
            (Some(a), Some(b), Some(c)) => self.like(a.mul_add(b, c)),
            _ => self.graph.add(Node::MulAdd(self.id, factor.id, summand.id)),
        }
    }

    /// `self` where it is within `low..=high`, else the nearer bound; NaN stays.
    pub fn clamp(self, low: Self, high: Self) -> Self {
        let raised = self.lt(low).select(low, self);
        raised.gt(high).select(high, raised)
    }

    /// Sine and cosine.
    pub fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }
}

macro_rules! methods {
    (unary $($method:ident $variant:ident),*) => {
        impl<'g> Expr<'g> {$(
            #[doc = concat!("As `f64` has it: [`UnaryFunction::", stringify!($variant), "`].")]
            pub fn $method(self) -> Self {
                self.unary(UnaryFunction::$variant)
            }
        )*}
    };
    (binary $($method:ident $variant:ident),*) => {
        impl<'g> Expr<'g> {$(
            #[doc = concat!("As `f64` has it: [`BinaryFunction::", stringify!($variant), "`].")]
            pub fn $method(self, other: Self) -> Self {
                self.binary(BinaryFunction::$variant, other)
            }
        )*}
    };
    (compare $($method:ident $variant:ident),*) => {
        impl<'g> Expr<'g> {$(
            #[doc = concat!("[`Comparison::", stringify!($variant), "`]")]
            pub fn $method(self, other: Self) -> Condition<'g> {
                self.compare(Comparison::$variant, other)
            }
        )*}
    };
    (operator $($trait:ident $method:ident $assign_trait:ident $assign:ident),*) => {$(
        impl<'g> ops::$trait for Expr<'g> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.binary(BinaryFunction::$trait, other)
            }
        }
        impl<'g> ops::$trait<f64> for Expr<'g> {
            type Output = Self;
            fn $method(self, other: f64) -> Self {
                self.binary(BinaryFunction::$trait, self.like(other))
            }
        }
        impl<'g> ops::$trait<Expr<'g>> for f64 {
            type Output = Expr<'g>;
            fn $method(self, other: Expr<'g>) -> Expr<'g> {
                other.like(self).binary(BinaryFunction::$trait, other)
            }
        }
        impl<'g> ops::$assign_trait for Expr<'g> {
            fn $assign(&mut self, other: Self) {
                *self = self.binary(BinaryFunction::$trait, other);
            }
        }
        impl<'g> ops::$assign_trait<f64> for Expr<'g> {
            fn $assign(&mut self, other: f64) {
                *self = self.binary(BinaryFunction::$trait, self.like(other));
            }
        }
    )*};
}
methods!(unary abs Abs, signum Signum, sqrt Sqrt, cbrt Cbrt, recip Recip, exp Exp, exp2 Exp2, exp_m1 ExpM1, ln Ln,
    log2 Log2, log10 Log10, ln_1p Ln1p, sin Sin, cos Cos, tan Tan, asin Asin, acos Acos, atan Atan, sinh Sinh,
    cosh Cosh, tanh Tanh, asinh Asinh, acosh Acosh, atanh Atanh, erf Erf, erfc Erfc, gamma Gamma, ln_gamma LnGamma,
    floor Floor, ceil Ceil, round Round, trunc Trunc, fract Fract);
methods!(binary powf Powf, atan2 Atan2, hypot Hypot, min Min, max Max, copysign Copysign);
methods!(compare lt Less, le LessEqual, gt Greater, ge GreaterEqual, eq Equal, ne NotEqual);
methods!(operator Add add AddAssign add_assign, Sub sub SubAssign sub_assign, Mul mul MulAssign mul_assign,
    Div div DivAssign div_assign, Rem rem RemAssign rem_assign);

impl ops::Neg for Expr<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(UnaryFunction::Neg)
    }
}

impl<'g> Condition<'g> {
    /// `if self { yes } else { no }`
    pub fn select(self, yes: Expr<'g>, no: Expr<'g>) -> Expr<'g> {
        self.graph.add(Node::Select(self.id, yes.id, no.id))
    }
}

impl ops::BitAnd for Condition<'_> {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        self.graph.condition(Node::And(self.id, other.id))
    }
}

impl ops::BitOr for Condition<'_> {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.graph.condition(Node::Or(self.id, other.id))
    }
}

impl ops::Not for Condition<'_> {
    type Output = Self;
    fn not(self) -> Self {
        self.graph.condition(Node::Not(self.id))
    }
}
