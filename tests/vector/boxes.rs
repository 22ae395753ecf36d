//! Several components over boxes: one mesh, and the same samples.

use super::*;

#[integrand]
fn ripple([x, y, z]: [f64; 3], k: f64) -> f64 {
    (k * (x + 2.0 * y + 0.5 * z)).cos() * (-x * y).exp()
}

/// What a component claims holds of its error, and is what it would claim alone: as honest, and met as closely.
#[test]
fn components_over_a_box_share_a_mesh_and_are_what_they_are_alone() {
    let unit = || [0.0..1.0, 0.0..1.0, 0.0..1.0];
    let calls = AtomicU64::new(0);
    let f = |[x, y, z]: [f64; 3]| {
        calls.fetch_add(1, Relaxed);
        [(x - 0.3).abs() * y, (x * y + z).exp(), (3.0 * z).sin() + x, 0.0]
    };
    let exact: [f64; 3] = [0.145, 0.0, (1.0 - 3f64.cos()) / 3.0 + 0.5];
    let by = Integrator::new().rel_tol(1e-7).threads(1);
    for norm in [Norm::Euclidean, Norm::Max, Norm::First] {
        calls.store(0, Relaxed);
        let all = by.clone().norm(norm).accept_any_status().integrate_vector(&f, unit()).unwrap();
        // A closure is not known to be zero.
        assert!(matches!(all.status, Status::Suspicious { .. }) && all.component == Some(3), "{norm:?} {all:#}");
        assert!(calls.load(Relaxed) <= all.evaluations, "{norm:?}");
        for c in [0, 2] {
            assert!((all.estimates[c] - exact[c]).abs() <= all.errors[c] && all.errors[c] < 1e-5, "{norm:?} {all:#}");
        }
        let alone = by.clone().method(Method::Cubature).integrate(&|x| f(x)[1], unit()).unwrap();
        assert!((all.estimates[1] - alone.estimate).abs() <= all.errors[1] + alone.error);
    }
    // Formulas, on lanes: one component is to the bit the integral alone; two are not dearer than the dearest, by much.
    let waves = [2.0, 9.0].map(|k| ripple { k });
    let cubature = by.clone().method(Method::Cubature);
    let alone = waves.map(|wave| cubature.integrate(&wave, unit()).unwrap());
    for (wave, alone) in waves.iter().zip(&alone) {
        let one = cubature.integrate_vector(&[*wave], unit()).unwrap();
        assert_eq!((one.estimates[0], one.errors[0]), (alone.estimate, alone.error));
        // Of one integral a point counts again that fills up a vector.
        assert!(
            one.evaluations <= alone.evaluations && 1.02 * one.evaluations as f64 > alone.evaluations as f64,
            "{one:#} {alone:#}"
        );
        assert_eq!(one.regions, alone.regions);
    }
    let both = cubature.clone().norm(Norm::Each).integrate_vector(&waves, unit()).unwrap();
    assert!(both.evaluations <= alone[0].evaluations + alone[1].evaluations, "{both:#} {alone:?}");
    assert!((0..2).all(|c| (both.estimates[c] - alone[c].estimate).abs() <= both.errors[c] + alone[c].error));
    for threads in if cfg!(feature = "parallel") { &[2, 7][..] } else { &[] } {
        let other = cubature.clone().norm(Norm::Each).threads(*threads).integrate_vector(&waves, unit()).unwrap();
        assert_eq!(
            (&both.estimates, &both.errors, both.evaluations),
            (&other.estimates, &other.errors, other.evaluations)
        );
    }
    // Reversed, flat, infinite, and with a pole.
    let reversed = cubature.integrate_vector(&waves, [0.0..1.0, 1.0..0.0, 0.0..1.0]).unwrap();
    assert!((reversed.estimates[0] + alone[0].estimate).abs() <= reversed.errors[0] + alone[0].error);
    let flat = cubature.integrate_vector(&waves, [0.0..1.0, 1.0..1.0, 0.0..1.0]).unwrap();
    assert_eq!((flat.estimates, flat.errors, flat.status), (vec![0.0; 2], vec![0.0; 2], Status::Converged));
    let gauss = components(2, |[x, y]: [f64; 2], values: &mut [f64]| {
        values[0] = (-x * x - y * y).exp();
        values[1] = values[0] * x * x;
    });
    let line = f64::NEG_INFINITY..f64::INFINITY;
    let plane = by.integrate_vector(&gauss, [line.clone(), line]).unwrap();
    assert!(
        (plane.estimates[0] - PI).abs() <= plane.errors[0] && (plane.estimates[1] - PI / 2.0).abs() <= plane.errors[1]
    );
    let pole = |[x, y]: [f64; 2]| [x + y, 1.0 / (x - 0.5)];
    let Err(Error::VectorNotConverged(bad)) = by.integrate_vector(&pole, [0.0..1.0, 0.0..1.0]) else { panic!() };
    assert!(matches!(bad.status, Status::NonFinite { .. }) && bad.component == Some(1) && bad.bad_point[0] == 0.5);
    let Err(Error::VectorNotConverged(few)) =
        by.clone().max_evaluations(1000).integrate_vector(&|[x, y]: [f64; 2]| [(x - y).abs(), x], [0.0..1.0, 0.0..1.0])
    else {
        panic!()
    };
    assert_eq!((few.status, few.component), (Status::MaxEvaluations, None));
    // Samples: each component as it would be alone, at the same points.
    for method in [Method::Lattice, Method::Sobol, Method::MonteCarlo] {
        let by = Integrator::new().rel_tol(1e-2).method(method);
        let all = by.integrate_vector(&waves, unit()).unwrap();
        assert!((0..2).all(|c| (all.estimates[c] - alone[c].estimate).abs() <= all.errors[c]), "{all:#}");
        let one = by.integrate_vector(&|x: f64| [x, x * x], 0.0..1.0).unwrap();
        assert!((one.estimates[0] - 0.5).abs() <= one.errors[0] && one.method == Some(method), "{one:#}");
    }
    let many = |x: [f64; 25]| [1.0, x.iter().sum()];
    let all = Integrator::new().integrate_vector(&many, std::array::from_fn::<_, 25, _>(|_| 0.0..1.0)).unwrap();
    assert!(all.method == Some(Method::Lattice) && (all.estimates[1] - 12.5).abs() <= all.errors[1], "{all:#}");
    assert_eq!(by.clone().method(Method::Vegas).integrate_vector(&waves, unit()), Err(Error::SampledAlone));
    let gpu = by.backend(Backend::Gpu);
    assert!(matches!(gpu.integrate_vector(&waves, unit()), Err(Error::BackendUnavailable { .. })));
    assert_eq!(gpu.allow_fallback().integrate_vector(&waves, unit()).unwrap().fallbacks.len(), 1);
}

