//! A body as it comes over the wire -> the bytes of a file, within limits of size, time and patience.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;

use super::sources::Kind;

/// What has to come within the idle time.
const LEAST: u64 = 1 << 10;
/// XML of lists shrinks to a twentieth; nothing honest to a two-hundredth.
const MOST_RATIO: u64 = 200;
/// So much may come out of a gzip before its ratio is looked at.
const RATIO_FROM: u64 = 1 << 20;

/// A body that was read to its end.
#[derive(Debug)]
pub(super) struct Whole {
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// Bytes on the wire; fewer than the file's where it came compressed.
    pub(super) received: u64,
}

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The line failed: it may do better another time.
    Line(String),
    /// What came cannot be the file.
    Content(String),
}

/// How a body is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Compressed on the wire.
    pub(super) gzip: bool,
    /// The length that was announced for the wire.
    pub(super) length: Option<u64>,
    /// Fewer bytes are no list.
    pub(super) min: u64,
    /// The byte behind it is refused.
    pub(super) max: u64,
    /// In so much time something has to come.
    pub(super) idle: Duration,
}

/// Counts what comes, and ends it when it comes too slowly or is too much.
struct Wire<'a, R> {
    inner: R,
    received: u64,
    max: u64,
    since: Instant,
    lately: u64,
    idle: Duration,
    tell: &'a mut dyn FnMut(u64),
    fault: Option<Stop>,
}

impl<R: Read> Read for Wire<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let stop = |it: &mut Self, fault: Stop| {
            it.fault = Some(fault);
            Err(io::Error::other("stopped"))
        };
        let count = match self.inner.read(buffer) {
            Ok(it) => it,
            Err(error) => {
                let words = self.words(error);
                return stop(self, Stop::Line(words));
            }
        };
        self.received += count as u64;
        self.lately += count as u64;
        if self.received > self.max {
            let words = format!("longer than {} bytes, the most that this file may have", self.max);
            return stop(self, Stop::Content(words));
        }
        if count > 0 && self.since.elapsed() > self.idle {
            if self.lately < LEAST {
                let words = format!(
                    "too slow: {} bytes in {}, {} in all",
                    self.lately,
                    seconds(self.idle),
                    self.received
                );
                return stop(self, Stop::Line(words));
            }
            self.since = Instant::now();
            self.lately = 0;
        }
        (self.tell)(self.received);
        Ok(count)
    }
}

impl<R> Wire<'_, R> {
    fn words(&self, error: io::Error) -> String {
        let so_far = format!("after {} bytes", self.received);
        match ureq::Error::from(error) {
            ureq::Error::Timeout(ureq::Timeout::PerRead) => {
                format!("nothing came for {}, {so_far}", seconds(self.idle))
            }
            ureq::Error::Timeout(_) => format!("not done in the time that it may take, {so_far}"),
            ureq::Error::Io(it) if it.kind() == io::ErrorKind::UnexpectedEof => {
                format!("the connection was cut {so_far}")
            }
            it => format!("{it}, {so_far}"),
        }
    }
}

/// Reads a body to its end.
pub(super) fn read(reader: impl Read, terms: Terms, tell: &mut dyn FnMut(u64)) -> Result<Whole, Stop> {
    if let Some(length) = terms.length {
        // Said before a byte of it is read.
        if length > terms.max {
            return Err(Stop::Content(format!(
                "{length} bytes are announced; this file has at most {}",
                terms.max
            )));
        }
        if !terms.gzip && length < terms.min {
            return Err(Stop::Content(short(length, terms.min)));
        }
    }
    let mut wire = Wire {
        inner: reader,
        received: 0,
        max: terms.max,
        since: Instant::now(),
        lately: 0,
        idle: terms.idle,
        tell,
        fault: None,
    };
    let mut bytes = Vec::new();
    let done = if terms.gzip {
        unpack(&mut wire, terms.max, &mut bytes)
    } else {
        wire.read_to_end(&mut bytes)
            .map(|_| ())
            .map_err(|it| Stop::Line(it.to_string()))
    };
    // The fault of the wire is the cause of what the unpacking then said.
    match (wire.fault, done) {
        (Some(fault), _) | (None, Err(fault)) => return Err(fault),
        (None, Ok(())) => {}
    }
    if let Some(length) = terms.length
        && length != wire.received
    {
        return Err(Stop::Line(format!(
            "{} bytes came, {length} were announced",
            wire.received
        )));
    }
    if (bytes.len() as u64) < terms.min {
        return Err(Stop::Content(short(bytes.len() as u64, terms.min)));
    }
    Ok(Whole {
        bytes,
        received: wire.received,
    })
}

