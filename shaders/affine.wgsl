// The sums of a layer over its windows (definition: src/kernels/affine.rs). A workgroup is a tile of 32 units by 32 windows.

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
@group(0) @binding(1) var<storage, read> weights: array<f32>;     // (units, window)
@group(0) @binding(2) var<storage, read> input: array<f32>;       // (channels, side, side, samples)
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;  // (units, out_side, out_side, samples)

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
    let places = params.out_side * params.out_side;
    let columns = places * params.samples;
    let run = params.field * params.channels;
    let window = params.field * run;
    // What this invocation stages: every second depth of one unit and one window.
    let lane = me % TILE;
    let unit = group.x * TILE + lane;
    let column = group.y * TILE + lane;
    let place = column % places;
    let pixel = place / params.out_side * params.side + place % params.out_side;
    let start = (column / places * params.side * params.side + pixel) * params.channels;

    var totals = mat4x4f();
    for (var first = 0u; first < window; first += DEPTH) {
        for (var depth = me / TILE; depth < DEPTH; depth += 2u) {
            let k = first + depth;
            var weight = 0.0;
            var value = 0.0;
            if k < window && unit < params.units {
                weight = weights[unit + params.units * k];
            }
            if k < window && column < columns {
                value = input[start + k / run * params.side * params.channels + k % run];
            }
            sh_rows[depth * TILE + lane] = weight;
            sh_columns[depth * TILE + lane] = value;
        }
        workgroupBarrier();
        totals += tile_products(local.x, local.y);
        workgroupBarrier();
    }

    for (var c = 0u; c < 4u; c++) {
        let out_column = group.y * TILE + 4u * local.y + c;
        for (var r = 0u; r < 4u; r++) {
            let out_unit = group.x * TILE + 4u * local.x + r;
            if out_unit < params.units && out_column < columns {
                sums[out_unit + params.units * out_column] = params.scale * totals[c][r];
            }
        }
    }
}
