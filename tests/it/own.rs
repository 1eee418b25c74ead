//! Images of the reader's own: IDX files checked and paired, the original's choice from all of MNIST, links, command line.

use std::process::{Command, Output};

use entroscope::backend::{Backend, EngineChoice};
use entroscope::data::{Dataset, Fingerprint, IMAGE_BYTES, OwnImages, Source, import, pair, pick_single_digit};
use entroscope::page::Page;
use entroscope::run::{Experiment, Export, Link, Run, csv};

use crate::support::finish;

/// Images of each digit among the 60 000 training images of MNIST.
const TRAINING: [usize; 10] = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];

fn big_endian(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Labels in a mixed order, as often as `counts` says.
fn labels(counts: [usize; 10]) -> Vec<u8> {
    let mut left = counts;
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let first = (state >> 16) as usize % 10;
        let digit = (0..10).map(|i| (first + i) % 10).find(|digit| left[*digit] > 0).expect("one is left");
        left[digit] -= 1;
        digit as u8
    };
    (0..counts.iter().sum()).map(next).collect()
}

fn label_file(labels: &[u8]) -> Vec<u8> {
    [big_endian(&[0x801, labels.len() as u32]), labels.to_vec()].concat()
}

/// Images whose first four pixels are their number in the file, and the fifth is lit.
fn image_file(count: usize) -> Vec<u8> {
    let mut bytes = big_endian(&[0x803, count as u32, 28, 28]);
    bytes.resize(16 + count * IMAGE_BYTES, 0);
    for (number, image) in bytes[16..].chunks_mut(IMAGE_BYTES).enumerate() {
        image[..4].copy_from_slice(&(number as u32).to_be_bytes());
        image[4] = 255;
        image[(7 * number) % 700 + 50] = 200;
    }
    bytes
}

fn a_set(counts: [usize; 10]) -> OwnImages {
    let labels = labels(counts);
    import(("images", &image_file(labels.len())), ("labels", &label_file(&labels))).expect("whole files").set
}

#[test]
fn all_of_mnist_gives_the_images_that_the_original_picks() {
    let labels = labels(TRAINING);
    let files = [
        ("train-labels-idx1-ubyte".to_owned(), label_file(&labels)),
        ("train-images-idx3-ubyte".to_owned(), image_file(60_000)),
    ];
    let (mut sets, problems) = pair(&files);
    assert_eq!(problems, Vec::<String>::new());
    let imported = sets.pop().expect("a set");
    assert_eq!(imported.files, ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]);
    let source = Source::Own(imported.set.fingerprint);
    let mut data = Dataset::bundled();
    data.add(imported.set);
    assert_eq!(data.count(0), 1001, "the bundle is still what it was");
    let data = data.of(source);
    assert_eq!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|digit| data.count(digit)), TRAINING);
    // Check values from NumPy: `RandomState(seed)` shuffling the class's images.
    let ten = pick_single_digit(&data, 0, 10, 0);
    assert_eq!(ten, [1386, 5218, 4744, 1833, 737, 3689, 812, 2017, 1515, 2284]);
    assert_eq!(pick_single_digit(&data, 1, 5, 7), [5620, 6002, 623, 3484, 2991]);
    // They are positions among the digit's images in the order of the file.
    for digit in [0, 1, 9] {
        let of_class: Vec<usize> = (0..60_000).filter(|at| usize::from(labels[*at]) == digit).collect();
        for position in pick_single_digit(&data, digit, 100, 3) {
            let image = data.image(digit, position).expect("the image");
            let number = image[..4].iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
            assert_eq!((number, image.len()), (of_class[position], IMAGE_BYTES));
        }
        assert!(data.image(digit, TRAINING[digit]).is_none());
    }
    assert!(data.image(10, 0).is_none());
}

#[track_caller]
fn refuses(images: &[u8], labels: &[u8], message: &str) {
    assert_eq!(import(("i", images), ("l", labels)).expect_err("refused"), message);
}

