//! What several test files share: data, backends and runs.

use std::rc::Rc;

use entroscope::backend::{Backend, EngineChoice, Report};
use entroscope::data::Dataset;
use entroscope::run::{Experiment, Run};

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
