//! What must be read from exchanged files. All content is invented, except where shared sample files are read if present.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests read the knowledge base and sample files from disk"
)]

use std::path::{Path, PathBuf};

use exchange::{fhir_record, read_fhir, read_x12};
use facts::{Document, Reading};
use kb::Kb;

fn knowledge() -> Kb {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kb/codes");
    let files = std::fs::read_dir(root).unwrap().flatten().map(|f| {
        let path = format!("codes/{}", f.file_name().to_string_lossy());
        (path, std::fs::read_to_string(f.path()).unwrap_or_default())
    });
    Kb::load(kb::Source::new(files.filter(|(p, _)| p.ends_with(".toml")).collect::<Vec<_>>())).unwrap()
}

/// Text at the span of the page is the quote, byte for byte, for every field and reason.
fn assert_quotes(document: &Document, reading: &Reading) {
    let at = |page: usize, span: (usize, usize)| document.pages.get(page - 1).and_then(|p| p.text.get(span.0..span.1));
    for field in &reading.fields {
        assert_eq!(at(field.page, field.span), Some(field.quote.as_str()), "{field:?}");
        assert!(!field.quote.is_empty() && !field.value.is_empty(), "{field:?}");
    }
    for reason in &reading.reasons {
        assert_eq!(at(reason.page, reason.span), Some(reason.quote.as_str()), "{reason:?}");
    }
}

fn values<'r>(reading: &'r Reading, name: &'r str) -> Vec<&'r str> {
    reading.all(name).map(|f| f.value.as_str()).collect()
}

fn reasons(reading: &Reading) -> Vec<&str> {
    reading.reasons.iter().map(|r| r.reason.as_str()).collect()
}

fn codes(reading: &Reading) -> Vec<&str> {
    reading.findings.iter().map(|f| f.code.as_str()).collect()
}

const HEADER: &str =
    "ISA*00*          *00*          *ZZ*PLANEXAMPLE    *ZZ*CLINICEXAMPLE  *261015*1200*^*00501*000000001*0*P*:~";

fn x12(body: &str) -> Reading {
    let text = format!("{HEADER}\n{}~\nGE*1*1~\nIEA*1*000000001~", body.replace('\n', "~\n"));
    let (document, reading) = read_x12("answer.x12", text.as_bytes(), &knowledge()).unwrap();
    assert_quotes(&document, &reading);
    reading
}

#[test]
fn a_remittance_says_what_was_refused_and_why() {
    let reading = x12(
        "ST*835*0001\nBPR*I*100*C*CHK***********20261014\nTRN*1*777*1999999999\nDTM*405*20261015\nN1*PR*EXAMPLE HEALTH PLAN\nN1*PE*EXAMPLE CLINIC*XX*1234567893\n\
         CLP*PAT-77*4*4200.00*0*4000*12*CLM-900-1\nCAS*CO*45*200.00\nNM1*QC*1*EXAMPLE*ANA*B***MI*XYZ123\nDTM*232*20260901\n\
         SVC*HC:27447:RT*4200.00*0\nDTM*472*20260901\nCAS*PR*61*1500.00**50*2500.00\nLQ*HE*N661\nLQ*HE*N210\nSE*15*0001",
    );
    assert_eq!(values(&reading, "notice.kind"), ["eob"]);
    assert_eq!(values(&reading, "notice.dated"), ["2026-10-15"]);
    assert_eq!(values(&reading, "plan.issuer"), ["EXAMPLE HEALTH PLAN"]);
    assert_eq!(values(&reading, "claim.number"), ["CLM-900-1"]);
    assert_eq!(values(&reading, "patient.name"), ["ANA B EXAMPLE"]);
    assert_eq!(values(&reading, "member.id"), ["XYZ123"]);
    assert_eq!(values(&reading, "service.code"), ["27447"]);
    assert_eq!(values(&reading, "service.date"), ["2026-09-01"]);
    assert_eq!(values(&reading, "amount.billed"), ["4200.00"]);
    assert_eq!(values(&reading, "denial.code"), ["PR-61", "PR-50", "N661"]);
    assert_eq!(values(&reading, "amount.denied"), ["1500.00", "2500.00"]);
    assert_eq!(reasons(&reading), ["second_opinion_missing", "not_medically_necessary", "not_medically_necessary"]);
    assert!(codes(&reading).contains(&"member_owes") && codes(&reading).contains(&"appeal_offered"));
    assert!(codes(&reading).contains(&"claim_refused"));
    let first = reading.get("denial.code").unwrap();
    assert_eq!(first.quote, "PR*61");
}

