use quadrille::*;
use std::time::Instant;
fn main() {
    let f = |x: f64| x * x;
    for n in [32768u64, 1_000_000, 10_000_000] {
        for level in [lanes::Level::Avx512, lanes::Level::Avx2, lanes::Level::Sse2] {
            let int = Integrator::new().rule(Rule::Left).panels(n).level(level).threads(1);
            let mut best = f64::MAX;
            let mut v = 0.0;
            for _ in 0..300_000_000 / n {
                let t = Instant::now();
                v = int.integrate(&f, 0.0..10.0).unwrap().estimate;
                best = best.min(t.elapsed().as_secs_f64());
            }
            println!("{n} {level} {v:?} {:.4} ns/pt", best * 1e9 / n as f64);
        }
    }
}
