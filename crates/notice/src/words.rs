//! Single words by use: `kb/notice/words.toml` as a type.

use std::collections::HashMap;

use serde::Deserialize;

use crate::data::{fold_list, holds};
use crate::phrase::fold_word;

/// Single words, by use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) months: Vec<Vec<String>>,
    pub(crate) numbers: HashMap<String, u32>,
    pub(crate) units: HashMap<String, String>,
    /// Words between a number and its unit: "calendar", "business".
    pub(crate) day_kinds: HashMap<String, String>,
    pub(crate) abbreviations: Vec<String>,
    /// Bytes of one page that are looked at. A printed page has a tenth of it; what is longer is no notice but a book in
    /// one piece, and would take minutes.
    pub(crate) page_bytes: usize,
    /// Words before the number of a page.
    pub(crate) page_words: Vec<String>,
    /// Labels of an e-mail's head: who wrote to whom, what about, and when.
    pub(crate) mail_head: Vec<String>,
    pub(crate) mail_subject: Vec<String>,
    pub(crate) mail_to: Vec<String>,
    pub(crate) mail_date: Vec<String>,
    pub(crate) organisation: Vec<String>,
    pub(crate) not_issuer: Vec<String>,
    /// Words for offices within an organisation.
    pub(crate) department: Vec<String>,
    /// Words of a label that names an account, which on a bill is the provider's.
    pub(crate) account: Vec<String>,
    /// Words with which an organisation's name goes on in the next line.
    pub(crate) organisation_more: Vec<String>,
    /// Forms of companies that follow a comma within a name: "Inc".
    pub(crate) company_forms: Vec<String>,
    pub(crate) facility: Vec<String>,
    /// Places of care that begin a name: "Hospital San Telmo".
    pub(crate) place_nouns: Vec<String>,
    /// Endings of words for places of care: "dermatology", "orthopedics".
    pub(crate) facility_endings: Vec<String>,
    /// Words of bodies that are no place of care although their name sounds like one.
    pub(crate) not_facility: Vec<String>,
    /// Words that no organisation of a plan has and that the name of a place of care may hold: "State Street Imaging".
    pub(crate) street_names: Vec<String>,
    /// Words before "of" and a name that make it a public body: "State of Vermont".
    pub(crate) public_bodies: Vec<String>,
    /// What somebody did with papers before "by" and their name: "submitted by Dr. Ruiz".
    pub(crate) handed_over: Vec<String>,
    /// Names of services that are made of words too general to be one.
    pub(crate) general_services: Vec<String>,
    /// Words of a heading that announces a decision.
    pub(crate) verdict: Vec<String>,
    /// Words with which a sentence or a reference begins and no name does.
    pub(crate) sentence_openers: Vec<String>,
    /// Words that may stand before a label at the beginning of a cell.
    pub(crate) label_leads: Vec<String>,
    /// Names of systems of service codes, as they stand before a code, in lower case.
    pub(crate) code_systems: Vec<String>,
    /// Words that name a service's code where no word of `no_service_codes` stands with them.
    pub(crate) loose_code_systems: Vec<String>,
    pub(crate) no_service_codes: Vec<String>,
    /// Words with which the name of criteria may end: "4th edition".
    pub(crate) editions: Vec<String>,
    /// Short forms that carry a full stop before the number of a page, section or item.
    pub(crate) abbreviated_places: Vec<String>,
    /// Words of the name of a plan that an employer or a union keeps.
    pub(crate) employer_plan: Vec<String>,
    /// Kinds of network at the end of a product's name: "HMO", "PPO", "PDP".
    pub(crate) network_kinds: Vec<String>,
    /// What the last word of a product's name may be: "Silver", "HSA".
    pub(crate) product: Vec<String>,
    /// What a plan calls its own letter.
    pub(crate) notices: Vec<String>,
    /// Words before the name of a diagnosis that are none: "your condition, …".
    pub(crate) diagnosis_leads: Vec<String>,
    /// Small words at a line's end with which the next line goes on.
    pub(crate) goes_on: Vec<String>,
    /// Words before a physician's name that say from whom something came.
    pub(crate) from_whom: Vec<String>,
    /// Words after which what "whether" asks is over.
    pub(crate) whether_ends: Vec<String>,
    /// How words for an appeal inside the plan begin, and words for a hearing before a public body.
    pub(crate) appeal_words: Vec<String>,
    pub(crate) hearing_words: Vec<String>,
    /// Words after "on" that go on with a service: "crown on tooth 19".
    pub(crate) on_body: Vec<String>,
    /// Words before "if" that make it no condition: "even if".
    pub(crate) even: Vec<String>,
    /// Words of a note in brackets after a provider's name: "in network", "Tier 1".
    pub(crate) bracket_notes: Vec<String>,
    /// Words of a row that names who holds the coverage, and of one that names who is covered through them.
    pub(crate) policyholder: Vec<String>,
    pub(crate) beneficiary: Vec<String>,
    /// Words for a number before it ("number", "no"), and for what a plan gives a number to ("request").
    pub(crate) number_words: Vec<String>,
    /// Words before "number", as in "under number 5-1", beside articles; words for the office of an organisation; for its unit for appeals.
    pub(crate) number_leads: Vec<String>,
    pub(crate) office_words: Vec<String>,
    pub(crate) office_more: Vec<String>,
    /// Words that lead to a reason for what was said.
    pub(crate) because: Vec<String>,
    pub(crate) appeal_units: Vec<String>,
    /// Words for a complaint that is no appeal, and words before "level" or "appeal" for one after the first.
    pub(crate) complaints: Vec<String>,
    /// Words of the products that plans sell: metals and the like.
    pub(crate) tiers: Vec<String>,
    /// Words of who made up their mind.
    pub(crate) resolved: Vec<String>,
    /// Between a "no" and what it denies.
    pub(crate) negated_links: Vec<String>,
    /// Before the name of a kind of plan: it is said for whoever has such a plan.
    pub(crate) for_others: Vec<String>,
    /// Before "address": whose post goes there, and no appeal.
    pub(crate) other_post: Vec<String>,
    /// Words that deny what follows them.
    pub(crate) nots: Vec<String>,
    pub(crate) later_levels: Vec<String>,
    pub(crate) request_words: Vec<String>,
    /// Participles right after an amount that was not paid: "$425.00 denied".
    pub(crate) refused: Vec<String>,
    /// Words of a row that is no service: "payment", "adjustment".
    pub(crate) not_services: Vec<String>,
    /// Words before a disease that the care is for: "for", "treat".
    pub(crate) disease_leads: Vec<String>,
    /// Names of code systems where a service's own name ends, and words after which it goes on with something else.
    pub(crate) code_names: Vec<String>,
    pub(crate) service_ends: Vec<String>,
    /// Words before a physician's name after a service, and after an organisation.
    pub(crate) by_doctor: Vec<String>,
    pub(crate) for_doctor: Vec<String>,
    /// Words with which a clause about criteria begins: ", which states".
    pub(crate) clause_marks: Vec<String>,
    /// Words between a telephone number and the address that follows.
    pub(crate) before_address: Vec<String>,
    /// Words after an amount that make it a limit: "or more".
    pub(crate) thresholds: Vec<String>,
    /// Groups of adjustment codes, as a column of their own gives them.
    pub(crate) adjustment_groups: Vec<String>,
    /// Words of a heading under which codes are explained: "Notes", "Remarks".
    pub(crate) remark_heads: Vec<String>,
    /// Words of a column's head that say that it holds codes.
    pub(crate) code_words: Vec<String>,
    /// Words that join a physician to a place: "of", "at".
    pub(crate) at_place: Vec<String>,
    /// First words of a row of totals.
    pub(crate) totals: Vec<String>,
    pub(crate) credentials: Vec<String>,
    /// Forms of "to be", after which a verb says what happened to an amount.
    pub(crate) be: Vec<String>,
    pub(crate) titles: Vec<String>,
    pub(crate) particles: Vec<String>,
    pub(crate) not_names: Vec<String>,
    pub(crate) states: Vec<String>,
    /// States written out.
    pub(crate) state_names: Vec<String>,
    pub(crate) service_stop: Vec<String>,
    pub(crate) service_lead: Vec<String>,
    pub(crate) service_generic: Vec<String>,
    pub(crate) provision_core: Vec<String>,
    pub(crate) provision_locator: Vec<String>,
    pub(crate) provision_glue: Vec<String>,
    /// Of the lists of criteria and their names, as written, in lower case.
    pub(crate) criteria_name_leads: Vec<String>,
    pub(crate) criteria_leads: Vec<String>,
    pub(crate) criteria_not_leads: Vec<String>,
    pub(crate) criteria_rules: Vec<String>,
    pub(crate) criteria_glue: Vec<String>,
    /// Words that make a name one of criteria: "guideline", "policy".
    pub(crate) criteria_core: Vec<String>,
    /// Words of somebody who writes about their own case; words of a plan that writes to them.
    pub(crate) first_person: Vec<String>,
    /// Words, and endings of words, without which nobody writes about a patient's care.
    pub(crate) clinical_words: Vec<String>,
    pub(crate) clinical_endings: Vec<String>,
    pub(crate) plan_voice: Vec<String>,
    /// Who treats a person, as that person calls them: "my doctor".
    pub(crate) who_treats: Vec<String>,
    /// What a physician has and a name follows: "Dr. Teague's office, …".
    pub(crate) own_places: Vec<String>,
    /// Words between two days of service: "On October 23 and again on November 6".
    pub(crate) day_joiners: Vec<String>,
    /// What a claim is called in a sentence.
    pub(crate) claim_words: Vec<String>,
    /// Words of an amount of care beside its number and unit: "20 hours per week".
    pub(crate) quantity_words: Vec<String>,
    /// Whom a letter to a provider greets: "Dear Colleague", "Dear Provider".
    pub(crate) colleagues: Vec<String>,
    /// Words before the name of a plan in a sentence that say whose it is: "your", "su".
    pub(crate) whose_plan: Vec<String>,
    pub(crate) specialties: Vec<String>,
    pub(crate) public_sites: Vec<String>,
    pub(crate) address_words: Vec<String>,
}

