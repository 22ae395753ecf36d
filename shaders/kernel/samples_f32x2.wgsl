
fn spread(value: Real) -> Spread {
    return value.x;
}

fn real(spread: Spread) -> Real {
    return vec2<f32>(spread, 0.0);
}

fn coordinate(k: u32, lower: Pair, step: Pair) -> Real {
    return place_of(k, lower, step);
}
