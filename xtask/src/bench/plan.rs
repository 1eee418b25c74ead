//! What is measured: the rows of all tables. A new row is a line below; what it asks for is answered by a module of
//! `benches/peers` in the browser, by a Python program of the same folder, or by the native runner `benches/src`.

use serde_json::{Value, json};

/// The links whose images and weights the peers start from, and the folders that they are written to.
pub const DATA: [(&str, &str); 2] = [("lab=ska-digit", "digit"), ("lab=ska-batch", "batch")];
/// First word of the kernels' keys; their rows come from Criterion.
pub const KERNELS: &str = "kernels";

/// Neurons of the original's layers.
const LAYERS: [u64; 4] = [256, 128, 64, 10];

/// Who does it.
#[derive(Clone, Debug)]
pub enum By {
    /// `benches/peers/{peer}.js` in the browser.
    Browser { peer: &'static str, variant: &'static str },
    /// The native runner with the engine `cpu` or `gpu`, or with `arithmetic`; or `benches/peers/{program}.py`.
    Native { program: &'static str, threads: usize },
    /// Nobody: the size of the page that was built.
    FirstVisit,
}

/// A row before it is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is called; unlike every other.
    pub key: String,
    /// The table that it belongs to. Its first row gives the numbers that those of the others must equal.
    pub group: String,
    /// What it says in the table.
    pub name: String,
    /// Who does it.
    pub by: By,
    /// What they are asked for.
    pub run: Value,
    /// Left out by `--quick`.
    pub slow: bool,
    /// One turn is enough.
    pub once: bool,
    /// Measured only where the row of this key was quick.
    pub if_quick: Option<String>,
}

impl Plan {
    /// A row that takes all turns.
    pub fn new(key: &str, group: &str, name: &str, by: By, run: Value) -> Self {
        let [key, group, name] = [key, group, name].map(str::to_owned);
        Self { key, group, name, by, run, slow: false, once: false, if_quick: None }
    }

    /// Whether the key has these words, one after another: `ska-100 ours-gpu` is called `ska`, `ska-100`, `gpu`, `100 ours`.
    pub fn is_called(&self, words: &str) -> bool {
        let [own, words] = [&self.key, words].map(|text| text.split([' ', '-']).collect::<Vec<_>>());
        own.windows(words.len()).any(|part| part == words)
    }
}

/// All rows but the kernels', group after group.
pub fn all() -> Vec<Plan> {
    [ska(100), ska(1000), page(), scaling(), wta(), ntk()].concat()
}

fn browser(peer: &'static str, variant: &'static str) -> By {
    By::Browser { peer, variant }
}

fn native(program: &'static str, threads: usize) -> By {
    By::Native { program, threads }
}

