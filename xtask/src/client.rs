//! A browser as small as the measurements need it: one request per connection, one cookie.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The app's process, killed when this value goes.
pub(crate) struct App {
    pub(crate) child: Child,
    port: u16,
    cookie: String,
    form_token: String,
    /// From the start of the process to its first page.
    pub(crate) first_page: Duration,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|l| l.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl App {
    /// Starts `program serve` on a folder and opens its first page.
    pub(crate) fn start(program: &Path, folder: &Path, today: &str) -> Result<App, String> {
        let began = Instant::now();
        let mut child = Command::new(program)
            .args(["serve", "--no-browser", "--today", today, "--data"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|l| l.find("http://127.0.0.1:").map(|at| l[at..].trim().to_string()))
            .ok_or("the app printed no address")?;
        // Whatever else it prints is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let rest = address.trim_start_matches("http://127.0.0.1:");
        let (port, path) = rest.split_once('/').ok_or("no path in the address")?;
        let port = port.parse().map_err(|_| "no port in the address")?;
        let mut app = App { child, port, cookie: String::new(), form_token: String::new(), first_page: Duration::ZERO };
        let welcome = app.get(&format!("/{path}"))?;
        let cookie = welcome.header("set-cookie").and_then(|c| c.split(';').next());
        app.cookie = cookie.ok_or("no cookie was given")?.to_string();
        app.get("/")?;
        app.first_page = began.elapsed();
        let page = app.get("/new")?.text();
        app.form_token = value_of(&page, "_form").ok_or("no form token")?;
        Ok(app)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer, String> {
        self.send(&format!("GET {path} HTTP/1.1\r\n"), &[])
    }

    /// Posts fields, with the form token.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let token = [("_form", self.form_token.as_str())];
        let body: Vec<String> =
            token.iter().chain(fields).map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
        let body = body.join("&");
        let head = format!(
            "POST {path} HTTP/1.1\r\nOrigin: http://127.0.0.1:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n",
            self.port,
            body.len()
        );
        self.send(&head, body.as_bytes())
    }

    fn send(&self, head: &str, body: &[u8]) -> Result<Answer, String> {
        let fail = |e: std::io::Error| format!("{}: {e}", head.lines().next().unwrap_or_default());
        let began = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(fail)?;
        let rest = format!(
            "Host: 127.0.0.1:{}\r\nCookie: {}\r\nAccept-Language: en\r\nConnection: close\r\n\r\n",
            self.port, self.cookie
        );
        let mut request = format!("{head}{rest}").into_bytes();
        request.extend_from_slice(body);
        stream.write_all(&request).map_err(fail)?;
        let mut all = Vec::new();
        stream.read_to_end(&mut all).map_err(fail)?;
        let took = began.elapsed();
        let end = all.windows(4).position(|w| w == b"\r\n\r\n").ok_or("no answer")?;
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or("no status")?;
        Ok(Answer { status, head, body: all[end + 4..].to_vec(), took })
    }

    /// Resident memory in megabytes.
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

/// The value of a hidden field in a page.
pub(crate) fn value_of(page: &str, name: &str) -> Option<String> {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    after.split('"').next().map(str::to_string)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
