//! Pictures of the state of a run, as data.

use serde::Serialize;

use super::Ramp;

/// A tensor of the state as pictures, tile by tile: weights, images, kernels, counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mosaic {
    /// Name of the tensor ([`Lab::probe`](crate::labs::Lab::probe)): tile after tile, each row by row from above.
    pub still: String,
    /// Width and height of a tile, in values.
    pub tile: (usize, usize),
    /// Number of tiles.
    pub tiles: usize,
    /// Tiles in a row.
    pub across: usize,
    /// What a tile is called, where there are several: "unit", followed by its number from 0.
    pub name: &'static str,
    /// What stands along the upper and the left edge of a single tile: a matrix has names for its columns and rows.
    pub names: Option<MatrixNames>,
    /// The colours.
    pub ramp: Ramp,
    /// What the colours span.
    pub ends: Ends,
    /// What the colours are.
    pub unit: String,
    /// Name of a tensor with a value for each tile: those above 0 are outlined.
    pub marked: Option<String>,
    /// Name of a tensor of four values, (left, upper, width, height) in values of the first tile: a frame drawn over it, which
    /// goes on at the opposite edge where it leaves the tile.
    pub frame: Option<String>,
    /// Of a tensor that comes late in a run: what is said until it is there.
    pub waits: Option<String>,
}

/// What the columns and rows of a matrix are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatrixNames {
    /// Title over the columns, and of the rows: "answer", "digit".
    pub titles: [String; 2],
    /// A name for every column; none where there is no room for them anyway.
    pub columns: Vec<String>,
    /// A name for every row.
    pub rows: Vec<String>,
}

/// What the colours of a mosaic span.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Ends {
    /// From 0 to the highest value.
    Highest,
    /// From the lowest value to the highest.
    Range,
    /// As far below 0 as above it.
    Symmetric,
    /// As [`Ends::Highest`] (with [`Ramp::Diverging`] as [`Ends::Symmetric`]), but for every tile of its own: how much each has
    /// of everything is not compared.
    Tile,
    /// These two.
    Fixed(f64, f64),
}

impl Mosaic {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.tiles * self.tile.0 * self.tile.1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values in a row of the whole picture.
    pub fn columns(&self) -> usize {
        self.across.min(self.tiles).max(1) * self.tile.0
    }

    /// Rows of values of the whole picture.
    pub fn rows(&self) -> usize {
        self.tiles.div_ceil(self.across.max(1)) * self.tile.1
    }

    /// Place in the tensor of the value in a column and a row of the whole picture; none where the last row of tiles has ended.
    pub fn index(&self, column: usize, row: usize) -> Option<usize> {
        let index = self.index_of_row(row) + self.index_of_column(column);
        (column < self.columns() && index < self.len()).then_some(index)
    }

    /// What a column of the whole picture adds to the place.
    pub fn index_of_column(&self, column: usize) -> usize {
        let (wide, tall) = self.tile;
        column / wide * wide * tall + column % wide
    }

    /// What a row of the whole picture adds to the place.
    pub fn index_of_row(&self, row: usize) -> usize {
        let (wide, tall) = self.tile;
        row / tall * self.across * wide * tall + row % tall * wide
    }

    /// Column and row in the whole picture of a place in the tensor.
    pub fn place(&self, index: usize) -> (usize, usize) {
        let (wide, tall) = self.tile;
        let (tile, within) = (index / (wide * tall), index % (wide * tall));
        (tile % self.across * wide + within % wide, tile / self.across * tall + within / wide)
    }
}
