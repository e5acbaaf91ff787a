//! A person's own words: found in an edited copy, kept through new drafts, never lost and never overwritten silently.
#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // tests fail by panicking
#![allow(clippy::disallowed_methods, missing_docs)]

mod common;

use draft::{Block, Document, Inputs, Source, draft, edits, lint};
use facts::{Case, Edit};
use proptest::prelude::*;
use rights::Entitlements;

fn kb() -> kb::Kb {
    common::kb().clone()
}

fn knee() -> Case {
    Case::parse(include_str!("cases/knee.toml")).unwrap_or_else(|e| panic!("{e}"))
}

struct World {
    case: Case,
    kb: kb::Kb,
    entitlements: Entitlements,
}

impl World {
    fn new(case: Case) -> World {
        let entitlements = common::only_entitled(&case, jiff::civil::date(2026, 11, 25));
        World { case, kb: kb(), entitlements }
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            case: &self.case,
            entitlements: &self.entitlements,
            plan: None,
            check: None,
            criteria: &[],
            supports: None,
            kb: &self.kb,
            today: jiff::civil::date(2026, 11, 25),
            language: "en",
            stage: None,
        }
    }

    fn letter(&self) -> (Document, Vec<facts::Finding>) {
        let drafted = draft("appeal_letter", &self.inputs()).unwrap_or_else(|e| panic!("{e}"));
        (drafted.value, drafted.findings)
    }
}

/// The lines of a document as a word processor would show them: one passage a line.
fn lines(document: &Document) -> Vec<String> {
    let mut lines = vec![document.from.name.clone(), document.date_printed.clone()];
    let joined = |sentences: &[draft::Sentence]| {
        sentences.iter().map(|s| s.printed(&document.labels)).collect::<Vec<_>>().join(" ")
    };
    for block in &document.blocks {
        match block {
            Block::Heading { text, .. } => lines.push(text.clone()),
            Block::Paragraph { sentences } | Block::Tick { sentences, .. } => lines.push(joined(sentences)),
            Block::Quote { sentence, .. } => lines.push(sentence.printed(&document.labels)),
            Block::List { items, .. } => lines.extend(items.iter().map(|i| format!("• {}", joined(i)))),
            Block::Table { rows, .. } => lines.extend(rows.iter().flatten().map(|c| joined(c))),
            Block::Fill { .. } => {}
        }
    }
    lines
}

/// The line that holds these words.
fn at(lines: &[String], words: &str) -> usize {
    lines.iter().position(|l| l.contains(words)).unwrap_or_else(|| panic!("no line with {words}: {lines:#?}"))
}

#[test]
fn an_unchanged_copy_has_no_changes() {
    let (letter, _) = World::new(knee()).letter();
    let found = edits::changes(&letter, &lines(&letter), &lines(&letter));
    assert!(found.value.is_empty() && found.findings.is_empty());
}

#[test]
fn changed_added_and_removed_passages_come_back_in_the_next_draft() {
    let mut world = World::new(knee());
    let (letter, _) = world.letter();
    let before = lines(&letter);
    let mut after = before.clone();
    let thanks = at(&after, "Thank you for looking at this again");
    after[thanks] = "Thank you. Please call my daughter first.".into();
    let opening = at(&after, "I appeal the decision");
    after.insert(opening + 1, "I have walked with a cane since spring.".into());
    let gone = at(&after, "Name each medical expert");
    after.remove(gone);

    let found = edits::changes(&letter, &before, &after);
    assert_eq!(found.value.len(), 3, "{:#?}", found.value);
    edits::merge(&mut world.case.edits, found.value);
    let (next, findings) = world.letter();
    assert_eq!(lines(&next), after);
    assert!(findings.iter().all(|f| !f.code.starts_with("edit_")), "{findings:?}");
}

#[test]
fn a_capital_is_a_change_too() {
    let (letter, _) = World::new(knee()).letter();
    let before = lines(&letter);
    let mut after = before.clone();
    let line = at(&after, "Thank you for looking at this again");
    after[line] = after[line].replace("Thank you", "THANK YOU");
    let mut kept = Vec::new();
    edits::merge(&mut kept, edits::changes(&letter, &before, &after).value);
    assert!(kept.iter().any(|e| e.now.starts_with("THANK YOU")), "{kept:?}");
}

#[test]
fn words_stay_when_the_facts_change_and_the_difference_is_shown() {
    let mut world = World::new(knee());
    let (letter, _) = world.letter();
    let before = lines(&letter);
    let mut after = before.clone();
    let opening = at(&after, "I appeal the decision");
    let mine = format!("{} I have waited for a year.", after[opening]);
    after[opening] = mine.clone();
    edits::merge(&mut world.case.edits, edits::changes(&letter, &before, &after).value);

    world.case.coverage.issuer = Some("Another Plan of Ohio".into());
    let (next, findings) = world.letter();
    assert!(lines(&next).contains(&mine), "the person's words stay");
    let shown = findings.iter().find(|f| f.code == "edit_over_changed_text").unwrap_or_else(|| panic!("{findings:?}"));
    assert!(shown.message.contains("Another Plan of Ohio"), "{}", shown.message);
}

