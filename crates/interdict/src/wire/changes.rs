//! Changes between two versions of a list -> `interdict.changes/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::change::{Changes, Difference, Field, Tally, Value, facts};
use crate::entity::Entity;

/// A version that was compared.
#[derive(Clone, Debug, Serialize)]
pub struct VersionJson {
    /// The list's id.
    pub list: String,
    /// The format's name.
    pub format: &'static str,
    /// The publisher's own date.
    pub published: Option<String>,
    /// Entities that it gave.
    pub entities: usize,
    /// Values or records that could not be read: they are not compared.
    pub lost: usize,
    /// BLAKE3 of its files one after the other.
    pub hash: String,
    /// Its files.
    pub files: Vec<String>,
}

/// A list that was compared, or that is in one of the two places only.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    /// The older version.
    pub before: Option<VersionJson>,
    /// The newer version.
    pub after: Option<VersionJson>,
    /// What lies between them; empty where one is absent.
    pub changes: Changes<'a>,
}

/// What lies between the versions of several lists.
#[derive(Clone, Debug, Serialize)]
pub struct ChangesJson<'a> {
    schema: &'static str,
    lists: Vec<ListJson<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct ListJson<'a> {
    before: Option<VersionJson>,
    after: Option<VersionJson>,
    /// False where the list is in one of the two places only: then nothing is said of its entities.
    compared: bool,
    summary: SummaryJson<'a>,
    added: Vec<SubjectJson<'a>>,
    removed: Vec<SubjectJson<'a>>,
    changed: Vec<ChangedJson<'a>>,
    rekeyed: Vec<RekeyedJson<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct SummaryJson<'a> {
    added: usize,
    removed: usize,
    changed: usize,
    same: usize,
    by_schema: BTreeMap<&'static str, TallyJson>,
    by_programme: BTreeMap<&'a str, TallyJson>,
    by_field: BTreeMap<&'static str, FieldTallyJson>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct TallyJson {
    added: usize,
    removed: usize,
    changed: usize,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct FieldTallyJson {
    entities: usize,
    added: usize,
    removed: usize,
}

#[derive(Clone, Debug, Serialize)]
struct SubjectJson<'a> {
    id: &'a str,
    caption: &'a str,
    schema: &'static str,
    /// Every value, by field.
    fields: BTreeMap<&'static str, Vec<ValueJson<'a>>>,
}

#[derive(Clone, Debug, Serialize)]
struct ChangedJson<'a> {
    id: &'a str,
    caption: &'a str,
    schema: &'static str,
    fields: Vec<DifferenceJson<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct DifferenceJson<'a> {
    field: &'static str,
    removed: Vec<ValueJson<'a>>,
    added: Vec<ValueJson<'a>>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct RekeyedJson<'a> {
    removed: &'a str,
    added: &'a str,
    caption: &'a str,
}

/// A value: `text` always, the others where its field has them.
#[derive(Clone, Debug, Default, Serialize)]
struct ValueJson<'a> {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weak: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unusable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    listing: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    former: Option<bool>,
}

/// All changes as JSON, of every list, compared or not.
#[must_use]
pub fn changes<'a>(compared: &[Compared<'a>]) -> ChangesJson<'a> {
    ChangesJson {
        schema: "interdict.changes/1",
        lists: compared.iter().map(list_json).collect(),
    }
}

fn list_json<'a>(it: &Compared<'a>) -> ListJson<'a> {
    let changes = &it.changes;
    let tallies = changes.by_schema().into_iter();
    let fields = changes.by_field().into_iter();
    ListJson {
        before: it.before.clone(),
        after: it.after.clone(),
        compared: it.before.is_some() && it.after.is_some(),
        summary: SummaryJson {
            added: changes.added.len(),
            removed: changes.removed.len(),
            changed: changes.changed.len(),
            same: changes.same,
            by_schema: tallies.map(|it| (it.0.name(), tally_json(it.1))).collect(),
            by_programme: changes
                .by_programme()
                .into_iter()
                .map(|it| (it.0, tally_json(it.1)))
                .collect(),
            by_field: fields
                .map(|(field, it)| {
                    let tally = FieldTallyJson {
                        entities: it.entities,
                        added: it.added,
                        removed: it.removed,
                    };
                    (field.name(), tally)
                })
                .collect(),
        },
        added: changes.added.iter().map(|it| subject_json(it)).collect(),
        removed: changes.removed.iter().map(|it| subject_json(it)).collect(),
        changed: changes
            .changed
            .iter()
            .map(|it| ChangedJson {
                id: &it.after.id,
                caption: it.after.caption(),
                schema: it.after.party.schema.name(),
                fields: it.fields.iter().map(difference_json).collect(),
            })
            .collect(),
        rekeyed: changes
            .rekeyed
            .iter()
            .filter_map(|(old, new)| {
                let (old, new) = (changes.removed.get(*old)?, changes.added.get(*new)?);
                Some(RekeyedJson {
                    removed: &old.id,
                    added: &new.id,
                    caption: new.caption(),
                })
            })
            .collect(),
    }
}

fn tally_json(it: Tally) -> TallyJson {
    TallyJson {
        added: it.added,
        removed: it.removed,
        changed: it.changed,
    }
}

fn subject_json(it: &Entity) -> SubjectJson<'_> {
    let mut fields: BTreeMap<&'static str, Vec<ValueJson<'_>>> = BTreeMap::new();
    for (field, value) in facts(it) {
        if field != Field::Kind {
            fields.entry(field.name()).or_default().push(value_json(value));
        }
    }
    SubjectJson {
        id: &it.id,
        caption: it.caption(),
        schema: it.party.schema.name(),
        fields,
    }
}

fn difference_json<'a>(it: &Difference<'a>) -> DifferenceJson<'a> {
    let values = |all: &[Value<'a>]| all.iter().map(|it| value_json(*it)).collect();
    DifferenceJson {
        field: it.field.name(),
        removed: values(&it.removed),
        added: values(&it.added),
    }
}

fn value_json(value: Value<'_>) -> ValueJson<'_> {
    let mut out = ValueJson {
        text: value.to_string(),
        listing: value.place().map(ToString::to_string),
        ..ValueJson::default()
    };
    match value {
        Value::Name {
            text,
            kind,
            weak,
            family,
            given,
            language,
        } => {
            text.clone_into(&mut out.text);
            out.kind = Some(kind.name());
            out.weak = Some(weak);
            (out.family, out.given, out.language) = (family, given, language);
        }
        Value::Country(it) => out.country = Some(it.code()),
        Value::Identifier {
            kind,
            number,
            country,
            unusable,
        } => {
            number.clone_into(&mut out.text);
            out.kind = Some(kind.name());
            if let crate::entity::IdentifierKind::Wallet(symbol) = kind {
                out.currency = Some(symbol);
            }
            out.country = country.map(crate::entity::Country::code);
            out.unusable = Some(unusable);
        }
        Value::Address { city, country, .. } => {
            out.city = city;
            out.country = country.map(crate::entity::Country::code);
        }
        Value::Relation {
            kind,
            words,
            is_id,
            other,
            former,
        } => {
            out.kind = Some(kind.name());
            out.words = Some(words);
            *(if is_id { &mut out.other_id } else { &mut out.other_name }) = Some(other);
            out.former = Some(former);
        }
        Value::Kind(_)
        | Value::Date(_)
        | Value::Gender(_)
        | Value::Text(_)
        | Value::Listing(_)
        | Value::Of(..)
        | Value::Measure(..)
        | Value::Since(..) => {}
    }
    out
}
