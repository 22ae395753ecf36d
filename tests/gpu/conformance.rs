//! Integrals on a GPU against the serial reference, for integrands of every kind, in each arithmetic.

use crate::adapter::{arithmetics, device};
use crate::integrands::{Visit, visit_all};
use quadrille::gpu::{Device, Precision};
use quadrille::{Backend, Integral, Integrand, Integrator, Rule, Status, Verify};
use std::ops::Range;

/// Sums each integrand by some rules, verifies all of it, and compares with the CPU.
struct Compare<'a> {
    device: &'a Device,
    precision: Precision,
    unit: f64,
    /// Rule and panels.
    rules: &'a [(Rule, u64)],
    /// Looks only at some.
    only: &'a [&'a str],
    count: usize,
    worst: f64,
    wrong: Vec<String>,
}

impl Visit for Compare<'_> {
    fn visit<F: Integrand>(&mut self, name: &str, f: &F, interval: Range<f64>, units: f64) {
        if !self.only.is_empty() && !self.only.contains(&name) {
            return;
        }
        for &(rule, panels) in self.rules {
            self.count += 1;
            let what = format!("{name}, {}, {rule}", self.precision);
            match self.distance(f, interval.clone(), rule, panels) {
                Ok(distance) if distance <= units => self.worst = self.worst.max(distance / units),
                Ok(distance) => self.wrong.push(format!("{what}: off by {distance:.1} units, not {units}")),
                Err(message) => self.wrong.push(format!("{what}: {message}")),
            }
        }
    }
}

impl Compare<'_> {
    /// How far the estimate is from that of the CPU, in units of the arithmetic and of the integral of |f|.
    fn distance<F: Integrand>(&self, f: &F, interval: Range<f64>, rule: Rule, panels: u64) -> Result<f64, String> {
        let integrator = Integrator::new().rule(rule).panels(panels);
        let gpu = integrator.clone().backend(Backend::Gpu).device(self.device).precision(self.precision);
        let gpu = gpu.verify(Verify::Full).integrate(f, interval.clone()).map_err(|error| error.to_string())?;
        self.is_told_right(&gpu, panels)?;
        let [serial, simd] = [Backend::Serial, Backend::Simd]
            .map(|backend| integrator.clone().backend(backend).integrate(f, interval.clone()).unwrap().estimate);
        // A closure by reference: one type for all integrands, which are compiled for every backend.
        let size: &(dyn Fn(f64) -> f64 + Sync) = &|x| f.scalar(x).abs();
        let size = integrator.backend(Backend::Simd).integrate(&size, interval).unwrap().estimate;
        let units = |expected: f64| (gpu.estimate - expected).abs() / (self.unit * size);
        // The plain loop has rounding errors of its own, one for each node.
        let own = gpu.evaluations as f64 * f64::EPSILON / 2.0 / self.unit;
        Ok(units(simd).max(units(serial) - own))
    }

    fn is_told_right(&self, integral: &Integral, panels: u64) -> Result<(), String> {
        let agreement = integral.agreement.ok_or("not verified")?;
        let right = integral.backend == Backend::Gpu
            && integral.precision == self.precision
            && integral.adapter.as_deref() == Some(self.device.info().name.as_str())
            && integral.status == Status::Summed
            && integral.regions == panels
            && integral.fallbacks.is_empty()
            && agreement.evaluations == integral.evaluations
            && agreement.unbounded == 0
            && agreement.worst <= 1.0;
        if right { Ok(()) } else { Err(format!("{integral:#?}")) }
    }
}

fn compare(rules: &[(Rule, u64)], only: &[&str]) {
    let Some(device) = device() else { return };
    let mut all = Vec::new();
    for (precision, unit) in arithmetics(device) {
        let mut compare = Compare { device, precision, unit, rules, only, count: 0, worst: 0.0, wrong: Vec::new() };
        let start = std::time::Instant::now();
        visit_all(&mut compare);
        let Compare { count, worst, wrong, .. } = compare;
        assert!(count >= rules.len() * if only.is_empty() { 40 } else { only.len() }, "{count} integrals only");
        println!("{precision}: {count} integrals, worst {worst:.3} of the bound, {:.1?}", start.elapsed());
        all.extend(wrong);
    }
    assert!(all.is_empty(), "{} wrong:\n{}", all.len(), all.join("\n"));
}

#[test]
fn every_integrand_agrees_with_the_reference() {
    compare(&[(Rule::Midpoint, 5000), (Rule::Simpson, 1500), (Rule::GaussLegendre(20), 101)], &[]);
}

#[test]
fn every_rule_agrees_with_the_reference() {
    let rules = [
        (Rule::Left, 3001),
        (Rule::Right, 3001),
        (Rule::Trapezoid, 3001),
        (Rule::Boole, 700),
        (Rule::GaussLegendre(2), 2000),
        (Rule::GaussLegendre(301), 9),
    ];
    let only = ["sin(x)*exp(-x^2/50)", "if(x < 0.3, x, 1 - x)", "x^x", "damped"];
    compare(&rules, &only);
}
