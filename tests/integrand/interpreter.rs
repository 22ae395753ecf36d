//! Evaluates a graph at a point, node by node, by the scalar functions of the table.

use quadrille::{Graph, Integrand, Node, Point};

/// The value of the trace of `f` at `point`.
pub fn traced<P: Point>(f: &impl Integrand<P>, point: P) -> f64 {
    let graph = Graph::new();
    let root = f.trace(&graph, P::traced_from_fn(|d| graph.coordinate(d))).expect("an integrand has a trace").id();
    let parameters = graph.parameters();
    let mut numbers: Vec<f64> = Vec::new();
    let mut truths: Vec<bool> = Vec::new();
    for node in graph.nodes() {
        let (mut number, mut truth) = (f64::NAN, false);
        match node {
            Node::Constant(bits) => number = f64::from_bits(bits),
            Node::Coordinate(d) => number = point.coordinate(d),
            Node::Parameter(index) => number = parameters[index].1,
            Node::Unary(f, a) => number = f.scalar(numbers[a]),
            Node::Power(a, exponent) => number = numbers[a].powi(exponent),
            Node::Binary(f, a, b) => number = f.scalar(numbers[a], numbers[b]),
            Node::MulAdd(a, b, c) => number = numbers[a].mul_add(numbers[b], numbers[c]),
            Node::Select(condition, a, b) => number = if truths[condition] { numbers[a] } else { numbers[b] },
            Node::Compare(comparison, a, b) => truth = comparison.scalar(numbers[a], numbers[b]),
            Node::Not(a) => truth = !truths[a],
            Node::And(a, b) => truth = truths[a] && truths[b],
            Node::Or(a, b) => truth = truths[a] || truths[b],
            other => panic!("a new kind of node: {other:?}"),
        }
        numbers.push(number);
        truths.push(truth);
    }
    numbers[root]
}
