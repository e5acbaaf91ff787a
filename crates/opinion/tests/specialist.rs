//! Who fits: the map of conditions to fields, candidates compared in the open, CSV, the search log. All people invented.
#![allow(clippy::panic, clippy::unwrap_used, unreachable_pub, dead_code)] // tests fail by panicking

mod support;

use opinion::{NpiCheck, SpecialistReport};
use support::{case, day, file_by, kb};

fn report(text: &str) -> SpecialistReport {
    opinion::specialist(&case(text), &kb(), None).unwrap_or_else(|e| panic!("{e}"))
}

fn first(service: &str, diagnosis: &str, codes: &str, dx: &str) -> (String, String) {
    let r = report(&format!(
        "[claim]\nservice = \"{service}\"\ndiagnosis = \"{diagnosis}\"\ncodes = [\"{codes}\"]\ndiagnosis_codes = [\"{dx}\"]"
    ));
    let group = r.profile.groups.first().map(|g| g.id.clone()).unwrap_or_default();
    let who = r.profile.specialties.first().map(|w| match &w.subspecialty {
        Some(sub) => format!("{} > {sub}", w.specialty),
        None => w.specialty.clone(),
    });
    (group, who.unwrap_or_default())
}

#[test]
fn a_technique_or_a_level_of_care_in_dispute_stands_before_the_disease() {
    let proton = first("Proton beam therapy for prostate cancer", "Prostate cancer", "CPT 77523", "C61");
    assert_eq!(proton, ("proton_therapy".into(), "Radiation Oncology".into()));
    let facility = first("Skilled nursing facility stay", "Hip fracture, after surgery", "", "S72.001D");
    assert_eq!(facility, ("skilled_nursing".into(), "Physical Medicine and Rehabilitation".into()));
    // Mentioned in the diagnosis only, it does not lead.
    let after = first("total knee arthroplasty", "knee osteoarthritis after radiation therapy", "CPT 27447", "M17.11");
    assert_eq!(after.0, "knee_replacement");
}

#[test]
fn the_field_of_an_operation_or_a_test_stands_before_the_disease() {
    let fields = |service: &str, dx: &str, codes: &str, icd: &str| -> Vec<String> {
        let r = report(&format!(
            "[claim]\nservice = \"{service}\"\ndiagnosis = \"{dx}\"\ncodes = [\"{codes}\"]\ndiagnosis_codes = [\"{icd}\"]"
        ));
        let name = |w: &opinion::Wanted| w.subspecialty.clone().unwrap_or_else(|| w.specialty.clone());
        r.profile.specialties.iter().map(name).collect()
    };
    let exome = fields("Whole exome sequencing", "developmental delay and epilepsy", "CPT 81415", "G40.909");
    assert_eq!(exome[0], "Clinical Genetics and Genomics");
    assert!(exome.contains(&"Epilepsy".to_owned()), "the disease's own field comes after");
    assert!(!exome.contains(&"Neurological Surgery".to_owned()), "nobody disputes an operation: {exome:?}");
    let liver = fields("Liver transplant", "hepatocellular carcinoma with cirrhosis", "CPT 47135", "C22.0");
    assert_eq!(liver[0], "Transplant Hepatology");
    let nursing = fields("Skilled nursing facility care", "stroke with left hemiparesis", "", "I69.354");
    assert!(!nursing.contains(&"CNS Endovascular Surgery".to_owned()), "{nursing:?}");
    assert_eq!(fields("Appendectomy", "acute appendicitis", "CPT 44970", "K35.80")[0], "Surgery");
    let tonsils = fields("Tonsillectomy", "chronic tonsillitis", "CPT 42820", "J35.01");
    assert_eq!(tonsils[0], "Otolaryngology-Head and Neck Surgery");
    // A drug is given for many diseases: there the disease decides.
    let drug = fields("IVIG infusion", "chronic inflammatory demyelinating polyneuropathy", "J1569", "G61.81");
    assert_eq!(drug[0], "Neuromuscular Medicine");
}

