//! Pages of a letter → units (a sentence, a bullet or a line), each with its place, its folded text and its clauses.
//!
//! The raw words are never changed: a unit keeps the byte range of its page, and every quote is cut from there. What the
//! rules read is the folded copy: lower case, no accents, plain quotes, dictated "comma" and "period" as signs.

use facts::Document;

use super::cues::Cue;
use super::rules::Rules;

/// Where in the letter a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Letterhead,
    Reference,
    Salutation,
    Body,
    Signature,
    Enclosure,
}

/// A sentence, a bullet or a line of the letter.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Page, counted from 0.
    pub(super) page: usize,
    /// The verbatim words, white space runs as one space.
    pub(super) raw: String,
    /// Folded words, for the rules.
    pub(super) plain: String,
    /// Folded words with people, plan and service tagged, quoted words taken out. Filled by `subject`.
    pub(super) text: String,
    pub(super) zone: Zone,
    /// Key of the section (`history`, `opinion` …), empty when none was announced.
    pub(super) section: String,
    /// Paragraph number.
    pub(super) block: usize,
    /// Whether it is a bullet or a numbered item.
    pub(super) bullet: bool,
    /// Whether it holds a blank or a bracket nobody filled in.
    pub(super) placeholder: bool,
    /// The writer's own clauses of `text`; none where another person's view is told. Filled by `voice`, as the next two.
    pub(super) own: Vec<String>,
    /// The same as one text.
    pub(super) own_text: String,
    /// The cues of `text`, whoever speaks.
    pub(super) cues: Vec<Cue>,
    /// What of it is weighed, word by word. Filled by `weigh`, in the body.
    pub(super) names: Vec<String>,
}

/// Folds a piece of text for the rules: ASCII lower case without accents, plain quotes, one space between words.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        let mut push = |s: &str| {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push_str(s);
        };
        match c {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            '‘' | '’' | 'ʼ' | '´' | '`' => push("'"),
            '“' | '”' | '«' | '»' | '„' => push("\""),
            '‐' | '‑' | '‒' | '–' | '—' | '−' => push("-"),
            '≥' => push(">="),
            '≤' => push("<="),
            'ﬁ' => push("fi"),
            'ﬂ' => push("fl"),
            c if c.is_ascii() => push(c.to_ascii_lowercase().encode_utf8(&mut [0; 4])),
            // The accent of the letter before, written apart.
            '\u{300}'..='\u{36f}' => {}
            c => push(box_sign(c).or(bare_letter(c)).unwrap_or("_")),
        }
    }
    out
}

/// A Latin letter without its accent: "é" is "e", "Ł" is "l".
fn bare_letter(c: char) -> Option<&'static str> {
    const LETTERS: [&str; 26] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v",
        "w", "x", "y", "z",
    ];
    let bare = match c {
        'ł' | 'Ł' => 'l',
        'ø' | 'Ø' => 'o',
        'đ' | 'Đ' | 'ð' | 'Ð' => 'd',
        'ı' => 'i',
        'ß' => return Some("ss"),
        'æ' | 'Æ' => return Some("ae"),
        'œ' | 'Œ' => return Some("oe"),
        'þ' | 'Þ' => return Some("th"),
        c => {
            let mut first = None;
            unicode_normalization::char::decompose_canonical(c, |d| first = first.or(Some(d)));
            first?
        }
    };
    let at = bare.is_ascii_alphabetic().then(|| bare.to_ascii_lowercase() as usize - 'a' as usize)?;
    LETTERS.get(at).copied()
}

/// A drawn box or tick as the sign that forms use.
pub(super) fn box_sign(c: char) -> Option<&'static str> {
    match c {
        '☐' | '□' | '◻' | '❏' | '❑' => Some("[ ]"),
        '☒' | '☑' | '✓' | '✔' | '■' => Some("[x]"),
        _ => None,
    }
}

/// White space runs as one space; nothing else is touched.
pub(super) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts the document into units.
pub(super) fn units(letter: &Document, rules: &Rules) -> Vec<Unit> {
    let mut out = Vec::new();
    let mut block = 0;
    for (page, p) in letter.pages.iter().enumerate() {
        let typed = Typed { dictated: is_dictated(&p.text), lowercase: is_lowercase(&p.text) };
        for para in paragraphs(&p.text, rules) {
            block += 1;
            for (start, end) in sentences(&p.text, para.start, para.end, typed, rules) {
                let slice = p.text.get(start..end).unwrap_or_default();
                if slice.chars().any(char::is_alphanumeric) || slice.contains("__") {
                    let mut plain = fold(slice);
                    if typed.dictated {
                        plain = undictate(&plain);
                    }
                    out.push(Unit {
                        page,
                        raw: tidy(slice),
                        text: plain.clone(),
                        plain,
                        zone: Zone::Body,
                        section: String::new(),
                        block,
                        bullet: para.bullet,
                        placeholder: false,
                        own: Vec::new(),
                        own_text: String::new(),
                        cues: Vec::new(),
                        names: Vec::new(),
                    });
                }
            }
        }
    }
    join_pages(&mut out, letter, rules);
    repair_scan(&mut out, letter, rules);
    for u in &mut out {
        u.placeholder = rules.placeholder(&u.raw);
    }
    out
}