#[test]
fn a_wrong_file_is_told_what_was_found_and_what_was_expected() {
    let (images, of_them) = (image_file(20), label_file(&labels([2; 10])));
    refuses(&of_them, &images, "i: magic 0x00000801 (labels) where 0x00000803 (images) was expected");
    refuses(&images, &images, "l: magic 0x00000803 (images) where 0x00000801 (labels) was expected");
    let unknown = "where 0x00000803 (images) or 0x00000801 (labels) was expected";
    refuses(b"<!doctype html>", &of_them, &format!("i: magic 0x3c21646f {unknown}"));
    refuses(b"PK\x03\x04....", &of_them, &format!("i: magic 0x504b0304 {unknown} (it is a ZIP archive: unpack it)"));
    refuses(
        b"\x1f\x8b\x08\x00....",
        &of_them,
        &format!("i: magic 0x1f8b0800 {unknown} (it is gzip, and does not unpack)"),
    );
    refuses(b"", &of_them, "i: 0 bytes where an IDX file was expected, which has 8 or more");
    refuses(&images[..12], &of_them, "i: 12 bytes where a file of images has 16 or more");
    refuses(&images[..9000], &of_them, "i: 9000 bytes where 15696 were expected, for 20 images of 28×28");
    refuses(
        &[&images[..], &[0]].concat(),
        &of_them,
        "i: 15697 bytes where 15696 were expected, for 20 images of 28×28",
    );
    refuses(&images, &of_them[..20], "l: 20 bytes where 28 were expected, for 20 labels");
    let mut large = images.clone();
    large[8..16].copy_from_slice(&big_endian(&[32, 30]));
    refuses(&large, &of_them, "i: images of 32×30 pixels where 28×28 were expected");
    let mut most = images.clone();
    most[4..8].copy_from_slice(&[255; 4]);
    let message = "i: 15696 bytes where 3367254359296 were expected, for 4294967295 images of 28×28";
    refuses(&most, &of_them, message);
    let mut letter = of_them.clone();
    letter[8 + 7] = 12;
    refuses(&images, &letter, "l: label 12 at position 7 where 0 to 9 was expected");
    let few = label_file(&labels([3; 10]));
    refuses(&images, &few, "l: 30 labels where 20 were expected, one for each image of i");
    let nines: Vec<u8> = (0..20).map(|at| at % 9).collect();
    refuses(&images, &label_file(&nines), "l: no label 9 where at least one of each, 0 to 9, was expected");
    refuses(&image_file(0), &label_file(&[]), "l: no label 0 where at least one of each, 0 to 9, was expected");
}

#[test]
fn several_files_are_paired_by_their_number_and_the_rest_is_named() {
    let file = |name: &str, bytes: Vec<u8>| (name.to_owned(), bytes);
    let files = [
        file("train-images", image_file(30)),
        file("test-labels", label_file(&labels([2; 10]))),
        file("notes.txt", b"read me first".to_vec()),
        file("test-images", image_file(20)),
        file("train-labels", label_file(&labels([3; 10]))),
    ];
    let (sets, problems) = pair(&files);
    let names: Vec<_> = sets.iter().map(|imported| imported.files.join(" ")).collect();
    assert_eq!(names, ["train-images train-labels", "test-images test-labels"]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("notes.txt: magic 0x72656164 "), "{}", problems[0]);

    let together = "Images and their labels are given together.";
    let (sets, problems) = pair(&files[..2]);
    assert!(sets.is_empty());
    assert_eq!(
        problems,
        [
            format!("train-images: 30 images, but no file with 30 labels: found test-labels with 20. {together}"),
            format!("test-labels: 20 labels, but no file with 20 images: found train-images with 30. {together}"),
        ]
    );
    let (_, problems) = pair(&files[..1]);
    assert_eq!(
        problems,
        [format!("train-images: 30 images, but no file with 30 labels: found none with labels. {together}")]
    );
    let (sets, problems) = pair(&[files[0].clone(), files[0].clone(), files[4].clone()]);
    assert_eq!((sets.len(), problems.len()), (0, 2));
    assert!(problems[0].ends_with("one pair at a time."), "{}", problems[0]);
}

