//! A raw party of OFAC's simple formats -> an entity: what its labels, programmes and columns mean.

use std::collections::BTreeSet;

use super::List;
use super::record::{Raw, RawValue};
use super::remarks::{self, Clause, Label};
use crate::entity::{
    Authority, Entity, IdentifierKind, Listing, Measure, NameKind, Other, PartyName, Problem, Relation, RelationKind,
    Schema, Severity,
};
use crate::lists::draft::{Draft, one_line};

/// Where values of one of the two formats stand: the names of its fields.
pub(in crate::lists) struct Fields {
    pub name: &'static str,
    pub alias: &'static str,
    pub address: &'static str,
    pub title: &'static str,
    pub value: &'static str,
    pub remarks: &'static str,
}

/// The field names of the CSV family.
pub(super) const CSV: Fields = Fields {
    name: "SDN_Name",
    alias: "alt_name",
    address: "Address",
    title: "Title",
    value: "Remarks",
    remarks: "Remarks",
};

/// The field names of the XML.
pub(in crate::lists) const XML: Fields = Fields {
    name: "lastName",
    alias: "akaList/aka",
    address: "addressList/address",
    title: "title",
    value: "idList/id",
    remarks: "remarks",
};

/// The field names of the advanced XML.
pub(super) const ADVANCED: Fields = Fields {
    name: "Alias",
    alias: "Alias",
    address: "Location",
    title: "Title",
    value: "Feature",
    remarks: "Comment",
};

/// The field names of the enhanced XML.
pub(super) const ENHANCED: Fields = Fields {
    name: "names/name",
    alias: "names/name",
    address: "addresses/address",
    title: "generalInfo/title",
    value: "features/feature",
    remarks: "generalInfo/remarks",
};

/// Makes an entity of a raw party; `None`, with a problem, where it has no name at all.
pub(super) fn entity(
    raw: &Raw,
    list: List,
    fields: &Fields,
    taken: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) -> Option<Entity> {
    let schema = match raw.kind.as_str() {
        "individual" => Schema::Person,
        "entity" => Schema::Organization,
        "vessel" => Schema::Vessel,
        "aircraft" => Schema::Airplane,
        _ => Schema::Thing,
    };
    let mut it = Draft::new(list.id(), &raw.key, schema, problems);
    if schema == Schema::Thing {
        it.problem(
            Severity::Notice,
            "SDN_Type",
            &raw.kind,
            "a type that is not known; kept as a thing",
        );
    }
    for (at, raw_name) in raw.names.iter().enumerate() {
        let field = if at == 0 { fields.name } else { fields.alias };
        let kind = raw_name.kind.unwrap_or(NameKind::Alias);
        let mut text = name(schema, &raw_name.first, &raw_name.last);
        if !raw_name.script.is_empty() {
            text = text.language(&*raw_name.script);
        }
        it.name(field, text.kind(kind).weak(raw_name.weak));
    }
    for value in &raw.values {
        labelled(&mut it, value, fields);
    }
    for clause in remarks::clauses(&raw.remarks, raw.remarks_cut) {
        match clause {
            Clause::Alias(kind, text) => {
                // OFAC: aliases in the remarks are its weak ones (FAQ 122, 123).
                it.name(fields.remarks, name(schema, "", &text).kind(kind).weak(true));
            }
            Clause::Labelled(label, meaning, value) => apply(&mut it, label, meaning, value, Said::NOTHING),
            Clause::Unknown(label, value) => {
                it.problem(
                    Severity::Notice,
                    fields.remarks,
                    label,
                    "a type of identifier that is not known; kept under its label",
                );
                identifier(
                    &mut it,
                    fields.remarks,
                    label,
                    IdentifierKind::Other(label.to_owned()),
                    value,
                    Said::NOTHING,
                );
            }
            Clause::Text(text) if schema == Schema::Person && office(text) => it.position(fields.remarks, text),
            Clause::Text(text) => it.note(fields.remarks, text),
        }
    }
    for address in &raw.addresses {
        let parts: Vec<&str> = address.parts.iter().map(String::as_str).collect();
        it.address(fields.address, &parts, &address.city, &address.country);
    }
    for title in &raw.titles {
        it.position(fields.title, title);
    }
    for (field, note) in &raw.notes {
        it.note(field, note);
    }
    for relation in &raw.relations {
        // Keys are unique over both of OFAC's lists.
        let of = match (list, relation.elsewhere) {
            (List::Sdn, false) | (List::Cons, true) => List::Sdn,
            (List::Cons, false) | (List::Sdn, true) => List::Cons,
        };
        let other = Other::Entity(format!("{}-{}", of.id(), relation.other));
        let value = Relation::new(relation.kind, relation.words.as_str(), other).former(relation.former);
        it.relation("relationship", value);
    }
    if it.entity.party.names.is_empty() {
        it.problem(Severity::Loss, fields.name, "", "a party without a name");
        return None;
    }
    let programmes: Vec<String> = raw.programmes.iter().filter(|it| !it.is_empty()).cloned().collect();
    if programmes.is_empty() {
        it.problem(Severity::Notice, "Program", "", "a party without a programme");
    }
    let measures = match list {
        List::Sdn => vec![Measure::Freeze],
        List::Cons => measures(&programmes, &it.entity),
    };
    it.entity.listings.push(Listing {
        authority: Authority::UsOfac,
        list: list.id().to_owned(),
        reference: raw.key.clone(),
        programmes,
        measures,
        legal_basis: (!raw.legal_bases.is_empty()).then(|| raw.legal_bases.join("; ")),
        since: raw.since,
        url: None,
    });
    it.entity.topics.push("sanction".to_owned());
    Some(it.finish(taken))
}

