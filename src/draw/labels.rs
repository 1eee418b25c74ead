//! Where words may stand: inside the picture and clear of the words already there.

/// The words placed so far.
#[derive(Clone, Debug)]
pub struct Labels {
    width: f64,
    height: f64,
    boxes: Vec<[f64; 4]>,
}

/// Least distance between two labels, css pixels.
const CLEARANCE: f64 = 2.0;

/// Distance that [`Labels::inside`] keeps from the edges of the picture.
const EDGE: f64 = 3.0;

impl Labels {
    /// An empty picture of that size.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, boxes: Vec::new() }
    }

    /// Takes the place of `size` around `centre`, if it is free and inside the picture.
    pub fn take(&mut self, centre: (f64, f64), size: (f64, f64)) -> bool {
        let (half_width, half_height) = (size.0 / 2.0, size.1 / 2.0);
        let wanted = [centre.0 - half_width, centre.1 - half_height, centre.0 + half_width, centre.1 + half_height];
        let inside = wanted[0] >= 0.0 && wanted[1] >= 0.0 && wanted[2] <= self.width && wanted[3] <= self.height;
        let free = self.boxes.iter().all(|other| {
            wanted[0] >= other[2] + CLEARANCE
                || wanted[2] + CLEARANCE <= other[0]
                || wanted[1] >= other[3]
                || wanted[3] <= other[1]
        });
        if inside && free {
            self.boxes.push(wanted);
        }
        inside && free
    }

    /// The centre nearest to `centre` at which a box of `size` lies inside the picture.
    pub fn inside(&self, centre: (f64, f64), size: (f64, f64)) -> (f64, f64) {
        let held = |at: f64, extent: f64, limit: f64| at.min(limit - extent / 2.0 - EDGE).max(extent / 2.0 + EDGE);
        (held(centre.0, size.0, self.width), held(centre.1, size.1, self.height))
    }
}

/// Height of a line of text for its size: room for ascenders and descenders.
pub fn line_height(size: f64) -> f64 {
    size * 1.2
}
