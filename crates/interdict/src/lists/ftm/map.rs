//! What FollowTheMoney entities mean: parties become entities, edges and side records are joined onto the parties that they name.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::{Arc, LazyLock};

use super::record::Record;
use crate::entity::{
    Address, Authority, Country, Gender, Identifier, IdentifierKind, Listing, Measure, NameKind, Other, PartialDate,
    PartyName, Problem, Relation, RelationKind, Schema, Severity,
};
use crate::lists::build::Build;
use crate::lists::{Parsed, cells};

/// What a schema's records are to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// A party that is screened.
    Party(Schema),
    /// A listing of the party in `entity`.
    Sanction,
    /// A document of the party in `holder`.
    Document,
    /// An office; it reaches those who hold it.
    Position,
    /// The holding of an office: `holder`, `post`.
    Occupancy,
    /// A place; it reaches those whose `addressEntity` it is.
    Address,
    /// A relation of two parties, by the properties that name them.
    Edge(&'static str, &'static str),
    /// Not in FollowTheMoney 4.
    Unknown,
}

fn class(schema: &str) -> Class {
    match schema {
        "Person" => Class::Party(Schema::Person),
        "Organization" | "PublicBody" => Class::Party(Schema::Organization),
        "Company" => Class::Party(Schema::Company),
        "LegalEntity" => Class::Party(Schema::LegalEntity),
        "Vessel" => Class::Party(Schema::Vessel),
        "Airplane" => Class::Party(Schema::Airplane),
        "CryptoWallet" => Class::Party(Schema::CryptoWallet),
        "Security" => Class::Party(Schema::Security),
        "Thing" | "Asset" | "Vehicle" | "RealEstate" | "BankAccount" | "UserAccount" | "Project" | "Workbook" => {
            Class::Party(Schema::Thing)
        }
        "Sanction" | "Risk" => Class::Sanction,
        "Passport" | "Identification" => Class::Document,
        "Position" => Class::Position,
        "Occupancy" => Class::Occupancy,
        "Address" => Class::Address,
        "Ownership" => Class::Edge("owner", "asset"),
        "Control" => Class::Edge("controller", "controlled"),
        "Directorship" => Class::Edge("director", "organization"),
        "Membership" => Class::Edge("member", "organization"),
        "Employment" => Class::Edge("employee", "employer"),
        "Family" => Class::Edge("person", "relative"),
        "Associate" => Class::Edge("person", "associate"),
        "Representation" => Class::Edge("agent", "client"),
        "UnknownLink" => Class::Edge("subject", "object"),
        "Succession" => Class::Edge("predecessor", "successor"),
        "Payment" => Class::Edge("payer", "beneficiary"),
        "Debt" => Class::Edge("debtor", "creditor"),
        "Similar" => Class::Edge("candidate", "match"),
        _ => Class::Unknown,
    }
}

/// How a party stands to another one that stands in a property: of an edge of a schema, or of the party itself (no schema).
fn kind_of(schema: &str, property: &str) -> RelationKind {
    match (schema, property) {
        (_, "owner" | "controller" | "parent" | "holder" | "bankAccountOwner") => RelationKind::OwnedBy,
        (_, "asset" | "controlled" | "subsidiaries" | "cryptoWallets") => RelationKind::Owns,
        (_, "director") => RelationKind::LedBy,
        ("Directorship", "organization") => RelationKind::Leads,
        ("Membership", "organization") | (_, "employer") => RelationKind::MemberOf,
        (_, "member" | "employee") => RelationKind::HasMember,
        ("Family", _) => RelationKind::Family,
        ("Associate", _) => RelationKind::Associate,
        (_, "client") => RelationKind::ActsFor,
        (_, "agent") => RelationKind::HasAgent,
        (_, "beneficiary") => RelationKind::Supports,
        (_, "payer") => RelationKind::SupportedBy,
        (_, "successor" | "successors") => RelationKind::Before,
        (_, "predecessor" | "predecessors") => RelationKind::After,
        _ => RelationKind::Linked,
    }
}

/// The kind of an edge. Where the ontology has no edge for a kind, the export writes it before the words of a link: `supports: ...`.
fn edge_kind(it: &Record, property: &str) -> RelationKind {
    let told = || RelationKind::parse(it.first("role").split_once(": ")?.0);
    match (it.schema.as_str(), property) {
        ("UnknownLink", "object") => told().unwrap_or(RelationKind::Linked),
        ("UnknownLink", _) => told().map_or(RelationKind::Linked, RelationKind::inverse),
        (schema, property) => kind_of(schema, property),
    }
}

