//! What is looked at once more before the end of an adaptive integral is believed, and in which order: each once, but
//! the last as long as what it finds makes a difference.

use crate::method::Outcome;

/// How often a mesh is looked at, at most.
const SECOND_LOOKS: usize = 4;

/// What comes of a look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found {
    Nothing,
    /// There is more to do.
    Something,
    /// It was not to be had for the evaluations that are left: nothing that needs it is to be believed.
    TooDear,
}

impl Found {
    pub fn something(found: bool) -> Self {
        if found { Self::Something } else { Self::Nothing }
    }

    /// The same, and then another look, where this is nothing.
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self == Self::Nothing { other() } else { self }
    }
}

/// Integrals on a mesh that can be looked at again.
pub(super) trait Looked {
    /// Where nothing was seen, or the same value everywhere: what may hide between the nodes.
    fn probe(&mut self) -> Found;
    /// Where the integral, of this component, seems to diverge: the scale of what is integrated.
    fn scale(&mut self, component: Option<usize>) -> Found;
    /// Where the mesh is in doubt: what its leaves do not explain.
    fn second_look(&mut self) -> Found;
    /// The integrals of all components, and what is claimed of them.
    fn claims(&self) -> Vec<(f64, f64)>;
}

/// The looks that there were, or that are not for this range.
pub(super) struct Looks {
    scaled: bool,
    /// Second looks that are left.
    left: usize,
    /// What was claimed when the last of them found something.
    before: Vec<(f64, f64)>,
}

impl Looks {
    /// Break points are hints of both.
    pub fn over((lower, upper): (f64, f64), points: &[f64]) -> Self {
        let hinted = !points.is_empty();
        let left = if hinted { 0 } else { SECOND_LOOKS };
        Self { scaled: hinted || !(lower.is_finite() && upper.is_finite()), left, before: Vec::new() }
    }

    /// What there is to do after such an outcome, at this component.
    pub fn again(&mut self, outcome: Outcome, component: Option<usize>, them: &mut impl Looked) -> Found {
        match outcome {
            Outcome::Converged => them.probe().or(|| self.second_look(them)),
            Outcome::Divergent if !std::mem::replace(&mut self.scaled, true) => them.scale(component),
            _ => Found::Nothing,
        }
    }

    fn second_look(&mut self, them: &mut impl Looked) -> Found {
        let same = |(now, before): (&(f64, f64), &(f64, f64))| (now.0 - before.0).abs() <= now.1 + before.1;
        let vain = !self.before.is_empty() && them.claims().iter().zip(&self.before).all(same);
        let found = if vain || self.left == 0 { Found::Nothing } else { them.second_look() };
        if found == Found::Something {
            self.before = them.claims();
            self.left -= 1;
        } else {
            self.left = 0;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what it is asked, and says that there is more to do as often as told; what it claims changes or not.
    struct Asked {
        changes: bool,
        probes: u32,
        looks: u32,
        asked: Vec<&'static str>,
    }

    impl Looked for Asked {
        fn probe(&mut self) -> Found {
            self.asked.push("probe");
            self.probes = self.probes.saturating_sub(1);
            Found::something(self.probes > 0)
        }

        fn scale(&mut self, _: Option<usize>) -> Found {
            self.asked.push("scale");
            Found::Something
        }

        fn second_look(&mut self) -> Found {
            self.asked.push("second look");
            self.looks = self.looks.saturating_sub(1);
            Found::something(self.looks > 0)
        }

        fn claims(&self) -> Vec<(f64, f64)> {
            vec![(if self.changes { self.asked.len() as f64 } else { 1.0 }, 0.1)]
        }
    }

    fn asked(mut looks: Looks, outcomes: &[Outcome]) -> (Vec<bool>, Vec<&'static str>) {
        let mut them = Asked { changes: true, probes: 2, looks: 2, asked: Vec::new() };
        let more = |&outcome: &Outcome| looks.again(outcome, None, &mut them) == Found::Something;
        (outcomes.iter().map(more).collect(), them.asked)
    }

    #[test]
    fn looks_are_repeated_as_long_as_they_change_something() {
        let seconds = |changes: bool| {
            let mut them = Asked { changes, probes: 0, looks: 99, asked: Vec::new() };
            let mut looks = Looks::over((0.0, 1.0), &[]);
            for _ in 0..9 {
                looks.again(Outcome::Converged, None, &mut them);
            }
            them.asked.iter().filter(|&&name| name == "second look").count()
        };
        assert_eq!((seconds(true), seconds(false)), (SECOND_LOOKS, 1));
    }

    #[test]
    fn looks_come_in_their_order() {
        use Outcome::{Converged, Divergent, MaxEvaluations};
        let outcomes = [Converged, Divergent, Divergent, Converged, Converged, Converged];
        let (again, names) = asked(Looks::over((0.0, 1.0), &[]), &outcomes);
        assert_eq!(again, [true, true, false, true, false, false]);
        assert_eq!(names, ["probe", "scale", "probe", "second look", "probe", "second look", "probe"]);
        // Of an infinite range there is no scale, and who names points knows what is there.
        let (again, names) = asked(Looks::over((0.0, f64::INFINITY), &[]), &[Divergent, Converged, Converged]);
        assert_eq!((again, names), (vec![false, true, true], vec!["probe", "probe", "second look"]));
        let (again, names) = asked(Looks::over((0.0, 1.0), &[0.5]), &[Divergent, Converged, Converged]);
        assert_eq!((again, names), (vec![false, true, false], vec!["probe", "probe"]));
        // A limit is the end.
        assert_eq!(asked(Looks::over((0.0, 1.0), &[]), &[MaxEvaluations]), (vec![false], vec![]));
    }
}
