//! Files that somebody carried in -> the files of a list, by the names of the table.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::body::looks_like;
use super::sources::{FileSource, ListSource};

/// A file that was found, with the path to name it by.
#[derive(Clone, Debug)]
pub struct Carried {
    /// Where it was.
    pub path: PathBuf,
    /// The name of the table.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// When it was last written.
    pub written: Timestamp,
}

/// The files of a list in a folder: in one of the list's own name, as a mirror has it, or in the folder itself. A file is known by its
/// name, in upper or lower case, or by one of the names that browsers give it.
///
/// # Errors
/// When one is missing, or cannot be what its name says.
pub fn carried(dir: &Path, list: &ListSource) -> Result<Vec<Carried>, String> {
    let own = dir.join(&list.id);
    let folders = [own.as_path(), dir];
    let mut out = Vec::new();
    for file in &list.files {
        let mut found = None;
        for folder in folders.iter().filter(|it| it.is_dir()) {
            found = find(folder, file)?;
            if found.is_some() {
                break;
            }
        }
        let path =
            found.ok_or_else(|| format!("no {} in {}, nor in its folder {}", file.name, dir.display(), list.id))?;
        out.push(Carried {
            bytes: read(&path, file).map_err(|it| format!("{}: {it}", path.display()))?,
            written: written(&path).map_err(|it| format!("{}: {it}", path.display()))?,
            name: file.name.clone(),
            path,
        });
    }
    Ok(out)
}

fn find(folder: &Path, file: &FileSource) -> Result<Option<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|it| format!("{}: {it}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|it| it.path().is_file())
        .filter_map(|it| it.file_name().into_string().ok())
        .collect();
    names.sort();
    // `consolidated.xml` of the UN and `CONSOLIDATED.XML` of OFAC may lie side by side: the exact name goes first.
    if names.contains(&file.name) {
        return Ok(Some(folder.join(&file.name)));
    }
    let fits = |it: &&String| {
        it.eq_ignore_ascii_case(&file.name)
            || file
                .also
                .iter()
                .any(|pattern| matches(pattern.as_bytes(), it.as_bytes()))
    };
    let found: Vec<&String> = names.iter().filter(fits).collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(folder.join(one))),
        [first, second, ..] => Err(format!(
            "{}: {first} and {second} may both be {}: leave one of them",
            folder.display(),
            file.name
        )),
    }
}

fn written(path: &Path) -> Result<Timestamp, String> {
    let time = fs::metadata(path).and_then(|it| it.modified());
    let time = time.map_err(|it| it.to_string())?;
    Timestamp::try_from(time).map_err(|it| it.to_string())
}

fn read(path: &Path, file: &FileSource) -> Result<Vec<u8>, String> {
    let length = fs::metadata(path).map_err(|it| it.to_string())?.len();
    if length == 0 {
        return Err("empty".to_owned());
    }
    if length < file.min_bytes || length > file.max_bytes {
        return Err(format!(
            "{length} bytes; this file has from {} to {}",
            file.min_bytes, file.max_bytes
        ));
    }
    let bytes = fs::read(path).map_err(|it| it.to_string())?;
    looks_like(file.kind, &bytes)?;
    Ok(bytes)
}

/// Whether a name fits a pattern in which `*` stands for any characters; case does not count.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // The last star and the place in the name that it was tried from: on a mismatch it takes one character more.
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(have) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(want) if want.eq_ignore_ascii_case(have) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                None => return false,
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
            },
        }
    }
    pattern.get(p..).is_some_and(|it| it.iter().all(|it| *it == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (pattern, name, expect) in [
            ("*FULL-1_1*.xml", "20260923-FULL-1_1(xsd).xml", true),
            ("*FULL-1_1*.xml", "20260923-full-1_1.XML", true),
            ("*FULL-1_1*.xml", "20260923-FULL-1_0.xml", false),
            ("consolidated-list_*.xml", "consolidated-list_2026-09-23.xml", true),
            ("consolidated-list_*.xml", "consolidated-list.xml", false),
            ("a*b*c", "aXbXbXc", true),
            ("*", "", true),
            ("", "", true),
            ("a", "", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expect, "{pattern} {name}");
        }
    }
}
