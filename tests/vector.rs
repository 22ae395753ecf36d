//! Several components on one mesh: right in every norm, and never converged and wrong.

#[path = "vector/alone.rs"]
mod alone;
#[path = "vector/boxes.rs"]
mod boxes;
#[path = "adaptive/cases.rs"]
mod cases;
#[cfg(feature = "complex")]
#[path = "vector/complex.rs"]
mod complex;
#[path = "vector/tails.rs"]
mod tails;

use cases::{Draws, TOLERANCES, read};
use quadrille::{
    Backend, Cancel, Error, Expression, Integrator, Method, Norm, Rule, Status, VectorIntegral, VectorIntegrand,
    components, integrand,
};
use std::f64::consts::PI;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

const NORMS: [Norm; 4] = [Norm::Euclidean, Norm::Max, Norm::Each, Norm::First];
const INF: f64 = f64::INFINITY;

/// The integrals whatever their status.
fn run(integrator: &Integrator, f: &impl VectorIntegrand, a: f64, b: f64) -> VectorIntegral {
    match integrator.integrate_vector(f, a..b) {
        Ok(integral) => integral,
        Err(Error::VectorNotConverged(integral)) => *integral,
        Err(error) => panic!("{error}"),
    }
}

/// Whether the claim holds: of every component by itself, and of the whole in its norm.
fn is_honest(integral: &VectorIntegral, exact: &[f64], tolerance: f64, reachable: f64) -> bool {
    let wrong: Vec<f64> = integral.estimates.iter().zip(exact).map(|(a, b)| (a - b).abs()).collect();
    let least = |c: usize| (reachable.max(4.0 * f64::EPSILON) * exact[c].abs()).max(1e-300);
    // What is far below the tolerance is claimed roughly.
    let all = (0..exact.len()).all(|c| wrong[c] <= (3.0 * integral.errors[c]).max(least(c)));
    let length = |values: &[f64]| values.iter().fold(0.0f64, |sum, value| sum.hypot(*value));
    let largest = |values: &[f64]| values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    let allowed = tolerance.max(reachable).max(4.0 * f64::EPSILON);
    let norm = match integral.norm {
        Norm::Euclidean => length(&wrong) <= allowed * length(exact),
        Norm::Max => largest(&wrong) <= allowed * largest(exact),
        Norm::Each => wrong.iter().zip(exact).all(|(wrong, exact)| *wrong <= allowed * exact.abs()),
        _ => wrong[0] <= allowed * exact[0].abs(),
    };
    all && norm
}

#[test]
fn closed_forms_in_every_form_and_norm() {
    let [sin, cos] = [1.0 - 3f64.cos(), 3f64.sin()];
    let closure = |x: f64| [x.sin(), x.cos()];
    let filled = components(2, |x: f64, values: &mut [f64]| (values[0], values[1]) = (x.sin(), x.cos()));
    let formulas = [Expression::parse("sin(x)").unwrap(), Expression::parse("cos(x)").unwrap()];
    let list = formulas.to_vec();
    for norm in NORMS {
        for tolerance in TOLERANCES {
            for method in [Method::Auto, Method::GaussKronrod(15), Method::DoubleExponential] {
                // Rounding is more than that, where there are as many nodes.
                let tolerance = if method == Method::DoubleExponential { tolerance.max(1e-12) } else { tolerance };
                for backend in [Backend::Auto, Backend::Serial] {
                    let integrator = Integrator::new().norm(norm).rel_tol(tolerance).method(method).backend(backend);
                    for integral in [
                        run(&integrator, &closure, 0.0, 3.0),
                        run(&integrator, &filled, 0.0, 3.0),
                        run(&integrator, &formulas, 0.0, 3.0),
                        run(&integrator, &list, 0.0, 3.0),
                    ] {
                        assert_eq!(integral.status, Status::Converged, "{norm:?} {method} {integral:#}");
                        assert!(is_honest(&integral, &[sin, cos], tolerance, 0.0), "{norm:?} {method} {integral:#}");
                        assert!(integral.evaluations < 300 && integral.component.is_none(), "{method} {integral:#}");
                    }
                }
            }
        }
    }
    let matrix = run(&Integrator::new(), &|x: f64| [[1.0 + x, x], [x * x, x.exp()]], 0.0, 1.0);
    let value: [[f64; 2]; 2] = matrix.value().unwrap();
    assert!((value[1][1] - 1f64.exp_m1()).abs() < 1e-14 && (value[0][0] - 1.5).abs() < 1e-14);
    assert_eq!(matrix.value::<[f64; 3]>(), None);
}

