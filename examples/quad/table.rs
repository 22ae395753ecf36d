//! The rows of a csv file, each with what it asks for or with what is wrong with it.

use crate::job::number;
use csv::ByteRecord;
use quadrille::{Expression, IntoRegion, Row};
use std::path::Path;

/// Where a number comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    Column(usize),
    Value(f64),
}

/// A file that was read: the names of its columns, as text and as they stand there, and its rows.
#[derive(Debug)]
pub struct Table {
    pub columns: Vec<String>,
    pub header: ByteRecord,
    pub rows: Vec<Line>,
}

/// A row, and its line in the file. What is no number is written as it was read, in whatever encoding.
#[derive(Debug)]
pub struct Line {
    pub number: u64,
    pub fields: ByteRecord,
}

/// The columns that hold a tolerance for each row, and what it is called.
pub const TOLERANCES: [(&str, &str); 2] = [("rel_tol", "relative"), ("abs_tol", "absolute")];

/// Where the numbers of a row come from.
#[derive(Debug)]
pub struct Sources {
    pub parameters: Vec<Source>,
    /// Of each axis.
    pub bounds: Vec<[Source; 2]>,
    /// The columns of [`TOLERANCES`] that are there.
    pub tolerances: [Option<usize>; 2],
}

impl Sources {
    /// Whether rows differ in anything.
    pub fn use_columns(&self) -> bool {
        let is_column = |source: &Source| matches!(source, Source::Column(_));
        let tolerances = self.tolerances.iter().any(Option::is_some);
        tolerances || self.parameters.iter().chain(self.bounds.iter().flatten()).any(is_column)
    }
}

/// What a row asks for.
#[derive(Debug)]
pub struct Question {
    pub f: Expression,
    pub bounds: Vec<(f64, f64)>,
    pub tolerances: [Option<f64>; 2],
}

impl Question {
    /// The row of a sweep, over the region of its bounds.
    pub fn row<R: IntoRegion>(&self, region: R) -> Row<Expression, R::Point> {
        let [relative, absolute] = self.tolerances;
        let mut row = Row::new(self.f.clone(), region);
        if let Some(tolerance) = relative {
            row = row.rel_tol(tolerance);
        }
        if let Some(tolerance) = absolute {
            row = row.abs_tol(tolerance);
        }
        row
    }
}

/// Counts lines as an editor does: the reader of csv knows neither empty ones nor those that end in a carriage return
/// alone.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of what follows `byte` but for empty lines; of ever later ones.
    fn of(&mut self, byte: usize) -> u64 {
        while let Some(&here) = self.text.get(self.at)
            && (self.at < byte || matches!(here, b'\r' | b'\n'))
        {
            let next = self.text.get(self.at + 1);
            self.line += u64::from(here == b'\n' || here == b'\r' && next != Some(&b'\n'));
            self.at += 1;
        }
        self.line
    }
}

/// Where a quote is opened that is not closed; quotes inside a field are none.
fn unclosed(text: &[u8]) -> Option<usize> {
    let (mut opened, mut closed, mut begins) = (None, None, true);
    for (at, &byte) in text.iter().enumerate() {
        match (byte, opened) {
            // Two in a row close and open again.
            (b'"', None) if begins || closed.is_some() => opened = closed.take().or(Some(at)),
            (b'"', Some(_)) => (closed, begins) = (opened.take(), false),
            (_, None) => (closed, begins) = (None, matches!(byte, b',' | b'\r' | b'\n')),
            _ => {}
        }
    }
    opened
}

impl Table {
    /// Reads all of `file`.
    pub fn read(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let text = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&text[..]);
        let unreadable = |error: csv::Error| format!("{name}: {error}");
        // Blanks count for nothing; but where there are quotes, they may be meant.
        let trimmed = |mut record: ByteRecord, end: &csv::Position| {
            let begin = record.position().map_or(0, csv::Position::byte) as usize;
            if text.get(begin..end.byte() as usize).is_some_and(|all| !all.contains(&b'"')) {
                record.trim();
            }
            record
        };
        let header = reader.byte_headers().map_err(unreadable)?.clone();
        let header = trimmed(header, reader.position());
        let columns: Vec<String> =
            header.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect();
        if columns.iter().all(String::is_empty) {
            return Err(format!("{name} is empty: a header is needed, with the names of the columns"));
        }
        if columns.iter().any(|column| column.contains('\0')) {
            return Err(format!("{name}, line 1: the header is no text (or UTF-16): save the file as UTF-8"));
        }
        if let [only] = &columns[..]
            && only.contains([';', '\t'])
        {
            return Err(format!("{name}, line 1: the header is one column, '{only}': commas separate columns"));
        }
        let mut lines = Lines { text: &text, at: 0, line: 1 };
        // All that follows would be one field.
        if let Some(quote) = unclosed(&text) {
            return Err(format!("{name}, line {}: a quote is opened and not closed", lines.of(quote)));
        }
        let mut rows = Vec::new();
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(unreadable)? {
            let byte = record.position().map_or(0, |position| position.byte() as usize);
            rows.push(Line { number: lines.of(byte), fields: trimmed(record.clone(), reader.position()) });
        }
        Ok(Self { columns, header, rows })
    }

    /// The column of this name, if there is one.
    pub fn column(&self, name: &str) -> Result<Option<usize>, String> {
        let mut found = (0..self.columns.len()).filter(|&column| self.columns[column] == name);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(format!("line 1, column '{name}' stands there twice")),
            (first, _) => Ok(first),
        }
    }

    /// What a row asks for.
    pub fn question(&self, line: &Line, template: &Expression, sources: &Sources) -> Result<Question, String> {
        let (there, named) = (line.fields.len(), self.columns.len());
        if there < named {
            return Err(format!("column {} is missing: {there} of {named} columns", self.columns[there]));
        }
        if there > named {
            return Err(format!("column {} has no name: {there} of {named} columns", named + 1));
        }
        let number = |source: Source| match source {
            Source::Value(value) => Ok(value),
            Source::Column(column) => {
                let text = String::from_utf8_lossy(&line.fields[column]);
                let text = text.trim();
                let value = text.parse().or_else(|_| number("", text));
                value.map_err(|_| format!("column {}: '{text}' is not a number", self.columns[column]))
            }
        };
        let Sources { parameters, bounds, tolerances } = sources;
        let values = parameters.iter().map(|&source| number(source)).collect::<Result<Vec<f64>, _>>()?;
        let f = template.with_values(&values).map_err(|error| error.message().to_owned())?;
        let bounds =
            bounds.iter().map(|axis| Ok((number(axis[0])?, number(axis[1])?))).collect::<Result<_, String>>()?;
        let mut wanted = [None; 2];
        for ((wanted, &column), (name, kind)) in wanted.iter_mut().zip(tolerances).zip(TOLERANCES) {
            let Some(column) = column else { continue };
            let value = number(Source::Column(column))?;
            if value.is_nan() || value < 0.0 {
                return Err(format!("column {name}: the {kind} tolerance is {value}; it must not be negative"));
            }
            *wanted = Some(value);
        }
        Ok(Question { f, bounds, tolerances: wanted })
    }
}
