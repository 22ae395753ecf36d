// gamma, ln_gamma.
//
// Γ(x) = Γ(w)·(x - 1)·(x - 2)·…·w with w from 1 to 2, where Γ(w) - 1 is (w - 1)·(w - 2) times a polynomial. ln Γ is
// likewise from ½ to 2½, as W. J. Cody, K. E. Hillstrom, https://doi.org/10.1090/S0025-5718-1967-0221724-8, and Stirling's
// series from 10 on. Negative numbers by reflection.

// (Γ(w) - 1) / ((w - 1)·(w - 2)) in u = w - 3/2, for 1 <= w <= 2; error 2^-50.
fn df_gamma_factor(u: vec2<f32>) -> vec2<f32> {
    let high = u.x;
    var tail = 0.00039140615; tail = tail * high - 0.00058710366; tail = tail * high + 0.00041584682;
    tail = tail * high - 0.0006237421; tail = tail * high + 0.0011679404; tail = tail * high - 0.001751732;
    var sum = df_step_float(tail, high, vec2<f32>(0.002563608, 5.7989315e-11));
    sum = df_step(sum, u, vec2<f32>(-0.0038442854, -7.314801e-11));
    sum = df_step(sum, u, vec2<f32>(0.0057740835, -9.374048e-11));
    sum = df_step(sum, u, vec2<f32>(-0.0086535895, -5.988957e-11));
    sum = df_step(sum, u, vec2<f32>(0.012965901, -5.248783e-11));
    sum = df_step(sum, u, vec2<f32>(-0.019385638, 4.3243945e-10));
    sum = df_step(sum, u, vec2<f32>(0.029079089, -7.365755e-11));
    sum = df_step(sum, u, vec2<f32>(-0.042848356, 3.6396722e-10));
    sum = df_step(sum, u, vec2<f32>(0.065880075, 7.235762e-10));
    sum = df_step(sum, u, vec2<f32>(-0.08823514, -1.0589867e-09));
    sum = df_step(sum, u, vec2<f32>(0.16111538, -1.3868799e-10));
    sum = df_step(sum, u, vec2<f32>(-0.12935358, -6.936573e-09));
    sum = df_step(sum, u, vec2<f32>(0.4550923, -1.2716488e-08));
    return sum;
}

// ln Γ(x) / ((x - 1)·(x - 2)) in t = (x - 1) / (x + 1), for ½ <= x <= 2½; error 2^-50.
fn df_ln_gamma_centre_factor(t: vec2<f32>) -> vec2<f32> {
    let high = t.x;
    var tail = 0.014957617; tail = tail * high - 0.04238981; tail = tail * high + 0.03760478;
    tail = tail * high - 0.03212454; tail = tail * high + 0.029473094;
    var sum = df_step_float(tail, high, vec2<f32>(-0.038899094, -1.7021604e-09));
    sum = df_step_any(sum, t, vec2<f32>(0.03668147, 4.4064366e-10));
    sum = df_step_any(sum, t, vec2<f32>(-0.04606559, -1.6048354e-09));
    sum = df_step_any(sum, t, vec2<f32>(0.042586874, -1.7272607e-10));
    sum = df_step_any(sum, t, vec2<f32>(-0.056334596, -6.55443e-10));
    sum = df_step_any(sum, t, vec2<f32>(0.051360782, 1.8020468e-09));
    sum = df_step_any(sum, t, vec2<f32>(-0.07249658, 1.4744142e-10));
    sum = df_step_any(sum, t, vec2<f32>(0.06462415, 1.4310725e-11));
    sum = df_step_any(sum, t, vec2<f32>(-0.101473376, 3.3304062e-10));
    sum = df_step_any(sum, t, vec2<f32>(0.08701557, -1.7682606e-09));
    sum = df_step_any(sum, t, vec2<f32>(-0.16820095, 4.135114e-09));
    sum = df_step_any(sum, t, vec2<f32>(0.13123433, -6.5094587e-09));
    sum = df_step_any(sum, t, vec2<f32>(-0.49050274, 7.867979e-09));
    sum = df_step_any(sum, t, vec2<f32>(0.5772157, -6.637773e-09));
    return sum;
}

// Γ(x) for 0 < x < 36.
fn df_gamma_positive(x: vec2<f32>) -> vec2<f32> {
    let below = x.x < 1.0;
    var w = select(x, df_add_float(x, 1.0), below);
    var product = vec2<f32>(1.0, 0.0);
    for (var i = 0; i < 36; i++) {
        if w.x < 2.0 {
            break;
        }
        w = df_add_float(w, -1.0);
        product = q_mul(product, w);
    }
    let factor = df_multiply(df_add_float(w, -1.0), df_add_float(w, -2.0));
    let bend = df_multiply(factor, df_gamma_factor(df_add_float(w, -1.5)));
    let value = df_add_smaller(df_constant(vec2<f32>(1.0, 0.0)), bend);
    return q_div(q_mul(value, product), select(vec2<f32>(1.0, 0.0), x, below));
}

// sin πx for x >= 0.
fn df_sine_of_pi_times(x: vec2<f32>) -> vec2<f32> {
    let nearest = q_round(x);
    let distance = df_subtract(x, nearest);
    let half = 0.5 * nearest;
    let odd = !q_eq(q_floor(half), half);
    let size = q_abs(distance);
    let steep = size.x > 0.25;
    let f = select(size, df_subtract(df_constant(vec2<f32>(0.5, 0.0)), size), steep);
    let sine = df_sine_of_reduced(df_multiply(f, vec2<f32>(3.1415927, -8.742278e-08)), select(0, 1, steep));
    return df_flip(sine, select(0u, 0x80000000u, odd != df_is_negative(distance.x)));
}

