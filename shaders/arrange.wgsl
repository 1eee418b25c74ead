// A part of a tensor, in another order (definition: src/kernels/arrange.rs). One invocation a value.

struct Params {
    rows: u32,
    columns: u32,
    offset: u32,
    row_step: u32,
    column_step: u32,
    length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> part: array<f32>;   // (rows, columns)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.rows {
        return;
    }
    part[at.y * params.rows + at.x] = source[params.offset + at.x * params.row_step + at.y * params.column_step];
}