/// Words that begin the offices and ranks of persons in the remarks.
const OFFICES: [&str; 30] = [
    "Member",
    "Former",
    "Minister",
    "Deputy",
    "Vice",
    "Vice-Chairperson",
    "Head",
    "Chairman",
    "Chairwoman",
    "Chairperson",
    "President",
    "Prime",
    "Director",
    "Managing",
    "Commander",
    "Major",
    "Brigadier",
    "Lieutenant",
    "Colonel",
    "General",
    "Governor",
    "Secretary",
    "Chief",
    "Captain",
    "Admiral",
    "Judge",
    "Ambassador",
    "Mayor",
    "Senator",
    "Advisor",
];

/// Whether a clause of the remarks on a person names an office or a rank.
fn office(text: &str) -> bool {
    let first = text.split([' ', ',']).next().unwrap_or_default();
    OFFICES.contains(&first)
}

fn name(schema: Schema, first: &str, last: &str) -> PartyName {
    if !first.trim().is_empty() {
        PartyName::from_parts(first, last)
    } else if schema == Schema::Person {
        PartyName::from_inverted(&one_line(last))
    } else {
        PartyName::new(one_line(last))
    }
}

/// What the programmes of the non-SDN lists do. The directives that a tag stands for are named in the remarks, which are in the
/// notes of the entity by now.
fn measures(programmes: &[String], entity: &Entity) -> Vec<Measure> {
    // Executive Order 13662 numbers directives of its own, hence both words in one note.
    let directive = |number: &str| {
        let text = format!("Subject to Directive {number}");
        let found = |note: &str| note.contains("14024") && note.contains(&text);
        entity.notes.iter().any(|it| found(&it.value))
    };
    let mut out = BTreeSet::new();
    for tag in programmes {
        match tag.as_str() {
            // SSI: directives 1 to 4 bar dealings in new debt or equity and services to projects.
            "UKRAINE-EO13662" | "UKRAINE-EO13685" => {
                out.insert(Measure::Sectoral);
            }
            // Directive 2 restricts correspondent accounts (CAPTA); 1, 1a, 3 and 4 debt, equity and reserves.
            "RUSSIA-EO14024" => {
                let accounts = directive("2");
                let dealings = ["1", "3", "4"].into_iter().any(directive);
                out.extend(accounts.then_some(Measure::Correspondent));
                out.extend(dealings.then_some(Measure::Sectoral));
                out.extend((!accounts && !dealings).then_some(Measure::Other));
            }
            // Non-SDN Chinese Military-Industrial Complex companies: dealings in their securities.
            "CMIC-EO13959" | "NS-CMIC" | "NS-CMIC-EO13959" => {
                out.insert(Measure::Sectoral);
            }
            // Menu-based sanctions: some of a menu, never a full block.
            "NS-MBS"
            | "CAATSA - RUSSIA"
            | "BURMA-EO14014"
            | "ILLICIT-DRUGS-EO14059"
            | "PEESA"
            | "PEESA-EO14039"
            | "BELARUS-EO14038" => {
                out.insert(Measure::Sectoral);
            }
            "CAPTA" | "561-Related" | "561List" => {
                out.insert(Measure::Correspondent);
            }
            // NS-PLC, the FSE lists and what is new: the tag stays in the listing, the text in the notes.
            _ => {
                out.insert(Measure::Other);
            }
        }
    }
    if out.is_empty() {
        out.insert(Measure::Other);
    }
    out.into_iter().collect()
}

