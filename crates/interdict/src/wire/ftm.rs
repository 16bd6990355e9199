//! Entities -> FollowTheMoney 4.11: parties, and their sanctions, addresses, documents, offices and relations as entities of their own,
//! flat or nested.
//!
//! What came in as FollowTheMoney goes out under the properties that it came from, so that reading the result gives the same entities.
//! What the ontology has no property for goes into `notes`, in words. Ids of side entities are hashes of what they say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::entity::{
    Address, Authority, Entity, Fact, Identifier, IdentifierKind, Listing, Measure, NameKind, Other, PartialDate,
    Relation, RelationKind, Schema,
};

/// How the side entities stand in the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Each entity is a line of its own: `entities.ftm.json`.
    Flat,
    /// A line for each party, which holds the others in its properties: `targets.nested.json`.
    Nested,
}

/// Properties of the schemata that parties are exported under: schema, what it extends, its own properties.
const SCHEMATA: [(&str, &[&str], &[&str]); 11] = [
    (
        "Thing",
        &[],
        &[
            "name",
            "alias",
            "weakAlias",
            "previousName",
            "country",
            "summary",
            "description",
            "notes",
            "keywords",
            "address",
            "addressEntity",
            "topics",
            "program",
            "programId",
            "wikidataId",
        ],
    ),
    (
        "LegalEntity",
        &["Thing"],
        &[
            "abbreviation",
            "bvdId",
            "classification",
            "dissolutionDate",
            "dunsCode",
            "email",
            "idNumber",
            "incorporationDate",
            "innCode",
            "jurisdiction",
            "legalForm",
            "leiCode",
            "licenseNumber",
            "mainCountry",
            "npiCode",
            "ogrnCode",
            "okpoCode",
            "okvedCode",
            "parent",
            "phone",
            "registrationNumber",
            "sector",
            "status",
            "swiftBic",
            "taxNumber",
            "uniqueEntityId",
            "uscCode",
            "vatCode",
            "website",
        ],
    ),
    (
        "Person",
        &["LegalEntity"],
        &[
            "appearance",
            "birthCountry",
            "birthDate",
            "birthPlace",
            "citizenship",
            "deathDate",
            "education",
            "ethnicity",
            "eyeColor",
            "fatherName",
            "firstName",
            "gender",
            "hairColor",
            "height",
            "lastName",
            "middleName",
            "motherName",
            "nameSuffix",
            "nationality",
            "passportNumber",
            "political",
            "position",
            "profession",
            "religion",
            "secondName",
            "socialSecurityNumber",
            "spokenLanguage",
            "title",
            "weight",
        ],
    ),
    (
        "Organization",
        &["LegalEntity"],
        &["cageCode", "giiNumber", "imoNumber", "permId"],
    ),
    ("Asset", &["Thing"], &["amount", "currency"]),
    (
        "Company",
        &["Organization", "Asset"],
        &[
            "bikCode",
            "caemCode",
            "cikCode",
            "coatoCode",
            "fnsCode",
            "fssCode",
            "ipoCode",
            "irsCode",
            "isinCode",
            "kppCode",
            "okopfCode",
            "oksmCode",
            "pfrNumber",
            "ricCode",
            "ticker",
            "voenCode",
        ],
    ),
    (
        "Vehicle",
        &["Asset"],
        &["buildDate", "model", "operator", "owner", "registrationNumber", "type"],
    ),
    (
        "Vessel",
        &["Vehicle"],
        &[
            "callSign",
            "crsNumber",
            "deadweightTonnage",
            "flag",
            "grossRegisteredTonnage",
            "imoNumber",
            "mmsi",
            "nameChangeDate",
            "pastFlags",
            "pastTypes",
            "registrationPort",
            "tonnage",
        ],
    ),
    ("Airplane", &["Vehicle"], &["icaoCode", "manufacturer", "serialNumber"]),
    (
        "CryptoWallet",
        &["Thing"],
        &[
            "accountId",
            "amount",
            "balance",
            "blockchain",
            "cryptoAddress",
            "currency",
            "currencySymbol",
            "holder",
            "managingExchange",
            "publicKey",
        ],
    ),
    (
        "Security",
        &["Asset"],
        &[
            "classification",
            "figiCode",
            "isin",
            "issuer",
            "registrationNumber",
            "ticker",
            "type",
        ],
    ),
];

/// Whether a schema has a property, of its own or by what it extends.
fn has(schema: &str, property: &str) -> bool {
    SCHEMATA
        .iter()
        .find(|it| it.0 == schema)
        .is_some_and(|(_, parents, own)| own.contains(&property) || parents.iter().any(|it| has(it, property)))
}

