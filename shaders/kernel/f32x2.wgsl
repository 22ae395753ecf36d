// Nodes and values as pairs of single-precision numbers.

alias Real = vec2<f32>;

// A node, never above the interval.
fn node(place: Pair, offset: Pair, upper: Pair) -> Real {
    let sum = df_add(place, offset);
    return select(sum, upper, is_less(upper, sum));
}

// A node, never below the interval.
fn held(node: Real, lower: Pair) -> Real {
    return select(node, lower, is_less(node, lower));
}

fn weighted(value: Real, weight: Pair) -> Block {
    return df_multiply(value, weight);
}

fn block_add(block: Block, value: Real) -> Block {
    return df_add(block, value);
}
