//! OFAC's formats -> entities: the CSV family, the legacy, the advanced and the enhanced XML, of the SDN list and of the consolidated
//! (non-SDN) lists. Each reader makes raw parties, and one map makes entities of them.
//!
//! What shows each format whole: the CSV files end in 0x1A, the legacy XML declares how many entries it has, the advanced and the
//! enhanced XML close their root element and have all their parts. A file without that mark is refused, and there is no switch to
//! accept it: a stored list is read again at each start, by bytes alone, and a list that lost its end clears people. So are excerpts
//! (a few rows without the mark, or with the count of the whole), and copies whose line ends or last bytes some tool took away.

pub(in crate::lists) mod record;
mod xml_record;
pub(in crate::lists) mod remarks;
pub(in crate::lists) mod map;
mod advanced;
mod enhanced;

pub use advanced::{parse_advanced, read_advanced};
pub use enhanced::{parse_enhanced, read_enhanced};

use std::collections::BTreeSet;

use self::record::Raw;
use crate::entity::{Problem, Severity};
use crate::lists::{Format, Parsed, SourceFile};

/// Which of OFAC's two publications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    /// Specially Designated Nationals and Blocked Persons.
    Sdn,
    /// Everything else: SSI, CAPTA, NS-CMIC, NS-PLC, NS-MBS, FSE.
    Cons,
}

impl List {
    const fn id(self) -> &'static str {
        match self {
            Self::Sdn => "us-ofac-sdn",
            Self::Cons => "us-ofac-cons",
        }
    }

    /// By the file's name; by the programmes, some of which stand on the consolidated list only, where the name does not say.
    fn of(names: &[&str], raws: &[Raw]) -> Self {
        let has = |word: &str| names.iter().any(|it| it.to_ascii_lowercase().contains(word));
        let only_cons = |it: &String| ["NS-", "CMIC", "FSE-", "561"].iter().any(|mark| it.starts_with(mark));
        let by_content = || raws.iter().any(|it| it.programmes.iter().any(only_cons));
        if has("cons") || (!has("sdn") && by_content()) {
            Self::Cons
        } else {
            Self::Sdn
        }
    }
}

/// The parties that stand on the SDN list and those on the umbrella list, by key: some on both.
#[derive(Debug, Default)]
struct On {
    blocked: BTreeSet<String>,
    umbrella: BTreeSet<String>,
}

impl On {
    /// Notes that a party is on a list.
    fn add(&mut self, list: &str, key: &str) {
        match list {
            advanced::UMBRELLA => self.umbrella.insert(key.to_owned()),
            advanced::BLOCKED => self.blocked.insert(key.to_owned()),
            _ => false,
        };
    }

    /// Which publication a file is: that of the SDN list where most parties are on it. One party on the other list makes no other
    /// file of it. A file name that says the contrary is fatal.
    fn list(&self, name: &str, raws: &[Raw], parsed: &mut Parsed) -> List {
        if self.blocked.is_empty() && self.umbrella.is_empty() {
            return List::of(&[name], raws);
        }
        let list = if self.blocked.len() * 2 > raws.len() {
            List::Sdn
        } else {
            List::Cons
        };
        let lower = name.to_ascii_lowercase();
        let file = lower.rsplit(['/', '\\']).next().unwrap_or(&lower);
        let named = match (file.contains("sdn_"), file.contains("cons_")) {
            (true, false) => Some(List::Sdn),
            (false, true) => Some(List::Cons),
            _ => None,
        };
        if named.is_some_and(|it| it != list) {
            let message = format!(
                "{} of {} parties are on the SDN list, and the name of the file says the contrary",
                self.blocked.len(),
                raws.len()
            );
            parsed
                .problems
                .push(Problem::new(Severity::Fatal, name, "", list.id(), message));
        }
        let only = self.umbrella.difference(&self.blocked).count();
        if list == List::Sdn && only > 0 {
            let message = "parties of the consolidated list in a file of the SDN list: read as on the SDN list";
            let value = only.to_string();
            parsed
                .problems
                .push(Problem::new(Severity::Notice, name, "", &value, message));
        }
        list
    }
}

/// Reads the CSV family: one main file, and `alt`, `add` and `comments` where there are any, in any order.
///
/// Cost: linear in the files.
#[must_use]
pub fn parse_csv(files: &[SourceFile<'_>]) -> Parsed {
    let mut parsed = Parsed::new(List::Sdn.id(), Format::OfacCsv);
    let raws = record::family(files, &mut parsed);
    let names: Vec<&str> = files.iter().map(|it| it.name).collect();
    let list = List::of(&names, &raws);
    finish(parsed, raws, list, &map::CSV)
}

/// Reads `SDN.XML` or `CONSOLIDATED.XML`.
///
/// Cost: linear in the file.
#[must_use]
pub fn parse_xml(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(List::Sdn.id(), Format::OfacXml);
    let raws = xml_record::entries(file, &mut parsed);
    // Side records cannot fail here: each is part of its entry.
    for raw in &raws {
        for (word, n) in [("alias", raw.names.len() - 1), ("address", raw.addresses.len())] {
            if n > 0 {
                let count = parsed.count(word);
                count.records += n;
                count.entities += n;
            }
        }
    }
    let list = List::of(&[file.name], &raws);
    finish(parsed, raws, list, &map::XML)
}

fn finish(mut parsed: Parsed, raws: Vec<Raw>, list: List, fields: &map::Fields) -> Parsed {
    parsed.list = list.id().to_owned();
    let mut taken = BTreeSet::new();
    for raw in raws {
        let entity = map::entity(&raw, list, fields, &mut taken, &mut parsed.problems);
        let count = parsed.count(&raw.kind);
        count.records += 1;
        count.entities += usize::from(entity.is_some());
        count.lost += usize::from(entity.is_none());
        parsed.entities.extend(entity);
    }
    parsed
}
