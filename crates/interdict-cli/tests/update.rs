//! `interdict update` against publishers on this machine, well-behaved and not: what is said, how it ends, and what answers afterwards.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

#[path = "../../interdict-store/tests/support/server.rs"]
mod server;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;

use server::{Asked, Line, Server, answer};

const CLEAR: i32 = 0;
const ERROR: i32 = 20;

/// A folder of its own, with a store that does not exist yet.
struct Place {
    dir: tempfile::TempDir,
}

/// What the program said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_in(&[], args)
    }

    fn run_in(&self, environment: &[(&str, &str)], args: &[&str]) -> Said {
        let out = Command::new(env!("CARGO_BIN_EXE_interdict"))
            .args(args)
            // No proxy of whoever runs the tests.
            .env_clear()
            .envs(environment.iter().copied())
            .env("INTERDICT_STORE", self.dir.path().join("store"))
            .env("COLUMNS", "200")
            .output()
            .unwrap();
        Said {
            code: out.status.code().unwrap_or(-1),
            out: String::from_utf8(out.stdout).unwrap(),
            err: String::from_utf8(out.stderr).unwrap(),
        }
    }

    /// What is active: list, hash.
    fn active(&self) -> Vec<(String, String)> {
        let said = self.run(&["lists", "show", "--json"]);
        let lists = json(&said)["lists"].as_array().unwrap().clone();
        let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
        lists.iter().map(|it| (text(it, "list"), text(it, "hash"))).collect()
    }
}

