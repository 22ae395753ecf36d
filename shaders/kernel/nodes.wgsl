// A rule with many nodes in few panels: one workgroup sums one tile, the threads share the nodes of each panel, one every 64, in
// blocks of 8. Nodes are counted from both ends of a panel: a table of those from the lower end, then those from the upper one.

struct Task {
    zero: u32,
    panels: u32,
    last_panels: u32,
    last: u32,
    // Nodes counted from the lower end of a panel, and all.
    lower_nodes: u32,
    nodes: u32,
}

struct Plan {
    lower: Pair,
    upper: Pair,
}

// The ends of panels, from the lower end of the tile.
@group(0) @binding(2) var<storage, read> ends: array<Pair>;
// Offset and weight of each node.
@group(0) @binding(3) var<storage, read> nodes: array<array<Pair, 2>>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
    ZERO = task.zero;
    EXACT = true;
    let panels = select(task.panels, task.last_panels, group.x == task.last);
    let base = tiles[group.x];
    var total = sum_zero();
    var bad = 0u;
    var done = 0u;
    // Each panel twice: the nodes from its lower end, then those from its upper end.
    for (var k = 0u; k < 2u * panels; k++) {
        let upper_half = (k & 1u) == 1u;
        let start = place(pair_add(base, ends[(k + 1u) / 2u]), ends[0], plan.lower);
        let begin = select(0u, task.lower_nodes, upper_half) + thread;
        let end = select(task.lower_nodes, task.nodes, upper_half);
        for (var b = begin; b < end; b += 512u) {
            var block = block_zero();
            for (var i = b; i < min(end, b + 512u); i += 64u) {
                let x = held(node(start, nodes[i][0], plan.upper), plan.lower);
                block = block_join(block, weighted(integrand(x), nodes[i][1]));
                done += 1u;
            }
            bad |= select(1u, 0u, block_is_finite(block));
            total = sum_add(total, block);
        }
    }
    // Some drivers end long loops early, without a word.
    let all = panels * (share(task.lower_nodes, thread) + share(task.nodes - task.lower_nodes, thread));
    bad |= select(2u, 0u, done == all);
$FINISH}
