//! Switzerland, Canada, Australia, France -> entities and problems: small cases as data, the real files where they are there, every cut.

#![expect(clippy::disallowed_methods, reason = "a test reads its cases; the engine does not")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use interdict::entity::Severity;
use interdict::lists::{Format, Parsed, SourceFile, detect, parse};

fn testdata(room: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/lists")
        .join(room)
}

/// A case in memory: a table (`.tsv`) becomes the spreadsheet that it stands for, everything else is as it is.
fn bytes(path: &Path) -> Vec<u8> {
    let raw = fs::read(path).expect("a case can be read");
    if path.extension().is_some_and(|it| it == "tsv") {
        spreadsheet(&String::from_utf8(raw).expect("a table is UTF-8"))
    } else {
        raw
    }
}

/// The spreadsheet of a table: a row a line, cells between tabs. `=45658` is a number in a cell formatted as a date, `#5` a plain number,
/// `$1` the second of the shared strings, everything else text; `\n` and `\r` are line breaks.
fn spreadsheet(table: &str) -> Vec<u8> {
    let escape = |it: &str| it.replace('&', "&amp;").replace('<', "&lt;");
    let mut rows = String::new();
    for (line, at) in table.lines().zip(1..) {
        rows += &format!("<row r=\"{at}\">");
        for (cell, column) in line.split('\t').zip(0_u8..) {
            let place = format!("{}{at}", char::from(b'A' + column));
            if cell.is_empty() {
                continue;
            }
            if let Some(shared) = cell.strip_prefix('$') {
                rows += &format!("<c r=\"{place}\" t=\"s\"><v>{shared}</v></c>");
                continue;
            }
            rows += &match (cell.strip_prefix('='), cell.strip_prefix('#')) {
                (Some(serial), _) => format!("<c r=\"{place}\" s=\"1\"><v>{serial}</v></c>"),
                (_, Some(number)) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                _ => {
                    let text = escape(cell).replace("\\n", "\n").replace("\\r", "_x000D_");
                    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
                }
            };
        }
        rows += "</row>";
    }
    workbook(&format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
    ))
}

/// A workbook around the XML of one sheet.
fn workbook(sheet: &str) -> Vec<u8> {
    let parts = workbook_parts(sheet);
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|it| (it.0, it.1.as_bytes())).collect();
    zipped(&parts)
}

fn workbook_parts(sheet: &str) -> Vec<(&'static str, String)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    vec![
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/><Relationship Id=\"r3\" Type=\"{OFFICE}/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/sharedStrings.xml",
            format!(
                "<sst xmlns=\"{MAIN}\"><si><t>shared</t></si><si><r><t xml:space=\"preserve\">in </t></r><r><t>runs</t></r></si></sst>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ]
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    packed(parts, zip::CompressionMethod::Deflated)
}

fn stored(parts: &[(&str, &[u8])]) -> Vec<u8> {
    packed(parts, zip::CompressionMethod::Stored)
}

fn packed(parts: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        out.start_file(
            *name,
            zip::write::SimpleFileOptions::default().compression_method(method),
        )
        .and_then(|()| Ok(out.write_all(content)?))
        .expect("memory takes all");
    }
    out.finish().expect("memory takes all").into_inner()
}

/// Reads bytes in the format that they are seen to be; what is none is refused under the format of its room.
fn read(name: &str, bytes: &[u8]) -> Parsed {
    let file = SourceFile { name, bytes };
    let room = match name.split('/').next() {
        Some("ch") => Format::ChXml,
        Some("ca") => Format::CaXml,
        Some("au") => Format::AuXlsx,
        _ => Format::FrJson,
    };
    parse(detect::detect(file).unwrap_or(room), &[file])
}

fn cases(room: &str) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = fs::read_dir(testdata(room))
        .and_then(|it| it.map(|it| it.map(|it| it.path())).collect())
        .expect("a folder of cases can be read");
    out.retain(|it| it.extension().is_some_and(|it| it != "expected" && it != "txt"));
    out.sort();
    out
}

#[track_caller]
fn consistent(parsed: &Parsed, what: &str) {
    for (kind, it) in &parsed.counts {
        assert_eq!(it.records, it.entities + it.lost, "{what}: `{kind}`");
    }
    let lost: usize = parsed.counts.values().map(|it| it.lost).sum();
    let told = parsed
        .problems
        .iter()
        .filter(|it| it.severity >= Severity::Loss)
        .count();
    assert!(told >= lost.min(1), "{what}: {lost} records lost without a problem");
    let mut ids: Vec<&str> = parsed.entities.iter().map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), parsed.entities.len(), "{what}: an id stands twice");
    for it in &parsed.entities {
        assert!(!it.party.names.is_empty(), "{what}: {} has no name", it.id);
        let measured = it.listings.iter().all(|it| !it.measures.is_empty());
        assert!(measured && !it.listings.is_empty(), "{what}: {}", it.id);
    }
}

