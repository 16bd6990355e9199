//! Which addresses may be asked: schemes, hosts by name, and what the name turns out to be.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// An address that may be asked as far as its form goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
}

/// A host that may be asked: `example.org`, `example.org:8443`, or `*.example.org` for every name below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    host: String,
    below: bool,
    port: Option<u16>,
}

impl Address {
    /// Reads an absolute address: https, or http to this machine.
    ///
    /// # Errors
    /// Why it may not be asked.
    pub fn parse(text: &str) -> Result<Self, String> {
        let it = Self::parse_any_scheme(text)?;
        if !it.is_https() && !it.is_loopback() {
            return Err(format!("`{}`: only https is asked", it.shown()));
        }
        Ok(it)
    }

    /// The same, and http to any host: for what the user has written out himself.
    pub(super) fn parse_any_scheme(text: &str) -> Result<Self, String> {
        let bad = |why: &str| format!("`{}`: {why}", text.chars().take(200).collect::<String>());
        let uri: Uri = text.parse().map_err(|_| bad("no address"))?;
        if !matches!(uri.scheme_str(), Some("https" | "http")) {
            return Err(bad("only https is asked"));
        }
        let authority = uri.authority().ok_or_else(|| bad("no host"))?;
        if authority.as_str().contains('@') {
            // Not shown: there may be a password beside it.
            return Err(format!(
                "an address at {} with a user name in it: not sent",
                authority.host()
            ));
        }
        if authority.host().is_empty() || uri.port_u16() == Some(0) {
            return Err(bad("no host"));
        }
        Ok(Self { uri })
    }

    /// Where a redirect leads, from here.
    pub(super) fn follow(&self, location: &str) -> Result<Self, String> {
        let location = location.trim().split('#').next().unwrap_or("");
        if location.is_empty() {
            return Err("a redirect to nowhere".to_owned());
        }
        let scheme = self.uri.scheme_str().unwrap_or("https");
        let host = self.uri.authority().map_or("", |it| it.as_str());
        let absolute = location.split_once(':').is_some_and(|it| {
            !it.0.is_empty()
                && it
                    .0
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'))
        });
        let target = if absolute {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.starts_with('/') {
            format!("{scheme}://{host}{location}")
        } else {
            let path = self.uri.path();
            let folder = path.rfind('/').map_or("/", |it| path.get(..=it).unwrap_or("/"));
            match location.strip_prefix('?') {
                Some(query) => format!("{scheme}://{host}{path}?{query}"),
                None => format!("{scheme}://{host}{folder}{location}"),
            }
        };
        let target = Self::parse_any_scheme(&target)?;
        if self.is_https() && !target.is_https() {
            return Err(format!("redirect from https to {}", target.shown()));
        }
        Ok(target)
    }

    /// Whether the host is one of those.
    ///
    /// # Errors
    /// Names the host and those that are allowed.
    pub fn allowed(&self, hosts: &[HostPattern]) -> Result<(), String> {
        if hosts.iter().any(|it| it.fits(self)) {
            return Ok(());
        }
        let known: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        Err(format!(
            "host {} is not among the allowed ones ({})",
            self.host_and_port(),
            known.join(", ")
        ))
    }

    /// Whether it is asked over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// Whether its host is written as this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback_name(&self.host())
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The host, lower case, without brackets.
    pub(super) fn host(&self) -> String {
        self.uri.host().map_or_else(String::new, bare_host)
    }

    /// The port, where it is not the usual one.
    fn port(&self) -> Option<u16> {
        let usual = if self.is_https() { 443 } else { 80 };
        self.uri.port_u16().filter(|it| *it != usual)
    }

    pub(super) fn host_and_port(&self) -> String {
        match self.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host(),
        }
    }

    /// The address without its query, which may hold a signature or a token.
    #[must_use]
    pub fn shown(&self) -> String {
        let text = format!(
            "{}://{}{}",
            self.uri.scheme_str().unwrap_or(""),
            self.uri.authority().map_or("", |it| it.as_str()),
            self.uri.path()
        );
        if self.uri.query().is_some() { text + "?.." } else { text }
    }

