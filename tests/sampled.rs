//! Integrals of samples: against SciPy, exactness, properties, and every error.

use proptest::prelude::*;
use quadrille::lanes::Level;
use quadrille::sampled::*;

/// The samples of `data/sampled.txt`.
fn samples(n: usize) -> (Vec<f64>, Vec<f64>) {
    let x = (0..n).map(|i| (7 * i + i * i % 5) as f64 / 8.0).collect();
    let y = (0..n).map(|i| (((37 * i + 11) % 101) as f64 - 50.0) / 16.0).collect();
    (x, y)
}

#[test]
fn values_are_those_of_scipy() {
    let mut cases = 0;
    for line in include_str!("data/sampled.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(' ');
        let (rule, n) = (fields.next().unwrap(), fields.next().unwrap().parse().unwrap());
        let expected: Vec<f64> = fields.map(|field| field.parse().unwrap()).collect();
        let (x, y) = samples(n);
        let found = match rule {
            "trapezoid" => vec![trapezoid(&x, &y).unwrap()],
            "trapezoid_uniform" => vec![trapezoid_uniform(0.25, &y).unwrap()],
            "simpson" => vec![simpson(&x, &y).unwrap()],
            "simpson_uniform" => vec![simpson_uniform(0.25, &y).unwrap()],
            "cumulative_trapezoid" => cumulative_trapezoid(&x, &y).unwrap(),
            "cumulative_simpson" => cumulative_simpson(&x, &y).unwrap(),
            _ => panic!("unknown rule {rule}"),
        };
        assert_eq!(found.len(), expected.len(), "{rule} of {n}");
        for (found, expected) in found.iter().zip(expected) {
            // The rounding of SciPy's own sums grows with the number of samples.
            let bound = 1e-15 * (10.0 + n as f64) * 4.0;
            assert!((found - expected).abs() <= bound, "{rule} of {n}: {found} instead of {expected}");
        }
        cases += 1;
    }
    assert_eq!(cases, 172);
}

#[test]
fn one_sample_has_no_area() {
    assert_eq!(trapezoid(&[3.0], &[1e308]), Ok(0.0));
    assert_eq!(trapezoid_uniform(3.0, &[7.0]), Ok(0.0));
    assert_eq!(simpson(&[1e308], &[1e308]), Ok(0.0));
    assert_eq!(simpson_uniform(3.0, &[7.0]), Ok(0.0));
    assert_eq!(cumulative_trapezoid(&[3.0], &[7.0]).unwrap(), [0.0]);
    assert_eq!(cumulative_simpson(&[3.0], &[7.0]).unwrap(), [0.0]);
}

#[test]
fn simpson_is_exact_for_parabolas_and_on_equal_spacing_for_cubics() {
    for n in (3..60).chain([8194, 16387]) {
        let scale = 1.0 / n as f64;
        let x: Vec<f64> = samples(n).0.into_iter().map(|x| x * scale).collect();
        let y: Vec<f64> = x.iter().map(|x| 1.0 + x - 3.0 * x * x).collect();
        let exact = |x: f64| x + 0.5 * x * x - x * x * x;
        assert!((simpson(&x, &y).unwrap() - exact(x[n - 1])).abs() < 1e-14, "{n} samples");
        for (integral, &x) in cumulative_simpson(&x, &y).unwrap().iter().zip(&x) {
            assert!((integral - exact(x)).abs() < 1e-14, "{n} samples up to {x}");
        }
        let y: Vec<f64> = (0..n).map(|i| (i as f64 * scale).powi(if n % 2 == 1 { 3 } else { 2 })).collect();
        let end = (n - 1) as f64 * scale;
        let exact = if n % 2 == 1 { end.powi(4) / 4.0 } else { end.powi(3) / 3.0 };
        assert!((simpson_uniform(scale, &y).unwrap() - exact).abs() < 1e-15, "{n} equal samples");
    }
}

#[test]
fn sums_do_not_lose_digits_with_the_number_of_samples() {
    // 0.1 is not a binary fraction: a plain sum of so many of them is off by 1e-12 of itself.
    let n = 300_001;
    let y = vec![0.1; n];
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let exact = 0.1 * (n - 1) as f64;
    assert_eq!(trapezoid(&x, &y), Ok(exact));
    assert_eq!(trapezoid_uniform(1.0, &y), Ok(exact));
    let running = cumulative_trapezoid(&x, &y).unwrap();
    for (i, value) in running.into_iter().enumerate() {
        assert!((value - 0.1 * i as f64).abs() <= 2.3e-16 * value, "up to {i}: {value}");
    }
    assert!((simpson(&x, &y).unwrap() - exact).abs() <= 2.3e-16 * exact);
    assert!((simpson_uniform(1.0, &y).unwrap() - exact).abs() <= 2.3e-16 * exact);
    // Large values that cancel leave the small ones.
    let y: Vec<f64> = (0..n)
        .map(|i| {
            if i == 7 {
                1e17
            } else if i == n - 8 {
                -1e17
            } else {
                0.25
            }
        })
        .collect();
    assert_eq!(trapezoid_uniform(1.0, &y), Ok(0.25 * (n - 3) as f64));
}