#[test]
fn carc_61_with_co_may_not_be_billed_to_the_member() {
    let reading = x12("ST*835*0001\nCLP*1*4*10*0**12*C1\nCAS*CO*61*10\nSE*4*0001");
    assert_eq!(values(&reading, "denial.code"), ["CO-61"]);
    assert_eq!(values(&reading, "second_opinion.required_stated"), ["true"], "as a letter states it");
    assert!(codes(&reading).contains(&"member_does_not_owe"));
    assert!(!codes(&reading).contains(&"member_owes"));
}

#[test]
fn prices_and_shares_refuse_nothing() {
    let reading = x12("ST*835*0001\nCLP*1*1*100*50*30*12*C1\nCAS*CO*45*20\nCAS*PR*1*10**2*20\nSE*5*0001");
    assert!(values(&reading, "denial.code").is_empty() && reading.reasons.is_empty());
    assert!(values(&reading, "amount.denied").is_empty());
}

#[test]
fn a_refused_authorization_with_the_second_opinion_flag() {
    let reading = x12(
        "ST*278*0001*005010X217\nBHT*0007*11*REQ1*20261015*1200*18\nHL*1**20*1\nNM1*X3*2*EXAMPLE HEALTH PLAN*****PI*1\nHL*2*1*21*1\nNM1*1P*1*DOE*RAY****XX*1234567893\n\
         HL*3*2*22*1\nNM1*IL*1*EXAMPLE*ANA****MI*XYZ123\nDMG*D8*19700102*F\nHL*4*3*EV*1\nTRN*2*TRACE-9*9877281234\nUM*HS*I*20\nHCR*A3*AUTH-5*0V*Y\nHI*ABK:M1711\nDTP*AAH*RD8*20261101-20261130\n\
         HL*5*4*SS*0\nSV1*HC:27447\nSE*17*0001",
    );
    assert_eq!(values(&reading, "notice.kind"), ["initial_denial"]);
    assert_eq!(values(&reading, "second_opinion.flag"), ["Y"]);
    assert_eq!(values(&reading, "reference.number"), ["TRACE-9", "AUTH-5"]);
    assert_eq!(values(&reading, "denial.code"), ["0V"]);
    assert_eq!(values(&reading, "diagnosis.code"), ["M17.11"]);
    assert_eq!(values(&reading, "service.code"), ["27447"]);
    assert_eq!(values(&reading, "patient.name"), ["ANA EXAMPLE"]);
    assert_eq!(values(&reading, "patient.date_of_birth"), ["1970-01-02"]);
    assert!(codes(&reading).contains(&"second_opinion_requested"));
}

#[test]
fn an_approval_and_a_pending_answer_are_no_denials() {
    let approved = x12("ST*278*1\nHCR*A1*AUTH-5\nSE*3*1");
    assert_eq!(values(&approved, "notice.kind"), ["approval"]);
    let pending = x12("ST*278*1\nHCR*A4\nSE*3*1");
    assert!(values(&pending, "notice.kind").is_empty());
    assert!(pending.not_found.contains(&"notice.kind".to_owned()));
    assert!(codes(&pending).contains(&"not_decided_yet"));
    let mixed = x12("ST*278*1\nHCR*A1*A\nHCR*A3*B\nSE*4*1");
    assert_eq!(values(&mixed, "notice.kind"), ["partial_denial"]);
}

#[test]
fn benefits_for_a_second_opinion_are_pointed_out() {
    let reading = x12(
        "ST*271*1\nBHT*0022*11*1*20261015*1200\nNM1*IL*1*EXAMPLE*ANA****MI*XYZ123\nEB*1**30^20**GOLD PLAN\nEB*A**20***27**.2***Y*Y\nSE*6*1",
    );
    let stated: Vec<&str> = reading
        .findings
        .iter()
        .filter(|f| f.code == "second_opinion_benefit_stated")
        .map(|f| f.message.as_str())
        .collect();
    assert_eq!(stated.len(), 2);
    assert!(stated[0].contains("is active"), "{stated:?}");
    assert!(
        stated[1].contains("coinsurance")
            && stated[1].contains("in the network")
            && stated[1].contains("authorization"),
        "{stated:?}"
    );
    assert_eq!(values(&reading, "plan.name"), ["GOLD PLAN"]);
}

