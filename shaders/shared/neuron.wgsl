// What the passes of an SKA layer have in common: how a workgroup, which is one neuron, shares its work, the step of a
// neuron for one sample, and the sums over the samples. No pass of its own: goes before the shaders that use it.

// Invocations that share the sum of a product. More of them keep a GPU busy; in software each costs a little.
override LANES: u32 = 8u;

const TILE = 128u;        // samples that are looked at together: four for each of 32 rows of LANES invocations
const PITCH = 129u;       // one more than TILE: neighbours in a row of sh_parts lie in different banks
const LARGEST = 1024u;    // inputs or samples that fit
const QUANTITIES = 8u;    // what is summed over the samples for every step
const PARTIALS = 9u;      // sums of a step: seven quantities, and what else a layer needs

var<workgroup> sh_gradient: array<f32, LARGEST>;
var<workgroup> sh_parts: array<f32, 1161>;      // PARTIALS x PITCH: parts of products, (LANES, PITCH); later of sums
var<workgroup> sh_eighths: array<f32, 72>;      // PARTIALS x 8

// A sample at a step.
struct Seen {
    decision: f32,
    gradient: f32,
}

// c1, c2 and c3 of the gradient, and s of the tensor net.
struct Rule {
    of_knowledge: f32,
    of_shift: f32,
    of_product: f32,
    net_of_knowledge: f32,
}

// Sums of an invocation's samples, in the order of QUANTITIES; the last two are for the layer.
var<private> partial: array<f32, PARTIALS>;

// In words: Chromium's software adapter does not clear a variable that is declared in a loop.
fn clear_partial() {
    for (var q = 0u; q < PARTIALS; q++) {
        partial[q] = 0.0;
    }
}

// A NaN must come out as NaN, never as a plausible number. Compilers take min, max and comparisons for free of NaN, but
// not the bits of a number.
fn sigmoid(z: f32) -> f32 {
    let bounded = min(max(z, -87.0), 87.0);
    let is_nan = (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
    return select(1.0 / (1.0 + exp(-bounded)), z, is_nan);
}

// The step of a sample, from its knowledge, that of the step before, and the decision of the step before.
fn see(z: f32, z_prev: f32, d_prev: f32, rule: Rule) -> Seen {
    let d = sigmoid(z);
    let shift = d - d_prev;
    let flow = z - z_prev;
    let knowledge_slope = z * (d * (1.0 - d));
    let gradient = -(knowledge_slope * rule.of_knowledge + shift * rule.of_shift + z * shift * rule.of_product);
    partial[0] += z * shift;
    partial[1] += z * z;
    partial[2] += shift * shift;
    partial[3] += flow * (d + knowledge_slope * rule.net_of_knowledge);
    partial[4] += flow * flow;
    partial[5] += knowledge_slope * flow;
    partial[6] += d;
    return Seen(d, gradient);
}

// The sum of a product of which every lane holds a part; `at` is a sample of the tile.
fn whole_product(at: u32) -> f32 {
    var sum = 0.0;
    for (var lane = 0u; lane < LANES; lane++) {
        sum += sh_parts[lane * PITCH + at];
    }
    return sum;
}

// Adds up what the invocations have in `partial`, to eighths of the sums: those of q from 8 q on. Only the first TILE
// invocations have anything. Between two barriers of the caller; has one itself.
fn gather_partial(me: u32) {
    let width = LANES * 32u;
    let used = min(width, TILE);
    if me < used {
        for (var q = 0u; q < PARTIALS; q++) {
            sh_parts[q * PITCH + me] = partial[q];
        }
    }
    workgroupBarrier();
    for (var eighth = me; eighth < 8u * PARTIALS; eighth += width) {
        let first = eighth / 8u * PITCH + eighth % 8u * (used / 8u);
        var sum = vec4f(0.0);
        for (var i = first; i < first + used / 8u; i += 4u) {
            sum += vec4f(sh_parts[i], sh_parts[i + 1u], sh_parts[i + 2u], sh_parts[i + 3u]);
        }
        sh_eighths[eighth] = (sum.x + sum.y) + (sum.z + sum.w);
    }
}

// A sum over all samples: after gather_partial and a barrier.
fn gathered(q: u32) -> f32 {
    var sum = 0.0;
    for (var i = 8u * q; i < 8u * q + 8u; i++) {
        sum += sh_eighths[i];
    }
    return sum;
}

