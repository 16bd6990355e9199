//! The publishers' files over HTTP: asked for politely, taken only when they can be what was asked for.
//!
//! ```text
//! sources   the table: lists, files, addresses, limits
//! address   which addresses may be asked
//! body      wire -> bytes, within limits
//! carried   the same files from a folder, for a network without a way out
//! memory    what the publishers said of the files that are held: asked again, they may answer that nothing changed
//! ```
//!
//! Whether the bytes are the list is not decided here: that takes a reader of lists, and the gates.

mod address;
mod body;
mod carried;
mod memory;
mod sources;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::http::header::{self, HeaderMap, HeaderName};
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy};

pub use address::{Address, HostPattern};
pub use carried::{Carried, carried};
pub use memory::{Memory, Validators};
pub use sources::{FileSource, Kind, Limits, ListSource, Sources};

use address::{Inward, PublicOnly};
use body::{Stop, Terms, looks_like, seconds};

/// Redirects that are followed for one answer.
const HOPS: usize = 5;
/// For the name, the connection and the TLS handshake together.
const CONNECT: Duration = Duration::from_secs(20);
/// The answer's first lines.
const MAX_HEADERS: usize = 32 << 10;

/// How the network is reached.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The proxy, where one is used.
    pub proxy: Option<Proxy>,
    /// A file of the certification authorities that are trusted, PEM, in place of those that come with the program.
    pub authorities: Option<PathBuf>,
    /// The base of a mirror that the user has named. It may be anywhere, inside the house too, and plain http where it says so.
    pub mirror: Option<Address>,
}

impl Settings {
    /// Proxy and authorities from the environment: `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` (the first that is set; lower case, too),
    /// `NO_PROXY`, `SSL_CERT_FILE`.
    ///
    /// # Errors
    /// When a proxy is named that cannot be used: to go around it would be worse than not to go.
    pub fn from_environment() -> Result<Self, String> {
        let set = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty());
        let names = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"];
        let named = names
            .iter()
            .flat_map(|it| [(*it).to_owned(), it.to_lowercase()])
            .find(|it| set(it).is_some());
        let proxy = match named {
            None => None,
            Some(name) => {
                // The value may hold a password: it is not shown.
                let value = std::env::var(&name).map_err(|_| format!("{name}: not text"))?;
                let usable = Proxy::new(&value).map_err(|_| format!("{name}: no address of a proxy"))?;
                if !matches!(
                    usable.protocol(),
                    ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https
                ) {
                    return Err(format!(
                        "{name}: a {} proxy; only HTTP proxies are used",
                        usable.protocol()
                    ));
                }
                Proxy::try_from_env()
                    .filter(|it| it.uri() == usable.uri())
                    .or(Some(usable))
            }
        };
        Ok(Self {
            proxy,
            authorities: set("SSL_CERT_FILE").map(PathBuf::from),
            mirror: None,
        })
    }

    /// Names a mirror.
    ///
    /// # Errors
    /// When it is no address.
    pub fn with_mirror(mut self, url: &str) -> Result<Self, String> {
        self.mirror = Some(Address::parse_any_scheme(url)?);
        Ok(self)
    }
}

/// Time and waiting, so that a test need not wait.
pub trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;
    /// Waits.
    fn sleep(&self, time: Duration);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// One question to one address, redirects included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it was asked.
    pub at: Timestamp,
    /// The addresses, the first one asked first; queries are left away, since they may hold a signature.
    pub addresses: Vec<String>,
    /// What came of it.
    pub outcome: String,
    /// What was waited before it.
    pub waited: Duration,
}

/// A file as it was fetched, or that it has not changed.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The file; `None` when the publisher says that what is held is still what it is.
    pub bytes: Option<Vec<u8>>,
    /// The address that answered.
    pub url: String,
    /// The status: 200 or 304.
    pub status: u16,
    /// What to ask with next time.
    pub validators: Validators,
    /// The content type, as sent.
    pub content_type: Option<String>,
    /// The length that was announced; without one a cut connection cannot be told from the end, and the reader of the list has to.
    pub length: Option<u64>,
    /// Bytes on the wire.
    pub received: u64,
    /// BLAKE3 of the file, hexadecimal; with `bytes`.
    pub hash: Option<String>,
    /// When the first question was put.
    pub started: Timestamp,
    /// When the answer was whole.
    pub ended: Timestamp,
    /// Every question, this one last.
    pub attempts: Vec<Attempt>,
}

