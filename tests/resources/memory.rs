//! The limit on memory: kept, as an allocator counts it, and refused where it is too small.

use quadrille::{Backend, Error, Integral, Integrator, Method, Rule, Status, Verify, Weight};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts what a thread holds, and the most that it held.
struct Counting;

thread_local! {
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn count(bytes: isize) {
    // None where a thread comes to its end.
    let _ = HELD.try_with(|held| {
        let (now, most) = held.get();
        held.set((now + bytes, most.max(now + bytes)));
    });
}

// A test may: the crate itself has no `unsafe`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `work` gives, and the bytes that it took at most; on a thread of its own, which has kept nothing from before.
fn held<T: Send>(work: impl FnOnce() -> T + Send) -> (T, usize) {
    let run = || {
        let before = HELD.get().0;
        HELD.set((before, before));
        let done = work();
        (done, (HELD.get().1 - before) as usize)
    };
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}

/// Of what does not grow: the working memory of a thread, tables.
const SLACK: usize = 600 << 10;

fn limited(bytes: usize) -> Integrator {
    Integrator::new().max_memory(bytes).threads(1).rel_tol(1e-12).max_evaluations(1 << 40)
}

/// The best estimate, at the limit.
fn at_limit(result: Result<Integral, Error>) -> Integral {
    let Err(Error::NotConverged(integral)) = result else { panic!("{result:?}") };
    assert_eq!(integral.status, Status::MemoryLimit);
    *integral
}

#[test]
fn meshes_stay_within_the_limit_and_keep_the_best_estimate() {
    // The harmonic numbers: steps that get ever closer.
    let stairs = |x: f64| (1.0 / x).floor();
    let exact: f64 = (2..=100_000).map(|k| 1.0 / f64::from(k)).sum();
    for bytes in [1 << 16, 1 << 20, 1 << 23] {
        let (found, most) = held(|| at_limit(limited(bytes).integrate(&stairs, 1e-5..1.0)));
        assert!(most <= bytes + SLACK, "{bytes}: {most}");
        assert!((found.estimate - exact).abs() <= found.error && found.regions > bytes as u64 / 2000, "{found:#}");

        let weighted = limited(bytes).weight(Weight::Cos(1e3));
        let (found, most) = held(|| weighted.integrate(&stairs, 1e-5..1.0));
        let Err(Error::NotConverged(found)) = found else { panic!("{bytes}") };
        assert!(most <= bytes + SLACK && found.status == Status::MemoryLimit, "{bytes}: {most} {found:#}");

        let pair = |x: f64| [stairs(x), 1.0 / x];
        let (found, most) = held(|| limited(bytes).integrate_vector(&pair, 1e-5..1.0));
        let Err(Error::VectorNotConverged(found)) = found else { panic!("{bytes}") };
        assert!(most <= bytes + SLACK && found.status == Status::MemoryLimit, "{bytes}: {most} {}", found.status);
        assert!((found.estimates[0] - exact).abs() <= found.errors[0], "{bytes}");
    }
}

/// A ball of radius 1 in a box of side 2, by its corners: a jump that no plane meets.
fn ball<const D: usize>(x: [f64; D]) -> f64 {
    if x.iter().map(|x| x * x).sum::<f64>() < 1.0 { 1.0 } else { 0.0 }
}

#[test]
fn boxes_stay_within_the_limit() {
    fn check<const D: usize>(bytes: usize, volume: f64) {
        let cubature = limited(bytes).method(Method::Cubature);
        let (found, most) = held(|| at_limit(cubature.integrate(&ball::<D>, [(); D].map(|()| 0.0..1.0))));
        println!("{D} axes, {bytes}: {most}, {} boxes", found.regions);
        assert!(most <= bytes + SLACK, "{D}, {bytes}: {most}");
        assert!((found.estimate - volume).abs() <= found.error, "{D}, {bytes}: {found:#}");
        let pair = |x: [f64; D]| [ball(x), ball(x.map(|x| 1.0 - x))];
        let (found, most) = held(|| cubature.integrate_vector(&pair, [(); D].map(|()| 0.0..1.0)));
        let Err(Error::VectorNotConverged(found)) = found else { panic!("{D}, {bytes}") };
        assert!(most <= bytes + SLACK && found.status == Status::MemoryLimit, "{D}, {bytes}: {most} {}", found.status);
    }
    let pi = std::f64::consts::PI;
    for bytes in [1 << 19, 1 << 22] {
        check::<2>(bytes, pi / 4.0);
        check::<3>(bytes, pi / 6.0);
        check::<4>(bytes, pi * pi / 32.0);
        check::<6>(bytes, pi.powi(3) / 384.0);
    }
}

#[test]
fn vegas_has_fewer_strata_and_still_answers() {
    let peak = |x: [f64; 4]| (-100.0 * x.map(|x| (x - 0.5) * (x - 0.5)).iter().sum::<f64>()).exp();
    let exact = (std::f64::consts::PI / 100.0).powi(2);
    let bytes = 3 << 20;
    let vegas = Integrator::new().method(Method::Vegas).threads(1).rel_tol(3e-4).max_evaluations(50_000_000);
    let over = [0.0..1.0, 0.0..1.0, 0.0..1.0, 0.0..1.0];
    let (found, most) = held(|| vegas.clone().max_memory(bytes).integrate(&peak, over.clone()).unwrap());
    assert!(most <= bytes + SLACK, "{most}");
    assert!((found.estimate - exact).abs() <= 2.0 * found.error, "{found:#}");
    let (_, without) = held(|| vegas.integrate(&peak, over.clone()).unwrap());
    assert!(without > bytes + SLACK, "{without}: nothing was limited");
}

#[test]
fn a_limit_that_is_wide_enough_changes_nothing() {
    let kink = |x: f64| (x - 0.3).abs().sqrt();
    let wide = Integrator::new().max_memory(1 << 24);
    let usual = Integrator::new();
    assert_eq!(wide.integrate(&kink, 0.0..1.0).unwrap().estimate, usual.integrate(&kink, 0.0..1.0).unwrap().estimate);
    let (square, f) = ([0.0..1.0, 0.0..1.0], |[x, y]: [f64; 2]| (x * y - 0.1).abs());
    let (wide, usual) = (wide.rel_tol(1e-6), usual.rel_tol(1e-6));
    let found = wide.integrate(&f, square.clone()).unwrap();
    assert_eq!((found.estimate, found.error), {
        let usual = usual.integrate(&f, square).unwrap();
        (usual.estimate, usual.error)
    });
}

#[test]
fn what_is_too_small_for_the_first_round_is_refused_before_it() {
    let calls = AtomicU64::new(0);
    let refused = |result: Result<(), Error>| {
        let Err(Error::FewBytes { most, least }) = result else { panic!("{result:?}") };
        assert!(least > most && calls.load(Relaxed) == 0, "{most} {least}");
        let message = Error::FewBytes { most, least }.to_string();
        assert!(message.contains(&format!("{most} bytes")) && message.contains(&least.to_string()), "{message}");
    };
    let count = |value: f64| {
        calls.fetch_add(1, Relaxed);
        value
    };
    let (line, plane) = (|x: f64| count(x), |[x, y]: [f64; 2]| count(x * y));
    let square = || [0.0..1.0, 0.0..1.0];
    for bytes in [0, 1, 1000] {
        let tiny = Integrator::new().max_memory(bytes);
        refused(tiny.clone().points(&[0.5]).integrate(&line, 0.0..1.0).map(|_| ()));
        refused(tiny.integrate(&line, 0.0..f64::INFINITY).map(|_| ()));
        refused(tiny.integrate_vector(&|x: f64| [line(x), 1.0], 0.0..1.0).map(|_| ()));
        for method in [Method::Auto, Method::Cubature, Method::Vegas] {
            refused(tiny.clone().method(method).integrate(&plane, square()).map(|_| ()));
        }
        refused(tiny.integrate_vector(&|x: [f64; 2]| [plane(x), 1.0], square()).map(|_| ()));
        refused(tiny.sweep(&[1.0, 2.0], |&top| (line, 0.0..top)).map(|_| ()));
        refused(tiny.sweep(&[1.0, 2.0], |&top| (plane, [0.0..top, 0.0..1.0])).map(|_| ()));
        // Points need no memory that grows.
        let sampled = tiny.clone().method(Method::Lattice).rel_tol(1e-2);
        assert!(sampled.integrate(&|[x, y]: [f64; 2]| x * y, square()).is_ok());
        let sums = tiny.clone().rule(Rule::Simpson).panels(100);
        assert!(sums.integrate(&|x: f64| x.exp(), 0.0..1.0).is_ok());
        // One panel would be enough, of one integral and of a row alike.
        refused(tiny.integrate(&line, 0.0..1.0).map(|_| ()));
        refused(tiny.clone().verify(Verify::Full).integrate(&line, 0.0..1.0).map(|_| ()));
        refused(tiny.clone().backend(Backend::Serial).integrate(&line, 0.0..1.0).map(|_| ()));
        // The last word counts.
        let enough = tiny.clone().max_memory(1 << 16);
        assert_eq!(enough.integrate(&|x: f64| x, 0.0..1.0), Integrator::new().integrate(&|x: f64| x, 0.0..1.0));
        let hinted = tiny.planes(&[(0, 0.5)]).max_memory(1 << 16);
        assert_eq!(hinted.integrate(&line, 0.0..1.0), Err(Error::SeveralDimensions));
    }
    // A function of smooth pieces needs no graded mesh, and that much is asked for; one that is not smooth ends where
    // its mesh turns out larger.
    let points: Vec<f64> = (1..1000).map(|k| f64::from(k) / 1000.0).collect();
    let limited = Integrator::new().points(&points).max_memory(2 << 20);
    let pieces = |x: f64| (1000.0 * x).floor();
    let estimate = |with: &Integrator| with.integrate(&pieces, 0.0..1.0).unwrap().estimate;
    assert_eq!(estimate(&limited), estimate(&Integrator::new().points(&points)));
    let (found, most) = held(|| at_limit(limited.integrate(&|x: f64| (1000.0 * x).sin().abs().sqrt(), 0.0..1.0)));
    assert!(found.estimate.is_nan() && found.error == f64::INFINITY && most <= (2 << 20) + SLACK, "{found:#}: {most}");
    refused(limited.clone().max_memory(1 << 20).integrate(&line, 0.0..1.0).map(|_| ()));
    // Of several components all are to be smooth.
    let both = limited.max_memory(4 << 20).integrate_vector(&|x: f64| [pieces(x), x], 0.0..1.0).unwrap();
    assert!((both.estimates[0] - 499.5).abs() < 1e-9 && (both.estimates[1] - 0.5).abs() < 1e-12, "{both:#}");
    // Around peaks the first mesh is larger.
    let peaks: Vec<[f64; 2]> = (1..100).map(|k| [f64::from(k) / 100.0, 0.7]).collect();
    refused(Integrator::new().peaks(&peaks).max_memory(1 << 18).integrate(&plane, square()).map(|_| ()));
}
