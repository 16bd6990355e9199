//! The house rules of the whole repository, as tests. Each rule is a function over paths and texts that returns what breaks
//! it, so that each is also seen to fail on a planted fault.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Path below the root, with `/`, -> text. Files that are neither Rust, Markdown nor TOML have an empty text here.
type Tree = BTreeMap<String, String>;

const ENGINE: &str = "crates/interdict/src/";
/// This file plants faults, as text; the rules that look for such text pass it by.
const PLANTED: &str = "crates/interdict/tests/house.rs";

#[test]
fn rooms_use_only_rooms_above_them() {
    holds(&rooms(&repository()));
}

#[test]
fn every_file_says_what_it_is() {
    holds(&openings(&repository()));
}

#[test]
fn the_map_names_real_places() {
    let tree = repository();
    if !tree.contains_key("ARCHITECTURE.md") {
        eprintln!("SKIPPED: there is no ARCHITECTURE.md to check");
        return;
    }
    holds(&map(&tree));
}

#[test]
fn nothing_is_left_open() {
    holds(&left_open(&repository()));
}

#[test]
fn domain_types_carry_no_serde() {
    holds(&serde(&repository()));
}

#[test]
fn the_changelog_names_the_version() {
    holds(&changelog(&repository()));
}

#[test]
fn nothing_is_a_copy_of_shared_data() {
    let shared = root().join("../shared");
    if !shared.is_dir() {
        eprintln!("SKIPPED: there is no ../shared to compare with");
        return;
    }
    let mut ours = BTreeMap::new();
    files(&root(), &root(), &mut |path, file| {
        ours.insert(path, std::fs::read(file).expect("the file was just found"));
    });
    let sizes: BTreeSet<u64> = ours.values().map(|it| it.len() as u64).collect();
    let mut theirs = BTreeMap::new();
    files(&shared, &shared, &mut |path, file| {
        // Only a file of a size that we have can be a copy; the rest is not worth reading.
        if sizes.contains(&std::fs::metadata(file).map_or(0, |it| it.len())) {
            theirs.insert(path, std::fs::read(file).expect("the file was just found"));
        }
    });
    holds(&copies(&ours, &theirs));
}

// The rules.

/// A file of a room names, behind `crate::`, only its own room and those that `lib.rs` declares above it.
fn rooms(tree: &Tree) -> Vec<String> {
    let order = declared_rooms(tree);
    let place = |name: &str| order.iter().position(|it| it == name);
    let mut faults = Vec::new();
    for (path, text) in rust(tree) {
        let code = without_comments(text);
        if path != PLANTED && code.contains("super::super::") {
            faults.push(format!("{path}: `super::super::`: write the path from `crate::`"));
        }
        let Some(below) = path.strip_prefix(ENGINE) else {
            continue;
        };
        let room = below.split('/').next().unwrap_or(below).trim_end_matches(".rs");
        let Some(own) = place(room) else { continue };
        for used in first_words(&code, "crate::") {
            match place(&used) {
                Some(it) if it <= own => {}
                Some(_) => faults.push(format!("{path}: room `{room}` uses `{used}`, which stands below it")),
                None => faults.push(format!(
                    "{path}: `crate::{used}` is no room: name the room that it comes from"
                )),
            }
        }
        // In the file that opens a room, `super` is the crate.
        if below == format!("{room}.rs") || below == format!("{room}/mod.rs") {
            for used in first_words(&code, "super::") {
                if place(&used).is_some_and(|it| it != own) {
                    faults.push(format!("{path}: `super::{used}`: write the path from `crate::`"));
                }
            }
        }
    }
    faults
}

/// Every Rust file opens with `//!`; only attributes of the whole file (`#![...]`) may stand before it.
fn openings(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in rust(tree) {
        let mut open = 0_usize;
        let first = text.lines().find(|line| {
            let attribute = open > 0 || line.starts_with("#!");
            if attribute {
                open = (open + line.matches(['[', '(']).count()).saturating_sub(line.matches([']', ')']).count());
            }
            !attribute && !line.trim().is_empty()
        });
        let words = first.and_then(|it| it.strip_prefix("//!")).map_or("", str::trim);
        if words.is_empty() {
            faults.push(format!("{path}: does not open by saying what it is (`//! ...`)"));
        }
    }
    faults
}