/// Whether a schema is another one or extends it.
fn is(schema: &str, other: &str) -> bool {
    schema == other
        || SCHEMATA
            .iter()
            .find(|it| it.0 == schema)
            .is_some_and(|it| it.1.iter().any(|it| is(it, other)))
}

/// The schema that a party is exported under. `Thing` is abstract in FollowTheMoney.
const fn schema_of(schema: Schema) -> &'static str {
    match schema {
        Schema::Thing => "LegalEntity",
        it => it.name(),
    }
}

/// Edges: schema, the property of its one end and what has to stand there, the same of the other end, the inverse properties, the
/// property for words about it.
struct Edge {
    schema: &'static str,
    from: (&'static str, &'static str, &'static str),
    to: (&'static str, &'static str, &'static str),
    words: &'static str,
}

const EDGES: [Edge; 12] = [
    edge(
        "Ownership",
        ("owner", "LegalEntity", "ownershipOwner"),
        ("asset", "Asset", "ownershipAsset"),
        "role",
    ),
    edge(
        "Control",
        ("controller", "LegalEntity", "controlledEntities"),
        ("controlled", "LegalEntity", "controllingEntities"),
        "role",
    ),
    edge(
        "Directorship",
        ("director", "LegalEntity", "directorshipDirector"),
        ("organization", "Organization", "directorshipOrganization"),
        "role",
    ),
    edge(
        "Membership",
        ("member", "LegalEntity", "membershipMember"),
        ("organization", "Organization", "membershipOrganization"),
        "role",
    ),
    edge(
        "Employment",
        ("employee", "Person", "employers"),
        ("employer", "Organization", "employees"),
        "role",
    ),
    edge(
        "Family",
        ("person", "Person", "familyPerson"),
        ("relative", "Person", "familyRelative"),
        "relationship",
    ),
    edge(
        "Associate",
        ("person", "Person", "associates"),
        ("associate", "Person", "associations"),
        "relationship",
    ),
    edge(
        "Representation",
        ("agent", "LegalEntity", "agencyClient"),
        ("client", "LegalEntity", "agentRepresentation"),
        "role",
    ),
    edge(
        "UnknownLink",
        ("subject", "Thing", "unknownLinkTo"),
        ("object", "Thing", "unknownLinkFrom"),
        "role",
    ),
    edge(
        "Succession",
        ("predecessor", "LegalEntity", "successors"),
        ("successor", "LegalEntity", "predecessors"),
        "role",
    ),
    edge(
        "Payment",
        ("payer", "LegalEntity", "paymentPayer"),
        ("beneficiary", "LegalEntity", "paymentBeneficiary"),
        "purpose",
    ),
    edge(
        "Debt",
        ("debtor", "LegalEntity", "debtDebtor"),
        ("creditor", "LegalEntity", "debtCreditor"),
        "amount",
    ),
];

const fn edge(
    schema: &'static str,
    from: (&'static str, &'static str, &'static str),
    to: (&'static str, &'static str, &'static str),
    words: &'static str,
) -> Edge {
    Edge {
        schema,
        from,
        to,
        words,
    }
}

/// One FollowTheMoney entity on its way out.
#[derive(Clone, Debug, Default)]
struct Line {
    id: String,
    caption: String,
    schema: &'static str,
    properties: Vec<(String, Vec<String>)>,
    datasets: Vec<String>,
    referents: Vec<String>,
    target: bool,
    /// Side entities by the property of this one under which they stand in a nested file.
    inside: Vec<(&'static str, Line)>,
}

impl Line {
    fn push(&mut self, property: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match self.properties.iter_mut().find(|it| it.0 == property) {
            Some((_, values)) if values.iter().any(|it| it == value) => {}
            Some((_, values)) => values.push(value.to_owned()),
            None => self.properties.push((property.to_owned(), vec![value.to_owned()])),
        }
    }

    /// Gives a side entity its id: a hash of what it says.
    fn sealed(mut self) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.schema.as_bytes());
        let mut properties = self.properties.clone();
        properties.sort_unstable();
        for (name, values) in &properties {
            for it in std::iter::once(name).chain(values) {
                hasher.update(&[0]);
                hasher.update(it.as_bytes());
            }
            hasher.update(&[1]);
        }
        let hash: String = hasher.finalize().to_hex().chars().take(40).collect();
        self.id = format!("interdict-{hash}");
        self
    }

    fn head(&self, properties: Map<String, Value>) -> Value {
        json!({
            "id": self.id, "caption": self.caption, "schema": self.schema, "properties": properties,
            "referents": self.referents, "datasets": self.datasets, "target": self.target,
        })
    }

    fn flat(&self) -> Value {
        let properties = self
            .properties
            .iter()
            .map(|(name, it)| (name.clone(), json!(it)))
            .collect();
        self.head(properties)
    }

    /// With the side entities in its properties; those that a property names by their ids stand there instead of the ids.
    fn nested(&self) -> Value {
        let mut properties: Map<String, Value> = Map::new();
        for (name, values) in &self.properties {
            let values: Vec<Value> = values
                .iter()
                .map(
                    |it| match self.inside.iter().find(|inner| inner.0 == name && inner.1.id == *it) {
                        Some((_, inner)) => inner.nested(),
                        None => json!(it),
                    },
                )
                .collect();
            properties.insert(name.clone(), values.into());
        }
        for (name, inner) in &self.inside {
            if self
                .properties
                .iter()
                .any(|it| it.0 == *name && it.1.contains(&inner.id))
            {
                continue;
            }
            let slot = properties.entry((*name).to_owned()).or_insert_with(|| json!([]));
            if let Some(all) = slot.as_array_mut() {
                all.push(inner.nested());
            }
        }
        self.head(properties)
    }
}

/// Writes entities, one JSON object after the other. Side entities that several parties share are given once in the flat shape.
///
/// Cost: linear in the entities and their facts; memory: the ids of the side entities, and the schemata of all parties.
pub fn export<'a>(all: impl Iterator<Item = &'a Entity> + Clone, shape: Shape, sink: &mut impl FnMut(&Value)) {
    let mut known: BTreeMap<&str, &'static str> = BTreeMap::new();
    let mut by_name: BTreeMap<String, Option<&str>> = BTreeMap::new();
    for it in all.clone() {
        known.insert(&it.id, schema_of(it.party.schema));
        // A name that two entities bear names neither.
        by_name
            .entry(it.caption().to_lowercase())
            .and_modify(|have| *have = None)
            .or_insert(Some(&it.id));
    }
    let room = Room { known, by_name };
    let mut written: BTreeSet<String> = BTreeSet::new();
    for it in all {
        let party = room.party(it);
        match shape {
            Shape::Nested => sink(&party.nested()),
            Shape::Flat => {
                sink(&party.flat());
                let mut sides: Vec<&Line> = party.inside.iter().map(|it| &it.1).collect();
                while let Some(side) = sides.pop() {
                    sides.extend(side.inside.iter().map(|it| &it.1));
                    if written.insert(side.id.clone()) {
                        sink(&side.flat());
                    }
                }
            }
        }
    }
}

/// Every name of every entity, each once, sorted: `names.txt`.
#[must_use]
pub fn names<'a>(all: impl Iterator<Item = &'a Entity>) -> BTreeSet<String> {
    all.flat_map(|it| &it.party.names)
        .map(|it| it.value.text.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|it| !it.is_empty())
        .collect()
}

/// What is known of the other entities of the export.
struct Room<'a> {
    known: BTreeMap<&'a str, &'static str>,
    by_name: BTreeMap<String, Option<&'a str>>,
}

