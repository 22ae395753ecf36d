// The reduction of huge arguments of sin, cos, tan, and of those close to a multiple of π/2, by integers: M. H. Payne,
// R. N. Hanek, https://doi.org/10.1145/1057600.1057602. A device that runs both sides of every branch (lavapipe)
// would pay for it at each call, more than for the rest of a sine: see RARE in the kernels.

// Four words of 64 bits of 2/π, from word `index` - 1 on (word -1 is zero, word 0 the first after the point): selected
// by the bits of the index, as drivers are slow at indexing a table.
fn f64_two_over_pi(index: u32) -> vec4<u64> {
    let sixteen = index >= 16u;
    let eight = (index & 8u) != 0u;
    let four = (index & 4u) != 0u;
    let two = (index & 2u) != 0u;
    let one = (index & 1u) != 0u;
    let a0 = select(0lu, 0x7527bac7ebe5f17blu, sixteen);
    let a1 = select(0xa2f9836e4e441529lu, 0x3d0739f78a5292ealu, sixteen);
    let a2 = select(0xfc2757d1f534ddc0lu, 0x6bfb5fb11f8d5d08lu, sixteen);
    let a3 = select(0xdb6295993c439041lu, 0x56033046fc7b6bablu, sixteen);
    let b0 = select(a0, 0xe88235f52ebb4484lu, eight);
    let b1 = select(a1, 0xe99c7026b45f7e41lu, eight);
    let b2 = select(a2, 0x3991d639835339f4lu, eight);
    let b3 = select(a3, 0x9c845f8bbdf9283blu, eight);
    let b4 = select(0xfe5163abdebbc561lu, 0x1ff897ffde05980flu, eight);
    let b5 = select(0xb7246e3a424dd2e0lu, 0xef2f118b5a0a6d1flu, eight);
    let b6 = select(0x06492eea09d1921clu, 0x6d367ecf27cb09b7lu, eight);
    let b7 = select(0xfe1deb1cb129a73elu, 0x4f463f669e5fea2dlu, eight);
    let b8 = select(0xe88235f52ebb4484lu, 0x7527bac7ebe5f17blu, eight);
    let b9 = select(0xe99c7026b45f7e41lu, 0x3d0739f78a5292ealu, eight);
    let b10 = select(0x3991d639835339f4lu, 0x6bfb5fb11f8d5d08lu, eight);
    let c0 = select(b0, b4, four);
    let c1 = select(b1, b5, four);
    let c2 = select(b2, b6, four);
    let c3 = select(b3, b7, four);
    let c4 = select(b4, b8, four);
    let c5 = select(b5, b9, four);
    let c6 = select(b6, b10, four);
    let d0 = select(c0, c2, two);
    let d1 = select(c1, c3, two);
    let d2 = select(c2, c4, two);
    let d3 = select(c3, c5, two);
    let d4 = select(c4, c6, two);
    return vec4<u64>(select(d0, d1, one), select(d1, d2, one), select(d2, d3, one), select(d3, d4, one));
}

// As f64_reduce for |x| > 2^-9, exactly: x = m·2^e, and m times 192 bits of 2/π from the first that does not give a
// multiple of 4.
fn f64_reduce_far(x: f64) -> vec3<f64> {
    let bits = f64_size(x);
    let m = (bits & 0x000ffffffffffffflu) | 0x0010000000000000lu;
    let m_high = m >> 32u;
    let m_low = m & 0xfffffffflu;
    // e + 62: the bit of the table to begin with
    let first = u32(bits >> 52u) - 1013u;
    let words = f64_two_over_pi(first >> 6u);
    let shift = first & 63u;
    // (In two steps, as a shift by 64 is none.)
    let v0 = (words.x << shift) | ((words.y >> 1u) >> (63u - shift));
    let v1 = (words.y << shift) | ((words.z >> 1u) >> (63u - shift));
    let v2 = (words.z << shift) | ((words.w >> 1u) >> (63u - shift));
    // The product modulo 2^192, by 32 bits from below
    let c5 = m_low * (v2 & 0xfffffffflu);
    let c4 = m_low * (v2 >> 32u) + (c5 >> 32u);
    let d4 = m_high * (v2 & 0xfffffffflu) + (c4 & 0xfffffffflu);
    let c3 = m_low * (v1 & 0xfffffffflu) + (c4 >> 32u);
    let d3 = m_high * (v2 >> 32u) + (c3 & 0xfffffffflu) + (d4 >> 32u);
    let c2 = m_low * (v1 >> 32u) + (c3 >> 32u);
    let d2 = m_high * (v1 & 0xfffffffflu) + (c2 & 0xfffffffflu) + (d3 >> 32u);
    let c1 = m_low * (v0 & 0xfffffffflu) + (c2 >> 32u);
    let d1 = m_high * (v1 >> 32u) + (c1 & 0xfffffffflu) + (d2 >> 32u);
    let c0 = m_low * (v0 >> 32u) + (c1 >> 32u);
    let d0 = m_high * (v0 & 0xfffffffflu) + c0 + (d1 >> 32u);
    let high = (d0 << 32u) | (d1 & 0xfffffffflu);
    let low = (d2 << 32u) | (d3 & 0xfffffffflu);
    // The quarter turns above the point, the fraction below, to the nearest
    var quarters = high >> 62u;
    var fraction = (high << 2u) | (low >> 62u);
    var fraction_low = (low << 2u) | ((d4 & 0xfffffffflu) >> 30u);
    var negative = (fraction >> 63u) == 1lu;
    if negative {
        quarters += 1lu;
        fraction = ~fraction;
        fraction_low = ~fraction_low;
    }
    // 52, 52 and 24 bits become numbers as the mantissas of powers of two, which are then taken off.
    let top = f64_bar(bitcast<f64>(0x3ff0000000000000lu | (fraction >> 12u)) - 1.0lf);
    let next = ((fraction << 40u) | (fraction_low >> 24u)) & 0x000ffffffffffffflu;
    let middle = f64_bar(bitcast<f64>(0x3cb0000000000000lu | next) - 0x1p-52lf);
    let bottom = f64_bar(bitcast<f64>(0x3970000000000000lu | ((fraction_low & 0xfffffflu) << 28u)) - 0x1p-104lf);
    let sum = f64_fast_two_sum(top, middle);
    let turn = f64_fast_two_sum(sum.x, sum.y + bottom);
    let product = f64_two_product(turn.x, F64_HALF_PI);
    let angle = f64_fast_two_sum(product.x, product.y + (turn.x * F64_HALF_PI_REST + turn.y * F64_HALF_PI));
    let flip = negative != (x < 0.0lf);
    let turns = select(quarters, 4lu - (quarters & 3lu), x < 0.0lf);
    let rounded = bitcast<f64>(bitcast<u64>(F64_ROUNDER) + turns);
    let head = select(select(angle.x, -angle.x, flip), q_nan(), bits >= F64_INFINITY_BITS);
    return vec3<f64>(head, select(-angle.y, angle.y, flip), rounded);
}
