//! Archive -> its members, with limits: `.zip`, `.gz`, `.xz`, `.tar`, `.tar.gz`, `.tar.xz`.
//!
//! An archive that is cut off, whose checksum differs, that holds a link, a path out of its folder or more than a limit allows is
//! an error that names the member, never half an archive. What kind an archive is, its first bytes say, not its name.
//!
//! Memory: one member, and what the method of compression needs (at most 256 MiB for xz, by its window; far less for the others).

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::{cell::Cell, ops::ControlFlow};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzStream;

/// What an archive may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all members together.
    pub bytes: u64,
    /// Unpacked bytes to one packed byte, once more than [`RATIO_FROM`] bytes are unpacked. Deflate cannot pass 1032; XML of lists
    /// has about 16, an archive of many versions of one list 1,400.
    pub ratio: u64,
    /// Files. Folders do not count.
    pub members: usize,
}

/// Up to so many bytes no ratio is judged: a small file of blanks is no bomb.
pub const RATIO_FROM: u64 = 16 << 20;

impl Limits {
    /// For lists that somebody hands over: 1 GiB, 250 to one, 1,000 files.
    pub const LISTS: Self = Self {
        bytes: 1 << 30,
        ratio: 250,
        members: 1_000,
    };
}

/// Why an archive could not be unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    archive: String,
    member: Option<String>,
    message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.archive)?;
        if let Some(it) = &self.member {
            // A name from inside an archive may hold anything.
            let shown: String = it
                .chars()
                .map(|it| if it.is_control() { '\u{fffd}' } else { it })
                .collect();
            write!(f, ", member `{shown}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Error {}

/// Whether a file of this name is an archive that [`for_each_member`] takes apart. A spreadsheet is a ZIP, too, and is none.
#[must_use]
pub fn packed(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".zip", ".gz", ".tgz", ".xz", ".txz", ".tar"]
        .iter()
        .any(|it| lower.ends_with(it))
}

/// All members of an archive that is in memory, in the order of the archive.
///
/// # Errors
/// As [`for_each_member`].
pub fn unpack(bytes: &[u8], name: &str, limits: Limits) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut out = Vec::new();
    for_each_member(io::Cursor::new(bytes), name, limits, |name, bytes| {
        out.push((name.to_owned(), bytes));
        Ok(())
    })?;
    Ok(out)
}

/// Hands the members of an archive to `sink` one by one, name and content, in the order of the archive. Names have `/` between
/// folders; the one member of a `.gz` or `.xz` has the archive's name without that ending. What `sink` objects to ends it.
///
/// What came before an error may have been handed over already: use none of it unless this returns `Ok`.
///
/// # Errors
/// Not an archive of these kinds; cut off; a checksum that differs; a limit; a link or a special file; an absolute path or one
/// with `..`; two members of one name; encryption; and what `sink` says.
pub fn for_each_member<R: Read + Seek>(
    mut source: R,
    name: &str,
    limits: Limits,
    mut sink: impl FnMut(&str, Vec<u8>) -> Result<(), String>,
) -> Result<(), Error> {
    let mut walk = Walk {
        archive: name,
        limits,
        names: BTreeSet::new(),
        sink: &mut sink,
    };
    let mut head = [0_u8; 6];
    let mut have = 0;
    while have < head.len() {
        match source.read(&mut head[have..]) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(it) => return Err(walk.error(None, it.to_string())),
        }
    }
    source
        .seek(SeekFrom::Start(0))
        .map_err(|it| walk.error(None, it.to_string()))?;
    let head = &head[..have];
    if head.is_empty() {
        Err(walk.error(None, "the file is empty"))
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        walk.zip(source)
    } else if head.starts_with(&[0x1f, 0x8b]) {
        let input = Counted::new(source);
        let taken = input.taken();
        walk.stream(MultiGzDecoder::new(BufReader::new(input)), &taken, ".gz", ".tgz")
    } else if head == b"\xfd7zXZ\0" {
        let input = Counted::new(source);
        let taken = input.taken();
        walk.stream(Xz::new(BufReader::new(input)), &taken, ".xz", ".txz")
    } else {
        let input = Counted::new(source);
        let taken = input.taken();
        walk.stream(input, &taken, "", "")
    }
}

