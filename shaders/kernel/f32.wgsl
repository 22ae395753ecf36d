// Nodes held as pairs and rounded at last; values in single precision.

alias Real = f32;

// A node, never above the interval.
fn node(place: Pair, offset: Pair, upper: Pair) -> Real {
    let sum = df_two_sum(place.x, offset.x);
    return min(sum.x + df_opaque(sum.y + (place.y + offset.y)), upper.x);
}

// A node, never below the interval.
fn held(node: Real, lower: Pair) -> Real {
    return max(node, lower.x);
}

fn weighted(value: Real, weight: Pair) -> Block {
    return df_multiply(vec2<f32>(value, 0.0), weight);
}

fn block_add(block: Block, value: Real) -> Block {
    let sum = df_two_sum(block.x, value);
    return vec2<f32>(sum.x, block.y + sum.y);
}