/// Every path, crate and room that `ARCHITECTURE.md` names in backticks exists, and it names every crate and every room.
fn map(tree: &Tree) -> Vec<String> {
    let text = tree.get("ARCHITECTURE.md").map_or("", String::as_str);
    let order = declared_rooms(tree);
    let crates: BTreeSet<&str> = tree
        .keys()
        .filter_map(|it| it.strip_prefix("crates/")?.strip_suffix("/Cargo.toml"))
        .collect();
    let words = in_backticks(text);
    let mut faults = Vec::new();
    for word in &words {
        let real = if let Some((_, rest)) = word.split_once("crate::").filter(|it| it.0.is_empty()) {
            order.iter().any(|it| rest.split("::").next() == Some(it))
        } else if let Some(rest) = word.strip_prefix("interdict::") {
            order.iter().any(|it| rest.split("::").next() == Some(it))
        } else if word.starts_with("interdict-") && !word.contains(['/', '.']) {
            crates.contains(word.as_str())
        } else if is_path(tree, word) {
            exists(tree, word)
        } else {
            true
        };
        if !real {
            faults.push(format!("ARCHITECTURE.md: `{word}` does not exist"));
        }
    }
    for name in crates.iter().copied().chain(order.iter().map(String::as_str)) {
        let named = words.iter().any(|word| {
            let word = word.trim_end_matches('/');
            word.split(['/', ':']).any(|it| it == name)
        });
        if !named {
            faults.push(format!("ARCHITECTURE.md: `{name}` is not on the map"));
        }
    }
    faults
}

/// No open end in the code, no test that is switched off without its reason beside it.
fn left_open(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in rust(tree).filter(|it| it.0 != PLANTED) {
        let code = without_comments(text);
        for (mark, message) in [
            ("todo!(", "is left open"),
            ("unimplemented!(", "is left open"),
            ("#[ignore]", "says no reason: `#[ignore = \"...\"]`"),
        ] {
            if code.contains(mark) {
                faults.push(format!("{path}: `{mark}` {message}"));
            }
        }
    }
    faults
}

/// Of the engine's rooms only `wire`, the readers of JSON lists (FollowTheMoney, France, the US, Senzing, own ones) and the policy file know serde.
fn serde(tree: &Tree) -> Vec<String> {
    let allowed = [
        "wire",
        "lists/ftm",
        "lists/fr",
        "lists/us",
        "lists/senzing",
        "lists/own",
        "policy",
        "resolve/decisions",
    ];
    let mut faults = Vec::new();
    for (path, text) in rust(tree) {
        let Some(below) = path.strip_prefix(ENGINE) else {
            continue;
        };
        let here = |it: &&str| below.strip_prefix(*it).is_some_and(|rest| rest.starts_with(['/', '.']));
        if !allowed.iter().any(here) && without_comments(text).contains("serde") {
            faults.push(format!("{path}: `serde` outside {}", allowed.join(", ")));
        }
    }
    faults
}

/// The changelog has a heading for the version that the workspace carries.
fn changelog(tree: &Tree) -> Vec<String> {
    let manifest = tree.get("Cargo.toml").map_or("", String::as_str);
    let version = manifest.split_once("[workspace.package]").and_then(|(_, it)| {
        it.lines()
            .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
    });
    let Some(version) = version else {
        return vec!["Cargo.toml: the workspace has no version".to_owned()];
    };
    let text = tree.get("CHANGELOG.md").map_or("", String::as_str);
    let named = text
        .lines()
        .filter_map(|it| it.strip_prefix("## "))
        .any(|it| it.split(' ').next() == Some(version));
    if named {
        Vec::new()
    } else {
        vec![format!("CHANGELOG.md: no heading `## {version}`")]
    }
}

/// No file of ours has the bytes of one of theirs: what is handed to us to work with is not ours to publish.
fn copies(ours: &BTreeMap<String, Vec<u8>>, theirs: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut by_bytes: BTreeMap<&[u8], &str> = BTreeMap::new();
    for (path, bytes) in theirs {
        by_bytes.insert(bytes, path);
    }
    ours.iter()
        .filter(|(_, bytes)| !bytes.is_empty())
        .filter_map(|(path, bytes)| {
            let original = by_bytes.get(bytes.as_slice())?;
            Some(format!("{path}: a copy of ../shared/{original}"))
        })
        .collect()
}

// What the rules are made of.

/// The Rust files of our crates, of the chores and of the fuzz targets.
fn rust(tree: &Tree) -> impl Iterator<Item = (&String, &String)> {
    let ours = |path: &str| ["crates/", "xtask/", "fuzz/"].iter().any(|it| path.starts_with(it));
    tree.iter().filter(move |it| ours(it.0) && it.0.ends_with(".rs"))
}

