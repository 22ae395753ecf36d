//! The text of integrands.

use super::*;
use crate::integrand::Expression;

fn traced(f: &Expression) -> Traced {
    Traced::of::<f64>(f).unwrap()
}

fn text(formula: &str, arithmetic: Arithmetic) -> String {
    emit(&traced(&Expression::parse(formula).unwrap()), arithmetic).unwrap().text
}

#[test]
fn one_let_for_each_operation() {
    let expected = "fn integrand(x0: f64) -> f64 {\n    let v0 = x0;\n    let v1 = q_sin(v0);\n    let v2 = 5e-1lf;\n    \
                    let v3 = q_mul(v1, v2);\n    return v3;\n}\n";
    assert_eq!(text("sin(x) * 0.5", Arithmetic::F64), expected);
}

#[test]
fn powers_are_written_out() {
    for n in 1..=WRITTEN_OUT {
        let text = text(&format!("x^{n}"), Arithmetic::F32);
        // Evaluate the exponents.
        let mut exponents = std::collections::HashMap::from([("x0".to_owned(), 1)]);
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("let ")) {
            let (name, value) = line.trim_end_matches(';').split_once(" = ").unwrap();
            let exponent = match value.strip_prefix("q_mul(") {
                Some(factors) => factors.trim_end_matches(')').split(", ").map(|factor| exponents[factor]).sum(),
                None => exponents[value],
            };
            exponents.insert(name.to_owned(), exponent);
        }
        let (_, returned) = text.split_once("return ").unwrap();
        assert_eq!(exponents[returned.split(';').next().unwrap()], n, "{text}");
    }
    assert!(text("x^-3", Arithmetic::F32).contains("q_recip(v1_1)"));
    assert!(text("x^-3", Arithmetic::F32x2).contains("= q_mul(v1_inverse, v1_inverse)"));
}

#[test]
fn numbers_are_exact_or_refused() {
    assert!(text("x + 0.1", Arithmetic::F32x2).contains("vec2<f32>(1e-1f, -1.4901161e-9f)"));
    let huge = Expression::parse("x * 1e300").unwrap();
    assert_eq!(emit(&traced(&huge), Arithmetic::F32), Err(Refused::OutOfRange { value: 1e300 }));
    assert!(emit(&traced(&huge), Arithmetic::F64).is_ok());
    assert!(text("0/x", Arithmetic::F64).contains("= f64_bar("), "not folded");
    let infinite = text("if(x < inf, x, -inf)", Arithmetic::F64);
    assert!(infinite.contains("q_inf()") && infinite.contains("q_neg(q_inf())"), "{infinite}");
}

#[test]
fn what_cannot_be_is_refused() {
    let long = Expression::parse(&["sin(x * 1.5)"; 3].join(" + ")).unwrap();
    assert!(emit(&traced(&long), Arithmetic::F64).unwrap().operations < 6, "equal parts are one");
    let terms: Vec<_> = (1..=2100).map(|k| format!("{k}*x")).collect();
    let long = Expression::parse(&terms.join(" + ")).unwrap();
    assert_eq!(emit(&traced(&long), Arithmetic::F64), Err(Refused::TooManyOperations { operations: 4199 }));
}
