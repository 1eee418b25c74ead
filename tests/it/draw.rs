//! Pictures, judged by what was drawn where.

mod figures;
mod looks;
mod mosaic;
pub mod recorder;

use std::f64::consts::{FRAC_PI_2, PI};

use entroscope::draw::{self, Colour, Dash, Hit, Hits, RunView, Scene, Stills};
use entroscope::figure::{Axis, Figure, HeatScale, Panel, Plot, View};
use entroscope::trace::{Column, Trace};
use plotters::prelude::IntoDrawingArea as _;

use recorder::{Op, Record, Recorder};

const SCALE: f64 = 2.0;
const EMPTY: &str = "No history yet: run at least one architecture.";
/// Phone to projector, css pixels.
const SIZES: [(u32, u32); 5] = [(260, 220), (360, 300), (500, 400), (300, 900), (1400, 900)];

fn axis(layer: usize) -> Axis {
    Axis { column: format!("entropy_{layer}"), label: format!("Layer {layer} (h/n)") }
}

fn figure(plot: Plot) -> Figure {
    Figure { slug: "figure".into(), title: "Figure".into(), help: String::new(), group: "", shown: true, plot }
}

fn trajectory() -> Figure {
    figure(Plot::Trajectory { axes: [axis(1), axis(2), axis(3)] })
}

fn curves(panels: usize) -> Figure {
    let panel = |layer: usize| Panel {
        title: format!("Layer {layer} (256 neurons): entropy per neuron"),
        y_label: "h/n".into(),
        lines: vec![axis(layer)],
        ..Panel::default()
    };
    figure(Plot::Curves { panels: (1..=panels).map(panel).collect() })
}

fn many_lines() -> Figure {
    let lines = (1..=8).map(axis).collect();
    figure(Plot::Curves {
        panels: vec![Panel { title: "All layers".into(), y_label: "h/n".into(), lines, ..Panel::default() }],
    })
}

/// Eight layers, each a dip of its own depth and time as SKA's are; step 0 has no value.
fn dips(steps: usize, depth: f64) -> Trace {
    trace(steps, |step, layer| {
        let time = step as f64 / steps as f64;
        let centre = 0.25 + 0.08 * layer as f64;
        -depth * (1.0 + 0.3 * layer as f64) * (-((time - centre) / 0.18).powi(2)).exp() - 0.3 * time
    })
}

fn trace(steps: usize, value: impl Fn(usize, usize) -> f64) -> Trace {
    let columns = (1..=8).map(|layer| Column::new(format!("entropy_{layer}"), "", "bits")).collect();
    let mut trace = Trace::new(columns);
    for step in 0..steps {
        let row: Vec<f64> = (1..=8).map(|layer| if step == 0 { f64::NAN } else { value(step, layer) }).collect();
        trace.push(&row);
    }
    trace
}

/// The runs of these traces; the last is the current one.
fn runs(traces: &[Trace]) -> Vec<RunView<'_>> {
    let view = |(i, trace)| RunView {
        trace,
        id: i as u32,
        label: "digit 0",
        colour: draw::palette(i),
        dash: Dash::nth(i),
        current: i + 1 == traces.len(),
    };
    traces.iter().enumerate().map(view).collect()
}

fn scene<'a>(figure: &'a Figure, runs: &'a [RunView<'a>], view: &'a View, step: usize) -> Scene<'a> {
    Scene {
        figure,
        runs,
        step,
        step_name: "Step k",
        view,
        theme: draw::theme("light"),
        scale: SCALE,
        heat: HeatScale::Run,
        moment: (0, 0),
        stills: no_stills(),
        focus: None,
        empty: EMPTY,
    }
}

/// A run of whose state nothing is known.
fn no_stills() -> &'static Stills {
    static NONE: std::sync::LazyLock<Stills> = std::sync::LazyLock::new(Stills::default);
    &NONE
}

fn drawn(scene: &Scene, (width, height): (u32, u32)) -> (Hits, Record) {
    let backing = |css: u32| (f64::from(css) * scene.scale) as u32;
    let (recorder, record) = Recorder::new((backing(width), backing(height)));
    let hits = draw::draw(&recorder.into_drawing_area(), scene).expect("the recorder never fails");
    let record = record.borrow().clone();
    (hits, record)
}

