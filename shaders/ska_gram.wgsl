// How much any two images have in common, and 1 for the bias (definition: src/kernels/ska/gram.rs). One invocation is a
// pair; the matrix is symmetric, so only tiles on one side of the diagonal are computed.

struct Params {
    below: u32,
    samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<f32>;        // (below, samples)
@group(0) @binding(2) var<storage, read_write> gram: array<f32>;    // (samples, samples)

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) tile: vec3u) {
    if tile.x > tile.y || id.x >= params.samples || id.y >= params.samples {
        return;
    }
    let a = id.x * params.below;
    let b = id.y * params.below;
    // Four partial sums, which round less than one.
    var sum = vec4f(0.0);
    let whole = params.below & ~3u;
    for (var i = 0u; i < whole; i += 4u) {
        sum += vec4f(images[a + i], images[a + i + 1u], images[a + i + 2u], images[a + i + 3u])
            * vec4f(images[b + i], images[b + i + 1u], images[b + i + 2u], images[b + i + 3u]);
    }
    var rest = 1.0;
    for (var i = whole; i < params.below; i++) {
        rest += images[a + i] * images[b + i];
    }
    let entry = (sum.x + sum.y) + (sum.z + sum.w) + rest;
    gram[id.x + params.samples * id.y] = entry;
    gram[id.y + params.samples * id.x] = entry;
}