/// The rooms that `lib.rs` declares, in its order. A line that is commented out declares none.
fn declared_rooms(tree: &Tree) -> Vec<String> {
    let text = tree.get(&format!("{ENGINE}lib.rs")).map_or("", String::as_str);
    text.lines()
        .filter_map(|line| {
            let line = line
                .strip_prefix("pub ")
                .or(line.strip_prefix("pub(crate) "))
                .unwrap_or(line);
            Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
        })
        .collect()
}

/// The code without its `//` comments. A `//` inside a string that has a blank before it is cut as well.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let line = if line.trim_start().starts_with("//") { "" } else { line };
        code += line.split(" //").next().unwrap_or(line);
        code.push('\n');
    }
    code
}

/// The words right behind a path's beginning: `lists` of `crate::lists::xml`, `a` and `b` of `crate::{a::X, b}`.
fn first_words(code: &str, beginning: &str) -> Vec<String> {
    let part_of_word = |it: char| it.is_alphanumeric() || it == '_';
    let word = |text: &str| -> String { text.trim_start().chars().take_while(|it| part_of_word(*it)).collect() };
    let mut words = Vec::new();
    for (at, _) in code.match_indices(beginning) {
        if code[..at].ends_with(|it: char| part_of_word(it) || it == ':') {
            continue;
        }
        let rest = &code[at + beginning.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            let first = word(rest);
            // A star takes the whole room or the whole crate; `super::*` is how tests see what they test.
            words.push(if first.is_empty() { "*".to_owned() } else { first });
            continue;
        };
        let mut depth = 0_usize;
        let mut next = true;
        for (i, it) in group.char_indices() {
            match it {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => next = true,
                it if next && part_of_word(it) => {
                    words.push(word(&group[i..]));
                    next = false;
                }
                _ => {}
            }
        }
    }
    words
}

/// What stands between single backticks, outside fenced blocks; a path is one word.
fn in_backticks(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let inside = line.split('`').skip(1).step_by(2);
            words.extend(
                inside
                    .filter(|it| !it.is_empty() && !it.contains(' '))
                    .map(str::to_owned),
            );
        }
    }
    words
}

/// Whether a word of the map means a place in the repository: it ends like a folder or a file, or begins like one of ours.
fn is_path(tree: &Tree, word: &str) -> bool {
    if word.starts_with(['/', '-', '<', '$', '~', '*']) || word.starts_with("..") || word.contains("://") {
        return false;
    }
    let endings = [
        ".rs", ".md", ".toml", ".csv", ".tsv", ".txt", ".xml", ".json", ".lock", ".yml",
    ];
    let top = word.split('/').next().unwrap_or(word);
    word.ends_with('/')
        || (word.contains('/') && tree.keys().any(|it| it.split('/').next() == Some(top)))
        || endings.iter().any(|it| word.len() > it.len() && word.ends_with(it))
}

/// Whether a file or folder of that path stands below the root, the crates or the engine. `*` and `<word>` stand for any part.
fn exists(tree: &Tree, word: &str) -> bool {
    let made_here = ["target", ".work"];
    let wanted: Vec<&str> = word.trim_end_matches('/').split('/').collect();
    if made_here.contains(&wanted[0]) {
        return true;
    }
    let fits = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let long_enough = parts.len() > wanted.len() || (parts.len() == wanted.len() && !word.ends_with('/'));
        long_enough && wanted.iter().zip(&parts).all(|(a, b)| part_fits(a, b))
    };
    tree.keys().any(|path| {
        let below = ["crates/", "crates/interdict/", ENGINE]
            .iter()
            .filter_map(|it| path.strip_prefix(it));
        fits(path) || below.into_iter().any(fits)
    })
}

