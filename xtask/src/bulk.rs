//! A list as large as the real ones can be, made up -> a file; and a list on a disk -> how fast it is read, in how much memory.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;
use std::time::Instant;

use interdict::entity::Severity;
use interdict::lists::{self, SourceFile, detect};

/// `generate ofac-advanced --megabytes 120 OUT`.
pub fn generate(words: &[String]) -> Result<(), String> {
    let usage = "usage: cargo xtask generate ofac-advanced --megabytes 120 OUT";
    let [format, flag, megabytes, out] = words else {
        return Err(usage.to_owned());
    };
    let megabytes = megabytes.parse::<usize>().map_err(|_| usage.to_owned())?;
    if format != "ofac-advanced" || flag != "--megabytes" {
        return Err(usage.to_owned());
    }
    let list = Advanced::of(megabytes << 20);
    let file = File::create(out).map_err(|it| format!("{out}: {it}"))?;
    let mut file = BufWriter::new(file);
    list.write(&mut file).map_err(|it| format!("{out}: {it}"))?;
    println!("{out}: {} parties", list.parties);
    Ok(())
}

/// `measure parse FILE`: from the disk, in pieces where the format allows it.
pub fn parse(path: &str) -> Result<(), String> {
    let file = File::open(path).map_err(|it| format!("{path}: {it}"))?;
    let bytes = file.metadata().map_err(|it| format!("{path}: {it}"))?.len();
    let name = Path::new(path)
        .file_name()
        .map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let mut source = BufReader::with_capacity(64 << 10, file);
    let head = source.fill_buf().map_err(|it| format!("{path}: {it}"))?;
    let head = SourceFile {
        name: &name,
        bytes: head,
    };
    let format = detect::detect(head).ok_or_else(|| format!("{path}: no format is like it"))?;
    let start = Instant::now();
    let parsed = lists::parse_read(format, &name, &mut source);
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{path}: {} {}: {seconds:.2} s ({} s of them on the processor), {:.0} MB/s, {} entities, peak {} MB resident",
        parsed.list,
        format.name(),
        processor().map_or_else(|| "?".to_owned(), |it| format!("{it:.2}")),
        bytes as f64 / 1e6 / seconds,
        parsed.entities.len(),
        peak().map_or_else(|| "?".to_owned(), |it| (it / 1024).to_string()),
    );
    for (kind, it) in &parsed.counts {
        println!(
            "  {kind}: {} records, {} used, {} lost",
            it.records, it.entities, it.lost
        );
    }
    for severity in [Severity::Fatal, Severity::Loss, Severity::Notice] {
        let of: Vec<_> = parsed.problems.iter().filter(|it| it.severity == severity).collect();
        println!("  {}: {}", severity.name(), of.len());
        for it in of.iter().take(5) {
            println!("    {it}");
        }
    }
    Ok(())
}

/// The most memory that this process had at a time, KiB, where the system says so.
pub fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|it| it.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The seconds that a processor worked for this process, where the system says so: on a busy machine the clock says more.
pub fn processor() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold blanks; user and system time are the 12th and 13th value there, in hundredths of a second.
    let values: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| values.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// Always the same numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn words(&mut self, n: usize) -> String {
        let mut out = String::new();
        for _ in 0..n {
            if !out.is_empty() {
                out.push(' ');
            }
            for _ in 0..2 + self.below(2) {
                out.push_str(self.of(&SYLLABLES));
            }
        }
        out
    }
}

