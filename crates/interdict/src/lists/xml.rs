//! XML file -> one small element tree a record, streamed, with limits; the end of the file has to be reached.
//!
//! [`stream`] reads from anywhere, in pieces, and lends each record to its caller: nothing is allocated per element. [`read`] is the
//! same for bytes in memory and hands over trees to keep.
//!
//! Names are local names: publishers change namespaces (OFAC did on 2024-05-07). No DTD is read and no entity is resolved but the
//! five of XML and character references.

use std::io::{self, BufRead};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::entity::{Problem, Severity};

/// Elements nested deeper than this end the reading: the deepest official format needs 12.
const MAX_DEPTH: usize = 64;
/// A record of more bytes of names, text and attributes than this ends the reading: OFAC's largest record is 69 kB. So does a
/// single tag, text or comment of more bytes.
const MAX_RECORD_BYTES: usize = 16 << 20;
/// An element with more attributes than this ends the reading: the cost of telling them apart grows with their square.
const MAX_ATTRIBUTES: usize = 256;
/// What an element counts for beside them: a record of nothing but empty elements is no small one.
const ELEMENT_BYTES: usize = 64;

/// One element with all that it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The local name.
    pub name: String,
    /// Attributes by local name, in file order.
    pub attributes: Vec<(String, String)>,
    /// The text directly inside, whitespace at both ends removed unless `xml:space` says to preserve it.
    pub text: String,
    /// Elements directly inside, in file order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of a name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.name == name)
    }

    /// All children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |it| it.name == name)
    }

    /// All grandchildren `list/item`, over every `list` there is.
    pub fn items<'a>(&'a self, list: &'a str, item: &'a str) -> impl Iterator<Item = &'a Self> {
        self.all(list).flat_map(move |it| it.all(item))
    }

    /// The text of the first child of a name; empty where there is none.
    #[must_use]
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |it| it.text.as_str())
    }

    /// An attribute, whitespace at both ends removed; empty where there is none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|it| it.0 == name)
            .map_or("", |it| it.1.trim())
    }
}

/// What stood around the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The root element, without its children.
    pub root: Element,
    /// The namespace that the root declares as default; empty where it declares none.
    pub namespace: String,
    /// Why the reading ended early; `None` when the root element was closed and nothing stood behind it.
    pub fatal: Option<Problem>,
}

/// One element of a record that is lent: its content is gone when the next record is read.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    arena: &'a Arena,
    at: usize,
}

impl<'a> Node<'a> {
    fn item(self) -> &'a Item {
        &self.arena.items[self.at]
    }

    /// The local name.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.arena.get(self.item().name)
    }

    /// The text directly inside, whitespace at both ends removed unless `xml:space` says to preserve it.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.arena.get(self.item().text)
    }

    /// Attributes by local name, in file order.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let (from, to) = self.item().attributes;
        self.arena.attributes[from..to]
            .iter()
            .map(move |it| (self.arena.get(it.0), self.arena.get(it.1)))
    }

    /// An attribute, whitespace at both ends removed; empty where there is none.
    #[must_use]
    pub fn attribute(self, name: &str) -> &'a str {
        self.attributes().find(|it| it.0 == name).map_or("", |it| it.1.trim())
    }

    /// Elements directly inside, in file order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let arena = self.arena;
        let some = |at: usize| (at != NONE).then_some(Node { arena, at });
        std::iter::successors(some(self.item().first), move |it| some(it.item().next))
    }

    /// The first child of a name.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|it| it.name() == name)
    }

    /// All children of a name.
    pub fn all(self, name: &'a str) -> impl Iterator<Item = Self> {
        self.children().filter(move |it| it.name() == name)
    }

    /// All grandchildren `list/item`, over every `list` there is.
    pub fn items(self, list: &'a str, item: &'a str) -> impl Iterator<Item = Self> {
        self.all(list).flat_map(move |it| it.all(item))
    }

    /// The text of the first child of a name; empty where there is none.
    #[must_use]
    pub fn text_of(self, name: &str) -> &'a str {
        self.child(name).map_or("", Self::text)
    }

    /// A tree of its own, to keep.
    #[must_use]
    pub fn to_element(self) -> Element {
        Element {
            name: self.name().to_owned(),
            attributes: self.attributes().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(),
            text: self.text().to_owned(),
            children: self.children().map(Self::to_element).collect(),
        }
    }
}

