use quadrille_macros::integrand;

#[integrand]
fn f(x: f64) -> f64 {
    let mut s = x;
    'outer: for i in 0..3 {
        for j in 0..3 {
            if i == j {
                continue 'outer;
            }
            s += 1.0;
        }
    }
    s
}

fn main() {}