/// The processor's threads.
fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs of the original's network: 784-256-128-64-10, 50 steps, every metric at every step.
fn ska(images: u64) -> Vec<Plan> {
    let (part, group) = (format!("ska-{images}"), format!("One run of {images} images"));
    // What was computed before decides what need not be computed again: with a slider moved, all that follows from the
    // images; with other images, nothing.
    let (link, slid, others, folder) = match images {
        100 => ("ska-digit&tau=0.5", "ska-digit&tau=0.4", "ska-digit&digit=1", "digit"),
        _ => ("ska-batch&eta=0.01", "ska-batch&eta=0.008", "ska-batch&per_class=99", "batch"),
    };
    let run = |before: &str| {
        json!({
            "link": format!("lab={link}"), "before": format!("lab={before}"),
            "columns": ["entropy_1", "entropy_2", "entropy_3", "entropy_4"], "rows": [1, 50],
            "folder": folder, "samples": images, "layers": LAYERS, "steps": 50, "rate": 0.01,
        })
    };
    let row = |key: &str, name: &str, by| Plan::new(&format!("{part} {key}"), &group, name, by, run(others));
    let slid = |plan: Plan| Plan { run: run(slid), ..plan };
    let slow = |plan: Plan| Plan { slow: true, ..plan };
    let gpu = |plan: Plan| {
        let if_quick = (images > 100).then(|| plan.key.replace(&part, "ska-100"));
        Plan { slow: true, if_quick, ..plan }
    };
    // One neuron a layer that sees one image: what the dispatches and the way there and back cost.
    let floor = |plan: Plan| {
        let link = "lab=ska-digit&samples=1&layers=1-1-1-1&k=2";
        Plan { run: json!({ "link": link, "before": format!("{link}&digit=1") }), ..plan }
    };
    let lean = |plan: Plan| {
        let mut run = plan.run.clone();
        run["lean"] = true.into();
        Plan { run, ..plan }
    };
    let arithmetic = |plan: Plan| Plan { run: json!({ "products": products(images) }), ..plan };
    let mut rows = vec![
        row("native", "Entroscope, native, CPU", native("cpu", 1)),
        slid(row("native-slid", "the same, after another learning rate", native("cpu", 1))),
        row("ours", "**Entroscope, browser, CPU in one worker**", browser("ours", "cpu")),
        slid(row("ours-slid", "the same, after another learning rate", browser("ours", "cpu"))),
        row("pair", "**Entroscope, browser, CPU in two workers**", browser("ours", "pair")),
        slid(row("pair-slid", "the same, after another learning rate", browser("ours", "pair"))),
        arithmetic(row(
            "arithmetic",
            "its products and their sums alone, from registers, native, one thread",
            native("arithmetic", 1),
        )),
        row("pytorch", "PyTorch as the original has it, all threads", native("ska_pytorch", all_threads())),
        row("pytorch-1", "PyTorch as the original has it, one thread", native("ska_pytorch", 1)),
        lean(row(
            "pytorch-lean",
            "PyTorch without autograd and read-backs, all threads",
            native("ska_pytorch", all_threads()),
        )),
        slow(row("pytorch-gpu", "PyTorch as the original has it, on its GPU", native("ska_pytorch_cuda", 1))),
        lean(slow(row(
            "pytorch-gpu-lean",
            "PyTorch without autograd and read-backs, on its GPU",
            native("ska_pytorch_cuda", 1),
        ))),
        row("numpy", "NumPy, all threads", native("ska_numpy", all_threads())),
        row("numpy-1", "NumPy, one thread", native("ska_numpy", 1)),
        slow(row("onnx", "onnxruntime-web, wasm", browser("onnx", "wasm"))),
        slow(row("jax", "jax-js, wasm", browser("jax", "wasm"))),
        slow(row("tfjs", "TensorFlow.js, wasm", browser("tfjs", "wasm"))),
        gpu(row("native-gpu", "Entroscope, native, GPU", native("gpu", 1))),
        gpu(row("ours-gpu", "**Entroscope, browser, WebGPU**", browser("ours", "gpu"))),
        gpu(slid(row("ours-gpu-slid", "the same, after another learning rate", browser("ours", "gpu")))),
        gpu(row("webgpu", "the same kernels from plain JavaScript, WebGPU", browser("webgpu", ""))),
        gpu(row("jax-gpu", "jax-js, WebGPU", browser("jax", "webgpu"))),
        gpu(row("tfjs-gpu", "TensorFlow.js, WebGPU", browser("tfjs", "webgpu"))),
    ];
    if images == 100 {
        let nothing = "a GPU's passes with next to nothing to compute";
        rows.push(gpu(floor(row("native-floor", &format!("{nothing}, native"), native("gpu", 1)))));
        rows.push(gpu(floor(row("webgpu-floor", &format!("{nothing}, browser"), browser("ours", "gpu")))));
        rows.push(slow(row("host", "Entroscope, WebGPU: the host's work", browser("ours", "host"))));
        let dispatches = slow(row("dispatches", "Entroscope, WebGPU: dispatches", browser("ours", "dispatches")));
        rows.push(Plan { once: true, ..dispatches });
    }
    rows
}

