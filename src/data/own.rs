//! Images of the reader's own: labelled 28×28 pictures from IDX files, known by how many they are and their checksum.
//!
//! Packed, a set is its labels (one byte each) and then its images (784 bytes each), in the order of the files. The
//! checksum is taken over exactly these bytes, so the same images have the same name wherever they are loaded.

use std::fmt;
use std::str::FromStr;

use super::mnist::IMAGE_BYTES;
use super::{Source, crc32};

/// What a set of own images is known by, in links and on the device: `own-60000-1a2b3c4d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Number of images.
    pub images: usize,
    /// CRC-32 of the packed set.
    pub crc32: u32,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "own-{}-{:08x}", self.images, self.crc32)
    }
}

impl FromStr for Fingerprint {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (images, checksum) = text.strip_prefix("own-").and_then(|rest| rest.split_once('-')).ok_or(())?;
        let images = images.parse().map_err(|_| ())?;
        let crc32 = u32::from_str_radix(checksum, 16).map_err(|_| ())?;
        let read = Self { images, crc32 };
        // One set, one name: signs, capitals and leading zeros would give it others.
        if read.to_string() == text { Ok(read) } else { Err(()) }
    }
}

/// A set of own images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnImages {
    /// What it is known by.
    pub fingerprint: Fingerprint,
    /// Labels, then images.
    packed: Vec<u8>,
    /// Of each digit, the positions of its images in the set, ascending.
    positions: [Vec<u32>; 10],
}

impl OwnImages {
    /// A packed set of `images` images, every digit among them; none if the bytes are not that.
    pub fn new(images: usize, packed: Vec<u8>) -> Option<Self> {
        if packed.len() != images * (1 + IMAGE_BYTES) {
            return None;
        }
        let mut positions: [Vec<u32>; 10] = Default::default();
        for (position, label) in (0..).zip(&packed[..images]) {
            positions.get_mut(usize::from(*label))?.push(position);
        }
        let fingerprint = Fingerprint { images, crc32: crc32(&packed) };
        positions.iter().all(|own| !own.is_empty()).then_some(Self { fingerprint, packed, positions })
    }

    /// The set that `fingerprint` names, from its packed bytes.
    ///
    /// # Errors
    /// If they are not that set.
    pub fn load(fingerprint: Fingerprint, packed: Vec<u8>) -> Result<Self, String> {
        let (found, expected) = (packed.len(), fingerprint.images * (1 + IMAGE_BYTES));
        if found != expected {
            return Err(format!("{fingerprint} is damaged: {found} bytes instead of {expected}."));
        }
        let set = Self::new(fingerprint.images, packed);
        set.filter(|set| set.fingerprint == fingerprint)
            .ok_or_else(|| format!("{fingerprint} is damaged: its checksum is another one."))
    }

    /// Labels, then images: what is kept on the device.
    pub fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// How many images there are of `digit`, one of 0..=9.
    pub fn count(&self, digit: usize) -> usize {
        self.positions[digit].len()
    }

    /// Digit and position of every image, in the order of the files.
    pub fn in_files(&self) -> Vec<(usize, usize)> {
        let mut counts = [0; 10];
        let place = |label: &u8| {
            let digit = usize::from(*label);
            counts[digit] += 1;
            (digit, counts[digit] - 1)
        };
        self.packed[..self.fingerprint.images].iter().map(place).collect()
    }

    /// This set's images and then those of another one, as one set.
    pub fn and(&self, other: &Self) -> Self {
        let [one, two] = [self, other].map(|set| set.packed.split_at(set.fingerprint.images));
        let packed = [one.0, two.0, one.1, two.1].concat();
        Self::new(self.fingerprint.images + other.fingerprint.images, packed).expect("each is a set already")
    }

    /// The image of `digit` at `position` among the digit's images.
    pub fn image(&self, digit: usize, position: usize) -> Option<&[u8]> {
        let place = *self.positions.get(digit)?.get(position)? as usize;
        self.packed[self.fingerprint.images..].chunks(IMAGE_BYTES).nth(place)
    }
}

impl Source {
    /// As links write it.
    pub fn slug(self) -> String {
        match self {
            Self::Bundled => "bundled".into(),
            Self::Own(fingerprint) => fingerprint.to_string(),
        }
    }

    /// As links write it, read; none if no source is written so.
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "bundled" => Some(Self::Bundled),
            other => other.parse().ok().map(Self::Own),
        }
    }
}

impl fmt::Display for Source {
    /// In words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundled => f.write_str("bundled digits"),
            Self::Own(Fingerprint { images, crc32 }) => write!(f, "own images ({images}, {crc32:08x})"),
        }
    }
}
