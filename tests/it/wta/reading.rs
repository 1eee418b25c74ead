//! What is read from a network: identities of shifts, of votes and of the lab that reads.

use entroscope::backend::EngineChoice;
use entroscope::labs::wta::images::{Images, scaled, shifted};
use entroscope::labs::wta::reading::{Depth, Reading, Subject, shifts};
use entroscope::labs::wta::split::split;
use entroscope::rng::NumpyRng;

use crate::support::{data, finish, run_on};

const PIXELS: usize = 784;

fn weights(hidden: usize) -> Vec<f32> {
    NumpyRng::new(3).randn(hidden * PIXELS).iter().map(|w| *w as f32).collect()
}

/// All that is found, by name.
fn found(subject: Subject, images: [Images; 2], depth: Depth) -> impl Fn(&str) -> f64 {
    let mut reading = Reading::new(subject, images, depth, 0.05);
    let found = loop {
        let share = reading.share();
        assert!((0.0..1.0).contains(&share), "{share}");
        if let Some(found) = reading.advance() {
            break found.to_vec();
        }
    };
    move |name| found.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{name} of {found:?}")).1
}

#[test]
fn a_shift_moves_pixels_and_loses_what_leaves() {
    let image: Vec<f32> = (1..=PIXELS).map(|ink| ink as f32).collect();
    assert_eq!(shifted(&image, (0, 0)), image);
    let moved = shifted(&image, (2, -3));
    assert_eq!(moved[5 * 28 + 9], image[8 * 28 + 7]);
    let back = shifted(&moved, (-2, 3));
    for (at, (back, ink)) in back.iter().zip(&image).enumerate() {
        let (x, y) = (at % 28, at / 28);
        assert_eq!(*back, if x < 26 && y >= 3 { *ink } else { 0.0 }, "({x}, {y})");
    }
    assert!(shifted(&image, (28, 0)).iter().all(|ink| *ink == 0.0));
}

#[test]
fn images_of_length_1_have_it() {
    let images = [vec![0.0; PIXELS], vec![0.5; PIXELS]].concat();
    let scaled = scaled(&images);
    let length = |image: &[f32]| image.iter().map(|v| v * v).sum::<f32>().sqrt();
    assert_eq!(length(&scaled[..PIXELS]), 0.0);
    // 784 squares in f32.
    assert!((length(&scaled[PIXELS..]) - 1.0).abs() < 1e-5);
}

#[test]
fn an_image_that_is_not_shifted_is_read_as_it_was() {
    let data = data();
    let images = split(&data, 0, [600, 150]);
    let subject = Subject::Hidden { weights: weights(12), power: 2.0, unit: true };
    let at = found(subject, images, Depth::Shifts);
    for way in ["right", "diagonal"] {
        for (of_shift, of_all) in [("votes", "read_votes"), ("code", "read_code"), ("pixels", "read_pixels")] {
            assert_eq!(at(&format!("{of_shift}_{way}_p0")), at(of_all), "{of_shift}, {way}");
        }
        for same in ["same_code", "same_pixels"] {
            let cosine = at(&format!("{same}_{way}_p0"));
            assert!((cosine - 1.0).abs() < 1e-12, "{same}: {cosine}");
            assert!(at(&format!("{same}_{way}_p6")) < 0.9, "{same}");
        }
    }
    // Six pixels to the side, a line through the pixels knows little; unshifted, most of them.
    assert!(at("read_pixels") > 60.0 && at("pixels_right_p6") < 40.0 && at("pixels_right_m6") < 40.0);
    assert_eq!(shifts().len(), 26);
}

#[test]
fn votes_and_accuracy_are_what_they_are_by_hand() {
    let data = data();
    let images = split(&data, 1, [500, 200]);
    let weights = weights(7);
    let win = |image: &[f32]| {
        let drive = |unit: usize| -> f64 {
            weights[unit * PIXELS..].iter().zip(image).map(|(w, v)| f64::from(*w) * f64::from(*v)).sum()
        };
        (0..7).max_by(|a, b| drive(*a).total_cmp(&drive(*b))).unwrap_or(0)
    };
    let mut votes = [[0; 10]; 7];
    let pixels = [images[0].pixels(), images[1].pixels()];
    for (image, digit) in pixels[0].chunks(PIXELS).zip(&images[0].digits) {
        votes[win(image)][usize::from(*digit)] += 1;
    }
    let class = votes.map(|votes| (0..10).rev().max_by_key(|digit| votes[*digit]).unwrap_or(0));
    let tested = pixels[1].chunks(PIXELS).zip(&images[1].digits);
    let right = tested.filter(|(image, digit)| class[win(image)] == usize::from(**digit)).count();
    let subject = Subject::Hidden { weights, power: 1.0, unit: false };
    assert_eq!(found(subject, images, Depth::Codes)("read_votes"), 100.0 * right as f64 / 200.0);
}

