//! Fetching against a publisher on this machine that behaves, and that misbehaves. Nothing leaves the machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

#[path = "support/server.rs"]
mod server;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use interdict_store::fetch::{Clock, Fetched, Fetcher, Refused, Settings, Sources, Validators};
use jiff::Timestamp;

use server::{Asked, Line, Server, answer};

/// Does not wait, and notes what it would have waited.
#[derive(Default)]
struct Quick(Mutex<Vec<Duration>>);

impl Clock for Quick {
    fn now(&self) -> Timestamp {
        // Sun, 06 Nov 1994 08:49:37 GMT, the date of the standard's examples.
        Timestamp::from_second(784_111_777).unwrap()
    }

    fn sleep(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
    }
}

const BODY: &[u8] = b"<?xml version=\"1.0\"?><LIST>0123456789</LIST>";

/// Long enough never to matter on a machine that is busy.
const LONG: f64 = 60.0;
/// Short enough to wait for.
const SHORT: f64 = 1.0;

fn table(urls: &[String], hosts: &[String]) -> Sources {
    table_with(urls, hosts, LONG)
}

fn table_with(urls: &[String], hosts: &[String], idle: f64) -> Sources {
    let text = format!(
        r#"
schema = "interdict.sources/1"
[limits]
idle_seconds = {idle}
total_seconds = 20
attempts = 3
wait_seconds = 1
wait_most_seconds = 10
[[list]]
id = "test"
authorities = ["UN"]
title = "t"
format = "un-xml"
on = true
hosts = {hosts:?}
licence = "l"
documentation = "d"
user_agent = "interdict/{{version}} (test)"
[[list.file]]
name = "list.xml"
urls = {urls:?}
kind = "xml"
min_bytes = 20
max_bytes = 3000000
"#
    );
    Sources::parse(&text, "9.9").unwrap()
}

/// A publisher, and what asking it came to.
struct Done {
    result: Result<Fetched, Refused>,
    server: Server,
    waits: Vec<u64>,
}

