//! The error model of cubature.
//!
//! A sweep of a box sees its values as *components*: coefficients of products of Legendre polynomials, along each axis
//! and across axes, each determined by a few nodes. Those of the three highest orders say what is missing: where they
//! fall as those of an analytic function do, next to nothing; where they do not, their sum. Along an axis they come in
//! pairs of degrees, as a kink can hide from the even or the odd ones, by the accident of its place, but not from both.
//! A *sentinel* at both ends of the axis, where no node of the rules is, is one of the nodes of the components. Out in
//! the corners, sentinels on diagonals show what has crept in there.
//!
//! No two boxes of a mesh are cut at the same places, so accidents of the place of a kink are independent: claims,
//! which are added up, cover errors, of which some cancel. What one box shows has to be claimed in full all the same,
//! and is ten to a thousand times what it leaves; so a mesh learns: where halves show that a box was off by much less
//! than it claimed, less is claimed of them. The model lies where a feature is met by no node at all.

/// What the components of one kind say, in units of the mean over the box.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub error: f64,
    /// What counts as the highest component: how rough the integrand is.
    pub size: f64,
    /// One where the integrand does not look smooth, else zero.
    pub rough: f64,
}

/// Components that fall no faster than that are not extrapolated: such a share of their sum is claimed.
const SLOW: f64 = 0.5;
const SLOW_ACROSS: f64 = 0.7;
const SHARE: f64 = 0.4;

/// Of the odd ones, which no error is made of, where the even ones are smaller: two steps in a box can look odd about
/// its middle.
const ODD: f64 = 0.3;

/// The fall from which the highest component counts in full; below, less by the power of five, and at least by the
/// share that a rule exact to the next degree leaves.
const FULL: f64 = 0.25;
const FULL_ACROSS: f64 = 0.7;
const LEAST_FALL: f64 = 0.05;

/// The falls above which the integrand looks rough.
const ROUGH: f64 = 0.25;
const ROUGH_ACROSS: f64 = 0.5;

/// How many times faster than its mean over two steps components may fall in the last.
const TWO_STEPS: f64 = 1.2;

/// Across axes: the share of the middle components that the highest cannot be believed to be below; and that of their
/// own fall.
const UNSEEN: f64 = 0.2;
const OWN_FALL: f64 = 0.5;

/// The share of the highest component that the rule of degree 7 or 9 leaves, in units of the fall. Where there is a
/// finer rule, in two and three dimensions, it is larger: a kink that is weak beside what is smooth hides below the
/// fall of that.
#[inline(always)]
pub(crate) fn next(ninth: bool, dimension: usize) -> f64 {
    match (ninth, dimension) {
        (false, ..=3) => 1.0,
        (true, ..=3) | (false, _) => 0.3,
        (true, _) => 0.08,
    }
}

/// The share of the highest component that is claimed.
#[inline(always)]
fn share(fall: f64, full: f64, next: f64) -> f64 {
    let ratio = fall * (1.0 / full);
    let square = ratio * ratio;
    (next * larger(fall, LEAST_FALL)).max(square * square * ratio).min(1.0)
}

/// The larger one, in one instruction.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn one_if(yes: bool) -> f64 {
    if yes { 1.0 } else { 0.0 }
}

/// What the components along an axis claim: of the three highest even degrees, and of those one lower, from the highest
/// down.
#[inline(always)]
pub(crate) fn along(even: [f64; 3], odd: [f64; 3], next: f64) -> Claim {
    let [even, odd] = [even.map(f64::abs), odd.map(f64::abs)];
    let [high, low, lowest] = [even[0] + odd[0], even[1] + odd[1], even[2] + odd[2]];
    // Nothing over nothing counts for nothing.
    let fall = larger(high / low, TWO_STEPS * (high / lowest).sqrt());
    let size = larger(even[0], if fall < 1.0 { fall * odd[0] } else { odd[0] });
    let sum = |[high, low, lowest]: [f64; 3]| high + low + low.min(lowest);
    let slow = SHARE * larger(sum(even), ODD * sum(odd));
    let error = if fall <= SLOW { size * share(fall, FULL, next) } else { slow };
    let any = high > 0.0;
    Claim {
        error: if any { error } else { 0.0 },
        size: if any { size } else { 0.0 },
        rough: one_if(any & (fall > ROUGH)),
    }
}

