// How often each answer went with each label (definition: src/kernels/wta_tally.rs). One invocation a label: it alone counts there.

struct Params {
    answers: u32,
    wta: u32,
    frames: u32,
    first: u32,
    images: u32,
    record: u32,
    recorded: u32,
    fresh: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> records: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<f32>;
@group(0) @binding(3) var<storage, read> classes: array<f32>;
@group(0) @binding(4) var<storage, read_write> counts: array<f32>;   // (answers, LABELS)

const LABELS = 10u;

@compute @workgroup_size(16)
fn main(@builtin(local_invocation_index) label: u32) {
    if label >= LABELS {
        return;
    }
    let row = label * params.answers;
    if params.fresh == 1u {
        for (var i = 0u; i < params.answers; i++) {
            counts[row + i] = 0.0;
        }
    }
    for (var frame = 0u; frame < params.frames; frame++) {
        if u32(labels[params.first + frame]) == label {
            let unit = u32(records[frame * params.record]);
            counts[row + u32(classes[unit])] += 1.0;
        }
    }
}
