//! Reading and writing a case file, with errors that name the place and the nearest known key.

use std::fmt;

use crate::{CASE_FORMAT, Case};

/// How a case file is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

impl Format {
    /// JSON if the first character that is not white space opens an object, TOML otherwise.
    pub fn of(text: &str) -> Format {
        if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') { Format::Json } else { Format::Toml }
    }
}

/// Why a case file could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Line and column, counted from 1, when known.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ParseError {}

impl Case {
    /// Reads a case file, TOML or JSON.
    ///
    /// # Errors
    /// A [`ParseError`] with line and column for text that is not TOML or JSON, an unknown key (with the nearest known
    /// one), an impossible date, or another format than [`CASE_FORMAT`].
    ///
    /// # Example
    /// ```
    /// let error = facts::Case::parse("[patient]\nnmae = \"Ana\"").unwrap_err();
    /// assert_eq!(error.to_string(), "2:1: unknown key `nmae`\n  hint: did you mean `name`?");
    /// ```
    pub fn parse(text: &str) -> Result<Case, ParseError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut case: Case = match Format::of(text) {
            Format::Json => from_json(&without_findings(text))?,
            Format::Toml => {
                toml::from_str(text).map_err(|e| explain(e.message(), e.span().map(|s| place(text, s.start))))?
            }
        };
        for state in [&mut case.patient.state, &mut case.coverage.situs_state].into_iter().flatten() {
            // `ca` is `CA`: a State's law must not be lost for a small letter.
            if state.trim().len() == 2 {
                *state = state.trim().to_ascii_uppercase();
            }
        }
        match case.format.as_deref() {
            None | Some(CASE_FORMAT) => Ok(case),
            Some(other) => Err(ParseError {
                place: None,
                message: format!("this file says it is `{other}`; this program reads `{CASE_FORMAT}`"),
                hint: Some(
                    "use the version of the program that wrote the file, or correct the line `format = …`".into(),
                ),
            }),
        }
    }

    /// Writes the case as TOML that [`Case::parse`] reads back.
    ///
    /// # Errors
    /// None in practice; the writer's own complaint is passed on.
    pub fn to_toml(&self) -> Result<String, String> {
        let mut case = self.clone();
        case.format = Some(CASE_FORMAT.into());
        toml::to_string_pretty(&case).map_err(|e| e.to_string())
    }
}

/// A case as a command printed it stands beside what was noticed about it; that is no part of the case.
fn without_findings(text: &str) -> std::borrow::Cow<'_, str> {
    let Ok(serde_json::Value::Object(mut map)) = serde_json::from_str(text) else { return text.into() };
    match map.get("findings") {
        Some(serde_json::Value::Array(_)) => {
            map.remove("findings");
            serde_json::Value::Object(map).to_string().into()
        }
        _ => text.into(),
    }
}

/// JSON; `null` for a section or a list means that nothing is known there.
fn from_json(text: &str) -> Result<Case, ParseError> {
    serde_json::from_str(text).or_else(|e| {
        let refused = explain(trim_json_place(&e.to_string()), Some((e.line(), e.column())));
        if !e.to_string().starts_with("invalid type: null") {
            return Err(refused);
        }
        let mut value: serde_json::Value = serde_json::from_str(text).map_err(|_| refused.clone())?;
        without_nulls(&mut value);
        serde_json::from_value(value).map_err(|_| refused)
    })
}

fn without_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            map.retain(|_, v| !v.is_null());
            map.values_mut().for_each(without_nulls);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

fn trim_json_place(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |at| &message[..at])
}

fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    (line, String::from_utf8_lossy(&before[start..]).chars().count() + 1)
}

/// Turns serde's "unknown field `a`, expected one of `b`, `c`" into our own words with the nearest key.
fn explain(message: &str, place: Option<(usize, usize)>) -> ParseError {
    let Some(rest) = message.strip_prefix("unknown field `") else {
        let (message, hint) = plainly(message.trim());
        return ParseError { place, message, hint };
    };
    let mut words = rest.split('`').step_by(2);
    let unknown = words.next().unwrap_or_default();
    let known: Vec<&str> = rest.split('`').skip(2).step_by(2).collect();
    let nearest = known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(unknown, k), *k))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((likeness, key)) if likeness >= 0.4 => format!("did you mean `{key}`?"),
        _ => format!("the keys known here are: {}", known.join(", ")),
    };
    ParseError { place, message: format!("unknown key `{unknown}`"), hint: Some(hint) }
}

