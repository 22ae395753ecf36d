//! What an integral on a GPU says of itself: the node where the integrand is not finite, what its arithmetic cannot do,
//! and when it is content.

use crate::adapter::{arithmetics, device};
use quadrille::gpu::{Device, Precision};
use quadrille::{Backend, Error, Expr, Expression, Graph, Integrand, Integrator, Rule, Status, Verify};

fn formula(text: &str) -> Expression {
    Expression::parse(text).unwrap()
}

fn on(device: &Device, rule: Rule, panels: u64) -> Integrator {
    Integrator::new().rule(rule).panels(panels).backend(Backend::Gpu).device(device)
}

/// The ends of the interval are nodes of some rules, and as exact as on the CPU.
#[test]
fn a_pole_at_an_end_or_at_zero_is_met() {
    let Some(device) = device() else { return };
    let cases = [
        ("ln(3.3 - x)", Rule::Right, 3, 0.0, 3.3),
        ("1/(x - 0.1)", Rule::Trapezoid, 7, 0.1, 0.7),
        ("ln(0.7 - x)", Rule::Simpson, 1000, 0.1, 0.7),
        ("1/(x + 1.1)", Rule::Left, 100_000, -1.1, 0.0),
        ("if(x == 0.5, 1/0, x)", Rule::Left, 10, 0.0, 1.0),
        ("1/x^2", Rule::Midpoint, 1_000_001, -0.5, 0.5),
        ("1/x^2", Rule::Trapezoid, 1_000_000, -0.3, 0.3),
    ];
    for (text, rule, panels, lower, upper) in cases {
        let f = formula(text);
        let gpu = on(device, rule, panels).accept_any_status();
        let cpu = gpu.clone().backend(Backend::Simd).integrate(&f, lower..upper).unwrap();
        assert!(matches!(cpu.status, Status::NonFinite { .. }), "{cpu:#}");
        for (precision, _) in arithmetics(device) {
            match gpu.clone().precision(precision).integrate(&f, lower..upper) {
                Ok(integral) => assert_eq!(integral.status, cpu.status, "{text}, {precision}: {integral:#}"),
                Err(error) => panic!("{text}, {precision}: {error}"),
            }
        }
    }
}

/// What is NaN on the way in `f64` too, and does not show in the value, is no matter of range.
#[test]
fn nan_on_the_way_is_not_called_out_of_range() {
    let Some(device) = device() else { return };
    for text in ["max(sqrt(x - 2), 1)", "min(ln(-x), 1)", "sqrt(-1 - x)^0", "sqrt(x - 0.3)^0", "max(ln(x - 0.3), 2)"] {
        for (precision, _) in arithmetics(device) {
            let gpu = on(device, Rule::Midpoint, 1000).precision(precision);
            let cpu = gpu.clone().backend(Backend::Simd).integrate(&formula(text), 0.0..1.0).unwrap();
            let integral =
                gpu.integrate(&formula(text), 0.0..1.0).unwrap_or_else(|error| panic!("{text}, {precision}: {error}"));
            assert_eq!((integral.estimate, integral.status), (cpu.estimate, Status::Summed), "{text}, {precision}");
        }
    }
}

/// Where the arithmetic has no answer, it is said what it yields and where, or what it is too small for.
#[test]
fn what_the_arithmetic_yields_is_told_as_it_is() {
    let Some(device) = device() else { return };
    let said = |text: &str, precision, panels| match on(device, Rule::Left, panels)
        .precision(precision)
        .integrate(&formula(text), 0.0..1.0)
    {
        Err(Error::BackendUnavailable { reason, .. }) => reason,
        other => panic!("{text}, {precision}: {other:?}"),
    };
    for (precision, _) in arithmetics(device).filter(|(precision, _)| *precision != Precision::F64) {
        let is_said = |text, panels, words: &str| {
            let reason = said(text, precision, panels);
            assert!(reason.contains(&words.replace("P", &precision.to_string())), "{text}, {precision}: {reason}");
        };
        is_said("exp(100*x)", 1000, "a value on the way to the integrand at x = 0.8");
        is_said("atan(exp(100*x))", 1000, "is out of the range of P");
        // At one node alone, which no sample meets.
        let words = "the P arithmetic yields inf at x = 0.5, where the integrand is 2.68811714181613";
        is_said("if(x == 0.5, exp(200*x), x)", 1024, words);
        is_said("3e38 + x", 1000, "the sum of values up to 3e38 is out of the range of P");
        // 1/(2^-60) in f64, 1/0 in less.
        is_said("1/((1 + 8.7e-19*x) - 1 + 1e-16)", 1000, "rounding explains any value");
    }
}

