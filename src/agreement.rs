//! Verification in words: how much was asked for, and what it found.

use crate::unknown_name::UnknownName;
use std::fmt;

/// How much of a fast result is computed again by the integrand's scalar definition.
///
/// What is compared are the sums of tiles (up to 32,768 evaluations, 2^20 in plans of more than 2^31). A tile passes if
/// they differ by at most 4 units of rounding of its sum of |f|, or if every node is within the bound that follows from
/// the integrand's own operations. An error too small to show in the sum of a tile is not found. Of an adaptive method
/// the tiles are the regions of the final mesh, each evaluated again with the rule that it ended with. An integrand
/// with `lanes` of its own but no `trace` may be accused where it enlarges rounding errors beyond those 4 units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verify {
    /// Nothing.
    #[default]
    Off,
    /// Four tiles of the plan, chosen by the seed, and of an adaptive mesh the two regions with the largest ∫|f| as
    /// well; of samples on a GPU one of each round, of boxes four and that with the largest ∫|f|: costs up to 131,072
    /// scalar evaluations (more only where tiles are larger: in plans of more than 2^31 evaluations, and for rules with
    /// more nodes than that). Over boxes on the CPU one value in a hundred or so as it is computed, whatever the
    /// method.
    Spot,
    /// Every tile, computed again, and their sum against the estimate (over boxes on the CPU: every value): costs as
    /// many scalar evaluations as the integral itself.
    Full,
}

/// What a verification found: no disagreement.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Agreement {
    /// How much was checked.
    pub depth: Verify,
    /// Nodes that were checked.
    pub evaluations: u64,
    /// Of these, nodes that cannot be judged: rounding explains any value there, as in the difference of two infinities
    /// or at a pole.
    pub unbounded: u64,
    /// The largest difference between a tile's fast sum and its reference, as a share of what rounding explains: at
    /// most 1.
    pub worst: f64,
}

impl Agreement {
    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            evaluations: self.evaluations + other.evaluations,
            unbounded: self.unbounded + other.unbounded,
            worst: self.worst.max(other.worst),
            ..self
        }
    }
}

/// Where fast result and reference differ by more than rounding explains; sums in units of the integral.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Disagreement {
    /// The tile, by its place in the plan (of an adaptive method: the region, in ascending order); `None` where each
    /// tile is right by itself, but not their sum.
    pub tile: Option<u64>,
    /// Its first and last node; where both are equal and there is no tile, the first coordinate of a point of a box, at
    /// which the values below are those of the integrand.
    pub nodes: (f64, f64),
    /// What the fast backend makes of it.
    pub fast: f64,
    /// What the scalar definition makes of it.
    pub reference: f64,
    /// The difference that rounding explains.
    pub bound: f64,
}

impl fmt::Display for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verify::Off => "off",
            Verify::Spot => "spot",
            Verify::Full => "full",
        })
    }
}

impl std::str::FromStr for Verify {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "off" => Ok(Verify::Off),
            "spot" => Ok(Verify::Spot),
            "full" => Ok(Verify::Full),
            _ => Err(UnknownName::new("verification", name, "it is off, spot or full")),
        }
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Agreement { depth, evaluations, unbounded, worst } = self;
        let (nodes, agree) = if *evaluations == 1 { ("node", "agrees") } else { ("nodes", "agree") };
        write!(f, "{depth}: {evaluations} {nodes} {agree}, largest difference {worst:.2} of what rounding explains")?;
        if *unbounded > 0 {
            write!(f, "; {unbounded} of them cannot be judged, as rounding explains any value there")?;
        }
        Ok(())
    }
}

impl Disagreement {
    /// Whether it is about one value of the integrand and no sum.
    fn is_value(&self) -> bool {
        self.tile.is_none() && self.nodes.0 == self.nodes.1
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disagreement { tile, nodes: (first, last), fast, reference, bound } = self;
        if self.is_value() {
            return write!(
                f,
                "the integrand at a point with x = {first:?} is {fast:?} but {reference:?} by the scalar definition; rounding explains a \
                 difference of {bound:.1e}"
            );
        }
        match tile {
            Some(tile) => write!(f, "tile {tile}")?,
            None => f.write_str("the whole")?,
        }
        write!(
            f,
            " (x = {first:?} … {last:?}) sums to {fast:?} but to {reference:?} by the scalar definition; rounding explains \
             a difference of {bound:.1e}"
        )
    }
}
