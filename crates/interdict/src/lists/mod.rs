//! Official file -> entities + problems. One folder a format: `record.rs` says what the file says, `map.rs` what it means.
//!
//! A parser never fails as a whole and never drops anything in silence: it returns what it understood *and* what it did not. A
//! [`Severity::Fatal`] problem says that the file must not become active.

pub mod detect;
pub mod xml;
pub mod csv;
mod draft;
mod build;
mod cells;
mod dates;
pub mod ofac;
pub mod un;
pub mod eu;
pub mod uk;
pub mod ch;
pub mod ca;
pub mod au;
pub mod fr;
pub mod us;
pub mod ftm;
pub mod senzing;
pub mod own;

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use crate::entity::{Entity, PartialDate, Problem, Severity};

/// A file as it was handed in.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// The file's name without its folder; it is shown in messages and tells the members of a CSV family apart.
    pub name: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// OFAC's CSV family: `sdn.csv` or `cons_prim.csv` with `alt`, `add` and `comments`.
    OfacCsv,
    /// OFAC's legacy XML, `SDN.XML` or `CONSOLIDATED.XML`.
    OfacXml,
    /// OFAC's advanced XML, `SDN_ADVANCED.XML` or `CONS_ADVANCED.XML`.
    OfacAdvanced,
    /// OFAC's enhanced XML, `SDN_ENHANCED.XML` or `CONS_ENHANCED.XML`.
    OfacEnhanced,
    /// The UN Security Council's consolidated list.
    UnXml,
    /// The EU's financial sanctions file, XML 1.0 and 1.1.
    EuXml,
    /// The EU's financial sanctions file, CSV 1.0 and 1.1.
    EuCsv,
    /// The UK's closed OFSI consolidated list, `ConList.csv`.
    UkConlist,
    /// The UK Sanctions List as XML.
    UkXml,
    /// The UK Sanctions List as CSV.
    UkCsv,
    /// Switzerland: SECO's whole list as XML.
    ChXml,
    /// Canada: the consolidated autonomous sanctions list (SEMA, JVCFOA) as XML.
    CaXml,
    /// Canada: the listed terrorist entities as an Atom feed.
    CaAtom,
    /// Australia: DFAT's consolidated list as a spreadsheet.
    AuXlsx,
    /// France: the national register of asset freezes as JSON.
    FrJson,
    /// The US Consolidated Screening List as CSV.
    UsCslCsv,
    /// The US Consolidated Screening List as JSON.
    UsCslJson,
    /// The US Commerce Department's Denied Persons List, tab separated.
    UsDpl,
    /// FollowTheMoney entities, one JSON object a line.
    Ftm,
    /// OpenSanctions' `targets.nested.json`: FollowTheMoney entities that hold those they are joined with, one a line.
    FtmNested,
    /// OpenSanctions' `targets.simple.csv`.
    FtmSimple,
    /// OpenSanctions' statements, one value a row.
    FtmStatements,
    /// Senzing's generic entity specification, one JSON object a line.
    Senzing,
    /// A list of one's own, CSV or JSON, with the mapping file that says what its columns mean.
    Own,
}

impl Format {
    /// Every format, in reading order.
    pub const ALL: [Self; 24] = [
        Self::OfacCsv,
        Self::OfacXml,
        Self::OfacAdvanced,
        Self::OfacEnhanced,
        Self::UnXml,
        Self::EuXml,
        Self::EuCsv,
        Self::UkConlist,
        Self::UkXml,
        Self::UkCsv,
        Self::ChXml,
        Self::CaXml,
        Self::CaAtom,
        Self::AuXlsx,
        Self::FrJson,
        Self::UsCslCsv,
        Self::UsCslJson,
        Self::UsDpl,
        Self::Ftm,
        Self::FtmNested,
        Self::FtmSimple,
        Self::FtmStatements,
        Self::Senzing,
        Self::Own,
    ];

