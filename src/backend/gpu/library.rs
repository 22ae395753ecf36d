//! The function libraries of the three arithmetics, and a small linker that takes from them what a shader uses.
//!
//! A library file is a row of items: `fn name(…) … {` up to a line `}`, or `const NAME …;`, each beginning in the first
//! column; comment lines directly above an item belong to it.

use crate::integrand::wgsl::Arithmetic;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

macro_rules! files {
    ($folder:literal: $($name:literal),*) => {
        &[$((concat!($folder, "/", $name), include_str!(concat!("../../../shaders/", $folder, "/", $name, ".wgsl")))),*]
    };
}

/// Name and text of the files of a library.
pub(crate) fn files(arithmetic: Arithmetic) -> &'static [(&'static str, &'static str)] {
    match arithmetic {
        Arithmetic::F32 => {
            files!("f32": "core", "error_function", "exponential", "gamma", "gamma_zeros", "hyperbolic", "inverse_trigonometric", "logarithm", "power", "rounding", "trigonometric")
        }
        Arithmetic::F32x2 => {
            files!("f32x2": "compare", "core", "error_function", "exponential", "gamma", "hyperbolic", "inverse_trigonometric", "logarithm", "power", "rounding", "trigonometric")
        }
        Arithmetic::F64 => {
            files!("f64": "core", "error_function", "exponential", "gamma", "huge_argument", "hyperbolic", "inverse_hyperbolic", "inverse_trigonometric", "logarithm", "power", "trigonometric")
        }
    }
}

/// An item of a library.
#[derive(Debug)]
struct Item {
    text: String,
    /// The names in it, each as often as it stands there, but for its own.
    names: Vec<&'static str>,
    /// Those of them that only a rare path uses.
    rare: Vec<&'static str>,
    /// Lines of its own between the braces; a constant has none.
    lines: usize,
}

/// The items of a library by name.
fn items(arithmetic: Arithmetic) -> &'static HashMap<&'static str, Item> {
    static ITEMS: [OnceLock<HashMap<&'static str, Item>>; 3] = [const { OnceLock::new() }; 3];
    ITEMS[arithmetic as usize].get_or_init(|| files(arithmetic).iter().flat_map(|&(_, text)| cut(text)).collect())
}

/// Cuts a file into its items.
fn cut(text: &'static str) -> Vec<(&'static str, Item)> {
    let mut found = Vec::new();
    let mut lead = String::new();
    let mut lines = text.lines();
    while let Some(mut line) = lines.next() {
        if line.starts_with("//") {
            lead.push_str(line);
            lead.push('\n');
            continue;
        }
        let (mut item, mut names, mut rare, mut count) = (std::mem::take(&mut lead), Vec::new(), Vec::new(), 0);
        let is_function = line.starts_with("fn ");
        if !is_function && !line.starts_with("const ") {
            continue;
        }
        let name = words(line).nth(1).unwrap_or("");
        let mut before = "";
        loop {
            item.push_str(line);
            item.push('\n');
            count += usize::from(is_function);
            let code = line.split("//").next().unwrap_or("");
            if before == "if EXACT {" {
                rare.extend(words(code));
            }
            before = line.trim();
            names.extend(words(code));
            let is_last = if is_function { line == "}" } else { line.ends_with(';') };
            if is_last {
                break;
            }
            let Some(next) = lines.next() else { break };
            line = next;
        }
        names.retain(|&other| other != name);
        found.push((name, Item { text: item, names, rare, lines: count.saturating_sub(2) }));
    }
    found
}

/// The identifiers in `text`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// The items that `text` uses, directly or through others, in an order that depends on the names alone.
pub(crate) fn linked(arithmetic: Arithmetic, text: &str) -> String {
    let items = items(arithmetic);
    let mut used = HashSet::new();
    let mut open: Vec<&str> = words(text).filter_map(|word| items.get_key_value(word)).map(|(name, _)| *name).collect();
    while let Some(name) = open.pop() {
        if used.insert(name)
            && let Some(item) = items.get(name)
        {
            open.extend(item.names.iter().filter(|name| items.contains_key(**name)));
        }
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_unstable();
    let text = used.iter().filter_map(|name| items.get(name)).map(|item| item.text.as_str()).collect();
    #[cfg(test)]
    let text = replaced(text);
    text
}

#[cfg(test)]
thread_local! {
    static REPLACED: std::cell::RefCell<Option<(String, String)>> = const { std::cell::RefCell::new(None) };
}

/// Runs `work` with libraries in which `right` is replaced, on this thread: to see that a wrong function is found.
#[cfg(test)]
pub(super) fn with_replaced<T>(right: &str, wrong: &str, work: impl FnOnce() -> T) -> T {
    REPLACED.set(Some((right.to_owned(), wrong.to_owned())));
    let outcome = work();
    REPLACED.set(None);
    outcome
}

#[cfg(test)]
fn replaced(text: String) -> String {
    REPLACED.with_borrow(|replaced| match replaced {
        Some((right, wrong)) => text.replace(right, wrong),
        None => text,
    })
}

/// The lines of `text` if every call in it were replaced by the function's own lines, as drivers do it.
pub(crate) fn expanded(arithmetic: Arithmetic, text: &str) -> usize {
    lines(arithmetic, text, true)
}

/// The same without rare paths.
pub(crate) fn expanded_usual(arithmetic: Arithmetic, text: &str) -> usize {
    lines(arithmetic, text, false)
}

fn lines(arithmetic: Arithmetic, text: &str, rare: bool) -> usize {
    let (items, mut known) = (items(arithmetic), HashMap::new());
    let calls: usize = words(text).map(|word| size(items, word, rare, &mut known)).sum();
    text.lines().count() + calls
}

fn size<'a>(items: &'a HashMap<&str, Item>, name: &'a str, rare: bool, known: &mut HashMap<&'a str, usize>) -> usize {
    let Some(item) = items.get(name) else { return 0 };
    if let Some(&size) = known.get(name) {
        return size;
    }
    // Functions of a shader do not recurse; should one, this ends here all the same.
    known.insert(name, 0);
    let names = item.names.iter().filter(|name| rare || !item.rare.contains(name));
    let calls: usize = names.map(|name| size(items, name, rare, known)).sum();
    known.insert(name, item.lines + calls);
    item.lines + calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_cut_at_their_items() {
        let text = "// About the file.\n\n// One.\nconst ONE: f64 =\n    1.0lf;\nfn f(a: f64) -> f64 {\n    // not ONE\n    \
                    if a > 0.0lf {\n        return g(a); }\n    return a;\n}\n\nfn g(a: f64) -> f64 {\n    return a * ONE;\n}\n";
        let items = cut(text);
        let names: Vec<_> = items.iter().map(|item| item.0).collect();
        assert_eq!(names, ["ONE", "f", "g"]);
        assert_eq!(items[0].1.text, "// One.\nconst ONE: f64 =\n    1.0lf;\n");
        assert!(items[1].1.names.contains(&"g") && !items[1].1.names.contains(&"ONE"));
        assert!(items[2].1.names.contains(&"ONE"));
    }

    #[test]
    fn names_are_distinct_within_an_arithmetic() {
        for arithmetic in Arithmetic::ALL {
            let mut names = HashSet::new();
            for (file, text) in files(arithmetic) {
                for (name, _) in cut(text) {
                    assert!(names.insert(name), "{name} of {file} stands twice");
                }
            }
        }
    }
}
