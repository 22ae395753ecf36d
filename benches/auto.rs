//! `Backend::Auto` beside every choice that could be made for it, from 10^2 points to 10^10, for a cheap integrand and
//! a dear one: elapsed time, least of several rounds that alternate. A GPU takes part if one can be opened
//! (`QUADRILLE_ADAPTER`).

mod common;

use common::*;
use quadrille::{Backend, Integrand, Integrator};
use std::hint::black_box;
use std::time::Instant;

/// The integrand `mixed`.
const DEAR: &str = "sin(x) exp(-x^2/50) + 1/(1 + x^2)";

/// Seconds above which a way is no longer tried with ten times as many points.
const PATIENCE: f64 = 60.0;

/// Set in a process of its own that makes the first call to `Auto`: with how many points.
const FIRST: &str = "QUADRILLE_BENCH_FIRST";

fn main() {
    if let Ok(panels) = std::env::var(FIRST) {
        return first(panels.parse().expect("a number"));
    }
    let largest = if only_testing() { 4 } else { 10 };
    table("x^2", &x_squared {}, x_squared, largest);
    table(DEAR, &mixed {}, mixed, largest);
    first_calls(largest);
}

/// What the first call of a process to `Auto` costs, where devices must be opened and kernels compiled to compare.
fn first_calls(largest: u32) {
    println!("\n{DEAR}: the first call of a process");
    for exponent in largest.saturating_sub(2)..=largest {
        let panels = 10u64.pow(exponent).to_string();
        let program = std::env::current_exe().expect("this program");
        let child = std::process::Command::new(program).env(FIRST, panels).status();
        assert!(child.is_ok_and(|status| status.success()));
    }
}

fn first(panels: u64) {
    let time = |backend| {
        let integrator = Integrator::new().rule(quadrille::Rule::Left).panels(panels).backend(backend);
        let start = Instant::now();
        let integral = integrate(&integrator, &mixed {});
        (integral, start.elapsed().as_secs_f64() * 1e3)
    };
    let ((_, simd), (integral, auto)) = (time(Backend::Simd), time(Backend::Auto));
    let (_, again) = time(Backend::Auto);
    println!("{panels:>14} points: simd {simd:.1} ms, auto {auto:.1}, again {again:.1}; {}", integral.backend);
    for fallback in integral.fallbacks {
        println!("{:>24}{fallback}", "");
    }
}

/// A backend, and whether it may still be tried.
struct Way {
    name: &'static str,
    integrator: Integrator,
    /// Seconds a point, the last time.
    speed: f64,
    /// Seconds a call.
    least: f64,
}

fn ways() -> Vec<Way> {
    let simd = left_sum(1);
    let all = Integrator::new().rule(quadrille::Rule::Left);
    let way = |name, integrator| Way { name, integrator, speed: 0.0, least: f64::INFINITY };
    #[cfg_attr(not(feature = "gpu"), allow(unused_mut, reason = "the GPU is one more"))]
    let mut ways = vec![
        way("auto", all.clone()),
        way("serial", simd.clone().backend(Backend::Serial)),
        way("simd, 1", simd),
        way("simd, all", all.clone().backend(Backend::Simd)),
    ];
    #[cfg(feature = "gpu")]
    match quadrille::gpu::Device::shared() {
        Ok(device) => {
            println!("GPU: {}, driver {}", device.info().name, device.info().driver);
            ways.push(way("gpu", all.backend(Backend::Gpu)));
        }
        Err(error) => println!("SKIPPED, no GPU takes part: {error}"),
    }
    ways
}

fn table(title: &str, f: &impl Integrand, plain: impl Fn(f64) -> f64, largest: u32) {
    let mut ways = ways();
    let expected = plain_loop(plain, 100_000);
    for way in &ways {
        check(way.name, integrate(&way.integrator.clone().panels(100_000), f).estimate, expected);
    }
    println!("\n{title}: ns a call, or µs from 10^6 points on");
    print!("{:>8}", "n");
    for way in &ways {
        print!("{:>12}", way.name);
    }
    println!("{:>14}  auto is", "auto / best");
    let mut before = "";
    for exponent in 2..=largest {
        let panels = 10u64.pow(exponent);
        let (calls, rounds) = (100_000_000 / panels.max(1000) / 100 + 1, if exponent < 9 { 15 } else { 3 });
        for way in &mut ways {
            way.least = f64::INFINITY;
        }
        let mut auto = None;
        for _ in 0..rounds {
            for way in ways.iter_mut().filter(|way| way.speed * (panels as f64) < PATIENCE) {
                let integrator = way.integrator.clone().panels(panels);
                let start = Instant::now();
                let mut last = integrate(&integrator, f);
                for _ in 1..calls {
                    last = black_box(integrate(&integrator, f));
                }
                way.least = way.least.min(start.elapsed().as_secs_f64() / calls as f64);
                if way.name == "auto" {
                    auto = Some(last);
                }
            }
        }
        let unit = if exponent < 6 { 1e9 } else { 1e6 };
        print!("{:>8}", format!("10^{exponent}"));
        for way in &mut ways {
            way.speed = if way.least.is_finite() { way.least / panels as f64 } else { f64::INFINITY };
            if way.least.is_finite() { print!("{:>12.1}", way.least * unit) } else { print!("{:>12}", "-") }
        }
        let best = ways[1..].iter().min_by(|a, b| a.least.total_cmp(&b.least)).expect("a way");
        print!("{:>14.2}", ways[0].least / best.least);
        if let Some(auto) = auto {
            print!("  {} on {} thread(s)", auto.backend, auto.threads);
        }
        println!(
            "{}",
            if before == best.name { String::new() } else { format!("; from here on {} is best", best.name) }
        );
        before = best.name;
    }
}
