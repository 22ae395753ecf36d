//! `--sweep FILE.csv`: one integral for each row, and the rows with their answers as csv.

use crate::args::Args;
use crate::device;
use crate::job::number;
use crate::over;
use crate::report::told;
use crate::table::{Source, Sources, TOLERANCES, Table};
use crate::watch;
use quadrille::{Error, Expression, Integrator, Status, Sweep};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::iter;
use std::path::{Path, PathBuf};

/// The columns that are added.
const ANSWER: [&str; 4] = ["value", "error", "evaluations", "status"];

/// A sweep, checked but for its rows.
#[derive(Debug)]
pub struct SweepJob {
    file: PathBuf,
    out: Option<PathBuf>,
    table: Table,
    template: Expression,
    sources: Sources,
    integrator: Integrator,
    /// Whether a GPU is to be opened, and which.
    on_gpu: bool,
    adapter: Option<String>,
    fallback: bool,
    skip_bad: bool,
    /// Whether there are absolute tolerances.
    abs_tol: bool,
    /// What was asked for and is of no use, with the reason.
    notes: Vec<String>,
}

impl SweepJob {
    /// Finds the columns that the question needs.
    pub fn check(
        args: Args,
        text: &str,
        given: &[(String, f64)],
        integrator: Integrator,
        notes: Vec<String>,
    ) -> Result<Self, String> {
        for (option, present) in [("--json", args.json), ("--plot", args.plot.is_some())] {
            if present {
                return Err(format!("{option} is for one integral; a sweep writes csv"));
            }
        }
        let template = Expression::template(text).map_err(|error| error.to_string())?;
        let ranges = over::ranges(&args.over)?;
        over::check(&template, ranges.len())?;
        let file = args.sweep.unwrap_or_default();
        let table = Table::read(&file)?;
        let name = file.display();
        let column = |name: &str| table.column(name).map_err(|error| format!("{}, {error}", file.display()));
        for added in ANSWER {
            if column(added)?.is_some() {
                return Err(format!("{name}: a column '{added}' is what the sweep adds; give it another name"));
            }
        }
        // A value that the file has and the formula does not take.
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let named = |word: &&str| word.starts_with(char::is_alphabetic) && Expression::constant(word).is_ok();
        if let Some(word) = words.find(|word| named(word) && table.columns.iter().any(|column| column == word)) {
            return Err(format!(
                "'{word}' is a constant of formulas, and a column of {name}; give the column another name"
            ));
        }
        let there = table.columns.join(", ");
        let mut parameters = Vec::new();
        for (parameter, _) in template.parameters() {
            let value = given.iter().find(|(name, _)| name == parameter);
            parameters.push(match (value, column(parameter)?) {
                (Some((_, value)), None) => Source::Value(*value),
                (None, Some(column)) => Source::Column(column),
                (Some(_), Some(_)) => return Err(format!("parameter '{parameter}' is a column of {name}, and a --param")),
                (None, None) => {
                    return Err(format!(
                        "parameter '{parameter}' has no value: {name} has no such column ({there}), nor is there a --param"
                    ));
                }
            });
        }
        for (k, (parameter, _)) in given.iter().enumerate() {
            if template.parameters().all(|(known, _)| known != parameter) {
                return Err(format!("the formula has no parameter '{parameter}'"));
            }
            if given[..k].iter().any(|(earlier, _)| earlier == parameter) {
                return Err(format!("parameter '{parameter}' is given twice"));
            }
        }
        let bound = |what: &str, text: Option<&str>, usual: &str| match text {
            // What is a number is no name.
            Some(text) => match (number(what, text), column(text)?) {
                (Ok(value), _) => Ok(Source::Value(value)),
                (Err(_), Some(column)) => Ok(Source::Column(column)),
                (Err(error), None) => Err(error),
            },
            None if template.parameters().any(|(parameter, _)| parameter == usual) => {
                Err(format!("'{usual}' is a parameter of the formula: give both bounds, quad EXPR A B"))
            }
            None => column(usual)?
                .map(Source::Column)
                .ok_or_else(|| format!("{what} is not given, and {name} has no column '{usual}' ({there})")),
        };
        let both = |what: [&str; 2], texts: [Option<&str>; 2]| -> Result<[Source; 2], String> {
            Ok([bound(what[0], texts[0], "a")?, bound(what[1], texts[1], "b")?])
        };
        let mut bounds = Vec::new();
        let given = [args.lower.as_deref(), args.upper.as_deref()];
        if ranges.is_empty() {
            bounds.push(both(["bound A", "bound B"], given)?);
        } else if given != [None; 2] {
            return Err(over::TWO_WAYS.into());
        }
        for axis in ranges {
            let what = format!("--over {}", axis.name);
            bounds.push(both([&what; 2], [Some(axis.lower), Some(axis.upper)])?);
        }
        let given_abs_tol = args.abs_tol.is_some();
        let mut tolerances = [None; 2];
        for ((tolerance, (column_of, _)), given) in
            tolerances.iter_mut().zip(TOLERANCES).zip([args.rel_tol, args.abs_tol])
        {
            // Unless that is what the formula calls something else.
            if template.parameters().all(|(parameter, _)| parameter != column_of) {
                *tolerance = column(column_of)?;
            }
            if tolerance.is_some() && given.is_some() {
                let option = column_of.replace('_', "-");
                return Err(format!("'{column_of}' is a column of {name}: leave out --{option}"));
            }
        }
        let sources = Sources { parameters, bounds, tolerances };
        let Args { out, skip_bad, adapter, fallback, .. } = args;
        let on_gpu = args.backend == "gpu";
        let abs_tol = given_abs_tol || sources.tolerances[1].is_some();
        Ok(Self {
            file,
            out,
            table,
            template,
            sources,
            integrator,
            on_gpu,
            adapter,
            fallback,
            skip_bad,
            abs_tol,
            notes,
        })
    }

