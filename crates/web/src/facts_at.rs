//! A fact of the case by its path (`claim.number`, `event.notice_received`), as the machine contract names it.

use facts::{Case, Event, Origin, OriginKind, When};
use serde_json::Value;

/// The value at a path as text, when there is one.
pub(crate) fn get(case: &Case, path: &str) -> Option<String> {
    if let Some(kind) = path.strip_prefix("event.") {
        return case.events.iter().find(|e| e.kind == kind).map(|e| e.date.to_string());
    }
    let value = serde_json::to_value(case).ok()?;
    let found = path.split('.').try_fold(&value, |v, key| v.get(key))?;
    match found {
        Value::String(s) if s.is_empty() => None,
        Value::String(s) => Some(s.clone()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Number(n) => Some(n.to_string()),
        Value::Array(items) if !items.is_empty() => {
            Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

/// The case with the value at a path replaced, or removed when it is empty. Nothing when the text does not fit the fact
/// (no such path, not a date, not a number).
pub(crate) fn set(case: &Case, path: &str, text: &str) -> Option<Case> {
    let text = text.trim();
    if let Some(kind) = path.strip_prefix("event.") {
        return set_event(case, kind, text);
    }
    readings_of(text).into_iter().find_map(|value| serde_json::from_value(with(case, path, value)?).ok())
}

/// The case as JSON with `new` at the path.
fn with(case: &Case, path: &str, new: Value) -> Option<Value> {
    let mut value = serde_json::to_value(case).ok()?;
    let mut at = &mut value;
    for key in path.split('.') {
        if at.is_null() {
            *at = Value::Object(serde_json::Map::new());
        }
        at = at.as_object_mut()?.entry(key).or_insert(Value::Null);
    }
    *at = new;
    Some(value)
}

/// What a text may stand for, the most likely first.
fn readings_of(text: &str) -> Vec<Value> {
    if text.is_empty() {
        return vec![Value::Null, Value::Array(Vec::new())];
    }
    let mut all = vec![Value::from(text)];
    match text {
        "true" => all.push(Value::Bool(true)),
        "false" => all.push(Value::Bool(false)),
        _ => {}
    }
    all.extend(text.parse::<i64>().map(Value::from));
    all.extend(text.parse::<f64>().map(Value::from));
    all
}

fn set_event(case: &Case, kind: &str, text: &str) -> Option<Case> {
    let mut case = case.clone();
    if text.is_empty() {
        case.events.retain(|e| e.kind != kind);
        return Some(case);
    }
    let date = When::parse(text).ok()?;
    match case.events.iter_mut().find(|e| e.kind == kind) {
        Some(event) => event.date = date,
        None => case.events.push(Event { kind: kind.into(), date, evidence: None, note: None }),
    }
    Some(case)
}

/// Writes down where a fact came from, in place of what was written before.
pub(crate) fn set_origin(case: &mut Case, fact: &str, kind: OriginKind) {
    case.origin.retain(|o| o.fact != fact);
    case.origin.push(Origin {
        fact: fact.into(),
        kind,
        quote: None,
        file: None,
        page: None,
        span: None,
        certainty: None,
        confirmed: true,
    });
}

/// Whether the person was asked and said that they do not know.
pub(crate) fn is_unknown(case: &Case, fact: &str) -> bool {
    case.origin.iter().any(|o| o.fact == fact && o.kind == OriginKind::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_every_kind_are_set_read_and_removed() {
        let mut case = Case::default();
        for (path, text) in [
            ("claim.service", "knee replacement"),
            ("claim.date_of_service", "2026-10-01"),
            ("claim.amount_cents", "1284500"),
            ("claim.codes", "CPT 27447"),
            ("claim.urgent", "true"),
            ("coverage.internal_levels", "2"),
            ("coverage.coinsurance_percent", "20.5"),
            ("event.notice_received", "2026-11-02"),
            ("treating_physician.name", "Dr. Invented"),
            ("second_opinion.physician.name", "Dr. Other"),
            ("patient.name", "12345"),
        ] {
            case = set(&case, path, text).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(get(&case, path).as_deref(), Some(text), "{path}");
        }
        for path in ["claim.service", "claim.codes", "event.notice_received", "treating_physician.name"] {
            case = set(&case, path, " ").unwrap_or_else(|| panic!("{path}"));
            assert_eq!(get(&case, path), None, "{path}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let case = Case::default();
        for (path, text) in [
            ("claim.date_of_service", "2026-02-30"),
            ("claim.amount_cents", "much"),
            ("claim.urgent", "maybe"),
            ("event.notice_received", "yesterday"),
            ("claim.nothing", "x"),
            ("nothing", "x"),
            ("", ""),
        ] {
            assert!(set(&case, path, text).is_none(), "{path} = {text}");
        }
    }
}