/// What takes the members.
type Sink<'a> = dyn FnMut(&str, Vec<u8>) -> Result<(), String> + 'a;

/// One archive being taken apart.
struct Walk<'a> {
    archive: &'a str,
    limits: Limits,
    names: BTreeSet<String>,
    sink: &'a mut Sink<'a>,
}

impl Walk<'_> {
    fn error(&self, member: Option<&str>, message: impl Into<String>) -> Error {
        Error {
            archive: self.archive.to_owned(),
            member: member.map(str::to_owned),
            message: message.into(),
        }
    }

    /// Checks the name of a file and counts it.
    fn admit(&mut self, raw: &str) -> Result<String, Error> {
        let name = clean(raw).map_err(|it| self.error(Some(raw), it))?;
        if !self.names.insert(name.clone()) {
            return Err(self.error(Some(raw), "two members of this name"));
        }
        if self.names.len() > self.limits.members {
            return Err(self.error(Some(raw), format!("more than {} members", self.limits.members)));
        }
        Ok(name)
    }

    fn give(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Error> {
        (self.sink)(name, bytes).map_err(|it| self.error(Some(name), it))
    }

    fn zip<R: Read + Seek>(&mut self, mut source: R) -> Result<(), Error> {
        let packed = source
            .seek(SeekFrom::End(0))
            .map_err(|it| self.error(None, it.to_string()))?;
        let mut archive = zip::ZipArchive::new(source).map_err(|it| self.error(None, damaged(&it)))?;
        if archive.is_empty() {
            return Err(self.error(None, "an archive without members"));
        }
        // Of two members of exactly one name only the last would be seen.
        if archive.has_duplicate_names() {
            return Err(self.error(None, "two members of one name: refused"));
        }
        let mut budget = Budget::new(self.limits);
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).map_err(|it| self.error(None, damaged(&it)))?;
            let raw = file.name().map_err(|it| self.error(None, damaged(&it)))?.into_owned();
            if file.is_dir() {
                clean(&raw).map_err(|it| self.error(Some(&raw), it))?;
                continue;
            }
            if !file.is_file() {
                return Err(self.error(Some(&raw), "a link or a special file: refused"));
            }
            let name = self.admit(&raw)?;
            let declared = file.size();
            // Before a byte is unpacked: what the archive itself announces.
            budget.fits(declared, packed).map_err(|it| self.error(Some(&raw), it))?;
            let bytes = fill(&mut file, declared, &mut budget, || packed).map_err(|it| self.error(Some(&raw), it))?;
            if bytes.len() as u64 != declared {
                let message = format!("{} bytes where the archive announces {declared}", bytes.len());
                return Err(self.error(Some(&raw), message));
            }
            drop(file);
            self.give(&name, bytes)?;
        }
        Ok(())
    }

    /// A stream that is a tar, or one file under the archive's name without its ending.
    fn stream(&mut self, plain: impl Read, taken: &Taken, ending: &str, tar_ending: &str) -> Result<(), Error> {
        let mut plain = Guarded {
            inner: plain,
            budget: Budget::new(self.limits),
            taken: Rc::clone(taken),
        };
        // A decoder may give its first bytes in small pieces.
        let mut head = Vec::with_capacity(512);
        plain
            .by_ref()
            .take(512)
            .read_to_end(&mut head)
            .map_err(|it| self.error(None, broken(&it)))?;
        // A tar says so 257 bytes behind its start.
        let tar = head.get(257..262) == Some(b"ustar");
        let mut stream = BufReader::with_capacity(64 << 10, io::Cursor::new(head).chain(plain));
        if tar {
            return self.tar(&mut stream);
        }
        if ending.is_empty() {
            return Err(self.error(None, "neither a ZIP, gzip, xz nor tar archive"));
        }
        let lower = self.archive.to_ascii_lowercase();
        if lower.ends_with(tar_ending) || lower.ends_with(&format!(".tar{ending}")) {
            return Err(self.error(None, "there is no tar in it, though its name says so"));
        }
        let last = self.archive.rsplit(['/', '\\']).next().unwrap_or(self.archive);
        let stem = match last.len().checked_sub(ending.len()) {
            Some(cut) if lower.ends_with(ending) && cut > 0 => &last[..cut],
            _ => last,
        };
        let name = self.admit(stem)?;
        let mut budget = Budget::new(self.limits);
        let bytes = fill(&mut stream, 0, &mut budget, || taken.get()).map_err(|it| self.error(Some(&name), it))?;
        self.give(&name, bytes)
    }

    fn tar(&mut self, stream: &mut impl Read) -> Result<(), Error> {
        let input = Counted::new(&mut *stream);
        let read = input.taken();
        let mut archive = tar::Archive::new(input);
        let mut budget = Budget::new(self.limits);
        let mut end = 0_u64;
        let entries = archive.entries().map_err(|it| self.error(None, broken(&it)))?;
        for entry in entries {
            let mut entry = entry.map_err(|it| self.error(None, broken(&it)))?;
            let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            end = entry.raw_file_position() + entry.size().div_ceil(512).saturating_mul(512);
            match entry.header().entry_type() {
                tar::EntryType::Directory => {
                    clean(&raw).map_err(|it| self.error(Some(&raw), it))?;
                    continue;
                }
                // Remarks on the whole archive.
                tar::EntryType::XGlobalHeader => continue,
                tar::EntryType::Regular | tar::EntryType::Continuous => {}
                _ => return Err(self.error(Some(&raw), "a link or a special file: refused")),
            }
            let name = self.admit(&raw)?;
            let size = entry.size();
            let bytes = fill(&mut entry, size, &mut budget, || u64::MAX).map_err(|it| self.error(Some(&raw), it))?;
            if bytes.len() as u64 != size {
                return Err(self.error(Some(&raw), "the archive ends inside of this member: it is cut off"));
            }
            self.give(&name, bytes)?;
        }
        // Only a block of zeros ends a tar; the end of the stream does not.
        if read.get() <= end {
            return Err(self.error(None, "the archive has no end mark: it is cut off"));
        }
        // The checksum of a compressed stream stands at its end.
        io::copy(stream, &mut io::sink()).map_err(|it| self.error(None, broken(&it)))?;
        if self.names.is_empty() {
            return Err(self.error(None, "an archive without members"));
        }
        Ok(())
    }
}