impl Room<'_> {
    fn party(&self, it: &Entity) -> Line {
        let schema = schema_of(it.party.schema);
        let mut out = Line {
            id: it.id.clone(),
            // A number is no name: whoever has none must not get one.
            caption: if it.party.names.is_empty() && is(schema, "LegalEntity") {
                String::new()
            } else {
                it.caption().to_owned()
            },
            schema,
            datasets: datasets(it),
            referents: referents(it),
            target: !it.listings.is_empty(),
            ..Line::default()
        };
        names_of(it, &mut out);
        facts_of(it, &mut out);
        let mut notes: Vec<&Fact<String>> = it.notes.iter().collect();
        identifiers(it, &mut notes, &mut out);
        addresses(it, &mut out);
        offices(it, &mut notes, &mut out);
        listings(it, &mut notes, &mut out);
        for topic in &it.topics {
            out.push("topics", topic);
        }
        for note in notes {
            let field = note.origin.field;
            match note.value.strip_prefix(field).and_then(|it| it.strip_prefix(": ")) {
                Some(value) if field != "notes" && (has(schema, field)) => out.push(field, value),
                Some(value) if field == "notes" => out.push("notes", value),
                _ if field == "programId" => {
                    let value = note.value.strip_prefix("programme: ").unwrap_or(&note.value);
                    out.push("programId", value);
                }
                _ => out.push("notes", &note.value),
            }
        }
        for relation in &it.relations {
            self.relation(it, relation, &mut out);
        }
        out
    }

    /// A relation as an edge; the other side is created where the list has only its name.
    fn relation(&self, it: &Entity, fact: &Fact<Relation>, out: &mut Line) {
        let relation = &fact.value;
        let field = fact.origin.field;
        if let Other::Entity(id) = &relation.other
            && field == relation.words
            && has(out.schema, field)
        {
            // A property that names the other party by its id: `parent`, `owner`, `issuer`.
            out.push(field, id);
            return;
        }
        let (head, rest) = relation.words.split_once(": ").unwrap_or((&relation.words, ""));
        let (head, tail) = match head
            .find(" from ")
            .or_else(|| head.find(" until "))
            .or_else(|| head.find(" on "))
        {
            Some(at) if rest.is_empty() => head.split_at(at),
            _ => (head, ""),
        };
        let told = head
            .split_once('/')
            .filter(|_| field == "edge")
            .and_then(|(schema, property)| Some((EDGES.iter().find(|it| it.schema == schema)?, property)))
            .filter(|(edge, property)| edge.from.0 == *property || edge.to.0 == *property);
        let other_schema = match &relation.other {
            Other::Entity(id) => self.known.get(id.as_str()).copied(),
            Other::Name(name) => {
                let id = self.by_name.get(&name.to_lowercase()).copied().flatten();
                id.and_then(|it| self.known.get(it).copied())
            }
        };
        let (edge, outward) = match told {
            Some((edge, property)) => (edge, edge.to.0 == property),
            None => chosen(relation.kind, out.schema, other_schema),
        };
        let other_end = if outward { edge.to } else { edge.from };
        let mut line = Line {
            caption: edge.schema.to_owned(),
            schema: edge.schema,
            datasets: out.datasets.clone(),
            ..Line::default()
        };
        let mut stub = None;
        let other = match &relation.other {
            Other::Entity(id) => id.clone(),
            Other::Name(name) => match self.by_name.get(&name.to_lowercase()).copied().flatten() {
                Some(id) => id.to_owned(),
                None => {
                    let it = named_only(name, other_end.1, &out.datasets);
                    let id = it.id.clone();
                    stub = Some(it);
                    id
                }
            },
        };
        let (from, to) = if outward { (&it.id, &other) } else { (&other, &it.id) };
        line.push(edge.from.0, from);
        line.push(edge.to.0, to);
        if told.is_some() {
            words(edge, if rest.is_empty() { tail } else { rest }, &mut line);
        } else {
            let kind = if edge.schema == "UnknownLink" && relation.kind != RelationKind::Linked {
                format!("{}: {}", relation.kind, relation.words)
            } else {
                relation.words.clone()
            };
            line.push(edge.words, &kind);
            if relation.former {
                line.push(if edge.words == "role" { "status" } else { "description" }, "former");
            }
        }
        let mut line = line.sealed();
        if let Some(stub) = stub {
            line.inside.push((other_end.0, stub));
        }
        let own_end = if outward { edge.from } else { edge.to };
        if !out.inside.iter().any(|it| it.1.id == line.id) {
            out.inside.push((own_end.2, line));
        }
    }
}

