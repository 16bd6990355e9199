//! A delta file of OpenSanctions -> the active version of its dataset with the changes in it.

use std::path::Path;

use interdict::lists::{self, Format, SourceFile, ftm};
use interdict_store::Store;

use crate::plan::Failure;

/// The content of the next version: the delta applied to the one active FollowTheMoney version that shares a dataset with it, or to the
/// only one there is where the delta names none (it only deletes).
///
/// # Errors
/// No such version, several of them, or a delta that does not fit it: then nothing is to be changed.
pub fn applied(store: &Store, path: &Path, delta: &[u8]) -> Result<Vec<u8>, Failure> {
    let named = ftm::datasets(delta);
    let mut fitting = Vec::new();
    for version in store.active().iter().filter(|it| it.format == Format::Ftm.name()) {
        let loaded = store.load_version(version)?;
        let Some((_, bytes)) = loaded.files.into_iter().next() else {
            continue;
        };
        if named.is_empty() || named.contains(&version.list) || !named.is_disjoint(&ftm::datasets(&bytes)) {
            fitting.push((version.list.clone(), bytes));
        }
    }
    match fitting.as_slice() {
        [(list, base)] => {
            let next = ftm::apply_delta(base, delta)
                .map_err(|it| Failure::at(path, format!("does not fit the active version of {list}: {it}")))?;
            let file = SourceFile { name: "", bytes: &next };
            let parsed = lists::parse(Format::Ftm, &[file]);
            if parsed.list != *list {
                // It would stand beside the old version and not in its place.
                let message = format!(
                    "would make the list {list} into {}: add the whole list instead",
                    parsed.list
                );
                return Err(Failure::at(path, message));
            }
            Ok(next)
        }
        [] => Err(Failure::at(
            path,
            "a delta file, and no active FollowTheMoney list has a dataset of it: add the whole list first",
        )),
        several => {
            let lists: Vec<&str> = several.iter().map(|it| it.0.as_str()).collect();
            Err(Failure::at(
                path,
                format!("a delta file that could be for any of {}", lists.join(", ")),
            ))
        }
    }
}
