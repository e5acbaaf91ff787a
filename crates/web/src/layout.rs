//! The frame around every page, and the few pages that hold nothing of a case.

use std::sync::OnceLock;

use journal::Loaded;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::engine;
use crate::http::Call;
use crate::words::{Lang, Words};

/// A part of a case, as the menu names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Papers,
    Questions,
    Rights,
    Opinion,
    Treatments,
    Evidence,
    Letters,
    Packet,
    Log,
    History,
}

impl Section {
    const ALL: [Section; 11] = [
        Section::Overview,
        Section::Papers,
        Section::Questions,
        Section::Rights,
        Section::Opinion,
        Section::Treatments,
        Section::Evidence,
        Section::Letters,
        Section::Packet,
        Section::Log,
        Section::History,
    ];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Section::Overview => "",
            Section::Papers => "papers",
            Section::Questions => "questions",
            Section::Rights => "rights",
            Section::Opinion => "opinion",
            Section::Treatments => "treatments",
            Section::Evidence => "evidence",
            Section::Letters => "letters",
            Section::Packet => "packet",
            Section::Log => "log",
            Section::History => "history",
        }
    }

    pub(crate) fn name(self, w: &Words) -> &str {
        w.t(match self {
            Section::Overview => "menu.overview",
            Section::Papers => "menu.papers",
            Section::Questions => "menu.questions",
            Section::Rights => "menu.rights",
            Section::Opinion => "menu.opinion",
            Section::Treatments => "menu.treatments",
            Section::Evidence => "menu.evidence",
            Section::Letters => "menu.letters",
            Section::Packet => "menu.packet",
            Section::Log => "menu.log",
            Section::History => "menu.history",
        })
    }
}

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/app.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// The file behind an asset's address.
pub(crate) fn asset(name: &str) -> Option<(&'static str, &'static str)> {
    let assets =
        [("text/css; charset=utf-8", STYLE), ("text/javascript; charset=utf-8", SCRIPT), ("image/svg+xml", ICON)];
    addresses().iter().position(|a| a.strip_prefix("/assets/") == Some(name)).and_then(|i| assets.get(i).copied())
}

/// Addresses that change with the content, so that a browser may keep the files for good.
fn addresses() -> &'static [String; 3] {
    static ALL: OnceLock<[String; 3]> = OnceLock::new();
    ALL.get_or_init(|| {
        let name = |stem: &str, text: &str, end: &str| {
            let hash: String = Sha256::digest(text).iter().take(6).map(|b| format!("{b:02x}")).collect();
            format!("/assets/{stem}-{hash}.{end}")
        };
        [name("style", STYLE, "css"), name("app", SCRIPT, "js"), name("icon", ICON, "svg")]
    })
}

/// A page outside a case.
pub(crate) fn page(call: &Call, title: &str, body: &Markup) -> Markup {
    document(call.lang, title, Some(call), &html! { div.frame { main #main tabindex="-1" { (body) } } })
}

/// A page of a case, with its menu.
pub(crate) fn case_page(call: &Call, loaded: &Loaded, section: Section, title: &str, body: &Markup) -> Markup {
    let w = call.words();
    let name = loaded.state.name().unwrap_or_else(|| w.t("case.unnamed").to_string());
    let links = menu(&loaded.id, section, w);
    let title = if section == Section::Overview { title.to_string() } else { format!("{title} · {name}") };
    document(
        call.lang,
        &title,
        Some(call),
        &html! {
            div.frame {
                div.with-side {
                    div {
                        details.menu {
                            summary { (w.f("menu.open", &[("here", section.name(w))])) }
                            nav aria-label=(w.t("menu.label")) { (links) }
                        }
                        nav.side aria-label=(w.t("menu.label")) { (links) }
                    }
                    main #main tabindex="-1" {
                        @if section != Section::Overview { p.crumb { a href=(format!("/case/{}", loaded.id)) { (name) } } }
                        (body)
                    }
                }
            }
        },
    )
}

fn menu(id: &str, here: Section, w: &Words) -> Markup {
    html! {
        ul {
            @for section in Section::ALL {
                @let at = if section == Section::Overview { format!("/case/{id}") } else { format!("/case/{id}/{}", section.path()) };
                li { a href=(at) aria-current=[(section == here).then_some("page")] { (section.name(w)) } }
            }
        }
    }
}

fn document(lang: Lang, title: &str, known: Option<&Call>, body: &Markup) -> Markup {
    let w = lang.words();
    let [style, script, icon] = addresses();
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Corroborate" }
                link rel="stylesheet" href=(style);
                link rel="icon" href=(icon) type="image/svg+xml";
                script src=(script) defer {}
            }
            body {
                a.skip href="#main" { (w.t("frame.skip")) }
                header.top {
                    a.brand href="/" { "Corroborate" }
                    @if let Some(call) = known {
                        nav aria-label=(w.t("frame.site")) {
                            ul {
                                li { a href="/" { (w.t("frame.cases")) } }
                                li { a href="/settings" { (w.t("frame.settings")) } }
                                @for other in &[Lang::En, Lang::Es] {
                                    @if *other != lang {
                                        li { (speak(call, *other)) }
                                    }
                                }
                            }
                        }
                    }
                }
                (body)
                footer.foot { p { (w.t("frame.foot")) " " @if known.is_some() { a href="/about" { (w.t("frame.about")) } } } }
            }
        }
    }
}

