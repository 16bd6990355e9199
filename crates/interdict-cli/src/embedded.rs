//! What comes inside the program: the policy presets and the sample lists.

use std::sync::LazyLock;

use interdict::lists::Format;
use interdict::policy::Policy;
use interdict::score::METHOD_NAME;

use crate::paint::{Out, Page};
use crate::plan::{Failure, Plan};

/// The policy presets by name.
pub const POLICIES: [(&str, &str); 4] = [
    ("us-bank", include_str!("../../../policies/us-bank.toml")),
    ("eu-psp", include_str!("../../../policies/eu-psp.toml")),
    ("aid-group", include_str!("../../../policies/aid-group.toml")),
    ("newsroom", include_str!("../../../policies/newsroom.toml")),
];

/// The limits of the gates, where the store has none of its own.
pub const GATE_LIMITS: &str = include_str!("../../../policies/gates/default.toml");

/// Files of a list: format, file names and content.
pub type SampleList = (Format, &'static [(&'static str, &'static [u8])]);

/// The sample lists: a few dozen real entries in each publisher's format. Not for real screening.
pub const SAMPLES: [SampleList; 8] = [
    (
        Format::OfacCsv,
        &[
            ("sdn.csv", include_bytes!("../../../samples/lists/ofac-csv/sdn.csv")),
            ("alt.csv", include_bytes!("../../../samples/lists/ofac-csv/alt.csv")),
            ("add.csv", include_bytes!("../../../samples/lists/ofac-csv/add.csv")),
            (
                "sdn_comments.csv",
                include_bytes!("../../../samples/lists/ofac-csv/sdn_comments.csv"),
            ),
        ],
    ),
    (
        Format::OfacXml,
        &[("SDN.XML", include_bytes!("../../../samples/lists/ofac-xml/SDN.XML"))],
    ),
    (
        Format::UnXml,
        &[(
            "consolidated.xml",
            include_bytes!("../../../samples/lists/un/consolidated.xml"),
        )],
    ),
    (
        Format::EuXml,
        &[("full.xml", include_bytes!("../../../samples/lists/eu/full.xml"))],
    ),
    (
        Format::UkConlist,
        &[(
            "ConList.csv",
            include_bytes!("../../../samples/lists/uk-conlist/ConList.csv"),
        )],
    ),
    (
        Format::UkXml,
        &[(
            "UK-Sanctions-List.xml",
            include_bytes!("../../../samples/lists/uk/UK-Sanctions-List.xml"),
        )],
    ),
    (
        Format::UkCsv,
        &[(
            "UK-Sanctions-List.csv",
            include_bytes!("../../../samples/lists/uk-csv/UK-Sanctions-List.csv"),
        )],
    ),
    (
        Format::Ftm,
        &[(
            "office-holders.ftm.json",
            include_bytes!("../../../samples/lists/offices/office-holders.ftm.json"),
        )],
    ),
];

/// What `--version` says: program, method, presets.
pub static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    let labels: Vec<String> = POLICIES
        .iter()
        .filter_map(|it| Policy::parse(it.1).ok())
        .map(|it| it.label())
        .collect();
    format!(
        "{}\nmethod {METHOD_NAME}\npolicies {}",
        env!("CARGO_PKG_VERSION"),
        labels.join(", ")
    )
});

/// The names of the presets, for messages.
pub fn policy_names() -> String {
    POLICIES.map(|it| it.0).join(", ")
}

/// Prints the presets.
pub fn show_policies(plan: &Plan, out: &mut Out) -> Result<(), Failure> {
    let mut page = Page::new(&plan.style);
    for (at, (_, text)) in POLICIES.iter().enumerate() {
        let it = Policy::parse(text)?;
        if at > 0 {
            page.line("");
        }
        page.line(&format!(
            "{}  review from {}, strong from {}",
            it.label(),
            it.review,
            it.strong
        ));
        page.wrapped("  ", &it.description);
    }
    out.print(&page.text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_called_what_they_say() {
        for (name, text) in POLICIES {
            assert_eq!(Policy::parse(text).map(|it| it.name), Ok(name.to_owned()));
        }
        assert!(LONG_VERSION.contains("us-bank@"));
    }
}
