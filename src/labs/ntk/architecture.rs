//! The shapes of a convolutional net: which layers, how many weights, and how much of each image they see.
//!
//! A net takes square images of one channel through hidden layers and a last linear layer of one output per class
//! (original 004: stax.serial of Conv 3×3, Relu, AvgPool 2×2, …, Flatten, Dense, Relu, Dense). Convolutions have no
//! border and step by one pixel; a mean over squares of two pixels drops an odd last row and column, so what only these
//! would need is not computed.

/// Pixels in a row of a convolution's window.
const FIELD: u32 = 3;

/// A hidden layer; a rectifier follows its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Convolution with windows of 3×3 pixels.
    Conv {
        /// Channels that come out.
        channels: u32,
        /// Whether the mean over squares of two by two pixels follows the rectifier.
        pool: bool,
    },
    /// Every neuron sees the whole layer below.
    Dense {
        /// Neurons.
        units: u32,
    },
}

/// A net's layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    side: u32,
    hidden: Vec<Layer>,
    classes: u32,
}

/// A layer's shape, as the passes take it. A dense layer is a window over one pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Neurons or channels that come out.
    pub units: u32,
    /// Channels that go in.
    pub channels: u32,
    /// Pixels in a row of the input, and rows.
    pub side: u32,
    /// Pixels in a row of a window, and rows.
    pub field: u32,
    /// Windows in a row, and rows of them, as far as later layers need them.
    pub out_side: u32,
    /// Pixels in a row of the squares that the mean after it is taken over; 1 for none.
    pub pool: u32,
}

impl Shape {
    /// Values of a window: weights of a unit.
    pub fn window(&self) -> usize {
        (self.field * self.field * self.channels) as usize
    }

    /// Number of weights.
    pub fn weights(&self) -> usize {
        self.units as usize * self.window()
    }

    /// Values of an image that goes in.
    pub fn image(&self) -> usize {
        (self.side * self.side * self.channels) as usize
    }

    /// Sums of an image.
    pub fn sums(&self) -> usize {
        (self.out_side * self.out_side * self.units) as usize
    }

    /// Whether all weights see all values: the gradient is then a product of two vectors.
    pub fn is_dense(&self) -> bool {
        self.out_side == 1
    }

    /// Multiply-adds of its sums for one image.
    pub fn work(&self) -> f64 {
        self.sums() as f64 * self.window() as f64
    }
}

impl Architecture {
    /// Hidden layers over images of `side`·`side` pixels, then `classes` outputs.
    ///
    /// # Errors
    /// If a layer finds too few pixels, or is empty: says which.
    pub fn new(side: u32, hidden: Vec<Layer>, classes: u32) -> Result<Self, String> {
        let (mut pixels, mut flat) = (side, false);
        for (at, layer) in hidden.iter().enumerate() {
            let name = format!("layer {}", at + 1);
            match *layer {
                Layer::Conv { channels: 0, .. } | Layer::Dense { units: 0 } => return Err(format!("{name} is empty")),
                Layer::Conv { .. } if flat => return Err(format!("{name} is a convolution after a dense layer")),
                Layer::Conv { pool, .. } => {
                    let least = if pool { FIELD + 1 } else { FIELD };
                    if pixels < least {
                        return Err(format!("{name} needs images of {least} pixels and gets {pixels}"));
                    }
                    pixels = (pixels + 1 - FIELD) / if pool { 2 } else { 1 };
                }
                Layer::Dense { .. } => flat = true,
            }
        }
        match side > 0 && classes > 0 {
            true => Ok(Self { side, hidden, classes }),
            false => Err("a net needs pixels and classes".into()),
        }
    }

    /// The original's: convolutions of 32 and 64 channels with means, a dense layer of 256, ten outputs.
    pub fn original() -> Self {
        let conv = |channels| Layer::Conv { channels, pool: true };
        Self { side: 28, hidden: vec![conv(32), conv(64), Layer::Dense { units: 256 }], classes: 10 }
    }

    /// The same net with `factor` times as many channels and neurons in every hidden layer, at least one.
    pub fn widened(&self, factor: f64) -> Self {
        let wide = |n: u32| (f64::from(n) * factor).round().max(1.0) as u32;
        let hidden = self.hidden.iter().map(|layer| match *layer {
            Layer::Conv { channels, pool } => Layer::Conv { channels: wide(channels), pool },
            Layer::Dense { units } => Layer::Dense { units: wide(units) },
        });
        Self { hidden: hidden.collect(), ..*self }
    }

    /// Pixels in a row of an image, and rows.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The hidden layers, first to last.
    pub fn hidden(&self) -> &[Layer] {
        &self.hidden
    }

    /// Outputs.
    pub fn classes(&self) -> u32 {
        self.classes
    }

    /// Every layer's shape, the last one's included.
    pub fn shapes(&self) -> Vec<Shape> {
        // First as large as the images allow.
        let (mut side, mut channels) = (self.side, 1);
        let mut shapes = Vec::new();
        for layer in self.hidden.iter().copied().chain([Layer::Dense { units: self.classes }]) {
            let shape = match layer {
                Layer::Conv { channels: units, pool } => {
                    let pool = if pool { 2 } else { 1 };
                    Shape { units, channels, side, field: FIELD, out_side: side + 1 - FIELD, pool }
                }
                Layer::Dense { units } => {
                    Shape { units, channels: channels * side * side, side: 1, field: 1, out_side: 1, pool: 1 }
                }
            };
            (side, channels) = (shape.out_side / shape.pool, shape.units);
            shapes.push(shape);
        }
        // Then cut to what the layer after needs: the mean's squares, and of them what the next windows see.
        let mut needed = None;
        for shape in shapes.iter_mut().rev().filter(|shape| shape.field == FIELD) {
            shape.out_side = needed.unwrap_or(shape.out_side / shape.pool) * shape.pool;
            needed = Some(shape.out_side + FIELD - 1);
        }
        for at in 1..shapes.len() {
            if shapes[at].field == FIELD {
                shapes[at].side = shapes[at - 1].out_side / shapes[at - 1].pool;
            }
        }
        shapes
    }

    /// Number of weights of every layer.
    pub fn weight_lengths(&self) -> Vec<usize> {
        self.shapes().iter().map(Shape::weights).collect()
    }

    /// Number of all weights.
    pub fn parameters(&self) -> usize {
        self.weight_lengths().iter().sum()
    }

    /// Multiply-adds of one image's way through the net.
    pub fn forward_work(&self) -> f64 {
        self.shapes().iter().map(Shape::work).sum()
    }

    /// In a few words: "conv 32 · conv 64 · dense 256 · 10".
    pub fn words(&self) -> String {
        let hidden = self.hidden.iter().map(|layer| match layer {
            Layer::Conv { channels, pool: true } => format!("conv {channels}"),
            Layer::Conv { channels, pool: false } => format!("conv {channels} without mean"),
            Layer::Dense { units } => format!("dense {units}"),
        });
        hidden.chain([self.classes.to_string()]).collect::<Vec<_>>().join(" · ")
    }
}
