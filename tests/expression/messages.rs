//! What is said of a formula that is none: what to write instead, and where.

use super::at;
use quadrille::{Expression, Integrand};

/// The message and the column of the error in `text`.
fn error(text: &str) -> (String, Option<usize>) {
    let error = Expression::parse(text).expect_err(text);
    (error.message().to_owned(), error.column())
}

#[test]
fn messages_say_what_to_write() {
    let cases: &[(&str, usize, &str)] = &[
        ("", 1, "the formula is empty"),
        ("  \t ", 1, "the formula is empty"),
        ("2 x", 3, "multiplication is written with *"),
        ("2(x + 1)", 2, "multiplication is written with *"),
        ("x y", 3, "multiplication is written with *"),
        ("(x)(y)", 4, "multiplication is written with *"),
        ("x**2", 2, "write ^ for powers"),
        ("1 + ", 5, "the formula ends"),
        ("* 2", 1, "expected before '*'"),
        ("2 * / 3", 5, "expected before '/'"),
        ("(x + 1", 1, "never closed"),
        ("sin(x", 4, "never closed"),
        ("x + 1)", 6, "never opened"),
        ("()", 2, "expected before ')'"),
        ("sin()", 1, "sin takes one argument, not 0"),
        ("sin(x, y)", 1, "sin takes one argument, not 2"),
        ("2 + atan2(x)", 5, "atan2 takes two arguments, not 1"),
        ("max(x)", 1, "two or more"),
        ("if(x < 1, 2)", 1, "(condition, then, else), not 2"),
        ("sin(x,)", 7, "expected before ')'"),
        ("foo(x)", 1, "unknown function 'foo'"),
        ("1 + sine(x)", 5, "did you mean 'sin'?"),
        ("arctam(x)", 1, "did you mean 'arctan'?"),
        ("2 + SIN(x)", 5, "did you mean 'sin'?"),
        ("sect(x)", 1, "did you mean 'sec'?"),
        ("sinn(x)", 1, "did you mean 'sin'?"),
        ("heaviside(x)", 1, "write if(x < 0, 0, 1)"),
        ("sen(x)", 1, "write sin(x)"),
        ("square(x)", 1, "write x^2"),
        ("square_root(x)", 1, "write sqrt(x)"),
        ("normalize(x)", 1, "unknown function 'normalize'; a parameter"),
        ("besselj0(x)", 1, "one more variable"),
        ("beta(x, 2)", 1, "gamma"),
        ("beta*x + beta(1 - x)", 10, "write beta*(…)"),
        ("PI*x", 1, "did you mean 'pi'?"),
        ("exp(-t)", 6, "the variable of a formula is x"),
        ("|x|", 1, "write abs(…)"),
        ("x(1 + y)", 1, "write x*(…)"),
        ("pi(2)", 1, "write pi*(…)"),
        ("sin x", 1, "write sin(…)"),
        ("x10", 1, "x, y, z and x1 to x9"),
        ("x0", 1, "x, y, z and x1 to x9"),
        ("nan", 1, "'nan' is not part of a formula"),
        ("x − 1", 3, "write -"),
        ("2 × x", 3, "write *"),
        ("− 1", 1, "write -"),
        ("π*x", 1, "write pi"),
        ("x²", 2, "write ^2"),
        ("3,5*x", 2, "with a point"),
        ("(1, 2)", 3, "between the arguments"),
        ("x = 1", 3, "write == to compare"),
        ("if(x < 1 & y < 1, 1, 2)", 10, "write &&"),
        ("if(x < 1 | y < 1, 1, 2)", 10, "write ||"),
        ("if(x < 1 and y < 1, 1, 2)", 10, "write &&"),
        ("if(0 < x < 1, 1, 2)", 10, "do not chain"),
        ("x < 1", 1, "a condition is not a number"),
        ("if(x, 1, 2)", 4, "where a condition"),
        ("if(!x < 1, 1, 2)", 5, "where a condition"),
        ("1 + (x < 2)", 5, "a condition is not a number"),
        ("1e999", 1, "too large"),
        ("0x10", 2, "multiplication is written with *"),
        ("1..2", 3, "multiplication is written with *"),
        (".", 1, "expected before '.'"),
        ("x $ 1", 3, "'$' is not part of a formula"),
        ("x!", 2, "write gamma(x + 1)"),
        ("{x}", 1, "write ("),
    ];
    for &(text, column, part) in cases {
        let (message, place) = error(text);
        assert!(message.contains(part), "{text}: {message}");
        assert_eq!(place, Some(column), "{text}: {message}");
    }
}

#[test]
fn a_name_that_has_a_value_is_no_function() {
    let message = Expression::parse_with("beta(1 - x)", &[("beta", 2.0)]).unwrap_err().to_string();
    assert!(message.contains("write beta*(…)"), "{message}");
}

#[test]
fn the_caret_is_under_the_column() {
    let shown = |text: &str| Expression::parse(text).unwrap_err().to_string();
    assert_eq!(shown("x − 1"), "'−' is not part of a formula; write -\n  x − 1\n    ^");
    assert_eq!(shown("2 *"), "the formula ends where a number, a name or '(' is expected\n  2 *\n     ^");
    // Columns count characters, and line ends are shown as spaces.
    assert_eq!(shown("x +\n\ty y").lines().skip(1).collect::<Vec<_>>(), ["  x +  y y", "         ^"]);
    assert_eq!(shown(""), "the formula is empty");
    let long = format!("{}? + {}", "x + ".repeat(100), "y + ".repeat(100));
    let lines: Vec<String> = shown(&long).lines().map(str::to_owned).collect();
    let caret = lines[2].chars().count() - 1;
    assert_eq!(lines[1].chars().nth(caret), Some('?'));
    assert!(lines[1].chars().count() < 130 && lines[1].ends_with('…'));
}

#[test]
fn nesting_and_length_have_limits_not_overflows() {
    let too_deep = |text: String| {
        let (message, _) = error(&text);
        assert!(message.contains("nests too deep"), "{message}");
    };
    for depth in [1000, 10_000, 200_000] {
        too_deep("(".repeat(depth));
        too_deep(format!("{}x{}", "(".repeat(depth), ")".repeat(depth)));
        too_deep(format!("{}x", "-".repeat(depth)));
        too_deep(format!("{}x", "2^".repeat(depth)));
        too_deep(format!("{}x", "2^-".repeat(depth)));
        too_deep("sin(".repeat(depth));
        too_deep("if(!".repeat(depth));
    }
    assert_eq!(at(&format!("{}x{}", "(".repeat(99), ")".repeat(99)), 2.0), 2.0);
    let clamps = format!("{}x{}", "clamp(".repeat(90), ", -1, 1)".repeat(90));
    let f = Expression::parse(&clamps).unwrap();
    assert_eq!(f.scalar(2.0), 1.0);
    assert_eq!(f.to_string(), clamps);
    assert!(error(&"x+".repeat(600_000)).0.contains("too long"));
}
