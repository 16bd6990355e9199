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

const UPDATE_CODES: &str = "\
Environment: HTTPS_PROXY, ALL_PROXY, HTTP_PROXY, NO_PROXY; SSL_CERT_FILE, a PEM file of the only authorities to trust.

Exit codes:
   0  every list is as its publisher has it
  20  at least one is not: it keeps its last good version, which grows older";

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
    /// Fetch the lists that a policy needs from their publishers, and make them active where they pass the gates
    #[command(after_help = UPDATE_CODES)]
    Update(UpdateArgs),
    /// Measure the program on labelled sets: pairs of names, or listed and clean names against the lists
    Eval {
        /// What to measure.
        #[command(subcommand)]
        command: EvalCommand,
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
            Self::Update(_) => "update",
            Self::Coverage(_) => "coverage",
            Self::Eval { .. } => "evaluation",
            Self::Lists { command } => match command {
                ListsCommand::Check(_) => "check",
                ListsCommand::Log(_) => "log",
                ListsCommand::Diff(_) => "changes",
                ListsCommand::Report(_) => "report",
                ListsCommand::Merge(_) => "merge",
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
            Self::Update(it) => it.json,
            Self::Coverage(it) => it.json,
            Self::Lists { command } => match command {
                ListsCommand::Add(it) => it.json,
                ListsCommand::Show(it) => it.json,
                ListsCommand::Check(it) => it.json,
                ListsCommand::Log(it) => it.json,
                ListsCommand::Import(it) => it.json,
                ListsCommand::Diff(it) => it.json,
                ListsCommand::Report(it) => it.json,
                ListsCommand::Merge(it) => it.json,
                ListsCommand::Remove(_) | ListsCommand::Export(_) | ListsCommand::Mapping(_) => false,
            },
            Self::Eval { command } => match command {
                EvalCommand::Pairs(it) => it.json,
                EvalCommand::List(it) => it.json,
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
#[derive(Clone, Debug, ClapArgs)]
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
    /// How entries of one subject are united.
    #[command(flatten)]
    pub merge: MergeArgs,
}

/// How entries of one subject are united.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct MergeArgs {
    /// Leave the lists apart: one entity an entry
    #[arg(long, conflicts_with = "decisions")]
    pub no_merge: bool,
    /// File of decisions on which entries are one subject [default: decisions.toml in the store's folder, where it is there]
    #[arg(long, value_name = "FILE")]
    pub decisions: Option<PathBuf>,
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

/// `interdict update`.
#[derive(Debug, ClapArgs)]
pub struct UpdateArgs {
    /// Fetch the lists of the authorities that this policy names [default: every list that is on in the table]
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "list")]
    pub policy: Option<String>,
    /// Fetch these lists only, by their ids in the table
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub list: Vec<String>,
    /// Take the files from a folder into which somebody carried them, instead of from the network
    #[arg(long, value_name = "DIR", conflicts_with = "mirror")]
    pub from: Option<PathBuf>,
    /// Fetch from a mirror, which has each file at URL/ID/NAME of the table
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
    /// Only fetch, into a folder that --from takes and that can be a mirror; nothing is read or made active
    #[arg(long, value_name = "DIR", conflicts_with_all = ["from", "dry_run", "gates"])]
    pub to: Option<PathBuf>,
    /// Another table of publishers in place of the program's
    #[arg(long, value_name = "FILE")]
    pub sources: Option<PathBuf>,
    /// Fetch and judge, and make nothing active
    #[arg(long)]
    pub dry_run: bool,
    /// Which gates may fail.
    #[command(flatten)]
    pub overrides: OverrideArgs,
    /// Show what would be fetched, from where and on what terms; fetch nothing
    #[arg(long)]
    pub list_sources: bool,
    /// Print the table of the program, to be changed and given to --sources
    #[arg(long)]
    pub print_sources: bool,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// The measurements.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// Score pairs of names; with labels, say precision, recall and F1
    Pairs(EvalPairsArgs),
    /// Ask listed and clean names of the loaded lists; say who is found, who alerts, and at which threshold
    List(EvalListArgs),
}

/// `interdict eval pairs`.
#[derive(Debug, ClapArgs)]
pub struct EvalPairsArgs {
    /// CSV with columns name1, name2 and, where known, schema and is_match
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where to write the rows with score and match
    #[arg(long, value_name = "OUT")]
    pub out: PathBuf,
    /// By which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict eval list`.
#[derive(Debug, ClapArgs)]
pub struct EvalListArgs {
    /// CSV of names that have to be found: a column with the name asked, one with the entry's id or a published name of it
    #[arg(long, value_name = "FILE")]
    pub positives: PathBuf,
    /// CSV of names of nobody listed
    #[arg(long, value_name = "FILE")]
    pub negatives: PathBuf,
    /// Folder for the rows, summary.json and report.html
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
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
    /// Show which entries of different lists are one subject, why, and which were left apart
    Merge(MergeReportArgs),
    /// Write the active lists as FollowTheMoney, or their names
    Export(ExportArgs),
    /// Propose a mapping for a list of your own, by the usual names of its columns (docs/own-list.md)
    Mapping(MappingArgs),
}

/// `interdict lists export`.
#[derive(Debug, ClapArgs)]
pub struct ExportArgs {
    /// ftm: one entity a line; ftm-nested: one party a line, which holds what belongs to it; names: one name a line
    #[arg(long, value_name = "FORMAT", value_parser = ["ftm", "ftm-nested", "names"], default_value = "ftm")]
    pub format: String,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Only these lists
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub lists: Vec<String>,
}

/// `interdict lists mapping`.
#[derive(Debug, ClapArgs)]
pub struct MappingArgs {
    /// The list: CSV with a header, JSON, or one JSON object a line
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `interdict lists add`.
#[derive(Debug, ClapArgs)]
pub struct AddArgs {
    /// Files as the publishers issue them, or folders of them
    #[arg(value_name = "FILE-OR-FOLDER", required = true)]
    pub files: Vec<PathBuf>,
    /// Format, where it should not be detected: ofac-csv, ofac-xml, ofac-advanced, ofac-enhanced, un-xml, eu-xml, eu-csv, uk-conlist,
    /// uk-xml, uk-csv, ch-xml, ca-xml, ca-atom, au-xlsx, fr-json, us-csl-csv, us-csl-json, us-dpl, ftm, ftm-nested, ftm-simple,
    /// ftm-statements, senzing, own
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// The mapping of a list of your own, where it is not beside it as NAME.mapping.toml (docs/own-list.md)
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub mapping: Option<PathBuf>,
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
    /// Let a list pass although it fails this gate (docs/store.md); of several lists LIST:GATE; recorded with --by and --reason; may be repeated
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
    /// The mapping of a list of your own, where it is not beside it as NAME.mapping.toml (docs/own-list.md)
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub mapping: Option<PathBuf>,
    /// By which policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Answer as JSON (docs/json.md)
    #[arg(long)]
    pub json: bool,
}

/// `interdict lists merge`.
#[derive(Debug, ClapArgs)]
pub struct MergeReportArgs {
    /// Every entity of several entries with its reasons, and every pair that was left apart, instead of the counts alone
    #[arg(long)]
    pub report: bool,
    /// Only what an entry of this id has part in
    #[arg(long, value_name = "ID")]
    pub of: Option<String>,
    /// How entries of one subject are united.
    #[command(flatten)]
    pub merge: MergeArgs,
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
