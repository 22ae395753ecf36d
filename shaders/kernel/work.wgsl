// What comes back of samples. Deviations are squared, and from the mean.
struct Found {
    sum: vec4<u32>,
    low: Real,
    high: Real,
    deviations: Real,
    size: Real,
}

// What a thread has summed: the values, their differences from the first one, the squares of these, the sizes.
struct Work {
    total: Sum,
    pivot: Real,
    first: Spread,
    second: Spread,
    size: Spread,
    low: Real,
    high: Real,
    count: u32,
    bad: u32,
}

