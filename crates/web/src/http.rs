//! One request as the page functions see it, and what they may answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use journal::{Journal, Kind, Loaded};
use maud::Markup;

use crate::guard::{HEADERS, Verdict};
use crate::server::App;
use crate::words::{Lang, Words};
use crate::{layout, pages, routes};

/// The most a form without files may hold. A long letter edited by hand is 30 kB.
const MOST_FORM_BYTES: usize = 512 << 10;
/// The most one upload may hold, all files together.
const MOST_UPLOAD_BYTES: usize = 256 << 20;
/// What is read of a form that is too large, so that the browser listens to the answer.
const MOST_READ_BYTES: usize = 64 << 20;
/// The same for files, which are thrown away as they come.
const MOST_DISCARDED: u64 = 8 << 30;

/// A request of the person whose cases these are.
pub(crate) struct Call {
    pub(crate) app: Arc<App>,
    pub(crate) lang: Lang,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) files: Vec<Upload>,
    pub(crate) posts: bool,
}

/// A file that came with a form.
pub(crate) struct Upload {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// What a page function gives back.
pub(crate) enum Reply {
    /// A page.
    Page(Markup),
    /// A page that asks the browser to come back in some seconds.
    Wait(Markup, u8),
    /// Go to this path of ours (after a form post).
    See(String),
    /// Bytes to keep.
    Download { name: String, media: &'static str, bytes: Vec<u8> },
    /// Bytes to show inside a page.
    Show { media: &'static str, bytes: Vec<u8> },
    /// Styles or script, named by their content.
    Asset { media: &'static str, text: &'static str },
    /// Nothing to show: a change from the script was kept.
    Kept { seen: i64 },
}

/// Why there is no page. None of these carries anything from a case.
#[derive(Debug)]
pub(crate) enum Problem {
    NotFound,
    /// Another window changed the case; the form is shown again.
    Conflict,
    /// The form or file cannot be used; the key of the sentence that says why.
    Bad(&'static str),
    /// The same with a sentence from a crate below.
    Unusable(String),
    Journal(journal::Error),
}

impl From<journal::Error> for Problem {
    fn from(e: journal::Error) -> Self {
        match e.kind() {
            Kind::NotFound => Problem::NotFound,
            Kind::Conflict => Problem::Conflict,
            _ => Problem::Journal(e),
        }
    }
}

pub(crate) type Handler = fn(&Call) -> Result<Reply, Problem>;

impl Call {
    pub(crate) fn words(&self) -> &'static Words {
        self.lang.words()
    }

    /// The same request for work that goes on beside the pages; without the form and its files.
    pub(crate) fn beside(&self) -> Call {
        Call {
            app: Arc::clone(&self.app),
            lang: self.lang,
            path: self.path.clone(),
            query: self.query.clone(),
            form: Vec::new(),
            files: Vec::new(),
            posts: false,
        }
    }

    /// The knowledge base in the person's language.
    pub(crate) fn kb(&self) -> Result<kb::Kb, Problem> {
        self.app.kb_in(self.lang)
    }

    /// The same for the words of a question. Where the language cannot be had, every page of the case says why; the
    /// questions go on in English.
    pub(crate) fn spoken(&self) -> kb::Kb {
        self.kb().unwrap_or_else(|_| (*self.app.kb).clone())
    }

    /// The part of the path at an index, or nothing.
    pub(crate) fn part(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    /// A field of the form, without surrounding white space; empty counts as absent.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        value(&self.form, name).map(str::trim).filter(|v| !v.is_empty())
    }

    /// A field exactly as it was typed: a password may begin or end with a space.
    pub(crate) fn secret(&self, name: &str) -> Option<&str> {
        value(&self.form, name).filter(|v| !v.is_empty())
    }

    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        value(&self.query, name).filter(|v| !v.is_empty())
    }

    /// Uses the journal.
    pub(crate) fn journal<T>(
        &self,
        work: impl FnOnce(&mut Journal) -> Result<T, journal::Error>,
    ) -> Result<T, Problem> {
        match self.app.journal().as_mut() {
            Some(journal) => Ok(work(journal)?),
            None => Err(Problem::NotFound),
        }
    }

    /// The case the path names.
    pub(crate) fn case(&self) -> Result<Loaded, Problem> {
        let id = self.part(1).to_string();
        self.journal(|j| j.case(&id))
    }

    /// The case the path names, as the form's sender saw it.
    pub(crate) fn case_to_change(&self) -> Result<Loaded, Problem> {
        let loaded = self.case()?;
        let seen = self.field("_seen").and_then(|s| s.parse::<i64>().ok()).ok_or(Problem::Conflict)?;
        if seen == loaded.revision || self.only_read_since(&loaded, seen)? {
            Ok(loaded)
        } else {
            Err(Problem::Conflict)
        }
    }

    /// Whether nothing but the reading of papers happened since: the person need not be asked about that.
    fn only_read_since(&self, loaded: &Loaded, seen: i64) -> Result<bool, Problem> {
        let (changes, ..) = self.journal(|j| j.history(&loaded.id))?;
        let mut since = changes.iter().filter(|c| c.revision > seen);
        Ok(seen < loaded.revision && since.all(|c| c.kind == "changed" && c.what == "paper.read"))
    }

    /// Keeps the changed state of a case.
    pub(crate) fn keep(&self, loaded: &Loaded, what: &str) -> Result<i64, Problem> {
        let now = self.app.now();
        self.journal(|j| j.append(&loaded.id, what, &loaded.state, loaded.revision, now))
    }

    /// Whether the page's script asks, who wants no page back.
    pub(crate) fn is_from_script(&self) -> bool {
        self.field("_script").is_some()
    }
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// Answers one request.
pub(crate) async fn answer(app: Arc<App>, request: Request) -> Response {
    let query = pairs(request.uri().query().unwrap_or_default());
    let posts = request.method() == Method::POST;
    let lang = language(&app, &request);
    let token = value(&query, "token").map(str::to_string);
    let path: Vec<String> = request.uri().path().split('/').filter(|s| !s.is_empty()).map(decoded).collect();
    match app.guard.judge(request.headers(), token.as_deref(), posts) {
        Verdict::Foreign => return plain_page(StatusCode::MISDIRECTED_REQUEST, layout::foreign(lang)),
        Verdict::Welcome => return welcome(&app, lang),
        Verdict::Stranger if path.first().is_some_and(|p| p == "assets") => {}
        Verdict::Stranger => return plain_page(StatusCode::FORBIDDEN, layout::stranger(lang)),
        Verdict::Known => {}
    }
    if !posts && request.method() != Method::GET && request.method() != Method::HEAD {
        return plain_page(StatusCode::METHOD_NOT_ALLOWED, layout::not_found(lang));
    }
    let (form, files) = match body(request, posts).await {
        Ok(parts) => parts,
        Err(key) => return plain_page(StatusCode::PAYLOAD_TOO_LARGE, layout::cannot_use(lang, lang.words().t(key))),
    };
    let call = Call { app, lang, path, query, form, files, posts };
    if posts && !call.app.guard.form_token_fits(value(&call.form, "_form")) {
        return plain_page(StatusCode::FORBIDDEN, layout::old_form(lang));
    }
    match tokio::task::spawn_blocking(move || finish(&call)).await {
        Ok(response) => response,
        Err(_) => plain_page(StatusCode::INTERNAL_SERVER_ERROR, layout::our_fault(lang)),
    }
}

/// The cookie and a page of ours that goes on: a redirect would still count as coming from outside, and a strict
/// cookie would not be sent.
fn welcome(app: &App, lang: Lang) -> Response {
    let mut response = plain_page(StatusCode::OK, layout::welcome(lang));
    if let Ok(cookie) = HeaderValue::from_str(&app.guard.cookie()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert("refresh", HeaderValue::from_static("0; url=/"));
    response
}

fn finish(call: &Call) -> Response {
    let Some(handler) = routes::find(call) else {
        return plain_page(StatusCode::NOT_FOUND, layout::not_found(call.lang));
    };
    match handler(call) {
        Ok(reply) => respond(reply),
        Err(problem) => problem_page(call, problem),
    }
}

fn problem_page(call: &Call, problem: Problem) -> Response {
    let lang = call.lang;
    match problem {
        Problem::NotFound => plain_page(StatusCode::NOT_FOUND, layout::not_found(lang)),
        Problem::Conflict if call.is_from_script() => plain_page(StatusCode::CONFLICT, layout::not_found(lang)),
        Problem::Conflict => plain_page(StatusCode::CONFLICT, pages::conflict::page(call)),
        Problem::Bad(key) => {
            plain_page(StatusCode::UNPROCESSABLE_ENTITY, layout::cannot_use(lang, lang.words().t(key)))
        }
        Problem::Unusable(why) => plain_page(StatusCode::UNPROCESSABLE_ENTITY, layout::cannot_use(lang, &why)),
        Problem::Journal(e) => {
            let status = match e.kind() {
                Kind::Disk => StatusCode::INSUFFICIENT_STORAGE,
                Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let key = match e.kind() {
                Kind::Disk => "problem.disk",
                Kind::Busy => "problem.busy",
                Kind::BadInput => "problem.file",
                Kind::NothingToUndo => "problem.nothing_to_undo",
                _ => "problem.our_fault",
            };
            plain_page(status, layout::cannot_use(lang, lang.words().t(key)))
        }
    }
}

fn respond(reply: Reply) -> Response {
    match reply {
        Reply::Page(page) => plain_page(StatusCode::OK, page),
        Reply::Wait(page, seconds) => {
            let mut response = plain_page(StatusCode::OK, page);
            response.headers_mut().insert("refresh", HeaderValue::from(u16::from(seconds)));
            response
        }
        Reply::See(path) => {
            let to = HeaderValue::from_str(&path).unwrap_or(HeaderValue::from_static("/"));
            let mut response = secured(StatusCode::SEE_OTHER.into_response(), true);
            response.headers_mut().insert(header::LOCATION, to);
            response
        }
        Reply::Download { name, media, bytes } => {
            let mut response = bytes_of(media, bytes);
            let disposition = format!("attachment; filename=\"{}\"; filename*=UTF-8''{}", ascii(&name), encoded(&name));
            if let Ok(value) = HeaderValue::from_str(&disposition) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
            }
            response
        }
        Reply::Show { media, bytes } => bytes_of(media, bytes),
        Reply::Asset { media, text } => {
            let mut response = ([(header::CONTENT_TYPE, media)], text).into_response();
            response = secured(response, false);
            let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
            response.headers_mut().insert(header::CACHE_CONTROL, forever);
            response
        }
        Reply::Kept { seen } => {
            let body = format!("{{\"seen\":{seen}}}");
            secured(([(header::CONTENT_TYPE, "application/json")], body).into_response(), true)
        }
    }
}

fn bytes_of(media: &'static str, bytes: Vec<u8>) -> Response {
    secured(([(header::CONTENT_TYPE, media)], Body::from(bytes)).into_response(), true)
}

fn plain_page(status: StatusCode, page: Markup) -> Response {
    let html = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string());
    secured((status, html).into_response(), true)
}

/// Adds the headers of [`HEADERS`]; what comes from a case is never kept by the browser.
fn secured(mut response: Response, private: bool) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    if private {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

type Parts = (Vec<(String, String)>, Vec<Upload>);

/// The form's fields and files. A body that is too large is read to its end and thrown away.
async fn body(request: Request, posts: bool) -> Result<Parts, &'static str> {
    if !posts {
        return Ok((Vec::new(), Vec::new()));
    }
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if media.starts_with("multipart/form-data") {
        let multipart = Multipart::from_request(request, &()).await.map_err(|_| "problem.form")?;
        return uploads(multipart).await;
    }
    let bytes =
        axum::body::to_bytes(request.into_body(), MOST_READ_BYTES).await.map_err(|_| "problem.form_too_large")?;
    if bytes.len() > MOST_FORM_BYTES {
        return Err("problem.form_too_large");
    }
    Ok((pairs(&String::from_utf8_lossy(&bytes)), Vec::new()))
}

async fn uploads(mut multipart: Multipart) -> Result<Parts, &'static str> {
    let (mut form, mut files) = (Vec::new(), Vec::new());
    let (mut kept, mut seen) = (0usize, 0u64);
    let mut too_large = None;
    while let Some(mut part) = multipart.next_field().await.map_err(|_| "problem.form")? {
        let field = part.name().unwrap_or_default().to_string();
        let file = part.file_name().map(str::to_string);
        let most = if file.is_some() { MOST_UPLOAD_BYTES } else { MOST_FORM_BYTES };
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(|_| "problem.form")? {
            seen += chunk.len() as u64;
            if seen > MOST_DISCARDED {
                return Err("problem.upload_too_large");
            }
            if too_large.is_none() && kept + chunk.len() <= most {
                kept += chunk.len();
                bytes.extend_from_slice(&chunk);
            } else {
                // From here on everything is read and thrown away.
                let why = if file.is_some() { "problem.upload_too_large" } else { "problem.form_too_large" };
                too_large.get_or_insert(why);
            }
        }
        match file {
            Some(name) if !name.is_empty() => files.push(Upload { field, name, bytes }),
            Some(_) => {} // no file was chosen
            None => form.push((field, one_line_end(&String::from_utf8_lossy(&bytes)))),
        }
    }
    too_large.map_or(Ok((form, files)), Err)
}

/// The language: what the person set, else what their browser prefers.
fn language(app: &App, request: &Request) -> Lang {
    let set = app.journal().as_ref().and_then(|j| j.setting("language").ok().flatten());
    let preferred = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Lang::of(set.as_deref().unwrap_or(preferred))
}

/// `a=1&b=2` with `+` and `%xx` decoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|p| !p.is_empty())
        .map(|p| {
            let (name, value) = p.split_once('=').unwrap_or((p, ""));
            (decoded(&name.replace('+', " ")), one_line_end(&decoded(&value.replace('+', " "))))
        })
        .collect()
}

/// Lines as we write them. A browser ends each line of a field with two signs, and what is unchanged must look unchanged.
pub(crate) fn one_line_end(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped =
            (*byte == b'%').then(|| text.get(at + 1..at + 3).and_then(|h| u8::from_str_radix(h, 16).ok())).flatten();
        out.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// For a path or query: everything but letters, digits and `-._` as `%xx`.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

fn ascii(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ' ' | '(' | ')') { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_and_damage_stays_harmless() {
        assert_eq!(
            pairs("a=1+2&b=%C3%A9&c"),
            [("a".into(), "1 2".into()), ("b".into(), "é".into()), ("c".into(), String::new())]
        );
        assert_eq!(pairs("a=one%0D%0Atwo"), [("a".into(), "one\ntwo".into())]);
        for odd in ["%", "%1", "%zz", "%é9", "a=%ff%fe", "=&=&&", "%C3"] {
            pairs(odd);
        }
    }

    #[test]
    fn what_is_encoded_is_decoded_again() {
        for text in ["a/b?c=d", "é ñ 中", "100%", ""] {
            assert_eq!(decoded(&encoded(text)), text);
        }
    }
}
