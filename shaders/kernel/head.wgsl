// What both kernels of a grid have in common, but for the tables of positions and weights.

@group(0) @binding(0) var<storage, read> task: Task;
@group(0) @binding(1) var<storage, read> plan: Plan;
@group(0) @binding(4) var<storage, read> parameters: array<Real, $PARAMETERS>;
// The lower end of each tile.
@group(0) @binding(5) var<storage, read> tiles: array<Pair>;
@group(0) @binding(6) var<storage, read_write> partials: array<vec4<u32>>;

var<workgroup> sums: array<Sum, 64>;
var<workgroup> bads: array<u32, 64>;

// How many of `count` nodes fall to a thread.
fn share(count: u32, thread: u32) -> u32 {
    return (max(count, thread) - thread + 63u) / 64u;
}
