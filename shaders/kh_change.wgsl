// What a batch would change in a hidden unit (definition: src/kernels/kh/change.rs). One workgroup is one hidden unit, its
// invocations share the pixels; the images that it is ranked for are listed first.

struct Params {
    hidden: u32,
    pixels: u32,
    images: u32,
    first: u32,
    samples: u32,
    room: u32,
    delta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<f32>;            // (pixels, images)
@group(0) @binding(2) var<storage, read> order: array<f32>;             // (images)
@group(0) @binding(3) var<storage, read> drive: array<f32>;             // (hidden, room)
@group(0) @binding(4) var<storage, read> ranked: array<f32>;            // (2, room)
@group(0) @binding(5) var<storage, read> weights: array<f32>;           // (pixels, hidden)
@group(0) @binding(6) var<storage, read_write> change: array<f32>;      // (pixels, hidden)
@group(0) @binding(7) var<storage, read_write> largest: array<f32>;     // (hidden)
@group(0) @binding(8) var<storage, read_write> wins: array<f32>;        // (hidden)

const WIDTH = 64u;    // invocations of a workgroup
const LISTED = 1024u; // images that fit

var<workgroup> sh_image: array<u32, LISTED>;
var<workgroup> sh_g: array<f32, LISTED>;
var<workgroup> sh_count: u32;
var<workgroup> sh_held: f32;
var<workgroup> sh_most: array<f32, WIDTH>;
var<workgroup> sh_sum: array<f32, WIDTH>;

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let unit = group.x;
    if me == 0u {
        var held = 0.0;
        var count = 0u;
        var won = 0.0;
        for (var s = 0u; s < params.samples; s++) {
            let top = u32(ranked[2u * s]);
            let kth = u32(ranked[2u * s + 1u]);
            if top == unit {
                won += 1.0;
            }
            if top == unit || kth == unit {
                let g = select(0.0, 1.0, top == unit) - select(0.0, params.delta, kth == unit);
                held += g * drive[s * params.hidden + unit];
                sh_image[count] = u32(order[params.first + s]) * params.pixels;
                sh_g[count] = g;
                count += 1u;
            }
        }
        sh_count = count;
        sh_held = held;
        wins[unit] += won;
    }
    workgroupBarrier();

    var most = 0.0;
    var sum = 0.0;
    for (var i = me; i < params.pixels; i += WIDTH) {
        // Cleared in words: Chromium's software adapter does not clear a variable that is declared in a loop.
        var total = 0.0;
        for (var n = 0u; n < sh_count; n++) {
            total += sh_g[n] * images[sh_image[n] + i];
        }
        let at = unit * params.pixels + i;
        let found = total - weights[at] * sh_held;
        change[at] = found;
        most = max(most, abs(found));
        sum += found;
    }
    sh_most[me] = most;
    sh_sum[me] = sum;
    workgroupBarrier();

    if me == 0u {
        for (var i = 1u; i < WIDTH; i++) {
            most = max(most, sh_most[i]);
            sum += sh_sum[i];
        }
        // A maximum may drop a NaN; this brings it back.
        largest[unit] = most + (sum - sum);
    }
}
