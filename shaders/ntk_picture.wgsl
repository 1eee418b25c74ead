// A kernel with its rows and columns in another order (definition: src/kernels/ntk_picture.rs). One invocation is one value.

struct Params {
    samples: u32,
    shown: u32,
    normalised: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> kernel: array<f32>;             // (samples, samples)
@group(0) @binding(2) var<storage, read> order: array<f32>;              // (shown)
@group(0) @binding(3) var<storage, read_write> picture: array<f32>;      // (shown, shown)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if place.x >= params.shown {
        return;
    }
    let i = u32(order[place.x]);
    let j = u32(order[place.y]);
    var value = kernel[i + params.samples * j];
    if params.normalised == 1u {
        value /= sqrt(kernel[i + params.samples * i] * kernel[j + params.samples * j]);
    }
    picture[place.x + params.shown * place.y] = value;
}
