//! Threads: they change the time alone, never a bit, and are used where they pay.

use super::rules::{RULES, with};
use quadrille::{Error, Rule, Status, lanes::Level};
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Bits of the result for every level and thread count; levels without fused multiply-add may differ in functions that
/// have one, and these here have none.
#[test]
fn bits_do_not_depend_on_threads_or_level() {
    let f = |x: f64| 1.0 / (1.0 + x * x) - 0.3 * x;
    for rule in RULES {
        for n in [1, 100, 5000, 300_000] {
            let bits = |level, threads| {
                let integrator = with(rule, n.min(10_000_000 / rule_nodes(rule))).level(level).threads(threads);
                integrator.integrate(&f, -1.0..3.0).unwrap().estimate.to_bits()
            };
            let expected = bits(Level::detect(), 1);
            for threads in [2, 3, 7] {
                assert_eq!(bits(Level::detect(), threads), expected, "{rule}, {n} panels, {threads} threads");
            }
            for level in Level::available() {
                assert_eq!(bits(level, 2), expected, "{rule}, {n} panels, {level}");
            }
        }
    }
    println!("levels: {:?}", Level::available().collect::<Vec<_>>());
}

fn rule_nodes(rule: Rule) -> u64 {
    if let Rule::GaussLegendre(order) = rule { order as u64 } else { 4 }
}

#[test]
fn within_a_rayon_task_the_result_is_the_same_and_the_pool_is_the_callers() {
    #[cfg(feature = "parallel")]
    {
        let f = |x: f64| x.sqrt();
        let outside = with(Rule::Midpoint, 3_000_000).integrate(&f, 0.0..1.0).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let inside = pool.install(|| with(Rule::Midpoint, 3_000_000).integrate(&f, 0.0..1.0).unwrap());
        assert_eq!(inside.estimate, outside.estimate);
        assert_eq!(inside.threads, 3);
        // Nothing of ours has started the global pool: it can still be configured.
        rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    }
}

/// As long as a microsecond a value, and as many values as a small plan has.
fn dear(x: f64) -> f64 {
    let start = Instant::now();
    while start.elapsed() < Duration::from_micros(1) {}
    x.sqrt()
}

#[test]
fn few_evaluations_that_take_long_are_spread() {
    for threads in [1, 2, 3, 7] {
        let seen = Mutex::new(HashSet::new());
        let f = |x: f64| {
            seen.lock().unwrap().insert(std::thread::current().id());
            dear(x)
        };
        let integral = with(Rule::Left, 10_000).threads(threads).integrate(&f, 0.0..1.0).unwrap();
        let alone = with(Rule::Left, 10_000).threads(1).integrate(&|x: f64| x.sqrt(), 0.0..1.0).unwrap();
        assert_eq!(integral.estimate, alone.estimate, "{threads} threads");
        if cfg!(feature = "parallel") {
            assert_eq!(integral.threads, threads);
            // The calling thread, which makes the first tile, and those of the pool that found work.
            assert_eq!(seen.lock().unwrap().len() > 1, threads > 1, "{threads} threads");
        }
    }
}

#[test]
fn on_threads_too_a_deadline_keeps_what_is_done() {
    let limited = with(Rule::Left, 200_000).threads(3).time_limit(Duration::from_millis(20));
    let Err(Error::NotConverged(integral)) = limited.integrate(&dear, 0.0..1.0) else { panic!() };
    let Status::Deadline { reached } = integral.status else { panic!("{}", integral.status) };
    assert!(integral.evaluations > 0 && reached > 0.0 && reached < 1.0);
    assert!((integral.estimate - 2.0 / 3.0 * reached.powf(1.5)).abs() < 1e-4, "{} up to {reached}", integral.estimate);
}
