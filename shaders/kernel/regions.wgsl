// One rung of a ladder over many regions. A thread sweeps a region: its sums stay in registers, nothing is passed between threads,
// and tables are read by all of them at once. The words that come back depend on the region alone.

struct Task {
    zero: u32,
    regions: u32,
    // Where the table has the points of the rung.
    first: u32,
    // Points of the rung, and how many of them are nodes or the probe: the others are sentinels.
    points: u32,
    nodes: u32,
}

// A point of a region of length 1: its distance from the lower end, or from the upper one where negative, and what its value counts
// in each of the sums: the estimate, the one before, the surprise, four null rules, the lower and the upper sentinel.
struct At {
    distance: Real,
    factors: array<Real, 9>,
}

// For a region of length 1: the sums, that of |f|, largest less smallest value; whether something is wrong.
struct Found {
    sums: array<Real, 9>,
    size: Real,
    variation: Real,
    bad: u32,
}

@group(0) @binding(0) var<storage, read> task: Task;
@group(0) @binding(1) var<storage, read> ladder: array<At>;
// Of each region the lower end, the upper end, the length, and the parameters of its integrand.
@group(0) @binding(2) var<storage, read> regions: array<array<Real, $NUMBERS>>;
@group(0) @binding(3) var<storage, read_write> found: array<Found>;

var<private> parameters: array<Real, $PARAMETERS>;

$SWEEPS
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    ZERO = task.zero;
    if id.x < task.regions {
        for (var i = 3u; i < $NUMBERSu; i++) {
            parameters[i - 3u] = regions[id.x][i];
        }
        var swept = share_first(id.x);
        $AGAIN
        found[id.x] = swept;
    }
}
