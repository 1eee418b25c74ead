//! The NTK lab on the page: the native numbers, the first epoch in sight, stopping and going on, links, pictures, and WebGPU.

use super::{Place, Test, native_csv, same_text};

/// On the CPU.
pub const TESTS: &[Test] = tests![false;
    the_page_computes_what_the_native_engine_does,
    a_training_shows_its_first_epochs_stops_and_goes_on,
    a_link_restores_experiment_step_and_figures,
    the_kernel_and_the_chosen_images_are_pictures,
    everything_fits_on_a_phone,
];

/// On a software adapter.
pub const GPU_TESTS: &[Test] = tests![true;
    shaders_train_and_compare_as_the_cpu_does,
];

/// Every experiment, with a net of a few hundred weights on few images.
const CALLS: [&str; 5] = [
    "run=epochs&sizes=10-15&epochs=3&images=40&batch=8&net=one_conv&width=0.125&tests=40",
    "run=seeds&sizes=5-10&epochs=2&images=40&batch=8&seeds=2&net=one_conv&width=0.125&tests=40",
    "run=sizes&counts=10-20&epochs=3&net=one_conv&width=0.125&tests=40",
    "run=width&widths=0.125-0.25&sample=4&seeds=2&net=one_conv",
    "run=selection&points=4&pool=20&every=2&epochs=2&predictor_epochs=5&net=one_conv&width=0.125&tests=40",
];

fn open(place: &Place, rest: &str) {
    place.tab.open_done(&place.url(&format!("lab=ntk-entropy&{rest}")));
}

fn the_page_computes_what_the_native_engine_does(place: &Place) {
    for rest in CALLS {
        open(place, rest);
        let link: String = place.tab.js("entroscope.page.experiment()");
        let csv: String = place.tab.js("entroscope.page.export('csv').text");
        same_text(rest, &csv, &native_csv(&link));
        assert_eq!(place.tab.text("#engine-badge").trim(), "CPU");
    }
    assert_eq!(place.tab.errors(), Vec::<String>::new());
}

fn a_training_shows_its_first_epochs_stops_and_goes_on(place: &Place) {
    let tab = &place.tab;
    let rest = "sizes=10-15&epochs=60&images=200&tests=100&width=0.25";
    tab.go(&place.url(&format!("lab=ntk-entropy&{rest}")));
    tab.wait("the first epochs", "entroscope.page.steps() > 1");
    tab.click("#hold");
    tab.wait("the stop", "document.body.dataset.state === 'held'");
    let steps = tab.js::<u32>("entroscope.page.steps()");
    assert!(steps < 61, "it was over before");
    // What there is is shown: a number for each of the two subsets.
    let rows: Vec<Vec<String>> = tab.js("entroscope.page.table('numbers').rows");
    assert_eq!(rows.len(), steps as usize);
    assert!(rows[0].iter().skip(1).all(|value| !value.is_empty()), "{rows:?}");
    tab.press("g");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 61);
    let link: String = tab.js("entroscope.page.experiment()");
    let csv: String = tab.js("entroscope.page.export('csv').text");
    same_text("stopped and gone on with", &csv, &native_csv(&link));
}

fn a_link_restores_experiment_step_and_figures(place: &Place) {
    let tab = &place.tab;
    open(
        place,
        "sizes=5-10&epochs=2&images=40&batch=8&net=one_conv&width=0.125&tests=40&step=1&show=trace&hide=numbers",
    );
    assert_eq!(tab.js::<usize>("entroscope.page.step()"), 1);
    let shown = |slug: &str| tab.count(&format!("#figure-{slug}"));
    assert_eq!((shown("trace"), shown("numbers"), shown("entropy")), (1, 0, 1));
    let link: String = tab.js("entroscope.page.link()");
    for part in ["run=epochs", "sizes=5-10", "epochs=2", "images=40", "batch=8", "net=one_conv", "step=1"] {
        assert!(link.split('&').any(|other| other == part), "{link} lacks {part}");
    }
    let picture = tab.picture("entropy");
    tab.open_done(&place.url(&link));
    assert_eq!(tab.picture("entropy"), picture, "the same link shows another picture");
    // Another experiment brings its own controls and its own usual numbers.
    tab.run("const run = document.querySelector('#control-run'); run.value = 'sizes'; run.dispatchEvent(new Event('change', { bubbles: true }));");
    tab.wait("its controls", "document.querySelector('[id^=control-counts]')");
    let link: String = tab.js("entroscope.page.experiment()");
    assert!(link.contains("run=sizes") && link.contains("counts=10-20-30-50-100-200"), "{link}");
}

fn the_kernel_and_the_chosen_images_are_pictures(place: &Place) {
    let tab = &place.tab;
    for (rest, slug) in [(CALLS[0], "kernel"), (CALLS[4], "chosen-rnd")] {
        open(place, rest);
        tab.wait("the picture", &format!("entroscope.page.table('{slug}').rows.length > 1"));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

fn everything_fits_on_a_phone(place: &Place) {
    let tab = &place.tab;
    tab.size(360, 740, true);
    for rest in [CALLS[0], CALLS[2], CALLS[4]] {
        open(place, rest);
        let wide: u32 = tab.js("document.documentElement.scrollWidth");
        assert!(wide <= 360, "{rest}: {wide} px wide");
    }
}

fn shaders_train_and_compare_as_the_cpu_does(place: &Place) {
    let tab = &place.tab;
    for rest in [CALLS[0], CALLS[2]] {
        open(place, &format!("{rest}&engine=gpu"));
        assert_eq!(tab.text("#engine-badge .text"), "GPU", "{}", tab.text("#engine-why"));
        let found: String = tab.js("entroscope.page.export('csv').text");
        let link: String = tab.js("entroscope.page.experiment()");
        let expected = native_csv(&link);
        for (one, other) in found.lines().zip(expected.lines()).skip(1) {
            for (found, expected) in one.split(',').zip(other.split(',')) {
                let Ok(expected) = expected.parse::<f64>() else { continue };
                let found: f64 = found.parse().unwrap_or(f64::NAN);
                // A few steps of Adam on batches of 8: sums in another order, divided by small roots.
                let close = (found - expected).abs() <= 2e-3 * expected.abs().max(1.0);
                assert!(close, "{rest}: {found} instead of {expected}");
            }
        }
    }
}
