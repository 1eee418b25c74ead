//! The bundled digits: the first 10 000 training images of MNIST, in eleven files so that a visit loads only what it needs.
//!
//! A file holds whole images one after another, 28·28 bytes each, row by row, 0 for paper and 255 for ink, gzipped. Where they come
//! from is told in `www/data/README.md`; `cargo xtask data` rebuilds them.

use std::sync::Arc;

use super::own::{Fingerprint, OwnImages};
use super::{Source, crc32};

/// Bytes of one image, 28 rows of 28.
pub const IMAGE_BYTES: usize = 28 * 28;
/// The part with the first 100 images of every digit, digit by digit: all that the SKA batch needs.
pub const FIRST_100: &str = "first-100.bin.gz";

/// One file of the bundle.
#[derive(Debug)]
pub struct Part {
    /// The file's name under `www/data`.
    pub name: &'static str,
    /// The digits it holds, one after another.
    pub digits: &'static [usize],
    /// Images of each of them.
    pub per_digit: usize,
    /// CRC-32 of the unpacked bytes.
    pub crc32: u32,
}

impl Part {
    /// Length of the unpacked file in bytes.
    pub const fn bytes(&self) -> usize {
        self.digits.len() * self.per_digit * IMAGE_BYTES
    }
}

/// The files of the bundle: one per digit, at the digit's index, and the first 100 of each.
pub const PARTS: [Part; 11] = [
    Part { name: "digit-0.bin.gz", digits: &[0], per_digit: 1001, crc32: 0xdffa_4f2b },
    Part { name: "digit-1.bin.gz", digits: &[1], per_digit: 1127, crc32: 0xd4d6_ddac },
    Part { name: "digit-2.bin.gz", digits: &[2], per_digit: 991, crc32: 0xc555_9849 },
    Part { name: "digit-3.bin.gz", digits: &[3], per_digit: 1032, crc32: 0x95de_2e31 },
    Part { name: "digit-4.bin.gz", digits: &[4], per_digit: 980, crc32: 0xd478_e2da },
    Part { name: "digit-5.bin.gz", digits: &[5], per_digit: 863, crc32: 0x12a9_a167 },
    Part { name: "digit-6.bin.gz", digits: &[6], per_digit: 1014, crc32: 0x3e84_4c4d },
    Part { name: "digit-7.bin.gz", digits: &[7], per_digit: 1070, crc32: 0x1ee4_97f0 },
    Part { name: "digit-8.bin.gz", digits: &[8], per_digit: 944, crc32: 0xce6a_b08c },
    Part { name: "digit-9.bin.gz", digits: &[9], per_digit: 978, crc32: 0xb500_1e8c },
    Part { name: FIRST_100, digits: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], per_digit: 100, crc32: 0xba2d_56e1 },
];

/// The name of the part that holds every image of `digit`, which is one of 0..=9.
pub fn part_for_digit(digit: usize) -> &'static str {
    PARTS[digit].name
}

/// The unpacked bytes of the part called `name`, checked. `bytes` is the file, or what it unpacks to.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    unpack(&PARTS[index_of(name)?], bytes)
}

fn index_of(name: &str) -> Result<usize, String> {
    PARTS.iter().position(|part| part.name == name).ok_or_else(|| {
        format!("{name} is not part of the digits: expected {} to {} or {FIRST_100}.", PARTS[0].name, PARTS[9].name)
    })
}

fn unpack(part: &Part, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let raw = gunzip(bytes);
    if raw.len() != part.bytes() {
        let (name, found, expected) = (part.name, raw.len(), part.bytes());
        return Err(format!("{name} is damaged: {found} bytes instead of {expected}."));
    }
    let found = crc32(&raw);
    if found != part.crc32 {
        let (name, expected) = (part.name, part.crc32);
        return Err(format!("{name} is damaged: checksum {found:08x} instead of {expected:08x}."));
    }
    Ok(raw)
}

/// What a gzip file unpacks to, as far as it is whole; anything else as it is. No image starts with gzip's magic: the
/// first pixels of each are paper.
#[cfg(not(target_arch = "wasm32"))]
pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes.to_vec();
    }
    let mut raw = Vec::new();
    // An error leaves `raw` short or wrong, which is what the checks report.
    let _ = flate2::read::GzDecoder::new(bytes).read_to_end(&mut raw);
    raw
}

