// Inner products of columns, multiplied and added up (definition: src/kernels/gram_product.rs). A workgroup is a tile of 32
// rows by 32 columns of theta.
// Its sums: shared/tile.wgsl, which goes before.

struct Params {
    x_len: u32,
    first_value: u32,
    length: u32,
    y_len: u32,
    count: u32,
    first_row: u32,
    rows: u32,
    fresh: u32,
    factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;            // (x_len, count)
@group(0) @binding(2) var<storage, read> y: array<f32>;            // (y_len, count)
@group(0) @binding(3) var<storage, read_write> theta: array<f32>;  // (count, count)

// Value `at` of column `column` of y or of x; 0 beyond the last.
fn value(of_y: bool, at: u32, column: u32) -> f32 {
    if column >= params.count {
        return 0.0;
    }
    if of_y {
        if at < params.y_len {
            return y[at + params.y_len * column];
        }
    } else if at < params.length {
        return x[params.first_value + at + params.x_len * column];
    }
    return 0.0;
}

fn products(of_y: bool, length: u32, tile: vec2u, local: vec2u, me: u32) -> mat4x4f {
    let lane = me % TILE;
    var totals = mat4x4f();
    for (var first = 0u; first < length; first += DEPTH) {
        for (var depth = me / TILE; depth < DEPTH; depth += 2u) {
            sh_rows[depth * TILE + lane] = value(of_y, first + depth, tile.x + lane);
            sh_columns[depth * TILE + lane] = value(of_y, first + depth, tile.y + lane);
        }
        workgroupBarrier();
        totals += tile_products(local.x, local.y);
        workgroupBarrier();
    }
    return totals;
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) me: u32,
) {
    let tile = vec2u(params.first_row + group.y * TILE, group.x * TILE);
    let end = params.first_row + params.rows;
    // Wholly above the diagonal.
    if tile.y >= min(tile.x + TILE, end) {
        return;
    }
    let of_x = products(false, params.length, tile, local.xy, me);
    let of_y = products(true, params.y_len, tile, local.xy, me);
    for (var c = 0u; c < 4u; c++) {
        let j = tile.y + 4u * local.y + c;
        for (var r = 0u; r < 4u; r++) {
            let i = tile.x + 4u * local.x + r;
            if i < end && j <= i {
                var sum = params.factor * (of_x[c][r] * of_y[c][r]);
                if params.fresh == 0u {
                    sum += theta[i + params.count * j];
                }
                theta[i + params.count * j] = sum;
                theta[j + params.count * i] = sum;
            }
        }
    }
}
