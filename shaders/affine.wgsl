// The sums of a layer over its windows (definition: src/kernels/affine.rs). A workgroup is a tile of 32 units by 32 windows.
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
@group(0) @binding(1) var<storage, read> weights: array<f32>;     // (units, window)
@group(0) @binding(2) var<storage, read> input: array<f32>;       // (channels, side, side, samples)
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;  // (units, out_side, out_side, samples)

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
