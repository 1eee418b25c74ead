//! Compute passes: what each one computes (its reference), and the shader that computes the same on a GPU.
//!
//! A kernel is one pass with one purpose. Its parameters are 4-byte scalars listed once by `params!`; its tensors
//! come as plain slices, inputs first. The reference is the definition, the shader of the same name in `shaders/` an
//! implementation of it, and `compute` (where a kernel has one) a faster twin for the CPU engine.

mod adam;
mod add;
mod affine;
mod affine_input;
mod affine_weights;
mod arrange;
mod gather;
mod gram_product;
mod grid;
mod kh;
mod lanes;
mod loss;
mod ntk_infinite;
mod ntk_picture;
mod relu_pool;
mod relu_pool_back;
pub mod rows;
pub mod share;
mod ska;
pub mod tiles;
mod wgsl;
mod windows;
mod wta_classes;
mod wta_drive;
mod wta_fields;
pub mod wta_frames;
mod wta_look;
mod wta_tally;

pub use adam::Adam;
pub use add::Add;
pub use affine::Affine;
pub use affine_input::AffineInput;
pub use affine_weights::AffineWeights;
pub use arrange::Arrange;
pub use gather::Gather;
pub use gram_product::GramProduct;
pub use kh::{KhChange, KhDrive, KhRank, KhStep};
pub use loss::{Loss, Measure};
pub use ntk_infinite::{NtkDeviations, NtkInfinite, deviations};
pub use ntk_picture::NtkPicture;
pub use relu_pool::ReluPool;
pub use relu_pool_back::ReluPoolBack;
pub use ska::{QUANTITIES, Quantity, SkaGram, SkaLayer, SkaOrigin, SkaStill, SkaWeights};
pub use wta_classes::WtaClasses;
pub use wta_drive::WtaDrive;
pub use wta_fields::WtaFields;
pub use wta_frames::WtaFrames;
pub use wta_look::WtaLook;
pub use wta_tally::{LABELS, WtaTally};

use std::ops::Range;

use share::Split;
pub(crate) use wgsl::wgsl;

/// What the backends and the tests need to know about a kernel's shader.
#[derive(Debug)]
pub struct KernelSpec {
    /// Name of the kernel and of its shader's file.
    pub name: &'static str,
    /// Source of the shader. Binding 0 holds the parameters, then come the inputs, then the outputs.
    pub wgsl: &'static str,
    /// Name and WGSL type of every parameter, in order.
    pub params: &'static [(&'static str, &'static str)],
    /// Names of the tensors that are only read.
    pub inputs: &'static [&'static str],
    /// Names of the tensors that are written (and may be read first: state is updated in place).
    pub outputs: &'static [&'static str],
}

/// The specs of all kernels.
pub const KERNELS: &[&KernelSpec] = &[
    &SkaLayer::SPEC,
    &SkaStill::SPEC,
    &SkaGram::SPEC,
    &SkaOrigin::SPEC,
    &SkaWeights::SPEC,
    &WtaDrive::SPEC,
    &WtaFrames::SPEC,
    &KhDrive::SPEC,
    &KhRank::SPEC,
    &KhChange::SPEC,
    &KhStep::SPEC,
    &Gather::SPEC,
    &Affine::SPEC,
    &AffineInput::SPEC,
    &AffineWeights::SPEC,
    &ReluPool::SPEC,
    &ReluPoolBack::SPEC,
    &Loss::SPEC,
    &Adam::SPEC,
    &GramProduct::SPEC,
    &NtkDeviations::SPEC,
    &NtkInfinite::SPEC,
    &NtkPicture::SPEC,
    &Add::SPEC,
    &Arrange::SPEC,
    &WtaClasses::SPEC,
    &WtaFields::SPEC,
    &WtaLook::SPEC,
    &WtaTally::SPEC,
];

/// One compute pass with its parameters.
pub trait Kernel {
    /// Names, shader and bindings.
    fn spec(&self) -> &'static KernelSpec;

    /// The parameters as the words of the uniform block.
    fn words(&self) -> Vec<u32>;

    /// Number of workgroups in x, y and z.
    fn workgroups(&self) -> [u32; 3];

    /// Expected lengths of the inputs, then of the outputs.
    fn lengths(&self) -> Vec<usize>;

    /// The definition, on the CPU: plain, and as accurate as it is plain. The tests hold everything else against it;
    /// the page does not carry it.
    #[cfg(not(target_arch = "wasm32"))]
    fn reference(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]);

    /// What the CPU engine runs: the same results as [`Kernel::reference`] within rounding, sooner.
    fn compute(&self, inputs: &[&[f32]], outputs: &mut [&mut [f32]]);

    /// How two engines can share it; none where it can only be computed whole.
    fn split(&self) -> Option<Split> {
        None
    }

    /// [`Kernel::compute`] for some neurons alone, those of whole blocks; of a kernel that cannot be split, for all.
    fn compute_share(&self, _units: Range<usize>, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.compute(inputs, outputs);
    }
}

/// A parameter of 4 bytes.
pub(crate) trait Word {
    /// Its bits.
    fn word(self) -> u32;

    /// The reverse of [`Word::word`].
    fn of_word(word: u32) -> Self;
}

impl Word for u32 {
    fn word(self) -> u32 {
        self
    }

    fn of_word(word: u32) -> Self {
        word
    }
}

impl Word for f32 {
    fn word(self) -> u32 {
        self.to_bits()
    }

    fn of_word(word: u32) -> Self {
        Self::from_bits(word)
    }
}

/// Parameters made of their words again; none if there are not as many as parameters.
pub(crate) trait OfWords: Sized {
    fn of_words(words: &[u32]) -> Option<Self>;
}

/// Declares a kernel's parameters once: the struct, their names and types for the shader's check, and their words.
macro_rules! params {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $kind,)+
        }

        impl $name {
            const PARAMS: &'static [(&'static str, &'static str)] =
                &[$((stringify!($field), stringify!($kind)),)+];

            fn param_words(&self) -> Vec<u32> {
                vec![$($crate::Word::word(self.$field),)+]
            }
        }

        impl $crate::OfWords for $name {
            fn of_words(words: &[u32]) -> Option<Self> {
                let [$($field),+] = words else { return None };
                Some(Self { $($field: $crate::Word::of_word(*$field),)+ })
            }
        }
    };
}
pub(crate) use params;
