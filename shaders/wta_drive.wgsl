// The frames of a block, cut from a scene, and what they drive the sparse units with (definition: src/kernels/wta_drive.rs). One
// workgroup takes a tile of sixteen units and sixteen frames, an invocation one of each.

struct Params {
    units: u32,
    frames: u32,
    room: u32,
    first: u32,
    places: u32,
    stride: u32,
    spacing: u32,
    scene: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scene: array<f32>;
@group(0) @binding(2) var<storage, read> places: array<f32>;
@group(0) @binding(3) var<storage, read> tiles: array<f32>;         // (LANES, PIXELS, tiles)
@group(0) @binding(4) var<storage, read_write> drive: array<f32>;   // (PIXELS + units, room)

const LANES = 16u;
const SIDE = 28u;
const PIXELS = 784u;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) me: vec3u) {
    let unit = group.x * LANES + me.x;
    let frame = group.y * LANES + me.y;
    if frame >= params.frames {
        return;
    }
    let start = u32(places[params.first + frame]) * params.spacing;
    let column = frame * (PIXELS + params.units);
    if group.x == 0u {
        for (var pixel = me.x; pixel < PIXELS; pixel += LANES) {
            drive[column + pixel] = scene[start + (pixel / SIDE) * params.stride + pixel % SIDE];
        }
    }
    if unit >= params.units {
        return;
    }
    // Row by row: short sums of short sums round least.
    var sum = 0.0;
    for (var row = 0u; row < SIDE; row++) {
        let pixels = start + row * params.stride;
        let weights = (group.x * PIXELS + row * SIDE) * LANES + me.x;
        var part = vec4f(0.0);
        for (var i = 0u; i < SIDE; i += 4u) {
            let at = pixels + i;
            let w = weights + i * LANES;
            part += vec4f(scene[at], scene[at + 1u], scene[at + 2u], scene[at + 3u])
                * vec4f(tiles[w], tiles[w + LANES], tiles[w + 2u * LANES], tiles[w + 3u * LANES]);
        }
        sum += (part.x + part.y) + (part.z + part.w);
    }
    drive[column + PIXELS + unit] = sum;
}
