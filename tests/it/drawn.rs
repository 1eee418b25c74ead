//! Drawings as images of MNIST's kind, and what a run's layers answer to an image.

use entroscope::backend::EngineChoice;
use entroscope::data::{Dataset, IMAGE_BYTES, drawn, pick_single_digit};
use entroscope::page::{Answer, Answering};
use entroscope::run::Run;

use crate::golden::close;
use crate::support::{finish, run_on};

type Strokes = Vec<Vec<[f64; 2]>>;

/// Where the ink balances, x and y in pixels; a pixel's middle is at a half.
fn centre(image: &[u8; IMAGE_BYTES]) -> [f64; 2] {
    let mass: f64 = image.iter().map(|ink| f64::from(*ink)).sum();
    let moment = |place: &dyn Fn(usize) -> usize| -> f64 {
        image.iter().enumerate().map(|(at, ink)| f64::from(*ink) * (place(at) as f64 + 0.5)).sum::<f64>() / mass
    };
    [moment(&|at| at % 28), moment(&|at| at / 28)]
}

/// First and last column and row with ink.
fn ink_box(image: &[u8; IMAGE_BYTES]) -> [usize; 4] {
    let lit: Vec<(usize, usize)> =
        image.iter().enumerate().filter(|(_, ink)| **ink > 0).map(|(at, _)| (at % 28, at / 28)).collect();
    let along = |of: fn(&(usize, usize)) -> usize| {
        (lit.iter().map(of).min().expect("ink"), lit.iter().map(of).max().expect("ink"))
    };
    let ((left, right), (top, bottom)) = (along(|p| p.0), along(|p| p.1));
    [left, right, top, bottom]
}

/// A drawing fills 20 pixels one way or the other, is centred by its mass within half a pixel, and is black somewhere.
#[track_caller]
fn is_like_mnist(strokes: &Strokes) -> [u8; IMAGE_BYTES] {
    let image = drawn(strokes);
    assert_eq!(image, drawn(strokes), "the same strokes, the same image");
    let [x, y] = centre(&image);
    assert!((x - 14.0).abs() <= 0.5 && (y - 14.0).abs() <= 0.5, "balanced at {x} {y}");
    let [left, right, top, bottom] = ink_box(&image);
    let longer = (right - left).max(bottom - top) + 1;
    // Moved by a part of a pixel, its ends touch one more.
    assert!((20..=22).contains(&longer), "it is {longer} pixels long");
    assert!(image.contains(&255) && image.iter().any(|ink| (1..255).contains(ink)), "black, and softened at the edge");
    image
}

fn circle() -> Strokes {
    let at = |step: u32| {
        let angle = f64::from(step) * std::f64::consts::TAU / 40.0;
        [0.5 + 0.3 * angle.cos(), 0.45 + 0.4 * angle.sin()]
    };
    vec![(0..=40).map(at).collect()]
}

#[test]
fn drawings_are_scaled_and_centred_as_mnist_is() {
    is_like_mnist(&circle());
    let seven = is_like_mnist(&vec![vec![[0.2, 0.1], [0.8, 0.1], [0.4, 0.9]]]);
    is_like_mnist(&vec![vec![[0.1, 0.2], [0.15, 0.6]], vec![[0.3, 0.15], [0.28, 0.7]]]);
    // The same form elsewhere and smaller is the same image.
    let small = drawn(&[vec![[0.5 + 0.1, 0.5], [0.5 + 0.4, 0.5], [0.5 + 0.2, 0.9]]]);
    let apart = seven.iter().zip(&small).map(|(one, other)| one.abs_diff(*other)).max();
    assert!(apart <= Some(1), "{apart:?}");
}

#[test]
fn strokes_at_and_over_the_border_stay_in_the_picture() {
    let border = is_like_mnist(&vec![vec![[0.0, 0.0], [0.0, 1.0]]]);
    assert_eq!(border, drawn(&[vec![[0.0, -3.0], [-2.0, 7.0]]]), "what leaves the pad runs along its border");
    is_like_mnist(&vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]);
    let broken = drawn(&[vec![[f64::NAN, 0.2], [0.5, f64::INFINITY]]]);
    assert!(broken.contains(&255));
}

#[test]
fn a_thick_scribble_is_thick() {
    let rows = (0..40).flat_map(|row| {
        let y = 0.1 + 0.02 * f64::from(row);
        [[0.1, y], [0.9, y]]
    });
    let scribble = vec![rows.collect::<Vec<_>>()];
    let image = is_like_mnist(&scribble);
    assert!(image.iter().filter(|ink| **ink == 255).count() > 300, "a filled square");
}

#[test]
fn ink_that_lies_on_one_side_is_not_cut_off() {
    let blot = (0..400).map(|at| [0.05 + 0.01 * f64::from(at % 20), 0.05 + 0.01 * f64::from(at / 20)]);
    let lopsided = drawn(&[blot.collect(), vec![[0.15, 0.15], [0.95, 0.95]]]);
    let [left, right, top, bottom] = ink_box(&lopsided);
    assert!(right - left >= 19 && bottom - top >= 19, "{left}..{right} {top}..{bottom}");
}

#[test]
fn an_empty_pad_is_paper_and_a_dot_is_a_dot() {
    assert_eq!(drawn(&[]), [0; IMAGE_BYTES]);
    assert_eq!(drawn(&[vec![], vec![]]), [0; IMAGE_BYTES]);
    let dot = drawn(&[vec![[0.9, 0.1]]]);
    assert_eq!(centre(&dot), [14.0, 14.0]);
    // A trembling finger makes no more of it than a dot.
    for image in [dot, drawn(&[vec![[0.9, 0.1], [0.902, 0.1], [0.901, 0.103]]])] {
        let lit = image.iter().filter(|ink| **ink > 0).count();
        assert!((4..=21).contains(&lit), "{lit} pixels");
    }
}

