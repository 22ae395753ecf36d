//! Code that is compiled once for each level, and the way to that of a proof.

/// `$op` with `$simd` the proof in `$token`, compiled for its level: AVX-512, AVX2, or the baseline.
///
/// The SIMD crate's own macro has SSE4.2, too, for which every kernel and every integrand would be compiled once more:
/// functions are up to 7 % faster there than on the baseline, or a third slower.
#[cfg(all(target_arch = "x86_64", not(target_feature = "sse4.2")))]
macro_rules! dispatch {
    ($token:expr, $simd:pat => $op:expr) => {
        match $token {
            $crate::lanes::Token::Avx512(token) => $crate::lanes::dispatch!(@on token, $simd => $op),
            $crate::lanes::Token::Avx2(token) => $crate::lanes::dispatch!(@on token, $simd => $op),
            token => match token.as_sse2() {
                Some(token) => $crate::lanes::dispatch!(@on token, $simd => $op),
                None => unreachable!("SSE2 is part of x86-64"),
            },
        }
    };
    (@on $token:expr, $simd:pat => $op:expr) => {{
        let $simd = $token;
        $crate::lanes::Simd::vectorize(
            $token,
            #[inline(always)]
            || $op,
        )
    }};
}

#[cfg(all(target_arch = "x86_64", not(target_feature = "sse4.2")))]
pub(crate) use dispatch;

#[cfg(not(all(target_arch = "x86_64", not(target_feature = "sse4.2"))))]
pub(crate) use fearless_simd::dispatch;
