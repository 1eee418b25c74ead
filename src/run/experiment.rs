//! What is computed: a lab, its settings, and the engine asked for.

use crate::backend::EngineChoice;
use crate::config::{Choice, Field, Notice, Options, ReadLink, Settings, Visitor, WriteLink, option};
use crate::data::{Source, part_for_digit};
use crate::labs::{Config, LABS, LabEntry};

impl Options for EngineChoice {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::Auto,
            Choice {
                slug: "auto",
                label: "Automatic",
                help: "The GPU where there is a real one that passes a self-test, else the CPU.",
            },
        ),
        (
            Self::Gpu,
            Choice {
                slug: "gpu",
                label: "GPU",
                help: "WebGPU, even on a slow software adapter; the CPU if there is none.",
            },
        ),
        (Self::Cpu, Choice { slug: "cpu", label: "CPU", help: "The CPU engine: full function everywhere." }),
    ];
}

/// A lab with its settings.
pub struct Experiment {
    /// The lab.
    pub lab: &'static LabEntry,
    /// Its settings.
    pub config: Box<dyn Config>,
    /// The engine asked for; see [`Experiment::engine`].
    pub engine: EngineChoice,
    /// Whose images it learns from. Links name only a set of the reader's own: without the key it is the bundle.
    pub data: Source,
}

impl Clone for Experiment {
    fn clone(&self) -> Self {
        Self { lab: self.lab, config: self.config.boxed(), engine: self.engine, data: self.data }
    }
}

impl Experiment {
    /// A lab at its defaults.
    pub fn new(lab: &'static LabEntry) -> Self {
        Self { lab, config: (lab.config)(), engine: EngineChoice::Auto, data: Source::Bundled }
    }

    /// Reads a fragment that holds an experiment; whatever else it holds gets a notice.
    pub fn from_link(fragment: &str) -> (Self, Vec<Notice>) {
        let mut read = ReadLink::new(fragment);
        let experiment = Self::read(&mut read);
        (experiment, read.finish())
    }

    /// Takes the experiment's keys out of a link.
    pub(super) fn read(link: &mut ReadLink) -> Self {
        if let Some(version) = link.take("v").filter(|version| version != VERSION) {
            link.refuse("v", &version, &format!("{VERSION}, the version of links that this page writes"));
        }
        let mut lab = &LABS[0];
        if let Some(slug) = link.take("lab") {
            match LABS.iter().find(|entry| entry.slug == slug) {
                Some(entry) => lab = entry,
                None => {
                    let slugs: Vec<&str> = LABS.iter().map(|entry| entry.slug).collect();
                    link.refuse("lab", &slug, &format!("one of {}", slugs.join(", ")));
                }
            }
        }
        let mut experiment = Self::new(lab);
        experiment.visit(link);
        experiment.config.read_aliases(link);
        if let Some(slug) = link.take("data") {
            match Source::from_slug(&slug) {
                Some(Source::Own(_)) if experiment.config.needs().is_empty() => {
                    link.refuse("data", &slug, "no images: this lab learns from none");
                }
                Some(source) => experiment.data = source,
                None => link.refuse("data", &slug, "bundled, or own images by number and checksum: own-60000-1a2b3c4d"),
            }
        }
        if experiment.config.on_cpu_only()
            && let Some(engine) = link.take("engine").filter(|engine| engine != "cpu")
        {
            link.refuse("engine", &engine, "cpu: these networks are too small to gain from a GPU");
        }
        experiment
    }

    /// In a few words, for lists of runs: the settings, and own images by their checksum.
    pub fn label(&self) -> String {
        match self.data {
            Source::Bundled => self.config.label(),
            Source::Own(set) => format!("{} · own images {:08x}", self.config.label(), set.crc32),
        }
    }

    /// Names of the data that a run needs: files of the bundle, or a set of own images.
    pub fn needs(&self) -> Vec<String> {
        match self.data {
            Source::Bundled => self.config.needs().into_iter().map(str::to_owned).collect(),
            Source::Own(set) => vec![set.to_string()],
        }
    }

    /// Name of the data that holds all images of `digit`.
    pub fn holds(&self, digit: usize) -> String {
        match self.data {
            Source::Bundled => part_for_digit(digit).into(),
            Source::Own(set) => set.to_string(),
        }
    }

    /// Where it is to be computed.
    pub fn engine(&self) -> EngineChoice {
        if self.config.on_cpu_only() { EngineChoice::Cpu } else { self.engine }
    }

    /// The fragment that gives this experiment again, every setting written.
    pub fn to_link(&self) -> String {
        let mut write = WriteLink::default();
        self.write(&mut write);
        write.finish()
    }

    /// Writes the experiment's keys.
    pub(super) fn write(&self, link: &mut WriteLink) {
        link.push("v", VERSION);
        link.push("lab", self.lab.slug);
        self.clone().visit(link);
        if let Source::Own(set) = self.data {
            link.push("data", &set.to_string());
        }
    }
}

/// Version of the links that are written.
const VERSION: &str = "1";

impl Settings for Experiment {
    fn visit(&mut self, visitor: &mut dyn Visitor) {
        self.config.visit(visitor);
        if self.config.on_cpu_only() {
            return;
        }
        let field = Field { key: "engine", label: "Engine", help: "Where the network is computed.", group: "Engine" };
        option(visitor, &field, &mut self.engine);
    }
}
