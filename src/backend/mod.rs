//! Where tensors live and kernels run: in memory on the CPU (or in two memories, of two engines that share a run), or in
//! buffers of a WebGPU device.
//!
//! Labs enqueue passes and never wait; nothing is computed for certain until [`Backend::read`] is awaited.

mod cpu;
mod gpu;
mod helper;
mod message;
mod pair;
mod selftest;
mod store;

pub use cpu::Cpu;
pub use gpu::Gpu;
pub use helper::Helper;
pub use pair::{Answer, Partner};

use crate::kernels::Kernel;

/// A tensor of a backend: f32, column-major. Valid until the backend is cleared, or longer where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tensor {
    index: usize,
    len: usize,
}

impl Tensor {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its first `len` values, as a tensor of that length.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn start(&self, len: usize) -> Self {
        assert!(len <= self.len, "a tensor of {} values has no first {len}", self.len);
        Self { len, ..*self }
    }
}

/// What went wrong with a device, or with the second engine. The numbers of the run so far stand; the run can be replayed on the CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendError(pub String);

impl std::fmt::Display for BackendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BackendError {}

/// Which engine a link asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineChoice {
    /// The GPU where there is a real one that passes its test, else the CPU.
    #[default]
    Auto,
    /// The GPU, even a software one.
    Gpu,
    /// The CPU.
    Cpu,
}

/// Which engine computes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The adapter's name; empty on the CPU.
    pub adapter: String,
    /// One sentence for people.
    pub reason: String,
}

/// The closed set of places to compute.
pub enum Backend {
    /// In memory, by the kernels' CPU functions.
    Cpu(Cpu),
    /// In buffers of a WebGPU device, by the kernels' shaders.
    Gpu(Box<Gpu>),
}

impl Default for Backend {
    fn default() -> Self {
        Self::Cpu(Cpu::default())
    }
}

impl Backend {
    /// Opens the engine that `choice` asks for. Always gives one: what can't be had falls back to the CPU, and the
    /// report says why.
    pub async fn open(choice: EngineChoice) -> (Self, Report) {
        let on_cpu = |reason: String| (Self::default(), Report { adapter: String::new(), reason });
        if choice == EngineChoice::Cpu {
            return on_cpu("The CPU computes, as the link asks.".into());
        }
        let gpu = match Gpu::open(choice == EngineChoice::Gpu).await {
            Ok(gpu) => gpu,
            Err(why) => return on_cpu(format!("The CPU computes, with full function: {why}.")),
        };
        let adapter = gpu.adapter();
        let reason = match gpu.is_software() {
            true => "WebGPU computes in software, as the link asks: slower than the CPU engine.",
            false => "The GPU computes: it gave the CPU's numbers in a self-test.",
        };
        let mut backend = Self::Gpu(Box::new(gpu));
        if let Err(why) = selftest::check(&mut backend).await {
            return on_cpu(format!("The CPU computes: the GPU ({adapter}) failed its self-test: {why}."));
        }
        (backend, Report { adapter, reason: reason.into() })
    }

    /// The CPU engine, which shares runs that cost enough with a second one, a [`Helper`]: to the bit the same numbers, sooner.
    pub fn with(partner: Box<dyn Partner>) -> Self {
        Self::Cpu(Cpu::with(partner))
    }

    /// Says, when nothing is enqueued, how many multiplications come: from here on the run is shared where that pays. A lab that says
    /// so reads what shared passes have computed before it enqueues others than those that can be sent, see
    /// [`shared`](crate::kernels::share::shared).
    pub fn share(&mut self, multiplications: f64) {
        if let Self::Cpu(cpu) = self {
            cpu.share(multiplications);
        }
    }

    /// Enqueues passes that the second engine computes alone, where two share the run, while this one goes on with what follows: what
    /// uses one of their tensors waits for them.
    pub fn beside(&mut self, passes: impl FnOnce(&mut Self)) {
        let set = |backend: &mut Self, is_beside| {
            if let Self::Cpu(cpu) = backend {
                cpu.beside(is_beside);
            }
        };
        set(self, true);
        passes(self);
        set(self, false);
    }

    /// Whether two engines have shared the run, now or before.
    pub fn was_shared(&self) -> bool {
        matches!(self, Self::Cpu(cpu) if cpu.was_shared())
    }

