//! Files of rows as they come: encodings, ends of lines, and what is wrong with them, by file, line and column.

use super::common::*;
use super::{Csv, sweep};
use std::path::Path;

fn columns_of(text: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let file = Csv::of_bytes("as-it-comes.csv", text);
    let (code, header, rows, said) = sweep(&["p*x", "0", "1", "--sweep", file.path()]);
    assert_eq!(code, Some(0), "{said}");
    (header, rows)
}

#[test]
fn marks_ends_of_lines_and_empty_lines() {
    let plain = columns_of(b"p,note\n2,a\n4,b\n");
    assert_eq!((plain.1[0][2].as_str(), plain.1[1][2].as_str()), ("1.0", "2.0"));
    for same in [
        &b"\xef\xbb\xbfp,note\n2,a\n4,b\n"[..],
        b"\xef\xbb\xbf\"p\",note\r\n2,a\r\n4,b",
        b"p,note\r\n2,a\r\n4,b\r\n",
        b"p,note\r2,a\r4,b\r",
        b"\np,note\n\n2,a\n\n\n4,b\n\n",
        b" p , note \n 2 ,a\n4,\"b\"\n",
    ] {
        assert_eq!(columns_of(same), plain, "{}", String::from_utf8_lossy(same));
    }
}

#[test]
fn what_is_no_number_is_written_as_it_was_read() {
    // In Latin-1, in the header and in a row.
    let file = Csv::of_bytes("latin.csv", b"p,caf\xe9\n2,\xfcber\n");
    let output = quad(&["p*x", "0", "1", "--sweep", file.path()]);
    assert!(output.status.success());
    assert!(output.stdout.starts_with(b"p,caf\xe9,value,") && output.stdout.windows(7).any(|at| at == b"2,\xfcber,"));
}

#[test]
fn what_is_wrong_is_named_by_file_line_and_column() {
    let ask = |f: &str, text: &[u8], words: &[&str]| {
        let file = Csv::of_bytes("wrong.csv", text);
        let name = Path::new(file.path()).file_name().unwrap().to_str().unwrap();
        refused(&[f, "0", "1", "--sweep", file.path()], &[&[name], words].concat());
    };
    ask("p*x", b"p,q\n1,2\n\n\n3\n", &["line 5", "column q is missing", "1 of 2 columns"]);
    ask("p*x", b"p,q\r\r1,2\r3\r", &["line 4", "column q is missing"]);
    ask("p*x", b"\n\np,q\n1,\"2\n\n\"\n3\n", &["line 7", "column q is missing"]);
    ask("p*x", b"p,q\r\n1,2\r\n1,2,3\r\n", &["line 3", "column 3 has no name", "3 of 2 columns"]);
    ask("p*x", b"p,q\n1,2\n\xe9,2\n", &["line 3", "column p", "not a number"]);
    ask("p*x", b"p,q\n1,2\n1;2,\n,2\n", &["line 3", "column p", "'1;2'"]);
    ask("p*x", b"p,q\n1,\"2\n3,4\n", &["line 2", "quote"]);
    ask("p*x", b"p,q\n1,\"\"\"\n\"\"3,\n", &["line 2", "quote"]);
    ask("p*q*x", b"p,q,p\n1,2,3\n", &["line 1", "'p'", "twice"]);
    ask("p*x", b"p;q\n1;2\n", &["line 1", "'p;q'", "commas"]);
    ask("p*x", b"p\tq\n1\t2\n", &["line 1", "commas"]);
    ask("p*x", b"\xff\xfep\0,\0q\0\n\x001\0,\x002\0\n\0", &["line 1", "UTF-8"]);
    ask("p*x", b"\n\n", &["empty"]);
}

/// Blanks around a number or a name count for nothing, and stay where they are beside what is quoted.
#[test]
fn blanks_are_kept() {
    let file = Csv::of_bytes("blanks.csv", b" p ,\" note \"\n 2 ,\" a, b \"\n");
    let out = Csv::of_bytes("blanks-out.csv", b"");
    let output = quad(&["p*x", "0", "1", "--sweep", file.path(), "--out", out.path()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = std::fs::read_to_string(out.path()).unwrap();
    assert!(written.starts_with(" p , note ,value,"), "{written}");
    assert!(written.contains("\n 2 ,\" a, b \",1.0,"), "{written}");
}

/// Of a sweep, too, what is of no use is said.
#[test]
fn options_of_no_use_are_named() {
    let file = Csv::of_bytes("unlimited.csv", b"b\n1\n2\n");
    let sampled = ["x*y", "--over", "x=0..1", "--over", "y=0..b", "--method", "sobol", "--sweep", file.path()];
    let (code, _, rows, said) = sweep(&[&sampled[..], &["--max-memory", "1M", "--fallback"]].concat());
    assert!(code == Some(0) && rows.len() == 2, "{said}");
    assert!(said.contains("without use for --max-memory: sobol keeps nothing"), "{said}");
    assert!(said.contains("without use for --fallback: no GPU was asked for"), "{said}");
}