#[test]
fn integrands_of_the_macro_run_on_lanes() {
    #[integrand]
    fn wave(x: f64, q: f64) -> f64 {
        (q * x).cos()
    }
    let waves: [wave; 5] = std::array::from_fn(|k| wave { q: 1.0 + 20.0 * k as f64 });
    let integral = run(&Integrator::new().norm(Norm::Each), &waves, 0.0, 1.0);
    let exact: Vec<f64> = waves.iter().map(|wave| wave.q.sin() / wave.q).collect();
    assert!(integral.status == Status::Converged && is_honest(&integral, &exact, 1e-10, 0.0), "{integral:#}");
    assert_eq!((integral.backend, integral.level.is_some()), (Backend::Simd, true));
}

#[test]
fn points_are_evaluated_once_and_counted() {
    let calls = AtomicU64::new(0);
    let f = |x: f64| {
        calls.fetch_add(1, Relaxed);
        [x.sqrt(), (x - 0.3).abs(), (30.0 * x).sin()]
    };
    for method in [Method::Auto, Method::GaussKronrod(31), Method::DoubleExponential] {
        calls.store(0, Relaxed);
        let integral = run(&Integrator::new().method(method), &f, 0.0, 1.0);
        assert_eq!(integral.evaluations, calls.load(Relaxed), "{method}");
        calls.store(0, Relaxed);
        let serial = run(&Integrator::new().method(method).backend(Backend::Serial), &f, 0.0, 1.0);
        assert_eq!((serial.evaluations, serial.estimates), (calls.load(Relaxed), integral.estimates), "{method}");
    }
}

#[test]
fn components_of_very_different_size_are_measured_as_the_norm_says() {
    let f = |x: f64| [x.exp(), 1e-12 * (40.0 * x).cos() / (1e-3 + x * x)];
    let exact = [1f64.exp_m1(), run(&Integrator::new().rel_tol(1e-13), &|x: f64| [f(x)[1]], 0.0, 1.0).estimates[0]];
    let mut evaluations = Vec::new();
    for norm in NORMS {
        for tolerance in TOLERANCES {
            let integral = run(&Integrator::new().norm(norm).rel_tol(tolerance), &f, 0.0, 1.0);
            assert_eq!(integral.status, Status::Converged, "{norm:?} {tolerance:e}: {integral:#}");
            assert!(is_honest(&integral, &exact, tolerance, 0.0), "{norm:?} {tolerance:e}: {integral:#}");
            evaluations.push(integral.evaluations);
        }
    }
    // Beside a component of 1, one of 1e-12 costs little.
    let [euclidean, max, first] = [1, 4, 10].map(|k| evaluations[k]);
    assert!(euclidean < 600 && max < 600 && first < 600, "{evaluations:?}");
}

