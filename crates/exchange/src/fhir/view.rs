//! Looking things up in FHIR JSON: references, codes, names, extensions.

use std::collections::HashMap;

use serde_json::Value;

/// The resources of a file by the names others use for them.
pub(super) struct View<'a> {
    by_reference: HashMap<String, &'a Value>,
    /// The coverages that a claim or an answer of the file names and the file holds.
    used: Vec<&'a Value>,
}

impl<'a> View<'a> {
    pub(super) fn new(root: &'a Value, resources: &[&'a Value]) -> Self {
        let mut by_reference = HashMap::new();
        for resource in resources {
            if let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) {
                by_reference.entry(format!("{kind}/{id}")).or_insert(*resource);
            }
            // Contained resources are named within their parent; two parents rarely use one name for different things,
            // and then the first wins.
            for inner in list(&resource["contained"]) {
                if let Some(id) = inner["id"].as_str() {
                    by_reference.entry(format!("#{}", id.trim_start_matches('#'))).or_insert(inner);
                }
            }
        }
        for entry in list(&root["entry"]) {
            if let Some(url) = entry["fullUrl"].as_str() {
                by_reference.entry(url.to_owned()).or_insert(&entry["resource"]);
            }
        }
        let mut view = View { by_reference, used: Vec::new() };
        let named = resources.iter().flat_map(|r| list(&r["insurance"])).map(|i| &i["coverage"]);
        view.used = named.filter_map(|coverage| view.resolve(coverage)).collect();
        view
    }

    /// Whether a coverage is the one a claim or an answer is under; where none is named, each is.
    pub(super) fn is_used(&self, coverage: &Value) -> bool {
        self.used.is_empty() || self.used.iter().any(|known| std::ptr::eq(*known, coverage))
    }

    /// The resource a reference names, if the file holds it.
    pub(super) fn resolve(&self, reference: &Value) -> Option<&'a Value> {
        let name = reference["reference"].as_str()?;
        let tail = || {
            let mut parts = name.rsplit('/');
            let id = parts.next()?;
            Some(format!("{}/{id}", parts.next()?))
        };
        self.by_reference.get(name).copied().or_else(|| self.by_reference.get(&tail()?).copied())
    }

    /// A name for what a reference points to: the resource's own name, else the display text.
    pub(super) fn name_of(&self, reference: &Value) -> Option<String> {
        let resolved = self.resolve(reference).and_then(|r| self.name(r));
        resolved.or_else(|| text(&reference["display"]))
    }

    /// The name of a person, an organization or a role.
    pub(super) fn name(&self, resource: &Value) -> Option<String> {
        if let Some(name) = text(&resource["name"]) {
            return Some(name);
        }
        if resource["practitioner"].is_object() {
            return self.name_of(&resource["practitioner"]).or_else(|| self.name_of(&resource["organization"]));
        }
        human_name(&resource["name"])
    }
}

/// The elements of a list; a single object counts as a list of one (older versions).
pub(super) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(all) => all,
        Value::Object(_) => std::slice::from_ref(value),
        _ => &[],
    }
}

/// A text that is not empty.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// A text, number or truth value as it is written.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(_) => text(value),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// The best of several names: the one in official use, else the first.
pub(super) fn human_name(names: &Value) -> Option<String> {
    let names = list(names);
    let best = names
        .iter()
        .find(|n| n["use"] == "official")
        .or_else(|| names.iter().find(|n| n["use"] == "usual"))
        .or_else(|| names.first())?;
    if let Some(whole) = text(&best["text"]) {
        return Some(whole);
    }
    let part = |key: &str| -> Vec<String> {
        match &best[key] {
            Value::Array(all) => all.iter().filter_map(text).collect(),
            other => text(other).into_iter().collect(),
        }
    };
    let words = [part("prefix"), part("given"), part("family"), part("suffix")].concat();
    (!words.is_empty()).then(|| words.join(" "))
}

/// All codes of a coded value.
pub(super) fn codings(value: &Value) -> &[Value] {
    if value["coding"].is_array() {
        list(&value["coding"])
    } else if value["code"].is_string() {
        std::slice::from_ref(value)
    } else {
        &[]
    }
}

/// What a coded value says: its text, a display, or a code.
pub(super) fn says(value: &Value) -> Option<String> {
    text(&value["text"])
        .or_else(|| codings(value).iter().find_map(|c| text(&c["display"])))
        .or_else(|| codings(value).iter().find_map(|c| text(&c["code"])))
}

pub(super) fn has_code(value: &Value, code: &str) -> bool {
    codings(value).iter().any(|c| c["code"] == code)
}

/// The extensions of an element whose address ends so.
pub(super) fn extensions<'v>(value: &'v Value, ending: &'v str) -> impl Iterator<Item = &'v Value> {
    list(&value["extension"]).iter().filter(move |e| e["url"].as_str().is_some_and(|u| u.ends_with(ending)))
}

/// The value of an extension, of whatever type.
pub(super) fn value_of(extension: &Value) -> Option<&Value> {
    extension.as_object()?.iter().find(|(key, _)| key.starts_with("value")).map(|(_, value)| value)
}

/// Calls `f` for a value and everything inside it.
pub(super) fn each<'v>(value: &'v Value, f: &mut impl FnMut(&'v Value)) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(all) => open.extend(all.iter().rev()),
            Value::Object(fields) => {
                f(value);
                open.extend(fields.values().rev());
            }
            _ => {}
        }
    }
}
