// The sums of a box.
fn $NAME(block: u32, thread: u32) {
    $FRAME
    let first = block * task.numbers;
    let last = first + task.numbers - 1u;
    var sizes: array<Real, 4>;
    var low: Real;
    var high: Real;
    var is_first = true;
    var bad = false;
    var i = 0u;
    for (var g = 0u; g < task.groups; g++) {
        let group = table[g];
        let counts = group[1] < 4u;
        var sum: Real;
        var size: Real;
        // What is summed with a rare path missing is worth nothing.
        for (; i < group[0] && !RARE; i++) {
            let node = table[task.groups + i];
            $NODE
            let value = $VALUE;
            bad |= !q_is_finite(value);
            low = q_select(counts & (is_first | q_lt(value, low)), value, low);
            high = q_select(counts & (is_first | q_lt(high, value)), value, high);
            is_first &= !counts;
            sum = q_add(sum, value);
            size = q_add(size, q_abs(value));
            if node[2] < task.numbers {
                found[first + node[2]][thread] = value;
            }
        }
        if group[2] < task.numbers {
            found[first + group[2]][thread] = sum;
        }
        $SIZES
    }
    $DONE
    // Some drivers end loops early, without a word.
    let all = i == task.nodes;
    found[last][thread] = q_select(all, q_select(bad, $ONE, Real()), q_add($ONE, $ONE));
}

