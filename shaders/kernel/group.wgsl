// A workgroup whose threads share the work: what they have done is joined by halves, and told by one of them.

var<workgroup> works: array<Work, 64>;

$SHARES
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
    ZERO = task.zero;
    var work = share_first(group.x, thread);
    $AGAIN
    works[thread] = work;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half >>= 1u) {
        if thread < half {
            works[thread] = joined(works[thread], works[thread + half]);
        }
        workgroupBarrier();
    }
    if thread == 0u {
        tell(group.x, works[0]);
    }
}
