//! Instruction levels: which exist, which this CPU has, which one to use.

use crate::unknown_name::UnknownName;
use fearless_simd::Simd;
use std::{fmt, str::FromStr, sync::OnceLock};

/// The name of the environment variable that forces a level, in place of detection.
pub(crate) const LEVEL_VARIABLE: &str = "QUADRILLE_LEVEL";

/// An instruction level of the CPU. All levels run the same algorithm on the same eight lanes; a wider
/// level needs fewer instructions for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// x86: 512-bit vectors (the Ice Lake set of AVX-512), fused multiply-add.
    Avx512,
    /// x86: 256-bit vectors, fused multiply-add (x86-64-v3).
    Avx2,
    /// x86: 128-bit vectors, the baseline of x86-64.
    Sse2,
    /// ARM: 128-bit vectors, fused multiply-add.
    Neon,
    /// WebAssembly: 128-bit vectors.
    Wasm,
    /// No vector instructions: for processors that none of the others fits.
    Scalar,
}

impl Level {
    /// Every level, best first.
    pub const ALL: [Level; 6] = [Level::Avx512, Level::Avx2, Level::Sse2, Level::Neon, Level::Wasm, Level::Scalar];

    /// The name used by options and output: `avx512`, `avx2`, `sse2`, `neon`, `wasm`, `scalar`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Avx512 => "avx512",
            Level::Avx2 => "avx2",
            Level::Sse2 => "sse2",
            Level::Neon => "neon",
            Level::Wasm => "wasm",
            Level::Scalar => "scalar",
        }
    }

    /// The best level that this CPU has.
    pub fn detect() -> Level {
        Level::of(fearless_simd::Level::new())
    }

    /// The levels that this CPU has, best first.
    pub fn available() -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(|level| level.token().is_some())
    }

    /// Whether multiply-add rounds once at this level. Results are equal bit for bit between all levels that do.
    pub fn fused(self) -> bool {
        matches!(self, Level::Avx512 | Level::Avx2 | Level::Neon)
    }

    /// The level that the environment variable `QUADRILLE_LEVEL` names; `None` where it is not set or is `auto`. It is
    /// read once, and the error kept.
    pub(crate) fn from_environment() -> Result<Option<Level>, &'static UnknownName> {
        static ASKED: OnceLock<Result<Option<Level>, UnknownName>> = OnceLock::new();
        let read = || match std::env::var_os(LEVEL_VARIABLE) {
            Some(name) if !name.is_empty() && name != "auto" => name.to_string_lossy().parse().map(Some),
            _ => Ok(None),
        };
        ASKED.get_or_init(read).as_ref().copied()
    }

    /// The level that the environment names, or else the best, with its proof; looked up once. `None` where the name is
    /// unknown or this CPU lacks the level.
    #[inline]
    pub(crate) fn usual() -> Option<(Level, fearless_simd::Level)> {
        static USUAL: OnceLock<Option<(Level, fearless_simd::Level)>> = OnceLock::new();
        let find = || {
            let level = Level::from_environment().ok()?.unwrap_or_else(Level::detect);
            level.token().map(|token| (level, token))
        };
        *USUAL.get_or_init(find)
    }

    /// Says that this CPU lacks the level, and which it has.
    pub(crate) fn write_unavailable(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let available: Vec<_> = Level::available().map(Level::name).collect();
        write!(f, "level {self} is not available here; available: {}", available.join(", "))
    }

    /// The SIMD crate's proof for this level, if this CPU has it.
    pub(crate) fn token(self) -> Option<fearless_simd::Level> {
        let best = fearless_simd::Level::new();
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        let token = match self {
            Level::Avx512 => best.as_avx512().map(fearless_simd::Level::Avx512),
            Level::Avx2 => best.as_avx2().map(fearless_simd::Level::Avx2),
            Level::Sse2 => best.as_sse2().map(fearless_simd::Level::Sse2),
            _ => None,
        };
        #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
        let token = None;
        // What is compiled is the best level allowed: a forced level below the build's own baseline does not exist.
        token.map(fearless_simd::Level::__dispatch_target).or(Some(best)).filter(|&token| Level::of(token) == self)
    }

    fn of(level: fearless_simd::Level) -> Level {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            if level.as_avx512().is_some() {
                return Level::Avx512;
            }
            if level.as_avx2().is_some() {
                return Level::Avx2;
            }
        }
        match (level.is_fallback(), cfg!(target_arch = "aarch64"), cfg!(target_arch = "wasm32")) {
            (true, ..) => Level::Scalar,
            (_, true, _) => Level::Neon,
            (_, _, true) => Level::Wasm,
            _ => Level::Sse2,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let named = |level: &Level| level.name() == name;
        let names = || format!("levels are {}", Level::ALL.map(Level::name).join(", "));
        Level::ALL.into_iter().find(named).ok_or_else(|| UnknownName::new("level", name, &names()))
    }
}

/// Whether the level of `token` has fused multiply-add; a constant after inlining.
#[inline(always)]
pub(super) fn fused<S: Simd>(token: S) -> bool {
    let level = token.level();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return matches!(level, fearless_simd::Level::Avx512(_) | fearless_simd::Level::Avx2(_));
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    return !level.is_fallback() && cfg!(target_arch = "aarch64");
}
