
// What differences are summed in.
alias Spread = f64;

fn spread(value: Real) -> Spread {
    return value;
}

fn real(spread: Spread) -> Real {
    return spread;
}

// A place on an axis, in the variable of the axis.
alias Place = f64;

// The place that an integer means: a product and a sum, each rounded, as on the CPU.
fn place_of(k: u32, lower: Pair, step: Pair) -> Place {
    return f64_bar((f64(k) + 0.5lf) * step.x) + lower.x;
}

// The coordinate there.
fn coordinate(t: Place) -> Real {
    return t;
}

// The same on a half-line, x = end + direction t / (1 - t), and dx/dt.
fn half_line(t: Place, end: Pair, direction: Pair) -> array<Real, 2> {
    let rest = 1.0lf - t;
    return array<Real, 2>(end.x + direction.x * (t / rest), 1.0lf / (rest * rest));
}

// And on the line, x = t / (1 - t²).
fn line(t: Place) -> array<Real, 2> {
    let rest = (1.0lf - t) * (1.0lf + t);
    return array<Real, 2>(t / rest, (1.0lf + t * t) / (rest * rest));
}
