//! Formulas at random: no text panics, what is shown is what was read, and the three bodies are one function.

use proptest::prelude::*;
use quadrille::lanes::Level;
use quadrille::{Expression, Graph, Integrand, evaluate};

/// Formulas of every operation, and not too many that are NaN everywhere.
fn formula() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0u32..100).prop_map(|n| n.to_string()),
        (0.0..10.0f64).prop_map(|v| format!("{v:?}")),
        any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| format!("({v:?})")),
    ];
    let names = vec!["x", "y", "x3", "pi", "e", "inf", "p", "rate"];
    let leaf = prop_oneof![number, proptest::sample::select(names).prop_map(str::to_owned)];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let unary = "sqrt cbrt exp exp2 expm1 ln log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh \
                     atanh erf erfc gamma lgamma abs sign signum floor ceil round trunc fract recip";
        let unary: Vec<&str> = unary.split_whitespace().collect();
        let condition = (
            inner.clone(),
            proptest::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]),
            inner.clone(),
            proptest::sample::select(vec!["", " && x < 1", " || !(y < 1)", " && x > 0 || y < 0.5"]),
        );
        let condition = condition.prop_map(|(a, sign, b, more)| format!("{a} {sign} {b}{more}"));
        prop_oneof![
            (inner.clone(), proptest::sample::select(vec!["+", "-", "*", "/", "%", "^", " - -"]), inner.clone())
                .prop_map(|(a, sign, b)| format!("{a}{sign}{b}")),
            (inner.clone(), -70..70i32).prop_map(|(a, n)| format!("({a})^{n}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (proptest::sample::select(unary), inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (proptest::sample::select(vec!["atan2", "hypot", "min", "max", "copysign", "pow"]), inner.clone(), inner.clone())
                .prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("mul_add({a}, {b}, {c})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("clamp({a}, {b}, {c})")),
            (condition, inner.clone(), inner).prop_map(|(c, a, b)| format!("if({c}, {a}, {b})")),
        ]
    })
}

/// The formula with values for those of its parameters that it has.
fn with_parameters(text: &str) -> Result<Expression, quadrille::ParseError> {
    let all = [("p", 0.75), ("rate", -2.0)];
    let given = |some: &[(&str, f64)]| Expression::parse_with(text, some);
    given(&[]).or_else(|_| given(&all[..1])).or_else(|_| given(&all[1..])).or_else(|_| given(&all))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_formula_or_an_error(text in ".{0,60}") {
        if let Err(error) = Expression::parse(&text) {
            prop_assert!(error.column().is_none_or(|column| column <= text.chars().count() + 1));
            prop_assert!(!error.to_string().is_empty() && !error.message().is_empty());
        }
        let _ = Expression::constant(&text);
    }

    #[test]
    fn text_of_the_right_letters_is_a_formula_or_an_error(text in "[-+*/^%()<>=!&|.,0-9exypsinf \n]{0,40}") {
        if let Err(error) = Expression::parse(&text) {
            prop_assert!(!error.message().is_empty());
            prop_assert!(error.column().is_none_or(|column| (1..=text.chars().count() + 1).contains(&column)));
        }
    }

    #[test]
    fn a_formula_cut_or_changed_is_a_formula_or_an_error(text in formula(), at in 0usize..200, with in ".{0,2}") {
        let place = text.char_indices().map(|(place, _)| place).nth(at % text.chars().count()).unwrap_or(0);
        let _ = Expression::parse(&text[..place]).map_err(|error| error.to_string());
        let changed = format!("{}{with}{}", &text[..place], &text[place..]);
        let _ = Expression::parse(&changed).map_err(|error| error.to_string());
    }

    #[test]
    fn the_display_is_the_same_formula(text in formula()) {
        let f = with_parameters(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let shown = f.to_string();
        let again = with_parameters(&shown).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(&f, &again, "{} is shown as {}", text, shown);
        prop_assert_eq!(again.to_string(), shown);
    }

    #[test]
    fn a_trace_is_the_same_formula(text in formula(), x in -3.0..3.0f64, y in -3.0..3.0f64, z in -3.0..3.0f64) {
        let f = with_parameters(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let graph = Graph::new();
        let traced = Integrand::<[f64; 3]>::trace(&f, &graph, [x, y, z].map(|v| graph.constant(v)));
        let value = f.scalar([x, y, z]);
        // At a constant point, everything but a condition is folded into its value.
        if let Some(folded) = traced.and_then(|traced| traced.as_constant()) {
            // The sign of a NaN is nobody's promise, and copysign shows it.
            let [a, b] = [folded, value].map(f64::is_nan);
            let shown = text.contains("copysign") && (a || b || folded.abs() == value.abs());
            prop_assert!(folded == value || (a && b) || shown, "{}", text);
        } else if f.parameters().len() == 0 {
            prop_assert!(text.contains("if(") || text.contains("clamp("), "{}", text);
        }
    }

    #[test]
    fn lanes_do_not_depend_on_their_place(text in formula(), x in -3.0..3.0f64, y in -3.0..3.0f64, z in -3.0..3.0f64) {
        let f = with_parameters(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for level in Level::available() {
            // Nine points: a full vector and a part.
            let mut values = [0.0; 9];
            prop_assert!(evaluate(&f, level, &[[x, y, z]; 9], &mut values));
            prop_assert!(values.iter().all(|v| v.to_bits() == values[0].to_bits() || v.is_nan()), "{}", text);
        }
    }
}
