// Samples: one workgroup sums a tile of points, a thread every 64th of them, in blocks of 8. Points are made of integers, as
// `src/points.rs` states, and so are those of the CPU.

struct Task {
    zero: u32,
    // Tiles of a replicate; and where this dispatch begins, counted over those of all replicates.
    tiles: u32,
    tile: u32,
    // A tile has two to this power of points, but for the last of a replicate.
    shift: u32,
    last_points: u32,
    // The first point: lower and upper half.
    first: u32,
    first_high: u32,
}

$WORK@group(0) @binding(0) var<storage, read> task: Task;
@group(0) @binding(1) var<storage, read> parameters: array<Real, $PARAMETERS>;
// Of each axis the lower end and the step of an integer (the upper end, if it is bent); if it is half a line, where that ends, and 1 or -1;
// the least and the largest place of double precision.
@group(0) @binding(2) var<storage, read> axes: array<array<Pair, 6>, $DIMENSION>;
// What the points are made with.
@group(0) @binding(3) var<storage, read> numbers: array<u32>;
@group(0) @binding(4) var<storage, read_write> found: array<Found>;

fn joined(a: Work, b: Work) -> Work {
    // Both about the pivot of `a`.
    let apart = spread(q_sub(b.pivot, a.pivot));
    let count = Spread(b.count);
    let some = b.count > 0u;
    return Work(
        sum_join(a.total, b.total),
        a.pivot,
        a.first + (b.first + count * apart),
        a.second + (b.second + apart * (2.0 * b.first + count * apart)),
        a.size + b.size,
        q_select(some & q_lt(b.low, a.low), b.low, a.low),
        q_select(some & q_lt(a.high, b.high), b.high, a.high),
        a.count + b.count,
        a.bad | b.bad,
    );
}

fn tell(place: u32, all: Work) {
    let deviations = all.second - all.first * (all.first / Spread(all.count));
    found[place] = Found(words_of(all.total, all.bad), all.low, all.high, real(deviations), real(all.size));
}

$SET
$GROUP
