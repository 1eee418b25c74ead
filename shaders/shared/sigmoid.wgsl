// The logistic function. No pass of its own: goes before the shaders that use it.

// A NaN must come out as NaN, never as a plausible number: min and max may drop it, the sum brings it back.
fn sigmoid(z: f32) -> f32 {
    let bounded = min(max(z, -87.0), 87.0) + (z - z);
    return 1.0 / (1.0 + exp(-bounded));
}