impl Said {
    /// All of it, with the line breaks of a terminal taken out.
    fn words(&self) -> String {
        let all = format!("{} {}", self.out, self.err);
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[track_caller]
fn json(said: &Said) -> Value {
    serde_json::from_str(said.out.lines().next().unwrap_or_default())
        .unwrap_or_else(|it| panic!("{it}: {} {}", said.out, said.err))
}

fn sample(name: &str) -> Vec<u8> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read(root.join("samples/lists").join(name)).unwrap()
}

fn un() -> Vec<u8> {
    sample("un/consolidated.xml")
}

const LIMITS: &str = r#"schema = "interdict.sources/1"
[limits]
idle_seconds = 60
total_seconds = 60
attempts = 2
wait_seconds = 0.02
wait_most_seconds = 1
"#;

/// A list of the table, with its files at the server.
fn entry(server: &Server, id: &str, format: &str, authority: &str, files: &[&str]) -> String {
    let mut text = format!(
        r#"
[[list]]
id = "{id}"
authorities = ["{authority}"]
title = "{id}"
format = "{format}"
on = true
hosts = ["127.0.0.1:{}"]
licence = "none"
documentation = "none"
"#,
        server.port
    );
    for it in files {
        text.push_str(&format!(
            "[[list.file]]\nname = \"{it}\"\nurls = [\"{}\"]\nkind = \"{}\"\nmin_bytes = 100\nmax_bytes = 1000000\n",
            server.url(&format!("/{it}")),
            if it.ends_with(".csv") { "text" } else { "xml" }
        ));
    }
    text
}

fn un_entry(server: &Server) -> String {
    entry(server, "un-sc", "un-xml", "UN", &["consolidated.xml"])
}

fn start(handler: impl Fn(&Asked, usize, &mut dyn Line) + Send + Sync + 'static) -> Server {
    Server::start(Arc::new(handler))
}

fn xml(line: &mut dyn Line, headers: &[&str], body: &[u8]) {
    let mut all = vec!["Content-Type: text/xml"];
    all.extend(headers);
    answer(line, "200 OK", &all, body);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut it = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    it.write_all(bytes).unwrap();
    it.finish().unwrap()
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(un()).unwrap();
    assert!(text.contains(from), "`{from}`");
    text.replace(from, to).into_bytes()
}

/// The first answer is the list; then the publisher does this. How the second run ends, what it says of the list, and whether another
/// version is active afterwards.
#[track_caller]
fn check(
    name: &str,
    code: i32,
    words: &[&str],
    changes: bool,
    does: impl Fn(&Asked, &mut dyn Line) + Send + Sync + 'static,
) {
    let server = start(move |asked, before, line| {
        if before == 0 && asked.path == "/consolidated.xml" {
            xml(line, &["ETag: \"first\""], &un());
        } else {
            does(asked, line);
        }
    });
    let place = Place::new();
    let sources = place.file("sources.toml", LIMITS.to_owned() + &un_entry(&server));
    let args = ["update", "--sources", &sources];
    let said = place.run(&args);
    assert_eq!(said.code, CLEAR, "{name}: {}", said.words());
    assert!(
        said.words().contains("un-sc new version: 2026-02-27"),
        "{}",
        said.words()
    );
    let before = place.active();
    assert_eq!(before.len(), 1);

    let said = place.run(&args);
    let all = said.words();
    assert_eq!(said.code, code, "{name}: {all}");
    for it in words {
        assert!(all.contains(it), "{name}: `{it}` is not in\n{all}");
    }
    if code == ERROR {
        assert!(all.contains("kept: the version of 2026-02-27"), "{name}: {all}");
        assert!(all.contains("0 of 1 lists"), "{name}: {all}");
    }
    let after = place.active();
    assert_eq!(after != before, changes, "{name}");
    // Whatever happened, somebody on the list is still found, and by the version that is active.
    let said = place.run(&["screen", "Akhmed Rajapovich Chataev", "--json"]);
    let answer = json(&said);
    assert_ne!(answer["decision"], "clear", "{name}: {}", said.out);
    assert_eq!(answer["snapshot"]["lists"][0]["hash"], after[0].1.as_str(), "{name}");
}

#[test]
fn a_publisher_who_does_not_answer_with_a_list() {
    check(
        "403 page",
        ERROR,
        &["un-sc FAILED: HTTP 403 Forbidden; kept"],
        false,
        |_, line| {
            answer(
                line,
                "403 Forbidden",
                &["Content-Type: text/html"],
                b"<html>robots</html>",
            );
        },
    );
    check(
        "web page",
        ERROR,
        &["FAILED: a web page came instead of the list (content type text/html)"],
        false,
        |_, line| {
            let page = format!("<!DOCTYPE html><html>{}</html>", " ".repeat(30_000));
            answer(line, "200 OK", &["Content-Type: text/html"], page.as_bytes());
        },
    );
    check("empty", ERROR, &["FAILED: empty"], false, |_, line| xml(line, &[], b""));
    check(
        "500",
        ERROR,
        &[
            "FAILED: HTTP 500 Internal Server Error (attempt 2 of 2)",
            "before that, 1 times: HTTP 500",
        ],
        false,
        |_, line| answer(line, "500 Internal Server Error", &[], b""),
    );
    check(
        "cut",
        ERROR,
        &["FAILED: the connection was cut after 9000 bytes"],
        false,
        |_, line| {
            let all = un();
            xml(line, &[&format!("Content-Length: {}", all.len())], &all[..9000]);
        },
    );
    check(
        "elsewhere",
        ERROR,
        &["FAILED: redirect to https://example.org/consolidated.xml: host example.org is not among the allowed ones"],
        false,
        |_, line| {
            answer(
                line,
                "302 Found",
                &["Location: https://example.org/consolidated.xml"],
                b"",
            );
        },
    );
}

#[test]
fn a_publisher_who_answers_with_another_file() {
    // Fewer bytes than there are: the line cannot tell, the reader can.
    check("a length too small", ERROR, &["REFUSED: "], false, |_, line| {
        xml(line, &["Content-Length: 9000"], &un());
    });
    check("cut off before it was sent", ERROR, &["REFUSED: "], false, |_, line| {
        let all = un();
        xml(line, &[], &all[..all.len() - 30]);
    });
    check("another root element", ERROR, &["REFUSED: "], false, |_, line| {
        xml(line, &[], &replaced("CONSOLIDATED_LIST", "CONSOLIDATED_LISTS"));
    });
    check("another list", ERROR, &["REFUSED: gate whole: "], false, |_, line| {
        xml(line, &[], &sample("uk/UK-Sanctions-List.xml"));
    });
    check("nobody on it", ERROR, &["REFUSED: "], false, |_, line| {
        xml(
            line,
            &[],
            format!(
                "<?xml version=\"1.0\"?><CONSOLIDATED_LIST dateGenerated=\"2026-03-01T00:00:00Z\"><INDIVIDUALS/><ENTITIES/>{}</CONSOLIDATED_LIST>",
                " ".repeat(100)
            )
            .as_bytes(),
        );
    });
}

#[test]
fn a_publisher_who_has_lost_a_part() {
    // Whole XML, well formed, and most of the people are not on it: so it was with the US list of lists in May 2024.
    check(
        "a list that shrank",
        ERROR,
        &["REFUSED: gate shrink: "],
        false,
        |_, line| {
            let text = String::from_utf8(un()).unwrap();
            let (head, _) = text.split_once("<INDIVIDUAL>").unwrap();
            let (_, last) = text.rsplit_once("<INDIVIDUAL>").unwrap();
            let kept = format!("{head}<INDIVIDUAL>{last}");
            xml(line, &[], kept.as_bytes());
        },
    );
}

#[test]
fn a_publisher_who_has_the_same_or_a_new_list() {
    check("304", CLEAR, &["un-sc unchanged: 2026-02-27"], false, |asked, line| {
        assert_eq!(asked.header("if-none-match"), Some("\"first\""));
        let _ = line.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n");
    });
    check(
        "the same again",
        CLEAR,
        &["un-sc unchanged: 2026-02-27"],
        false,
        |_, line| {
            xml(line, &["Content-Encoding: gzip"], &gzip(&un()));
        },
    );
    // OFAC's namespace changed overnight in May 2024: names are compared without it.
    check(
        "another namespace",
        CLEAR,
        &["un-sc new version: 2026-02-27"],
        true,
        |_, line| {
            xml(
                line,
                &[],
                &replaced("<CONSOLIDATED_LIST ", "<CONSOLIDATED_LIST xmlns=\"urn:moved\" "),
            );
        },
    );
    check(
        "a newer one",
        CLEAR,
        &["un-sc new version: 2026-02-28"],
        true,
        |_, line| {
            xml(line, &[], &replaced("2026-02-27T", "2026-02-28T"));
        },
    );
}

#[test]
fn lists_do_not_wait_for_each_other() {
    let server = start(|asked, _, line| match asked.path.as_str() {
        "/consolidated.xml" => xml(line, &[], &un()),
        "/full.xml" => answer(line, "403 Forbidden", &[], b""),
        "/UK-Sanctions-List.xml" => xml(line, &[], &sample("uk/UK-Sanctions-List.xml")),
        _ => answer(line, "404 Not Found", &[], b""),
    });
    let place = Place::new();
    let table = [
        LIMITS.to_owned(),
        entry(&server, "eu-fsf", "eu-xml", "EU", &["full.xml"]),
        un_entry(&server),
        entry(&server, "uk-sanctions-list", "uk-xml", "UK", &["UK-Sanctions-List.xml"]),
    ]
    .concat();
    let sources = place.file("sources.toml", table);
    let said = place.run(&["update", "--sources", &sources, "--json"]);
    assert_eq!(said.code, ERROR, "{}", said.words());
    let told = json(&said);
    assert_eq!(told["schema"], "interdict.update/1");
    assert_eq!(told["decision"], "error");
    let outcomes: Vec<String> = told["lists"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["id"].as_str().unwrap(), it["outcome"].as_str().unwrap()))
        .collect();
    // In the order of the table, whoever was the quickest.
    assert_eq!(outcomes, ["eu-fsf failed", "un-sc new", "uk-sanctions-list new"]);
    assert_eq!(told["lists"][0]["active"], Value::Null);
    assert_eq!(
        told["lists"][0]["files"][0]["attempts"][0]["outcome"],
        "HTTP 403 Forbidden"
    );
    assert_eq!(told["lists"][1]["files"][0]["status"], 200);
    let active: Vec<String> = place.active().into_iter().map(|it| it.0).collect();
    assert_eq!(active, ["uk-sanctions-list", "un-sc"]);
    // What is not held is said so.
    let said = place.run(&["update", "--sources", &sources, "--list", "eu-fsf"]);
    assert_eq!(said.code, ERROR);
    assert!(
        said.words().contains("nothing of it is held: it is NOT SCREENED"),
        "{}",
        said.words()
    );
}

