// Rectifier and mean over squares of pixels (definition: src/kernels/relu_pool.rs). An invocation is one value of the output.

struct Params {
    channels: u32,
    side: u32,
    window: u32,
    samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>;               // (channels, side, side, samples)
@group(0) @binding(2) var<storage, read_write> activations: array<f32>;  // (channels, side / window, side / window, samples)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let out_side = params.side / params.window;
    let pooled = params.channels * out_side * out_side;
    if id.x >= pooled {
        return;
    }
    let channel = id.x % params.channels;
    let x = id.x / params.channels % out_side * params.window;
    let y = id.x / params.channels / out_side * params.window;
    var sum = 0.0;
    for (var down = 0u; down < params.window; down++) {
        for (var right = 0u; right < params.window; right++) {
            let pixel = (id.y * params.side + y + down) * params.side + x + right;
            let z = sums[channel + params.channels * pixel];
            // Compilers take max and comparisons for free of NaN, but not the bits of a number.
            let is_nan = (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
            sum += select(max(z, 0.0), z, is_nan);
        }
    }
    activations[id.y * pooled + id.x] = sum / f32(params.window * params.window);
}