const SYLLABLES: [&str; 24] = [
    "ab", "mo", "ham", "ra", "shi", "kov", "lin", "tar", "ost", "pe", "tro", "gaz", "ban", "kal", "zur", "ven", "del",
    "mir", "sa", "ley", "nor", "dak", "ul", "fen",
];
const CYRILLIC: [&str; 6] = ["Банк", "Петров", "Россия", "Завод", "Иванович", "Общество"];
const COUNTRIES: [&str; 12] = [
    "Russia",
    "Iran",
    "China",
    "Syria",
    "Cuba",
    "Venezuela",
    "Panama",
    "Lebanon",
    "Turkey",
    "Cyprus",
    "Iraq",
    "Mexico",
];
const PROGRAMMES: [&str; 10] = [
    "SDGT",
    "RUSSIA-EO14024",
    "IRAN",
    "SYRIA",
    "CUBA",
    "SDNTK",
    "VENEZUELA",
    "IFSR",
    "NPWMD",
    "GLOMAG",
];
/// Feature types; ids are their places.
const FEATURES: [&str; 20] = [
    "Birthdate",
    "Place of Birth",
    "Nationality Country",
    "Citizenship Country",
    "Gender",
    "Title",
    "Location",
    "Website",
    "Email Address",
    "Phone Number",
    "Secondary sanctions risk:",
    "Organization Established Date",
    "Organization Type:",
    "Vessel Flag",
    "Vessel Call Sign",
    "Vessel Type",
    "Vessel Year of Build",
    "Digital Currency Address - XBT",
    "SWIFT/BIC",
    "Target Type",
];
const DETAILS: [&str; 5] = [
    "Male",
    "Female",
    "section 1(b) of Executive Order 13224, as amended by Executive Order 13886",
    "Private Company",
    "Crude Oil Tanker",
];
const DOCUMENTS: [&str; 7] = [
    "Passport",
    "National ID No.",
    "Tax ID No.",
    "Registration Number",
    "Vessel Registration Identification",
    "MMSI",
    "Unified Social Credit Code (USCC)",
];
const RELATIONS: [&str; 5] = [
    "Owned or Controlled By",
    "Acting for or on behalf of",
    "Providing support to",
    "Family member of",
    "Leader or official of",
];

/// The parts of an advanced file, whose records refer to each other.
#[derive(Default)]
struct Advanced {
    parties: usize,
    locations: String,
    documents: String,
    distinct: String,
    relations: String,
    entries: String,
    /// The last id given of any kind.
    id: usize,
}

macro_rules! line {
    ($out:expr, $($text:tt)*) => {
        writeln!($out, $($text)*).expect("a string takes all")
    };
}

impl Advanced {
    fn of(bytes: usize) -> Self {
        let mut it = Self::default();
        let mut dice = Dice(1);
        while it.size() < bytes {
            it.party(&mut dice);
        }
        it
    }

    fn size(&self) -> usize {
        self.locations.len() + self.documents.len() + self.distinct.len() + self.relations.len() + self.entries.len()
    }

    fn next(&mut self) -> usize {
        self.id += 1;
        self.id
    }

    fn party(&mut self, dice: &mut Dice) {
        self.parties += 1;
        let uid = 10_000 + self.parties;
        let identity = 500_000 + self.parties;
        // 4 individual, 3 entity, 1 vessel, 2 aircraft, in about the real shares.
        let kind = [4, 4, 4, 4, 3, 3, 3, 3, 1, 2][dice.below(10)];
        line!(
            self.distinct,
            "    <DistinctParty FixedRef=\"{uid}\">\n      <Comment />"
        );
        line!(self.distinct, "      <Profile ID=\"{uid}\" PartySubTypeID=\"{kind}\">");
        line!(
            self.distinct,
            "        <Identity ID=\"{identity}\" FixedRef=\"{uid}\" Primary=\"true\" False=\"false\">"
        );
        let mut groups = Vec::new();
        for at in 0..2 + dice.below(4) {
            self.alias(dice, uid, kind, at, &mut groups);
        }
        line!(self.distinct, "          <NamePartGroups>");
        for (group, part) in groups {
            line!(self.distinct, "            <MasterNamePartGroup>");
            line!(
                self.distinct,
                "              <NamePartGroup ID=\"{group}\" NamePartTypeID=\"{part}\" />"
            );
            line!(self.distinct, "            </MasterNamePartGroup>");
        }
        line!(self.distinct, "          </NamePartGroups>\n        </Identity>");
        let features: &[usize] = match kind {
            4 => &[0, 1, 2, 4, 6, 10],
            3 => &[6, 6, 7, 8, 11, 10, 19],
            1 => &[13, 14, 15, 16, 6],
            _ => &[10, 6],
        };
        for at in features {
            self.feature(dice, identity, *at);
        }
        if dice.below(8) == 0 {
            let rare = [5, 9, 12, 17, 18, 3][dice.below(6)];
            self.feature(dice, identity, rare);
        }
        for _ in 0..dice.below(3) {
            self.document(dice, identity, kind);
        }
        line!(self.distinct, "      </Profile>\n    </DistinctParty>");
        if self.parties > 1 && dice.below(3) == 0 {
            let to = 10_000 + 1 + dice.below(self.parties - 1);
            let id = self.next();
            let kind = 1 + dice.below(RELATIONS.len());
            line!(
                self.relations,
                "    <ProfileRelationship ID=\"{id}\" From-ProfileID=\"{uid}\" To-ProfileID=\"{to}\" RelationTypeID=\"{kind}\" RelationQualityID=\"1\" Former=\"false\" SanctionsEntryID=\"{uid}\">\n      <Comment />\n    </ProfileRelationship>"
            );
        }
        self.entry(dice, uid);
    }

