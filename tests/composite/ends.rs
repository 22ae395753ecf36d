//! How a sum ends, and what is kept of it, where it does not end as asked.

use super::*;

#[test]
fn intervals_too_narrow_for_their_panels_are_refused() {
    for (a, b) in [(0.0, 5e-324), (0.0, 1e-310), (-1e-300, 1e-300)] {
        let error = with(Rule::Midpoint, 1000).integrate(&|_: f64| 1e300, a..b).unwrap_err();
        assert!(matches!(error, Error::TooNarrow { .. }), "{error}");
    }
    let value = with(Rule::Midpoint, 1000).integrate(&|_: f64| 1e260, 0.0..1e-270).unwrap().estimate;
    assert!((value * 1e10 - 1.0).abs() < 1e-15);
}

#[test]
fn a_pole_inside_is_found_by_both_backends() {
    for (a, b, n) in [(-1.0, 1.0, 65_536), (-1.0, 3.0, 4), (-1.0, 1.0, 1 << 20)] {
        for backend in [Backend::Serial, Backend::Simd] {
            let result = with(Rule::Left, n).backend(backend).accept_any_status().integrate(&|x: f64| 1.0 / x, a..b);
            assert_eq!(
                result.unwrap().status,
                Status::NonFinite { point: 0.0, value: f64::INFINITY },
                "{backend}, {n}"
            );
        }
    }
}

/// What a stopped rule has summed is that rule over the part it reached.
#[test]
fn partial_results_are_those_of_the_part_reached() {
    for rule in RULES {
        for backend in [Backend::Serial, Backend::Simd] {
            let cancel = Cancel::new();
            let switch = cancel.clone();
            let watched = with(rule, 1 << 20).backend(backend).cancel(&cancel).threads(1).accept_any_status();
            let stopped = watched.progress(move |_| switch.cancel()).integrate(&|x: f64| x.exp(), 0.0..1024.0 * 1e-3);
            let stopped = stopped.unwrap();
            let Status::Cancelled { reached } = stopped.status else { panic!("{}", stopped.status) };
            let part = with(rule, stopped.regions).integrate(&|x: f64| x.exp(), 0.0..reached).unwrap().estimate;
            assert!((stopped.estimate - part).abs() <= 1e-13 * part, "{rule}, {backend}: {stopped} and {part}");
        }
    }
}

#[test]
fn questions_that_make_no_sense_are_refused_before_anything_is_evaluated() {
    let f = |_: f64| -> f64 { panic!("evaluated") };
    let error = |integrator: Integrator, region: (f64, f64)| integrator.integrate(&f, region).unwrap_err();
    for backend in [Backend::Serial, Backend::Simd, Backend::Auto] {
        let with = |rule, panels| with(rule, panels).backend(backend);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let lower = error(with(Rule::Left, 10), (bad, 1.0));
            assert!(matches!(lower, Error::NonFiniteBound { axis: 0, bound: "lower", .. }), "{lower}");
            let upper = error(with(Rule::Left, 10), (1.0, bad));
            assert!(matches!(upper, Error::NonFiniteBound { axis: 0, bound: "upper", .. }), "{upper}");
            assert!(upper.to_string().contains(&bad.to_string()));
        }
        assert!(matches!(error(with(Rule::Left, 1), (-1e308, 1e308)), Error::TooWide { .. }));
        assert_eq!(error(with(Rule::Left, 0), (0.0, 1.0)), Error::ZeroPanels);
        assert_eq!(error(Integrator::new().rule(Rule::Left), (0.0, 1.0)), Error::NoPanels);
        assert_eq!(error(with(Rule::Left, 0), (1.0, 1.0)), Error::ZeroPanels);
        assert!(matches!(error(with(Rule::Left, (1 << 53) + 1), (0.0, 1.0)), Error::TooManyPanels { .. }));
        assert!(matches!(error(with(Rule::GaussLegendre(10_000), 1 << 53), (0.0, 1.0)), Error::TooManyPanels { .. }));
        assert!(matches!(error(with(Rule::GaussLegendre(0), 1), (0.0, 1.0)), Error::Order(_)));
        assert!(matches!(error(with(Rule::GaussLegendre(usize::MAX), 1), (0.0, 1.0)), Error::Order(_)));
        assert!(matches!(error(with(Rule::Left, 10).threads(0), (0.0, 1.0)), Error::Threads { threads: 0, .. }));
        assert_eq!(error(Integrator::new().panels(10), (0.0, 1.0)), Error::NoRule);
        let missing = if Level::available().any(|level| level == Level::Neon) { Level::Avx2 } else { Level::Neon };
        let unavailable = error(with(Rule::Left, 10).level(missing), (0.0, 1.0));
        assert_eq!(unavailable, Error::LevelUnavailable { level: missing });
        assert!(unavailable.to_string().contains("available: "));
    }
    let plane = Expression::parse("x * y").unwrap();
    let error = with(Rule::Left, 10).integrate(&plane, 0.0..1.0).unwrap_err();
    assert_eq!(error, Error::Dimension { integrand: 2, region: 1 });
}

