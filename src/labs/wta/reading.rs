//! What can be read from the code of a network that has learned, piece by piece: by votes, by a line through the code, and from
//! images that are shifted.
//!
//! A shift moves a test image by whole pixels; what leaves the frame is lost, what enters is dark. Its code is read by what was fitted
//! to images that stand where they stand.

use std::collections::VecDeque;

use super::images::{Images, scaled, shifted};
use super::readout::{Fitting, Readout};
use crate::config::{Choice, Options};
use crate::kernels::rows::{Rows, THIN};
use crate::kernels::wta_frames::WtaCodes;
use crate::kernels::{Kernel as _, KhDrive};
use crate::trace::Column;

/// Pixels of an image.
const PIXELS: usize = 784;
/// Images of a piece.
const PIECE: usize = 400;
/// How far images are shifted at most, to either side.
pub const FARTHEST: i32 = 6;

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Nothing.
    None,
    /// Codes of images that stand where they stand.
    Codes,
    /// Of shifted images too.
    Shifts,
}

impl Options for Depth {
    const OPTIONS: &'static [(Self, Choice)] = &[
        (Self::None, Choice { slug: "none", label: "Nothing is read", help: "The run ends with its last frame." }),
        (
            Self::Codes,
            Choice {
                slug: "codes",
                label: "Read-outs",
                help: "Votes, and a line through the code, fitted to the digits of the training images; beside it through the pixels.",
            },
        ),
        (
            Self::Shifts,
            Choice {
                slug: "shifts",
                label: "Read-outs, and of shifted images",
                help: "Also on test images that are moved by up to 6 pixels to the right, and to the right and downwards.",
            },
        ),
    ];
}

/// A network that has learned.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The three layers of original 003.
    Layers(WtaCodes),
    /// Krotov and Hopfield's hidden units: code `max(0, W v)ⁿ`.
    Hidden {
        /// (PIXELS, hidden).
        weights: Vec<f32>,
        /// n.
        power: f64,
        /// Whether images are scaled to length 1.
        unit: bool,
    },
}

/// What a network answers to an image.
struct Answer<'a> {
    code: &'a [f32],
    /// Sparse units that win, and what they answer; none where there are no sparse units.
    sparse: &'a [(usize, f32)],
    unit: usize,
}

impl Subject {
    fn answer(&self, images: &[f32], mut take: impl FnMut(Answer)) {
        match self {
            Self::Layers(codes) => codes.answer(images, |answer| {
                take(Answer { code: answer.code, sparse: answer.winners, unit: answer.unit });
            }),
            Self::Hidden { weights, power, unit } => {
                let hidden = weights.len() / PIXELS;
                let images = if *unit { scaled(images) } else { images.to_vec() };
                let count = (images.len() / PIXELS) as u32;
                let order: Vec<f32> = (0..count).map(|at| at as f32).collect();
                let pass = KhDrive {
                    hidden: hidden as u32,
                    pixels: PIXELS as u32,
                    images: count,
                    first: 0,
                    samples: count,
                    room: count,
                    power: 1.0,
                };
                let mut drive = vec![0.0; hidden * count as usize];
                pass.compute(&[&images, &order, weights], &mut [&mut drive]);
                for drive in drive.chunks(hidden) {
                    let unit = (0..hidden).max_by(|a, b| drive[*a].total_cmp(&drive[*b])).unwrap_or(0);
                    let raise = |drive: &f32| libm::powf(drive.max(0.0), *power as f32);
                    take(Answer { code: &drive.iter().map(raise).collect::<Vec<_>>(), sparse: &[], unit });
                }
            }
        }
    }
}

/// What is known of a set of images.
struct Known {
    pixels: Rows,
    code: Rows,
    sparse: Rows,
    units: Vec<usize>,
}

impl Known {
    fn empty([code, sparse]: [usize; 2]) -> Self {
        Self { pixels: Rows::new(PIXELS), code: Rows::new(code), sparse: Rows::new(sparse), units: Vec::new() }
    }

    fn add(&mut self, pixels: &[f32], subject: &Subject) {
        pixels.chunks(PIXELS).for_each(|image| self.pixels.push(image.iter().copied().enumerate()));
        subject.answer(pixels, |answer| {
            self.code.push(answer.code.iter().copied().enumerate());
            self.sparse.push(answer.sparse.iter().copied());
            self.units.push(answer.unit);
        });
    }
}

/// What a read-out reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Code,
    Sparse,
    Pixels,
}

