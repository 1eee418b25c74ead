//! The CPU's twin: only the pairs of positions that matter, eight pairs of images side by side.

use std::ops::Range;

use super::relu::{LANES, Pairs, ZERO, relu};
use super::{Block, NtkDeviations, NtkInfinite, SIDE, blocks, deviations};

/// K and T of eight pairs of images, for pairs of positions whose offset is at most `radius` along each side: one plane of
/// side · side positions p for every offset q − p.
struct Bands {
    side: usize,
    radius: usize,
    k: Vec<Pairs>,
    t: Vec<Pairs>,
}

impl Bands {
    fn zeros(side: usize, radius: usize) -> Self {
        let len = (2 * radius + 1).pow(2) * side * side;
        Self { side, radius, k: vec![ZERO; len], t: vec![ZERO; len] }
    }

    /// Where the plane of an offset begins.
    fn plane(&self, dy: isize, dx: isize) -> usize {
        let place = |d: isize| (d + self.radius as isize) as usize;
        (place(dy) * (2 * self.radius + 1) + place(dx)) * self.side * self.side
    }

    /// Means over p = q.
    fn flattened(&self) -> [Pairs; 2] {
        let (at, len) = (self.plane(0, 0), self.side * self.side);
        [&self.k, &self.t].map(|of| scaled(&of[at..at + len].iter().fold(ZERO, sum), 1.0 / len as f32))
    }
}

fn sum(mut a: Pairs, b: &Pairs) -> Pairs {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    a
}

fn product(a: &Pairs, b: &Pairs) -> Pairs {
    std::array::from_fn(|lane| a[lane] * b[lane])
}

fn scaled(a: &Pairs, by: f32) -> Pairs {
    a.map(|a| a * by)
}

/// What a block reads: pixels of both images, or the bands of the block before.
enum Input<'a> {
    Pixels([&'a [Pairs]; 2]),
    Bands(&'a Bands),
}

impl Input<'_> {
    /// Σ over three rows from `y` on of K and T at offset (dy, dx), for some columns.
    #[inline(always)]
    fn three_rows(&self, (dy, dx): (isize, isize), y: usize, columns: Range<usize>, sums: &mut [[Pairs; 2]; SIDE]) {
        match self {
            Self::Pixels([a, b]) => {
                for (x, sum_of) in columns.clone().zip(&mut sums[columns]) {
                    let at = |f: usize| (y + f) * SIDE + x;
                    let of = |f: usize| product(&a[at(f)], &b[(at(f) as isize + dy * SIDE as isize + dx) as usize]);
                    *sum_of = [sum(sum(of(0), &of(1)), &of(2)), ZERO];
                }
            }
            Self::Bands(bands) => {
                let plane = bands.plane(dy, dx);
                for (x, sum_of) in columns.clone().zip(&mut sums[columns]) {
                    let at = |f: usize| plane + (y + f) * bands.side + x;
                    let of = |of: &[Pairs]| sum(sum(of[at(0)], &of[at(1)]), &of[at(2)]);
                    *sum_of = [of(&bands.k), of(&bands.t)];
                }
            }
        }
    }
}

/// Convolution, relu and mean. `own` are the deviations √V of both images; `apart` is 0 where they are one image.
fn through(block: &Block, input: &Input, own: [&[Pairs]; 2], apart: &Pairs) -> Bands {
    let mut out = Bands::zeros(block.pooled, block.radius);
    let radius = block.radius as isize;
    let reach = 2 * radius + 1;
    let mut rows = [[ZERO; 2]; SIDE];
    // By how many windows q is away from p.
    let windows = |at: usize, d: isize| (at as isize + d) / 2 - at as isize / 2;
    let there = |at: usize, d: isize| {
        let q = at as isize + d;
        (0..block.fine as isize).contains(&q) && windows(at, d).abs() <= radius
    };
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let apart = if dy == 0 && dx == 0 { *apart } else { [1.0; LANES] };
            let first = dx.min(0).unsigned_abs();
            let last = block.fine - dx.max(0).unsigned_abs();
            for y in (0..block.fine).filter(|y| there(*y, dy)) {
                input.three_rows((dy, dx), y, first..last + 2, &mut rows);
                let line = (y as isize + dy) as usize * block.fine;
                for x in (first..last).filter(|x| there(*x, dx)) {
                    let ninth =
                        |of: usize| scaled(&sum(sum(rows[x][of], &rows[x + 1][of]), &rows[x + 2][of]), 1.0 / 9.0);
                    let c = ninth(0);
                    let t = sum(ninth(1), &c);
                    let n = product(&own[0][y * block.fine + x], &own[1][line + (x as isize + dx) as usize]);
                    let (k, t) = relu(&c, &t, &n, &apart);
                    let at = out.plane(windows(y, dy), windows(x, dx)) + y / 2 * block.pooled + x / 2;
                    out.k[at] = sum(out.k[at], &k);
                    out.t[at] = sum(out.t[at], &t);
                }
            }
        }
    }
    for of in [&mut out.k, &mut out.t] {
        of.iter_mut().for_each(|value| *value = scaled(value, 1.0 / 16.0));
    }
    out
}

