//! A closer look at runs: its numbers against direct solutions and recorded findings, its words against its numbers.

use entroscope::analysis::{Facts, correlation, probe, ridge, slope, top_of_second_moment};
use entroscope::backend::EngineChoice;
use entroscope::page::{Page, Stored, Table};
use nalgebra::{DMatrix, DVector};

use crate::golden::close;
use crate::support::{finish, run_on};

/// Numbers in 0..1 without a pattern (multiplicative hashing).
fn noise(len: usize, seed: u32) -> Vec<f64> {
    let hash = |i: u32| (i ^ seed << 20).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(2_246_822_519) >> 8;
    (1..=len as u32).map(|i| f64::from(hash(i)) / f64::from(1 << 24)).collect()
}

#[test]
fn the_top_eigenvalue_of_one_image_is_one_plus_its_square() {
    close("λ", top_of_second_moment(&[0.5, 1.0, 0.0], 3), 1.0 + 0.25 + 1.0, 1e-12);
    // Two images x = 1 and x = 0 of one pixel: the mean of [[1, 1], [1, 1]] and [[0, 0], [0, 1]] has (3 + √5)/4.
    close("λ", top_of_second_moment(&[1.0, 0.0], 1), (3.0 + 5.0_f64.sqrt()) / 4.0, 1e-12);
    assert_eq!(top_of_second_moment(&[0.0; 4], 2), 1.0, "blank images leave the bias");
    assert_eq!(top_of_second_moment(&[], 2), 0.0);
}

#[test]
fn the_top_eigenvalue_is_the_symmetric_solvers() {
    for (size, samples) in [(1, 9), (5, 2), (12, 40), (30, 7)] {
        let images: Vec<f32> = noise(size * samples, size as u32).iter().map(|x| *x as f32).collect();
        let mut moment = DMatrix::zeros(size + 1, size + 1);
        for image in images.chunks(size) {
            let x = DVector::from_iterator(size + 1, image.iter().map(|x| f64::from(*x)).chain([1.0]));
            moment += &x * x.transpose() / samples as f64;
        }
        let expected = moment.symmetric_eigenvalues().max();
        close(
            &format!("{size} pixels, {samples} images"),
            top_of_second_moment(&images, size),
            expected,
            1e-10 * expected,
        );
    }
}

#[test]
fn slopes_and_correlations_of_lines_are_theirs() {
    let line: Vec<(f64, f64)> = (0..7).map(|i| (f64::from(i), 3.0 - 2.0 * f64::from(i))).collect();
    close("slope", slope(&line).expect("a slope"), -2.0, 1e-12);
    close("correlation", correlation(&line).expect("a correlation"), -1.0, 1e-12);
    let growth: Vec<(f64, f64)> =
        (3..9).map(|k| (0.01 * f64::from(k), (7.0 * (0.13 * f64::from(k)).exp()).ln())).collect();
    close("rate", slope(&growth).expect("a rate"), 13.0, 1e-9);
    assert_eq!((slope(&line[..1]), slope(&[]), correlation(&[(1.0, 2.0), (2.0, 2.0)])), (None, None, None));
    assert!(correlation(&[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]).is_some_and(|r| r.abs() < 1e-12));
}

#[test]
fn ridge_regression_is_the_direct_solution_narrow_or_wide() {
    for (rows, features) in [(20, 6), (6, 20), (9, 9)] {
        let f = DMatrix::from_vec(rows, features, noise(rows * features, 1));
        let y = DMatrix::from_vec(rows, 3, noise(rows * 3, 2));
        let found = ridge(&f, &y, 0.3).expect("a solution");
        let normal = f.transpose() * &f + DMatrix::identity(features, features) * 0.3;
        let expected = normal.lu().solve(&(f.transpose() * &y)).expect("a solution");
        assert_eq!(found.shape(), (features, 3));
        close(&format!("{rows} rows, {features} features"), (found - expected).abs().max(), 0.0, 1e-11);
    }
    assert_eq!(ridge(&DMatrix::repeat(3, 2, f64::NAN), &DMatrix::zeros(3, 1), 1.0), None);
}

