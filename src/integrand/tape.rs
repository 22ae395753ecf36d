//! A formula compiled for interpretation: a list of steps over a small file of registers.
//!
//! What depends on neither the point nor its neighbours (constants, parameters, and everything made of them alone) is
//! not on the tape: it is computed once, as the *uniforms*, when the parameters get their values. Truths are held in
//! registers like numbers, as 1 and 0.

use super::{BinaryFunction, Comparison, Node, UnaryFunction, formula, graph::Id};

/// Where an operand is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operand {
    Register(usize),
    Uniform(usize),
}

/// One operation; plain indices are registers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operation {
    /// A uniform, for the operations that take registers alone.
    Splat(usize),
    Unary(UnaryFunction, usize),
    Power(usize, i32),
    Binary(BinaryFunction, Operand, Operand),
    MulAdd(usize, usize, usize),
    Select(usize, usize, usize),
    Compare(Comparison, Operand, Operand),
    Not(usize),
    And(usize, usize),
    Or(usize, usize),
}

/// An operation and the register that its value goes to, which may be one of its operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub operation: Operation,
    pub to: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tape {
    /// Coordinates, and the registers that they are put in before the first step.
    pub inputs: Vec<(usize, usize)>,
    pub steps: Vec<Step>,
    pub registers: usize,
    pub result: Operand,
    /// The uniform nodes, operands first; operands are uniforms by index.
    pub uniforms: Vec<Node>,
}

impl Tape {
    /// The tape of the last of `nodes`, all of which it depends on.
    pub(super) fn new(nodes: &[Node]) -> Self {
        let nodes = &fold_signs(nodes)[..];
        let mut compiler = Compiler::new(nodes);
        for (id, &node) in nodes.iter().enumerate() {
            compiler.node(id, node);
        }
        let result = compiler.place[nodes.len() - 1];
        Tape { result, ..compiler.tape }
    }

    /// Appends to the values of the parameters those of the uniforms.
    pub(super) fn bind(&self, numbers: &mut Vec<f64>) {
        let parameters = numbers.len();
        numbers.reserve_exact(self.uniforms.len());
        for &node in &self.uniforms {
            let (parameters, values) = numbers.split_at(parameters);
            numbers.push(scalar(node, values, parameters));
        }
    }
}

/// The nodes with changes of sign taken into the sum, product or quotient around them, where that leaves every bit of
/// the value as it is: `-a / 50` is `a / -50`, `-a + b` is `b - a`. A pass over memory costs more than most operations.
fn fold_signs(nodes: &[Node]) -> Vec<Node> {
    use BinaryFunction::{Add, Div, Mul, Sub};
    let mut folded: Vec<Node> = Vec::with_capacity(nodes.len());
    let mut place = Vec::with_capacity(nodes.len());
    for node in nodes {
        let node = node.map_operands(|operand| place[operand]);
        let negated = |id: Id| if let Node::Unary(UnaryFunction::Neg, a) = folded[id] { Some(a) } else { None };
        let opposite = |id: Id| if let Node::Constant(bits) = folded[id] { Some(-f64::from_bits(bits)) } else { None };
        let (node, constant) = match node {
            Node::Binary(Add, a, b) => match (negated(a), negated(b)) {
                (_, Some(b)) => (Node::Binary(Sub, a, b), None),
                (Some(a), None) => (Node::Binary(Sub, b, a), None),
                _ => (node, None),
            },
            Node::Binary(Sub, a, b) => (negated(b).map_or(node, |b| Node::Binary(Add, a, b)), None),
            Node::Binary(f @ (Mul | Div), a, b) => match (negated(a), negated(b), opposite(a), opposite(b)) {
                (Some(a), Some(b), ..) => (Node::Binary(f, a, b), None),
                // The new constant will stand just before the node.
                (Some(a), _, _, Some(constant)) => (Node::Binary(f, a, folded.len()), Some(constant)),
                (_, Some(b), Some(constant), _) => (Node::Binary(f, folded.len(), b), Some(constant)),
                _ => (node, None),
            },
            _ => (node, None),
        };
        folded.extend(constant.map(|constant| Node::Constant(constant.to_bits())));
        folded.push(node);
        place.push(folded.len() - 1);
    }
    formula::extract(&folded, folded.len() - 1)
}

/// Linear scan over the nodes: a register is free again after the last use of its value.
struct Compiler {
    tape: Tape,
    /// Where the value of each node is.
    place: Vec<Operand>,
    last_use: Vec<Id>,
    free: Vec<usize>,
}

