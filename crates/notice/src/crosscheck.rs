//! What does not fit together: findings, never rejections. Each says what was noticed and what to do.

use facts::{Document, Field, Finding, Reading};
use jiff::civil::Date;

use crate::data::Reader;
use crate::reading::looked_at;

/// Fields of which one case has one value, so that two papers should agree.
const SHARED: [&str; 6] =
    ["member.id", "plan.group_number", "patient.name", "patient.date_of_birth", "plan.issuer", "claim.number"];

impl Reader {
    /// Checks a reading against itself and against the papers' text.
    pub fn crosscheck(&self, reading: &Reading, documents: &[Document]) -> Vec<Finding> {
        let mut out = Vec::new();
        out.extend(documents.iter().flat_map(|d| self.npis(d)));
        for number in 0..reading.documents.len() {
            let fields: Vec<&Field> = reading.fields.iter().filter(|f| f.document == number).collect();
            let name = reading.documents.get(number).map_or("", |d| d.name.as_str());
            out.extend(self.dates_fit(&fields, name));
            out.extend(amounts_fit(&fields, name));
        }
        out.extend(documents.iter().flat_map(|d| self.totals_fit(d)));
        out.extend(disagreements(reading));
        out.extend(self.photos_of_one(documents));
        out
    }

    fn npis(&self, document: &Document) -> Vec<Finding> {
        let written = document.pages.iter().flat_map(|p| self.scan.npis(&p.text));
        let wrong = written.filter(|npi| !is_npi(npi));
        wrong
            .map(|npi| {
                let message = format!("The provider number (NPI) {npi} has a wrong check digit. Compare it with the paper; one digit may have been misread.");
                Finding::new("npi_check_digit", message).about(&document.name)
            })
            .collect()
    }

    fn dates_fit(&self, fields: &[&Field], paper: &str) -> Vec<Finding> {
        let mut out = Vec::new();
        let notice = day(fields, "notice.dated");
        let birth = day(fields, "patient.date_of_birth");
        let (service, deadline) = (day(fields, "service.date"), day(fields, "appeal.deadline_stated"));
        let mut order = |earlier: Option<Date>, later: Option<Date>, what: &str| {
            if let (Some(a), Some(b)) = (earlier, later)
                && a > b
            {
                let message = format!(
                    "{what}: {a} and {b}. Check the two dates on the paper; a year or month may have been misread."
                );
                out.push(Finding::new("dates_out_of_order", message).about(paper));
            }
        };
        order(birth, service, "The date of birth is after the date of service");
        order(birth, notice, "The date of birth is after the date of the letter");
        order(notice, deadline, "The last day to appeal is before the date of the letter");
        let far = |a: Option<Date>, b: Option<Date>| {
            a.zip(b)
                .is_some_and(|(a, b)| i32::from(a.year()).abs_diff(i32::from(b.year())) > self.checks.most_years_apart)
        };
        for (other, what) in [(service, "date of service"), (deadline, "last day to appeal")] {
            if far(notice, other) {
                let message = format!("The {what} is many years from the date of the letter. Check the year of both.");
                out.push(Finding::new("year_unlikely", message).about(paper));
            }
        }
        out.extend(self.window_fits(fields, notice, deadline, paper));
        out
    }

    /// A stated last day should lie about the stated window after the letter.
    fn window_fits(
        &self,
        fields: &[&Field],
        notice: Option<Date>,
        deadline: Option<Date>,
        paper: &str,
    ) -> Option<Finding> {
        let window = fields.iter().find(|f| f.name == "appeal.window_stated")?;
        let days: i64 = window.value.strip_suffix(" days")?.parse().ok()?;
        let (notice, deadline) = (notice?, deadline?);
        let between = i64::from(notice.until(deadline).ok()?.get_days());
        (between.abs_diff(days) > self.checks.deadline_slack_days).then(|| {
            let message = format!(
                "The letter gives {} to appeal and also names {deadline} as the last day; counted from its own date, {notice}, the two do not agree. Use the earlier one until the plan has answered which it is.",
                window.value
            );
            Finding::new("deadline_differs_from_window", message).about(paper)
        })
    }

    fn totals_fit(&self, document: &Document) -> Vec<Finding> {
        let mut out = Vec::new();
        for (number, page) in document.pages.iter().enumerate() {
            for (head, sum, total) in self.table_totals(looked_at(&page.text, self.words.page_bytes), number + 1) {
                if sum != total {
                    let message = format!(
                        "In the column “{head}” the lines add up to ${} but the total says ${}. Ask the plan for a corrected statement.",
                        dollars(sum),
                        dollars(total)
                    );
                    out.push(Finding::new("amounts_do_not_add_up", message).about(&document.name));
                }
            }
        }
        out
    }
}

/// The check digit of a National Provider Identifier: Luhn's sum over 80840 and the ten digits (45 CFR 162.406).
fn is_npi(npi: &str) -> bool {
    let digits = "80840".bytes().chain(npi.bytes()).map(|b| u32::from(b.wrapping_sub(b'0')));
    let digits: Vec<u32> = digits.collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match i % 2 {
            0 => *d,
            _ => d * 2 / 10 + d * 2 % 10,
        })
        .sum();
    npi.len() == 10 && digits.iter().all(|d| *d <= 9) && sum.is_multiple_of(10)
}

