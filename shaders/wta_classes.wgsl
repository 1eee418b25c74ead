// What each winner-take-all unit stands for (definition: src/kernels/wta_classes.rs). One invocation a unit.

struct Params {
    wta: u32,
    labels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> votes: array<f32>;            // (wN, labels)
@group(0) @binding(2) var<storage, read_write> classes: array<f32>;    // (wN)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let unit = at.x;
    if unit >= params.wta {
        return;
    }
    var most = 0u;
    for (var label = 1u; label < params.labels; label++) {
        if votes[unit + label * params.wta] > votes[unit + most * params.wta] {
            most = label;
        }
    }
    classes[unit] = f32(most);
}
