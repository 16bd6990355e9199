//! What the user typed. Nothing is read or resolved here.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp, civil};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::embedded::LONG_VERSION;

const EXIT_CODES: &str = "\
Exit codes (with --json, too; over several answers the gravest: error, block, reject, review, clear):
   0  clear: nobody on the binding lists comes near
  10  review: a person has to look
  11  block
  12  reject
  20  error or unsafe: not screened, or not to be relied on; wrong usage ends here, too";

/// Who is this, and may I deal with them? Screens names and customer files against official designation lists.
#[derive(Debug, Parser)]
#[command(name = "interdict", version, long_version = LONG_VERSION.as_str(), after_help = EXIT_CODES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Folder in which loaded lists are kept [default: in the user's data folder]
    #[arg(
        long,
        value_name = "DIR",
        env = "INTERDICT_STORE",
        hide_env_values = true,
        global = true
    )]
    pub store: Option<PathBuf>,
    /// The time it is: RFC 3339, or so long from now (+25h). For tests
    #[arg(long, value_name = "TIME", global = true, hide = true, allow_hyphen_values = true, value_parser = time)]
    pub now: Option<Timestamp>,
    /// When to colour the output; NO_COLOR is respected
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub color: Color,
}

fn time(text: &str) -> Result<Timestamp, String> {
    let Some(rest) = text.strip_prefix('+') else {
        return text.parse().map_err(|it: jiff::Error| it.to_string());
    };
    let later: SignedDuration = rest.parse().map_err(|it: jiff::Error| it.to_string())?;
    Timestamp::now().checked_add(later).map_err(|it| it.to_string())
}

fn day(text: &str) -> Result<civil::Date, String> {
    text.parse().map_err(|_| "not a day such as 2024-05-03".to_owned())
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Screen names, or records of a file
    #[command(after_help = EXIT_CODES)]
    Screen(ScreenArgs),
    /// Find every listed party named in documents
    #[command(after_help = EXIT_CODES)]
    Read(ReadArgs),
    /// Say why an entity matches a name, or why not, feature by feature
    #[command(after_help = EXIT_CODES)]
    Explain(ExplainArgs),
    /// Say which authorities list a subject, since when and with what effect, and which of the loaded ones do not
    #[command(after_help = EXIT_CODES)]
    Coverage(CoverageArgs),
    /// Add, show, check and remove official lists
    Lists {
        /// What to do with the lists.
        #[command(subcommand)]
        command: ListsCommand,
    },
    /// Show the policies that come with the program
    Policies,
    /// Print completions for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// The schema's name of what the command answers in JSON.
    pub const fn answers(&self) -> &'static str {
        match self {
            Self::Read(_) => "reading",
            Self::Explain(_) => "explanation",
            Self::Coverage(_) => "coverage",
            Self::Lists { command } => match command {
                ListsCommand::Check(_) => "check",
                ListsCommand::Diff(_) => "changes",
                ListsCommand::Report(_) => "report",
                ListsCommand::Log(_) => "log",
                _ => "lists",
            },
            _ => "screening",
        }
    }

    /// Whether the answer is wanted as JSON, be it an error.
    pub const fn json(&self) -> bool {
        match self {
            Self::Screen(it) => it.json,
            Self::Read(it) => it.json,
            Self::Explain(it) => it.json,
            Self::Coverage(it) => it.json,
            Self::Lists { command } => match command {
                ListsCommand::Add(it) => it.json,
                ListsCommand::Show(it) => it.json,
                ListsCommand::Check(it) => it.json,
                ListsCommand::Diff(it) => it.json,
                ListsCommand::Report(it) => it.json,
                ListsCommand::Log(it) => it.json,
                ListsCommand::Import(it) => it.json,
                ListsCommand::Remove(_) => false,
            },
            Self::Policies | Self::Completions { .. } => false,
        }
    }
}

