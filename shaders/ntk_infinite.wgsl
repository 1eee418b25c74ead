// NNGP and NTK of infinite width for one pair of images (definition: src/kernels/ntk_infinite). One workgroup is one
// pair; after the first block K and T stay in workgroup memory, a plane of windows for every offset between two windows.

struct Params {
    images: u32,
    convolutions: u32,
    hidden: u32,
    first: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pixels: array<f32>;            // (784, images)
@group(0) @binding(2) var<storage, read> deviations: array<f32>;        // (deviations, images)
@group(0) @binding(3) var<storage, read_write> nngp: array<f32>;        // (images, images)
@group(0) @binding(4) var<storage, read_write> ntk: array<f32>;         // (images, images)

const WIDTH = 64u;         // invocations of a workgroup
const SIDE = 28u;          // pixels along each side
const MOST = 1296u;        // nine planes of 12 x 12 windows

var<workgroup> sh_k: array<f32, MOST>;
var<workgroup> sh_t: array<f32, MOST>;
var<workgroup> sh_partial: array<vec2f, WIDTH>;

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let i = params.first + group.y;
    let j = group.x;
    if j > i {
        return;
    }
    let is_same = i == j;
    let row = i * SIDE * SIDE;
    let column = j * SIDE * SIDE;
    // Windows along each side and their greatest offset after the first block, as far as the second looks at them.
    let pooled = select(13u, 12u, params.convolutions == 2u);
    let radius = params.convolutions - min(params.convolutions, 1u);
    let fine = 2u * pooled;
    let across = 2u * radius + 1u;
    let plane = pooled * pooled;
    let own_len = select(select(fine * fine, fine * fine + 100u, params.convolutions == 2u), 0u, params.convolutions == 0u) + 1u;
    let own_row = i * own_len;
    let own_column = j * own_len;

    if params.convolutions > 0u {
        for (var at = me; at < across * across * plane; at += WIDTH) {
            let offset = at / plane;
            let a = vec2u((at % plane) % pooled, (at % plane) / pooled);
            let b = a + vec2u(offset % across, offset / across);
            var sum = vec2f(0.0, 0.0);
            if all(b >= vec2u(radius)) && all(b < vec2u(pooled + radius)) {
                for (var pair = 0u; pair < 16u; pair++) {
                    let p = 2u * a + vec2u(pair & 1u, (pair >> 1u) & 1u);
                    let q = 2u * (b - vec2u(radius)) + vec2u((pair >> 2u) & 1u, pair >> 3u);
                    let from_p = row + p.y * SIDE + p.x;
                    let from_q = column + q.y * SIDE + q.x;
                    var c = 0.0;
                    for (var f = 0u; f < 3u * SIDE; f += SIDE) {
                        c += pixels[from_p + f] * pixels[from_q + f]
                            + pixels[from_p + f + 1u] * pixels[from_q + f + 1u]
                            + pixels[from_p + f + 2u] * pixels[from_q + f + 2u];
                    }
                    c /= 9.0;
                    let n = deviations[own_row + p.y * fine + p.x] * deviations[own_column + q.y * fine + q.x];
                    sum += relu(c, c, n, select(1.0, 0.0, is_same && all(p == q)));
                }
            }
            sh_k[at] = sum.x / 16.0;
            sh_t[at] = sum.y / 16.0;
        }
    }
    workgroupBarrier();

    var partial = vec2f(0.0, 0.0);
    var count = f32(SIDE * SIDE);
    if params.convolutions == 0u {
        for (var at = me; at < SIDE * SIDE; at += WIDTH) {
            partial.x += pixels[row + at] * pixels[column + at];
        }
    } else if params.convolutions == 1u {
        count = f32(plane);
        for (var at = me; at < plane; at += WIDTH) {
            partial += vec2f(sh_k[at], sh_t[at]);
        }
    } else {
        // The second block: two positions of one window, of which there are 5 x 5.
        count = 400.0;
        for (var at = me; at < 400u; at += WIDTH) {
            let p = vec2u((at >> 2u) % 10u, (at >> 2u) / 10u);
            let q = 2u * (p / 2u) + vec2u(at & 1u, (at >> 1u) & 1u);
            let offset = q + vec2u(1u) - p;
            let from_p = (offset.y * across + offset.x) * plane + p.y * pooled + p.x;
            var c = 0.0;
            var t = 0.0;
            for (var f = 0u; f < 3u * pooled; f += pooled) {
                c += sh_k[from_p + f] + sh_k[from_p + f + 1u] + sh_k[from_p + f + 2u];
                t += sh_t[from_p + f] + sh_t[from_p + f + 1u] + sh_t[from_p + f + 2u];
            }
            c /= 9.0;
            t = t / 9.0 + c;
            let first = fine * fine;
            let n = deviations[own_row + first + p.y * 10u + p.x] * deviations[own_column + first + q.y * 10u + q.x];
            partial += relu(c, t, n, select(1.0, 0.0, is_same && all(p == q)));
        }
    }
    sh_partial[me] = partial;
    workgroupBarrier();

    if me == 0u {
        var total = vec2f(0.0, 0.0);
        for (var at = 0u; at < WIDTH; at++) {
            total += sh_partial[at];
        }
        total /= count;
        var n = deviations[own_row + own_len - 1u] * deviations[own_column + own_len - 1u];
        for (var layer = 0u; layer < params.hidden; layer++) {
            total = relu(total.x, total.y + total.x, n, select(1.0, 0.0, is_same));
            n *= 0.5;
        }
        total.y += total.x;
        nngp[i + params.images * j] = total.x;
        nngp[j + params.images * i] = total.x;
        ntk[i + params.images * j] = total.y;
        ntk[j + params.images * i] = total.y;
    }
}
