// The weights and biases that a layer has come to (definition: src/kernels/ska/weights.rs). One invocation is one neuron
// and one input; the input after the last is the constant one of the bias.

struct Params {
    units: u32,
    below: u32,
    samples: u32,
    rate: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<f32>;            // (below, samples)
@group(0) @binding(2) var<storage, read> first_weights: array<f32>;     // (units, below)
@group(0) @binding(3) var<storage, read> gradients: array<f32>;         // (units, samples)
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;     // (units, below)
@group(0) @binding(5) var<storage, read_write> biases: array<f32>;      // (units)

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= params.units || id.y > params.below {
        return;
    }
    if id.y == params.below {
        var sum = 0.0;
        for (var s = 0u; s < params.samples; s++) {
            sum += gradients[id.x + params.units * s];
        }
        biases[id.x] = -params.rate * sum;
        return;
    }
    var sum = 0.0;
    for (var s = 0u; s < params.samples; s++) {
        sum += gradients[id.x + params.units * s] * images[id.y + params.below * s];
    }
    let at = id.x + params.units * id.y;
    weights[at] = first_weights[at] - params.rate * sum;
}
