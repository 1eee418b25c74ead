//! Images with their digits, and what is done to them: scaled to length 1, shifted by whole pixels.

/// Pixels of an image, and of its row.
const PIXELS: usize = 784;
const SIDE: i32 = 28;

/// Images scaled to length 1; a dark one stays dark.
pub fn scaled(images: &[f32]) -> Vec<f32> {
    let scale = |image: &[f32]| {
        let length = image.iter().map(|v| v * v).sum::<f32>().sqrt();
        let factor = if length > 0.0 { 1.0 / length } else { 0.0 };
        image.iter().map(move |v| v * factor).collect::<Vec<_>>()
    };
    images.chunks(PIXELS).flat_map(scale).collect()
}

/// An image moved to the right and downwards, dark where nothing was.
pub fn shifted(image: &[f32], (right, down): (i32, i32)) -> Vec<f32> {
    let from = |at: i32| {
        let (x, y) = (at % SIDE - right, at / SIDE - down);
        let inside = (0..SIDE).contains(&x) && (0..SIDE).contains(&y);
        if inside { image[(y * SIDE + x) as usize] } else { 0.0 }
    };
    (0..SIDE * SIDE).map(from).collect()
}

/// Images and the digits on them.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// 784 bytes each, one after another.
    pub bytes: Vec<u8>,
    /// What they show.
    pub digits: Vec<u8>,
}

impl Images {
    /// The pixels, 0 to 1, of at most `count` images from one on.
    pub fn piece(&self, first: usize, count: usize) -> Vec<f32> {
        let last = (first + count).min(self.digits.len());
        inked(&self.bytes[first * PIXELS..last * PIXELS])
    }

    /// All pixels, 0 to 1.
    pub fn pixels(&self) -> Vec<f32> {
        inked(&self.bytes)
    }
}

fn inked(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|byte| f32::from(*byte) / 255.0).collect()
}
