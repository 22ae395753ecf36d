//! The error model of expansions in orthogonal polynomials.
//!
//! An expansion through n nodes misses its terms from n on. What they are worth in the mean square is claimed to be
//! what the last quarter of the known terms is worth, and more where these do not fall fast: for terms that fall like a
//! power of k, the rest is more than any quarter of them. Times the norm of the weight, that bounds the integral of the
//! weight times what is missed, if the weight is as large on that as on anything. A weight that oscillates fast is much
//! smaller on smooth functions, so there the norm on polynomials is taken, but only where the terms fall fast enough to
//! say that the integrand is smooth.

/// What an expansion seems to miss.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remainder {
    /// In the mean square.
    pub size: f64,
    /// What the last quarter of the terms left of the one before; 0 where only rounding is left.
    pub fall: f64,
    /// Whether `size` is no more than rounding makes.
    pub is_noise: bool,
}

/// A fall by which an integrand counts as smooth: 1/4 from quarter to quarter, so 0.84 from term to term.
const SMOOTH: f64 = 0.25;

/// What is taken for noise, in roundings of the values: they make 0.3 of themselves in the mean square of the last
/// quarter of 32 terms.
const NOISE: f64 = 4.0;

impl Remainder {
    /// By the root mean squares of the last quarter but one, and of the last; `rounding` is that of a value.
    pub fn new(before: f64, last: f64, rounding: f64) -> Self {
        if last <= NOISE * rounding {
            return Self { size: last, fall: 0.0, is_noise: true };
        }
        let fall = last / before;
        let q = fall.min(0.95);
        Self { size: last * (4.0 * q / (1.0 - q)).max(1.0), fall, is_noise: false }
    }

    /// Whether a deviation from the expansion is no more than rounding makes.
    pub fn explains(deviation: f64, rounding: f64) -> bool {
        deviation <= 4.0 * NOISE * rounding
    }

    pub fn is_smooth(&self) -> bool {
        self.fall < SMOOTH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_the_order_are_bounded() {
        // Terms in the mean square that fall like k^-p, p > 1/2: kinks have 2, steps 1.
        for p in [0.75f64, 1.0, 1.5, 2.0, 3.0, 5.0] {
            let sum = |from: u32, to: u32| (from..to).map(|k| f64::from(k).powf(-2.0 * p)).sum::<f64>().sqrt();
            let remainder = Remainder::new(sum(16, 24), sum(24, 32), 0.0);
            assert!(remainder.size > sum(32, 1 << 20), "{p}");
        }
    }
}