fn texts(record: &Record) -> Vec<(&str, [f64; 4])> {
    let text = |op| match op {
        &Op::Text { ref text, bounds, .. } => Some((text.as_str(), bounds)),
        _ => None,
    };
    record.ops.iter().filter_map(text).collect()
}

/// The first thing that reaches over an edge, and the first two labels that overlap. Half a backing pixel is rounding.
fn faults(record: &Record, (width, height): (u32, u32)) -> Vec<String> {
    let limits = [f64::from(width) * SCALE + 0.5, f64::from(height) * SCALE + 0.5];
    let outside = |op: &&Op| {
        let [left, top, right, bottom] = op.bounds();
        !(left >= -0.5 && top >= -0.5 && right <= limits[0] && bottom <= limits[1])
    };
    let mut faults: Vec<String> =
        record.ops.iter().find(outside).map(|op| format!("outside: {op:?}")).into_iter().collect();
    let texts = texts(record);
    for (i, (one, a)) in texts.iter().enumerate() {
        for (other, b) in &texts[i + 1..] {
            let apart = a[2] <= b[0] + 0.5 || b[2] <= a[0] + 0.5 || a[3] <= b[1] + 0.5 || b[3] <= a[1] + 0.5;
            if !apart {
                faults.push(format!("{one:?} at {a:?} overlaps {other:?} at {b:?}"));
            }
        }
    }
    faults
}

#[track_caller]
fn check_tidy(scene: &Scene, size: (u32, u32)) {
    let (hits, record) = drawn(scene, size);
    let faults = faults(&record, size);
    assert!(faults.is_empty(), "{size:?} {} {:?}: {}", scene.theme.name, scene.view, faults[0]);
    let finite = hits.points.iter().all(|hit| hit.x.is_finite() && hit.y.is_finite());
    assert!(finite, "{size:?}: a measurement is nowhere");
}

#[test]
fn nothing_leaves_the_picture_and_no_label_overlaps_another_at_any_size() {
    let traces = [dips(50, 3.0), dips(30, 40.0), dips(50, 7.0)];
    let (runs, view) = (runs(&traces), View::default());
    for size in SIZES {
        for theme in ["light", "dark", "projector"] {
            for step in [0, 1, 23, 49, 99] {
                for figure in [trajectory(), curves(1), curves(4), curves(8), many_lines()] {
                    check_tidy(&Scene { theme: draw::theme(theme), ..scene(&figure, &runs, &view, step) }, size);
                }
            }
        }
    }
}

#[test]
fn nothing_leaves_the_picture_however_it_is_turned_and_zoomed() {
    let traces = [dips(50, 3.0)];
    let (runs, figure) = (runs(&traces), trajectory());
    for yaw in 0..24 {
        for pitch in -4..=4 {
            for zoom in [0.5, 1.0, 3.0, 20.0] {
                let view = View { yaw: f64::from(yaw) * PI / 12.0, pitch: f64::from(pitch) * PI / 8.0, zoom };
                check_tidy(&scene(&figure, &runs, &view, 23), SIZES[1]);
            }
        }
    }
}

#[test]
fn the_check_for_overlaps_and_edges_can_fail() {
    let label = |bounds| Op::Text { text: "−2".into(), bounds, rgb: (0, 0, 0) };
    let record = |ops| Record { ops, measured: 0 };
    assert_eq!(
        faults(&record(vec![label([0.0, 0.0, 20.0, 10.0]), label([20.0, 0.0, 40.0, 10.0])]), (100, 100)).len(),
        0
    );
    assert_eq!(
        faults(&record(vec![label([0.0, 0.0, 20.0, 10.0]), label([15.0, 5.0, 40.0, 15.0])]), (100, 100)).len(),
        1
    );
    assert_eq!(faults(&record(vec![label([190.0, 0.0, 210.0, 10.0])]), (100, 100)).len(), 1);
}