/// Whether a part of a path fits a pattern of at most one `*` or `<word>`.
fn part_fits(pattern: &str, part: &str) -> bool {
    let (head, tail) = match (pattern.split_once('*'), pattern.split_once('<')) {
        (Some(it), _) => it,
        (None, Some((head, rest))) => (head, rest.split_once('>').map_or("", |it| it.1)),
        (None, None) => return pattern == part,
    };
    part.len() >= head.len() + tail.len() && part.starts_with(head) && part.ends_with(tail)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The repository as it stands on disk, without what is built or fetched.
fn repository() -> Tree {
    let mut tree = Tree::new();
    files(&root(), &root(), &mut |path, file| {
        let read = [".rs", ".md", ".toml"].iter().any(|it| path.ends_with(it));
        let text = if read {
            std::fs::read_to_string(file).expect("our own texts are UTF-8")
        } else {
            String::new()
        };
        tree.insert(path, text);
    });
    assert!(
        tree.contains_key("Cargo.toml"),
        "this is not the root of the repository"
    );
    tree
}

fn files(root: &Path, folder: &Path, visit: &mut impl FnMut(String, &Path)) {
    let not_ours = [".git", "target", ".work", "corpus", "artifacts", "coverage"];
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let path = entry.path();
        let kind = entry.file_type().expect("the entry can be read");
        if not_ours.iter().any(|it| entry.file_name() == *it) {
            continue;
        }
        if kind.is_dir() {
            files(root, &path, visit);
        } else if kind.is_file() {
            let below = path.strip_prefix(root).expect("the path was found below the root");
            let parts: Vec<_> = below.iter().map(|it| it.to_string_lossy()).collect();
            visit(parts.join("/"), &path);
        }
    }
}

