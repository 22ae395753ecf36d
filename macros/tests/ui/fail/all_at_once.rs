use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let y = x.next_up();
    let z = match y {
        _ => 1.0,
    };
    let mut s = y + z;
    while s > 1.0 {
        s -= 1.0;
    }
    s + vec![x][0]
}

fn main() {}