// The gamma function; infinity above 35.04, ±infinity at ±0, NaN at negative integers and -infinity.
// Error 2^-44.1.
fn q_gamma(x: vec2<f32>) -> vec2<f32> {
    if df_is_nan(x.x) | (df_not_finite(x.x) & (x.x < 0.0)) {
        return q_nan();
    }
    if abs(x.x) < 5.9604645e-8 {
        return df_gamma_tiny(x);
    }
    if x.x > 0.0 {
        if x.x > 35.5 {
            return q_inf();
        }
        return df_gamma_positive(x);
    }
    let a = q_neg(x);
    if q_eq(q_floor(a), a) {
        return q_nan();
    }
    if a.x > 38.0 {
        return vec2<f32>(0.0);
    }
    // -π / (a·Γ(a)·sin πa), in two steps as Γ(a) may be near the end of the range
    let product = df_multiply(df_sine_of_pi_times(a), a);
    let part = q_div(df_constant(-vec2<f32>(3.1415927, -8.742278e-08)), product);
    if a.x > 30.0 {
        // Γ(a) = Γ(a - 5)·(a - 5)·…·(a - 1)
        var w = a;
        var divided = part;
        for (var i = 0; i < 5; i++) {
            w = df_add_float(w, -1.0);
            divided = q_div(divided, w);
        }
        return q_div(divided, df_gamma_positive(w));
    }
    return q_div(part, df_gamma_positive(a));
}

// Γ(x) = 1/x - γ + (γ²/2 + π²/12)·x for |x| < 2^-24.
fn df_gamma_tiny(x: vec2<f32>) -> vec2<f32> {
    let rest = df_step_float(0.989056, x.x, -vec2<f32>(0.5772157, -6.637774e-09));
    return q_add(q_recip(x), rest);
}

// ln Γ(x) for ½ <= x <= 2½.
fn df_ln_gamma_centre(x: vec2<f32>) -> vec2<f32> {
    let m = df_add_float(x, -1.0);
    let t = df_divide(m, df_add_float(x, 1.0));
    return df_multiply(df_multiply(m, df_add_float(x, -2.0)), df_ln_gamma_centre_factor(t));
}

// ln Γ(x) for x >= 10: Stirling's series.
fn df_ln_gamma_far(x: vec2<f32>) -> vec2<f32> {
    let inverse = df_divide(vec2<f32>(1.0, 0.0), x);
    let t = inverse.x * inverse.x;
    let tail = -0.0027777778 + t * (0.0007936508 + t * (-0.0005952381 + t * (0.0008417508 - t * 0.0019175269)));
    let series = df_multiply(inverse, df_step_float(tail, t, vec2<f32>(0.083333336, -2.483527e-09)));
    let sum = df_add(df_constant(vec2<f32>(0.41893855, -1.4168145e-08)), series);
    let main = df_multiply(df_add_float(x, -0.5), df_add_float(q_ln(x), -1.0));
    return df_add_smaller(main, sum);
}

// ln Γ(x) for x > 0.
fn df_ln_gamma_positive(x: vec2<f32>) -> vec2<f32> {
    if x.x >= 10.0 {
        return df_or(df_ln_gamma_far(x), x.x * 100.0);
    }
    let below = x.x < 0.5;
    var w = select(x, df_add_float(x, 1.0), below);
    var product = select(vec2<f32>(1.0, 0.0), x, below);
    for (var i = 0; i < 9; i++) {
        if w.x < 2.5 {
            break;
        }
        w = df_add_float(w, -1.0);
        product = df_multiply(product, w);
    }
    let value = df_ln_gamma_centre(w);
    if below | (x.x >= 2.5) {
        let ln = q_ln(product);
        return df_add(select(ln, -ln, below), value);
    }
    return value;
}

// ln |Γ(x)|; infinity at ±infinity, zero and the negative integers.
// Error 2^-44.4 for x > 0; below, 2^-45 of the greater of 1 and the value: relative accuracy is lost near zeros.
fn q_ln_gamma(x: vec2<f32>) -> vec2<f32> {
    if df_not_finite(x.x) {
        return q_abs(x);
    }
    if x.x > 0.0 {
        return df_ln_gamma_positive(x);
    }
    let a = q_neg(x);
    if q_eq(q_floor(a), a) {
        return q_inf();
    }
    if a.x < 5.9604645e-8 {
        // -ln a + γ·a
        return df_subtract(df_multiply_float(vec2<f32>(0.5772157, -6.637774e-09), a.x), q_ln(a));
    }
    let sine = q_abs(df_sine_of_pi_times(a));
    if a.x < 30.0 {
        let product = df_multiply(df_multiply(sine, a), df_gamma_positive(a));
        return q_neg(q_ln(df_multiply(product, vec2<f32>(0.31830987, 1.28412765e-08))));
    }
    let ln = q_ln(df_divide(df_constant(vec2<f32>(3.1415927, -8.742278e-08)), df_multiply(sine, a)));
    return df_subtract(ln, df_ln_gamma_positive(a));
}
