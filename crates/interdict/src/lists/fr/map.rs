//! What the entries of the French register mean.

use std::collections::BTreeSet;

use super::LIST;
use super::record::{Field, Record};
use crate::entity::{
    Authority, IdentifierKind, Listing, Measure, NameKind, PartialDate, PartyName, Problem, Schema, Severity,
};
use crate::lists::Parsed;
use crate::lists::draft::Draft;

/// Makes the entity of one entry, or says why there is none. `at` is its place in the file, from 1.
pub(super) fn add(at: usize, record: Result<Record, String>, taken: &mut BTreeSet<String>, parsed: &mut Parsed) {
    let record = match record {
        Ok(it) => it,
        Err(raw) => {
            let message = "an entry that is not a JSON object";
            lose(&format!("entry {at}"), "(no type)", &raw, message, parsed);
            return;
        }
    };
    let kind = match record.nature.to_lowercase() {
        it if it.is_empty() => "(no type)".to_owned(),
        it => it,
    };
    let aliases = record.fields.iter().filter(|it| it.kind == "ALIAS").count();
    let names = !record.name.is_empty()
        || record
            .fields
            .iter()
            .any(|it| !it.get("Prenom").is_empty() || !it.get("Alias").is_empty());
    if record.id.is_empty() || !names {
        let message = if names {
            "an entry without `IdRegistre`"
        } else {
            "an entry without a name"
        };
        let key = if names {
            format!("entry {at}")
        } else {
            record.id.clone()
        };
        lose(&key, &kind, &record.name, message, parsed);
        return;
    }
    let mut problems = Vec::new();
    let schema = match kind.as_str() {
        "personne physique" => Schema::Person,
        "personne morale" => Schema::Organization,
        "navire" => Schema::Vessel,
        _ => {
            let message = "a nature that is not known: read as a person or an organisation";
            problems.push(Problem::new(
                Severity::Notice,
                &record.id,
                "Nature",
                &record.nature,
                message,
            ));
            Schema::LegalEntity
        }
    };
    let mut draft = Draft::new(LIST, &record.id, schema, &mut problems);
    names_of(&mut draft, &record);
    for it in &record.fields {
        field(&mut draft, it);
    }
    for it in &record.strange {
        draft.note("other member", it);
        draft.problem(
            Severity::Notice,
            "PublicationDetail",
            it,
            "a member that is not known; kept as a note",
        );
    }
    listing(&mut draft, &record);
    draft.entity.topics.push("sanction".to_owned());
    let entity = draft.finish(taken);
    parsed.problems.append(&mut problems);
    parsed.entities.push(entity);
    for (kind, n) in [(kind.as_str(), 1), ("alias", aliases)] {
        if n > 0 {
            let count = parsed.count(kind);
            count.records += n;
            count.entities += n;
        }
    }
}

fn lose(key: &str, kind: &str, value: &str, message: &str, parsed: &mut Parsed) {
    parsed
        .problems
        .push(Problem::new(Severity::Loss, key, "", value, message));
    let count = parsed.count(kind);
    count.records += 1;
    count.lost += 1;
}

/// `Nom` is the family name of a person who has a `PRENOM`, else the whole name.
fn names_of(draft: &mut Draft<'_>, record: &Record) {
    let mut kind = NameKind::Primary;
    for it in record.fields.iter().filter(|it| it.kind == "PRENOM") {
        let given = it.get("Prenom");
        if !given.is_empty() {
            draft.name("PRENOM, Nom", PartyName::from_parts(given, &record.name).kind(kind));
            kind = NameKind::Alias;
        }
    }
    if kind == NameKind::Primary {
        draft.name("Nom", PartyName::new(record.name.as_str()));
    }
    for it in record.fields.iter().filter(|it| it.kind == "ALIAS") {
        let remark = it.get("Commentaire");
        let lower = remark.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
        let kind = if has(&["anciennement", "ancien nom", "autrefois", "précédemment"]) {
            NameKind::Former
        } else {
            NameKind::Alias
        };
        let weak = has(&["faible", "peu fiable", "douteu", "mauvaise qualité"]);
        let mut name = PartyName::new(it.get("Alias")).kind(kind).weak(weak);
        if let Some(language) = lower.strip_prefix("en ").filter(|it| !it.contains(' ')) {
            name = name.language(language);
        }
        draft.name("ALIAS", name);
    }
}