/// What a property of a party means.
#[derive(Clone, Copy)]
enum Use {
    Name(NameKind, bool),
    /// A part of a name; see [`name_parts`].
    Part,
    BirthDate,
    BirthPlace,
    Founded,
    Nationality,
    Country,
    Gender,
    Position,
    Id(fn(Schema) -> IdentifierKind),
    Wallet,
    /// A number of a kind that has no check and few would ask with.
    Label(&'static str),
    Address,
    /// The id of an `Address`.
    AddressId,
    /// The id of another party.
    Party,
    Topic,
    /// Read elsewhere.
    Elsewhere,
    /// Text that is shown and not compared.
    Note,
    Ignored,
}

/// Properties that say nothing about who a party is: when a record was made and by whom, and where the source is kept.
const IGNORED: [&str; 19] = [
    "createdAt",
    "modifiedAt",
    "retrievedAt",
    "publisher",
    "publisherUrl",
    "sourceUrl",
    "alephUrl",
    "wikipediaUrl",
    "opencorporatesUrl",
    "indexText",
    "indexUpdatedAt",
    "proof",
    "recordId",
    "programUrl",
    "duplicateOf",
    // The other side of an edge that is read from its own record.
    "sanctions",
    "occupancies",
    "proofEntity",
    "mentionedEntity",
];

/// Properties with text about a party: kept, word for word.
const NOTED: [&str; 45] = [
    "summary",
    "description",
    "notes",
    "keywords",
    "legalForm",
    "status",
    "sector",
    "classification",
    "dissolutionDate",
    "deathDate",
    "deathPlace",
    "deathCountry",
    "fatherName",
    "motherName",
    "nameSuffix",
    "religion",
    "political",
    "ethnicity",
    "education",
    "profession",
    "appearance",
    "height",
    "weight",
    "eyeColor",
    "hairColor",
    "spokenLanguage",
    "registrationPort",
    "type",
    "model",
    "category",
    "tonnage",
    "grossRegisteredTonnage",
    "deadweightTonnage",
    "nameChangeDate",
    "pastTypes",
    "pastNames",
    "operator",
    "manufacturer",
    "managingExchange",
    "balance",
    "blockchain",
    "accountType",
    "amount",
    "currency",
    "license",
];

/// Properties that hold the id, or the name, of another party, and the inverse sides of edges in nested files.
const PARTIES: [&str; 9] = [
    "parent",
    "holder",
    "issuer",
    "owner",
    "bankAccountOwner",
    "subsidiaries",
    "successors",
    "predecessors",
    "cryptoWallets",
];

/// Inverse sides of edges, as nested files have them: the edge is a record of its own, and joined as one.
const INVERSE: [&str; 49] = [
    "positionOccupancies",
    "familyPerson",
    "familyRelative",
    "associates",
    "associations",
    "ownershipOwner",
    "ownershipAsset",
    "directorshipDirector",
    "directorshipOrganization",
    "membershipMember",
    "membershipOrganization",
    "employers",
    "employees",
    "agencyClient",
    "agentRepresentation",
    "unknownLinkTo",
    "unknownLinkFrom",
    "identificiation",
    "identification",
    "passport",
    "sanctionEntity",
    "sanctionStatus",
    "risks",
    "controlController",
    "controlControlled",
    "paymentPayer",
    "paymentBeneficiary",
    "debtDebtor",
    "debtCreditor",
    "similarSubject",
    "similarCandidate",
    "similarMatch",
    "successionPredecessor",
    "successionSuccessor",
    "interestLinks",
    "documentedBy",
    "eventsInvolved",
    "eventsOrganized",
    "courtCase",
    "contractAuthority",
    "projects",
    "controlledEntities",
    "controllingEntities",
    "candidateSimilars",
    "matchSimilars",
    "ownedVehicles",
    "operatedVehicles",
    "securities",
    "bankAccounts",
];

static USES: LazyLock<BTreeMap<&'static str, (&'static str, Use)>> = LazyLock::new(|| {
    use IdentifierKind as K;
    let mut table: Vec<(&'static str, Use)> = vec![
        ("name", Use::Name(NameKind::Alias, false)),
        ("alias", Use::Name(NameKind::Alias, false)),
        ("previousName", Use::Name(NameKind::Former, false)),
        ("weakAlias", Use::Name(NameKind::Alias, true)),
        ("abbreviation", Use::Name(NameKind::Alias, true)),
        ("firstName", Use::Part),
        ("secondName", Use::Part),
        ("middleName", Use::Part),
        ("lastName", Use::Part),
        ("birthDate", Use::BirthDate),
        ("birthPlace", Use::BirthPlace),
        ("incorporationDate", Use::Founded),
        ("buildDate", Use::Founded),
        ("nationality", Use::Nationality),
        ("citizenship", Use::Nationality),
        ("country", Use::Country),
        ("birthCountry", Use::Country),
        ("mainCountry", Use::Country),
        ("jurisdiction", Use::Country),
        ("flag", Use::Country),
        ("pastFlags", Use::Country),
        ("gender", Use::Gender),
        ("position", Use::Position),
        ("title", Use::Position),
        ("email", Use::Id(|_| K::Email)),
        ("phone", Use::Id(|_| K::Phone)),
        ("website", Use::Id(|_| K::Website)),
        ("passportNumber", Use::Id(|_| K::Passport)),
        (
            "idNumber",
            Use::Id(|it| {
                if it == Schema::Person {
                    K::NationalId
                } else {
                    K::Registration
                }
            }),
        ),
        ("taxNumber", Use::Id(|_| K::TaxId)),
        ("innCode", Use::Id(|_| K::TaxId)),
        ("vatCode", Use::Id(|_| K::TaxId)),
        (
            "registrationNumber",
            Use::Id(|it| {
                if it == Schema::Airplane {
                    K::AircraftNumber
                } else {
                    K::Registration
                }
            }),
        ),
        ("ogrnCode", Use::Id(|_| K::Registration)),
        ("uscCode", Use::Id(|_| K::Registration)),
        ("serialNumber", Use::Id(|_| K::AircraftNumber)),
        ("leiCode", Use::Id(|_| K::Lei)),
        ("swiftBic", Use::Id(|_| K::Bic)),
        ("bic", Use::Id(|_| K::Bic)),
        ("iban", Use::Id(|_| K::Iban)),
        ("imoNumber", Use::Id(|_| K::Imo)),
        ("mmsi", Use::Id(|_| K::Mmsi)),
        ("callSign", Use::Id(|_| K::CallSign)),
        ("isin", Use::Id(|_| K::Isin)),
        ("isinCode", Use::Id(|_| K::Isin)),
        ("unscId", Use::Id(|_| K::UnReference)),
        ("publicKey", Use::Wallet),
        ("cryptoAddress", Use::Wallet),
        ("address", Use::Address),
        ("addressEntity", Use::AddressId),
        ("topics", Use::Topic),
        ("program", Use::Elsewhere),
        ("programId", Use::Elsewhere),
        ("currencySymbol", Use::Elsewhere),
        ("socialSecurityNumber", Use::Label("social security number")),
        ("licenseNumber", Use::Label("licence number")),
        ("accountNumber", Use::Label("account number")),
        ("accountId", Use::Label("account id")),
    ];
    for it in [
        "wikidataId",
        "okpoCode",
        "kppCode",
        "bikCode",
        "voenCode",
        "coatoCode",
        "irsCode",
        "cikCode",
        "ricCode",
        "figiCode",
        "ticker",
        "permId",
        "giiNumber",
        "cageCode",
        "dunsCode",
        "uniqueEntityId",
        "npiCode",
        "ipoCode",
        "bvdId",
        "fnsCode",
        "fssCode",
        "okopfCode",
        "okvedCode",
        "oksmCode",
        "pfrNumber",
        "caemCode",
        "sidCode",
        "crsNumber",
        "icaoCode",
        "nuts",
    ] {
        table.push((it, Use::Label(it)));
    }
    table.extend(IGNORED.map(|it| (it, Use::Ignored)));
    table.extend(INVERSE.map(|it| (it, Use::Ignored)));
    table.extend(NOTED.map(|it| (it, Use::Note)));
    table.extend(PARTIES.map(|it| (it, Use::Party)));
    table.into_iter().map(|(name, it)| (name, (name, it))).collect()
});

