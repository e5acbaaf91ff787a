//! Papers that do not agree: each side with its words, and a choice.

use journal::Loaded;
use maud::{Markup, html};

use crate::disputes::{self, Dispute, Side};
use crate::engine::{self, Study};
use crate::http::{Call, Problem, Reply};
use crate::layout;

/// What papers say differently, one form each; nothing when they agree.
pub(crate) fn cards(call: &Call, loaded: &Loaded, study: &Study) -> Markup {
    let w = call.words();
    html! {
        @for dispute in &study.disputes {
            section.note {
                p { strong { (w.t("differ.title")) } " " (w.t("differ.text")) }
                (layout::form(call, loaded, &format!("/case/{}/differ", loaded.id), &html! {
                    input type="hidden" name="which" value=(dispute.id);
                    fieldset.side-by-side {
                        legend { (super::papers::fact_name(w, dispute.fact)) }
                        @for (i, side) in dispute.sides.iter().enumerate() { (option(call, loaded, dispute, i, side)) }
                        label.choice { input type="radio" name="side" value="all"; span { (w.t("differ.all")) } }
                    }
                    div.buttons { button { (w.t("act.save")) } }
                }))
                p { (w.t("differ.other_person")) " "
                    @for (i, side) in dispute.sides.iter().enumerate() {
                        @if let Some(paper) = loaded.state.papers.iter().find(|p| p.name == side.file) {
                            @if i > 0 { " · " }
                            a href=(format!("/case/{}/paper/{}", loaded.id, paper.sha256)) { (side.file) }
                        }
                    }
                }
            }
        }
    }
}

fn option(call: &Call, loaded: &Loaded, dispute: &Dispute, place: usize, side: &Side) -> Markup {
    let w = call.words();
    let now = crate::facts_at::get(&loaded.state.case, dispute.fact);
    let value = match side.value.parse() {
        Ok(day) => crate::dates::short(day, call.lang),
        Err(_) => side.value.clone(),
    };
    html! {
        label.choice {
            input type="radio" name="side" value=(place) checked[now.as_deref() == Some(side.value.as_str())];
            span {
                strong { (value) }
                small { (side.file) ", " (w.f("reading.on_page", &[("n", &side.page.to_string())]))
                    // The words are repeated only where the value is not simply those words.
                    @if side.quote != value { ": “" (side.quote) "”" }
                }
            }
        }
    }
}

/// Keeps the choice. It is about this dispute: another paper that says a third thing is asked about again.
pub(crate) fn choose(call: &Call) -> Result<Reply, Problem> {
    let mut loaded = call.case_to_change()?;
    let study = engine::study(call, &loaded)?;
    let which = call.field("which").ok_or(Problem::Bad("problem.form"))?;
    let dispute = study.disputes.iter().find(|d| d.id == which).ok_or(Problem::Conflict)?;
    match call.field("side").ok_or(Problem::Bad("differ.none_chosen"))? {
        "all" => {}
        place => {
            let side = place.parse().ok().and_then(|p: usize| dispute.sides.get(p));
            let side = side.ok_or(Problem::Bad("problem.form"))?;
            let chosen = disputes::choose(&loaded.state.case, dispute, side);
            loaded.state.case = chosen.ok_or(Problem::Bad("problem.value"))?;
        }
    }
    loaded.state.done.push(dispute.id.clone());
    call.keep(&loaded, "paper.chosen")?;
    Ok(Reply::See(format!("/case/{}", loaded.id)))
}
