
fn spread(value: Real) -> Spread {
    return value;
}

fn real(spread: Spread) -> Real {
    return spread;
}

fn coordinate(t: Place) -> Real {
    return t.x;
}

fn half_line(t: Place, end: Pair, direction: Pair) -> array<Real, 2> {
    let pair = pair_of_half_line(t, end, direction);
    return array<Real, 2>(pair[0].x, pair[1].x);
}

fn line(t: Place) -> array<Real, 2> {
    let pair = pair_of_line(t);
    return array<Real, 2>(pair[0].x, pair[1].x);
}
