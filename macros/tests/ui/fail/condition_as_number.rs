use quadrille_macros::integrand;

#[integrand]
fn factor(x: f64) -> f64 {
    x * f64::from(x > 1.0) + (x < 2.0) as u8 as f64
}

#[integrand]
fn compared(x: f64) -> f64 {
    if (x > 1.0) == (x < 2.0) { x } else { -x }
}

fn main() {}
