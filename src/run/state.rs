//! A saved state: what a run has learned and measured so far, in a file from which it is gone on with.
//!
//! | bytes | what |
//! |---|---|
//! | 19 | `entroscope-state 1` and a line feed: what it is, and the version of this format |
//! | 4 | number of the bytes that follow the next four |
//! | 4 | their CRC-32 |
//! | | version of the program, the experiment's link, engine, adapter: texts |
//! | | steps; columns; their names: texts; the rows, step by step: f64 each |
//! | | tensors; of each its name: a text; its length; its values: f32 each |
//!
//! Numbers are little-endian, counts and lengths 4 bytes; a text is its length and UTF-8. Files are gzipped, and read either way.

use super::experiment::Experiment;
use crate::data::crc32;

const MAGIC: &[u8] = b"entroscope-state ";
const FORMAT: &[u8] = b"1\n";

/// What a run goes on from.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Version of the program that has saved it.
    pub version: String,
    /// The experiment.
    pub link: String,
    /// Where it was computed, `cpu` or `gpu`.
    pub engine: String,
    /// Name of the adapter, empty on the CPU.
    pub adapter: String,
    /// Number of steps so far.
    pub steps: usize,
    /// Names of what was measured.
    pub columns: Vec<String>,
    /// What was measured, step by step; NaN where there is no value.
    pub rows: Vec<f64>,
    /// Tensors that the lab goes on from, with their names.
    pub tensors: Vec<(String, Vec<f32>)>,
}

impl State {
    /// How the names of its files end.
    pub const ENDING: &str = "entroscope";

    /// The bytes of its file, before they are compressed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for text in [&self.version, &self.link, &self.engine, &self.adapter] {
            push_text(&mut body, text);
        }
        push_count(&mut body, self.steps);
        push_count(&mut body, self.columns.len());
        self.columns.iter().for_each(|name| push_text(&mut body, name));
        self.rows.iter().for_each(|value| body.extend(value.to_le_bytes()));
        push_count(&mut body, self.tensors.len());
        for (name, values) in &self.tensors {
            push_text(&mut body, name);
            push_count(&mut body, values.len());
            values.iter().for_each(|value| body.extend(value.to_le_bytes()));
        }
        let mut bytes = [MAGIC, FORMAT].concat();
        push_count(&mut bytes, body.len());
        bytes.extend(crc32(&body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// The file: its bytes, gzipped.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_file(&self) -> Vec<u8> {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let written = packed.write_all(&self.to_bytes()).and_then(|()| packed.finish());
        written.expect("memory takes what is written")
    }

    /// Reads the unpacked bytes of a file.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]).into_owned();
            return Err(format!("no saved state: it begins with {begins:?} where \"entroscope-state\" was expected"));
        };
        let Some(rest) = rest.strip_prefix(FORMAT) else {
            let found: Vec<u8> = rest.iter().copied().take(8).take_while(|byte| *byte != b'\n').collect();
            let found = String::from_utf8_lossy(&found).into_owned();
            return Err(format!(
                "version {found:?} of saved states, where 1 was expected: another version of this program has saved it"
            ));
        };
        let mut head = Bytes(rest);
        let (length, checksum) = (head.count()?, head.word()?);
        let body = head.0;
        if body.len() != length {
            let (found, expected) = (body.len(), length);
            return Err(format!("{found} bytes of content where {expected} were expected: it is not whole"));
        }
        let found = crc32(body);
        if found != checksum {
            return Err(format!("checksum {found:08x} where {checksum:08x} was expected: it is damaged"));
        }
        Bytes(body).state()
    }

    /// Its experiment.
    ///
    /// # Errors
    /// If this version cannot take its link as written.
    pub fn experiment(&self) -> Result<Experiment, String> {
        let (experiment, notices) = Experiment::from_link(&self.link);
        match notices.first() {
            Some(notice) => Err(format!("this version cannot take its link ({}) as written: {notice}", self.link)),
            None => Ok(experiment),
        }
    }
}

fn push_count(bytes: &mut Vec<u8>, count: usize) {
    let count = u32::try_from(count).expect("what fits a browser's memory has a length of 32 bits");
    bytes.extend(count.to_le_bytes());
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_count(bytes, text.len());
    bytes.extend(text.as_bytes());
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| format!("{} bytes where {count} more were expected: it ends too early", self.0.len()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn word(&mut self) -> Result<u32, String> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn count(&mut self) -> Result<usize, String> {
        self.word().map(|count| count as usize)
    }

    fn text(&mut self) -> Result<String, String> {
        let length = self.count()?;
        let bytes = self.take(length)?.to_vec();
        String::from_utf8(bytes).map_err(|_| "a text in it is not UTF-8".into())
    }

    /// So many values of `N` bytes.
    fn values<T, const N: usize>(&mut self, count: usize, read: fn([u8; N]) -> T) -> Result<Vec<T>, String> {
        let bytes = self.take(count.saturating_mul(N))?;
        Ok(bytes.as_chunks::<N>().0.iter().map(|bytes| read(*bytes)).collect())
    }

    fn state(mut self) -> Result<State, String> {
        let [version, link, engine, adapter] = [self.text()?, self.text()?, self.text()?, self.text()?];
        let (steps, columns) = (self.count()?, self.count()?);
        let columns = (0..columns).map(|_| self.text()).collect::<Result<Vec<_>, _>>()?;
        let rows = self.values(steps.saturating_mul(columns.len()), f64::from_le_bytes)?;
        let mut tensors = Vec::new();
        for _ in 0..self.count()? {
            let (name, length) = (self.text()?, self.count()?);
            tensors.push((name, self.values(length, f32::from_le_bytes)?));
        }
        match self.0.len() {
            0 => Ok(State { version, link, engine, adapter, steps, columns, rows, tensors }),
            more => Err(format!("{more} bytes follow its last tensor, where none were expected")),
        }
    }
}