fn day(fields: &[&Field], name: &str) -> Option<Date> {
    let field = fields.iter().find(|f| f.name == name)?;
    field.value.split('/').next()?.parse().ok()
}

/// Dollars and cents as cents.
pub(crate) fn cents(value: &str) -> Option<i64> {
    let (whole, part) = value.split_once('.')?;
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    Some(whole.parse::<i64>().ok()?.checked_mul(100)? + sign * part.parse::<i64>().ok()?)
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents.abs() % 100)
}

fn amounts_fit(fields: &[&Field], paper: &str) -> Option<Finding> {
    let sum = |name: &str| -> Option<i64> {
        let values: Vec<i64> = fields.iter().filter(|f| f.name == name).filter_map(|f| cents(&f.value)).collect();
        (!values.is_empty()).then(|| values.iter().fold(0_i64, |a, b| a.saturating_add(*b)))
    };
    let (billed, denied) = (sum("amount.billed")?, sum("amount.denied")?);
    (denied > billed).then(|| {
        let message = format!(
            "The paper shows more denied (${}) than billed (${}). Check the amounts.",
            dollars(denied),
            dollars(billed)
        );
        Finding::new("denied_more_than_billed", message).about(paper)
    })
}

/// Papers that name another person, plan or claim, across all papers of a reading: letters and electronic answers alike.
pub fn disagreements(reading: &Reading) -> Vec<Finding> {
    let paper = |f: &Field| reading.documents.get(f.document).map_or(String::new(), |d| d.name.clone());
    let told = disputes(reading).into_iter().filter_map(|values| match values.as_slice() {
        [first, second, ..] => {
            let message = format!(
                "Two papers disagree: {} says “{}” and {} says “{}”. Look at both and choose the right one.",
                paper(first),
                first.value,
                paper(second),
                second.value
            );
            Some(Finding::new("papers_disagree", message).about(&first.name))
        }
        _ => None,
    });
    told.collect()
}

/// The different values that papers give for what a case has only one of: two or more of one field, each the first of its
/// paper.
pub fn disputes(reading: &Reading) -> Vec<Vec<&Field>> {
    let of = |name: &str| {
        let mut values: Vec<&Field> = Vec::new();
        for field in reading.fields.iter().filter(|f| f.name == name) {
            let agree =
                |v: &str| if name == "patient.name" { same_person(v, &field.value) } else { same(v, &field.value) };
            let known = values.iter().any(|v| agree(&v.value) || v.document == field.document);
            if !known {
                values.push(field);
            }
        }
        values
    };
    SHARED.iter().map(|name| of(name)).filter(|values| values.len() > 1).collect()
}

/// Whether two ways to write a name may mean one person: the words of the shorter all stand in the longer, in whatever order
/// ("DIAZ, ANA M" is "Ana Diaz"), and initials do not contradict what is left ("Ana M. Diaz" is no "Ana R. Diaz").
fn same_person(a: &str, b: &str) -> bool {
    let words = |s: &str| -> Vec<String> {
        let parts = s.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
        parts.map(crate::phrase::fold_word).filter(|w| !w.is_empty()).collect()
    };
    let (a, b) = (words(a), words(b));
    let (short, mut rest) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut left = Vec::new();
    for word in short {
        match rest.iter().position(|w| *w == word) {
            Some(at) => drop(rest.remove(at)),
            None => left.push(word),
        }
    }
    left.iter().all(|word| {
        let one = |w: &str| w.chars().count() == 1;
        let fits = |w: &String| one(word) && w.starts_with(word.as_str()) || one(w) && word.starts_with(w.as_str());
        rest.iter().position(fits).map(|at| rest.remove(at)).is_some()
    })
}

/// Equal but for case, blanks and punctuation, or one within the other.
fn same(a: &str, b: &str) -> bool {
    let fold = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (a, b) = (fold(a), fold(b));
    a.contains(&b) || b.contains(&a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_of_an_npi() {
        assert!(is_npi("1234567893")); // the worked example of the NPI standard
        assert!(!is_npi("1234567890"));
        assert!(!is_npi("123456789"));
        assert!(!is_npi("12345678é3"));
    }

    #[test]
    fn names_are_compared_as_names() {
        for (a, b) in [
            ("Walter Example", "EXAMPLE, WALTER J"),
            ("EXAMPLE, DANA", "Dana Example"),
            ("José Peña", "PENA JOSE"),
            ("W. J. Example", "Walter James Example"),
        ] {
            assert!(same_person(a, b) && same_person(b, a), "{a} / {b}");
        }
        for (a, b) in [
            ("Walter Example", "Walter Sample"),
            ("Ana M. Diaz", "Ana R. Diaz"),
            ("Walter Example Jr", "Walter Example Sr"),
            ("Dana Example", "Dina Example"),
        ] {
            assert!(!same_person(a, b) && !same_person(b, a), "{a} / {b}");
        }
    }

    #[test]
    fn cents_of_amounts() {
        assert_eq!(cents("1250.05"), Some(125_005));
        assert_eq!(cents("-3.10"), Some(-310));
        assert_eq!(cents("12"), None);
    }
}