    /// What stands below it; `self` is the base of a mirror.
    pub(super) fn below(&self, parts: &[&str]) -> Result<Self, String> {
        let base = self.uri.to_string();
        let base = base.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
        Self::parse_any_scheme(&format!("{base}/{}", parts.join("/")))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uri)
    }
}

impl HostPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is no host, or stands for more than the names below one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("hosts: `{text}` is no host, nor `*.` before one of two parts or more");
        let (host, below) = match text.strip_prefix("*.") {
            Some(it) => (it, true),
            None => (text, false),
        };
        let uri: Uri = format!("https://{host}/").parse().map_err(|_| bad())?;
        let (Some(name), None) = (uri.host(), uri.query()) else {
            return Err(bad());
        };
        if uri.path() != "/" || host.contains(['@', '*', '/']) || (below && !name.contains('.')) {
            return Err(bad());
        }
        Ok(Self {
            host: bare_host(name),
            below,
            port: uri.port_u16(),
        })
    }

    /// The pattern that only this address fits.
    pub(super) fn of(address: &Address) -> Self {
        Self {
            host: address.host(),
            below: false,
            port: address.port(),
        }
    }

    fn fits(&self, address: &Address) -> bool {
        let host = address.host();
        let named = if self.below {
            host.strip_suffix(&self.host)
                .is_some_and(|it| it.len() > 1 && it.ends_with('.'))
        } else {
            host == self.host
        };
        named && self.port.filter(|it| Some(*it) != default_port(address)) == address.port()
    }
}

fn default_port(address: &Address) -> Option<u16> {
    Some(if address.is_https() { 443 } else { 80 })
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.below { "*." } else { "" };
        match self.port {
            Some(port) => write!(f, "{star}{}:{port}", self.host),
            None => write!(f, "{star}{}", self.host),
        }
    }
}

/// Lower case, without the brackets of an IPv6 address and the dot of a full name.
fn bare_host(host: &str) -> String {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .trim_end_matches('.')
        .to_ascii_lowercase()
}

fn is_loopback_name(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// Why an address of a public publisher cannot be this one; `None` where it can.
fn not_public(it: IpAddr) -> Option<&'static str> {
    match it {
        IpAddr::V4(it) => not_public_v4(it),
        IpAddr::V6(it) => not_public_v6(it),
    }
}

fn not_public_v4(it: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = it.octets();
    Some(match (a, b, c) {
        (127, ..) => "an address of this machine",
        (10, ..) | (192, 168, _) | (172, 16..=31, _) => "a private address",
        (169, 254, _) => "a link-local address",
        (100, 64..=127, _) => "a shared address of a carrier",
        (0, ..) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _) | (224.., ..) => "no address of a host",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "an address for documentation",
        _ => return None,
    })
}

fn not_public_v6(it: Ipv6Addr) -> Option<&'static str> {
    let parts = it.segments();
    let [a, b, ..] = parts;
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    let [.., high, low] = parts;
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("an address of this machine"),
        // IPv4 inside IPv6: mapped, and as NAT64 hands it out.
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => not_public_v4(v4(high, low)),
        // 2000::/3 is what is given out; within it, tunnels that hold other addresses, and documentation.
        _ if a & 0xe000 != 0x2000 => Some("no public address"),
        _ if a == 0x2002 || (a == 0x2001 && b < 0x200) => Some("an address of a tunnel"),
        _ if (a == 0x2001 && b == 0xdb8) || (a == 0x3fff && b < 0x1000) => Some("an address for documentation"),
        _ => None,
    }
}