impl Words {
    /// Folds and sorts the lists that are searched word by word.
    pub(crate) fn folded(mut self) -> Words {
        for list in [
            &mut self.abbreviations,
            &mut self.organisation,
            &mut self.not_issuer,
            &mut self.organisation_more,
            &mut self.department,
            &mut self.account,
            &mut self.company_forms,
            &mut self.facility,
            &mut self.facility_endings,
            &mut self.place_nouns,
            &mut self.not_facility,
            &mut self.totals,
            &mut self.at_place,
            &mut self.code_words,
            &mut self.remark_heads,
            &mut self.number_words,
            &mut self.number_leads,
            &mut self.office_words,
            &mut self.office_more,
            &mut self.because,
            &mut self.appeal_units,
            &mut self.complaints,
            &mut self.nots,
            &mut self.resolved,
            &mut self.negated_links,
            &mut self.for_others,
            &mut self.other_post,
            &mut self.tiers,
            &mut self.later_levels,
            &mut self.appeal_words,
            &mut self.request_words,
            &mut self.refused,
            &mut self.not_services,
            &mut self.disease_leads,
            &mut self.policyholder,
            &mut self.network_kinds,
            &mut self.product,
            &mut self.notices,
            &mut self.diagnosis_leads,
            &mut self.goes_on,
            &mut self.from_whom,
            &mut self.whether_ends,
            &mut self.hearing_words,
            &mut self.on_body,
            &mut self.even,
            &mut self.street_names,
            &mut self.public_bodies,
            &mut self.handed_over,
            &mut self.bracket_notes,
            &mut self.employer_plan,
            &mut self.abbreviated_places,
            &mut self.editions,
            &mut self.beneficiary,
            &mut self.sentence_openers,
            &mut self.label_leads,
            &mut self.verdict,
            &mut self.credentials,
            &mut self.be,
            &mut self.titles,
            &mut self.particles,
            &mut self.not_names,
            &mut self.service_stop,
            &mut self.service_lead,
            &mut self.service_generic,
            &mut self.provision_core,
            &mut self.provision_locator,
            &mut self.provision_glue,
            &mut self.criteria_glue,
            &mut self.criteria_core,
            &mut self.state_names,
            &mut self.address_words,
            &mut self.first_person,
            &mut self.clinical_words,
            &mut self.clinical_endings,
            &mut self.plan_voice,
            &mut self.who_treats,
            &mut self.whose_plan,
            &mut self.quantity_words,
            &mut self.claim_words,
            &mut self.day_joiners,
            &mut self.own_places,
            &mut self.colleagues,
            &mut self.page_words,
            &mut self.mail_head,
            &mut self.mail_subject,
            &mut self.mail_to,
            &mut self.mail_date,
        ] {
            fold_list(list);
        }
        self.numbers = self.numbers.into_iter().map(|(w, n)| (fold_word(&w), n)).collect();
        self.units = self.units.into_iter().map(|(w, n)| (fold_word(&w), n)).collect();
        self.day_kinds = self.day_kinds.into_iter().map(|(w, n)| (fold_word(&w), n)).collect();
        self
    }
}

impl Words {
    /// Whether a folded word names a place of care.
    pub(crate) fn is_place(&self, norm: &str) -> bool {
        holds(&self.facility, norm)
            || self.facility_endings.iter().any(|e| norm.len() > e.len() && norm.ends_with(e.as_str()))
    }
}
