//! Which page function answers which address: the whole app in one table.

use crate::http::{Call, Handler};
use crate::pages::{
    about, assets, cases, differ, evidence, history, join, letters, log, opinion, overview, packet, papers, question,
    rights, settings, taken_back, treatments,
};

/// The page function for a request.
pub(crate) fn find(call: &Call) -> Option<Handler> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    if call.posts { post(&path) } else { get(&path) }
}

/// Whether there is a page at a path.
pub(crate) fn shows(path: &str) -> bool {
    get(&path.split('/').filter(|p| !p.is_empty()).collect::<Vec<_>>()).is_some()
}

fn get(path: &[&str]) -> Option<Handler> {
    Some(match path {
        [] => cases::list,
        ["assets", _] => assets::show,
        ["new"] => cases::new,
        ["settings"] => settings::show,
        ["about"] => about::show,
        ["case", _] => overview::show,
        ["case", _, "papers"] => papers::list,
        ["case", _, "join"] => join::show,
        ["case", _, "paper", _] => papers::reading,
        ["case", _, "paper", _, "file"] => papers::file,
        ["case", _, "paper", _, "page", _] => papers::picture,
        ["case", _, "questions"] => question::next,
        ["case", _, "question", _] => question::show,
        ["case", _, "rights"] => rights::show,
        ["case", _, "rights", "dates.ics"] => rights::calendar,
        ["case", _, "opinion"] => opinion::show,
        ["case", _, "opinion", "whom"] => opinion::whom,
        ["case", _, "opinion", "check"] => opinion::check,
        ["case", _, "opinion", "compare"] => opinion::compare,
        ["case", _, "treatments"] => treatments::show,
        ["case", _, "evidence"] => evidence::show,
        ["case", _, "letters"] => letters::list,
        ["case", _, "letter", _] => letters::show,
        ["case", _, "letter", _, "file", _] => letters::download,
        ["case", _, "packet"] => packet::show,
        ["case", _, "packet", "file"] => packet::download,
        ["case", _, "packet", "zip"] => packet::zip,
        ["case", _, "packet", "page", _] => packet::picture,
        ["case", _, "log"] => log::show,
        ["case", _, "history"] => history::show,
        ["case", _, "export"] => history::export,
        _ => return None,
    })
}

fn post(path: &[&str]) -> Option<Handler> {
    Some(match path {
        ["new"] => cases::create,
        ["import"] => cases::import,
        ["settings", "language"] => settings::language,
        ["settings", "backup"] => settings::backup,
        ["settings", "passphrase"] => settings::passphrase,
        ["settings", "key"] => settings::key,
        ["settings", "erase"] => settings::erase,
        ["case", _, "papers"] => papers::add,
        ["case", _, "join"] => join::change,
        ["case", _, "paper", _] => papers::change,
        ["case", _, "differ"] => differ::choose,
        ["case", _, "question", _] => question::answer,
        ["case", _, "opinion", "whom"] => opinion::add_candidate,
        ["case", _, "opinion", "state"] => opinion::change,
        ["case", _, "opinion", "check"] => opinion::add_letter,
        ["case", _, "treatments"] => treatments::change,
        ["case", _, "evidence"] => evidence::change,
        ["case", _, "letters"] => taken_back::add,
        ["case", _, "letter", _] => letters::change,
        ["case", _, "packet"] => packet::change,
        ["case", _, "log"] => log::change,
        ["case", _, "history"] => history::step,
        ["case", _, "name"] => history::rename,
        ["case", _, "erase"] => history::erase,
        _ => return None,
    })
}