    /// Integrates the rows and writes them; whether all are what was asked for.
    pub fn run(self) -> Result<bool, String> {
        let mut questions = Vec::new();
        for line in &self.table.rows {
            let question = self.table.question(line, &self.template, &self.sources);
            match question {
                Err(reason) if !self.skip_bad => return Err(self.at(line.number, &reason)),
                question => questions.push(question),
            }
        }
        let good: Vec<usize> = (0..questions.len()).filter(|&row| questions[row].is_ok()).collect();
        let rows: Vec<_> = questions.iter().flatten().collect();
        let out = self.out.as_deref().map(|out| open(out, &self.file)).transpose()?;
        let cancel = watch::cancel_on_interrupt();
        let bar = watch::Bar::new("sweep");
        let mut integrator = self.integrator.clone().cancel(&cancel).progress(bar.callback());
        if self.skip_bad {
            integrator = integrator.accept_any_status();
        }
        let mut instead = None;
        if self.on_gpu {
            let opened = device::with(integrator, self.adapter.as_deref(), self.fallback);
            (integrator, instead) = opened.map_err(|error| error.to_string())?;
        }
        let sweep = over::sweep(&integrator, &rows, self.sources.bounds.len());
        bar.clear();
        let sweep = sweep.map_err(|error| match error {
            Error::Row { row, error } => self.at(self.table.rows[good[row]].number, &error.to_string()),
            error => error.to_string(),
        })?;
        let write = match out {
            Some(mut file) => emptied(&file).and_then(|()| self.write(&mut file, &questions, &sweep)),
            None => self.write(&mut io::stdout().lock(), &questions, &sweep),
        };
        match write {
            // Where nobody listens any more there is nothing to say.
            Err(error) if !is_broken_pipe(&error) => {
                return Err(format!("the answers cannot be written: {error}"));
            }
            _ => {}
        }
        let bad = questions.len() - rows.len();
        report(&sweep, bad);
        let may_be_zero = |row: &usize| {
            let (estimate, error) = (sweep.estimates[*row].abs(), sweep.errors[*row]);
            estimate <= error && (estimate == 0.0 || sweep.statuses[*row] == Status::RoundoffLimited)
        };
        let zeros = (0..sweep.len()).filter(|&row| !sweep.statuses[row].is_success()).filter(may_be_zero).count();
        if zeros > 0 && !self.abs_tol {
            eprintln!("  {zeros} may be zero: --abs-tol T, or a column abs_tol, takes an error of up to T");
        }
        for instead in instead.iter().chain(&self.notes) {
            eprintln!("  {}", told(instead));
        }
        Ok(bad == 0 && sweep.is_success())
    }

