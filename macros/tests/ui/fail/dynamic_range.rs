use quadrille_macros::integrand;

#[integrand]
fn f(x: f64, n: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..n as usize {
        s += x.powi(i as i32);
    }
    for _ in 0.. {
        s += 1.0;
    }
    s
}

fn main() {}