#[track_caller]
fn holds(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

mod planted {
    //! Each rule fails on a fault that is planted, and only there.

    use super::*;

    #[track_caller]
    fn check(rule: fn(&Tree) -> Vec<String>, tree: &[(&str, &str)], expect: &[&str]) {
        let tree = tree.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        assert_eq!(rule(&tree), expect);
    }

    const LIB: (&str, &str) = (
        "crates/interdict/src/lib.rs",
        "//! x\npub mod entity;\npub mod lists;\npub mod text;\n// pub mod wire;\n",
    );

    #[test]
    fn a_room_that_uses_one_below_it() {
        let path = "crates/interdict/src/lists/un.rs";
        let fault = ["crates/interdict/src/lists/un.rs: room `lists` uses `text`, which stands below it"];
        check(rooms, &[LIB, (path, "use crate::text::fold;\n")], &fault);
        check(
            rooms,
            &[
                LIB,
                (path, "use crate::{\n    entity::{Entity, Problem},\n    text,\n};\n"),
            ],
            &fault,
        );
        check(
            rooms,
            &[LIB, (path, "fn f() { let a = crate::text::fold(); }\n")],
            &fault,
        );
        check(
            rooms,
            &[
                LIB,
                (
                    path,
                    "use crate::entity::text;\nuse crate::lists::xml;\n// crate::text\n",
                ),
            ],
            &[],
        );
        check(
            rooms,
            &[
                LIB,
                ("crates/interdict/src/text.rs", "use crate::{entity::A, lists};\n"),
            ],
            &[],
        );
    }

    #[test]
    fn a_room_that_goes_round_the_order() {
        let path = "crates/interdict/src/lists/mod.rs";
        check(
            rooms,
            &[LIB, (path, "use super::text;\nmod tests { use super::*; }\n")],
            &["crates/interdict/src/lists/mod.rs: `super::text`: write the path from `crate::`"],
        );
        check(
            rooms,
            &[LIB, (path, "use crate::Engine;\n")],
            &["crates/interdict/src/lists/mod.rs: `crate::Engine` is no room: name the room that it comes from"],
        );
        check(
            rooms,
            &[LIB, (path, "use crate::*;\n")],
            &["crates/interdict/src/lists/mod.rs: `crate::*` is no room: name the room that it comes from"],
        );
        check(
            rooms,
            &[
                LIB,
                ("crates/interdict/src/lists/un/map.rs", "use super::super::xml;\n"),
            ],
            &["crates/interdict/src/lists/un/map.rs: `super::super::`: write the path from `crate::`"],
        );
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is() {
        let path = "xtask/src/a.rs";
        let fault = ["xtask/src/a.rs: does not open by saying what it is (`//! ...`)"];
        check(openings, &[(path, "use std::fs;\n//! late\n")], &fault);
        check(openings, &[(path, "")], &fault);
        check(openings, &[(path, "//!\n//! second line\n")], &fault);
        check(openings, &[(path, "// plain\n")], &fault);
        check(openings, &[(path, "//! Chores.\n")], &[]);
        check(
            openings,
            &[(path, "#![no_main]\n#![deny(\n    a,\n    b\n)]\n\n//! A target.\n")],
            &[],
        );
    }

    #[test]
    fn a_map_that_lies() {
        let tree = |text: &'static str| {
            [
                LIB,
                ("crates/interdict/Cargo.toml", ""),
                ("crates/interdict/src/lists/xml.rs", ""),
                ("testdata/lists/un/one.xml", ""),
                ("ARCHITECTURE.md", text),
            ]
        };
        check(
            map,
            &tree(
                "`interdict`: `entity`, `lists/`, `crate::text`. `lists/xml.rs`, `testdata/lists/<list>/*.xml`, `a/b/yyyy`,\n\
                 `crates/interdict`, `crates/*/Cargo.toml`, `/v1/match`, `../shared/`, `target/doc`, `cargo xtask test`\n\
                 ```\n`gone/`\n```\n",
            ),
            &[],
        );
        check(
            map,
            &tree(
                "`interdict` `entity` `lists` `text` `crates/flycheck` `old.rs` `interdict-gone` `lists/csv/` `crate::wire`",
            ),
            &[
                "ARCHITECTURE.md: `crate::wire` does not exist",
                "ARCHITECTURE.md: `crates/flycheck` does not exist",
                "ARCHITECTURE.md: `interdict-gone` does not exist",
                "ARCHITECTURE.md: `lists/csv/` does not exist",
                "ARCHITECTURE.md: `old.rs` does not exist",
            ],
        );
        check(
            map,
            &tree("`interdict` `entity` `text`"),
            &["ARCHITECTURE.md: `lists` is not on the map"],
        );
    }

    #[test]
    fn an_open_end() {
        let path = "crates/a/src/lib.rs";
        check(
            left_open,
            &[(path, "fn f() { todo!() }\n")],
            &["crates/a/src/lib.rs: `todo!(` is left open"],
        );
        check(
            left_open,
            &[(path, "#[test]\n#[ignore]\nfn f() {}\n")],
            &["crates/a/src/lib.rs: `#[ignore]` says no reason: `#[ignore = \"...\"]`"],
        );
        check(
            left_open,
            &[(path, "#[test]\n#[ignore = \"needs a day\"]\nfn f() {}\n")],
            &[],
        );
    }

    #[test]
    fn a_domain_type_with_serde() {
        let text = "#[derive(serde::Serialize)]\nstruct A;\n";
        check(
            serde,
            &[("crates/interdict/src/entity/mod.rs", text)],
            &[
                "crates/interdict/src/entity/mod.rs: `serde` outside wire, lists/ftm, lists/fr, lists/us, lists/senzing, lists/own, policy, resolve/decisions",
            ],
        );
        check(
            serde,
            &[("crates/interdict/src/policy_like.rs", text)],
            &[
                "crates/interdict/src/policy_like.rs: `serde` outside wire, lists/ftm, lists/fr, lists/us, lists/senzing, lists/own, policy, resolve/decisions",
            ],
        );
        check(
            serde,
            &[
                ("crates/interdict/src/wire.rs", text),
                ("crates/interdict/src/wire/v1.rs", text),
                ("crates/interdict/src/lists/ftm/record.rs", text),
                ("crates/interdict/src/policy/file.rs", text),
                ("crates/interdict/src/entity/mod.rs", "/// Carries no serde.\n"),
                ("crates/interdict-store/src/lib.rs", text),
            ],
            &[],
        );
    }

    #[test]
    fn a_changelog_that_lags() {
        let manifest = ("Cargo.toml", "[workspace.package]\nversion = \"0.2.0\"\n");
        check(
            changelog,
            &[manifest, ("CHANGELOG.md", "## 0.1.0\n")],
            &["CHANGELOG.md: no heading `## 0.2.0`"],
        );
        check(changelog, &[manifest], &["CHANGELOG.md: no heading `## 0.2.0`"]);
        check(changelog, &[manifest, ("CHANGELOG.md", "## 0.2.0 (unreleased)\n")], &[]);
    }

    #[test]
    fn a_copy_of_what_is_not_ours() {
        let files = |list: &[(&str, &str)]| -> BTreeMap<String, Vec<u8>> {
            list.iter()
                .map(|it| (it.0.to_owned(), it.1.as_bytes().to_vec()))
                .collect()
        };
        let theirs = files(&[("data/un.xml", "<r/>"), ("empty", "")]);
        assert_eq!(
            copies(
                &files(&[("samples/un.xml", "<r/>"), ("none", ""), ("other", "<q/>")]),
                &theirs
            ),
            ["samples/un.xml: a copy of ../shared/data/un.xml"]
        );
    }
}
