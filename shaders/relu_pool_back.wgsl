// The gradient at a layer's sums (definition: src/kernels/relu_pool_back.rs). An invocation is one value of the output.

struct Params {
    channels: u32,
    side: u32,
    window: u32,
    columns: u32,
    fan: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>;          // (channels, side, side, columns / fan)
@group(0) @binding(2) var<storage, read> above: array<f32>;         // (channels, side / window, side / window, columns)
@group(0) @binding(3) var<storage, read_write> slopes: array<f32>;  // (channels, side, side, columns)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let image = params.channels * params.side * params.side;
    if id.x >= image {
        return;
    }
    let channel = id.x % params.channels;
    let x = id.x / params.channels % params.side;
    let y = id.x / params.channels / params.side;
    let out_side = params.side / params.window;
    let square = (id.y * out_side + y / params.window) * out_side + x / params.window;
    let slope = above[channel + params.channels * square] / f32(params.window * params.window);
    let z = sums[id.y / params.fan * image + id.x];
    slopes[id.y * image + id.x] = select(0.0, slope, z > 0.0);
}
