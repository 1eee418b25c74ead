// One SKA layer whose input never changes, through a chunk of steps (definition: src/kernels/ska/still.rs). One workgroup
// is one neuron: the sum of its gradients stays in workgroup memory, its invocations share the samples.
// How they share them, and the step of a neuron: shared/neuron.wgsl, which goes before.

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

var<workgroup> sh_ahead: array<f32, LARGEST>;           // the next step's knowledge; sh_gradient holds the sums of gradients

// S M of four samples, as far as it is a lane's: it takes every LANES-th of the other samples. Neighbouring rows read
// neighbouring entries: the matrix is symmetric. Two partial sums each, which round less than one.
fn products(s: vec4u, lane: u32) -> vec4f {
    var even = vec4f(0.0);
    var odd = vec4f(0.0);
    var t = lane;
    for (; t + LANES < params.samples; t += 2u * LANES) {
        let a = s + t * params.samples;
        even += sh_gradient[t] * vec4f(gram[a.x], gram[a.y], gram[a.z], gram[a.w]);
        let b = a + LANES * params.samples;
        odd += sh_gradient[t + LANES] * vec4f(gram[b.x], gram[b.y], gram[b.z], gram[b.w]);
    }
    if t < params.samples {
        let a = s + t * params.samples;
        even += sh_gradient[t] * vec4f(gram[a.x], gram[a.y], gram[a.z], gram[a.w]);
    }
    return even + odd;
}

// Fills sh_ahead with the knowledge after the gradients so far. Ends with a barrier.
fn follow(unit: u32, row: u32, lane: u32, me: u32) {
    for (var first = 0u; first < params.samples; first += TILE) {
        let mine = first + row;
        if mine < params.samples {
            // Of samples beyond the last, what the last gives is not looked at.
            let s = min(vec4u(mine, mine + 32u, mine + 64u, mine + 96u), vec4u(params.samples - 1u));
            let part = products(s, lane);
            let to = lane * PITCH + row;
            sh_parts[to] = part.x;
            sh_parts[to + 32u] = part.y;
            sh_parts[to + 64u] = part.z;
            sh_parts[to + 96u] = part.w;
        }
        workgroupBarrier();
        for (var t = me; t < min(TILE, params.samples - first); t += 32u * LANES) {
            let s = first + t;
            sh_ahead[s] = origin[unit + params.units * s] - params.rate * whole_product(t);
        }
        workgroupBarrier();
    }
}

@compute @workgroup_size(32, LANES)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) id: vec3u,
    @builtin(local_invocation_index) me: u32,
) {
    let unit = group.x;
    let width = 32u * LANES;
    // Those that look at samples: gather_partial counts on no more.
    let used = min(width, TILE);
    let plane = params.units * params.samples;
    let rule = Rule(params.of_knowledge, params.of_shift, params.of_product, params.net_of_knowledge);
    for (var s = me; s < params.samples; s += width) {
        sh_gradient[s] = gradients[unit + params.units * s];
    }
    workgroupBarrier();
    follow(unit, id.x, id.y, me);

    for (var at = 0u; at < params.steps; at++) {
        let step = params.first_step + at;
        let now = (step % params.slots) * plane;
        let prev = ((step + params.slots - 1u) % params.slots) * plane;
        clear_partial();
        if me < used {
            for (var s = me; s < params.samples; s += used) {
                let z = sh_ahead[s];
                let cell = unit + params.units * s;
                let seen = see(z, knowledge[cell], decisions[prev + cell], rule);
                decisions[now + cell] = seen.decision;
                knowledge[cell] = z;
                // Step 0 only looks.
                sh_gradient[s] += select(seen.gradient, 0.0, step == 0u);
            }
        }
        workgroupBarrier();
        follow(unit, id.x, id.y, me);
        if me < used {
            for (var s = me; s < params.samples; s += used) {
                partial[7] += sh_gradient[s] * (origin[unit + params.units * s] + sh_ahead[s]);
                partial[8] += sh_gradient[s];
            }
        }
        gather_partial(me);
        workgroupBarrier();
        let row = (at * params.units + unit) * QUANTITIES;
        if me < 7u {
            sums[row + me] = gathered(me);
        } else if me == 7u {
            // |W|^2 = |W0|^2 - rate <S, W0 X + W X>, where W X is the knowledge without its bias, -rate sum(S).
            let gradient = gathered(8u);
            sums[row + 7u] = first_squares[unit] - params.rate * (gathered(7u) + params.rate * gradient * gradient);
        }
    }

    for (var s = me; s < params.samples; s += width) {
        gradients[unit + params.units * s] = sh_gradient[s];
    }
}