    /// The name that `--format` takes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OfacCsv => "ofac-csv",
            Self::OfacXml => "ofac-xml",
            Self::OfacAdvanced => "ofac-advanced",
            Self::OfacEnhanced => "ofac-enhanced",
            Self::UnXml => "un-xml",
            Self::EuXml => "eu-xml",
            Self::EuCsv => "eu-csv",
            Self::UkConlist => "uk-conlist",
            Self::UkXml => "uk-xml",
            Self::UkCsv => "uk-csv",
            Self::ChXml => "ch-xml",
            Self::CaXml => "ca-xml",
            Self::CaAtom => "ca-atom",
            Self::AuXlsx => "au-xlsx",
            Self::FrJson => "fr-json",
            Self::UsCslCsv => "us-csl-csv",
            Self::UsCslJson => "us-csl-json",
            Self::UsDpl => "us-dpl",
            Self::Ftm => "ftm",
            Self::FtmNested => "ftm-nested",
            Self::FtmSimple => "ftm-simple",
            Self::FtmStatements => "ftm-statements",
            Self::Senzing => "senzing",
            Self::Own => "own",
        }
    }

    /// Whether a file of it states how many records it has, or ends with a mark: a format of lines that does neither is whole at every
    /// line end, wherever it was cut.
    #[must_use]
    pub const fn shows_its_end(self) -> bool {
        !matches!(
            self,
            Self::EuCsv
                | Self::UkConlist
                | Self::UkCsv
                | Self::UsCslCsv
                | Self::UsDpl
                | Self::Ftm
                | Self::FtmNested
                | Self::FtmSimple
                | Self::FtmStatements
                | Self::Senzing
                | Self::Own
        )
    }

    /// Reads the name that [`Format::name`] gives.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|it| it.name().eq_ignore_ascii_case(name.trim()))
    }
}

/// How the records of one type of a file fared. `records = entities + lost`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Records of the type that the file holds.
    pub records: usize,
    /// Records that became an entity.
    pub entities: usize,
    /// Records that could not be used; each has a [`Severity::Loss`] or worse problem.
    pub lost: usize,
}