#[test]
fn whom_to_see_begins_with_what_helps_where_an_opinion_does_not() {
    let r = report(
        "[claim]\nservice = \"MRI of the brain\"\ndiagnosis = \"migraine\"\n[[denial]]\nreason = \"information_missing\"",
    );
    assert!(r.says.starts_with("The plan asks for papers."), "{}", r.says);
    assert!(r.says.contains("Send what is missing") && r.says.contains("all the same"), "{}", r.says);
    let helps = report("[claim]\nservice = \"MRI of the brain\"\n[[denial]]\nreason = \"not_medically_necessary\"");
    assert!(helps.says.starts_with("Look for"), "{}", helps.says);
}

#[test]
fn conditions_and_services_lead_to_their_field() {
    let table = [
        (
            "total knee arthroplasty",
            "osteoarthritis of the knee",
            "CPT 27447",
            "M17.11",
            "knee_replacement",
            "Orthopaedic Surgery",
        ),
        (
            "TAVR",
            "severe aortic stenosis",
            "33361",
            "I35.0",
            "heart_valve",
            "Internal Medicine > Interventional Cardiology",
        ),
        (
            "catheter ablation",
            "atrial fibrillation",
            "93656",
            "I48.0",
            "atrial_fibrillation",
            "Internal Medicine > Clinical Cardiac Electrophysiology",
        ),
        (
            "CAR-T cell therapy",
            "diffuse large B-cell lymphoma",
            "",
            "C83.30",
            "lymphoma",
            "Internal Medicine > Hematology",
        ),
        ("proton beam therapy", "", "77523", "", "proton_therapy", "Radiation Oncology"),
        ("residential treatment", "anorexia nervosa", "", "F50.01", "eating_disorder", "Psychiatry"),
        (
            "applied behavior analysis",
            "autism spectrum disorder",
            "97153",
            "F84.0",
            "autism",
            "Pediatrics > Developmental-Behavioral Pediatrics",
        ),
        (
            "whole exome sequencing",
            "developmental delay",
            "81415",
            "R62.50",
            "genetic_testing",
            "Medical Genetics and Genomics > Clinical Genetics and Genomics",
        ),
        ("IVIG", "CIDP", "J1561", "G61.81", "neuromuscular", "Neurology > Neuromuscular Medicine"),
        (
            "hypoglossal nerve stimulator",
            "obstructive sleep apnea",
            "64582",
            "G47.33",
            "sleep_apnea",
            "Internal Medicine > Sleep Medicine",
        ),
        ("breast reduction", "macromastia", "19318", "N62", "breast_reduction", "Plastic Surgery"),
        ("excision of endometriosis", "endometriosis", "58662", "N80.9", "endometriosis", "Obstetrics and Gynecology"),
        ("lumbar interbody fusion", "spondylolisthesis", "22630", "M43.16", "lumbar_fusion", "Neurological Surgery"),
        (
            "HIPEC",
            "appendiceal cancer",
            "",
            "C18.1",
            "peritoneal_cancer",
            "Surgery > Complex General Surgical Oncology",
        ),
        ("teprotumumab", "thyroid eye disease", "", "E05.00", "thyroid_eye", "Ophthalmology"),
        ("power wheelchair", "", "K0861", "", "wheelchair", "Physical Medicine and Rehabilitation"),
        ("", "", "", "G35", "multiple_sclerosis", "Neurology"),
        ("", "", "27447", "", "knee_replacement", "Orthopaedic Surgery"),
        ("", "", "", "L70.0", "general_skin", "Dermatology"),
        ("", "", "", "N35.9", "general_kidney", "Urology"),
        (
            "inpatient admission",
            "heart failure",
            "",
            "I50.9",
            "heart_failure",
            "Internal Medicine > Advanced Heart Failure and Transplant Cardiology",
        ),
    ];
    for (service, diagnosis, code, dx, group, who) in table {
        assert_eq!(first(service, diagnosis, code, dx), (group.into(), who.into()), "{service} / {diagnosis}");
    }
}

#[test]
fn every_chapter_of_diagnoses_has_a_place_to_start() {
    for chapter in ('A'..='Q').chain(['S']) {
        for block in 0..10 {
            let code = format!("{chapter}{block}9.9");
            let r = report(&format!("[claim]\ndiagnosis_codes = [\"{code}\"]"));
            assert!(!r.profile.specialties.is_empty(), "{code}");
        }
    }
}

