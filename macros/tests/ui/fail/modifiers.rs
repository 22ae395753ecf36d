use quadrille_macros::integrand;

#[integrand]
async fn asynchronous(x: f64) -> f64 {
    x
}

#[integrand]
unsafe fn dangerous(x: f64) -> f64 {
    x
}

#[integrand]
fn generic<T>(x: f64) -> f64 {
    x
}

#[integrand]
fn bounded(x: f64) -> f64
where
    f64: Copy,
{
    x
}

#[integrand]
extern "C" fn foreign(x: f64) -> f64 {
    x
}

#[integrand(parallel)]
fn argued(x: f64) -> f64 {
    x
}

struct Owner;

impl Owner {
    #[integrand]
    fn method(&self, x: f64) -> f64 {
        x
    }
}

fn main() {}
