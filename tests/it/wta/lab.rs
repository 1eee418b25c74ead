//! The lab as a whole: presets and plans, the same numbers however it is computed, pictures, and answers.

use std::rc::Rc;

use entroscope::backend::{Backend, EngineChoice, Report};
use entroscope::data::{Dataset, OwnImages, Source};
use entroscope::figure::Plot;
use entroscope::kernels::wta_frames::{WtaLayers, WtaRule};
use entroscope::page::Page;
use entroscope::run::{Experiment, Run};

use super::case::{Case, cloth, frame};
use super::layers::layers;
use crate::golden::close;
use crate::support::{data, finish, run_on};

/// Small layers, an epoch that ends within the run, a step that is cut short, and two classifications.
const SMALL: &str = "lab=wta-mnist&kx=9&ky=8&n_w=4&ix=4&iy=3&wx=3&wy=2&frames=1150&epoch=700&period=300&check=600&train=200&test=100&slice=0";

/// The setting of a link, as links write it.
fn setting(link: &str, key: &str) -> String {
    let (experiment, _) = Experiment::from_link(link);
    let written = experiment.to_link();
    let found =
        written.split('&').find_map(|part| part.strip_prefix(&format!("{key}="))).unwrap_or_else(|| panic!("{key}"));
    found.to_owned()
}

#[test]
fn a_cell_sets_all_numbers_that_a_link_does_not() {
    assert_eq!(setting("lab=wta-mnist&cell=22", "kx"), "50");
    assert_eq!(setting("lab=wta-mnist&cell=22&kx=30", "kx"), "30");
    assert_eq!(setting("lab=wta-mnist&cell=22&kx=30", "s_clip"), "4");
    assert_eq!(setting("lab=wta-mnist&cell=40", "io"), "stale");
    let mut page = Page::new("lab=wta-mnist&xi=0.5");
    page.set("cell", None, "10");
    assert_eq!(page.experiment(), Experiment::from_link("lab=wta-mnist&cell=10").0.to_link());
    page.set("xi", None, "0.03");
    assert_eq!(setting(&page.experiment(), "xi"), "0.03");
    assert_eq!(setting(&page.experiment(), "cell"), "10");
}

#[test]
fn cells_that_go_on_from_others_train_these_first() {
    // Frames of the notebook's cells, in steps of 500 that end with each epoch and each cell.
    for (cell, frames) in [("10", 200_000), ("12", 252_101), ("13", 373_213), ("25", 333_382), ("40", 383_930)] {
        let (experiment, _) = Experiment::from_link(&format!("lab=wta-mnist&cell={cell}"));
        let steps = u64::from(experiment.config.steps());
        assert!((frames as u64).div_ceil(500) <= steps && steps <= frames as u64 / 500 + 3, "{cell}: {steps} steps");
    }
    let short = |link: &str| {
        let mut run = run_on(EngineChoice::Cpu, link).expect("the CPU is always there");
        finish(&mut run, 1);
        let last = run.trace().steps() - 1;
        run.trace().at("frames", last).expect("a number")
    };
    assert_eq!(short(SMALL), 1150.0);
}