/// A wide group is a start, not a verdict on the doctor's field.
#[test]
fn a_wide_group_does_not_call_a_doctor_foreign_to_the_field() {
    let c = case(
        "[claim]\nkind = \"post_service\"\ndiagnosis_codes = [\"L70.0\"]\n[treating_physician]\nspecialty = \"Endocrinology\"\n\
         [[denial]]\nreason = \"step_therapy\"",
    );
    let plan = opinion::need(&c, &kb(), support::today(), None, &[]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(plan.value.as_deref(), Some("useful"));
}

#[test]
fn an_unknown_condition_is_said_and_not_guessed() {
    let r = report("[claim]\nservice = \"zzz\"");
    assert!(r.profile.groups.is_empty());
    assert!(r.findings.iter().any(|f| f.code == "field_unknown"));
}

#[test]
fn the_map_is_wide_and_every_name_in_it_is_known() {
    #[derive(serde::Deserialize)]
    struct Specialties {
        specialty: Vec<Specialty>,
    }
    #[derive(serde::Deserialize)]
    struct Specialty {
        name: String,
        #[serde(default)]
        subs: std::collections::BTreeMap<String, Vec<String>>,
    }
    #[derive(serde::Deserialize)]
    struct File {
        group: Vec<Group>,
    }
    #[derive(serde::Deserialize)]
    struct Group {
        id: String,
        who: Vec<String>,
        centers: Vec<String>,
    }
    #[derive(serde::Deserialize)]
    struct Centers {
        kinds: std::collections::BTreeMap<String, String>,
        nci: Vec<toml_center::Center>,
    }
    mod toml_center {
        #[derive(serde::Deserialize)]
        pub(super) struct Center {
            pub(super) name: String,
            pub(super) state: String,
        }
    }
    let kb = kb();
    let names: Specialties = kb.table("opinions/specialties.toml").unwrap_or_else(|e| panic!("{e}"));
    let centers: Centers = kb.table("opinions/centers.toml").unwrap_or_else(|e| panic!("{e}"));
    let groups: Vec<Group> = kb
        .tables::<File>("opinions/specialists")
        .unwrap_or_else(|e| panic!("{e}"))
        .into_iter()
        .flat_map(|(_, f)| f.group)
        .collect();
    assert!(groups.len() >= 120, "{}", groups.len());
    let mut ids = std::collections::BTreeSet::new();
    for g in &groups {
        assert!(ids.insert(&g.id), "{} twice", g.id);
        for who in &g.who {
            let (name, sub) = who.split_once(" > ").map_or((who.as_str(), None), |(n, s)| (n, Some(s)));
            let known = names.specialty.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("{}: {who}", g.id));
            assert!(sub.is_none_or(|s| known.subs.contains_key(s)), "{}: {who}", g.id);
        }
        assert!(g.centers.iter().all(|c| centers.kinds.contains_key(c)), "{}", g.id);
    }
    assert!(centers.nci.len() > 60 && centers.nci.iter().all(|c| c.state.len() == 2 && !c.name.is_empty()));
}

const KNEE: &str = "[claim]\nservice = \"total knee replacement\"\ndiagnosis_codes = [\"M17.11\"]\n[treating_physician]\nname = \"A. Example, MD\"\npractice = \"Harbor Orthopedics\"\n";

fn candidates(extra: &str) -> SpecialistReport {
    report(&format!("{KNEE}{extra}"))
}

#[test]
fn candidates_are_ranked_with_every_point_explained() {
    let r = candidates(
        "[[candidate]]\nname = \"B. Family\"\nspecialty = \"Family Medicine\"\nin_network = true\nwrites_letters = true\n\
         [[candidate]]\nname = \"C. Fit\"\nspecialty = \"Orthopaedic Surgery\"\nsetting = \"academic\"\nwrites_letters = true\nexamines = true\n\
         same_practice_as_treating = false\noperating_surgeon = false\nfinancial_tie = false\n\
         certified_by = \"American Board of Orthopaedic Surgery\"\ncertification_checked_at = \"certificationmatters.org\"\nchecked_on = 2026-11-20\n\
         [[candidate]]\nname = \"D. Tied\"\nspecialty = \"Orthopaedic Surgery\"\npractice = \"harbor  orthopedics\"\n",
    );
    let names: Vec<_> = r.candidates.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names[0], "C. Fit");
    for c in &r.candidates {
        assert_eq!(c.points, c.criteria.iter().map(|x| x.points).sum::<i32>(), "nothing hidden");
        assert!(c.criteria.iter().all(|x| !x.says.contains('{')), "{:?}", c.criteria);
    }
    let fit = &r.candidates[0];
    assert_eq!(
        fit.certification.as_deref(),
        Some("recorded as checked at certificationmatters.org on November 20, 2026")
    );
    let tied = r.candidates.iter().find(|c| c.name == "D. Tied").unwrap_or_else(|| panic!("absent"));
    assert_eq!(tied.ties.len(), 1, "the same practice is seen without being told");
    assert!(!tied.warnings.is_empty());
    assert!(tied.to_ask.len() >= 5, "what is not known is asked");
}

