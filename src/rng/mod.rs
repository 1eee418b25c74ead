//! The random numbers of NumPy's `RandomState` and of torch's CPU generator, bit for bit, on one Mersenne Twister; and JAX's keys.
//!
//! The originals draw their images and weights from these two, so a run can only equal theirs with the same streams. Both seed MT19937
//! (Matsumoto and Nishimura 1998) by `init_genrand`; what differs is how they turn its 32-bit words into numbers, and that is all
//! that stands here. A generator carries its stream from one call to the next, as the originals' global generators do.
//!
//! ln, sin, cos and the fused multiply-add come from `libm`, which computes them the same natively and in the browser. They may differ
//! from the originals' C library in the last bit of a double: torch's double-precision normals are equal only to 1e-15.

mod cephes;
mod jax;
mod numpy;
mod torch;

pub use jax::JaxKey;
pub use numpy::NumpyRng;
pub use torch::TorchRng;