/// The next piece of work.
enum Task {
    Learn(usize),
    Test(usize),
    Vote,
    Fit(From, Option<Box<Fitting>>),
    Shift(usize, usize),
}

/// The reading in progress.
pub struct Reading {
    subject: Subject,
    images: [Images; 2],
    known: [Known; 2],
    width: [usize; 2],
    ridge: f64,
    tasks: VecDeque<Task>,
    count: usize,
    readouts: Vec<(From, Readout)>,
    classes: Vec<u8>,
    /// Sums over the images of each shift: right by votes, by the code, by the pixels; cosines of codes, and of pixels.
    sums: Vec<[f64; 5]>,
    found: Vec<(String, f64)>,
}

/// All shifts, with what they are called in columns: to the right, then to the right and downwards.
pub fn shifts() -> Vec<(String, (i32, i32))> {
    let name = |way: &str, by: i32| format!("{way}_{}{}", if by < 0 { "m" } else { "p" }, by.abs());
    let all = || -FARTHEST..=FARTHEST;
    let right = all().map(|by| (name("right", by), (by, 0)));
    right.chain(all().map(|by| (name("diagonal", by), (by, by)))).collect()
}

/// The columns of a shift, before its name, with their labels and units.
const OF_SHIFT: [(&str, &str, &str); 5] = [
    ("votes", "Right by votes", "%"),
    ("code", "Right from the code", "%"),
    ("pixels", "Right from the pixels", "%"),
    ("same_code", "Cosine with the code unshifted", ""),
    ("same_pixels", "Cosine with the pixels unshifted", ""),
];

/// The columns of a reading; `sparse`: the network has a sparse layer.
pub fn columns(depth: Depth, sparse: bool) -> Vec<Column> {
    let mut columns = Vec::new();
    let all = [
        ("votes", "votes of the winning unit"),
        ("code", "a linear read-out of the code"),
        ("sparse", "a linear read-out of the sparse layer"),
        ("pixels", "a linear read-out of the pixels"),
    ];
    for (name, label) in all.into_iter().filter(|(name, _)| depth != Depth::None && (sparse || *name != "sparse")) {
        columns.push(Column::new(format!("read_{name}"), format!("Right by {label}"), "%"));
        columns.push(Column::new(format!("known_{name}"), format!("Right by {label}, training images"), "%"));
    }
    if depth == Depth::Shifts {
        for (name, (right, down)) in shifts() {
            for (column, label, unit) in OF_SHIFT {
                let label = format!("{label}, shifted by ({right}, {down})");
                columns.push(Column::new(format!("{column}_{name}"), label, unit));
            }
        }
    }
    columns
}

impl Reading {
    /// Begins to read from a network: what `train` votes for and is fitted to, how much of `test` is right.
    pub fn new(subject: Subject, [train, test]: [Images; 2], depth: Depth, ridge: f64) -> Self {
        let width = match &subject {
            Subject::Layers(codes) => codes.widths(),
            Subject::Hidden { weights, .. } => [weights.len() / PIXELS, 0],
        };
        let pieces = |images: &Images| (0..images.digits.len()).step_by(PIECE);
        let mut tasks: VecDeque<Task> = pieces(&train).map(Task::Learn).collect();
        tasks.extend(pieces(&test).map(Task::Test));
        tasks.push_back(Task::Vote);
        let all = [From::Code, From::Sparse, From::Pixels].into_iter();
        tasks.extend(all.filter(|from| width[1] > 0 || *from != From::Sparse).map(|from| Task::Fit(from, None)));
        if depth == Depth::Shifts {
            let shift = |shift| pieces(&test).map(move |first| Task::Shift(shift, first));
            tasks.extend((0..shifts().len()).flat_map(shift));
        }
        Self {
            known: [Known::empty(width), Known::empty(width)],
            images: [train, test],
            count: tasks.len(),
            tasks,
            subject,
            width,
            ridge,
            readouts: Vec::new(),
            classes: Vec::new(),
            sums: vec![[0.0; 5]; shifts().len()],
            found: Vec::new(),
        }
    }

    /// How far it is, 0 to 1.
    pub fn share(&self) -> f64 {
        1.0 - self.tasks.len() as f64 / self.count as f64
    }