#[test]
fn values_that_are_not_finite_are_reported_with_their_first_node() {
    for backend in [Backend::Serial, Backend::Simd] {
        let at_end = with(Rule::Left, 10).backend(backend).integrate(&|x: f64| 1.0 / x, 0.0..1.0).unwrap_err();
        let Error::NotConverged(integral) = at_end else { panic!("{at_end}") };
        assert_eq!(integral.status, Status::NonFinite { point: 0.0, value: f64::INFINITY });
        assert_eq!(integral.estimate, f64::INFINITY);

        // Panels of 1/4096: nodes are exact.
        let nan = |x: f64| if (0.5..0.75).contains(&x) { f64::NAN } else { x };
        let inside = with(Rule::Midpoint, 4096).backend(backend).accept_any_status().integrate(&nan, 0.0..1.0).unwrap();
        let Status::NonFinite { point, value } = inside.status else { panic!("{}", inside.status) };
        assert!(point == 0.5 + 0.5 / 4096.0 && value.is_nan(), "{point} {value}");
        assert!((2049..=4096).contains(&inside.evaluations), "it goes no farther than its block");

        let huge = with(Rule::Midpoint, 4096).backend(backend).accept_any_status().integrate(&|_: f64| 1e306, 0.0..1.0);
        assert_eq!(huge.unwrap().status, Status::Overflow);
    }
    // The right rule does not touch the lower end, Gauss neither end.
    for rule in [Rule::Right, Rule::Midpoint, Rule::GaussLegendre(31)] {
        with(rule, 100).integrate(&|x: f64| 1.0 / x, 0.0..1.0).unwrap();
    }
    // Nor does rounding take a node over the upper end, where this root is NaN.
    for rule in RULES {
        for n in [1, 3, 10, 1000, 1024, 4097] {
            let root = with(rule, n).integrate(&|x: f64| (1.1 - x).sqrt(), 0.1..1.1).unwrap();
            assert!(root.estimate.is_finite());
        }
    }
}

#[test]
fn a_stopped_integration_keeps_what_it_has() {
    for backend in [Backend::Serial, Backend::Simd] {
        let cancel = Cancel::new();
        let switch = cancel.clone();
        let calls = AtomicU64::new(0);
        let f = |_: f64| {
            if calls.fetch_add(1, Relaxed) == 500_000 {
                switch.cancel();
            }
            1.0
        };
        let stopped = with(Rule::Midpoint, 1 << 40).backend(backend).cancel(&cancel).integrate(&f, 0.0..1024.0);
        let Err(Error::NotConverged(integral)) = stopped else { panic!("{stopped:?}") };
        let Status::Cancelled { reached } = integral.status else { panic!("{}", integral.status) };
        assert!(integral.evaluations >= 500_000 && integral.evaluations < 1 << 26, "{}", integral.evaluations);
        assert!(reached > 0.0 && reached < 1024.0);
        assert!((integral.estimate - reached).abs() < 1e-12, "the integral of 1 up to {reached}: {integral}");

        let limit = with(Rule::Midpoint, 1 << 53).backend(backend).time_limit(Duration::from_millis(50));
        let stopped = limit.integrate(&|x: f64| x.sqrt(), 0.0..1.0);
        let Err(Error::NotConverged(integral)) = stopped else { panic!("{stopped:?}") };
        assert!(matches!(integral.status, Status::Deadline { .. }), "{}", integral.status);
        assert!(integral.evaluations > 0);
    }
}

#[test]
fn progress_ends_at_the_total() {
    for backend in [Backend::Serial, Backend::Simd] {
        let last = std::sync::Arc::new(Mutex::new((0, 0)));
        let seen = last.clone();
        let watched = with(Rule::Simpson, 100_000).backend(backend).progress(move |progress| {
            let mut last = seen.lock().unwrap();
            assert!(progress.evaluations >= last.0, "progress goes forward");
            *last = (progress.evaluations, progress.total);
        });
        watched.integrate(&|x: f64| x, 0.0..1.0).unwrap();
        assert_eq!(*last.lock().unwrap(), (200_001, 200_001));
    }
}
