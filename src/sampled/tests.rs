//! The same bits at every level.

use super::cumulative::Results;
use super::*;
use crate::lanes::Level;

/// Uneven positions and values of mixed magnitude and sign, without a random generator.
fn samples(n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut at = -3.0;
    let x = (0..n).map(|_| (at, at += 0.1 + next()).0).collect();
    let y = (0..n).map(|_| (next() - 0.4) * 10.0_f64.powf(3.0 * next())).collect();
    (x, y)
}

#[test]
fn every_level_gives_the_same_bits() {
    for n in [1, 2, 3, 4, 5, 8, 9, 10, 16, 17, 18, 33, 100, 1000, 8192, 8193, 8194, 16385, 16386, 40_001] {
        let (x, y) = samples(n);
        let all = |level| {
            let mut running = vec![0.0; n];
            cumulative::cumulative_trapezoid_at(level, &x, &y, Results::New(&mut running)).unwrap();
            let mut parabolic = vec![0.0; n];
            cumulative::cumulative_simpson_at(level, &x, &y, Results::New(&mut parabolic)).unwrap();
            running.append(&mut parabolic);
            running.push(trapezoid::trapezoid_at(level, &x, &y).unwrap());
            running.push(trapezoid::trapezoid_uniform_at(level, 0.1, &y).unwrap());
            running.push(simpson::simpson_at(level, &x, &y).unwrap());
            running.push(simpson::simpson_uniform_at(level, 0.1, &y).unwrap());
            running.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        let best = all(Level::detect());
        for level in Level::available() {
            assert!(all(level) == best, "{n} samples at {level}");
        }
    }
}
