use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    println!("{x}");
    assert!(x > 0.0);
    x
}

fn main() {}
