//! The orthographic camera: `screen = fit · pitch · yaw · world`, right to left. The world is the cube from −1 to 1.

use crate::figure::View;

/// A place in the cube.
pub type World = [f64; 3];

/// A place on the screen in css pixels, and how near it is: −1 is the farthest corner there can be, 1 the nearest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
    /// Towards the eye.
    pub near: f64,
}

/// The map from the cube to the screen.
#[derive(Clone, Debug)]
pub struct Camera {
    rows: [World; 3],
    scale: f64,
    centre: (f64, f64),
}

/// Half a cube's diagonal: no rotation brings a corner farther from the middle.
const REACH: f64 = 1.732_050_807_568_877_2;

impl Camera {
    /// A camera that fits the cube into the box `left, top, right, bottom`, whatever the yaw.
    pub fn new(view: &View, [left, top, right, bottom]: [f64; 4]) -> Self {
        // libm's, like the random streams': the module then carries one sine, not two.
        let (yaw_sin, yaw_cos) = libm::sincos(view.yaw);
        let (pitch_sin, pitch_cos) = libm::sincos(view.pitch);
        let rows = [
            [yaw_cos, -yaw_sin, 0.0],
            [yaw_sin * pitch_sin, yaw_cos * pitch_sin, pitch_cos],
            [-yaw_sin * pitch_cos, -yaw_cos * pitch_cos, pitch_sin],
        ];
        // The widest the cube gets while it turns, and the highest at this pitch: turning does not make it breathe.
        let (half_width, half_height) = (2f64.sqrt(), pitch_cos.abs() + 2f64.sqrt() * pitch_sin.abs());
        let scale = ((right - left) / (2.0 * half_width)).min((bottom - top) / (2.0 * half_height)).max(1.0);
        Self { rows, scale, centre: ((left + right) / 2.0, (top + bottom) / 2.0) }
    }

    /// This camera magnified so that `fixed` stays where it is on the screen.
    pub fn zoomed(mut self, zoom: f64, fixed: World) -> Self {
        let zoom = zoom.clamp(0.2, 20.0);
        let at = self.screen(fixed);
        self.centre = (at.x + (self.centre.0 - at.x) * zoom, at.y + (self.centre.1 - at.y) * zoom);
        self.scale *= zoom;
        self
    }

    /// Where a place in the cube is seen.
    pub fn screen(&self, world: World) -> Screen {
        let [right, up, near] = self.rows.map(|row| row[0] * world[0] + row[1] * world[1] + row[2] * world[2]);
        Screen { x: self.centre.0 + right * self.scale, y: self.centre.1 - up * self.scale, near: near / REACH }
    }

    /// For each axis, the side (−1 or 1) on which the cube's wall is behind what it holds.
    pub fn back(&self) -> World {
        self.rows[2].map(|towards| if towards >= 0.0 { -1.0 } else { 1.0 })
    }

    /// The middle of the cube on the screen.
    pub fn middle(&self) -> (f64, f64) {
        self.centre
    }
}
