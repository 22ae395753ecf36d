//! How far another correct evaluation of an integrand may be from the serial reference.
//!
//! Two evaluations do the same operations, and the exactly rounded ones (`+ - * /`, square root, rounding to integers)
//! agree to the bit on equal operands. They part at the vector functions, each of which has its own few ulp. From there
//! on the distance is carried through every operation, so it is a bound for this point, not a guess for the formula: a
//! difference of nearly equal numbers shows a large one, plain arithmetic shows zero.

mod operations;

use super::formula::Traced;
use super::{BinaryFunction, Integrand, Node, Point, UnaryFunction};
use operations::{binary, mul_add, own, power, select, unary};

/// Errors of one call of a function, scalar and vector together, in ulp of the value.
const OWN: f64 = 4.0;
/// The same for functions whose usual scalar forms are less exact.
const OWN_WIDE: f64 = 16.0;
/// Beyond this size of the logarithm of its value, a power is among the less exact.
const LARGE_POWER: f64 = 64.0;
/// The smallest number: for a zero whose sign is uncertain.
const TINY: f64 = f64::from_bits(1);

/// What an arithmetic other than `f64` adds at every operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rounding {
    /// The relative error of an operation on exact operands, and of a number read in.
    pub unit: f64,
    /// The absolute error of a result next to zero.
    pub smallest: f64,
    /// The largest number.
    pub largest: f64,
    /// The error of a position, in units of the farthest of its tile: it is a sum, and keeps the errors of its summands
    /// next to a zero of x.
    pub position: f64,
}

impl Rounding {
    /// `f64` on the CPU: no more than what the operations themselves say.
    pub(crate) const NONE: Rounding = Rounding { unit: 0.0, smallest: 0.0, largest: f64::INFINITY, position: 0.0 };

    /// What an operation leaves of `ball`, where functions have errors of `own` ulp of `f64`.
    fn apply(self, ball: Ball, own: f64) -> Ball {
        // NaN and infinity are the same everywhere, where they are certain.
        if self.unit == 0.0 || (!ball.value.is_finite() && ball.bound == 0.0) {
            return ball;
        }
        let reach = ball.value.abs() + ball.bound;
        if reach <= self.largest {
            Ball::carried(ball.value, ball.bound + own.max(1.0) * self.unit * reach + self.smallest)
        } else {
            Ball::unknown(ball.value)
        }
    }
}

/// An integrand from its trace, to be evaluated with a bound.
#[derive(Clone, Debug)]
pub(crate) struct Bounded {
    nodes: Vec<Node>,
    parameters: Vec<f64>,
    /// What an arithmetic of its own adds.
    rounding: Rounding,
}

/// A value, and how far another correct evaluation may be from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ball {
    pub value: f64,
    /// Zero where the bits must be equal; infinite where nothing can be said.
    pub bound: f64,
}

/// A truth, and whether another correct evaluation may find the opposite.
#[derive(Clone, Copy, Debug)]
struct Truth {
    value: bool,
    uncertain: bool,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Number(Ball),
    Truth(Truth),
}

impl Bounded {
    /// The integrand with its present parameters; `None` where it cannot be traced.
    pub(crate) fn new<P: Point>(f: &impl Integrand<P>) -> Option<Self> {
        Traced::of(f).map(Self::from)
    }

    /// The same of another arithmetic than `f64` on the CPU.
    #[cfg(feature = "gpu")]
    pub(crate) fn rounded(self, rounding: Rounding) -> Self {
        Self { rounding, ..self }
    }

    /// The same integrand with other parameters.
    #[cfg(feature = "gpu")]
    pub(crate) fn set_parameters(&mut self, parameters: &[f64]) {
        self.parameters.clear();
        self.parameters.extend_from_slice(parameters);
    }

    /// The value at the point with these coordinates, as the serial reference has it, with its bound.
    pub(crate) fn at(&self, point: &[f64]) -> Ball {
        self.at_rounded(point, self.rounding, &[])
    }

    /// The same, with the bound for an evaluation in another arithmetic, at a point whose coordinates may be off by
    /// `shifts`, as far as there are any.
    pub(crate) fn at_rounded(&self, point: &[f64], rounding: Rounding, shifts: &[f64]) -> Ball {
        self.places(point, rounding, shifts).last().map_or(Ball::exact(f64::NAN), |place| place.number())
    }

    /// Whether a value on the way to the integrand is beyond the numbers of the arithmetic.
    pub(crate) fn leaves(&self, point: &[f64], rounding: Rounding) -> bool {
        let beyond = |size: f64| size > rounding.largest || (size > 0.0 && size < rounding.smallest);
        self.places(point, Rounding::NONE, &[]).iter().any(|place| match place {
            Place::Number(ball) => ball.value.is_finite() && beyond(ball.value.abs()),
            Place::Truth(_) => false,
        })
    }

