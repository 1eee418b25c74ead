//! The bundled digits: the first 10 000 training images of MNIST, in files so small that a visit loads only what it needs.
//!
//! A file holds whole images one after another, 28·28 bytes each, row by row, 0 for paper and 255 for ink, gzipped. Where they come
//! from is told in `www/data/README.md`; `cargo xtask data` rebuilds them.

use std::sync::Arc;

use super::own::{Fingerprint, OwnImages};
use super::{Source, crc32, picked};

/// Bytes of one image, 28 rows of 28.
pub const IMAGE_BYTES: usize = 28 * 28;
/// The part with the first 100 images of every digit, digit by digit: all that the SKA batch needs.
pub const FIRST_100: &str = "first-100.bin.gz";
/// The part with the next 100 images of every digit, digit by digit: what the NTK experiment tests on.
pub const SECOND_100: &str = "second-100.bin.gz";

/// One file of the bundle.
#[derive(Debug)]
pub struct Part {
    /// The file's name under `www/data`.
    pub name: &'static str,
    /// The digits it holds, one after another.
    pub digits: &'static [usize],
    /// Images of each of them.
    pub per_digit: usize,
    /// How many of the digit's images come before them.
    pub from: usize,
    /// Whether it holds what `PICKED_SEED` picks of a digit, in that order, instead of its first images.
    pub picked: bool,
    /// CRC-32 of the unpacked bytes.
    pub crc32: u32,
}

/// The data seed whose images have files of their own: the one that a visit begins with.
pub const PICKED_SEED: u32 = 0;
/// Images that such a file holds.
pub const PICKED: usize = 100;

impl Part {
    /// Length of the unpacked file in bytes.
    pub const fn bytes(&self) -> usize {
        self.digits.len() * self.per_digit * IMAGE_BYTES
    }

    /// Which of the digit's images, by position, it holds in this place.
    pub fn positions(&self, digit: usize) -> Vec<usize> {
        match self.picked {
            true => picked(PARTS[digit].per_digit, self.per_digit, PICKED_SEED),
            false => (self.from..self.from + self.per_digit).collect(),
        }
    }
}

/// The files of the bundle: one per digit, at the digit's index; the first 100 of each; what `PICKED_SEED` picks of each; the
/// second 100 of each.
pub const PARTS: [Part; 22] = [
    first("digit-0.bin.gz", &[0], 1001, 0xdffa_4f2b),
    first("digit-1.bin.gz", &[1], 1127, 0xd4d6_ddac),
    first("digit-2.bin.gz", &[2], 991, 0xc555_9849),
    first("digit-3.bin.gz", &[3], 1032, 0x95de_2e31),
    first("digit-4.bin.gz", &[4], 980, 0xd478_e2da),
    first("digit-5.bin.gz", &[5], 863, 0x12a9_a167),
    first("digit-6.bin.gz", &[6], 1014, 0x3e84_4c4d),
    first("digit-7.bin.gz", &[7], 1070, 0x1ee4_97f0),
    first("digit-8.bin.gz", &[8], 944, 0xce6a_b08c),
    first("digit-9.bin.gz", &[9], 978, 0xb500_1e8c),
    first(FIRST_100, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 100, 0xba2d_56e1),
    picked_of("digit-0-seed-0.bin.gz", &[0], 0x1a2e_3aec),
    picked_of("digit-1-seed-0.bin.gz", &[1], 0x0850_02c2),
    picked_of("digit-2-seed-0.bin.gz", &[2], 0x98ed_7642),
    picked_of("digit-3-seed-0.bin.gz", &[3], 0x0953_4b3c),
    picked_of("digit-4-seed-0.bin.gz", &[4], 0x49d7_d87c),
    picked_of("digit-5-seed-0.bin.gz", &[5], 0xd52f_b8a8),
    picked_of("digit-6-seed-0.bin.gz", &[6], 0xa83e_308b),
    picked_of("digit-7-seed-0.bin.gz", &[7], 0x05af_640d),
    picked_of("digit-8-seed-0.bin.gz", &[8], 0x11f7_a7d6),
    picked_of("digit-9-seed-0.bin.gz", &[9], 0xfefc_be59),
    Part { from: 100, ..first(SECOND_100, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 100, 0xb605_42d0) },
];

