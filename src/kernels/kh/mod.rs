//! The rule of competing hidden units (D. Krotov and J. Hopfield, PNAS 116, 7723, 2019), batch by batch.
//!
//! For a batch V (pixels, samples) and weights W (pixels, hidden), a hidden unit's own together:
//!
//! ```text
//! I = (sgn W |W|^(p−1))ᵀ V      g = 1 for a sample's most driven unit, −Δ for its k-th most driven, else 0      (eqs. 1, 3, 9, 10)
//! ΔW = V gᵀ − W diag(Σ g I)     W ← W + ε ΔW / max |ΔW|                                    (the authors' notebook)
//! ```
//!
//! Four passes: [`KhDrive`] (I), [`KhRank`] (who is ranked), [`KhChange`] (ΔW), [`KhStep`] (W). At rest a unit's Σ |W|^p is 1.

mod change;
mod drive;
mod rank;
mod step;

pub use change::KhChange;
pub use drive::KhDrive;
pub use rank::KhRank;
pub use step::KhStep;

/// `sgn w |w|^power`.
fn raised(w: f32, power: f32) -> f32 {
    match power {
        1.0 => w,
        _ => w.signum() * libm::powf(w.abs(), power),
    }
}

/// A maximum, which drops a NaN; the sum over the same values brings it back.
fn unless_nan(most: f32, sum: f32) -> f32 {
    if sum.is_nan() { sum } else { most }
}

/// The columns of a batch: `samples` images (pixels each) from place `first` of the order on.
fn batch<'a>(
    images: &'a [f32],
    order: &'a [f32],
    pixels: u32,
    first: u32,
    samples: u32,
) -> impl Iterator<Item = &'a [f32]> {
    let pixels = pixels as usize;
    order[first as usize..][..samples as usize].iter().map(move |image| &images[*image as usize * pixels..][..pixels])
}