/// Maps all records of a file: parties first, then what is joined onto them.
pub fn all(records: Vec<Record>, parsed: &mut Parsed) {
    let records = united(records, parsed);
    let mut room = Room {
        source: Arc::from(parsed.list.as_str()),
        parsed,
        builds: Vec::new(),
        by_id: BTreeMap::new(),
        sanctioned: BTreeSet::new(),
        said: BTreeSet::new(),
        edges: records
            .iter()
            .filter(|it| matches!(class(&it.schema), Class::Edge(..)))
            .map(|it| it.id.clone())
            .collect(),
    };
    let mut sides: BTreeMap<&str, &Record> = BTreeMap::new();
    for it in &records {
        match class(&it.schema) {
            Class::Party(schema) => room.party(it, schema),
            // A kind of thing that is not known and has a name: screened, under no kind.
            Class::Unknown if !it.first("name").is_empty() => {
                room.once(
                    &it.schema,
                    &it.id,
                    "schema",
                    &it.schema,
                    "a schema that is not known: read as a thing",
                );
                room.party(it, Schema::Thing);
            }
            Class::Address | Class::Position => {
                sides.insert(&it.id, it);
            }
            _ => {}
        }
    }
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    for it in &records {
        match class(&it.schema) {
            Class::Sanction | Class::Document | Class::Occupancy | Class::Edge(..) if too_many(it) => {
                room.lose(
                    &it.id,
                    &it.schema,
                    &it.caption,
                    "an edge of more values than an edge has",
                );
                room.tally(it, false);
            }
            Class::Party(_) => {
                for address in it.get("addressEntity") {
                    match sides.get(address) {
                        Some(side) => {
                            reached.insert(&side.id);
                            room.address(&it.id, side);
                        }
                        None => room.lose(&it.id, "addressEntity", address, "an address that is not in the file"),
                    }
                }
            }
            Class::Sanction => room.sanction(it),
            Class::Document => room.document(it),
            Class::Occupancy => {
                if let Some(post) = room.occupancy(it, &sides) {
                    reached.insert(post);
                }
            }
            Class::Edge(from, to) => room.edge(it, from, to),
            Class::Unknown if it.first("name").is_empty() => room.unknown(it),
            _ => {}
        }
    }
    for it in sides.values() {
        let joined = reached.contains(it.id.as_str());
        let post = matches!(class(&it.schema), Class::Position);
        if !joined {
            let value = if it.caption.is_empty() {
                it.first("name")
            } else {
                &it.caption
            };
            // A post that nobody holds is nobody to screen; an address belonged to somebody.
            if post {
                room.notice(&it.id, "", value, "a post that nobody in the file holds");
            } else {
                room.lose(&it.id, "", value, "no entity of the file names it");
            }
        }
        room.tally(it, joined || post);
    }
    for it in &records {
        room.topics(it);
    }
    let builds = room.builds;
    parsed.entities = builds.into_iter().map(Build::finish).collect();
}

/// An edge of more values than this is refused: what it says goes to each of its ends, the product of both. Real ones have up to 30.
const MAX_EDGE_VALUES: usize = 300;

fn too_many(it: &Record) -> bool {
    it.properties.iter().map(|it| it.1.len()).sum::<usize>() > MAX_EDGE_VALUES
}

