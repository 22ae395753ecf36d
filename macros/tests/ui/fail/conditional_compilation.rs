use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let mut s = x;
    #[cfg(not(test))]
    {
        s *= 2.0;
    }
    s
}

fn main() {}
