use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let mut s = x;
    if x > 0.0 && { s += 1.0; s > 2.0 } { s } else { -s }
}

fn main() {}