/// Why a file could not be fetched.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The reason, of the last address.
    pub message: String,
    /// Every question.
    pub attempts: Vec<Attempt>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

/// How far a file is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Bytes on the wire so far.
    pub received: u64,
    /// Bytes announced.
    pub length: Option<u64>,
}

/// Asks publishers.
pub struct Fetcher {
    agent: Agent,
    mirror: Option<Address>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("mirror", &self.mirror)
            .finish_non_exhaustive()
    }
}

/// Whether to ask the same address again.
enum Again {
    No,
    Yes,
    NotBefore(Duration),
}

struct Fault {
    message: String,
    again: Again,
}

impl Fault {
    fn last(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            again: Again::No,
        }
    }

    fn passing(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            again: Again::Yes,
        }
    }
}

impl Fetcher {
    /// Makes ready to ask; nothing is sent yet.
    ///
    /// # Errors
    /// When the file of authorities cannot be read.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let mut given = BTreeSet::new();
        given.extend(settings.mirror.as_ref().map(Address::host));
        // The proxy stands inside the house, and looks the publishers' names up itself.
        given.extend(settings.proxy.as_ref().map(|it| it.host().to_ascii_lowercase()));
        let mut tls = TlsConfig::builder();
        if let Some(path) = &settings.authorities {
            tls = tls.root_certs(authorities(path).map_err(|it| format!("{}: {it}", path.display()))?);
        }
        let config = Agent::config_builder()
            .proxy(settings.proxy)
            .tls_config(tls.build())
            .http_status_as_error(false)
            // Each hop is looked at here.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MAX_HEADERS)
            // A publisher is asked once a day: nothing is gained by keeping a connection, and one that is half broken is inherited.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .timeout_connect(Some(CONNECT))
            .timeout_resolve(Some(CONNECT))
            .accept("*/*")
            .accept_encoding("gzip")
            .build();
        let resolver = PublicOnly {
            given,
            inner: DefaultResolver::default(),
        };
        Ok(Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            mirror: settings.mirror,
            clock,
        })
    }

    /// Fetches a file of a list: each address in turn, each several times where the fault may pass. `known` is what the publisher said of
    /// the file that is held.
    ///
    /// # Errors
    /// When no address gave it.
    pub fn fetch(
        &self,
        list: &ListSource,
        file: &FileSource,
        known: Option<&Validators>,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Fetched, Refused> {
        let started = self.clock.now();
        let mut attempts = Vec::new();
        let mut message = "no address to ask".to_owned();
        let (addresses, hosts) = match &self.mirror {
            None => (file.addresses.clone(), list.hosts.clone()),
            Some(base) => match base.below(&[&list.id, &file.name]) {
                // What a mirror redirects to is the mirror's host, too.
                Ok(it) => (vec![it], vec![HostPattern::of(base)]),
                Err(message) => return Err(Refused { message, attempts }),
            },
        };
        for address in &addresses {
            let ask = Ask {
                list,
                file,
                hosts: &hosts,
                known: known.filter(|it| it.asked == address.to_string()),
            };
            match self.persist(&ask, address, &mut attempts, tell) {
                Ok(mut it) => {
                    it.started = started;
                    it.attempts = attempts;
                    return Ok(it);
                }
                Err(it) => message = it,
            }
        }
        Err(Refused { message, attempts })
    }

    /// One address, until it answers or the patience is over.
    fn persist(
        &self,
        ask: &Ask<'_>,
        address: &Address,
        attempts: &mut Vec<Attempt>,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Fetched, String> {
        let limits = &ask.list.limits;
        let begun = Instant::now();
        let mut slept = Duration::ZERO;
        let mut wait = Duration::ZERO;
        let mut next = limits.wait;
        let mut number = 1;
        loop {
            if !wait.is_zero() {
                self.clock.sleep(wait);
                slept += wait;
            }
            // A clock that does not really wait still has waited: what was slept counts, not what passed meanwhile.
            let spent = begun.elapsed().max(slept);
            let mut attempt = Attempt {
                at: self.clock.now(),
                addresses: Vec::new(),
                outcome: String::new(),
                waited: wait,
            };
            let result = match limits.total.checked_sub(spent).filter(|it| !it.is_zero()) {
                None => Err(Fault::last("not done in the time that it may take")),
                Some(left) => self.ask(ask, address, left, &mut attempt.addresses, tell),
            };
            let fault = match result {
                Ok(it) => {
                    attempt.outcome = match &it.bytes {
                        None => "unchanged (304)".to_owned(),
                        Some(bytes) => format!("{} bytes", bytes.len()),
                    };
                    attempts.push(attempt);
                    return Ok(it);
                }
                Err(it) => it,
            };
            attempt.outcome.clone_from(&fault.message);
            attempts.push(attempt);
            wait = match fault.again {
                Again::No => return Err(fault.message),
                Again::Yes => next.min(limits.wait_most),
                Again::NotBefore(asked) if asked > limits.wait_most => {
                    return Err(format!(
                        "{}; it asks to be left alone for {}, longer than is waited",
                        fault.message,
                        seconds(asked)
                    ));
                }
                Again::NotBefore(asked) => asked.max(next.min(limits.wait_most)),
            };
            if number >= limits.attempts {
                return Err(match number {
                    1 => fault.message,
                    _ => format!("{} (attempt {number} of {number})", fault.message),
                });
            }
            if begun.elapsed().max(slept) + wait >= limits.total {
                return Err(format!(
                    "{} (attempt {number}; another one would take longer than {})",
                    fault.message,
                    seconds(limits.total)
                ));
            }
            number += 1;
            next = next.saturating_mul(2);
        }
    }

    /// One question, redirects included.
    fn ask(
        &self,
        ask: &Ask<'_>,
        first: &Address,
        left: Duration,
        asked: &mut Vec<String>,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Fetched, Fault> {
        let begun = Instant::now();
        let mut address = first.clone();
        loop {
            address.allowed(ask.hosts).map_err(Fault::last)?;
            // A mirror on plain http has been named as such; whatever else is asked is asked over TLS, or is this machine.
            if !address.is_https() && !address.is_loopback() && self.mirror.is_none() {
                return Err(Fault::last(format!("`{}`: only https is asked", address.shown())));
            }
            asked.push(address.shown());
            let left = left.saturating_sub(begun.elapsed()).max(Duration::from_millis(1));
            let mut request = self
                .agent
                .get(address.uri())
                .header(header::USER_AGENT, &ask.list.user_agent);
            if let Some(known) = ask.known {
                if let Some(it) = &known.etag {
                    request = request.header(header::IF_NONE_MATCH, it);
                }
                if let Some(it) = &known.last_modified {
                    request = request.header(header::IF_MODIFIED_SINCE, it);
                }
            }
            let response = request
                .config()
                .timeout_global(Some(left))
                .timeout_per_read(Some(ask.list.limits.idle))
                .timeout_per_write(Some(ask.list.limits.idle))
                .build()
                .call()
                .map_err(|it| line_fault(it, ask.list.limits.idle))?;
            let status = response.status().as_u16();
            let (parts, body) = response.into_parts();
            let headers = Headers(&parts.headers);
            if matches!(status, 301 | 302 | 303 | 307 | 308) {
                let location = headers
                    .text(&header::LOCATION)
                    .ok_or_else(|| Fault::last(format!("HTTP {status} without an address to go to")))?;
                let target = address.follow(location).map_err(Fault::last)?;
                if asked.len() > HOPS {
                    return Err(Fault::last(format!("more than {HOPS} redirects")));
                }
                target
                    .allowed(ask.hosts)
                    .map_err(|it| Fault::last(format!("redirect to {}: {it}", target.shown())))?;
                address = target;
                continue;
            }
            let mut fetched = Fetched {
                bytes: None,
                url: address.shown(),
                status,
                validators: Validators {
                    asked: first.to_string(),
                    etag: headers.text(&header::ETAG).map(str::to_owned),
                    last_modified: headers.text(&header::LAST_MODIFIED).map(str::to_owned),
                },
                content_type: headers.text(&header::CONTENT_TYPE).map(str::to_owned),
                length: None,
                received: 0,
                hash: None,
                started: self.clock.now(),
                ended: self.clock.now(),
                attempts: Vec::new(),
            };
            match status {
                200 => {}
                304 => {
                    let known = ask
                        .known
                        .ok_or_else(|| Fault::last("HTTP 304 to a question that was not conditional"))?;
                    fetched.validators = known.clone();
                    return Ok(fetched);
                }
                429 | 500..=599 => {
                    let message = format!("HTTP {status} {}", parts.status.canonical_reason().unwrap_or(""));
                    let again = headers
                        .text(&header::RETRY_AFTER)
                        .and_then(|it| retry_after(it, self.clock.now()))
                        .map_or(Again::Yes, Again::NotBefore);
                    return Err(Fault {
                        message: message.trim_end().to_owned(),
                        again,
                    });
                }
                _ => {
                    let message = format!("HTTP {status} {}", parts.status.canonical_reason().unwrap_or(""));
                    return Err(Fault::last(message.trim_end()));
                }
            }
            content_type(ask.file, fetched.content_type.as_deref(), self.mirror.is_some()).map_err(Fault::last)?;
            fetched.length = headers.length().map_err(Fault::last)?;
            let gzip = headers.gzip().map_err(Fault::last)?;
            // XML, JSON and ZIP say where they end, and TLS does; a CSV that is cut off over a bare line is a shorter CSV.
            let open_end = fetched.length.is_none() && !headers.chunked() && !address.is_https();
            if open_end && ask.file.kind == Kind::Text {
                return Err(Fault::last(
                    "neither a length nor chunks nor TLS: where it ends cannot be told",
                ));
            }
            let terms = Terms {
                gzip,
                length: fetched.length,
                min: ask.file.min_bytes,
                max: ask.file.max_bytes,
                idle: ask.list.limits.idle,
            };
            let length = fetched.length;
            let whole = body::read(body.into_reader(), terms, &mut |received| {
                tell(Step {
                    file: &ask.file.name,
                    received,
                    length,
                });
            })
            .map_err(|it| match it {
                Stop::Line(message) => Fault::passing(message),
                Stop::Content(message) => Fault::last(message),
            })?;
            looks_like(ask.file.kind, &whole.bytes).map_err(Fault::last)?;
            fetched.received = whole.received;
            fetched.hash = Some(blake3::hash(&whole.bytes).to_hex().to_string());
            fetched.bytes = Some(whole.bytes);
            fetched.ended = self.clock.now();
            return Ok(fetched);
        }
    }
}

struct Ask<'a> {
    list: &'a ListSource,
    file: &'a FileSource,
    hosts: &'a [HostPattern],
    known: Option<&'a Validators>,
}

/// The headers of an answer, read with care.
struct Headers<'a>(&'a HeaderMap);

