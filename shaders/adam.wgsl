// One step of Adam (definition: src/kernels/adam.rs). An invocation is one weight.

struct Params {
    count: u32,
    fresh: u32,
    rate: f32,
    beta_1: f32,
    beta_2: f32,
    correction_1: f32,
    correction_2: f32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;       // (count)
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;  // (count)
@group(0) @binding(3) var<storage, read_write> means: array<f32>;    // (count)
@group(0) @binding(4) var<storage, read_write> squares: array<f32>;  // (count)

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if i >= params.count {
        return;
    }
    let g = gradient[i];
    var mean = (1.0 - params.beta_1) * g;
    var square = (1.0 - params.beta_2) * (g * g);
    if params.fresh == 0u {
        mean += params.beta_1 * means[i];
        square += params.beta_2 * squares[i];
    }
    means[i] = mean;
    squares[i] = square;
    weights[i] -= params.rate * (mean * params.correction_1) / (sqrt(square * params.correction_2) + params.epsilon);
}