fn ask_with(
    known: Option<(&str, &str)>,
    idle: f64,
    handler: impl Fn(&Asked, usize, &mut dyn Line) + Send + Sync + 'static,
) -> Done {
    let server = Server::start(Arc::new(handler));
    let sources = table_with(
        &[server.url("/list.xml")],
        &[format!("127.0.0.1:{}", server.port)],
        idle,
    );
    let list = &sources.lists[0];
    let known = known.map(|it| Validators {
        asked: server.url("/list.xml"),
        etag: Some(it.0.to_owned()).filter(|it| !it.is_empty()),
        last_modified: Some(it.1.to_owned()).filter(|it| !it.is_empty()),
    });
    let clock = Arc::new(Quick::default());
    let fetcher = Fetcher::new(Settings::default(), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    let result = fetcher.fetch(list, &list.files[0], known.as_ref(), &mut |_| {});
    let waits = clock.0.lock().unwrap().iter().map(Duration::as_secs).collect();
    Done { result, server, waits }
}

fn ask(handler: impl Fn(&Asked, usize, &mut dyn Line) + Send + Sync + 'static) -> Done {
    ask_with(None, LONG, handler)
}

fn xml(line: &mut dyn Line, headers: &[&str], body: &[u8]) {
    let mut all = vec!["Content-Type: text/xml; charset=UTF-8"];
    all.extend(headers);
    answer(line, "200 OK", &all, body);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut it = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    it.write_all(bytes).unwrap();
    it.finish().unwrap()
}

type Behaviour = Box<dyn Fn(&Asked, usize, &mut dyn Line) + Send + Sync>;

/// What the publisher does, and what has to come of it.
struct Case {
    name: &'static str,
    does: Behaviour,
    /// How often it is asked.
    asked: usize,
    /// Part of the message; empty when the file has to come.
    expect: &'static str,
    /// Whether it is about time.
    slow: bool,
}

fn case(
    name: &'static str,
    asked: usize,
    expect: &'static str,
    does: impl Fn(&Asked, usize, &mut dyn Line) + Send + Sync + 'static,
) -> Case {
    Case {
        name,
        does: Box::new(does),
        asked,
        expect,
        slow: false,
    }
}

fn slow(
    name: &'static str,
    expect: &'static str,
    does: impl Fn(&Asked, usize, &mut dyn Line) + Send + Sync + 'static,
) -> Case {
    Case {
        slow: true,
        ..case(name, 3, expect, does)
    }
}

/// One row a behaviour: how often it is asked, what comes of it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    vec![
        case("as it should be", 1, "", |_, _, line| xml(line, &[], BODY)),
        case("without a content type", 1, "", |_, _, line| {
            answer(line, "200 OK", &[], BODY);
        }),
        case("a download without a type", 1, "", |_, _, line| {
            answer(line, "200 OK", &["Content-Type: binary/octet-stream"], BODY);
        }),
        case("gzip", 1, "", |_, _, line| {
            xml(line, &["Content-Encoding: gzip"], &gzip(BODY))
        }),
        case("gzip in two members", 1, "", |_, _, line| {
            let both = [gzip(&BODY[..20]), gzip(&BODY[20..])].concat();
            xml(line, &["Content-Encoding: gzip"], &both);
        }),
        case("chunks", 1, "", |_, _, line| {
            let body = format!(
                "2b\r\n{}\r\n1\r\n>\r\n0\r\n\r\n",
                std::str::from_utf8(&BODY[..43]).unwrap()
            );
            xml(line, &["Transfer-Encoding: chunked"], body.as_bytes());
        }),
        case("no length, and the end of the connection", 1, "", |_, _, line| {
            let _ = line.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n");
            let _ = line.write_all(BODY);
        }),
        case("500 twice, then the file", 3, "", |_, before, line| match before {
            0 | 1 => answer(line, "500 Internal Server Error", &[], b"sorry"),
            _ => xml(line, &[], BODY),
        }),
        case("cut once, then the file", 2, "", |_, before, line| match before {
            0 => xml(line, &["Content-Length: 44"], &BODY[..30]),
            _ => xml(line, &[], BODY),
        }),
        case("a redirect on the same host", 2, "", |asked, _, line| {
            match asked.path.as_str() {
                "/list.xml" => answer(line, "302 Found", &["Location: /other.xml"], b""),
                _ => xml(line, &[], BODY),
            }
        }),
        // And now what must not be taken for the list.
        case("403 page", 1, "HTTP 403 Forbidden", |_, _, line| {
            answer(
                line,
                "403 Forbidden",
                &["Content-Type: text/html"],
                b"<html>no robots</html>",
            );
        }),
        case("404", 1, "HTTP 404 Not Found", |_, _, line| {
            answer(line, "404 Not Found", &[], BODY);
        }),
        case(
            "500 for ever",
            3,
            "HTTP 500 Internal Server Error (attempt 3 of 3)",
            |_, _, line| {
                answer(line, "500 Internal Server Error", &[], BODY);
            },
        ),
        case("206, a part of it", 1, "HTTP 206", |_, _, line| {
            answer(line, "206 Partial Content", &["Content-Type: text/xml"], BODY);
        }),
        case("204, nothing", 1, "HTTP 204", |_, _, line| {
            let _ = line.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
        }),
        case(
            "a web page as 200",
            1,
            "a web page came instead of the list (content type text/html)",
            |_, _, line| {
                answer(
                    line,
                    "200 OK",
                    &["Content-Type: text/html; charset=utf-8"],
                    b"<!DOCTYPE html><html><body>Maintenance</body></html>",
                );
            },
        ),
        case(
            "a web page that says it is XML",
            1,
            "a web page came instead of the list",
            |_, _, line| {
                xml(line, &[], b"<!DOCTYPE html><html><body>Maintenance</body></html>");
            },
        ),
        case(
            "another content type",
            1,
            "content type image/png, where one of text/xml",
            |_, _, line| {
                answer(line, "200 OK", &["Content-Type: image/png"], BODY);
            },
        ),
        case("JSON", 1, "not xml: it begins with", |_, _, line| {
            xml(line, &[], b"{\"error\": \"too many requests\"}");
        }),
        case("an empty 200", 1, "empty", |_, _, line| xml(line, &[], b"")),
        case("too short", 1, "19 bytes; this file has at least 20", |_, _, line| {
            xml(line, &[], &BODY[..19]);
        }),
        case(
            "too short without a length",
            1,
            "19 bytes; this file has at least 20",
            |_, _, line| {
                let _ = line.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n");
                let _ = line.write_all(&BODY[..19]);
            },
        ),
        case(
            "too long, and says so",
            1,
            "3000001 bytes are announced; this file has at most 3000000",
            |_, _, line| {
                xml(line, &["Content-Length: 3000001"], BODY);
            },
        ),
        case("a body without an end", 1, "longer than 3000000 bytes", |_, _, line| {
            let _ = line.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n<");
            while line.write_all(&[b'a'; 64 << 10]).is_ok() {}
        }),
        case(
            "cut in the middle",
            3,
            "the connection was cut after 30 bytes (attempt 3 of 3)",
            |_, _, line| {
                xml(line, &["Content-Length: 44"], &BODY[..30]);
            },
        ),
        case("cut in a chunk", 3, "after 30 bytes (attempt 3 of 3)", |_, _, line| {
            let body = [b"2c\r\n", &BODY[..30]].concat();
            xml(line, &["Transfer-Encoding: chunked"], &body);
        }),
        case(
            "cut before the last chunk",
            3,
            "after 44 bytes (attempt 3 of 3)",
            |_, _, line| {
                let body = [b"2c\r\n", BODY, b"\r\n"].concat();
                xml(line, &["Transfer-Encoding: chunked"], &body);
            },
        ),
        case("broken chunks", 3, "after 0 bytes", |_, _, line| {
            xml(line, &["Transfer-Encoding: chunked"], b"zz\r\n<a/>\r\n0\r\n\r\n");
        }),
        case(
            "two lengths that differ",
            1,
            "no proper HTTP answer: conflicting content-length headers",
            |_, _, line| {
                xml(line, &["Content-Length: 44", "Content-Length: 40"], BODY);
            },
        ),
        case(
            "a length that is no number",
            1,
            "no proper HTTP answer: content-length header not a number",
            |_, _, line| xml(line, &["Content-Length: many"], BODY),
        ),
        case(
            "cut before an answer",
            3,
            "the connection was cut before an answer",
            |_, _, _| {},
        ),
        case("no HTTP", 1, "no proper HTTP answer", |_, _, line| {
            let _ = line.write_all(b"SSH-2.0-OpenSSH_9.6\r\n");
        }),
        slow("silence", "no answer for 1 s", |_, _, _| {
            sleep(Duration::from_millis(1500))
        }),
        slow(
            "silence in the middle",
            "nothing came for 1 s, after 10 bytes",
            |_, _, line| {
                xml(line, &["Content-Length: 44"], &BODY[..10]);
                sleep(Duration::from_millis(1500));
            },
        ),
        slow("a slow drip", "too slow: ", |_, _, line| {
            xml(line, &["Content-Length: 44"], b"");
            for it in BODY.iter().take(40) {
                if line.write_all(&[*it]).is_err() {
                    return;
                }
                sleep(Duration::from_millis(50));
            }
        }),
        case(
            "headers without an end",
            1,
            "the answer's headers are longer than 32768 bytes",
            |_, _, line| {
                let _ = line.write_all(b"HTTP/1.1 200 OK\r\nX-Bomb: ");
                while line.write_all(&[b'a'; 16 << 10]).is_ok() {}
            },
        ),
        case("a thousand headers", 1, "no proper HTTP answer", |_, _, line| {
            let many = "X-Bomb: a\r\n".repeat(1000);
            let _ = line.write_all(format!("HTTP/1.1 200 OK\r\n{many}\r\n").as_bytes());
        }),
        case("another encoding", 1, "content encoding `br`", |_, _, line| {
            xml(line, &["Content-Encoding: br"], BODY);
        }),
        case("gzip inside gzip", 1, "content encoding `gzip, gzip`", |_, _, line| {
            xml(line, &["Content-Encoding: gzip, gzip"], &gzip(&gzip(BODY)));
        }),
        case("gzip that is none", 1, "damaged gzip", |_, _, line| {
            xml(line, &["Content-Encoding: gzip"], BODY)
        }),
        case("gzip that is cut off", 1, "damaged gzip", |_, _, line| {
            let it = gzip(BODY);
            xml(line, &["Content-Encoding: gzip"], &it[..it.len() - 9]);
        }),
        case("a bomb by its ratio", 1, "no list shrinks so far", |_, _, line| {
            let it = gzip(&[b"<LIST>".to_vec(), vec![b' '; 2_500_000]].concat());
            xml(line, &["Content-Encoding: gzip"], &it);
        }),
        case(
            "a bomb by its size",
            1,
            "longer than 3000000 bytes when unpacked",
            |_, _, line| {
                // Random enough to stay under the ratio.
                let mut seed = 1_u32;
                let noise: Vec<u8> = (0..3_100_000)
                    .map(|it: u32| {
                        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        if it.is_multiple_of(32) {
                            (seed >> 24) as u8
                        } else {
                            b'a'
                        }
                    })
                    .collect();
                xml(line, &["Content-Encoding: gzip"], &gzip(&noise));
            },
        ),
        case(
            "a redirect to another host",
            1,
            "redirect to https://evil.example/list.xml: host evil.example is not among the allowed ones",
            |_, _, line| {
                answer(line, "302 Found", &["Location: https://evil.example/list.xml"], b"");
            },
        ),
        case(
            "a redirect to another port",
            1,
            "host 127.0.0.1:1 is not among the allowed ones",
            |_, _, line| {
                answer(
                    line,
                    "301 Moved Permanently",
                    &["Location: http://127.0.0.1:1/list.xml"],
                    b"",
                );
            },
        ),
        case("a redirect to a file", 1, "only https is asked", |_, _, line| {
            answer(line, "302 Found", &["Location: file://127.0.0.1/etc/passwd"], b"");
        }),
        case(
            "a redirect to nowhere",
            1,
            "HTTP 302 without an address to go to",
            |_, _, line| {
                answer(line, "302 Found", &[], b"");
            },
        ),
        case("a redirect to itself", 6, "more than 5 redirects", |_, _, line| {
            answer(line, "302 Found", &["Location: /list.xml"], b"");
        }),
        case(
            "304 without having been asked",
            1,
            "HTTP 304 to a question that was not conditional",
            |_, _, line| {
                let _ = line.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n");
            },
        ),
        case(
            "429 that asks for an hour",
            1,
            "HTTP 429 Too Many Requests; it asks to be left alone for 3600 s",
            |_, _, line| {
                answer(line, "429 Too Many Requests", &["Retry-After: 3600"], b"");
            },
        ),
    ]
}

