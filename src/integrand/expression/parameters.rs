//! The parameters of a formula, and other values for them.

use super::{Expression, ParseError};
use std::sync::Arc;

impl Expression {
    /// The same formula with another value for one parameter. The formula is shared, so this is cheap.
    ///
    /// # Errors
    /// Where the formula has no such parameter, or the value is not finite.
    ///
    /// ```
    /// use quadrille::{Expression, Integrand};
    ///
    /// let slow = Expression::parse_with("exp(-r * x)", &[("r", 2.0)])?;
    /// let fast = slow.with("r", 20.0)?;
    /// assert_eq!(fast.scalar(0.5), (-10f64).exp());
    /// assert_eq!(slow.with("q", 1.0).unwrap_err().message(), "the formula has no parameter 'q'");
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn with(&self, name: &str, value: f64) -> Result<Self, ParseError> {
        let mut values = self.values().to_vec();
        let problem = match self.program.names.iter().position(|known| known == name) {
            None => Some(format!("the formula has no parameter '{name}'")),
            Some(index) => {
                values[index] = value;
                not_finite(name, value)
            }
        };
        match problem {
            Some(problem) => Err(ParseError::whole(&self.to_string(), problem)),
            None => Ok(Self::bound(Arc::clone(&self.program), values)),
        }
    }

    /// The same formula with these values of all parameters, in the order of [`parameters`](Self::parameters): for the
    /// rows of a [`sweep`](crate::Integrator::sweep). The formula is shared; the cost is one allocation, and the parts
    /// of the formula without a coordinate.
    ///
    /// # Errors
    /// Where their number is not that of the parameters, or one is not finite.
    ///
    /// ```
    /// use quadrille::{Expression, Integrand};
    ///
    /// let f = Expression::template("q * x^p")?;
    /// assert_eq!(f.with_values(&[3.0, 2.0])?.scalar(4.0), 48.0);
    /// assert_eq!(f.with_values(&[3.0]).unwrap_err().message(), "1 value for 2 parameters");
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn with_values(&self, values: &[f64]) -> Result<Self, ParseError> {
        let names = &self.program.names;
        if values.len() == names.len() && values.iter().all(|value| value.is_finite()) {
            let mut numbers = Vec::with_capacity(self.numbers.len());
            numbers.extend_from_slice(values);
            return Ok(Self::bound(Arc::clone(&self.program), numbers));
        }
        let problem = names.iter().zip(values).find_map(|(name, &value)| not_finite(name, value));
        let problem = problem.filter(|_| values.len() == names.len()).unwrap_or_else(|| {
            let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
            format!("{} for {}", plural(values.len(), "value"), plural(names.len(), "parameter"))
        });
        Err(ParseError::whole(&self.to_string(), problem))
    }

    /// Names and values of the parameters, in the order of their first use.
    ///
    /// ```
    /// # use quadrille::Expression;
    /// let f = Expression::parse_with("q * x^p", &[("p", 2.0), ("q", 3.0)])?;
    /// assert_eq!(f.parameters().collect::<Vec<_>>(), [("q", 3.0), ("p", 2.0)]);
    /// # Ok::<(), quadrille::ParseError>(())
    /// ```
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, f64)> {
        self.program.names.iter().map(String::as_str).zip(self.values().iter().copied())
    }
}

pub(super) fn not_finite(name: &str, value: f64) -> Option<String> {
    (!value.is_finite()).then(|| format!("parameter '{name}' must be a finite number, not {value}"))
}
