//! The mapping file: as typed -> as resolved. What it does not know is an error by name, so that no typing error goes unheard.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::entity::{Authority, IdentifierKind, Measure, PartialDate, RelationKind, Schema};

/// What a column can be for: the words that the mapping uses.
pub const FIELDS: [&str; 28] = [
    "key",
    "schema",
    "name",
    "alias",
    "weak alias",
    "former name",
    "given name",
    "middle name",
    "family name",
    "birth date",
    "birth place",
    "founded",
    "nationality",
    "country",
    "gender",
    "address",
    "position",
    "identifier",
    "relation",
    "note",
    "listed since",
    "listed until",
    "programme",
    "measure",
    "authority",
    "legal basis",
    "url",
    "topic",
];

/// Kinds of identifiers: the words that the mapping uses. Any other word is a kind of its own.
pub const KINDS: [(&str, IdentifierKind); 16] = [
    ("passport", IdentifierKind::Passport),
    ("national id", IdentifierKind::NationalId),
    ("tax number", IdentifierKind::TaxId),
    ("registration number", IdentifierKind::Registration),
    ("imo", IdentifierKind::Imo),
    ("mmsi", IdentifierKind::Mmsi),
    ("call sign", IdentifierKind::CallSign),
    ("aircraft", IdentifierKind::AircraftNumber),
    ("lei", IdentifierKind::Lei),
    ("bic", IdentifierKind::Bic),
    ("iban", IdentifierKind::Iban),
    ("isin", IdentifierKind::Isin),
    ("email", IdentifierKind::Email),
    ("phone", IdentifierKind::Phone),
    ("website", IdentifierKind::Website),
    ("un reference", IdentifierKind::UnReference),
];

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// One of [`FIELDS`].
    pub field: &'static str,
    /// What stands between several values of one cell.
    pub separator: Option<String>,
    /// Values of the file and what they stand for.
    pub values: BTreeMap<String, String>,
    /// How dates are written, as in `strftime`; empty: the usual shapes.
    pub formats: Vec<String>,
    /// Of an identifier.
    pub kind: Option<IdentifierKind>,
    /// The column with the country that issued an identifier, or in which an address lies.
    pub country: Option<String>,
    /// Of a relation.
    pub relation: RelationKind,
    /// The other side of a relation is given by its key on this list, not by its name.
    pub by_key: bool,
    /// Names are written `LAST, First`.
    pub inverted: bool,
}

/// A mapping as resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// The list's id.
    pub list: String,
    /// Who lists.
    pub authority: Authority,
    /// What the listing does.
    pub measures: Vec<Measure>,
    /// The programme, else the title.
    pub programme: Option<String>,
    /// The kind of party where no column says it.
    pub schema: Schema,
    /// Topics of every entity.
    pub topics: Vec<String>,
    /// The date of the file.
    pub published: Option<PartialDate>,
    /// The encoding of the file.
    pub encoding: &'static encoding_rs::Encoding,
    /// What stands between cells, where the mapping says so.
    pub delimiter: Option<u8>,
    /// What the columns mean, by their names.
    pub columns: BTreeMap<String, Column>,
    /// Columns that are left out on purpose.
    pub ignore: Vec<String>,
}

impl Mapping {
    /// A mapping that says nothing: to look at a file.
    pub fn empty() -> Self {
        Self {
            list: "own".to_owned(),
            authority: Authority::Other("own".to_owned()),
            measures: vec![Measure::Other],
            programme: None,
            schema: Schema::Thing,
            topics: Vec::new(),
            published: None,
            encoding: encoding_rs::UTF_8,
            delimiter: None,
            columns: BTreeMap::new(),
            ignore: Vec::new(),
        }
    }

    /// The columns that are read.
    pub fn read(&self) -> BTreeSet<&str> {
        let countries = self.columns.values().filter_map(|it| it.country.as_deref());
        self.columns.keys().map(String::as_str).chain(countries).collect()
    }