/// One press turns the pages into another language, and the person stays where they are.
fn speak(call: &Call, other: Lang) -> Markup {
    html! {
        form.speak method="post" action="/settings/language" {
            (tokens(call, None))
            input type="hidden" name="back" value=(format!("/{}", call.path.join("/")));
            button.link name="language" value=(other.code()) lang=(other.code()) { (other.words().t("frame.own_name")) }
        }
    }
}

fn bare(lang: Lang, title: &str, body: &Markup) -> Markup {
    document(lang, title, None, &html! { div.frame { main #main tabindex="-1" { h1 { (title) } (body) } } })
}

/// For a browser that came with the token.
pub(crate) fn welcome(lang: Lang) -> Markup {
    let w = lang.words();
    bare(lang, w.t("welcome.title"), &html! { p { a.button href="/" { (w.t("welcome.go")) } } })
}

/// For a browser without the cookie.
pub(crate) fn stranger(lang: Lang) -> Markup {
    let w = lang.words();
    bare(lang, w.t("stranger.title"), &html! { p { (w.t("stranger.text")) } })
}

/// For a foreign host or origin.
pub(crate) fn foreign(lang: Lang) -> Markup {
    let w = lang.words();
    bare(lang, w.t("foreign.title"), &html! { p { (w.t("foreign.text")) } })
}

pub(crate) fn not_found(lang: Lang) -> Markup {
    let w = lang.words();
    bare(lang, w.t("missing.title"), &html! { p { (w.t("missing.text")) } p { a href="/" { (w.t("frame.cases")) } } })
}

/// A form that was made before the program was started again.
pub(crate) fn old_form(lang: Lang) -> Markup {
    let w = lang.words();
    bare(lang, w.t("old_form.title"), &html! { p { (w.t("old_form.text")) } })
}

/// A form or file that cannot be used, with the reason.
pub(crate) fn cannot_use(lang: Lang, why: &str) -> Markup {
    let w = lang.words();
    bare(lang, w.t("problem.title"), &html! { p { (why) } p { (w.t("problem.back")) } })
}

pub(crate) fn our_fault(lang: Lang) -> Markup {
    cannot_use(lang, lang.words().t("problem.our_fault"))
}

/// A form of a case: posts to `action` with the form token and the revision the person sees.
pub(crate) fn form(call: &Call, loaded: &Loaded, action: &str, body: &Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            (tokens(call, Some(loaded)))
            (body)
        }
    }
}

/// The hidden fields every form carries.
pub(crate) fn tokens(call: &Call, loaded: Option<&Loaded>) -> Markup {
    html! {
        input type="hidden" name="_form" value=(call.app.guard.form_token());
        @if let Some(loaded) = loaded { input type="hidden" name="_seen" value=(loaded.revision); }
    }
}

/// A text field with its label and hint.
pub(crate) fn text(name: &str, label: &str, hint: Option<&str>, value: &str) -> Markup {
    input("text", name, label, hint, value)
}

/// A field of another type (`date`, `number`).
pub(crate) fn input(kind: &str, name: &str, label: &str, hint: Option<&str>, value: &str) -> Markup {
    checked_input(kind, name, label, hint, value, None)
}

/// The same, with the sentence that says what is wrong with it, when something is.
pub(crate) fn checked_input(
    kind: &str,
    name: &str,
    label: &str,
    hint: Option<&str>,
    value: &str,
    wrong: Option<&str>,
) -> Markup {
    let (hint_id, wrong_id) = (format!("{name}-hint"), format!("{name}-wrong"));
    let described: Vec<&str> =
        [wrong.map(|_| wrong_id.as_str()), hint.map(|_| hint_id.as_str())].into_iter().flatten().collect();
    html! {
        div.field {
            label for=(name) { (label) }
            @if let Some(hint) = hint { span.hint id=(hint_id) { (hint) } }
            @if let Some(wrong) = wrong { p.wrong id=(wrong_id) role="alert" { (wrong) } }
            input type=(kind) id=(name) name=(name) value=(value) autocomplete="off" maxlength=[(kind == "text").then_some("2000")]
                aria-invalid=[wrong.map(|_| "true")] autofocus[wrong.is_some()]
                aria-describedby=[(!described.is_empty()).then(|| described.join(" "))];
        }
    }
}

/// A field of several lines.
pub(crate) fn area(name: &str, label: &str, hint: Option<&str>, value: &str) -> Markup {
    let hint_id = format!("{name}-hint");
    html! {
        div.field {
            label for=(name) { (label) }
            @if let Some(hint) = hint { span.hint id=(hint_id) { (hint) } }
            textarea id=(name) name=(name) rows="4" aria-describedby=[hint.map(|_| hint_id.as_str())] { (PreEscaped("\n")) (value) }
        }
    }
}

/// One of several answers; `options` are value, label and an explanation.
pub(crate) fn choices(
    name: &str,
    legend: &Markup,
    options: &[(String, String, Option<String>)],
    chosen: Option<&str>,
) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            @for (value, label, help) in options {
                label.choice {
                    input type="radio" name=(name) value=(value) checked[chosen == Some(value.as_str())];
                    span { (label) @if let Some(help) = help { small { (help) } } }
                }
            }
        }
    }
}