/// The edge for a relation that came from another format: whether it runs from this entity to the other one comes with it.
fn chosen(kind: RelationKind, own: &str, other: Option<&'static str>) -> (&'static Edge, bool) {
    use RelationKind as K;
    let (schema, outward) = match kind {
        K::Owns => ("Ownership", true),
        K::OwnedBy => ("Ownership", false),
        K::Leads => ("Directorship", true),
        K::LedBy => ("Directorship", false),
        K::MemberOf => ("Membership", true),
        K::HasMember => ("Membership", false),
        K::Family => ("Family", true),
        K::Associate => ("Associate", true),
        K::ActsFor => ("Representation", true),
        K::HasAgent => ("Representation", false),
        K::Before => ("Succession", true),
        K::After => ("Succession", false),
        K::Supports | K::SupportedBy | K::Linked => ("UnknownLink", true),
    };
    // Where a party is of another kind than the end asks for, a wider edge: owned organisations are controlled.
    let fits = |edge: &Edge| {
        let (mine, theirs) = if outward {
            (edge.from.1, edge.to.1)
        } else {
            (edge.to.1, edge.from.1)
        };
        is(own, mine) && other.is_none_or(|it| is(it, theirs))
    };
    let wider = if schema == "Ownership" { "Control" } else { schema };
    let edge = [schema, wider, "UnknownLink"]
        .iter()
        .find_map(|name| EDGES.iter().find(|it| it.schema == *name && fits(it)))
        .unwrap_or(&EDGES[8]);
    (edge, outward || edge.schema == "UnknownLink")
}