#[test]
fn a_probe_separates_what_is_separable_and_guesses_on_noise() {
    let labels: Vec<u8> = (0..300).map(|image| [2, 5, 7][image % 3]).collect();
    let mut features = noise(300 * 4, 3);
    let blind = probe(&features, 4, &labels).expect("three labels");
    assert_eq!((blind.fitted, blind.held_out), (210, 90));
    assert!((0.15..0.55).contains(&blind.accuracy), "{blind:?}");
    // A feature that tells the labels apart by a millionth of the others' size; and one that never varies.
    for (image, label) in labels.iter().enumerate() {
        features[image * 4 + 1] = 0.5 + 1e-6 * f64::from(u8::from(*label == 5)) + 1e-8 * features[image * 4 + 1];
        features[image * 4 + 2] = 0.1 + 1e-6 * f64::from(u8::from(*label == 7)) + 1e-8 * features[image * 4 + 2];
        features[image * 4 + 3] = 0.25;
    }
    assert_eq!(probe(&features, 4, &labels).map(|probe| probe.accuracy), Some(1.0));
    assert_eq!(probe(&features, 4, &[5; 300]), None, "one label");
    assert_eq!(probe(&features[..8], 4, &[1, 2]), None, "nothing to hold out");
}

/// The page after its run, with the facts that it wants.
fn looked_at(fragment: &str) -> Page {
    let mut page = Page::new(fragment);
    compute(&mut page);
    page
}

/// Computes the page's experiment and whatever facts are missing, as the worker does.
fn compute(page: &mut Page) {
    let link = page.experiment();
    let mut run = run_on(EngineChoice::Cpu, &link).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    page.begin(&link, "cpu", "");
    page.extend(&run.trace().rows_from(0));
    assert_eq!(page.closer().wants.first(), Some(&link));
    let facts = pollster::block_on(run.facts()).expect("facts");
    page.take_facts(&link, &facts);
    assert!(page.closer().wants.is_empty());
}

/// Text and table of a finding.
fn finding(page: &Page, slug: &str) -> (String, Table) {
    let found = page.closer().findings.into_iter().find(|finding| finding.slug == slug);
    let found = found.unwrap_or_else(|| panic!("no finding {slug}"));
    let table = found.table.unwrap_or(Table { head: Vec::new(), rows: Vec::new() });
    assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{slug}: {table:?}");
    (found.text.join("\n"), table)
}

/// The number that stands in a text between two pieces of it.
#[track_caller]
fn between(text: &str, before: &str, after: &str) -> f64 {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}")).1;
    let number = rest.split_once(after).unwrap_or_else(|| panic!("no {after:?} in {rest}")).0;
    number.replace('−', "-").parse().unwrap_or_else(|error| panic!("{number:?}: {error}"))
}

#[test]
fn early_growth_is_near_the_rate_that_the_images_set_and_nearer_for_smaller_steps() {
    for (k, low) in [(50, 0.85), (200, 0.9)] {
        let (text, _) = finding(&looked_at(&format!("digit=1&k={k}")), "growth");
        let (predicted, measured) =
            (between(&text, "a rate of ", ".\n"), between(&text, "log ‖Z‖ rises by ", " per unit"));
        close("λ/(4 ln 2)", predicted, between(&text, "have λ = ", ":") / (4.0 * std::f64::consts::LN_2), 0.01);
        assert!((low..1.0).contains(&(measured / predicted)), "{text}");
        let ratio = between(&text, "|H| rises by ", ", ") / measured;
        assert!((1.8..2.1).contains(&ratio), "{text}");
    }
}

#[test]
fn a_run_without_an_early_phase_says_so() {
    for link in ["k=1", "k=4", "tau=0.1&k=6"] {
        let (text, _) = finding(&looked_at(link), "growth");
        assert!(text.contains("This run has fewer than three such steps"), "{link}: {text}");
    }
}

