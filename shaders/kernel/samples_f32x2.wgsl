
fn spread(value: Real) -> Spread {
    return value.x;
}

fn real(spread: Spread) -> Real {
    return vec2<f32>(spread, 0.0);
}

fn coordinate(t: Place) -> Real {
    return t;
}

// A place by the smooth periodization, and what it counts.
struct Bend {
    place: Place,
    counts: Real,
}

fn bend_of(k: u32, axis: array<Pair, 6>) -> Bend {
    let pair = pair_of_bend(k, axis[0], axis[1]);
    return Bend(pair[0], pair[1]);
}

fn half_line(t: Place, end: Pair, direction: Pair) -> array<Real, 2> {
    let pair = pair_of_half_line(t, end, direction);
    return array<Real, 2>(pair[0], pair[1]);
}

fn line(t: Place) -> array<Real, 2> {
    let pair = pair_of_line(t);
    return array<Real, 2>(pair[0], pair[1]);
}
