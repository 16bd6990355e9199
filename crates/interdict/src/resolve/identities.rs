//! Which id an entity had, so that it keeps it when lists change: a table that goes in and comes out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::entity::Entity;

/// Id of a member -> id of the entity that it was part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identities {
    by_member: BTreeMap<String, String>,
}

impl Identities {
    /// The ids of merged entities as they are now. What was not merged has its own id and needs no row.
    #[must_use]
    pub fn of(entities: &[Entity]) -> Self {
        let mut by_member = BTreeMap::new();
        for it in entities {
            for member in &it.members {
                by_member.insert(member.id.clone(), it.id.clone());
            }
        }
        Self { by_member }
    }

    /// Reads what [`Identities::to_text`] writes: a line `entity, tab, member`; lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// Names the line that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut by_member = BTreeMap::new();
        for (line, number) in text.lines().zip(1_usize..) {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            match line.split('\t').collect::<Vec<_>>().as_slice() {
                [entity, member] if !entity.is_empty() && !member.is_empty() => {
                    by_member.insert((*member).to_owned(), (*entity).to_owned());
                }
                _ => {
                    return Err(format!(
                        "line {number}, `{line}`: not an entity and a member with a tab between"
                    ));
                }
            }
        }
        Ok(Self { by_member })
    }

    /// The table as text, in the order of the entities' ids.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut rows: Vec<(&str, &str)> = self.by_member.iter().map(|it| (it.1.as_str(), it.0.as_str())).collect();
        rows.sort_unstable();
        let mut out = "# entity, tab, member: entities keep their ids when lists change\n".to_owned();
        for (entity, member) in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{entity}\t{member}");
        }
        out
    }

    /// The id that the entity of a member had.
    pub(super) fn of_member(&self, id: &str) -> Option<&str> {
        self.by_member.get(id).map(String::as_str)
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_member.is_empty()
    }
}