/// What the components across axes claim, of the three highest orders from the highest down, each the sum of all. The
/// highest is a signed sum over the corners, and may cancel: the order below says what is the least to be believed.
#[inline(always)]
pub(crate) fn across([high, low, lowest]: [f64; 3], next: f64) -> Claim {
    let own = if low < lowest { low / lowest } else { 1.0 };
    let size = larger(high, UNSEEN * low * own);
    let falling = if low > 0.0 { OWN_FALL * (low / lowest) } else { 0.0 };
    let fall = larger(larger(size / low, (size / lowest).sqrt()), falling);
    let slow = SHARE * (high + low + low.min(lowest));
    let error = if fall <= SLOW_ACROSS { size * share(fall, FULL_ACROSS, next) } else { slow };
    let any = size > 0.0;
    Claim { error: if any { error } else { 0.0 }, size, rough: one_if(any & (fall > ROUGH_ACROSS)) }
}

/// The share of what sentinels on diagonals deviate, in the mean, that is taken for an error of the integral.
pub(crate) const SURPRISE: f64 = 0.1;

/// The same where five nodes on a diagonal make sentinels there sure of what they say; and what these are allowed to
/// deviate, in units of the highest components on the diagonal times their fall: ten times what is usual of an analytic
/// function.
pub(crate) const SMALL_SURPRISE: f64 = 0.03;
pub(crate) const NEXT_ON_DIAGONAL: f64 = 0.2;

/// What is left of a parent's claim, for each unit of volume, however smooth a child may look.
const MEMORY: f64 = 0.01;

/// How fast the components along a line fall, from one pair of degrees to the next, where they are taken to go on so.
const FALLING: f64 = 0.2;

/// How much slower the last step may be than the one before: of analytic functions it is no slower, and a weak kink
/// shows there first.
const SLOWER: f64 = 10.0;

/// The error claimed, in units of the highest components times the square of that.
const STEPS: f64 = 2.0;

/// The share of the deviation of a sentinel that an error of the integral can be of which no node knows: half the strip
/// between the last node and the face, doubled for the doubt.
const STRIP: f64 = 0.03;

/// The deviation of sentinels that components lead to expect: that many times those of the next degrees.
const EXPECTED: f64 = 2.0;

/// What a fine sweep says of the lines of a box along one axis, in units of the mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSigns {
    /// The components of the interpolant, by pairs of degrees from the highest down, added up.
    pub components: [f64; 3],
}

impl LineSigns {
    /// What a fine sweep will see, as three pairs of components along the middle say (see [`along`]): those of the rule
    /// of degree 9 are the same, those of degree 7 lie one pair below. The root of 17 makes of a coefficient of P₈ its
    /// mean square.
    #[inline(always)]
    pub fn of(even: [f64; 3], odd: [f64; 3], ninth: bool) -> Self {
        let [high, low, lowest] = [0, 1, 2].map(|k| 0.25 * (even[k].abs() + odd[k].abs()));
        let next = if high > 0.0 { high * (high / low) } else { 0.0 };
        Self { components: if ninth { [high, low, lowest] } else { [next, high, low] } }
    }

    /// How fast components fall from pair to pair, if they do as those of an analytic function: the slower of the last
    /// step and the mean of both.
    #[inline(always)]
    fn fall(self) -> Option<f64> {
        let [high, low, lowest] = self.components;
        // Nothing over nothing does not count here.
        let fall = (high / low).max((high / lowest).sqrt());
        (fall <= FALLING && high * lowest <= SLOWER * low * low).then_some(fall)
    }

    /// The error claimed. Gauss's rule is exact up to twice the degree of the interpolant: where components fall, what
    /// it leaves lies about as many steps below the highest as these lie below the mean, of which two are claimed. A
    /// kink makes the fall slow, wherever it is, but for the strips at faces that no node sees, from which sentinels
    /// report.
    #[inline(always)]
    pub fn claim(self) -> f64 {
        let [high, low, lowest] = self.components;
        self.fall().map_or(high + low + lowest.min(low), |fall| STEPS * high * fall * fall)
    }

