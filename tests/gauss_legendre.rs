//! Gauss–Legendre rules against reference values of an independent library, and by their properties.

use quadrille::rule::{MAX_ORDER, OrderError, gauss_legendre};
use std::sync::Arc;

/// How far `value` is from the exact number, in units in the last place of the exact number, given as the nearest
/// `f64` and the excess of the exact number over that.
fn ulps(value: f64, nearest: f64, excess: f64) -> f64 {
    if nearest == 0.0 {
        return if value.to_bits() == 0 { 0.0 } else { f64::INFINITY };
    }
    (value.to_bits() as i64 - nearest.to_bits() as i64) as f64 - excess
}

#[test]
fn nodes_weights_and_gaps_are_right_to_one_ulp() {
    let mut worst = [0.0_f64; 3];
    for line in include_str!("data/gauss_legendre.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| fields[i].parse::<usize>().unwrap();
        let bits = |i: usize| f64::from_bits(u64::from_str_radix(fields[i], 16).unwrap());
        let excess = |i: usize| fields[i].parse::<f64>().unwrap() / 1000.0;
        let (order, k) = (number(0), number(1));
        let rule = gauss_legendre(order).unwrap();
        for (which, values) in [rule.nodes(), rule.weights(), rule.gaps()].into_iter().enumerate() {
            let error = ulps(values[order - k], bits(2 + 2 * which), excess(3 + 2 * which)).abs();
            let name = ["node", "weight", "gap"][which];
            assert!(error <= 1.0, "order {order}, {name} {k}: {error} ulp");
            worst[which] = worst[which].max(error);
        }
    }
    println!("worst error in ulp: nodes {}, weights {}, gaps {}", worst[0], worst[1], worst[2]);
    // What the documentation states, and half of the last digit of the reference.
    assert!(worst.into_iter().all(|error| error <= 0.5015));
}

#[test]
fn rules_are_symmetric_ascending_and_sum_to_two() {
    for order in (1..300).chain([1000, 1001, 10_000, 200_001]) {
        let rule = gauss_legendre(order).unwrap();
        let (nodes, weights) = (rule.nodes(), rule.weights());
        assert_eq!((nodes.len(), weights.len(), rule.order(), rule.degree()), (order, order, order, 2 * order - 1));
        assert!(nodes.windows(2).all(|pair| pair[0] < pair[1]), "order {order} ascends");
        assert!(-1.0 < nodes[0] && nodes[order - 1] < 1.0);
        for i in 0..order {
            let mirror = order - 1 - i;
            assert_eq!(weights[i].to_bits(), weights[mirror].to_bits());
            assert_eq!(rule.gaps()[i].to_bits(), rule.gaps()[mirror].to_bits());
            assert!(weights[i] > 0.0);
            assert!(((1.0 - nodes[i].abs()) - rule.gaps()[i]).abs() <= 1.2e-16, "order {order}, gap {i}");
            assert!(nodes[i] == -nodes[mirror]);
        }
        // Weights grow towards the middle.
        assert!(weights[..order.div_ceil(2)].windows(2).all(|pair| pair[0] < pair[1]), "order {order}, weights");
        if order % 2 == 1 {
            assert_eq!(nodes[order / 2].to_bits(), 0);
        }
        let sum: f64 =
            weights[..order / 2].iter().sum::<f64>() * 2.0 + if order % 2 == 1 { weights[order / 2] } else { 0.0 };
        assert!((sum - 2.0).abs() < 1e-15 * (order as f64).sqrt().max(4.0), "order {order}: weights sum to {sum}");
    }
}

/// The Legendre polynomial of the given degree.
fn legendre(degree: usize, x: f64) -> f64 {
    let (mut before, mut here) = (1.0, x);
    if degree == 0 {
        return before;
    }
    for n in 1..degree {
        let n = n as f64;
        (before, here) = (here, ((2.0 * n + 1.0) * x * here - n * before) / (n + 1.0));
    }
    here
}

#[test]
fn exact_up_to_twice_the_order_less_one_and_no_further() {
    for order in (1..=40).chain([101, 250]) {
        let rule = gauss_legendre(order).unwrap();
        let integral =
            |degree| rule.nodes().iter().zip(rule.weights()).map(|(&x, w)| w * legendre(degree, x)).sum::<f64>();
        for degree in 1..=rule.degree() {
            let sum = integral(degree);
            assert!(sum.abs() < 1e-13, "order {order}: the integral of P_{degree} is 0, not {sum}");
        }
        // The error for P_2K is the norm of P_K times the ratio of leading coefficients.
        let k = order as f64;
        let ratio: f64 = (1..=order)
            .map(|j| (j as f64, j as f64 + k))
            .map(|(j, n)| (2.0 * n - 1.0) * j / (n * (2.0 * j - 1.0)))
            .product();
        let (sum, exact) = (integral(2 * order), -ratio * 2.0 / (2.0 * k + 1.0));
        assert!((sum - exact).abs() < 1e-13, "order {order}, P_{}: {sum} instead of {exact}", 2 * order);
    }
}

#[test]
fn smooth_integrals_converge_to_rounding() {
    let rule = gauss_legendre(12).unwrap();
    let sum: f64 = rule.nodes().iter().zip(rule.weights()).map(|(x, w)| w * x.exp()).sum();
    assert!((sum - 2.0 * 1.0_f64.sinh()).abs() < 1e-15);
}

#[test]
fn the_same_order_is_computed_once() {
    assert!(Arc::ptr_eq(&gauss_legendre(31).unwrap(), &gauss_legendre(31).unwrap()));
}

#[test]
fn orders_without_a_rule_are_errors() {
    for order in [0, MAX_ORDER + 1, usize::MAX] {
        assert_eq!(gauss_legendre(order), Err(OrderError { order }));
    }
    let message = gauss_legendre(0).unwrap_err().to_string();
    assert_eq!(message, "no Gauss–Legendre rule of order 0: the order must be from 1 to 100000000");
}
