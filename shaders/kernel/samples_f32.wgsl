
fn spread(value: Real) -> Spread {
    return value;
}

fn real(spread: Spread) -> Real {
    return spread;
}

fn coordinate(k: u32, lower: Pair, step: Pair) -> Real {
    return place_of(k, lower, step).x;
}
