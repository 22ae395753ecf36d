//! A formula that many integrands share, so that a kernel made of one serves all: they differ in parameters alone.

use super::{Graph, Integrand, Node, formula};

/// The formula of `first`.
#[derive(Debug)]
pub(crate) struct Form<F> {
    pub first: F,
    nodes: Vec<Node>,
    /// Parameters, those that the formula does not use among them.
    parameters: usize,
}

impl<F: Integrand> Form<F> {
    /// `None` where `first` cannot be traced.
    pub fn of(first: F) -> Option<Self> {
        let mut parameters = Vec::new();
        let nodes = traced(&first, &mut parameters)?;
        Some(Self { first, nodes, parameters: parameters.len() })
    }

    /// Appends the parameters of `f`, as its trace has them, to `parameters`; whether it is of this form.
    pub fn read(&self, f: &F, parameters: &mut Vec<f64>) -> bool {
        let end = parameters.len() + self.parameters;
        let same =
            f.same_but_for(&self.first, parameters) || traced(f, parameters).is_some_and(|nodes| nodes == self.nodes);
        same && parameters.len() == end
    }
}

fn traced<F: Integrand>(f: &F, parameters: &mut Vec<f64>) -> Option<Vec<Node>> {
    let graph = Graph::new();
    let root = f.trace(&graph, graph.coordinate(0))?;
    parameters.extend(graph.parameters().iter().map(|parameter| parameter.1));
    Some(formula::extract(&graph.nodes(), root.id()))
}

#[cfg(test)]
mod tests {
    use super::super::Expression;
    use super::*;

    #[test]
    fn the_short_way_finds_the_parameters_of_the_trace() {
        let same = |f: &Expression, other: &Expression, parameters: &mut Vec<f64>| {
            Integrand::<f64>::same_but_for(f, other, parameters)
        };
        let template = Expression::template("b*sin(a*x) + exp(-b*x)*c").unwrap();
        let bound = |values: [f64; 3]| template.with_values(&values).unwrap();
        let form = Form::of(bound([1.0, 2.0, 3.0])).unwrap();
        let f = bound([4.0, 5.0, 6.0]);
        let (mut short, mut long) = (Vec::new(), Vec::new());
        assert!(same(&f, &form.first, &mut short));
        assert_eq!(traced(&f, &mut long), Some(form.nodes.clone()));
        assert_eq!(short, long);
        // Not the same program, but the same formula; and another one.
        let mut values = Vec::new();
        let again = Expression::template("b*sin(a*x) + exp(-b*x)*c").unwrap().with_values(&[7.0, 8.0, 9.0]).unwrap();
        assert!(!same(&again, &form.first, &mut values) && form.read(&again, &mut values));
        assert_eq!(values.len(), 3);
        let other = Expression::parse_with("a*x", &[("a", 1.0)]).unwrap();
        assert!(!form.read(&other, &mut Vec::new()));
    }
}