    /// The components of the next degrees, where those that there are say something of them.
    #[inline(always)]
    pub fn next(self) -> f64 {
        self.fall().map_or(0.0, |fall| self.components[0] * fall.sqrt())
    }
}

/// The error that no node knows of, by the deviation of sentinels and the `next` components.
#[inline(always)]
pub(crate) fn hidden(sentinels: f64, next: f64) -> f64 {
    if sentinels <= EXPECTED * next { 0.0 } else { STRIP * sentinels }
}

/// The claims for two halves that claim `own`, of a box that claimed `before` by what itself showed and whose estimate
/// was off by `difference` from the sum of theirs. `shares` are their shares in its volume.
pub(crate) fn claims_of_halves(own: [f64; 2], before: f64, difference: f64, shares: [f64; 2]) -> [f64; 2] {
    let total = own[0] + own[1];
    [0, 1].map(|i| {
        let share = if total > 0.0 { own[i] / total } else { 0.5 };
        own[i].max(0.5 * difference.abs() * share).max(MEMORY * before * shares[i])
    })
}

/// How many times the largest error that a halving showed, in units of the claim, the next are allowed to be; by how
/// much caution falls at most with one halving; and the least there is of it. Of what looks smooth, and of what does
/// not.
const LESSONS: [[f64; 3]; 2] = [[4.0, 0.3, 0.02], [8.0, 0.5, 0.1]];

/// The share of what they show that is claimed of halves, where that of the whole was `before`, and it was off by
/// `difference` of `own` that itself showed. It falls from one, so that no accident of one difference is believed; and
/// more slowly where the integrand is `rough` and errors of halves are of any sign and size.
pub(crate) fn caution(before: f64, difference: f64, own: f64, rough: bool) -> f64 {
    let [times, fall, least] = LESSONS[usize::from(rough)];
    // Nothing of nothing teaches nothing.
    let seen = if own > 0.0 { difference.abs() / own } else { 1.0 };
    (times * seen).max(fall * before).clamp(least, 1.0)
}

/// Nodes on a chord of a box: Chebyshev's; and the values there are, the last of them twice.
const ON_CHORD: usize = 15;
pub(crate) const PER_CHORD: usize = ON_CHORD + 1;

/// The share of the largest value up to which rounding explains components on a chord.
const ROUNDING_ON_CHORD: f64 = 1e-12;

/// Where the nodes of a chord from -1 to 1 are, and the Chebyshev polynomials of the three highest degrees there, the
/// highest last.
pub(crate) struct ChordNodes {
    pub places: [f64; PER_CHORD],
    highest: [[f64; PER_CHORD]; 3],
}

pub(crate) static CHORD: ChordNodes = {
    const HALF: [f64; ON_CHORD / 2] = [
        0.9945218953682733,
        0.9510565162951535,
        0.8660254037844386,
        0.7431448254773942,
        0.5877852522924731,
        0.4067366430758002,
        0.20791169081775934,
    ];
    let (mut places, mut highest) = ([0.0; PER_CHORD], [[0.0; PER_CHORD]; 3]);
    let mut j = 0;
    while j < ON_CHORD {
        places[j] = if j < ON_CHORD / 2 {
            HALF[j]
        } else if j > ON_CHORD / 2 {
            -HALF[ON_CHORD - 1 - j]
        } else {
            0.0
        };
        let (mut before, mut polynomial, mut degree) = (1.0, places[j], 1);
        while degree < ON_CHORD - 1 {
            (before, polynomial) = (polynomial, 2.0 * places[j] * polynomial - before);
            degree += 1;
            if degree + 3 >= ON_CHORD {
                highest[degree + 3 - ON_CHORD][j] = polynomial;
            }
        }
        j += 1;
    }
    places[ON_CHORD] = places[ON_CHORD - 1];
    ChordNodes { places, highest }
};

/// What the highest components along a chord say: their size.
pub(crate) fn on_chord(values: &[f64; PER_CHORD]) -> f64 {
    let [_, low, high] = components_on_chord(values);
    low.abs() + high.abs()
}

