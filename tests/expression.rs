//! Formulas from outside: the grammar and its corners, values.

#[path = "expression/messages.rs"]
mod messages;

use quadrille::lanes::Level;
use quadrille::{Expression, Graph, Integrand, evaluate};

fn at(text: &str, x: f64) -> f64 {
    Expression::parse(text).unwrap_or_else(|error| panic!("{error}")).scalar(x)
}

#[test]
fn precedence_is_that_of_the_reference() {
    let cases: &[(&str, f64)] = &[
        ("-x^2", -9.0),
        ("(-x)^2", 9.0),
        ("2^-3", 0.125),
        ("2^3^2", 512.0),
        ("(2^3)^2", 64.0),
        ("2^-x^2", 2f64.powi(-9)),
        ("2^-1*4", 2.0),
        ("-2^2", -4.0),
        ("2*-x", -6.0),
        ("1 - -x", 4.0),
        ("1-2-x", -4.0),
        ("24/x/2", 4.0),
        ("24/(x/2)", 16.0),
        ("1/2*4", 2.0),
        ("1+2*x^2", 19.0),
        ("+x", 3.0),
        ("--x", 3.0),
        ("7 % x * 2", 2.0),
        ("1/(2^-2+x)*1/(4^-1)", 1.0 / 3.25 * 1.0 / 0.25),
        (" ( ( x ) ) ", 3.0),
        ("x\n\t+ 1", 4.0),
    ];
    for &(text, value) in cases {
        assert_eq!(at(text, 3.0), value, "{text}");
    }
}

