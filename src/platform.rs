//! What differs between the browser and a native program: who drives the device.

/// Lets the device work until all that was submitted is done. The browser does this by itself.
#[cfg(not(target_arch = "wasm32"))]
pub fn wait_for(device: &wgpu::Device) {
    // A lost device fails here too; the callback of the mapped buffer reports it.
    drop(device.poll(wgpu::PollType::wait_indefinitely()));
}

/// Lets the device work until all that was submitted is done. The browser does this by itself.
#[cfg(target_arch = "wasm32")]
pub fn wait_for(_device: &wgpu::Device) {}