    /// Whether a column is read, or left out on purpose.
    pub fn names(&self, column: &str) -> bool {
        self.columns.contains_key(column)
            || self.ignore.iter().any(|it| it == column)
            || self.columns.values().any(|it| it.country.as_deref() == Some(column))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Names the key and the value that it cannot read, or what is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let table: Table = text
            .trim_start_matches('\u{feff}')
            .parse()
            .map_err(|it: toml::de::Error| format!("not TOML: {}", it.to_string().replace('\n', " ").trim()))?;
        let mut out = Self::empty();
        let mut list = None;
        let mut authority = None;
        let mut title = None;
        let mut date_formats = Vec::new();
        for (key, value) in &table {
            match key.as_str() {
                "list" => list = Some(id(&text_of(key, value)?)?),
                "title" => title = Some(text_of(key, value)?),
                "authority" => authority = Some(Authority::parse(&text_of(key, value)?)),
                "measure" => {
                    out.measures = texts_of(key, value)?
                        .iter()
                        .map(|it| measure(it))
                        .collect::<Result<_, _>>()?;
                }
                "programme" | "program" => out.programme = Some(text_of(key, value)?),
                "schema" => out.schema = schema(&text_of(key, value)?)?,
                "topics" => out.topics = texts_of(key, value)?,
                "published" => {
                    let text = text_of(key, value)?;
                    out.published =
                        Some(PartialDate::parse(&text).map_err(|it| format!("`published = \"{text}\"`: {it}"))?);
                }
                "encoding" => {
                    let text = text_of(key, value)?;
                    out.encoding = encoding_rs::Encoding::for_label(text.as_bytes())
                        .ok_or_else(|| format!("`encoding = \"{text}\"`: not an encoding that is known"))?;
                }
                "delimiter" => {
                    let text = text_of(key, value)?;
                    out.delimiter = match text.as_str() {
                        "tab" => Some(b'\t'),
                        it if it.len() == 1 && it.is_ascii() => it.bytes().next(),
                        it => return Err(format!("`delimiter = \"{it}\"`: one character, or `tab`")),
                    };
                }
                "date_formats" => date_formats = texts_of(key, value)?,
                "ignore" => out.ignore = texts_of(key, value)?,
                "columns" => {}
                other => {
                    return Err(format!(
                        "`{other}`: not a key of a mapping; columns stand under `[columns]`"
                    ));
                }
            }
        }
        let columns = table
            .get("columns")
            .and_then(Value::as_table)
            .ok_or("the table `[columns]` is missing: it says what the columns mean")?;
        for (name, value) in columns {
            let mut column = column(name, value)?;
            if column.formats.is_empty() {
                column.formats.clone_from(&date_formats);
            }
            out.columns.insert(name.trim().to_owned(), column);
        }
        out.list = list.ok_or("`list` is missing: the id under which the list is kept, `acme-internal`")?;
        out.authority = authority.ok_or("`authority` is missing: who keeps the list; policies name it")?;
        out.programme = out.programme.or(title);
        if !out
            .columns
            .values()
            .any(|it| matches!(it.field, "name" | "alias" | "family name" | "given name" | "identifier"))
        {
            return Err("no column is a name or an identifier: nothing could be screened".to_owned());
        }
        for (name, it) in &out.columns {
            if let Some(country) = it.country.as_ref().filter(|it| out.ignore.contains(it)) {
                return Err(format!(
                    "column `{name}`: its country column `{country}` is also ignored"
                ));
            }
        }
        Ok(out)
    }
}

fn text_of(key: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(it) if it.trim().is_empty() => Err(format!("`{key}` is empty: fill it in")),
        Value::String(it) => Ok(it.clone()),
        Value::Datetime(it) => Ok(it.to_string()),
        it => Err(format!("`{key}`: a text is expected, where a {} stands", it.type_str())),
    }
}

fn texts_of(key: &str, value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(all) => all.iter().map(|it| text_of(key, it)).collect(),
        it => Ok(vec![text_of(key, it)?]),
    }
}

/// Ids stand in file names, in options and in front of every entity's key.
fn id(text: &str) -> Result<String, String> {
    let fits = text.len() <= 60
        && text
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'_'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`list = \"{text}\"`: small letters, digits, `-` and `_` only, 60 at most"
        ))
    }
}

pub(super) fn measure(text: &str) -> Result<Measure, String> {
    Measure::parse(text).ok_or_else(|| {
        format!(
            "measure `{text}`: not one of asset freeze, sectoral, correspondent accounts, export control, travel ban, \
             arms embargo, maritime, other, none"
        )
    })
}

fn schema(text: &str) -> Result<Schema, String> {
    Schema::parse(text).ok_or_else(|| {
        format!(
            "schema `{text}`: not one of {}",
            Schema::ALL.map(Schema::name).join(", ")
        )
    })
}

/// A field by its word; `_` and `-` are as good as a blank.
fn field(name: &str, word: &str) -> Result<&'static str, String> {
    let plain = word.trim().to_lowercase().replace(['_', '-'], " ");
    FIELDS
        .iter()
        .find(|it| **it == plain)
        .copied()
        .ok_or_else(|| format!("column `{name}`: `{word}` is not one of {}", FIELDS.join(", ")))
}

