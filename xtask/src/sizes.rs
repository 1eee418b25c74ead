//! What the first visit loads, measured as hosts send it, against the budget.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::tree::Entry;

/// The most that a first visit may load, in bytes after brotli: a little more than it does, so that it does not grow
/// unnoticed. The aim is 350 000.
pub const BUDGET: usize = 443_000;

/// The data file of the experiment that the page opens with.
const FIRST_DATA: &str = "data/digit-0-seed-0.bin.gz";

/// Scripts that are loaded when they are first used, and the module of long runs.
const LATER: [&str; 3] = ["draw.js", "pad.js", "pkg-long/"];

/// A row of the table: sizes in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Size {
    fn add(&mut self, other: &Self) {
        self.raw += other.raw;
        self.gzip += other.gzip;
        self.brotli += other.brotli;
    }
}

/// Prints the table; an error when the first visit is over the budget.
pub fn check(page: &[Entry]) -> Result<(), String> {
    println!("First visit, bytes:{:>12}{:>10}{:>10}", "raw", "gzip", "brotli");
    let mut total = Size::default();
    for group in ["wasm", "js", "css", "html", "other", "data"] {
        let mut sum = Size::default();
        for entry in page.iter().filter(|entry| group_of(&entry.path) == Some(group)) {
            sum.add(&size_of(&entry.bytes));
        }
        total.add(&sum);
        print_row(group, &sum);
    }
    print_row("total", &total);
    let mut long = Size::default();
    page.iter().filter(|entry| entry.path.starts_with("pkg-long/")).for_each(|entry| long.add(&size_of(&entry.bytes)));
    println!("When a lab of long runs is opened:");
    print_row("wasm and js", &long);
    within(total.brotli)
}

/// What a first visit loads, in bytes after brotli.
pub fn first_visit(page: &[Entry]) -> usize {
    let loaded = page.iter().filter(|entry| group_of(&entry.path).is_some());
    loaded.map(|entry| size_of(&entry.bytes).brotli).sum()
}

fn print_row(name: &str, size: &Size) {
    println!("  {name:17}{:>12}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
}

fn within(brotli: usize) -> Result<(), String> {
    if brotli <= BUDGET {
        return Ok(());
    }
    Err(format!("the first visit takes {brotli} bytes after brotli, over the budget of {BUDGET}: see the table above"))
}

/// What part of the first visit a file of the page is, if any.
pub fn group_of(path: &str) -> Option<&'static str> {
    if LATER.iter().any(|later| path.starts_with(later)) {
        return None;
    }
    if path.starts_with("data/") {
        return (path == FIRST_DATA).then_some("data");
    }
    Some(match path.rsplit_once('.')?.1 {
        "wasm" => "wasm",
        "js" => "js",
        "css" => "css",
        "html" => "html",
        "svg" | "ico" | "png" | "webp" | "webmanifest" | "json" => "other",
        _ => return None,
    })
}

/// The bytes as a gzip file.
pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).and_then(|()| gzip.finish()).expect("writing to memory does not fail")
}

fn size_of(bytes: &[u8]) -> Size {
    let gzip = gzipped(bytes);
    let mut brotli = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut brotli, &parameters).expect("writing to memory does not fail");
    Size { raw: bytes.len(), gzip: gzip.len(), brotli: brotli.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_visit_loads_one_digit_and_everything_but_data_and_text_for_people() {
        assert_eq!(group_of("data/digit-0-seed-0.bin.gz"), Some("data"));
        assert_eq!(group_of("data/digit-0.bin.gz"), None);
        assert_eq!(group_of("data/LICENSE"), None);
        assert_eq!(group_of("pkg/entroscope_bg.wasm"), Some("wasm"));
        assert_eq!(group_of("pkg/entroscope.js"), Some("js"));
        assert_eq!(group_of("pkg-long/entroscope_long.js"), None);
    }

    #[test]
    fn the_budget_can_be_exceeded() {
        assert_eq!(within(BUDGET), Ok(()));
        assert!(within(BUDGET + 1).is_err_and(|error| error.contains(&(BUDGET + 1).to_string())));
    }

    #[test]
    fn compressed_sizes_are_those_of_the_content() {
        let size = size_of(&[7; 10_000]);
        assert_eq!(size.raw, 10_000);
        assert!(size.gzip < 100 && size.brotli < 100, "{size:?}");
    }
}
