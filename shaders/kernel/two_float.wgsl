// Pairs of single-precision numbers, high + low, and sums of three: what both single-precision arithmetics hold positions and sums
// in. T. J. Dekker, https://doi.org/10.1007/BF01397083.

alias Pair = vec2<f32>;
// A few values, summed to twice the precision.
alias Block = vec2<f32>;
// A sum to three times the precision.
alias Sum = vec3<f32>;

fn pair_add(a: Pair, b: Pair) -> Pair {
    return df_add(a, b);
}

fn is_less(a: Pair, b: Pair) -> bool {
    return (a.x < b.x) | ((a.x == b.x) & (a.y < b.y));
}

// The first node of a block, never below the interval.
fn place(start: Pair, offset: Pair, lower: Pair) -> Pair {
    let sum = pair_add(start, offset);
    return select(sum, lower, is_less(sum, lower));
}

fn block_zero() -> Block {
    return vec2<f32>(0.0, 0.0);
}

fn block_join(block: Block, other: Block) -> Block {
    return pair_add(block, other);
}

fn block_weighted(block: Block, weight: Pair) -> Block {
    return df_multiply(df_fast_two_sum(block.x, block.y), weight);
}

fn block_is_finite(block: Block) -> bool {
    return (bitcast<u32>(block.x) & 0x7f800000u) != 0x7f800000u;
}

fn sum_zero() -> Sum {
    return vec3<f32>(0.0, 0.0, 0.0);
}

fn sum_add(sum: Sum, block: Block) -> Sum {
    return sum_join(sum, vec3<f32>(block, 0.0));
}

fn sum_join(a: Sum, b: Sum) -> Sum {
    let high = df_two_sum(a.x, b.x);
    let middle = df_two_sum(a.y, b.y);
    let carried = df_two_sum(middle.x, high.y);
    return vec3<f32>(high.x, carried.x, (a.z + b.z) + (middle.y + carried.y));
}

fn words_of(sum: Sum, bad: u32) -> vec4<u32> {
    return vec4<u32>(bitcast<vec3<u32>>(sum), bad);
}