/// Without a tolerance a sum is a sum, be it next to nothing or nothing at all; and where nothing of it is right, that
/// is said without one.
#[test]
fn a_small_sum_without_a_tolerance_is_no_floor() {
    let Some(device) = device() else { return };
    for (text, panels) in [("exp(-(1e5*(x-.1))^2)", 1_000_000), ("0*x", 1000), ("exp(-(1e3*(x-.1))^2)", 100_000)] {
        for (precision, unit) in arithmetics(device) {
            let gpu = on(device, Rule::Midpoint, panels).precision(precision);
            let cpu = gpu.clone().backend(Backend::Simd).integrate(&formula(text), 0.0..1.0).unwrap();
            let integral =
                gpu.integrate(&formula(text), 0.0..1.0).unwrap_or_else(|error| panic!("{text}, {precision}: {error}"));
            assert_eq!(integral.status, Status::Summed);
            let error = (integral.estimate - cpu.estimate).abs();
            assert!(error <= unit.sqrt() * cpu.estimate, "{text}, {precision}: {error:e}");
        }
    }
    for (precision, _) in arithmetics(device).filter(|(precision, _)| *precision != Precision::F64) {
        let gpu = on(device, Rule::Midpoint, 1000).precision(precision);
        let error = gpu.integrate(&formula("exp(-300 - x)"), 0.0..1.0).unwrap_err().to_string();
        assert!(error.contains("in more than half of its digits") && !error.contains("tolerance"), "{error}");
    }
}

/// A spike that only one of the two meets is no sum that agrees.
#[test]
fn a_spike_that_the_arithmetic_misses_is_no_small_error() {
    let Some(device) = device() else { return };
    let f = formula("if(abs(x) < 1e-30, 1e30, 0)");
    for (precision, _) in arithmetics(device).filter(|(precision, _)| *precision == Precision::F32) {
        for panels in [4097, 30_011] {
            let gpu = on(device, Rule::GaussLegendre(3), panels).precision(precision).accept_any_status();
            let cpu = gpu.clone().backend(Backend::Simd).integrate(&f, -0.5..0.5).unwrap();
            let integral = gpu.verify(Verify::Full).integrate(&f, -0.5..0.5).unwrap();
            let told = (integral.estimate - cpu.estimate).abs() <= 1e-6 * cpu.estimate
                || matches!(integral.status, Status::PrecisionFloor { .. });
            assert!(told, "{panels}: {integral:#} but {cpu:#}");
        }
    }
}

/// A node of the GPU may be the pole itself where that of the CPU is next to it: no matter of range.
#[test]
fn a_pole_that_only_the_gpu_meets_is_told_as_it_is() {
    let Some(device) = device() else { return };
    for (precision, _) in arithmetics(device).filter(|(precision, _)| *precision == Precision::F64) {
        let gpu = on(device, Rule::Left, 1_000_000).precision(precision);
        let error = gpu.integrate(&formula("1/(x - 0.3)"), 0.0..1.0).unwrap_err().to_string();
        assert!(error.contains("rounding explains any value of the integrand at x = 0.3"), "{error}");
    }
}

/// A node at which rounding explains any value excuses itself, not its neighbours.
#[test]
fn a_pole_excuses_no_other_node() {
    let Some(device) = device() else { return };
    // What runs on the CPU is one function, and what the GPU has of it another.
    struct Other(Expression, Expression);
    impl Integrand for Other {
        fn scalar(&self, x: f64) -> f64 {
            self.0.scalar(x)
        }
        fn trace<'g>(&self, graph: &'g Graph, x: Expr<'g>) -> Option<Expr<'g>> {
            Integrand::<f64>::trace(&self.1, graph, x)
        }
    }
    let pole = "1/(x - 0.5000001) + sin(x)";
    let right = Other(formula(pole), formula(pole));
    let wrong = Other(formula(pole), formula("1/(x - 0.5000001) + 1.01*sin(x)"));
    for (precision, _) in arithmetics(device).filter(|(precision, _)| *precision == Precision::F32) {
        for verify in [Verify::Spot, Verify::Full] {
            let gpu = on(device, Rule::Left, 1000).precision(precision).verify(verify).accept_any_status();
            let integral = gpu.integrate(&right, 0.0..1.0).unwrap();
            let agreement = integral.agreement.unwrap();
            assert_eq!((agreement.evaluations, agreement.unbounded), (1000, 1), "{integral:#}");
            let error = gpu.integrate(&wrong, 0.0..1.0).unwrap_err();
            assert!(matches!(error, Error::Disagreement(..)), "{error}");
        }
    }
}

/// Nothing is evaluated: the answer is that of the backend that was asked for.
#[test]
fn an_empty_interval_is_answered_by_the_backend_asked_for() {
    for backend in [Backend::Serial, Backend::Simd, Backend::Gpu] {
        let integrator = Integrator::new().rule(Rule::Left).panels(10).backend(backend);
        let integral = integrator.integrate(&formula("x"), 1.0..1.0).unwrap();
        assert_eq!((integral.backend, integral.estimate, integral.evaluations), (backend, 0.0, 0));
    }
}