const fn first(name: &'static str, digits: &'static [usize], per_digit: usize, crc32: u32) -> Part {
    Part { name, digits, per_digit, from: 0, picked: false, crc32 }
}

const fn picked_of(name: &'static str, digits: &'static [usize], crc32: u32) -> Part {
    Part { name, digits, per_digit: PICKED, from: 0, picked: true, crc32 }
}

/// The name of the smallest part that holds what `data_seed` picks of `digit`, which is one of 0..=9.
pub fn part_for_pick(digit: usize, samples: usize, data_seed: u32) -> &'static str {
    let small = data_seed == PICKED_SEED && samples <= PICKED;
    let part = PARTS.iter().find(|part| small && part.picked && part.digits == [digit]);
    part.map_or(part_for_digit(digit), |part| part.name)
}

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
        let [first, last, small, last_small] = [0, 9, 11, 20].map(|part: usize| PARTS[part].name);
        format!(
            "{name} is not part of the digits: expected {first} to {last}, {FIRST_100}, {SECOND_100}, or {small} to {last_small}."
        )
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
    /// In the order of `PARTS`.
    parts: [Option<Arc<Loaded>>; PARTS.len()],
    own: Vec<Arc<OwnImages>>,
    /// Whose images [`Dataset::count`] and [`Dataset::image`] give.
    source: Source,
}

/// A part that is there.
#[derive(Debug)]
struct Loaded {
    /// Unpacked.
    bytes: Vec<u8>,
    /// Of picked images their positions: to pick them again for each image takes longer than to read it.
    picked: Vec<usize>,
}

impl Dataset {
    /// Adds the part, or the set of own images, called `name` from its bytes. On an error, what was loaded before is untouched.
    pub fn load(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        if let Ok(fingerprint) = name.parse() {
            self.add(OwnImages::load(fingerprint, bytes.to_vec())?);
            return Ok(());
        }
        let index = index_of(name)?;
        let part = &PARTS[index];
        let picked = if part.picked { part.positions(part.digits[0]) } else { Vec::new() };
        self.parts[index] = Some(Arc::new(Loaded { bytes: unpack(part, bytes)?, picked }));
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
            // What a small part holds, the digits' own hold too.
            Err(()) => index_of(name).is_ok_and(|index| {
                let whole = || PARTS[index].digits.iter().all(|digit| self.parts[*digit].is_some());
                self.parts[index].is_some() || whole()
            }),
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

    /// Digit and position of every image of a set of the reader's own, in the order of its files; the bundle has none.
    pub fn in_files(&self) -> Option<Vec<(usize, usize)>> {
        match self.source {
            Source::Bundled => None,
            Source::Own(fingerprint) => self.own(fingerprint).map(OwnImages::in_files),
        }
    }

    /// The image of `digit` (one of 0..=9) at `position` among the digit's images in the order of the files: 784 bytes;
    /// `None` if nothing that holds it has been loaded.
    pub fn image(&self, digit: usize, position: usize) -> Option<&[u8]> {
        if let Source::Own(fingerprint) = self.source {
            return self.own(fingerprint)?.image(digit, position);
        }
        PARTS.iter().zip(&self.parts).find_map(|(part, loaded)| {
            let Loaded { bytes, picked } = loaded.as_deref()?;
            let place = part.digits.iter().position(|&held| held == digit)?;
            let at = match part.picked {
                true => picked.iter().position(|held| *held == position)?,
                false => position.checked_sub(part.from).filter(|at| *at < part.per_digit)?,
            };
            let start = (place * part.per_digit + at) * IMAGE_BYTES;
            bytes.get(start..start + IMAGE_BYTES)
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

/// The files of `PARTS`, in its order, without those at its end that hold nothing of their own. The page loads them one
/// by one instead.
#[cfg(not(target_arch = "wasm32"))]
const BUNDLED: [&[u8]; 11] = [
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