    fn alias(&mut self, dice: &mut Dice, uid: usize, kind: usize, at: usize, groups: &mut Vec<(usize, usize)>) {
        let (primary, status) = if at == 0 { (true, 1) } else { (false, 2) };
        let weak = at > 0 && dice.below(7) == 0;
        let alias = if at == 0 { 3 } else { 1 + dice.below(2) };
        line!(
            self.distinct,
            "          <Alias FixedRef=\"{uid}\" AliasTypeID=\"{alias}\" Primary=\"{primary}\" LowQuality=\"{weak}\">"
        );
        let other = usize::from(dice.below(6) == 0);
        for script in 0..=other {
            let id = self.next();
            line!(
                self.distinct,
                "            <DocumentedName ID=\"{id}\" FixedRef=\"{uid}\" DocNameStatusID=\"{status}\">"
            );
            // 1 last, 2 first, 3 entity, 4 vessel, 5 aircraft name.
            let parts: &[usize] = match kind {
                4 => &[1, 2],
                3 => &[3],
                1 => &[4],
                _ => &[5],
            };
            for part in parts {
                let group = self.next();
                groups.push((group, *part));
                let words = 1 + dice.below(if *part == 3 { 5 } else { 2 });
                let (script, text) = if script == 0 {
                    (215, dice.words(words).to_uppercase())
                } else {
                    (220, dice.of(&CYRILLIC).to_owned())
                };
                line!(self.distinct, "              <DocumentedNamePart>");
                line!(
                    self.distinct,
                    "                <NamePartValue NamePartGroupID=\"{group}\" ScriptID=\"{script}\" ScriptStatusID=\"1\" Acronym=\"false\">{text}</NamePartValue>"
                );
                line!(self.distinct, "              </DocumentedNamePart>");
            }
            line!(self.distinct, "            </DocumentedName>");
        }
        line!(self.distinct, "          </Alias>");
    }

    fn feature(&mut self, dice: &mut Dice, identity: usize, kind: usize) {
        let (id, version) = (self.next(), self.next());
        line!(
            self.distinct,
            "        <Feature ID=\"{id}\" FeatureTypeID=\"{kind}\">\n          <FeatureVersion ID=\"{version}\" ReliabilityID=\"1\">\n            <Comment />"
        );
        match FEATURES[kind] {
            "Birthdate" | "Organization Established Date" | "Vessel Year of Build" | "Aircraft Manufacture Date" => {
                let year = 1930 + dice.below(90);
                let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
                let days = match dice.below(3) {
                    0 => [(1, 1), (12, 31)],
                    _ => [(month, day); 2],
                };
                line!(
                    self.distinct,
                    "            <DatePeriod CalendarTypeID=\"1\" YearFixed=\"false\" MonthFixed=\"false\" DayFixed=\"false\">"
                );
                for (side, (month, day)) in ["Start", "End"].iter().zip(days) {
                    line!(
                        self.distinct,
                        "              <{side} Approximate=\"false\" YearFixed=\"false\" MonthFixed=\"false\" DayFixed=\"false\">"
                    );
                    for end in ["From", "To"] {
                        line!(
                            self.distinct,
                            "                <{end}>\n                  <Year>{year}</Year>\n                  <Month>{month}</Month>\n                  <Day>{day}</Day>\n                </{end}>"
                        );
                    }
                    line!(self.distinct, "              </{side}>");
                }
                line!(
                    self.distinct,
                    "            </DatePeriod>\n            <VersionDetail DetailTypeID=\"1430\" />"
                );
            }
            "Location" | "Nationality Country" | "Citizenship Country" | "Vessel Flag" => {
                let place = self.location(dice, version, FEATURES[kind] == "Location");
                if FEATURES[kind] != "Location" {
                    line!(self.distinct, "            <VersionDetail DetailTypeID=\"1433\" />");
                }
                line!(self.distinct, "            <VersionLocation LocationID=\"{place}\" />");
            }
            "Gender" | "Secondary sanctions risk:" | "Target Type" | "Vessel Type" => {
                let detail = match FEATURES[kind] {
                    "Gender" => dice.below(2),
                    "Target Type" => 3,
                    "Vessel Type" => 4,
                    _ => 2,
                };
                line!(
                    self.distinct,
                    "            <VersionDetail DetailTypeID=\"1431\" DetailReferenceID=\"{detail}\" />"
                );
            }
            other => {
                let text = match other {
                    "Website" => format!("www.{}.com", dice.words(1)),
                    "Email Address" => format!("{}@{}.com", dice.words(1), dice.words(1)),
                    "Digital Currency Address - XBT" => format!("1{}{}", dice.words(1), dice.below(1 << 30)),
                    _ => dice.words(2),
                };
                line!(
                    self.distinct,
                    "            <VersionDetail DetailTypeID=\"1432\">{text}</VersionDetail>"
                );
            }
        }
        line!(
            self.distinct,
            "          </FeatureVersion>\n          <IdentityReference IdentityID=\"{identity}\" IdentityFeatureLinkTypeID=\"1\" />\n        </Feature>"
        );
    }