#[test]
fn the_wrong_sample_is_named() {
    let message = |result: Result<f64, SampledError>| result.unwrap_err().to_string();
    let (x, y) = samples(30_000);
    assert_eq!(message(trapezoid(&[], &[])), "no samples to integrate");
    assert_eq!(message(trapezoid_uniform(1.0, &[])), "no samples to integrate");
    assert_eq!(message(simpson_uniform(1.0, &[])), "no samples to integrate");
    let lengths = "x has 3 samples but y has 2: one value belongs to each position";
    assert_eq!(message(simpson(&[1.0, 2.0, 3.0], &[1.0, 2.0])), lengths);
    for dx in [0.0, f64::NAN, f64::INFINITY] {
        let expected = format!("the spacing dx = {dx} must be finite and not 0");
        assert_eq!(message(trapezoid_uniform(dx, &y)), expected);
        assert_eq!(message(simpson_uniform(dx, &y)), expected);
    }
    let last_of_all = |result: Result<Vec<f64>, SampledError>| result.map(|values| values[values.len() - 1]);
    for n in [1, 2, 3, 4, 5, 11, 12, 64, 65, 9_000, 17_001] {
        let mut places = vec![0, n / 3, n / 2, n - 1];
        places.dedup();
        for at in places {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let (mut x, mut y) = (x[..n].to_vec(), y[..n].to_vec());
                y[at] = bad;
                let expected = format!("y[{at}] = {bad} is not a finite number");
                assert_eq!(message(trapezoid(&x, &y)), expected);
                assert_eq!(message(trapezoid_uniform(0.1, &y)), expected);
                assert_eq!(message(simpson(&x, &y)), expected);
                assert_eq!(message(simpson_uniform(0.1, &y)), expected);
                assert_eq!(message(last_of_all(cumulative_trapezoid(&x, &y))), expected);
                assert_eq!(message(last_of_all(cumulative_simpson(&x, &y))), expected);
                (x[at], y[at]) = (bad, 0.0);
                let expected = format!("x[{at}] = {bad} is not a finite number");
                assert_eq!(message(trapezoid(&x, &y)), expected, "{n} samples");
                assert_eq!(message(simpson(&x, &y)), expected, "{n} samples");
                assert_eq!(message(last_of_all(cumulative_trapezoid(&x, &y))), expected, "{n} samples");
                assert_eq!(message(last_of_all(cumulative_simpson(&x, &y))), expected, "{n} samples");
            }
            if at == 0 {
                continue;
            }
            for (sign, repeat) in [(1.0, true), (-1.0, true), (1.0, false), (-1.0, false)] {
                let mut x: Vec<f64> = x[..n].iter().map(|x| x * sign).collect();
                x[at] = x[at - 1];
                if !repeat && at > 1 {
                    x[at] -= sign * 0.01;
                }
                let error = SampledError::NotMonotone { index: at, before: x[at - 1], value: x[at] };
                assert_eq!(trapezoid(&x, &y[..n]), Err(error));
                assert_eq!(simpson(&x, &y[..n]), Err(error));
                assert_eq!(cumulative_trapezoid(&x, &y[..n]), Err(error));
                assert_eq!(cumulative_simpson(&x, &y[..n]), Err(error));
            }
        }
    }
}

#[test]
fn overflow_is_an_error() {
    assert_eq!(trapezoid(&[-1e308, 1e308], &[1.0, 1.0]), Err(SampledError::Overflow));
    assert_eq!(trapezoid_uniform(1e308, &[9.0, 9.0, 9.0]), Err(SampledError::Overflow));
    assert_eq!(simpson_uniform(1e308, &[9.0, 9.0, 9.0]), Err(SampledError::Overflow));
    assert_eq!(simpson(&[0.0, 1e200, 3e200, 4e200], &[1e200; 4]), Err(SampledError::Overflow));
}

