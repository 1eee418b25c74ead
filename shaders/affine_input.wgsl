// The gradient at a layer's input (definition: src/kernels/affine_input.rs). A workgroup is a tile of 32 channels by 32 pixels.
// Its sums: shared/tile.wgsl, which goes before.

struct Params {
    units: u32,
    channels: u32,
    side: u32,
    field: u32,
    out_side: u32,
    samples: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<f32>;         // (units, window)
@group(0) @binding(2) var<storage, read> slopes: array<f32>;          // (units, out_side, out_side, samples)
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;  // (channels, side, side, samples)

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) me: u32,
) {
    let pixels = params.side * params.side;
    let columns = pixels * params.samples;
    let terms = params.field * params.field * params.units;
    // What this invocation stages: every second depth of one channel and one pixel.
    let lane = me % TILE;
    let channel = group.x * TILE + lane;
    let column = group.y * TILE + lane;
    let pixel = column % pixels;
    let sample = column / pixels;

    var totals = mat4x4f();
    for (var first = 0u; first < terms; first += DEPTH) {
        for (var depth = me / TILE; depth < DEPTH; depth += 2u) {
            let term = first + depth;
            let unit = term % params.units;
            let at = term / params.units;
            var weight = 0.0;
            var slope = 0.0;
            if term < terms && channel < params.channels {
                weight = weights[unit + params.units * (at * params.channels + channel)];
            }
            // Of a window above or left of the first, the number wraps round and is too large.
            let y = pixel / params.side - at / params.field;
            let x = pixel % params.side - at % params.field;
            if term < terms && column < columns && y < params.out_side && x < params.out_side {
                slope = slopes[unit + params.units * ((sample * params.out_side + y) * params.out_side + x)];
            }
            sh_rows[depth * TILE + lane] = weight;
            sh_columns[depth * TILE + lane] = slope;
        }
        workgroupBarrier();
        totals += tile_products(local.x, local.y);
        workgroupBarrier();
    }

    for (var c = 0u; c < 4u; c++) {
        let out_column = group.y * TILE + 4u * local.y + c;
        for (var r = 0u; r < 4u; r++) {
            let out_channel = group.x * TILE + 4u * local.x + r;
            if out_channel < params.channels && out_column < columns {
                gradient[out_channel + params.channels * out_column] = params.scale * totals[c][r];
            }
        }
    }
}