/// Looks names up, and refuses what a publisher on the open network cannot be: a name that somebody made point into the house.
#[derive(Debug)]
pub(super) struct PublicOnly {
    /// Hosts that the user has written out himself; they may be anywhere.
    pub(super) given: BTreeSet<String>,
    pub(super) inner: DefaultResolver,
}

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let host = uri.host().map_or_else(String::new, bare_host);
        if self.given.contains(&host) {
            return Ok(found);
        }
        for it in found.iter() {
            // A loopback address written as such has been allowed by name.
            if is_loopback_name(&host) && it.ip().is_loopback() {
                continue;
            }
            if let Some(why) = not_public(it.ip()) {
                return Err(ureq::Error::Other(Box::new(Inward(format!(
                    "{host} is {}, {why}: not asked",
                    it.ip()
                )))));
            }
        }
        Ok(found)
    }
}

/// A name that leads into the house.
#[derive(Debug)]
pub(super) struct Inward(pub(super) String);

impl fmt::Display for Inward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Inward {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        #[track_caller]
        fn check(pattern: &str, address: &str, expect: bool) {
            let pattern = HostPattern::parse(pattern).unwrap();
            let address = Address::parse_any_scheme(address).unwrap();
            assert_eq!(pattern.fits(&address), expect, "{pattern} {address}");
        }
        check("example.org", "https://example.org/a", true);
        check("example.org", "https://EXAMPLE.org:443/a", true);
        check("example.org", "https://example.org./a", true);
        check("example.org", "https://example.org:8443/a", false);
        check("example.org:8443", "https://example.org:8443/a", true);
        check("example.org:443", "https://example.org/a", true);
        check("example.org", "https://a.example.org/", false);
        check("example.org", "https://example.org.evil.net/", false);
        check("*.example.org", "https://a.b.example.org/", true);
        check("*.example.org", "https://example.org/", false);
        check("*.example.org", "https://evilexample.org/", false);
        check("127.0.0.1:80", "http://127.0.0.1/", true);
        check("[::1]:99", "http://[::1]:99/", true);
        for it in ["*.org", "*", "a/b", "u@example.org", "", "a.*.org"] {
            assert!(HostPattern::parse(it).is_err(), "{it}");
        }
    }

    #[test]
    fn addresses_that_are_not_asked() {
        #[track_caller]
        fn check(address: &str, expect: &str) {
            let got = Address::parse(address).map_or_else(|it| it, |it| it.shown());
            assert!(got.contains(expect), "{got}");
        }
        check("https://example.org/a?token=1", "https://example.org/a?..");
        check("http://127.0.0.1:8/a", "http://127.0.0.1:8/a");
        check("http://example.org/a", "only https is asked");
        check("ftp://example.org/a", "only https is asked");
        check("file:///etc/passwd", "");
        check("https://user:secret@example.org/a", "at example.org with a user name");
        check("example.org/a", "no address");
        assert!(Address::parse("file:///etc/passwd").is_err());
        assert!(Address::parse("https:///a").is_err());
    }

    #[test]
    fn redirects() {
        #[track_caller]
        fn check(location: &str, expect: &str) {
            let from = Address::parse("https://example.org/a/b.xml?q").unwrap();
            let got = from.follow(location).map_or_else(|it| it, |it| it.to_string());
            assert_eq!(got, expect);
        }
        check("https://example.net/c", "https://example.net/c");
        check("//example.net/c", "https://example.net/c");
        check("/c?d#e", "https://example.org/c?d");
        check("c.xml", "https://example.org/a/c.xml");
        check("?x=http://a", "https://example.org/a/b.xml?x=http://a");
        check("http://example.org/c", "redirect from https to http://example.org/c");
        check("", "a redirect to nowhere");
        check("javascript:alert(1)", "`javascript:alert(1)`: only https is asked");
        check(
            "https://a:b@example.org/c",
            "an address at example.org with a user name in it: not sent",
        );
    }

    #[test]
    fn what_is_public() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.254", false), // where clouds keep their secrets
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("::", false),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::808:808", true),
            ("fe80::1", false),
            ("fd00::1", false),
            ("ff02::1", false),
            ("2002:7f00:1::", false),
            ("2001:0:1::", false),
            ("2001:db8::1", false),
            ("2a00:1450:4001::1", true),
            ("2001:4860:4860::8888", true),
        ] {
            assert_eq!(not_public(address.parse().unwrap()).is_none(), public, "{address}");
        }
    }
}