#[test]
fn points_do_not_make_up_for_a_tie() {
    let r = candidates(
        "[[candidate]]\nname = \"T. Tied\"\nspecialty = \"Orthopaedic Surgery\"\noperating_surgeon = true\nwrites_letters = true\nexamines = true\nin_network = true\n\
         [[candidate]]\nname = \"F. Free\"\nspecialty = \"Orthopaedic Surgery\"\n\
         [[candidate]]\nname = \"N. None\"\nspecialty = \"Orthopaedic Surgery\"\nwrites_letters = false\nexamines = true\nin_network = true",
    );
    assert_eq!(r.candidates[0].name, "F. Free");
    assert!(r.order.contains("tie"));
}

#[test]
fn certification_that_nobody_looked_up_is_not_asserted() {
    let r = candidates(
        "[[candidate]]\nname = \"E\"\nspecialty = \"Orthopedics\"\ncertified_by = \"American Board of Orthopaedic Surgery\"\nnpi = \"1234567890\"",
    );
    assert_eq!(r.candidates[0].certification, None);
    assert!(r.candidates[0].warnings.iter().any(|w| w.contains("Do not call E board-certified")));
    assert_eq!(r.candidates[0].npi, Some(NpiCheck::DoesNotFit));
}

#[test]
fn the_deadline_decides_in_time() {
    let e = file_by("2026-12-20");
    let with = |opening: &str| {
        let c = case(&format!("{KNEE}[[candidate]]\nname = \"F\"\nearliest_appointment = {opening}"));
        opinion::specialist(&c, &kb(), Some(&e)).unwrap_or_else(|e| panic!("{e}")).candidates[0].in_time
    };
    assert_eq!(with("2026-12-10"), Some(true));
    assert_eq!(with("2026-12-15"), Some(false), "the letter takes a week to write");
    assert_eq!(
        candidates("[[candidate]]\nname = \"F\"\nearliest_appointment = 2026-12-10").candidates[0].in_time,
        None
    );
}

#[test]
fn new_yorks_form_is_named_where_it_may_bind() {
    let with = |state: &str, reason: &str| {
        report(&format!("[patient]\nstate = \"{state}\"\n[coverage]\nkind = \"individual_market\"\n[[denial]]\nreason = \"{reason}\"")).state_forms.len()
    };
    assert_eq!(with("NY", "experimental_investigational"), 1);
    assert_eq!(with("NY", "coding_or_billing"), 0);
    assert_eq!(with("CT", "experimental_investigational"), 0);
}

#[test]
fn cancer_centers_are_listed_with_the_date_of_the_list() {
    let r = report("[patient]\nstate = \"OH\"\n[claim]\nservice = \"chemotherapy\"\ndiagnosis = \"ovarian cancer\"");
    assert_eq!(r.nci_centers.len(), 2);
    assert!(r.findings.iter().any(|f| f.message.contains("2022")));
    let none = report("[patient]\nstate = \"WY\"\n[claim]\ndiagnosis = \"ovarian cancer\"");
    assert!(none.nci_centers.is_empty() && none.findings.iter().any(|f| f.message.contains("no such center")));
}

