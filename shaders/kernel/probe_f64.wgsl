// What an adapter's double precision is worth. The CPU compares the bits.

struct Input {
    zero: u32,
    nan: f64,
    infinity: f64,
    pairs: array<vec2<f64>>,
}

@group(0) @binding(0) var<storage, read> input: Input;
@group(0) @binding(1) var<storage, read_write> output: array<array<f64, 6>>;

var<private> ZERO: u32;

fn is_finite(a: f64) -> bool {
    return ((bitcast<u64>(a) >> 52u) & 0x7fflu) != 0x7fflu;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    ZERO = input.zero;
    let pair = input.pairs[id.x];
    let sum = f64_two_sum(pair.x, pair.y);
    output[id.x] = array<f64, 6>(
        sum.x,
        sum.y,
        pair.x * pair.y,
        pair.x / pair.y,
        sqrt(abs(pair.x)),
        // NaN and infinity show in the bits.
        select(1.0lf, 0.0lf, is_finite(input.nan + pair.x) | is_finite(input.infinity * 2.0lf) | !is_finite(pair.y)));
}
