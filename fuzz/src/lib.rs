//! Properties that hold for any bytes, one function a target: not only "it does not crash".
//!
//! A property panics when it does not hold; that is what the fuzzer looks for.

use interdict::entity::{Identifier, IdentifierKind, PartialDate};
use interdict::lists::xml;

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
