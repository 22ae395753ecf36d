// The sums of a region.
fn $NAME(region: u32) -> Found {
    var swept = Found();
    var least: Real;
    var most: Real;
    var done = 0u;
    let lower = regions[region][0];
    let upper = regions[region][1];
    let width = regions[region][2];
    // What is summed with a rare path missing is worth nothing.
    for (var i = 0u; i < task.points && !RARE; i++) {
        let k = task.first + i;
        let distance = ladder[k].distance;
        let end = q_select(q_lt(distance, Real()), upper, lower);
        let value = integrand(q_add(end, q_mul(width, distance)));
        swept.bad |= select(1u, 0u, q_is_finite(value));
        $SUMS
        swept.size = q_add(swept.size, q_mul(q_abs(value), ladder[k].factors[0]));
        let first = i == 0u;
        let counts = i < task.nodes;
        least = q_select(first | (counts & q_lt(value, least)), value, least);
        most = q_select(first | (counts & q_lt(most, value)), value, most);
        done += 1u;
    }
    swept.variation = q_sub(most, least);
    // Some drivers end loops early, without a word.
    swept.bad |= select(2u, 0u, done == task.points);
    return swept;
}