#[test]
fn turning_keeps_every_point_inside() {
    let (width, height) = SIZES[2];
    let traces = [dips(50, 3.0)];
    let (runs, figure) = (runs(&traces), trajectory());
    for i in 0..60 {
        let view = View { yaw: f64::from(i) * 0.37, pitch: FRAC_PI_2 * (f64::from(i) * 0.7).sin(), zoom: 1.0 };
        for hit in drawn(&scene(&figure, &runs, &view, 23), (width, height)).0.points {
            let inside = (0.0..=f64::from(width)).contains(&hit.x) && (0.0..=f64::from(height)).contains(&hit.y);
            assert!(inside, "{view:?}: {hit:?}");
        }
    }
}

#[track_caller]
fn check_hits(figure: &Figure, panels: usize) {
    let traces = [dips(30, 3.0), dips(50, 4.0)];
    let (runs, view) = (runs(&traces), View::default());
    let (hits, _) = drawn(&scene(figure, &runs, &view, 23), SIZES[4]);
    for panel in 0..panels {
        // Step 0 has no value, every other step has one.
        for step in 1..50 {
            let wanted = |hit: &&Hit| (hit.run, hit.step, hit.panel) == (1, step, panel);
            let hit =
                hits.points.iter().find(wanted).unwrap_or_else(|| panic!("step {step} of panel {panel} is missing"));
            assert_eq!(hits.nearest(hit.x, hit.y, 10.0), Some(*hit));
        }
    }
    assert_eq!(hits.points.len(), panels * (29 + 49));
}

#[test]
fn every_step_is_found_at_its_own_place() {
    check_hits(&trajectory(), 1);
    check_hits(&curves(3), 3);
}

#[test]
fn a_place_in_a_panel_has_a_step_and_a_place_outside_has_none() {
    let traces = [dips(50, 3.0)];
    let (runs, view, figure) = (runs(&traces), View::default(), curves(2));
    let (hits, _) = drawn(&scene(&figure, &runs, &view, 23), SIZES[2]);
    let [left, _, right, bottom] = hits.panels[1].edges;
    let nearest = hits.nearest((left + right) / 2.0, bottom - 1.0, 0.0).expect("every place in a panel has one");
    assert_eq!(nearest.panel, 1);
    assert!(nearest.step.abs_diff(24) <= 1, "{nearest:?}");
    assert_eq!(hits.nearest(-1e6, -1e6, 24.0), None);
}

#[track_caller]
fn check_marker(figure: &Figure) {
    let traces = [dips(50, 3.0)];
    let (runs, view) = (runs(&traces), View::default());
    let ring = |step: usize| {
        let (hits, record) = drawn(&scene(figure, &runs, &view, step), SIZES[2]);
        let hit = *hits.points.iter().find(|hit| hit.step == step).expect("every step has a place");
        let at = ((hit.x * SCALE).round() as i32, (hit.y * SCALE).round() as i32);
        let least = (draw::theme("light").marker * 0.7 * SCALE) as u32;
        let is_ring = |op: &Op| matches!(op, Op::Circle { centre, radius, .. } if *centre == at && *radius >= least);
        (at, record.ops.iter().any(is_ring))
    };
    let (one, marked_one) = ring(10);
    let (other, marked_other) = ring(30);
    assert!(marked_one && marked_other, "the timeline's step has no marker");
    assert_ne!(one, other);
}

#[test]
fn the_marker_moves_with_the_timeline() {
    check_marker(&trajectory());
    check_marker(&curves(4));
}

#[track_caller]
fn check_paler_ahead(figure: &Figure) {
    let traces = [dips(50, 3.0)];
    let (runs, view) = (runs(&traces), View::default());
    let lines = |step: usize| {
        let (_, record) = drawn(&scene(figure, &runs, &view, step), SIZES[2]);
        let colour = |op: &Op| match op {
            Op::Path { rgb: (red, green, blue), .. } => Some(Colour(*red, *green, *blue)),
            _ => None,
        };
        record.ops.iter().filter_map(colour).collect::<Vec<_>>()
    };
    let (passed, ahead) = (lines(60), lines(20));
    let new: Vec<&Colour> = ahead.iter().filter(|colour| !passed.contains(colour)).collect();
    assert!(!new.is_empty() && new.iter().all(|colour| colour.luminance() > draw::palette(0).luminance()), "{new:?}");
}

#[test]
fn the_path_after_the_timelines_step_is_paler() {
    check_paler_ahead(&trajectory());
    check_paler_ahead(&curves(1));
}

