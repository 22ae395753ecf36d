// The nodes of a box that fall to a thread.
fn $NAME(place: u32, thread: u32) -> Work {
    $FRAME
    let first = place * task.numbers;
    var work = Work();
    // What is summed with a rare path missing is worth nothing.
    for (var u = thread; u < task.units && !RARE; u += 64u) {
        let unit = table[u];
        let kind = unit[1] & 255u;
        let counts = kind < 4u;
        let end = unit[0] + (unit[1] >> 8u);
        var sum = Real();
        var size = Real();
        for (var i = unit[0]; i < end && !RARE; i++) {
            let node = table[task.units + i];
            $NODE
            let value = $VALUE;
            work.bad |= select(1u, 0u, q_is_finite(value));
            let is_first = work.counted == 0u;
            work.low = q_select(counts & (is_first | q_lt(value, work.low)), value, work.low);
            work.high = q_select(counts & (is_first | q_lt(work.high, value)), value, work.high);
            work.counted += u32(counts);
            work.done += 1u;
            sum = q_add(sum, value);
            size = q_add(size, q_abs(value));
            if node[2] < task.numbers {
                found[first + node[2]] = value;
            }
        }
        if unit[2] < task.numbers {
            found[first + unit[2]] = sum;
        }
        work.corners = q_add(work.corners, q_select(kind == $CORNERSu, sum, Real()));
        $SIZES
    }
    return work;
}