/// A sentence that goes on at the top of the next page is one sentence. Its words stay as they are; its place is where it
/// begins. Only where nothing stands between the two parts: a footer between them would be quoted with them.
fn join_pages(units: &mut Vec<Unit>, letter: &Document, rules: &Rules) {
    let pages: Vec<String> = letter.pages.iter().map(|p| tidy(&p.text)).collect();
    let page = |n: usize| pages.get(n).map_or("", String::as_str);
    let goes_on = |a: &Unit, b: &Unit| {
        b.page == a.page + 1
            && page(a.page).ends_with(&a.raw)
            && page(b.page).starts_with(&b.raw)
            && !b.bullet
            && b.raw.starts_with(char::is_lowercase)
            && !a.raw.ends_with(['.', '?', '!', ':', ';', '"', '”', ')'])
            && a.raw.split(' ').count() > 2
            && !rules.is_heading(&a.raw)
    };
    let mut i = 0;
    while i + 1 < units.len() {
        let joins = matches!(units.get(i..i + 2), Some([a, b]) if goes_on(a, b));
        if !joins {
            i += 1;
            continue;
        }
        let rest = units.remove(i + 1);
        if let Some(first) = units.get_mut(i) {
            for (start, more) in
                [(&mut first.raw, &rest.raw), (&mut first.plain, &rest.plain), (&mut first.text, &rest.text)]
            {
                start.push(' ');
                start.push_str(more);
            }
        }
        i += 1;
    }
}

fn is_dictated(text: &str) -> bool {
    let words = text.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase());
    words.filter(|w| w == "period" || w == "comma").count() >= 3
}

fn is_lowercase(text: &str) -> bool {
    let (upper, all) =
        text.chars().filter(|c| c.is_alphabetic()).fold((0, 0), |(u, a), c| (u + usize::from(c.is_uppercase()), a + 1));
    all > 80 && upper * 60 < all
}

/// "comma" and "period" that were spoken become signs.
fn undictate(plain: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let words: Vec<&str> = plain.split(' ').collect();
    let mut i = 0;
    while let Some(word) = words.get(i) {
        let bare = word.trim_matches(|c: char| c == ',' || c == '.');
        let sign = match bare {
            "comma" => Some(","),
            "period" | "stop" if words.get(i + 1).is_none() => Some("."),
            "period" => Some("."),
            "colon" => Some(":"),
            _ => None,
        };
        if bare == "new" && words.get(i + 1).is_some_and(|w| w.starts_with("paragraph") || w.starts_with("line")) {
            i += 2;
            continue;
        }
        match (sign, out.last_mut()) {
            (Some(s), Some(last)) => {
                if !last.ends_with([',', '.', ':']) {
                    last.push_str(s);
                }
            }
            (Some(_), None) => {}
            (None, _) => out.push((*word).to_string()),
        }
        i += 1;
    }
    out.join(" ")
}

/// How a line of reference begins, and the least words of a sentence that stands right under it.
const REFERENCE: [&str; 6] = ["re:", "ref:", "reference:", "regarding:", "subject:", "asunto:"];
const SENTENCE: usize = 5;

struct Paragraph {
    start: usize,
    end: usize,
    bullet: bool,
}