    /// Does the next piece. Returns what was found, by column, once all is done.
    pub fn advance(&mut self) -> Option<&[(String, f64)]> {
        match self.tasks.pop_front()? {
            Task::Learn(first) => self.known[0].add(&self.images[0].piece(first, PIECE), &self.subject),
            Task::Test(first) => self.known[1].add(&self.images[1].piece(first, PIECE), &self.subject),
            Task::Vote => self.vote(),
            Task::Fit(from, fitting) => self.fit(from, fitting),
            Task::Shift(shift, first) => self.shift(shift, first),
        }
        if !self.tasks.is_empty() {
            return None;
        }
        self.conclude();
        Some(&self.found)
    }

    fn fit(&mut self, from: From, fitting: Option<Box<Fitting>>) {
        let [train, test] = &self.known;
        let rows = train.rows(from);
        let digits = &self.images[0].digits;
        let mut fitting = fitting.unwrap_or_else(|| Box::new(Fitting::new(rows, digits, self.ridge)));
        // An iteration goes through all rows twice; of some hundred thousand values, several are a piece.
        for _ in 0..(2_000_000 / rows.filled().max(1)).clamp(1, 50) {
            if let Some(readout) = fitting.advance(rows) {
                let name = match from {
                    From::Code => "code",
                    From::Sparse => "sparse",
                    From::Pixels => "pixels",
                };
                for (set, known, images) in [("read", test, &self.images[1]), ("known", train, &self.images[0])] {
                    let accuracy = readout.accuracy(known.rows(from), &images.digits);
                    self.found.push((format!("{set}_{name}"), 100.0 * accuracy));
                }
                self.readouts.push((from, readout));
                return;
            }
        }
        self.tasks.push_front(Task::Fit(from, Some(fitting)));
    }

    /// The digit that each unit has most votes for, the first of equals; 0 for a unit without any. And what comes of them.
    fn vote(&mut self) {
        let [train, test] = &self.known;
        let units = train.units.iter().chain(&test.units).max().map_or(0, |most| most + 1);
        let mut votes = vec![[0_u32; THIN]; units];
        for (unit, digit) in train.units.iter().zip(&self.images[0].digits) {
            votes[*unit][usize::from(*digit)] += 1;
        }
        let most =
            |votes: &[u32; THIN]| (0..THIN as u8).rev().max_by_key(|digit| votes[usize::from(*digit)]).unwrap_or(0);
        self.classes = votes.iter().map(most).collect();
        for (set, known, images) in [("read", test, &self.images[1]), ("known", train, &self.images[0])] {
            let pairs = known.units.iter().zip(&images.digits);
            let right = pairs.filter(|(unit, digit)| self.classes[**unit] == **digit).count();
            self.found.push((format!("{set}_votes"), 100.0 * right as f64 / images.digits.len().max(1) as f64));
        }
    }

    fn shift(&mut self, shift: usize, first: usize) {
        let (_, by) = shifts()[shift];
        let piece = self.images[1].piece(first, PIECE);
        let moved: Vec<f32> = piece.chunks(PIXELS).flat_map(|image| shifted(image, by)).collect();
        let mut known = Known::empty(self.width);
        known.add(&moved, &self.subject);
        let digits = &self.images[1].digits[first..];
        let still = &self.known[1];
        let read = |from: From, row: usize| {
            let readout = self.readouts.iter().find(|(own, _)| *own == from);
            readout.map(|(_, readout)| readout.guess(known.rows(from), row))
        };
        let mut sums = self.sums[shift];
        for (row, (unit, digit)) in known.units.iter().zip(digits).enumerate() {
            let cosine = |from: From| known.rows(from).cosine(row, still.rows(from), first + row);
            let voted = self.classes.get(*unit).copied().unwrap_or(0);
            let right = |guess: Option<u8>| f64::from(u8::from(guess == Some(*digit)));
            let of_image = [
                right(Some(voted)),
                right(read(From::Code, row)),
                right(read(From::Pixels, row)),
                cosine(From::Code),
                cosine(From::Pixels),
            ];
            sums.iter_mut().zip(of_image).for_each(|(sum, value)| *sum += value);
        }
        self.sums[shift] = sums;
    }

    fn conclude(&mut self) {
        let images = self.images[1].digits.len().max(1) as f64;
        for ((name, _), sums) in shifts().iter().zip(&self.sums) {
            for ((column, _, unit), sum) in OF_SHIFT.iter().zip(sums) {
                let scale = if *unit == "%" { 100.0 } else { 1.0 };
                self.found.push((format!("{column}_{name}"), scale * sum / images));
            }
        }
    }
}

impl Known {
    fn rows(&self, from: From) -> &Rows {
        match from {
            From::Code => &self.code,
            From::Sparse => &self.sparse,
            From::Pixels => &self.pixels,
        }
    }
}
