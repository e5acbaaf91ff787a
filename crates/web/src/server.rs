use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::Response;
use calendar::Date;
use jiff::Timestamp;
use journal::{Journal, Occupied};
use kb::Kb;

use crate::engine::Studies;
use crate::guard::Guard;
use crate::http::Problem;
use crate::jobs::Jobs;
use crate::words::Lang;

/// What the app needs from whoever starts it.
pub struct Config {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The open case store.
    pub journal: Journal,
    /// The knowledge base.
    pub kb: Arc<Kb>,
    /// The day for which everything is computed.
    pub today: Box<dyn Fn() -> Date + Send + Sync>,
    /// The moment written into the journal.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// The program that reads papers in a process of its own (`corroborate worker`); without one they are read here.
    pub worker: Option<PathBuf>,
    /// The key file that opened the cases, named in the settings and deleted with "erase everything"; none when a
    /// passphrase did.
    pub key_file: Option<PathBuf>,
}

/// Everything the page functions share.
pub(crate) struct App {
    journal: Mutex<Option<Journal>>,
    pub(crate) kb: Arc<Kb>,
    pub(crate) kb_version: String,
    pub(crate) today: Box<dyn Fn() -> Date + Send + Sync>,
    pub(crate) now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) worker: Option<PathBuf>,
    key_file: Mutex<Option<PathBuf>>,
    pub(crate) place: PathBuf,
    pub(crate) guard: Guard,
    pub(crate) jobs: Jobs,
    pub(crate) studies: Studies,
    pub(crate) packing: Mutex<()>,
    pub(crate) stop: tokio::sync::Notify,
}

impl App {
    pub(crate) fn new(config: Config, guard: Guard) -> App {
        App {
            place: config.journal.path().to_path_buf(),
            journal: Mutex::new(Some(config.journal)),
            kb_version: config.kb.version(),
            kb: config.kb,
            today: config.today,
            now: config.now,
            worker: config.worker,
            key_file: Mutex::new(config.key_file),
            guard,
            jobs: Jobs::default(),
            studies: Studies::default(),
            packing: Mutex::new(()),
            stop: tokio::sync::Notify::new(),
        }
    }

    /// The knowledge base in a language; it is made at its first use and kept.
    pub(crate) fn kb_in(&self, lang: Lang) -> Result<Kb, Problem> {
        self.kb.speaking(lang.code()).map_err(|e| Problem::Unusable(e.to_string()))
    }

    /// The journal, for as short as possible. After "erase everything" there is none.
    pub(crate) fn journal(&self) -> MutexGuard<'_, Option<Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key file that opens the cases now; none when a passphrase does.
    pub(crate) fn key_file(&self) -> Option<PathBuf> {
        self.key_file.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers what opens the cases from now on.
    pub(crate) fn locked_with(&self, key_file: Option<PathBuf>) {
        *self.key_file.lock().unwrap_or_else(PoisonError::into_inner) = key_file;
    }

    pub(crate) fn today(&self) -> Date {
        (self.today)()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }
}

/// Why the app could not start or go on.
#[derive(Debug)]
pub enum ServeError {
    /// The port is taken or not allowed.
    Port(std::io::Error),
    /// The journal is served by another program, or cannot be used.
    Journal(journal::Error),
    /// The operating system refused something else.
    System(std::io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Port(e) => write!(f, "the app cannot listen on this port ({e})\n  hint: leave the port out"),
            ServeError::Journal(e) => e.fmt(f),
            ServeError::System(e) => write!(f, "the app could not start ({e})"),
        }
    }
}

impl std::error::Error for ServeError {}

/// Serves the app on 127.0.0.1 until it is stopped (Ctrl-C, or "erase everything").
///
/// `ready` is called once with the address to open; it holds a token that works for one browser.
///
/// # Errors
/// A [`ServeError`] when the port or the journal cannot be had.
pub fn serve(config: Config, ready: impl FnOnce(&str)) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    runtime.block_on(run(config, ready))
}

async fn run(config: Config, ready: impl FnOnce(&str)) -> Result<(), ServeError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.port));
    let listener = tokio::net::TcpListener::bind(address).await.map_err(ServeError::Port)?;
    let port = listener.local_addr().map_err(ServeError::Port)?.port();
    let place = config.journal.path().to_path_buf();
    let _occupied = Occupied::take(&place, &format!("at http://127.0.0.1:{port}/")).map_err(ServeError::Journal)?;
    let guard = Guard::new(port).map_err(ServeError::System)?;
    ready(&guard.address());
    let app = Arc::new(App::new(config, guard));
    let router = Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::disable()) // `http` has limits of its own, with a page that says so
        .with_state(Arc::clone(&app));
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                () = app.stop.notified() => {}
            }
        })
        .await
        .map_err(ServeError::System)
}

async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    crate::http::answer(app, request).await
}
