//! The NTK lab: entropy of the neural tangent kernel while a convolutional net trains (original 004).
//!
//! Networks, data, training and entropies as the notebook's library had them in May 2022; its own conventions are the defaults of
//! switches. Images are columns, N of them in a kernel Θ (N, N); S = −Σ p ln p over the eigenvalues' shares p.
//!
//! | notebook | here |
//! |---|---|
//! | `compute_ntk(…)["empirical"]` | [`empirical`]; columns `cosine_N`, `raw_N` hold its entropies |
//! | `compute_ntk(…)["infinite"]` | kernel `ntk_infinite`; columns `infinite_N` |
//! | `entropy_data`, `metrics_array` | the rows of `epochs` |
//! | `metrics_dict` | the rows of `sizes`: `before`, `after`, `accuracy`, `loss` |
//! | "Information transfer", "Area under the curve" | `transfer_N`, `area_N` |
//! | (not there) | `share_k`: log₁₀ of the k-th largest share; `within`, `between`: mean cosine of images of one digit, of two |

pub mod architecture;
mod bench;
mod choices;
mod closer;
pub mod empirical;
mod epochs;
mod images;
mod lab;
mod measure;
mod metric;
pub mod net;
mod selection;
mod settings;
mod sizes;
mod sweeps;
mod views;
mod visit;
pub mod weights;
mod width;

pub use settings::LAB;