/// The name of a member with `/` between folders, or why it is refused.
fn clean(raw: &str) -> Result<String, &'static str> {
    let name = raw.replace('\\', "/");
    if name.is_empty() || name.contains('\0') {
        return Err("a name that is empty or holds a NUL");
    }
    if name.starts_with('/') || name.as_bytes().get(1) == Some(&b':') {
        return Err("an absolute path: refused");
    }
    let parts: Vec<&str> = name.split('/').filter(|it| !matches!(*it, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err("a path that leaves its folder (`..`): refused");
    }
    Ok(parts.join("/"))
}

/// How much was unpacked, against the limits.
struct Budget {
    limits: Limits,
    unpacked: u64,
}

impl Budget {
    const fn new(limits: Limits) -> Self {
        Self { limits, unpacked: 0 }
    }

    /// Whether `more` bytes may be unpacked from an archive of which `packed` bytes were read.
    fn fits(&self, more: u64, packed: u64) -> Result<(), String> {
        let total = self.unpacked.saturating_add(more);
        if total > self.limits.bytes {
            return Err(format!("more than {} bytes unpacked", self.limits.bytes));
        }
        if total > RATIO_FROM && total > packed.saturating_mul(self.limits.ratio) {
            return Err(format!(
                "more than {} bytes unpacked for each packed one",
                self.limits.ratio
            ));
        }
        Ok(())
    }
}

/// All of a member. What it announces is reserved at once, so that its content is never moved; zero for unknown.
fn fill(
    from: &mut impl Read,
    announced: u64,
    budget: &mut Budget,
    packed: impl Fn() -> u64,
) -> Result<Vec<u8>, String> {
    const STEP: usize = 1 << 20;
    let mut out = Vec::new();
    // A reservation is no use of memory before it is written to, and larger ones than the limit are not made.
    if announced <= budget.limits.bytes {
        let room = usize::try_from(announced).map_err(|_| "a member larger than the memory".to_owned())?;
        out.try_reserve_exact(room).map_err(|it| it.to_string())?;
    }
    loop {
        let before = out.len();
        let left = if out.capacity() > before {
            out.capacity() - before
        } else {
            STEP
        };
        let n = from
            .by_ref()
            .take(left.min(STEP) as u64)
            .read_to_end(&mut out)
            .map_err(|it| broken(&it))? as u64;
        if n == 0 {
            return Ok(out);
        }
        budget.fits(n, packed())?;
        budget.unpacked += n;
    }
}

