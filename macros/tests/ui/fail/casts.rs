use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let n = x as i32;
    let _ = 2 as f32;
    (x as f64) + n as f64
}

fn main() {}
