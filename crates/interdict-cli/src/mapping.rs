//! `interdict lists mapping`: a proposal of a mapping for a list of one's own.

use std::fmt::Write as _;

use interdict::lists::own;
use interdict::policy::Decision;
use interdict::wire::record;

use crate::args::MappingArgs;
use crate::paint::Out;
use crate::plan::Failure;
use crate::records;

/// Prints the proposal. What it does not recognise stands there as a comment.
pub fn run(args: &MappingArgs, out: &mut Out) -> Result<Decision, Failure> {
    let bytes = records::content(&args.file)?;
    let columns = own::columns(&bytes).map_err(|it| Failure::at(&args.file, it.to_string()))?;
    let stem = args
        .file
        .file_stem()
        .map(|it| it.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let id: String = stem
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '-' })
        .collect();
    out.print(&proposal(id.trim_matches('-'), &columns));
    Ok(Decision::Clear)
}

fn proposal(id: &str, columns: &[String]) -> String {
    let mut text = format!(
        "# Proposed by the names of the columns: read it before use (docs/own-list.md).\n\
         list = \"{}\"\n\
         title = \"\" # what people call the list\n\
         authority = \"\" # who keeps it; a policy can name it\n\
         measure = \"other\" # asset freeze, sectoral, export control, travel ban, other, none, ...\n\
         # schema = \"Person\" # where no column says it\n\
         # date_formats = [\"%d.%m.%Y\"]\n\n[columns]\n",
        if id.is_empty() { "own" } else { id }
    );
    let mut unknown = String::new();
    let mut named = false;
    for column in columns {
        // A JSON text is a TOML text.
        let key = serde_json::json!(column).to_string();
        let _ = match record::usual(column) {
            Some((field, Some(kind))) => writeln!(text, "{key} = {{ field = \"{field}\", kind = \"{kind}\" }}"),
            Some((field @ "alias", None)) => writeln!(text, "{key} = {{ field = \"{field}\", separator = \";\" }}"),
            Some((field, None)) => writeln!(text, "{key} = \"{field}\""),
            None => writeln!(unknown, "# {key} = \"note\""),
        };
        named |= record::names_somebody(column);
    }
    if !unknown.is_empty() {
        text += "# not recognised: kept as notes unless they are named here, or under `ignore`\n";
        text += &unknown;
    }
    if !named {
        text += "# WARNING: no column was recognised as a name or an identifier; one has to be\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_columns() {
        let columns = ["Customer ID", "Full Name", "AKA", "DOB", "Passport No", "Shoe \"size\""].map(str::to_owned);
        let text = proposal("internal", &columns);
        for line in [
            "list = \"internal\"",
            "\"Customer ID\" = \"key\"",
            "\"Full Name\" = \"name\"",
            "\"AKA\" = { field = \"alias\", separator = \";\" }",
            "\"DOB\" = \"birth date\"",
            "\"Passport No\" = { field = \"identifier\", kind = \"passport\" }",
            "# \"Shoe \\\"size\\\"\" = \"note\"",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
        assert!(proposal("x", &["Colour".to_owned()]).contains("WARNING"));
    }
}