/// What the reader puts behind the name of an edge, taken apart: words, a percentage, dates.
fn words(edge: &Edge, text: &str, line: &mut Line) {
    let mut rest = text.trim_end().to_owned();
    let mut dates: Vec<(&str, String)> = Vec::new();
    loop {
        let found = [(" from ", "startDate"), (" until ", "endDate"), (" on ", "date")]
            .into_iter()
            .filter_map(|(mark, property)| {
                // The first mark may stand at the very beginning: `from 2001 until 2004`.
                let at = rest
                    .rfind(mark)
                    .or_else(|| rest.starts_with(mark.trim_start()).then_some(0))?;
                let value = rest.get(at..)?.trim_start().strip_prefix(mark.trim_start())?.to_owned();
                let date =
                    value.len() >= 4 && value.bytes().take(4).all(|it| it.is_ascii_digit()) && !value.contains(' ');
                date.then_some((at, property, value))
            })
            .max_by_key(|it| it.0);
        let Some((at, property, value)) = found else { break };
        rest.truncate(at);
        dates.push((property, value));
    }
    let percent = rest
        .strip_suffix('%')
        .filter(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit() || it == b'.'));
    match percent {
        Some(_) if edge.schema == "Ownership" => line.push("percentage", &rest.clone()),
        _ => line.push(edge.words, &rest.clone()),
    }
    for (property, value) in dates.iter().rev() {
        line.push(property, value);
    }
}

/// Somebody whom a list names beside an entry, and who is not listed by that.
fn named_only(name: &str, range: &str, datasets: &[String]) -> Line {
    let schema = match range {
        "Person" => "Person",
        "Organization" => "Organization",
        "Asset" => "Company",
        _ => "LegalEntity",
    };
    let mut out = Line {
        caption: name.to_owned(),
        schema,
        datasets: datasets.to_vec(),
        ..Line::default()
    };
    out.push("name", name);
    out.sealed()
}

/// The lists of the listings, and the source of the facts.
fn datasets(it: &Entity) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let sources = sources(it);
    // The reader takes the list of an office holder from the first dataset.
    let office = it.listings.iter().filter(|it| it.measures == [Measure::None]);
    for list in office
        .chain(&it.listings)
        .map(|it| it.list.as_str())
        .chain(sources.iter().map(|it| it.0))
    {
        if !list.is_empty() && !out.iter().any(|it| it == list) {
            out.push(list.to_owned());
        }
    }
    out
}

/// The records that the facts stand in: source and key.
fn sources(it: &Entity) -> BTreeSet<(&str, &str)> {
    let party = &it.party;
    let names = party.names.iter().map(|it| &it.origin);
    let identifiers = party.identifiers.iter().map(|it| &it.origin);
    let notes = it.notes.iter().map(|it| &it.origin);
    names
        .chain(identifiers)
        .chain(notes)
        .map(|it| (&*it.source, &*it.record))
        .collect()
}

/// The ids of the entries that went into an entity, where they are not its own.
fn referents(it: &Entity) -> Vec<String> {
    sources(it)
        .into_iter()
        .filter(|(_, record)| *record != it.id)
        .map(|(source, record)| format!("{source}-{record}"))
        .filter(|id| *id != it.id)
        .collect()
}

fn names_of(it: &Entity, out: &mut Line) {
    for name in &it.party.names {
        let field = name.origin.field;
        let it = &name.value;
        let property = match it.kind {
            _ if it.weak && field == "abbreviation" && has(out.schema, field) => "abbreviation",
            _ if it.weak => "weakAlias",
            NameKind::Former => "previousName",
            NameKind::Primary | NameKind::Current => "name",
            NameKind::Alias if field == "name" => "name",
            NameKind::Alias => "alias",
        };
        out.push(property, &it.text);
        if it.kind == NameKind::Primary
            && let (Some(given), Some(family)) = (&it.given, &it.family)
            && has(out.schema, "firstName")
        {
            out.push("firstName", given);
            out.push("lastName", family);
        }
    }
}

/// A value under the property it came from, where that is one of those given and the schema has it; else under the first one that it
/// has; else in the notes, under a label.
fn put(out: &mut Line, field: &str, options: &[&str], label: &str, value: &str) {
    let schema = out.schema;
    let own = options.iter().find(|it| **it == field && has(schema, it));
    match own.or_else(|| options.iter().find(|it| has(schema, it))) {
        Some(property) => out.push(property, value),
        None => out.push("notes", &format!("{label}: {value}")),
    }
}

