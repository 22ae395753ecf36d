// Samples of strata, placed by an importance map: a thread takes a piece of a stratum, and its sums depend on the piece alone; of whole
// strata a workgroup sums what they say. The samples are those of the CPU, as `src/points.rs` and `src/plan/stratified.rs` state.

struct Task {
    zero: u32,
    pieces: u32,
    iteration: u32,
    // Whether every piece is a whole stratum.
    whole: u32,
    // The key of Philox, and the strata along each axis.
    numbers: array<u32>,
}

$WORK// Where a sample falls on an axis: into which increment, at what place, and how much the map stretches there.
struct Fall {
    increment: u32,
    place: Place,
    slope: Real,
}

@group(0) @binding(0) var<storage, read> task: Task;
@group(0) @binding(1) var<storage, read> parameters: array<Real, $PARAMETERS>;
// Of each axis one over its strata, the least and the greatest place; if it is half a line, where that ends, and 1 or -1.
@group(0) @binding(2) var<storage, read> axes: array<array<Pair, 5>, $DIMENSION>;
// Of each axis the ends of its increments.
@group(0) @binding(3) var<storage, read> map: array<Real>;
// Of each piece its stratum, the first sample and how many.
@group(0) @binding(4) var<storage, read> pieces: array<array<u32, 3>>;
// Of each increment of each axis, the sum of squared values as one integer in units of 2^-1053, the lowest word first, and how many there
// are.
@group(0) @binding(5) var<storage, read_write> seen: array<atomic<u32>>;
// What comes back of pieces, and of workgroups of whole strata.
@group(0) @binding(6) var<storage, read_write> found: array<Found>;
@group(0) @binding(7) var<storage, read_write> tiles: array<Tile>;

var<workgroup> shares: array<Share, 64>;

// What strata add to the sums over all: of their means, of the variances of these, and of their sizes; and the most that one sample
// adds to the variance.
struct Share {
    means: Sum,
    variance: Spread,
    size: Spread,
    largest: Spread,
    bad: u32,
}

struct Tile {
    means: vec4<u32>,
    variance: Real,
    size: Real,
    largest: Real,
    // A tile is a multiple of 16 bytes.
    unused: Real,
    // Of each stratum, the standard deviation of its values.
    spread: array<Real, 64>,
}

const INCREMENTS: u32 = 512u;
const WORDS: u32 = 67u;

fn fall(axis: u32, digit: u32, k: u32) -> Fall {
    // Only products are rounded.
    let unit = (Real(k) + 0.5lf) * 2.3283064365386963e-10lf;
    let y = f64_bar((Real(digit) + unit) * axes[axis][0].x) * 512.0lf;
    let increment = min(u32(y), INCREMENTS - 1u);
    let lower = map[(INCREMENTS + 1u) * axis + increment];
    let length = map[(INCREMENTS + 1u) * axis + increment + 1u] - lower;
    let place = f64_bar(length * (y - Real(increment))) + lower;
    return Fall(INCREMENTS * axis + increment, clamp(place, axes[axis][1].x, axes[axis][2].x), length * 512.0lf);
}

// Adds to a word; what is to be carried to the next.
fn carried(word: u32, value: u32) -> u32 {
    let before = atomicAdd(&seen[word], value);
    return u32(before > 0xffffffffu - value);
}

// Puts a square down to an increment, with 32 digits: integers are summed, so that nothing depends on the order.
fn learn(increment: u32, square: f64) {
    let bits = bitcast<u64>(square);
    let exponent = min(u32(bits >> 52u), 2046u);
    let digits = (u32(bits >> 21u) & 0x7fffffffu) | select(0x80000000u, 0u, exponent == 0u);
    let shift = max(exponent, 1u) - 1u;
    let cell = WORDS * increment;
    let word = cell + shift / 32u;
    let high = (digits >> 1u) >> (31u - shift % 32u);
    var carry = carried(word + 1u, high + carried(word, digits << (shift % 32u)));
    for (var next = word + 2u; carry == 1u; next++) {
        carry = carried(next, 1u);
    }
    atomicAdd(&seen[cell + WORDS - 1u], 1u);
}

$SET
@compute @workgroup_size(64)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    ZERO = task.zero;
    // No sample may be learnt from twice, so none is begun again.
    EXACT = true;
    var share = Share();
    if id.x < task.pieces {
        let stratum = pieces[id.x][0];
        let first = pieces[id.x][1];
        let samples = pieces[id.x][2];
        var work = Work();
        var increments: array<u32, $DIMENSION>;
            $BEGIN
        for (var j = 0u; j < samples; j++) {
            $POINT
            let value = $VALUE;
            $TALLY
            work.total = sum_add(work.total, block_add(block_zero(), value));
            let square = value * value;
            for (var d = 0u; d < $DIMENSIONu; d++) {
                learn(increments[d], square);
            }
        }
        // Some drivers end loops early, without a word.
        work.bad |= select(2u, 0u, work.count == samples);
        let deviations = work.second - work.first * (work.first / Spread(work.count));
        if task.whole == 0u {
            found[id.x] = Found(words_of(work.total, work.bad), work.low, work.high, real(deviations), real(work.size));
        } else {
            let count = Spread(work.count);
            let mean = (work.total.x + work.total.y) / count;
            let others = max(count - 1.0lf, 1.0lf);
            // Squares may overflow, and leave no number.
            let squares = select(real(work.second), max(real(deviations), 0.0lf), block_is_finite(real(deviations)));
            let variance = squares / others;
            let far = max(work.high - mean, mean - work.low);
            let largest = far * far / (others * count);
            share = Share(sum_add(sum_zero(), mean), variance / count, work.size / count, largest, work.bad);
            // A standard deviation that is none names the stratum.
            tiles[group.x].spread[thread] = select(sqrt(variance), -1.0lf, work.bad != 0u);
        }
    }
    shares[thread] = share;
    for (var half = 32u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if thread < half {
            let a = shares[thread];
            let b = shares[thread + half];
            let largest = max(a.largest, b.largest);
            shares[thread] =
                Share(sum_join(a.means, b.means), a.variance + b.variance, a.size + b.size, largest, a.bad | b.bad);
        }
    }
    if (thread == 0u) & (task.whole != 0u) {
        let all = shares[0];
        tiles[group.x].means = words_of(all.means, all.bad);
        tiles[group.x].variance = real(all.variance);
        tiles[group.x].size = real(all.size);
        tiles[group.x].largest = real(all.largest);
    }
}