const LINK: &str = "lab=krotov-hopfield&hid=20&epochs=4&train=1000&test=200&readout=shifts&ridge=0.1&scale=unit";

#[test]
fn competing_units_move_and_are_read() {
    let mut run = run_on(EngineChoice::Cpu, LINK).expect("a CPU");
    finish(&mut run, 1);
    let trace = run.trace();
    let last = trace.steps() - 1;
    let at = |column: &str, step: usize| trace.at(column, step).unwrap_or(f64::NAN);
    assert_eq!(trace.steps(), 4);
    assert_eq!((at("rate", 0), at("rate", 2)), (0.02, 0.01));
    // Synapses from N(0, 1) begin with Σ W² of about 784 and come down.
    assert!(at("norm", 0) < 784.0 && at("norm", last) < at("norm", 0) && at("norm", last) > 0.0);
    let entropy = at("wins_entropy", last);
    assert!(entropy > 0.0 && entropy <= libm::log2(at("used", last)) + 1e-9, "{entropy}");
    // Only the last row is read, and every column of it.
    for column in trace.columns().iter().filter(|column| column.name.contains('_') && column.name != "wins_entropy") {
        assert!(at(&column.name, last - 1).is_nan(), "{}", column.name);
        assert!(at(&column.name, last).is_finite(), "{}", column.name);
    }
    assert_eq!(at("votes_right_p0", last), at("read_votes", last));
    // Twenty units after four epochs know little, but twice as much as guessing.
    assert!(at("read_code", last) > 20.0, "{}", at("read_code", last));
}

#[test]
fn competing_units_are_the_same_on_a_gpu() {
    let link = "lab=krotov-hopfield&hid=12&epochs=2&train=1000&batch=250&test=100&readout=none";
    let Some(mut gpu) = run_on(EngineChoice::Gpu, link) else { return };
    let mut cpu = run_on(EngineChoice::Cpu, link).expect("a CPU");
    finish(&mut gpu, 1);
    finish(&mut cpu, 1);
    for column in ["rate", "largest", "wins_entropy", "used", "norm"] {
        for step in 0..2 {
            let [gpu, cpu] = [&gpu, &cpu].map(|run| run.trace().at(column, step).unwrap_or(f64::NAN));
            // Eight batches in f32: sums in another order; a winner at a tie would change wins_entropy by 1e-3.
            assert!((gpu - cpu).abs() <= 1e-4 * cpu.abs(), "{column} at {step}: {gpu} and {cpu}");
        }
    }
}

#[test]
fn three_layers_are_read_as_they_are_classified() {
    let small = "kx=8&ky=8&n_w=3&ix=4&iy=4&wx=3&wy=3&frames=1500&train=600&test=150";
    let link = format!("lab=wta-mnist&cell=10&{small}&readout=shifts&ridge=0.1");
    let mut run = run_on(EngineChoice::Cpu, &link).expect("a CPU");
    finish(&mut run, 1);
    let trace = run.trace();
    let last = trace.steps() - 1;
    let at = |column: &str| trace.at(column, last).unwrap_or(f64::NAN);
    // Two ways to the same votes: the training pass at rate 0 on the backend, and the answers of frozen layers beside it.
    assert_eq!(at("read_votes"), at("accuracy"));
    assert_eq!(at("votes_right_p0"), at("accuracy"));
    assert_eq!(at("code_right_p0"), at("read_code"));
    for column in ["read_code", "read_sparse", "read_pixels", "code_diagonal_m6", "same_code_right_p3"] {
        assert!(at(column).is_finite(), "{column}");
        assert!(trace.at(column, last - 1).is_none_or(f64::is_nan), "{column}");
    }
    // Pixels are the same whatever has learned, and a line through them tells most digits apart.
    assert!(at("read_pixels") > 65.0, "{}", at("read_pixels"));
}

#[test]
fn nothing_is_read_unless_it_is_asked_for() {
    let columns = |link: &str| -> Vec<String> {
        let run = run_on(EngineChoice::Cpu, link).expect("a CPU");
        run.trace().columns().iter().map(|column| column.name.clone()).collect()
    };
    let reads = |link: &str| columns(link).iter().filter(|name| name.starts_with("read_")).count();
    let of_shifts = |link: &str| columns(link).iter().filter(|name| name.contains("_diagonal_")).count();
    let lab = "lab=wta-mnist&kx=4&ky=4&n_w=2&frames=500";
    assert_eq!((reads(lab), of_shifts(lab)), (0, 0));
    assert_eq!(reads(&format!("{lab}&readout=shifts&train=0")), 0);
    let [codes, shifts] = ["codes", "shifts"].map(|depth| format!("{lab}&readout={depth}"));
    assert_eq!((reads(&codes), of_shifts(&codes)), (4, 0));
    assert_eq!((reads(&shifts), of_shifts(&shifts)), (4, 5 * 13));
}
