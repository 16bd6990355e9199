//! Text -> terminal: width, colour, and nothing in it that a terminal would obey.

use std::io::{self, IsTerminal, Write};

use unicode_width::UnicodeWidthStr;

use crate::args::Color;
use interdict::policy::Decision;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns to fit into.
    pub width: usize,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Style {
    /// As wide as the terminal or `COLUMNS`, else 80 columns.
    pub fn new(color: Color) -> Self {
        let terminal = io::stdout().is_terminal();
        let columns = std::env::var("COLUMNS").ok().and_then(|it| it.trim().parse().ok());
        let width = columns
            .or_else(|| {
                terminal
                    .then(terminal_size::terminal_size)
                    .flatten()
                    .map(|it| usize::from(it.0.0))
            })
            .unwrap_or(80);
        let asked_not_to = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
        Self {
            // Narrower than that nothing is readable, and longer lines are not read.
            width: width.clamp(50, 140),
            colour: match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => terminal && !asked_not_to,
            },
        }
    }

    /// A decision in its colour.
    pub fn decision(&self, decision: Decision, text: &str) -> String {
        let code = match decision {
            Decision::Clear => "32",
            Decision::Review => "33",
            Decision::Reject => "35",
            Decision::Block => "31",
            Decision::Error => "31;7",
        };
        self.paint(&format!("1;{code}"), text)
    }

    /// A listed name in a text.
    pub fn mark(&self, mark: crate::read::Mark, text: &str) -> String {
        let code = match mark {
            crate::read::Mark::Grave => "1;31",
            crate::read::Mark::Open => "1;33",
            crate::read::Mark::Known => "1;36",
        };
        self.paint(code, text)
    }

    /// Set off from the rest.
    pub fn strong(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Less important than the rest.
    pub fn faint(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The text without what a terminal obeys or a reader is misled by: control characters and marks that turn the direction.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|it| match it {
            '\t' | '\n' | '\r' => ' ',
            it if it.is_control() => '\u{fffd}',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => {
                '\u{fffd}'
            }
            it => it,
        })
        .collect()
}

/// Words of a text in lines of at most this many columns; a word that is longer is broken.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(10);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|it| !it.is_empty()) {
        let mut word = word.to_owned();
        loop {
            let gap = usize::from(!line.is_empty());
            if line.width() + gap + word.width() <= width {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(&word);
                break;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                continue;
            }
            let mut head = String::new();
            for it in word.chars() {
                head.push(it);
                if head.width() > width && head.chars().count() > 1 {
                    head.pop();
                    break;
                }
            }
            word = word[head.len()..].to_owned();
            lines.push(head);
            if word.is_empty() {
                break;
            }
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The text with spaces behind it up to a number of columns.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Text in the making, in a style.
#[derive(Debug)]
pub struct Page {
    /// How to print.
    pub style: Style,
    /// What is there so far.
    pub text: String,
}

impl Page {
    /// An empty page.
    pub fn new(style: &Style) -> Self {
        Self {
            style: *style,
            text: String::new(),
        }
    }

    /// A line; it may hold colours, so what comes from outside has to be [`plain`] already.
    pub fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A text in lines that fit, each behind the indent.
    pub fn wrapped(&mut self, indent: &str, text: &str) {
        self.labelled(indent, indent.width(), text);
    }

    /// A text in lines that fit: the first behind the label, the others behind as many spaces as the label has columns.
    pub fn labelled(&mut self, label: &str, columns: usize, text: &str) {
        let width = self.style.width.saturating_sub(columns);
        for (at, line) in wrap(&plain(text), width).iter().enumerate() {
            let before = if at == 0 { label.to_owned() } else { " ".repeat(columns) };
            self.line(format!("{before}{line}").trim_end());
        }
    }
}

/// Standard output. A reader who leaves early is no error; a full disk is.
#[derive(Debug)]
pub struct Out {
    stdout: io::BufWriter<io::Stdout>,
    failed: Option<io::Error>,
}

impl Out {
    /// Standard output.
    pub fn new() -> Self {
        Self {
            stdout: io::BufWriter::new(io::stdout()),
            failed: None,
        }
    }

    /// Writes a text as it is.
    pub fn print(&mut self, text: &str) {
        if self.failed.is_none()
            && let Err(error) = self.stdout.write_all(text.as_bytes())
        {
            self.failed = Some(error);
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The first error of writing, but for a reader who left.
    pub fn close(mut self) -> io::Result<()> {
        let flushed = self.stdout.flush();
        match self.failed.map_or(flushed, Err) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            it => it,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys() {
        assert_eq!(
            plain("a\u{1b}[2Jb\u{202e}c\nd\u{9b}"),
            "a\u{fffd}[2Jb\u{fffd}c d\u{fffd}"
        );
    }

    #[test]
    fn lines_fit() {
        assert_eq!(wrap("aaa bbb ccc ddd", 10), ["aaa bbb", "ccc ddd"]);
        assert_eq!(wrap("0123456789abc d", 10), ["0123456789", "abc d"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("日本語日本語日本語", 10), ["日本語日本", "語日本語"]);
    }
}
