//! WebGPU in software: the golden numbers, what *auto* makes of such an adapter, and a device that is lost.

use entroscope::run::Experiment;
use entroscope::trace::Trace;
use serde_json::Value;

use super::golden;
use super::{Place, Test, native_csv, same_text};
use crate::tab::Tab;

/// All of them.
pub const TESTS: &[Test] = tests![true;
    golden_runs_come_out_of_the_shaders,
    a_software_adapter_is_left_alone_unless_the_link_asks_for_it,
    a_lost_device_gives_the_numbers_of_the_cpu,
    an_archived_run_of_the_gpu_names_its_adapter,
];

/// The trace of the page's run, from its export.
fn trace(tab: &Tab, link: &str) -> Trace {
    let (experiment, _) = Experiment::from_link(link);
    let mut trace = Trace::new(experiment.config.columns());
    let file: Value = serde_json::from_str(&tab.js::<String>("entroscope.page.export('json').text")).expect("JSON");
    assert_eq!(file["engine"], "gpu", "{link}");
    let names: Vec<String> = trace.columns().iter().map(|column| column.name.clone()).collect();
    for step in 0..file["steps"].as_array().expect("a list").len() {
        let row: Vec<f64> = names.iter().map(|name| file["series"][name][step].as_f64().unwrap_or(f64::NAN)).collect();
        trace.push(&row);
    }
    trace
}

fn golden_runs_come_out_of_the_shaders(place: &Place) {
    let tab = &place.tab;
    let wanted: [&[f64]; 4] =
        [&[256.0, 128.0, 64.0, 10.0], &[8.0, 8.0, 8.0, 2.0], &[64.0, 32.0, 16.0, 10.0], &[24.0, 200.0, 40.0, 33.0]];
    let cases = golden::cases();
    let of = |layers: &[f64]| cases.iter().find(|case| golden::numbers(&case["layer_sizes"]) == layers);
    let batch = golden::batch_cases();
    // Software takes minutes over a thousand images: the batch of a hundred has the same shader.
    let small = batch.iter().filter(|case| case["per_class"] == 10);
    for case in wanted.map(|layers| of(layers).expect("a golden case")).into_iter().chain(small) {
        let link = golden::link(case);
        tab.open_done(&place.url(&format!("{link}&engine=gpu")));
        assert_eq!(tab.text("#engine-badge .text"), "GPU", "{}", tab.text("#engine-why"));
        assert!(tab.text("#engine-why").contains("in software"), "{}", tab.text("#engine-why"));
        let found = trace(tab, &link);
        assert_eq!(found.steps() as u64, case["K"].as_u64().expect("a number"), "{link}");
        golden::check_trace(case, &found);
        // What the CPU gives is close, and not the same: these numbers are from somewhere else.
        let csv: String = tab.js("entroscope.page.export('csv').text");
        assert_ne!(csv, native_csv(&link), "{link}: the CPU has computed this");
    }
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
}

fn a_software_adapter_is_left_alone_unless_the_link_asks_for_it(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9"));
    assert_eq!(tab.text("#engine-badge .text"), "CPU");
    let why = tab.text("#engine-why");
    assert!(why.contains("The CPU computes, with full function: ") && why.contains("software"), "{why}");
    assert_eq!(tab.count(".notice"), 0, "{}", tab.text("#notices"));
    same_text("auto", &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv("k=9"));
    tab.click("#control-engine-gpu");
    tab.done();
    assert_eq!(tab.text("#engine-badge .text"), "GPU");
    tab.click("#control-engine-cpu");
    tab.done();
    assert_eq!(tab.text("#engine-badge .text"), "CPU");
}

fn a_lost_device_gives_the_numbers_of_the_cpu(place: &Place) {
    let tab = &place.tab;
    // Five chunks, for the last layer sees many neurons: the device goes once the first chunk has arrived.
    let link = "layers=8-256-8&k=1000";
    tab.open_done(&place.url("k=2&layers=8&engine=gpu"));
    assert_eq!(tab.text("#engine-badge .text"), "GPU");
    tab.run(&format!(
        "globalThis.lostAt = null;
         entroscope.engine.worker.addEventListener('message', ({{ data }}) => {{
             if (data.type !== 'rows' || lostAt) return;
             lostAt = [data.step, data.done];
             entroscope.engine.simulateLoss();
         }});
         location.hash = '{link}&engine=gpu';"
    ));
    tab.wait("the loss", "lostAt !== null");
    let (steps, done): (u32, bool) = tab.js("lostAt");
    assert!(steps < 1000 && !done, "the run was over too soon to lose its device: {steps} steps");
    tab.done();
    let notice = tab.text(".notice");
    assert!(notice.contains("The graphics processor was lost"), "{notice}");
    assert_eq!(tab.js::<String>("document.querySelector('#engine-badge').dataset.engine"), "fallback");
    assert_eq!(tab.text("#engine-badge .text"), "CPU");
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 1000);
    same_text("after the loss", &tab.js::<String>("entroscope.page.export('csv').text"), &native_csv(link));
    let file: Value = serde_json::from_str(&tab.js::<String>("entroscope.page.export('json').text")).expect("JSON");
    assert_eq!((file["engine"].as_str(), file["adapter"].as_str()), (Some("cpu"), Some("")));
    // The page works on: the next run asks for a new device.
    tab.type_into("#control-k-number", "4");
    tab.done();
    assert_eq!(tab.js::<u32>("entroscope.page.steps()"), 4);
    assert_eq!(tab.text("#engine-badge .text"), "GPU");
}

fn an_archived_run_of_the_gpu_names_its_adapter(place: &Place) {
    let tab = &place.tab;
    tab.open_done(&place.url("k=9&engine=gpu"));
    tab.click("#archive-run");
    tab.wait("the entry", "document.querySelectorAll('#archive-list li').length === 1");
    let detail = tab.text(".entry-detail");
    let file: Value = serde_json::from_str(&tab.js::<String>("entroscope.page.export('json').text")).expect("JSON");
    let adapter = file["adapter"].as_str().expect("a name");
    assert!(!adapter.is_empty() && detail.contains(&format!("GPU, {adapter}")), "{detail} does not say {adapter:?}");
}
