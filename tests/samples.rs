//! Integrals by sampling: claims that hold as often as they say, the same bits everywhere, and clear refusals.

#[path = "cubature/families.rs"]
mod families;

use families::*;
use quadrille::lanes::Level;
use quadrille::{
    Backend, Cancel, Error, Expression, ImportanceMap, Integral, Integrand, Integrator, Method, Rule, Status, integrand,
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

/// Claims over seeds: how many were exceeded, three times exceeded, and how large the mean square error is in units of what is claimed.
#[derive(Debug, Default)]
struct Record {
    runs: usize,
    converged: usize,
    exceeded: usize,
    three_times: usize,
    square: f64,
}

impl Record {
    fn of<const D: usize>(
        with: &Integrator,
        f: &impl Integrand<[f64; D]>,
        exact: f64,
        seeds: std::ops::Range<u64>,
    ) -> Self {
        let mut record = Self::default();
        for seed in seeds {
            let integral = of(&with.clone().seed(seed), f, [(0.0, 1.0); D]);
            let ratio = (integral.estimate - exact).abs() / integral.error;
            record.runs += 1;
            record.converged += usize::from(integral.status == Status::Converged);
            record.exceeded += usize::from(ratio > 1.0);
            record.three_times += usize::from(ratio > 3.0);
            record.square += ratio * ratio;
        }
        record.square = (record.square / record.runs as f64).sqrt();
        record
    }
}

/// Integrands with closed forms: smooth, kinked, a step, a peak.
fn record(method: Method, tolerance: f64, most: u64, seeds: std::ops::Range<u64>) -> Vec<(&'static str, Record)> {
    let with = by(method).rel_tol(tolerance).max_evaluations(most);
    let smooth = Genz::<5> { family: 0, a: [0.9, 1.1, 0.4, 0.7, 1.3], u: [0.1; 5] };
    let kink = Genz::<3> { family: 4, a: [2.0, 5.0, 1.0], u: [0.31, 0.62, 0.44] };
    let step = Genz::<4> { family: 5, a: [1.0, 2.0, 0.5, 0.3], u: [0.41, 0.57, 0.0, 0.0] };
    let peak = Genz::<4> { family: 3, a: [8.0, 9.0, 10.0, 11.0], u: [0.4, 0.6, 0.3, 0.55] };
    vec![
        ("smooth", Record::of(&with, &smooth, smooth.exact(), seeds.clone())),
        ("kink", Record::of(&with, &kink, kink.exact(), seeds.clone())),
        ("step", Record::of(&with, &step, step.exact(), seeds.clone())),
        ("peak", Record::of(&with, &peak, peak.exact(), seeds)),
    ]
}

#[test]
fn claims_are_exceeded_as_seldom_as_they_say() {
    for method in METHODS {
        let seeds = if method == Method::Vegas { 0..100 } else { 0..500 };
        for (name, record) in record(method, 1e-2, 400_000, seeds) {
            println!("{method} {name}: {record:?}");
            // Once in 370 times; five standard deviations more than that happen once in a million.
            let expected = record.runs as f64 / 370.0;
            assert!(
                (record.exceeded as f64) < expected + 5.0 * expected.sqrt().max(0.6),
                "{method} {name}: {record:?}"
            );
            assert_eq!(record.three_times, 0, "{method} {name}: {record:?}");
        }
    }
}

/// Warm starts from what was learnt of the same integrand, of a peak elsewhere, of a step: exceeded as seldom as cold ones.
fn warm_records(tolerance: f64, seeds: std::ops::Range<u64>) -> Vec<(String, Record)> {
    let cold = by(Method::Vegas).rel_tol(tolerance).max_evaluations(4_000_000);
    let peak = |u| Genz::<4> { family: 3, a: [8.0, 9.0, 10.0, 11.0], u };
    let right = peak([0.4, 0.6, 0.3, 0.55]);
    let step = Genz::<4> { family: 5, a: [1.0, 2.0, 0.5, 0.3], u: [0.41, 0.57, 0.0, 0.0] };
    let of_peak = map_of(&of(&cold, &right, [(0.0, 1.0); 4]));
    let near = map_of(&of(&cold, &peak([0.45, 0.55, 0.35, 0.5]), [(0.0, 1.0); 4]));
    let far = map_of(&of(&cold, &peak([0.9, 0.1, 0.8, 0.05]), [(0.0, 1.0); 4]));
    let of_step = map_of(&of(&cold, &step, [(0.0, 1.0); 4]));
    let (mut records, start) = (Vec::new(), |map| cold.clone().warm_start(map));
    for (name, map) in [("same", &of_peak), ("near", &near), ("far", &far), ("step", &of_step)] {
        let record = Record::of(&start(map), &right, right.exact(), seeds.clone());
        records.push((format!("peak from {name}"), record));
    }
    for (name, map) in [("same", &of_step), ("peak", &of_peak)] {
        records.push((format!("step from {name}"), Record::of(&start(map), &step, step.exact(), seeds.clone())));
    }
    records
}

fn map_of(integral: &Integral) -> ImportanceMap {
    integral.statistics.as_ref().unwrap().importance_map.clone().unwrap()
}

#[test]
fn warm_starts_claim_no_more_than_cold_ones() {
    for (name, record) in warm_records(1e-2, 0..50) {
        println!("{name}: {record:?}");
        assert!(record.exceeded <= 3 && record.three_times == 0, "{name}: {record:?}");
    }
}

#[test]
#[ignore = "minutes; the figures of docs/methods.md"]
fn claims_over_a_thousand_seeds() {
    for method in METHODS {
        for tolerance in [1e-2, 1e-3] {
            for (name, record) in record(method, tolerance, 4_000_000, 0..1000) {
                println!("{method} {tolerance:e} {name}: {record:?}");
            }
        }
    }
}

#[test]
#[ignore = "minutes; the figures of docs/methods.md"]
fn warm_claims_over_a_thousand_seeds() {
    for tolerance in [1e-2, 1e-3] {
        for (name, record) in warm_records(tolerance, 0..1000) {
            println!("{tolerance:e} {name}: {record:?}");
        }
    }
    // Of a width of 1/40, whose flanks alone are met by the first look.
    let narrow = |u| Genz::<4> { family: 3, a: [40.0; 4], u: [u; 4] };
    let cold = by(Method::Vegas).rel_tol(1e-2).max_evaluations(4_000_000);
    let warm = cold.clone().warm_start(&map_of(&of(&cold, &narrow(0.8), [(0.0, 1.0); 4])));
    for (name, with) in [("cold", cold), ("moved", warm)] {
        println!("narrow {name}: {:?}", Record::of(&with, &narrow(0.3), narrow(0.3).exact(), 0..1000));
    }
}

/// Of 20 draws of each of Genz's families: solved, the median of evaluations, claims exceeded, three times exceeded.
fn genz<const D: usize>(method: Method, tolerance: f64, most: u64) {
    for (family, name) in GENZ.iter().enumerate() {
        let mut draws = Draws((1000 * D + family) as u64);
        let (mut spent, mut exceeded, mut three_times) = (Vec::new(), 0, 0);
        for seed in 0..20 {
            let f = Genz::<D>::draw(family, &mut draws);
            let with = by(method).rel_tol(tolerance).max_evaluations(most).seed(seed);
            let integral = of(&with, &f, [(0.0, 1.0); D]);
            if integral.status == Status::Converged {
                spent.push(integral.evaluations);
            }
            let ratio = (integral.estimate - f.exact()).abs() / integral.error;
            exceeded += usize::from(ratio > 1.0);
            three_times += usize::from(ratio > 3.0);
        }
        spent.sort_unstable();
        let median = spent.get(spent.len() / 2).copied().unwrap_or_default();
        println!("{method} {D} {tolerance:e} {name}: {}, {median:.1e}; {exceeded}, {three_times}", spent.len());
    }
}

/// 100 draws of each of Genz's families: converged, claims exceeded, three times exceeded.
fn few<const D: usize>(method: Method, tolerance: f64, most: u64) -> [usize; 3] {
    let mut counts = [0; 3];
    for family in 0..GENZ.len() {
        let mut draws = Draws((1000 * D + family) as u64);
        for seed in 0..100 {
            let f = Genz::<D>::draw(family, &mut draws);
            let with = by(method).rel_tol(tolerance).max_evaluations(most).seed(seed);
            let integral = of(&with, &f, [(0.0, 1.0); D]);
            let ratio = (integral.estimate - f.exact()).abs() / integral.error;
            counts[0] += usize::from(integral.status == Status::Converged);
            counts[1] += usize::from(ratio > 1.0);
            counts[2] += usize::from(ratio > 3.0);
        }
    }
    counts
}

#[test]
#[ignore = "minutes; the figures of docs/methods.md"]
fn few_evaluations() {
    for method in METHODS.into_iter().chain([Method::Auto]) {
        for tolerance in [1e-9, 1e-1] {
            for most in [200, 300, 1000, 3000, 10_000, 30_000] {
                let of = [few::<2>, few::<3>, few::<5>, few::<8>].map(|few| few(method, tolerance, most));
                println!("{method} {tolerance:e} {most}: {of:?}");
            }
        }
    }
}

#[test]
#[ignore = "minutes; the figures of docs/methods.md"]
fn genz_families_on_a_lattice() {
    for tolerance in [1e-3, 1e-6] {
        for most in [4_000_000, 5_000_000] {
            println!("within {most}");
            genz::<2>(Method::Lattice, tolerance, most);
            genz::<3>(Method::Lattice, tolerance, most);
            genz::<5>(Method::Lattice, tolerance, most);
            genz::<8>(Method::Lattice, tolerance, most);
        }
    }
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
