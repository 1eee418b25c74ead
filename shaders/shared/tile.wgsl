// Products of two matrices, a tile of 32 rows by 32 columns a workgroup of 8 by 8: what a shader fills sh_rows and sh_columns
// with, TILE x DEPTH values at a time, is multiplied and summed. No pass of its own: goes before the shaders that use it.

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

