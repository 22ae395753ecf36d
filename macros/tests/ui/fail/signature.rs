use quadrille_macros::integrand;

#[integrand]
fn single(x: f32) -> f32 {
    x
}

#[integrand]
fn nothing(x: f64) {
    let _ = x;
}

#[integrand]
fn no_point() -> f64 {
    1.0
}

#[integrand]
fn integer_parameter(x: f64, n: i32) -> f64 {
    x.powi(n)
}

#[integrand]
fn nameless(x: f64, _: f64) -> f64 {
    x
}

#[integrand]
fn two_points(x: f64, [a, b]: [f64; 2]) -> f64 {
    x * a * b
}

#[integrand]
fn slice(p: &[f64]) -> f64 {
    p[0]
}

#[integrand]
fn empty(_: [f64; 0]) -> f64 {
    1.0
}

fn main() {}