fn facts_of(it: &Entity, out: &mut Line) {
    let party = &it.party;
    for fact in &party.birth_dates {
        dates(out, fact, &["birthDate"], "Birth date");
    }
    let founded: &[&str] = &["buildDate", "incorporationDate"];
    for fact in &party.founded {
        dates(out, fact, founded, "Founded or built");
    }
    for fact in &party.birth_places {
        put(out, fact.origin.field, &["birthPlace"], "Birth place", &fact.value);
    }
    for fact in &party.nationalities {
        put(
            out,
            fact.origin.field,
            &["nationality", "citizenship", "country"],
            "Nationality",
            fact.value.code(),
        );
    }
    // An address brings its country with it.
    let with_address: BTreeSet<&str> = party
        .addresses
        .iter()
        .filter(|it| it.origin.field == "addressEntity")
        .filter_map(|it| Some(it.value.country?.code()))
        .collect();
    for fact in &party.countries {
        let code = fact.value.code();
        if fact.origin.field != "addressEntity" || !with_address.contains(code) {
            let options = [
                "country",
                "birthCountry",
                "mainCountry",
                "jurisdiction",
                "flag",
                "pastFlags",
            ];
            put(out, fact.origin.field, &options, "Country", code);
        }
    }
    for fact in &party.genders {
        put(out, fact.origin.field, &["gender"], "Gender", fact.value.name());
    }
}

/// FollowTheMoney dates are a year, a month or a day. A range gives its years (its ends, where it is long), an approximate date the
/// plain one; the notes say what it was.
fn dates(out: &mut Line, fact: &Fact<PartialDate>, options: &[&str], label: &str) {
    /// Ranges up to so many years are written out.
    const YEARS: i16 = 5;
    let date = fact.value;
    let mut values = vec![date.from.to_string()];
    if let Some(to) = date.to {
        let (first, last) = (date.from.year(), to.year());
        if last - first > 1 && last - first <= YEARS {
            values.extend((first + 1..last).map(|it| format!("{it:04}")));
        }
        values.push(to.to_string());
    }
    if date.circa || date.to.is_some() {
        out.push("notes", &format!("{label}: {date}"));
    }
    for it in values {
        put(out, fact.origin.field, options, label, &it);
    }
}

/// The property for an identifier that came from another format.
fn property_of(kind: &IdentifierKind, schema: &str) -> &'static [&'static str] {
    match kind {
        IdentifierKind::Passport => &["passportNumber"],
        IdentifierKind::NationalId if schema == "Person" => &["idNumber"],
        IdentifierKind::TaxId => &["taxNumber"],
        IdentifierKind::Registration if schema != "Airplane" && schema != "Person" => &["registrationNumber"],
        IdentifierKind::AircraftNumber if schema == "Airplane" => &["registrationNumber"],
        IdentifierKind::Imo => &["imoNumber"],
        IdentifierKind::Mmsi => &["mmsi"],
        IdentifierKind::CallSign => &["callSign"],
        IdentifierKind::Lei => &["leiCode"],
        IdentifierKind::Bic => &["swiftBic"],
        IdentifierKind::Isin => &["isin", "isinCode"],
        IdentifierKind::Email => &["email"],
        IdentifierKind::Phone => &["phone"],
        IdentifierKind::Website => &["website"],
        _ => &[],
    }
}

/// Fields of the reader whose values are documents of their own.
const DOCUMENTS: [&str; 2] = ["Passport", "Identification"];

fn identifiers(it: &Entity, notes: &mut Vec<&Fact<String>>, out: &mut Line) {
    for fact in &it.party.identifiers {
        let id = &fact.value;
        let field = fact.origin.field;
        if id.unusable {
            // A number that is known to be false must not identify anybody at the receiver's.
            out.push("notes", &format!("{id}: known to be false, lost or revoked"));
            continue;
        }
        if id.kind == IdentifierKind::UnReference && !it.listings.is_empty() {
            // It stands in the sanction.
            continue;
        }
        if let IdentifierKind::Wallet(symbol) = &id.kind {
            wallet(it, id, symbol, field, out);
            continue;
        }
        let document = DOCUMENTS.contains(&field);
        if !document && has(out.schema, field) && !matches!(field, "name" | "alias" | "notes" | "summary" | "topics") {
            out.push(field, &id.number);
            continue;
        }
        let options = property_of(&id.kind, out.schema);
        let property = options.iter().find(|it| has(out.schema, it));
        if let Some(property) = property.filter(|_| !document && id.country.is_none()) {
            out.push(property, &id.number);
        } else if is(out.schema, "LegalEntity") {
            let line = documented(it, fact, notes, out);
            out.inside.push(("identification", line));
        } else if let Some(property) = property {
            out.push(property, &id.number);
        } else {
            out.push("notes", &id.to_string());
        }
    }
}