#[test]
fn what_a_policy_names_is_fetched() {
    let server = start(|asked, _, line| match asked.path.as_str() {
        "/consolidated.xml" => xml(line, &[], &un()),
        _ => answer(line, "403 Forbidden", &[], b""),
    });
    let place = Place::new();
    let mut table = LIMITS.to_owned() + &un_entry(&server);
    table += &entry(&server, "au-dfat", "au-xlsx", "AU", &["au.xml"]);
    let sources = place.file("sources.toml", table);
    let policy = place.file(
        "own.toml",
        r#"name = "own"
version = 1
description = "Two authorities."
[thresholds]
review = 0.5
strong = 0.9
[weak_aliases]
alone = "rare"
[[rule]]
authorities = ["UN", "EU"]
measures = ["*"]
consequence = "review"
words = "w"
source = "s"
[[rule]]
authorities = ["*"]
measures = ["*"]
consequence = "none"
words = "w"
source = "s"
"#,
    );
    let said = place.run(&["update", "--sources", &sources, "--policy", &policy]);
    assert_eq!(said.code, ERROR, "{}", said.words());
    assert!(said.words().contains("un-sc new version"), "{}", said.words());
    assert!(
        said.words().contains("own names EU; no list of the table is for it"),
        "{}",
        said.words()
    );
    assert!(
        said.words()
            .contains("1 of 1 lists are as the publishers have them; no list for EU"),
        "{}",
        said.words()
    );
    let none = format!("{LIMITS}{}", un_entry(&server)).replace("on = true", "on = false");
    let none = place.file("none.toml", none);
    let said = place.run(&["update", "--sources", &none]);
    assert_eq!(said.code, ERROR, "{}", said.words());
    assert!(said.words().contains("nothing to update"), "{}", said.words());
    assert_eq!(server.asked().len(), 1, "Australia is not asked");
}