#[test]
fn words_whose_place_is_gone_stand_at_the_end_and_are_named() {
    let mut world = World::new(knee());
    let words = "My employer's nurse saw me twice.";
    world.case.edits.push(Edit {
        document: "appeal_letter".into(),
        was: Some("A paragraph about search logs and offices that nobody writes any more.".into()),
        now: words.into(),
        ..Edit::default()
    });
    let (next, findings) = world.letter();
    assert!(next.sentences().iter().any(|s| s.text == words));
    assert!(findings.iter().any(|f| f.code == "edit_without_place"), "{findings:?}");
}

#[test]
fn the_words_of_others_are_not_edited() {
    let world = World::new(knee());
    let (letter, _) = world.letter();
    let before = lines(&letter);
    let quote = letter.blocks.iter().find_map(|b| match b {
        Block::Quote { sentence, .. } => Some(sentence.printed(&letter.labels)),
        _ => None,
    });
    let mut after = before.clone();
    let line = at(&after, &quote.unwrap_or_else(|| panic!("the letter quotes the plan")));
    after[line] = "The plan says nothing at all.".into();
    let found = edits::changes(&letter, &before, &after);
    assert!(found.value.is_empty(), "{:?}", found.value);
    assert!(found.findings.iter().any(|f| f.code == "edit_of_quoted_words"), "{:?}", found.findings);
}

#[test]
fn a_changed_address_is_pointed_to_the_case() {
    let (letter, _) = World::new(knee()).letter();
    let before = lines(&letter);
    let mut after = before.clone();
    after[1] = "December 24, 2026".into();
    let found = edits::changes(&letter, &before, &after);
    assert!(found.value.is_empty());
    assert!(found.findings.iter().any(|f| f.code == "edit_outside_text"), "{:?}", found.findings);
}

#[test]
fn references_in_own_words_lead_to_their_exhibit_and_lint_looks_at_them() {
    let mut world = World::new(knee());
    let add = |now: &str| Edit { document: "appeal_letter".into(), now: now.into(), ..Edit::default() };
    world.case.edits.push(add("The scan shows it (Exhibit A, p. 2), and so does Exhibit ZQ."));
    let (letter, _) = world.letter();
    let own = letter.sentences().into_iter().find(|s| s.as_written).unwrap_or_else(|| panic!("own words are there"));
    assert!(own.sources.contains(&Source::Exhibit { label: "A".into(), page: Some(2) }), "{:?}", own.sources);
    let runs = own.runs(&letter.labels);
    let text: String = runs.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(text, own.text, "printed as it stands");
    assert!(runs.iter().any(|r| r.exhibit == Some(("A".into(), 2))));
    let found = lint(&letter, &world.inputs());
    assert!(found.iter().any(|f| f.code == "exhibit_absent" && f.message.contains("ZQ")), "{found:?}");
}

#[test]
fn a_second_change_of_the_same_words_keeps_what_the_program_wrote() {
    let edit = |was: &str, now: &str| Edit {
        document: "appeal_letter".into(),
        was: Some(was.into()),
        now: now.into(),
        ..Edit::default()
    };
    let mut kept = vec![edit("As drafted.", "Mine.")];
    edits::merge(&mut kept, vec![edit("Mine.", "Mine, better.")]);
    assert_eq!(kept, [edit("As drafted.", "Mine, better.")]);
    edits::merge(&mut kept, vec![edit("As drafted.", "Mine, best.")]);
    assert_eq!(kept, [edit("As drafted.", "Mine, best.")], "the same passage typed over again from the first page");
    edits::merge(&mut kept, vec![edit("Mine, best.", "Mine, better.")]);
    edits::merge(&mut kept, vec![edit("Mine, better.", "As drafted.")]);
    assert!(kept.is_empty(), "back to what it was: nothing to keep");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a person types over a paragraph is in the next draft, letter for letter.
    #[test]
    fn nothing_typed_is_lost(words in "[ -~áéñ“”—\u{a0}]{1,80}", place in 0usize..40) {
        let mut world = World::new(knee());
        let (letter, _) = world.letter();
        let before = lines(&letter);
        let mut after = before.clone();
        let line = 2 + place % (after.len() - 2);
        after[line] = words.clone();
        let found = edits::changes(&letter, &before, &after);
        let changed = !found.value.is_empty();
        let kept = found.value.iter().any(|e| !e.now.is_empty());
        edits::merge(&mut world.case.edits, found.value);
        let (next, _) = world.letter();
        let wanted = words.trim().trim_start_matches('•').trim();
        if changed && kept && !world.case.edits.is_empty() {
            prop_assert!(lines(&next).iter().any(|l| l.contains(wanted)), "{wanted}");
        }
    }
}