/// A document as an entity of its own, with what the notes say of it.
fn documented(it: &Entity, fact: &Fact<Identifier>, notes: &mut Vec<&Fact<String>>, out: &Line) -> Line {
    let id = &fact.value;
    let mut line = Line {
        caption: id.number.clone(),
        schema: if id.kind == IdentifierKind::Passport && fact.origin.field != "Identification" {
            "Passport"
        } else {
            "Identification"
        },
        datasets: out.datasets.clone(),
        ..Line::default()
    };
    line.push("holder", &it.id);
    line.push("number", &id.number);
    if let Some(country) = id.country {
        line.push("country", country.code());
    }
    // `LABEL NUMBER, FIELD: VALUE` is how the reader keeps what else a document says.
    let mut label = None;
    notes.retain(|note| {
        if note.origin.field != fact.origin.field || !DOCUMENTS.contains(&note.origin.field) {
            return true;
        }
        let Some((before, behind)) = note.value.split_once(&format!(" {}, ", id.number)) else {
            return true;
        };
        let Some((name, value)) = behind.split_once(": ") else {
            return true;
        };
        if !["summary", "description", "authority", "startDate", "endDate"].contains(&name) {
            return true;
        }
        if label.as_deref().is_some_and(|it| it != before) {
            return true;
        }
        label = Some(before.to_owned());
        line.push(name, value);
        false
    });
    let kind = match &id.kind {
        IdentifierKind::NationalId => "National identification card",
        it => it.name(),
    };
    let label = label.unwrap_or_else(|| kind.to_owned());
    if !(line.schema == "Passport" && matches!(label.as_str(), "passport" | "identification"))
        && label != "identification"
    {
        line.push("type", &label);
    }
    line.sealed()
}

/// An address of a digital currency: of a wallet its own, else a wallet that the entity holds, under its topics, so that it stays listed
/// by itself.
fn wallet(it: &Entity, id: &Identifier, symbol: &str, field: &'static str, out: &mut Line) {
    if out.schema == "CryptoWallet" {
        let property = if field == "cryptoAddress" { field } else { "publicKey" };
        out.push(property, &id.number);
        out.push("currencySymbol", symbol);
        return;
    }
    let mut line = Line {
        caption: id.number.clone(),
        schema: "CryptoWallet",
        datasets: out.datasets.clone(),
        target: out.target,
        ..Line::default()
    };
    line.push("publicKey", &id.number);
    line.push("currencySymbol", symbol);
    if is(out.schema, "LegalEntity") {
        line.push("holder", &it.id);
    }
    for topic in &it.topics {
        line.push("topics", topic);
    }
    out.inside.push(("cryptoWallets", line.sealed()));
}

fn addresses(it: &Entity, out: &mut Line) {
    for fact in &it.party.addresses {
        let Address { full, city, country } = &fact.value;
        if fact.origin.field != "addressEntity" && city.is_none() && country.is_none() {
            out.push("address", full);
            continue;
        }
        let mut line = Line {
            caption: full.clone(),
            schema: "Address",
            datasets: out.datasets.clone(),
            ..Line::default()
        };
        line.push("full", full);
        line.push("city", city.as_deref().unwrap_or(""));
        line.push("country", country.map_or("", crate::entity::Country::code));
        let line = line.sealed();
        out.push("addressEntity", &line.id);
        out.inside.push(("addressEntity", line));
    }
}

