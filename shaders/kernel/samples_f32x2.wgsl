
fn spread(value: Real) -> Spread {
    return value.x;
}

fn real(spread: Spread) -> Real {
    return vec2<f32>(spread, 0.0);
}

fn coordinate(k: u32, lower: Pair, step: Pair) -> Real {
    return place_of(k, lower, step);
}

fn half_line(k: u32, lower: Pair, step: Pair, end: Pair, direction: Pair) -> array<Real, 2> {
    let pair = pair_of_half_line(k, lower, step, end, direction);
    return array<Real, 2>(pair[0], pair[1]);
}

fn line(k: u32, lower: Pair, step: Pair) -> array<Real, 2> {
    let pair = pair_of_line(k, lower, step);
    return array<Real, 2>(pair[0], pair[1]);
}
