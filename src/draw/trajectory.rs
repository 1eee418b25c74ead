//! Paths through the space of three columns: a turning cube, depth in tone and width, and the timeline's step marked.

use plotters::prelude::DrawingBackend;

use super::cube::{self, Frame};
use super::labels::{Labels, line_height};
use super::paint::Painter;
use super::path::{self, Track};
use super::projection::Camera;
use super::theme::Colour;
use super::{DrawError, Hit, Hits, Point, Scene, in_order};
use crate::figure::Axis;

/// Draws the trajectory; `None` when no run has a point.
pub fn draw<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    axes: &[Axis; 3],
) -> Result<Option<Hits>, DrawError<DB>> {
    let Some(frame) = Frame::of(scene, axes, painter) else { return Ok(None) };
    let tracks: Vec<Track> = in_order(scene).filter_map(|run| Track::of(run, axes, &frame)).collect();
    let marked = tracks.iter().filter(|track| track.run.current).find_map(|track| track.at(scene.step));
    let camera = camera(painter, scene, &frame)?.zoomed(scene.view.zoom, marked.unwrap_or_default());

    let mut labels = Labels::new(painter.width, painter.height);
    cube::walls(painter, &camera, &frame)?;
    for track in tracks.iter().filter(|track| track.run.current) {
        path::shadow(painter, &camera, track)?;
    }
    key(painter, scene, &mut labels)?;
    cube::words(painter, &camera, &frame, axes, &mut labels)?;
    path::draw(painter, scene, &camera, &tracks)?;
    markers(painter, scene, &camera, &tracks)?;

    let mut hits = Hits::default();
    for track in &tracks {
        hits.points.extend(track.steps.iter().zip(&track.places).map(|(step, place)| {
            let at = camera.screen(*place);
            Hit { run: track.run.id, step: *step, panel: 0, line: 0, x: at.x, y: at.y }
        }));
    }
    Ok(Some(hits))
}

/// The camera that leaves room for the words around the cube.
fn camera<DB: DrawingBackend>(painter: &Painter<DB>, scene: &Scene, frame: &Frame) -> Result<Camera, DrawError<DB>> {
    let mut widest = 0.0f64;
    for label in frame.ticks.iter().flat_map(|ticks| &ticks.labels) {
        widest = widest.max(painter.number_width(label)?);
    }
    let (tick, title) = (line_height(painter.tick_size), line_height(painter.title_size));
    let gap = cube::GAP;
    let left = widest + title + 3.0 * gap;
    let right = (widest * 0.7 + 2.0 * gap).min(left);
    let top = title + gap;
    // The words under a level edge stand as high as the near corner hangs when the cube is turned.
    let bottom = tick + title * 0.8 + 2.0 * gap;
    // From below, the level wall and its words are above.
    let (top, bottom) = if libm::sin(scene.view.pitch) >= 0.0 { (top, bottom) } else { (top + bottom - gap, gap) };
    Ok(Camera::new(scene.view, [left, top, painter.width - right, painter.height - bottom]))
}

/// One line that says what the marks mean.
fn key<DB: DrawingBackend>(painter: &Painter<DB>, scene: &Scene, labels: &mut Labels) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    let set = painter.tick_type();
    let middle = line_height(painter.title_size) / 2.0 + 2.0;
    let radius = set.size * 0.36;
    let mut left = 4.0;
    for (mark, word) in ["start", "end", &format!("step {}", scene.step)].into_iter().enumerate() {
        let width = painter.text_width(word, set)?;
        let room = 2.0 * radius + 5.0 + width;
        if !labels.take((left + room / 2.0, middle), (room, line_height(set.size))) {
            break;
        }
        let at = (left + radius, middle);
        match mark {
            0 => painter.disc(at, radius, theme.start)?,
            1 => painter.diamond(at, radius * 1.25, theme.end)?,
            _ => {
                painter.disc(at, radius * 1.2, theme.text)?;
                painter.disc(at, radius * 0.7, theme.ground)?;
            }
        }
        painter.text_from(word, (left + 2.0 * radius + 5.0, middle), set)?;
        left += room + set.size;
    }
    Ok(())
}

/// The marker at the timeline's step with its lines to the walls, and the measurement pointed out.
fn markers<DB: DrawingBackend>(
    painter: &Painter<DB>,
    scene: &Scene,
    camera: &Camera,
    tracks: &[Track],
) -> Result<(), DrawError<DB>> {
    let theme = painter.theme;
    for track in tracks {
        let Some(place) = track.at(scene.step) else { continue };
        let at = camera.screen(place);
        if track.run.current {
            let back = camera.back();
            for axis in 0..3 {
                let mut foot = place;
                foot[axis] = back[axis];
                let foot = camera.screen(foot);
                let drop = [(at.x, at.y), (foot.x, foot.y)];
                painter.dashed(&drop, (&[3.0, 3.0], 0.0), theme.axis, theme.hairline)?;
                painter.disc((foot.x, foot.y), theme.marker * 0.35, theme.axis)?;
            }
        }
        let radius = theme.marker * if track.run.current { 1.0 } else { 0.6 };
        let ends = [track.steps.first(), track.steps.last()];
        if ends.contains(&Some(&scene.step)) {
            if track.run.current {
                around(painter, (at.x, at.y), radius)?;
            }
        } else {
            ringed(painter, (at.x, at.y), radius, track.run.colour)?;
        }
    }
    let focus = scene.focus.and_then(|hit| {
        let track = tracks.iter().find(|track| track.run.id == hit.run)?;
        track.at(hit.step).map(|place| (camera.screen(place), track.run.colour))
    });
    match focus {
        Some((at, colour)) => focused(painter, (at.x, at.y), colour),
        None => Ok(()),
    }
}

/// A disc in a ring that stands out from every line.
pub fn ringed<DB: DrawingBackend>(
    painter: &Painter<DB>,
    at: Point,
    radius: f64,
    colour: Colour,
) -> Result<(), DrawError<DB>> {
    painter.disc(at, radius + 1.0, painter.theme.ground)?;
    painter.disc(at, radius, painter.theme.text)?;
    painter.disc(at, radius * 0.74, painter.theme.ground)?;
    painter.disc(at, radius * 0.56, colour)
}

/// A ring that leaves the mark of a start or an end visible inside.
fn around<DB: DrawingBackend>(painter: &Painter<DB>, at: Point, radius: f64) -> Result<(), DrawError<DB>> {
    let width = (radius * 0.28).max(1.2);
    painter.ring(at, radius * 1.2 + width, width, painter.theme.ground)?;
    painter.ring(at, radius * 1.2, width, painter.theme.text)
}

/// The measurement under the pointer.
pub fn focused<DB: DrawingBackend>(painter: &Painter<DB>, at: Point, colour: Colour) -> Result<(), DrawError<DB>> {
    let radius = painter.theme.marker * 0.8;
    painter.disc(at, radius + 2.0, colour)?;
    painter.disc(at, radius, painter.theme.ground)?;
    painter.disc(at, radius * 0.6, painter.theme.text)
}