fn column(name: &str, value: &Value) -> Result<Column, String> {
    let mut out = Column {
        field: "note",
        separator: None,
        values: BTreeMap::new(),
        formats: Vec::new(),
        kind: None,
        country: None,
        relation: RelationKind::Linked,
        by_key: false,
        inverted: false,
    };
    let table = match value {
        Value::String(word) => {
            out.field = field(name, word)?;
            if out.field == "identifier" {
                return Err(format!(
                    "column `{name}`: an identifier needs its kind: {{ field = \"identifier\", kind = \"passport\" }}"
                ));
            }
            return Ok(out);
        }
        Value::Table(it) => it,
        it => {
            return Err(format!(
                "column `{name}`: a word or a table is expected, where a {} stands",
                it.type_str()
            ));
        }
    };
    out.field = field(
        name,
        &text_of(
            "field",
            table
                .get("field")
                .ok_or(format!("column `{name}`: `field` is missing"))?,
        )?,
    )?;
    for (key, value) in table {
        let at = |it: String| format!("column `{name}`: {it}");
        match key.as_str() {
            "field" => {}
            "separator" => out.separator = Some(text_of(key, value).map_err(at)?),
            "formats" => out.formats = texts_of(key, value).map_err(at)?,
            "country" => out.country = Some(text_of(key, value).map_err(at)?),
            "inverted" => {
                out.inverted = value
                    .as_bool()
                    .ok_or_else(|| at("`inverted` is true or false".to_owned()))?
            }
            "kind" if out.field == "identifier" => out.kind = Some(kind(&text_of(key, value).map_err(at)?)),
            "kind" if out.field == "relation" => {
                let word = text_of(key, value).map_err(at)?;
                out.relation = RelationKind::parse(&word).ok_or_else(|| {
                    at(format!(
                        "`{word}` is not one of {}",
                        RelationKind::ALL.map(RelationKind::name).join(", ")
                    ))
                })?;
            }
            "to" if out.field == "relation" => match text_of(key, value).map_err(at)?.as_str() {
                "key" => out.by_key = true,
                "name" => out.by_key = false,
                it => return Err(at(format!("`to = \"{it}\"`: `key` or `name`"))),
            },
            "values" => {
                let values = value.as_table().ok_or_else(|| at("`values` is a table".to_owned()))?;
                for (from, to) in values {
                    out.values
                        .insert(from.trim().to_owned(), text_of(from, to).map_err(at)?);
                }
            }
            other => return Err(at(format!("`{other}` is not known for the field `{}`", out.field))),
        }
    }
    if out.field == "identifier" && out.kind.is_none() {
        return Err(format!("column `{name}`: an identifier needs its `kind`"));
    }
    for to in out.values.values() {
        match out.field {
            "schema" => drop(schema(to).map_err(|it| format!("column `{name}`: {it}"))?),
            "measure" => drop(measure(to).map_err(|it| format!("column `{name}`: {it}"))?),
            _ => {}
        }
    }
    Ok(out)
}

/// A kind of identifier by its word; `wallet` with the symbol of the currency behind it: `wallet XBT`.
fn kind(word: &str) -> IdentifierKind {
    let plain = word.trim().to_lowercase().replace(['_', '-'], " ");
    if let Some(symbol) = plain.strip_prefix("wallet") {
        return IdentifierKind::Wallet(symbol.trim().to_uppercase());
    }
    KINDS
        .into_iter()
        .find(|it| it.0 == plain)
        .map_or_else(|| IdentifierKind::Other(word.trim().to_owned()), |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        #[track_caller]
        fn check(text: &str, expect: &str) {
            let got = Mapping::parse(text).map_or_else(|it| it, |it| it.list);
            assert!(got.contains(expect), "{got}");
        }
        let columns = "\n[columns]\nName = \"name\"\n";
        let head = "list = \"a\"\nauthority = \"Acme\"\n";
        check(&format!("{head}{columns}"), "a");
        check("list = ", "not TOML");
        check(&format!("authority = \"A\"{columns}"), "`list` is missing");
        check(&format!("list = \"a\"{columns}"), "`authority` is missing");
        check(&format!("{head}lst = 1{columns}"), "`lst`: not a key");
        check(&format!("{head}measure = \"frozen\"{columns}"), "measure `frozen`");
        check(&format!("{head}schema = \"robot\"{columns}"), "schema `robot`");
        check(
            "list = \"A B\"\nauthority = \"A\"\n[columns]\nN = \"name\"",
            "small letters",
        );
        check(head, "`[columns]` is missing");
        check(&format!("{head}[columns]\nN = \"note\""), "nothing could be screened");
        check(
            &format!("{head}[columns]\nN = \"nmae\""),
            "column `N`: `nmae` is not one of",
        );
        check(&format!("{head}[columns]\nN = \"identifier\""), "needs its kind");
        check(
            &format!("{head}[columns]\nN = {{ field = \"name\", sep = \";\" }}"),
            "`sep` is not known for the field `name`",
        );
        check(
            &format!("{head}[columns]\nN = {{ field = \"schema\", values = {{ a = \"robot\" }} }}"),
            "schema `robot`",
        );
        check(
            &format!("{head}[columns]\nN = {{ field = \"relation\", kind = \"knows\" }}"),
            "`knows` is not one of",
        );
    }
}
