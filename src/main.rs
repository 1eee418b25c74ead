//! The headless runner: any link on the CPU or the GPU, in any of the page's formats on standard output; and the check of a
//! recorded run.
//!
//! `entroscope '<link>'` runs one link; without one, links are read from standard input, one a line, and each gives
//! one result in order, a broken one an error on its own line. That is how a sweep fans out under a job scheduler.

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod cli {
    use std::cmp::Ordering;
    use std::io::{BufRead as _, IsTerminal as _, Write as _};
    use std::path::PathBuf;
    use std::process::ExitCode;
    use std::rc::Rc;

    use entroscope::backend::{Backend, EngineChoice, Report};
    use entroscope::data::{Dataset, Imported, OwnImages, Source, gunzip, import};
    use entroscope::run::{Check, Experiment, Export, FORMATS, Format, Link, Numbers, Run, State, python};

    const USAGE: &str = "\
Usage: entroscope [OPTIONS] [LINK]
       entroscope [OPTIONS] --check FILE.json

Runs the experiment of a link (the part of the page's address after '#') and prints its numbers.
Without a LINK, links are read from standard input, one a line; each gives one result, in order.

Options:
  --format FORMAT   how the numbers are written, csv by default; the formats are below
  --json            the same as --format json (with several links: one line each)
  --check FILE      computes the run of an exported JSON file again and says how far the two are apart;
                    fails where a series differs by more than the tolerance
  --engine ENGINE   auto, cpu or gpu, whatever the link says
  --steps N         stop after N steps
  --save FILE       save the state that the run has reached, to go on from here or on the page
  --state FILE      go on from a saved state, of the experiment that it holds or of the same LINK
  --images FILE     learn from the images of this IDX file, gzipped or not, in place of the bundled digits
  --labels FILE     and these are their labels; a link that names other images of its own is refused. Both given twice make
                    one set, in this order: MNIST's training images and then its test images
  --strict          fail if anything in a link was not taken as written
  --help            this text
  --version         the version

Formats:
";

    #[derive(Clone)]
    struct Options {
        link: Option<String>,
        check: Option<String>,
        format: &'static Format,
        strict: bool,
        engine: Option<EngineChoice>,
        steps: Option<usize>,
        save: Option<PathBuf>,
        state: Option<State>,
        images: Vec<PathBuf>,
        labels: Vec<PathBuf>,
    }

    pub(super) fn main() -> ExitCode {
        let options = match options() {
            Ok(Some(options)) => options,
            Ok(None) => return ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("entroscope: {message}\n\n{}", usage());
                return ExitCode::from(2);
            }
        };
        let mut data = Dataset::bundled();
        let source = match own_images(&options) {
            Ok(None) => Source::Bundled,
            Ok(Some(set)) => {
                let source = Source::Own(set.fingerprint);
                data.add(set);
                source
            }
            Err(message) => {
                eprintln!("entroscope: {message}");
                return ExitCode::FAILURE;
            }
        };
        let mut runner = Runner { data: Rc::new(data), source, backend: None };
        if let Some(file) = &options.check {
            return check(&mut runner, file, &options);
        }
        match options.link.clone().or_else(|| options.state.as_ref().map(|state| state.link.clone())) {
            Some(link) => print(runner.run(&link, &options), "", &options),
            None => batch(&mut runner, &options),
        }
    }

    /// The images that the options name, checked.
    fn own_images(options: &Options) -> Result<Option<OwnImages>, String> {
        let read = |path: &PathBuf| {
            let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok::<_, String>((path.display().to_string(), gunzip(&bytes)))
        };
        let mut all: Option<OwnImages> = None;
        for (images, labels) in options.images.iter().zip(&options.labels) {
            let (images, labels) = (read(images)?, read(labels)?);
            let Imported { set, .. } = import((&images.0, &images.1), (&labels.0, &labels.1))?;
            all = Some(all.map_or_else(|| set.clone(), |before| before.and(&set)));
        }
        Ok(all)
    }

    /// Links from standard input, one result each.
    fn batch(runner: &mut Runner, options: &Options) -> ExitCode {
        if std::io::stdin().is_terminal() {
            eprintln!("entroscope: reading links from the terminal, one a line (--help for more)");
        }
        let mut worst = ExitCode::SUCCESS;
        for (number, line) in std::io::stdin().lock().lines().enumerate() {
            let outcome = match line {
                Ok(line) if line.trim().is_empty() => continue,
                Ok(line) => runner.run(line.trim(), options),
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err("the link is not Unicode".into()),
                Err(error) => {
                    eprintln!("entroscope: standard input cannot be read: {error}");
                    return ExitCode::FAILURE;
                }
            };
            if print(outcome, &format!("line {}: ", number + 1), options) != ExitCode::SUCCESS {
                worst = ExitCode::FAILURE;
            }
        }
        worst
    }

    /// What a run gave: its numbers, and what stopped it early, if anything did.
    struct Written {
        text: String,
        trouble: Option<String>,
    }

    /// A result to standard output, trouble to standard error. `place` is where the link stands, among several: a
    /// link without a result then gets a line of its own, so that results keep their order.
    fn print(outcome: Result<Written, String>, place: &str, options: &Options) -> ExitCode {
        let (text, trouble) = match outcome {
            Ok(Written { text, trouble }) => (Some(text), trouble),
            Err(message) if place.is_empty() => (None, Some(message)),
            Err(message) => {
                let stand_in = match options.format.is_json() {
                    true => serde_json::json!({ "error": message }).to_string(),
                    false => format!("# error: {message}\n"),
                };
                (Some(stand_in), Some(message))
            }
        };
        if let Some(text) = text {
            // CSV ends its own last line; results of several links are set apart by an empty one.
            let end = if options.format.is_json() || !place.is_empty() { "\n" } else { "" };
            let mut out = std::io::stdout().lock();
            if let Err(error) = write!(out, "{text}{end}").and_then(|()| out.flush()) {
                // A reader that closed the pipe wants no more.
                let wanted = error.kind() != std::io::ErrorKind::BrokenPipe;
                if wanted {
                    eprintln!("entroscope: the numbers cannot be written: {error}");
                }
                std::process::exit(i32::from(wanted));
            }
        }
        match trouble {
            Some(message) => {
                eprintln!("entroscope: {place}{message}");
                ExitCode::FAILURE
            }
            None => ExitCode::SUCCESS,
        }
    }

    /// What `--help` prints.
    fn usage() -> String {
        let format = |format: &Format| format!("  {:18}{}\n", format.slug, format.help);
        std::iter::once(USAGE.to_owned()).chain(FORMATS.iter().map(format)).collect()
    }

    fn options() -> Result<Option<Options>, String> {
        use lexopt::prelude::*;
        let mut options = Options {
            link: None,
            check: None,
            format: &FORMATS[0],
            strict: false,
            engine: None,
            steps: None,
            save: None,
            state: None,
            images: Vec::new(),
            labels: Vec::new(),
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("json") => options.format = format("json")?,
                Long("format") => options.format = format(&text(&mut parser)?)?,
                Long("check") => options.check = Some(text(&mut parser)?),
                Long("strict") => options.strict = true,
                Long("engine") => options.engine = Some(engine(&text(&mut parser)?)?),
                Long("steps") => {
                    let given = text(&mut parser)?;
                    let steps = given.parse().ok().filter(|steps| *steps > 0);
                    options.steps = Some(steps.ok_or(format!("--steps {given}: expected a whole number from 1 up"))?);
                }
                Long("save") => options.save = Some(parser.value().map_err(|e| e.to_string())?.into()),
                Long("state") => options.state = Some(state(&text(&mut parser)?)?),
                Long("images") => options.images.push(parser.value().map_err(|e| e.to_string())?.into()),
                Long("labels") => options.labels.push(parser.value().map_err(|e| e.to_string())?.into()),
                Long("help") | Short('h') => {
                    print!("{}", usage());
                    return Ok(None);
                }
                Long("version") | Short('V') => {
                    println!("entroscope {}", env!("CARGO_PKG_VERSION"));
                    return Ok(None);
                }
                Value(link) if options.link.is_none() => options.link = Some(link.string().map_err(|e| e.to_string())?),
                other => return Err(other.unexpected().to_string()),
            }
        }
        match options.images.len().cmp(&options.labels.len()) {
            Ordering::Greater => return Err("--images without --labels: expected both".into()),
            Ordering::Less => return Err("--labels without --images: expected both".into()),
            Ordering::Equal => {}
        }
        match (&options.check, &options.link) {
            (Some(_), Some(link)) => Err(format!("{link:?}: --check takes the link from its file, expected no other")),
            _ => Ok(Some(options)),
        }
    }

    fn format(name: &str) -> Result<&'static Format, String> {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.slug).collect();
        Format::named(name).ok_or(format!("--format {name}: expected one of {}", names.join(", ")))
    }

    /// Computes a recorded run again and prints how far the two are apart.
    fn check(runner: &mut Runner, file: &str, options: &Options) -> ExitCode {
        let report = read(file).and_then(|(recorded, mut experiment)| {
            runner.has(experiment.data)?;
            experiment.engine = options.engine.unwrap_or(experiment.engine);
            let mut holds = false;
            let options = Options { steps: Some(recorded.steps.len()), state: None, save: None, ..options.clone() };
            let written = pollster::block_on(runner.compute(experiment, &options, &mut |run: &Run| {
                let (engine, adapter) = run.computed_on();
                let found = Check::new(&recorded, run.trace(), engine, adapter);
                holds = found.holds();
                Ok(found.to_string())
            }))?;
            Ok((written, holds))
        });
        let (outcome, holds) = match report {
            Ok((written, holds)) => (Ok(written), holds),
            Err(message) => (Err(format!("{file}: {message}")), false),
        };
        match print(outcome, "", options) {
            code if holds => code,
            _ => ExitCode::FAILURE,
        }
    }

    /// A recorded run and its experiment.
    fn read(file: &str) -> Result<(Export, Experiment), String> {
        let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
        let recorded = Export::from_json(&String::from_utf8_lossy(&bytes))?;
        let (experiment, _) = recorded.read()?;
        Ok((recorded, experiment))
    }

    fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
        let value = parser.value().map_err(|error| error.to_string())?;
        value.into_string().map_err(|raw| format!("{raw:?} is not Unicode"))
    }

    fn state(file: &str) -> Result<State, String> {
        let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        State::read(&gunzip(&bytes)).map_err(|message| format!("{file}: {message}"))
    }

    fn engine(name: &str) -> Result<EngineChoice, String> {
        match name {
            "auto" => Ok(EngineChoice::Auto),
            "cpu" => Ok(EngineChoice::Cpu),
            "gpu" => Ok(EngineChoice::Gpu),
            other => Err(format!("--engine {other}: expected auto, cpu or gpu")),
        }
    }

    /// Runs links one after the other on one backend.
    struct Runner {
        data: Rc<Dataset>,
        /// Whose images a link learns from that names none.
        source: Source,
        backend: Option<(EngineChoice, Backend, Report)>,
    }

    impl Runner {
        fn run(&mut self, link: &str, options: &Options) -> Result<Written, String> {
            // The part before '#', if the whole address was given, says where the page is, not what it computes.
            let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
            let (Link { mut experiment, .. }, notices) = Link::read(fragment);
            for notice in &notices {
                eprintln!("entroscope: {notice}");
            }
            if options.strict && !notices.is_empty() {
                return Err(format!("--strict: {}", notices.join("; ")));
            }
            if let Some(engine) = options.engine {
                experiment.engine = engine;
            }
            match experiment.data {
                Source::Bundled => experiment.data = self.source,
                wanted => self.has(wanted)?,
            }
            let none = |experiment: &Experiment| {
                let lab = experiment.lab.slug;
                format!("--format {}: the lab {lab} has nothing to write in it", options.format.slug)
            };
            if !Format::of(&experiment).contains(&options.format) {
                return Err(none(&experiment));
            }
            if options.format.is_program() {
                let text = python(&experiment, &self.data).ok_or_else(|| none(&experiment))?;
                return Ok(Written { text, trouble: None });
            }
            let mut write = |run: &Run| {
                let (experiment, trace) = (run.experiment(), run.trace());
                let (engine, adapter) = run.computed_on();
                let numbers = Numbers { experiment, trace, engine, adapter, notices: &notices };
                options.format.write(&numbers).ok_or_else(|| none(experiment))
            };
            pollster::block_on(self.compute(experiment, options, &mut write))
        }

        /// Whether the images that a link asks for are there.
        fn has(&self, wanted: Source) -> Result<(), String> {
            match wanted == self.source || wanted == Source::Bundled {
                true => Ok(()),
                false => Err(format!(
                    "the link learns from {wanted}, and there are {}: give its files as --images and --labels",
                    self.source
                )),
            }
        }

        /// Computes a run, or its first `steps` steps, and writes it.
        async fn compute(
            &mut self,
            experiment: Experiment,
            options: &Options,
            write: &mut dyn FnMut(&Run) -> Result<String, String>,
        ) -> Result<Written, String> {
            let choice = experiment.engine();
            let (backend, report) = match self.backend.take() {
                Some((opened, backend, report)) if opened == choice => (backend, report),
                _ => {
                    let (backend, report) = Backend::open(choice).await;
                    if choice != EngineChoice::Cpu {
                        eprintln!("entroscope: {}", report.reason);
                    }
                    (backend, report)
                }
            };
            let mut run = Run::new(experiment, self.data.clone(), backend, report);
            if let Some(state) = &options.state {
                run.resume(state).map_err(|message| format!("the saved state: {message}"))?;
            }
            let limit = options.steps.unwrap_or(usize::MAX).min(run.total());
            let mut outcome = Ok(0);
            while run.trace().steps() < limit && outcome.is_ok() {
                outcome = run.advance(limit - run.trace().steps()).await;
            }
            if let Some(path) = options.save.as_ref().filter(|_| outcome.is_ok()) {
                let state = run.save().await.map_err(|error| error.to_string())?;
                let state = state.ok_or("--save: no state of this lab can be gone on from")?;
                std::fs::write(path, state.to_file()).map_err(|error| format!("{}: {error}", path.display()))?;
            }
            let fell_back = run.fell_back();
            if fell_back {
                eprintln!("entroscope: {}", run.report().reason);
            }
            let text = write(&run);
            let (backend, report) = run.into_backend();
            // After a lost device the next link asks for a new one.
            self.backend = Some((choice, backend, report)).filter(|_| !fell_back);
            Ok(Written { text: text?, trouble: outcome.err().map(|error| error.to_string()) })
        }
    }
}