/// What the network at step `step` of `link` answers: to the images that it learns from, and to an empty one.
fn answering(engine: EngineChoice, link: &str, step: usize) -> Option<(Run, Answering)> {
    let mut run = run_on(engine, link)?;
    while run.trace().steps() < step {
        pollster::block_on(run.advance(step - run.trace().steps())).expect("it does not diverge");
    }
    let state = pollster::block_on(run.state()).expect("a device");
    finish(&mut run, usize::MAX);
    let row = &run.trace().rows_from(step)[..run.trace().columns().len()];
    let answering = Answering::new(link, state, row).expect("they fit");
    Some((run, answering))
}

/// The mean of the answers to the training images is column `output_i` of the step whose weights answer. The columns
/// are means of f32 decisions, each within some 1e-7 of its own rounding; through the layers that grows tenfold.
#[track_caller]
fn mean_of_the_answers_is_measured(engine: EngineChoice, step: usize) {
    let link = "digit=4&samples=25&k=30&layers=40-20-10&data_seed=3";
    let Some((run, answering)) = answering(engine, link, step) else { return };
    let data = Dataset::bundled();
    let images = pick_single_digit(&data, 4, 25, 3);
    let answers: Vec<Answer> = images
        .iter()
        .map(|position| answering.answer(data.image(4, *position).expect("bundled")).expect("an answer"))
        .collect();
    for output in 0..10 {
        let mean = answers.iter().map(|answer| answer.outputs[output].decision).sum::<f64>() / 25.0;
        let measured = run.trace().at(&format!("output_{output}"), step).expect("a value");
        close(&format!("output {output} at step {step}"), mean, measured, 2e-6);
        assert_eq!(answers[0].outputs[output].mean, measured);
    }
    assert!(answers[0] != answers[1], "two images, the same answer to the last bit");
    // Other weights give another mean: the comparison can fail.
    let other = run.trace().at("output_0", if step < 15 { 29 } else { 0 }).expect("a value");
    let mean = answers.iter().map(|answer| answer.outputs[0].decision).sum::<f64>() / 25.0;
    assert!((mean - other).abs() > 1e-3, "{mean} {other}");
}

#[test]
fn the_mean_answer_to_the_training_images_is_what_the_step_measured() {
    for step in [0, 1, 12, 29] {
        mean_of_the_answers_is_measured(EngineChoice::Cpu, step);
    }
    mean_of_the_answers_is_measured(EngineChoice::Gpu, 12);
}

#[test]
fn the_batch_answers_too() {
    let link = "lab=ska-batch&digits=0-7&per_class=5&k=8&layers=12-5";
    let (run, answering) = answering(EngineChoice::Cpu, link, 7).expect("the CPU");
    let data = Dataset::bundled();
    let images = [0, 7].into_iter().flat_map(|digit| (0..5).filter_map(|at| data.image(digit, at)).collect::<Vec<_>>());
    let answers: Vec<Answer> = images.map(|image| answering.answer(image).expect("an answer")).collect();
    assert_eq!(answers.len(), 10);
    let mean = answers.iter().map(|answer| answer.outputs[4].decision).sum::<f64>() / 10.0;
    close("output 4", mean, run.trace().at("output_4", 7).expect("a value"), 2e-6);
}

#[test]
fn an_answer_says_what_there_is_to_see() {
    let (_, answering) = answering(EngineChoice::Cpu, "k=20&layers=12-5&samples=10", 19).expect("the CPU");
    let answer = answering.answer(&drawn(&circle())).expect("an answer");
    let labels: Vec<&str> = answer.layers.iter().map(|layer| layer.label.as_str()).collect();
    assert_eq!(labels, ["Layer 1", "Layer 2"]);
    assert_eq!(answer.layers[0].decisions.len(), 12);
    assert!(answer.layers[0].text.starts_with("12 neurons, mean 0."), "{}", answer.layers[0].text);
    assert!(answer.layers.iter().flat_map(|layer| &layer.decisions).all(|decision| (0.0..=1.0).contains(decision)));
    let decisions: Vec<f64> = answer.outputs.iter().map(|output| output.decision).collect();
    assert_eq!(decisions, answer.layers[1].decisions);
    let top = answer.outputs.iter().position(|output| output.largest).expect("one is largest");
    assert!(decisions.iter().all(|decision| *decision <= decisions[top]));
    assert_eq!(answer.outputs.iter().filter(|output| output.largest || output.mean_largest).count() - 1, {
        usize::from(!answer.outputs[top].mean_largest)
    });
    assert!(answer.words.starts_with(&format!("Output {top} is largest ({})", answer.outputs[top].text)));
}

#[test]
fn what_does_not_fit_answers_nothing() {
    let mut run = run_on(EngineChoice::Cpu, "k=3&layers=12-5&samples=4").expect("the CPU");
    let state = pollster::block_on(run.state()).expect("the CPU");
    finish(&mut run, usize::MAX);
    let columns = run.trace().columns().len();
    let row = run.trace().rows_from(2);
    let new = |link: &str, state: &[f32], row: &[f64]| Answering::new(link, state.to_vec(), row);
    assert!(new("k=3&layers=12-5&samples=4", &state, &row).is_some());
    assert!(new("k=3&layers=12-6&samples=4", &state, &row).is_none());
    assert!(new("k=3&layers=12-5&samples=4", &state[1..], &row).is_none());
    assert!(new("k=3&layers=12-5&samples=4", &state, &row[..columns - 1]).is_none());
    let whole = new("k=3&layers=12-5&samples=4", &state, &row).expect("it fits");
    assert!(whole.answer(&[0; 783]).is_none());
}
