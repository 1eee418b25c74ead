//! A run's path through the cube, cut into pieces that are sorted by depth: what is near lies over what is far.

use plotters::prelude::DrawingBackend;

use super::clip::length;
use super::cube::{Frame, measured};
use super::paint::Painter;
use super::projection::{Camera, Screen, World};
use super::theme::Colour;
use super::{DrawError, Point, RunView, Scene};
use crate::figure::Axis;
use crate::number;

/// Tones that tell near from far: few, so that a path is drawn in few pieces.
const TONES: f64 = 8.0;

/// How much of its colour a path keeps after the timeline's step.
const AHEAD: f64 = 0.48;

/// A run's points in the cube.
pub struct Track<'a> {
    /// Whose they are.
    pub run: RunView<'a>,
    /// The steps that have a value on all axes.
    pub steps: Vec<usize>,
    /// Their places.
    pub places: Vec<World>,
}

impl<'a> Track<'a> {
    /// The track of a run; `None` if it has no point.
    pub fn of(run: RunView<'a>, axes: &[Axis; 3], frame: &Frame) -> Option<Self> {
        let (steps, places): (Vec<_>, Vec<_>) =
            measured(run.trace, axes).map(|(step, point)| (step, frame.world(point))).unzip();
        (!steps.is_empty()).then_some(Self { run, steps, places })
    }

    /// Its place at a step.
    pub fn at(&self, step: usize) -> Option<World> {
        self.steps.binary_search(&step).ok().map(|i| self.places[i])
    }
}

/// The part of a picture that has a depth.
struct Item {
    near: f64,
    shape: Shape,
}

enum Shape {
    Line { points: Vec<Point>, phase: f64, dash: &'static [f64], colour: Colour, width: f64 },
    Dot { at: Point, radius: f64, colour: Colour },
    Start { at: Point, radius: f64 },
    End { at: Point, radius: f64 },
}

/// The path's shadow on the level wall.
pub fn shadow<DB: DrawingBackend>(painter: &Painter<DB>, camera: &Camera, track: &Track) -> Result<(), DrawError<DB>> {
    let level = camera.back()[2];
    let points: Vec<Point> = track
        .places
        .iter()
        .map(|place| {
            let at = camera.screen([place[0], place[1], level]);
            (at.x, at.y)
        })
        .collect();
    let theme = painter.theme;
    painter.line(&points, theme.axis.over(theme.floor, 0.4), theme.line * 0.5)
}

/// All paths with their start, end and step marks, from far to near.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    camera: &Camera,
    tracks: &[Track],
) -> Result<(), DrawError<DB>> {
    // Marks lie over all lines, as in the original: half hidden ones could not be told apart.
    let (mut pieces, mut dots) = (Vec::new(), Vec::new());
    for track in tracks {
        let screens: Vec<Screen> = track.places.iter().map(|place| camera.screen(*place)).collect();
        lines(painter, scene, track, &screens, &mut pieces);
        marks(painter, track, &screens, &mut dots);
    }
    for items in [&mut pieces, &mut dots] {
        number::sort(items, |one, other| one.near.total_cmp(&other.near));
    }
    let theme = painter.theme;
    for item in pieces.iter().chain(&dots) {
        match &item.shape {
            Shape::Line { points, phase, dash, colour, width } => {
                painter.dashed(points, (dash, *phase), *colour, *width)?;
            }
            Shape::Dot { at, radius, colour } => painter.disc(*at, *radius, *colour)?,
            Shape::Start { at, radius } => {
                painter.disc(*at, radius + 1.2, theme.ground)?;
                painter.disc(*at, *radius, theme.start)?;
            }
            Shape::End { at, radius } => {
                painter.diamond(*at, radius * 1.25 + 1.7, theme.ground)?;
                painter.diamond(*at, radius * 1.25, theme.end)?;
            }
        }
    }
    Ok(())
}

/// Neighbouring segments of one tone make one piece.
fn lines<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    track: &Track,
    screens: &[Screen],
    items: &mut Vec<Item>,
) {
    let theme = painter.theme;
    let tone = |i: usize| {
        let nearness = ((screens[i].near + screens[i + 1].near) / 2.0 + 1.0) / 2.0;
        let ahead = track.run.current && track.steps[i] >= scene.step && track.at(scene.step).is_some();
        ((nearness * TONES) as i32, ahead)
    };
    let mut phase = 0.0;
    let mut first = 0;
    while first + 1 < screens.len() {
        let this = tone(first);
        let last = (first + 1..screens.len() - 1).find(|i| tone(*i) != this).unwrap_or(screens.len() - 1);
        let piece = &screens[first..=last];
        let points: Vec<Point> = piece.iter().map(|at| (at.x, at.y)).collect();
        let near = piece.iter().map(|at| at.near).sum::<f64>() / piece.len() as f64;
        let depth = (f64::from(this.0) / (TONES - 1.0)).clamp(0.0, 1.0);
        let share = (0.62 + 0.38 * depth) * if this.1 { AHEAD } else { 1.0 };
        let weight = if track.run.current { 1.0 } else { 0.72 };
        let long = length(&points);
        let shape = Shape::Line {
            points,
            phase,
            dash: track.run.dash.pattern(),
            colour: track.run.colour.over(theme.ground, share),
            width: theme.line * weight * (0.75 + 0.5 * depth),
        };
        items.push(Item { near, shape });
        phase += long;
        first = last;
    }
}

/// A dot every few steps, the start and the end.
fn marks<DB: DrawingBackend>(painter: &Painter<DB>, track: &Track, screens: &[Screen], items: &mut Vec<Item>) {
    let theme = painter.theme;
    let weight = if track.run.current { 1.0 } else { 0.75 };
    let place = |i: usize| ((screens[i].x, screens[i].y), screens[i].near);
    let last = screens.len() - 1;
    // As the original has them: every fifth of the path; the first would lie under the start.
    for i in (0..screens.len()).step_by((screens.len() / 5).max(1)).filter(|i| *i != 0 && *i != last) {
        let (at, near) = place(i);
        let shape = Shape::Dot { at, radius: theme.marker * 0.38 * weight, colour: theme.dot };
        items.push(Item { near, shape });
    }
    let radius = theme.marker * 0.72 * weight;
    let (at, near) = place(last);
    items.push(Item { near, shape: Shape::End { at, radius } });
    if last > 0 {
        let (at, near) = place(0);
        items.push(Item { near, shape: Shape::Start { at, radius } });
    }
}