#[test]
fn a_set_keeps_its_name_and_an_altered_one_does_not_pass() {
    let set = a_set([2; 10]);
    let name = set.fingerprint.to_string();
    assert_eq!(name.parse(), Ok(set.fingerprint));
    let mut data = Dataset::default();
    data.load(&name, set.packed()).expect("what was kept");
    assert!(data.is_loaded(&name));
    let mut altered = set.packed().to_vec();
    altered[500] ^= 1;
    let message = data.load(&name, &altered).expect_err("altered");
    assert_eq!(message, format!("{name} is damaged: its checksum is another one."));
    let message = data.load(&name, &altered[1..]).expect_err("short");
    assert_eq!(message, format!("{name} is damaged: 15699 bytes instead of 15700."));
    assert_eq!(data.of(Source::Own(set.fingerprint)).image(3, 0), set.image(3, 0), "the loaded one stays");
    data.forget(set.fingerprint);
    assert!(!data.is_loaded(&name) && data.of(Source::Own(set.fingerprint)).image(3, 0).is_none());
    for other in ["own-20", "own-+20-00000000", "own-20-0000000A", "own-020-0000000a", "own-20-a", "bundled", ""] {
        assert_eq!(other.parse::<Fingerprint>(), Err(()), "{other}");
    }
}

#[test]
fn a_link_says_whose_images_it_learns_from() {
    let link = "digit=3&data=own-60000-1a2b3c4d";
    let (experiment, notices) = Experiment::from_link(link);
    assert_eq!(notices, Vec::<String>::new());
    assert_eq!(experiment.data, Source::Own(Fingerprint { images: 60_000, crc32: 0x1a2b_3c4d }));
    assert!(experiment.to_link().ends_with("&data=own-60000-1a2b3c4d"), "{}", experiment.to_link());
    assert_eq!(experiment.needs(), ["own-60000-1a2b3c4d"]);
    assert!(experiment.label().ends_with(" · own images 1a2b3c4d"), "{}", experiment.label());
    for bundled in ["digit=3", "digit=3&data=bundled"] {
        let (experiment, notices) = Experiment::from_link(bundled);
        assert_eq!((experiment.data, notices), (Source::Bundled, Vec::new()));
        assert!(!experiment.to_link().contains("data="));
        assert_eq!(experiment.needs(), ["digit-3-seed-0.bin.gz"]);
    }
    let (_, notices) = Link::read("data=mine&open=draw,images,about");
    assert_eq!(
        notices,
        ["data=\"mine\" ignored: expected bundled, or own images by number and checksum: own-60000-1a2b3c4d"]
    );
}

#[test]
fn the_page_chooses_between_the_bundle_and_own_images() {
    let mut page = Page::new("k=5&data=own-60000-1a2b3c4d");
    assert_eq!(page.data().text, "own images (60000, 1a2b3c4d)");
    page.set_data("bundled");
    assert_eq!((page.data().value.as_str(), page.data().text.as_str()), ("bundled", "bundled digits"));
    assert!(!page.link().contains("data="));
    page.set_data("own-20-00000001");
    assert!(page.experiment().ends_with("&data=own-20-00000001"));
    page.set_data("nonsense");
    assert_eq!(page.notices().len(), 1);
    page.reset();
    assert_eq!(page.data().value, "bundled");
}

fn run_of(link: &str, data: Dataset) -> Run {
    let (experiment, _) = Experiment::from_link(link);
    let (backend, report) = pollster::block_on(Backend::open(EngineChoice::Cpu));
    let mut run = Run::new(experiment, data.into(), backend, report);
    finish(&mut run, usize::MAX);
    run
}

#[test]
fn a_run_learns_from_the_images_that_its_link_names() {
    let set = a_set([40; 10]);
    let link = format!("k=6&samples=30&layers=8-4&data={}", set.fingerprint);
    let mut data = Dataset::bundled();
    data.add(set);
    let own = run_of(&link, data.clone());
    let bundled = run_of("k=6&samples=30&layers=8-4", data);
    assert_ne!(csv(own.trace()), csv(bundled.trace()));
    let export = Export::new(own.experiment(), own.trace(), "cpu", "", &[]);
    let (experiment, trace) = export.read().expect("it reads back");
    assert_eq!((experiment.to_link(), csv(&trace)), (own.experiment().to_link(), csv(own.trace())));
}

/// MNIST's four files in little: more zeros among the test images, so that one can tell which they are.
fn four_files() -> [(String, Vec<u8>); 4] {
    let (training, test) = (labels([30; 10]), labels([51, 1, 1, 1, 1, 1, 1, 1, 1, 1]));
    let mut last = image_file(test.len());
    last[16..].iter_mut().for_each(|pixel| *pixel = pixel.saturating_add(3));
    [
        ("t10k-images-idx3-ubyte".into(), last),
        ("train-labels-idx1-ubyte".into(), label_file(&training)),
        ("train-images-idx3-ubyte".into(), image_file(training.len())),
        ("t10k-labels-idx1-ubyte".into(), label_file(&test)),
    ]
}

