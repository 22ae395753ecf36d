use quadrille_macros::integrand;

struct Pair {
    first: f64,
}

#[integrand]
fn f(x: f64) -> f64 {
    fn inner(x: f64) -> f64 {
        x
    }
    let pair = Pair { first: x };
    let Some(y) = Some(x) else { panic!() };
    inner(pair.first) + y
}

fn main() {}