/// Multiplications, each with an addition, of the CPU engine's run of 49 steps that learn: the first layer's in the space of
/// a hundred images, and over the lit pixels, 19 % of all, of a thousand.
fn products(images: u64) -> u64 {
    let later = 2 * images * LAYERS.windows(2).map(|pair| pair[0] * pair[1]).sum::<u64>();
    let first = LAYERS[0];
    match images {
        100 => 49 * (first * images * images + later) + 784 * images * (images + first),
        _ => 49 * (2 * images * first * 784 * 19 / 100 + later),
    }
}

/// What a visitor feels.
fn page() -> Vec<Plan> {
    let row =
        |key: &str, name: &str, by| Plan::new(&format!("page {key}"), "The page, CPU engine", name, by, json!({}));
    vec![
        row("first", "navigation to the first picture", browser("page", "first")),
        Plan { once: true, ..row("bytes", "first visit, after brotli", By::FirstVisit) },
        row("slider", "a slider dragged: runs of 100 images with their picture", browser("page", "slider")),
        row("rotation", "three trajectories turned, ten archived runs", browser("page", "rotation")),
        Plan { once: true, slow: true, ..row("memory", "memory after a run of 100 images", browser("page", "memory")) },
    ]
}

/// The default run of a hundred images, with one thing changed.
fn scaling() -> Vec<Plan> {
    let links = [
        ("100 images, K 50, layers 256-128-64-10", "ska-digit"),
        ("K 100", "ska-digit&k=100"),
        ("K 200", "ska-digit&k=200"),
        ("10 images", "ska-digit&samples=10"),
        ("50 images", "ska-digit&samples=50"),
        ("500 images", "ska-batch&per_class=50"),
        ("1000 images", "ska-batch"),
        ("layers 64-32-16-10", "ska-digit&layers=64-32-16-10"),
        ("layers 512-256-128-10", "ska-digit&layers=512-256-128-10"),
        ("layers 512-512-256-64", "ska-digit&layers=512-512-256-64"),
    ];
    let row = |(name, link): (&str, &str)| {
        // Other images before it.
        let run = json!({ "link": format!("lab={link}"), "before": "lab=ska-digit&digit=1" });
        Plan::new(&format!("scaling {link}"), "Scaling, browser, CPU engine", name, browser("ours", "cpu"), run)
    };
    links.map(row).into()
}

/// Cells of the invariance notebook that train all three layers.
fn wta() -> Vec<Plan> {
    let ten = json!({
        "side": 40, "invariant": 100, "winners": 5, "sw": [0.0, 0.2], "ww": [0.0, 0.1], "xi": 0.02, "phi": 0.01,
    });
    let eleven = json!({
        "side": 40, "invariant": 100, "winners": 15, "sw": [0.2, 0.21], "ww": [0.3, 0.32], "xi": 0.02, "phi": 0.01,
    });
    let big = json!({
        "side": 50, "invariant": 225, "winners": 15, "sw": [0.2, 0.21], "ww": [0.3, 0.32], "xi": 0.04, "phi": 0.02,
        "clip": 4.0,
    });
    let rows = |(cell, numbers): (&str, Value)| {
        let run = json!({
            // A row of the trace is 500 frames.
            "link": format!("lab=wta-mnist&cell={cell}&frames=10000&train=0"), "timed": [1, 20], "each": 500,
            "columns": ["sparse_entropy", "last_entropy", "sparse_error", "io_sum"], "rows": [0, 1],
            "frames": 500, "folder": "batch", "cell": numbers,
        });
        let group = format!("Invariance lab, In [{cell}]: frames of training");
        let row = |key, name, by| Plan::new(&format!("wta-{cell} {key}"), &group, name, by, run.clone());
        [
            row("ours", "**Entroscope, browser, CPU in a worker**", browser("ours", "cpu")),
            row("numpy", "NumPy, as the notebook is written, one thread", native("wta_numpy", 1)),
        ]
    };
    [("10", ten), ("11", eleven), ("22", big)].into_iter().flat_map(rows).collect()
}