    fn location(&mut self, dice: &mut Dice, version: usize, full: bool) -> usize {
        let id = self.next();
        let country = dice.below(COUNTRIES.len());
        line!(
            self.locations,
            "    <Location ID=\"{id}\">\n      <LocationAreaCode AreaCodeID=\"{country}\" />\n      <LocationCountry CountryID=\"{country}\" CountryRelevanceID=\"1413\" />"
        );
        for part in (0..6).filter(|_| full) {
            if dice.below(2) == 0 {
                line!(
                    self.locations,
                    "      <LocationPart LocPartTypeID=\"{part}\">\n        <LocationPartValue Primary=\"true\" LocPartValueTypeID=\"1\" LocPartValueStatusID=\"1\">\n          <Comment />\n          <Value>{}</Value>\n        </LocationPartValue>\n      </LocationPart>",
                    dice.words(2)
                );
            }
        }
        line!(
            self.locations,
            "      <FeatureVersionReference FeatureVersionID=\"{version}\" />\n    </Location>"
        );
        id
    }

    fn document(&mut self, dice: &mut Dice, identity: usize, kind: usize) {
        let id = self.next();
        let of = match kind {
            4 => dice.below(3),
            1 => 4 + dice.below(2),
            _ => [2, 3, 6][dice.below(3)],
        };
        let number = match DOCUMENTS[of] {
            "Vessel Registration Identification" => format!("IMO {}", 9_000_000 + dice.below(900_000)),
            _ => format!("{}", 100_000_000 + dice.below(800_000_000)),
        };
        let country = dice.below(COUNTRIES.len());
        line!(
            self.documents,
            "    <IDRegDocument ID=\"{id}\" IDRegDocTypeID=\"{of}\" IdentityID=\"{identity}\" IssuedBy-CountryID=\"{country}\" ValidityID=\"1\">\n      <Comment />\n      <IDRegistrationNo>{number}</IDRegistrationNo>\n      <IssuingAuthority />\n      <DocumentedNameReference DocumentedNameID=\"{id}\" />\n    </IDRegDocument>"
        );
    }

    fn entry(&mut self, dice: &mut Dice, uid: usize) {
        line!(
            self.entries,
            "    <SanctionsEntry ID=\"{uid}\" ProfileID=\"{uid}\" ListID=\"1550\">\n      <EntryEvent ID=\"{uid}\" EntryEventTypeID=\"1\" LegalBasisID=\"1\">\n        <Comment />\n        <Date CalendarTypeID=\"1\">\n          <Year>{}</Year>\n          <Month>{}</Month>\n          <Day>{}</Day>\n        </Date>\n      </EntryEvent>",
            2000 + dice.below(25),
            1 + dice.below(12),
            1 + dice.below(28)
        );
        line!(
            self.entries,
            "      <SanctionsMeasure ID=\"{uid}\" SanctionsTypeID=\"2\">\n        <DatePeriod CalendarTypeID=\"1\" YearFixed=\"true\" MonthFixed=\"true\" DayFixed=\"true\" />\n      </SanctionsMeasure>"
        );
        for _ in 0..1 + dice.below(2) {
            line!(
                self.entries,
                "      <SanctionsMeasure ID=\"{uid}\" SanctionsTypeID=\"1\">\n        <Comment>{}</Comment>\n        <DatePeriod CalendarTypeID=\"1\" YearFixed=\"true\" MonthFixed=\"true\" DayFixed=\"true\" />\n      </SanctionsMeasure>",
                dice.of(&PROGRAMMES)
            );
        }
        line!(self.entries, "    </SanctionsEntry>");
    }