#[test]
fn nothing_is_written_on_an_error() {
    let message = |result: Result<(), SampledError>| result.unwrap_err().to_string();
    let refused = |x: &[f64], y: &[f64]| {
        let mut results = vec![7.0; y.len()];
        let expected = message(trapezoid(x, y).map(drop));
        assert_eq!(message(cumulative_trapezoid_into(x, y, &mut results)), expected);
        assert_eq!(message(cumulative_simpson_into(x, y, &mut results)), expected);
        assert!(results.iter().all(|&result| result == 7.0), "{} samples", y.len());
    };
    for n in [2, 3, 4, 8, 9, 16, 17, 33, 34, 100, 8193, 8226, 20_000, 120_000] {
        let (x, y) = samples(n);
        for at in [0, n / 3, n / 2, n - 2, n - 1] {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let (mut x, mut y) = (x.clone(), y.clone());
                y[at] = bad;
                refused(&x, &y);
                (x[at], y[at]) = (bad, 0.0);
                refused(&x, &y);
            }
            if at > 0 {
                let mut x = x.clone();
                x[at] = x[at - 1];
                if n > 2 || at > 1 {
                    refused(&x, &y);
                }
            }
        }
        let far: Vec<f64> = x.iter().map(|x| x * 1e300).collect();
        refused(&far, &vec![1e300; n]);
    }
    let ((x, y), mut results) = (samples(3), [7.0; 4]);
    let error = SampledError::OutputLength { samples: 3, output: 4 };
    assert_eq!(cumulative_trapezoid_into(&x, &y, &mut results), Err(error));
    assert_eq!(error.to_string(), "3 samples need as many results, but the slice for them has length 4");
}

#[test]
fn a_slice_of_the_callers_gets_the_same_bits() {
    for n in (1..70).chain([8192, 8193, 8224, 8225, 16_386, 40_000]) {
        let (x, y) = samples(n);
        // In reverse order too, and so large that an overflow cannot be excluded at once.
        for (scale_x, scale_y) in [(1.0, 1.0), (-1.0, 1.0), (1e3, 1e298)] {
            let x: Vec<f64> = x.iter().map(|x| x * scale_x).collect();
            let y: Vec<f64> = y.iter().map(|y| y * scale_y).collect();
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            let mut results = vec![7.0; n];
            cumulative_trapezoid_into(&x, &y, &mut results).unwrap();
            assert_eq!(bits(&results), bits(&cumulative_trapezoid(&x, &y).unwrap()), "{n} samples");
            cumulative_simpson_into(&x, &y, &mut results).unwrap();
            assert_eq!(bits(&results), bits(&cumulative_simpson(&x, &y).unwrap()), "{n} samples");
        }
    }
}

#[test]
fn running_sums_have_the_error_of_their_own_terms() {
    // Exact terms of mixed sign and size, so that what is left is the error of summing.
    let n = 100_000;
    let x: Vec<f64> = (0..n).map(f64::from).collect();
    let y: Vec<f64> =
        (0..n).map(|i| ((i * 37 + i / 7 * 11) % 101 - 50) as f64 * [1.0, 1e-3, 1e5][i as usize % 3]).collect();
    // The sum in twice the precision, and that of the magnitudes.
    let (mut high, mut low, mut magnitude) = (0.0, 0.0, 0.0);
    for (i, found) in cumulative_trapezoid(&x, &y).unwrap().into_iter().enumerate() {
        let sum = high + low;
        let bound = 4.0 * f64::EPSILON * magnitude;
        assert!((found - sum).abs() <= bound, "up to {i}: {found} instead of {sum}, bound {bound:e}");
        let Some(next) = y.get(i + 1) else { break };
        let term: f64 = 0.5 * (y[i] + next);
        let total: f64 = high + term;
        let from_term = total - high;
        low += (high - (total - from_term)) + (term - from_term);
        (high, magnitude) = (total, magnitude + term.abs());
    }
}

/// `QUADRILLE_LEVEL` is read once: each value needs a process of its own, which is this test again.
#[test]
fn a_level_that_cannot_be_had_is_an_error() {
    const CHILD: &str = "QUADRILLE_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let (x, y) = samples(9);
        let last = |values: Vec<f64>| values[8];
        let results = [
            trapezoid(&x, &y),
            trapezoid_uniform(0.1, &y),
            simpson(&x, &y),
            simpson_uniform(0.1, &y),
            cumulative_trapezoid(&x, &y).map(last),
            cumulative_simpson(&x, &y).map(last),
        ];
        for result in results {
            println!("RESULT {}", result.map_or_else(|error| error.to_string(), |value| value.to_string()));
        }
        return;
    }
    let with = |level: &str| {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "a_level_that_cannot_be_had_is_an_error", "--nocapture"]);
        let output = child.env(CHILD, "1").env("QUADRILLE_LEVEL", level).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let results: Vec<_> = text.lines().filter_map(|line| Some(line.split_once("RESULT ")?.1.to_owned())).collect();
        assert_eq!(results.len(), 6, "{text}");
        results
    };
    let detected = with("auto");
    assert_eq!(detected, with(""));
    for level in Level::ALL {
        let results = with(level.name());
        if Level::available().any(|available| available == level) {
            assert_eq!(results, detected, "{level}");
        } else {
            let missing = format!("level {level} is not available here; available: ");
            assert!(results.iter().all(|result| result.starts_with(&missing)), "{results:?}");
        }
    }
    let unknown = "QUADRILLE_LEVEL: unknown level 'avx1024'; levels are avx512, ";
    assert!(with("avx1024").iter().all(|result| result.starts_with(unknown)));
}

