// The most driven hidden unit of every image and the k-th most driven (definition: src/kernels/kh/rank.rs). One workgroup is one
// image: k times its invocations look for the most driven unit below the one found before.

struct Params {
    hidden: u32,
    samples: u32,
    room: u32,
    k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> drive: array<f32>;           // (hidden, room)
@group(0) @binding(2) var<storage, read_write> ranked: array<f32>;    // (2, room)

const WIDTH = 64u;   // invocations of a workgroup

var<workgroup> sh_drive: array<f32, WIDTH>;
var<workgroup> sh_unit: array<u32, WIDTH>;     // 0 for none, else the unit plus 1
var<workgroup> sh_found: vec2u;                // the unit found last plus 1, and the bits of its drive

// Whether a unit ranks above another: more driven, or as much and later. No unit (0) ranks below all.
fn above(drive_a: f32, unit_a: u32, drive_b: f32, unit_b: u32) -> bool {
    if unit_a == 0u {
        return false;
    }
    return unit_b == 0u || drive_a > drive_b || (drive_a == drive_b && unit_a > unit_b);
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let column = group.x * params.hidden;
    for (var rank = 1u; rank <= params.k; rank++) {
        let limit = workgroupUniformLoad(&sh_found);
        var best = 0.0;
        var best_unit = 0u;
        for (var unit = me; unit < params.hidden; unit += WIDTH) {
            let value = drive[column + unit];
            let below = rank == 1u || above(bitcast<f32>(limit.y), limit.x, value, unit + 1u);
            if below && above(value, unit + 1u, best, best_unit) {
                best = value;
                best_unit = unit + 1u;
            }
        }
        sh_drive[me] = best;
        sh_unit[me] = best_unit;
        workgroupBarrier();
        if me == 0u {
            for (var i = 1u; i < WIDTH; i++) {
                if above(sh_drive[i], sh_unit[i], best, best_unit) {
                    best = sh_drive[i];
                    best_unit = sh_unit[i];
                }
            }
            sh_found = vec2u(best_unit, bitcast<u32>(best));
            // Ranks in between are only passed through.
            if rank == 1u {
                ranked[2u * group.x] = f32(max(best_unit, 1u) - 1u);
            }
            if rank == params.k {
                ranked[2u * group.x + 1u] = f32(max(best_unit, 1u) - 1u);
            }
        }
        workgroupBarrier();
    }
}
