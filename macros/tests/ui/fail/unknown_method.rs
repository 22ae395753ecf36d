use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    x.sin() + x.next_up()
}

#[integrand]
fn sum_of_squares(p: [f64; 3]) -> f64 {
    p.iter().map(|c| c * c).sum()
}

fn main() {}
