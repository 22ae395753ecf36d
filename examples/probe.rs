use quadrille::*;
use std::time::Instant;
fn main() {
    let n: u64 = std::env::args().nth(1).map_or(100_000_000, |s| s.parse::<f64>().unwrap() as u64);
    let f = |x: f64| x * x;
    for level in lanes::Level::available() {
        for threads in [1, 2] {
            let int = Integrator::new().rule(Rule::Left).panels(n).level(level).threads(threads);
            let mut best = f64::MAX;
            let mut v = 0.0;
            for _ in 0..15 {
                let t = Instant::now();
                v = int.integrate(&f, 0.0..10.0).unwrap().estimate;
                best = best.min(t.elapsed().as_secs_f64());
            }
            println!("{level} {threads} {v:?} {:.4} ns/pt", best * 1e9 / n as f64);
        }
    }
    let int = Integrator::new().rule(Rule::Left).panels(64).threads(1);
    let mut best = f64::MAX;
    for _ in 0..1000 {
        let t = Instant::now();
        for _ in 0..100 {
            std::hint::black_box(int.integrate(&f, 0.0..10.0).unwrap().estimate);
        }
        best = best.min(t.elapsed().as_secs_f64() / 100.0);
    }
    println!("64 panels: {:.1} ns", best * 1e9);
    println!("{:?}", Integrator::new().rule(Rule::Left).panels(1000).backend(Backend::Serial).integrate(&f, 0.0..10.0));
    println!(
        "{:?}",
        Integrator::new().rule(Rule::GaussLegendre(20)).panels(10).verify(Verify::Full).integrate(&f, 0.0..10.0)
    );
}
