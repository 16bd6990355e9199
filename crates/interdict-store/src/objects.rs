//! Content by its hash: immutable files, each compressed by itself or as a patch to an older one.
//!
//! ```text
//! <hash>      the bytes themselves, as stores of the first schema have them
//! <hash>.z    "interdict object 1\n", length (8 bytes, little endian), 0 or 1, hash of the base (32 bytes, with 1), a zstd frame
//! ```
//!
//! An object says by itself what it is a patch to, so that a manifest can be restored, or a copy be written twice, without harm.
//! Whatever is read is checked against its hash, every base on the way too: a damaged one is named.

use std::fs;
use std::path::{Path, PathBuf};

use zstd::zstd_safe::{CCtx, CParameter, DCtx, DParameter, compress_bound, get_error_name};

use crate::StoreError;
use crate::disk;

/// A folder of objects.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    dir: PathBuf,
}

const MAGIC: &[u8] = b"interdict object 1\n";
const ENDING: &str = ".z";
/// Chains are as deep as the logarithm of the number of versions; a deeper one is a circle.
const DEEPEST: usize = 64;
/// No list comes near; a header that says more is damaged.
const LARGEST: u64 = 8 << 30;

/// What was read lately: the bases of the next objects are among it.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    /// The latest last.
    held: Vec<(String, Vec<u8>)>,
}

impl Cache {
    const BYTES: usize = 256 << 20;

    fn get(&mut self, hash: &str) -> Option<&Vec<u8>> {
        let at = self.held.iter().position(|it| it.0 == hash)?;
        let it = self.held.remove(at);
        self.held.push(it);
        self.held.last().map(|it| &it.1)
    }

    /// Keeps bytes, and lets go of what was not used for longest.
    pub(crate) fn put(&mut self, hash: &str, bytes: Vec<u8>) {
        if self.held.iter().any(|it| it.0 == hash) {
            return;
        }
        self.held.push((hash.to_owned(), bytes));
        let mut sum: usize = self.held.iter().map(|it| it.1.len()).sum();
        while sum > Self::BYTES && self.held.len() > 1 {
            sum -= self.held.remove(0).1.len();
        }
    }
}

/// An object as it lies on the disk.
struct Packed {
    length: usize,
    base: Option<String>,
    file: Vec<u8>,
    frame: usize,
}

impl Objects {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where an object lies.
    pub(crate) fn path(&self, hash: &str) -> PathBuf {
        let plain = self.dir.join(hash);
        let packed = self.dir.join(format!("{hash}{ENDING}"));
        if plain.exists() && !packed.exists() {
            plain
        } else {
            packed
        }
    }

    /// The bytes of a hash.
    ///
    /// # Errors
    /// When the object or one that it builds on is missing, or is not what its name says; names that one.
    pub(crate) fn read(&self, hash: &str, cache: &mut Cache) -> Result<Vec<u8>, StoreError> {
        let mut chain: Vec<(String, Packed)> = Vec::new();
        let mut next = hash.to_owned();
        let mut bytes: Vec<u8> = loop {
            if let Some(it) = cache.get(&next) {
                break it.clone();
            }
            if let Some(it) = self.plain(&next)? {
                break it;
            }
            let packed = self.packed(&next)?;
            let base = packed.base.clone();
            chain.push((next, packed));
            if chain.len() > DEEPEST {
                return Err(StoreError::new(&self.path(hash), "damaged: it builds on itself"));
            }
            match base {
                Some(it) => next = it,
                None => break Vec::new(),
            }
        };
        while let Some((hash, packed)) = chain.pop() {
            let path = self.path(&hash);
            let base = packed.base.is_some().then_some(bytes.as_slice());
            let whole = unpack(&packed.file[packed.frame..], packed.length, base)
                .map_err(|it| StoreError::new(&path, format!("damaged: {it}")))?;
            if blake3::hash(&whole).to_hex().as_str() != hash {
                return Err(StoreError::new(
                    &path,
                    format!("damaged: {} bytes of another content than its name says", whole.len()),
                ));
            }
            if !chain.is_empty() {
                cache.put(&hash, whole.clone());
            }
            bytes = whole;
        }
        Ok(bytes)
    }

