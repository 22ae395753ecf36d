// Boxes, by a fully symmetric rule: a workgroup sweeps a box. Nodes are in units, of a few nodes each, that the threads share; of each unit the
// sum is written down, or its values, and corners are summed by all. What these mean is for the CPU to say. The bits of what a box gives depend on
// the box alone.

struct Task {
    zero: u32,
    units: u32,
    nodes: u32,
    // Numbers that a box gives, and which of them is the sum over all corners.
    numbers: u32,
    corners: u32,
}

struct Whole {
    // Half widths of a box, by the places of a node on an axis; sentinels at an end of the whole have the last two.
    places: array<Real, 16>,
    // Of each axis the lower and the upper end; if it is half a line, where that ends, and 1 or -1.
    axes: array<array<Real, 4>, $DIMENSION>,
}

@group(0) @binding(0) var<storage, read> task: Task;
@group(0) @binding(1) var<storage, read> parameters: array<Real, $PARAMETERS>;
@group(0) @binding(2) var<storage, read> whole: Whole;
// Of each unit its first node, how many it has times 256 and its kind, and where its sum goes; then of each node its places, four bits for each
// axis, and where its value goes.
@group(0) @binding(3) var<storage, read> table: array<array<u32, 3>>;
// Lower ends, then upper ends.
@group(0) @binding(4) var<storage, read> boxes: array<array<Real, $BOUNDS>>;
@group(0) @binding(5) var<storage, read_write> found: array<Real>;

// What a thread has seen: the sum over corners, sums of |f| by kind, extremes.
struct Work {
    corners: Real,
    sizes: array<Real, 4>,
    low: Real,
    high: Real,
    // Nodes; and those of them that count.
    done: u32,
    counted: u32,
    bad: u32,
}

fn joined(a: Work, b: Work) -> Work {
    var both = a;
    both.corners = q_add(a.corners, b.corners);
    for (var k = 0u; k < 4u; k++) {
        both.sizes[k] = q_add(a.sizes[k], b.sizes[k]);
    }
    let some = b.counted > 0u;
    let none = a.counted == 0u;
    both.low = q_select(some & (none | q_lt(b.low, a.low)), b.low, a.low);
    both.high = q_select(some & (none | q_lt(a.high, b.high)), b.high, a.high);
    both.done += b.done;
    both.counted += b.counted;
    both.bad |= b.bad;
    return both;
}

fn tell(place: u32, all: Work) {
    let first = place * task.numbers;
    let last = first + task.numbers - 1u;
    found[first + task.corners] = all.corners;
    $DONE
    // Some drivers end loops early, without a word.
    found[last] = q_select(all.done == task.nodes, q_select(all.bad == 1u, $ONE, Real()), q_add($ONE, $ONE));
}

$GROUP
