// The invariant units' fields, iw sw (definition: src/kernels/wta_fields.rs). One invocation a pixel of a unit.

struct Params {
    sparse: u32,
    invariant: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sw: array<f32>;            // (PIXELS, sN)
@group(0) @binding(2) var<storage, read> iw: array<f32>;            // (iN, sN)
@group(0) @binding(3) var<storage, read_write> fields: array<f32>;  // (PIXELS, iN)

const PIXELS = 784u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= PIXELS {
        return;
    }
    var sum = 0.0;
    for (var unit = 0u; unit < params.sparse; unit++) {
        sum += sw[unit * PIXELS + at.x] * iw[unit * params.invariant + at.y];
    }
    fields[at.y * PIXELS + at.x] = sum;
}