#[cfg(feature = "parallel")]
#[test]
fn every_number_of_threads_gives_the_same_bits() {
    for n in [120_000, 250_001] {
        let (x, y) = samples(n);
        let all = || {
            let mut all = cumulative_trapezoid(&x, &y).unwrap();
            all.extend(cumulative_simpson(&x, &y).unwrap());
            all.extend([trapezoid(&x, &y), trapezoid_uniform(0.1, &y)].map(Result::unwrap));
            all.extend([simpson(&x, &y), simpson_uniform(0.1, &y)].map(Result::unwrap));
            all.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(all);
        let one = on(1);
        for threads in [2, 3, 7] {
            assert!(on(threads) == one, "{threads} threads, {n} samples");
        }
    }
}

/// Ascending positions with values, an odd number of them.
fn arrays() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((0.5..2.0_f64, -10.0..10.0_f64), 1..100).prop_map(|mut pairs| {
        if pairs.len() % 2 == 0 {
            pairs.pop();
        }
        let x = pairs.iter().scan(0.0, |at, pair| (Some(*at), *at += pair.0).0).collect();
        (x, pairs.iter().map(|pair| pair.1).collect())
    })
}

type Rule = fn(&[f64], &[f64]) -> Result<f64, SampledError>;
const RULES: [Rule; 2] = [trapezoid, simpson];

/// Rounding of about a hundred terms of size up to 40.
const ROUNDING: f64 = 1e-12;

proptest! {
    #[test]
    fn integrals_are_linear((x, y) in arrays(), factor in -3.0..3.0_f64) {
        let bent: Vec<f64> = y.iter().zip(&x).map(|(y, x)| factor * y + x * x.sin()).collect();
        let waves: Vec<f64> = x.iter().map(|x| x * x.sin()).collect();
        for rule in RULES {
            let sum = factor * rule(&x, &y).unwrap() + rule(&x, &waves).unwrap();
            prop_assert!((rule(&x, &bent).unwrap() - sum).abs() < 100.0 * ROUNDING);
        }
    }

    #[test]
    fn integrals_add_up_where_they_meet((x, y) in arrays(), share in 0.0..1.0_f64) {
        let cut = (share * x.len() as f64) as usize / 2 * 2;
        for rule in RULES {
            let parts = rule(&x[..=cut], &y[..=cut]).unwrap() + rule(&x[cut..], &y[cut..]).unwrap();
            prop_assert!((rule(&x, &y).unwrap() - parts).abs() < ROUNDING);
        }
    }

    #[test]
    fn reversal_changes_the_sign((x, y) in arrays()) {
        let backwards = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        for rule in RULES {
            let sum = rule(&x, &y).unwrap() + rule(&backwards(&x), &backwards(&y)).unwrap();
            prop_assert!(sum.abs() < ROUNDING);
        }
    }

    #[test]
    fn scaling_by_powers_of_two_is_exact((x, y) in arrays(), by_x in -20..20_i32, by_y in -20..20_i32) {
        let scaled = |values: &[f64], by: i32| values.iter().map(|v| v * 2.0_f64.powi(by)).collect::<Vec<_>>();
        for rule in RULES {
            let exact = rule(&x, &y).unwrap() * 2.0_f64.powi(by_x + by_y);
            prop_assert_eq!(rule(&scaled(&x, by_x), &scaled(&y, by_y)).unwrap(), exact);
        }
    }

    #[test]
    fn running_integrals_are_those_of_the_samples_so_far((x, y) in arrays()) {
        let (straight, curved) = (cumulative_trapezoid(&x, &y).unwrap(), cumulative_simpson(&x, &y).unwrap());
        for end in 0..x.len() {
            prop_assert!((straight[end] - trapezoid(&x[..=end], &y[..=end]).unwrap()).abs() < ROUNDING);
            if end % 2 == 0 {
                prop_assert!((curved[end] - simpson(&x[..=end], &y[..=end]).unwrap()).abs() < ROUNDING);
            }
        }
    }

    #[test]
    fn equal_spacing_needs_no_positions((_, y) in arrays()) {
        let x: Vec<f64> = (0..y.len()).map(|i| 0.5 * i as f64).collect();
        prop_assert!((trapezoid(&x, &y).unwrap() - trapezoid_uniform(0.5, &y).unwrap()).abs() < ROUNDING);
        prop_assert!((simpson(&x, &y).unwrap() - simpson_uniform(0.5, &y).unwrap()).abs() < ROUNDING);
    }
}
