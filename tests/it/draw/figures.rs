//! Heat maps, cells and marks, judged by what was drawn where.

use entroscope::figure::{Mark, Plane, Ramp};

use super::*;

fn heat(ramp: Ramp, ends: [Option<f64>; 2]) -> Figure {
    figure(Plot::HeatMap { rows: (1..=4).map(axis).collect(), ramp, ends, unit: "bits".into() })
}

fn planes(mark: Option<Mark>) -> Figure {
    let plane =
        |layer| Plane { title: format!("Layer {layer}"), x: axis(layer + 4), y: axis(layer), mark: mark.clone() };
    figure(Plot::Planes { cells: (1..=4).map(plane).collect() })
}

fn by_run() -> Figure {
    figure(Plot::ByRun { x: axis(8), y_label: "h/n".into(), lines: (1..=4).map(axis).collect() })
}

#[test]
fn every_figure_stays_inside_and_no_two_words_overlap() {
    let traces = [dips(30, 3.0), dips(80, 2.0), dips(50, 4.0)];
    let (runs, view) = (runs(&traces), View::default());
    let ramps = [Ramp::Blues, Ramp::Diverging, Ramp::Viridis, Ramp::Plasma, Ramp::Magma];
    let maps = ramps.map(|ramp| heat(ramp, [None, None]));
    for figure in maps.into_iter().chain([planes(Some(Mark::LowestOf(axis(1)))), by_run()]) {
        for size in SIZES {
            let mut scene = scene(&figure, &runs, &view, 23);
            for theme in ["light", "projector"].map(draw::theme) {
                scene.theme = theme;
                check_tidy(&scene, size);
            }
        }
    }
}

/// The colours of a heat map's cells, by row and step.
fn cells(scene: &Scene) -> Vec<(usize, usize, Colour)> {
    let (hits, record) = drawn(scene, SIZES[2]);
    let colour = |hit: &Hit| {
        let at = [hit.x * SCALE, hit.y * SCALE];
        let over = |op: &&Op| {
            let [left, top, right, bottom] = op.bounds();
            matches!(op, Op::Polygon { .. }) && left <= at[0] && at[0] <= right && top <= at[1] && at[1] <= bottom
        };
        match record.ops.iter().rev().find(over) {
            Some(Op::Polygon { rgb, .. }) => Colour(rgb.0, rgb.1, rgb.2),
            _ => panic!("no cell at {hit:?}"),
        }
    };
    hits.points.iter().map(|hit| (hit.line, hit.step, colour(hit))).collect()
}

#[test]
fn the_lowest_entropy_is_the_darkest_cell_and_none_is_white() {
    let traces = [dips(50, 3.0)];
    let (runs, view, figure) = (runs(&traces), View::default(), heat(Ramp::Blues, [None, Some(0.0)]));
    let cells = cells(&scene(&figure, &runs, &view, 49));
    assert_eq!(cells.len(), 4 * 49, "a cell for every row and step that has a value");
    let value = |row: usize, step: usize| traces[0].at(&format!("entropy_{}", row + 1), step).expect("a value");
    let lowest = cells.iter().min_by(|a, b| value(a.0, a.1).total_cmp(&value(b.0, b.1))).expect("cells");
    // Neighbours may share its colour: there are fewer colours than values.
    assert!(cells.iter().all(|cell| cell.2.luminance() >= lowest.2.luminance()), "{lowest:?}");
    assert!(lowest.2.luminance() < 0.06, "{lowest:?}");
    for (row, step, colour) in &cells {
        if value(*row, *step) > -0.02 {
            assert!(colour.luminance() > 0.9, "row {row}, step {step}: {}", colour.css());
        }
    }
}

#[test]
fn a_scale_that_follows_the_step_shows_what_has_happened_in_colours_of_its_own() {
    let traces = [dips(50, 3.0)];
    let (runs, view, figure) = (runs(&traces), View::default(), heat(Ramp::Blues, [None, Some(0.0)]));
    let mut scene = scene(&figure, &runs, &view, 10);
    let whole = cells(&scene);
    scene.heat = HeatScale::Step;
    let until = cells(&scene);
    assert!(whole.len() == 4 * 49 && until.len() == 4 * 10, "{} and {} cells", whole.len(), until.len());
    let colour =
        |cells: &[(usize, usize, Colour)]| cells.iter().find(|cell| (cell.0, cell.1) == (0, 10)).map(|cell| cell.2);
    assert!(colour(&until) != colour(&whole), "the colours span the same values");
}

