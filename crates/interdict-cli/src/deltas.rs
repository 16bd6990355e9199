//! A delta file of OpenSanctions -> the active version of its dataset with the changes in it.

use std::path::Path;

use interdict::lists::{Format, ftm};
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
        let Some((_, bytes)) = loaded.files.into_iter().next() else { continue };
        if named.is_empty() || named.contains(&version.list) || !named.is_disjoint(&ftm::datasets(&bytes)) {
            fitting.push((version.list.clone(), bytes));
        }
    }
    match fitting.as_slice() {
        [(list, base)] => ftm::apply_delta(base, delta).map_err(|it| Failure::at(path, format!("does not fit the active version of {list}: {it}"))),
        [] => Err(Failure::at(
            path,
            "a delta file, and no active FollowTheMoney list has a dataset of it: add the whole list first",
        )),
        several => {
            let lists: Vec<&str> = several.iter().map(|it| it.0.as_str()).collect();
            Err(Failure::at(path, format!("a delta file that could be for any of {}", lists.join(", "))))
        }
    }
}