#[test]
fn a_dependent_is_the_patient_and_was_born_on_her_own_day() {
    let reading = x12(
        "ST*271*1\nBHT*0022*11*1*20261015*1200\nNM1*IL*1*EXAMPLE*ANA****MI*XYZ123\nDMG*D8*19630519*F\nNM1*03*1*EXAMPLE*MIA\nDMG*D8*20141014*F\nEB*1**30\nSE*8*1",
    );
    assert_eq!(values(&reading, "patient.name"), ["MIA EXAMPLE"]);
    assert_eq!(values(&reading, "patient.date_of_birth"), ["2014-10-14"]);
    assert_eq!(values(&reading, "member.name"), ["ANA EXAMPLE"]);
}

#[test]
fn x12_that_cannot_be_read_is_named() {
    let kb = knowledge();
    let code = |text: &str| read_x12("a.835", text.as_bytes(), &kb).unwrap_err().code;
    assert_eq!(code("hello"), "not_supported");
    assert_eq!(code("CLP*1*4*500*0~CAS*CO*50*500~"), "not_supported"); // a piece without its header
    assert_eq!(code("ISA*00*only"), "damaged"); // cut off within its header
    let without = HEADER.replace('~', "") + "GS*HP*1*2*20261015*1200*1*X*005010X221A1ST*835*1";
    assert_eq!(code(&without), "x12_no_terminator");
    let (_, reading) = read_x12("a.835", format!("{HEADER}ST*835*1~CLP*1*4*10*0**12*C1~").as_bytes(), &kb).unwrap();
    assert!(codes(&reading).contains(&"x12_cut_off"));
    // Cut within a code: "CAS*CO*197*40000" as "CAS*CO*19" is another reason, and it gives no value at all.
    let whole = format!("{HEADER}ST*835*1~CLP*1*4*40000*0**12*C1~SVC*HC:77523*40000*0~CAS*CO*197*40000~SE*5*1~");
    let at = whole.find("7*40000~SE").unwrap();
    let (document, reading) = read_x12("a.835", &whole.as_bytes()[..at], &kb).unwrap();
    assert_eq!(values(&reading, "denial.code"), [""; 0]);
    assert!(reading.reasons.is_empty() && codes(&reading).contains(&"x12_cut_off"));
    assert!(document.text().contains("CAS*CO*19"), "what is there is shown");
    assert_eq!(values(&reading, "claim.number"), ["C1"]);
    let (_, reading) = read_x12("a.835", whole.as_bytes(), &kb).unwrap();
    assert_eq!(values(&reading, "denial.code"), ["CO-197"]);
    let newline = format!("{}\nST*835*1\nCLP*1*4*10*0**12*C1\nSE*9*1\n", HEADER.replace('~', ""));
    let (_, reading) = read_x12("a.835", newline.as_bytes(), &kb).unwrap();
    assert_eq!(values(&reading, "claim.number"), ["C1"]);
    assert!(codes(&reading).contains(&"x12_count_differs"));
}

fn fhir(json: &str) -> Reading {
    let (document, reading) = read_fhir("answer.json", json.as_bytes(), &knowledge()).unwrap();
    assert_quotes(&document, &reading);
    reading
}