/// Records of one id are one: nested files repeat an entity wherever it is named.
fn united(records: Vec<Record>, parsed: &mut Parsed) -> Vec<Record> {
    let mut out: Vec<Record> = Vec::with_capacity(records.len());
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    // The values of each property of those that are repeated; the datasets are under no name.
    let mut seen: BTreeMap<usize, BTreeMap<Option<String>, BTreeSet<String>>> = BTreeMap::new();
    for mut it in records {
        let at = *by_id.entry(it.id.clone()).or_insert(out.len());
        let Some(have) = out.get_mut(at) else {
            out.push(it);
            continue;
        };
        let seen = seen.entry(at).or_default();
        if have.parent.is_none() && it.parent.is_none() {
            let message = "the id stands twice: the facts of both records are united";
            parsed
                .problems
                .push(Problem::new(Severity::Notice, &it.id, "id", &it.id, message));
        }
        if it.parent.is_none() {
            have.parent = None;
            have.schema = it.schema;
            have.caption = it.caption;
        }
        have.oddities.append(&mut it.oddities);
        let Record {
            datasets, properties, ..
        } = it;
        each_once(&mut have.datasets, seen.entry(None), datasets);
        for (name, values) in properties {
            match have.properties.iter_mut().find(|it| it.0 == name) {
                Some((_, there)) => each_once(there, seen.entry(Some(name)), values),
                None => have.properties.push((name, values)),
            }
        }
    }
    out
}

/// Adds what is not there, each value once: an edge stands whole at each of its ends in a nested file, and says nothing twice.
/// `seen` is what `there` holds, so that a repetition costs its own values and not all that came before.
fn each_once(there: &mut Vec<String>, seen: Entry<'_, Option<String>, BTreeSet<String>>, more: Vec<String>) {
    let seen = match seen {
        Entry::Occupied(it) => it.into_mut(),
        Entry::Vacant(it) => {
            let seen = it.insert(BTreeSet::new());
            there.retain(|it| seen.insert(it.clone()));
            seen
        }
    };
    there.extend(more.into_iter().filter(|it| seen.insert(it.clone())));
}

/// The entities of a file in the making.
struct Room<'a> {
    source: Arc<str>,
    parsed: &'a mut Parsed,
    builds: Vec<Build>,
    by_id: BTreeMap<String, usize>,
    /// Places in `builds` of those that a `Sanction` names.
    sanctioned: BTreeSet<usize>,
    /// What was noticed once and need not be again.
    said: BTreeSet<String>,
    /// Ids of edges: in nested files they stand in properties of the parties.
    edges: BTreeSet<String>,
}

