// One SKA layer through a chunk of steps (definition: src/kernels/ska_layer/mod.rs). One workgroup is one neuron: its
// weights stay in workgroup memory, its invocations share the samples (forward) and the inputs (update).
// The logistic function: shared/sigmoid.wgsl, which goes before.

struct Params {
    units: u32,
    below: u32,
    samples: u32,
    below_slots: u32,
    slots: u32,
    first_step: u32,
    steps: u32,
    lag: u32,
    rate: f32,
    of_knowledge: f32,
    of_shift: f32,
    of_product: f32,
    net_of_knowledge: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> below: array<f32>;             // (below, samples, below_slots)
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;     // (units, below)
@group(0) @binding(3) var<storage, read_write> biases: array<f32>;      // (units)
@group(0) @binding(4) var<storage, read_write> knowledge: array<f32>;   // (units, samples)
@group(0) @binding(5) var<storage, read_write> decisions: array<f32>;   // (units, samples, slots)
@group(0) @binding(6) var<storage, read_write> sums: array<f32>;        // (QUANTITIES, units, slots - 1)

const WIDTH = 64u;        // invocations of a workgroup
const LARGEST = 1024u;    // inputs or samples that fit
const QUANTITIES = 8u;
const PARTIALS = 8u;      // seven quantities over samples, and the gradient

var<workgroup> sh_weights: array<f32, LARGEST>;
var<workgroup> sh_gradient: array<f32, LARGEST>;
var<workgroup> sh_partial: array<f32, 512>;             // PARTIALS x WIDTH
var<workgroup> sh_squares: array<f32, WIDTH>;
var<workgroup> sh_bias: f32;

// W a for one sample: four partial sums, which round less than one.
fn product(first: u32) -> f32 {
    var sum = vec4f(0.0);
    let whole = params.below & ~3u;
    for (var i = 0u; i < whole; i += 4u) {
        let at = first + i;
        sum += vec4f(sh_weights[i], sh_weights[i + 1u], sh_weights[i + 2u], sh_weights[i + 3u])
            * vec4f(below[at], below[at + 1u], below[at + 2u], below[at + 3u]);
    }
    var rest = 0.0;
    for (var i = whole; i < params.below; i++) {
        rest += sh_weights[i] * below[first + i];
    }
    return (sum.x + sum.y) + (sum.z + sum.w) + rest;
}

// G P^T for one input, in four partial sums too.
fn correlation(first: u32) -> f32 {
    var sum = vec4f(0.0);
    let whole = params.samples & ~3u;
    for (var s = 0u; s < whole; s += 4u) {
        let at = first + s * params.below;
        sum += vec4f(sh_gradient[s], sh_gradient[s + 1u], sh_gradient[s + 2u], sh_gradient[s + 3u])
            * vec4f(below[at], below[at + params.below], below[at + 2u * params.below], below[at + 3u * params.below]);
    }
    var rest = 0.0;
    for (var s = whole; s < params.samples; s++) {
        rest += sh_gradient[s] * below[first + s * params.below];
    }
    return (sum.x + sum.y) + (sum.z + sum.w) + rest;
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let unit = group.x;
    let image = params.below * params.samples;
    let plane = params.units * params.samples;
    for (var i = me; i < params.below; i += WIDTH) {
        sh_weights[i] = weights[unit + params.units * i];
    }
    if me == 0u {
        sh_bias = biases[unit];
    }
    workgroupBarrier();

    for (var at = 0u; at < params.steps; at++) {
        let step = params.first_step + at;
        let input = (step % params.below_slots) * image;
        let now = (step % params.slots) * plane;
        let prev = ((step + params.slots - 1u) % params.slots) * plane;
        // Cleared in words: Chromium's software adapter does not clear a variable that is declared in a loop.
        var partial = array<f32, PARTIALS>(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (var s = me; s < params.samples; s += WIDTH) {
            let z = sh_bias + product(input + s * params.below);
            let d = sigmoid(z);
            let cell = unit + params.units * s;
            let shift = d - decisions[prev + cell];
            let flow = z - knowledge[cell];
            let knowledge_slope = z * (d * (1.0 - d));
            let gradient = -(knowledge_slope * params.of_knowledge + shift * params.of_shift + z * shift * params.of_product);
            decisions[now + cell] = d;
            knowledge[cell] = z;
            sh_gradient[s] = gradient;
            partial[0] += z * shift;
            partial[1] += z * z;
            partial[2] += shift * shift;
            partial[3] += flow * (d + knowledge_slope * params.net_of_knowledge);
            partial[4] += flow * flow;
            partial[5] += knowledge_slope * flow;
            partial[6] += d;
            partial[7] += gradient;
        }
        for (var q = 0u; q < PARTIALS; q++) {
            sh_partial[q * WIDTH + me] = partial[q];
        }
        workgroupBarrier();

        // Step 0 only looks.
        let rate = select(params.rate, 0.0, step == 0u);
        let row = (at * params.units + unit) * QUANTITIES;
        if me < PARTIALS {
            var total = 0.0;
            for (var i = me * WIDTH; i < (me + 1u) * WIDTH; i += 4u) {
                total += (sh_partial[i] + sh_partial[i + 1u]) + (sh_partial[i + 2u] + sh_partial[i + 3u]);
            }
            if me < 7u {
                sums[row + me] = total;
            } else {
                sh_bias -= rate * total;
            }
        }
        let update = ((step + params.below_slots - params.lag) % params.below_slots) * image;
        var squares = 0.0;
        for (var i = me; i < params.below; i += WIDTH) {
            let w = sh_weights[i] - rate * correlation(update + i);
            sh_weights[i] = w;
            squares += w * w;
        }
        sh_squares[me] = squares;
        workgroupBarrier();

        if me == 0u {
            var total = 0.0;
            for (var i = 0u; i < WIDTH; i += 4u) {
                total += (sh_squares[i] + sh_squares[i + 1u]) + (sh_squares[i + 2u] + sh_squares[i + 3u]);
            }
            sums[row + 7u] = total;
        }
    }

    for (var i = me; i < params.below; i += WIDTH) {
        weights[unit + params.units * i] = sh_weights[i];
    }
    if me == 0u {
        biases[unit] = sh_bias;
    }
}
