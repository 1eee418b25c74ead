//! Curves over an axis of their own, at the timeline's step: a cell for each run.

use plotters::prelude::DrawingBackend;

use super::cell::Path;
use super::paint::Painter;
use super::panel::Curve;
use super::theme::{Dash, palette};
use super::{DrawError, Hit, Hits, RunView, Scene, cells, number};
use crate::figure::{Axis, Profile};

/// Draws the profile; `None` when no run has a value at the timeline's step.
pub fn draw<'a, DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene<'a>,
    profile: &'a Profile,
) -> Result<Option<Hits>, DrawError<DB>> {
    // The cells show paths over steps, bright up to the timeline's: here all is of one step, and the places take their turn.
    let whole = Scene { step: usize::MAX, focus: None, ..*scene };
    let labels: Vec<Axis> = profile.curves.iter().map(|(label, _)| Axis::new("", label)).collect();
    let paths = |run: RunView<'a>| -> Vec<Path<'a>> {
        profile.curves.iter().enumerate().map(|(line, curve)| path(scene, profile, run, line, curve)).collect()
    };
    let drawn = cells::of_runs(painter, &whole, [&profile.x.0, &profile.y_label], &labels, paths)?;
    let places = profile.x.1.len();
    Ok(drawn.map(|hits| Hits {
        points: hits
            .points
            .iter()
            .map(|hit| Hit { step: scene.step, line: hit.line * places + hit.step, ..*hit })
            .collect(),
        ..hits
    }))
}

fn path<'a>(
    scene: &Scene<'a>,
    profile: &Profile,
    run: RunView<'a>,
    line: usize,
    (label, columns): &'a (String, Vec<Axis>),
) -> Path<'a> {
    let value = |axis: &Axis| run.trace.at(&axis.column, scene.step).filter(|value| value.is_finite());
    let places = profile.x.1.iter().zip(columns).enumerate();
    let points: Vec<_> = places.filter_map(|(at, (x, axis))| Some((at, *x, value(axis)?))).collect();
    let run = RunView { colour: palette(line), dash: Dash::nth(line), ..run };
    let by_place = points.iter().map(|(at, _, y)| (*at, *y)).collect();
    Path { curve: Curve { run, line, label, colour: run.colour, points: by_place }, points }
}

/// What is pointed out in words.
pub fn readout(scene: &Scene, profile: &Profile, run: &RunView, hit: &Hit) -> Vec<String> {
    let places = profile.x.1.len().max(1);
    let (line, place) = (hit.line / places, hit.line % places);
    let found = profile.curves.get(line).and_then(|(label, columns)| Some((label, columns.get(place)?)));
    let Some((label, axis)) = found else { return Vec::new() };
    let value = run.trace.at(&axis.column, scene.step).map_or("no value".to_owned(), number);
    vec![format!("{} {}", profile.x.0, number(profile.x.1[place])), format!("{label} {value}")]
}

/// All of the current run in words.
pub fn describe(scene: &Scene, profile: &Profile) -> String {
    let Some(run) = scene.runs.iter().find(|run| run.current) else { return String::new() };
    let curve = |(label, columns): &(String, Vec<Axis>)| {
        let value = |axis: &Axis| run.trace.at(&axis.column, scene.step).map(number);
        let values =
            profile.x.1.iter().zip(columns).filter_map(|(x, axis)| Some(format!("{} at {}", value(axis)?, number(*x))));
        format!("{label}: {}.", values.collect::<Vec<_>>().join(", "))
    };
    profile.curves.iter().map(curve).collect::<Vec<_>>().join(" ")
}
