//! Every rule file of the repository is read.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use std::path::Path;

fn kb() -> kb::Kb {
    fn walk(root: &Path, dir: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else if path.extension().is_some_and(|e| e == "toml") || path.ends_with("VERSION") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                out.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    kb::Kb::load(kb::Source::new(files)).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn every_rule_is_read() {
    let kb = kb();
    for file in kb.source().below("us") {
        if file.text.contains("corroborate-rule/1") {
            let rule: kb::Rule = kb.table(&file.path).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(rule.format, kb::RULE_FORMAT);
        }
    }
}

/// The program finds the lines of the tables that are part of it by their order, and does not look at each (`weights.rs`).
#[test]
fn lines_of_weights_stand_in_the_order_of_their_names() {
    let kb = kb();
    let mut tables = 0;
    for file in kb.source().below("") {
        for table in file.text.split("\nweights = '''\n").skip(1).filter_map(|t| Some(t.split_once("\n'''\n")?.0)) {
            let names: Vec<&str> = table.lines().map(|l| l.split_once('\t').map_or(l, |l| l.0)).collect();
            for pair in names.windows(2) {
                assert!(pair[0] < pair[1], "kb/{}: {:?} stands before {:?}", file.path, pair[0], pair[1]);
            }
            tables += 1;
        }
    }
    assert!(tables >= 7, "only {tables} tables of weights were found");
}