#[test]
fn a_dry_run_makes_nothing_active() {
    let server = start(|_, _, line| xml(line, &["ETag: \"a\""], &un()));
    let place = Place::new();
    let sources = place.file("sources.toml", LIMITS.to_owned() + &un_entry(&server));
    let said = place.run(&["update", "--sources", &sources, "--dry-run"]);
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert!(
        said.words().contains("un-sc would be a new version: 2026-02-27"),
        "{}",
        said.words()
    );
    assert!(place.active().is_empty());
    // And nothing is remembered of what was not kept.
    let said = place.run(&["update", "--sources", &sources]);
    assert!(
        said.words().contains("un-sc new version: 2026-02-27"),
        "{}",
        said.words()
    );
    assert_eq!(server.asked()[1].header("if-none-match"), None);
}

#[test]
fn a_family_of_files_is_one_list() {
    let server = start(|asked, before, line| {
        let name = asked.path.trim_start_matches('/').to_owned();
        let body = sample(&format!("ofac-csv/{name}"));
        if before > 0 && name != "sdn.csv" {
            // Half of the family has not changed.
            assert!(asked.header("if-none-match").is_some(), "{name}");
            let _ = line.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n");
        } else if before > 0 {
            let mut body = body;
            body.truncate(body.len() - 1);
            let text = String::from_utf8(body).unwrap();
            let text = text.trim_end_matches('\u{1a}').replacen("DJIBO", "DJIBOO", 1);
            answer(
                line,
                "200 OK",
                &["Content-Type: text/csv"],
                (text + "\r\n\u{1a}").as_bytes(),
            );
        } else {
            answer(
                line,
                "200 OK",
                &["Content-Type: text/csv", &format!("ETag: \"{name}\"")],
                &body,
            );
        }
    });
    let place = Place::new();
    let files = ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"];
    let table = LIMITS.to_owned() + &entry(&server, "us-ofac-sdn", "ofac-csv", "OFAC", &files);
    let sources = place.file("sources.toml", table);
    let args = ["update", "--sources", &sources];
    let said = place.run(&args);
    assert_eq!(said.code, CLEAR, "{}", said.words());
    let first = place.active();
    let said = place.run(&args);
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert!(said.words().contains("us-ofac-sdn new version"), "{}", said.words());
    assert_ne!(place.active(), first);
    // The aliases of the half that did not change are there.
    let said = place.run(&["screen", "Petit Chapori", "--json"]);
    assert!(said.out.contains("us-ofac-sdn-32391"), "{}", said.out);
    // The same list by hand in another format stays, and grows old: that is said.
    let path = place.file("SDN.XML", sample("ofac-xml/SDN.XML"));
    assert_eq!(place.run(&["lists", "add", &path]).code, CLEAR);
    let said = place.run(&args);
    assert!(
        said.words().contains("us-ofac-sdn is active as ofac-xml, too"),
        "{}",
        said.words()
    );
}