/// Columns of a matrix side by side: value `at` of column `column(lane)`.
fn gathered(matrix: &[f32], len: usize, column: impl Fn(usize) -> usize) -> Vec<Pairs> {
    let columns: [&[f32]; LANES] = std::array::from_fn(|lane| &matrix[len * column(lane)..][..len]);
    (0..len).map(|at| std::array::from_fn(|lane| columns[lane][at])).collect()
}

/// The pass of [`NtkInfinite`].
pub fn rows(pass: &NtkInfinite, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
    let images = pass.images as usize;
    let (blocks, own_len) = (blocks(pass.convolutions), deviations(pass.convolutions));
    for i in pass.first as usize..(pass.first + pass.rows) as usize {
        let row = [(inputs[0], SIDE * SIDE), (inputs[1], own_len)].map(|(of, len)| gathered(of, len, |_| i));
        for first in (0..=i).step_by(LANES) {
            // Lanes beyond the row repeat its last pair.
            let column = |lane: usize| (first + lane).min(i);
            let others = [(inputs[0], SIDE * SIDE), (inputs[1], own_len)].map(|(of, len)| gathered(of, len, column));
            let apart = std::array::from_fn(|lane| if column(lane) == i { 0.0 } else { 1.0 });
            let values = pairs(&blocks, pass.hidden, [&row[0], &others[0]], [&row[1], &others[1]], &apart);
            for j in first..(first + LANES).min(i + 1) {
                for (output, value) in outputs.iter_mut().zip(&values) {
                    output[i + images * j] = value[j - first];
                    output[j + images * i] = value[j - first];
                }
            }
        }
    }
}

/// NNGP and NTK of eight pairs of images.
fn pairs(blocks: &[Block], hidden: u32, pixels: [&[Pairs]; 2], mut own: [&[Pairs]; 2], apart: &Pairs) -> [Pairs; 2] {
    let mut bands: Option<Bands> = None;
    for block in blocks {
        let input = bands.as_ref().map_or(Input::Pixels(pixels), Input::Bands);
        bands = Some(through(block, &input, own, apart));
        own = own.map(|own| &own[block.fine * block.fine..]);
    }
    let [mut k, mut t] = bands.map_or_else(|| [mean_product(pixels), ZERO], |bands| bands.flattened());
    let mut n = product(&own[0][0], &own[1][0]);
    for _ in 0..hidden {
        (k, t) = relu(&k, &sum(t, &k), &n, apart);
        // A relu halves a unit's own variance.
        n = scaled(&n, 0.5);
    }
    [k, sum(t, &k)]
}

/// 1/784 Σ x x'.
fn mean_product([a, b]: [&[Pairs]; 2]) -> Pairs {
    let total = a.iter().zip(b).fold(ZERO, |total, (a, b)| sum(total, &product(a, b)));
    scaled(&total, 1.0 / a.len() as f32)
}

/// The pass of [`NtkDeviations`].
pub fn deviations_of(pass: &NtkDeviations, pixels: &[f32], output: &mut [f32]) {
    let images = pass.images as usize;
    let len = deviations(pass.convolutions);
    for first in (0..images).step_by(LANES) {
        let pixels = gathered(pixels, SIDE * SIDE, |lane| (first + lane).min(images - 1));
        let mut values: Vec<Pairs> = Vec::with_capacity(len);
        let mut bands: Option<Bands> = None;
        for block in blocks(pass.convolutions) {
            let input = bands.as_ref().map_or(Input::Pixels([&pixels, &pixels]), Input::Bands);
            let own = own(&block, &input);
            let next = through(&block, &input, [&own, &own], &ZERO);
            values.extend(own);
            bands = Some(next);
        }
        let flat = bands.map_or_else(|| mean_product([&pixels, &pixels]), |bands| bands.flattened()[0]);
        values.push(flat.map(f32::sqrt));
        for image in first..(first + LANES).min(images) {
            let column = output[len * image..][..len].iter_mut().zip(&values);
            column.for_each(|(output, value)| *output = value[image - first]);
        }
    }
}

/// √C(p, p).
fn own(block: &Block, input: &Input) -> Vec<Pairs> {
    let mut rows = [[ZERO; 2]; SIDE];
    let mut own = Vec::with_capacity(block.fine * block.fine);
    for y in 0..block.fine {
        input.three_rows((0, 0), y, 0..block.fine + 2, &mut rows);
        own.extend(
            (0..block.fine)
                .map(|x| scaled(&sum(sum(rows[x][0], &rows[x + 1][0]), &rows[x + 2][0]), 1.0 / 9.0).map(f32::sqrt)),
        );
    }
    own
}