/// The parsers' own complaints in plain words; one that is not known here is passed on.
fn plainly(message: &str) -> (String, Option<String>) {
    let hint = |text: &str| Some(text.to_string());
    if let Some(key) = message.strip_prefix("missing field `") {
        return (format!("`{}` is missing here", key.trim_end_matches('`')), None);
    }
    if message.contains("OneOrMany") {
        let hint = hint("write text in quotes, or a list such as [\"one\", \"two\"]");
        return ("this must be text or a list of texts".into(), hint);
    }
    if message.starts_with("EOF while parsing") {
        return ("the file ends too early".into(), hint("it may have been cut off; save or download it again"));
    }
    if message == "duplicate key" || message.starts_with("duplicate field") {
        let hint = hint("each key may stand once in its table; take one of the two out");
        return (format!("{message}: it stands here for the second time"), hint);
    }
    let outside = message.strip_prefix("invalid value: ").and_then(|m| m.split_once(", expected "));
    if let Some((found, "u8" | "u32" | "usize")) = outside {
        let number = found.trim_start_matches("integer ");
        return (format!("{number} stands here, and a whole number that is not below zero is needed"), None);
    }
    if message.contains(" as i128") {
        return ("this number is too large".into(), hint("write amounts in cents, as a whole number"));
    }
    let Some((found, wanted)) = message.strip_prefix("invalid type: ").and_then(|m| m.split_once(", expected ")) else {
        return (message.replace('\n', " "), None);
    };
    let found = match found.split_once(' ') {
        Some((kind, value)) if kind != "floating" => {
            format!("{value}, a {kind}, stands here").replace("a integer", "a number")
        }
        _ => match found {
            "map" => "a table stands here".to_string(),
            "sequence" => "a list stands here".to_string(),
            other => format!("{} stands here", other.replace("floating point ", "")),
        },
    };
    let (wanted, hint) = match wanted {
        "a string" => ("text", "write it in quotes"),
        "a boolean" => ("true or false", "write true or false, without quotes"),
        "a sequence" => ("a list", "in TOML, write the heading with two brackets: [[event]]"),
        w if w.starts_with("struct ") => ("a table", "in TOML, write the heading with one bracket: [patient]"),
        "u8" | "u32" | "usize" | "i32" | "i64" => ("a whole number", "write it without quotes, and amounts in cents"),
        "f64" => ("a number", "write it without quotes"),
        other => (other, ""),
    };
    let hint = (!hint.is_empty()).then(|| hint.to_string());
    (format!("{found}, and {wanted} is needed"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::When;

    #[test]
    fn the_contracts_shape_is_read() {
        let case = Case::parse(
            r#"
            format = "corroborate-case/1"
            [patient]
            name = "Ana Example"
            date_of_birth = 1961-04-02
            state = "CA"
            [coverage]
            kind = "erisa_self_funded"
            coinsurance_percent = 20
            [claim]
            codes = ["CPT 27447"]
            prior_authorization = true
            [[event]]
            kind = "notice_received"
            date = 2026-10-30
            evidence = true
            [[event]]
            kind = "discharge"
            date = "2026-10-30T14:05:00-05:00"
            [[denial]]
            reason = "not_medically_necessary"
            criteria = "at least six weeks of therapy"
            [second_opinion]
            state = "received"
            physician = { name = "B. Example", certification_checked_at = "certificationmatters.org" }
            "#,
        )
        .unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(case.events[0].date, When::parse("2026-10-30").unwrap_or_else(|e| panic!("{e}")));
        assert_eq!(case.events[1].date.to_string(), "2026-10-30T14:05:00-05:00");
        assert_eq!(case.denials[0].criteria, ["at least six weeks of therapy"]);
    }

    #[test]
    fn an_impossible_date_names_its_line() {
        let error = Case::parse("[claim]\ndate_of_service = \"2026-02-30\"").map(|_| ()).map_err(|e| e.place);
        assert_eq!(error, Err(Some((2, 19))));
    }

    #[test]
    fn a_wrong_kind_of_value_is_told_in_plain_words() {
        let told = |text: &str| Case::parse(text).map(|_| ()).map_err(|e| (e.message, e.hint.unwrap_or_default()));
        let cases = [
            ("[claim]\ncodes = [27447]", "text or a list of texts", "in quotes"),
            ("[coverage]\nmember_id = 12345", "text is needed", "in quotes"),
            ("[coverage]\nreferral_required = \"yes\"", "true or false is needed", "without quotes"),
            ("[coverage]\ndeductible_cents = 40.5", "a whole number is needed", "cents"),
            ("[event]\nkind = \"notice_received\"", "a list is needed", "[[event]]"),
            ("[[event]]\nkind = \"notice_received\"", "`date` is missing here", ""),
            ("{\"patient\": {\"name\":", "ends too early", "cut off"),
        ];
        for (text, message, hint) in cases {
            let Err((m, h)) = told(text) else { panic!("accepted: {text}") };
            assert!(m.contains(message) && h.contains(hint), "{text}: {m} / {h}");
            assert!(!m.contains("struct") && !m.contains("enum") && !m.contains("i64"), "{m}");
        }
    }

    #[test]
    fn null_in_json_is_nothing_known() {
        let text = r#"{"patient": null, "event": null, "coverage": {"kind": null, "state": 1}}"#;
        assert!(Case::parse(text).is_err(), "an unknown key is still refused");
        let case = Case::parse(r#"{"patient": null, "event": null, "claim": {"codes": null}, "choices": {}}"#);
        assert_eq!(case.map(|c| c.patient), Ok(crate::Patient::default()));
    }

    #[test]
    fn a_state_in_small_letters_is_that_state() {
        let case = Case::parse("[patient]\nstate = \"ca\"").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(case.patient.state.as_deref(), Some("CA"));
    }

    #[test]
    fn another_format_is_refused() {
        assert!(Case::parse("format = \"corroborate-case/2\"").is_err());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = "[patient]\nname = \"Ana\"\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-10-01\n";
        let case = Case::parse(text).unwrap_or_else(|e| panic!("{e}"));
        let again = Case::parse(&case.to_toml().unwrap_or_default()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(case.patient, again.patient);
        assert_eq!(case.events, again.events);
    }
}
