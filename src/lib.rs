//! Entroscope: watch entropy fall as networks learn by local rules.
//!
//! # Bird's eye view
//! `state = f(link, step)`. A run is a pure function of the experiment's link, the data and the number of steps, on a
//! deterministic engine without web types. The page, scrubbing, sharing, comparing, exports, the command line and the
//! tests are views of that function.
//!
//! A link names a *lab* and its settings ([`run::Experiment`]). The lab enqueues compute passes ([`kernels`]) on a
//! *backend* ([`backend::Backend`]: the CPU, or a WebGPU device), chunk by chunk of steps; what each step measures is
//! read back once a chunk and becomes rows of a [`trace::Trace`]. *Figures* name columns of the trace ([`figure`]) and
//! [`draw`] turns both into pictures. In the browser the engine runs in a worker, a second worker may compute half of
//! what an SKA run or an NTK costs ([`backend::Helper`]), and the page draws; natively the binary `entroscope` runs links and prints
//! their numbers.
//!
//! # Code map
//! | module | what it holds | what it may not touch |
//! |---|---|---|
//! | `number` | numbers as a reader wants them | |
//! | [`analysis`] | what a closer look computes (fits, spectra, probes) and shows (facts, findings) | |
//! | [`rng`] | NumPy's and torch's random streams, bit for bit | |
//! | [`data`] | the bundled digits, and which images an experiment takes; small sets in the plane | |
//! | [`trace`] | measurements: named columns, one row per step | |
//! | [`config`] | settings described once: controls, links out, links in | |
//! | [`figure`] | what to plot, as data | plotters |
//! | [`kernels`] | one compute pass per file: parameters, reference, shader | backends, random numbers, other kernels |
//! | [`backend`] | where tensors live and passes run; the only place that names wgpu | labs, equations |
//! | [`labs`] | one folder per lab, and the [`labs::LABS`] table | wgpu, pictures, the web, waiting, clocks, other labs |
//! | [`run`] | experiment and link, the run's loop, exports, a recorded run checked | wgpu, the DOM |
//! | [`draw`] | figure + trace -> picture on any plotters backend, and back from a pixel to a measurement | backends, canvases |
//! | [`page`] | what the page holds, without a browser: link, runs, archive, pointer | the DOM |
//! | `web` | what JavaScript may call: translation only | arithmetic, defaults, validation |
//!
//! The page loads this library twice over: a first module has the page and the engine of short runs, a second one the
//! engine of all runs, which the worker loads when a lab of long ones is opened (Cargo features `page`, `long-runs`).
//!
//! A module uses what stands above it, never below (`tests/it/tidy.rs` sees to it). `www/*.js` compute no number of an
//! experiment. `platform` holds what the browser does by itself and a native program does otherwise.
//!
//! # Invariants
//! 1. A run is a pure function of link, data and step.
//! 2. The CPU reference of a kernel is its definition, the shader an implementation.
//! 3. Tensors are f32, column-major, one column per sample: nalgebra's layout, and the bytes of PyTorch's row-major
//!    `[batch, features]`.
//! 4. A kernel is one pass with one purpose; several outputs only when they come from the same loads.
//! 5. Labs enqueue (nets too small for that compute at once), never wait, never fail. A chunk of one step gives the same
//!    numbers as a long one.
//! 6. Slugs, link keys and column names are never renamed or reused.
//! 7. No float atomics: the order of every sum is fixed.
//!
//! # Names
//! | paper | here |
//! |---|---|
//! | Z (knowledge), D (decision), ΔD | `knowledge`, `decisions`, `shift` |
//! | ΔZ, Φ = ‖ΔZ‖/η (knowledge flow) | `flow` |
//! | D' = D (1 − D), Z D' | `slope`, `knowledge_slope` |
//! | η, K, τ = η K | `learning_rate`, `steps` (`k` in links), `tau` |
//! | n, N | `units`, `samples` |
//! | A (input of a layer) | `below` |

pub mod analysis;
pub mod backend;
pub mod config;
pub mod data;
pub mod draw;
pub mod figure;
pub use entroscope_kernels as kernels;
pub mod labs;
mod number;
pub mod page;
mod platform;
pub mod rng;
pub mod run;
pub mod trace;
#[cfg(target_arch = "wasm32")]
pub mod web;