fn broken(it: &io::Error) -> String {
    match it.kind() {
        io::ErrorKind::UnexpectedEof => "the archive is cut off".to_owned(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => format!("the archive is damaged: {it}"),
        _ => it.to_string(),
    }
}

fn damaged(it: &zip::result::ZipError) -> String {
    match it {
        zip::result::ZipError::Io(it) => broken(it),
        _ => format!("the archive is damaged, cut off or of a kind that is not read: {it}"),
    }
}

/// How many bytes were taken from a reader; shared with whoever asks.
type Taken = Rc<Cell<u64>>;

/// A reader that counts.
struct Counted<R> {
    inner: R,
    taken: Taken,
}

impl<R> Counted<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            taken: Rc::default(),
        }
    }

    fn taken(&self) -> Taken {
        Rc::clone(&self.taken)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.taken.set(self.taken.get() + n as u64);
        Ok(n)
    }
}

/// A decoder that ends in an error as soon as it gave more than the limits allow.
struct Guarded<R> {
    inner: R,
    budget: Budget,
    taken: Taken,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        // Headers and padding of a tar come on top of its members.
        let headers = 2048 * (self.budget.limits.members as u64 + 8);
        let allowed = Budget {
            limits: Limits {
                bytes: self.budget.limits.bytes.saturating_add(headers),
                ..self.budget.limits
            },
            unpacked: self.budget.unpacked,
        };
        allowed.fits(n as u64, self.taken.get()).map_err(io::Error::other)?;
        self.budget.unpacked += n as u64;
        Ok(n)
    }
}

/// xz as a reader. The reader of the library has no limit of memory, its stream has one.
struct Xz<R> {
    input: R,
    stream: XzStream,
    done: bool,
}

/// For the window of the compression: `xz -9` has 64 MiB.
const XZ_MEMORY_KIB: u32 = 256 << 10;

impl<R: BufRead> Xz<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            stream: XzStream::new_mem_limit(true, XZ_MEMORY_KIB),
            done: false,
        }
    }

    /// One step: how many bytes it gave, or `Break` at the end.
    fn step(&mut self, buffer: &mut [u8]) -> io::Result<ControlFlow<(), usize>> {
        let input = self.input.fill_buf()?;
        let action = if input.is_empty() {
            lzma_rust2::Action::Finish
        } else {
            lzma_rust2::Action::Run
        };
        let over = input.is_empty();
        let step = self.stream.process(input, buffer, action)?;
        self.input.consume(step.bytes_consumed);
        match step.status {
            lzma_rust2::Status::StreamEnd => {
                self.done = true;
                Ok(if step.bytes_produced == 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(step.bytes_produced)
                })
            }
            // Neither takes nor gives at the end of the input: cut off, whatever the stream says.
            lzma_rust2::Status::Ok if over && step.bytes_produced == 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            lzma_rust2::Status::Ok if step.bytes_consumed == 0 && step.bytes_produced == 0 => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the xz stream stands still"))
            }
            lzma_rust2::Status::Ok => Ok(ControlFlow::Continue(step.bytes_produced)),
        }
    }
}

impl<R: BufRead> Read for Xz<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.done && !buffer.is_empty() {
            match self.step(buffer)? {
                ControlFlow::Break(()) => return Ok(0),
                ControlFlow::Continue(0) => {}
                ControlFlow::Continue(n) => return Ok(n),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 100 << 20,
        ratio: 250,
        members: 3,
    };

