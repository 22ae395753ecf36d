//! The first screen of the README.

use quadrille::{Integrator, Rule, integrand};

#[integrand]
fn damped(x: f64, rate: f64) -> f64 {
    x.sin() * (-rate * x * x).exp()
}

fn main() -> Result<(), quadrille::Error> {
    let f = damped { rate: 0.02 };
    println!("{:#}", Integrator::new().integrate(&f, 0.0..10.0)?);
    let simpson = Integrator::new().rule(Rule::Simpson).panels(100_000);
    println!("{:#}", simpson.integrate(&f, 0.0..10.0)?);
    Ok(())
}
