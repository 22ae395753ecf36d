//! One expression taken out of a graph: only its own nodes, in an order that depends on nothing else; and its text.

use super::vocabulary::{coordinate_name, not_a_parameter};
use super::{BinaryFunction, Comparison, Graph, Integrand, Node, Point, UnaryFunction, graph::Id};
use std::fmt::{self, Write};

impl Node {
    /// The same operation on other operands: `f` of each, in order.
    pub(crate) fn map_operands(self, mut f: impl FnMut(Id) -> Id) -> Node {
        match self {
            Node::Constant(_) | Node::Coordinate(_) | Node::Parameter(_) => self,
            Node::Unary(function, a) => Node::Unary(function, f(a)),
            Node::Power(a, n) => Node::Power(f(a), n),
            Node::Binary(function, a, b) => Node::Binary(function, f(a), f(b)),
            Node::MulAdd(a, b, c) => Node::MulAdd(f(a), f(b), f(c)),
            Node::Select(c, a, b) => Node::Select(f(c), f(a), f(b)),
            Node::Compare(comparison, a, b) => Node::Compare(comparison, f(a), f(b)),
            Node::Not(a) => Node::Not(f(a)),
            Node::And(a, b) => Node::And(f(a), f(b)),
            Node::Or(a, b) => Node::Or(f(a), f(b)),
        }
    }

    /// Calls `f` with each operand, in order.
    pub(crate) fn each_operand(self, mut f: impl FnMut(Id)) {
        self.map_operands(|id| {
            f(id);
            id
        });
    }
}

/// What the trace of an integrand leaves, whatever its type.
#[derive(Clone, Debug)]
pub(crate) struct Traced {
    /// Those of the value, which is the last.
    pub nodes: Vec<Node>,
    /// The present values of the parameters.
    pub parameters: Vec<f64>,
    #[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "for the GPU"))]
    pub dimension: usize,
}

impl Traced {
    /// `None` where the integrand cannot be traced.
    pub fn of<P: Point>(f: &impl Integrand<P>) -> Option<Self> {
        let graph = Graph::new();
        let root = f.trace(&graph, P::traced_from_fn(|d| graph.coordinate(d)))?;
        let nodes = extract(&graph.nodes(), root.id());
        let parameters = graph.parameters().iter().map(|parameter| parameter.1).collect();
        Some(Self { nodes, parameters, dimension: P::DIMENSION })
    }
}

/// The nodes that `root` depends on and `root` itself, last: depth first, left operand first. Equal expressions give
/// equal lists, whatever else their graphs hold.
pub(crate) fn extract(nodes: &[Node], root: Id) -> Vec<Node> {
    // A stack of its own: long sums are deep graphs.
    let mut place = vec![usize::MAX; nodes.len()];
    let mut found = Vec::new();
    let mut open = vec![(root, false)];
    while let Some((id, ready)) = open.pop() {
        if place[id] != usize::MAX {
            continue;
        }
        if ready {
            place[id] = found.len();
            found.push(nodes[id].map_operands(|operand| place[operand]));
        } else {
            open.push((id, true));
            let first = open.len();
            nodes[id].each_operand(|operand| open.push((operand, false)));
            open[first..].reverse();
        }
    }
    found
}

/// How tightly the outermost operation of a text binds, as the grammar has it.
const OR: u8 = 4;
const AND: u8 = 6;
const COMPARE: u8 = 8;
const SUM: u8 = 10;
const PRODUCT: u8 = 12;
const SIGN: u8 = 14;
const POWER: u8 = 16;
const ATOM: u8 = 18;

enum Piece {
    Text(&'static str),
    Owned(String),
    /// A node, in parentheses if it binds less tightly than this.
    Node(Id, u8),
}

/// Writes the last of `nodes` as a formula that parses to these nodes again.
pub(crate) fn write<'p>(
    f: &mut impl Write,
    nodes: &[Node],
    parameter: impl Fn(usize) -> &'p str,
) -> Result<(), fmt::Error> {
    let mut open = vec![Piece::Node(nodes.len() - 1, 0)];
    while let Some(piece) = open.pop() {
        match piece {
            Piece::Text(text) => f.write_str(text)?,
            Piece::Owned(text) => f.write_str(&text)?,
            Piece::Node(id, least) => {
                let first = open.len();
                let binds = pieces(nodes, id, &parameter, &mut open);
                if binds < least {
                    open.insert(first, Piece::Text("("));
                    open.push(Piece::Text(")"));
                }
                open[first..].reverse();
            }
        }
    }
    Ok(())
}

