//! What is wrong with a formula, and where.

use std::fmt;

/// Why a formula cannot be used. Its display shows the formula with a caret under the place:
///
/// ```
/// use quadrille::Expression;
///
/// let error = Expression::parse("2 * sine(x)").unwrap_err();
/// assert_eq!(error.to_string(), "unknown function 'sine'; did you mean 'sin'?\n  2 * sine(x)\n      ^");
/// assert_eq!(error.column(), Some(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    column: Option<usize>,
    text: String,
}

/// How much of a long formula is shown on each side of the caret, in characters.
const CONTEXT: usize = 60;

impl ParseError {
    /// An error at byte `at` of `text`.
    pub(super) fn at(text: &str, at: usize, message: impl Into<String>) -> Self {
        let before = text.char_indices().take_while(|&(start, _)| start < at).count();
        Self { message: message.into(), column: Some(before + 1), text: text.to_owned() }
    }

    /// An error that no one place of `text` is the cause of.
    pub(super) fn whole(text: &str, message: impl Into<String>) -> Self {
        Self { message: message.into(), column: None, text: text.to_owned() }
    }

    /// What is wrong, without the formula.
    ///
    /// ```
    /// # use quadrille::Expression;
    /// assert_eq!(Expression::parse("").unwrap_err().message(), "the formula is empty");
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The place, in characters from 1; one past the end where something is missing there. `None` where the error is in
    /// no one place, such as a value for a parameter that the formula does not have.
    ///
    /// ```
    /// # use quadrille::Expression;
    /// assert_eq!(Expression::parse("2 *").unwrap_err().column(), Some(4));
    /// assert_eq!(Expression::parse_with("2*x", &[("r", 1.0)]).unwrap_err().column(), None);
    /// ```
    pub fn column(&self) -> Option<usize> {
        self.column
    }

    /// The formula.
    ///
    /// ```
    /// # use quadrille::Expression;
    /// assert_eq!(Expression::parse("2 *").unwrap_err().text(), "2 *");
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let Some(column) = self.column.filter(|_| !self.text.is_empty()) else { return Ok(()) };
        // Only what is around the caret, on one line: tabs and line ends would move the caret away.
        let first = (column - 1).saturating_sub(CONTEXT);
        let shown: String = self.text.chars().skip(first).take(2 * CONTEXT).collect();
        let shown = shown.replace(|c: char| c.is_control(), " ");
        let cut = self.text.chars().nth(first + 2 * CONTEXT).is_some();
        let (left, right) = (if first > 0 { "…" } else { "" }, if cut { "…" } else { "" });
        write!(f, "\n  {left}{shown}{right}\n  {:>width$}", '^', width = left.chars().count() + column - first)
    }
}

impl std::error::Error for ParseError {}
