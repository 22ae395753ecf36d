//! Verification: what it must catch, and what it must not.

#[path = "common/skip.rs"]
mod skip;

use quadrille::lanes::{Lanes, Level, Simd};
use quadrille::{Backend, Error, Expression, Integrand, Integrator, Method, Rule, Status, Verify, Weight, integrand};

/// Right by its scalar definition, wrong on lanes by `error` relative where `from <= x < to`.
struct Wrong {
    error: f64,
    from: f64,
    to: f64,
}

impl Integrand for Wrong {
    fn scalar(&self, x: f64) -> f64 {
        x * x + 1.0
    }

    fn lanes<S: Simd>(&self, x: Lanes<S>) -> Lanes<S> {
        let right = x * x + 1.0;
        let there = x.ge(x.like(self.from)) & x.lt(x.like(self.to));
        there.select(right * (1.0 + self.error), right)
    }
}

fn verified(depth: Verify) -> Integrator {
    Integrator::new().rule(Rule::Midpoint).panels(2_000_000).verify(depth)
}

#[test]
fn a_wrong_lane_function_is_caught() {
    let everywhere = Wrong { error: 1e-13, from: 0.0, to: 1.0 };
    for depth in [Verify::Spot, Verify::Full] {
        let error = verified(depth).integrate(&everywhere, 0.0..1.0).unwrap_err();
        let Error::Disagreement(integral, disagreement) = &error else { panic!("{error}") };
        assert!(integral.estimate.is_finite());
        assert_eq!(disagreement.tile, Some(0));
        assert!((disagreement.fast / disagreement.reference - 1.0 - 1e-13).abs() < 1e-15);
        assert!((disagreement.fast - disagreement.reference).abs() > disagreement.bound);
        let text = error.to_string();
        assert!(text.contains("tile 0") && text.contains(&format!("{:?}", disagreement.reference)), "{text}");
    }
    // Off means off.
    verified(Verify::Off).integrate(&everywhere, 0.0..1.0).unwrap();
}

#[test]
fn full_finds_what_is_wrong_in_one_place() {
    // 20 nodes of 2 million.
    let somewhere = Wrong { error: 1e-6, from: 0.7, to: 0.70001 };
    let error = verified(Verify::Full).integrate(&somewhere, 0.0..1.0).unwrap_err();
    let Error::Disagreement(_, disagreement) = error else { panic!("{error}") };
    let (first, last) = disagreement.nodes;
    assert!(first < 0.7 && 0.7 < last, "the tile is named: {first}..{last}");
}

#[test]
fn a_stopped_verification_keeps_the_estimate_and_says_so() {
    let slow = |x: f64| (0..50).fold(x, |y, _| y.sin());
    let limited = verified(Verify::Full).time_limit(std::time::Duration::from_millis(1)).accept_any_status();
    let integral = limited.panels(3_000_000).integrate(&slow, 0.0..1.0).unwrap();
    assert!(matches!(integral.status, quadrille::Status::Deadline { .. }), "{}", integral.status);
    assert_eq!(integral.agreement, None);

    // Reversed bounds: the estimate that a disagreement carries has its sign too.
    let wrong = Wrong { error: 1e-6, from: 0.0, to: 1.0 };
    let Err(Error::Disagreement(integral, _)) = verified(Verify::Spot).integrate(&wrong, 1.0..0.0) else { panic!() };
    assert!(integral.estimate < 0.0);
}

#[test]
fn agreement_is_reported_with_its_cost() {
    let right = Wrong { error: 0.0, from: 0.0, to: 0.0 };
    let full = verified(Verify::Full).integrate(&right, 0.0..1.0).unwrap().agreement.unwrap();
    assert_eq!((full.depth, full.evaluations), (Verify::Full, 2_000_000));
    assert!(full.worst <= 1.0 && full.unbounded == 0, "{full:?}");
    let spot = verified(Verify::Spot).integrate(&right, 0.0..1.0).unwrap().agreement.unwrap();
    assert!(spot.evaluations > 0 && spot.evaluations <= 131_072, "{}", spot.evaluations);
    let serial = verified(Verify::Full).backend(Backend::Serial).panels(1000).integrate(&right, 0.0..1.0).unwrap();
    assert_eq!(serial.agreement, None);
}