/// The node on a chord at which its highest components are largest together; none, if they are of rounding.
pub(crate) fn oddest_on_chord(values: &[f64; PER_CHORD]) -> Option<f64> {
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let components = components_on_chord(values);
    let at = |j: usize| (0..3).map(|k| components[k] * CHORD.highest[k][j]).sum::<f64>().abs();
    let most = (1..ON_CHORD).fold(0, |most, j| if at(j) > at(most) { j } else { most });
    (on_chord(values) > ROUNDING_ON_CHORD * largest).then_some(CHORD.places[most])
}

fn components_on_chord(values: &[f64; PER_CHORD]) -> [f64; 3] {
    const HALF: usize = PER_CHORD / 2;
    let on = |polynomial: &[f64; PER_CHORD]| {
        let products: [f64; HALF] =
            std::array::from_fn(|j| polynomial[j] * values[j] + polynomial[j + HALF] * values[j + HALF]);
        let [a, b, c, d, e, f, g, h] = products;
        2.0 / ON_CHORD as f64 * ((a + b) + (c + d) + ((e + f) + (g + h)))
    };
    let [first, second, third] = &CHORD.highest;
    [on(first), on(second), on(third)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_scale_with_the_region() {
        for parts in [[1e-6, 1e-3, 1.0], [1e-3, 1e-3, 0.0], [0.0, 0.0, 1.0], [0.0; 3], [1.0, 0.0, 0.0]] {
            for model in [|c: [f64; 3]| along(c, c, 0.3), |c: [f64; 3]| across(c, 0.3)] {
                let (once, scaled) = (model(parts), model(parts.map(|part| 1024.0 * part)));
                assert_eq!((scaled.error, scaled.size), (1024.0 * once.error, 1024.0 * once.size), "{parts:?}");
                assert!(once.error.is_finite() && scaled.rough == once.rough, "{parts:?}");
            }
        }
    }

    #[test]
    fn what_falls_fast_is_claimed_small_and_what_does_not_in_full() {
        let fast = along([1e-4, 1e-2, 1.0], [1e-4, 1e-2, 1.0], 0.08);
        assert!(fast.error < 1e-6 && fast.rough == 0.0, "{fast:?}");
        let slow = along([0.5, 0.7, 1.0], [0.5, 0.7, 1.0], 0.08);
        assert!(slow.error > 0.7 && slow.rough == 1.0, "{slow:?}");
        // A kink that one of two neighbouring degrees does not see.
        assert_eq!(along([0.0, 0.7, 1.0], [0.5, 0.0, 1.0], 0.08).rough, 1.0);
    }

    #[test]
    fn one_accident_is_not_believed_and_one_lesson_is_not_forgotten() {
        assert_eq!(caution(1.0, 0.0, 1.0, false), 0.3);
        assert_eq!(caution(1.0, 0.0, 1.0, true), 0.5);
        assert_eq!(caution(0.02, -0.1, 1.0, false), 0.4);
        assert_eq!(caution(0.02, 0.0, 1.0, false), 0.02);
        assert_eq!((caution(0.02, 1.0, 1.0, false), caution(0.5, 0.0, 0.0, true)), (1.0, 1.0));
    }

    #[test]
    fn a_chord_shows_what_is_no_polynomial_and_where() {
        let on = |f: &dyn Fn(f64) -> f64| CHORD.places.map(f);
        let polynomial = on(&|t| t.powi(12) - 3.0 * t.powi(5));
        assert!(on_chord(&polynomial) < 1e-14 && oddest_on_chord(&polynomial).is_none());
        assert!(on_chord(&on(&|t| (0.3 * t).exp())) < 1e-14);
        let narrow = on(&|t| 1.0 + (0.5 * t).sin() + 0.1 * (-(50.0 * (t - 0.4)).powi(2)).exp());
        let at = oddest_on_chord(&narrow).expect("a place");
        assert!((0.01..0.03).contains(&on_chord(&narrow)) && (at - 0.4).abs() < 0.01, "{at}");
        let last = on(&|t| (14.0 * t.acos()).cos());
        assert!((on_chord(&last) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_half_does_not_forget_the_whole() {
        assert_eq!(claims_of_halves([0.0, 0.0], 1.0, 0.0, [0.5, 0.5]), [0.005, 0.005]);
        assert_eq!(claims_of_halves([0.0, 0.0], 0.0, 1.0, [0.5, 0.5]), [0.25, 0.25]);
    }
}
