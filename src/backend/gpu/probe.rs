//! What an adapter is found to do when it is opened. Compilers of shaders may reorder sums, flush small numbers and
//! stop long loops, all silently; an arithmetic is used only where this test finds it whole.

use super::device::{Gpu, compile, scoped};
use super::{GpuError, library};
use crate::integrand::wgsl::Arithmetic;
use crate::twofold::two_sum;

/// Pairs of numbers to compute with.
const ITEMS: usize = 256;

/// The iterations of the loop test.
const LOOPS: u32 = 70_000;

/// The iterations that the kernels need at most, in one invocation.
pub(crate) const NEEDED_LOOPS: u32 = 32_768;

/// What was found out about an adapter at opening.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// Sums of two `f32` with their rounding error are exact.
    pub exact_sums: bool,
    /// Products of two `f32` with their rounding error are exact.
    pub exact_products: bool,
    /// `fma` rounds once.
    pub fused: bool,
    /// The largest relative error of a hundred two-float operations in a row.
    pub chain_error: f64,
    /// Iterations after which loops are cut off, if that was seen.
    pub loop_limit: Option<u32>,
    /// NaN and infinity arrive in the bits of a result.
    pub non_finite: bool,
    /// `f32` below 1.2e-38 are kept, not flushed to zero.
    pub denormals: bool,
    /// The same of double precision, where the adapter has it.
    pub double: Option<DoubleFacts>,
}

/// What was found out about the double precision of an adapter.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct DoubleFacts {
    /// Sums of two `f64` with their rounding error are exact.
    pub exact_sums: bool,
    /// Products are correctly rounded.
    pub product: bool,
    /// Quotients are correctly rounded.
    pub division: bool,
    /// Square roots are correctly rounded.
    pub square_root: bool,
    /// NaN and infinity arrive in the bits of a result.
    pub non_finite: bool,
}

impl Facts {
    /// Why `arithmetic` is not to be trusted here, if it is not.
    pub(crate) fn distrust(&self, arithmetic: Arithmetic) -> Option<&'static str> {
        if self.loop_limit.is_some_and(|limit| limit < NEEDED_LOOPS) {
            return Some("loops are cut off");
        }
        if arithmetic == Arithmetic::F64 {
            let double = self.double?;
            return match double {
                DoubleFacts { exact_sums: false, .. } => Some("compensated sums are optimised away"),
                DoubleFacts { product: false, .. } => Some("products are not correctly rounded"),
                DoubleFacts { division: false, .. } => Some("quotients are not correctly rounded"),
                DoubleFacts { square_root: false, .. } => Some("square roots are not correctly rounded"),
                DoubleFacts { non_finite: false, .. } => Some("NaN and infinity are not seen"),
                _ => None,
            };
        }
        match self {
            Facts { exact_sums: false, .. } => Some("compensated sums are optimised away"),
            Facts { exact_products: false, .. } => Some("split products are optimised away"),
            Facts { non_finite: false, .. } => Some("NaN and infinity are not seen"),
            _ if arithmetic == Arithmetic::F32x2 && (self.chain_error.is_nan() || self.chain_error > CHAIN_LIMIT) => {
                Some("two-float arithmetic loses digits")
            }
            _ => None,
        }
    }
}

/// The error of the chain of operations that is admitted: 2^-46 for each.
const CHAIN_LIMIT: f64 = 100.0 / (1u64 << 46) as f64;

/// Runs the tests. To be called on the device's own thread.
pub(super) fn probe(gpu: &Gpu, double: bool) -> Result<Facts, GpuError> {
    let mut facts = scoped(gpu, single_facts)?;
    if double {
        facts.double = Some(scoped(gpu, double_facts)?);
    }
    Ok(facts)
}