#[test]
fn a_text_says_nothing_of_its_end() {
    let server = start(|asked, _, line| {
        let body = sample(&format!("ofac-csv/{}", asked.path.trim_start_matches('/')));
        let _ = line.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\n");
        let _ = line.write_all(&body[..body.len() / 2]);
    });
    let place = Place::new();
    let table = LIMITS.to_owned() + &entry(&server, "us-ofac-sdn", "ofac-csv", "OFAC", &["sdn.csv", "alt.csv"]);
    let sources = place.file("sources.toml", table);
    let said = place.run(&["update", "--sources", &sources]);
    assert_eq!(said.code, ERROR);
    let words = "FAILED: sdn.csv: neither a length nor chunks nor TLS: where it ends cannot be told";
    assert!(said.words().contains(words), "{}", said.words());
}

#[test]
fn a_damaged_store_is_not_confirmed_by_not_changed() {
    let server = start(|asked, _, line| {
        if asked.header("if-none-match").is_some() {
            let _ = line.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n");
        } else {
            xml(line, &["ETag: \"a\""], &un());
        }
    });
    let place = Place::new();
    let sources = place.file("sources.toml", LIMITS.to_owned() + &un_entry(&server));
    place.run(&["update", "--sources", &sources]);
    let hash = blake3::hash(&un()).to_hex().to_string();
    let mut objects = fs::read_dir(place.dir.path().join("store/objects")).unwrap();
    let object = objects
        .find_map(|it| Some(it.unwrap().path()).filter(|it| it.to_str().unwrap().contains(&hash)))
        .unwrap();
    fs::write(&object, b"damaged").unwrap();
    assert_eq!(place.run(&["screen", "Anybody"]).code, ERROR);
    let said = place.run(&["update", "--sources", &sources]);
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert_eq!(server.asked()[1].header("if-none-match"), None);
    assert_ne!(place.run(&["screen", "Anybody"]).code, ERROR);
}

