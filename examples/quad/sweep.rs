//! `--sweep FILE.csv`: one integral for each row, and the rows with their answers as csv.

use crate::args::Args;
use crate::columns::{ANSWER, Columns};
use crate::device;
use crate::over;
use crate::report::{counted, told};
use crate::table::{Sources, Table};
use crate::watch;
use quadrille::{Error, Expression, Integrator, Status, Sweep};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::iter;
use std::path::{Path, PathBuf};

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
        mut notes: Vec<String>,
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
        let columns = Columns { file: &file, table: &table, template: &template };
        columns.check(text)?;
        let sources = Sources {
            parameters: columns.parameters(given)?,
            bounds: columns.bounds([args.lower.as_deref(), args.upper.as_deref()], &ranges)?,
            tolerances: columns.tolerances([args.rel_tol.as_deref(), args.abs_tol.as_deref()])?,
        };
        if !sources.use_columns() {
            let all = columns.all();
            notes.push(format!("--sweep: neither formula nor bounds take a column of {} ({all})", file.display()));
        }
        let abs_tol = args.abs_tol.is_some() || sources.tolerances[1].is_some();
        let Args { out, skip_bad, adapter, fallback, .. } = args;
        let on_gpu = args.backend == "gpu";
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
    eprintln!(
        "{}: {}; {}{}, {}, {:.3e} s",
        counted((sweep.len() + bad) as u64, "row", "rows"),
        if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") },
        sweep.backend,
        sweep.adapter.as_ref().map_or_else(String::new, |adapter| format!(" on {adapter}, {}", sweep.precision)),
        counted(sweep.threads as u64, "thread", "threads"),
        sweep.elapsed.as_secs_f64(),
    );
    if sweep.stragglers > 0 {
        eprintln!("  {} finished on the CPU", counted(sweep.stragglers as u64, "row", "rows"));
    }
    if let Some(agreement) = &sweep.agreement {
        eprintln!("  agreement: {agreement}");
    }
    for fallback in &sweep.fallbacks {
        eprintln!("  {}", told(&fallback.to_string()));
    }
}