fn single_facts(gpu: &Gpu) -> Result<Facts, GpuError> {
    let pairs: Vec<[f32; 2]> = numbers().map(|(a, b)| [a as f32, b as f32]).collect();
    let head = [0, f32::NAN.to_bits(), f32::INFINITY.to_bits(), f32::MIN_POSITIVE.to_bits()];
    let mut input = bytemuck::cast_slice(&head).to_vec();
    input.extend_from_slice(bytemuck::cast_slice(&pairs));
    let text = with_library(Arithmetic::F32x2, include_str!("../../../shaders/kernel/probe.wgsl"));
    let bytes = run(gpu, &text, &input, 8 + 32 * ITEMS)?;
    let words: Vec<u32> = bytemuck::pod_collect_to_vec(&bytes);
    let mut facts = Facts {
        exact_sums: true,
        exact_products: true,
        fused: true,
        chain_error: 0.0,
        loop_limit: words.first().copied().filter(|&count| count != LOOPS),
        non_finite: words.get(1).is_some_and(|flags| flags & 1 != 0),
        denormals: words.get(1).is_some_and(|flags| flags & 2 != 0),
        double: None,
    };
    for (&[a, b], item) in pairs.iter().zip(words.get(2..).unwrap_or_default().chunks_exact(8)) {
        let float = |k: usize| f32::from_bits(item[k]);
        let exact = |high: usize, value: f64| {
            float(high) == value as f32 && float(high + 1) == (value - f64::from(value as f32)) as f32
        };
        // Both are exact in f64: the numbers are of like size.
        let product = f64::from(a) * f64::from(b);
        facts.exact_sums &= exact(0, f64::from(a) + f64::from(b));
        facts.exact_products &= exact(2, product);
        facts.fused &= float(4) == (product - f64::from(product as f32)) as f32;
        let (factor, summand) = (f64::from(1.0 + 0.0078125 * a.abs()), f64::from(0.015625 * b.abs()));
        let expected = (0..50).fold(1.0, |s, _| s * factor + summand);
        let error = ((f64::from(float(5)) - expected) + f64::from(float(6))).abs() / expected.abs();
        // Not `max`: a NaN must stay.
        facts.chain_error = if error <= facts.chain_error { facts.chain_error } else { error };
    }
    Ok(facts)
}

fn double_facts(gpu: &Gpu) -> Result<DoubleFacts, GpuError> {
    let pairs: Vec<[f64; 2]> = numbers().map(|(a, b)| [a, b]).collect();
    let mut input = bytemuck::cast_slice(&[0.0, f64::NAN, f64::INFINITY, 0.0]).to_vec();
    input.extend_from_slice(bytemuck::cast_slice(&pairs));
    let text = with_library(Arithmetic::F64, include_str!("../../../shaders/kernel/probe_f64.wgsl"));
    let bytes = run(gpu, &text, &input, 48 * ITEMS)?;
    let values: Vec<f64> = bytemuck::pod_collect_to_vec(&bytes);
    let mut facts =
        DoubleFacts { exact_sums: true, product: true, division: true, square_root: true, non_finite: true };
    for (&[a, b], item) in pairs.iter().zip(values.chunks_exact(6)) {
        facts.exact_sums &= (item[0], item[1]) == two_sum(a, b);
        facts.product &= item[2] == a * b;
        facts.division &= item[3] == a / b;
        facts.square_root &= item[4] == a.abs().sqrt();
        facts.non_finite &= item[5] == 1.0;
    }
    Ok(facts)
}

/// A test with what it uses of the library: the very text that kernels and integrands are made of.
fn with_library(arithmetic: Arithmetic, test: &str) -> String {
    test.to_owned() + "\n" + &library::linked(arithmetic, test)
}

/// One dispatch over all items.
fn run(gpu: &Gpu, text: &str, input: &[u8], output: usize) -> Result<Vec<u8>, GpuError> {
    let kernel = compile(gpu, text, 2);
    let (input, result, readback) = (gpu.storage_of(input), gpu.storage(output), gpu.readback(output));
    let group = gpu.bind(&kernel, &[&input, &result]);
    gpu.dispatch(&kernel, &group, (ITEMS / 64) as u32, &result, &readback, output).wait(gpu)
}

/// Pairs of numbers between 1/4 and 4 in size, of both signs, with all their bits in use.
fn numbers() -> impl Iterator<Item = (f64, f64)> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mantissa = 1.0 + (state >> 12) as f64 / (1u64 << 52) as f64;
        let size = [0.25, 0.5, 1.0, 2.0][(state >> 9 & 3) as usize];
        if state >> 11 & 1 == 0 { mantissa * size } else { -mantissa * size }
    };
    (0..ITEMS).map(move |_| (next(), next()))
}
