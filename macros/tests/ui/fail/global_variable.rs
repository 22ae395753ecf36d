use quadrille_macros::integrand;

use std::cell::Cell;
thread_local! { static COUNT: Cell<u32> = const { Cell::new(0) }; }
static mut TOTAL: f64 = 0.0;

#[integrand]
fn f(x: f64) -> f64 {
    COUNT.with(|count| count.set(count.get() + 1));
    unsafe { TOTAL += x };
    std::convert::identity::<f64>(x)
}

fn main() {}
