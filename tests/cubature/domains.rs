//! Simplices, balls and nested limits: volumes and moments with closed forms.

use super::families::Draws;
use quadrille::domain::{Ball, Domain, Nested, Simplex};
use quadrille::{Error, Expression, Integral, Integrand, Integrator, Status};
use std::f64::consts::{E, PI};

fn of<const D: usize>(f: &impl Integrand<[f64; D]>, domain: &impl Domain<D>) -> Integral {
    Integrator::new().rel_tol(1e-8).integrate_over(f, domain).unwrap()
}

fn close(integral: &Integral, exact: f64) {
    // The closed forms are rounded, too.
    let error = (integral.estimate - exact).abs() - 4.0 * f64::EPSILON * exact.abs();
    assert!(error <= integral.error && integral.error <= 1e-8 * exact.abs(), "{integral:#}, not {exact}");
}

fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}

#[test]
fn volumes_and_moments() {
    fn check<const D: usize>(random: &mut Draws) {
        let moment = |x: [f64; D]| x[0] * x[0] * x[D - 1];
        let standard = Simplex::<D>::standard();
        close(&of(&|_: [f64; D]| 1.0, &standard), 1.0 / factorial(D));
        close(&of(&moment, &standard), if D == 1 { 0.25 } else { 2.0 / factorial(D + 3) });
        // A simplex that was moved, sheared and stretched has the volume of the image, and the mean of its corners.
        let first: [f64; D] = std::array::from_fn(|_| random.next());
        let others: [[f64; D]; D] = std::array::from_fn(|i| {
            std::array::from_fn(|d| first[d] + if d < i { random.next() } else { f64::from(u8::from(d == i)) })
        });
        let simplex = Simplex::new(first, others);
        close(&of(&|_: [f64; D]| 1.0, &simplex), 1.0 / factorial(D));
        let mean = (first[0] + others.iter().map(|corner| corner[0]).sum::<f64>()) / (D as f64 + 1.0);
        close(&of(&|x: [f64; D]| x[0] + 1.0, &simplex), (mean + 1.0) / factorial(D));

        let (centre, radius) = (std::array::from_fn(|_| random.next()), 0.5 + random.next());
        let ball = Ball::<D>::new(centre, radius);
        let unit = [2.0, PI, 4.0 / 3.0 * PI, PI * PI / 2.0][D - 1];
        let volume = unit * radius.powi(D as i32);
        close(&of(&|_: [f64; D]| 1.0, &ball), volume);
        let square = |x: [f64; D]| x.iter().zip(centre).map(|(x, c)| (x - c) * (x - c)).sum::<f64>();
        close(&of(&square, &ball), volume * radius * radius * D as f64 / (D as f64 + 2.0));
    }
    let mut random = Draws(3);
    check::<1>(&mut random);
    check::<2>(&mut random);
    check::<3>(&mut random);
    check::<4>(&mut random);
}

#[test]
fn limits_that_depend_on_outer_variables() {
    let triangle = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..1.0 } else { 0.0..x[0] });
    let f = |[x, y]: [f64; 2]| (x * y).exp();
    let corners = Simplex::new([0.0, 0.0], [[1.0, 0.0], [1.0, 1.0]]);
    let (nested, simplex) = (of(&f, &triangle), of(&f, &corners));
    assert!((nested.estimate - simplex.estimate).abs() <= nested.error + simplex.error, "{nested:#} {simplex:#}");
    assert_eq!(of::<2>(&Expression::parse("exp(x*y)").unwrap(), &triangle).status, Status::Converged);
    // The sign of an axis, and of limits that cross.
    let down = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..1.0 } else { x[0]..0.0 });
    assert_eq!(of(&f, &down).estimate, -nested.estimate);
    let crossed = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..1.0 } else { 0.25..x[0] });
    close(&of(&|_: [f64; 2]| 1.0, &crossed), 0.25);
    let empty = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..1.0 } else { x[0]..x[0] });
    let nothing = Integrator::new().accept_any_status().integrate_over(&|_: [f64; 2]| f64::NAN, &empty).unwrap();
    assert_eq!(nothing.estimate, 0.0);
    // To infinity: ∫ from 0 dx ∫ from x dy e^(-y) = 1, and a cone in three dimensions.
    let wedge = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..f64::INFINITY } else { x[0]..f64::INFINITY });
    close(&of(&|[_, y]: [f64; 2]| (-y).exp(), &wedge), 1.0);
    let cone = Nested::new(|axis, x: &[f64]| match axis {
        0 => 0.0..1.0,
        1 => -x[0]..x[0],
        _ => -(x[0] * x[0] - x[1] * x[1]).sqrt()..(x[0] * x[0] - x[1] * x[1]).sqrt(),
    });
    let volume = Integrator::new().rel_tol(1e-4).integrate_over(&|[x, _, _]: [f64; 3]| x.exp(), &cone).unwrap();
    assert!((volume.estimate - PI * (E - 2.0)).abs() <= 1e-4 * volume.estimate, "{volume:#}");
}

#[test]
fn what_is_no_domain_is_refused_and_what_is_not_finite_is_placed() {
    let one = |_: [f64; 2]| 1.0;
    let with = Integrator::new();
    let refused = |error: Result<Integral, Error>| assert!(matches!(error, Err(Error::Domain { .. })), "{error:?}");
    refused(with.integrate_over(&one, &Simplex::new([0.0, 0.0], [[1.0, 1.0], [2.0, 2.0]])));
    refused(with.integrate_over(&one, &Simplex::new([0.0, f64::NAN], [[1.0, 1.0], [2.0, 1.0]])));
    refused(with.integrate_over(&one, &Simplex::new([0.0, 0.0], [[1e200, 0.0], [0.0, 1e200]])));
    for (centre, radius) in [(0.0, 0.0), (0.0, -1.0), (0.0, f64::INFINITY), (f64::NAN, 1.0)] {
        refused(with.integrate_over(&one, &Ball::new([0.0, centre], radius)));
    }
    let with = with.accept_any_status();
    let lost = Nested::new(|axis, x: &[f64]| if axis == 0 { 0.0..1.0 } else { 0.0..(0.5 - x[0]).sqrt() });
    let integral = with.integrate_over(&one, &lost).unwrap();
    assert!(matches!(integral.status, Status::NonFinite { value, .. } if value.is_nan()), "{integral:#}");
    let pole = |[x, y]: [f64; 2]| if x > 2.0 { f64::INFINITY } else { y };
    let integral = with.integrate_over(&pole, &Ball::new([1.0, 0.0], 2.0)).unwrap();
    assert!(integral.bad_point[0] > 2.0, "{integral:#} {:?}", integral.bad_point);
    assert!(matches!(integral.status, Status::NonFinite { point, .. } if point == integral.bad_point[0]));
}
