// What the three layers answer to images when nothing is learned (definition: src/kernels/wta_codes.rs). One workgroup is one image.

struct Params {
    kx: u32,
    ky: u32,
    ex: u32,
    winners: u32,
    invariant: u32,
    wta: u32,
    frames: u32,
    room: u32,
    neighbour: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> drive: array<f32>;            // (PIXELS + sN, room)
@group(0) @binding(2) var<storage, read> sw: array<f32>;               // (PIXELS, sN)
@group(0) @binding(3) var<storage, read> iw: array<f32>;               // (iN, sN)
@group(0) @binding(4) var<storage, read> ww: array<f32>;               // (iN, wN)
@group(0) @binding(5) var<storage, read_write> excited: array<f32>;    // (sN, room)
@group(0) @binding(6) var<storage, read_write> chosen: array<f32>;     // (2 n_w + 1, room)
@group(0) @binding(7) var<storage, read_write> codes: array<f32>;      // (iN, room)

const WIDTH = 64u;            // invocations of a workgroup
const PIXELS = 784u;
const MOST_WINNERS = 256u;    // winners that fit

var<workgroup> sh_value: array<f32, WIDTH>;
var<workgroup> sh_unit: array<u32, WIDTH>;       // 0 for none, else the unit plus 1
var<workgroup> sh_last: vec2u;                   // the winner found last plus 1, and the bits of its excitation
var<workgroup> sh_winner: array<u32, MOST_WINNERS>;    // the most excited first
var<workgroup> sh_answer: array<f32, MOST_WINNERS>;

// Whether a unit comes before another: more excited, or as much and later. No unit (0) comes last.
fn above(value_a: f32, unit_a: u32, value_b: f32, unit_b: u32) -> bool {
    if unit_a == 0u {
        return false;
    }
    return unit_b == 0u || value_a > value_b || (value_a == value_b && unit_a > unit_b);
}

fn excitation(p: u32, unit: u32) -> f32 {
    let x = unit % params.kx;
    let y = unit / params.kx;
    let wide = min(params.kx, 2u * params.ex + 1u);
    let tall = min(params.ky, 2u * params.ex + 1u);
    let left = x + params.ex * (params.kx - 1u);
    let upper = y + params.ex * (params.ky - 1u);
    var sum = 0.0;
    for (var i = 0u; i < wide * tall; i++) {
        let column = (left + i % wide) % params.kx;
        let row = (upper + i / wide) % params.ky;
        sum += drive[p + row * params.kx + column];
    }
    let own = drive[p + unit];
    return own + params.neighbour * (sum - own);
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
    let sparse = params.kx * params.ky;
    let p = group.x * (PIXELS + sparse) + PIXELS;
    let c = group.x * sparse;
    for (var unit = me; unit < sparse; unit += WIDTH) {
        excited[c + unit] = excitation(p, unit);
    }

    // Winner after winner: every invocation reads only what it wrote itself.
    for (var n = 0u; n < params.winners; n++) {
        let last = workgroupUniformLoad(&sh_last);
        var best = 0.0;
        var best_unit = 0u;
        for (var unit = me; unit < sparse; unit += WIDTH) {
            let value = excited[c + unit];
            let open = n == 0u || above(bitcast<f32>(last.y), last.x, value, unit + 1u);
            if open && above(value, unit + 1u, best, best_unit) {
                best = value;
                best_unit = unit + 1u;
            }
        }
        sh_value[me] = best;
        sh_unit[me] = best_unit;
        workgroupBarrier();
        if me == 0u {
            for (var i = 1u; i < WIDTH; i++) {
                if above(sh_value[i], sh_unit[i], best, best_unit) {
                    best = sh_value[i];
                    best_unit = sh_unit[i];
                }
            }
            sh_last = vec2u(best_unit, bitcast<u32>(best));
            sh_winner[n] = max(best_unit, 1u) - 1u;
        }
        workgroupBarrier();
    }

    let answers = group.x * (2u * params.winners + 1u);
    for (var n = me; n < params.winners; n += WIDTH) {
        let unit = sh_winner[n];
        var total = 0.0;
        for (var row = 0u; row < 28u; row++) {
            // Cleared in words: Chromium's software adapter does not clear a variable that is declared in a loop.
            var part = 0.0;
            for (var i = 0u; i < 28u; i++) {
                part += sw[unit * PIXELS + row * 28u + i];
            }
            total += part;
        }
        let so = drive[p + unit] / total;
        let at = params.winners - 1u - n;
        sh_answer[n] = so;
        chosen[answers + at] = f32(unit);
        chosen[answers + params.winners + at] = so;
    }
    workgroupBarrier();

    for (var b = me; b < params.invariant; b += WIDTH) {
        var code = 0.0;
        for (var n = 0u; n < params.winners; n++) {
            let at = params.winners - 1u - n;
            code += iw[sh_winner[at] * params.invariant + b] * sh_answer[at];
        }
        codes[group.x * params.invariant + b] = code;
    }
    storageBarrier();

    var best = 0.0;
    var best_unit = 0u;
    for (var unit = me; unit < params.wta; unit += WIDTH) {
        var q = 0.0;
        for (var b = 0u; b < params.invariant; b++) {
            q += ww[unit * params.invariant + b] * codes[group.x * params.invariant + b];
        }
        if best_unit == 0u || q > best {
            best = q;
            best_unit = unit + 1u;
        }
    }
    sh_value[me] = best;
    sh_unit[me] = best_unit;
    workgroupBarrier();
    if me == 0u {
        // The first of the largest.
        for (var i = 1u; i < WIDTH; i++) {
            let first = sh_value[i] == best && sh_unit[i] < best_unit;
            if sh_unit[i] > 0u && (sh_value[i] > best || first) {
                best = sh_value[i];
                best_unit = sh_unit[i];
            }
        }
        chosen[answers + 2u * params.winners] = f32(max(best_unit, 1u) - 1u);
    }
}