/// Adds the text of node `id` to `open` and says how tightly it binds.
fn pieces<'p>(nodes: &[Node], id: Id, parameter: &impl Fn(usize) -> &'p str, open: &mut Vec<Piece>) -> u8 {
    let call = |open: &mut Vec<Piece>, name: &'static str, arguments: &[Id]| {
        open.extend([Piece::Text(name), Piece::Text("(")]);
        for (i, &argument) in arguments.iter().enumerate() {
            open.extend([Piece::Text(if i > 0 { ", " } else { "" }), Piece::Node(argument, 0)]);
        }
        open.push(Piece::Text(")"));
        ATOM
    };
    let infix = |open: &mut Vec<Piece>, a: Id, sign: &'static str, b: Id, left: u8, binds: u8, right: u8| {
        open.extend([Piece::Node(a, left), Piece::Text(sign), Piece::Node(b, right)]);
        binds
    };
    match nodes[id] {
        Node::Constant(bits) => {
            let (text, binds) = constant(f64::from_bits(bits));
            open.push(Piece::Owned(text));
            binds
        }
        Node::Coordinate(d) => {
            open.push(Piece::Owned(coordinate_name(d)));
            ATOM
        }
        Node::Parameter(index) => {
            debug_assert_eq!(not_a_parameter(parameter(index)), None);
            open.push(Piece::Owned(parameter(index).to_owned()));
            ATOM
        }
        Node::Unary(UnaryFunction::Neg, a) => {
            open.extend([Piece::Text("-"), Piece::Node(a, SIGN)]);
            SIGN
        }
        Node::Unary(function, a) => call(open, function.name(), &[a]),
        Node::Power(a, n) => {
            open.extend([Piece::Node(a, ATOM), Piece::Owned(format!("^{n}"))]);
            POWER
        }
        Node::Binary(function, a, b) => match function {
            BinaryFunction::Add => infix(open, a, " + ", b, SUM, SUM, SUM + 1),
            BinaryFunction::Sub => infix(open, a, " - ", b, SUM, SUM, SUM + 1),
            BinaryFunction::Mul => infix(open, a, " * ", b, PRODUCT, PRODUCT, PRODUCT + 1),
            BinaryFunction::Div => infix(open, a, " / ", b, PRODUCT, PRODUCT, PRODUCT + 1),
            BinaryFunction::Rem => infix(open, a, " % ", b, PRODUCT, PRODUCT, PRODUCT + 1),
            BinaryFunction::Powf => infix(open, a, "^", b, ATOM, POWER, SIGN),
            _ => call(open, function.name(), &[a, b]),
        },
        Node::MulAdd(a, b, c) => call(open, "mul_add", &[a, b, c]),
        Node::Select(condition, a, b) => match clamp(nodes, id) {
            Some(arguments) => call(open, "clamp", &arguments),
            None => call(open, "if", &[condition, a, b]),
        },
        Node::Compare(comparison, a, b) => infix(open, a, sign(comparison), b, SUM, COMPARE, SUM),
        Node::Not(a) => {
            open.extend([Piece::Text("!"), Piece::Node(a, SIGN)]);
            SIGN
        }
        Node::And(a, b) => infix(open, a, " && ", b, AND, AND, AND + 1),
        Node::Or(a, b) => infix(open, a, " || ", b, OR, OR, OR + 1),
    }
}

/// The text of a number, exact. It binds like a power where it has no sign, so that a base is put in parentheses only
/// if it needs them.
fn constant(value: f64) -> (String, u8) {
    if value.is_nan() {
        return ("0 / 0".to_owned(), PRODUCT);
    }
    let text = format!("{value:?}");
    let text = text.strip_suffix(".0").unwrap_or(&text).to_owned();
    (text, if value.is_sign_negative() { SIGN } else { ATOM })
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => " < ",
        Comparison::LessEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterEqual => " >= ",
        Comparison::Equal => " == ",
        Comparison::NotEqual => " != ",
    }
}

/// The arguments, where node `id` is what `clamp` becomes. Written out, `x` would stand there four times, and nested
/// clamps would grow without bound.
fn clamp(nodes: &[Node], id: Id) -> Option<[Id; 3]> {
    let Node::Select(above, high, raised) = nodes[id] else { return None };
    let Node::Select(below, low, x) = nodes[raised] else { return None };
    let same = nodes[above] == Node::Compare(Comparison::Greater, raised, high)
        && nodes[below] == Node::Compare(Comparison::Less, x, low);
    same.then_some([x, low, high])
}
