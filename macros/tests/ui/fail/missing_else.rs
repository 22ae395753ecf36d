use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let y = if x < 0.0 { 1.0 };
    y + x
}

fn main() {}
