//! The NTK lab: kernels of infinite width, entropies, and the lab as it is used.

mod entropy;
mod infinite;
mod lab;
