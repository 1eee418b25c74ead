// How much the images of a batch drive the hidden units (definition: src/kernels/kh/drive.rs). One workgroup is one hidden unit: its
// weights stay in workgroup memory, its invocations share the images.

struct Params {
    hidden: u32,
    pixels: u32,
    images: u32,
    first: u32,
    samples: u32,
    room: u32,
    power: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<f32>;          // (pixels, images)
@group(0) @binding(2) var<storage, read> order: array<f32>;           // (images)
@group(0) @binding(3) var<storage, read> weights: array<f32>;         // (pixels, hidden)
@group(0) @binding(4) var<storage, read_write> drive: array<f32>;     // (hidden, room)

const WIDTH = 64u;           // invocations of a workgroup
const MOST_PIXELS = 1024u;   // pixels that fit

var<workgroup> sh_weights: array<f32, MOST_PIXELS>;

fn raised(w: f32) -> f32 {
    if params.power == 1.0 {
        return w;
    }
    return sign(w) * pow(abs(w), params.power) + (w - w);
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let unit = group.x;
    for (var i = me; i < params.pixels; i += WIDTH) {
        sh_weights[i] = raised(weights[unit * params.pixels + i]);
    }
    workgroupBarrier();

    for (var s = me; s < params.samples; s += WIDTH) {
        let image = u32(order[params.first + s]) * params.pixels;
        // Four partial sums, which round less than one.
        var sum = vec4f(0.0);
        let whole = params.pixels & ~3u;
        for (var i = 0u; i < whole; i += 4u) {
            let at = image + i;
            sum += vec4f(sh_weights[i], sh_weights[i + 1u], sh_weights[i + 2u], sh_weights[i + 3u])
                * vec4f(images[at], images[at + 1u], images[at + 2u], images[at + 3u]);
        }
        var rest = 0.0;
        for (var i = whole; i < params.pixels; i++) {
            rest += sh_weights[i] * images[image + i];
        }
        drive[s * params.hidden + unit] = (sum.x + sum.y) + (sum.z + sum.w) + rest;
    }
}