/// Lines → paragraphs: a new one at an empty line, a bullet, a heading, a "Key: value" line, or after a short line.
fn paragraphs(text: &str, rules: &Rules) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut at = 0;
    let width = text.lines().map(|l| l.trim_end().chars().count()).max().unwrap_or(0).max(40);
    let mut open = false;
    let mut previous_short = false;
    let mut after_reference = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim();
        if body.is_empty() {
            open = false;
            continue;
        }
        let lead = line.len() - line.trim_start().len();
        let marker = bullet_marker(body);
        let begins = start + lead + marker;
        let ends = start + line.trim_end().len();
        let starts_upper =
            body.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || "[(\"“_<".contains(c));
        let brief = body.chars().count() * 2 < width;
        let fresh = !open
            || marker > 0
            || rules.is_heading(body)
            || key_line(body)
            || (previous_short && (starts_upper || brief))
            // "Re: Harold Beckman (CPT 22633)" and, on the next line, "I do not recommend the fusion."
            || (after_reference
                && body.starts_with(char::is_uppercase)
                && body.ends_with(['.', '!', '?'])
                && body.split(' ').count() >= SENTENCE);
        match out.last_mut() {
            Some(last) if !fresh => last.end = ends,
            _ => out.push(Paragraph { start: begins, end: ends, bullet: marker > 0 }),
        }
        let plain = fold(body);
        after_reference = REFERENCE.iter().any(|label| plain.starts_with(label));
        open = !(rules.is_heading(body) || rules.is("zone.closing", &plain) || rules.is("zone.salutation", &plain));
        let long_enough = body.chars().count() * 10 >= width * 6 || body.chars().count() > 78;
        previous_short = !long_enough && !body.ends_with([',', ';', '-']) || body.ends_with([':']);
    }
    out
}

/// Length of a bullet or number at the start of a line, with the white space after it; 0 when there is none.
fn bullet_marker(line: &str) -> usize {
    let mut chars = line.char_indices();
    let Some((_, first)) = chars.next() else { return 0 };
    let after = |from: usize| {
        let rest = line.get(from..).unwrap_or_default();
        let trimmed = rest.trim_start();
        if trimmed.is_empty() || rest.len() == trimmed.len() { 0 } else { from + rest.len() - trimmed.len() }
    };
    if "-•*▪◦·–—>o".contains(first) && line.get(first.len_utf8()..).is_some_and(|r| r.starts_with([' ', '\t']))
    {
        return after(first.len_utf8());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits) && line.get(digits..).is_some_and(|r| r.starts_with(['.', ')'])) {
        return after(digits + 1);
    }
    if first == '(' {
        let inner = line.bytes().skip(1).take_while(u8::is_ascii_alphanumeric).count();
        if (1..=2).contains(&inner) && line.get(inner + 1..).is_some_and(|r| r.starts_with(')')) {
            return after(inner + 2);
        }
    }
    0
}

/// `Date: …`, `Patient: …`: a short capitalised key, a colon, a value.
fn key_line(line: &str) -> bool {
    let Some((key, _)) = line.split_once(':') else { return false };
    key.len() <= 32
        && key.split_whitespace().count() <= 4
        && key.chars().next().is_some_and(char::is_uppercase)
        && !key.contains(['.', ','])
}

/// How a page is typed, looked at once a page.
#[derive(Debug, Clone, Copy)]
struct Typed {
    /// Signs are spoken: "comma", "period".
    dictated: bool,
    /// There are hardly any capitals.
    lowercase: bool,
}

/// Byte ranges of the sentences of a paragraph.
fn sentences(text: &str, start: usize, end: usize, typed: Typed, rules: &Rules) -> Vec<(usize, usize)> {
    let Typed { dictated, lowercase } = typed;
    let mut out = Vec::new();
    let slice = text.get(start..end).unwrap_or_default();
    let mut from = 0;
    let chars: Vec<(usize, char)> = slice.char_indices().collect();
    let mut k = 0;
    while let Some(&(i, c)) = chars.get(k) {
        k += 1;
        let cut = match c {
            '.' | '?' | '!' => {
                let mut j = k;
                while chars.get(j).is_some_and(|x| ")\"”’'?!.]".contains(x.1)) {
                    j += 1;
                }
                let Some(&(after, next)) = chars.get(j) else { continue };
                if !next.is_whitespace() {
                    continue;
                }
                let follower = slice.get(after..).unwrap_or_default().trim_start().chars().next();
                let opens = follower
                    .is_some_and(|f| f.is_uppercase() || f.is_ascii_digit() || "\"“([¿¡-•_</".contains(f) || lowercase);
                if !opens || (c == '.' && abbreviation(slice.get(from..i).unwrap_or_default(), follower, rules)) {
                    continue;
                }
                // A bracket may hold sentences of its own, each with its label in `tests/opinions/sentences/`; a citation holds none.
                if c == '.' && cite::stop_in_citation(slice, i) {
                    continue;
                }
                Some(after)
            }
            'p' | 'P' if dictated => {
                let word = slice.get(i..).unwrap_or_default();
                let boundary = i > 0 && slice.as_bytes().get(i - 1).is_some_and(u8::is_ascii_whitespace);
                let is_period = boundary
                    && word.get(..6).is_some_and(|w| w.eq_ignore_ascii_case("period"))
                    && word.get(6..).is_none_or(|r| !r.starts_with(|c: char| c.is_alphanumeric()))
                    && !slice.get(..i).unwrap_or_default().trim_end().ends_with([',']);
                is_period.then(|| i + 6)
            }
            _ => None,
        };
        if let Some(cut) = cut {
            push_trimmed(&mut out, text, start + from, start + cut);
            from = cut;
            while chars.get(k).is_some_and(|x| x.0 < cut) {
                k += 1;
            }
        }
    }
    push_trimmed(&mut out, text, start + from, end);
    out
}

