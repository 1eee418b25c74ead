// Columns by number (definition: src/kernels/gather.rs). An invocation is one value.

struct Params {
    rows: u32,
    columns: u32,
    order_len: u32,
    from_first: u32,
    count: u32,
    out_columns: u32,
    to: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;       // (rows, columns)
@group(0) @binding(2) var<storage, read> order: array<f32>;        // (order_len)
@group(0) @binding(3) var<storage, read_write> taken: array<f32>;  // (rows, out_columns)

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x < params.rows {
        let column = u32(order[params.from_first + id.y]);
        taken[(params.to + id.y) * params.rows + id.x] = values[column * params.rows + id.x];
    }
}
