// One SKA layer through a chunk of steps (definition: src/kernels/ska/layer.rs). One workgroup is one neuron: its weights
// stay in workgroup memory, its invocations share the samples and the inputs (forward) and the inputs (update).
// How they share them, and the step of a neuron: shared/neuron.wgsl, which goes before.

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

var<workgroup> sh_weights: array<f32, LARGEST>;
var<workgroup> sh_squares: array<f32, 256>;             // of every invocation
var<workgroup> sh_bias: f32;

// W a of four samples, as far as it is a lane's: neighbouring lanes read neighbouring inputs. Two partial sums each, which
// round less than one. `at` are the places of the samples' first inputs.
fn products(at: vec4u, lane: u32) -> vec4f {
    var even = vec4f(0.0);
    var odd = vec4f(0.0);
    var i = lane;
    for (; i + LANES < params.below; i += 2u * LANES) {
        let a = at + i;
        even += sh_weights[i] * vec4f(below[a.x], below[a.y], below[a.z], below[a.w]);
        let b = a + LANES;
        odd += sh_weights[i + LANES] * vec4f(below[b.x], below[b.y], below[b.z], below[b.w]);
    }
    if i < params.below {
        let a = at + i;
        even += sh_weights[i] * vec4f(below[a.x], below[a.y], below[a.z], below[a.w]);
    }
    return even + odd;
}

// G P^T of an input: neighbouring invocations read neighbouring inputs. `first` is its place at the first sample.
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

// The same of four inputs, for which a gradient is fetched once.
fn four_correlations(first: vec4u) -> vec4f {
    var even = vec4f(0.0);
    var odd = vec4f(0.0);
    var s = 0u;
    for (; s + 1u < params.samples; s += 2u) {
        let a = first + s * params.below;
        even += sh_gradient[s] * vec4f(below[a.x], below[a.y], below[a.z], below[a.w]);
        let b = a + params.below;
        odd += sh_gradient[s + 1u] * vec4f(below[b.x], below[b.y], below[b.z], below[b.w]);
    }
    if s < params.samples {
        let a = first + s * params.below;
        even += sh_gradient[s] * vec4f(below[a.x], below[a.y], below[a.z], below[a.w]);
    }
    return even + odd;
}

// Takes a change from a weight, and returns the weight's square.
fn update(input: u32, change: f32) -> f32 {
    let w = sh_weights[input] - change;
    sh_weights[input] = w;
    return w * w;
}

@compute @workgroup_size(LANES, 32)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) id: vec3u,
    @builtin(local_invocation_index) me: u32,
) {
    let unit = group.x;
    let width = 32u * LANES;
    let image = params.below * params.samples;
    let plane = params.units * params.samples;
    let rule = Rule(params.of_knowledge, params.of_shift, params.of_product, params.net_of_knowledge);
    for (var i = me; i < params.below; i += width) {
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
        clear_partial();
        for (var first = 0u; first < params.samples; first += TILE) {
            let mine = first + 4u * id.y;
            if mine < params.samples {
                // Of samples beyond the last, what the last gives is not looked at.
                let s = min(vec4u(mine, mine + 1u, mine + 2u, mine + 3u), vec4u(params.samples - 1u));
                let part = products(input + s * params.below, id.x);
                let to = id.x * PITCH + 4u * id.y;
                sh_parts[to] = part.x;
                sh_parts[to + 1u] = part.y;
                sh_parts[to + 2u] = part.z;
                sh_parts[to + 3u] = part.w;
            }
            workgroupBarrier();
            for (var t = me; t < min(TILE, params.samples - first); t += width) {
                let s = first + t;
                let cell = unit + params.units * s;
                let z = sh_bias + whole_product(t);
                let seen = see(z, knowledge[cell], decisions[prev + cell], rule);
                decisions[now + cell] = seen.decision;
                knowledge[cell] = z;
                sh_gradient[s] = seen.gradient;
                partial[7] += seen.gradient;
            }
            workgroupBarrier();
        }
        // Step 0 only looks.
        let rate = select(params.rate, 0.0, step == 0u);
        let seen_before = ((step + params.below_slots - params.lag) % params.below_slots) * image;
        var squares = 0.0;
        if params.below >= 3u * width {
            for (var i = me; i < params.below; i += 4u * width) {
                let inputs = vec4u(i, i + width, i + 2u * width, i + 3u * width);
                let change = rate * four_correlations(seen_before + min(inputs, vec4u(params.below - 1u)));
                for (var k = 0u; k < 4u; k++) {
                    if inputs[k] < params.below {
                        squares += update(inputs[k], change[k]);
                    }
                }
            }
        } else {
            for (var i = me; i < params.below; i += width) {
                squares += update(i, rate * correlation(seen_before + i));
            }
        }
        sh_squares[me] = squares;
        workgroupBarrier();
        // Those that are counted take over what the others have.
        let used = min(width, TILE);
        if me < used {
            for (var i = me; i < width; i += used) {
                partial[8] += sh_squares[i];
            }
        }
        gather_partial(me);
        workgroupBarrier();
        let row = (at * params.units + unit) * QUANTITIES;
        if me < 7u {
            sums[row + me] = gathered(me);
        } else if me == 7u {
            sums[row + 7u] = gathered(8u);
        } else if me == 8u {
            sh_bias -= rate * gathered(7u);
        }
    }

    for (var i = me; i < params.below; i += width) {
        weights[unit + params.units * i] = sh_weights[i];
    }
    if me == 0u {
        biases[unit] = sh_bias;
    }
}
