// What an adapter's single precision is worth: exact sums and products, loops, NaN, denormals. The CPU compares the words.
// What it tests are the functions of the library themselves.

struct Input {
    zero: u32,
    nan: u32,
    infinity: u32,
    smallest: u32,
    pairs: array<vec2<f32>>,
}

struct Output {
    count: u32,
    flags: u32,
    items: array<array<u32, 8>>,
}

@group(0) @binding(0) var<storage, read> input: Input;
@group(0) @binding(1) var<storage, read_write> output: Output;

var<private> ZERO: u32;

// Fifty products and fifty sums of two-float numbers.
fn chain(a: f32, b: f32) -> vec2<f32> {
    var s = vec2<f32>(1.0, 0.0);
    for (var i = 0u; i < 50u; i++) {
        let product = df_two_product(s.x, a);
        let scaled = df_fast_two_sum(product.x, product.y + s.y * a);
        let sum = df_two_sum(scaled.x, b);
        s = df_fast_two_sum(sum.x, sum.y + scaled.y);
    }
    return s;
}

fn is_finite(bits: u32) -> bool {
    return (bits & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    ZERO = input.zero;
    let pair = input.pairs[id.x];
    let sum = df_two_sum(pair.x, pair.y);
    let product = df_two_product(pair.x, pair.y);
    let folded = fma(pair.x, pair.y, -product.x);
    let last = chain(1.0 + 0.0078125 * abs(pair.x), 0.015625 * abs(pair.y));
    output.items[id.x] = array<u32, 8>(
        bitcast<u32>(sum.x), bitcast<u32>(sum.y), bitcast<u32>(product.x), bitcast<u32>(product.y),
        bitcast<u32>(folded), bitcast<u32>(last.x), bitcast<u32>(last.y), 0u);
    if id.x == 0u {
        // Nested as in the kernels; the sum of all is what some drivers limit.
        var count = 0u;
        for (var i = 0u; i < 70u; i++) {
            for (var j = 0u; j < 1000u; j++) {
                count = (count ^ ZERO) + 1u;
            }
        }
        output.count = count;
        let nan = bitcast<u32>(bitcast<f32>(input.nan) + pair.x);
        let infinity = bitcast<u32>(bitcast<f32>(input.infinity) * 2.0);
        let half = bitcast<u32>(bitcast<f32>(input.smallest) * 0.5);
        output.flags = select(0u, 1u, !is_finite(nan) & !is_finite(infinity) & is_finite(bitcast<u32>(pair.x)))
            | select(0u, 2u, half != 0u);
    }
}