/// The NTK lab's steps. A link's second row of the trace comes after its first epoch.
fn ntk() -> Vec<Plan> {
    let run = |link: &str, timed: [u32; 2], more: Value| {
        let mut run = json!({ "link": format!("lab=ntk-entropy&{link}"), "timed": timed, "folder": "batch" });
        for (key, value) in more.as_object().into_iter().flatten() {
            run[key] = value.clone();
        }
        run
    };
    let epoch =
        run("sizes=5&tests=10&epochs=1", [1, 2], json!({ "columns": ["train_loss"], "rows": [1, 2], "what": "epoch" }));
    let kernel = run(
        "sizes=100&images=100&tests=10&epochs=1",
        [1, 2],
        json!({ "columns": ["cosine_100"], "rows": [0, 1], "what": "kernel" }),
    );
    let row = |part: &str, key: &str, name: &str, by, run: &Value| {
        let group = match part {
            "epoch" => "NTK lab, browser, CPU engine: an epoch of 1000 images, batches of 32",
            "kernel" => "NTK lab, browser, CPU engine: the kernel of 100 images and its entropy",
            _ => "NTK lab, browser, CPU engine: the kernel of infinite width and its entropy",
        };
        Plan::new(&format!("ntk-{part} {key}"), group, name, by, run.clone())
    };
    let ours = || browser("ours", "cpu");
    let pair = || browser("ours", "pair");
    let infinite_50 = run("run=width&widths=0.125&sample=50&seeds=1", [0, 1], json!({}));
    let infinite_100 = run("sizes=100&images=100&tests=10&width=0.125&epochs=1", [0, 1], json!({}));
    let torch = |part: &str, key: &str, threads: &str, count, run: &Value| {
        let name = if part == "epoch" { "PyTorch" } else { "PyTorch, Jacobians by `vmap` and `jacrev`" };
        Plan { slow: true, ..row(part, key, &format!("{name}, {threads}"), native("ntk_pytorch", count), run) }
    };
    vec![
        row("epoch", "ours", "**Entroscope** (with the kernel of 5 images)", ours(), &epoch),
        torch("epoch", "pytorch", "all threads", all_threads(), &epoch),
        torch("epoch", "pytorch-1", "one thread", 1, &epoch),
        row("kernel", "ours", "**Entroscope** (with an epoch of 100 images)", ours(), &kernel),
        row("kernel", "pair", "**the same in two workers**", pair(), &kernel),
        torch("kernel", "pytorch", "all threads", all_threads(), &kernel),
        torch("kernel", "pytorch-1", "one thread", 1, &kernel),
        row("infinite", "50", "50 images", ours(), &infinite_50),
        row("infinite", "50-pair", "the same in two workers", pair(), &infinite_50),
        row("infinite", "100", "100 images", ours(), &infinite_100),
        row("infinite", "100-pair", "the same in two workers", pair(), &infinite_100),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_group_stand_together_and_keys_are_their_own() {
        let plans = all();
        let groups = plans.chunk_by(|a, b| a.group == b.group).count();
        let sorted = |of: &dyn Fn(&Plan) -> String| {
            let mut all: Vec<String> = plans.iter().map(of).collect();
            all.sort();
            all.dedup();
            all.len()
        };
        assert_eq!(groups, sorted(&|plan| plan.group.clone()));
        assert_eq!(plans.len(), sorted(&|plan| plan.key.clone()));
    }

    #[test]
    fn a_row_that_waits_for_another_names_one_before_it() {
        let plans = all();
        for (at, plan) in plans.iter().enumerate() {
            let Some(other) = &plan.if_quick else { continue };
            assert!(plans[..at].iter().any(|before| before.key == *other), "{} waits for {other}", plan.key);
        }
    }
}