#[test]
fn the_minimum_of_layer_1_comes_the_earlier_the_larger_lambda_is() {
    let mut page = Page::new("");
    for digit in 0..10 {
        page.set("digit", None, &digit.to_string());
        compute(&mut page);
        let (text, table) = finding(&page, "digits");
        assert_eq!(table.rows.len(), digit + 1);
        assert_eq!(text.contains("The correlation of 1/λ"), digit >= 2, "{text}");
        page.archive_current(&digit.to_string()).expect("a new run");
    }
    let (text, table) = finding(&page, "digits");
    assert!(text.starts_with("Runs of all ten digits are there"), "{text}");
    assert!(between(&text, "of 1/λ with k₁ is ", ", over 10 digits.") > 0.98, "{text}");
    assert!(text.contains("layer 2: 16 to 17; layer 3: 24 to 25; layer 4: 47 to 48."), "{text}");
    assert_eq!(table.head, ["Digit", "λ", "k₁", "k₂", "k₃", "k₄", "λ·k₁"]);
    let cell = |digit: usize, column: usize| table.rows[digit][column].parse::<f64>().expect("a number");
    for digit in 0..10 {
        assert_eq!(cell(digit, 0), digit as f64);
        // Each table cell has four digits.
        close("the product", cell(digit, 6), cell(digit, 1) * cell(digit, 2), 1.0);
        assert!((1000.0..1160.0).contains(&cell(digit, 6)), "{:?}", table.rows[digit]);
        assert!((cell(0, 2)..=cell(1, 2)).contains(&cell(digit, 2)), "0 is the earliest, 1 the latest: {table:?}");
    }
}

#[test]
fn a_minimum_at_the_last_step_is_none() {
    let (_, table) = finding(&looked_at("tau=0.1"), "digits");
    assert_eq!(table.rows[0][2..], ["–"; 5].map(str::to_owned));
}

#[test]
fn other_learning_rates_keep_the_time_of_the_minimum_better_than_its_depth() {
    let mut page = looked_at("k=50");
    assert!(finding(&page, "paces").0.starts_with("Only this pair"));
    page.archive_current("1").expect("a new run");
    // Neither another digit nor other layers belong to the comparison.
    for (key, value) in [("digit", "3"), ("layers", "32-16-8")] {
        page.set(key, None, value);
        compute(&mut page);
        page.archive_current(key).expect("a new run");
    }
    page.reset();
    for k in ["25", "200"] {
        page.set("k", None, k);
        compute(&mut page);
        page.archive_current(k).expect("a new run");
    }
    let (text, table) = finding(&page, "paces");
    assert!(text.starts_with("3 pairs of η and K are there. From η = 0.0025 to η = 0.02, the time"), "{text}");
    assert_eq!(table.rows.len(), 12);
    let drifts: Vec<&str> = table.rows[..3].iter().map(|row| row[5].as_str()).collect();
    assert_eq!((table.rows[0][..3].join(" "), drifts[2]), ("1 0.02 25".to_owned(), "0 %"));
    let time = between(&text, "changes by: layer 1 +", " %");
    let depth = between(&text, "over η changes by: layer 1 +", " %");
    assert!(time < 12.0 && (10.0..60.0).contains(&depth), "{text}");
    assert_eq!(drifts[0], format!("+{depth:.1} %"));
    assert_eq!(table.rows[9][3..], ["–"; 3].map(str::to_owned), "layer 4 has no minimum within 25 steps");
}

#[test]
fn images_of_one_digit_have_a_spread_but_no_probe() {
    let (text, table) = finding(&looked_at(""), "outputs");
    assert!(text.contains("one and the same is the largest for every one of the 100 images"), "{text}");
    assert!(text.contains("images of one digit only"), "{text}");
    assert_eq!((table.head.len(), table.rows.len()), (2, 4));
    let (text, table) = finding(&looked_at("lab=ska-batch&per_class=1&k=3"), "outputs");
    assert!(text.contains("with so few of each, none are left") && table.head.len() == 2, "{text}");
}

#[test]
fn facts_stay_with_archived_runs_and_older_archives_have_none() {
    let mut page = looked_at("k=6&samples=3&layers=8-8-4");
    let stored = page.archive_current("1").expect("a complete run");
    let text = serde_json::to_string(&stored).expect("JSON");
    let mut next = looked_at("k=6&samples=3&layers=8-8-4&digit=5");
    assert!(next.archive_restore(stored));
    assert_eq!((next.closer().wants.len(), finding(&next, "digits").1.rows.len()), (0, 2));

    let mut older: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    older.as_object_mut().expect("an object").remove("facts").expect("facts");
    let older: Stored = serde_json::from_value(older).expect("an archive of an earlier version");
    let mut next = looked_at("k=6&samples=3&layers=8-8-4&digit=5");
    assert!(next.archive_restore(older));
    let wants = next.closer().wants;
    assert_eq!(wants, [page.experiment()]);
    assert_eq!(finding(&next, "digits").1.rows[0][1], "…");
    let mut run = run_on(EngineChoice::Cpu, &wants[0]).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    let facts = pollster::block_on(run.facts()).expect("facts");
    assert_eq!(next.take_facts(&wants[0], &facts), [1]);
    assert!(next.closer().wants.is_empty());
    assert!(serde_json::to_string(&next.archive_store(1)).expect("JSON").contains("\"lambda\""));
}