#[test]
fn not_changed_renews_only_what_was_asked_about() {
    let place = Arc::new(Place::new());
    let other = place.file("other.xml", replaced("2026-02-27", "2026-02-28"));
    let inside = Arc::clone(&place);
    let server = start(move |_, before, line| {
        if before == 0 {
            xml(line, &["ETag: \"a\""], &un());
        } else {
            // Somebody else changes what is active while the publisher answers.
            assert_eq!(inside.run(&["lists", "add", &other]).code, CLEAR);
            let _ = line.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n");
        }
    });
    let sources = place.file("sources.toml", LIMITS.to_owned() + &un_entry(&server));
    assert_eq!(place.run(&["update", "--sources", &sources]).code, CLEAR);
    let said = place.run(&["update", "--sources", &sources]);
    assert_eq!(said.code, ERROR, "{}", said.words());
    assert!(
        said.words()
            .contains("un-sc FAILED: not changed since the version that was asked about"),
        "{}",
        said.words()
    );
}

#[test]
fn a_file_that_was_carried_in_again_is_as_old_as_it_is() {
    let place = Place::new();
    let server = start(|_, _, _| panic!("the network is not asked"));
    let sources = place.file("sources.toml", LIMITS.to_owned() + &un_entry(&server));
    let path = place.file("a/consolidated.xml", un());
    let verified = || json(&place.run(&["lists", "show", "--json"]))["lists"][0]["verified_at"].clone();
    let update = || place.run(&["update", "--sources", &sources, "--from", &place.path("a")]);
    let ago = |seconds: u64| {
        let time = std::time::SystemTime::now() - std::time::Duration::from_secs(seconds);
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(time)
            .unwrap();
        jiff::Timestamp::try_from(time).unwrap()
    };
    assert_eq!(update().code, CLEAR);
    let first = verified();
    ago(3 * 86_400);
    let said = update();
    assert!(said.words().contains("un-sc unchanged"), "{}", said.words());
    assert_eq!(verified(), first, "an old copy proves nothing of today");
    // Held against the clock of a day ago, what was written since makes it younger: up to then, and no further.
    let path = place.file("store/manifest.json", {
        let text = fs::read_to_string(place.path("store/manifest.json")).unwrap();
        text.replace(
            &format!("\"verified_at\":{first}"),
            "\"verified_at\":\"2026-01-01T00:00:00Z\"",
        )
    });
    assert!(fs::read_to_string(path).unwrap().contains("2026-01-01T00:00:00Z"));
    let written = ago(3_600);
    // Damaged counts are counted anew.
    for it in fs::read_dir(place.path("store/summaries")).unwrap() {
        fs::write(it.unwrap().path(), b"damaged").unwrap();
    }
    assert_eq!(update().code, CLEAR);
    assert!(Path::new(&place.path("store/identities.tsv")).is_file());
    assert_eq!(verified(), format!("{written:.0}"));
}

#[test]
fn files_that_were_carried_in() {
    let place = Place::new();
    let server = start(|_, _, _| panic!("the network is not asked"));
    let mut table = LIMITS.to_owned() + &un_entry(&server);
    table += "also = [\"un-list-*.xml\"]\n";
    table += &entry(&server, "uk-sanctions-list", "uk-xml", "UK", &["UK-Sanctions-List.xml"]);
    let sources = place.file("sources.toml", table);
    let update = |dir: &str| place.run(&["update", "--sources", &sources, "--from", &place.path(dir)]);

    place.file("a/un-list-2026-02-27.xml", un());
    place.file(
        "a/uk-sanctions-list/UK-Sanctions-List.xml",
        sample("uk/UK-Sanctions-List.xml"),
    );
    let said = update("a");
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert!(said.words().contains("2 of 2 lists"), "{}", said.words());
    assert_eq!(place.active().len(), 2);

    place.file(
        "b/CONSOLIDATED.XML",
        b"<!DOCTYPE html><html>maintenance</html>".repeat(10),
    );
    let said = update("b");
    assert_eq!(said.code, ERROR);
    for it in [
        "CONSOLIDATED.XML: a web page came instead of the list; kept: the version of 2026-02-27",
        "uk-sanctions-list FAILED: no UK-Sanctions-List.xml in",
    ] {
        assert!(said.words().contains(it), "`{it}` is not in {}", said.words());
    }
    place.file("c/un-list-1.xml", un());
    place.file("c/un-list-2.xml", un());
    let said = update("c");
    assert!(
        said.words()
            .contains("un-list-1.xml and un-list-2.xml may both be consolidated.xml: leave one of them"),
        "{}",
        said.words()
    );
    assert_eq!(place.active().len(), 2);
    assert_eq!(update("nowhere").code, ERROR);
    assert!(server.asked().is_empty());
}

