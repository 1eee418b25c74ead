// Deviations of the units of infinite width for one image (definition: src/kernels/ntk_infinite/deviations.rs). One
// workgroup is one image; after the first block its K with itself stays in workgroup memory, as in ntk_infinite.wgsl.

struct Params {
    images: u32,
    convolutions: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pixels: array<f32>;                  // (784, images)
@group(0) @binding(2) var<storage, read_write> deviations: array<f32>;        // (deviations, images)

const WIDTH = 64u;         // invocations of a workgroup
const SIDE = 28u;          // pixels along each side
const MOST = 1296u;        // nine planes of 12 x 12 windows

var<workgroup> sh_k: array<f32, MOST>;
var<workgroup> sh_own: array<f32, 676>;     // deviations of the first block, then of the second
var<workgroup> sh_partial: array<f32, WIDTH>;

// Nine products of pixels.
fn products(from_p: u32, from_q: u32) -> f32 {
    var c = 0.0;
    for (var f = 0u; f < 3u * SIDE; f += SIDE) {
        c += pixels[from_p + f] * pixels[from_q + f]
            + pixels[from_p + f + 1u] * pixels[from_q + f + 1u]
            + pixels[from_p + f + 2u] * pixels[from_q + f + 2u];
    }
    return c / 9.0;
}

// Nine K of the first block.
fn nine(at: u32, pooled: u32) -> f32 {
    var c = 0.0;
    for (var f = 0u; f < 3u * pooled; f += pooled) {
        c += sh_k[at + f] + sh_k[at + f + 1u] + sh_k[at + f + 2u];
    }
    return c / 9.0;
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let image = group.x * SIDE * SIDE;
    let pooled = select(13u, 12u, params.convolutions == 2u);
    let radius = params.convolutions - min(params.convolutions, 1u);
    let fine = 2u * pooled;
    let across = 2u * radius + 1u;
    let plane = pooled * pooled;
    let own_len = select(select(fine * fine, fine * fine + 100u, params.convolutions == 2u), 0u, params.convolutions == 0u) + 1u;
    let own = group.x * own_len;

    if params.convolutions > 0u {
        for (var at = me; at < fine * fine; at += WIDTH) {
            let corner = image + (at / fine) * SIDE + at % fine;
            let deviation = sqrt(products(corner, corner));
            sh_own[at] = deviation;
            deviations[own + at] = deviation;
        }
    }
    workgroupBarrier();

    if params.convolutions > 0u {
        for (var at = me; at < across * across * plane; at += WIDTH) {
            let offset = at / plane;
            let a = vec2u((at % plane) % pooled, (at % plane) / pooled);
            let b = a + vec2u(offset % across, offset / across);
            var sum = 0.0;
            if all(b >= vec2u(radius)) && all(b < vec2u(pooled + radius)) {
                for (var pair = 0u; pair < 16u; pair++) {
                    let p = 2u * a + vec2u(pair & 1u, (pair >> 1u) & 1u);
                    let q = 2u * (b - vec2u(radius)) + vec2u((pair >> 2u) & 1u, pair >> 3u);
                    let c = products(image + p.y * SIDE + p.x, image + q.y * SIDE + q.x);
                    let n = sh_own[p.y * fine + p.x] * sh_own[q.y * fine + q.x];
                    sum += relu(c, 0.0, n, select(1.0, 0.0, all(p == q))).x;
                }
            }
            sh_k[at] = sum / 16.0;
        }
    }
    workgroupBarrier();

    if params.convolutions == 2u {
        for (var at = me; at < 100u; at += WIDTH) {
            let deviation = sqrt(nine(4u * plane + (at / 10u) * pooled + at % 10u, pooled));
            sh_own[at] = deviation;
            deviations[own + fine * fine + at] = deviation;
        }
    }
    workgroupBarrier();

    var partial = 0.0;
    var count = f32(SIDE * SIDE);
    if params.convolutions == 0u {
        for (var at = me; at < SIDE * SIDE; at += WIDTH) {
            partial += pixels[image + at] * pixels[image + at];
        }
    } else if params.convolutions == 1u {
        count = f32(plane);
        for (var at = me; at < plane; at += WIDTH) {
            partial += sh_k[at];
        }
    } else {
        count = 400.0;
        for (var at = me; at < 400u; at += WIDTH) {
            let p = vec2u((at >> 2u) % 10u, (at >> 2u) / 10u);
            let q = 2u * (p / 2u) + vec2u(at & 1u, (at >> 1u) & 1u);
            let offset = q + vec2u(1u) - p;
            let c = nine((offset.y * across + offset.x) * plane + p.y * pooled + p.x, pooled);
            let n = sh_own[p.y * 10u + p.x] * sh_own[q.y * 10u + q.x];
            partial += relu(c, 0.0, n, select(1.0, 0.0, all(p == q))).x;
        }
    }
    sh_partial[me] = partial;
    workgroupBarrier();

    if me == 0u {
        var total = 0.0;
        for (var at = 0u; at < WIDTH; at++) {
            total += sh_partial[at];
        }
        deviations[own + own_len - 1u] = sqrt(total / count);
    }
}