fn field(draft: &mut Draft<'_>, field: &Field) {
    let remark = field.get("Commentaire");
    let known: &[&str] = match field.kind.as_str() {
        "PRENOM" => &["Prenom"],
        "ALIAS" => &["Alias"],
        "SEXE" => {
            draft.gender("SEXE", field.get("Sexe"));
            &["Sexe"]
        }
        "DATE_DE_NAISSANCE" => {
            birth(draft, field);
            &["Jour", "Mois", "Annee"]
        }
        "LIEU_DE_NAISSANCE" => {
            let (place, country) = (field.get("Lieu"), field.get("Pays"));
            if place.is_empty() {
                draft.country("LIEU_DE_NAISSANCE", self::country(country));
            } else {
                let country = self::country(country);
                let whole = if country.is_empty() {
                    place.to_owned()
                } else {
                    format!("{place}, {country}")
                };
                draft.birth_place("LIEU_DE_NAISSANCE", &whole);
            }
            &["Lieu", "Pays"]
        }
        "NATIONALITE" => {
            draft.nationality("NATIONALITE", country(field.get("Pays")));
            &["Pays"]
        }
        "TITRE" => {
            draft.position("TITRE", field.get("Titre"));
            &["Titre"]
        }
        "ADRESSE_PP" | "ADRESSE_PM" => {
            let country = country(field.get("Pays"));
            draft.address("ADRESSE", &[field.get("Adresse")], "", country);
            &["Adresse", "Pays"]
        }
        "PASSEPORT" => {
            number(
                draft,
                "PASSEPORT",
                IdentifierKind::Passport,
                field.get("NumeroPasseport"),
                remark,
            );
            &["NumeroPasseport"]
        }
        "AUTRE_IDENTITE" => {
            number(draft, "AUTRE_IDENTITE", card(remark), field.get("NumeroCarte"), remark);
            &["NumeroCarte"]
        }
        "IDENTIFICATION" => {
            let kind = registration(remark);
            number(draft, "IDENTIFICATION", kind, field.get("Identification"), remark);
            &["Identification"]
        }
        "NUMERO_OMI" => {
            number(draft, "NUMERO_OMI", IdentifierKind::Imo, field.get("NumeroOMI"), remark);
            &["NumeroOMI"]
        }
        "TELEPHONE" => {
            number(
                draft,
                "TELEPHONE",
                IdentifierKind::Phone,
                field.get("Telephone"),
                remark,
            );
            &["Telephone"]
        }
        "SITE_INTERNET" => {
            number(
                draft,
                "SITE_INTERNET",
                IdentifierKind::Website,
                field.get("SiteInternet"),
                remark,
            );
            &["SiteInternet"]
        }
        "COURRIEL" => {
            number(draft, "COURRIEL", IdentifierKind::Email, field.get("Courriel"), remark);
            &["Courriel"]
        }
        "REFERENCE_ONU" => {
            number(
                draft,
                "REFERENCE_ONU",
                IdentifierKind::UnReference,
                field.get("ReferenceOnu"),
                remark,
            );
            &["ReferenceOnu"]
        }
        "REFERENCE_UE" => {
            let kind = IdentifierKind::Other("EU reference".to_owned());
            number(draft, "REFERENCE_UE", kind, field.get("ReferenceUe"), remark);
            &["ReferenceUe"]
        }
        "FONDEMENT_JURIDIQUE" => &["FondementJuridique", "FondementJuridiqueLabel"],
        "MOTIFS" => {
            draft.note("MOTIFS", field.get("Motifs"));
            &["Motifs"]
        }
        other => {
            let text = field.rest(&[]).join("; ");
            draft.note("other field", &format!("{other}: {text}"));
            draft.problem(
                Severity::Notice,
                other,
                &text,
                "a type of field that is not known; kept as a note",
            );
            return;
        }
    };
    let mut known = known.to_vec();
    known.push("Commentaire");
    draft.note("Commentaire", remark);
    for it in field.rest(&known) {
        draft.note("other member", &format!("{}: {it}", field.kind));
        draft.problem(
            Severity::Notice,
            &field.kind,
            &it,
            "a member that is not known; kept as a note",
        );
    }
}

/// Adds a number, unless it is empty or a dash that stands for none.
fn number(draft: &mut Draft<'_>, name: &'static str, kind: IdentifierKind, number: &str, remark: &str) {
    if matches!(number, "" | "/" | "-") {
        return;
    }
    let lower = remark.to_lowercase();
    let bad = ["faux", "falsifi", "perdu", "volé", "révoqué", "annulé"]
        .iter()
        .any(|it| lower.contains(it));
    draft.identifier(name, kind, number, "", bad);
}

fn card(remark: &str) -> IdentifierKind {
    let lower = remark.to_lowercase();
    if lower.contains("fiscal") {
        IdentifierKind::TaxId
    } else if lower.contains("passeport") {
        IdentifierKind::Passport
    } else {
        IdentifierKind::NationalId
    }
}

fn registration(remark: &str) -> IdentifierKind {
    let lower = remark.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    if has(&["fiscal", "tva", "contribuable"]) {
        IdentifierKind::TaxId
    } else if has(&["enregistrement", "immatriculation", "registre", "ogrn", "siren"]) {
        IdentifierKind::Registration
    } else if has(&["swift", "code bic"]) {
        IdentifierKind::Bic
    } else if has(&["omi", "imo"])
        && lower
            .split(|it: char| !it.is_alphabetic())
            .any(|it| matches!(it, "omi" | "imo"))
    {
        IdentifierKind::Imo
    } else if remark.is_empty() {
        IdentifierKind::Other("identification".to_owned())
    } else {
        IdentifierKind::Other(remark.to_owned())
    }
}