#[test]
fn a_component_is_as_good_as_alone() {
    let cases: Vec<_> = read("integrals_1d.toml").into_iter().filter(|case| (case.a, case.b) == (0.0, 1.0)).collect();
    assert!(cases.len() > 20);
    let mut wrong = Vec::new();
    let mut right = 0;
    for tolerance in TOLERANCES {
        for case in &cases {
            let integrator = Integrator::new().rel_tol(tolerance).points(&case.points);
            let mates = ["cos(3*x)", "exp(-x)"].map(|text| Expression::parse(text).unwrap());
            let vector = [case.integrand.clone(), mates[0].clone(), mates[1].clone()];
            for norm in [Norm::Each, Norm::Max] {
                let integral = run(&integrator.clone().norm(norm).abs_tol(1e-15 * case.scale), &vector, 0.0, 1.0);
                let errors = (integral.estimates[0] - case.value).abs();
                let largest = integral.estimates.iter().fold(0.0f64, |most, value| most.max(value.abs()));
                let scale = if norm == Norm::Max { largest } else { case.scale };
                let good = errors <= tolerance.max(case.reachable) * scale.max(case.scale);
                right += usize::from(good);
                if integral.status == Status::Converged && !good {
                    wrong.push(format!("{} {norm:?} {tolerance:e}: {integral:#}, not {}", case.id, case.value));
                }
                for (c, exact) in [(1, 3f64.sin() / 3.0), (2, -(-1f64).exp_m1())] {
                    let error = (integral.estimates[c] - exact).abs();
                    if error > integral.errors[c].max(1e-14) {
                        wrong.push(format!("{} {norm:?} {tolerance:e}, component {c}: {integral:#}", case.id));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all = 6 * cases.len();
    assert!(right * 100 >= all * 94, "{right} of {all}");
}

type Part = (Box<dyn Fn(f64) -> f64 + Sync>, f64, f64);

/// A component on [0, 1], its integral, and how well that can be reached.
fn draw(draws: &mut Draws) -> Part {
    let (l, u) = (0.02 + 0.96 * draws.next(), draws.next());
    match (9.0 * draws.next()) as u32 {
        0 => {
            let k = 1.0 + 60.0 * u;
            (Box::new(move |x| 1.0 + 0.5 * (k * x).cos()), 1.0 + 0.5 * k.sin() / k, 0.0)
        }
        1 => (Box::new(move |x| (x - l).abs()), 0.5 * (l * l + (1.0 - l) * (1.0 - l)), 0.0),
        2 => {
            let a = -0.3 * u;
            let value = (l.powf(a + 1.0) + (1.0 - l).powf(a + 1.0)) / (a + 1.0);
            (Box::new(move |x: f64| (x - l).abs().powf(a)), value, 1e-7)
        }
        3 => {
            let value = ((1.0 + u).exp_m1() - ((1.0 + u) * l).exp_m1()) / (1.0 + u);
            (Box::new(move |x: f64| if x > l { ((1.0 + u) * x).exp() } else { 0.0 }), value, 1e-13)
        }
        4 => {
            let w = 10f64.powf(-3.0 * u);
            let value = ((1.0 - l) / w).atan() + (l / w).atan();
            (Box::new(move |x: f64| w / ((x - l).powi(2) + w * w)), value, 1e-13)
        }
        5 => (Box::new(move |x: f64| x.powf(-0.9 * u)), 1.0 / (1.0 - 0.9 * u), 1e-13),
        6 => (Box::new(move |x: f64| (1.0 - x).powf(u)), 1.0 / (1.0 + u), 0.0),
        7 => (Box::new(move |x: f64| x.ln() * x.powf(u)), -1.0 / (1.0 + u).powi(2), 0.0),
        _ => {
            let a = 1.0 + 20.0 * u;
            let value = (-(-a * l).exp_m1() - (-a * (1.0 - l)).exp_m1()) / a;
            (Box::new(move |x: f64| (-a * (x - l).abs()).exp()), value, 0.0)
        }
    }
}

#[test]
fn random_vectors_are_never_converged_and_wrong() {
    let (mut wrong, mut converged, mut all) = (Vec::new(), 0, 0);
    let mut draws = Draws(7);
    for k in 0..600 {
        let parts: Vec<Part> = (0..1 + k % 4).map(|_| draw(&mut draws)).collect();
        let scales: Vec<f64> = parts.iter().map(|_| 10f64.powi(-12 * (1.6 * draws.next()) as i32)).collect();
        let f = components(parts.len(), |x, values: &mut [f64]| {
            for (c, value) in values.iter_mut().enumerate() {
                *value = scales[c] * parts[c].0(x);
            }
        });
        let exact: Vec<f64> = parts.iter().zip(&scales).map(|(part, scale)| scale * part.1).collect();
        let reachable = parts.iter().fold(0.0f64, |most, part| most.max(part.2));
        for norm in NORMS {
            let tolerance = TOLERANCES[k % 3];
            let integral = run(&Integrator::new().norm(norm).rel_tol(tolerance), &f, 0.0, 1.0);
            all += 1;
            if integral.status == Status::Converged {
                converged += 1;
                if !is_honest(&integral, &exact, tolerance, reachable) {
                    wrong.push(format!("{k} {norm:?} {tolerance:e}: {integral:#}, not {exact:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(converged * 100 > all * 80, "{converged} of {all} converged");
}

#[test]
fn what_one_component_hides_is_seen() {
    // A needle on zeros, beside a smooth component; and a peak that only the 512 nodes of a mesh see.
    let needle = |x: f64| (-((x - 0.61372) / 1e-4).powi(2)).exp();
    let exact = [1f64.sin(), 1.772453850905516e-4];
    let integral = run(&Integrator::new().norm(Norm::Each), &|x: f64| [x.cos(), needle(x)], 0.0, 1.0);
    assert!(integral.status == Status::Converged && is_honest(&integral, &exact, 1e-10, 0.0), "{integral:#}");
    let both = |x: f64| [needle(x), x.cos(), needle(1.0 - x)];
    let integral = run(&Integrator::new().norm(Norm::Each), &both, 0.0, 1.0);
    assert!(is_honest(&integral, &[exact[1], exact[0], exact[1]], 1e-10, 0.0), "{integral:#}");
    let hinted = run(&Integrator::new().points(&[0.5]), &|x: f64| [x, (-((x - 0.5) * 1e7).powi(2)).exp()], 0.0, 1.0);
    assert!((hinted.estimates[1] - 1.772453850905516e-7).abs() < 1e-10, "{hinted:#}");
}

#[test]
fn what_was_not_evaluated_is_not_counted() {
    for points in [&[][..], &[0.2, 0.7]] {
        let late = Integrator::new().points(points).time_limit(Duration::ZERO);
        let integral = run(&late, &|x: f64| [x, x * x], 0.0, 1.0);
        assert!(matches!(integral.status, Status::Deadline { .. }) && integral.evaluations == 0, "{integral:#}");
    }
}

#[test]
fn a_mesh_that_converged_is_looked_at_again() {
    // Steps between the nodes of a mesh that was refined for a needle elsewhere; a peak on a constant that is all that
    // the ends of the range see.
    let needle = |x: f64| 1e-3 / ((x - 0.3).powi(2) + 1e-8);
    let stepped = |x: f64| [x.cos(), needle(x) + if (x - 0.7654).abs() < 4e-4 { 20.0 } else { 0.0 }];
    let exact = [1f64.sin(), 10.0 * (7e3f64.atan() + 3e3f64.atan()) + 0.016];
    let wide = |x: f64| [(x * 1e-5).cos(), (-x * x).exp() + 1e-7];
    let wide_exact = [2e5 * 1f64.sin(), std::f64::consts::PI.sqrt() + 0.02];
    for norm in NORMS {
        let with = Integrator::new().norm(norm).rel_tol(1e-6);
        let integral = run(&with, &stepped, 0.0, 1.0);
        assert!(integral.status == Status::Converged && is_honest(&integral, &exact, 1e-6, 0.0), "{integral:#}");
        let integral = run(&with, &wide, -1e5, 1e5);
        assert!(integral.status == Status::Converged && is_honest(&integral, &wide_exact, 1e-6, 0.0), "{integral:#}");
    }
}

#[test]
fn what_is_next_to_nothing_or_a_constant_at_all_nodes_is_looked_for() {
    // Beside what is large the foot of a peak may be all that is seen; levels alone see but the constant.
    let foot = |x: f64| [(1.0 + x).powi(-2), (-((x - 2.371) / 0.0127).powi(2)).exp()];
    let needle = |x: f64| [1e-4 + (-((x - 0.8377) / 1.57e-4).powi(2)).exp(), x];
    let root = std::f64::consts::PI.sqrt();
    for norm in [Norm::Euclidean, Norm::Max, Norm::Each] {
        let integral = run(&Integrator::new().norm(norm), &foot, 0.0, f64::INFINITY);
        assert!((integral.estimates[1] - 0.0127 * root).abs() < 1e-6, "{norm:?} {integral:#}");
        let levels = Integrator::new().norm(norm).rel_tol(1e-6).method(Method::DoubleExponential);
        let integral = run(&levels, &needle, 0.0, 1.0);
        let off = (integral.estimates[0] - 1e-4 - 1.57e-4 * root).abs();
        assert!(integral.status != Status::Converged || off < 1e-5, "{norm:?} {integral:#}");
    }
}

#[test]
fn a_component_that_seems_to_be_zero_is_suspicious() {
    let hidden = |x: f64| if (x - 0.123_456_7).abs() < 1e-9 { 1e9 } else { 0.0 };
    for norm in NORMS {
        let with = Integrator::new().norm(norm);
        let integral = run(&with, &|x: f64| [x, hidden(x)], 0.0, 1.0);
        assert!(matches!(integral.status, Status::Suspicious { .. }), "{norm:?} {integral:#}");
        assert_eq!(integral.component, Some(1));
        let allowed = run(&with.clone().abs_tol(1e-9), &|x: f64| [x, hidden(x)], 0.0, 1.0);
        assert_eq!(allowed.status, Status::Converged, "{norm:?} {allowed:#}");
        // A formula says so itself.
        let formulas = [Expression::parse("x").unwrap(), Expression::parse("0*1").unwrap()];
        assert_eq!(run(&with, &formulas, 0.0, 1.0).status, Status::Converged, "{norm:?}");
    }
}

#[test]
fn a_value_that_is_not_finite_is_named_with_its_component() {
    let nan = |x: f64| [x, if x > 0.5 { f64::NAN } else { x }, x * x];
    let integral = run(&Integrator::new(), &nan, 0.0, 1.0);
    assert!(matches!(integral.status, Status::NonFinite { point, value } if point > 0.5 && value.is_nan()));
    assert_eq!(integral.component, Some(1));
    let Err(error) = Integrator::new().integrate_vector(&nan, 0.0..1.0) else { panic!() };
    assert!(error.to_string().contains("(component 1)"), "{error}");
    // At ends and at single points it is avoided, as for one integral.
    let ends = run(&Integrator::new(), &|x: f64| [x.sin() / x, 1.0 / x.sqrt().sqrt(), x.cos()], 0.0, 1.0);
    assert!(ends.status == Status::Converged && (ends.estimates[0] - 0.946083070367183).abs() < 1e-12, "{ends:#}");
    assert!((ends.estimates[1] - 4.0 / 3.0).abs() < 1e-10, "{ends:#}");
    let pole = run(&Integrator::new(), &|x: f64| [x, 1.0 / x], 0.0, 1.0);
    assert_eq!((pole.status, pole.component), (Status::Divergent, Some(1)), "{pole:#}");
}

#[test]
fn what_rounding_limits_is_named() {
    // No sum of powers of the distance.
    let noisy = |x: f64| [x.cos(), (2.0 + (x - 0.7).abs().ln().cos()) / (x - 0.7).abs().sqrt()];
    let integral = run(&Integrator::new().norm(Norm::Each), &noisy, 0.0, 1.0);
    assert_eq!((integral.status, integral.component), (Status::RoundoffLimited, Some(1)), "{integral:#}");
    assert!((integral.estimates[0] - 1f64.sin()).abs() <= 1e-10, "{integral:#}");
    // In the norm of all it does no harm where it is small.
    let integral = run(&Integrator::new(), &|x: f64| [1e10 * x.cos(), noisy(x)[1]], 0.0, 1.0);
    assert_eq!(integral.status, Status::Converged, "{integral:#}");
    let exact = run(&Integrator::new().rel_tol(0.0), &|x: f64| [x.cos(), x.sin()], 0.0, 1.0);
    assert_eq!(exact.status, Status::RoundoffLimited);
    assert!((exact.estimates[0] - 1f64.sin()).abs() < 1e-15);
}

#[test]
fn infinite_ranges_reversed_and_equal_bounds() {
    let f = |x: f64| [(-x * x).exp(), 1.0 / (1.0 + x * x), (-x.abs()).exp()];
    let pi = std::f64::consts::PI;
    for norm in NORMS {
        let integral = run(&Integrator::new().norm(norm), &f, -INF, INF);
        assert_eq!(integral.status, Status::Converged, "{integral:#}");
        assert!(is_honest(&integral, &[pi.sqrt(), pi, 2.0], 1e-10, 0.0), "{integral:#}");
        let half = run(&Integrator::new().norm(norm), &f, 0.0, INF);
        assert!(is_honest(&half, &[pi.sqrt() / 2.0, pi / 2.0, 1.0], 1e-10, 0.0), "{half:#}");
    }
    let g = |x: f64| [x.sqrt(), (x - 1.0).abs()];
    let (up, down) = (run(&Integrator::new(), &g, 0.0, 2.0), run(&Integrator::new(), &g, 2.0, 0.0));
    assert!(up.estimates.iter().zip(&down.estimates).all(|(up, down)| *up == -down) && up.errors == down.errors);
    let none = run(&Integrator::new(), &g, 1.0, 1.0);
    assert_eq!((none.estimates, none.errors, none.evaluations, none.regions), (vec![0.0; 2], vec![0.0; 2], 0, 0));
}

#[test]
fn limits_keep_the_best_estimates() {
    let f = |x: f64| [x, (1.0 / x).sin()];
    let few = run(&Integrator::new().max_evaluations(2000), &f, 0.0, 1.0);
    assert!(few.status == Status::MaxEvaluations && few.evaluations < 6000, "{few:#}");
    assert!((few.estimates[1] - 0.504067061906928).abs() < few.errors[1], "{few:#}");
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(matches!(run(&Integrator::new().cancel(&cancel), &f, 0.0, 1.0).status, Status::Cancelled { .. }));
    assert!(matches!(run(&Integrator::new().time_limit(Duration::ZERO), &f, 0.0, 1.0).status, Status::Deadline { .. }));
}

#[test]
fn questions_without_sense_are_refused() {
    let refused =
        |integrator: Integrator, a: f64, b: f64| integrator.integrate_vector(&|x: f64| [x, x], a..b).unwrap_err();
    assert!(matches!(refused(Integrator::new().rel_tol(-1.0), 0.0, 1.0), Error::Tolerance { .. }));
    assert!(matches!(refused(Integrator::new(), f64::NAN, 1.0), Error::NonFiniteBound { .. }));
    assert!(matches!(refused(Integrator::new().points(&[2.0]), 0.0, 1.0), Error::BreakPoint { .. }));
    assert_eq!(refused(Integrator::new().rule(Rule::Left).panels(3), 0.0, 1.0), Error::FixedVector);
    assert!(matches!(refused(Integrator::new().backend(Backend::Gpu), 0.0, 1.0), Error::BackendUnavailable { .. }));
    let none = components(0, |_: f64, _: &mut [f64]| {});
    let error = Integrator::new().integrate_vector(&none, 0.0..1.0).unwrap_err();
    assert_eq!(error.to_string(), "the integrand has no components");
    let two = [Expression::parse("x*y").unwrap()];
    assert!(matches!(Integrator::new().integrate_vector(&two, 0.0..1.0), Err(Error::Dimension { .. })));
}

/// Where the first look at one component meets what is no number, the others are not swept as if nothing were wanted of
/// them.
#[test]
fn a_component_that_is_infinite_in_the_middle_leaves_the_others_their_tolerance() {
    let f = |x: f64| [x.abs().powf(-0.5), (1.0 + x * x).ln(), 1.0 / (1.0 + 25.0 * x * x)];
    let found = Integrator::new().rel_tol(1e-6).integrate_vector(&f, -1.0..1.0).unwrap();
    let exact = [4.0, 2.0 * 2f64.ln() - 4.0 + std::f64::consts::PI, 0.4 * 5f64.atan()];
    for ((estimate, error), exact) in found.estimates.iter().zip(&found.errors).zip(exact) {
        assert!((estimate - exact).abs() <= *error, "{found}");
    }
    // 1,208 when they were.
    assert!(found.evaluations < 800, "{} evaluations", found.evaluations);
}