#[track_caller]
fn check(room: &str) {
    let all = cases(room);
    assert!(!all.is_empty(), "no cases in {room}");
    for path in all {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parsed = read(&format!("{room}/{name}"), &bytes(&path));
        consistent(&parsed, &name);
        let expected = testdata(room).join(format!("{name}.expected"));
        expect_test::expect_file![expected].assert_eq(&support::render(&parsed));
    }
}

#[test]
fn cases_of_switzerland() {
    check("ch");
}

#[test]
fn cases_of_canada() {
    check("ca");
}

#[test]
fn cases_of_australia() {
    check("au");
}

#[test]
fn cases_of_france() {
    check("fr");
}

/// Each case that is read as a whole: cut at each byte it is refused, or says the same; with a flipped bit it does not panic, and its
/// counts hold.
#[track_caller]
fn check_damage(room: &str) {
    let mut whole = 0;
    for path in cases(room) {
        let name = format!("{room}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        let bytes = bytes(&path);
        let expect = read(&name, &bytes);
        if expect.fatal().is_some() {
            continue;
        }
        whole += 1;
        for len in 0..bytes.len() {
            let got = read(&name, &bytes[..len]);
            consistent(&got, &name);
            assert!(
                got.fatal().is_some() || got == expect,
                "{name}: cut at byte {len} it is taken for whole"
            );
        }
        for at in (0..bytes.len()).step_by(97) {
            for bit in [0, 3, 7] {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                let got = read(&name, &flipped);
                consistent(&got, &name);
                // An archive carries check sums: a flipped bit is seen, or was in a place that says nothing (a time of day).
                let silent = room == "au" && got.fatal().is_none() && got != expect;
                assert!(!silent, "{name}: bit {bit} of byte {at} changes what is said");
            }
        }
    }
    assert!(whole > 0, "no case of {room} is whole");
}

#[test]
fn damage_of_switzerland() {
    check_damage("ch");
}

#[test]
fn damage_of_canada() {
    check_damage("ca");
}

#[test]
fn damage_of_australia() {
    check_damage("au");
}

#[test]
fn damage_of_france() {
    check_damage("fr");
}

/// Damage inside of each part of a spreadsheet, under check sums that are right: nothing panics.
#[test]
fn damage_inside_of_a_spreadsheet() {
    let sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:B2\"/><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>4.5</v></c><c r=\"C1\" t=\"b\"><v>1</v></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"e\"><v>#N/A</v></c><c t=\"d\"><v>2020-01-01</v></c><c r=\"C2\" t=\"str\"><v>a</v></c></row>\
        </sheetData></worksheet>";
    let parts = workbook_parts(sheet);
    for (which, (_, part)) in parts.iter().enumerate() {
        for at in 0..part.len() {
            let mut damaged: Vec<Vec<u8>> = [b'9', b'<', b'"', 0, 0xff, b'&']
                .iter()
                .map(|with| {
                    let mut it = part.as_bytes().to_vec();
                    it[at] = *with;
                    it
                })
                .collect();
            damaged.push(part.as_bytes()[..at].to_vec());
            for it in &damaged {
                let all: Vec<(&str, &[u8])> = parts
                    .iter()
                    .enumerate()
                    .map(|(i, part)| (part.0, if i == which { it.as_slice() } else { part.1.as_bytes() }))
                    .collect();
                consistent(&read("au/a.xlsx", &zipped(&all)), "a damaged part");
            }
        }
    }
    for place in ["A99999999999", "AAAAAAAAAAAA1", "", "1", "\u{e9}1"] {
        let sheet = format!(
            "<worksheet><dimension ref=\"B2:A1\"/><sheetData><row r=\"99999999999\"><c r=\"{place}\"><v>1e999</v></c></row></sheetData></worksheet>"
        );
        consistent(&read("au/a.xlsx", &workbook(&sheet)), "a place that is none");
    }
}

/// The message with which bytes are refused.
#[track_caller]
fn refused(name: &str, bytes: &[u8], expect: &str) {
    let parsed = read(name, bytes);
    assert!(parsed.entities.is_empty(), "{name}");
    let message = parsed.fatal().map_or("(not refused)", |it| it.message.as_str());
    assert!(message.contains(expect), "{name}: `{message}`");
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 64 << 20];
    refused("au/a.xlsx", &zipped(&[("xl/workbook.xml", &zeros)]), "times its size");
    let noise: Vec<u8> = (0..1_u32 << 20).flat_map(|it| [it as u8, (it >> 5) as u8]).collect();
    let parts: Vec<(String, &[u8])> = (0..70).map(|it| (format!("xl/{it}.xml"), noise.as_slice())).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|it| (it.0.as_str(), it.1)).collect();
    refused("au/a.xlsx", &zipped(&parts), "bytes unpacked");
    let names: Vec<String> = (0..1_100).map(|it| format!("{it}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|it| (it.as_str(), b"".as_slice())).collect();
    refused("au/a.xlsx", &zipped(&parts), "more than 1000 parts");
    // One cell in the last corner: no table is made of it.
    let corner = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
        <row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData></worksheet>";
    refused("au/a.xlsx", &workbook(corner), "no header row");
    let many = "<c/>".repeat(1_000_000);
    let many = format!("<worksheet><sheetData><row>{many}</row></sheetData></worksheet>");
    refused("au/a.xlsx", &workbook(&many), "times its size");
    // The same, stored as it is: what one row may hold is capped, too.
    let parts = workbook_parts(&many);
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|it| (it.0, it.1.as_bytes())).collect();
    refused("au/a.xlsx", &stored(&parts), "a record of more than");
    let entities = "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet><sheetData/></worksheet>";
    refused("au/a.xlsx", &workbook(entities), "document type definition");
}