/// A list to pick from.
pub(crate) fn select(name: &str, label: &str, options: &[(String, String)], chosen: Option<&str>) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, text) in options { option value=(value) selected[chosen == Some(value.as_str())] { (text) } }
            }
        }
    }
}

/// What was noticed, below a heading, in the person's language. A fact it is about becomes a link to its question.
pub(crate) fn findings(call: &Call, loaded: &Loaded, list: &[facts::Finding]) -> Markup {
    noticed(call, loaded, list, &|_| false)
}

/// The same for what is said in English in every language: what was noticed in the text of a paper.
pub(crate) fn findings_in_english(call: &Call, loaded: &Loaded, list: &[facts::Finding]) -> Markup {
    noticed(call, loaded, list, &|_| engine::foreign(call.lang).is_some())
}

/// The same where only some of it is in English: those messages.
pub(crate) fn findings_partly_in_english(
    call: &Call,
    loaded: &Loaded,
    list: &[facts::Finding],
    english: &[String],
) -> Markup {
    noticed(call, loaded, list, &|finding| english.contains(&finding.message))
}

fn noticed(
    call: &Call,
    loaded: &Loaded,
    list: &[facts::Finding],
    in_english: &dyn Fn(&facts::Finding) -> bool,
) -> Markup {
    let lang = |finding: &facts::Finding| in_english(finding).then_some("en");
    let foreign = list.iter().filter(|f| in_english(f)).count();
    let w = call.words();
    let kb = call.spoken();
    let asked = |fact: &str| crate::questions::Questions::get().for_need(fact, &kb);
    html! {
        @if !list.is_empty() {
            div.note {
                p { strong { (w.t("finding.title")) } }
                @if foreign > 0 { p.small.soft { (w.t(if foreign == list.len() { "finding.in_english" } else { "finding.partly_in_english" })) } }
                ul {
                    @for finding in list {
                        li {
                            span lang=[lang(finding)] { (finding.message) }
                            @if let Some(question) = finding.about.as_deref().and_then(asked) {
                                " " a href=(format!("/case/{}/question/{}", loaded.id, question.id)) { (w.t("overview.answer")) span.off { ": " (question.words(w)) } }
                            } @else if let Some((path, label)) = way(&finding.code) {
                                " " a href=(format!("/case/{}/{path}", loaded.id)) { (w.t(label)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where something that was noticed is put right, and the words of the link.
fn way(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "authorization_not_enclosed" | "proof_not_enclosed" => {
            ("letter/authorized_representative", "overview.sign_form")
        }
        "opinion_after_changes" => ("letter/please_add", "letter.please_add"),
        "opinion_sentence" => ("opinion/check", "opinion.check"),
        "external_beside" => ("letter/external_review_request", "letter.external_review_request"),
        "criteria_not_shown"
        | "criteria_gap"
        | "criteria_not_met"
        | "reason_not_answered"
        | "reason_unanswered"
        | "definition_gap" => ("papers", "papers.add_title"),
        _ => return None,
    })
}

/// The law behind a sentence, folded away.
pub(crate) fn authorities(w: &Words, list: &[cite::Authority]) -> Markup {
    // Two places of one section prove two things; a person reads its name once.
    let same = |a: &cite::Authority, b: &cite::Authority| a.cite == b.cite && a.confidence == b.confidence;
    let first = |(i, a): &(usize, &cite::Authority)| !list.iter().take(*i).any(|earlier| same(earlier, a));
    html! {
        @if !list.is_empty() {
            p.small.soft {
                (w.t("law.label")) " "
                @for (i, (_, authority)) in list.iter().enumerate().filter(first).enumerate() {
                    @if i > 0 { "; " }
                    @match &authority.url {
                        // A link out of the app is text to copy: nothing here opens another site by accident.
                        Some(url) => span title=(url) { (authority.cite) },
                        None => (authority.cite),
                    }
                    @if let Some(confidence) = authority.confidence.filter(|c| *c >= cite::Confidence::Secondary) { " (" (w.of("confidence", confidence_word(confidence))) ")" }
                }
            }
        }
    }
}

fn confidence_word(confidence: cite::Confidence) -> &'static str {
    match confidence {
        cite::Confidence::OfficialText => "official_text",
        cite::Confidence::OfficialCopy => "official_copy",
        cite::Confidence::Secondary => "secondary",
        cite::Confidence::Unverified => "unverified",
    }
}
