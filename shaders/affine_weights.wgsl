// The gradient of a layer's weights (definition: src/kernels/affine_weights.rs). A workgroup is a tile of 32 units by 32
// values of a window, for one group of columns.
// Its sums: shared/tile.wgsl, which goes before.

struct Params {
    units: u32,
    channels: u32,
    side: u32,
    field: u32,
    out_side: u32,
    columns: u32,
    fan: u32,
    group: u32,
    first_unit: u32,
    unit_count: u32,
    first: u32,
    total: u32,
    scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slopes: array<f32>;          // (units, out_side, out_side, columns)
@group(0) @binding(2) var<storage, read> input: array<f32>;           // (channels, side, side, columns / fan)
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;  // (unit_count, window, total)

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) me: u32,
) {
    let places = params.out_side * params.out_side;
    let terms = places * params.group;
    let image = params.side * params.side * params.channels;
    let run = params.field * params.channels;
    let window = params.field * run;
    // What this invocation stages: every second depth of one unit and one value of the window.
    let lane = me % TILE;
    let unit = group.x * TILE + lane;
    let k = group.y * TILE + lane;
    let offset = k / run * params.side * params.channels + k % run;

    var totals = mat4x4f();
    for (var first = 0u; first < terms; first += DEPTH) {
        for (var depth = me / TILE; depth < DEPTH; depth += 2u) {
            let term = first + depth;
            let column = group.z * params.group + term / places;
            let place = term % places;
            var slope = 0.0;
            var value = 0.0;
            if term < terms && unit < params.unit_count {
                slope = slopes[params.first_unit + unit + params.units * (column * places + place)];
            }
            if term < terms && k < window {
                let pixel = place / params.out_side * params.side + place % params.out_side;
                value = input[column / params.fan * image + pixel * params.channels + offset];
            }
            sh_rows[depth * TILE + lane] = slope;
            sh_columns[depth * TILE + lane] = value;
        }
        workgroupBarrier();
        totals += tile_products(local.x, local.y);
        workgroupBarrier();
    }

    let out = (params.first + group.z) * params.unit_count * window;
    for (var c = 0u; c < 4u; c++) {
        let out_k = group.y * TILE + 4u * local.y + c;
        for (var r = 0u; r < 4u; r++) {
            let out_unit = group.x * TILE + 4u * local.x + r;
            if out_unit < params.unit_count && out_k < window {
                gradient[out + out_unit + params.unit_count * out_k] = params.scale * totals[c][r];
            }
        }
    }
}
