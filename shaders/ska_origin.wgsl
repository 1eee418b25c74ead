// What the first weights make of every image (definition: src/kernels/ska/origin.rs). One invocation is one neuron and
// one image.

struct Params {
    units: u32,
    below: u32,
    samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<f32>;         // (units, below)
@group(0) @binding(2) var<storage, read> images: array<f32>;          // (below, samples)
@group(0) @binding(3) var<storage, read_write> origin: array<f32>;    // (units, samples)

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= params.units || id.y >= params.samples {
        return;
    }
    let image = id.y * params.below;
    // Four partial sums, which round less than one.
    var sum = vec4f(0.0);
    let whole = params.below & ~3u;
    for (var i = 0u; i < whole; i += 4u) {
        let w = id.x + params.units * i;
        sum += vec4f(weights[w], weights[w + params.units], weights[w + 2u * params.units], weights[w + 3u * params.units])
            * vec4f(images[image + i], images[image + i + 1u], images[image + i + 2u], images[image + i + 3u]);
    }
    var rest = 0.0;
    for (var i = whole; i < params.below; i++) {
        rest += weights[id.x + params.units * i] * images[image + i];
    }
    origin[id.x + params.units * id.y] = (sum.x + sum.y) + (sum.z + sum.w) + rest;
}