#[test]
fn an_unfinished_run_has_neither_findings_nor_facts() {
    let mut page = Page::new("k=5&open=closer");
    assert_eq!(page.open_panels(), ["closer"]);
    let mut run = run_on(EngineChoice::Cpu, &page.experiment()).expect("the CPU is always there");
    pollster::block_on(run.advance(2)).expect("two steps");
    page.begin(&page.experiment(), "cpu", "");
    page.extend(&run.trace().rows_from(0));
    let closer = page.closer();
    assert_eq!((closer.findings[0].slug, closer.findings.len(), closer.wants.len()), ("waiting", 1, 0));
    assert_eq!(pollster::block_on(run.facts()), Ok(Facts::default()));
}

#[test]
fn the_gpu_leaves_what_the_cpu_leaves() {
    let link = "digit=7&k=24&samples=30&layers=40-24-16-10";
    let facts = |engine| {
        let mut run = run_on(engine, link)?;
        finish(&mut run, usize::MAX);
        Some(pollster::block_on(run.facts()).expect("facts"))
    };
    let Some(on_gpu) = facts(EngineChoice::Gpu) else { return };
    let cpu = facts(EngineChoice::Cpu).expect("the CPU is always there");
    // D near 1/2 from an f32 Z is uncertain by 3e-8 or so.
    for (name, relative, absolute) in [("lambda", 0.0, 0.0), ("spread_1", 1e-4, 1e-7), ("spread_4", 1e-2, 1e-7)] {
        let expected = cpu.get(name).unwrap_or(f64::NAN);
        close(name, on_gpu.get(name).unwrap_or(f64::NAN), expected, relative * expected + absolute);
    }
}

#[test]
fn the_batch_of_1000_images_has_the_recorded_findings() {
    let mut page = Page::new("lab=ska-batch");
    let link = page.experiment();
    let mut run = run_on(EngineChoice::Cpu, &link).expect("the CPU is always there");
    finish(&mut run, usize::MAX);
    page.begin(&link, "cpu", "");
    page.extend(&run.trace().rows_from(0));
    let facts = pollster::block_on(run.facts()).expect("facts");
    page.take_facts(&link, &facts);
    let fact = |name: &str| facts.get(name).unwrap_or(f64::NAN);
    // Recorded of the same images by an analysis of their own: λ 38.22; rate 13.8, and measured over steps it does not name
    // 12.6 and 25.2; probes with another split and regularisation .76 (pixels), .74, .45, .12, .12.
    close("λ", fact("lambda"), 38.22, 0.005);
    assert_eq!((fact("same_output"), fact("fitted"), fact("held_out")), (1.0, 700.0, 300.0));
    assert!((1e-6..1e-5).contains(&fact("spread_4")), "{facts:?}");
    assert!((0.6..0.8).contains(&fact("probe_pixels")) && fact("probe_1") > 0.65, "{facts:?}");
    assert!(fact("probe_1") > fact("probe_2") + 0.1 && fact("probe_2") > fact("probe_3") + 0.1, "{facts:?}");
    assert!(fact("probe_3") < 0.2 && fact("probe_4") < 0.2, "{facts:?}");
    let (text, _) = finding(&page, "growth");
    assert!(text.contains("λ = 38.22: a rate of 13.79.") && text.contains("here steps 9 to 15"), "{text}");
    close("‖Z‖", between(&text, "log ‖Z‖ rises by ", " per unit"), 12.7, 0.1);
    close("|H|", between(&text, "|H| rises by ", ", "), 24.4, 0.1);
    let (text, table) = finding(&page, "outputs");
    assert!(text.contains("the largest for every one of the 1000 images"), "{text}");
    assert!(text.contains("guessing names about 10.0 %"), "{text}");
    assert_eq!((table.head.len(), table.rows.len(), table.rows[0][0].as_str()), (3, 5, "Pixels"));
    assert!(finding(&page, "digits").0.contains("0 are there"));

    // A run of one digit of the same batch joins the table of digits.
    page.archive_current("1").expect("a complete run");
    page.set("digits", None, "4");
    compute(&mut page);
    assert_eq!(finding(&page, "digits").1.rows.len(), 1);
}
