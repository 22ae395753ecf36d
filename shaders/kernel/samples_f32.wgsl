
fn spread(value: Real) -> Spread {
    return value;
}

fn real(spread: Spread) -> Real {
    return spread;
}

fn coordinate(k: u32, lower: Pair, step: Pair) -> Real {
    return place_of(k, lower, step).x;
}

fn half_line(k: u32, lower: Pair, step: Pair, end: Pair, direction: Pair) -> array<Real, 2> {
    let pair = pair_of_half_line(k, lower, step, end, direction);
    return array<Real, 2>(pair[0].x, pair[1].x);
}

fn line(k: u32, lower: Pair, step: Pair) -> array<Real, 2> {
    let pair = pair_of_line(k, lower, step);
    return array<Real, 2>(pair[0].x, pair[1].x);
}
