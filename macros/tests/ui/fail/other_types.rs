use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let single: f32 = 2.0;
    let y: Option<f64> = Some(x);
    let h = 1.5_f32;
    y.unwrap_or(x) + (h * single) as f64
}

fn main() {}