#[test]
fn the_four_files_of_mnist_are_one_set_that_is_parted_as_they_are() {
    let files = four_files();
    let (sets, problems) = pair(&files);
    assert_eq!(problems, Vec::<String>::new());
    let [joined] = &sets[..] else { panic!("{} sets", sets.len()) };
    let names =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
    assert_eq!(joined.files, names);
    assert_eq!(joined.set.fingerprint.images, 360);
    let source = Source::Own(joined.set.fingerprint);
    let mut data = Dataset::default();
    data.add(joined.set.clone());
    let data = data.of(source);
    let order = data.in_files().expect("an own set");
    for (at, (digit, position)) in order.iter().enumerate() {
        let (from, label, at) = if at < 300 { (2, 1, at) } else { (0, 3, at - 300) };
        assert_eq!(*digit, usize::from(files[label].1[8 + at]), "the label of {at}");
        assert_eq!(
            data.image(*digit, *position),
            Some(&files[from].1[16 + at * IMAGE_BYTES..][..IMAGE_BYTES]),
            "image {at}"
        );
    }
    // The layers train on the first ones and are tested on the last.
    let fingerprint = joined.set.fingerprint;
    let tested = |parting: &str| {
        let link = format!(
            "lab=wta-mnist&kx=6&ky=6&n_w=3&ix=3&iy=3&wx=2&wy=2&frames=100&train=1000&test=100&parting={parting}&data={fingerprint}"
        );
        // There are fewer than the link asks for: the test takes its hundred first.
        let mut run = run_of(&link, data.clone());
        let facts = pollster::block_on(run.facts()).expect("memory is always there");
        (0..10)
            .map(|digit| (0..10).filter_map(|answer| facts.get(&format!("test_{digit}_{answer}"))).sum::<f64>())
            .collect::<Vec<_>>()
    };
    let last: Vec<f64> =
        (0..10).map(|digit| order[260..].iter().filter(|(own, _)| *own == digit).count() as f64).collect();
    assert_eq!(tested("files"), last);
    assert!(last[0] > 50.0);
    assert!(tested("shuffled")[0] < 45.0);
}

fn runner(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entroscope")).args(arguments).output().expect("the runner runs")
}

#[test]
fn the_command_line_takes_idx_files() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("idx");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("a file");
        path.display().to_string()
    };
    let (images, of_them) = (image_file(400), label_file(&labels([40; 10])));
    let packed = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &images).expect("memory takes every byte");
        encoder.finish().expect("memory takes every byte")
    };
    let (image_path, label_path) = (write("images.gz", &packed), write("labels", &of_them));
    let set = a_set([40; 10]);
    let named = format!("k=6&samples=30&layers=8-4&data={}", set.fingerprint);
    let mut data = Dataset::default();
    data.add(set);
    let expected = csv(run_of(&named, data).trace());
    let given = ["--engine=cpu", "--images", &image_path, "--labels", &label_path];
    for link in ["k=6&samples=30&layers=8-4", &named] {
        let output = runner(&[&given[..], &[link]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
    // Two pairs are one set, in the order given.
    let four = four_files();
    let paths: Vec<String> = four.iter().map(|(name, bytes)| write(name, bytes)).collect();
    let (sets, _) = pair(&four);
    let named_both = format!("k=2&samples=30&layers=8-4&data={}", sets[0].set.fingerprint);
    let both =
        ["--engine=cpu", "--images", &paths[2], "--labels", &paths[1], "--images", &paths[0], "--labels", &paths[3]];
    let output = runner(&[&both[..], &[&named_both]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    #[track_caller]
    fn fails(arguments: &[&str], message: &str) {
        let output = runner(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && errors.contains(message), "{errors}");
    }
    fails(&[&given[..], &["data=own-20-00000001"]].concat(), "own images (20, 00000001)");
    fails(&["--engine=cpu", &named], "give its files as --images and --labels");
    fails(&["--images", &image_path, "k=2"], "--images without --labels: expected both");
    fails(&["--images", &label_path, "--labels", &label_path], "magic 0x00000801 (labels) where 0x00000803");
    fails(&["--images", "nowhere", "--labels", &label_path], "nowhere: ");
}