#[test]
fn a_refused_prior_authorization() {
    let reading = fhir(
        r##"{"resourceType":"Bundle","entry":[
      {"fullUrl":"https://x/ClaimResponse/1","resource":{"resourceType":"ClaimResponse","id":"1","use":"preauthorization","created":"2026-10-15T08:00:00-04:00",
        "patient":{"reference":"Patient/p"},"insurer":{"reference":"#org"},"contained":[{"resourceType":"Organization","id":"org","name":"Example Health Plan"}],
        "outcome":"complete","preAuthRef":"REF-1","item":[{"itemSequence":1,"adjudication":[{"category":{"coding":[{"code":"submitted"}]},
          "extension":[{"url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction","extension":[
             {"url":"number","valueString":"AUTH-7"},
             {"url":"reasonCode","valueCodeableConcept":{"coding":[{"system":"https://codesystem.x12.org/external/886","code":"0V","display":"not shown"}]}},
             {"url":"secondSurgicalOpinionFlag","valueBoolean":true},
             {"url":"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewActionCode","valueCodeableConcept":{"coding":[{"code":"A3","display":"Not Certified"}]}}]}]}]}]}},
      {"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Example","given":["Ana","B."]}],"birthDate":"1970-01-02",
        "identifier":[{"type":{"coding":[{"code":"MB"}]},"value":"XYZ123"}]}}]}"##,
    );
    assert_eq!(values(&reading, "notice.kind"), ["initial_denial"]);
    assert_eq!(values(&reading, "notice.dated"), ["2026-10-15"]);
    assert_eq!(values(&reading, "plan.issuer"), ["Example Health Plan"]);
    assert_eq!(values(&reading, "patient.name"), ["Ana B. Example"]);
    assert_eq!(values(&reading, "member.id"), ["XYZ123"]);
    assert_eq!(values(&reading, "second_opinion.flag"), ["Y"]);
    assert_eq!(values(&reading, "denial.code"), ["0V"]);
    assert!(values(&reading, "reference.number").contains(&"AUTH-7"));
}

#[test]
fn an_explanation_of_benefits_with_codes() {
    let reading = fhir(
        r#"{"resourceType":"ExplanationOfBenefit","id":"e","use":"claim","created":"2026-10-01","outcome":"complete",
      "identifier":[{"value":"CLM-1"}],"insurer":{"display":"Example Health Plan"},"provider":{"display":"Dr. Ray Doe"},
      "diagnosis":[{"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"M1711"}]}}],
      "item":[{"productOrService":{"coding":[{"system":"http://www.ama-assn.org/go/cpt","code":"27447"}],"text":"Knee replacement"},"servicedDate":"2026-09-01",
        "adjudication":[{"category":{"coding":[{"code":"noncovered"}]},"amount":{"value":1500.5}},
          {"category":{"coding":[{"code":"denialreason"}]},"reason":{"coding":[{"system":"https://x12.org/codes/claim-adjustment-reason-codes","code":"55"},{"system":"https://x12.org/codes/claim-adjustment-group-codes","code":"PR"}]}},
          {"category":{"coding":[{"code":"denialreason"}]},"reason":{"coding":[{"system":"https://x12.org/codes/claim-adjustment-reason-codes","code":"45"}]}}]}]}"#,
    );
    assert_eq!(values(&reading, "notice.kind"), ["eob"]);
    assert_eq!(values(&reading, "diagnosis.code"), ["M17.11"]);
    assert_eq!(values(&reading, "denial.code"), ["PR-55"]);
    assert_eq!(reasons(&reading), ["experimental_investigational"]);
    assert_eq!(values(&reading, "amount.denied"), ["1500.50"]);
    assert_eq!(values(&reading, "service.description"), ["Knee replacement"]);
    assert_eq!(values(&reading, "claim.number"), ["CLM-1"]);
}

#[test]
fn lines_taken_back_and_coverages_not_used_are_no_facts() {
    let reading = fhir(
        r#"{"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "Patient", "id": "p", "identifier": [
            {"type": {"coding": [{"code": "MB"}]}, "system": "https://plan.example/member", "value": "https://plan.example/member#W-1"},
            {"system": "http://hl7.org/fhir/sid/us-medicare", "value": "98765400001AZ"}]}},
        {"resource": {"resourceType": "Coverage", "id": "now", "subscriberId": "NOW-1"}},
        {"resource": {"resourceType": "Coverage", "id": "old", "subscriberId": "OLD-1", "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G9"}]}},
        {"resource": {"resourceType": "Claim", "use": "preauthorization", "insurance": [{"coverage": {"reference": "Coverage/now"}}],
            "diagnosis": [{"diagnosisCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "9999999"}]}},
                {"diagnosisCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M1711"}]}}],
            "item": [{"modifierExtension": [{"url": "http://x.example/extension-itemCancelled", "valueBoolean": true}],
                "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "G0154"}]}},
                {"modifierExtension": [{"url": "http://x.example/extension-itemCancelled", "valueBoolean": false}],
                "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "B4184"}]}}]}},
        {"resource": {"resourceType": "ExplanationOfBenefit", "identifier": [{"system": "https://x.example/clm_id", "value": "1"},
            {"system": "https://bluebutton.cms.gov/resources/identifier/claim-group", "value": "2"}]}}]}"#,
    );
    assert_eq!(values(&reading, "member.id"), ["W-1", "98765400001AZ", "NOW-1"]);
    assert_eq!(values(&reading, "plan.group_number"), Vec::<&str>::new());
    assert_eq!(values(&reading, "service.code"), ["B4184"]);
    assert_eq!(values(&reading, "diagnosis.code"), ["M17.11"]);
    assert_eq!(values(&reading, "claim.number"), ["1"]);
}

