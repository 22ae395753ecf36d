// powi, powf, hypot, cbrt, rem.

// The product of two two-floats, to 2^-100.
fn f64_two_float_product(a: vec2<f64>, b: vec2<f64>) -> vec2<f64> {
    let product = f64_two_product(a.x, b.x);
    return f64_fast_two_sum(product.x, product.y + (a.x * b.y + a.y * b.x));
}

// x^y for finite x > 0, as e^(y·ln x) with ln x in twice the precision.
fn f64_pow(x: f64, y: f64) -> f64 {
    let ln = f64_ln_two_float(x);
    // Beyond, the result is 1, 0 or infinity all the same; 2^±60 keeps the products in range.
    let z = q_copysign(clamp(abs(y), 0x1p-100lf, 0x1p80lf), y);
    let product = f64_two_product(z, ln.x);
    let high = clamp(product.x, -760.0lf, 760.0lf);
    let reduced = f64_reduce_exp(high);
    let low = select(0.0lf, product.y + z * ln.y, abs(product.x) < 760.0lf);
    let value = f64_exp_two_float(reduced.y, reduced.z - low);
    return f64_scale_far(value.x + value.y, reduced.x);
}

// x^y; special cases as C. Worst: 0.75 ulp, for all x and y.
fn q_powf(x: f64, y: f64) -> f64 {
    let a = abs(x);
    let ordinary = (f64_size(x) - 1lu < F64_INFINITY_BITS - 1lu) & q_is_finite(y);
    let whole = trunc(y) == y;
    let odd = whole & (abs(y) < 0x1p53lf) & (trunc(0.5lf * y) != 0.5lf * y);
    let negative = (bitcast<u64>(x) & F64_SIGN) != 0lu;
    var value = 1.0lf;
    if ordinary {
        value = select(f64_pow(a, y), q_nan(), negative & !whole);
    } else {
        // x is 0, infinite or NaN, or y infinite or NaN.
        let one = a == 1.0lf;
        let grows = ((a > 1.0lf) | (f64_size(x) == F64_INFINITY_BITS)) == (y > 0.0lf);
        value = select(select(0.0lf, q_inf(), grows), 1.0lf, one);
        value = select(value, q_nan(), f64_is_nan(x) | f64_is_nan(y));
    }
    value = select(value, -value, negative & odd);
    return select(value, 1.0lf, (f64_size(y) == 0lu) | (bitcast<u64>(x) == 0x3ff0000000000000lu));
}

// One step of the product of x^n from the bits of n: power · base where `bit` is set; `lower` is the bits before.
fn f64_powi_step(power: vec2<f64>, base: vec2<f64>, bit: u32, lower: u32) -> vec2<f64> {
    if bit == 0u {
        return power;
    }
    if lower == 0u {
        return base;
    }
    return f64_two_float_product(power, base);
}

// x^n for n < 32 by plain products.
fn f64_powi_plain(x: f64, n: u32) -> f64 {
    let x2 = x * x;
    let x4 = x2 * x2;
    let x8 = x4 * x4;
    let low = select(1.0lf, x, (n & 1u) != 0u) * select(1.0lf, x2, (n & 2u) != 0u);
    let high = select(1.0lf, x8, (n & 8u) != 0u) * select(1.0lf, x8 * x8, (n & 16u) != 0u);
    return low * select(1.0lf, x4, (n & 4u) != 0u) * high;
}

// x^n for 0 < n < 32 by products in twice the precision, where neither they nor the result are out of range.
fn f64_powi_long(x: f64, n: u32) -> f64 {
    let x1 = vec2<f64>(x, 0.0lf);
    let square = f64_two_square(x);
    let x2 = f64_fast_two_sum(square.x, square.y);
    let x4 = f64_two_float_product(x2, x2);
    let x8 = f64_two_float_product(x4, x4);
    let to2 = f64_powi_step(x1, x2, n & 2u, n & 1u);
    let to4 = f64_powi_step(to2, x4, n & 4u, n & 3u);
    let to8 = f64_powi_step(to4, x8, n & 8u, n & 7u);
    let power = f64_powi_step(to8, f64_two_float_product(x8, x8), n & 16u, n & 15u).x;
    // 1e-270 and 1e290
    let usual = f64_size(power) - 0x07f0000000000000lu < 0x7c00000000000000lu - 0x07f0000000000000lu;
    return select(f64_powi_plain(x, n), power, usual);
}

// x^n: for n from -2 to 4 by plain products (1.8 ulp), up to |n| = 31 in twice the precision (1.5 ulp for negative n,
// 0.6 else), beyond as powf. Without a loop: a driver that knows n leaves only the products.
fn q_powi(x: f64, n: i32) -> f64 {
    let count = select(u32(n), 0u - u32(n), n < 0i);
    var value = 1.0lf;
    if count > 31u {
        return q_powf(x, f64(n));
    }
    if (count <= 4u) & (n >= -2i) {
        let square = x * x;
        value = select(1.0lf, x, (count & 1u) == 1u);
        value = select(value, value * square, (count & 2u) == 2u);
        value = select(value, square * square, count == 4u);
    } else {
        value = f64_powi_long(x, count);
    }
    return select(value, 1.0lf / value, n < 0i);
}