#[test]
fn every_cell_is_found_at_its_own_place_and_between() {
    let traces = [dips(30, 3.0), dips(50, 4.0)];
    let (runs, view) = (runs(&traces), View::default());
    for figure in [heat(Ramp::Viridis, [None, None]), planes(None), by_run()] {
        let (hits, _) = drawn(&scene(&figure, &runs, &view, 23), SIZES[4]);
        for hit in &hits.points {
            let found = hits.nearest(hit.x, hit.y, 10.0).expect("its own place");
            assert!((found.x - hit.x).hypot(found.y - hit.y) < 1e-9, "{hit:?} and {found:?}");
        }
        let current = hits.points.iter().filter(|hit| hit.run == 1).count();
        assert_eq!(current, 4 * 49, "{:?}", figure.plot);
    }
    let map = heat(Ramp::Viridis, [None, None]);
    let (hits, _) = drawn(&scene(&map, &runs, &view, 23), SIZES[4]);
    let cell = |line, step| *hits.points.iter().find(|hit| (hit.line, hit.step) == (line, step)).expect("a cell");
    let (one, next) = (cell(2, 20), cell(2, 21));
    let near = one.x + (next.x - one.x) * 0.3;
    assert_eq!(hits.nearest(near, one.y + 12.0, 10.0).map(|hit| (hit.line, hit.step)), Some((2, 20)));
}

#[test]
fn a_heat_map_is_of_the_current_run_and_cells_are_of_every_run() {
    let traces = [dips(30, 3.0), dips(50, 4.0)];
    let (runs, view) = (runs(&traces), View::default());
    let panels = |figure: &Figure| drawn(&scene(figure, &runs, &view, 23), SIZES[4]).0.panels.len();
    assert_eq!((panels(&heat(Ramp::Magma, [None, None])), panels(&planes(None)), panels(&by_run())), (1, 4, 2));
}

#[test]
fn a_zero_crossing_is_marked_between_its_steps() {
    // −3 at step 12 and 1 at step 13: the line between them crosses at 12.75.
    let crossing = trace(20, |step, _| 4.0 * step as f64 - 51.0);
    let starts_at_zero = trace(20, |step, _| 1.0 - step as f64);
    let mut figure = curves(1);
    if let Plot::Curves { panels } = &mut figure.plot {
        panels[0].mark = Some(Mark::Zero);
    }
    let said = |trace: Trace| {
        let traces = [trace];
        let (runs, view) = (runs(&traces), View::default());
        let (_, record) = drawn(&scene(&figure, &runs, &view, 19), SIZES[2]);
        texts(&record).iter().any(|(text, _)| *text == "12.75")
    };
    assert!(said(crossing));
    assert!(!said(starts_at_zero));
}

#[test]
fn the_minimum_of_a_column_is_a_dot_on_another() {
    let traces = [dips(50, 3.0)];
    let (runs, view) = (runs(&traces), View::default());
    let (_, plain) = drawn(&scene(&planes(None), &runs, &view, 5), SIZES[4]);
    let marked = planes(Some(Mark::LowestOf(axis(1))));
    let (hits, record) = drawn(&scene(&marked, &runs, &view, 5), SIZES[4]);
    let lowest = (1..50).min_by(|a, b| {
        let at = |step: &usize| traces[0].at("entropy_1", *step).expect("a value");
        at(a).total_cmp(&at(b))
    });
    let circles = |record: &Record| record.ops.iter().filter(|op| matches!(op, Op::Circle { .. })).count();
    assert_eq!(circles(&record), circles(&plain) + 4 * 2, "a dot and its rim in each cell");
    for panel in 0..4 {
        let hit = hits.points.iter().find(|hit| hit.panel == panel && Some(hit.step) == lowest).expect("the minimum");
        let at = ((hit.x * SCALE).round() as i32, (hit.y * SCALE).round() as i32);
        let near = |op: &Op| matches!(op, Op::Circle { centre, .. } if (centre.0 - at.0).abs() <= 1 && (centre.1 - at.1).abs() <= 1);
        assert!(record.ops.iter().any(near), "no dot at {at:?} in cell {panel}");
    }
}

#[test]
fn cells_with_nothing_to_draw_show_the_message() {
    for figure in [heat(Ramp::Blues, [None, Some(0.0)]), planes(None), by_run()] {
        check_message(&figure, &[]);
        check_message(&figure, &[dips(1, 3.0)]);
        check_message(&figure, &[trace(9, |_, _| f64::NAN)]);
    }
}
