use quadrille::{Integrand, Integrator, Status, integrand};
use std::hint::black_box;
use std::time::Instant;
macro_rules! cases {
    ($($name:ident, $id:literal, $a:expr, $b:expr, $peer:expr, $value:expr, |$x:ident| $body:expr;)*) => {
        $(#[integrand] fn $name($x: f64) -> f64 { $body })*
        fn main() {
            let mut ratios = vec![];
            for tol in [1e-10] {
                let integrator = Integrator::new().rel_tol(tol).accept_any_status();
                $(ratios.push(one(&integrator, $id, &$name {}, $a, $b, $peer, $value));)*
            }
            ratios.retain(|r: &f64| r.is_finite());
            ratios.sort_by(f64::total_cmp);
            println!("median {:.2} least {:.2} slower {}", ratios[ratios.len()/2], ratios[0], ratios.iter().filter(|r| **r < 1.0).count());
        }
    };
}
fn one(integrator: &Integrator, id: &str, f: &impl Integrand, a: f64, b: f64, peer: f64, value: f64) -> f64 {
    let i = integrator.integrate(f, a..b).expect("an integral");
    let mut best = f64::INFINITY;
    let mut n = 1;
    for _ in 0..40 {
        let s = Instant::now();
        for _ in 0..n {
            let _ = black_box(integrator.integrate(f, black_box(a)..black_box(b)).map(|i| i.estimate));
        }
        let t = s.elapsed().as_secs_f64();
        if t < 2e-4 {
            n *= 2;
            continue;
        }
        best = best.min(t / n as f64);
    }
    let ns = best * 1e9;
    println!(
        "{id:<14}{ns:>9.1} ns  peer {peer:>8.0}  x{:<6.2} {:>6} evals {:>4} regions  err {:.1e} claimed {:.1e} {}",
        peer / ns,
        i.evaluations,
        i.regions,
        ((i.estimate - value) / value).abs(),
        i.error / value.abs(),
        if i.status == Status::Converged { "" } else { i.status.name() }
    );
    if i.status == Status::Converged { peer / ns } else { f64::NAN }
}
const INF: f64 = f64::INFINITY;
cases! {
    exp, "exp", 0.0, 1.0, 75.8, 1.718281828459045, |x| x.exp();
    expcos, "expcos", 0.0, std::f64::consts::TAU, 400.0, 7.954926521012846, |x| x.cos().exp();
    runge, "runge", -1.0, 1.0, 221.0, 0.5493603067780064, |x| 1.0 / (1.0 + 25.0 * x * x);
    cos50, "cos50", 0.0, 1.0, 585.0, -0.005247497074078575, |x| (50.0 * x).cos();
    sin1000, "sin1000", 0.0, 1.0, 22500.0, 0.0007185863783321364, |x| (1000.0 * x).sin() / (1.0 + x);
    peak, "peak1e-4", 0.0, 1.0, 433.0, 309.39758872, |x| 1.0 / (1e-4 + (x - 0.3) * (x - 0.3));
    spike, "spike", 0.0, 1.0, 29700.0, 1.772453850905516e-4, |x| (-((x - 0.61372) / 1e-4).powi(2)).exp();
    inverse_root, "x^-0.5", 0.0, 1.0, 277.0, 2.0, |x| 1.0 / x.sqrt();
    root_log, "sqrt*log", 0.0, 1.0, 275.0, -4.0/9.0, |x| x.sqrt() * x.ln();
    power, "x^-0.9", 0.0, 1.0, 1100.0, 10.0, |x| x.powf(-0.9);
    beta, "beta", 0.0, 1.0, 1670.0, 4.442882938158366, |x| x.powf(-0.75) * (1.0 - x).powf(-0.25);
    logs, "log*log1m", 0.0, 1.0, 578.0, 0.35506593315177356, |x| x.ln() * (1.0 - x).ln();
    kink, "kink", 0.0, 1.0, 658.0, 5.0/18.0, |x| (x - 1.0 / 3.0).abs();
    step, "step", 0.0, 1.0, 3980.0, 1.0-std::f64::consts::FRAC_1_PI, |x| if x > std::f64::consts::FRAC_1_PI { 1.0 } else { 0.0 };
    cusp, "sqrt|x-.7|", 0.0, 1.0, 1150.0, 0.5000017778333, |x| (x - 0.7).abs().sqrt();
    pole, "|x-.7|^-.5", 0.0, 1.0, 1610.0, 2.7687652583, |x| 1.0 / (x - 0.7).abs().sqrt();
    slow, "1/(x*log^2)", 0.0, 0.5, f64::NAN, 1.4426950408889634, |x| 1.0 / (x * x.ln() * x.ln());
    gauss, "gauss_inf", -INF, INF, 1200.0, 1.772453850905516, |x| (-x * x).exp();
    shifted, "gauss_shift", -INF, INF, 204000.0, 1.772453850905516, |x| (-(x - 100.0) * (x - 100.0)).exp();
    cauchy, "cauchy_inf", -INF, INF, 112.0, std::f64::consts::PI, |x| 1.0 / (1.0 + x * x);
    rational, "exp/(1+x^2)", 0.0, INF, 451.0, 0.6214496242358134, |x| (-x).exp() / (1.0 + x * x);
    damped, "exp*cos10", 0.0, INF, 21100.0, 1.0/101.0, |x| (-x).exp() * (10.0 * x).cos();
    tail, "tail+sing", 0.0, INF, 374.0, std::f64::consts::PI, |x| 1.0 / ((1.0 + x) * x.sqrt());
}
