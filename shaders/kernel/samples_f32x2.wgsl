
fn spread(value: Real) -> Spread {
    return value.x;
}

fn real(spread: Spread) -> Real {
    return vec2<f32>(spread, 0.0);
}

fn coordinate(t: Place) -> Real {
    return t;
}

fn half_line(t: Place, end: Pair, direction: Pair) -> array<Real, 2> {
    let pair = pair_of_half_line(t, end, direction);
    return array<Real, 2>(pair[0], pair[1]);
}

fn line(t: Place) -> array<Real, 2> {
    let pair = pair_of_line(t);
    return array<Real, 2>(pair[0], pair[1]);
}
