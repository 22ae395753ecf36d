//! The GPU backend on the adapter that `QUADRILLE_ADAPTER` names, or the best that is not software: what each step from
//! nothing to a sum costs, then large sums, samples and cubature in every arithmetic that it has, beside the SIMD
//! backend. `-- samples` or `-- boxes` for these alone.
//!
//! Drivers keep compiled shaders on disk, so every text to be compiled is one that was never seen before.

#[path = "gpu/boxes.rs"]
mod boxes;
mod common;
#[path = "gpu/samples.rs"]
mod samples;

use common::*;
use criterion::{BatchSize, Criterion, SamplingMode};
use quadrille::gpu::{AdapterInfo, Device};
use quadrille::{Backend, Cancel, Error, Expression, Integral, Integrand, Integrator, Precision, Rule, Verify};
use std::hint::black_box;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Points of a small sum.
const SMALL: u64 = 1000;

/// Seconds that a large sum is to take.
const LONG: f64 = 0.25;

fn main() {
    let wanted = std::env::var("QUADRILLE_ADAPTER").ok().filter(|name| !name.is_empty());
    let device = match Device::open(wanted.as_deref()) {
        Ok(device) => device,
        Err(error) => return println!("SKIPPED, no GPU is measured: {error}"),
    };
    let AdapterInfo { name, backend, driver, .. } = device.info();
    println!("adapter {name} by {backend}, driver {driver}");
    // Named as the filter, these stand alone.
    let only = |name: &str| std::env::args().any(|argument| argument == name);
    let (samples, boxes) = (only("samples"), only("boxes"));
    if !samples && !boxes {
        let mut criterion = short().configure_from_args();
        steps(&mut criterion, &device, wanted.as_deref());
        criterion.final_summary();
        Sums { device: &device, testing: only_testing() }.table();
    }
    if !boxes {
        samples::table(&device);
    }
    if !samples {
        boxes::table(&device);
    }
}

/// The midpoint rule on this device, nothing computed again.
fn on(device: &Device, panels: u64, precision: Precision) -> Integrator {
    Integrator::new()
        .rule(Rule::Midpoint)
        .panels(panels)
        .backend(Backend::Gpu)
        .device(device)
        .precision(precision)
        .verify(Verify::Off)
}

/// What the device has, the most exact first.
fn precisions(device: &Device) -> impl Iterator<Item = Precision> {
    let all = [Precision::F64, Precision::F32x2, Precision::F32];
    all.into_iter().filter(|&precision| device.supports(precision).is_ok())
}

/// sin(x) exp(-x²/50) times a number, in a text that was hardly ever compiled before.
fn unseen() -> Expression {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    // Distinct in single precision, too.
    let factor = 1.0 + ((now >> 8) % (1 << 20)) as f64 / 2f64.powi(21);
    Expression::parse(&format!("{factor:?} * sin(x) * exp(-x^2/50)")).expect("a formula")
}

/// Compiles, and stops before the first dispatch.
fn compile(integrator: &Integrator, f: &impl Integrand) {
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = integrator.clone().cancel(&cancel).integrate(f, 0.0..10.0);
    assert!(matches!(stopped, Err(Error::NotConverged(_))), "{stopped:?}");
}

/// From nothing to a sum, step by step.
fn steps(c: &mut Criterion, device: &Device, wanted: Option<&str>) {
    let name = &device.info().name;
    let mut group = c.benchmark_group(format!("{name}: opening"));
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("a device, probe and all", |b| {
        b.iter_batched(|| (), |()| Device::open(wanted).expect("a device"), BatchSize::PerIteration);
    });
    group.finish();
    for precision in precisions(device) {
        let small = on(device, SMALL, precision);
        let mut group = c.benchmark_group(format!("{name}: {SMALL} points in {precision}"));
        group.sampling_mode(SamplingMode::Flat);
        let expected = integrate(&left_sum(SMALL).rule(Rule::Midpoint), &damped {}).estimate;
        let value = integrate(&small, &damped {}).estimate;
        let error = (value / expected - 1.0).abs();
        assert!(error <= tolerance(precision), "{precision}: {value}, error {error:.1e}");
        group.bench_function("compiling", |b| {
            b.iter_batched(unseen, |f| compile(&small, &f), BatchSize::PerIteration);
        });
        group.bench_function("first dispatch", |b| {
            let compiled = || {
                let f = unseen();
                compile(&small, &f);
                f
            };
            b.iter_batched(compiled, |f| integrate(&small, &f).estimate, BatchSize::PerIteration);
        });
        group.bench_function("dispatch again", |b| b.iter(|| integrate(&small, &damped {}).estimate));
        group.finish();
    }
}

