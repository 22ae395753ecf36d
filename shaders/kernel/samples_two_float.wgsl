
// What differences are summed in.
alias Spread = f32;

// A place on an axis, in the variable of the axis.
alias Place = Pair;

// The place that an integer means, to twice the precision.
fn place_of(k: u32, lower: Pair, step: Pair) -> Place {
    let half = df_two_sum(f32(k & 0xffff0000u), f32(k & 0xffffu) + 0.5);
    return df_add(df_multiply(half, step), lower);
}

// By the smooth periodization the place, and what it counts.
fn pair_of_bend(k: u32, lower: Pair, upper: Pair) -> array<Pair, 2> {
    let m = min(k, ~k);
    // 2^-32, exactly.
    let v = df_two_sum(f32(m & 0xffff0000u), f32(m & 0xffffu) + 0.5) * 2.3283064365386963e-10;
    let inner = df_add(df_multiply_float(v, 6.0), vec2<f32>(-15.0, 0.0));
    let outer = df_add(df_multiply(v, inner), vec2<f32>(10.0, 0.0));
    let part = df_multiply(df_multiply(df_multiply(df_square(v), v), outer), df_add(upper, -lower));
    let both = df_multiply(v, df_add(vec2<f32>(1.0, 0.0), -v));
    let from_upper = df_add(upper, -part);
    let from_lower = df_add(lower, part);
    let place = select(from_upper, from_lower, k < 0x80000000u);
    return array<Pair, 2>(place, df_multiply_float(df_square(both), 30.0));
}

// The coordinate there on a half-line, x = end + direction t / (1 - t), and dx/dt.
fn pair_of_half_line(t: Place, end: Pair, direction: Pair) -> array<Pair, 2> {
    let rest = df_add(vec2<f32>(1.0, 0.0), -t);
    let x = df_add(end, df_multiply(direction, df_divide(t, rest)));
    return array<Pair, 2>(x, df_divide(vec2<f32>(1.0, 0.0), df_square(rest)));
}

// And on the line, x = t / (1 - t²).
fn pair_of_line(t: Place) -> array<Pair, 2> {
    let one = vec2<f32>(1.0, 0.0);
    let rest = df_multiply(df_add(one, -t), df_add(one, t));
    return array<Pair, 2>(df_divide(t, rest), df_divide(df_add(one, df_square(t)), df_square(rest)));
}
