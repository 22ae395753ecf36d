use quadrille_macros::integrand;

#[integrand]
fn while_loop(x: f64) -> f64 {
    let mut s = x;
    while s > 1.0 {
        s *= 0.5;
    }
    s
}

#[integrand]
fn endless(x: f64) -> f64 {
    let mut s = x;
    loop {
        s *= 0.5;
        if s < 1.0 {
            break;
        }
    }
    s
}

#[integrand]
fn leaves(x: f64) -> f64 {
    let mut s = x;
    for i in 0..8 {
        if s > 1.0 {
            break;
        }
        s += i as f64;
    }
    s
}

fn main() {}