    /// An object of the first schema.
    fn plain(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(hash);
        if path.extension().is_some() {
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(|it| StoreError::new(&path, it))?;
        if blake3::hash(&bytes).to_hex().as_str() != hash {
            return Err(StoreError::new(
                &path,
                format!("damaged: {} bytes of another content than its name says", bytes.len()),
            ));
        }
        Ok(Some(bytes))
    }

    fn packed(&self, hash: &str) -> Result<Packed, StoreError> {
        let path = self.path(hash);
        let file = fs::read(&path).map_err(|it| StoreError::new(&path, it))?;
        let damaged = || StoreError::new(&path, format!("damaged: {} bytes, cut off or no object", file.len()));
        let rest = file.strip_prefix(MAGIC).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        let length = u64::from_le_bytes(*length);
        let (kind, rest) = rest.split_first().ok_or_else(damaged)?;
        let (base, rest) = match kind {
            0 => (None, rest),
            1 => {
                let (base, rest) = rest.split_first_chunk::<32>().ok_or_else(damaged)?;
                (Some(blake3::Hash::from_bytes(*base).to_hex().to_string()), rest)
            }
            _ => return Err(damaged()),
        };
        let length = usize::try_from(length)
            .ok()
            .filter(|it| *it as u64 <= LARGEST)
            .ok_or_else(damaged)?;
        let frame = file.len() - rest.len();
        Ok(Packed {
            length,
            base,
            file,
            frame,
        })
    }

    /// Keeps bytes under their hash, as a patch to `base` where that is there and makes it smaller. What is there already and whole is
    /// left alone; what is damaged is mended.
    ///
    /// Returns the hash. It lasts once the folder has been flushed.
    pub(crate) fn write(&self, bytes: &[u8], base: Option<&str>, cache: &mut Cache) -> Result<String, StoreError> {
        let hash = blake3::hash(bytes).to_hex().to_string();
        let there = self.path(&hash).exists();
        if there && self.read(&hash, cache).is_ok_and(|it| it == bytes) {
            return Ok(hash);
        }
        // Whoever is mended must not lean on what may be the cause of the damage. A base that cannot be read is none.
        let base = base.filter(|it| *it != hash && !there);
        let base = base.and_then(|it| self.read(it, cache).ok().map(|bytes| (it, bytes)));
        let fault = |it: String| StoreError::new(&self.path(&hash), it);
        let mut best = None;
        if let Some((name, base)) = base {
            let patch = pack(bytes, Some(&base)).map_err(fault)?;
            // A patch to something alike is small. Of what is new from end to end, the shorter chain is the better one.
            if patch.len() < bytes.len() / 4 {
                best = blake3::Hash::from_hex(name).ok().map(|it| (Some(it), patch));
            }
            cache.put(name, base);
        }
        let (base, frame) = match best {
            Some(it) => it,
            None => (None, pack(bytes, None).map_err(fault)?),
        };
        let mut file = Vec::with_capacity(frame.len() + 64);
        file.extend(MAGIC);
        file.extend((bytes.len() as u64).to_le_bytes());
        file.push(u8::from(base.is_some()));
        file.extend(base.iter().flat_map(|it| it.as_bytes()));
        file.extend(frame);
        disk::replace(&self.dir.join(format!("{hash}{ENDING}")), &file)?;
        cache.put(&hash, bytes.to_vec());
        Ok(hash)
    }

    /// Takes an object away.
    pub(crate) fn remove(&self, hash: &str) {
        disk::remove(&self.path(hash));
    }
}

/// Fast enough for a list of a hundred megabytes; a higher level wins a tenth of the size for three times the time.
const LEVEL: i32 = 3;
/// From one gigabyte on, base and content do not fit the window any more, and nothing is gained.
const WIDEST: u32 = 30;

fn pack(bytes: &[u8], base: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let said = |it: usize| get_error_name(it).to_owned();
    let mut context = CCtx::create();
    let mut set = |it: CParameter| context.set_parameter(it).map(|_| ()).map_err(said);
    set(CParameter::CompressionLevel(LEVEL))?;
    if let Some(base) = base {
        // The window has to reach over the whole content back to the first byte of the base.
        let reach = bytes.len().saturating_add(base.len()).max(1 << 10);
        let window = (usize::BITS - reach.leading_zeros()).clamp(10, WIDEST);
        set(CParameter::WindowLog(window))?;
        set(CParameter::EnableLongDistanceMatching(true))?;
        context.ref_prefix(base).map_err(said)?;
    }
    let mut out = Vec::with_capacity(compress_bound(bytes.len()));
    context.compress2(&mut out, bytes).map_err(said)?;
    Ok(out)
}

fn unpack(frame: &[u8], length: usize, base: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let said = |it: usize| get_error_name(it).to_owned();
    let mut context = DCtx::create();
    context.set_parameter(DParameter::WindowLogMax(WIDEST)).map_err(said)?;
    if let Some(base) = base {
        context.ref_prefix(base).map_err(said)?;
    }
    // A header may lie: nothing is taken before the frame itself agrees.
    let stated = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    if stated != Some(length as u64) {
        return Err("its header and its frame differ in length".to_owned());
    }
    let mut out = Vec::new();
    out.try_reserve_exact(length).map_err(|it| it.to_string())?;
    context.decompress(&mut out, frame).map_err(said)?;
    Ok(out)
}