#[test]
fn a_mirror_takes_the_place_of_every_publisher() {
    let server = start(|asked, _, line| match asked.path.as_str() {
        "/lists/un-sc/consolidated.xml" => answer(line, "200 OK", &[], &un()),
        _ => answer(line, "404 Not Found", &[], b""),
    });
    let place = Place::new();
    let table = LIMITS.to_owned()
        + &un_entry(&server)
            .replace("http://127.0.0.1", "https://example.org")
            .replace("127.0.0.1", "example.org");
    let sources = place.file("sources.toml", table);
    let said = place.run(&["update", "--sources", &sources, "--mirror", &server.url("/lists")]);
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert_eq!(place.active().len(), 1);
}

#[test]
fn what_was_fetched_outside_is_carried_in() {
    let server = start(|asked, _, line| match asked.path.as_str() {
        "/consolidated.xml" => xml(line, &[], &un()),
        _ => answer(line, "403 Forbidden", &[], b""),
    });
    let place = Place::new();
    let mut table = LIMITS.to_owned() + &un_entry(&server);
    table += &entry(&server, "eu-fsf", "eu-xml", "EU", &["full.xml"]);
    let sources = place.file("sources.toml", table);
    let stick = place.path("stick");
    let said = place.run(&["update", "--sources", &sources, "--to", &stick]);
    assert_eq!(said.code, ERROR, "{}", said.words());
    assert!(
        said.words().contains("un-sc fetched: 26468 bytes, in"),
        "{}",
        said.words()
    );
    assert!(
        said.words().contains("1 of 2 lists fetched, none of them read"),
        "{}",
        said.words()
    );
    assert!(!place.dir.path().join("store").exists());
    assert_eq!(
        fs::read(place.dir.path().join("stick/un-sc/consolidated.xml")).unwrap(),
        un()
    );
    let said = place.run(&["update", "--sources", &sources, "--from", &stick, "--list", "un-sc"]);
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert_eq!(place.active().len(), 1);
}

#[test]
fn a_gate_is_let_pass_for_one_list_on_somebodys_word() {
    let short = {
        let text = String::from_utf8(un()).unwrap();
        let (head, _) = text.split_once("<INDIVIDUAL>").unwrap();
        let (_, last) = text.rsplit_once("<INDIVIDUAL>").unwrap();
        format!("{head}<INDIVIDUAL>{last}")
    };
    let server = start(move |_, before, line| {
        xml(
            line,
            &[],
            if before == 0 { un() } else { short.clone().into_bytes() }.as_slice(),
        );
    });
    let place = Place::new();
    let mut table = LIMITS.to_owned() + &un_entry(&server);
    table += &entry(&server, "eu-fsf", "eu-xml", "EU", &["full.xml"]);
    let sources = place.file("sources.toml", table);
    let update = |more: &[&str]| place.run(&[&["update", "--sources", &sources], more].concat());
    let word = [
        "--override",
        "shrink",
        "--by",
        "A. Officer",
        "--reason",
        "delisted on 1 March",
    ];
    assert_eq!(update(&["--list", "un-sc"]).code, CLEAR);
    let said = update(&["--list", "un-sc"]);
    assert!(said.words().contains("REFUSED: gate shrink: "), "{}", said.words());
    let said = update(&word);
    assert!(
        said.words()
            .contains("a gate is let pass for one list, which --list names"),
        "{}",
        said.words()
    );
    let said = update(&[&["--list", "un-sc"], &word[..]].concat());
    assert_eq!(said.code, CLEAR, "{}", said.words());
    assert!(said.words().contains("un-sc new version: "), "{}", said.words());
    let said = place.run(&["lists", "log", "--json"]);
    assert!(said.out.contains("A. Officer"), "{}", said.out);
}

