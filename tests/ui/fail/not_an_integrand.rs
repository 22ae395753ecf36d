use quadrille::integrand;

fn helper(x: f64) -> f64 {
    x * x
}

#[integrand]
fn f(x: f64) -> f64 {
    1.0 + helper(x)
}

fn main() {}