/// The browser unpacks by itself (`www/files.js`).
#[cfg(target_arch = "wasm32")]
fn gunzip(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// The images that have been loaded so far: parts of the bundle, and sets of the reader's own. A copy shares them.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// The unpacked bytes of each part, in the order of `PARTS`.
    parts: [Option<Arc<Vec<u8>>>; PARTS.len()],
    own: Vec<Arc<OwnImages>>,
    /// Whose images [`Dataset::count`] and [`Dataset::image`] give.
    source: Source,
}

impl Dataset {
    /// Adds the part, or the set of own images, called `name` from its bytes. On an error, what was loaded before is untouched.
    pub fn load(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        if let Ok(fingerprint) = name.parse() {
            self.add(OwnImages::load(fingerprint, bytes.to_vec())?);
            return Ok(());
        }
        let index = index_of(name)?;
        self.parts[index] = Some(Arc::new(unpack(&PARTS[index], bytes)?));
        Ok(())
    }

    /// Adds a set of own images.
    pub fn add(&mut self, set: OwnImages) {
        self.forget(set.fingerprint);
        self.own.push(Arc::new(set));
    }

    /// Drops a set of own images.
    pub fn forget(&mut self, fingerprint: Fingerprint) {
        self.own.retain(|set| set.fingerprint != fingerprint);
    }

    /// Whether the part, or the set of own images, called `name` has been loaded.
    pub fn is_loaded(&self, name: &str) -> bool {
        match name.parse() {
            Ok(fingerprint) => self.own(fingerprint).is_some(),
            Err(()) => index_of(name).is_ok_and(|index| self.parts[index].is_some()),
        }
    }

    /// The same images, of which [`Dataset::count`] and [`Dataset::image`] give those of `source`.
    pub fn of(&self, source: Source) -> Self {
        Self { source, ..self.clone() }
    }

    fn own(&self, fingerprint: Fingerprint) -> Option<&OwnImages> {
        self.own.iter().find(|set| set.fingerprint == fingerprint).map(Arc::as_ref)
    }

    /// How many images there are of `digit` (one of 0..=9): of the bundle, loaded or not; of a set that has been loaded.
    pub fn count(&self, digit: usize) -> usize {
        match self.source {
            Source::Bundled => PARTS[digit].per_digit,
            Source::Own(fingerprint) => self.own(fingerprint).map_or(0, |set| set.count(digit)),
        }
    }

    /// The image of `digit` (one of 0..=9) at `position` among the digit's images in the order of the files: 784 bytes;
    /// `None` if nothing that holds it has been loaded.
    pub fn image(&self, digit: usize, position: usize) -> Option<&[u8]> {
        if let Source::Own(fingerprint) = self.source {
            return self.own(fingerprint)?.image(digit, position);
        }
        PARTS.iter().zip(&self.parts).find_map(|(part, bytes)| {
            if position >= part.per_digit {
                return None;
            }
            let place = part.digits.iter().position(|&held| held == digit)?;
            let start = (place * part.per_digit + position) * IMAGE_BYTES;
            bytes.as_ref()?.get(start..start + IMAGE_BYTES)
        })
    }

    /// The whole bundle, from the files that were there when this was compiled.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn bundled() -> Self {
        let mut data = Self::default();
        for (part, bytes) in PARTS.iter().zip(BUNDLED) {
            data.load(part.name, bytes).expect("a test decodes every bundled file");
        }
        data
    }
}

/// The files of `PARTS`, in its order. The page loads them one by one instead.
#[cfg(not(target_arch = "wasm32"))]
const BUNDLED: [&[u8]; PARTS.len()] = [
    include_bytes!("../../www/data/digit-0.bin.gz"),
    include_bytes!("../../www/data/digit-1.bin.gz"),
    include_bytes!("../../www/data/digit-2.bin.gz"),
    include_bytes!("../../www/data/digit-3.bin.gz"),
    include_bytes!("../../www/data/digit-4.bin.gz"),
    include_bytes!("../../www/data/digit-5.bin.gz"),
    include_bytes!("../../www/data/digit-6.bin.gz"),
    include_bytes!("../../www/data/digit-7.bin.gz"),
    include_bytes!("../../www/data/digit-8.bin.gz"),
    include_bytes!("../../www/data/digit-9.bin.gz"),
    include_bytes!("../../www/data/first-100.bin.gz"),
];
