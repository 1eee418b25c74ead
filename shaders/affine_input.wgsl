// The gradient at a layer's input (definition: src/kernels/affine_input.rs). A workgroup is a tile of 32 channels by 32 pixels.

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

const TILE = 32u;       // rows and columns of a workgroup's tile: four by four an invocation
const DEPTH = 16u;      // products that are staged at a time

var<workgroup> sh_rows: array<f32, 512>;        // TILE x DEPTH
var<workgroup> sh_columns: array<f32, 512>;     // TILE x DEPTH

// Four columns of four sums each, with the products of one staged depth added.
fn with_products(sums: mat4x4f, depth: u32, rows: u32, columns: u32) -> mat4x4f {
    let r = depth * TILE + 4u * rows;
    let c = depth * TILE + 4u * columns;
    let row = vec4f(sh_rows[r], sh_rows[r + 1u], sh_rows[r + 2u], sh_rows[r + 3u]);
    return sums + mat4x4f(
        row * sh_columns[c],
        row * sh_columns[c + 1u],
        row * sh_columns[c + 2u],
        row * sh_columns[c + 3u],
    );
}

// The products of a staged tile: summed on their own first, which rounds less.
fn tile_products(rows: u32, columns: u32) -> mat4x4f {
    var sums = mat4x4f();
    for (var depth = 0u; depth < DEPTH; depth += 4u) {
        sums = with_products(sums, depth, rows, columns);
        sums = with_products(sums, depth + 1u, rows, columns);
        sums = with_products(sums, depth + 2u, rows, columns);
        sums = with_products(sums, depth + 3u, rows, columns);
    }
    return sums;
}

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
