//! Who may ask: this computer, this browser, this page.
//!
//! - **Host** must be ours by number or name, so that a foreign site whose name is made to point at 127.0.0.1 gets nothing.
//! - **Session**: the printed address holds a token that works once and becomes a cookie scripts cannot read and other
//!   sites cannot send (`HttpOnly`, `SameSite=Strict`).
//! - **Origin** of every form post must be ours, and the form must carry the session's own form token.

use std::sync::Mutex;

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

/// What a request may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything.
    Known,
    /// The token fits for the first time: give the cookie.
    Welcome,
    /// The token was used before, or there is none.
    Stranger,
    /// Not our host or origin.
    Foreign,
}

pub(crate) struct Guard {
    port: u16,
    token: Mutex<Option<String>>,
    first_token: String,
    session: String,
    form_token: String,
}

impl Guard {
    pub(crate) fn new(port: u16) -> std::io::Result<Guard> {
        let first_token = secret()?;
        let session = secret()?;
        let form_token = hex(&Sha256::digest(format!("form token of {session}")));
        Ok(Guard { port, token: Mutex::new(Some(first_token.clone())), first_token, session, form_token })
    }

    /// The address to open, with its token.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.first_token)
    }

    pub(crate) fn form_token(&self) -> &str {
        &self.form_token
    }

    pub(crate) fn form_token_fits(&self, given: Option<&str>) -> bool {
        given.is_some_and(|g| same(g, &self.form_token))
    }

    /// Judges a request by its headers and, for the first page, its token.
    pub(crate) fn judge(&self, headers: &HeaderMap, token: Option<&str>, posts: bool) -> Verdict {
        if !self.host_fits(headers) || !self.origin_fits(headers, posts) {
            return Verdict::Foreign;
        }
        if cookies(headers).any(|(name, value)| name == self.cookie_name() && same(value, &self.session)) {
            return Verdict::Known;
        }
        match token {
            Some(given) if self.take_token(given) => Verdict::Welcome,
            _ => Verdict::Stranger,
        }
    }

    fn take_token(&self, given: &str) -> bool {
        let mut token = self.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if token.as_deref().is_some_and(|t| same(t, given)) {
            *token = None;
            return true;
        }
        false
    }

    fn host_fits(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else { return false };
        ["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{}", self.port))
    }

    /// A browser names the origin of every post. A page of ours is the only one allowed; no origin at all is allowed
    /// for reading only.
    fn origin_fits(&self, headers: &HeaderMap, posts: bool) -> bool {
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
        match headers.get(header::ORIGIN).map(HeaderValue::to_str) {
            None => !posts,
            Some(Ok(origin)) => origin == format!("http://{host}"),
            Some(Err(_)) => false,
        }
    }

    fn cookie_name(&self) -> String {
        // Cookies do not know ports; the name does, so that two journals side by side keep their sessions.
        format!("corroborate_{}", self.port)
    }

    /// The cookie for a browser that came with the token. It ends with the browser or the program.
    pub(crate) fn cookie(&self) -> String {
        format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie_name(), self.session)
    }
}

/// The headers of every answer.
pub(crate) const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
];

fn secret() -> std::io::Result<String> {
    let mut bytes = [0u8; 24];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Compares in a time that does not depend on where the first difference is.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|c| c.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn guard() -> Guard {
        Guard::new(4711).unwrap()
    }

    #[test]
    fn the_token_works_once_and_the_cookie_from_then_on() {
        let guard = guard();
        let host = ("host", "127.0.0.1:4711");
        let token = guard.first_token.clone();
        assert_eq!(guard.judge(&headers(&[host]), Some("wrong"), false), Verdict::Stranger);
        assert_eq!(guard.judge(&headers(&[host]), Some(&token), false), Verdict::Welcome);
        assert_eq!(guard.judge(&headers(&[host]), Some(&token), false), Verdict::Stranger);
        let cookie = guard.cookie();
        let cookie = cookie.split(';').next().unwrap();
        assert_eq!(guard.judge(&headers(&[host, ("cookie", cookie)]), None, false), Verdict::Known);
        let other = cookie.replace("4711", "4712");
        assert_eq!(guard.judge(&headers(&[host, ("cookie", &other)]), None, false), Verdict::Stranger);
    }

    #[test]
    fn a_foreign_host_or_origin_gets_nothing_even_with_the_cookie() {
        let guard = guard();
        let cookie = guard.cookie();
        let cookie = ("cookie", cookie.split(';').next().unwrap());
        for host in ["evil.example:4711", "127.0.0.1", "127.0.0.1:80", "evil.example", ""] {
            assert_eq!(guard.judge(&headers(&[("host", host), cookie]), None, false), Verdict::Foreign, "{host}");
        }
        assert_eq!(guard.judge(&headers(&[cookie]), None, false), Verdict::Foreign, "no host");
        let host = ("host", "localhost:4711");
        for origin in ["http://evil.example", "null", "https://localhost:4711", "http://127.0.0.1:4711"] {
            let all = headers(&[host, cookie, ("origin", origin)]);
            assert_eq!(guard.judge(&all, None, true), Verdict::Foreign, "{origin}");
        }
        assert_eq!(guard.judge(&headers(&[host, cookie]), None, true), Verdict::Foreign, "a post without origin");
        let ours = headers(&[host, cookie, ("origin", "http://localhost:4711")]);
        assert_eq!(guard.judge(&ours, None, true), Verdict::Known);
    }

    #[test]
    fn secrets_differ_from_start_to_start() {
        assert_ne!(guard().session, guard().session);
        assert_ne!(guard().session, guard().form_token);
    }
}