#[test]
fn what_cannot_be_meant_is_said_before_anything_is_asked() {
    #[track_caller]
    fn check(environment: &[(&str, &str)], args: &[&str], words: &str) {
        let place = Place::new();
        let broken = place.file("broken.toml", "schema = \"interdict.sources/1\"\n");
        let args: Vec<&str> = args
            .iter()
            .map(|it| if *it == "BROKEN" { broken.as_str() } else { *it })
            .collect();
        let said = place.run_in(environment, &args);
        assert_eq!(said.code, ERROR, "{args:?}: {}", said.words());
        assert!(said.words().contains(words), "{args:?}: {}", said.words());
    }
    check(
        &[],
        &["update", "--list", "un"],
        "--list un: not in the table; there are us-ofac-sdn,",
    );
    check(
        &[],
        &["update", "--policy", "nobody"],
        "neither a policy file nor one of",
    );
    check(&[], &["update", "--sources", "BROKEN"], "missing field `limits`");
    check(
        &[],
        &["update", "--mirror", "ftp://127.0.0.1/"],
        "--mirror: `ftp://127.0.0.1/`",
    );
    check(
        &[],
        &["update", "--mirror", "http://127.0.0.1/", "--from", "."],
        "cannot be used with",
    );
    let one = ["update", "--list", "un-sc"];
    // To go around a proxy that cannot be used would be to go where one must not.
    check(
        &[("HTTPS_PROXY", "socks5://127.0.0.1:1")],
        &one,
        "HTTPS_PROXY: a SOCKS5 proxy; only HTTP proxies are used",
    );
    check(&[("https_proxy", "::")], &one, "https_proxy: no address of a proxy");
    check(&[("SSL_CERT_FILE", "/nowhere")], &one, "/nowhere: ");
    // A proxy that is not there: it is the one that is asked, and nobody else.
    let server = start(|_, _, line| answer(line, "403 Forbidden", &[], b""));
    let place = Place::new();
    let sources = place.file("sources.toml", LIMITS.to_owned() + NOWHERE);
    let said = place.run_in(
        &[("HTTPS_PROXY", server.url("").as_str())],
        &["update", "--sources", &sources],
    );
    assert_eq!(said.code, ERROR);
    assert!(said.words().contains("FAILED: the proxy: "), "{}", said.words());
    assert_eq!(server.asked()[0].path, "lists.invalid:443");
}

/// A publisher whose name nobody can look up.
const NOWHERE: &str = r#"[[list]]
id = "fr-dgt"
authorities = ["FR"]
title = "t"
format = "fr-json"
on = true
hosts = ["lists.invalid"]
licence = "l"
documentation = "d"
[[list.file]]
name = "a.json"
urls = ["https://lists.invalid/a.json"]
kind = "json"
min_bytes = 1
max_bytes = 9
"#;

#[test]
fn the_table_is_shown() {
    let place = Place::new();
    let said = place.run(&["update", "--list-sources", "--policy", "eu-psp"]);
    assert_eq!(said.code, CLEAR);
    for it in ["eu-fsf EU eu-xml", "hosts: webgate.ec.europa.eu", "licence: "] {
        assert!(said.words().contains(it), "{it}");
    }
    let said = place.run(&["update", "--print-sources"]);
    assert!(said.out.starts_with("# Where `interdict update` gets each list."));
    // What it prints can be given back.
    let path = place.file("again.toml", &said.out);
    let said = place.run(&[
        "update",
        "--list-sources",
        "--sources",
        &path,
        "--list",
        "us-ofac-sdn-csv",
        "--json",
    ]);
    let table = json(&said);
    assert_eq!(table["lists"][0]["files"].as_array().unwrap().len(), 4);
}
