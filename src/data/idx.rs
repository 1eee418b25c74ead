//! IDX files, the form in which MNIST is given away: images (`idx3-ubyte`) and labels (`idx1-ubyte`), checked and paired.
//!
//! Numbers are big-endian. Images: magic 0x00000803, count, rows, columns, then a byte a pixel. Labels: magic 0x00000801,
//! count, then a byte a label.

use super::mnist::IMAGE_BYTES;
use super::own::OwnImages;

const IMAGES: u32 = 0x0000_0803;
const LABELS: u32 = 0x0000_0801;
const IMAGE_HEADER: usize = 16;
const LABEL_HEADER: usize = 8;

/// What a checked file holds.
enum Idx<'a> {
    Images(&'a [u8]),
    Labels(&'a [u8]),
}

/// A set made from two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Names of the files, images first.
    pub files: Vec<String>,
    /// The set.
    pub set: OwnImages,
}

/// The sets that `files` (name and unpacked bytes) make, images and labels paired by their number, those of training and of
/// test joined; and what is wrong with the rest, a sentence each.
pub fn pair(files: &[(String, Vec<u8>)]) -> (Vec<Imported>, Vec<String>) {
    let (mut images, mut labels, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (name, bytes) in files {
        match check(name, bytes) {
            Ok(Idx::Images(pixels)) => images.push((name, pixels.len() / IMAGE_BYTES, pixels)),
            Ok(Idx::Labels(values)) => labels.push((name, values.len(), values)),
            Err(problem) => problems.push(problem),
        }
    }
    let mut sets = Vec::new();
    for (name, count, pixels) in &images {
        let twins = images.iter().filter(|(_, other, _)| other == count).count();
        let partners: Vec<_> = labels.iter().filter(|(_, other, _)| other == count).collect();
        match partners[..] {
            [(of, _, values)] if twins == 1 => match join(name, pixels, of, values) {
                Ok(imported) => sets.push(imported),
                Err(problem) => problems.push(problem),
            },
            [] => problems.push(format!(
                "{name}: {count} images, but no file with {count} labels: {}. Images and their labels are given together.",
                found(&labels.iter().map(|(name, count, _)| (name.as_str(), *count)).collect::<Vec<_>>(), "labels")
            )),
            _ => problems.push(format!(
                "{name}: {count} images, and so has another file, or there are several with {count} labels: one pair at a time."
            )),
        }
    }
    for (name, count, _) in labels.iter().filter(|(_, count, _)| images.iter().all(|(_, other, _)| other != count)) {
        problems.push(format!(
            "{name}: {count} labels, but no file with {count} images: {}. Images and their labels are given together.",
            found(&images.iter().map(|(name, count, _)| (name.as_str(), *count)).collect::<Vec<_>>(), "images")
        ));
    }
    (joined(sets), problems)
}

/// The two sets of MNIST's four files as one, the training images first; other sets as they are.
fn joined(sets: Vec<Imported>) -> Vec<Imported> {
    let named = |set: &Imported, part: &str| set.files.iter().all(|name| name.to_ascii_lowercase().contains(part));
    let training = sets.iter().position(|set| named(set, "train"));
    match (&sets[..], training) {
        ([one, other], Some(at)) if named(&sets[1 - at], "t10k") => {
            let (first, last) = if at == 0 { (one, other) } else { (other, one) };
            vec![Imported { files: [&first.files[..], &last.files[..]].concat(), set: first.set.and(&last.set) }]
        }
        _ => sets,
    }
}

/// The files of the other kind, in words.
fn found(files: &[(&str, usize)], what: &str) -> String {
    match files {
        [] => format!("found none with {what}"),
        files => {
            let list: Vec<String> = files.iter().map(|(name, count)| format!("{name} with {count}")).collect();
            format!("found {}", list.join(", "))
        }
    }
}

/// The set that a file of images and a file of labels make (name and unpacked bytes).
///
/// # Errors
/// A sentence that names the file, what was found and what was expected.
pub fn import(images: (&str, &[u8]), labels: (&str, &[u8])) -> Result<Imported, String> {
    let Idx::Images(pixels) = check(images.0, images.1)? else { return Err(swapped(images.0, LABELS, IMAGES)) };
    let Idx::Labels(values) = check(labels.0, labels.1)? else { return Err(swapped(labels.0, IMAGES, LABELS)) };
    let count = pixels.len() / IMAGE_BYTES;
    if values.len() != count {
        let (name, found) = (labels.0, values.len());
        return Err(format!("{name}: {found} labels where {count} were expected, one for each image of {}", images.0));
    }
    join(images.0, pixels, labels.0, values)
}

fn swapped(name: &str, found: u32, expected: u32) -> String {
    let word = |magic| if magic == IMAGES { "images" } else { "labels" };
    let (is, wanted) = (word(found), word(expected));
    format!("{name}: magic 0x{found:08x} ({is}) where 0x{expected:08x} ({wanted}) was expected")
}

/// A file by itself: magic, dimensions, length and range.
fn check<'a>(name: &str, bytes: &'a [u8]) -> Result<Idx<'a>, String> {
    let word = |at: usize| bytes.get(4 * at..4 * at + 4).map(|word| word.iter().fold(0, |n, b| n << 8 | u32::from(*b)));
    let (Some(magic), Some(count)) = (word(0), word(1)) else {
        return Err(format!("{name}: {} bytes where an IDX file was expected, which has 8 or more", bytes.len()));
    };
    let header = match magic {
        IMAGES => IMAGE_HEADER,
        LABELS => LABEL_HEADER,
        other => {
            // What MNIST is packed into by some, and what a renamed file often is.
            let hint = match () {
                () if bytes.starts_with(b"PK") => " (it is a ZIP archive: unpack it)",
                () if bytes.starts_with(b"entroscope-state") => {
                    " (it is a saved state: its name should end in .entroscope)"
                }
                () if bytes.starts_with(&[0x1f, 0x8b]) => " (it is gzip, and does not unpack)",
                () => "",
            };
            return Err(format!(
                "{name}: magic 0x{other:08x} where 0x{IMAGES:08x} (images) or 0x{LABELS:08x} (labels) was expected{hint}"
            ));
        }
    };
    let of = if magic == IMAGES { "images of 28×28" } else { "labels" };
    if magic == IMAGES {
        let (Some(rows), Some(columns)) = (word(2), word(3)) else {
            return Err(format!("{name}: {} bytes where a file of images has 16 or more", bytes.len()));
        };
        if (rows, columns) != (28, 28) {
            return Err(format!("{name}: images of {rows}×{columns} pixels where 28×28 were expected"));
        }
    }
    let each = if magic == IMAGES { IMAGE_BYTES as u64 } else { 1 };
    let (expected, length) = (header as u64 + u64::from(count) * each, bytes.len() as u64);
    if length != expected {
        return Err(format!("{name}: {length} bytes where {expected} were expected, for {count} {of}"));
    }
    let content = &bytes[header..];
    if magic == IMAGES {
        return Ok(Idx::Images(content));
    }
    match content.iter().position(|label| *label > 9) {
        Some(at) => Err(format!("{name}: label {} at position {at} where 0 to 9 was expected", content[at])),
        None => Ok(Idx::Labels(content)),
    }
}

/// Images and as many labels, made one set.
fn join(images: &str, pixels: &[u8], labels: &str, values: &[u8]) -> Result<Imported, String> {
    if let Some(digit) = (0..10).find(|digit| !values.contains(digit)) {
        return Err(format!("{labels}: no label {digit} where at least one of each, 0 to 9, was expected"));
    }
    let set = OwnImages::new(values.len(), [values, pixels].concat());
    let set = set.ok_or_else(|| format!("{images} and {labels} do not make a set of images"))?;
    Ok(Imported { files: vec![images.into(), labels.into()], set })
}
