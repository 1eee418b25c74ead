//! How far the answers of target and predictor are apart: ZnNL's distance metrics.

use crate::config::{Choice, Options};

/// What tells images apart that the predictor does not know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Mean of the squared differences.
    SquaredDifference,
    /// Cosine of the angle.
    CosineSimilarity,
    /// One minus its size.
    CosineDistance,
    /// arccos of its size over π.
    Angular,
    /// Length of the difference.
    Length,
    /// Length of the difference times the cosine distance.
    Hypersphere,
}

impl Options for Metric {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (
            Self::SquaredDifference,
            Choice {
                slug: "order2",
                label: "Squared difference",
                help: "Mean over the outputs of (T − P)²: large where the predictor errs.",
            },
        ),
        (
            Self::CosineSimilarity,
            Choice {
                slug: "cosine_sim",
                label: "Cosine similarity, as in the library",
                help: "The library's default CosineSim is larger the closer two answers are: taking the largest chooses the image that is known best.",
            },
        ),
        (
            Self::CosineDistance,
            Choice { slug: "cosine", label: "Cosine distance", help: "1 − |cos| of the angle between both answers." },
        ),
        (Self::Angular, Choice { slug: "angular", label: "Angle", help: "arccos |cos| / π." }),
        (Self::Length, Choice { slug: "l2", label: "Distance", help: "Euclidean length of T − P." }),
        (
            Self::Hypersphere,
            Choice { slug: "hypersphere", label: "Hypersphere", help: "Euclidean length times cosine distance." },
        ),
    ];
}

impl Metric {
    /// Between the answers of target and predictor.
    pub fn of(self, target: &[f32], predictor: &[f32]) -> f64 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let squared: f64 = target.iter().zip(predictor).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
        let cosine =
            dot(target, predictor) / (dot(target, target) * dot(predictor, predictor)).sqrt().max(f64::MIN_POSITIVE);
        match self {
            Self::SquaredDifference => squared / target.len() as f64,
            Self::CosineSimilarity => cosine,
            Self::CosineDistance => 1.0 - cosine.abs(),
            Self::Angular => libm::acos(cosine.abs().min(1.0)) / std::f64::consts::PI,
            Self::Length => squared.sqrt(),
            Self::Hypersphere => squared.sqrt() * (1.0 - cosine.abs()),
        }
    }
}