/// Where a string stands in the text of an arena.
type Span = (usize, usize);

/// The root of a record is nobody's child or sibling, so its place stands for none.
const NONE: usize = 0;

/// The elements of one record, in file order. It is emptied, not freed, from record to record.
#[derive(Debug, Default)]
struct Arena {
    items: Vec<Item>,
    attributes: Vec<(Span, Span)>,
    text: String,
}

#[derive(Debug, Default)]
struct Item {
    name: Span,
    attributes: Span,
    text: Span,
    first: usize,
    last: usize,
    next: usize,
}

impl Arena {
    fn get(&self, span: Span) -> &str {
        &self.text[span.0..span.1]
    }

    fn put(&mut self, text: &str) -> Span {
        let from = self.text.len();
        self.text.push_str(text);
        (from, self.text.len())
    }

    fn clear(&mut self) {
        self.items.clear();
        self.attributes.clear();
        self.text.clear();
    }
}

/// The record that is being read.
#[derive(Default)]
struct Record {
    arena: Arena,
    /// The elements that are open, outermost first.
    open: Vec<usize>,
    /// The text of each open element so far; emptied, not freed.
    texts: Vec<String>,
    /// Bytes of names, text and attributes.
    size: usize,
}

impl Record {
    fn start(&mut self, start: &BytesStart<'_>, at: u64) -> Result<(), Problem> {
        let place = self.arena.items.len();
        let name = self.arena.put(local_name(start, at)?);
        let from = self.arena.attributes.len();
        each_attribute(start, at, |key, value| {
            let key = self.arena.put(key);
            let value = self.arena.put(value);
            self.arena.attributes.push((key, value));
        })?;
        self.size += self.arena.text.len() - name.0 + ELEMENT_BYTES;
        self.arena.items.push(Item {
            name,
            attributes: (from, self.arena.attributes.len()),
            ..Item::default()
        });
        if let Some(parent) = self.open.last() {
            let before = std::mem::replace(&mut self.arena.items[*parent].last, place);
            if before == NONE {
                self.arena.items[*parent].first = place;
            } else {
                self.arena.items[before].next = place;
            }
        }
        if self.texts.len() == self.open.len() {
            self.texts.push(String::new());
        }
        self.texts[self.open.len()].clear();
        self.open.push(place);
        Ok(())
    }

    /// Whether the element says that the white space around its text belongs to it.
    fn preserves(&self, place: usize) -> bool {
        let node = Node {
            arena: &self.arena,
            at: place,
        };
        node.attribute("space") == "preserve"
    }

    /// Closes the innermost element.
    fn end(&mut self) {
        if let Some(place) = self.open.pop() {
            let text = &self.texts[self.open.len()];
            let text = self.arena.put(if self.preserves(place) { text } else { text.trim() });
            self.arena.items[place].text = text;
        }
    }

