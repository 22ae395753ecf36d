// The integrand at given points, one for each invocation.

struct Task {
    zero: u32,
    points: u32,
}

@group(0) @binding(0) var<storage, read> task: Task;
@group(0) @binding(1) var<storage, read> parameters: array<Real, $PARAMETERS>;
@group(0) @binding(2) var<storage, read> points: array<Real>;
@group(0) @binding(3) var<storage, read_write> values: array<Real>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    ZERO = task.zero;
    EXACT = true;
    if id.x < task.points {
        values[id.x] = integrand($COORDINATES);
    }
}