fn short(length: u64, min: u64) -> String {
    match length {
        0 => "empty".to_owned(),
        _ => format!("{length} bytes; this file has at least {min}"),
    }
}

fn unpack<R: Read>(wire: &mut Wire<'_, R>, max: u64, bytes: &mut Vec<u8>) -> Result<(), Stop> {
    let mut gzip = MultiGzDecoder::new(wire);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = gzip
            .read(&mut buffer)
            .map_err(|it| Stop::Content(format!("damaged gzip: {it}")))?;
        let Some(chunk) = buffer.get(..count).filter(|it| !it.is_empty()) else {
            return Ok(());
        };
        bytes.extend_from_slice(chunk);
        let out = bytes.len() as u64;
        if out > max {
            return Err(Stop::Content(format!(
                "longer than {max} bytes when unpacked, the most that this file may have"
            )));
        }
        let wired = gzip.get_ref().received;
        if out > RATIO_FROM && out / MOST_RATIO > wired {
            return Err(Stop::Content(format!(
                "{out} bytes out of {wired}: no list shrinks so far, so this is a trap"
            )));
        }
    }
}

/// Whether the first bytes are those of the kind.
pub(super) fn looks_like(kind: Kind, bytes: &[u8]) -> Result<(), String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let head = text.get(..text.len().min(1 << 10)).unwrap_or(text).to_ascii_lowercase();
    if head.is_empty() {
        return Err("empty".to_owned());
    }
    if head.starts_with(b"<!doctype html") || head.starts_with(b"<html") || contains(&head, b"<html") {
        return Err("a web page came instead of the list".to_owned());
    }
    let first = head.first().copied().unwrap_or(0);
    // UTF-16 is left to the reader, which knows more.
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let zip = bytes.starts_with(b"PK\x03\x04");
    let fits = match kind {
        Kind::Zip => zip,
        _ if zip => false,
        _ if utf16 => true,
        Kind::Xml => first == b'<',
        Kind::Json => matches!(first, b'{' | b'['),
        Kind::Text => !matches!(first, b'<' | b'{') && !head.contains(&0),
    };
    if fits {
        return Ok(());
    }
    let begin: String = String::from_utf8_lossy(&head).chars().take(24).collect();
    Err(format!("not {}: it begins with {begin:?}", kind.name()))
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|it| it == part)
}

/// A time for readers.
pub(super) fn seconds(it: Duration) -> String {
    if it.subsec_millis() == 0 {
        format!("{} s", it.as_secs())
    } else {
        format!("{:.1} s", it.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes() {
        #[track_caller]
        fn check(kind: Kind, bytes: &[u8], expect: &str) {
            let got = looks_like(kind, bytes).map_or_else(|it| it, |()| String::new());
            assert_eq!(got, expect);
        }
        check(Kind::Xml, b"\xef\xbb\xbf\n<?xml version='1.0'?><a/>", "");
        check(Kind::Xml, b"\xff\xfe<\0a\0", "");
        check(Kind::Xml, b"<!DOCTYPE html><p>", "a web page came instead of the list");
        check(
            Kind::Xml,
            b"<?xml version='1.0'?>\n<!-- x -->\n<html xmlns='http://www.w3.org/1999/xhtml'>",
            "a web page came instead of the list",
        );
        check(
            Kind::Text,
            b" \n<HTML><body>Forbidden",
            "a web page came instead of the list",
        );
        check(Kind::Text, b"36,\"A\",-0- \r\n", "");
        check(
            Kind::Text,
            b"{\"error\":1}",
            "not text: it begins with \"{\\\"error\\\":1}\"",
        );
        check(Kind::Json, b"[{}]", "");
        check(Kind::Json, b"error", "not json: it begins with \"error\"");
        check(Kind::Zip, b"PK\x03\x04..", "");
        check(Kind::Zip, b"<a/>", "not zip: it begins with \"<a/>\"");
        check(
            Kind::Xml,
            b"PK\x03\x04..",
            "not xml: it begins with \"pk\\u{3}\\u{4}..\"",
        );
        check(Kind::Xml, b" \r\n", "empty");
    }
}
