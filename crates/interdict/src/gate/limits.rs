//! The limits of the gates, as data.

use std::fmt;

use toml::{Table, Value};

/// How much a gate lets pass. Shares are hundredths of a percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the file calls itself.
    pub name: String,
    /// Raised with every change of meaning.
    pub version: u32,
    /// The policy whose threshold the control self-test goes by.
    pub control_policy: String,
    /// A group may lose this share...
    pub shrink_share: usize,
    /// ...or so many entries, whichever is more.
    pub shrink_least: usize,
    /// Facts of a kind may be fewer by this share...
    pub facts_share: usize,
    /// ...or so many.
    pub facts_least: usize,
    /// The list may grow by this share...
    pub growth_share: usize,
    /// ...or so many entries.
    pub growth_least: usize,
    /// Lost values, as a share of the entities...
    pub values_share: usize,
    /// ...or so many.
    pub values_least: usize,
    /// Numbers that fail their check, as a share of a kind...
    pub identifiers_share: usize,
    /// ...or so many.
    pub identifiers_least: usize,
    /// BLAKE3 of the file, hexadecimal.
    pub hash: String,
}

/// Why the limits could not be read: a lower-case phrase that names field and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsError(String);

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LimitsError {}

/// Takes values out of a table; what is left at the end is a slip of somebody's pen.
struct Fields {
    /// In front of names in messages: `shrink.`.
    place: String,
    table: Table,
}

impl Fields {
    fn take<T>(&mut self, field: &str, read: impl Fn(&Value) -> Option<T>) -> Result<T, LimitsError> {
        let it = self
            .table
            .remove(field)
            .ok_or_else(|| LimitsError(format!("{}{field} is missing", self.place)))?;
        read(&it).ok_or_else(|| LimitsError(format!("{}{field} = {it:?}: not a value that it can have", self.place)))
    }

    fn text(&mut self, field: &str) -> Result<String, LimitsError> {
        self.take(field, |it| it.as_str().map(str::to_owned))
    }

    fn count(&mut self, field: &str) -> Result<usize, LimitsError> {
        self.take(field, |it| it.as_integer().and_then(|it| usize::try_from(it).ok()))
    }

    fn inner(&mut self, field: &str) -> Result<Self, LimitsError> {
        Ok(Self {
            place: format!("{field}."),
            table: self.take(field, |it| it.as_table().cloned())?,
        })
    }

    fn end(self) -> Result<(), LimitsError> {
        match self.table.keys().next() {
            Some(it) => Err(LimitsError(format!("{}{it}: no such field", self.place))),
            None => Ok(()),
        }
    }

    /// A share, at most so many percent, and a number of entries.
    fn limit(&mut self, field: &str, most: f64) -> Result<(usize, usize), LimitsError> {
        let mut inner = self.inner(field)?;
        let share = inner.take("percent", |it| {
            let number = |it: &Value| {
                it.as_float()
                    .or_else(|| it.as_integer().and_then(|it| i32::try_from(it).ok()).map(f64::from))
            };
            let percent = number(it).filter(|it| (0.0..=most).contains(it))?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range was just checked"
            )]
            let share = (percent * 100.0).round() as usize;
            Some(share)
        })?;
        let entries = inner.count("entries")?;
        inner.end()?;
        Ok((share, entries))
    }
}

impl Limits {
    /// Reads a file of limits (TOML).
    ///
    /// # Errors
    /// Names the field and the value that it cannot read, or what is missing.
    pub fn parse(text: &str) -> Result<Self, LimitsError> {
        let table: Table = text
            .parse()
            .map_err(|it: toml::de::Error| LimitsError(it.to_string().trim_end().to_owned()))?;
        let mut fields = Fields {
            place: String::new(),
            table,
        };
        let (shrink_share, shrink_least) = fields.limit("shrink", 100.0)?;
        let (facts_share, facts_least) = fields.limit("facts", 100.0)?;
        // A list may become many times as large; it cannot lose more than all.
        let (growth_share, growth_least) = fields.limit("growth", 100_000.0)?;
        let (values_share, values_least) = fields.limit("values", 100.0)?;
        let (identifiers_share, identifiers_least) = fields.limit("identifiers", 100.0)?;
        let mut control = fields.inner("control")?;
        let control_policy = control.text("policy")?;
        control.end()?;
        // For the reader of the file.
        fields.text("description")?;
        let version = fields.count("version")?;
        let out = Self {
            name: fields.text("name")?,
            version: u32::try_from(version).unwrap_or(u32::MAX),
            control_policy,
            shrink_share,
            shrink_least,
            facts_share,
            facts_least,
            growth_share,
            growth_least,
            values_share,
            values_least,
            identifiers_share,
            identifiers_least,
            hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
        };
        fields.end()?;
        Ok(out)
    }

    /// `name@version#hash`, the hash in its first eight digits.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}@{}#{}", self.name, self.version, self.hash.get(..8).unwrap_or(""))
    }
}