impl Room<'_> {
    fn tally(&mut self, record: &Record, reached: bool) {
        let count = self.parsed.count(&record.schema.to_lowercase());
        count.records += 1;
        if reached {
            count.entities += 1;
        } else {
            count.lost += 1;
        }
    }

    fn lose(&mut self, id: &str, field: &str, value: &str, message: &str) {
        let problem = Problem::new(Severity::Loss, id, field, value, message);
        self.parsed.problems.push(problem);
    }

    fn notice(&mut self, id: &str, field: &str, value: &str, message: &str) {
        let problem = Problem::new(Severity::Notice, id, field, value, message);
        self.parsed.problems.push(problem);
    }

    /// Notices something once a file.
    fn once(&mut self, key: &str, id: &str, field: &str, value: &str, message: &str) {
        if self.said.insert(format!("{key}\t{message}")) {
            self.notice(id, field, value, &format!("{message} (said once)"));
        }
    }

    fn build(&mut self, id: &str) -> Option<(usize, &mut Build)> {
        let at = *self.by_id.get(id)?;
        self.builds.get_mut(at).map(|it| (at, it))
    }

    fn party(&mut self, it: &Record, schema: Schema) {
        let mut build = Build::new(it.id.as_str(), schema, &self.source, &it.id);
        for (name, why) in &it.oddities {
            self.once(name, &it.id, name, "", why);
        }
        self.names(it, schema, &mut build);
        let named: BTreeSet<String> = ["name", "alias", "weakAlias", "previousName"]
            .iter()
            .flat_map(|name| it.get(name))
            .flat_map(words)
            .collect();
        for (name, values) in &it.properties {
            let Some((field, using)) = USES.get(name.as_str()).copied() else {
                self.once(
                    name,
                    &it.id,
                    name,
                    values.first().map_or("", String::as_str),
                    "a property that is not known: kept as a note",
                );
                for value in values {
                    build.note("properties", &format!("{name}: {value}"));
                }
                continue;
            };
            for value in values {
                self.value(it, &named, field, using, value, &mut build);
            }
        }
        if build.entity.party.names.is_empty() && build.entity.party.identifiers.is_empty() {
            self.lose(
                &it.id,
                "name",
                &it.caption,
                "neither a name nor an identifier: cannot be screened",
            );
            self.tally(it, false);
            return;
        }
        self.tally(it, true);
        self.by_id.insert(it.id.clone(), self.builds.len());
        self.builds.push(build);
    }

    /// The first `name` is the primary one, by preference the one that the publisher shows as caption.
    fn names(&mut self, it: &Record, schema: Schema, build: &mut Build) {
        let mut primary = it
            .get("name")
            .find(|name| *name == it.caption)
            .unwrap_or_else(|| it.first("name"));
        let unnamed = it.get("name").chain(it.get("alias")).next().is_none();
        if unnamed && !it.caption.is_empty() && !matches!(schema, Schema::CryptoWallet | Schema::Security) {
            self.notice(&it.id, "name", &it.caption, "no name is given: the caption is taken");
            primary = &it.caption;
        }
        if primary.is_empty() {
            return;
        }
        let mut name = PartyName::new(primary);
        if schema == Schema::Person
            && let Some((given, family)) = name_parts(it, primary)
        {
            name.given = Some(given);
            name.family = Some(family);
        }
        build.name("name", name);
        let primary = primary.to_owned();
        for other in it.get("name").filter(|it| *it != primary) {
            build.name("name", PartyName::new(other).kind(NameKind::Alias));
        }
    }

    fn value(
        &mut self,
        it: &Record,
        named: &BTreeSet<String>,
        field: &'static str,
        using: Use,
        value: &str,
        build: &mut Build,
    ) {
        match using {
            Use::Name(..) if field == "name" => {}
            Use::Name(kind, weak) => build.name(field, PartyName::new(value).kind(kind).weak(weak)),
            Use::Part => {
                let known = words(value).iter().all(|it| named.contains(it));
                if !known {
                    // Lists of variants of single parts: which of them make up a name is not said.
                    build.note(field, &format!("{field}: {value}"));
                }
            }
            Use::BirthDate | Use::Founded => match PartialDate::parse(value) {
                Ok(date) if matches!(using, Use::BirthDate) => build.birth_date(field, date),
                Ok(date) => build.founded(field, date),
                Err(_) => {
                    build.note(field, &format!("{field}: {value}"));
                    self.notice(&it.id, field, value, "not a date that exists");
                }
            },
            Use::BirthPlace => build.birth_place(field, value),
            Use::Nationality | Use::Country => {
                // Regions are written behind the country: `cn-xz`.
                let country = Country::parse(value).or_else(|| Country::parse(value.split('-').next().unwrap_or("")));
                match country {
                    Some(country) if matches!(using, Use::Nationality) => build.nationality(field, country),
                    Some(country) => build.country(field, country),
                    None => {
                        build.note(field, &format!("{field}: {value}"));
                        self.notice(&it.id, field, value, "a country that is not known");
                    }
                }
            }
            Use::Gender => match Gender::parse(value) {
                Some(gender) => build.gender(field, gender),
                None => {
                    build.note(field, &format!("{field}: {value}"));
                    self.notice(&it.id, field, value, "a sex that is not known");
                }
            },
            Use::Position => build.position(field, value),
            Use::Id(kind) => build.identifier(field, Identifier::new(kind(build.entity.party.schema), value)),
            Use::Wallet => {
                let currency = match it.first("currencySymbol") {
                    "" => it.first("currency"),
                    symbol => symbol,
                };
                let kind = IdentifierKind::Wallet(currency.to_owned());
                build.identifier(field, Identifier::new(kind, value));
            }
            Use::Label(label) => {
                build.identifier(field, Identifier::new(IdentifierKind::Other(label.to_owned()), value));
            }
            Use::Address => {
                let address = Address {
                    full: value.to_owned(),
                    ..Address::default()
                };
                build.address(field, address);
            }
            Use::Party if self.edges.contains(value) => {}
            Use::Party => build.relation(
                field,
                Relation::new(kind_of("", field), field, Other::Entity(value.to_owned())),
            ),
            Use::Topic => build.topic(value),
            Use::Note => build.note(field, &format!("{field}: {value}")),
            // Addresses and programmes are read where they are joined.
            Use::AddressId | Use::Elsewhere | Use::Ignored => {}
        }
    }

    fn address(&mut self, id: &str, side: &Record) {
        let full = match side.first("full") {
            "" => {
                let parts = [
                    "remarks",
                    "postOfficeBox",
                    "street",
                    "street2",
                    "postalCode",
                    "city",
                    "region",
                    "state",
                ];
                let parts: Vec<&str> = parts
                    .iter()
                    .map(|it| side.first(it))
                    .filter(|it| !it.is_empty())
                    .collect();
                parts.join(", ")
            }
            it => it.to_owned(),
        };
        let city = side.first("city");
        let country = side.get("country").find_map(Country::parse);
        let address = Address {
            full: if full.is_empty() { side.caption.clone() } else { full },
            city: (!city.is_empty()).then(|| city.to_owned()),
            country,
        };
        if let Some((_, build)) = self.build(id) {
            build.address("addressEntity", address);
            if let Some(country) = country {
                build.country("addressEntity", country);
            }
        }
    }

    fn sanction(&mut self, it: &Record) {
        let list = it.datasets.first().map_or(&*self.source, String::as_str).to_owned();
        let mut since: Option<PartialDate> = None;
        for field in ["listingDate", "startDate"] {
            for value in it.get(field) {
                match PartialDate::parse(value) {
                    Ok(date) if since.is_none_or(|have| date.day_span() < have.day_span()) => since = Some(date),
                    Ok(_) => {}
                    Err(_) => self.notice(&it.id, field, value, "not a date that exists"),
                }
            }
        }
        let country = it.first("country");
        let authority = match it.first("authority") {
            "" => authority_of_dataset(&list),
            name => authority(name, country),
        };
        let programmes: Vec<String> = match it.first("program") {
            "" => it.get("programId").map(str::to_owned).collect(),
            _ => it.get("program").map(str::to_owned).collect(),
        };
        let reasons: Vec<&str> = it.get("reason").collect();
        let provisions: Vec<&str> = it.get("provisions").collect();
        let reference = ["authorityId", "unscId", "recordId"]
            .iter()
            .map(|field| it.first(field))
            .find(|it| !it.is_empty())
            .unwrap_or("");
        let url = match it.first("sourceUrl") {
            "" => it.first("programUrl"),
            url => url,
        };
        let mut reached = false;
        for id in ends(it, "entity") {
            let Some((at, build)) = self.build(&id) else { continue };
            reached = true;
            build.listing(Listing {
                authority: authority.clone(),
                list: list.clone(),
                reference: if reference.is_empty() {
                    id.clone()
                } else {
                    reference.to_owned()
                },
                programmes: programmes.clone(),
                measures: measures(&provisions, &build.entity.topics),
                legal_basis: (!reasons.is_empty()).then(|| reasons.join("; ")),
                since,
                url: (!url.is_empty()).then(|| url.to_owned()),
            });
            for field in ["provisions", "summary", "description", "status", "duration", "endDate"] {
                for value in it.get(field) {
                    // The measure of the listing says it already.
                    if field != "provisions" || own_word(value).is_none() {
                        build.note("Sanction", &format!("{authority}, {field}: {value}"));
                    }
                }
            }
            for value in it.get("unscId") {
                build.identifier("unscId", Identifier::new(IdentifierKind::UnReference, value));
            }
            for topic in it.get("topics") {
                build.topic(topic);
            }
            self.sanctioned.insert(at);
        }
        self.joined(it, reached, "entity");
    }

    /// Counts a side record, and says so where it reached nobody.
    fn joined(&mut self, it: &Record, reached: bool, field: &str) {
        if !reached {
            let value = it.first(field).to_owned();
            self.lose(&it.id, field, &value, "the entity that it names is not in the file");
        }
        self.tally(it, reached);
    }

    fn document(&mut self, it: &Record) {
        let words = it.first("type").to_lowercase();
        let number = match it.first("number") {
            "" => it.first("passportNumber"),
            number => number,
        };
        let label = if words.is_empty() {
            "identification"
        } else {
            it.first("type")
        };
        let kind = match words.as_str() {
            _ if it.schema == "Passport" => IdentifierKind::Passport,
            it if it.contains("passport") => IdentifierKind::Passport,
            it if it.contains("national identification")
                || it.contains("national id")
                || it.contains("identity card") =>
            {
                IdentifierKind::NationalId
            }
            it if it.contains("fiscal") || it.contains("tax") => IdentifierKind::TaxId,
            it if it.contains("registration") || it.contains("trade licen") => IdentifierKind::Registration,
            it if it.contains("swift") || it.ends_with("bic") => IdentifierKind::Bic,
            it if it.starts_with("imo") => IdentifierKind::Imo,
            // Our own words, as the export writes them.
            "lei" => IdentifierKind::Lei,
            "iban" => IdentifierKind::Iban,
            "isin" => IdentifierKind::Isin,
            "mmsi" => IdentifierKind::Mmsi,
            "call sign" => IdentifierKind::CallSign,
            "aircraft number" => IdentifierKind::AircraftNumber,
            "un reference" => IdentifierKind::UnReference,
            _ => IdentifierKind::Other(label.to_owned()),
        };
        let country = it.get("country").find_map(Country::parse);
        let mut reached = false;
        for id in ends(it, "holder") {
            let Some((_, build)) = self.build(&id) else { continue };
            reached = true;
            let field = if it.schema == "Passport" {
                "Passport"
            } else {
                "Identification"
            };
            build.identifier(field, Identifier::new(kind.clone(), number).country(country));
            for name in ["summary", "description", "authority", "startDate", "endDate"] {
                for value in it.get(name).filter(|it| *it != number) {
                    build.note(field, &format!("{label} {number}, {name}: {value}"));
                }
            }
        }
        if number.is_empty() && reached {
            self.notice(&it.id, "number", label, "a document without a number");
        }
        self.joined(it, reached, "holder");
    }

    /// The office of a holder; the id of its record, where there is one.
    fn occupancy<'a>(&mut self, it: &Record, sides: &BTreeMap<&str, &'a Record>) -> Option<&'a str> {
        let post = it.get("post").find_map(|it| sides.get(it)).copied();
        let names: Vec<&str> = match post {
            Some(post) => post.get("name").take(1).collect(),
            None => it.get("post").collect(),
        };
        let mut reached = false;
        for id in ends(it, "holder") {
            let Some((_, build)) = self.build(&id) else { continue };
            reached = true;
            for name in &names {
                build.position("Occupancy", name);
                for (field, word) in [("startDate", "from"), ("endDate", "until"), ("status", "status")] {
                    for value in it.get(field) {
                        build.note("Occupancy", &format!("{name}, {word} {value}"));
                    }
                }
            }
        }
        if names.is_empty() && reached {
            self.once("post", &it.id, "post", "", "the holding of an office that is not named");
        }
        self.joined(it, reached, "holder");
        post.filter(|_| reached).map(|it| it.id.as_str())
    }

    /// Each end that is in the file gets a relation to the other one, under the property that the other one stands in.
    fn edge(&mut self, it: &Record, from: &'static str, to: &'static str) {
        let mut more = String::new();
        for field in [
            "role",
            "relationship",
            "ownershipType",
            "controlType",
            "percentage",
            "status",
            "purpose",
            "amount",
        ] {
            for value in it.get(field) {
                more += if more.is_empty() { ": " } else { ", " };
                more += value;
                more += if field == "percentage" && !value.ends_with('%') {
                    "%"
                } else {
                    ""
                };
            }
        }
        for (field, word) in [("startDate", "from"), ("endDate", "until"), ("date", "on")] {
            for value in it.get(field) {
                more += &format!(" {word} {value}");
            }
        }
        let mut reached = false;
        let (sources, aims): (Vec<String>, Vec<String>) = {
            let parent = it.parent.as_deref();
            let read = |field: &str| it.get(field).map(str::to_owned).collect::<Vec<_>>();
            let (mut sources, mut aims) = (read(from), read(to));
            // Nested files may leave out the end in whose property the edge stands.
            if let Some(parent) = parent {
                if sources.is_empty() && !aims.iter().any(|it| it == parent) {
                    sources.push(parent.to_owned());
                } else if aims.is_empty() && !sources.iter().any(|it| it == parent) {
                    aims.push(parent.to_owned());
                }
            }
            (sources, aims)
        };
        for (here, there, property) in [(&sources, &aims, to), (&aims, &sources, from)] {
            let kind = format!("{}/{property}{more}", it.schema);
            for id in here {
                let Some((_, build)) = self.build(id) else { continue };
                for other in there {
                    reached = true;
                    let relation = Relation::new(edge_kind(it, property), &kind, Other::Entity(other.clone()));
                    let over = it.get("endDate").next().is_some()
                        || it.get("status").chain(it.get("description")).any(|it| it == "former");
                    build.relation("edge", relation.former(over));
                }
            }
        }
        if reached {
            for missing in sources
                .iter()
                .chain(&aims)
                .filter(|it| !self.by_id.contains_key(*it))
                .collect::<Vec<_>>()
            {
                self.notice(
                    &it.id,
                    &it.schema,
                    missing,
                    "one end is not in the file: the relation names it by its id",
                );
            }
            self.tally(it, true);
        } else {
            let value = format!("{} -> {}", sources.join(", "), aims.join(", "));
            self.lose(&it.id, &it.schema, &value, "an edge whose ends are not in the file");
            self.tally(it, false);
        }
    }

    /// A schema that is not known, without a name: an edge, if two of its values are entities of the file.
    fn unknown(&mut self, it: &Record) {
        let known: Vec<(&str, &str)> = it
            .properties
            .iter()
            .flat_map(|(name, values)| values.iter().map(|it| (name.as_str(), it.as_str())))
            .filter(|(_, value)| self.by_id.contains_key(*value))
            .collect();
        if let [(_, first), rest @ ..] = known.as_slice()
            && !rest.is_empty()
        {
            self.once(
                &it.schema,
                &it.id,
                "schema",
                &it.schema,
                "a schema that is not known: read as an edge",
            );
            for (name, other) in rest {
                let kind = format!("{}/{name}", it.schema);
                if let Some((_, build)) = self.build(first) {
                    build.relation(
                        "edge",
                        Relation::new(kind_of(&it.schema, name), &kind, Other::Entity((*other).to_owned())),
                    );
                }
            }
            self.tally(it, true);
        } else {
            self.lose(
                &it.id,
                "schema",
                &it.schema,
                "a schema that is not known, without a name",
            );
            self.tally(it, false);
        }
    }

    /// Listings by topic: for an entity that no `Sanction` names, and for office holders.
    fn topics(&mut self, it: &Record) {
        let source = Arc::clone(&self.source);
        let Some((at, build)) = self
            .by_id
            .get(&it.id)
            .and_then(|at| Some((*at, self.builds.get_mut(*at)?)))
        else {
            return;
        };
        let topics = build.entity.topics.clone();
        let named = self.sanctioned.contains(&at);
        // Each dataset whose authority is known lists it; where there is none, the first one does.
        let mut datasets: Vec<&str> = it
            .datasets
            .iter()
            .map(String::as_str)
            .filter(|it| !matches!(authority_of_dataset(it), Authority::Other(_)))
            .collect();
        if datasets.is_empty() {
            datasets.push(it.datasets.first().map_or(&*source, String::as_str));
        }
        let programmes: Vec<String> = it
            .get("program")
            .chain(it.get("programId"))
            .map(str::to_owned)
            .collect();
        let mut add = |dataset: &str, authority: Authority, measure: Measure| {
            build.listing(Listing {
                authority,
                list: dataset.to_owned(),
                reference: it.id.clone(),
                programmes: programmes.clone(),
                measures: vec![measure],
                legal_basis: None,
                since: None,
                url: None,
            });
        };
        if !named && let Some(measure) = measure_of_topics(&topics) {
            for it in &datasets {
                add(it, authority_of_dataset(it), measure);
            }
        }
        let held = |it: &String| OFFICES.iter().any(|office| it.starts_with(office));
        if let Some(dataset) = datasets.first().filter(|_| topics.iter().any(held)) {
            add(dataset, Authority::Other((*dataset).to_owned()), Measure::None);
        } else if build.entity.listings.is_empty() {
            for it in &programmes {
                build.note("programId", &format!("programme: {it}"));
            }
        }
    }
}