/// `interdict screen`.
#[derive(Debug, ClapArgs)]
pub struct ScreenArgs {
    /// Names to screen; each is a question of its own
    #[arg(value_name = "NAME", required_unless_present_any = ["record", "id"])]
    pub names: Vec<String>,
    /// A file of records: JSON (flat or FollowTheMoney), one JSON object a line, or CSV with a header; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["names", "type", "birth_date", "country", "gender", "id"])]
    pub record: Option<PathBuf>,
    /// What is known of the party.
    #[command(flatten)]
    pub party: PartyArgs,
    /// By which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON, one object a line (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict read`.
#[derive(Debug, ClapArgs)]
pub struct ReadArgs {
    /// Plain texts; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Also write one self-contained page of what was read
    #[arg(long, value_name = "OUT")]
    pub html: Option<PathBuf>,
    /// By which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON, one object a document (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// Facts beside the name.
#[derive(Debug, Default, ClapArgs)]
pub struct PartyArgs {
    /// Kind: person, organization, company, entity, vessel, airplane, wallet, security
    #[arg(long = "type", value_name = "TYPE")]
    pub r#type: Option<String>,
    /// Birth date: 1984, 1984-06, 1984-06-28; may be repeated
    #[arg(long, value_name = "DATE")]
    pub birth_date: Vec<String>,
    /// Nationality or another country, code or English name; may be repeated
    #[arg(long, value_name = "COUNTRY")]
    pub country: Vec<String>,
    /// Sex: female, male, other
    #[arg(long, value_name = "SEX")]
    pub gender: Option<String>,
    /// Identifier, for example imo:9187629 or passport:A123; may be repeated
    #[arg(long, value_name = "KIND:VALUE")]
    pub id: Vec<String>,
}

/// The policy, and what it is applied to.
#[derive(Debug, ClapArgs)]
pub struct PolicyArgs {
    /// Policy by name (see `interdict policies`) or a policy file; it is named in every answer
    #[arg(long, value_name = "NAME|FILE", default_value = "us-bank")]
    pub policy: String,
    /// Least score of a match, 0..1, instead of the policy's
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    pub threshold: Option<f64>,
    /// Screen against these lists only
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub lists: Vec<String>,
    /// Screen against the lists as they were on a day (2024-05-03), as far as the store has them
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<civil::Date>,
}

/// `interdict explain`.
#[derive(Debug, ClapArgs)]
pub struct ExplainArgs {
    /// The entity's id, or the end of it: us-ofac-sdn-32391 or 32391
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// The name asked
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What is known of the party.
    #[command(flatten)]
    pub party: PartyArgs,
    /// By which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// The commands on lists.
#[derive(Debug, Subcommand)]
pub enum ListsCommand {
    /// Load lists from files or folders and make them active, all of them or none
    Add(AddArgs),
    /// Load many dated versions of lists, from archives (tar, tar.gz, tar.xz) or folders: history, to be asked with --as-of
    Import(ImportArgs),
    /// Show the active lists
    Show(ShowArgs),
    /// Show the life of each list: its versions, what the gates said, who let what pass
    Log(LogArgs),
    /// Count, name problems, and screen every published name against the lists: each must find its own entry
    #[command(after_help = EXIT_CODES)]
    Check(CheckArgs),
    /// Take a list out of use; its files stay on disk
    Remove(RemoveArgs),
    /// Say what was added, removed and changed between two versions, value by value
    Diff(DiffArgs),
    /// Count what the lists hold: by list, programme, kind, country, year, script; freshness, problems
    Report(ReportArgs),
}

/// `interdict lists add`.
#[derive(Debug, ClapArgs)]
pub struct AddArgs {
    /// Files as the publishers issue them, or folders of them
    #[arg(value_name = "FILE-OR-FOLDER", required = true)]
    pub files: Vec<PathBuf>,
    /// Format, where it should not be detected: ofac-csv, ofac-xml, un-xml, eu-xml, uk-conlist, uk-xml, uk-csv, ftm
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Refuse a list that says something which cannot be screened, instead of warning
    #[arg(long)]
    pub strict: bool,
    /// Which gates may fail.
    #[command(flatten)]
    pub overrides: OverrideArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// Gates that may fail, on somebody's word.
#[derive(Debug, Default, ClapArgs)]
pub struct OverrideArgs {
    /// Let a list pass although it fails this gate (docs/store.md); recorded with --by and --reason; may be repeated
    #[arg(long = "override", value_name = "GATE", requires_all = ["by", "reason"])]
    pub gates: Vec<String>,
    /// Who decides that
    #[arg(long, value_name = "NAME", requires = "gates")]
    pub by: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", requires = "gates")]
    pub reason: Option<String>,
}

/// `interdict lists import`.
#[derive(Debug, ClapArgs)]
pub struct ImportArgs {
    /// Archives or folders of files with their date in the file or in its name (sdn_2021-08-18.csv)
    #[arg(value_name = "ARCHIVE-OR-FOLDER", required = true)]
    pub sources: Vec<PathBuf>,
    /// Format, where it should not be detected
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Which gates may fail.
    #[command(flatten)]
    pub overrides: OverrideArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict lists log`.
#[derive(Debug, ClapArgs)]
pub struct LogArgs {
    /// The list's id, or id/format [default: all lists]
    #[arg(value_name = "ID")]
    pub list: Option<String>,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict lists show`.
#[derive(Debug, ClapArgs)]
pub struct ShowArgs {
    /// Show what was active on a day (2024-05-03)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<civil::Date>,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict lists check`.
#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// Files or folders to check without loading them [default: the loaded lists]
    #[arg(value_name = "FILE-OR-FOLDER")]
    pub files: Vec<PathBuf>,
    /// Format of the files, where it should not be detected
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// By which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict lists remove`.
#[derive(Debug, ClapArgs)]
pub struct RemoveArgs {
    /// The list's id, or id/format for one format of it
    #[arg(value_name = "ID")]
    pub list: String,
}

/// `interdict lists diff`.
#[derive(Debug, ClapArgs)]
pub struct DiffArgs {
    /// The older version: a file, a folder, LIST@DATE, LIST@previous, LIST, or the beginning of a hash
    #[arg(value_name = "A")]
    pub before: String,
    /// The newer version
    #[arg(value_name = "B")]
    pub after: String,
    /// Compare this list only
    #[arg(long, value_name = "LIST")]
    pub only: Option<String>,
    /// Show this entity only, in full: its id, or the end of it
    #[arg(long, value_name = "ID")]
    pub entity: Option<String>,
    /// Format of files, where it should not be detected
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Entities to show of each sort
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "all")]
    pub limit: usize,
    /// Show every entity and every value in full
    #[arg(long)]
    pub all: bool,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict coverage`.
#[derive(Debug, ClapArgs)]
pub struct CoverageArgs {
    /// An entity's id, the end of one, or a name
    #[arg(value_name = "ENTITY|NAME")]
    pub subject: String,
    /// By which policy: its thresholds tell likely from perhaps
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict lists report`.
#[derive(Debug, ClapArgs)]
pub struct ReportArgs {
    /// Write it as one self-contained page with charts
    #[arg(long, value_name = "OUT")]
    pub html: Option<PathBuf>,
    /// By which policy: it says how old a list may be
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}
