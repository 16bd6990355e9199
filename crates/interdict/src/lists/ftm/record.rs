//! What a FollowTheMoney file says: entities with an id, a schema and properties, one JSON object a line; nested ones taken apart.

use serde_json::Value;

/// One FollowTheMoney entity: a party, an address, an edge between two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// `id`.
    pub id: String,
    /// `schema`.
    pub schema: String,
    /// `caption`: the name that the publisher shows.
    pub caption: String,
    /// `datasets`.
    pub datasets: Vec<String>,
    /// `properties`: name and values in file order. Entities that stood in a property are there by their id.
    pub properties: Vec<(String, Vec<String>)>,
    /// The entity in whose property this one stood.
    pub parent: Option<String>,
    /// What was not a FollowTheMoney value: property and why. It is among the values as its JSON text.
    pub oddities: Vec<(String, &'static str)>,
}

impl Record {
    /// The values of a property.
    pub fn get(&self, property: &str) -> impl Iterator<Item = &str> {
        self.properties
            .iter()
            .filter(move |it| it.0 == property)
            .flat_map(|it| it.1.iter().map(String::as_str))
    }

    /// The first value of a property; empty where there is none.
    pub fn first(&self, property: &str) -> &str {
        self.get(property).next().unwrap_or("")
    }
}

/// Why a line is no entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON, or cut off.
    Broken,
    /// An operation of a delta file: it says what changes and not what is.
    Delta,
    /// JSON, and not an entity: no `id`, `schema` or `properties`.
    Foreign,
}

/// Reads one line; the entities that stand in properties are given to `sink`, too, before the one that holds them.
///
/// # Errors
/// See [`Fault`].
pub fn read(line: &[u8], sink: &mut impl FnMut(Record)) -> Result<(), Fault> {
    let value: Value = serde_json::from_slice(line).map_err(|_| Fault::Broken)?;
    if is_entity(&value) {
        take(value, None, sink);
        Ok(())
    } else if value.get("op").is_some() && value.get("entity").is_some() {
        Err(Fault::Delta)
    } else {
        Err(Fault::Foreign)
    }
}

fn is_entity(value: &Value) -> bool {
    let text = |it: &str| value.get(it).and_then(Value::as_str).is_some_and(|it| !it.is_empty());
    text("id") && text("schema") && value.get("properties").is_some_and(Value::is_object)
}

/// Depth is bounded by the JSON reader, at 128.
fn take(value: Value, parent: Option<&str>, sink: &mut impl FnMut(Record)) -> String {
    let text = |it: &str| value.get(it).and_then(Value::as_str).unwrap_or("").to_owned();
    let mut record = Record {
        id: text("id"),
        schema: text("schema"),
        caption: text("caption"),
        parent: parent.map(str::to_owned),
        ..Record::default()
    };
    let datasets = value.get("datasets").and_then(Value::as_array);
    record.datasets = datasets
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let id = record.id.clone();
    let Value::Object(mut fields) = value else { return id };
    if let Some(Value::Object(properties)) = fields.remove("properties") {
        for (name, value) in properties {
            let mut values = Vec::new();
            match value {
                Value::Array(all) => all
                    .into_iter()
                    .for_each(|it| one(it, &name, &mut values, &mut record.oddities, &id, sink)),
                Value::Null => {}
                it => {
                    record
                        .oddities
                        .push((name.clone(), "not an array of values: read as one value"));
                    one(it, &name, &mut values, &mut record.oddities, &id, sink);
                }
            }
            record.properties.push((name, values));
        }
    }
    sink(record);
    id
}

fn one(
    value: Value,
    name: &str,
    values: &mut Vec<String>,
    oddities: &mut Vec<(String, &'static str)>,
    parent: &str,
    sink: &mut impl FnMut(Record),
) {
    let text = match value {
        Value::String(it) => it,
        Value::Null => return,
        it if is_entity(&it) => take(it, Some(parent), sink),
        it => {
            oddities.push((name.to_owned(), "a value that is not text: kept as JSON"));
            it.to_string()
        }
    };
    let text = text.trim();
    if !text.is_empty() {
        values.push(text.to_owned());
    }
}
