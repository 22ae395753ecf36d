//! An integrand of one variable as one object, for what asks a value at a time or for its formula: that is compiled
//! once, and not for every integrand.

use super::Integrand;
use super::bound::Bounded;
#[cfg(feature = "gpu")]
use super::formula::Traced;

/// An integrand as it is defined.
pub(crate) trait Definition: Sync {
    /// The value by scalar code.
    fn value(&self, x: f64) -> f64;

    /// With bounds for the rounding of its operations, if it can be traced.
    fn bounded(&self) -> Option<Bounded>;

    /// What its trace leaves, if it can be traced.
    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced>;
}

impl<F: Integrand> Definition for F {
    fn value(&self, x: f64) -> f64 {
        self.scalar(x)
    }

    fn bounded(&self) -> Option<Bounded> {
        Bounded::new(self)
    }

    #[cfg(feature = "gpu")]
    fn traced(&self) -> Option<Traced> {
        Traced::of(self)
    }
}