/// Titles and offices; those that came as an office of its own go out as one, with what the notes say of it.
fn offices(it: &Entity, notes: &mut Vec<&Fact<String>>, out: &mut Line) {
    for fact in &it.party.positions {
        let field = fact.origin.field;
        if field != "Occupancy" || out.schema != "Person" {
            put(out, field, &["position", "title"], "Position", &fact.value);
            continue;
        }
        let mut post = Line {
            caption: fact.value.clone(),
            schema: "Position",
            datasets: out.datasets.clone(),
            ..Line::default()
        };
        post.push("name", &fact.value);
        let post = post.sealed();
        let mut line = Line {
            caption: "Occupancy".to_owned(),
            schema: "Occupancy",
            datasets: out.datasets.clone(),
            ..Line::default()
        };
        line.push("holder", &it.id);
        line.push("post", &post.id);
        notes.retain(|note| {
            let told = note
                .value
                .strip_prefix(fact.value.as_str())
                .and_then(|it| it.strip_prefix(", "))
                .and_then(|it| it.split_once(' '))
                .filter(|_| note.origin.field == "Occupancy");
            let property = match told {
                Some(("from", _)) => "startDate",
                Some(("until", _)) => "endDate",
                Some(("status", _)) => "status",
                _ => return true,
            };
            line.push(property, told.map_or("", |it| it.1));
            false
        });
        let mut line = line.sealed();
        line.inside.push(("post", post));
        out.inside.push(("positionOccupancies", line));
    }
}

/// Names of authorities that the reader takes for those of one country unless another one is named.
const SHARED_NAMES: [&str; 4] = [
    "department of state",
    "state department",
    "department of foreign affairs and trade",
    "direction générale du trésor",
];

/// The country of an authority.
fn country_of(authority: &Authority) -> &'static str {
    match authority {
        Authority::UsOfac | Authority::UsBis | Authority::UsState => "us",
        Authority::Uk => "gb",
        Authority::Ch => "ch",
        Authority::Ca => "ca",
        Authority::Au => "au",
        Authority::Fr => "fr",
        Authority::Eu => "eu",
        // Names that ministries of several countries bear: `zz` says that it is none of those that are known.
        Authority::Other(name) if SHARED_NAMES.iter().any(|it| name.to_lowercase().contains(it)) => "zz",
        Authority::UnSc | Authority::Other(_) => "",
    }
}

fn listings(it: &Entity, notes: &mut Vec<&Fact<String>>, out: &mut Line) {
    // An office holder is known by the topic; a `Sanction` would say something else.
    let office = it.topics.iter().any(|it| it.starts_with("role.") || it == "poi");
    let mut first = true;
    for listing in &it.listings {
        if office && listing.measures == [Measure::None] && listing.reference == it.id {
            for programme in &listing.programmes {
                out.push("programId", programme);
            }
            continue;
        }
        let mut line = sanction(it, listing, out);
        if std::mem::take(&mut first) {
            let un = it
                .party
                .identifiers
                .iter()
                .filter(|it| it.value.kind == IdentifierKind::UnReference);
            un.for_each(|it| line.push("unscId", &it.value.number));
        }
        let start = format!("{}, ", listing.authority);
        notes.retain(|note| {
            let told = note
                .value
                .strip_prefix(&start)
                .and_then(|it| it.split_once(": "))
                .filter(|_| note.origin.field == "Sanction");
            match told {
                Some((
                    field @ ("provisions" | "summary" | "description" | "status" | "duration" | "endDate"),
                    value,
                )) => {
                    line.push(field, value);
                    false
                }
                _ => true,
            }
        });
        let mut line = line.sealed();
        // Two datasets of one authority may say the same.
        if out.inside.iter().any(|have| have.1.id == line.id) {
            line.id = format!("{}-{}", line.id, listing.list);
        }
        out.inside.push(("sanctions", line));
    }
    if first && !it.listings.is_empty() {
        // No sanction to carry them.
        let un = it
            .party
            .identifiers
            .iter()
            .filter(|it| it.value.kind == IdentifierKind::UnReference);
        un.for_each(|it| out.push("notes", &it.value.to_string()));
    }
}

fn sanction(it: &Entity, listing: &Listing, out: &Line) -> Line {
    let mut line = Line {
        caption: listing.authority.name().to_owned(),
        schema: "Sanction",
        datasets: out.datasets.clone(),
        ..Line::default()
    };
    // The first dataset is the one that lists.
    if let Some(at) = line.datasets.iter().position(|it| *it == listing.list) {
        let list = line.datasets.remove(at);
        line.datasets.insert(0, list);
    }
    line.push("entity", &it.id);
    line.push("authority", listing.authority.name());
    line.push("country", country_of(&listing.authority));
    if listing.reference != it.id {
        line.push("authorityId", &listing.reference);
    }
    for programme in &listing.programmes {
        line.push("program", programme);
    }
    for measure in &listing.measures {
        line.push("provisions", measure.name());
    }
    line.push("reason", listing.legal_basis.as_deref().unwrap_or(""));
    if let Some(since) = listing.since {
        line.push("listingDate", &since.from.to_string());
    }
    line.push("sourceUrl", listing.url.as_deref().unwrap_or(""));
    line
}
