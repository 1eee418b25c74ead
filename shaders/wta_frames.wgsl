// The three layers through a block of frames (definition: src/kernels/wta_frames). One workgroup, because every frame follows from the
// one before; its invocations share the pixels, the units, and the winners' rows.

struct Params {
    kx: u32,
    ky: u32,
    ex: u32,
    winners: u32,
    invariant: u32,
    wta: u32,
    frames: u32,
    room: u32,
    first: u32,
    period: u32,
    keeps: f32,
    neighbour: f32,
    xi: f32,
    s_clip: f32,
    alpha: f32,
    leta: f32,
    seta: f32,
    norm: f32,
    phi: f32,
    w_clip: f32,
    reads: f32,
    aims: f32,
    balance: f32,
    share_rate: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> drive: array<f32>;     // (PIXELS + sN, room)
@group(0) @binding(2) var<storage, read_write> sw: array<f32>;        // (PIXELS, sN)
@group(0) @binding(3) var<storage, read_write> tiles: array<f32>;     // (LANES, PIXELS, tiles)
@group(0) @binding(4) var<storage, read_write> iw: array<f32>;        // (iN, sN)
@group(0) @binding(5) var<storage, read_write> ww: array<f32>;        // (iN, wN)
@group(0) @binding(6) var<storage, read_write> state: array<f32>;     // io (iN), io_pert (iN), shares of wins (wN)
@group(0) @binding(7) var<storage, read_write> records: array<f32>;   // (RECORD + n_w, room)

const WIDTH = 256u;         // invocations
const LANES = 16u;          // invocations that share a row
const ROWS = 16u;           // rows that are summed at a time
const OWN = 16u;            // sparse units of an invocation at most
const PIXELS = 784u;
const RECORD = 8u;
const MOST_WINNERS = 64u;
const MOST_CHANGED = 512u;
const MOST_INVARIANT = 400u;
const PREC = 1e-10;
const NEAR = 2e-10;         // prec, and room for rounding
const SPARSE_FLOOR = 1e-30; // see sparse.rs
const FLOOR = 1e-20;        // see invariant.rs
const DARK = 1e-15;
const LOWEST = -3.4e38;

var<workgroup> sh_v: array<f32, PIXELS>;
var<workgroup> sh_part: array<f32, WIDTH>;
var<workgroup> sh_best: array<f32, WIDTH>;
var<workgroup> sh_best_at: array<u32, WIDTH>;
var<workgroup> sh_winners: array<u32, MOST_WINNERS>;
var<workgroup> sh_answers: array<f32, MOST_WINNERS>;        // so
var<workgroup> sh_rates: array<f32, MOST_WINNERS>;          // g
var<workgroup> sh_changed: array<u32, MOST_CHANGED>;        // units that have changed since the block began
var<workgroup> sh_is_changed: array<u32, WIDTH>;            // a bit each, by invocation and place among its own
var<workgroup> sh_count: u32;
var<workgroup> sh_scale: array<f32, MOST_INVARIANT>;        // ρ: iw is ρ times what the tensor holds
var<workgroup> sh_input: array<f32, MOST_INVARIANT>;        // ρ io; then what the last layer reads
var<workgroup> sh_error: array<f32, MOST_WINNERS>;

// Waits until all have come so far, and sees what they wrote.
fn meet() {
    storageBarrier();
    workgroupBarrier();
}

// Σ over sixteen of sh_part.
fn sixteen(first: u32) -> f32 {
    var sum = vec4f(0.0);
    for (var i = first; i < first + ROWS; i += 4u) {
        sum += vec4f(sh_part[i], sh_part[i + 1u], sh_part[i + 2u], sh_part[i + 3u]);
    }
    return (sum.x + sum.y) + (sum.z + sum.w);
}

// Σ over the sixteen invocations of a row, for its first one.
fn along(me: u32, value: f32) -> f32 {
    sh_part[me] = value;
    workgroupBarrier();
    var sum = 0.0;
    if me % LANES == 0u { sum = sixteen(me); }
    workgroupBarrier();
    return sum;
}

// Σ over all invocations, the same for each.
fn total(me: u32, value: f32) -> f32 {
    let row = along(me, value);
    if me % LANES == 0u { sh_part[me / LANES] = row; }
    workgroupBarrier();
    let sum = sixteen(0u);
    workgroupBarrier();
    return sum;
}

// Where the largest value is; of equals the last one if `last`, else the first.
fn largest(me: u32, value: f32, at: u32, last: bool) -> u32 {
    sh_best[me] = value;
    sh_best_at[me] = at;
    workgroupBarrier();
    for (var width = WIDTH / 4u; width > 0u; width /= 4u) {
        if me < width {
            for (var i = me + width; i < 4u * width; i += width) {
                let better = sh_best[i] > sh_best[me];
                let equal = sh_best[i] == sh_best[me] && (sh_best_at[i] > sh_best_at[me]) == last;
                if better || equal { sh_best[me] = sh_best[i]; sh_best_at[me] = sh_best_at[i]; }
            }
        }
        workgroupBarrier();
    }
    return workgroupUniformLoad(&sh_best_at[0]);
}

fn at_least(r: f32) -> f32 {
    return select(r, PREC, r < PREC);
}

// What a unit is excited with: its own drive and its neighbours' on the torus.
fn excitation(column: u32, unit: u32) -> f32 {
    let columns = min(params.kx, 2u * params.ex + 1u);
    let rows = min(params.ky, 2u * params.ex + 1u);
    var sum = 0.0;
    var row = (unit / params.kx + params.ex * (params.ky - 1u)) % params.ky;
    let first = (unit % params.kx + params.ex * (params.kx - 1u)) % params.kx;
    for (var i = 0u; i < rows; i++) {
        var along_row = 0.0;
        var beside = first;
        for (var j = 0u; j < columns; j++) {
            along_row += drive[column + row * params.kx + beside];
            beside = select(beside + 1u, 0u, beside + 1u == params.kx);
        }
        sum += along_row;
        row = select(row + 1u, 0u, row + 1u == params.ky);
    }
    let own = drive[column + unit];
    return own + params.neighbour * (sum - own);
}

// Writes ρ into the weights.
fn fold(me: u32) {
    let weights = params.kx * params.ky * params.invariant;
    var b = me % params.invariant;
    for (var i = me; i < weights; i += WIDTH) {
        let w = iw[i] * sh_scale[b];
        iw[i] = select(w, FLOOR, w > 0.0 && w < FLOOR);
        b = (b + WIDTH) % params.invariant;
    }
    meet();
    for (var b = me; b < params.invariant; b += WIDTH) { sh_scale[b] = 1.0; }
    workgroupBarrier();
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(local_invocation_index) me: u32) {
    let units = params.kx * params.ky;
    let invariant = params.invariant;
    let lane = me % LANES;
    let frozen = params.leta == 0.0 && params.seta == 0.0;
    for (var b = me; b < invariant; b += WIDTH) { sh_scale[b] = 1.0; state[b] *= params.keeps; }
    sh_is_changed[me] = 0u;
    if me == 0u { sh_count = 0u; }
    // Of each of its units: c, and the r last seen over `decay` then.
    var c: array<f32, OWN>;
    var seen: array<f32, OWN>;
    for (var k = 0u; k < OWN; k++) { c[k] = LOWEST; seen[k] = 0.0; }
    var decay = 1.0;
    workgroupBarrier();

    for (var at = 0u; at < params.frames; at++) {
        let start = at * (PIXELS + units);
        let column = start + PIXELS;
        let record = at * (RECORD + params.winners);
        for (var j = me; j < PIXELS; j += WIDTH) { sh_v[j] = drive[start + j]; }
        let changed = workgroupUniformLoad(&sh_count);

        // What the units are driven with whose weights have changed since the block began.
        for (var base = 0u; base < changed; base += ROWS) {
            let place = base + me / LANES;
            var sum = 0.0;
            if place < changed {
                let row = sh_changed[place] * PIXELS;
                for (var j = lane; j < PIXELS; j += LANES) { sum += sw[row + j] * sh_v[j]; }
            }
            sum = along(me, sum);
            if lane == 0u && place < changed { drive[column + sh_changed[place]] = sum; }
        }
        meet();

        // The winners, the most excited first; of equals the later one first, as a stable sort leaves them.
        for (var k = 0u; k < OWN; k++) {
            if me + k * WIDTH < units { c[k] = excitation(column, me + k * WIDTH); }
        }
        for (var n = params.winners; n > 0u; n--) {
            var best = LOWEST;
            var best_at = 0u;
            for (var k = 0u; k < OWN && me + k * WIDTH < units; k++) {
                if c[k] >= best { best = c[k]; best_at = me + k * WIDTH; }
            }
            let winner = largest(me, best, best_at, true);
            if winner % WIDTH == me {
                c[winner / WIDTH] = LOWEST;
                sh_winners[n - 1u] = winner;
                records[record + RECORD + n - 1u] = f32(winner);
            }
        }
        workgroupBarrier();

        // The sparse layer: r, e, and the winners' rows, pixel by pixel.
        var sums = vec3f(0.0);  // of v², e², and the squares of what the weights move by
        for (var j = me; j < PIXELS; j += WIDTH) {
            var r = 0.0;
            for (var n = 0u; n < params.winners; n++) {
                let unit = sh_winners[n];
                r += sw[unit * PIXELS + j] * drive[column + unit];
            }
            let v = sh_v[j];
            let e = v - r;
            let share = params.xi * (clamp(e, -params.s_clip, params.s_clip) / at_least(r));
            sums += vec3f(v * v, e * e, 0.0);
            for (var n = 0u; n < params.winners; n++) {
                let unit = sh_winners[n];
                let w = sw[unit * PIXELS + j];
                let step = w * drive[column + unit] * share;
                let next = w + step;
                sums.z += step * step;
                sw[unit * PIXELS + j] = select(next, SPARSE_FLOOR, next > 0.0 && next < SPARSE_FLOOR);
            }
        }
        if me == 0u && params.xi != 0.0 {
            for (var n = 0u; n < params.winners; n++) {
                let unit = sh_winners[n];
                let bit = 1u << (unit / WIDTH);
                if (sh_is_changed[unit % WIDTH] & bit) == 0u { sh_changed[sh_count] = unit; sh_count++; }
                sh_is_changed[unit % WIDTH] |= bit;
            }
        }
        storageBarrier();
        sums = vec3f(total(me, sums.x), total(me, sums.y), total(me, sums.z));
        for (var base = 0u; base < params.winners; base += ROWS) {
            let place = base + me / LANES;
            var sum = 0.0;
            if place < params.winners {
                let row = sh_winners[place] * PIXELS;
                for (var j = lane; j < PIXELS; j += LANES) { sum += sw[row + j]; }
            }
            sum = along(me, sum);
            if lane == 0u && place < params.winners { sh_answers[place] = drive[column + sh_winners[place]] / sum; }
        }
        workgroupBarrier();

        // The invariant layer: io from the winners' columns.
        var io_sum = 0.0;
        for (var b = me; b < invariant; b += WIDTH) {
            var pert = 0.0;
            for (var n = 0u; n < params.winners; n++) { pert += iw[sh_winners[n] * invariant + b] * sh_answers[n]; }
            pert *= sh_scale[b];
            var io = state[b];
            io += (pert - io) * params.alpha;
            io = select(io, 0.0, abs(io) < DARK);
            state[b] = io;
            state[invariant + b] = pert;
            sh_input[b] = io * sh_scale[b];
            io_sum += io;
        }
        io_sum = total(me, io_sum);
        meet();

        // Its update: the winners' columns, and those of the others in which r may not exceed prec.
        for (var base = 0u; base < params.winners; base += ROWS) {
            let place = base + me / LANES;
            var r = 0.0;
            if place < params.winners {
                let first = sh_winners[place] * invariant;
                for (var b = lane; b < invariant; b += LANES) { r += iw[first + b] * sh_input[b]; }
            }
            r = along(me, r);
            if lane == 0u && place < params.winners {
                let so = sh_answers[place];
                let e = so - r;
                sh_error[place] = e * e;
                sh_rates[place] = e * select(params.seta, params.leta, so > 0.0) / at_least(r);
            }
        }
        workgroupBarrier();
        if !frozen {
            for (var i = me; i < params.winners * invariant; i += WIDTH) {
                let place = i / invariant;
                let b = i % invariant;
                iw[sh_winners[place] * invariant + b] *= (1.0 + state[b] * sh_rates[place]) / (1.0 - params.seta * state[b]);
            }
            // These are seen when the next frame comes; not now, when they have already changed.
            for (var n = 0u; n < params.winners; n++) {
                if sh_winners[n] % WIDTH == me { seen[sh_winners[n] / WIDTH] = -1.0; }
            }
            for (var k = 0u; k < OWN && me + k * WIDTH < units; k++) {
                let unit = me + k * WIDTH;
                let last = seen[k];
                seen[k] = max(last, 0.0);
                if last < 0.0 || last * decay > NEAR { continue; }
                var r = 0.0;
                for (var b = 0u; b < invariant; b++) { r += iw[unit * invariant + b] * sh_input[b]; }
                seen[k] = select(0.0, r / decay, decay > 0.0);
                if r <= PREC {
                    for (var b = 0u; b < invariant; b++) {
                        let io = state[b];
                        iw[unit * invariant + b] *= (1.0 - io * params.seta * (r / PREC)) / (1.0 - params.seta * io);
                    }
                }
            }
            workgroupBarrier();
            for (var b = me; b < invariant; b += WIDTH) { sh_scale[b] *= 1.0 - params.seta * state[b]; }
            decay = max(decay * (1.0 - params.alpha) * (1.0 - params.seta * io_sum), 0.0);
        }
        if params.period > 0u && (params.first + at) % params.period == 0u {
            meet();
            fold(me);
            for (var b = me; b < invariant; b += WIDTH) {
                var sum = 0.0;
                for (var a = 0u; a < units; a += params.kx) {
                    var part = 0.0;
                    for (var i = a; i < a + params.kx; i++) { part += iw[i * invariant + b]; }
                    sum += part;
                }
                sh_scale[b] = params.norm / sum;
            }
            workgroupBarrier();
            fold(me);
            for (var k = 0u; k < OWN; k++) { seen[k] = 0.0; }
            decay = 1.0;
        }
        meet();

        // The winner-take-all layer.
        for (var b = me; b < invariant; b += WIDTH) {
            sh_input[b] = (1.0 - params.reads) * state[b] + params.reads * state[invariant + b];
        }
        workgroupBarrier();
        var best = LOWEST;
        var best_at = 0u;
        var answer = 0.0;
        for (var unit = me; unit < params.wta; unit += WIDTH) {
            var q = 0.0;
            for (var b = 0u; b < invariant; b++) { q += ww[unit * invariant + b] * sh_input[b]; }
            let held = q * (1.0 + params.balance * (1.0 - f32(params.wta) * state[2u * invariant + unit]));
            if held > best { best = held; best_at = unit; answer = q; }
        }
        let win = largest(me, best, best_at, false);
        if win % WIDTH == me { sh_best[0] = answer; }
        workgroupBarrier();
        let q = sh_best[0];
        var wta_error = 0.0;
        var wta_change = 0.0;
        for (var b = me; b < invariant; b += WIDTH) {
            let r = ww[win * invariant + b] * q;
            let e = (1.0 - params.aims) * state[b] + params.aims * state[invariant + b] - r;
            let step = r * (clamp(e, -params.w_clip, params.w_clip) / at_least(r)) * params.phi;
            wta_error += e * e;
            wta_change += step * step;
            ww[win * invariant + b] += step;
        }
        for (var unit = me; unit < params.wta; unit += WIDTH) {
            let share = state[2u * invariant + unit];
            state[2u * invariant + unit] = share + (select(0.0, 1.0, unit == win) - share) * params.share_rate;
        }
        let last_sums = vec2f(total(me, wta_error), total(me, wta_change));
        if me == 0u {
            var invariant_error = 0.0;
            for (var n = 0u; n < params.winners; n++) { invariant_error += sh_error[n]; }
            records[record] = f32(win);
            records[record + 1u] = io_sum;
            records[record + 2u] = sums.x;
            records[record + 3u] = sums.y;
            records[record + 4u] = sums.z;
            records[record + 5u] = invariant_error;
            records[record + 6u] = last_sums.x;
            records[record + 7u] = last_sums.y;
        }
        meet();
    }

    // The tiles and the weights as they are now.
    let changed = workgroupUniformLoad(&sh_count);
    for (var place = 0u; place < changed; place++) {
        let unit = sh_changed[place];
        for (var j = me; j < PIXELS; j += WIDTH) {
            tiles[((unit / LANES) * PIXELS + j) * LANES + unit % LANES] = sw[unit * PIXELS + j];
        }
    }
    fold(me);
}