#[test]
fn csv_of_a_person_and_of_the_npi_file() {
    let kb = kb();
    let own = "Name,Specialty,In network,First opening,Odd column\nG. Example,Orthopaedic Surgery,yes,2026-12-01,x\n,,,,\n\"H, Example\",Neurosurgery,perhaps,soon,\n";
    let (found, findings) = opinion::candidates_from_csv(own, &kb).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].in_network, found[0].earliest_appointment), (Some(true), Some(day("2026-12-01"))));
    assert_eq!(found[1].in_network, None);
    let codes: Vec<_> = findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["column_not_known", "row_without_name", "value_not_understood", "value_not_understood"]);
    let nppes = "\u{feff}NPI,Provider Last Name (Legal Name),Provider First Name,Provider Business Practice Location Address State Name\n1234567893,EXAMPLE,IDA,CA\n";
    let (found, _) = opinion::candidates_from_csv(nppes, &kb).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((found[0].name.as_deref(), found[0].npi.as_deref()), (Some("IDA EXAMPLE"), Some("1234567893")));
}

#[test]
fn the_search_log_becomes_an_exhibit() {
    let r = report(
        "[claim]\nservice = \"endometriosis excision\"\n\
         [[contact]]\nwho = \"Office B\"\nwhen = 2026-11-12\nhow = \"phone\"\nanswer = \"They are not accepting new patients.\"\nin_network = true\n\
         [[contact]]\nwho = \"Office A\"\nwhen = 2026-11-10\nanswer = \"We do not perform excision.\"\nwait_days = 90\n\
         [[contact]]\nwho = \"Office C\"\nanswer = \"Can see you\"\n",
    );
    let log = &r.search_log;
    assert_eq!(log.rows.iter().map(|r| r.who.as_str()).collect::<Vec<_>>(), ["Office C", "Office A", "Office B"]);
    assert!(log.intro.contains("November 10, 2026") && log.intro.contains("November 12, 2026"));
    assert_eq!(log.summary.len(), 4, "{:?}", log.summary);
    assert_eq!(log.findings.len(), 1, "the line without a day is named");
    assert!(report("").search_log.rows.is_empty());
}

proptest::proptest! {
    #[test]
    fn no_csv_makes_it_panic(text in "[a-zA-Z ,\"\n;éN0-9]{0,200}") {
        let _ = opinion::candidates_from_csv(&text, &kb());
    }
}

#[test]
fn the_own_doctor_and_a_doctor_of_another_field_come_last_and_it_is_said_why() {
    let r = report(
        "[claim]\nservice = \"Total hip replacement\"\ndiagnosis = \"Osteoarthritis of the hip\"\ncodes = [\"CPT 27130\"]\n\
         [treating_physician]\nname = \"Tom Muster, MD\"\n\
         [[candidate]]\nname = \"Thomas Muster\"\nspecialty = \"Orthopaedic Surgery\"\nwrites_letters = true\n\
         [[candidate]]\nname = \"T. Muster, MD\"\nspecialty = \"Orthopaedic Surgery\"\nwrites_letters = true\n\
         [[candidate]]\nname = \"Cy Ejemplo, DO\"\nspecialty = \"Family Medicine\"\nwrites_letters = true\nin_network = true\n\
         [[candidate]]\nname = \"Ana Prueba, MD\"\nspecialty = \"Orthopaedic Surgery\"",
    );
    let names: Vec<&str> = r.candidates.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names[..2], ["Thomas Muster", "Ana Prueba, MD"], "another first name is another person: {names:?}");
    let warned = |name: &str, words: &str| {
        r.candidates.iter().any(|c| c.name == name && c.warnings.iter().any(|w| w.contains(words)))
    };
    assert!(warned("T. Muster, MD", "your own doctor") && !warned("Thomas Muster", "your own doctor"));
    assert!(warned("Cy Ejemplo, DO", "another field") && !warned("Ana Prueba, MD", "another field"));
}

#[test]
fn a_number_of_several_fields_is_that_of_the_field_that_is_named() {
    let groups = |service: &str, dx: &str, icd: &str| -> Vec<String> {
        let r = report(&format!(
            "[claim]\nservice = \"{service}\"\ndiagnosis = \"{dx}\"\ncodes = [\"CPT 37243\"]\ndiagnosis_codes = [\"{icd}\"]"
        ));
        r.profile.groups.into_iter().map(|g| g.id).collect()
    };
    let liver = groups("Y90 radioembolization of the liver", "Hepatocellular carcinoma", "C22.0");
    assert!(
        liver.contains(&"pancreas_liver_cancer".into()) && !liver.contains(&"hysterectomy_fibroids".into()),
        "{liver:?}"
    );
    let fibroids = groups("Uterine artery embolization", "Uterine fibroids", "D25.9");
    assert_eq!(fibroids, ["hysterectomy_fibroids"]);
}