    /// Whether two engines share the run from here on.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Cpu(cpu) if cpu.is_shared())
    }

    /// `cpu` or `gpu`, as exports name it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cpu(_) => "cpu",
            Self::Gpu(_) => "gpu",
        }
    }

    /// A new tensor that holds `values`.
    pub fn tensor(&mut self, values: &[f32]) -> Tensor {
        let index = match self {
            Self::Cpu(cpu) => cpu.tensor(values),
            Self::Gpu(gpu) => gpu.tensor(values),
        };
        Tensor { index, len: values.len() }
    }

    /// A new tensor of zeros.
    pub fn zeros(&mut self, len: usize) -> Tensor {
        let index = match self {
            Self::Cpu(cpu) => cpu.zeros(len),
            Self::Gpu(gpu) => gpu.zeros(len),
        };
        Tensor { index, len }
    }

    /// A new tensor with the values that another one has after the passes so far.
    pub fn copy(&mut self, tensor: Tensor) -> Tensor {
        let index = match self {
            Self::Cpu(cpu) => cpu.copy(tensor),
            Self::Gpu(gpu) => gpu.copy(tensor),
        };
        Tensor { index, len: tensor.len }
    }

    /// Tensors that follow from their name alone, for instance of a seed: `make` makes them unless the run before had
    /// asked for them too. They outlive [`Backend::clear`] until a run has gone by that did not. Only `make` writes them.
    pub fn keep(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Vec<Tensor>) -> Vec<Tensor> {
        let found = match self {
            Self::Cpu(cpu) => cpu.tensors.find(name),
            Self::Gpu(gpu) => gpu.tensors.find(name),
        };
        found.unwrap_or_else(|| {
            let tensors = make(self);
            match self {
                Self::Cpu(cpu) => cpu.tensors.keep(name, &tensors),
                Self::Gpu(gpu) => gpu.tensors.keep(name, &tensors),
            }
            tensors
        })
    }

    fn is_kept(&self, tensor: Tensor) -> bool {
        match self {
            Self::Cpu(cpu) => cpu.tensors.is_kept(tensor),
            Self::Gpu(gpu) => gpu.tensors.is_kept(tensor),
        }
    }

    /// Gives a tensor other values, which all passes see that are not done yet: call it before any is enqueued.
    ///
    /// # Panics
    /// If there are not as many values as it holds.
    pub fn write(&mut self, tensor: Tensor, values: &[f32]) {
        assert_eq!(values.len(), tensor.len, "a tensor of {} values takes no {}", tensor.len, values.len());
        match self {
            Self::Cpu(cpu) => cpu.write(tensor, values),
            Self::Gpu(gpu) => gpu.write(tensor, values),
        }
    }

    /// Enqueues one pass.
    ///
    /// # Panics
    /// If a tensor has not the length that the kernel expects, is both read and written, or is written but kept for
    /// other runs.
    pub fn run(&mut self, kernel: &dyn Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
        let (spec, lengths) = (kernel.spec(), kernel.lengths());
        let names = spec.inputs.iter().chain(spec.outputs);
        let given: Vec<Tensor> = inputs.iter().chain(outputs).copied().collect();
        assert_eq!(given.len(), lengths.len(), "{}: {} tensors for {} bindings", spec.name, given.len(), lengths.len());
        for ((name, tensor), expected) in names.zip(&given).zip(lengths) {
            assert!(tensor.len == expected, "{}: `{name}` holds {} values, not {expected}", spec.name, tensor.len);
        }
        for (i, output) in outputs.iter().enumerate() {
            let same = |other: &Tensor| other.index == output.index;
            let twice = inputs.iter().any(same) || outputs[i + 1..].iter().any(same);
            assert!(!twice, "{}: `{}` is bound twice", spec.name, spec.outputs[i]);
            assert!(!self.is_kept(*output), "{}: `{}` is kept for other runs", spec.name, spec.outputs[i]);
        }
        match self {
            Self::Cpu(cpu) => cpu.run(kernel, inputs, outputs),
            Self::Gpu(gpu) => gpu.run(kernel, &given),
        }
    }

    /// The values of these tensors once all passes so far are done: one submit, one wait.
    ///
    /// # Errors
    /// If the device is lost or rejected a pass, or the second engine is lost.
    pub async fn read(&mut self, tensors: &[Tensor]) -> Result<Vec<Vec<f32>>, BackendError> {
        match self {
            Self::Cpu(cpu) => cpu.read(tensors).await,
            Self::Gpu(gpu) => gpu.read(tensors).await,
        }
    }

    /// Frees all tensors but those that this run wanted kept. The device and its pipelines stay.
    pub fn clear(&mut self) {
        match self {
            Self::Cpu(cpu) => cpu.clear(),
            Self::Gpu(gpu) => gpu.clear(),
        }
    }
}
