//! A linear probe: how well a straight read-out of a layer tells the labels apart, on images that it was not fitted to.
//!
//! Ridge regression on one-hot labels: `W = (FᵀF + r n I)⁻¹ Fᵀ Y`, for n fitted images as the rows of F (n, features) and of
//! Y (n, labels), both centred on their means over the fitted images. Features are divided by their standard deviation
//! there, so that it counts what a layer tells apart, not by how much.

use nalgebra::DMatrix;

/// r, the regularisation for each fitted image.
pub const RIDGE: f64 = 0.01;

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// Share of the held-out images whose largest read-out is their label's.
    pub accuracy: f64,
    /// Images that it was fitted to.
    pub fitted: usize,
    /// Images that were held out.
    pub held_out: usize,
}

/// Probes `features` (size, N), one column an image, whose labels are `labels`. Of each label's images, in their order, the
/// first seven of ten are fitted and the rest held out. None where there are fewer than two labels, or nothing is held out.
pub fn probe(features: &[f64], size: usize, labels: &[u8]) -> Option<Probe> {
    let classes = distinct(labels);
    let (fitted, held_out) = split(labels, &classes);
    if classes.len() < 2 || held_out.is_empty() {
        return None;
    }
    let rows = |images: &[usize]| DMatrix::from_fn(images.len(), size, |i, j| features[images[i] * size + j]);
    let (mut known, mut unknown) = (rows(&fitted), rows(&held_out));
    for feature in 0..size {
        let mean = known.column(feature).mean();
        let deviation = known.column(feature).variance().sqrt();
        // What does not vary says nothing, and is 0 from here on.
        let scale = if deviation > 0.0 { 1.0 / deviation } else { 0.0 };
        for matrix in [&mut known, &mut unknown] {
            matrix.column_mut(feature).iter_mut().for_each(|value| *value = (*value - mean) * scale);
        }
    }
    let one_hot = |i: usize, class: usize| f64::from(u8::from(labels[fitted[i]] == classes[class]));
    let mut targets = DMatrix::from_fn(fitted.len(), classes.len(), one_hot);
    let means: Vec<f64> = targets.column_iter().map(|column| column.mean()).collect();
    targets.column_iter_mut().zip(&means).for_each(|(mut column, mean)| column.add_scalar_mut(-mean));
    let weights = ridge(&known, &targets, RIDGE * fitted.len() as f64)?;
    // Images as columns: a product of columns runs through memory in order.
    let unknown = unknown.transpose();
    let guess = |image: usize| {
        let score = |class: usize| unknown.column(image).dot(&weights.column(class)) + means[class];
        (0..classes.len()).max_by(|a, b| score(*a).total_cmp(&score(*b))).map(|best| classes[best])
    };
    let right = (0..held_out.len()).filter(|image| guess(*image) == Some(labels[held_out[*image]])).count();
    Some(Probe { accuracy: right as f64 / held_out.len() as f64, fitted: fitted.len(), held_out: held_out.len() })
}

/// The labels that there are, in order.
pub fn distinct(labels: &[u8]) -> Vec<u8> {
    (0..=u8::MAX).filter(|class| labels.contains(class)).collect()
}

/// The images to fit, and those to hold out.
fn split(labels: &[u8], classes: &[u8]) -> (Vec<usize>, Vec<usize>) {
    let (mut fitted, mut held_out) = (Vec::new(), Vec::new());
    for class in classes {
        let of_class: Vec<usize> = (0..labels.len()).filter(|image| labels[*image] == *class).collect();
        let (first, rest) = of_class.split_at((of_class.len() * 7).div_ceil(10));
        fitted.extend_from_slice(first);
        held_out.extend_from_slice(rest);
    }
    (fitted, held_out)
}

/// W (features, labels) that minimises `‖F W − Y‖² + penalty ‖W‖²`, for F (n, features) and Y (n, labels): by the normal
/// equations, or by their dual `W = Fᵀ (F Fᵀ + penalty I)⁻¹ Y` where there are more features than rows. None where the
/// numbers are not finite.
pub fn ridge(features: &DMatrix<f64>, targets: &DMatrix<f64>, penalty: f64) -> Option<DMatrix<f64>> {
    if features.ncols() > features.nrows() {
        let across = features.transpose();
        let weights = gram(&across, penalty).cholesky()?.solve(targets);
        Some(products(features, &weights))
    } else {
        Some(gram(features, penalty).cholesky()?.solve(&products(features, targets)))
    }
}

/// `AᵀA + penalty I`, the lower triangle: all that the factorisation looks at.
fn gram(a: &DMatrix<f64>, penalty: f64) -> DMatrix<f64> {
    DMatrix::from_fn(a.ncols(), a.ncols(), |i, j| match i.cmp(&j) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Equal => a.column(i).dot(&a.column(i)) + penalty,
        std::cmp::Ordering::Greater => a.column(i).dot(&a.column(j)),
    })
}

/// `AᵀB`. Column by column: nalgebra's own product would bring a kernel of 20 kB to the page.
fn products(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.ncols(), b.ncols(), |i, j| a.column(i).dot(&b.column(j)))
}
