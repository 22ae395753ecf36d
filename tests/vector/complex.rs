//! Complex numbers, measured by their modulus.

use super::*;
use num_complex::Complex;

#[test]
fn complex_integrands_are_measured_by_their_modulus() {
    for w in [0.3, 3.0, 47.0] {
        // The imaginary part of the second is zero: in its modulus that is no hindrance.
        let f = |x: f64| [Complex::cis(w * x), Complex::new(x, 1e-18 * x)];
        let exact = (Complex::cis(w) - 1.0) / Complex::new(0.0, w);
        for norm in NORMS {
            let integral = run(&Integrator::new().norm(norm), &f, 0.0, 1.0);
            let [wave, line]: [Complex<f64>; 2] = integral.value().unwrap();
            assert_eq!(integral.status, Status::Converged, "{norm:?} {integral:#}");
            assert!((wave - exact).norm() <= 1e-10 * exact.norm() && (line.re - 0.5).abs() < 1e-10, "{integral:#}");
        }
    }
}

#[test]
fn residues() {
    // Around the square with corners ±1 ± i: side by side, in one integral for each.
    let corners = [Complex::new(1.0, -1.0), Complex::new(1.0, 1.0), Complex::new(-1.0, 1.0), Complex::new(-1.0, -1.0)];
    let mut sum = Complex::new(0.0, 0.0);
    for k in 0..4 {
        let (from, to) = (corners[k], corners[(k + 1) % 4]);
        let side = |t: f64| {
            let z = from + (to - from) * t;
            z.exp() / (z * z) * (to - from)
        };
        let integral = Integrator::new().integrate_vector(&side, 0.0..1.0).unwrap();
        sum += integral.value::<Complex<f64>>().unwrap();
    }
    assert!((sum - Complex::new(0.0, std::f64::consts::TAU)).norm() < 1e-9, "{sum}");
}
