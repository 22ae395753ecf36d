//! The rows of a csv file, each with what it asks for or with what is wrong with it.

use crate::job::number;
use quadrille::Expression;
use std::path::Path;

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    Column(usize),
    Value(f64),
}

/// A file that was read: the names of its columns, and its rows.
#[derive(Debug)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Line>,
}

/// A row, and its line in the file.
#[derive(Debug)]
pub struct Line {
    pub number: u64,
    pub fields: Vec<String>,
}

impl Table {
    /// Reads all of `file`.
    pub fn read(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_path(file)
            .map_err(|error| format!("{name}: {error}"))?;
        let text = |record: &csv::ByteRecord| -> Vec<String> {
            record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
        };
        let columns = text(reader.byte_headers().map_err(|error| format!("{name}: {error}"))?);
        let mut columns = columns.into_iter();
        // What some programs put before the text.
        let columns: Vec<String> = columns
            .next()
            .map(|first| first.trim_start_matches('\u{feff}').to_owned())
            .into_iter()
            .chain(columns)
            .collect();
        if columns.iter().all(String::is_empty) {
            return Err(format!("{name} is empty: a header is needed, with the names of the columns"));
        }
        let mut rows = Vec::new();
        for record in reader.byte_records() {
            let record = record.map_err(|error| format!("{name}: {error}"))?;
            rows.push(Line { number: record.position().map_or(0, csv::Position::line), fields: text(&record) });
        }
        Ok(Self { columns, rows })
    }

    /// The column of this name, if there is one.
    pub fn column(&self, name: &str) -> Result<Option<usize>, String> {
        let mut found = (0..self.columns.len()).filter(|&column| self.columns[column] == name);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(format!("column '{name}' stands there twice")),
            (first, _) => Ok(first),
        }
    }

    /// The formula and the bounds of a row.
    pub fn question(
        &self,
        line: &Line,
        template: &Expression,
        parameters: &[Source],
        bounds: [Source; 2],
    ) -> Result<(Expression, [f64; 2]), String> {
        if line.fields.len() != self.columns.len() {
            return Err(format!("{} of {} columns", line.fields.len(), self.columns.len()));
        }
        let number = |source: Source| match source {
            Source::Value(value) => Ok(value),
            Source::Column(column) => {
                let text = &line.fields[column];
                let value = text.parse().or_else(|_| number("", text));
                value.map_err(|_| format!("column {}: '{text}' is not a number", self.columns[column]))
            }
        };
        let values = parameters.iter().map(|&source| number(source)).collect::<Result<Vec<f64>, _>>()?;
        let f = template.with_values(&values).map_err(|error| error.message().to_owned())?;
        Ok((f, [number(bounds[0])?, number(bounds[1])?]))
    }
}