    fn append(&mut self, text: &str, at: u64, containers: &[String]) -> Result<(), Problem> {
        if let Some(depth) = self.open.len().checked_sub(1) {
            // White space at the head of a text goes away in the end; most texts are nothing else.
            let trims = self.texts[depth].is_empty() && !self.preserves(self.open[depth]);
            let into = &mut self.texts[depth];
            let text = if trims { text.trim_start() } else { text };
            self.size += text.len();
            into.push_str(text);
            return Ok(());
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        let place = containers.last().map_or("outside the root element", String::as_str);
        Err(fatal(
            at,
            text.trim(),
            format!("text where records stand, in `{place}`"),
        ))
    }

    fn clear(&mut self) {
        self.arena.clear();
        self.size = 0;
    }
}

/// Reads a file of one root element. `containers` are the names whose children are records (`INDIVIDUALS`); the root is one
/// always. Each other element right inside a container goes to `sink`, with the container's name.
///
/// Cost: linear in the file; memory: one record.
pub fn read(bytes: &[u8], containers: &[&str], mut sink: impl FnMut(&str, Element)) -> Frame {
    let mut rest = bytes;
    stream(&mut rest, containers, |container, it| sink(container, it.to_element()))
}

/// As [`read`], from anywhere, and without giving the records away.
///
/// Cost: linear in the file; memory: the largest record.
pub fn stream(source: &mut dyn BufRead, containers: &[&str], mut sink: impl FnMut(&str, Node<'_>)) -> Frame {
    let mut frame = Frame::default();
    let mut reader = Reader::from_reader(Decoded::new(source));
    if let Err(problem) = walk(&mut reader, containers, &mut frame, &mut sink) {
        // What is wrong with the bytes comes before what that did to the elements.
        frame.fatal = Some(reader.get_mut().fault.take().unwrap_or(problem));
    }
    frame
}

fn fatal(position: u64, value: &str, message: impl Into<String>) -> Problem {
    Problem::new(Severity::Fatal, format!("byte {position}"), "", value, message)
}

fn walk(
    reader: &mut Reader<Decoded<'_>>,
    containers: &[&str],
    frame: &mut Frame,
    sink: &mut impl FnMut(&str, Node<'_>),
) -> Result<(), Problem> {
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = true;
    let mut buffer = Vec::new();
    // The containers that are open, root first.
    let mut open: Vec<String> = Vec::new();
    let mut record = Record::default();
    let mut closed = false;
    loop {
        buffer.clear();
        reader.get_mut().event = 0;
        let at = reader.buffer_position();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(it) => it,
            Err(it) => {
                let place = reader.error_position();
                let head = reader.get_ref().head.to_ascii_lowercase();
                let what = if head.trim_ascii_start().starts_with(b"<!doctype html") {
                    "an HTML page, not a list: "
                } else {
                    ""
                };
                return Err(fatal(place, "", format!("{what}not well-formed XML: {it}")));
            }
        };
        match event {
            Event::Start(start) => {
                if closed {
                    return Err(fatal(at, "", "an element stands behind the end of the root element"));
                }
                if open.is_empty() {
                    let root = element(&start, at)?;
                    if root.name.eq_ignore_ascii_case("html") {
                        return Err(fatal(at, "html", "an HTML page, not a list"));
                    }
                    frame.namespace = root.attribute("xmlns").to_owned();
                    open.push(root.name.clone());
                    frame.root = root;
                } else if record.open.is_empty() && containers.contains(&local_name(&start, at)?) {
                    // Read for what may be wrong with it.
                    open.push(element(&start, at)?.name);
                } else {
                    record.start(&start, at)?;
                }
                if open.len() + record.open.len() > MAX_DEPTH {
                    return Err(fatal(at, "", format!("elements nested deeper than {MAX_DEPTH}")));
                }
            }
            Event::End(_) if record.open.is_empty() => {
                open.pop();
                closed = open.is_empty();
            }
            Event::End(_) => {
                record.end();
                if record.open.is_empty() {
                    let root = Node {
                        arena: &record.arena,
                        at: 0,
                    };
                    sink(open.last().map_or("", String::as_str), root);
                    record.clear();
                }
            }
            Event::Text(it) => record.append(&it.xml10_content(), at, &open)?,
            Event::CData(it) => record.append(&it.xml10_content(), at, &open)?,
            Event::GeneralRef(it) => {
                let resolved = match it.resolve_char_ref().map_err(|it| fatal(at, "", it.to_string()))? {
                    Some(it) => it.to_string(),
                    None => {
                        let name: &str = &it;
                        quick_xml::escape::resolve_predefined_entity(name)
                            .ok_or_else(|| fatal(at, name, "an entity that XML does not define"))?
                            .to_owned()
                    }
                };
                record.append(&resolved, at, &open)?;
            }
            Event::DocType(it) => {
                let near: String = format!("<!DOCTYPE {}>", it.trim()).chars().take(40).collect();
                let what = if near.to_ascii_lowercase().contains("html") {
                    "an HTML page, not a list"
                } else {
                    "a document type definition: refused"
                };
                return Err(fatal(at, &near, what));
            }
            Event::Eof => {
                return if closed {
                    Ok(())
                } else if reader.get_ref().blank {
                    Err(fatal(0, "", "the file is empty"))
                } else if open.is_empty() {
                    Err(fatal(at, "", "no root element: not an XML file"))
                } else {
                    Err(fatal(
                        at,
                        "",
                        format!("the file ends before `</{}>`: it is cut off", open[0]),
                    ))
                };
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
        }
        if record.size > MAX_RECORD_BYTES {
            return Err(fatal(at, "", format!("a record of more than {MAX_RECORD_BYTES} bytes")));
        }
    }
}

fn local_name<'a>(start: &'a BytesStart<'_>, at: u64) -> Result<&'a str, Problem> {
    let name = start.local_name().into_inner();
    if name.trim().is_empty() {
        return Err(fatal(at, "", "an element without a name"));
    }
    Ok(name)
}

fn each_attribute(start: &BytesStart<'_>, at: u64, mut sink: impl FnMut(&str, &str)) -> Result<(), Problem> {
    for (count, it) in start.attributes().enumerate() {
        if count == MAX_ATTRIBUTES {
            let message = format!("an element of more than {MAX_ATTRIBUTES} attributes");
            return Err(fatal(at, start.name().as_ref(), message));
        }
        let it = it.map_err(|it| fatal(at, "", it.to_string()))?;
        let value = it
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|it| fatal(at, "", it.to_string()))?;
        sink(it.key.local_name().into_inner(), &value);
    }
    Ok(())
}

fn element(start: &BytesStart<'_>, at: u64) -> Result<Element, Problem> {
    let mut element = Element {
        name: local_name(start, at)?.to_owned(),
        ..Element::default()
    };
    each_attribute(start, at, |key, value| {
        element.attributes.push((key.to_owned(), value.to_owned()));
    })?;
    Ok(element)
}

/// The bytes of a file as UTF-8, piece by piece: by byte order mark, else by what the XML declaration says.
struct Decoded<'r> {
    source: &'r mut dyn BufRead,
    /// `None` before the first piece.
    decoder: Option<Decoder>,
    out: Vec<u8>,
    /// What of `out` is used.
    used: usize,
    /// Bytes of the file before the piece in `out`.
    before: u64,
    /// Bytes given since somebody set it to zero.
    event: usize,
    /// The first bytes, decoded.
    head: Vec<u8>,
    /// Nothing but white space so far.
    blank: bool,
    ended: bool,
    fault: Option<Problem>,
}

enum Decoder {
    /// With the bytes of a character that goes on in the next piece.
    Utf8(Vec<u8>),
    Other {
        encoding: &'static encoding_rs::Encoding,
        decoder: Box<encoding_rs::Decoder>,
        /// Read as declared, each letter beyond ASCII would become two or more others; the bytes tell.
        watch: Option<Watch>,
    },
}

/// Whether bytes in an encoding that is not UTF-8 are UTF-8 after all.
#[derive(Default)]
struct Watch {
    rest: Vec<u8>,
    first: Option<u64>,
    differs: bool,
}

impl Watch {
    fn look(&mut self, piece: &[u8], before: u64) {
        if self.differs {
            return;
        }
        if self.first.is_none() {
            self.first = piece.iter().position(|it| !it.is_ascii()).map(|it| before + it as u64);
        }
        self.rest.extend_from_slice(piece);
        match std::str::from_utf8(&self.rest) {
            Ok(_) => self.rest.clear(),
            Err(it) if it.error_len().is_none() => {
                let valid = it.valid_up_to();
                self.rest.drain(..valid);
            }
            Err(_) => self.differs = true,
        }
    }
}

/// How much of a file is decoded at once, bytes.
const PIECE: usize = 64 << 10;
/// An XML declaration stands within so many bytes.
const DECLARATION: usize = 200;

impl<'r> Decoded<'r> {
    fn new(source: &'r mut dyn BufRead) -> Self {
        Self {
            source,
            decoder: None,
            out: Vec::new(),
            used: 0,
            before: 0,
            event: 0,
            head: Vec::new(),
            blank: true,
            ended: false,
            fault: None,
        }
    }