fn birth(draft: &mut Draft<'_>, field: &Field) {
    const FIELD: &str = "DATE_DE_NAISSANCE";
    let [day, month, year] = ["Jour", "Mois", "Annee"].map(|it| field.get(it));
    if [day, month, year].iter().all(|it| it.is_empty()) {
        return;
    }
    let small = |it: &str| it.parse::<u8>().ok().filter(|it| *it != 0);
    let date = match year.parse::<i16>() {
        Ok(year) => PartialDate::new(year, small(month), small(month).and(small(day))).ok(),
        Err(_) => PartialDate::parse(year).ok(),
    };
    let remark = field.get("Commentaire").to_lowercase();
    let circa = ["environ", "vers ", "circa", "approximati"]
        .iter()
        .any(|it| remark.contains(it));
    match date {
        Some(it) => {
            // `Jour` without a month that counts, or a month in words.
            let none = |it: &str| it.bytes().all(|it| it == b'0');
            let read = year.parse::<i16>().is_ok();
            let month_read = read && small(month).is_some();
            let day_read = month_read && small(day).is_some();
            if (!none(month) && !month_read) || (!none(day) && !day_read) {
                let given = [day, month, year].join("/");
                draft.note(FIELD, &given);
                draft.problem(
                    Severity::Notice,
                    FIELD,
                    &given,
                    "a day or a month that could not be read; also kept as a note",
                );
            }
            draft.birth(FIELD, if circa { it.circa() } else { it });
        }
        None => {
            let given = [day, month, year].join("/");
            draft.note(FIELD, &given);
            draft.problem(
                Severity::Notice,
                FIELD,
                &given,
                "a date that could not be read; kept as a note",
            );
        }
    }
}

/// The country as it stands, or in English where its French name is a given name or a word in the other lists, so that the table of
/// countries does not hold it.
fn country(country: &str) -> &str {
    match country.to_lowercase().as_str() {
        "maurice" => "Mauritius",
        "dominique" => "Dominica",
        "grenade" => "Grenada",
        "liban" => "Lebanon",
        "malte" => "Malta",
        "chili" => "Chile",
        _ => country,
    }
}

/// One listing: `(UE) 2022/332 du 25/02/2022 (UE Ukraine intégrité territoriale - R (UE) 269/2014)` names act, day and regime.
fn listing(draft: &mut Draft<'_>, record: &Record) {
    let labels: Vec<String> = record
        .fields
        .iter()
        .filter(|it| it.kind == "FONDEMENT_JURIDIQUE")
        .map(
            |it| match (it.get("FondementJuridiqueLabel"), it.get("FondementJuridique")) {
                ("", number) if number.bytes().all(|it| it.is_ascii_digit()) && !number.is_empty() => {
                    format!("FondementJuridique {number}")
                }
                ("", text) => text.to_owned(),
                (label, _) => label.to_owned(),
            },
        )
        .filter(|it| !it.is_empty())
        .collect();
    let mut programmes: Vec<String> = Vec::new();
    for it in labels.iter().filter_map(|it| regime(it)) {
        if !programmes.iter().any(|have| have == it) {
            programmes.push(it.to_owned());
        }
    }
    let since = labels.iter().filter_map(|it| day(it)).min_by_key(PartialDate::day_span);
    draft.entity.listings.push(Listing {
        authority: Authority::Fr,
        list: LIST.to_owned(),
        reference: record.id.clone(),
        programmes,
        measures: vec![Measure::Freeze],
        legal_basis: (!labels.is_empty()).then(|| labels.join("; ")),
        since,
        url: None,
    });
}

/// What the bracket at the end of a label holds; brackets may stand inside.
fn regime(label: &str) -> Option<&str> {
    let label = label.trim();
    let mut depth = 0_usize;
    for (at, it) in label.char_indices().rev() {
        match it {
            ')' => depth += 1,
            '(' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        match depth {
            0 if it == '(' => return label.get(at + 1..label.len() - 1).map(str::trim),
            0 => return None,
            _ => {}
        }
    }
    None
}

/// The day behind `du`.
fn day(label: &str) -> Option<PartialDate> {
    label
        .split(' ')
        .zip(label.split(' ').skip(1))
        .filter(|it| it.0.eq_ignore_ascii_case("du"))
        .find_map(|it| PartialDate::parse(it.1.trim_end_matches([',', ';'])).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        let label = "(UE) 2022/332 du 25/02/2022 (UE Ukraine intégrité territoriale - R (UE) 269/2014)";
        assert_eq!(
            regime(label),
            Some("UE Ukraine intégrité territoriale - R (UE) 269/2014")
        );
        assert_eq!(day(label).map(|it| it.to_string()).as_deref(), Some("2022-02-25"));
        assert_eq!(regime("Arrêté du 2 mai"), None);
        assert_eq!(regime("a) b)"), None);
        assert_eq!(regime(""), None);
    }
}
