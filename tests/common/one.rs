//! One function of the vocabulary, or one operation, as an integrand of two coordinates.

use quadrille::{BinaryFunction, Expr, Graph, Integrand, UnaryFunction};

#[derive(Clone, Copy, Debug)]
pub enum One {
    Unary(UnaryFunction),
    Binary(BinaryFunction),
    Power(i32),
}

impl One {
    /// Every function, with its name, and two powers.
    pub fn all() -> impl Iterator<Item = (&'static str, One)> {
        let unary = UnaryFunction::ALL.iter().map(|&f| (f.name(), One::Unary(f)));
        let powers = [-17, 5].map(|n| ("powi", One::Power(n)));
        unary.chain(BinaryFunction::ALL.iter().map(|&f| (f.name(), One::Binary(f)))).chain(powers)
    }
}

impl Integrand<[f64; 2]> for One {
    fn scalar(&self, [x, y]: [f64; 2]) -> f64 {
        match *self {
            One::Unary(f) => f.scalar(x),
            One::Binary(f) => f.scalar(x, y),
            One::Power(n) => x.powi(n),
        }
    }

    fn trace<'g>(&self, _: &'g Graph, [x, y]: [Expr<'g>; 2]) -> Option<Expr<'g>> {
        Some(match *self {
            One::Unary(f) => x.unary(f),
            One::Binary(f) => x.binary(f, y),
            One::Power(n) => x.powi(n),
        })
    }
}
