// The sum of a thread's nodes of a tile.
fn $NAME(group: u32, thread: u32) -> Work {
    let is_last = group == task.last;
    let panels = select(task.panels, task.last_panels, is_last);
    let base = pair_add(tiles[group], plan.threads[thread]);
    var work = Work(sum_zero(), 0u, 0u);
    for (var k = 0u; k <= task.series; k++) {
        var start: Pair;
        var lowest = plan.lower;
        var highest = plan.upper;
        var weight: Pair;
        var count: u32;
        if k < task.series {
            start = pair_add(base, series[k][0]);
            weight = series[k][1];
            // The last panel of all shares its upper end with none.
            count = panels - u32(is_last & (k < task.shared_ends));
        } else {
            // The ends of the interval, for the first two threads.
            let at_lower = thread == 0u;
            start = select(plan.last, plan.first, at_lower);
            lowest = start;
            highest = start;
            weight = select(plan.last_weight, plan.first_weight, at_lower);
            let holder = select(task.upper_end, task.lower_end, at_lower);
            count = select(0u, thread + 1u, (group == holder) & (thread < 2u));
        }
        let mine = share(count, thread);
        // What is summed with a rare path missing is worth nothing.
        for (var b = 0u; b < mine && !RARE; b += 8u) {
            let left = min(mine - b, 8u);
            let first = place(start, blocks[b / 8u], lowest);
            var block = block_zero();
            $NODES
            let value = block_weighted(block, weight);
            work.bad |= select(1u, 0u, block_is_finite(value));
            work.total = sum_add(work.total, value);
            work.done += left;
        }
    }
    return work;
}
