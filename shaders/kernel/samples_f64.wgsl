
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

// A place by the smooth periodization, and what it counts.
struct Bend {
    place: Place,
    counts: Real,
}

// The same operations as on the CPU.
fn bend_of(k: u32, axis: array<Pair, 6>) -> Bend {
    let v = (f64(min(k, ~k)) + 0.5lf) * (1.0lf / 4294967296.0lf);
    let inner = f64_bar(v * 6.0lf) - 15.0lf;
    let part = v * v * v * (f64_bar(v * inner) + 10.0lf) * (axis[1].x - axis[0].x);
    let place = select(axis[1].x - f64_bar(part), axis[0].x + f64_bar(part), k < 0x80000000u);
    let both = v * (1.0lf - v);
    return Bend(clamp(place, axis[4].x, axis[5].x), both * both * 30.0lf);
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