impl Compiler {
    fn new(nodes: &[Node]) -> Self {
        let mut last_use = vec![usize::MAX; nodes.len()];
        for (id, node) in nodes.iter().enumerate() {
            node.each_operand(|operand| last_use[operand] = id);
        }
        let mut compiler = Compiler {
            tape: Tape {
                inputs: Vec::new(),
                steps: Vec::new(),
                registers: 0,
                result: Operand::Uniform(0),
                uniforms: Vec::new(),
            },
            place: vec![Operand::Uniform(usize::MAX); nodes.len()],
            last_use,
            free: Vec::new(),
        };
        // Inputs are set before the first step, so no step before their node may use their register.
        for (id, node) in nodes.iter().enumerate() {
            if let &Node::Coordinate(d) = node {
                let register = compiler.take();
                compiler.tape.inputs.push((d, register));
                compiler.place[id] = Operand::Register(register);
            }
        }
        compiler
    }

    fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.tape.registers += 1;
            self.tape.registers - 1
        })
    }

    fn node(&mut self, id: Id, node: Node) {
        let mut uniform = !matches!(node, Node::Coordinate(_));
        node.each_operand(|operand| uniform &= matches!(self.place[operand], Operand::Uniform(_)));
        if uniform {
            let place = |operand: Id| match self.place[operand] {
                Operand::Register(index) | Operand::Uniform(index) => index,
            };
            self.tape.uniforms.push(node.map_operands(place));
            self.place[id] = Operand::Uniform(self.tape.uniforms.len() - 1);
            return;
        }
        let mut splats = Vec::new();
        let mut register = |operand: Id| match self.place[operand] {
            Operand::Register(register) => register,
            Operand::Uniform(uniform) => {
                let register = self.take();
                self.tape.steps.push(Step { operation: Operation::Splat(uniform), to: register });
                splats.push(register);
                register
            }
        };
        let operation = match node {
            Node::Constant(_) | Node::Coordinate(_) | Node::Parameter(_) => return,
            Node::Unary(f, a) => Operation::Unary(f, register(a)),
            // The same bits as `powi`, whose first step this is.
            Node::Power(a, 2) => Operation::Binary(BinaryFunction::Mul, self.place[a], self.place[a]),
            Node::Power(a, n) => Operation::Power(register(a), n),
            Node::Binary(f, a, b) if f.immediate() => Operation::Binary(f, self.place[a], self.place[b]),
            Node::Binary(f, a, b) => {
                Operation::Binary(f, Operand::Register(register(a)), Operand::Register(register(b)))
            }
            Node::MulAdd(a, b, c) => Operation::MulAdd(register(a), register(b), register(c)),
            Node::Select(c, a, b) => Operation::Select(register(c), register(a), register(b)),
            Node::Compare(comparison, a, b) => Operation::Compare(comparison, self.place[a], self.place[b]),
            Node::Not(a) => Operation::Not(register(a)),
            Node::And(a, b) => Operation::And(register(a), register(b)),
            Node::Or(a, b) => Operation::Or(register(a), register(b)),
        };
        self.free.append(&mut splats);
        node.each_operand(|operand| {
            if let Operand::Register(register) = self.place[operand]
                && self.last_use[operand] == id
                && !self.free.contains(&register)
            {
                self.free.push(register);
            }
        });
        let to = self.take();
        self.tape.steps.push(Step { operation, to });
        self.place[id] = Operand::Register(to);
    }
}

impl BinaryFunction {
    /// Whether there are loops of their own for a uniform operand: the functions that cost no more than a load.
    pub(super) fn immediate(self) -> bool {
        use BinaryFunction::{Add, Div, Max, Min, Mul, Sub};
        matches!(self, Add | Sub | Mul | Div | Min | Max)
    }
}

/// The value of a node whose operands have these `values`.
fn scalar(node: Node, values: &[f64], parameters: &[f64]) -> f64 {
    let truth = |truth: bool| f64::from(u8::from(truth));
    match node {
        Node::Constant(bits) => f64::from_bits(bits),
        Node::Parameter(index) => parameters[index],
        // Not uniform; there is no point to take it from.
        Node::Coordinate(_) => f64::NAN,
        Node::Unary(f, a) => f.scalar(values[a]),
        Node::Power(a, n) => values[a].powi(n),
        Node::Binary(f, a, b) => f.scalar(values[a], values[b]),
        Node::MulAdd(a, b, c) => values[a].mul_add(values[b], values[c]),
        Node::Select(c, a, b) => values[if values[c] != 0.0 { a } else { b }],
        Node::Compare(comparison, a, b) => truth(comparison.scalar(values[a], values[b])),
        Node::Not(a) => truth(values[a] == 0.0),
        Node::And(a, b) => truth(values[a] != 0.0 && values[b] != 0.0),
        Node::Or(a, b) => truth(values[a] != 0.0 || values[b] != 0.0),
    }
}