#[test]
fn numbers_and_constants() {
    let cases: &[(&str, f64)] = &[
        ("1", 1.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("2.*3", 6.0),
        ("1e-3", 1e-3),
        ("1E+3", 1e3),
        ("1.5e2", 150.0),
        ("0.1", 0.1),
        ("1e-400", 0.0),
        ("pi/2", std::f64::consts::FRAC_PI_2),
        ("-inf", f64::NEG_INFINITY),
        ("tau/e", std::f64::consts::TAU / std::f64::consts::E),
        ("2^53", 9007199254740992.0),
        ("-2^53 - 1", -9007199254740992.0 - 1.0),
        ("if(1 < 2, 5, 6)", 5.0),
        ("sqrt(2)", std::f64::consts::SQRT_2),
        ("1e8", 1e8),
    ];
    for &(text, value) in cases {
        assert_eq!(Expression::constant(text), Ok(value), "{text}");
    }
    assert_eq!(Expression::constant("-0").map(f64::to_bits), Ok((-0.0f64).to_bits()));
    assert_eq!(Expression::constant("2*r").unwrap_err().column(), Some(3));
    assert_eq!(Expression::constant("1 + y*r").unwrap_err().column(), Some(5));
    assert!(Expression::constant("0/0").unwrap_err().message().contains("not a number"));
}

#[test]
fn functions_are_those_of_std() {
    let x = 0.3f64;
    let cases: &[(&str, f64)] = &[
        ("sqrt(x)", x.sqrt()),
        ("cbrt(-x)", (-x).cbrt()),
        ("exp(x)", x.exp()),
        ("exp2(x)", x.exp2()),
        ("expm1(x)", x.exp_m1()),
        ("exp_m1(x)", x.exp_m1()),
        ("ln(x)", x.ln()),
        ("log(x)", x.ln()),
        ("log2(x)", x.log2()),
        ("log10(x)", x.log10()),
        ("log1p(x)", x.ln_1p()),
        ("ln_1p(x)", x.ln_1p()),
        ("sin(x)", x.sin()),
        ("cos(x)", x.cos()),
        ("tan(x)", x.tan()),
        ("asin(x)", x.asin()),
        ("acos(x)", x.acos()),
        ("atan(x)", x.atan()),
        ("atan2(x, -2)", x.atan2(-2.0)),
        ("sinh(x)", x.sinh()),
        ("cosh(x)", x.cosh()),
        ("tanh(x)", x.tanh()),
        ("asinh(x)", libm::asinh(x)),
        ("acosh(x + 1)", libm::acosh(x + 1.0)),
        ("atanh(x)", libm::atanh(x)),
        ("pow(x, 2.5)", x.powf(2.5)),
        ("powf(x, 2)", x.powi(2)),
        ("pow(x, -3)", x.powi(-3)),
        ("x^0.5", x.powf(0.5)),
        ("x^65", x.powf(65.0)),
        ("x^x", x.powf(x)),
        ("hypot(x, 4)", x.hypot(4.0)),
        ("erf(x)", libm::erf(x)),
        ("erfc(x)", libm::erfc(x)),
        ("gamma(x)", libm::tgamma(x)),
        ("lgamma(x)", libm::lgamma(x)),
        ("ln_gamma(x)", libm::lgamma(x)),
        ("abs(-x)", x),
        ("sign(-x)", -1.0),
        ("sign(x - 0.3)", 0.0),
        ("signum(x - 0.3)", 1.0),
        ("floor(-x)", -1.0),
        ("ceil(x)", 1.0),
        ("round(2.5 + 0*x)", 3.0),
        ("trunc(-x - 1)", -1.0),
        ("fract(x + 2)", (x + 2.0).fract()),
        ("min(x, 0.2, 1)", 0.2),
        ("max(x, 0.2, 1, 7)", 7.0),
        ("clamp(x, 0.5, 1)", 0.5),
        ("copysign(2, -x)", -2.0),
        ("recip(x)", x.recip()),
        ("mul_add(x, x, -0.09)", x.mul_add(x, -0.09)),
    ];
    for &(text, value) in cases {
        assert_eq!(at(text, x), value, "{text}");
    }
}

#[test]
fn conditions() {
    for (text, value) in [
        ("if(x < 0, 1, 2)", 2.0),
        ("if(x <= 0.5, 1, 2)", 1.0),
        ("if(x > 0.5, 1, 2)", 2.0),
        ("if(x >= 0.5, 1, 2)", 1.0),
        ("if(x == 0.5, 1, 2)", 1.0),
        ("if(x != 0.5, 1, 2)", 2.0),
        ("if(0 < x && x < 1, 1, 2)", 1.0),
        ("if(x < 0 || x > 1, 1, 2)", 2.0),
        ("if(!(x < 0) && (x < 0 || x + 1 > 1), 1, 2)", 1.0),
        ("if(x < 1, 3, 1/0) + if(x > 1, ln(-1), 4)", 7.0),
        ("if(x<1,if(x<0,1,2),3)", 2.0),
    ] {
        assert_eq!(at(text, 0.5), value, "{text}");
    }
}

#[test]
fn the_branch_not_taken_may_be_anything() {
    let f = Expression::parse("if(x < 0, exp(-1/x^2)/0, sqrt(x))").unwrap();
    let points = [0.0, 0.25, 1.0, 4.0, 9.0];
    for level in Level::available() {
        let mut values = [0.0; 5];
        assert!(evaluate(&f, level, &points, &mut values));
        assert_eq!(values, [0.0, 0.5, 1.0, 2.0, 3.0]);
    }
}

#[test]
fn coordinates_and_dimension() {
    let f = Expression::parse("x + 10*y + 100*z + 1000*x4").unwrap();
    assert_eq!(f.dimension(), 4);
    assert_eq!(f.scalar([1.0, 2.0, 3.0, 4.0]), 4321.0);
    assert_eq!(Expression::parse("x1 - x").unwrap().to_string(), "x - x");
    assert_eq!(Expression::parse("x2/x3").unwrap(), Expression::parse("y/z").unwrap());
    assert_eq!(Expression::parse("x9").unwrap().dimension(), 9);
    // A missing coordinate is NaN, not a panic.
    assert!(f.scalar(1.0).is_nan());
    assert!(f.scalar([1.0, 2.0]).is_nan());
    let mut values = [0.0; 2];
    assert!(evaluate(&f, Level::detect(), &[1.0, 2.0], &mut values));
    assert!(values.iter().all(|value| value.is_nan()));
    let graph = Graph::new();
    let traced = Integrand::<[f64; 2]>::trace(&f, &graph, [graph.coordinate(0), graph.coordinate(1)]);
    assert!(traced.is_none());
    assert_eq!(Integrand::<f64>::required_dimension(&f), Some(4));
}

#[test]
fn parameters_have_values_by_construction() {
    let text = "a*x + b*x^2 + a";
    let f = Expression::parse_with(text, &[("b", 3.0), ("a", 2.0)]).unwrap();
    assert_eq!(f.scalar(10.0), 322.0);
    assert_eq!(f.with("b", 4.0).unwrap().with("a", 1.0).unwrap().scalar(10.0), 411.0);
    assert_eq!(f.parameters().map(|p| p.0).collect::<Vec<_>>(), ["a", "b"]);
    let error = |parameters: &[(&str, f64)]| {
        let error = Expression::parse_with(text, parameters).unwrap_err();
        (error.message().to_owned(), error.column())
    };
    assert_eq!(error(&[]), ("parameters 'a', 'b' have no value".into(), Some(1)));
    assert_eq!(error(&[("a", 1.0)]), ("parameter 'b' has no value".into(), Some(7)));
    assert_eq!(error(&[("a", 1.0), ("a", 1.0)]).0, "parameter 'a' is given twice");
    assert_eq!(error(&[("a", 1.0), ("b", 1.0), ("c", 1.0)]).0, "the formula has no parameter 'c'");
    assert_eq!(error(&[("a", f64::NAN), ("b", 1.0)]).0, "parameter 'a' must be a finite number, not NaN");
    assert_eq!(error(&[("a", 1.0), ("b", f64::INFINITY)]).0, "parameter 'b' must be a finite number, not inf");
    assert_eq!(error(&[("e", 1.0)]).0, "'e' is a constant, so it cannot be a parameter");
    assert_eq!(error(&[("x", 1.0)]).0, "'x' is a coordinate, so it cannot be a parameter");
    assert!(error(&[("1a", 1.0)]).0.contains("is not a name"));
    assert!(f.with("b", f64::NAN).is_err());
}

#[test]
fn uniform_parts_are_computed_from_the_parameters() {
    let f = Expression::parse_with("if(p < 1, exp(p), gamma(p + 1)) * x + sqrt(p)", &[("p", 4.0)]).unwrap();
    assert_eq!(f.scalar(2.0), 50.0);
    assert_eq!(f.with("p", 0.0).unwrap().scalar(2.0), 2.0);
    let only = Expression::parse_with("2*p", &[("p", 4.0)]).unwrap();
    let mut values = [0.0; 3];
    assert!(evaluate(&only, Level::detect(), &[1.0, 2.0, 3.0], &mut values));
    assert_eq!(values, [8.0; 3]);
}

#[test]
fn a_long_sum_is_only_long() {
    let terms = if cfg!(debug_assertions) { 20_000 } else { 100_000 };
    let text = (0..terms).map(|i| format!("x/{}", i % 10 + 1)).collect::<Vec<_>>().join(" + ");
    let f = Expression::parse(&text).unwrap();
    let expected = (0..terms).fold(None, |sum: Option<f64>, i| {
        let term = 3.0 / f64::from(i % 10 + 1);
        Some(sum.map_or(term, |sum| sum + term))
    });
    assert_eq!(Some(f.scalar(3.0)), expected);
    let mut values = [0.0];
    assert!(evaluate(&f, Level::detect(), &[3.0], &mut values));
    assert_eq!(Some(values[0]), expected);
    assert_eq!(f.to_string(), text.replace('/', " / "));
}

#[test]
fn a_template_without_values_is_refused() {
    use quadrille::{Error, Integrator, Rule};
    let template = Expression::template("exp(-p * x) * cos(q * x)").unwrap();
    let half = template.with("p", 2.0).unwrap();
    let refused = |error: Error, name: &str| {
        assert_eq!(error, Error::NoValue { parameter: name.into() });
        assert!(error.to_string().contains(&format!("'{name}'")), "{error}");
    };
    let with = Integrator::new();
    refused(with.integrate(&template, 0.0..1.0).unwrap_err(), "p");
    refused(with.integrate(&half, 0.0..1.0).unwrap_err(), "q");
    refused(with.integrate(&half, [0.0..1.0, 0.0..1.0]).unwrap_err(), "q");
    refused(with.clone().rule(Rule::Left).panels(9).integrate(&half, 0.0..1.0).unwrap_err(), "q");
    refused(with.integrate_vector(&[Expression::parse("x").unwrap(), half.clone()], 0.0..1.0).unwrap_err(), "q");
    refused(with.integrate_vector(&vec![half.clone()], [0.0..1.0, 0.0..1.0]).unwrap_err(), "q");
    let row = |_: &f64| (half.clone(), 0.0..1.0);
    assert_eq!(
        with.sweep(&[1.0, 2.0], row).unwrap_err(),
        Error::Row { row: 0, error: Box::new(Error::NoValue { parameter: "q".into() }) }
    );
    assert!(with.integrate(&half.with("q", 3.0).unwrap(), 0.0..1.0).is_ok());
}

#[test]
fn differences_next_to_1_keep_their_digits() {
    for (text, sign) in [("exp(x) - 1", 1.0), ("1 - exp(x)", -1.0), ("-1 + exp(x)", 1.0)] {
        assert_eq!(at(text, 1e-20), sign * 1e-20, "{text}");
    }
    for (text, sign) in [("1 - cos(x)", 1.0), ("cos(x) - 1", -1.0), ("-1 + cos(x)", -1.0)] {
        assert!((at(text, 1e-10) / (sign * 5e-21) - 1.0).abs() < 1e-15, "{text}");
        assert!((at(text, 2.0) - sign * (1.0 - 2f64.cos())).abs() < 1e-15, "{text}");
    }
    assert_eq!(at("exp(x) + 1", 0.0), 2.0);
    assert_eq!(at("-1 - exp(x)", 0.0), -2.0);
    assert_eq!(at("1 + cos(x)", 0.0), 2.0);
}

#[test]
fn reciprocals_have_names() {
    for (text, value) in [("cot(x)", 0.7f64.tan()), ("sec(x)", 0.7f64.cos()), ("csch(x)", 0.7f64.sinh())] {
        assert!((at(text, 0.7) * value - 1.0).abs() < 1e-15, "{text}");
    }
}