/// Formulas that enlarge the last-place differences between library and lane functions, or jump on them.
#[test]
fn ill_conditioned_integrands_are_not_accused() {
    let formulas = [
        "exp(x) - x - 1",
        "exp(100*x) - exp(100*x + 1e-9)",
        "floor(1e6 * sin(x))",
        "if(sin(x) > 0.5, 1, 0)",
        "tan(x)",
        "(1 + 1/x)^x",
        "sin(1e10 * x)",
        "1/(sin(x) - 0.5)",
        "ln(1 + exp(-40*x)) * 1e12",
        "pow(x, 50*x)",
        "acos(x/4) - asin(x/4)",
    ];
    for formula in formulas {
        let f = Expression::parse(formula).unwrap();
        for level in Level::available() {
            let result = Integrator::new().rule(Rule::Midpoint).panels(10_000).level(level).verify(Verify::Full);
            let agreement =
                result.integrate(&f, 0.1..3.9).unwrap_or_else(|error| panic!("{formula} at {level}: {error}"));
            assert!(agreement.agreement.unwrap().worst <= 1.0, "{formula}");
        }
    }
}

/// Where rounding explains any value, that is said.
#[test]
fn nodes_that_cannot_be_judged_are_counted() {
    // The argument of the step is 0 to rounding at every node, and each of its sides decides between 0 and 1e300.
    let f =
        Expression::parse("if(sin(x)^2 + cos(x)^2 < 1, 1e-300, 1) / (1 + x) + 1/(sin(x)^2 + cos(x)^2 - 1 + 1e-17*x)");
    let integrator = Integrator::new().rule(Rule::Midpoint).panels(1000).verify(Verify::Full).accept_any_status();
    let integral = integrator.integrate(&f.unwrap(), 1.0..2.0).unwrap();
    let agreement = integral.agreement.unwrap();
    assert!(agreement.unbounded > 900, "{agreement}");
    assert!(agreement.to_string().contains("cannot be judged"), "{agreement}");
}

#[integrand]
fn mixed(x: f64, rate: f64) -> f64 {
    if x < 0.3 { x.sqrt() * (1.0 + x).ln() } else { x.sin() * (-rate * x * x).exp() + 1.0 / (1.0 + x * x) }
}

#[test]
fn forms_levels_and_threads_give_the_same_bits() {
    let formula = "if(x < 0.3, sqrt(x) * ln(1 + x), sin(x) * exp(-rate*x*x) + 1/(1 + x*x))";
    let formula = Expression::parse_with(formula, &[("rate", 0.02)]).unwrap();
    for rule in [Rule::Left, Rule::Boole, Rule::GaussLegendre(33)] {
        for n in [10, 1000, 200_000] {
            let fused: Vec<_> = Level::available().filter(|level| level.fused()).collect();
            let mut bits = Vec::new();
            for &level in &fused {
                for threads in [1, 2, 3, 7] {
                    let integrator = Integrator::new().rule(rule).panels(n).level(level).threads(threads);
                    let compiled = integrator.integrate(&mixed { rate: 0.02 }, 0.0..10.0).unwrap();
                    let interpreted = integrator.integrate(&formula, 0.0..10.0).unwrap();
                    bits.push((compiled.estimate.to_bits(), level, threads, "compiled"));
                    bits.push((interpreted.estimate.to_bits(), level, threads, "interpreted"));
                }
            }
            for other in &bits {
                assert_eq!(other.0, bits[0].0, "{rule}, {n} panels: {other:?} and {:?}", bits[0]);
            }
            // Levels without fused multiply-add agree within rounding.
            for level in Level::available().filter(|level| !level.fused()) {
                let integrator = Integrator::new().rule(rule).panels(n).level(level);
                let value = integrator.integrate(&mixed { rate: 0.02 }, 0.0..10.0).unwrap().estimate;
                assert!((value / f64::from_bits(bits.first().map_or(value.to_bits(), |b| b.0)) - 1.0).abs() < 1e-15);
            }
            if fused.len() < 2 {
                skip::skipped("this CPU has fewer than two levels with fused multiply-add");
            }
        }
    }
}

