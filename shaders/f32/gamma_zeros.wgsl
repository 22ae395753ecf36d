// The zero of ln |Γ| next to -n, for n from 3 to 7, plus n, in two numbers; `side` is 2 n, and one more above -n.
fn f32_gamma_zero(side: u32) -> vec2<f32> {
    switch side {
        case 6u: { return vec2<f32>(-0.14358088374137878, -4.608601056332873e-09); }
        case 8u: { return vec2<f32>(-0.03936183825135231, -1.4891845534492631e-09); }
        case 9u: { return vec2<f32>(0.04470571503043175, 1.1097032320828148e-10); }
        case 10u: { return vec2<f32>(-0.008218168281018734, -4.157478875055354e-11); }
        case 11u: { return vec2<f32>(0.008455359376966953, 6.298532528870027e-11); }
        case 12u: { return vec2<f32>(-0.0013852944830432534, 2.988815445137405e-11); }
        case 13u: { return vec2<f32>(0.001392519916407764, 2.716606670519206e-12); }
        case 14u: { return vec2<f32>(-0.00019833340775221586, 4.274642434725501e-13); }
        default: { return vec2<f32>(0.00019849211093969643, -1.5773943566263493e-12); }
    }
}

// p with ln |Γ(f - n)| = d · p(d) - ln(1 + d / f0) for f = f0 + d near the zero f0; own minimax, error of ln |Γ| 2^-26.
fn f32_gamma_zero_polynomial(side: u32, d: f32) -> f32 {
    switch side {
        case 6u: { return (((-0.3509734 * d + 0.65294033) * d - 0.34408262) * d + 1.5777091) * d + 0.8171694; }
        case 8u: { return (-0.096223496 * d + 1.5403111) * d + 1.3851644; }
        case 9u: { return (0.09246821 * d + 1.5397348) * d + 1.6434437; }
        case 10u: { return 1.5546283 * d + 1.6805688; }
        case 11u: { return 1.5543625 * d + 1.7324017; }
        case 12u: { return 1.5681765 * d + 1.8684396; }
        case 13u: { return 1.5681452 * d + 1.8771517; }
        case 14u: { return 1.5782952 * d + 2.0150154; }
        default: { return 1.5784872 * d + 2.016268; }
    }
}

// ln |Γ(x)| by the nearest zero, for -7.5 < x < -3 with |ln |Γ(x)|| < 0.24.
fn f32_ln_gamma_near_zero(x: f32) -> f32 {
    let n = floor(0.5 - x);
    let f = x + n;
    let side = 2u * u32(n) + select(0u, 1u, f > 0.0);
    let zero = f32_gamma_zero(side);
    let d = f32_fast_two_sum(f32_opaque(f - zero.x), -zero.y);
    let quotient = f32_quotient(d.x, zero.x);
    let low = quotient.y + (d.y - quotient.x * zero.y) / zero.x;
    return d.x * f32_gamma_zero_polynomial(side, d.x) - f32_ln_1p_pair(quotient.x, low);
}

// ln |Γ(x)| for -2.8 <= x <= -2.3125 by the distances from both zeros and a polynomial in x + 2.5625; own minimax, 2^-26.
fn f32_ln_gamma_between(x: f32) -> f32 {
    let first = f32_fast_two_sum(f32_opaque(x + 2.4570248126983643), -7.447756189549182e-08);
    let second = f32_fast_two_sum(f32_opaque(x + 2.747682571411133), 7.531627943535568e-08);
    let y = x + 2.5625;
    let upper = ((((-54991.734 * y + 28271.273) * y - 1976.5294) * y + 770.4867) * y - 1133.6464) * y + 610.8556;
    let middle = ((((upper * y - 231.99771) * y + 133.87866) * y - 53.88162) * y + 35.99781) * y - 12.859494;
    let p = f32_fast_two_sum(5.448962, y * ((middle * y + 11.165466) * y - 3.295653));
    let distances = f32_two_float_product(first, second);
    let product = f32_two_float_product(distances, p);
    return product.x + product.y;
}
