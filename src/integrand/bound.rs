//! How far another correct evaluation of an integrand may be from the serial reference.
//!
//! Two evaluations do the same operations, and the exactly rounded ones (`+ - * /`, square root, rounding to integers)
//! agree to the bit on equal operands. They part at the vector functions, each of which has its own few ulp. From there
//! on the distance is carried through every operation, so it is a bound for this point, not a guess for the formula: a
//! difference of nearly equal numbers shows a large one, plain arithmetic shows zero.

use super::{BinaryFunction, Graph, Integrand, Node, Point, UnaryFunction, formula};

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
    /// The error of a position, in units of the farthest of its tile: it is a sum, and keeps the errors of its summands next to
    /// a zero of x.
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
#[derive(Debug)]
pub(crate) struct Bounded {
    nodes: Vec<Node>,
    parameters: Vec<f64>,
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
        let graph = Graph::new();
        let root = f.trace(&graph, P::traced_from_fn(|d| graph.coordinate(d)))?;
        let nodes = formula::extract(&graph.nodes(), root.id());
        Some(Self { nodes, parameters: graph.parameters().iter().map(|parameter| parameter.1).collect() })
    }

    /// The value at one point, as the serial reference has it, with its bound.
    pub(crate) fn at<P: Point>(&self, point: P) -> Ball {
        self.at_rounded(point, Rounding::NONE, 0.0)
    }

    /// The same, with the bound for an evaluation in another arithmetic, at a point that may be off by `shift`.
    pub(crate) fn at_rounded<P: Point>(&self, point: P, rounding: Rounding, shift: f64) -> Ball {
        self.places(point, rounding, shift).last().map_or(Ball::exact(f64::NAN), |place| place.number())
    }

    /// Whether a value on the way to the integrand is beyond the numbers of the arithmetic.
    pub(crate) fn leaves<P: Point>(&self, point: P, rounding: Rounding) -> bool {
        let beyond = |size: f64| size > rounding.largest || (size > 0.0 && size < rounding.smallest);
        self.places(point, Rounding::NONE, 0.0).iter().any(|place| match place {
            Place::Number(ball) => ball.value.is_finite() && beyond(ball.value.abs()),
            Place::Truth(_) => false,
        })
    }

    fn places<P: Point>(&self, point: P, rounding: Rounding, shift: f64) -> Vec<Place> {
        let mut places = Vec::with_capacity(self.nodes.len());
        for &node in &self.nodes {
            let place = match self.node(node, &places, point) {
                Place::Number(ball) => {
                    let exact = is_exact(node, ball.value);
                    let ball = if exact { ball } else { rounding.apply(ball, own_of(node, &places, ball.value)) };
                    let shift = if matches!(node, Node::Coordinate(_)) { shift } else { 0.0 };
                    Place::Number(Ball { bound: ball.bound + shift, ..ball })
                }
                truth => truth,
            };
            places.push(place);
        }
        places
    }

    fn node<P: Point>(&self, node: Node, places: &[Place], point: P) -> Place {
        let number = |id: usize| places[id].number();
        let truth = |id: usize| places[id].truth();
        Place::Number(match node {
            Node::Constant(bits) => Ball::exact(f64::from_bits(bits)),
            Node::Coordinate(d) if d < P::DIMENSION => Ball::exact(point.coordinate(d)),
            Node::Coordinate(_) => Ball::exact(f64::NAN),
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

fn unary(f: UnaryFunction, a: Ball) -> Ball {
    use UnaryFunction::{Abs, Cos, Fract, Gamma, LnGamma, Neg, Recip, Sin, Sqrt, Tan};
    let Ball { value: x, bound: e } = a;
    let value = f.scalar(x);
    // The operand may be anything, NaN too: so may a function of it, even one that has bounds of its own.
    if e == f64::INFINITY {
        return Ball::unknown(value);
    }
    let ends = deviation(value, |sign| f.scalar(x + sign * e));
    let carried = match f {
        _ if e == 0.0 => 0.0,
        Neg | Abs => e,
        Recip => return binary(BinaryFunction::Div, Ball::exact(1.0), a),
        // No ends: the interval may hold several periods.
        Sin => (f64::cos(x).abs() * e + e * e).min(e).min(2.0),
        Cos => (f64::sin(x).abs() * e + e * e).min(e).min(2.0),
        Tan if !(e < 1.5 && (x - e).tan() <= value && value <= (x + e).tan()) => f64::INFINITY,
        Gamma | LnGamma if x - e <= 0.0 && (x - e).floor() != (x + e).floor() => f64::INFINITY,
        Fract if (x - e).trunc() != (x + e).trunc() => 1.0 + e,
        // Monotone, or convex from pole to pole: the ends are farthest.
        _ => ends,
    };
    let own = own(f, x, value) * largest(value, carried);
    let ball = if f == Sqrt { Ball::rounded(value, carried) } else { Ball::carried(value, carried + own) };
    overflow(ball, |scale| f.scalar(x * scale))
}

/// The error of `f` itself at `x`, in units of [`largest`].
fn own(f: UnaryFunction, x: f64, value: f64) -> f64 {
    use UnaryFunction::{
        Abs, Acosh, Asinh, Atanh, Ceil, Erfc, Exp, Exp2, Floor, Fract, Gamma, LnGamma, Neg, Recip, Round, Sign, Signum,
        Sqrt, Trunc,
    };
    match f {
        Neg | Abs | Signum | Sign | Sqrt | Recip | Floor | Ceil | Round | Trunc | Fract => 0.0,
        // A true zero has no ulp to be wrong by; that of an underflow has.
        _ if value == 0.0 && !matches!(f, Exp | Exp2 | Erfc | Gamma) => 0.0,
        // Between its poles on the left, lgamma passes zero as a difference of larger numbers.
        LnGamma if x < 0.0 => OWN_WIDE * (1.0 + 1.0 / value.abs()),
        Gamma | LnGamma | Asinh | Acosh | Atanh => OWN_WIDE,
        _ => OWN,
    }
}

fn power(a: Ball, n: i32) -> Ball {
    let Ball { value: x, bound: e } = a;
    let value = x.powi(n);
    // 1, even of NaN.
    if n == 0 {
        return Ball::exact(value);
    }
    if e == f64::INFINITY {
        return Ball::unknown(value);
    }
    // A negative power may be the inverse of a positive one that overflows where it does not.
    if n < 0 && n != i32::MIN && x.powi(-n).is_infinite() && x.is_finite() {
        return Ball::unknown(value);
    }
    let crosses = n < 0 && e > 0.0 && x.abs() <= e;
    let carried = if crosses {
        f64::INFINITY
    } else if e == 0.0 {
        0.0
    } else {
        // An even power of an interval around zero is least inside.
        let inside = if x.abs() < e { value.abs() } else { 0.0 };
        deviation(value, |sign| (x + sign * e).powi(n)).max(inside)
    };
    // Multiplications in some order: half an ulp for each, of which there are no more than n, in both.
    let own = if (0..=2).contains(&n) { 0.0 } else { f64::from(n.unsigned_abs()) + 1.0 };
    if own == 0.0 {
        return Ball::rounded(value, carried);
    }
    overflow(Ball::carried(value, carried + own * largest(value, carried)), |scale| (x * scale).powi(n))
}

fn binary(f: BinaryFunction, a: Ball, b: Ball) -> Ball {
    let value = f.scalar(a.value, b.value);
    let (x, y, ex, ey) = (a.value, b.value, a.bound, b.bound);
    if ex + ey == f64::INFINITY {
        return Ball::unknown(value);
    }
    let exact = ex == 0.0 && ey == 0.0;
    match f {
        BinaryFunction::Add | BinaryFunction::Sub => Ball::rounded(value, ex + ey),
        _ if exact && f.exact() => match f {
            BinaryFunction::Copysign if y.is_nan() => Ball { value, bound: 2.0 * x.abs() },
            // Which of two zeros is the larger is not said.
            BinaryFunction::Min | BinaryFunction::Max if x == 0.0 && y == 0.0 && x.to_bits() != y.to_bits() => {
                Ball { value, bound: TINY }
            }
            _ => Ball::exact(value),
        },
        BinaryFunction::Mul => Ball::rounded(value, times(ex, y) + times(ey, x) + times(ex, ey)),
        BinaryFunction::Div if y.abs() <= ey => Ball::carried(value, f64::INFINITY),
        BinaryFunction::Div => Ball::rounded(value, (ex + times(ey, value)) / (y.abs() - ey)),
        BinaryFunction::Rem => {
            let quotients = corners(a, b).map(|(x, y)| (x / y).trunc());
            let same = quotients.iter().all(|&q| q == quotients[0]);
            Ball::rounded(value, if same { ex + times(ey, quotients[0]) } else { y.abs() + ey + value.abs() })
        }
        BinaryFunction::Min | BinaryFunction::Max => Ball::carried(value, ex.max(ey)),
        BinaryFunction::Copysign => {
            // The sign of a NaN is nobody's promise.
            let either = y.is_nan() || (ey > 0.0 && y.abs() <= ey);
            Ball::carried(value, if either { 2.0 * x.abs() + ex } else { ex })
        }
        BinaryFunction::Hypot => with_own(value, ex + ey, OWN, |scale| f.scalar(x * scale, y * scale)),
        BinaryFunction::Atan2 => {
            // A disc around the point, seen from the origin; the values jump across the left half of the axis.
            let reach = ex.hypot(ey) / x.hypot(y);
            let jumps = ex > 0.0 && x.abs() <= ex && y - ey <= 0.0;
            let carried = match reach {
                _ if exact => 0.0,
                0.0..1.0 if !jumps => reach.asin(),
                _ => std::f64::consts::TAU,
            };
            with_own(value, carried, OWN, |_| value)
        }
        BinaryFunction::Powf => {
            let crosses = ex > 0.0 && x.abs() <= ex && y - ey < 0.0;
            // A negative number has a power where the exponent is an integer, and there alone.
            let comes_and_goes = ey > 0.0 && x - ex < 0.0 && (y - ey).ceil() <= y + ey;
            // NaN^0 and 1^NaN are 1.
            let comes_and_goes = comes_and_goes
                || (x.is_nan() && ey > 0.0 && y.abs() <= ey)
                || (y.is_nan() && ex > 0.0 && (x - 1.0).abs() <= ex);
            let carried = if exact {
                0.0
            } else if crosses || comes_and_goes {
                f64::INFINITY
            } else {
                let inside = if x.abs() < ex { value.abs() } else { 0.0 };
                corners(a, b).iter().fold(inside, |worst, &(x, y)| farther(worst, value, x.powf(y)))
            };
            let large = (y * x.abs().ln()).abs() > LARGE_POWER;
            with_own(value, carried, if large { OWN_WIDE } else { OWN }, |scale| (x * scale).powf(y))
        }
    }
}

impl BinaryFunction {
    /// Whether equal operands give equal bits everywhere.
    fn exact(self) -> bool {
        !matches!(self, BinaryFunction::Powf | BinaryFunction::Atan2 | BinaryFunction::Hypot)
    }
}

fn mul_add(a: Ball, b: Ball, c: Ball) -> Ball {
    let value = a.value.mul_add(b.value, c.value);
    let product = times(a.bound, b.value) + times(b.bound, a.value) + times(a.bound, b.bound);
    Ball::rounded(value, product + c.bound)
}

fn select(condition: Truth, yes: Ball, no: Ball) -> Ball {
    let (taken, other) = if condition.value { (yes, no) } else { (no, yes) };
    if !condition.uncertain {
        return taken;
    }
    Ball::carried(taken.value, farther(0.0, taken.value, other.value) + taken.bound.max(other.bound))
}

/// `bound * |factor|`, where no bound is none whatever the factor.
fn times(bound: f64, factor: f64) -> f64 {
    if bound == 0.0 { 0.0 } else { bound * factor.abs() }
}

/// What one ulp of a value at most `carried` away from this one is, at most.
fn largest(value: f64, carried: f64) -> f64 {
    if value.is_infinite() || value.is_nan() { 0.0 } else { (f64::EPSILON * (value.abs() + carried)).max(TINY) }
}

/// The larger of `worst` and the distance of two values; infinite if that is unknown.
fn farther(worst: f64, value: f64, other: f64) -> f64 {
    let same = value == other || (value.is_nan() && other.is_nan());
    let distance = if same { 0.0 } else { (value - other).abs() };
    if distance.is_nan() { f64::INFINITY } else { worst.max(distance) }
}

/// How far the ends of an interval are from the value in it.
fn deviation(value: f64, end: impl Fn(f64) -> f64) -> f64 {
    farther(farther(0.0, value, end(-1.0)), value, end(1.0))
}

fn corners(a: Ball, b: Ball) -> [(f64, f64); 4] {
    let (low, high) = (a.value - a.bound, a.value + a.bound);
    [(low, b.value - b.bound), (low, b.value + b.bound), (high, b.value - b.bound), (high, b.value + b.bound)]
}

fn with_own(value: f64, carried: f64, own: f64, nearby: impl Fn(f64) -> f64) -> Ball {
    overflow(Ball::carried(value, carried + own * largest(value, carried)), nearby)
}

/// Where the value has overflowed, but would not have for arguments a few ulp away, another evaluation may be finite;
/// and the other way round.
fn overflow(ball: Ball, nearby: impl Fn(f64) -> f64) -> Ball {
    let shift = OWN_WIDE * f64::EPSILON;
    let unsure = |scale: f64| !ball.value.is_nan() && nearby(scale).is_infinite() != ball.value.is_infinite();
    if unsure(1.0 - shift) || unsure(1.0 + shift) { Ball { bound: f64::INFINITY, ..ball } } else { ball }
}

#[cfg(test)]
mod tests;