fn push_trimmed(out: &mut Vec<(usize, usize)>, text: &str, start: usize, end: usize) {
    let Some(slice) = text.get(start..end) else { return };
    let lead = slice.len() - slice.trim_start_matches(|c: char| c.is_whitespace() || c == '.').len();
    let length = slice.trim_end().len();
    if length > lead {
        out.push((start + lead, start + length));
    }
}

/// Whether the words before a full stop end in an abbreviation, so that the stop does not end the sentence.
fn abbreviation(before: &str, follower: Option<char>, rules: &Rules) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(' || c == '"').next().unwrap_or_default();
    let bare = word.to_ascii_lowercase();
    let digit = follower.is_some_and(|c| c.is_ascii_digit());
    rules.listed("abbreviations", &bare)
        || digit && rules.listed("abbreviations_before_number", &bare)
        || word.len() == 1
            && word.chars().all(char::is_uppercase)
            && word != "I"
            && !before.ends_with(|c: char| c.is_ascii_digit())
}

/// Words a scanner misread (`recornmend`, `va1ve`, `l` for `I`) are mended in the folded copy, when the mended word is one
/// that the rules or common letters know.
fn repair_scan(units: &mut [Unit], letter: &Document, rules: &Rules) {
    let noisy = units.iter().flat_map(|u| u.plain.split(' ')).filter(|w| mixed(w)).count() >= 3;
    if !noisy && letter.text_from != facts::TextFrom::Ocr {
        return;
    }
    for u in units {
        let mended: Vec<String> = u.plain.split(' ').map(|w| mend(w, rules)).collect();
        u.plain = mended.join(" ");
        u.text.clone_from(&u.plain);
    }
}

/// A word with a digit among at least three letters.
fn mixed(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    letters >= 3 && (1..=2).contains(&digits) && !word.contains(['@', '/'])
}

fn mend(word: &str, rules: &Rules) -> String {
    if word == "l" {
        return "i".into();
    }
    let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if core.is_empty() {
        return word.into();
    }
    let letters = core.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = core.bytes().filter(u8::is_ascii_digit).count();
    let fixed = if digits > 0 && letters >= digits {
        let as_letters: String = core
            .chars()
            .map(|c| match c {
                '1' => 'l',
                '0' => 'o',
                '5' => 's',
                '8' => 'b',
                c => c,
            })
            .collect();
        let as_i = core.replace('1', "i").replace('0', "o");
        if rules.knows(&as_letters) || (letters >= 4 && mixed(core) && !rules.knows(&as_i)) {
            as_letters
        } else if rules.knows(&as_i) {
            as_i
        } else {
            core.to_string()
        }
    } else if digits > letters && letters > 0 && core.chars().all(|c| c.is_ascii_digit() || "losi/.,-".contains(c)) {
        core.replace(['l', 'i'], "1").replace('o', "0").replace('s', "5")
    } else if core.contains("rn") && !rules.knows(core) {
        let as_m = core.replace("rn", "m");
        if rules.knows(&as_m) { as_m } else { core.to_string() }
    } else {
        return word.into();
    };
    word.replacen(core, &fixed, 1)
}

/// Cuts a folded sentence into clauses at semicolons, "but", "however", a comma before a new subject, and the like.
pub(super) fn clauses<'a>(text: &'a str, rules: &Rules) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut from = 0;
    for m in rules.clause_break(text) {
        // "Recommendation: knee replacement" stays whole.
        let label = text.get(m..).is_some_and(|t| t.starts_with(": "))
            && text.get(from..m).is_some_and(|p| p.trim().split(' ').count() <= 3);
        if label {
            continue;
        }
        if let Some(part) = text.get(from..m).filter(|p| !p.trim().is_empty()) {
            out.push(part.trim());
        }
        from = m;
    }
    if let Some(part) = text.get(from..).filter(|p| !p.trim().is_empty()) {
        out.push(part.trim());
    }
    out
}
