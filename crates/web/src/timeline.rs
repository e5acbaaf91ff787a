//! Dates drawn on a line, with today. Beside every drawing the same dates stand as a list.

use calendar::Date;
use maud::{Markup, html};

use crate::dates;
use crate::words::Lang;

/// Something that has a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) date: Date,
    pub(crate) label: String,
    /// Drawn as the date to keep.
    pub(crate) strong: bool,
}

const WIDTH: i32 = 760;
const LEFT: i32 = 14;
const RIGHT: i32 = 746;
/// What a character of a label takes, in the drawing's units; generous, so that labels do not touch.
const PER_CHARACTER: i32 = 7;
const LANE: i32 = 42;
/// The characters of a label that are drawn; the list beside the drawing has all of them.
const LONGEST: usize = 56;

/// The line of dates; nothing for fewer than two.
pub(crate) fn draw(points: &[Point], today: Date, lang: Lang) -> Markup {
    let w = lang.words();
    let mut points = points.to_vec();
    points.sort_by_key(|p| p.date);
    points.dedup();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return html! {} };
    let (from, to) = (first.date.min(today), last.date.max(today));
    let days = dates::days_between(from, to).max(1);
    let x = |date: Date| LEFT + (RIGHT - LEFT) * dates::days_between(from, date).clamp(0, days) / days;
    let lanes = lanes(&points.iter().map(|p| (x(p.date), width(p, lang))).collect::<Vec<_>>());
    let deepest = lanes.iter().map(|(lane, _)| *lane).max().unwrap_or(0);
    let height = 62 + LANE * (deepest + 1);
    html! {
        figure.timeline {
            div.wide-only aria-hidden="true" {
                svg viewBox=(format!("0 0 {WIDTH} {height}")) {
                    line.t-line x1=(LEFT) x2=(RIGHT) y1="40" y2="40" {}
                    @for (point, (lane, _)) in points.iter().zip(&lanes) {
                        line.t-stem x1=(x(point.date)) x2=(x(point.date)) y1="40" y2=(59 + LANE * lane) {}
                    }
                    // A label lies over the lines that lead past it to a deeper one.
                    @for (point, (lane, left)) in points.iter().zip(&lanes) {
                        rect.t-under x=(left - 2) y=(59 + LANE * lane) width=(width(point, lang) - 6) height="34" {}
                    }
                    @for (point, (lane, left)) in points.iter().zip(&lanes) {
                        @let y = 72 + LANE * lane;
                        circle class=(if point.date < today { "t-past" } else { "t-dot" }) cx=(x(point.date)) cy="40" r=(if point.strong { 8 } else { 6 }) {}
                        text class=(if point.strong { "strong" } else { "" }) x=(left) y=(y) { (cut(&point.label)) }
                        text.t-soft x=(left) y=(y + 17) { (dates::short(point.date, lang)) }
                    }
                    line.t-today x1=(x(today)) x2=(x(today)) y1="20" y2="56" {}
                    text.strong x=(x(today).clamp(110, WIDTH - 110)) y="14" text-anchor="middle" { (w.t("date.today_label")) ": " (dates::short(today, lang)) }
                }
            }
            ul.dates.narrow-only {
                @for point in &points {
                    li {
                        span.soft { (dates::time(point.date, lang)) }
                        span { @if point.strong { strong { (point.label) } } @else { (point.label) } " " span.soft.small { (dates::away(point.date, today, w)) } }
                    }
                }
            }
        }
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LONGEST {
        label.into()
    } else {
        label.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

fn width(point: &Point, lang: Lang) -> i32 {
    let label = cut(&point.label).chars().count().max(dates::short(point.date, lang).chars().count());
    i32::try_from(label).unwrap_or(56) * PER_CHARACTER + 10
}

/// For labels given as position and width: the lane of each and where it begins, so that no two overlap.
fn lanes(labels: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut taken: Vec<Vec<(i32, i32)>> = Vec::new();
    labels
        .iter()
        .map(|(x, width)| {
            let left = (x - 6).min(WIDTH - width).max(0);
            let free = |lane: &Vec<(i32, i32)>| lane.iter().all(|(l, r)| left >= *r || left + width <= *l);
            let lane = taken.iter().position(free).unwrap_or_else(|| {
                taken.push(Vec::new());
                taken.len() - 1
            });
            if let Some(spans) = taken.get_mut(lane) {
                spans.push((left, left + width));
            }
            (i32::try_from(lane).unwrap_or(0), left)
        })
        .collect()
}

/// Something that lasted.
pub(crate) struct Bar {
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
    pub(crate) label: String,
}

/// Treatments as bars below each other; nothing without a dated one.
pub(crate) fn bars(bars: &[Bar], today: Date, lang: Lang) -> Markup {
    let Some(from) = bars.iter().map(|b| b.from).min() else { return html! {} };
    let days = dates::days_between(from, today).max(1);
    let x = |date: Date| LEFT + (RIGHT - LEFT) * dates::days_between(from, date).clamp(0, days) / days;
    let height = 34 + 46 * i32::try_from(bars.len()).unwrap_or(0);
    html! {
        figure.timeline.wide-only aria-hidden="true" {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) {
                @for (i, bar) in (0i32..).zip(bars) {
                    @let end = bar.to.unwrap_or(today).min(today).max(bar.from);
                    text x=(LEFT) y=(18 + 46 * i) { (cut(&bar.label)) }
                    rect.t-bar x=(x(bar.from)) y=(25 + 46 * i) width=((x(end) - x(bar.from)).max(6)) height="14" rx="7" {}
                }
                text.t-soft x=(LEFT) y=(height - 6) { (dates::short(from, lang)) }
                text.t-soft x=(RIGHT) y=(height - 6) text-anchor="end" { (dates::short(today, lang)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn labels_never_overlap_and_stay_inside(labels in prop::collection::vec((LEFT..RIGHT, 40..250i32), 0..12)) {
            let placed = lanes(&labels);
            for (i, ((_, w), (lane, left))) in labels.iter().zip(&placed).enumerate() {
                prop_assert!(*left >= 0 && left + w <= WIDTH);
                for ((_, v), (other, l)) in labels.iter().zip(&placed).skip(i + 1) {
                    prop_assert!(lane != other || left + w <= *l || l + v <= *left);
                }
            }
        }
    }

    #[test]
    fn far_dates_are_drawn() {
        let day = |t: &str| t.parse::<Date>().unwrap();
        let point = |date, label: &str| Point { date, label: label.into(), strong: false };
        let html = draw(&[point(day("1990-01-01"), "a"), point(day("2199-12-31"), "b")], day("2026-11-25"), Lang::En);
        assert!(html.into_string().contains("Today"));
        assert_eq!(draw(&[], day("2026-11-25"), Lang::En).into_string(), "");
    }
}
