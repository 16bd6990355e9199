//! XML file -> one small element tree a record, streamed, with limits; the end of the file has to be reached.
//!
//! Names are local names: publishers change namespaces (OFAC did on 2024-05-07). No DTD is read and no entity is resolved but the
//! five of XML and character references.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::entity::{Problem, Severity};

/// Elements nested deeper than this end the reading: the deepest official format needs 12.
const MAX_DEPTH: usize = 64;
/// A record of more bytes of text and attributes than this ends the reading: OFAC's largest record is 69 kB.
const MAX_RECORD_BYTES: usize = 16 << 20;
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

/// Reads a file of one root element. `containers` are the names whose children are records (`INDIVIDUALS`); the root is one
/// always. Each other element right inside a container goes to `sink`, with the container's name.
///
/// Cost: linear in the file; memory: one record.
pub fn read(bytes: &[u8], containers: &[&str], mut sink: impl FnMut(&str, Element)) -> Frame {
    let mut frame = Frame::default();
    match decode(bytes) {
        Ok(text) => {
            if let Err(problem) = walk(&text, containers, &mut frame, &mut sink) {
                frame.fatal = Some(problem);
            }
        }
        Err(problem) => frame.fatal = Some(problem),
    }
    frame
}

fn fatal(position: u64, value: &str, message: impl Into<String>) -> Problem {
    Problem::new(Severity::Fatal, format!("byte {position}"), "", value, message)
}

/// To UTF-8, by byte order mark, else by what the XML declaration says.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(fatal(0, "", "the file is empty"));
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_ascii_lowercase();
    let declared = head
        .split_once("encoding=")
        .filter(|_| head.trim_start_matches('\u{feff}').starts_with("<?xml"))
        .and_then(|(_, it)| it.get(1..)?.split(['"', '\'']).next())
        .map(str::to_owned);
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => match &declared {
            None => encoding_rs::UTF_8,
            Some(label) => encoding_rs::Encoding::for_label(label.as_bytes())
                .ok_or_else(|| fatal(0, label, "the XML declaration names an unknown encoding"))?,
        },
    };
    // Read as declared, each letter beyond ASCII would become two or more others.
    if encoding.is_ascii_compatible()
        && encoding != encoding_rs::UTF_8
        && let Some(at) = bytes.iter().position(|it| !it.is_ascii())
        && std::str::from_utf8(bytes).is_ok()
    {
        return Err(fatal(
            at as u64,
            encoding.name(),
            "the bytes are UTF-8, the XML declaration names another encoding",
        ));
    }
    let (text, _, damaged) = encoding.decode(bytes);
    if damaged {
        let at = std::str::from_utf8(bytes).map_or_else(|it| it.valid_up_to(), |_| 0);
        let near = String::from_utf8_lossy(&bytes[at.saturating_sub(20)..(at + 20).min(bytes.len())]).into_owned();
        return Err(fatal(
            at as u64,
            &near,
            format!("bytes that are not {}", encoding.name()),
        ));
    }
    Ok(text)
}

fn walk(
    text: &str,
    containers: &[&str],
    frame: &mut Frame,
    sink: &mut impl FnMut(&str, Element),
) -> Result<(), Problem> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = true;
    // The containers that are open, root first; then the elements of the record that is open, outermost first.
    let mut open: Vec<String> = Vec::new();
    let mut record: Vec<Element> = Vec::new();
    let mut size = 0_usize;
    let mut closed = false;
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|it| {
            let what = if text.trim_start().to_ascii_lowercase().starts_with("<!doctype html") {
                "an HTML page, not a list: "
            } else {
                ""
            };
            fatal(reader.error_position(), "", format!("{what}not well-formed XML: {it}"))
        })?;
        match event {
            Event::Start(start) => {
                if closed {
                    return Err(fatal(at, "", "an element stands behind the end of the root element"));
                }
                let element = element(&start, at)?;
                size += ELEMENT_BYTES;
                size += element
                    .attributes
                    .iter()
                    .map(|it| it.0.len() + it.1.len())
                    .sum::<usize>();
                if open.is_empty() {
                    if element.name.eq_ignore_ascii_case("html") {
                        return Err(fatal(at, "html", "an HTML page, not a list"));
                    }
                    frame.namespace = element.attribute("xmlns").to_owned();
                    open.push(element.name.clone());
                    frame.root = element;
                } else if record.is_empty() && containers.contains(&element.name.as_str()) {
                    open.push(element.name);
                } else {
                    record.push(element);
                }
                if open.len() + record.len() > MAX_DEPTH {
                    return Err(fatal(at, "", format!("elements nested deeper than {MAX_DEPTH}")));
                }
            }
            Event::End(_) => match record.pop() {
                Some(mut done) => {
                    let trimmed = done.text.trim();
                    if trimmed.len() != done.text.len() && done.attribute("space") != "preserve" {
                        done.text = trimmed.to_owned();
                    }
                    match record.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => {
                            size = 0;
                            sink(open.last().map_or("", String::as_str), done);
                        }
                    }
                }
                None => {
                    open.pop();
                    closed = open.is_empty();
                }
            },
            Event::Text(it) => {
                append(&it.xml10_content(), at, &mut record, &mut size, &open)?;
            }
            Event::CData(it) => {
                append(&it.xml10_content(), at, &mut record, &mut size, &open)?;
            }
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
                append(&resolved, at, &mut record, &mut size, &open)?;
            }
            Event::DocType(_) => {
                let near: String = text.get(at as usize..).unwrap_or("").chars().take(40).collect();
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
        if size > MAX_RECORD_BYTES {
            return Err(fatal(at, "", format!("a record of more than {MAX_RECORD_BYTES} bytes")));
        }
    }
}

fn append(text: &str, at: u64, record: &mut [Element], size: &mut usize, open: &[String]) -> Result<(), Problem> {
    *size += text.len();
    match record.last_mut() {
        Some(it) => it.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => {
            let place = open.last().map_or("outside the root element", String::as_str);
            return Err(fatal(
                at,
                text.trim(),
                format!("text where records stand, in `{place}`"),
            ));
        }
    }
    Ok(())
}

fn element(start: &BytesStart<'_>, at: u64) -> Result<Element, Problem> {
    let mut element = Element {
        name: start.local_name().as_ref().to_owned(),
        ..Element::default()
    };
    if element.name.trim().is_empty() {
        return Err(fatal(at, "", "an element without a name"));
    }
    for it in start.attributes() {
        let it = it.map_err(|it| fatal(at, "", it.to_string()))?;
        let value = it
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|it| fatal(at, "", it.to_string()))?;
        element
            .attributes
            .push((it.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
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
            "FATAL record `byte 54`, value `windows-1252`: the bytes are UTF-8, the XML declaration names another encoding",
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
            "FATAL record `byte 0`, value `<!DOCTYPE html><html>`: an HTML page, not a list",
        );
        check(
            b"<html><p>403</p></html>",
            "FATAL record `byte 0`, value `html`: an HTML page, not a list",
        );
        check(
            b"<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
            "FATAL record `byte 0`, value `<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>`: a document type definition: refused",
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