#[test]
fn whatever_a_publisher_does() {
    // At once: most of them wait.
    let done: Vec<(Case, Done)> = std::thread::scope(|scope| {
        let threads: Vec<_> = cases()
            .into_iter()
            .map(|mut it| {
                scope.spawn(move || {
                    let does = std::mem::replace(&mut it.does, Box::new(|_, _, _| {}));
                    let done = ask_with(None, if it.slow { SHORT } else { LONG }, does);
                    (it, done)
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut wrong = Vec::new();
    for (case, done) in &done {
        let name = case.name;
        match &done.result {
            Ok(it) if case.expect.is_empty() => {
                if it.bytes.as_deref() != Some(BODY) {
                    wrong.push(format!("{name}: other bytes"));
                }
                if it.hash.as_deref() != Some(blake3::hash(BODY).to_hex().as_str()) || it.status != 200 {
                    wrong.push(format!("{name}: {} {:?}", it.status, it.hash));
                }
            }
            Ok(_) => wrong.push(format!("{name}: taken, where `{}` was expected", case.expect)),
            Err(it) if case.expect.is_empty() || !it.message.contains(case.expect) => {
                wrong.push(format!("{name}: `{it}`, where `{}` was expected", case.expect));
            }
            Err(_) => {}
        }
        if done.server.asked().len() != case.asked {
            wrong.push(format!(
                "{name}: asked {} times instead of {}",
                done.server.asked().len(),
                case.asked
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_asked() {
    let done = ask(|_, _, line| {
        xml(
            line,
            &["ETag: \"a1\"", "Last-Modified: Sun, 06 Nov 1994 08:00:00 GMT"],
            BODY,
        )
    });
    let it = done.result.unwrap();
    assert_eq!(it.validators.etag.as_deref(), Some("\"a1\""));
    assert_eq!(
        it.validators.last_modified.as_deref(),
        Some("Sun, 06 Nov 1994 08:00:00 GMT")
    );
    assert_eq!((it.length, it.received), (Some(44), 44));
    let asked = &done.server.asked()[0];
    assert_eq!(asked.header("user-agent"), Some("interdict/9.9 (test)"));
    assert_eq!(asked.header("accept-encoding"), Some("gzip"));
    assert_eq!(asked.header("if-none-match"), None);
    assert_eq!(asked.header("if-modified-since"), None);
}

#[test]
fn what_is_held_is_asked_about() {
    #[track_caller]
    fn check(known: (&str, &str), header: &str, value: &str) {
        let name = header.to_owned();
        let done = ask_with(Some(known), LONG, move |asked, _, line| {
            if asked.header(&name).is_some() {
                let _ = line.write_all(b"HTTP/1.1 304 Not Modified\r\nETag: \"other\"\r\n\r\n");
            } else {
                xml(line, &[], BODY);
            }
        });
        let it = done.result.unwrap();
        assert!(it.bytes.is_none() && it.status == 304);
        assert_eq!(it.attempts[0].outcome, "unchanged (304)");
        assert_eq!(done.server.asked()[0].header(header), Some(value));
        // What goes with the bytes that are held stays.
        assert_eq!(it.validators.etag.as_deref(), Some(known.0).filter(|it| !it.is_empty()));
    }
    check(("W/\"a1\"", ""), "If-None-Match", "W/\"a1\"");
    check(("", "yesterday"), "If-Modified-Since", "yesterday");
}

#[test]
fn the_marks_of_another_address_are_not_sent() {
    let server = Server::start(Arc::new(|_: &Asked, _, line: &mut dyn Line| xml(line, &[], BODY)));
    let sources = table(&[server.url("/list.xml")], &[format!("127.0.0.1:{}", server.port)]);
    let list = &sources.lists[0];
    let known = Validators {
        asked: "https://example.org/list.xml".to_owned(),
        etag: Some("\"a1\"".to_owned()),
        last_modified: None,
    };
    let fetcher = Fetcher::new(Settings::default(), Arc::new(Quick::default())).unwrap();
    let it = fetcher.fetch(list, &list.files[0], Some(&known), &mut |_| {}).unwrap();
    assert!(it.bytes.is_some());
    assert_eq!(server.asked()[0].header("if-none-match"), None);
}

#[test]
fn waits_are_a_schedule() {
    #[track_caller]
    fn check(status: &'static str, header: &'static str, waits: &[u64], message: &str) {
        let done = ask(move |_, _, line| answer(line, status, &[header], b""));
        assert_eq!(done.waits, waits, "{header}");
        let it = done.result.unwrap_err();
        assert!(it.message.contains(message), "{it}");
        // Every question is told, with what was waited before it.
        assert_eq!(it.attempts.len(), waits.len() + 1);
        assert_eq!(it.attempts[0].waited, Duration::ZERO);
        for (attempt, wait) in it.attempts[1..].iter().zip(waits) {
            assert_eq!(attempt.waited.as_secs(), *wait);
            assert_eq!(attempt.addresses, [done.server.url("/list.xml")]);
        }
    }
    check("503 Service Unavailable", "X: y", &[1, 2], "HTTP 503");
    // It asks for more than the schedule, and for less.
    check("429 Too Many Requests", "Retry-After: 7", &[7, 7], "HTTP 429");
    check("429 Too Many Requests", "Retry-After: 0", &[1, 2], "HTTP 429");
    check(
        "503 Service Unavailable",
        "Retry-After: Sun, 06 Nov 1994 08:49:42 GMT",
        &[5, 5],
        "HTTP 503",
    );
    check("503 Service Unavailable", "Retry-After: soon", &[1, 2], "HTTP 503");
    check(
        "503 Service Unavailable",
        "Retry-After: 11",
        &[],
        "it asks to be left alone for 11 s, longer than is waited",
    );
    // Together they would take longer than the 20 s of the table.
    check(
        "503 Service Unavailable",
        "Retry-After: 10",
        &[10],
        "another one would take longer than 20 s",
    );
}

#[test]
fn the_next_address_is_asked_when_one_fails() {
    let server = Server::start(Arc::new(|asked: &Asked, _, line: &mut dyn Line| {
        match asked.path.as_str() {
            "/first.xml" => answer(line, "403 Forbidden", &[], b""),
            _ => xml(line, &[], BODY),
        }
    }));
    let sources = table(
        &[server.url("/first.xml"), server.url("/second.xml")],
        &[format!("127.0.0.1:{}", server.port)],
    );
    let list = &sources.lists[0];
    let fetcher = Fetcher::new(Settings::default(), Arc::new(Quick::default())).unwrap();
    let it = fetcher.fetch(list, &list.files[0], None, &mut |_| {}).unwrap();
    assert_eq!(it.url, server.url("/second.xml"));
    let outcomes: Vec<&str> = it.attempts.iter().map(|it| it.outcome.as_str()).collect();
    assert_eq!(outcomes, ["HTTP 403 Forbidden", "44 bytes"]);
}

#[test]
fn a_mirror_has_folders_of_lists() {
    let server = Server::start(Arc::new(|asked: &Asked, _, line: &mut dyn Line| {
        match asked.path.as_str() {
            // A server of files need not know what they are.
            "/lists/test/list.xml" => answer(line, "200 OK", &["Content-Type: application/x-whatever"], BODY),
            _ => answer(line, "404 Not Found", &[], b""),
        }
    }));
    let sources = table(&["https://example.org/x.xml".to_owned()], &["example.org".to_owned()]);
    let list = &sources.lists[0];
    let settings = Settings::default().with_mirror(&server.url("/lists/?x=1")).unwrap();
    let fetcher = Fetcher::new(settings, Arc::new(Quick::default())).unwrap();
    let it = fetcher.fetch(list, &list.files[0], None, &mut |_| {}).unwrap();
    assert_eq!(it.bytes.as_deref(), Some(BODY));
    assert!(Settings::default().with_mirror("ftp://example.org/").is_err());
    assert!(Settings::default().with_mirror("/srv/lists").is_err());
}

#[test]
fn a_name_that_points_into_the_house_is_not_asked() {
    // `localhost.localdomain` and the like are names that a resolver may know without a network; a literal needs none at all.
    for host in ["10.0.0.1", "169.254.169.254", "192.168.0.1", "[fd00::1]", "0.0.0.0"] {
        let sources = table(&[format!("https://{host}/list.xml")], &[host.to_owned()]);
        let list = &sources.lists[0];
        let fetcher = Fetcher::new(Settings::default(), Arc::new(Quick::default())).unwrap();
        let it = fetcher.fetch(list, &list.files[0], None, &mut |_| {}).unwrap_err();
        assert!(it.message.contains("not asked"), "{host}: {it}");
        assert_eq!(it.attempts.len(), 1, "{host}");
    }
}

#[test]
fn a_proxy_is_asked_for_names_that_only_it_knows() {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let log = Arc::clone(&asked);
    let proxy = Server::accept(asked, move |mut stream| {
        // It is told where to connect to, and then plays that host itself.
        for answers in [&b"HTTP/1.1 200 Connected\r\n\r\n"[..], b""] {
            if server::head(stream.try_clone().unwrap(), &log).is_none() {
                return;
            }
            if answers.is_empty() {
                xml(&mut stream, &[], BODY);
            } else {
                let _ = stream.write_all(answers);
            }
        }
    });
    let sources = table(&["https://example.org/x.xml".to_owned()], &["example.org".to_owned()]);
    let list = &sources.lists[0];
    let settings = Settings {
        proxy: Some(ureq::Proxy::new(&proxy.url("")).unwrap()),
        ..Settings::default()
    };
    let settings = settings.with_mirror("http://lists.invalid/base").unwrap();
    let fetcher = Fetcher::new(settings, Arc::new(Quick::default())).unwrap();
    let it = fetcher.fetch(list, &list.files[0], None, &mut |_| {}).unwrap();
    assert_eq!(it.bytes.as_deref(), Some(BODY));
    let paths: Vec<String> = proxy.asked().into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["lists.invalid:80", "/base/test/list.xml"]);
}

#[test]
fn progress_is_told() {
    let server = Server::start(Arc::new(|_: &Asked, _, line: &mut dyn Line| xml(line, &[], BODY)));
    let sources = table(&[server.url("/list.xml")], &[format!("127.0.0.1:{}", server.port)]);
    let list = &sources.lists[0];
    let fetcher = Fetcher::new(Settings::default(), Arc::new(Quick::default())).unwrap();
    let mut last = (0, None);
    fetcher
        .fetch(list, &list.files[0], None, &mut |it| {
            assert_eq!(it.file, "list.xml");
            assert!(it.received >= last.0);
            last = (it.received, it.length);
        })
        .unwrap();
    assert_eq!(last, (44, Some(44)));
}

const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/tls/loopback.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/tls/loopback.key");

/// A publisher who speaks TLS.
fn tls_server(handler: impl Fn(&Asked, usize, &mut dyn Line) + Send + Sync + 'static) -> Server {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let certificate = CertificateDer::from_pem_file(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_file(KEY).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let log = Arc::clone(&asked);
    Server::accept(asked, move |stream| {
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        if let Some((request, before)) = server::head(&mut stream, &log) {
            handler(&request, before, &mut stream);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

#[test]
fn tls() {
    let server = tls_server(|asked, _, line| match asked.path.as_str() {
        "/down.xml" => answer(line, "302 Found", &["Location: http://127.0.0.1/list.xml"], b""),
        _ => xml(line, &[], BODY),
    });
    let ask = |path: &str, authorities: Option<&str>| {
        let sources = table(
            &[server.url(path).replace("http:", "https:")],
            &[format!("127.0.0.1:{}", server.port)],
        );
        let list = &sources.lists[0];
        let settings = Settings {
            authorities: authorities.map(Into::into),
            ..Settings::default()
        };
        Fetcher::new(settings, Arc::new(Quick::default())).map(|it| it.fetch(list, &list.files[0], None, &mut |_| {}))
    };
    // The house's own authority is trusted when it is named, and only then.
    let it = ask("/list.xml", Some(CERTIFICATE)).unwrap().unwrap();
    assert_eq!(it.bytes.as_deref(), Some(BODY));
    let it = ask("/list.xml", None).unwrap().unwrap_err();
    assert!(it.message.starts_with("TLS: ") && it.attempts.len() == 1, "{it}");
    // What came over TLS does not go on without.
    let it = ask("/down.xml", Some(CERTIFICATE)).unwrap().unwrap_err();
    assert!(
        it.message.contains("redirect from https to http://127.0.0.1/list.xml"),
        "{it}"
    );
    // A file that names no authority is a mistake, not a reason to trust the usual ones.
    let it = ask("/list.xml", Some(KEY)).unwrap_err();
    assert!(it.contains("no certificate is in there"), "{it}");
    assert!(ask("/list.xml", Some("/nowhere")).is_err());
}