/// The ids that an edge names in a property, else the entity in which it stood.
fn ends(it: &Record, property: &str) -> Vec<String> {
    let named: Vec<String> = it.get(property).map(str::to_owned).collect();
    if named.is_empty() {
        it.parent.iter().cloned().collect()
    } else {
        named
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|it: char| it.is_whitespace() || it == ',')
        .filter(|it| !it.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Given and family name, where a first and a last name (and middle names) make up the name, in either order.
fn name_parts(it: &Record, name: &str) -> Option<(String, String)> {
    /// Combinations of variants to try; records with more are lists of variants and not parts of one name.
    const TRIES: usize = 64;
    let all = sorted(words(name));
    let middles: Vec<&str> = it.get("middleName").chain(it.get("secondName")).collect();
    let every = middles.join(" ");
    let mut options = vec![""];
    options.extend(&middles);
    if middles.len() > 1 {
        options.push(&every);
    }
    let mut tries = 0;
    for last in it.get("lastName") {
        for first in it.get("firstName") {
            for middle in &options {
                tries += 1;
                if tries > TRIES {
                    return None;
                }
                let given = if middle.is_empty() || words(first).ends_with(&words(middle)) {
                    first.to_owned()
                } else {
                    format!("{first} {middle}")
                };
                if sorted(words(&format!("{given} {last}"))) == all {
                    return Some((given, last.to_owned()));
                }
            }
        }
    }
    None
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}

/// What a listing does: by its provisions, else by the topics of its entity. Where neither says so it is taken as a freeze, since
/// that stops more than any other.
fn measures(provisions: &[&str], topics: &[String]) -> Vec<Measure> {
    let mut out = Vec::new();
    for it in provisions {
        // Our own word, as the export writes it. `none` frees nobody: in another's file it may mean anything.
        if let Some(measure) = own_word(it) {
            out.push(measure);
            continue;
        }
        let lower = it.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
        let before = out.len();
        for (found, measure) in [
            (
                has(&["freez", "frozen", "block", "financial sanction", "asset"]),
                Measure::Freeze,
            ),
            (has(&["travel", "visa", "entry ban", "entry into"]), Measure::Travel),
            (cells::has_word(&lower, &["arms"]), Measure::Arms),
            (has(&["export"]), Measure::Export),
            (
                // `ship` stands in `ownership`.
                has(&["port entry"]) || cells::has_word(&lower, &["vessel", "vessels", "ship", "ships", "shipping"]),
                Measure::Maritime,
            ),
        ] {
            if found {
                out.push(measure);
            }
        }
        if out.len() == before {
            out.push(Measure::Other);
        }
    }
    out.sort_unstable();
    out.dedup();
    if out.is_empty() {
        out.push(measure_of_topics(topics).unwrap_or(Measure::Freeze));
    }
    out
}

fn own_word(provision: &str) -> Option<Measure> {
    Measure::parse(provision).filter(|it| *it != Measure::None)
}

/// Topics of persons whom the rules on politically exposed persons are about, and of persons of interest: listed, with no measure.
const OFFICES: [&str; 7] = [
    "role.pep",
    "role.pol",
    "role.rca",
    "role.judge",
    "role.civil",
    "role.diplo",
    "poi",
];

/// The measure that a topic stands for, the gravest first.
fn measure_of_topics(topics: &[String]) -> Option<Measure> {
    [
        ("sanction", Measure::Freeze),
        ("asset.frozen", Measure::Freeze),
        ("sanction.counter", Measure::Freeze),
        ("export.control", Measure::Export),
        ("debarment", Measure::Other),
        ("reg.action", Measure::Other),
        ("corp.disqual", Measure::Other),
    ]
    .into_iter()
    .find(|it| topics.iter().any(|topic| topic == it.0))
    .map(|it| it.1)
}

/// The authority by the name that a `Sanction` gives, and its country, since ministries of two countries share their names.
fn authority(name: &str, country: &str) -> Authority {
    let lower = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    if has(&["foreign assets control"]) {
        Authority::UsOfac
    } else if has(&["bureau of industry and security"]) {
        Authority::UsBis
    } else if has(&["united nations", "un security council"]) {
        Authority::UnSc
    } else if has(&[
        "external action service",
        "council of the european union",
        "european union",
        "capital markets union",
    ]) {
        Authority::Eu
    } else if has(&["department of state", "state department"]) && matches!(country, "us" | "") {
        Authority::UsState
    } else if has(&[
        "hm treasury",
        "office of financial sanctions implementation",
        "foreign, commonwealth",
    ]) {
        Authority::Uk
    } else if has(&["state secretariat for economic affairs"]) {
        Authority::Ch
    } else if has(&["global affairs canada", "public safety canada"]) {
        Authority::Ca
    } else if has(&["department of foreign affairs and trade"]) && matches!(country, "au" | "") {
        Authority::Au
    } else if has(&["direction générale du trésor"]) && matches!(country, "fr" | "") {
        Authority::Fr
    } else {
        Authority::parse(name)
    }
}

/// The authority behind a dataset of OpenSanctions, by its name.
fn authority_of_dataset(dataset: &str) -> Authority {
    for (start, authority) in [
        ("us_ofac", Authority::UsOfac),
        ("us_bis", Authority::UsBis),
        ("us_state", Authority::UsState),
        ("un_sc", Authority::UnSc),
        ("eu_fsf", Authority::Eu),
        ("eu_journal_sanctions", Authority::Eu),
        ("eu_sanctions_map", Authority::Eu),
        ("gb_hmt", Authority::Uk),
        ("gb_fcdo", Authority::Uk),
        ("ch_seco", Authority::Ch),
        ("ca_dfatd", Authority::Ca),
        ("ca_listed_terrorists", Authority::Ca),
        ("au_dfat", Authority::Au),
        ("fr_tresor", Authority::Fr),
    ] {
        if dataset.starts_with(start) {
            return authority;
        }
    }
    Authority::Other(dataset.to_owned())
}