#[test]
fn words_of_a_disposition_decide_only_where_no_action_does() {
    let answer = |disposition: &str, outcome: &str| {
        fhir(&format!(
            r#"{{"resourceType":"ClaimResponse","use":"preauthorization","outcome":"{outcome}","disposition":"{disposition}"}}"#
        ))
    };
    assert_eq!(values(&answer("Denied", "complete"), "notice.kind"), ["initial_denial"]);
    assert_eq!(values(&answer("Not approved", "complete"), "notice.kind"), ["initial_denial"]);
    assert_eq!(values(&answer("Approved as requested", "complete"), "notice.kind"), ["approval"]);
    assert!(values(&answer("Pending", "queued"), "notice.kind").is_empty());
    assert!(values(&answer("See the letter", "complete"), "notice.kind").is_empty());
}

#[test]
fn the_history_has_dates_and_leaves_out_what_was_not_done() {
    let json = r#"[{"resourceType":"MedicationRequest","status":"stopped","statusReason":{"text":"stomach pain"},"medicationCodeableConcept":{"text":"Naproxen"},"authoredOn":"2026-01-05","dosageInstruction":[{"text":"500 mg twice a day"}]},
      {"resourceType":"Procedure","status":"completed","code":{"text":"Physical therapy"},"performedPeriod":{"start":"2026-02-01","end":"2026-03-15"}},
      {"resourceType":"Procedure","status":"not-done","code":{"text":"Injection"}},
      {"resourceType":"Procedure","status":"completed","code":{"text":"Backwards"},"performedPeriod":{"start":"2026-03-01","end":"2026-02-01"}},
      {"resourceType":"Condition","code":{"text":"Osteoarthritis of knee"},"onsetDateTime":"2025-06-01"},
      {"resourceType":"Observation","status":"final","code":{"text":"Joint space"},"valueQuantity":{"value":1.5,"unit":"mm"},"effectiveDateTime":"2026-04-01"}]"#;
    let record = fhir_record("record.json", json.as_bytes(), &knowledge()).unwrap();
    let history = record.history;
    let what: Vec<_> = history.treatments.iter().filter_map(|t| t.what.as_deref()).collect();
    assert_eq!(what, ["Naproxen", "Physical therapy", "Backwards"]);
    assert_eq!(history.treatments[0].stopped_because.as_deref(), Some("stomach pain"));
    assert_eq!(history.treatments[0].dose.as_deref(), Some("500 mg twice a day"));
    assert_eq!(history.treatments[1].to.map(|d| d.to_string()).as_deref(), Some("2026-03-15"));
    assert_eq!(history.findings[0].code, "dates_out_of_order");
    assert_eq!(history.results[0].value.as_deref(), Some("1.5 mm"));
    assert_eq!(history.problems[0].what, "Osteoarthritis of knee");
    for treatment in &history.treatments {
        let page = &record.document.pages[treatment.page.unwrap() - 1].text;
        assert!(page.contains(treatment.quote.as_deref().unwrap()));
    }
}

#[test]
fn attachments_come_out_whole() {
    let json = r#"{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"text/plain","title":"note.txt","data":"SGVsbG8="}}]}"#;
    let found = exchange::attachments("a.json", json.as_bytes()).unwrap();
    assert_eq!((found[0].name.as_str(), found[0].bytes.as_slice()), ("note.txt", b"Hello".as_slice()));
}

#[test]
fn json_that_is_no_record_is_named() {
    let kb = knowledge();
    assert_eq!(read_fhir("a.json", b"{\"resourceType\": \"Bun", &kb).unwrap_err().code, "damaged");
    assert_eq!(read_fhir("a.json", b"{\"a\": 1}", &kb).unwrap_err().code, "not_supported");
    let deep = "[".repeat(100_000);
    assert_eq!(read_fhir("a.json", deep.as_bytes(), &kb).unwrap_err().code, "damaged");
}