/// What no node of a mesh sees is looked for along chords and at corners, for each component; and the limit on
/// evaluations is made use of.
#[test]
fn what_lies_between_the_nodes_of_a_mesh_is_seen_in_every_component() {
    const REGION: [std::ops::Range<f64>; 8] = [const { 0.0..1.0 }; 8];
    // Its integral is 1 + 3·10⁶ · 0.7⁹ / 9!, and all nodes but a few see 1.
    let kink = |x: [f64; 8]| 1.0 + 3e6 * (0.7 - x.iter().sum::<f64>()).max(0.0);
    let exact = 1.333_611_17;
    let by = Integrator::new().rel_tol(1e-3).max_evaluations(200_000).accept_any_status();
    for norm in [Norm::Each, Norm::Euclidean] {
        let both = |x: [f64; 8]| [(0.3 * x[0]).exp(), kink(x)];
        let integral = by.clone().norm(norm).integrate_vector(&both, REGION).unwrap();
        let off = (integral.estimates[1] - exact).abs();
        assert!(integral.status != Status::Converged || off < 1e-3 * exact, "{norm:?} {integral:#}");
        assert!(integral.evaluations > 150_000 && integral.evaluations <= 200_000, "{norm:?} {integral:#}");
    }
}

/// Where boxes are doubted, and the limit on evaluations leaves no room to halve them, nothing is claimed to have
/// converged.
#[test]
fn a_limit_that_ends_a_doubt_is_said() {
    const REGION: [std::ops::Range<f64>; 8] = [const { 0.0..1.0 }; 8];
    let corner = |x: [f64; 8]| 1.0 + 0.01 * (x[0] * x[1]).exp() + 1e6 * (-x.iter().sum::<f64>() / 0.005).exp();
    let both = |x: [f64; 8]| [corner(x), 2.0 * corner(x)];
    let by = Integrator::new().rel_tol(1e-3).norm(Norm::Each).accept_any_status();
    for limit in (2500..4500).step_by(400) {
        let by = by.clone().max_evaluations(limit);
        let integral = by.integrate_vector(&both, REGION).unwrap();
        let met = (0..2).all(|c| integral.errors[c] <= 1e-3 * integral.estimates[c]);
        assert!(
            integral.status == Status::MaxEvaluations || integral.status == Status::Converged && met,
            "{integral:#}"
        );
        let alone = by.method(Method::Cubature).integrate(&corner, REGION).unwrap();
        for evaluations in [integral.evaluations, alone.evaluations] {
            assert!(evaluations <= limit, "{limit}: {evaluations}");
        }
        assert_eq!(alone.status, Status::MaxEvaluations, "{alone:#}");
    }
}

/// Arcs that only graze large boxes, beside a large component that meets the norm: without room or evaluations to grade
/// the mesh, what may be in these is claimed.
#[test]
fn what_cannot_be_graded_any_more_is_claimed() {
    let (mut wrong, mut converged) = (Vec::new(), 0);
    for k in 0..75 {
        let share = |step: f64| (f64::from(k) * step + 0.37).fract();
        let radius = 0.05 + 0.4 * share(0.6180339887498949);
        let [cx, cy] = [0.7548776662466927, 0.5698402909980532].map(|step| radius + (1.0 - 2.0 * radius) * share(step));
        let large = 0.3 * (4.0 * share(0.8191725134)).exp();
        let exact = [std::f64::consts::PI * radius * radius, large * 1f64.exp_m1().powi(2)];
        let f = |[x, y]: [f64; 2]| {
            let inside = (x - cx).powi(2) + (y - cy).powi(2) < radius * radius;
            [if inside { 1.0 } else { 0.0 }, large * (x + y).exp()]
        };
        for (bytes, most) in [(400_000, 1_000_000), (1 << 30, 12_000), (1 << 30, 25_000)] {
            let with = Integrator::new().rel_tol(1e-2).max_memory(bytes).max_evaluations(most).accept_any_status();
            let integral = with.integrate_vector(&f, [0.0..1.0, 0.0..1.0]).unwrap();
            let off = [0, 1].map(|c| (integral.estimates[c] - exact[c]).abs());
            let done = integral.status == Status::Converged;
            converged += u32::from(done);
            if done && (off[0].hypot(off[1]) > 1e-2 * exact[0].hypot(exact[1]) || off[0] > 1.5 * integral.errors[0]) {
                wrong.push(format!("{k} {bytes} {most}: {integral:#}, off by {off:?}"));
            }
        }
    }
    assert!(wrong.is_empty() && converged > 100, "{converged}\n{}", wrong.join("\n"));
}