    fn refill(&mut self) -> Result<(), Problem> {
        self.used = 0;
        self.out.clear();
        if self.decoder.is_none() {
            let mut piece = Vec::new();
            let mut first = io::Read::take(&mut *self.source, DECLARATION as u64);
            io::Read::read_to_end(&mut first, &mut piece).map_err(|it| unreadable(0, &it))?;
            let bom;
            (self.decoder, bom) = decoder(&piece)?;
            self.before = bom as u64;
            return self.feed(Some(&piece[bom..]));
        }
        let available = loop {
            match self.source.fill_buf() {
                Ok(it) => break it.len().min(PIECE),
                Err(it) if it.kind() == io::ErrorKind::Interrupted => {}
                Err(it) => return Err(unreadable(self.before, &it)),
            }
        };
        if available == 0 {
            return self.feed(None);
        }
        let piece = match self.source.fill_buf() {
            Ok(it) => it[..available.min(it.len())].to_vec(),
            Err(it) => return Err(unreadable(self.before, &it)),
        };
        self.source.consume(piece.len());
        self.feed(Some(&piece))
    }

    /// Decodes a piece, or what is left at the end of the file.
    fn feed(&mut self, piece: Option<&[u8]>) -> Result<(), Problem> {
        self.ended = piece.is_none();
        let piece = piece.unwrap_or_default();
        let outcome = match &mut self.decoder {
            None => Ok(()),
            Some(Decoder::Utf8(rest)) => {
                let from = self.before - rest.len() as u64;
                self.out.append(rest);
                self.out.extend_from_slice(piece);
                match std::str::from_utf8(&self.out).map_err(|it| (it.valid_up_to(), it.error_len())) {
                    Ok(_) => Ok(()),
                    Err((valid, None)) if !self.ended => {
                        *rest = self.out.split_off(valid);
                        Ok(())
                    }
                    Err((valid, _)) => {
                        let near = &self.out[valid.saturating_sub(20)..(valid + 20).min(self.out.len())];
                        let near = String::from_utf8_lossy(near).into_owned();
                        self.out.truncate(valid);
                        Err(fatal(from + valid as u64, &near, "bytes that are not UTF-8"))
                    }
                }
            }
            Some(Decoder::Other {
                encoding,
                decoder,
                watch,
            }) => {
                if let Some(it) = watch {
                    it.look(piece, self.before);
                }
                let room = decoder
                    .max_utf8_buffer_length_without_replacement(piece.len())
                    .unwrap_or(piece.len() * 4 + 16);
                self.out.resize(room, 0);
                let (result, read, written) =
                    decoder.decode_to_utf8_without_replacement(piece, &mut self.out, self.ended);
                self.out.truncate(written);
                let declared_wrongly = watch
                    .as_ref()
                    .filter(|it| self.ended && !it.differs && it.rest.is_empty());
                match (result, declared_wrongly.and_then(|it| it.first)) {
                    (encoding_rs::DecoderResult::InputEmpty, None) => Ok(()),
                    (encoding_rs::DecoderResult::InputEmpty, Some(at)) => Err(fatal(
                        at,
                        encoding.name(),
                        "the bytes are UTF-8, the XML declaration names another encoding",
                    )),
                    _ => Err(fatal(
                        self.before + read as u64,
                        "",
                        format!("bytes that are not {}", encoding.name()),
                    )),
                }
            }
        };
        self.before += piece.len() as u64;
        self.blank &= self.out.iter().all(u8::is_ascii_whitespace);
        if self.head.len() < 64 {
            self.head.extend(self.out.iter().take(64));
        }
        outcome
    }
}

fn unreadable(at: u64, it: &io::Error) -> Problem {
    fatal(at, "", format!("the file could not be read further: {it}"))
}

/// The decoder that the first bytes of a file ask for, and the length of the byte order mark.
fn decoder(head: &[u8]) -> Result<(Option<Decoder>, usize), Problem> {
    let (encoding, bom) = match encoding_rs::Encoding::for_bom(head) {
        Some(it) => it,
        None => {
            let text = String::from_utf8_lossy(head).to_ascii_lowercase();
            let declared = text
                .split_once("encoding=")
                .filter(|_| text.starts_with("<?xml"))
                .and_then(|(_, it)| it.get(1..)?.split(['"', '\'']).next());
            let encoding = match declared {
                None => encoding_rs::UTF_8,
                Some(label) => encoding_rs::Encoding::for_label(label.as_bytes())
                    .ok_or_else(|| fatal(0, label, "the XML declaration names an unknown encoding"))?,
            };
            (encoding, 0)
        }
    };
    let decoder = if encoding == encoding_rs::UTF_8 {
        Decoder::Utf8(Vec::new())
    } else {
        Decoder::Other {
            encoding,
            decoder: Box::new(encoding.new_decoder_without_bom_handling()),
            watch: encoding.is_ascii_compatible().then(Watch::default),
        }
    };
    Ok((Some(decoder), bom))
}

impl io::Read for Decoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.fill_buf()?;
        let n = piece.len().min(buffer.len());
        buffer[..n].copy_from_slice(&piece[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Decoded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.event > MAX_RECORD_BYTES && self.fault.is_none() {
            let message = format!("a tag, a text or a comment of more than {MAX_RECORD_BYTES} bytes");
            self.fault = Some(fatal(self.before, "", message));
            self.used = self.out.len();
        }
        while self.used == self.out.len() && !self.ended && self.fault.is_none() {
            if let Err(it) = self.refill() {
                self.fault = Some(it);
            }
        }
        if self.used == self.out.len() && self.fault.is_some() {
            return Err(io::Error::other("the bytes end here"));
        }
        Ok(&self.out[self.used..])
    }

    fn consume(&mut self, n: usize) {
        self.used += n;
        self.event += n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(xml: &[u8], expect: &str) {
        let mut out = String::new();
        let frame = read(xml, &["LIST"], |container, it| {
            out += &format!("{container}/{}={};", it.name, it.text)
        });
        if let Some(it) = frame.fatal {
            out += &format!("FATAL {it}");
        }
        assert_eq!(out, expect);
    }

    #[test]
    fn records_and_faults() {
        check(
            b"<r xmlns='u'><d>1</d><LIST><p>a &amp; b</p><p/></LIST></r>",
            "r/d=1;LIST/p=a & b;LIST/p=;",
        );
        check("<r><p>caf\u{e9} &#x1F6A2;</p></r>".as_bytes(), "r/p=café 🚢;");
        check(b"<r><p> a </p><p xml:space='preserve'> a </p></r>", "r/p=a;r/p= a ;");
        check(
            b"<?xml version='1.0' encoding='windows-1252'?><r><p>caf\xe9</p></r>",
            "r/p=café;",
        );
        check(
            "<?xml version='1.0' encoding='windows-1252'?><r><p>caf\u{e9}</p></r>".as_bytes(),
            "r/p=cafÃ©;FATAL record `byte 54`, value `windows-1252`: the bytes are UTF-8, the XML declaration names another encoding",
        );
        check(b"", "FATAL record `byte 0`: the file is empty");
        check(
            b"<r><p>a</p>",
            "FATAL record `byte 11`: the file ends before `</r>`: it is cut off"
                .replacen("FATAL", "r/p=a;FATAL", 1)
                .as_str(),
        );
        check(
            b"<!DOCTYPE html><html>",
            "FATAL record `byte 0`, value `<!DOCTYPE html>`: an HTML page, not a list",
        );
        check(
            b"<html><p>403</p></html>",
            "FATAL record `byte 0`, value `html`: an HTML page, not a list",
        );
        check(
            b"<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
            "FATAL record `byte 0`, value `<!DOCTYPE r [<!ENTITY a 'b'>]>`: a document type definition: refused",
        );
        check(
            b"<r><p>&lol;</p></r>",
            "FATAL record `byte 6`, value `lol`: an entity that XML does not define",
        );
        check(
            b"<r><p>caf\xe9</p></r>",
            "FATAL record `byte 9`, value `<r><p>caf\u{fffd}</p></r>`: bytes that are not UTF-8",
        );
        check(
            b"<r></r><r></r>",
            "FATAL record `byte 7`: an element stands behind the end of the root element",
        );
    }

    #[test]
    fn nesting_ends() {
        let deep = "<a>".repeat(100_000);
        let frame = read(deep.as_bytes(), &[], |_, _| {});
        assert!(frame.fatal.is_some_and(|it| it.message.contains("nested deeper")));
    }
}