    fn places(&self, point: &[f64], rounding: Rounding, shifts: &[f64]) -> Vec<Place> {
        let mut places = Vec::with_capacity(self.nodes.len());
        for &node in &self.nodes {
            let place = match self.node(node, &places, point) {
                Place::Number(ball) => {
                    let exact = is_exact(node, ball.value);
                    let ball = if exact { ball } else { rounding.apply(ball, own_of(node, &places, ball.value)) };
                    let shift = if let Node::Coordinate(d) = node { shifts.get(d).copied() } else { None };
                    Place::Number(Ball { bound: ball.bound + shift.unwrap_or(0.0), ..ball })
                }
                truth => truth,
            };
            places.push(place);
        }
        places
    }

    fn node(&self, node: Node, places: &[Place], point: &[f64]) -> Place {
        let number = |id: usize| places[id].number();
        let truth = |id: usize| places[id].truth();
        Place::Number(match node {
            Node::Constant(bits) => Ball::exact(f64::from_bits(bits)),
            Node::Coordinate(d) => Ball::exact(point.get(d).copied().unwrap_or(f64::NAN)),
            Node::Parameter(index) => Ball::exact(self.parameters[index]),
            Node::Unary(f, a) => unary(f, number(a)),
            Node::Power(a, n) => power(number(a), n),
            Node::Binary(f, a, b) => binary(f, number(a), number(b)),
            Node::MulAdd(a, b, c) => mul_add(number(a), number(b), number(c)),
            Node::Select(c, a, b) => select(truth(c), number(a), number(b)),
            Node::Compare(comparison, a, b) => {
                let (a, b) = (number(a), number(b));
                let value = comparison.scalar(a.value, b.value);
                let reach = a.bound + b.bound;
                // Not "apart > reach": that would call NaN and equal infinities certain.
                let apart = (a.value - b.value).abs() > reach;
                return Place::Truth(Truth { value, uncertain: reach > 0.0 && !apart });
            }
            Node::Not(a) => return Place::Truth(Truth { value: !truth(a).value, ..truth(a) }),
            // A certain false decides "and" alone, a certain true "or".
            Node::And(a, b) => {
                let (a, b) = (truth(a), truth(b));
                let decided = (!a.value && !a.uncertain) || (!b.value && !b.uncertain);
                let uncertain = (a.uncertain || b.uncertain) && !decided;
                return Place::Truth(Truth { value: a.value && b.value, uncertain });
            }
            Node::Or(a, b) => {
                let (a, b) = (truth(a), truth(b));
                let decided = (a.value && !a.uncertain) || (b.value && !b.uncertain);
                let uncertain = (a.uncertain || b.uncertain) && !decided;
                return Place::Truth(Truth { value: a.value || b.value, uncertain });
            }
        })
    }
}

/// Whether every arithmetic has the value of a node without a rounding of its own.
fn is_exact(node: Node, value: f64) -> bool {
    use UnaryFunction::{Abs, Ceil, Floor, Fract, Neg, Round, Sign, Signum, Trunc};
    match node {
        Node::Constant(_) | Node::Parameter(_) => !value.is_finite() || f64::from(value as f32) == value,
        Node::Unary(f, _) => matches!(f, Neg | Abs | Sign | Signum | Floor | Ceil | Round | Trunc | Fract),
        Node::Binary(f, ..) => matches!(f, BinaryFunction::Min | BinaryFunction::Max | BinaryFunction::Copysign),
        Node::Select(..) => true,
        _ => false,
    }
}

/// The error of a node's own operation, in ulp.
fn own_of(node: Node, places: &[Place], value: f64) -> f64 {
    match node {
        Node::Unary(f, a) => own(f, places[a].number().value, value),
        Node::Power(_, n) => f64::from(n.unsigned_abs()) + 1.0,
        Node::Binary(f, ..) if !f.exact() => OWN_WIDE,
        _ => 1.0,
    }
}

impl From<Traced> for Bounded {
    fn from(Traced { nodes, parameters, .. }: Traced) -> Self {
        Self { nodes, parameters, rounding: Rounding::NONE }
    }
}

impl Place {
    fn number(self) -> Ball {
        match self {
            Place::Number(ball) => ball,
            Place::Truth(_) => Ball::unknown(f64::NAN),
        }
    }

    fn truth(self) -> Truth {
        match self {
            Place::Truth(truth) => truth,
            Place::Number(_) => Truth { value: false, uncertain: true },
        }
    }
}

impl Ball {
    /// Whether `other` is what another correct evaluation may give.
    pub(crate) fn admits(self, other: f64) -> bool {
        let both_nan = self.value.is_nan() && other.is_nan();
        both_nan || self.value == other || self.bound == f64::INFINITY || (self.value - other).abs() <= self.bound
    }

    fn exact(value: f64) -> Self {
        Self { value, bound: 0.0 }
    }

    fn unknown(value: f64) -> Self {
        Self { value, bound: f64::INFINITY }
    }

    /// `bound` from the operands; where there is one, both values are rounded after it, which may add an ulp.
    fn rounded(value: f64, bound: f64) -> Self {
        if bound == 0.0 {
            return Self::exact(value);
        }
        Self::carried(value, bound + f64::EPSILON * (value.abs() + bound) + TINY)
    }

    /// `bound` as it is; where none can be had it is infinite.
    fn carried(value: f64, bound: f64) -> Self {
        Self { value, bound: if bound.is_nan() { f64::INFINITY } else { bound } }
    }
}

#[cfg(test)]
mod tests;
