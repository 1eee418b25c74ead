// A unit of infinite width after its rectifier (definition: src/kernels/ntk_infinite/relu.rs), for both passes of the infinite
// kernel.

const INV_PI = 0.31830987;
const TINY = 1e-30;

// K and T after a relu; u is tan(theta / 2). WGSL leaves its own atan2 too much room.
fn relu(c: f32, t: f32, n: f32, apart: f32) -> vec2f {
    let sum = n + c + TINY;
    let u = sqrt(max(n - c, 0.0) / sum) * apart;
    let w = u * u;
    var p = 0.0028498897;
    p = p * w - 0.01606863;
    p = p * w + 0.04269152;
    p = p * w - 0.07504295;
    p = p * w + 0.10640934;
    p = p * w - 0.14203644;
    p = p * w + 0.1999262;
    p = p * w - 0.33333072;
    p = p * w + 1.0;
    let open = 0.5 - u * p * INV_PI;
    return vec2f(u * sum * (0.5 * INV_PI) + open * c, open * t);
}
