// Philox4x32-10; `numbers` has the key.

// The upper word of a product.
fn upper_product(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let left = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let right = (a & 0xffffu) * (b >> 16u) + (left & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (left >> 16u) + (right >> 16u);
}

fn philox_round(c: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let first = vec2<u32>(upper_product(0xd2511f53u, c.x), 0xd2511f53u * c.x);
    let second = vec2<u32>(upper_product(0xcd9e8d57u, c.z), 0xcd9e8d57u * c.z);
    return vec4<u32>(second.x ^ c.y ^ key.x, second.y, first.x ^ c.w ^ key.y, first.y);
}

// Four random words for a counter. Written out, as some drivers count the turns of loops.
fn philox(counter: vec4<u32>) -> vec4<u32> {
    let key = vec2<u32>(numbers[0], numbers[1]);
    let step = vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
    let two = philox_round(philox_round(counter, key), key + step);
    let four = philox_round(philox_round(two, key + 2u * step), key + 3u * step);
    let six = philox_round(philox_round(four, key + 4u * step), key + 5u * step);
    let eight = philox_round(philox_round(six, key + 6u * step), key + 7u * step);
    return philox_round(philox_round(eight, key + 8u * step), key + 9u * step);
}