/// What a file, or a family of files, says.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The list's id, e.g. `us-ofac-sdn`.
    pub list: String,
    /// The format it was read in.
    pub format: Format,
    /// The publisher's own date of the file.
    pub published: Option<PartialDate>,
    /// The publisher's own count of records, where the format states one.
    pub declared: Option<usize>,
    /// Counts by the publisher's type of record (`individual`, `alias`, ...); the keys are the publisher's words, lower case.
    /// Main records (those that become entities) and side records (aliases, addresses) are both here; a side record counts as
    /// an entity when its content reached one.
    pub counts: BTreeMap<String, Count>,
    /// What was understood, in file order.
    pub entities: Vec<Entity>,
    /// What was not, in file order.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// An empty reading of a list.
    pub fn new(list: impl Into<String>, format: Format) -> Self {
        Self {
            list: list.into(),
            format,
            published: None,
            declared: None,
            counts: BTreeMap::new(),
            entities: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// A reading that ended before its first record: the file must not become active.
    pub fn refused(list: impl Into<String>, format: Format, message: impl Into<String>) -> Self {
        let mut parsed = Self::new(list, format);
        parsed.problems.push(Problem::new(Severity::Fatal, "", "", "", message));
        parsed
    }

    /// The count of a type of record, to add to.
    pub fn count(&mut self, kind: &str) -> &mut Count {
        self.counts.entry(kind.to_owned()).or_default()
    }

    /// The first problem that forbids to use the file.
    #[must_use]
    pub fn fatal(&self) -> Option<&Problem> {
        self.problems.iter().find(|it| it.severity == Severity::Fatal)
    }
}

/// Reads files in a known format: all members of OFAC's CSV family, or one file of any other format.
#[must_use]
pub fn parse(format: Format, files: &[SourceFile<'_>]) -> Parsed {
    let mut parsed = parse_any(format, files);
    long_names(&mut parsed);
    parsed
}

/// Reads a file as it comes, for instance from a disk: the big XML formats in pieces, so that the file is never whole in memory; the
/// others are read into memory first. A format of several files is refused: see [`parse`].
#[must_use]
pub fn parse_read(format: Format, name: &str, source: &mut dyn BufRead) -> Parsed {
    let mut parsed = match format {
        Format::OfacAdvanced => ofac::read_advanced(name, source),
        Format::OfacEnhanced => ofac::read_enhanced(name, source),
        _ => {
            let mut bytes = Vec::new();
            match io::Read::read_to_end(source, &mut bytes) {
                Ok(_) => parse_any(format, &[SourceFile { name, bytes: &bytes }]),
                Err(it) => Parsed::refused("", format, format!("the file could not be read: {it}")),
            }
        }
    };
    long_names(&mut parsed);
    parsed
}

fn parse_any(format: Format, files: &[SourceFile<'_>]) -> Parsed {
    let file = match (format, files) {
        (Format::OfacCsv, _) => return ofac::parse_csv(files),
        (Format::Own, _) => return own::parse(files),
        (_, [only]) => *only,
        _ => {
            let message = format!("{} files for a format of one file", files.len());
            return Parsed::refused("", format, message);
        }
    };
    match format {
        Format::OfacCsv => ofac::parse_csv(files),
        Format::OfacXml => ofac::parse_xml(file),
        Format::OfacAdvanced => ofac::parse_advanced(file),
        Format::OfacEnhanced => ofac::parse_enhanced(file),
        Format::UnXml => un::parse(file),
        Format::EuXml => eu::parse(file),
        Format::EuCsv => eu::parse_csv(file),
        Format::UkConlist => uk::parse_conlist(file),
        Format::UkXml => uk::parse_xml(file),
        Format::UkCsv => uk::parse_csv(file),
        Format::ChXml => ch::parse(file),
        Format::CaXml => ca::parse_sema(file),
        Format::CaAtom => ca::parse_atom(file),
        Format::AuXlsx => au::parse(file),
        Format::FrJson => fr::parse(file),
        Format::UsCslCsv => us::parse_csl_csv(file),
        Format::UsCslJson => us::parse_csl_json(file),
        Format::UsDpl => us::parse_dpl(file),
        Format::Ftm => ftm::parse(file),
        Format::FtmNested => ftm::parse_nested(file),
        Format::FtmSimple => ftm::parse_simple(file),
        Format::FtmStatements => ftm::parse_statements(file),
        Format::Senzing => senzing::parse(file),
        Format::Own => own::parse(files),
    }
}

/// The id of a list as a file names it: small letters, digits, `-` and `_`, 60 at most; `None` where nothing is left of it.
fn list_id(text: &str) -> Option<String> {
    let clean: String = text
        .trim()
        .chars()
        .take(60)
        .map(|it| match it.to_ascii_lowercase() {
            it @ ('a'..='z' | '0'..='9' | '-' | '_') => it,
            _ => '_',
        })
        .collect();
    clean.contains(|it: char| it.is_ascii_alphanumeric()).then_some(clean)
}

/// Says that the name of a list was changed to be its id.
fn renamed(field: &str, name: &str, id: &str) -> Problem {
    let message = format!("a name of other letters than small ones, digits, `-` and `_`: the list is `{id}`");
    Problem::new(Severity::Notice, "", field, name, message)
}

/// Of more words or bytes than these a name could not be asked for.
const MAX_NAME: (usize, usize) = (120, 4096);

/// Takes out the names that are too long to be asked for, each with a loss.
fn long_names(parsed: &mut Parsed) {
    let Parsed { entities, problems, .. } = parsed;
    for it in entities {
        it.party.names.retain(|it| {
            let text = &it.value.text;
            let words = text.split_whitespace().count();
            let fits = words <= MAX_NAME.0 && text.len() <= MAX_NAME.1;
            if !fits {
                problems.push(Problem::new(
                    Severity::Loss,
                    it.origin.record.to_string(),
                    it.origin.field,
                    text,
                    format!(
                        "a name of {words} words, {} bytes: too long to be asked for, not loaded",
                        text.len()
                    ),
                ));
            }
            fits
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_too_long_is_a_loss() {
        let read = |name: &str| {
            let line = format!(r#"{{"id":"a","schema":"Person","properties":{{"name":["{name}","John Smith"]}}}}"#);
            let file = SourceFile {
                name: "a.ndjson",
                bytes: line.as_bytes(),
            };
            parse(Format::Ftm, &[file])
        };
        for (name, fits) in [
            ("ab ".repeat(120), true),
            ("ab ".repeat(121), false),
            ("a".repeat(4096), true),
            ("a".repeat(4097), false),
        ] {
            let parsed = read(name.trim());
            assert_eq!(parsed.entities[0].party.names.len(), if fits { 2 } else { 1 });
            let lost = parsed.problems.iter().find(|it| it.severity == Severity::Loss);
            assert_eq!(
                lost.map(|it| (it.record.as_str(), it.field.as_str())),
                if fits { None } else { Some(("a", "name")) }
            );
        }
    }
}
