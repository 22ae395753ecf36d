// Scrambled Sobol points. `numbers` has of each axis 32 direction numbers, then of each axis what number n from 64 n to the next step
// flips by how many zeros n ends in, then of each replicate for each axis the seed of the hash and a shift. All of them are mirrored.

// Coordinate `axis` of a point, before scrambling.
fn sobol(axis: u32, index: u32) -> u32 {
    var x = 0u;
    for (var bit = 0u; bit < 32u; bit++) {
        x ^= select(0u, numbers[32u * axis + bit], ((index >> bit) & 1u) == 1u);
    }
    return x;
}

// Each bit flipped or not, by a hash of the bits below it.
fn scrambled(start: u32, axis: u32, replicate: u32) -> u32 {
    let place = 64u * $DIMENSIONu + 2u * (replicate * $DIMENSIONu + axis);
    let seed = numbers[place];
    var x = start;
    x ^= x * 0x3d20adeau;
    x += seed;
    x *= (seed >> 16u) | 1u;
    x ^= x * 0x05526c56u;
    x ^= x * 0x53a22864u;
    return reverseBits(x) ^ numbers[place + 1u];
}
