// (erf x - x) / x in z = x², for x up to 0.9; own minimax, error of erf 2^-30.
fn f32_erf_polynomial(z: f32) -> f32 {
    let upper = (7.9431e-05 * z - 0.0008039753) * z + 0.005191753;
    return (((upper * z - 0.02685556) * z + 0.11283624) * z - 0.3761263) * z + 0.12837917;
}

// The error function; from 0.9 on 1 - e^p with a polynomial p. Error below 1.4 ulp.
fn q_erf(x: f32) -> f32 {
    let a = abs(x);
    let near = select(a + a * f32_erf_polynomial(a * a), a * 1.1283792, a < 1e-9);
    let t = min(a, 4.0);
    let upper = ((2.5220218e-06 * t - 5.397566e-05) * t + 0.0006173195) * t - 0.004737834;
    let p = ((((upper * t + 0.026190849) * t - 0.1095458) * t - 0.6324338) * t - 1.129883) * t + 0.00023823004;
    let far = 1.0 - f32_exp_lifted(p, 0);
    let value = q_copysign(select(far, near, a < 0.9), x);
    return select(value, x, f32_is_nan(x));
}

// 1 - erf x without cancellation. From ½ on e^(-x²) · g / (1 + 2x), all in twice the precision, with g near 1 a polynomial in
// (x - 3) / (x + 3) (M. M. Shepherd and J. G. Laframboise, https://doi.org/10.1090/S0025-5718-1981-0595058-X; own minimax, 2^-30).
// Error below 1.2 ulp.
fn q_erfc(x: f32) -> f32 {
    let a = abs(x);
    let t = min(a, 11.0);
    let q = (t - 3.0) / (t + 3.0);
    let upper = (((-0.00018891608 * q - 0.0006959274) * q + 0.0019544417) * q + 0.0025076312) * q - 0.023788288;
    let slope = (((upper * q + 0.06831077) * q - 0.11927172) * q + 0.12964498) * q - 0.04756237;
    let g = f32_fast_two_sum(1.253008, q * (slope * q - 0.1356211));
    let square = f32_two_product(t, t);
    let parts = f32_exp_parts(-square.x, -square.y);
    let e = f32_fast_two_sum(1.0, parts.x);
    let product = f32_two_float_product(vec2<f32>(e.x, e.y + parts.y), vec2<f32>(g.x, g.y + 5.083393e-08));
    let d = f32_fast_two_sum(2.0 * t, 1.0);
    let quotient = f32_quotient(product.x, d.x);
    let tail = f32_scale(quotient.x + (quotient.y + (product.y - quotient.x * d.y) / d.x), f32_whole(parts.z));
    let near = 1.0 - (x + x * f32_erf_polynomial(x * x));
    let far = select(tail, 2.0 - tail, x < 0.0);
    return select(select(far, near, a < 0.5), x, f32_is_nan(x));
}