    fn at(&self, line: u64, reason: &str) -> String {
        format!("{}, line {line}, {reason}", self.file.display())
    }

    fn write<T>(&self, out: &mut impl Write, questions: &[Result<T, String>], sweep: &Sweep) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        // All rows as long as the longest: one that is too long gives the file columns without a name.
        let width = self.table.rows.iter().map(|line| line.fields.len()).fold(self.table.columns.len(), usize::max);
        let filled = |fields: &csv::ByteRecord| iter::repeat_n(&b""[..], width - fields.len());
        let header = &self.table.header;
        writer.write_record(header.iter().chain(filled(header)).chain(ANSWER.map(str::as_bytes)))?;
        let mut refused = sweep.refused.iter();
        let mut row = 0;
        for (line, question) in self.table.rows.iter().zip(questions) {
            let (answer, status) = match question {
                Err(reason) => ([f64::NAN, f64::INFINITY], (0, format!("refused: {reason}"))),
                Ok(_) => {
                    let k = row;
                    row += 1;
                    let status = match sweep.statuses[k] {
                        Status::Refused => {
                            refused.next().map_or_else(String::new, |(_, error)| format!("refused: {error}"))
                        }
                        status => status.name().to_owned(),
                    };
                    ([sweep.estimates[k], sweep.errors[k]], (sweep.evaluations[k], status))
                }
            };
            for field in line.fields.iter().chain(filled(&line.fields)) {
                writer.write_field(field)?;
            }
            for number in answer {
                writer.write_field(format!("{number:?}"))?;
            }
            writer.write_field(status.0.to_string())?;
            writer.write_field(&status.1)?;
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()
    }
}

/// The file to write to, before anything is computed; what it holds stays until there is something in its place.
fn open(out: &Path, input: &Path) -> Result<File, String> {
    // To look at a pipe would be to wait for who writes to it.
    let is_file = out.metadata().is_ok_and(|found| found.is_file());
    if is_file && same_file::is_same_file(out, input).unwrap_or(false) {
        return Err(format!("--out {} is the file that is read", out.display()));
    }
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(out);
    file.map_err(|error| format!("--out {}: {error}", out.display()))
}

/// Whether nobody reads any more; csv puts errors into others.
fn is_broken_pipe(error: &io::Error) -> bool {
    let of_csv = error.get_ref().and_then(|inner| inner.downcast_ref::<csv::Error>()).map(csv::Error::kind);
    let inner = if let Some(csv::ErrorKind::Io(inner)) = of_csv { inner } else { error };
    inner.kind() == io::ErrorKind::BrokenPipe
}

/// Without what it held before; a pipe holds nothing.
fn emptied(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() { file.set_len(0) } else { Ok(()) }
}

/// How many there are of each status, on standard error.
fn report(sweep: &Sweep, bad: usize) {
    let refused = Status::Refused.name();
    let mut counts = sweep.counts();
    match counts.iter_mut().find(|(name, _)| *name == refused) {
        Some((_, count)) => *count += bad,
        None if bad > 0 => counts.push((refused, bad)),
        None => {}
    }
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let threads = if sweep.threads == 1 { "thread" } else { "threads" };
    eprintln!(
        "{} rows: {}; {}{}, {} {threads}, {:.3e} s",
        sweep.len() + bad,
        if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") },
        sweep.backend,
        sweep.adapter.as_ref().map_or_else(String::new, |adapter| format!(" on {adapter}, {}", sweep.precision)),
        sweep.threads,
        sweep.elapsed.as_secs_f64(),
    );
    if sweep.stragglers > 0 {
        eprintln!("  {} rows finished on the CPU", sweep.stragglers);
    }
    if let Some(agreement) = &sweep.agreement {
        eprintln!("  agreement: {agreement}");
    }
    for fallback in &sweep.fallbacks {
        eprintln!("  {}", told(&fallback.to_string()));
    }
}
