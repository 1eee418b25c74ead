// What a frame excites the sparse units with, and which of them win it (definition: src/kernels/wta_look.rs). One invocation a unit.

struct Params {
    kx: u32,
    ky: u32,
    ex: u32,
    neighbour: f32,
    offset: u32,
    driven: u32,
    first: u32,
    winners: u32,
    recorded: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> drive: array<f32>;
@group(0) @binding(2) var<storage, read> records: array<f32>;
@group(0) @binding(3) var<storage, read_write> excitation: array<f32>;   // (kx, ky)
@group(0) @binding(4) var<storage, read_write> marks: array<f32>;        // (kx, ky)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let unit = at.x;
    if unit >= params.kx * params.ky {
        return;
    }
    let columns = min(params.kx, 2u * params.ex + 1u);
    let rows = min(params.ky, 2u * params.ex + 1u);
    let left = unit % params.kx + params.ex * (params.kx - 1u);
    let upper = unit / params.kx + params.ex * (params.ky - 1u);
    var sum = 0.0;
    for (var i = 0u; i < rows * columns; i++) {
        let x = (left + i % columns) % params.kx;
        let y = (upper + i / columns) % params.ky;
        sum += drive[params.offset + y * params.kx + x];
    }
    let own = drive[params.offset + unit];
    excitation[unit] = own + params.neighbour * (sum - own);
    var mark = 0.0;
    for (var n = 0u; n < params.winners; n++) {
        mark = select(mark, 1.0, u32(records[params.first + n]) == unit);
    }
    marks[unit] = mark;
}