impl<'a> Headers<'a> {
    /// A value of reasonable length in printable ASCII.
    fn text(&self, name: &HeaderName) -> Option<&'a str> {
        self.0
            .get(name)
            .and_then(|it| it.to_str().ok())
            .filter(|it| !it.is_empty() && it.len() <= 4096)
    }

    fn chunked(&self) -> bool {
        self.0.contains_key(header::TRANSFER_ENCODING)
    }

    /// The length of the body on the wire; chunks tell their own.
    fn length(&self) -> Result<Option<u64>, String> {
        if self.chunked() {
            return Ok(None);
        }
        let mut found = None;
        for it in self.0.get_all(header::CONTENT_LENGTH) {
            let it = it.to_str().ok().and_then(|it| it.trim().parse::<u64>().ok());
            let it = it.ok_or("a Content-Length that is no number")?;
            if found.is_some_and(|found| found != it) {
                return Err("two Content-Lengths that differ".to_owned());
            }
            found = Some(it);
        }
        Ok(found)
    }

    fn gzip(&self) -> Result<bool, String> {
        let mut gzip = false;
        for it in self.0.get_all(header::CONTENT_ENCODING) {
            let it = it.to_str().unwrap_or("?").trim().to_ascii_lowercase();
            match it.as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" if !gzip => gzip = true,
                _ => return Err(format!("content encoding `{it}`, which was not asked for")),
            }
        }
        Ok(gzip)
    }
}

