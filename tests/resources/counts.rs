//! Evaluations that are reported are those that the integrand was asked for, but for lanes that were left free.

use quadrille::{Backend, Integrator, Method, Rule, Weight};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[track_caller]
fn check(name: &str, asked: &AtomicU64, reported: u64) {
    let asked = asked.swap(0, Relaxed);
    assert!(reported <= asked && 3 * asked <= 4 * reported, "{name}: {reported} reported, {asked} asked for");
}

#[test]
fn evaluations_are_those_asked_for() {
    let asked = AtomicU64::new(0);
    let count = |value: f64| {
        asked.fetch_add(1, Relaxed);
        value
    };
    let smooth = |x: f64| count(x.exp());
    let kink = |x: f64| count((x - 0.3).abs());
    let step = |x: f64| count(if x < 0.3 { 0.0 } else { 1.0 });
    let ends = |x: f64| count((1.0 - x).powf(-0.9) * x.powf(-0.3));
    let constant = |_: f64| count(1.0);
    let all: [(&str, &(dyn Fn(f64) -> f64 + Sync)); 5] =
        [("smooth", &smooth), ("kink", &kink), ("step", &step), ("singular ends", &ends), ("constant", &constant)];
    for (name, f) in all {
        let f = |x: f64| f(x);
        for backend in [Backend::Serial, Backend::Simd] {
            let usual = Integrator::new().backend(backend).accept_any_status();
            let with = [
                usual.clone(),
                usual.clone().max_evaluations(0),
                usual.clone().max_evaluations(300),
                usual.clone().method(Method::GaussKronrod(15)),
                usual.clone().method(Method::DoubleExponential),
                usual.clone().points(&[0.1, 0.3]),
                usual.clone().weight(Weight::Cos(10.0)),
            ];
            for (k, with) in with.iter().enumerate() {
                check(&format!("{name}, {k}, {backend}"), &asked, with.integrate(&f, 0.0..1.0).unwrap().evaluations);
            }
            let swept = usual.sweep(&[1.0], |_| (f, 0.0..1.0)).unwrap().evaluations[0];
            check(&format!("{name}, sweep, {backend}"), &asked, swept);
            let vector = usual.integrate_vector(&|x: f64| [f(x), x], 0.0..1.0).unwrap().evaluations;
            check(&format!("{name}, vector, {backend}"), &asked, vector);
            for rule in [Rule::Left, Rule::Midpoint, Rule::GaussLegendre(5)] {
                let sums = usual.clone().rule(rule).panels(101);
                check(&format!("{name}, {rule}, {backend}"), &asked, sums.integrate(&f, 0.1..0.9).unwrap().evaluations);
            }
        }
    }
    let cycles = Integrator::new().integrate(&|x: f64| count(x.sin() / x), 0.0..f64::INFINITY).unwrap();
    check("cycles", &asked, cycles.evaluations);
    for method in [Method::Auto, Method::Cubature, Method::Lattice, Method::Sobol, Method::MonteCarlo, Method::Vegas] {
        let with = Integrator::new().method(method).rel_tol(1e-2).accept_any_status();
        let square = [0.0..1.0, 0.0..1.0];
        let kink = with.integrate(&|[x, y]: [f64; 2]| count((x + y - 0.7).abs()), square.clone()).unwrap();
        check(&format!("{method} over a square"), &asked, kink.evaluations);
        if method != Method::Vegas {
            let pair = |[x, y]: [f64; 2]| [count((x * y).exp()), x];
            check(
                &format!("{method}, two components"),
                &asked,
                with.integrate_vector(&pair, square).unwrap().evaluations,
            );
        }
    }
}