#[test]
fn chunks_and_a_second_run_change_no_bit() {
    let rows = |chunk: usize| {
        let mut run = run_on(EngineChoice::Cpu, SMALL).expect("the CPU is always there");
        finish(&mut run, chunk);
        run.trace().rows_from(0).into_iter().map(f64::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(rows(1), rows(1000));
}

#[test]
fn what_is_measured_holds_together() {
    let mut run = run_on(EngineChoice::Cpu, SMALL).expect("the CPU is always there");
    finish(&mut run, 1);
    let trace = run.trace();
    // 500 and 200 frames of the first epoch, 450 of the second.
    assert_eq!(trace.column("frames"), Some(&[500.0, 700.0, 1150.0][..]));
    for step in 0..3 {
        let at = |name: &str| trace.at(name, step).unwrap_or_else(|| panic!("{name} at {step}"));
        for (entropy, used, units) in [("sparse_entropy", "sparse_used", 72.0), ("last_entropy", "last_used", 6.0)] {
            assert!(at(used) >= 1.0 && at(used) <= units, "{used}");
            assert!(at(entropy) >= 0.0 && at(entropy) <= at(used).log2() + 1e-12, "{entropy} is over log₂ of {used}");
        }
        assert!(at("sparse_entropy") >= 2.0, "four different units win each frame");
        assert!(at("code_entropy") > 0.0 && at("code_entropy") <= 12.0_f64.log2());
        let answered: f64 = (0..10).map(|digit| at(&format!("output_{digit}"))).sum();
        // Before the first classification no frame is answered.
        close("frames answered", answered, if step == 0 { 0.0 } else { 1.0 }, 1e-12);
        let classified = trace.at("accuracy", step).is_some_and(f64::is_finite);
        assert_eq!(classified, step > 0, "classified after 700 and after 1150 frames");
    }
    let at = |name: &str| trace.at(name, 2).expect("a number");
    assert!(at("information") >= 0.0 && at("information") <= at("voted_entropy") + 1e-12);
    assert!((0.0..=100.0).contains(&at("accuracy")));

    let accuracy = at("accuracy");
    let facts = pollster::block_on(run.facts()).expect("memory is always there");
    let test = |digit: usize, answer: usize| facts.get(&format!("test_{digit}_{answer}")).expect("a count");
    let (right, all) = (0..100).fold((0.0, 0.0), |(right, all), at| {
        let count = test(at / 10, at % 10);
        (if at / 10 == at % 10 { right + count } else { right }, all + count)
    });
    assert_eq!((all, 100.0 * right / all), (100.0, accuracy), "the confusion matrix says what the accuracy does");
}

#[test]
fn every_picture_has_its_tensor() {
    let mut run = run_on(EngineChoice::Cpu, SMALL).expect("the CPU is always there");
    finish(&mut run, 1);
    let mut mosaics = 0;
    for figure in run.experiment().config.figures() {
        let Plot::Mosaic(mosaic) = &figure.plot else { continue };
        mosaics += 1;
        let mut still = |name: &str| {
            let found = pollster::block_on(run.probe(name)).expect("memory is always there");
            found.unwrap_or_else(|| panic!("{}: no {name}", figure.slug))
        };
        let values = still(&mosaic.still);
        assert_eq!(values.len(), mosaic.len(), "{}", figure.slug);
        assert!(values.iter().any(|value| *value > 0.0), "{} is empty", figure.slug);
        if let Some(marked) = &mosaic.marked {
            assert_eq!(still(marked).len(), mosaic.tiles, "{}", figure.slug);
        }
        if let Some(frame) = &mosaic.frame {
            assert_eq!(still(frame)[2..], [28.0, 28.0], "{}", figure.slug);
        }
    }
    assert!(mosaics >= 12);
    // The window stands where the frame was cut.
    let probe = |run: &mut Run, name: &str| pollster::block_on(run.probe(name)).expect("memory").expect("a tensor");
    let (cloth, window, seen) = (probe(&mut run, "tapestry"), probe(&mut run, "window"), probe(&mut run, "seen"));
    let (x, y) = (window[0] as usize, window[1] as usize);
    for row in 0..28 {
        assert_eq!(cloth[(y + row) * 840 + x..][..28], seen[row * 28..][..28]);
    }
    // A field is the sum of what its sparse units see.
    let (sw, iw, fields) = (probe(&mut run, "sw"), probe(&mut run, "iw_units"), probe(&mut run, "fields"));
    let sum: f64 = (0..72).map(|unit| f64::from(iw[5 * 72 + unit]) * f64::from(sw[unit * 784 + 400])).sum();
    close("a field", f64::from(fields[5 * 784 + 400]), sum, 1e-4 * sum);
}

#[test]
fn the_answer_to_an_image_is_the_engines() {
    let mut run = run_on(EngineChoice::Cpu, SMALL).expect("the CPU is always there");
    finish(&mut run, 1);
    let state = pollster::block_on(run.state()).expect("memory is always there");
    let image = pollster::block_on(run.probe("image")).expect("memory").expect("a tensor");
    let code = pollster::block_on(run.probe("image_code")).expect("memory").expect("a tensor");
    let answers = run.experiment().config.answer(&state, &image).expect("the state is whole");
    let [so, io_pert, q, digits] = &answers[..] else { panic!("four layers answer") };
    assert_eq!((so.len(), so.iter().filter(|so| **so > 0.0).count(), q.len(), digits.len()), (72, 4, 6, 10));
    for (found, expected) in io_pert.iter().zip(code) {
        // The engine computes in f32.
        close("io_pert", *found, expected.into(), 1e-5 * f64::from(expected));
    }
    close("votes", digits.iter().sum(), 1.0, 1e-12);
    assert_eq!(run.experiment().config.answer(&state[1..], &image), None);
}

#[test]
fn cpu_and_gpu_tell_the_same() {
    const TINY: &str =
        "lab=wta-mnist&kx=6&ky=6&n_w=3&ix=3&iy=3&wx=2&wy=2&frames=100&period=40&train=40&test=100&slice=0";
    let Some(mut gpu) = run_on(EngineChoice::Gpu, TINY) else { return };
    let mut cpu = run_on(EngineChoice::Cpu, TINY).expect("the CPU is always there");
    finish(&mut gpu, 1);
    finish(&mut cpu, 1);
    assert_eq!(gpu.trace().steps(), 1);
    for (at, column) in cpu.trace().columns().iter().enumerate() {
        let value = |run: &Run| run.trace().rows_from(0)[at];
        let (found, expected) = (value(&gpu), value(&cpu));
        if expected.is_nan() {
            assert!(found.is_nan(), "{}", column.name);
        } else {
            // f32 in another order, over a hundred frames that feed on each other; who wins is the same.
            close(&column.name, found, expected, 1e-4 * expected.abs());
        }
    }
    for name in ["sw", "iw", "ww", "fields", "excitation", "votes", "confusion", "image_code", "iw_units", "slice"] {
        let probe = |run: &mut Run| pollster::block_on(run.probe(name)).expect("the device works").expect("a tensor");
        for (found, expected) in probe(&mut gpu).into_iter().zip(probe(&mut cpu)) {
            close(name, found.into(), expected.into(), 1e-4 * f64::from(expected.abs()).max(1e-6));
        }
    }
}

#[test]
fn weights_stay_positive_and_scaled_rows_sum_up_to_the_norm() {
    let cloth = cloth(&data());
    let case = &Case::all("invariant_small")[0];
    let rule = WtaRule { period: 5, ..case.rule };
    let mut layers: WtaLayers = layers(case);
    for (at, corner) in case.corners.iter().take(21).enumerate() {
        layers.frame(&rule, at as u32, &frame(&cloth, *corner));
        for weights in [&layers.sw, &layers.iw, &layers.ww] {
            assert!(weights.iter().all(|w| *w > 0.0), "frame {at}");
        }
        if at % 5 == 0 {
            for row in layers.iw.chunks(rule.sparse() as usize) {
                close("a row of iw", row.iter().sum(), rule.norm(), 1e-12);
            }
        }
    }
}

#[test]
fn a_few_images_of_the_readers_own_are_enough() {
    // Two of each digit: less than a tapestry, and than the settings ask for.
    let bundled = Dataset::bundled();
    let mut packed: Vec<u8> = (0..20).map(|at| at % 10).collect();
    for at in 0..20 {
        packed.extend_from_slice(bundled.image(at % 10, at / 10).expect("the bundle is there"));
    }
    let set = OwnImages::new(20, packed).expect("every digit is there");
    let (mut experiment, _) = Experiment::from_link(SMALL);
    experiment.data = Source::Own(set.fingerprint);
    let mut own = Dataset::default();
    own.add(set);
    let report = Report { adapter: String::new(), reason: String::new() };
    let mut run = Run::new(experiment, Rc::new(own), Backend::default(), report);
    finish(&mut run, 1);
    let facts = pollster::block_on(run.facts()).expect("memory is always there");
    let all: f64 = (0..100).filter_map(|at| facts.get(&format!("test_{}_{}", at / 10, at % 10))).sum();
    assert_eq!(all, 10.0, "half of them are tested");
}