/// A mirror's types are those of its own server, which need not know them: there only a web page is refused.
fn content_type(file: &FileSource, sent: Option<&str>, mirror: bool) -> Result<(), String> {
    let Some(sent) = sent else { return Ok(()) };
    let plain = sent.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if matches!(plain.as_str(), "text/html" | "application/xhtml+xml") && !file.types.contains(&plain) {
        return Err(format!("a web page came instead of the list (content type {plain})"));
    }
    let untyped = [
        "",
        "application/octet-stream",
        "binary/octet-stream",
        "application/x-download",
        "application/force-download",
    ];
    let usual =
        file.types.is_empty() && (untyped.contains(&plain.as_str()) || file.kind.types().contains(&plain.as_str()));
    if mirror || usual || file.types.contains(&plain) {
        return Ok(());
    }
    let known = if file.types.is_empty() {
        file.kind.types().join(", ")
    } else {
        file.types.join(", ")
    };
    Err(format!("content type {plain}, where one of {known} was expected"))
}

/// What a fault of the line is called, and whether it may pass.
fn line_fault(error: ureq::Error, idle: Duration) -> Fault {
    match error {
        ureq::Error::Timeout(ureq::Timeout::PerRead | ureq::Timeout::PerWrite) => {
            Fault::passing(format!("no answer for {}", seconds(idle)))
        }
        ureq::Error::Timeout(ureq::Timeout::Global | ureq::Timeout::PerCall) => {
            Fault::last("not done in the time that it may take")
        }
        ureq::Error::Timeout(ureq::Timeout::Resolve) => Fault::passing("the name could not be looked up in time"),
        ureq::Error::Timeout(ureq::Timeout::Connect) => Fault::passing("no connection in time"),
        ureq::Error::HostNotFound => Fault::passing("the host's name is not known"),
        ureq::Error::Io(it) if it.kind() == io::ErrorKind::UnexpectedEof => {
            Fault::passing("the connection was cut before an answer")
        }
        // TLS faults come as such: another attempt meets the same certificate.
        ureq::Error::Io(it) if it.get_ref().is_some_and(|it| !it.is::<io::Error>()) && is_tls(&it) => {
            Fault::last(format!("TLS: {it}"))
        }
        ureq::Error::Io(it) => Fault::passing(format!("no connection: {it}")),
        ureq::Error::Other(it) if it.is::<Inward>() => Fault::last(it.to_string()),
        ureq::Error::LargeResponseHeader(..) => {
            Fault::last(format!("the answer's headers are longer than {MAX_HEADERS} bytes"))
        }
        ureq::Error::Rustls(it) => Fault::last(format!("TLS: {it}")),
        ureq::Error::Tls(it) => Fault::last(format!("TLS: {it}")),
        ureq::Error::ConnectProxyFailed(it) => Fault::passing(format!("the proxy: {it}")),
        ureq::Error::Protocol(it) => Fault::last(format!("no proper HTTP answer: {it}")),
        it => Fault::last(it.to_string()),
    }
}

fn is_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

/// `Retry-After`: seconds, or a date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(it) = text.parse::<u64>() {
        return Some(Duration::from_secs(it));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

fn authorities(path: &Path) -> Result<RootCerts, String> {
    let pem = std::fs::read(path).map_err(|it| it.to_string())?;
    let mut found = Vec::new();
    for it in ureq::tls::parse_pem(&pem) {
        match it {
            Ok(PemItem::Certificate(it)) => found.push(it),
            Ok(_) => {}
            Err(it) => return Err(it.to_string()),
        }
    }
    if found.is_empty() {
        return Err("no certificate is in there".to_owned());
    }
    Ok(RootCerts::new_with_certs(&found))
}
