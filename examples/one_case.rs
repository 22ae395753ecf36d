use quadrille::{Integrator, integrand};
#[integrand]
fn runge(x: f64) -> f64 {
    1.0 / (1.0 + 25.0 * x * x)
}
#[integrand]
fn kink(x: f64) -> f64 {
    (x - 1.0 / 3.0).abs()
}
fn main() {
    let i = Integrator::new().accept_any_status();
    let mut s = 0.0;
    for _ in 0..2000 {
        s += i.integrate(&runge {}, std::hint::black_box(-1.0)..1.0).unwrap().estimate;
    }
    for _ in 0..2000 {
        s += i.integrate(&kink {}, std::hint::black_box(0.0)..1.0).unwrap().estimate;
    }
    println!("{s}");
}
