
fn spread(value: Real) -> Spread {
    return value;
}

fn real(spread: Spread) -> Real {
    return spread;
}

fn coordinate(t: Place) -> Real {
    return t.x;
}

// A place by the smooth periodization, and what it counts.
struct Bend {
    place: Place,
    counts: Real,
}

fn bend_of(k: u32, axis: array<Pair, 6>) -> Bend {
    let pair = pair_of_bend(k, axis[0], axis[1]);
    return Bend(pair[0], pair[1].x);
}

fn half_line(t: Place, end: Pair, direction: Pair) -> array<Real, 2> {
    let pair = pair_of_half_line(t, end, direction);
    return array<Real, 2>(pair[0].x, pair[1].x);
}

fn line(t: Place) -> array<Real, 2> {
    let pair = pair_of_line(t);
    return array<Real, 2>(pair[0].x, pair[1].x);
}
