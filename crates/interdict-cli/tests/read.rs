//! `interdict read` as a user calls it: documents -> exit code, text, JSON and page.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn run(dir: &Path, args: &[&str], input: &[u8]) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_interdict"))
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("INTERDICT_STORE", dir.join("store"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    let it = child.wait_with_output().unwrap();
    Said {
        code: it.status.code().unwrap_or(-1),
        out: String::from_utf8(it.stdout).unwrap(),
        err: String::from_utf8(it.stderr).unwrap(),
    }
}

fn report() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/report.txt");
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_sample_report_as_text() {
    let dir = tempfile::tempdir().unwrap();
    let said = run(dir.path(), &["read", "-"], report().as_bytes());
    assert_eq!(said.code, 11, "{}", said.err);
    for it in [
        "[OusmaneIlliassouDjibo]",
        "[Djibo]",
        "[[Islamic State]",
        "[Geir PEDerson]",
        "us-ofac-sdn-32391",
        "BLOCK",
    ] {
        assert!(said.out.contains(it), "`{it}` is not in\n{}", said.out);
    }
    assert!(said.out.lines().all(|it| it.chars().count() <= 80), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'), "colours only on a terminal");
}

#[test]
fn offsets_of_the_json_slice_the_file() {
    let dir = tempfile::tempdir().unwrap();
    for text in [report(), format!("\u{feff}{}", report())] {
        let said = run(dir.path(), &["read", "--json", "-"], text.as_bytes());
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(answer["schema"], "interdict.reading/1");
        assert_eq!(answer["decision"], "block");
        let mentions = answer["mentions"].as_array().unwrap();
        assert!(mentions.len() > 20);
        for it in mentions {
            let at = |key: &str| usize::try_from(it[key].as_u64().unwrap()).unwrap();
            assert_eq!(&text[at("start")..at("end")], it["text"].as_str().unwrap());
            assert!(it["matches"][0]["entity"]["id"].is_string());
            assert!(it["matches"][0]["score"].as_f64().unwrap() <= 1.0);
        }
    }
    // Another encoding: bytes of the file, not of the decoded text.
    let said = run(
        dir.path(),
        &["read", "--json", "-"],
        b"Caf\xe9: Ousmane Illiassou Djibo",
    );
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["mentions"][0]["start"], 6);
    assert_eq!(answer["encoding"], "windows-1252");
}

#[test]
fn what_cannot_be_read_is_an_error_and_the_others_are_read() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("controls.txt"), [1, 2, 3]).unwrap();
    fs::write(dir.path().join("empty.txt"), "").unwrap();
    fs::write(dir.path().join("quiet.txt"), "It is raining.").unwrap();
    fs::create_dir(dir.path().join("folder")).unwrap();
    for (file, word) in [
        ("controls.txt", "control"),
        ("empty.txt", "empty"),
        ("folder", ""),
        ("missing.txt", ""),
    ] {
        for args in [
            &["read", file, "quiet.txt"][..],
            &["read", "--json", file, "quiet.txt"][..],
        ] {
            let said = run(dir.path(), args, b"");
            assert_eq!(said.code, 20, "{file}");
            assert!(
                said.err.contains(file) && said.err.contains(word),
                "{file}: {}",
                said.err
            );
            assert!(said.out.contains("quiet.txt"), "{file}: {}", said.out);
        }
    }
    assert_eq!(run(dir.path(), &["read", "quiet.txt"], b"").code, 0);
}

#[test]
fn the_page_stands_by_itself_and_obeys_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // Long enough for a stray control character to be borne with.
    let text = format!(
        "<script>alert(1)</script> Ousmane Illiassou Djibo & \"Islamic State\" \u{202e}\u{1b}[2J{}",
        " It rained on that day.".repeat(5)
    );
    let said = run(dir.path(), &["read", "-", "--html", "page.html"], text.as_bytes());
    assert_eq!(said.code, 11, "{}", said.err);
    assert!(!said.out.contains('\u{1b}') && !said.out.contains('\u{202e}'));
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    assert_eq!(page.matches("<mark").count(), page.matches("</mark>").count());
    // Every anchor leads somewhere.
    for it in page.split("href=\"#").skip(1) {
        let id = it.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    let said = run(
        dir.path(),
        &["read", "-", "--html", "no/such/page.html"],
        text.as_bytes(),
    );
    assert_eq!(said.code, 20);
}
