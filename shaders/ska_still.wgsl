// One SKA layer whose input never changes, through a chunk of steps (definition: src/kernels/ska/still.rs). One workgroup
// is one neuron: the sum of its gradients stays in workgroup memory, its invocations share the samples.
// The logistic function: shared/sigmoid.wgsl, which goes before.

struct Params {
    units: u32,
    samples: u32,
    slots: u32,
    first_step: u32,
    steps: u32,
    rate: f32,
    of_knowledge: f32,
    of_shift: f32,
    of_product: f32,
    net_of_knowledge: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gram: array<f32>;              // (samples, samples)
@group(0) @binding(2) var<storage, read> origin: array<f32>;            // (units, samples)
@group(0) @binding(3) var<storage, read> first_squares: array<f32>;     // (units)
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;   // (units, samples)
@group(0) @binding(5) var<storage, read_write> knowledge: array<f32>;   // (units, samples)
@group(0) @binding(6) var<storage, read_write> decisions: array<f32>;   // (units, samples, slots)
@group(0) @binding(7) var<storage, read_write> sums: array<f32>;        // (QUANTITIES, units, slots - 1)

const WIDTH = 64u;        // invocations of a workgroup
const LARGEST = 1024u;    // samples that fit
const QUANTITIES = 8u;
const PARTIALS = 9u;      // seven quantities over samples, and two that the weights' norm is made of

var<workgroup> sh_gradients: array<f32, LARGEST>;
var<workgroup> sh_ahead: array<f32, LARGEST>;           // the next step's knowledge
var<workgroup> sh_partial: array<f32, 576>;             // PARTIALS x WIDTH
var<workgroup> sh_total: array<f32, PARTIALS>;

// The knowledge of a sample after the gradients so far: four partial sums, which round less than one. Neighbouring
// invocations read neighbouring entries: the matrix is symmetric.
fn follow(unit: u32, s: u32) -> f32 {
    var sum = vec4f(0.0);
    let whole = params.samples & ~3u;
    for (var t = 0u; t < whole; t += 4u) {
        let at = s + params.samples * t;
        sum += vec4f(sh_gradients[t], sh_gradients[t + 1u], sh_gradients[t + 2u], sh_gradients[t + 3u])
            * vec4f(gram[at], gram[at + params.samples], gram[at + 2u * params.samples], gram[at + 3u * params.samples]);
    }
    var rest = 0.0;
    for (var t = whole; t < params.samples; t++) {
        rest += sh_gradients[t] * gram[s + params.samples * t];
    }
    return origin[unit + params.units * s] - params.rate * ((sum.x + sum.y) + (sum.z + sum.w) + rest);
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let unit = group.x;
    let plane = params.units * params.samples;
    for (var s = me; s < params.samples; s += WIDTH) {
        sh_gradients[s] = gradients[unit + params.units * s];
    }
    workgroupBarrier();
    for (var s = me; s < params.samples; s += WIDTH) {
        sh_ahead[s] = follow(unit, s);
    }
    workgroupBarrier();

    for (var at = 0u; at < params.steps; at++) {
        let step = params.first_step + at;
        let now = (step % params.slots) * plane;
        let prev = ((step + params.slots - 1u) % params.slots) * plane;
        // Cleared in words: Chromium's software adapter does not clear a variable that is declared in a loop.
        var partial = array<f32, PARTIALS>(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (var s = me; s < params.samples; s += WIDTH) {
            let z = sh_ahead[s];
            let d = sigmoid(z);
            let cell = unit + params.units * s;
            let shift = d - decisions[prev + cell];
            let flow = z - knowledge[cell];
            let knowledge_slope = z * (d * (1.0 - d));
            let gradient = -(knowledge_slope * params.of_knowledge + shift * params.of_shift + z * shift * params.of_product);
            decisions[now + cell] = d;
            knowledge[cell] = z;
            // Step 0 only looks.
            sh_gradients[s] += select(gradient, 0.0, step == 0u);
            partial[0] += z * shift;
            partial[1] += z * z;
            partial[2] += shift * shift;
            partial[3] += flow * (d + knowledge_slope * params.net_of_knowledge);
            partial[4] += flow * flow;
            partial[5] += knowledge_slope * flow;
            partial[6] += d;
        }
        workgroupBarrier();

        for (var s = me; s < params.samples; s += WIDTH) {
            let ahead = follow(unit, s);
            sh_ahead[s] = ahead;
            partial[7] += sh_gradients[s] * (origin[unit + params.units * s] + ahead);
            partial[8] += sh_gradients[s];
        }
        for (var q = 0u; q < PARTIALS; q++) {
            sh_partial[q * WIDTH + me] = partial[q];
        }
        workgroupBarrier();

        let row = (at * params.units + unit) * QUANTITIES;
        if me < PARTIALS {
            var total = 0.0;
            for (var i = me * WIDTH; i < (me + 1u) * WIDTH; i += 4u) {
                total += (sh_partial[i] + sh_partial[i + 1u]) + (sh_partial[i + 2u] + sh_partial[i + 3u]);
            }
            sh_total[me] = total;
            if me < 7u {
                sums[row + me] = total;
            }
        }
        workgroupBarrier();

        if me == 0u {
            // |W|^2 = |W0|^2 - rate <S, W0 X + W X>, where W X is the knowledge without its bias, -rate sum(S).
            sums[row + 7u] = first_squares[unit] - params.rate * (sh_total[7] + params.rate * sh_total[8] * sh_total[8]);
        }
    }

    for (var s = me; s < params.samples; s += WIDTH) {
        gradients[unit + params.units * s] = sh_gradients[s];
    }
}
