//! The bundled digits: which images there are, which the original picks, and what a damaged file is told apart by.

use std::{io::Write as _, sync::LazyLock};

use entroscope::data::{
    Dataset, FIRST_100, IMAGE_BYTES, PARTS, columns, decode, part_for_digit, part_for_pick, pick_single_digit,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest as _, Sha256};

const DIGIT_3: &[u8] = include_bytes!("../../www/data/digit-3.bin.gz");
const FIRST: &[u8] = include_bytes!("../../www/data/first-100.bin.gz");
const PROVENANCE: &str = include_str!("../../www/data/README.md");

static DATA: LazyLock<Dataset> = LazyLock::new(Dataset::bundled);

/// What the original picked from the same images (`fixtures/sample_positions.json`).
#[derive(serde::Deserialize)]
struct Pick {
    digit: usize,
    samples: usize,
    data_seed: u32,
    pixel_byte_sum: u64,
    sample_positions: Vec<usize>,
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes every byte");
    encoder.finish().expect("memory takes every byte")
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    std::io::copy(&mut GzDecoder::new(bytes), &mut raw).expect("the bundled file is whole");
    raw
}

#[track_caller]
fn refuses(name: &str, bytes: &[u8], message: &str) {
    assert_eq!(decode(name, bytes).expect_err("damaged"), message);
    let mut data = Dataset::default();
    assert_eq!(data.load(name, bytes).expect_err("damaged"), message);
    assert!(!data.is_loaded(name));
}

