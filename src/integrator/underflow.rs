//! Slow tails that are zero far out, where they count, as a power has overflowed on the way to their values: a mesh
//! believes its zeros.

use crate::estimate::{NEGLIGIBLE, left_beyond};
use crate::integrand::values::Values;
use crate::lanes::LANES;

/// Powers of two that are looked at: the first, the distance from one to the next, and how many there are, up to the
/// largest number. What ends before the third of them is taken to end there by itself.
const FIRST: usize = 16;
const STEP: usize = 4;
const PLACES: usize = 248;

/// The least share of what that power leaves that is there at the edge of an overflow; and the power that times the
/// distance grows by, from which on it is none.
const ABRUPT: f64 = 0.2;
const FLAT: f64 = -0.75;

/// What may lie beyond the last values of f that are not zero, towards the infinite ends, where the integral of |f| is
/// `magnitude`.
#[cold]
pub(super) fn hidden(f: &dyn Values, (lower, upper): (f64, f64), magnitude: f64) -> (f64, u64) {
    let ends = [(lower, -1.0), (upper, 1.0)].into_iter().filter(|end| end.0.is_infinite());
    ends.fold((0.0, 0), |(sum, evaluations), (_, sign)| {
        let (hidden, more) = towards(f, sign, magnitude);
        (sum + hidden, evaluations + more)
    })
}

fn towards(f: &dyn Values, sign: f64, magnitude: f64) -> (f64, u64) {
    // |f| at these powers of two, and times the distance.
    let sizes = |exponents: &[f64]| {
        let points: Vec<f64> = exponents.iter().map(|exponent| sign * exponent.exp2()).collect();
        let mut values = vec![[0.0; LANES]; points.len() / LANES];
        f.values(points.as_chunks().0, &mut values);
        let values = values.as_flattened().iter().zip(points);
        values.map(|(value, x)| (value.abs(), (value * x).abs())).collect::<Vec<_>>()
    };
    // Or no number, as that is infinite which it is divided by.
    let ends = |size: &(f64, f64)| size.0 == 0.0 || size.0.is_nan();
    let outermost = |sizes: &[(f64, f64)]| sizes.iter().rposition(|size| size.0 > 0.0);
    let places: Vec<f64> = (0..PLACES).map(|k| (FIRST + STEP * k) as f64).collect();
    let mut far = Vec::with_capacity(PLACES);
    // No farther than there is something.
    for row in places.chunks(LANES) {
        far.extend(sizes(row));
        if outermost(&far[far.len() - LANES..]).is_none() {
            break;
        }
    }
    let evaluations = far.len() as u64;
    let Some(last) = outermost(&far).filter(|&last| last >= 2 && far.get(last + 1).is_some_and(ends)) else {
        return (0.0, evaluations);
    };
    let evaluations = evaluations + 3 * LANES as u64;
    // What falls to zero by itself, as an exponential, has been next to it before.
    let (mut place, mut step, mut edge) = (places[last], STEP as f64, far[last].1);
    for _ in 0..3 {
        step /= LANES as f64;
        let finer: [f64; LANES] = std::array::from_fn(|k| (k as f64).mul_add(step, place));
        let found = sizes(&finer);
        let at = outermost(&found).unwrap_or(0);
        (place, edge) = (finer[at], found[at].1);
    }
    if edge.is_nan() || edge <= NEGLIGIBLE * magnitude {
        return (0.0, evaluations);
    }
    // Values next to the edge may have lost their digits: the power is that of two places before.
    let [inner, outer] = [far[last - 2].1, far[last - 1].1];
    let power = (inner / outer).log2() / STEP as f64;
    let expected = outer * (power * (places[last - 1] - place)).exp2();
    // What went down to its end, or was as good as constant until there, ends by itself: no integral would exist of it
    // beyond.
    if edge < ABRUPT * expected || power < FLAT {
        return (0.0, evaluations);
    }
    // Of two zeros there is no power.
    (left_beyond(expected, power.max(0.0)), evaluations)
}
