//! The NTK lab: entropy of the neural tangent kernel while a convolutional net trains (original 004).

pub mod architecture;
pub mod empirical;
pub mod net;
pub mod weights;