#[test]
fn nobody_is_sent_to_a_doctor_of_the_other_age() {
    let who = |born: &str| {
        let r = report(&format!(
            "[patient]\ndate_of_birth = {born}\n[claim]\nservice = \"Closure of atrial septal defect\"\n\
             diagnosis = \"Atrial septal defect\"\ndiagnosis_codes = [\"Q21.11\"]\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-11-16"
        ));
        let fields: Vec<String> = r.profile.specialties.iter().filter_map(|w| w.subspecialty.clone()).collect();
        (fields, r.profile.centers.iter().any(|c| c.kind == "children"))
    };
    let (child, center) = who("2023-05-02");
    assert!(
        child.contains(&"Pediatric Cardiology".into()) && !child.contains(&"Adult Congenital Heart Disease".into())
    );
    assert!(center);
    let (grown, center) = who("1983-05-02");
    assert!(
        !grown.contains(&"Pediatric Cardiology".into()) && grown.contains(&"Adult Congenital Heart Disease".into())
    );
    assert!(!center);
    let unknown = report("[claim]\ndiagnosis = \"Atrial septal defect\"\ndiagnosis_codes = [\"Q21.11\"]");
    assert_eq!(unknown.profile.specialties.len(), 3, "the age is not known, so nothing is left out");
}

/// Beside the field of a technique in dispute one field of the disease is named: that of the patient's age.
#[test]
fn beside_the_radiation_in_dispute_a_childs_tumor_has_a_childs_field() {
    let fields = |born: &str| -> Vec<String> {
        let r = report(&format!(
            "[patient]\ndate_of_birth = {born}\n[claim]\nservice = \"Proton beam radiation of brain and spine\"\n\
             diagnosis = \"Medulloblastoma\"\ndiagnosis_codes = [\"C71.6\"]\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-11-16"
        ));
        r.profile.specialties.into_iter().map(|w| w.subspecialty.unwrap_or(w.specialty)).collect()
    };
    assert_eq!(fields("2020-02-02"), ["Radiation Oncology", "Pediatric Hematology-Oncology"]);
    assert_eq!(fields("1960-02-02"), ["Radiation Oncology", "Neurology"]);
}

#[test]
fn the_field_that_the_plans_own_words_ask_for_stands_first_with_the_quote() {
    let valve = "[claim]\nservice = \"Transcatheter aortic valve replacement\"\n[treating_physician]\nname = \"M. Prueba, MD\"\nspecialty = \"interventional cardiology\"\n[[denial]]\nreason = \"not_medically_necessary\"\n";
    let asked =
        "quote = \"a cardiac surgeon and an interventional cardiologist have each independently examined the patient\"";
    let field = |more: &str| report(&format!("{valve}{more}"));
    let with = field(asked);
    assert_eq!(with.profile.specialties[0].specialty, "Thoracic and Cardiac Surgery");
    assert!(
        with.says.starts_with("The plan's own words ask for an exam by a second doctor: “a cardiac surgeon"),
        "{}",
        with.says
    );
    let same = |w: &opinion::Wanted| w.specialty == "Thoracic and Cardiac Surgery";
    assert_eq!(with.profile.specialties.iter().filter(|w| same(w)).count(), 1);
    let without = field("quote = \"Not needed.\"");
    assert!(!without.says.contains("plan's own words") && !same(&without.profile.specialties[0]), "{}", without.says);
}

