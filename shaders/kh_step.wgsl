// The step of a batch (definition: src/kernels/kh/step.rs). One workgroup is one hidden unit, its invocations share the pixels; each
// workgroup finds the maximum for itself.

struct Params {
    hidden: u32,
    pixels: u32,
    rate: f32,
    power: f32,
    at: u32,
    room: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> change: array<f32>;            // (pixels, hidden)
@group(0) @binding(2) var<storage, read> largest: array<f32>;           // (hidden)
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;     // (pixels, hidden)
@group(0) @binding(4) var<storage, read_write> norms: array<f32>;       // (hidden)
@group(0) @binding(5) var<storage, read_write> record: array<f32>;      // (room)

const WIDTH = 64u;      // invocations of a workgroup
const LEAST = 1e-30;    // what the maximum is at least

var<workgroup> sh_most: array<f32, WIDTH>;
var<workgroup> sh_sum: array<f32, WIDTH>;

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let unit = group.x;
    var most = LEAST;
    var sum = 0.0;
    for (var i = me; i < params.hidden; i += WIDTH) {
        most = max(most, largest[i]);
        sum += largest[i];
    }
    sh_most[me] = most;
    sh_sum[me] = sum;
    workgroupBarrier();
    most = LEAST;
    sum = 0.0;
    for (var i = 0u; i < WIDTH; i++) {
        most = max(most, sh_most[i]);
        sum += sh_sum[i];
    }
    // A maximum may drop a NaN; this brings it back.
    most += sum - sum;
    workgroupBarrier();

    let share = params.rate / most;
    var norm = 0.0;
    for (var i = me; i < params.pixels; i += WIDTH) {
        let at = unit * params.pixels + i;
        let w = weights[at] + share * change[at];
        weights[at] = w;
        norm += select(pow(abs(w), params.power), w * w, params.power == 2.0);
    }
    sh_sum[me] = norm;
    workgroupBarrier();

    if me == 0u {
        for (var i = 1u; i < WIDTH; i++) {
            norm += sh_sum[i];
        }
        norms[unit] = norm;
        if unit == 0u {
            record[params.at] = most;
        }
    }
}
