//! The national register, JSON -> raw records, as the file says it: one for each `PublicationDetail`.

use serde_json::Value;

/// One entry of the register.
#[derive(Debug)]
pub(super) struct Record {
    /// `IdRegistre`; empty where there is none.
    pub id: String,
    /// `Nature`.
    pub nature: String,
    /// `Nom`: a family name, or the whole name.
    pub name: String,
    /// `RegistreDetail`, in file order.
    pub fields: Vec<Field>,
    /// Members that are not known, as `name: value`.
    pub strange: Vec<String>,
}

/// One value of a `RegistreDetail`.
#[derive(Debug)]
pub(super) struct Field {
    /// `TypeChamp`.
    pub kind: String,
    /// Members of the value that say something, in the order of their names.
    values: Vec<(String, String)>,
}

impl Field {
    /// A member; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.iter().find(|it| it.0 == name).map_or("", |it| &it.1)
    }

    /// The members that are not among `known`, as `name: value`.
    pub(super) fn rest(&self, known: &[&str]) -> Vec<String> {
        self.values
            .iter()
            .filter(|it| !known.contains(&it.0.as_str()))
            .map(|it| format!("{}: {}", it.0, it.1))
            .collect()
    }
}

/// The register: its date, and each entry or the raw text of what is none.
pub(super) type Register = (String, Vec<Result<Record, String>>);

/// Reads the file.
///
/// # Errors
/// Why it is not the register.
pub(super) fn read(bytes: &[u8]) -> Result<Register, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("the file is empty".to_owned());
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err("a web page or XML, not JSON".to_owned());
    }
    let root: Value = serde_json::from_slice(bytes).map_err(|it| {
        if it.is_eof() {
            format!("the JSON does not end: the file is cut off ({it})")
        } else {
            format!("not JSON: {it}")
        }
    })?;
    let publications = root
        .get("Publications")
        .ok_or("JSON without `Publications`: not the national register")?;
    let details = publications
        .get("PublicationDetail")
        .and_then(Value::as_array)
        .ok_or("`Publications` without a list `PublicationDetail`: not the national register")?;
    let date = text(publications.get("DatePublication").unwrap_or(&Value::Null));
    Ok((date, details.iter().map(record).collect()))
}

fn record(value: &Value) -> Result<Record, String> {
    let members = value.as_object().ok_or_else(|| value.to_string())?;
    let mut out = Record {
        id: String::new(),
        nature: String::new(),
        name: String::new(),
        fields: Vec::new(),
        strange: Vec::new(),
    };
    for (name, value) in members {
        match name.as_str() {
            "IdRegistre" => out.id = text(value),
            "Nature" => out.nature = text(value),
            "Nom" => out.name = text(value),
            "RegistreDetail" => match value {
                Value::Array(all) => all.iter().for_each(|it| detail(it, &mut out)),
                Value::Null => {}
                other => out.strange.push(format!("{name}: {other}")),
            },
            _ if text(value).is_empty() => {}
            _ => out.strange.push(format!("{name}: {}", text(value))),
        }
    }
    Ok(out)
}

fn detail(value: &Value, out: &mut Record) {
    let kind = value.get("TypeChamp").and_then(Value::as_str);
    let (Some(kind), Some(values)) = (kind, value.get("Valeur").and_then(Value::as_array)) else {
        out.strange.push(format!("RegistreDetail: {value}"));
        return;
    };
    for it in values {
        let values = match it {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .filter(|it| !it.1.is_empty())
                .collect(),
            other => vec![("Valeur".to_owned(), text(other))],
        };
        out.fields.push(Field {
            kind: kind.trim().to_owned(),
            values,
        });
    }
}

/// A string or a number as text on one line; anything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(it) => crate::lists::draft::one_line(it),
        other => other.to_string(),
    }
}
