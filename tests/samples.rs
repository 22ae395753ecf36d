//! Integrals by sampling: claims that hold as often as they say, the same bits everywhere, and clear refusals.

#[path = "samples/agreement.rs"]
mod agreement;
#[path = "samples/claims.rs"]
mod claims;
#[path = "cubature/families.rs"]
mod families;

use claims::map_of;
use families::*;
use quadrille::lanes::Level;
use quadrille::{
    Backend, Cancel, Error, Expression, ImportanceMap, Integral, Integrator, Method, Rule, Status, integrand,
};
use std::time::Duration;

const METHODS: [Method; 4] = [Method::MonteCarlo, Method::Lattice, Method::Sobol, Method::Vegas];

/// The evaluations of the first round, at least.
fn least(method: Method) -> u64 {
    match method {
        Method::Lattice | Method::Sobol => 128,
        Method::MonteCarlo => 8,
        _ => 16,
    }
}

fn by(method: Method) -> Integrator {
    Integrator::new().method(method)
}

#[integrand]
fn wave([x, y, z]: [f64; 3], k: f64) -> f64 {
    (k * x).sin() * (y * z).exp() + (x - 0.3 * y).abs()
}

#[test]
fn reference_integrals_are_right_or_flagged() {
    let mut wrong = Vec::new();
    for method in METHODS {
        let mut solved = 0;
        for case in Reference::all() {
            let integral = case.integrate(&by(method).rel_tol(1e-3).max_evaluations(1_000_000));
            solved += usize::from(integral.status == Status::Converged);
            let error = (integral.estimate - case.value).abs();
            println!(
                "{method} {:<24} {:<16} {:>9} error {:.1e} claim {:.1e}",
                case.id,
                integral.status.name(),
                integral.evaluations,
                error / case.value.abs(),
                integral.error / case.value.abs()
            );
            if integral.status == Status::Converged && error > 2.0 * integral.error.max(1e-3 * case.value.abs()) {
                wrong.push(format!("{method} {}: {integral:#}, not {}", case.id, case.value));
            }
        }
        println!("{method}: {solved} converged");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Boxes that are given up for memory are not looked at again.
#[test]
fn with_little_memory_reference_integrals_are_right_or_flagged() {
    let (mut wrong, mut full) = (Vec::new(), 0);
    for (method, bytes) in [(Method::Cubature, 1 << 16), (Method::Cubature, 1 << 20), (Method::Auto, 1 << 18)] {
        for case in Reference::all().into_iter().filter(|case| case.bounds.len() > 1) {
            let with = by(method).rel_tol(1e-6).max_evaluations(100_000).max_memory(bytes);
            let integral = case.integrate(&with);
            full += usize::from(integral.status == Status::MemoryLimit);
            let error = (integral.estimate - case.value).abs();
            if integral.status == Status::Converged && error > integral.error.max(1e-6 * case.value.abs()) {
                wrong.push(format!("{method} {bytes} {}: {integral:#}, not {}", case.id, case.value));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(full > 5, "{full} were limited");
}

#[test]
fn bits_depend_on_the_seed_and_nothing_else() {
    let f = wave { k: 3.0 };
    let over = [(0.0, 1.0), (0.0, 2.0), (-1.0, 1.0)];
    for method in METHODS {
        let with = by(method).rel_tol(1e-9).max_evaluations(600_000).seed(7);
        let one = of(&with.clone().threads(1), &f, over);
        assert!(one.evaluations > 200_000 && one.evaluations <= 600_000, "{one:#}");
        for threads in [2, 3, 7] {
            let several = of(&with.clone().threads(threads), &f, over);
            assert_eq!(
                (several.estimate.to_bits(), several.error),
                (one.estimate.to_bits(), one.error),
                "{method} {threads}"
            );
            assert_eq!((several.evaluations, &several.statistics), (one.evaluations, &one.statistics));
        }
        let serial = of(&with.clone().backend(Backend::Serial), &f, over);
        assert_eq!((serial.backend, serial.level), (Backend::Serial, None));
        // The points are the same; rounding of values may, much magnified, move those of VEGAS a little.
        let close = if method == Method::Vegas { 0.1 * one.error } else { 1e-13 * one.estimate.abs() };
        assert!((serial.estimate - one.estimate).abs() <= close, "{method}: {serial:#} {one:#}");
        for level in Level::available() {
            let other = of(&with.clone().level(level), &f, over);
            assert!((other.estimate - one.estimate).abs() <= close, "{method} {level}");
            if level.fused() == Level::detect().fused() {
                assert_eq!(other.estimate.to_bits(), one.estimate.to_bits(), "{method} {level}");
            }
        }
        let another = of(&with.clone().seed(8), &f, over);
        assert_ne!(another.estimate, one.estimate);
        assert!((another.estimate - one.estimate).abs() <= another.error + one.error, "{method}");
        let statistics = one.statistics.unwrap();
        assert_eq!((statistics.seed, statistics.method.as_str()), (7, method.to_string().as_str()));
    }
}

/// Where a disc ends, along an axis, next to nothing of it is left: that is missed, or decides.
#[test]
fn small_discs_are_claimed_by_vegas() {
    for (radius, seeds) in [(0.08f64, 60), (0.14027, 30)] {
        let disc = |[x, y]: [f64; 2]| f64::from((x - 0.5f64).hypot(y - 0.5) < radius);
        let with = by(Method::Vegas).rel_tol(1e-6).max_evaluations(100_000);
        let beyond = |seed: &u64| {
            let integral = of(&with.clone().seed(*seed), &disc, [(0.0, 1.0); 2]);
            (integral.estimate - std::f64::consts::PI * radius * radius).abs() > integral.error
        };
        let count = (0..seeds).filter(beyond).count();
        assert!(count <= 2, "radius {radius}: {count} of {seeds}");
    }
}

/// A simplex of a 720th of the cube in six dimensions: a map that has learnt from a hundred samples misses most of it.
#[test]
fn what_vegas_has_learnt_from_few_samples_is_not_all_it_claims() {
    let simplex = |x: [f64; 6]| f64::from(x.iter().sum::<f64>() < 1.0);
    let with = by(Method::Vegas).rel_tol(1e-4).max_evaluations(100_000);
    let off = |seed: u64| {
        let integral = of(&with.clone().seed(seed), &simplex, [(0.0, 1.0); 6]);
        assert!(integral.status == Status::MaxEvaluations, "{integral:#}");
        (integral.estimate - 1.0 / 720.0).abs() / integral.error
    };
    let offs: Vec<f64> = (0..40).map(off).collect();
    let beyond = |claims: f64| offs.iter().filter(|&&off| off > claims).count();
    assert!(beyond(1.0) <= 6 && beyond(3.0) == 0, "{offs:?}");
}

#[test]
fn integrals_known_from_vegas() {
    // G. P. Lepage's: a peak in the middle, and a Dirichlet density, whose integrals are 1 and 586637251.2.
    let unit = [(0.0, 1.0); 4];
    let peak = |x: [f64; 4]| 1013.2118364296088 * (-100.0 * x.iter().map(|x| (x - 0.5) * (x - 0.5)).sum::<f64>()).exp();
    let with = by(Method::Vegas).rel_tol(1e-3);
    let integral = of(&with, &peak, unit);
    assert!(integral.status == Status::Converged && (integral.estimate - 1.0).abs() < 1e-3, "{integral:#}");
    let statistics = integral.statistics.unwrap();
    assert!(statistics.estimates >= 4 && u64::from(statistics.degrees_of_freedom.unwrap()) + 1 == statistics.estimates);
    let dirichlet = |x: [f64; 4]| x.iter().map(|x| x.powi(4)).product::<f64>() * 366648282000.0;
    let integral = of(&with, &dirichlet, unit);
    assert!(
        integral.status == Status::Converged && (integral.estimate / 586637251.2 - 1.0).abs() < 1e-3,
        "{integral:#}"
    );
}

#[test]
fn smooth_integrands_converge_faster_than_chance() {
    let f = Genz::<3> { family: 0, a: [1.0, 2.0, 1.5], u: [0.2; 3] };
    for (method, most) in [(Method::Lattice, 300_000), (Method::Sobol, 2_000_000)] {
        let integral = of(&by(method).rel_tol(1e-6).max_evaluations(most), &f, [(0.0, 1.0); 3]);
        assert!(integral.status == Status::Converged, "{integral:#}");
        assert!((integral.estimate / f.exact() - 1.0).abs() < 1e-6, "{integral:#}");
    }
    // Values that differ, of estimates that do not: the tent makes a lattice exact.
    let exact = of(&by(Method::Lattice).rel_tol(1e-9), &|[x, y]: [f64; 2]| 1.0 + x + 2.0 * y, [(0.0, 1.0); 2]);
    assert!(exact.status == Status::Converged && exact.evaluations < 10_000, "{exact:#}");
    assert!((exact.estimate - 2.5).abs() <= exact.error, "{exact:#}");
}

/// Where no sample may have come near enough to a singular face, of sixty claims six would be exceeded.
#[test]
fn singular_faces_are_claimed() {
    let with = by(Method::Lattice).rel_tol(1e-3).max_evaluations(1_000_000).threads(1);
    let exceeded = |seed: &u64| {
        let integral = of(&with.clone().seed(977 * *seed), &|[x]: [f64; 1]| x.powf(-0.2), [(0.0, 1.0)]);
        (integral.estimate - 1.25).abs() > integral.error
    };
    assert!((0..60).filter(exceeded).count() <= 1);
}

#[test]
fn one_dimension_many_dimensions_and_infinite_axes() {
    let inf = f64::INFINITY;
    for method in METHODS {
        let with = by(method).rel_tol(1e-2);
        let line = with.integrate(&|x: f64| x.exp(), 0.0..1.0).unwrap();
        assert!((line.estimate - 1f64.exp_m1()).abs() <= line.error, "{line:#}");
        let array = with.integrate(&|[x]: [f64; 1]| x.exp(), [0.0..1.0]).unwrap();
        assert_eq!(array.estimate, line.estimate);
        let sum = |x: [f64; 30]| x.iter().sum::<f64>();
        let many = of(&with, &sum, [(0.0, 1.0); 30]);
        assert!(many.status == Status::Converged && (many.estimate - 15.0).abs() <= many.error, "{many:#}");
        let plane = of(&with, &|[x, y]: [f64; 2]| (-x * x - y * y - x * y).exp(), [(-inf, inf); 2]);
        let exact = std::f64::consts::TAU / 3f64.sqrt();
        assert!(plane.status == Status::Converged && (plane.estimate - exact).abs() <= plane.error, "{plane:#}");
        let mixed = of(&with, &|[x, y]: [f64; 2]| (y - x).exp(), [(0.0, inf), (-inf, 1.0)]);
        assert!((mixed.estimate - std::f64::consts::E).abs() <= mixed.error, "{mixed:#}");
        let up = of(&with, &|[x, y]: [f64; 2]| x + y, [(0.0, 1.0), (0.0, 2.0)]);
        let down = of(&with, &|[x, y]: [f64; 2]| x + y, [(1.0, 0.0), (0.0, 2.0)]);
        assert_eq!(down.estimate, -up.estimate);
        let nothing = of(&with, &|[x, y]: [f64; 2]| x + y, [(1.0, 0.0), (2.0, 2.0)]);
        assert_eq!((nothing.estimate, nothing.error, nothing.evaluations), (0.0, 0.0, 0));
        let constant = of(&with, &|_: [f64; 3]| 2.5, [(0.0, 2.0); 3]);
        assert!(
            constant.status == Status::Converged && (constant.estimate - 20.0).abs() <= constant.error,
            "{constant:#}"
        );
        // Points that are all the same do not say what lies between them.
        assert!(constant.error < 0.2);
    }
}

#[test]
fn what_samples_may_have_missed_is_flagged() {
    let unit = [(0.0, 1.0); 3];
    for method in METHODS {
        let with = by(method).rel_tol(1e-2).max_evaluations(1_000_000);
        let zero = of(&with, &|_: [f64; 3]| 0.0, unit);
        assert!(matches!(zero.status, Status::Suspicious { .. }), "{zero:#}");
        // A corner of the volume 1e-6 is cut off, and hardly ever met.
        let most = |x: [f64; 6]| if x.iter().sum::<f64>() < 5.7 { 1.0 } else { 0.0 };
        let all = of(&by(method).rel_tol(1e-9).max_evaluations(100_000), &most, [(0.0, 1.0); 6]);
        let missed = (all.estimate - (1.0 - 0.3f64.powi(6) / 720.0)).abs();
        assert!(all.status != Status::Converged && missed <= all.error, "{method} {all:#}");
        for seed in 0..20 {
            // Of the volume 2.7e-5; and a millionth.
            for (width, exact) in [(0.03, 2.7e-5), (0.01, 1e-6)] {
                let hidden = |x: [f64; 3]| if x.iter().all(|&x| (0.61..0.61 + width).contains(&x)) { 1.0 } else { 0.0 };
                let integral = of(&with.clone().seed(seed), &hidden, unit);
                let error = (integral.estimate - exact).abs();
                let wrong = integral.status == Status::Converged && error > 2.0 * integral.error;
                assert!(!wrong, "{method} {seed}: {integral:#}");
            }
            // A needle of 1/1000 on a slope: it makes up as much as the rest, and is met or not.
            let needle = |x: [f64; 3]| {
                let square = x.iter().map(|x| (x - 0.37) * (x - 0.37)).sum::<f64>();
                x[0] + 0.5 * (1e6 / std::f64::consts::PI).powf(1.5) * (-square * 1e6).exp()
            };
            let integral = of(&with.clone().seed(seed), &needle, unit);
            println!("{method} {seed} {integral:#}");
        }
    }
}

#[test]
fn questions_without_sense_are_refused() {
    let f = |[x, y]: [f64; 2]| x + y;
    for method in METHODS {
        let refused = |with: Integrator, over: [(f64, f64); 2]| {
            with.integrate(&f, over.map(|(lower, upper)| lower..upper)).unwrap_err()
        };
        let (plain, unit) = (|| by(method), [(0.0, 1.0); 2]);
        let least = least(method);
        for most in [0, least - 1] {
            assert_eq!(refused(plain().max_evaluations(most), unit), Error::FewEvaluations { most, least });
        }
        assert!(matches!(refused(plain(), [(0.0, 1.0), (f64::NAN, 1.0)]), Error::NonFiniteBound { axis: 1, .. }));
        assert!(matches!(refused(plain().rel_tol(-1.0), unit), Error::Tolerance { .. }));
        assert!(matches!(refused(plain().rule(Rule::Simpson).panels(4), unit), Error::OneDimension { .. }));
        assert!(matches!(refused(plain().points(&[0.5]), unit), Error::OneDimension { .. }));
        assert!(matches!(refused(plain().backend(Backend::Gpu), unit), Error::BackendUnavailable { .. }));
        let error = plain().integrate(&Expression::parse("x + z").unwrap(), [0.0..1.0, 0.0..1.0]).unwrap_err();
        assert_eq!(error, Error::Dimension { integrand: 3, region: 2 });
    }
    let error = by(Method::Lattice).integrate(&|x: [f64; 41]| x[0], std::array::from_fn::<_, 41, _>(|_| 0.0..1.0));
    assert_eq!(error.unwrap_err(), Error::Dimensions { dimension: 41, most: 40 });
    let error = by(Method::Sobol).integrate(&|x: [f64; 65]| x[0], std::array::from_fn::<_, 65, _>(|_| 0.0..1.0));
    assert_eq!(error.unwrap_err(), Error::Dimensions { dimension: 65, most: 64 });
    // Maps of another dimension, and what is none.
    let map = map_of(&of(&by(Method::Vegas), &f, [(0.0, 1.0); 2]));
    let warm = |edges: &[Vec<f64>], method| {
        let with = by(method).warm_start(&ImportanceMap::from_edges(edges.to_vec()));
        with.integrate(&|[x, y, z]: [f64; 3]| x + y + z, [0.0..1.0, 0.0..1.0, 0.0..1.0])
    };
    let [edges, three] = [map.edges().to_vec(), vec![map.edges()[0].clone(); 3]];
    let (mut nan, mut turned, mut flat) = (three.clone(), three.clone(), three.clone());
    (nan[1][7], flat[0]) = (f64::NAN, vec![1.0; 513]);
    turned[2].reverse();
    for bad in [&edges, &nan, &turned, &flat, &vec![vec![0.0, 1.0]; 3]] {
        for method in [Method::Vegas, Method::Auto] {
            assert!(matches!(warm(bad, method), Err(Error::ImportanceMap { .. })), "{method}");
        }
        assert!(warm(bad, Method::Lattice).is_ok());
    }
    // For other bounds a map is stretched.
    let wide = by(Method::Vegas).warm_start(&map).integrate(&f, [-5.0..0.0, 2.0..1.0]).unwrap();
    assert!((wide.estimate - 5.0).abs() <= wide.error, "{wide:#}");
}

#[test]
fn every_stop_keeps_the_best_estimate_and_says_why() {
    let f = |[x, y]: [f64; 2]| ((x - 0.31).abs() * 20.0).sin() * y;
    let unit = [(0.0, 1.0); 2];
    for method in METHODS {
        for most in [least(method), 200, 1000, 5000] {
            let few = of(&by(method).rel_tol(1e-9).max_evaluations(most), &f, unit);
            assert_eq!(few.status, Status::MaxEvaluations, "{few:#}");
            assert!(few.evaluations <= most && few.error.is_finite() && few.error > 0.0, "{method} {most} {few:#}");
        }
        let cancel = Cancel::new();
        cancel.cancel();
        let stopped = of(&by(method).cancel(&cancel), &f, unit);
        assert!(matches!(stopped.status, Status::Cancelled { reached } if reached.is_nan()), "{stopped:#}");
        assert_eq!(stopped.error, f64::INFINITY);
        assert!(matches!(of(&by(method).time_limit(Duration::ZERO), &f, unit).status, Status::Deadline { .. }));
        let limit = Duration::from_millis(60);
        let long = of(&by(method).rel_tol(1e-12).max_evaluations(u64::MAX).time_limit(limit), &f, unit);
        assert!(matches!(long.status, Status::Deadline { .. }) && long.error.is_finite(), "{long:#}");
        assert!((long.estimate - of(&by(method), &f, unit).estimate).abs() < 1e-2 && long.elapsed < 20 * limit);
        let pole = of(&by(method), &|[x, y]: [f64; 2]| if x > 0.5 { f64::NAN } else { y }, unit);
        assert!(matches!(pole.status, Status::NonFinite { point, value } if point > 0.5 && value.is_nan()), "{pole:#}");
        assert_eq!(pole.bad_point.len(), 2);
        let exact = of(&by(method).rel_tol(0.0).max_evaluations(100_000), &|_: [f64; 2]| 0.1, unit);
        assert!(matches!(exact.status, Status::RoundoffLimited | Status::MaxEvaluations), "{exact:#}");
        for size in [1e308, 1e200] {
            let huge = of(&by(method), &|[x, _]: [f64; 2]| size * (1.0 + 0.5 * x), unit);
            assert!(matches!(huge.status, Status::Overflow), "{huge:#}");
        }
    }
}

#[test]
fn progress_is_told() {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    let seen = std::sync::Arc::new(AtomicU64::new(0));
    let told = seen.clone();
    let with = by(Method::Sobol).max_evaluations(500_000).rel_tol(1e-12);
    let with = with.progress(move |progress| told.store(progress.evaluations, Relaxed));
    let integral: Integral = of(&with, &wave { k: 1.0 }, [(0.0, 1.0); 3]);
    assert_eq!(seen.load(Relaxed), integral.evaluations);
}
