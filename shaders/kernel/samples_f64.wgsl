
// What differences are summed in.
alias Spread = f64;

fn spread(value: Real) -> Spread {
    return value;
}

fn real(spread: Spread) -> Real {
    return spread;
}

// The coordinate that an integer means: a product and a sum, each rounded, as on the CPU.
fn coordinate(k: u32, lower: Pair, step: Pair) -> Real {
    return f64_bar((f64(k) + 0.5lf) * step.x) + lower.x;
}
