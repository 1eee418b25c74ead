// Adds one tensor to another (definition: src/kernels/add.rs). One invocation a value.

struct Params {
    length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> term: array<f32>;         // (length)
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;    // (length)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.length {
        return;
    }
    sum[at.x] += term[at.x];
}
