//! The UN Security Council's consolidated list, XML -> entities.

mod record;
mod map;

use std::collections::BTreeSet;

use crate::lists::{Format, Parsed, SourceFile};

/// The list's id.
const LIST: &str = "un-sc";

/// Reads the consolidated list. It states no count of its records: the end of the root element is the mark that it is whole.
///
/// Side records are counted where they say anything; empty placeholders are none.
///
/// Cost: linear in the file.
#[must_use]
pub fn parse(file: SourceFile<'_>) -> Parsed {
    let mut parsed = Parsed::new(LIST, Format::UnXml);
    let mut taken = BTreeSet::new();
    for raw in record::records(file, &mut parsed) {
        let entity = map::entity(&raw, &mut taken, &mut parsed.problems);
        let sides = [("alias", "ALIAS"), ("address", "ADDRESS"), ("document", "DOCUMENT")];
        for (word, n) in [(raw.kind.word(), 1)]
            .into_iter()
            .chain(sides.map(|(word, name)| (word, raw.parts(name).len())))
        {
            if n == 0 {
                continue;
            }
            let count = parsed.count(word);
            count.records += n;
            match &entity {
                Some(_) => count.entities += n,
                None => count.lost += n,
            }
        }
        parsed.entities.extend(entity);
    }
    parsed
}