fn shared(folder: &str) -> Vec<PathBuf> {
    let root = std::env::var_os("CORROBORATE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let root = if root.is_dir() { root } else { PathBuf::from("/work/shared/data") };
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    if found.is_empty() {
        eprintln!("skipped: no shared data ({folder})");
    }
    found
}

#[test]
fn shared_samples_keep_the_quote_invariant() {
    let kb = knowledge();
    for path in shared("fhir") {
        let bytes = std::fs::read(&path).unwrap();
        if let Ok((document, reading)) = read_fhir(&path.to_string_lossy(), &bytes, &kb) {
            assert_quotes(&document, &reading);
        }
    }
    for path in shared("x12") {
        let (document, reading) =
            read_x12(&path.to_string_lossy(), &std::fs::read(&path).unwrap(), &kb).expect("every sample is read");
        assert_quotes(&document, &reading);
    }
}

#[test]
fn the_standards_own_denied_responses_are_denials() {
    for name in ["DeniedResponse.json", "valid_pa_response_bundle_denial.json"] {
        for path in shared("fhir/pas").iter().filter(|p| p.ends_with(name)) {
            let (_, reading) = read_fhir(name, &std::fs::read(path).unwrap(), &knowledge()).unwrap();
            assert_eq!(values(&reading, "notice.kind"), ["initial_denial"], "{name}");
        }
    }
}

#[test]
fn a_coverage_inside_the_claim_counts_as_one_beside_it() {
    let eob = r##"{"resourceType":"ExplanationOfBenefit","use":"claim","patient":{"reference":"#p"},"insurance":[{"coverage":{"reference":"#cov"}}],
        "contained":[{"resourceType":"Patient","id":"p","name":[{"text":"Ana Example"}],"birthDate":"1970-01-02"},
        {"resourceType":"Coverage","id":"cov","subscriberId":"XYZ123","payor":[{"display":"Example Health Plan"}],
         "class":[{"type":{"coding":[{"code":"group"}]},"value":"77120"},{"type":{"coding":[{"code":"plan"}]},"value":"P5","name":"Choice PPO"}]},
        {"resourceType":"Coverage","id":"old","subscriberId":"OLD999"}]}"##;
    let (document, reading) = read_fhir("eob.json", eob.as_bytes(), &knowledge()).unwrap();
    assert_quotes(&document, &reading);
    assert_eq!(values(&reading, "member.id"), ["XYZ123"], "not that of the coverage which the claim is not under");
    assert_eq!(values(&reading, "plan.group_number"), ["77120"]);
    assert_eq!(values(&reading, "plan.name"), ["Choice PPO"]);
    assert_eq!(values(&reading, "patient.name"), ["Ana Example"]);
    assert_eq!(values(&reading, "patient.date_of_birth"), ["1970-01-02"]);
}

#[test]
fn what_is_said_in_words_is_handed_on_with_its_place() {
    let answer = r#"{"resourceType":"ClaimResponse","disposition":"Denied","processNote":[{"text":"See the policy."}],"item":[{"adjudication":[{"extension":[
        {"url":"x/extension-reviewAction","extension":[{"url":"reasonCode","valueCodeableConcept":{"text":"Asked for too late","coding":[{"code":"04","display":"Not needed"}]}}]}]}]}]}"#;
    let record = fhir_record("pas.json", answer.as_bytes(), &knowledge()).unwrap();
    let words = |record: &exchange::Record| -> Vec<String> {
        let text = |page: usize, span: (usize, usize)| record.document.pages[page - 1].text[span.0..span.1].to_owned();
        record.said.iter().map(|(page, span)| text(*page, *span)).collect()
    };
    let said = words(&record);
    for expected in ["Denied", "See the policy.", "Asked for too late", "Not needed"] {
        assert!(said.iter().any(|s| s == expected), "{expected}: {said:?}");
    }
    let text =
        format!("{HEADER}\nST*278*1~\nHCR*A3**04~\nMSG*SECOND OPINION REQUIRED~\nSE*4*1~\nGE*1*1~\nIEA*1*000000001~");
    let record = exchange::read(exchange::Format::X12, "a.x12", text.as_bytes(), &knowledge()).unwrap();
    assert_eq!(words(&record), ["SECOND OPINION REQUIRED"]);
}
