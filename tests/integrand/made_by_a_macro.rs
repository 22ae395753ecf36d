//! The attribute on functions that a macro writes: a macro's expression stays one operand.
use quadrille::{Integrand, evaluate, integrand, lanes::Level};

macro_rules! power {
    ($name:ident, $exponent:expr, $factor:expr) => {
        #[integrand]
        fn $name(x: f64, scale: f64) -> f64 {
            let y = x * scale;
            let mut s = $factor * y;
            if y > 0.0 {
                s += y.powi($exponent);
            }
            s
        }
    };
}

power!(square, 2, 1.0 + 2.0);
power!(cube, 3, 0.5);

#[test]
fn an_expression_stays_one_operand() {
    assert_eq!(square { scale: 2.0 }.scalar(1.0), 10.0);
    assert_eq!(cube { scale: 1.0 }.scalar(-1.0), -0.5);
    let mut values = [0.0];
    assert!(evaluate(&square { scale: 2.0 }, Level::detect(), &[1.0], &mut values));
    assert_eq!(values, [10.0]);
}
