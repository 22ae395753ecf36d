// Nodes and sums in double precision.

alias Real = f64;
// A number to twice the precision: high + low.
alias Pair = vec2<f64>;
// A few values, summed plainly.
alias Block = f64;
// A compensated sum: high + low.
alias Sum = vec2<f64>;

fn pair_add(a: Pair, b: Pair) -> Pair {
    let sum = f64_two_sum(a.x, b.x);
    return f64_two_sum(sum.x, sum.y + (a.y + b.y));
}

// The first node of a block, never below the interval; with what its rounding leaves out: far from zero, where all blocks
// begin at whole units, the nodes of each would be rounded alike, and the sum would be of another integrand.
fn place(start: Pair, offset: Pair, lower: Pair) -> Pair {
    let sum = f64_two_sum(start.x, start.y + offset.x);
    return select(sum, vec2<f64>(lower.x, 0.0lf), sum.x < lower.x);
}

// A node, never above the interval.
fn node(place: Pair, offset: Pair, upper: Pair) -> Real {
    return min(place.x + (place.y + offset.x), upper.x);
}

// A node, never below the interval.
fn held(node: Real, lower: Pair) -> Real {
    return max(node, lower.x);
}

fn weighted(value: Real, weight: Pair) -> Block {
    return value * weight.x;
}

fn block_zero() -> Block {
    return 0.0lf;
}

fn block_add(block: Block, value: Real) -> Block {
    return block + value;
}

fn block_join(block: Block, other: Block) -> Block {
    return block + other;
}

fn block_weighted(block: Block, weight: Pair) -> Block {
    return block * weight.x;
}

fn block_is_finite(block: Block) -> bool {
    return ((bitcast<u64>(block) >> 52u) & 0x7fflu) != 0x7fflu;
}

fn sum_zero() -> Sum {
    return vec2<f64>(0.0lf, 0.0lf);
}

fn sum_add(sum: Sum, block: Block) -> Sum {
    let high = f64_two_sum(sum.x, block);
    return vec2<f64>(high.x, sum.y + high.y);
}

fn sum_join(a: Sum, b: Sum) -> Sum {
    let high = f64_two_sum(a.x, b.x);
    return vec2<f64>(high.x, (a.y + b.y) + high.y);
}

fn words_of(sum: Sum, bad: u32) -> vec4<u32> {
    if bad != 0u {
        return vec4<u32>(bad, 0x7ff80000u, 0u, 0u);
    }
    let high = bitcast<u64>(sum.x);
    let low = bitcast<u64>(sum.y);
    return vec4<u32>(u32(high & 0xfffffffflu), u32(high >> 32u), u32(low & 0xfffffffflu), u32(low >> 32u));
}