    fn write(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Sanctions xmlns=\"http://www.un.org/sanctions/1.0\" Version=\"3\">\n  <DateOfIssue CalendarTypeID=\"1\">\n    <Year>2026</Year>\n    <Month>9</Month>\n    <Day>23</Day>\n  </DateOfIssue>\n  <ReferenceValueSets>"
        )?;
        let mut set = |name: &str, more: &dyn Fn(usize) -> String, from: usize, all: &[&str]| -> std::io::Result<()> {
            writeln!(out, "    <{name}Values>")?;
            for (at, it) in all.iter().enumerate().filter(|it| !it.1.is_empty()) {
                writeln!(out, "      <{name} ID=\"{}\"{}>{it}</{name}>", at + from, more(at))?;
            }
            writeln!(out, "    </{name}Values>")
        };
        let none = |_: usize| String::new();
        set("AliasType", &none, 1, &["A.K.A.", "F.K.A.", "Name"])?;
        set(
            "AreaCode",
            &|at| {
                format!(
                    " CountryID=\"{at}\" Description=\"{}\" AreaCodeTypeID=\"1\"",
                    COUNTRIES[at]
                )
            },
            0,
            &COUNTRIES,
        )?;
        set("CalendarType", &none, 1, &["Gregorian"])?;
        set("Country", &none, 0, &COUNTRIES)?;
        set("DetailReference", &none, 0, &DETAILS)?;
        set("EntryEventType", &none, 1, &["Created"])?;
        set("FeatureType", &|_| " FeatureTypeGroupID=\"1\"".to_owned(), 0, &FEATURES)?;
        set("IDRegDocDateType", &none, 1, &["Issue Date", "Expiration Date"])?;
        set("IDRegDocType", &none, 0, &DOCUMENTS)?;
        set("LegalBasis", &none, 1, &["Executive Order 13224 (Terrorism)"])?;
        set("List", &none, 1550, &["SDN List"])?;
        let parts = [
            "ADDRESS1",
            "ADDRESS2",
            "ADDRESS3",
            "CITY",
            "STATE/PROVINCE",
            "POSTAL CODE",
        ];
        set("LocPartType", &none, 0, &parts)?;
        let names = ["Last Name", "First Name", "Entity Name", "Vessel Name", "Aircraft Name"];
        set("NamePartType", &none, 1, &names)?;
        let types = |at: usize| format!(" PartyTypeID=\"{}\"", [4, 4, 2, 1][at]);
        set("PartySubType", &types, 1, &["Vessel", "Aircraft", "Unknown", "Unknown"])?;
        set(
            "PartyType",
            &none,
            1,
            &["Individual", "Entity", "Location", "Transport"],
        )?;
        set("RelationType", &none, 1, &RELATIONS)?;
        set("Reliability", &none, 1, &["Unknown"])?;
        set("SanctionsType", &none, 1, &["Program", "Block"])?;
        set("Script", &none, 215, &["Latin", "", "", "", "", "Cyrillic"])?;
        set("Validity", &none, 1, &["Valid", "Fraudulent"])?;
        writeln!(out, "  </ReferenceValueSets>")?;
        for (name, part) in [
            ("Locations", &self.locations),
            ("IDRegDocuments", &self.documents),
            ("DistinctParties", &self.distinct),
            ("ProfileRelationships", &self.relations),
            ("SanctionsEntries", &self.entries),
        ] {
            writeln!(out, "  <{name}>\n{part}  </{name}>")?;
        }
        writeln!(out, "  <SanctionsEntryLinks />\n</Sanctions>")
    }
}
