//! The integrals by which VEGAS and the library Cubature are tested, with values from closed forms.

use super::families::of;
use quadrille::{Integral, Integrator};
use std::f64::consts::{PI, TAU};

/// The name of each, what comes out, and the value.
pub fn all(with: &Integrator) -> Vec<(&'static str, Integral, f64)> {
    let unit2 = [(0.0, 1.0); 2];
    let unit3 = [(0.0, 1.0); 3];
    let unit4 = [(0.0, 1.0); 4];
    let unit5 = [(0.0, 1.0); 5];
    let inf = f64::INFINITY;
    let square = |x: f64| x * x;
    // V1, V4 to V11 of VEGAS and cuVegas.
    let peak = move |x: [f64; 4]| (-100.0 * x.map(|x| square(x - 0.5)).iter().sum::<f64>()).exp() * 1013.2118364296088;
    let roos_sum = |x: [f64; 5]| x.map(|x| (4.0 * x - 2.0).abs()).iter().sum::<f64>() / 5.0;
    let roos_product = |x: [f64; 3]| x.map(|x| (4.0 * x - 2.0).abs()).iter().product::<f64>();
    let morokoff = |x: [f64; 3]| (4f64 / 3.0).powi(3) * x.map(f64::cbrt).iter().product::<f64>();
    let hellekalek = |x: [f64; 3]| x.map(|x| (x - 0.5) / 12f64.sqrt()).iter().product::<f64>() + 1.0;
    let dirichlet = |x: [f64; 2]| (x[0] * x[1]).powi(4) * 630.0;
    let needle =
        |x: [f64; 3]| (-0.5e4 * x.map(|x| (x - 0.5) * (x - 0.5)).iter().sum::<f64>()).exp() * (1e4 / TAU).powf(1.5);
    let bell2 = |[x, y]: [f64; 2]| (-x * x - y * y).exp();
    let bell4 = |x: [f64; 4]| (-x.map(|x| x * x).iter().sum::<f64>()).exp();
    let watson = |x: [f64; 3]| 1.0 / (PI.powi(3) * (1.0 - x.map(f64::cos).iter().product::<f64>()));
    // C0 to C8 of Cubature.
    let cosines = |x: [f64; 5]| x.map(f64::cos).iter().product::<f64>();
    let half_bell = |x: [f64; 3]| (-x.map(|x| x * x).iter().sum::<f64>()).exp() * (4.0 / PI).powf(1.5);
    let ball = |x: [f64; 2]| if x[0] * x[0] + x[1] * x[1] < square(0.501_241_452_623_445_3) { 1.0 } else { 0.0 };
    let ball3 =
        |x: [f64; 3]| if x.map(|x| x * x).iter().sum::<f64>() < square(0.501_241_452_623_445_3) { 1.0 } else { 0.0 };
    let twice = |x: [f64; 5]| x.map(|x| 2.0 * x).iter().product::<f64>();
    let bell = |at: f64| {
        move |x: [f64; 3]| (-100.0 * x.map(|x| square(x - at)).iter().sum::<f64>()).exp() * (100.0 / PI).powf(1.5)
    };
    let two = move |x: [f64; 3]| 0.5 * (bell(1.0 / 3.0)(x) + bell(2.0 / 3.0)(x));
    let c = (1.0 + 10f64.sqrt()) / 9.0;
    let tsuda = move |x: [f64; 4]| x.map(|x| c / (c + 1.0) * square((c + 1.0) / (c + x))).iter().product::<f64>();
    let waves = |x: [f64; 3]| 1.0 + square(0.2 * x[0] * 0.4 * (x[2] - 0.5) * (TAU * x[1]).sin());
    vec![
        ("vegas peak 4d", of(with, &peak, unit4), 1.0),
        ("Roos-Arnold sum 5d", of(with, &roos_sum, unit5), 1.0),
        ("Roos-Arnold product 3d", of(with, &roos_product, unit3), 1.0),
        ("Morokoff-Caflisch 3d", of(with, &morokoff, unit3), 1.0),
        ("Hellekalek + 1, 3d", of(with, &hellekalek, unit3), 1.0),
        ("Dirichlet 2d", of(with, &dirichlet, unit2), 25.2),
        ("needle 3d", of(with, &needle, unit3), 1.0),
        ("bell 2d", of(with, &bell2, unit2), 0.557_746_285_351_033_7),
        ("bell 4d", of(with, &bell4, unit4), 0.311_080_918_822_876_64),
        ("Watson 3d", of(with, &watson, [(0.0, PI); 3]), 1.393_203_929_685_676_9),
        ("cosines 5d", of(with, &cosines, unit5), 1f64.sin().powi(5)),
        ("half bell 3d", of(with, &half_bell, [(0.0, inf); 3]), 1.0),
        ("disc 2d", of(with, &ball, unit2), 0.197_325_785_919_036_02),
        ("ball 3d", of(with, &ball3, unit3), 0.065_938_575_716_080_4),
        ("twice 5d", of(with, &twice, unit5), 1.0),
        ("one bell 3d", of(with, &bell(0.5), unit3), 0.999_999_999_995_387_6),
        ("two bells 3d", of(with, &two, unit3), 0.999_996_357_303_213_7),
        ("Tsuda 4d", of(with, &tsuda, unit4), 1.0),
        ("waves 3d", of(with, &waves, unit3), 1.000_088_888_888_888_9),
    ]
}
