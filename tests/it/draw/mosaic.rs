//! Mosaics: the right colour at the right place, and the way back from a place to the value.

use entroscope::figure::{Ends, MatrixNames, Mosaic, Ramp};

use super::*;

/// Six tiles of 3 by 2, four in a row; the values are their places in the tensor.
fn mosaic() -> Mosaic {
    Mosaic {
        still: "weights".into(),
        tile: (3, 2),
        tiles: 6,
        across: 4,
        name: "unit",
        names: None,
        ramp: Ramp::Greys,
        ends: Ends::Highest,
        unit: "of weight".into(),
        marked: Some("won".into()),
        frame: None,
        waits: None,
    }
}

fn stills() -> Stills {
    let mut stills = Stills::default();
    stills.add("weights", 11, (0..36).map(|value| value as f32).collect());
    stills.add("won", 11, vec![0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    stills
}

/// The colour of the bitmap under a place, css pixels.
fn under(record: &Record, hit: &Hit) -> (u8, u8, u8) {
    let bitmap = record.ops.iter().find_map(|op| match op {
        Op::Bitmap { at, size, rgb } => Some((at, size, rgb)),
        _ => None,
    });
    let (at, size, rgb) = bitmap.expect("a bitmap");
    let [x, y] = [hit.x * SCALE - f64::from(at.0), hit.y * SCALE - f64::from(at.1)].map(|place| place as usize);
    let pixel = 3 * (y * size.0 as usize + x);
    (rgb[pixel], rgb[pixel + 1], rgb[pixel + 2])
}

#[test]
fn every_value_has_its_place_and_its_colour() {
    let (traces, view, stills) = ([dips(30, 3.0)], View::default(), stills());
    let (runs, figure) = (runs(&traces), figure(Plot::Mosaic(mosaic())));
    for size in SIZES {
        let scene = Scene { stills: &stills, ..scene(&figure, &runs, &view, 23) };
        check_tidy(&scene, size);
        let (hits, record) = drawn(&scene, size);
        let grid = hits.grid.clone().expect("a mosaic");
        let mut before = 256.0;
        for index in 0..36 {
            let hit = grid.hit(index);
            assert_eq!(hits.nearest(hit.x, hit.y, 4.0), Some(hit), "{size:?}: back from the place of {index}");
            // White is 0, black the highest: each value is darker than the one before, as far as 256 shades tell.
            let (r, g, b) = under(&record, &hit);
            let light = (f64::from(r) + f64::from(g) + f64::from(b)) / 3.0;
            assert!(light <= before, "{size:?}: value {index} is {light}, the one before {before}");
            before = light;
        }
        assert_eq!(under(&record, &grid.hit(0)), (255, 255, 255));
        assert_eq!(under(&record, &grid.hit(35)), (0, 0, 0));
        assert_eq!(hits.nearest(grid.hit(0).x - 500.0, grid.hit(0).y, 22.0), None, "nothing lies beside it");
        // The second row of tiles has two: under the third of the first row there is nothing.
        let below = grid.hit(2 * 6 + 3);
        assert_eq!(hits.nearest(below.x, grid.hit(4 * 6 + 3).y, 22.0), None);
    }
}

#[test]
fn keys_walk_over_the_tiles_as_they_lie() {
    let (traces, view, stills) = ([dips(30, 3.0)], View::default(), stills());
    let (runs, figure) = (runs(&traces), figure(Plot::Mosaic(mosaic())));
    let (hits, _) = drawn(&Scene { stills: &stills, ..scene(&figure, &runs, &view, 23) }, SIZES[2]);
    let grid = hits.grid.expect("a mosaic");
    assert_eq!(grid.moved(2, (1, 0)).line, 6, "from the end of a tile's row into the next tile");
    assert_eq!(grid.moved(3, (0, 1)).line, 24, "from a tile's last row into the tile below");
    assert_eq!(grid.moved(0, (-1, 0)).line, 0, "nothing lies to the left");
    assert_eq!(grid.moved(2 * 6 + 3, (0, 1)).line, 2 * 6 + 3, "no tile lies below the third");
    assert_eq!(grid.moved(35, (0, 1)).line, 35, "nothing lies below the last");
}

#[test]
fn the_readout_names_tile_place_value_and_the_step_it_was_so() {
    let (traces, view, stills) = ([dips(30, 3.0)], View::default(), stills());
    let (runs, plain) = (runs(&traces), figure(Plot::Mosaic(mosaic())));
    let at = |step: usize, figure: &Figure, line: usize| {
        let scene = Scene { stills: &stills, ..scene(figure, &runs, &view, step) };
        let grid = drawn(&scene, SIZES[2]).0.grid.expect("a mosaic");
        draw::readout(&scene, &grid.hit(line))
    };
    let words = at(10, &plain, 19);
    assert!(words.ends_with("unit 3\ncolumn 1, row 0\n19 of weight"), "{words}");
    assert!(at(23, &plain, 19).contains("as it was after step 10"), "{}", at(23, &plain, 19));
    let names = MatrixNames {
        titles: ["answer".into(), "digit".into()],
        columns: (0..6).map(|at| format!("a{at}")).collect(),
        rows: (0..6).map(|at| format!("d{at}")).collect(),
    };
    let matrix = Mosaic { tile: (6, 6), tiles: 1, across: 1, names: Some(names), marked: None, ..mosaic() };
    let matrix = figure(Plot::Mosaic(matrix));
    assert!(at(10, &matrix, 8).ends_with("digit d1\nanswer a2\n8 of weight"), "{}", at(10, &matrix, 8));
    for size in SIZES {
        check_tidy(&Scene { stills: &stills, ..scene(&matrix, &runs, &view, 10) }, size);
    }
}

#[test]
fn what_is_not_known_yet_is_said_and_not_drawn() {
    let (traces, view) = ([dips(30, 3.0)], View::default());
    let (runs, figure) = (runs(&traces), figure(Plot::Mosaic(mosaic())));
    let (hits, record) = drawn(&scene(&figure, &runs, &view, 23), SIZES[2]);
    assert!(hits.grid.is_none());
    assert!(record.ops.iter().any(|op| matches!(op, Op::Text { .. })), "the message");
}

#[test]
fn states_are_kept_for_scrubbing_until_there_is_no_more_room() {
    let mut stills = stills();
    stills.add("weights", 21, vec![1.0; 36]);
    assert_eq!(stills.at("weights", 10).map(|(step, values)| (step, values[1])), Some((10, 1.0)));
    assert_eq!(stills.at("weights", 19).map(|(step, _)| step), Some(10), "the newest before it");
    assert_eq!(stills.at("weights", 25).map(|(step, _)| step), Some(20));
    assert_eq!(stills.at("weights", 3).map(|(step, _)| step), Some(10), "there is none before it");
    assert!(stills.has("weights", 21) && !stills.has("weights", 22) && !stills.has("nothing", 21));
    // A million values, 4 MB, after each of a hundred steps: 400 MB do not stay.
    for steps in 1..=100 {
        stills.add("large", steps, vec![steps as f32; 1 << 20]);
    }
    let kept: Vec<usize> = (1..=100).filter(|steps| stills.has("large", *steps)).collect();
    assert!(kept.len() <= 24, "{} of 4 MB", kept.len());
    assert_eq!((kept.first(), kept.last()), (Some(&1), Some(&100)), "the first and the newest stay");
    assert!(stills.has("weights", 11), "small ones are left alone");
}