/// A child's case: the field for children stands first, and a doctor of grown people does not stand above one of children.
#[test]
fn a_childs_case_goes_to_fields_for_children() {
    let child = |born: &str, service: &str, dx: &str, codes: &str, icd: &str, more: &str| {
        report(&format!(
            "[patient]\ndate_of_birth = {born}\n[claim]\nservice = \"{service}\"\ndiagnosis = \"{dx}\"\ncodes = [\"{codes}\"]\n\
             diagnosis_codes = [\"{icd}\"]\n[[event]]\nkind = \"notice_dated\"\ndate = 2026-11-16\n{more}"
        ))
    };
    let fields = |r: &SpecialistReport| -> Vec<String> {
        r.profile.specialties.iter().map(|w| w.subspecialty.clone().unwrap_or_else(|| w.specialty.clone())).collect()
    };
    let doctors = "[[candidate]]\nname = \"A. Grown, MD\"\nspecialty = \"Neurology\"\n[[candidate]]\nname = \"B. Young, MD\"\nspecialty = \"Pediatric Neurology\"";
    let laser = "MRI-guided laser interstitial thermal therapy of the temporal lobe";
    let epilepsy = child("2017-05-02", laser, "Drug-resistant focal epilepsy", "CPT 61736", "G40.219", doctors);
    assert_eq!(fields(&epilepsy)[0], "Child Neurology");
    assert!(fields(&epilepsy).contains(&"Pediatric Neurological Surgery".into()));
    assert!(!fields(&epilepsy).contains(&"Neurology".into()), "{:?}", fields(&epilepsy));
    assert_eq!(epilepsy.profile.centers[0].kind, "children");
    assert_eq!(epilepsy.candidates[0].name, "B. Young, MD");
    assert!(epilepsy.candidates[1].warnings.iter().any(|w| w.contains("for adults")), "{:?}", epilepsy.candidates[1]);
    let nursing =
        child("2019-04-04", "Private duty nursing", "Chronic respiratory failure", "HCPCS T1000", "J96.10", "");
    assert!(
        !fields(&nursing).iter().any(|f| f.contains("Geriatric") || f == "Critical Care Medicine"),
        "{:?}",
        fields(&nursing)
    );
    let anorexia = child("2010-01-19", "Residential treatment", "Anorexia nervosa", "HCPCS H0018", "F50.01", "");
    assert_eq!(fields(&anorexia)[0], "Child and Adolescent Psychiatry");
    let grown = child("1980-05-02", laser, "Drug-resistant focal epilepsy", "CPT 61736", "G40.219", "");
    assert_eq!(fields(&grown)[0], "Epilepsy");
}

/// Service and diagnosis are read together: a word or number that several fields share belongs to the one whose disease it is.
#[test]
fn one_shared_word_does_not_choose_the_field() {
    for (service, dx, codes, icd, wanted) in [
        (
            "Osseointegrated bone-anchored prosthesis (OPRA)",
            "Acquired absence of right leg",
            "CPT 27599",
            "Z89.611",
            "osseointegration",
        ),
        (
            "Fetoscopic laser treatment of twin-twin transfusion syndrome",
            "Twin-twin transfusion syndrome",
            "CPT 59072",
            "O43.022",
            "fetal_therapy",
        ),
        (
            "Gender-affirming chest surgery (bilateral mastectomy)",
            "Gender dysphoria",
            "CPT 19303",
            "F64.0",
            "gender_surgery",
        ),
        ("Bilateral mastectomy", "Breast cancer", "CPT 19303", "C50.911", "breast_cancer"),
        (
            "Risk-reducing bilateral mastectomy",
            "BRCA2 mutation carrier",
            "CPT 19303",
            "Z15.01",
            "hereditary_cancer_risk",
        ),
        (
            "Total pancreatectomy with islet autotransplant",
            "Chronic hereditary pancreatitis",
            "CPT 48155",
            "K86.1",
            "islet_autotransplant",
        ),
        ("Vagus nerve stimulator for depression", "Treatment-resistant depression", "CPT 64568", "F33.2", "depression"),
        ("Vagus nerve stimulator", "Drug-resistant epilepsy", "CPT 64568", "G40.219", "epilepsy"),
        ("Dupilumab 300 mg weekly", "Eosinophilic esophagitis", "HCPCS J3590", "K20.0", "eosinophilic_gut"),
        ("Lanadelumab 300 mg", "Hereditary angioedema type I", "HCPCS J0593", "D84.1", "angioedema"),
        (
            "Oocyte cryopreservation before chemotherapy",
            "Hodgkin lymphoma",
            "CPT 89337",
            "C81.12",
            "fertility_preservation",
        ),
    ] {
        let (group, _) = first(service, dx, codes, icd);
        assert_eq!(group, wanted, "{service} / {dx}");
    }
}
