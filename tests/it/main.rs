//! All native tests in one binary: kernels, shaders, labs against golden figures, links, figures, tidiness.

mod archive;
mod closer;
mod compare;
mod data;
mod draw;
mod drawn;
mod energy;
mod exports;
mod golden;
mod hopfield;
mod kernels;
mod links;
mod own;
mod page;
mod pictures;
mod rng;
mod runs;
mod shaders;
mod ska;
mod support;
mod sweeps;
mod tidy;
mod wta;