    /// `id,name\n1,a\n`, as `xz` packs it.
    const XZ: &[u8] = &[
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00,
        0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x0b, 0x69, 0x64, 0x2c, 0x6e, 0x61, 0x6d, 0x65, 0x0a, 0x31,
        0x2c, 0x61, 0x0a, 0x00, 0x65, 0x5d, 0x41, 0x22, 0x72, 0x26, 0xf1, 0xba, 0x00, 0x01, 0x24, 0x0c, 0xa6, 0x18,
        0xd8, 0xd8, 0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
    ];

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expect: &str) {
        let got = match unpack(bytes, name, LIMITS) {
            Ok(members) => members
                .iter()
                .map(|it| format!("{}={};", it.0, String::from_utf8_lossy(&it.1)))
                .collect(),
            Err(it) => it.to_string(),
        };
        assert_eq!(got, expect);
    }

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    fn header(name: &[u8], size: u64, kind: tar::EntryType) -> tar::Header {
        let mut header = tar::Header::new_ustar();
        // Not by `set_path`, which refuses what these tests are about.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        header
    }

    fn tarred(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let header = header(name.as_bytes(), bytes.len() as u64, tar::EntryType::Regular);
            tar.append(&header, *bytes).unwrap();
        }
        tar.into_inner().unwrap()
    }

    #[test]
    fn members_keep_their_names() {
        check("a.zip", &zipped(&[("x/SDN.XML", b"1"), ("b", b"")]), "x/SDN.XML=1;b=;");
        check("dir/list.csv.gz", &gzipped(b"1,2\n"), "list.csv=1,2\n;");
        check("LIST.CSV.XZ", XZ, "LIST.CSV=id,name\n1,a\n;");
        let tar = tarred(&[("./x/a.csv", b"1\n"), ("b.csv", b"2\n")]);
        check("a.tar", &tar, "x/a.csv=1\n;b.csv=2\n;");
        check("a.tgz", &gzipped(&tar), "x/a.csv=1\n;b.csv=2\n;");
        // Several gzip streams one after the other are one file.
        check("a.gz", &[gzipped(b"1\n"), gzipped(b"2\n")].concat(), "a=1\n2\n;");
    }

    #[test]
    fn what_is_refused() {
        check("a.zip", b"", "a.zip: the file is empty");
        check("a.zip", b"<html>", "a.zip: neither a ZIP, gzip, xz nor tar archive");
        check("a.zip", &zipped(&[]), "a.zip: an archive without members");
        check(
            "a.zip",
            &zipped(&[("../../etc/x", b"1")]),
            "a.zip, member `../../etc/x`: a path that leaves its folder (`..`): refused",
        );
        check(
            "a.zip",
            &zipped(&[("x\\..\\y", b"1")]),
            "a.zip, member `x\\..\\y`: a path that leaves its folder (`..`): refused",
        );
        check(
            "a.zip",
            &zipped(&[("/x", b"1")]),
            "a.zip, member `/x`: an absolute path: refused",
        );
        check(
            "a.zip",
            &zipped(&[("c:x", b"1")]),
            "a.zip, member `c:x`: an absolute path: refused",
        );
        check(
            "a.zip",
            &zipped(&[("a", b"1"), ("./a", b"2")]),
            "a.zip, member `./a`: two members of this name",
        );
        // Exactly one name, which no writer makes: in the headers of both members and in the directory.
        let mut twice = zipped(&[("name-1", b"1"), ("name-2", b"2")]);
        for at in 0..twice.len() - 5 {
            if &twice[at..at + 6] == b"name-2" {
                twice[at + 5] = b'1';
            }
        }
        check("a.zip", &twice, "a.zip: two members of one name: refused");
        check(
            "a.zip",
            &zipped(&[("a", b""), ("b", b""), ("c", b""), ("d", b"")]),
            "a.zip, member `d`: more than 3 members",
        );
        check(
            "a.tar.gz",
            &gzipped(b"1\n"),
            "a.tar.gz: there is no tar in it, though its name says so",
        );
        check(
            "a.gz",
            &[gzipped(b"1\n"), b"junk behind it".to_vec()].concat(),
            "a.gz: the archive is damaged: invalid gzip header",
        );
        let mut link = tar::Builder::new(Vec::new());
        link.append(&header(b"a", 0, tar::EntryType::Symlink), &b""[..])
            .unwrap();
        check(
            "a.tar",
            &link.into_inner().unwrap(),
            "a.tar, member `a`: a link or a special file: refused",
        );
        check(
            "a.tar",
            &tarred(&[("x/../../y", b"1")]),
            "a.tar, member `x/../../y`: a path that leaves its folder (`..`): refused",
        );
    }

    #[test]
    fn bombs() {
        let much = vec![0_u8; 32 << 20];
        let ratio = "more than 250 bytes unpacked for each packed one";
        check(
            "a.zip",
            &zipped(&[("a", &much)]),
            &format!("a.zip, member `a`: {ratio}"),
        );
        check("a.gz", &gzipped(&much), &format!("a.gz, member `a`: {ratio}"));
        check(
            "a.tar.gz",
            &gzipped(&tarred(&[("a", &much)])),
            &format!("a.tar.gz, member `a`: {ratio}"),
        );
        // A tar that announces exbibytes must not reserve them.
        let huge = header(b"a", 1 << 60, tar::EntryType::Regular).as_bytes().to_vec();
        check(
            "a.tar",
            &huge,
            "a.tar, member `a`: the archive ends inside of this member: it is cut off",
        );
        let tight = Limits { bytes: 3, ..LIMITS };
        let message = "a.zip, member `b`: more than 3 bytes unpacked";
        let error = unpack(&zipped(&[("a", b"12"), ("b", b"34")]), "a.zip", tight).unwrap_err();
        assert_eq!(error.to_string(), message);
        let error = unpack(&gzipped(b"1234"), "a.gz", tight).unwrap_err();
        assert_eq!(error.to_string(), "a.gz, member `a`: more than 3 bytes unpacked");
    }

    /// Cut anywhere, and with any one bit turned over: refused, or what it held before.
    #[test]
    fn cut_and_damaged() {
        let text =
            b"36,\"AEROCARIBBEAN AIRLINES\",-0- ,\"CUBA\"\r\n173,\"ANGLO-CARIBBEAN CO., LTD.\",-0- ,\"CUBA\"\r\n\x1a";
        let tar = tarred(&[("a.csv", text), ("b.csv", b"1\n")]);
        for (name, whole) in [
            ("a.zip", zipped(&[("a.csv", text), ("b.csv", b"1\n")])),
            ("a.csv.gz", gzipped(text)),
            ("a.tar.gz", gzipped(&tar)),
            ("a.csv.xz", XZ.to_vec()),
        ] {
            let good = unpack(&whole, name, LIMITS).unwrap();
            for cut in 0..whole.len() {
                assert!(unpack(&whole[..cut], name, LIMITS).is_err(), "{name} cut at {cut}");
            }
            for at in 0..whole.len() * 8 {
                let mut bytes = whole.clone();
                bytes[at / 8] ^= 1 << (at % 8);
                // Names and dates have no checksum, contents do.
                if let Ok(members) = unpack(&bytes, name, LIMITS) {
                    let contents = |it: &[(String, Vec<u8>)]| it.iter().map(|it| it.1.clone()).collect::<Vec<_>>();
                    assert_eq!(contents(&members), contents(&good), "{name}, bit {at}");
                }
            }
        }
        // Inside of the zeros at the end a plain tar has only to be complete up to its first block of them.
        for cut in 0..tar.len() {
            match unpack(&tar[..cut], "a.tar", LIMITS) {
                Ok(it) => assert!(it.len() == 2 && cut >= tar.len() - 512, "cut at {cut}"),
                Err(_) => assert!(cut < tar.len()),
            }
        }
    }

    /// The real archives: sizes and checks of what is in them.
    #[test]
    fn shared_archives() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lists");
        if !folder.is_dir() {
            eprintln!("SKIPPED: ../shared is not there");
            return;
        }
        let mut shown = String::new();
        for (path, ratio) in [
            ("ofac/consolidated_enhanced_2025-01/CONS_ENHANCED.ZIP", 250),
            ("ofac/samples/sample_ofac_sdn.zip", 250),
            ("us_csl/2022-04/consolidated.csv.gz", 250),
            ("ofac/history/all_308_versions.tar.xz", 2_000),
        ] {
            let file = std::fs::File::open(folder.join(path)).unwrap();
            let limits = Limits { ratio, ..Limits::LISTS };
            let (mut members, mut bytes, mut first) = (0, 0, String::new());
            for_each_member(file, path, limits, |name, content| {
                if members == 0 {
                    name.clone_into(&mut first);
                }
                members += 1;
                bytes += content.len();
                Ok(())
            })
            .unwrap();
            shown += &format!("{members} {bytes} {first}\n");
        }
        assert_eq!(
            shown,
            "1 3420879 CONS_ENHANCED.XML\n1 13754 t/data/sdn.xml\n1 5829294 consolidated.csv\n\
             308 879299327 sdn_2021-08-18.csv\n"
        );
    }
}