// √(x² + y²) from the exact sum of squares. Worst: 0.85 ulp, for all x and y.
fn q_hypot(x: f64, y: f64) -> f64 {
    let greater = max(abs(x), abs(y));
    let scale = select(select(1.0lf, 0x1p-600lf, greater > 0x1p500lf), 0x1p600lf, greater < 0x1p-430lf);
    let a = f64_two_square(greater * scale);
    let b = f64_two_square(min(abs(x), abs(y)) * scale);
    let sum = f64_fast_two_sum(a.x, b.x);
    let value = sqrt(sum.x + (sum.y + (a.y + b.y))) * (1.0lf / scale);
    let infinite = (f64_size(x) == F64_INFINITY_BITS) | (f64_size(y) == F64_INFINITY_BITS);
    return select(select(value, q_nan(), f64_is_nan(x) | f64_is_nan(y)), q_inf(), infinite);
}

// The cube root, negative for a negative argument: two steps of Householder's method (order four) for x^(-1/3), then
// one correction from the exact residual. Worst: 0.51 ulp, for all x.
fn q_cbrt(x: f64) -> f64 {
    let size = abs(x);
    // Where the residual is not a normal number, scaled by a power of 8.
    let tiny = size < 1e-270lf;
    let huge = size > 1e290lf;
    let a = select(select(size, size * 0x1p-300lf, huge), size * 0x1p300lf, tiny);
    // A third of the exponent, and of the mantissa as if it were one, taken from 4/3 of the bits of 1 (moved to even
    // out the error), is near enough for a start.
    let start = 0x553ef0ff289dd796lu - (u64(u32(bitcast<u64>(a) >> 32u) / 3u) << 32u);
    var y = bitcast<f64>(start);
    let residual0 = 1.0lf - (a * y) * (y * y);
    let step0 = 0.3333333333333333lf + residual0 * (0.2222222222222222lf + residual0 * 0.1728395061728395lf);
    y = y + y * (residual0 * step0);
    let residual1 = 1.0lf - (a * y) * (y * y);
    let step1 = 0.3333333333333333lf + residual1 * (0.2222222222222222lf + residual1 * 0.1728395061728395lf);
    y = y + y * (residual1 * step1);
    let square = y * y;
    let root = f64_bar(a * square);
    let product = f64_two_square(root);
    let cube = f64_two_product(product.x, root);
    let residual = f64_bar(f64_bar(a - cube.x) - cube.y) - root * product.y;
    let near = root + residual * (square * 0.3333333333333333lf);
    let value = q_copysign(near * select(select(1.0lf, 0x1p100lf, huge), 0x1p-100lf, tiny), x);
    return select(value, x, f64_size(x) - 1lu >= F64_INFINITY_BITS - 1lu);
}

// a - b·trunc(a / b), exactly, for a / b < 2^53.
fn f64_rem_step(a: f64, b: f64) -> f64 {
    let quotient = trunc(a / b);
    let product = f64_two_product(quotient, b);
    // The quotient may be one off.
    let rest = f64_bar(a - product.x) - product.y;
    let raised = select(rest, rest + b, rest < 0.0lf);
    return select(raised, raised - b, raised >= b);
}

// a less a multiple of b, below b·2^104: 50 bits of the quotient at a time, the leading bit of what is left at 1.
fn f64_rem_far(a: f64, b: f64) -> f64 {
    let divisor = bitcast<u64>(select(b, b * 0x1p200lf, b < 0x1p-900lf));
    let mantissa = bitcast<f64>((divisor & 0xffffffffffffflu) | 0x3ff0000000000000lu);
    var left = a;
    for (var step = 0u; step < 42u && left * 0x1p-104lf >= b; step++) {
        let exponent = bitcast<u64>(left) >> 52u;
        let one = bitcast<f64>((bitcast<u64>(left) & 0xffffffffffffflu) | 0x3ff0000000000000lu);
        left = f64_rem_step(one, mantissa * 0x1p-50lf) * bitcast<f64>(exponent << 52u);
    }
    return left;
}

// x - y·trunc(x / y), exactly, with the sign of x.
fn q_rem(x: f64, y: f64) -> f64 {
    var size = abs(x);
    let bad = !q_is_finite(x) | f64_is_nan(y) | (f64_size(y) == 0lu);
    if !bad & (size * 0x1p-104lf >= abs(y)) {
        if EXACT {
            size = f64_rem_far(size, abs(y));
        } else {
            RARE = true;
        }
    }
    let scale = select(select(1.0lf, 0x1p200lf, abs(y) < 0x1p-900lf), 0x1p-100lf, size > 0x1p1000lf);
    let a = size * scale;
    let b = abs(y) * scale;
    let more = a >= b * 0x1p52lf;
    let rest = f64_rem_step(f64_rem_step(a, select(b, b * 0x1p52lf, more)), b);
    let value = select(rest * (1.0lf / scale), size, a < b);
    return select(q_copysign(value, x), q_nan(), bad);
}
