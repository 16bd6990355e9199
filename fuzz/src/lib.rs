//! Properties that hold for any bytes, one function a target: not only "it does not crash".
//!
//! A property panics when it does not hold; that is what the fuzzer looks for.

use std::sync::LazyLock;

use interdict::document::{self, Reader};
use interdict::engine::{Engine, Snapshot};
use interdict::entity::{Entity, Fact, Identifier, IdentifierKind, Origin, PartialDate, Party, PartyName, Schema};
use interdict::index::Memo;
use interdict::lists::{self, Format, SourceFile, xml};
use interdict::policy::Policy;
use interdict::prepare::PreparedParty;
use interdict::score;
use interdict::text;

/// What is read as a date is read as the same date when it is printed, and its span is not turned round.
pub fn partial_date(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(date) = PartialDate::parse(text) else { return };
    let shown = date.to_string();
    assert_eq!(PartialDate::parse(&shown), Ok(date), "`{text}` was shown as `{shown}`");
    let (first, last) = date.day_span();
    assert!(first <= last, "`{text}` ends before it begins");
}

/// Normalising twice is normalising once, and the check says the same of both forms. The first byte chooses the kind.
pub fn identifier(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(number) = std::str::from_utf8(rest) else { return };
    let kinds = [
        IdentifierKind::Passport,
        IdentifierKind::Imo,
        IdentifierKind::Mmsi,
        IdentifierKind::Lei,
        IdentifierKind::Bic,
        IdentifierKind::Iban,
        IdentifierKind::Isin,
        IdentifierKind::Wallet("XBT".to_owned()),
        IdentifierKind::Email,
        IdentifierKind::Website,
    ];
    let kind = &kinds[usize::from(*which) % kinds.len()];
    let once = Identifier::new(kind.clone(), number);
    let twice = Identifier::new(kind.clone(), once.normal.as_str());
    assert_eq!(once.normal, twice.normal, "{kind:?} `{number}`");
    assert_eq!(once.validity, twice.validity, "{kind:?} `{number}`");
}

/// A file that was read to its end has a root, and the same file cut off inside its last mark was not read to its end.
pub fn list_xml(bytes: &[u8]) {
    let read = |bytes: &[u8]| xml::read(bytes, &["LIST", "INDIVIDUALS"], |_, _| {});
    let frame = read(bytes);
    if frame.fatal.is_some() {
        return;
    }
    assert!(
        !frame.root.name.is_empty(),
        "a file without a root element passed as whole"
    );
    let end = bytes.iter().rposition(|it| *it == b'>').unwrap_or(0);
    assert!(
        read(&bytes[..end]).fatal.is_some(),
        "a file that was cut off passed as whole"
    );
}

/// Every format accounts for every record of any file. The first byte chooses the format.
pub fn lists(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else {
        return;
    };
    let format = Format::ALL[usize::from(*which) % Format::ALL.len()];
    let parsed = lists::parse(
        format,
        &[SourceFile {
            name: "sdn.csv",
            bytes: rest,
        }],
    );
    for (kind, count) in &parsed.counts {
        assert_eq!(count.records, count.entities + count.lost, "{kind}");
    }
}

/// The words of any text slice it, and fold to what folds to itself.
pub fn text(bytes: &[u8]) {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    for it in text::tokens(source) {
        assert!(
            source.get(it.start..it.end).is_some(),
            "`{source}`: {} to {}",
            it.start,
            it.end
        );
        assert!(
            it.folded
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit()),
            "`{}`",
            it.folded
        );
    }
}

fn party(name: &str) -> Party {
    let mut party = Party::new(Schema::Person);
    party.names.push(Fact::new(PartyName::new(name), Origin::asked()));
    party
}

/// A few names that press on every path.
const LISTED: [&str; 8] = [
    "Ousmane Illiassou Djibo",
    "Islamic State in the Greater Sahara",
    "Abd al-Rahman Muhammad",
    "Kim Jong Un",
    "J. R. Smith",
    "محمد عبد الله",
    "习近平",
    "OOO Severnaya Verf",
];

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let entities = LISTED
        .iter()
        .enumerate()
        .map(|(at, it)| Entity::new(at.to_string(), party(it)))
        .collect();
    Snapshot::build(Vec::new(), entities)
});

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| Policy::parse(include_str!("../../policies/us-bank.toml")).expect("the preset is read by tests"));

/// Scores are the same from either side, and the index has every name that scoring finds.
pub fn names(bytes: &[u8]) {
    let Ok(name) = std::str::from_utf8(bytes) else { return };
    if name.len() > 300 {
        return;
    }
    let asked = PreparedParty::new(&party(name));
    let (candidates, _) = SNAPSHOT.index().candidates(&asked, 0, &mut Memo::default());
    for (at, listed) in SNAPSHOT.prepared().iter().enumerate() {
        let scored = score::score(&asked, listed);
        assert_eq!(
            scored.score,
            score::score(listed, &asked).score,
            "`{name}` ~ `{}`",
            LISTED[at]
        );
        if !scored.evidence.is_empty() && score::fold(&scored.evidence) >= 0 {
            assert!(
                candidates.iter().any(|it| *it as usize == at),
                "`{name}` ~ `{}`",
                LISTED[at]
            );
        }
    }
}

/// Mentions slice the document, in order.
pub fn document(bytes: &[u8]) {
    let engine = Engine::new(&SNAPSHOT, &POLICY);
    let reader = Reader::new(engine);
    let Ok(decoded) = document::decode(bytes) else { return };
    let reading = reader.read_decoded(&decoded);
    let mut last = 0;
    for it in &reading.mentions {
        assert!(decoded.text.get(it.start..it.end).is_some_and(|it| !it.is_empty()));
        assert!(it.start >= last, "mentions stand in order");
        last = it.start;
    }
}
