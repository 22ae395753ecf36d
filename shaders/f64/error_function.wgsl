// erf, erfc.
//
// For x > 0, erfc x = e^(-x²)·g(x)/(1 + 2x) with g near 1, a polynomial in (x - K)/(x + K): M. M. Shepherd, J. G.
// Laframboise, https://doi.org/10.1090/S0025-5718-1981-0595058-X. erf is an odd polynomial near zero and 1 - erfc
// beyond, where erfc need only be right to the precision of 1. All polynomials are minimax.

// erf(x) / x - 1, for |x| <= 1
fn f64_erf_series(x: f64) -> f64 {
    let z = x * x;
    let square = z * z;
    let p_even = 0.1283791670955126lf + square * (0.11283791670954893lf + square * (
        0.00522397762485233lf + square * (0.00012055331177623731lf + square * (1.6461021757629609e-06lf + square * (
        1.4660984131894557e-08lf + square * 5.963132884721607e-11lf)))));
    let p_odd = -0.3761263890318375lf + square * (-0.026866170645080144lf + square * (
        -0.0008548326982758081lf + square * (-1.4925596726914106e-05lf + square * (
        -1.6350515207738027e-07lf + square * (-1.1376939991735474e-09lf)))));
    let p = p_even + z * p_odd;
    return p;
}

// 2/√π·∫₀ˣ e^(-t²) dt. Worst: 1.4 ulp, for all x.
fn q_erf(x: f64) -> f64 {
    if f64_is_nan(x) {
        return q_nan();
    }
    let a = abs(x);
    if a <= 1.0lf {
        return q_copysign(a + a * f64_erf_series(a), x);
    }
    // From 6 on, 1
    let b = min(a, 6.0lf);
    let t = (b - 2.25lf) / (b + 2.5lf);
    let square = t * t;
    let p_even = 0.23108725873039185lf + square * (0.3015227676125877lf + square * (
        0.050164598384580886lf + square * (-0.004007441530403553lf + square * (0.00042925168157740385lf + square * (
        -7.353531736137257e-05lf + square * 1.398917346213704e-05lf)))));
    let p_odd = -0.42031088834155605lf + square * (-0.1557550565650266lf + square * (
        -0.0040196156415710504lf + square * (0.0010991152025425172lf + square * (
        -0.00017191176026713415lf + square * 2.1201426442394823e-05lf))));
    let p = p_even + t * p_odd;
    return q_copysign(1.0lf - q_exp(-(b * b)) * p, x);
}

// erfc for 0.75 <= x <= 28
fn f64_erfc_far(a: f64) -> f64 {
    let t = (a - 3.75lf) / (a + 3.75lf);
    let square = t * t;
    let p_even = -0.140240598585547lf + square * (0.08227673849014833lf + square * (
        0.09230432116030177lf + square * (0.028362277419505463lf + square * (0.0017556258553651015lf + square * (
        -0.0002901541442864376lf + square * (2.2384685947046317e-05lf + square * (
        -9.75245275666874e-07lf + square * (-5.3414968661990734e-08lf + square * (
        1.811895251229953e-08lf + square * (1.1294318964115904e-10lf + square * (-9.236573411173103e-10lf)))))))))));
    let p_odd = 0.003585415485463022lf + square * (-0.10880393014166503lf + square * (
        -0.05869339859159252lf + square * (-0.009746579534503167lf + square * (0.0002937134997455031lf + square * (
        5.164982886177633e-05lf + square * (-1.144619853835749e-05lf + square * (
        1.7552664183656435e-06lf + square * (-2.6240207840295754e-07lf + square * (4.03536683842506e-08lf + square *
        (-4.87417885100556e-09lf))))))))));
    let p = p_even + t * p_odd;
    let g = f64_fast_two_sum(1.2375126308378275lf, t * p);
    let g_low = g.y + 1.0708355550062996e-16lf;
    // e^(-a²) but for the power of two
    let power = f64_two_square(a);
    let reduced = f64_reduce_exp(-power.x);
    let e = f64_exp_two_float(reduced.y, reduced.z + power.y);
    let n = f64_two_product(e.x, g.x);
    let d = f64_fast_two_sum(a + a, 1.0lf);
    let quotient = f64_quotient(vec2<f64>(n.x, n.y + (e.x * g_low + g.x * e.y)), d);
    return f64_scale_far(quotient.x + quotient.y, reduced.x);
}

// 1 - erf x without cancellation; subnormal from x = 26.54, zero from x = 27.23 on. Worst: 1.6 ulp, for all x.
fn q_erfc(x: f64) -> f64 {
    if f64_is_nan(x) {
        return q_nan();
    }
    let a = abs(x);
    if a <= 0.75lf {
        let sum = f64_fast_two_sum(1.0lf, -x);
        return sum.x + (sum.y - x * f64_erf_series(x));
    }
    let far = f64_erfc_far(min(a, 28.0lf));
    return select(far, 2.0lf - far, x < 0.0lf);
}
