//! Which numbers of a sweep come from which columns of its file, and which are the same for all rows.

use crate::job::number;
use crate::over::{self, Axis};
use crate::table::{Source, TOLERANCES, Table};
use quadrille::Expression;
use std::path::Path;

/// The columns that are added.
pub const ANSWER: [&str; 4] = ["value", "error", "evaluations", "status"];

/// A file, and the formula for whose parameters, bounds and tolerances its columns are.
pub struct Columns<'a> {
    pub file: &'a Path,
    pub table: &'a Table,
    pub template: &'a Expression,
}

impl Columns<'_> {
    /// Refuses names that stand for something else already.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let name = self.file.display();
        for added in ANSWER {
            if self.named(added)?.is_some() {
                return Err(format!("{name}: a column '{added}' is what the sweep adds; give it another name"));
            }
        }
        // A value that the file has and the formula does not take.
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let is_constant = |word: &&str| word.starts_with(char::is_alphabetic) && Expression::constant(word).is_ok();
        let in_both = |word: &&str| is_constant(word) && self.table.columns.iter().any(|column| column == word);
        words.find(in_both).map_or(Ok(()), |word| {
            Err(format!("'{word}' is a constant of formulas, and a column of {name}; give the column another name"))
        })
    }

    /// The parameters of the formula, each from a column or from those `given`.
    pub fn parameters(&self, given: &[(String, f64)]) -> Result<Vec<Source>, String> {
        let name = self.file.display();
        for (k, (parameter, _)) in given.iter().enumerate() {
            if !self.is_parameter(parameter) {
                return Err(format!("the formula has no parameter '{parameter}'"));
            }
            if given[..k].iter().any(|(earlier, _)| earlier == parameter) {
                return Err(format!("parameter '{parameter}' is given twice"));
            }
        }
        let source = |parameter: &str| {
            let value = given.iter().find(|(name, _)| name == parameter);
            match (value, self.named(parameter)?) {
                (Some((_, value)), None) => Ok(Source::Value(*value)),
                (None, Some(column)) => Ok(Source::Column(column)),
                (Some(_), Some(_)) => Err(format!("parameter '{parameter}' is a column of {name}, and a --param")),
                (None, None) => Err(format!(
                    "parameter '{parameter}' has no value: {name} has no such column ({}), nor is there a --param",
                    self.all()
                )),
            }
        };
        self.template.parameters().map(|(parameter, _)| source(parameter)).collect()
    }

    /// The bounds of each axis: of one, `lower` and `upper` or the columns a and b; else the `ranges`.
    pub fn bounds(&self, given: [Option<&str>; 2], ranges: &[Axis]) -> Result<Vec<[Source; 2]>, String> {
        if ranges.is_empty() {
            return Ok(vec![[self.bound("bound A", given[0], "a")?, self.bound("bound B", given[1], "b")?]]);
        }
        if given != [None; 2] {
            return Err(over::TWO_WAYS.into());
        }
        let both = |axis: &Axis| {
            let what = format!("--over {}", axis.name);
            Ok([self.bound(&what, Some(axis.lower), "a")?, self.bound(&what, Some(axis.upper), "b")?])
        };
        ranges.iter().map(both).collect()
    }

    /// The columns of [`TOLERANCES`], unless that is what the formula calls something else; `given` are options that
    /// say the same.
    pub fn tolerances(&self, given: [Option<&str>; 2]) -> Result<[Option<usize>; 2], String> {
        let mut found = [None; 2];
        for ((found, (name, _)), given) in found.iter_mut().zip(TOLERANCES).zip(given) {
            if !self.is_parameter(name) {
                *found = self.named(name)?;
            }
            if found.is_some() && given.is_some() {
                let (file, option) = (self.file.display(), name.replace('_', "-"));
                return Err(format!("'{name}' is a column of {file}: leave out --{option}"));
            }
        }
        Ok(found)
    }

    /// The names of all columns.
    pub fn all(&self) -> String {
        self.table.columns.join(", ")
    }

    fn bound(&self, what: &str, text: Option<&str>, usual: &str) -> Result<Source, String> {
        match text {
            // What is a number is no name.
            Some(text) => match (number(what, text), self.named(text)?) {
                (Ok(value), _) => Ok(Source::Value(value)),
                (Err(_), Some(column)) => Ok(Source::Column(column)),
                (Err(error), None) => Err(error),
            },
            None if self.is_parameter(usual) => {
                Err(format!("'{usual}' is a parameter of the formula: give both bounds, quad EXPR A B"))
            }
            None => self.named(usual)?.map(Source::Column).ok_or_else(|| {
                let file = self.file.display();
                format!("{what} is not given, and {file} has no column '{usual}' ({})", self.all())
            }),
        }
    }

    fn named(&self, name: &str) -> Result<Option<usize>, String> {
        self.table.column(name).map_err(|error| format!("{}, {error}", self.file.display()))
    }

    fn is_parameter(&self, name: &str) -> bool {
        self.template.parameters().any(|(parameter, _)| parameter == name)
    }
}
