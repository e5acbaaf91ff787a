//! The difference of two states as a JSON Merge Patch (RFC 7396). `null` and "absent" mean the same in a state, which is
//! what makes the merge patch enough.

use serde_json::{Map, Value};

/// The patch that turns `from` into `to`; `None` when they are the same.
pub(crate) fn diff(from: &Value, to: &Value) -> Option<Value> {
    let (Value::Object(a), Value::Object(b)) = (from, to) else {
        return (from != to).then(|| to.clone());
    };
    let mut patch = Map::new();
    for key in a.keys().filter(|k| !b.contains_key(*k)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, new) in b {
        let old = a.get(key).unwrap_or(&Value::Null);
        if let Some(change) = diff(old, new) {
            patch.insert(key.clone(), change);
        }
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// Applies a patch.
pub(crate) fn apply(to: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *to = patch.clone();
        return;
    };
    if !to.is_object() {
        *to = Value::Object(Map::new());
    }
    let Value::Object(fields) = to else { return };
    for (key, change) in changes {
        if change.is_null() {
            fields.shift_remove(key);
        } else {
            apply(fields.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}

/// The same value without `null` members, the form in which states are stored.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c]{0,3}".prop_map(Value::from),
            Just(Value::Null)
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    /// The order of keys carries no meaning in a state.
    fn sorted(value: &Value) -> String {
        match value {
            Value::Object(m) => {
                let mut all: Vec<_> = m.iter().map(|(k, v)| format!("{k}:{}", sorted(v))).collect();
                all.sort();
                format!("{{{}}}", all.join(","))
            }
            Value::Array(a) => format!("[{}]", a.iter().map(sorted).collect::<Vec<_>>().join(",")),
            other => other.to_string(),
        }
    }

    proptest! {
        #[test]
        fn a_patch_leads_from_one_state_to_the_other(a in any_value(), b in any_value()) {
            let (a, b) = (without_nulls(serde_json::json!({ "s": a })), without_nulls(serde_json::json!({ "s": b })));
            let mut out = a.clone();
            if let Some(patch) = diff(&a, &b) {
                apply(&mut out, &patch);
            }
            prop_assert_eq!(sorted(&out), sorted(&b));
        }
    }

    #[test]
    fn equal_states_have_no_patch() {
        let a = serde_json::json!({ "a": [1, { "b": 2 }] });
        assert_eq!(diff(&a, &a), None);
    }
}
