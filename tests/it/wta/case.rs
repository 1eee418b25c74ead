//! The golden cases of original 003, and how they are set up.

use entroscope::data::{Dataset, gunzip};
use entroscope::kernels::wta_frames::WtaRule;
use entroscope::labs::wta::network::{Draws, Ranges};
use entroscope::labs::wta::world::{SIDE, Walk, interleaved, tapestry};
use entroscope::rng::NumpyRng;
use serde_json::Value;

use crate::golden::{close, numbers};

/// A fixture of this lab: compressed JSON.
pub fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json.gz", env!("CARGO_MANIFEST_DIR"));
    let bytes = gunzip(&std::fs::read(path).expect("the fixture is committed"));
    serde_json::from_slice(&bytes).expect("the fixture is JSON")
}

/// Images of a tapestry's row.
pub const TILES: usize = 30;

/// The bundled images in turn, and their digits.
pub fn images(data: &Dataset) -> Vec<(usize, &[u8])> {
    let image = |(digit, position)| (digit, data.image(digit, position).expect("the bundle is loaded"));
    interleaved(data).into_iter().map(image).collect()
}

/// The tapestry of the first images, bytes.
pub fn cloth(data: &Dataset) -> Vec<u8> {
    let images: Vec<&[u8]> = images(data).into_iter().take(TILES * TILES).map(|(_, image)| image).collect();
    tapestry(&images, TILES)
}

/// A frame of the tapestry, bytes/255 in f64.
pub fn frame(cloth: &[u8], (x, y): (usize, usize)) -> Vec<f64> {
    let row = |row: usize| cloth[(y + row) * TILES * SIDE + x..][..SIDE].iter();
    (0..SIDE).flat_map(row).map(|byte| f64::from(*byte) / 255.0).collect()
}

/// One golden case.
pub struct Case {
    /// As it was recorded.
    pub golden: Value,
    /// Its numbers.
    pub rule: WtaRule,
    /// Its first weights.
    pub draws: Draws,
    /// Where its window is, frame by frame.
    pub corners: Vec<(usize, usize)>,
}

impl Case {
    /// All cases of a file.
    pub fn all(name: &str) -> Vec<Self> {
        fixture(name).as_array().expect("a list of cases").iter().map(Self::new).collect()
    }

    fn new(golden: &Value) -> Self {
        let options = &golden["options"];
        let real = |key: &str| options[key].as_f64().unwrap_or_else(|| panic!("{key}: {options}"));
        let pair = |key: &str, or: (f64, f64)| match options.get(key) {
            Some(list) => (list[0].as_f64().expect("a number"), list[1].as_f64().expect("a number")),
            None => or,
        };
        let (kx, ky) = pair("K", (40.0, 40.0));
        let (ix, iy) = pair("I", (10.0, 10.0));
        let (wx, wy) = pair("W", (10.0, 10.0));
        let rule = WtaRule {
            kx: kx as u32,
            ky: ky as u32,
            ex: 2,
            coefficient: 0.5,
            winners: real("n_w") as u32,
            xi: real("xi"),
            s_clip: options.get("s_clip").and_then(Value::as_f64).unwrap_or(f64::INFINITY),
            invariant: (ix * iy) as u32,
            alpha: 2.0 / 6.0,
            leta: 0.08,
            seta: 0.0008,
            period: 2000,
            wta: (wx * wy) as u32,
            phi: real("phi"),
            w_clip: options.get("w_clip").and_then(Value::as_f64).unwrap_or(f64::INFINITY),
            reads: if options.get("wta_on") == Some(&"io_pert".into()) { 1.0 } else { 0.0 },
            aims: 0.0,
            balance: 0.0,
            share_rate: 0.0,
        };
        let ranges = Ranges { sparse: pair("sw", (0.0, 0.0)), invariant: (0.0, 0.1), wta: pair("ww", (0.0, 0.0)) };
        let whole = |key: &str| golden[key].as_u64().expect("a number") as u32;
        let draws = Draws::new(&rule, &ranges, &mut NumpyRng::new(whole("seed")));
        let walk = Walk { seed: whole("walk_seed"), ..Walk::default() };
        Self { rule, draws, corners: walk.corners(whole("steps") as usize, TILES), golden: golden.clone() }
    }

    /// "In10 (10x10)".
    pub fn name(&self) -> String {
        format!("{} ({}x{})", self.golden["cell"], self.rule.kx, self.rule.ky)
    }

    /// The winners of every frame.
    pub fn winners(&self, frame: usize) -> Vec<usize> {
        numbers(&self.golden["winners"][frame]).into_iter().map(|unit| unit as usize).collect()
    }

    /// The checksums after a frame, if there are any.
    pub fn checkpoint(&self, frame: usize) -> Option<&Value> {
        self.golden["checkpoints"].as_array()?.iter().find(|checkpoint| checkpoint["after"] == frame + 1)
    }
}

/// Compares values in NumPy's order with their checksum. `tolerance` is relative; sums are of positive numbers.
#[track_caller]
pub fn check(what: &str, values: &[f64], checksum: &Value, tolerance: f64) {
    let number = |key: &str| checksum[key].as_f64().unwrap_or_else(|| panic!("{key} of {checksum}"));
    let place = |at: usize| (at % 97 + 1) as f64;
    for (key, found) in [
        ("sum", values.iter().sum::<f64>()),
        ("sq_sum", values.iter().map(|value| value * value).sum()),
        ("pos_sum", values.iter().enumerate().map(|(at, value)| value * place(at)).sum()),
    ] {
        close(&format!("{what}, {key}"), found, number(key), tolerance * number(key).abs());
    }
    for (at, first) in numbers(&checksum["first8"]).into_iter().enumerate() {
        close(&format!("{what}, value {at}"), values[at], first, tolerance * first.abs());
    }
}
