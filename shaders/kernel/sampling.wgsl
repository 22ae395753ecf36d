// The samples of a thread.
fn $NAME(group: u32, thread: u32) -> Work {
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
            $TALLY
            block = block_add(block, value);
        }
        work.total = sum_add(work.total, block);
    }
    // Some drivers end loops early, without a word.
    work.bad |= select(2u, 0u, work.count == (max(points, thread) - thread + 63u) / 64u);
    return work;
}

