//! Weights as tiles: those of one input to sixteen units side by side, so that a product takes sixteen units at a time.
//!
//! Tile t holds units 16 t to 16 t + 15, input after input; where the last tile is not full, the rest is never looked at.

use super::lanes::LANES;

/// Number of values for so many units with so many inputs.
pub fn len(units: usize, inputs: usize) -> usize {
    units.div_ceil(LANES) * LANES * inputs
}

/// Where the weight of an input to a unit lies.
pub fn at(unit: usize, input: usize, inputs: usize) -> usize {
    ((unit / LANES) * inputs + input) * LANES + unit % LANES
}

/// Weights (inputs, units), a unit's together, as tiles.
pub fn of(weights: &[f32], inputs: usize) -> Vec<f32> {
    let mut tiles = vec![0.0; len(weights.len() / inputs, inputs)];
    for (unit, row) in weights.chunks(inputs).enumerate() {
        set(&mut tiles, unit, row);
    }
    tiles
}

/// Puts the weights of all inputs to a unit into its tile.
pub fn set(tiles: &mut [f32], unit: usize, row: &[f32]) {
    let tile = &mut tiles[at(unit, 0, row.len()) - unit % LANES..][..LANES * row.len()];
    for (weights, weight) in tile.as_chunks_mut::<LANES>().0.iter_mut().zip(row) {
        weights[unit % LANES] = *weight;
    }
}