/// Adaptive: right on all kinds of regions, and the same integral as without verification.
#[test]
fn adaptive_results_agree_with_the_reference() {
    let formulas = [
        ("exp(x)", 0.0, 1.0),
        ("sin(50*x) / (1e-3 + x)", 0.0, 1.0),
        ("sqrt(x) * ln(x)", 0.0, 1.0),
        ("abs(x - 0.3) + if(x > 0.7, 1, 0)", 0.0, 1.0),
        ("exp(-x^2) * cos(3*x)", f64::NEG_INFINITY, f64::INFINITY),
        ("exp(-x) / (1 + sin(20*x)^2)", 0.0, f64::INFINITY),
        ("1/sqrt(abs(x - 0.3))", 0.0, 0.3),
        ("exp(-((x - 0.61372) / 1e-4)^2)", 0.0, 1.0),
        ("2", 3.0, 3.0),
    ];
    for (formula, a, b) in formulas {
        let f = Expression::parse(formula).unwrap();
        for method in [Method::Auto, Method::GaussKronrod(31), Method::DoubleExponential] {
            for level in Level::available() {
                let plain = Integrator::new().method(method).level(level).accept_any_status();
                let alone = plain.integrate(&f, a..b).unwrap();
                for depth in [Verify::Spot, Verify::Full] {
                    let what = format!("{formula}, {method}, {level}, {depth}");
                    let integral = plain.clone().verify(depth).integrate(&f, a..b);
                    let integral = integral.unwrap_or_else(|error| panic!("{what}: {error}"));
                    assert_eq!((integral.estimate, integral.regions), (alone.estimate, alone.regions), "{what}");
                    assert_eq!(integral.fallbacks.is_empty(), integral.status == Status::Converged, "{what}");
                    let agreement = integral.agreement;
                    assert_eq!(agreement.is_some(), integral.status == Status::Converged, "{what}");
                    let Some(agreement) = agreement else { continue };
                    assert!(agreement.worst <= 1.0 && agreement.depth == depth, "{what}: {agreement}");
                    // An end may be looked at that rounding makes a little worse there.
                    assert!(
                        agreement.evaluations <= 2 * (integral.evaluations + integral.regions) + 512,
                        "{what}: {agreement}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_wrong_lane_function_is_caught_in_an_adaptive_mesh() {
    let everywhere = Wrong { error: 1e-13, from: 0.0, to: 1.0 };
    for depth in [Verify::Spot, Verify::Full] {
        let error = Integrator::new().verify(depth).integrate(&everywhere, 0.0..1.0).unwrap_err();
        let Error::Disagreement(integral, disagreement) = &error else { panic!("{error}") };
        assert_eq!((integral.status, disagreement.tile, disagreement.nodes), (Status::Converged, Some(0), (0.0, 1.0)));
        assert!((disagreement.fast / disagreement.reference - 1.0 - 1e-13).abs() < 1e-15);
    }
    Integrator::new().integrate(&everywhere, 0.0..1.0).unwrap();
    // In one of a hundred regions.
    let somewhere = Wrong { error: 1e-7, from: 0.7, to: 0.701 };
    let points: Vec<f64> = (1..100).map(|k| 0.01 * f64::from(k)).collect();
    let integrator = Integrator::new().points(&points).rel_tol(1e-3).accept_any_status();
    let error = integrator.clone().verify(Verify::Full).integrate(&somewhere, 1.0..0.0).unwrap_err();
    let Error::Disagreement(integral, disagreement) = error else { panic!("{error}") };
    assert!(disagreement.nodes.0 < 0.701 && 0.7 < disagreement.nodes.1 && integral.estimate < 0.0, "{disagreement}");
    let spot = integrator.verify(Verify::Spot).integrate(&somewhere, 1.0..0.0).unwrap().agreement.unwrap();
    assert!(spot.evaluations < 6 * 150, "{spot}");
}

#[test]
fn ill_conditioned_integrands_are_not_accused_in_an_adaptive_mesh() {
    for formula in
        ["exp(x) - x - 1", "floor(10 * sin(x))", "if(sin(x) > 0.5, 1, 0)", "sin(1e4 * x)", "acos(x/4) - asin(x/4)"]
    {
        let f = Expression::parse(formula).unwrap();
        for level in Level::available() {
            let integrator = Integrator::new().level(level).rel_tol(1e-8).accept_any_status().verify(Verify::Full);
            let integral =
                integrator.integrate(&f, 0.1..3.9).unwrap_or_else(|error| panic!("{formula} {level}: {error}"));
            assert!(integral.agreement.is_none_or(|agreement| agreement.worst <= 1.0), "{formula}");
        }
    }
}

#[test]
fn integrals_with_a_weight_are_verified() {
    let questions = [
        ("exp(x)", Weight::Cos(50.0), 0.0, 1.0),
        ("exp(x)", Weight::Sin(0.0), 0.0, 1.0),
        ("1/(1 + x^2)", Weight::Cos(3.0), 0.0, f64::INFINITY),
        ("1/(1 + x^4)", Weight::Cos(2.0), f64::NEG_INFINITY, f64::INFINITY),
        ("sqrt(x)", Weight::Sin(20.0), 0.0, 1.0),
        ("exp(x) - x - 1", Weight::Cauchy(0.5), 0.0, 2.0),
        ("cos(x) + sqrt(1 - x)", Weight::algebraic(-0.5, 0.0), 0.0, 1.0),
        ("if(x > 0.3, 1, 0)", Weight::algebraic(-0.5, 0.25), 0.0, 1.0),
    ];
    for (formula, weight, a, b) in questions {
        let f = Expression::parse(formula).unwrap();
        for depth in [Verify::Spot, Verify::Full] {
            let plain = Integrator::new().weight(weight).rel_tol(1e-8).accept_any_status();
            let alone = plain.integrate(&f, a..b).unwrap();
            let integral = plain.clone().verify(depth).integrate(&f, a..b);
            let integral = integral.unwrap_or_else(|error| panic!("{formula} {weight:?}: {error}"));
            assert_eq!((integral.estimate, integral.regions), (alone.estimate, alone.regions), "{formula}");
            assert!(integral.fallbacks.is_empty() && integral.status == Status::Converged, "{formula}");
            assert!(integral.agreement.is_some_and(|agreement| agreement.worst <= 1.0), "{formula}");
        }
    }
    let somewhere = Wrong { error: 1e-12, from: 0.3, to: 0.7 };
    let error = Integrator::new().weight(Weight::Cos(5.0)).verify(Verify::Full).integrate(&somewhere, 0.0..1.0);
    assert!(matches!(error, Err(Error::Disagreement(..))), "{error:?}");
}

#[test]
fn rows_of_a_sweep_are_verified() {
    let rows: Vec<f64> = (0..1000).map(|k| 0.1 + 0.01 * f64::from(k)).collect();
    for depth in [Verify::Spot, Verify::Full] {
        let right = |&p: &f64| (mixed { rate: p }, 0.0..1.0);
        let sweep = Integrator::new().verify(depth).sweep(&rows, right).unwrap();
        let agreement = sweep.agreement.unwrap();
        assert!(agreement.worst <= 1.0 && agreement.evaluations > 0 && sweep.fallbacks.is_empty());
        assert_eq!(sweep.estimates, Integrator::new().sweep(&rows, right).unwrap().estimates);
        let wrong = |_: &f64| (Wrong { error: 1e-12, from: 0.0, to: 1.0 }, 0.0..1.0);
        let error = Integrator::new().verify(depth).sweep(&rows, wrong).unwrap_err();
        let Error::Row { row: 0, error } = error else { panic!("{error}") };
        assert!(matches!(*error, Error::Disagreement(..)), "{error}");
    }
}

/// x² y + 1 in several variables, wrong on lanes by 1e-12 where x ≥ 0.4.
struct WrongOverBoxes;

impl<const D: usize> Integrand<[f64; D]> for WrongOverBoxes {
    fn scalar(&self, x: [f64; D]) -> f64 {
        x[0] * x[0] * x[1] + 1.0
    }

    fn lanes<S: Simd>(&self, x: [Lanes<S>; D]) -> Lanes<S> {
        let right = x[0] * x[0] * x[1] + 1.0;
        x[0].ge(x[0].like(0.4)).select(right * (1.0 + 1e-12), right)
    }
}

#[test]
fn values_over_boxes_are_verified_by_all_methods() {
    let right = Expression::parse("exp(-x*y) * sin(x + z) + if(x > 0.3, 1, 0)").unwrap();
    let cube = || [0.0..1.0, 0.0..1.0, 0.0..1.0];
    let methods = [Method::Auto, Method::Cubature, Method::Lattice, Method::Sobol, Method::MonteCarlo, Method::Vegas];
    for (method, depth) in methods.into_iter().flat_map(|method| [(method, Verify::Spot), (method, Verify::Full)]) {
        let with = Integrator::new().method(method).rel_tol(1e-3).max_evaluations(30_000).accept_any_status();
        let plain = with.integrate(&right, cube()).unwrap();
        let with = with.verify(depth);
        let integral = with.integrate(&right, cube()).unwrap();
        assert_eq!((integral.estimate, integral.error), (plain.estimate, plain.error));
        let agreement = integral.agreement.unwrap();
        let least = if depth == Verify::Full { integral.evaluations * 9 / 10 } else { 8 };
        assert!(agreement.worst <= 1.0 && agreement.evaluations >= least, "{method}: {agreement}");
        // Whoever evaluates what.
        let alone = with.clone().threads(1).integrate(&right, cube()).unwrap().agreement.unwrap();
        assert_eq!(alone.evaluations, agreement.evaluations, "{method}");
        if depth == Verify::Full {
            let error = with.integrate(&WrongOverBoxes, cube()).unwrap_err();
            let Error::Disagreement(integral, disagreement) = &error else { panic!("{error}") };
            assert!(integral.estimate.is_finite() && disagreement.nodes.0 >= 0.4, "{error}");
            assert!(integral.bad_point.len() == 3 && integral.bad_point[0] == disagreement.nodes.0, "{error}");
            assert!(error.to_string().contains("the integrand at a point with x = "), "{error}");
        }
        if method != Method::Vegas {
            let sure = with.abs_tol(1e-3).integrate_vector(&[right.clone(), right.clone()], cube()).unwrap();
            assert!(sure.agreement.unwrap().evaluations > 0, "{method}");
        }
    }
    let full = Integrator::new().verify(Verify::Full).rel_tol(1e-6);
    let error = full.sweep(&[1.0, 2.0], |&b| (WrongOverBoxes, [0.0..b, 0.0..1.0])).unwrap_err();
    let Error::Row { row: 0, error } = error else { panic!("{error}") };
    assert!(matches!(*error, Error::Disagreement(..)), "{error}");
    // A change of sign is judged by the operations that lead to it, over a domain too; an error is told at a point of
    // that.
    let ball = quadrille::domain::Ball::new([1.0, 0.5, 0.0], 2.0);
    let over_ball = full.clone().abs_tol(1e-4).accept_any_status();
    let crossing = Expression::parse("sin(3*x) - 0.5 + y*z").unwrap();
    let agreement = over_ball.integrate_over(&crossing, &ball).unwrap().agreement.unwrap();
    assert!(agreement.worst <= 1.0 && agreement.evaluations > 1000, "{agreement}");
    let error = over_ball.integrate_over(&WrongOverBoxes, &ball).unwrap_err();
    let Error::Disagreement(integral, disagreement) = &error else { panic!("{error}") };
    let away = [integral.bad_point[0] - 1.0, integral.bad_point[1] - 0.5, integral.bad_point[2]];
    assert!(away.iter().map(|x| x * x).sum::<f64>() < 4.0 && disagreement.nodes.0 >= 0.4, "{error}");
    let sums = Integrator::new().rule(Rule::Simpson).panels(100).verify(Verify::Spot);
    assert!(sums.sweep(&[1.0, 2.0], |&b| (|x: f64| x.sin(), 0.0..b)).unwrap().agreement.unwrap().evaluations > 0);
}

#[test]
fn components_are_verified_one_by_one() {
    let right = ["exp(x)", "sqrt(x)", "abs(x - 0.3)"].map(|text| Expression::parse(text).unwrap());
    for depth in [Verify::Spot, Verify::Full] {
        let integrator = Integrator::new().verify(depth);
        let agreement = integrator.integrate_vector(&right, 0.0..1.0).unwrap().agreement.unwrap();
        assert!(agreement.worst <= 1.0 && agreement.evaluations > 100, "{agreement}");
        let wrong = [0.0, 0.0, 1e-12].map(|error| Wrong { error, from: 0.0, to: 1.0 });
        let error = integrator.integrate_vector(&wrong, 0.0..1.0).unwrap_err();
        assert!(matches!(error, Error::VectorDisagreement { component: 2, .. }), "{error}");
        assert!(error.to_string().starts_with("component 2: tile 0"), "{error}");
        let none = integrator.integrate_vector(&right, 1.0..1.0).unwrap();
        assert_eq!((none.regions, none.agreement.unwrap().evaluations), (0, 0));
        let closure = integrator.integrate_vector(&|x: f64| [x, x.sin()], 0.0..1.0).unwrap();
        assert_eq!(closure.agreement.unwrap().worst, 0.0);
    }
}

/// tan at π/2 - 1e-20 is a matter of rounding alone: no tolerance is kept there.
#[test]
fn a_value_that_rounding_decides_keeps_no_tolerance() {
    let f = Expression::parse("tan(atan(x))").unwrap();
    for backend in [Backend::Serial, Backend::Simd] {
        let sum =
            Integrator::new().rule(Rule::Midpoint).panels(1000).backend(backend).rel_tol(1e-3).accept_any_status();
        let [known, unknown] = [1.0, 1e20].map(|upper| sum.integrate(&f, 0.0..upper).unwrap().status);
        assert_eq!(known, Status::Summed);
        assert!(matches!(unknown, Status::PrecisionFloor { .. }), "{unknown}");
    }
}