/// What fields of their own say of a value.
#[derive(Clone, Copy)]
struct Said<'a> {
    issuer: &'a str,
    detail: &'a str,
    bad: bool,
}

impl Said<'_> {
    const NOTHING: Self = Self {
        issuer: "",
        detail: "",
        bad: false,
    };
}

/// Adds a labelled value, by what its label means.
pub(in crate::lists) fn labelled(it: &mut Draft<'_>, raw: &RawValue, fields: &Fields) {
    let label = raw.label.trim();
    let said = Said {
        issuer: &raw.country,
        detail: &raw.detail,
        bad: raw.bad,
    };
    let symbol = label.strip_prefix("Digital Currency Address -").map(str::trim);
    if let Some(symbol) = symbol {
        let value = format!("{symbol} {}", raw.value);
        return apply(it, "Digital Currency Address -", &Label::Wallet, &value, said);
    }
    match remarks::labelled(label) {
        Some((known, Label::Text, _)) => it.note(known, &format!("{label} {}", raw.value)),
        // A label of the XML stands alone: nothing is left of it.
        Some((known, meaning, "")) => apply(it, known, meaning, &raw.value, said),
        _ => {
            it.problem(
                Severity::Notice,
                fields.value,
                label,
                "a type of identifier that is not known; kept under its label",
            );
            let kind = IdentifierKind::Other(label.to_owned());
            identifier(it, fields.value, label, kind, &raw.value, said);
        }
    }
}

fn apply(it: &mut Draft<'_>, label: &'static str, meaning: &Label, value: &str, said: Said<'_>) {
    match meaning {
        Label::Birth => it.birth_date(label, value),
        Label::BirthPlace => it.birth_place(label, value),
        Label::Nationality => it.nationality(label, value),
        Label::Gender => it.gender(label, value),
        Label::Founded => it.founded(label, value),
        Label::Country => it.country(label, value),
        Label::Relation => {
            let other = Other::Name(value.trim().to_owned());
            it.relation(label, Relation::new(RelationKind::Linked, label, other));
        }
        Label::Text => it.note(label, &format!("{label}: {value}")),
        Label::Wallet => match value.split_once(' ') {
            Some((symbol, address)) => {
                let kind = IdentifierKind::Wallet(symbol.to_owned());
                identifier(it, label, label, kind, address, said);
            }
            None => {
                it.note(label, value);
                it.problem(
                    Severity::Notice,
                    label,
                    value,
                    "an address of a digital currency without a symbol; kept as a note",
                );
            }
        },
        Label::Own => {
            let kind = IdentifierKind::Other(label.to_owned());
            identifier(it, label, label, kind, value, said);
        }
        Label::Ship => {
            let imo = value.starts_with("IMO ");
            let kind = match label {
                _ if imo && it.entity.party.schema == Schema::Vessel => IdentifierKind::Imo,
                "Identification Number" if !imo => IdentifierKind::NationalId,
                // The IMO numbers companies, too, in a series of its own.
                _ => IdentifierKind::Registration,
            };
            identifier(it, label, label, kind, value, said);
        }
        Label::Id(kind) => identifier(it, label, label, kind.clone(), value, said),
    }
}

fn identifier(it: &mut Draft<'_>, field: &'static str, label: &str, kind: IdentifierKind, value: &str, said: Said<'_>) {
    let parts = remarks::parts(value);
    let issuer = if said.issuer.is_empty() {
        parts.country
    } else {
        said.issuer
    };
    // What a document says besides its number stays readable: `issued 08 May 2009 expires 07 May 2014`.
    if parts.more {
        it.note(field, &format!("{label} {value}"));
    }
    if !said.detail.is_empty() {
        it.note(field, &format!("{label} {value} {}", said.detail));
    }
    if parts.number.is_empty() {
        it.problem(Severity::Notice, field, value, "an identifier without a number");
        return;
    }
    let bad = ["stolen", "revoked", "cancelled", "fraudulent", "false "]
        .iter()
        .any(|word| value.to_ascii_lowercase().contains(word));
    it.identifier(field, kind, parts.number, issuer, bad || said.bad);
}
