// Losses of the outputs and their gradients (definition: src/kernels/loss.rs). An invocation is one sample.

struct Params {
    classes: u32,
    samples: u32,
    first: u32,
    total: u32,
    measure: u32,
    share: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> outputs: array<f32>;         // (classes, samples)
@group(0) @binding(2) var<storage, read> targets: array<f32>;         // (classes, samples)
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;  // (classes, samples)
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;    // (2, total)

const CROSS_ENTROPY = 0u;
const MEAN_SQUARE = 1u;
const DISTANCE = 2u;
const COSINE_DISTANCE = 3u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= params.samples {
        return;
    }
    let start = id.x * params.classes;
    let end = start + params.classes;
    var best_output = start;
    var best_target = start;
    var target_sum = 0.0;
    var square = 0.0;
    var product = 0.0;
    var size_x = 0.0;
    var size_y = 0.0;
    for (var i = start; i < end; i++) {
        let x = outputs[i];
        let y = targets[i];
        best_output = select(best_output, i, x > outputs[best_output]);
        best_target = select(best_target, i, y > targets[best_target]);
        target_sum += y;
        square += (x - y) * (x - y);
        product += x * y;
        size_x += x * x;
        size_y += y * y;
    }
    scores[2u * (params.first + id.x) + 1u] = select(0.0, 1.0, best_output == best_target);

    var loss = 0.0;
    if params.measure == CROSS_ENTROPY {
        let top = outputs[best_output];
        var total = 0.0;
        for (var i = start; i < end; i++) {
            // exp may drop a NaN; the difference brings it back.
            let below = outputs[i] - top;
            total += exp(below) + (below - below);
        }
        let log_total = log(total) + top;
        for (var i = start; i < end; i++) {
            loss += targets[i] * (log_total - outputs[i]);
            gradient[i] = params.share * (target_sum * exp(outputs[i] - top) / total - targets[i]);
        }
    } else if params.measure == MEAN_SQUARE {
        loss = square / f32(params.classes);
        for (var i = start; i < end; i++) {
            gradient[i] = params.share * 2.0 * (outputs[i] - targets[i]) / f32(params.classes);
        }
    } else {
        let distance = sqrt(square);
        // Where the two meet, the distance has no slope: 0 is one of its subgradients.
        let inverse = select(0.0, 1.0 / distance, distance > 0.0);
        let sizes = sqrt(size_x) * sqrt(size_y);
        let cosine = product / sizes;
        let turn = 1.0 - abs(cosine);
        // Weights of the two slopes.
        var of_distance = turn;
        var of_turn = distance;
        loss = distance * turn;
        if params.measure == DISTANCE {
            of_distance = 1.0;
            of_turn = 0.0;
            loss = distance;
        } else if params.measure == COSINE_DISTANCE {
            of_distance = 0.0;
            of_turn = 1.0;
            loss = turn;
        }
        for (var i = start; i < end; i++) {
            let slope = -sign(cosine) * (targets[i] / sizes - cosine * outputs[i] / size_x);
            // Left out where it has no weight: a cosine with nothing is no number.
            let turned = select(0.0, of_turn * slope, of_turn != 0.0);
            gradient[i] = params.share * (of_distance * (outputs[i] - targets[i]) * inverse + turned);
        }
    }
    scores[2u * (params.first + id.x)] = loss;
}
