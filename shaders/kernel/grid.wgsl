// A composite rule over a run of tiles: one workgroup sums one tile. A tile is a row of series of nodes; the threads share each
// series among them, one node every 64, in blocks of 8.
//
// A node is base of the tile + offset of the series + offset of the thread + offset of the block + offset within the block: all of
// them tables, so it depends on the tile and on nothing else.

struct Task {
    zero: u32,
    // Panels in a tile, and in the last one of the plan.
    panels: u32,
    last_panels: u32,
    // The workgroup that has the last tile of the plan; and those that have an end of the interval as a node; 0xffffffff if none.
    last: u32,
    lower_end: u32,
    upper_end: u32,
    series: u32,
    // 1 if the first series is that of the ends that two panels share.
    shared_ends: u32,
}

struct Plan {
    // What no node is beyond, but for the ends where they are nodes: those are the nearest numbers.
    lower: Pair,
    upper: Pair,
    first: Pair,
    last: Pair,
    // Weights of both ends.
    first_weight: Pair,
    last_weight: Pair,
    // 64 i panels, for the nodes of a block.
    steps: array<Pair, 8>,
    // t panels, for the threads.
    threads: array<Pair, 64>,
}

// Offset and weight of each series.
@group(0) @binding(2) var<storage, read> series: array<array<Pair, 2>>;
// 512 b panels, for the blocks of a series.
@group(0) @binding(3) var<storage, read> blocks: array<Pair>;

// What a thread has summed.
struct Work {
    total: Sum,
    bad: u32,
    done: u32,
}

$SUMS
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
    ZERO = task.zero;
    var work = share_first(group.x, thread);
    $AGAIN
    // Some drivers end long loops early, without a word.
    let is_last = group.x == task.last;
    let panels = select(task.panels, task.last_panels, is_last);
    let ends = u32((thread == 0u) & (group.x == task.lower_end)) + u32((thread == 1u) & (group.x == task.upper_end));
    let all = (task.series - task.shared_ends) * share(panels, thread)
        + task.shared_ends * share(panels - u32(is_last), thread) + ends;
    let total = work.total;
    let bad = work.bad | select(2u, 0u, work.done == all);
$FINISH}
