use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let mut n = 0;
    if x > 0.5 {
        n += 1;
    }
    let m = if x < 0.0 { 1 } else { 2 };
    x.powi(n + m)
}

fn main() {}