#[test]
fn the_bundle_has_ten_thousand_digits() {
    let counts: Vec<usize> = (0..10).map(|digit| DATA.count(digit)).collect();
    assert_eq!(counts, [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    assert_eq!(counts.iter().sum::<usize>(), 10_000);
    for digit in 0..10 {
        assert!(PARTS.iter().any(|part| part.name == part_for_digit(digit) && part.digits == [digit]));
        assert_eq!(DATA.image(digit, DATA.count(digit) - 1).map(<[u8]>::len), Some(IMAGE_BYTES));
        assert!(DATA.image(digit, DATA.count(digit)).is_none());
        assert!(DATA.image(digit, usize::MAX).is_none());
    }
    assert!(DATA.image(10, 0).is_none());
}

#[test]
fn the_readme_beside_the_data_gives_every_hash() {
    for part in &PARTS {
        let mut hasher = Sha256::new();
        for &digit in part.digits {
            let images =
                part.positions(digit).into_iter().map(|at| DATA.image(digit, at).expect("every image is bundled"));
            images.for_each(|image| hasher.update(image));
        }
        let sha256: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let row =
            format!("| `{}` | {} | {} | `{sha256}` |", part.name, part.digits.len() * part.per_digit, part.bytes());
        assert!(PROVENANCE.contains(&row), "www/data/README.md lacks {row}");
    }
}

#[test]
fn the_original_picks_the_same_images() {
    let picks: Vec<Pick> =
        serde_json::from_str(include_str!("../fixtures/sample_positions.json")).expect("the fixture is JSON");
    assert!(!picks.is_empty());
    for pick in picks {
        let positions = pick_single_digit(&DATA, pick.digit, pick.samples, pick.data_seed);
        assert_eq!(positions, pick.sample_positions, "digit {}, data seed {}", pick.digit, pick.data_seed);
        let images =
            positions.iter().map(|&position| DATA.image(pick.digit, position).expect("every image is bundled"));
        let sum: u64 = images.flatten().map(|&byte| u64::from(byte)).sum();
        assert_eq!(sum, pick.pixel_byte_sum, "digit {}, data seed {}", pick.digit, pick.data_seed);
    }
}

#[test]
fn more_samples_than_a_digit_has_takes_them_all() {
    let mut positions = pick_single_digit(&DATA, 5, 5000, 0);
    positions.sort_unstable();
    assert!(positions.into_iter().eq(0..863));
}

#[test]
fn one_part_serves_its_own_images_only() {
    let mut data = Dataset::default();
    assert!(PARTS.iter().all(|part| !data.is_loaded(part.name)) && data.image(3, 0).is_none());

    data.load(FIRST_100, FIRST).expect("the bundled file is whole");
    assert!(data.is_loaded(FIRST_100) && !data.is_loaded(part_for_digit(3)));
    for digit in 0..10 {
        assert!((0..100).all(|i| data.image(digit, i).is_some() && data.image(digit, i) == DATA.image(digit, i)));
        assert!(data.image(digit, 100).is_none());
    }

    data.load("digit-3.bin.gz", DIGIT_3).expect("the bundled file is whole");
    assert!((0..1032).all(|i| data.image(3, i).is_some() && data.image(3, i) == DATA.image(3, i)));
    assert!(data.image(4, 100).is_none());
}

#[test]
fn the_small_file_of_a_digit_serves_what_the_first_data_seed_picks() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/data/");
    for digit in 0..10 {
        let name = part_for_pick(digit, 100, 0);
        assert_ne!(name, part_for_digit(digit));
        assert_eq!([part_for_pick(digit, 101, 0), part_for_pick(digit, 1, 7)], [part_for_digit(digit); 2]);
        let mut data = Dataset::default();
        data.load(name, &std::fs::read(format!("{folder}{name}")).expect("the file")).expect("it is whole");
        let picked = pick_single_digit(&data, digit, 100, 0);
        assert!(
            picked.iter().all(|&at| data.image(digit, at).is_some() && data.image(digit, at) == DATA.image(digit, at))
        );
        let others = (0..data.count(digit)).filter(|at| !picked.contains(at));
        assert!(others.into_iter().all(|at| data.image(digit, at).is_none()));
        assert!(data.is_loaded(name) && !data.is_loaded(part_for_digit(digit)) && DATA.is_loaded(name));
    }
}

#[test]
fn a_pixel_is_its_byte_over_255() {
    let ramp: Vec<u8> = (0..=255).collect();
    let values = columns(&[&ramp, &ramp[..3]]);
    assert_eq!(values.len(), 259);
    assert_eq!(values[256..], [0.0, 1.0 / 255.0, 2.0 / 255.0]);
    // The nearest single-precision number to byte/255: a product with 1/255 would miss it for some bytes.
    assert!(ramp.iter().zip(&values).all(|(&byte, &value)| value == (f64::from(byte) / 255.0) as f32));
    assert_eq!(columns(&[DATA.image(3, 0).expect("every image is bundled")]).len(), IMAGE_BYTES);
}

#[test]
fn a_file_that_the_browser_has_unpacked_is_taken_as_it_is() {
    let raw = gunzip(DIGIT_3);
    assert_eq!(decode("digit-3.bin.gz", &raw), Ok(raw.clone()));
    assert_eq!(decode("digit-3.bin.gz", &gzip(&raw)), Ok(raw));
}

#[test]
fn a_truncated_file_is_told_apart_by_its_length() {
    let raw = gunzip(DIGIT_3);
    refuses("digit-3.bin.gz", &raw[..100], "digit-3.bin.gz is damaged: 100 bytes instead of 809088.");
    refuses("digit-3.bin.gz", b"", "digit-3.bin.gz is damaged: 0 bytes instead of 809088.");
    refuses("digit-3.bin.gz", &DIGIT_3[..5], "digit-3.bin.gz is damaged: 0 bytes instead of 809088.");
    let half = decode("digit-3.bin.gz", &DIGIT_3[..DIGIT_3.len() / 2]).expect_err("half a file");
    assert!(half.starts_with("digit-3.bin.gz is damaged: ") && half.contains(" bytes instead of 809088."), "{half}");
}

#[test]
fn a_page_in_place_of_the_file_is_told_apart_by_its_length() {
    let message = "digit-3.bin.gz is damaged: 15 bytes instead of 809088.";
    refuses("digit-3.bin.gz", b"<!doctype html>", message);
}

#[test]
fn an_altered_pixel_is_told_apart_by_the_checksum() {
    let mut raw = gunzip(DIGIT_3);
    raw[400] ^= 1;
    let found = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&raw);
    let message = format!("digit-3.bin.gz is damaged: checksum {found:08x} instead of 95de2e31.");
    refuses("digit-3.bin.gz", &raw, &message);
    refuses("digit-3.bin.gz", &gzip(&raw), &message);
}

#[test]
fn an_altered_file_never_passes() {
    for at in (20..DIGIT_3.len() - 8).step_by(DIGIT_3.len() / 9) {
        let mut altered = DIGIT_3.to_vec();
        altered[at] ^= 0x10;
        let message = decode("digit-3.bin.gz", &altered).expect_err("an altered file");
        assert!(message.starts_with("digit-3.bin.gz is damaged: "), "{message}");
    }
}

#[test]
fn another_digits_file_is_not_taken_for_it() {
    let message = "digit-4.bin.gz is damaged: 809088 bytes instead of 768320.";
    refuses("digit-4.bin.gz", DIGIT_3, message);
}

#[test]
fn a_name_outside_the_bundle_is_refused() {
    let message = "digit-10.bin.gz is not part of the digits: expected digit-0.bin.gz to digit-9.bin.gz, \
                   first-100.bin.gz, second-100.bin.gz, or digit-0-seed-0.bin.gz to digit-9-seed-0.bin.gz.";
    refuses("digit-10.bin.gz", DIGIT_3, message);
}

#[test]
fn a_damaged_file_leaves_the_loaded_one() {
    let mut data = Dataset::default();
    data.load("digit-3.bin.gz", DIGIT_3).expect("the bundled file is whole");
    data.load("digit-3.bin.gz", b"").expect_err("an empty file");
    assert_eq!(data.image(3, 7), DATA.image(3, 7));
    assert!(data.image(3, 7).is_some());
}
