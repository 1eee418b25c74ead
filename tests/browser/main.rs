//! The page as it is built, in a real browser: without a WebGPU adapter, and with WebGPU in software.
//!
//! `cargo xtask test` builds the page and names it in ENTROSCOPE_PAGE; `cargo xtask test NAME` runs what contains NAME.

#[path = "../it/golden.rs"]
mod golden;

/// Tests by the names of their functions; `true` gives them a browser with WebGPU.
macro_rules! tests {
    ($gpu:literal; $($name:ident),* $(,)?) => {
        &[$((concat!(module_path!(), "::", stringify!($name)), $gpu, $name)),*]
    };
}

mod archive;
mod closer;
mod compare;
mod energy;
mod exports;
mod figures;
mod gpu;
mod links;
mod look;
mod ntk;
mod offline;
mod own;
mod pair;
mod tab;
mod use_it;
mod view;
mod wta;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use entroscope::backend::{Backend, EngineChoice};
use entroscope::data::Dataset;
use entroscope::run::{Experiment, Run, csv};
use libtest_mimic::{Arguments, Failed, Trial};
use xtask::server::Server;

use tab::{Driver, Tab};

/// What every test gets: a browser, and the page on a server of its own.
pub struct Place<'a> {
    /// A browser without or with WebGPU.
    pub tab: Tab,
    driver: &'a Driver,
    server: Server,
}

impl Place<'_> {
    /// The page's address with a fragment.
    pub fn url(&self, fragment: &str) -> String {
        address(&self.server, "", fragment)
    }

    /// What was asked of the server.
    pub fn requests(&self) -> Vec<String> {
        self.server.requests()
    }

    /// The browser of somebody else: another profile, nothing stored.
    pub fn another_tab(&self) -> Tab {
        Tab::open(self.driver, false)
    }
}

/// The address of a folder on a server, with a fragment.
pub fn address(server: &Server, folder: &str, fragment: &str) -> String {
    format!("{}/{folder}#{fragment}", server.url.trim_end_matches('/'))
}

/// A file or folder that `cargo xtask test` has built.
pub fn built(variable: &str) -> PathBuf {
    let path = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: `cargo xtask test` sets it"));
    PathBuf::from(path)
}

/// A new copy of a folder, named after the test that spoils it.
pub fn copy_of(folder: &Path, name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if copy.exists() {
        std::fs::remove_dir_all(&copy).expect("an older copy goes");
    }
    copy_into(folder, &copy);
    copy
}

/// Copies what is in a folder into another.
pub fn copy_into(folder: &Path, copy: &Path) {
    std::fs::create_dir_all(copy).expect("a folder");
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        let to = copy.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy_into(&path, &to),
            false => drop(std::fs::copy(&path, &to).expect("a copied file")),
        }
    }
}

/// The CSV of a link, computed natively on the CPU.
pub fn native_csv(link: &str) -> String {
    csv(native_run(link).trace())
}

/// The finished run of a link, computed natively on the CPU.
pub fn native_run(link: &str) -> Run {
    native_steps(link, usize::MAX)
}

/// The run of a link after so many steps, computed natively on the CPU.
pub fn native_steps(link: &str, steps: usize) -> Run {
    let (experiment, notices) = Experiment::from_link(link);
    assert_eq!(notices, Vec::<String>::new(), "the link {link}");
    let (backend, report) = pollster::block_on(Backend::open(EngineChoice::Cpu));
    let mut run = Run::new(experiment, Rc::new(Dataset::bundled()), backend, report);
    while !run.is_done() && run.trace().steps() < steps {
        let left = steps - run.trace().steps();
        pollster::block_on(run.advance(left)).expect("the runs of these tests do not diverge");
    }
    run
}

/// Fails where two texts differ, with the first line that does.
#[track_caller]
pub fn same_text(what: &str, found: &str, expected: &str) {
    let mut lines = found.lines().zip(expected.lines()).enumerate();
    if let Some((at, (one, other))) = lines.find(|(_, (one, other))| one != other) {
        panic!("{what}: line {at} is\n{one}\ninstead of\n{other}");
    }
    assert_eq!(found.len(), expected.len(), "{what}: one of them ends early");
}

/// A test: its name, whether it wants WebGPU, and what it does.
type Test = (&'static str, bool, fn(&Place));

fn main() {
    let driver = Arc::new(Mutex::new(None::<Driver>));
    let modules = [
        use_it::TESTS,
        exports::TESTS,
        view::TESTS,
        figures::TESTS,
        energy::TESTS,
        ntk::TESTS,
        ntk::GPU_TESTS,
        wta::TESTS,
        wta::GPU_TESTS,
        archive::TESTS,
        closer::TESTS,
        closer::GPU_TESTS,
        compare::TESTS,
        links::TESTS,
        own::TESTS,
        pair::TESTS,
        look::TESTS,
        offline::TESTS,
        own::ON_GPU,
        gpu::TESTS,
    ];
    let trial = |(name, gpu, test): Test| {
        let driver = driver.clone();
        Trial::test(name.trim_start_matches("browser::"), move || {
            // One at a time: two browsers on two cores only wait for one another.
            let mut driver = driver.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            run(driver.get_or_insert_with(Driver::start), gpu, test)
        })
    };
    let trials = modules.concat().into_iter().map(trial).collect();
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Ends the driver, which `exit` would leave behind.
    drop(driver.lock().map(|mut driver| driver.take()));
    conclusion.exit();
}

fn run(driver: &Driver, gpu: bool, test: fn(&Place)) -> Result<(), Failed> {
    let outcome = std::panic::catch_unwind(|| {
        let server = Server::start(&built("ENTROSCOPE_PAGE"), 0).expect("a server");
        let place = Place { tab: Tab::open(driver, gpu), driver, server };
        test(&place);
        let errors = place.tab.errors();
        assert!(errors.is_empty(), "errors on the console: {errors:#?}");
    });
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Failed::from(text.unwrap_or_else(|| "a panic without a message".into()))
    })
}