#[test]
fn what_is_not_the_list_is_refused() {
    let page = b"<!DOCTYPE html><html><body>403</body></html>";
    for name in ["ch/a.xml", "ca/a.xml", "au/a.xlsx", "fr/a.json"] {
        refused(name, b"", "the file is empty");
        refused(name, b" \n", "the file is empty");
        refused(
            name,
            page,
            if name.starts_with("au") || name.starts_with("fr") {
                "a web page"
            } else {
                "an HTML page"
            },
        );
    }
    let other = zipped(&[("xl/workbook.txt", b"a")]);
    refused("au/a.xlsx", &other, "not a spreadsheet");
    refused("au/a.xlsx", b"PK\x03\x04", "not a whole ZIP archive");
    refused("fr/a.json", b"{\"a\":1}", "not the national register");
    refused("fr/a.json", b"{\"Publications\":{}}", "without a list");
    refused("ca/a.xml", b"<list/>", "not `data-set`");
    refused("ch/a.xml", b"<list/>", "not `swiss-sanctions-list`");
}

fn shared(file: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/lists")
        .join(file);
    let found = fs::read(path).ok();
    if found.is_none() {
        eprintln!("SKIPPED: there is no ../shared/data/lists/{file}");
    }
    found
}

/// What a real file should hold: records by type, and each class of problem with its number.
#[track_caller]
fn check_real(file: &str, counts: &[(&str, usize)], entities: usize, problems: &[(usize, &str)]) {
    let Some(bytes) = shared(file) else { return };
    let parsed = read(file, &bytes);
    consistent(&parsed, file);
    let found: Vec<(&str, usize)> = parsed.counts.iter().map(|it| (it.0.as_str(), it.1.records)).collect();
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for it in &parsed.problems {
        *classes
            .entry(format!("{} {}: {}", it.severity.name(), it.field, it.message))
            .or_default() += 1;
        eprintln!("    {} {it}", it.severity.name());
    }
    let classes: Vec<(usize, &str)> = classes.iter().map(|it| (*it.1, it.0.as_str())).collect();
    assert_eq!(found, counts, "{file}");
    assert_eq!(parsed.entities.len(), entities, "{file}");
    assert_eq!(classes, problems, "{file}");
}

const TWO_DIGITS: &str = "a year of two digits: read as the latest one in which a listed person can be born";

#[test]
fn real_switzerland() {
    // Of three targets one is de-listed; SECO's example of an amendment says what changed, not what is listed.
    check_real(
        "ch/seco_whole_list_sample_2026-08-27.xml",
        &[("alias", 1), ("de-listed", 1), ("entity", 1), ("object", 1)],
        2,
        &[(
            1,
            "notice modification: 1 targets that the latest modification de-lists stay in the file: they are not listed and not screened",
        )],
    );
    check_real(
        "ch/seco_amendment_2024-01-17.xml",
        &[],
        0,
        &[(
            1,
            "fatal list-type: an amendment says what changed, not what is listed: take the whole list (`whole-list`)",
        )],
    );
}

#[test]
fn real_canada() {
    check_real(
        "ca/2025-05/sema-lmes.xml",
        &[
            ("alias", 3_638),
            ("entity", 1_316),
            ("individual", 3_334),
            ("ship", 109),
        ],
        4_759,
        &[
            // Sergey Menyailo: schedule 1, part 1, item 44, and part 1.1, item 6. No birth date says whether they are one.
            (
                1,
                "notice : the key stands in the file more than once; kept under a new id",
            ),
            // `Sep-99`.
            (1, &format!("notice DateOfBirthOrShipBuildDate: {TWO_DIGITS}")),
        ],
    );
}

#[test]
fn real_australia() {
    check_real(
        "au/2024-12/regulation8_consolidated.xlsx",
        &[("entity", 746), ("individual", 2_316), ("row", 9_553)],
        3_062,
        &[
            // `29-Aprl-1967`, `10/061962`, `29 March`, a Hijri date, an age, and birth dates with the name that they go with.
            (
                9,
                "notice Date of Birth: a date that could not be read in full; kept as a note",
            ),
            // `23-Apr-68`, `07/04/62`.
            (2, &format!("notice Date of Birth: {TWO_DIGITS}")),
        ],
    );
}

#[test]
fn real_france() {
    check_real(
        "fr/registre_gels_sample_2025-11-21.json",
        &[("alias", 3), ("personne morale", 2), ("personne physique", 2)],
        4,
        &[],
    );
}
