use super::{Ball, Bounded};
use crate::integrand::{Expression, Integrand, evaluate};
use crate::lanes::Level;

fn formula(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn ball(text: &str, x: f64) -> Ball {
    Bounded::new::<f64>(&formula(text)).unwrap().at(&[x])
}

/// Points of no special form, spread over `low..high`.
fn points(low: f64, high: f64, count: usize) -> Vec<f64> {
    (0..count).map(|i| low + (high - low) * ((i as f64 + 0.5) * 0.618_033_988_749_895).fract()).collect()
}

const BENIGN: &[&str] = &[
    "sin(x) * exp(-x^2/50)",
    "1 / (1 + exp(-x))",
    "x^2.5 + log1p(x)",
    "atan2(x, 2) + hypot(x, 3)",
    "sqrt(2 + cos(x))",
    "erf(x/3) * cosh(x/4) + x^7",
    "if(x < 2.5, exp(x), ln(1 + x))",
    "max(sin(x), cos(x)) + 2",
    "gamma(1 + x) / (1 + x)",
];

const ROUGH: &[&str] = &[
    "exp(x) - exp(x + 1e-9)",
    "1 / sin(x)",
    "tan(x)^3",
    "floor(5*sin(x))",
    "fract(exp(x))",
    "round(10 * cos(x))",
    "if(sin(x) < cos(x), exp(x), -1/x)",
    "sign(cos(x)) + copysign(2, sin(x))",
    "lgamma(-x) + gamma(-x)",
    "acos(cos(x)) + asin(sin(x))",
    "atan2(sin(x), cos(3*x))",
    "(sin(x) - cos(x))^-2",
    "sin(1e5 * exp(x))",
    "exp(exp(x + 4))",
    "exp(x) % 0.3",
    "abs(sin(x))^cos(x)",
    "acosh(cosh(x)) + atanh(tanh(x)) + asinh(sinh(x))",
];

/// How `A`, `B` and `C` are put together.
const SHAPES: &[&str] = &[
    "A + B*C",
    "A - B/C",
    "A^2 - B^-3",
    "A^B",
    "(B)^A / C",
    "min(A, B) * C",
    "if(A < B, C, -A)",
    "if(A >= B || C > 1, B - C, 1/A)",
    "ln(1 + A^2)",
    "sin(A) * exp(-B)",
    "lgamma(A)",
    "gamma(A)",
    "atan2(A, B)",
    "tan(A) + acosh(B)",
    "copysign(A, B) + round(C)",
    "fract(A) + sign(B - C)",
    "erf(A) - erf(B)",
    "sqrt(A) + floor(B) % 7",
    "mul_add(A, B, C)",
    "hypot(A, B)",
];

#[test]
fn value_is_the_scalar_reference() {
    for text in BENIGN.iter().chain(ROUGH) {
        for x in points(-8.0, 8.0, 300) {
            let (ball, value) = (ball(text, x), formula(text).scalar(x));
            assert!(
                ball.value.to_bits() == value.to_bits() || (value.is_nan() && ball.value.is_nan()),
                "{text} at {x}"
            );
            assert!(ball.bound >= 0.0, "{text} at {x}: {ball:?}");
        }
    }
}

#[test]
fn arithmetic_has_no_error() {
    for text in
        ["((x+1)*(x-2)*x + 3*x - 1) / (1 + x^2)", "if(x < 0.5, sqrt(abs(x)), floor(3*x))", "clamp(x, 0, 1) % 0.3"]
    {
        for x in points(-3.0, 3.0, 100) {
            assert_eq!(ball(text, x).bound, 0.0, "{text} at {x}");
        }
    }
    assert_eq!(ball("1/x", 0.0), Ball { value: f64::INFINITY, bound: 0.0 });
    assert_eq!(ball("mul_add(x, x, -1) / 3", 0.3).bound, 0.0);
}

#[test]
fn lanes_are_within_the_bound_at_every_level() {
    let points: Vec<f64> = [points(-8.0, 8.0, 1000), vec![0.0, -0.0, 1.0, -1.0, 2.0, 709.0, 1e10]].concat();
    let mut values = vec![0.0; points.len()];
    for text in BENIGN.iter().chain(ROUGH) {
        let f = formula(text);
        let bounded = Bounded::new::<f64>(&f).unwrap();
        for level in Level::available() {
            assert!(evaluate(&f, level, &points, &mut values));
            for (&x, &value) in points.iter().zip(&values) {
                let ball = bounded.at(&[x]);
                assert!(ball.admits(value), "{text} at {x:e}, {level}: {value:e} is not within {ball:?}");
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 2 * proptest::test_runner::Config::default().cases,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn lanes_are_within_the_bound_of_any_combination(
        parts in proptest::array::uniform3(proptest::sample::select([BENIGN, ROUGH].concat())),
        shape in proptest::sample::select(SHAPES),
        inner in proptest::sample::select(&["x", "(x + 1)", "(-x)", "(x^2)", "sin(x)", "exp(x)", "(1/x)"][..]),
        seed in 0.0..1.0f64,
    ) {
        let text = shape.replace('A', "<0>").replace('B', "<1>").replace('C', "<2>");
        let text = parts.iter().enumerate().fold(text, |text, (i, part)| text.replace(&format!("<{i}>"), &format!("({part})")));
        // A function of a function: the first coordinate replaced, but not the x of a name.
        let text = text.replace("exp", "EXP").replace("max", "MAX").replace('x', inner).replace("EXP", "exp").replace("MAX", "max");
        let f = formula(&text);
        let bounded = Bounded::new::<f64>(&f).unwrap();
        let points: Vec<f64> = points(-3.0, 4.0, 32).into_iter().map(|x| x + seed).collect();
        let mut values = [0.0; 32];
        for level in Level::available() {
            evaluate(&f, level, &points, &mut values);
            for (&x, &value) in points.iter().zip(&values) {
                let ball = bounded.at(&[x]);
                proptest::prop_assert!(ball.admits(value), "{} at {:e}, {}: {:e} is not within {:?}", text, x, level, value, ball);
            }
        }
    }
}

#[test]
fn bound_is_not_loose_where_nothing_cancels() {
    for text in BENIGN {
        let bounded = Bounded::new::<f64>(&formula(text)).unwrap();
        let in_ulp = |x: f64| {
            let ball = bounded.at(&[x]);
            ball.bound / (f64::EPSILON * ball.value.abs())
        };
        let mut ratios: Vec<f64> = points(0.1, 6.0, 501).into_iter().map(in_ulp).collect();
        ratios.sort_by(f64::total_cmp);
        assert!(ratios[250] < 100.0, "{text}: half of the bounds are above {} ulp", ratios[250]);
    }
}

#[test]
fn bound_follows_the_cancellation() {
    let ball = ball("exp(x) + 1 - 2", 1e-10);
    let relative = ball.bound / ball.value;
    assert!((1e-7..1e-4).contains(&relative), "{relative}");
}

#[test]
fn nothing_is_known_across_a_pole_or_a_domain() {
    for (text, x) in
        [("1 / (sin(x) - sin(x)*1)", 1.0), ("sqrt(sin(x) - sin(x + 0))", 1.0), ("(exp(x) + 1 - 2)^-2", 1e-17)]
    {
        assert_eq!(ball(text, x).bound, f64::INFINITY, "{text}");
    }
}

#[test]
fn both_branches_count_where_the_condition_is_uncertain() {
    let near = ball("if(exp(x) < 2.718281828459045, 1, 4)", 1.0);
    assert_eq!(near.bound, 3.0);
    assert_eq!(ball("if(exp(x) < 3, 1, 4)", 1.0), Ball { value: 1.0, bound: 0.0 });
    assert_eq!(ball("if(exp(x) < 2.718281828459045 && x < 0, 1, 4)", 1.0).bound, 0.0);
    assert_eq!(ball("if(!(exp(x) < 2.718281828459045) || x > 0, 1, 4)", 1.0).bound, 0.0);
    assert_eq!(ball("floor(sin(x)^2 + cos(x)^2 + 1)", 0.7).bound, 1.0);
}

#[test]
fn a_wrong_value_is_not_admitted() {
    let ball = ball("sin(x) * exp(-x^2/50)", 2.0);
    assert!(ball.admits(ball.value) && !ball.admits(ball.value * (1.0 + 1e-13)) && !ball.admits(f64::NAN));
    assert!(Ball { value: f64::NAN, bound: 0.0 }.admits(f64::NAN));
    assert!(!Ball { value: f64::INFINITY, bound: 0.0 }.admits(f64::NEG_INFINITY));
}

#[test]
fn overflow_is_uncertain_only_at_its_edge() {
    assert_eq!(ball("exp(x)", 709.782_712_893_384).bound, f64::INFINITY);
    assert_eq!(ball("exp(x)", 800.0), Ball { value: f64::INFINITY, bound: 0.0 });
    assert_eq!(ball("ln(x)", 0.0), Ball { value: f64::NEG_INFINITY, bound: 0.0 });
}
