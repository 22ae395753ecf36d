// The samples of a thread.
fn $NAME(thread: u32, group: u32) -> Work {
    let tile = task.tile + group;
    let replicate = tile / task.tiles;
    let within = tile % task.tiles;
    let points = select(1u << task.shift, task.last_points, within + 1u == task.tiles);
    // The first point of the tile, as a number of two words.
    let first = task.first + (within << task.shift);
    let first_high = task.first_high + (within >> (32u - task.shift)) + u32(first < task.first);
    var work = Work();
    $BEGIN
    // What is summed with a rare path missing is worth nothing.
    for (var i = thread; i < points && !RARE; i += 512u) {
        var block = block_zero();
        for (var j = i; j < min(points, i + 512u); j += 64u) {
            $POINT
            let value = $VALUE;
            let is_first = work.count == 0u;
            work.pivot = q_select(is_first, value, work.pivot);
            work.low = q_select(is_first | q_lt(value, work.low), value, work.low);
            work.high = q_select(is_first | q_lt(work.high, value), value, work.high);
            let away = spread(q_sub(value, work.pivot));
            work.first += away;
            work.second += away * away;
            work.size += spread(q_abs(value));
            work.bad |= select(1u, 0u, q_is_finite(value));
            block = block_add(block, value);
            work.count += 1u;
        }
        work.total = sum_add(work.total, block);
    }
    // Some drivers end loops early, without a word.
    work.bad |= select(2u, 0u, work.count == (max(points, thread) - thread + 63u) / 64u);
    return work;
}