#[test]
fn where_two_runs_meet_the_current_one_is_found() {
    let traces = [dips(50, 3.0), dips(50, 3.0)];
    let (mut runs, view) = (runs(&traces), View::default());
    for current in [0, 1] {
        runs.iter_mut().for_each(|run| run.current = run.id == current);
        for figure in [trajectory(), curves(2)] {
            let (hits, _) = drawn(&scene(&figure, &runs, &view, 23), SIZES[2]);
            let hit = hits.points[0];
            assert_eq!(hits.nearest(hit.x, hit.y, 5.0).map(|hit| hit.run), Some(current));
        }
    }
}

#[track_caller]
fn check_message(figure: &Figure, traces: &[Trace]) {
    let (runs, view) = (runs(traces), View::default());
    for size in SIZES {
        let (hits, record) = drawn(&scene(figure, &runs, &view, 0), size);
        let said: Vec<&str> = texts(&record).into_iter().map(|(text, _)| text).collect();
        assert_eq!(said.join(" "), EMPTY);
        assert!(hits.points.is_empty());
        assert_eq!(faults(&record, size), Vec::<String>::new());
    }
}

#[test]
fn with_nothing_to_draw_the_message_is_shown() {
    for figure in [trajectory(), curves(4)] {
        check_message(&figure, &[]);
        check_message(&figure, &[dips(1, 3.0)]);
        check_message(&figure, &[Trace::new(vec![Column::new("other", "", "")])]);
        check_message(&figure, &[trace(9, |_, _| f64::NAN)]);
    }
}

#[track_caller]
fn check_values(points: usize, value: impl Fn(usize, usize) -> f64) {
    let traces = [trace(12, value)];
    let (runs, view) = (runs(&traces), View::default());
    let mut found = Vec::new();
    for figure in [trajectory(), curves(1)] {
        for step in [0, 1, 5, 11] {
            check_tidy(&scene(&figure, &runs, &view, step), SIZES[0]);
            found.push(drawn(&scene(&figure, &runs, &view, step), SIZES[0]).0.points.len());
        }
    }
    assert_eq!(found, vec![points; 8]);
}

#[test]
fn odd_values_are_drawn_without_harm() {
    check_values(11, |_, _| 0.0);
    check_values(11, |_, _| -4.25);
    check_values(11, |step, _| 1.0 + 1e-15 * step as f64);
    check_values(11, |step, _| 1e300 * step as f64);
    check_values(11, |step, _| -1e-300 * step as f64);
    check_values(11, |step, layer| 123_456.0 * (step * layer) as f64);
    check_values(1, |step, _| if step == 5 { -1.0 } else { f64::NAN });
    check_values(6, |step, _| if step % 2 == 0 { f64::INFINITY } else { step as f64 });
    check_values(10, |step, _| if step == 5 { f64::NAN } else { step as f64 });
}

#[test]
fn a_redraw_of_ten_runs_stays_cheap() {
    let traces: Vec<Trace> = (1..=10).map(|i| dips(200, f64::from(i))).collect();
    let (runs, view) = (runs(&traces), View::default());
    for figure in [trajectory(), curves(4)] {
        let (_, record) = drawn(&scene(&figure, &runs, &view, 100), SIZES[2]);
        assert!(record.measured <= 24, "{} texts measured", record.measured);
        assert!(record.ops.len() <= 2500, "{} things drawn", record.ops.len());
    }
}

#[test]
fn a_measurement_reads_as_words() {
    let traces = [trace(5, |step, layer| -(step as f64) / layer as f64)];
    let (runs, view) = (runs(&traces), View::default());
    let hit = Hit { run: 0, step: 3, panel: 0, line: 0, x: 0.0, y: 0.0 };
    let read = |figure: &Figure, hit| draw::readout(&scene(figure, &runs, &view, 0), &hit);
    assert_eq!(read(&trajectory(), hit), "digit 0\nstep 3\nLayer 1 −3.000\nLayer 2 −1.500\nLayer 3 −1.000");
    assert_eq!(read(&many_lines(), Hit { line: 1, ..hit }), "digit 0\nstep 3\nLayer 2 −1.500");
    assert_eq!(read(&trajectory(), Hit { run: 9, ..hit }), "");
}
