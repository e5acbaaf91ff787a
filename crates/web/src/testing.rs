//! What the tests of this crate share.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::{Arc, OnceLock};

use facts::Case;
use journal::{Journal, Key, Loaded, State};
use kb::{Kb, Source};

use crate::guard::Guard;
use crate::http::{Call, Problem, Reply, Upload};
use crate::jobs::Stage;
use crate::routes;
use crate::server::{App, Config};
use crate::words::Lang;

/// The repository's knowledge base, loaded once.
pub(crate) fn kb() -> &'static Kb {
    shared_kb()
}

fn shared_kb() -> &'static Arc<Kb> {
    static KB: OnceLock<Arc<Kb>> = OnceLock::new();
    KB.get_or_init(|| {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../kb"));
        let mut files = Vec::new();
        read(root, root, &mut files);
        Arc::new(Kb::load(Source::new(files)).unwrap_or_else(|e| panic!("{e}")))
    })
}

fn read(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.push((path.strip_prefix(root).unwrap().to_string_lossy().into_owned(), text));
        }
    }
}

/// The app on a journal of its own, asked without a network.
pub(crate) struct Site {
    app: Arc<App>,
    _folder: tempfile::TempDir,
}

impl Site {
    pub(crate) fn new() -> Site {
        Site::locked_with(&Key::random().unwrap())
    }

    /// The same on a journal with this key.
    pub(crate) fn locked_with(key: &Key) -> Site {
        Site::in_folder(tempfile::tempdir().unwrap(), key, None)
    }

    /// The same with a key file beside the cases, as a first start makes it.
    pub(crate) fn with_key_file() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let file = journal::key_file_of(&folder.path().join("cases.db"));
        let key = Key::from_file(&file).unwrap();
        Site::in_folder(folder, &key, Some(file))
    }

    fn in_folder(folder: tempfile::TempDir, key: &Key, key_file: Option<std::path::PathBuf>) -> Site {
        let journal = Journal::open(&folder.path().join("cases.db"), key).unwrap();
        let config = Config {
            port: 0,
            journal,
            kb: Arc::clone(shared_kb()),
            today: Box::new(|| "2026-11-25".parse().unwrap()),
            now: Box::new(|| "2026-11-25T12:00:00Z".parse().unwrap()),
            worker: None,
            key_file,
        };
        Site { app: Arc::new(App::new(config, Guard::new(0).unwrap())), _folder: folder }
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// A case with these facts.
    pub(crate) fn case(&self, case: &Case) -> String {
        let now = self.app.now();
        let mut journal = self.app.journal();
        let journal = journal.as_mut().unwrap();
        let (id, seen) = journal.create(now).unwrap();
        let state = State { case: case.clone(), ..State::default() };
        journal.append(&id, "seed", &state, seen, now).unwrap();
        id
    }

    /// Changes a case as no form could: for what a test needs at once.
    pub(crate) fn change(&self, id: &str, how: impl FnOnce(&mut State)) {
        let loaded = self.loaded(id);
        let mut state = loaded.state;
        how(&mut state);
        let mut journal = self.app.journal();
        journal.as_mut().unwrap().append(id, "seed", &state, loaded.revision, self.app.now()).unwrap();
    }

    pub(crate) fn loaded(&self, id: &str) -> Loaded {
        self.app.journal().as_ref().unwrap().case(id).unwrap()
    }

    pub(crate) fn stage(&self, id: &str, paper: &str) -> Option<Stage> {
        self.app.jobs.stage(id, paper)
    }

    /// A page's HTML.
    pub(crate) fn page(&self, lang: Lang, path: &str) -> String {
        match self.ask(lang, path, &[], Vec::new(), false) {
            Ok(Reply::Page(page) | Reply::Wait(page, _)) => page.into_string(),
            Ok(_) => panic!("{path} is no page"),
            Err(e) => panic!("{path}: {e:?}"),
        }
    }

    /// A file that the app offers.
    pub(crate) fn download(&self, path: &str) -> Vec<u8> {
        match self.ask(Lang::En, path, &[], Vec::new(), false) {
            Ok(Reply::Download { bytes, .. }) => bytes,
            _ => panic!("{path} is no file"),
        }
    }

    /// A form post that is answered with a page.
    pub(crate) fn post_for_page(&self, path: &str, fields: &[(&str, &str)], files: Vec<Upload>) -> String {
        match self.ask(Lang::En, path, fields, files, true) {
            Ok(Reply::Page(page)) => page.into_string(),
            Ok(_) => panic!("{path} is no page"),
            Err(e) => panic!("{path}: {e:?}"),
        }
    }

    /// A form post; `Ok` holds where it leads.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)], files: Vec<Upload>) -> Result<String, Problem> {
        match self.ask(Lang::En, path, fields, files, true)? {
            Reply::See(to) => Ok(to),
            _ => panic!("{path} leads nowhere"),
        }
    }

    fn ask(
        &self,
        lang: Lang,
        path: &str,
        fields: &[(&str, &str)],
        files: Vec<Upload>,
        posts: bool,
    ) -> Result<Reply, Problem> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let call = Call {
            app: Arc::clone(&self.app),
            lang,
            path: path.split('/').filter(|p| !p.is_empty()).map(str::to_string).collect(),
            query: query.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.into(), v.into())).collect(),
            form: fields.iter().map(|(n, v)| ((*n).to_string(), crate::http::one_line_end(v))).collect(),
            files,
            posts,
        };
        let handler = routes::find(&call).unwrap_or_else(|| panic!("nothing at {path}"));
        handler(&call)
    }
}
