// Boxes, by a fully symmetric rule: a thread sweeps a box, group after group of nodes, and writes down the sum of each, or its values.
// What these mean is for the CPU to say. 64 boxes stand beside each other in the buffers. The bits of what a box gives depend on the box alone.

struct Task {
    zero: u32,
    boxes: u32,
    groups: u32,
    nodes: u32,
    // Numbers that a box gives.
    numbers: u32,
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
// Of each group the node that it ends before, its kind, and where its sum goes; then of each node its places, four bits for each axis,
// and where its value goes.
@group(0) @binding(3) var<storage, read> table: array<array<u32, 3>>;
// Lower ends, then upper ends.
@group(0) @binding(4) var<storage, read> boxes: array<array<array<Real, 64>, $BOUNDS>>;
@group(0) @binding(5) var<storage, read_write> found: array<array<Real, 64>>;

$SWEEPS
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
    ZERO = task.zero;
    if 64u * group.x + thread < task.boxes {
        sweep_first(group.x, thread);
        $AGAIN
    }
}
