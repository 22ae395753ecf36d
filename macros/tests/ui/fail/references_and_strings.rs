use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let y = &x;
    let _ = "x";
    *y
}

fn main() {}
