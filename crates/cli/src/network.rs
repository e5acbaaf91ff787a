//! The only way out of this computer: one GET of an address that the person has seen and allowed for this run.
//!
//! Answers are kept in a folder when one is named, so that the same question need not be asked twice and tests run
//! without a network.

use std::path::Path;

use calendar::Date;
use evidence::lookup::{Request, Services};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::files;

/// What came back.
#[derive(Debug)]
pub(crate) enum Answer {
    Body(Vec<u8>),
    /// The service does not know what was asked for.
    NotFound,
    /// It could not be asked, with the reason.
    Failed(String),
    /// It was not asked: no answer is kept, and the network is not allowed.
    NotAsked,
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    url: String,
    fetched_on: Date,
    status: u16,
    body: String,
}

/// Asks services, or the folder of kept answers.
pub(crate) struct Network<'a> {
    pub allowed: bool,
    pub answers: Option<&'a Path>,
    pub services: &'a Services,
    pub today: Date,
}

impl Network<'_> {
    /// The answer to a request: a kept one, else the service's where the network is allowed.
    pub(crate) fn ask(&self, request: &Request) -> Answer {
        let place = self.answers.map(|folder| folder.join(name_of(&request.url)));
        if let Some(kept) = place.as_deref().and_then(|p| kept(p, &request.url)) {
            return answer(kept.status, kept.body.into_bytes());
        }
        if !self.allowed {
            return Answer::NotAsked;
        }
        let fetched = get(request, self.services);
        std::thread::sleep(std::time::Duration::from_millis(request.pause_milliseconds));
        match fetched {
            Ok((status, body)) => {
                if let Some(place) = place {
                    self.keep(&place, &request.url, status, &body);
                }
                answer(status, body)
            }
            Err(why) => Answer::Failed(why),
        }
    }

    fn keep(&self, place: &Path, url: &str, status: u16, body: &[u8]) {
        let body = String::from_utf8_lossy(body).into_owned();
        let kept = Kept { url: url.into(), fetched_on: self.today, status, body };
        let written = serde_json::to_vec_pretty(&kept)
            .map_err(|e| Failure::ours(e.to_string()))
            .and_then(|bytes| files::write(place, &bytes));
        if let Err(failure) = written {
            failure.report();
        }
    }
}

fn answer(status: u16, body: Vec<u8>) -> Answer {
    match status {
        200 => Answer::Body(body),
        404 => Answer::NotFound,
        429 => Answer::Failed("the service asks for fewer questions; try again in a minute".into()),
        other => Answer::Failed(format!("the service answered with status {other}")),
    }
}

fn kept(place: &Path, url: &str) -> Option<Kept> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(place).ok()?).ok()?;
    (kept.url == url).then_some(kept)
}

/// The file of a kept answer: the address in letters and digits, and a few digits of its hash.
fn name_of(url: &str) -> String {
    use sha2::{Digest, Sha256};
    let bare = url.trim_start_matches("https://");
    let letters: String = bare.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(80).collect();
    let hash: String = Sha256::digest(url.as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("{letters}.{hash}.json")
}

#[cfg(feature = "network")]
fn get(request: &Request, services: &Services) -> Result<(u16, Vec<u8>), String> {
    use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .https_only(true)
        .http_status_as_error(false)
        .max_redirects(3)
        .timeout_global(Some(std::time::Duration::from_secs(services.wait_seconds)))
        .user_agent(concat!("corroborate/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
        .build()
        .into();
    let mut response = agent.get(&request.url).call().map_err(|e| reason(&e))?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(services.most_bytes).read_to_vec().map_err(|e| reason(&e))?;
    Ok((status, body))
}

#[cfg(feature = "network")]
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer came in time".into(),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::Io(_) => {
            "the service cannot be reached; this computer may be offline".into()
        }
        ureq::Error::BodyExceedsLimit(_) => "the answer is too long".into(),
        other => format!("the connection failed: {other}"),
    }
}

#[cfg(not(feature = "network"))]
fn get(_request: &Request, _services: &Services) -> Result<(u16, Vec<u8>), String> {
    Err("this program was built without network".into())
}
