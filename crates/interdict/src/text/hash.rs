//! Hash tables without a seed: the same in every process. They are looked up and never walked.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table that is looked up by key and never walked.
pub type Table<K, V> = HashMap<K, V, BuildHasherDefault<Bytes>>;

/// Hashes bytes by eights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes(u64);

impl Bytes {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for it in eights {
            self.add(u64::from_le_bytes(*it));
        }
        self.add(rest.iter().fold(1, |sum, it| sum << 8 | u64::from(*it)));
    }

    fn finish(&self) -> u64 {
        // The table takes the highest and the lowest bits.
        self.0 ^ self.0 >> 29
    }
}