/// The relative error that a sum may have.
fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => 1e-6,
        _ => 1e-11,
    }
}

/// Large sums over [0, 10] by the midpoint rule.
struct Sums<'a> {
    device: &'a Device,
    testing: bool,
}

impl Sums<'_> {
    fn table(&self) {
        println!(
            "ns per point, least of several rounds that alternate; n of each so that a round takes about {LONG} s"
        );
        println!("x the SIMD backend: how many times its rate on all threads, in this run");
        println!("{:<16}{:<16}{:>14}{:>10}{:>10}{:>10}", "", "", "n", "ns", "x simd", "error");
        self.row("x^2", &x_squared {}, 1000.0 / 3.0);
        self.row("sin(x)", &sine {}, 1.0 - 10f64.cos());
        self.row("exp(-x^2)", &gaussian {}, 0.886_226_925_452_758);
        self.row("sin·exp(-x²/50)", &damped {}, 1.173_213_569_899_873);
    }

    /// One integrand in all ways.
    fn row(&self, name: &str, f: &impl Integrand, exact: f64) {
        let simd = left_sum(1).rule(Rule::Midpoint);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut ways = vec![
            Way::new("simd, 1 thread".to_owned(), simd.clone(), Precision::F64),
            Way::new(format!("simd, {threads} threads"), simd.threads(threads), Precision::F64),
        ];
        for precision in precisions(self.device) {
            ways.push(Way::new(format!("gpu, {precision}"), on(self.device, 1, precision), precision));
        }
        ways.retain_mut(|way| match way.prepare(f, exact, self.testing) {
            Ok(()) => true,
            Err(error) => {
                println!("{name:<16}{:<16}{error}", way.name);
                false
            }
        });
        for _ in 0..if self.testing { 1 } else { 5 } {
            for way in &mut ways {
                way.round(f, exact);
            }
        }
        let reference = ways[1].least;
        for Way { name: way, panels, least, error, .. } in &ways {
            println!("{name:<16}{way:<16}{panels:>14}{least:>10.4}{:>10.3}{error:>10.0e}", reference / least);
        }
    }
}

/// One way to a sum.
struct Way {
    name: String,
    integrator: Integrator,
    precision: Precision,
    panels: u64,
    /// Nanoseconds a point, and the relative error of the last sum.
    least: f64,
    error: f64,
}

impl Way {
    fn new(name: String, integrator: Integrator, precision: Precision) -> Self {
        Self { name, integrator, precision, panels: 1 << 16, least: f64::INFINITY, error: 0.0 }
    }

    /// Checks a small sum, then finds how many panels take long enough.
    fn prepare(&mut self, f: &impl Integrand, exact: f64, testing: bool) -> Result<(), Error> {
        // The first one compiles, or wakes threads.
        self.sum(f, exact)?;
        self.least = f64::INFINITY;
        self.sum(f, exact)?;
        while !testing && self.least * self.panels as f64 * 1e-9 < LONG / 2.0 && self.panels < 1 << 40 {
            let wanted = LONG / (self.least * 1e-9);
            self.panels = (wanted as u64).clamp(2 * self.panels, 16 * self.panels);
            self.least = f64::INFINITY;
            self.sum(f, exact)?;
        }
        self.least = f64::INFINITY;
        Ok(())
    }

    fn round(&mut self, f: &impl Integrand, exact: f64) {
        self.sum(f, exact).unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Times one sum and checks it: the error of the rule is below dx².
    fn sum(&mut self, f: &impl Integrand, exact: f64) -> Result<(), Error> {
        let integrator = self.integrator.clone().panels(self.panels);
        let start = Instant::now();
        let Integral { estimate, .. } = integrator.integrate(f, black_box(0.0)..black_box(10.0))?;
        self.least = self.least.min(start.elapsed().as_secs_f64() * 1e9 / self.panels as f64);
        self.error = (estimate / exact - 1.0).abs();
        let allowed = tolerance(self.precision) + (10.0 / self.panels as f64).powi(2);
        assert!(self.error <= allowed, "{}: {estimate} in place of {exact}, error {:.1e}", self.name, self.error);
        Ok(())
    }
}
