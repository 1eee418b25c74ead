//! What several test files share: backends, runs, and comparisons that NaN fails.

use std::rc::Rc;

use entroscope::backend::{Backend, EngineChoice, Report};
use entroscope::data::Dataset;
use entroscope::run::{Experiment, Run};
use serde_json::Value;

/// A run of `link` on `engine`, which must be there. `None` only where a GPU is neither there nor asked for
/// (`cargo xtask test` sets ENTROSCOPE_REQUIRE_GPU, and so does CI).
pub fn run_on(engine: EngineChoice, link: &str) -> Option<Run> {
    let (mut experiment, notices) = Experiment::from_link(link);
    assert_eq!(notices, Vec::<String>::new(), "the link {link}");
    experiment.engine = engine;
    let (backend, report) = open(engine)?;
    Some(Run::new(experiment, data(), backend, report))
}

/// The bundled digits.
pub fn data() -> Rc<Dataset> {
    Rc::new(Dataset::bundled())
}

/// Computes all steps of a run, in chunks of at most `chunk` steps.
pub fn finish(run: &mut Run, chunk: usize) {
    while !run.is_done() {
        pollster::block_on(run.advance(chunk)).expect("the golden runs do not diverge");
    }
}

/// A fixture by its file name.
pub fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The numbers of a JSON list.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// Fails unless `found` is within `tolerance` of `expected`.
#[track_caller]
pub fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let difference = (found - expected).abs();
    if !(difference <= tolerance) {
        panic!("{what}: {found} instead of {expected}: off by {difference:e}, allowed {tolerance:e}");
    }
}

/// A GPU; `None` only where [`run_on`] would give none.
pub fn gpu() -> Option<Backend> {
    open(EngineChoice::Gpu).map(|(backend, _)| backend)
}

fn open(engine: EngineChoice) -> Option<(Backend, Report)> {
    let (backend, report) = pollster::block_on(Backend::open(engine));
    if engine == EngineChoice::Gpu && backend.name() != "gpu" {
        let required = ["ENTROSCOPE_REQUIRE_GPU", "CI"].iter().any(|name| std::env::var_os(name).is_some());
        assert!(!required, "no GPU to test on: {}", report.reason);
        eprintln!("not tested on a GPU: {}", report.reason);
        return None;
    }
    Some((backend, report))
}
