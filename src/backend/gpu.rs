//! The GPU engine: tensors in buffers of a WebGPU device, passes recorded and submitted together. The only file that
//! names wgpu (but for `platform`).

use std::sync::{Arc, Mutex, PoisonError};

use futures_channel::oneshot;

use super::store::Store;
use super::{BackendError, Tensor};
use crate::kernels::{Kernel, KernelSpec};
use crate::platform;

/// A device with its pipelines, the tensors of one run, and the passes not yet submitted.
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    info: wgpu::AdapterInfo,
    faults: Faults,
    /// Invocations that share a sum, for shaders that leave it open (`override LANES`).
    lanes: u32,
    pipelines: Vec<(&'static str, wgpu::ComputePipeline)>,
    pub(super) tensors: Store<wgpu::Buffer>,
    recording: Vec<Command>,
}

/// What the device reported on its own: without a look at these, a rejected shader is a successful run of zeros.
type Faults = Arc<Mutex<Vec<String>>>;

/// What is recorded until the next submit.
enum Command {
    Pass(Pass),
    /// Copies the bytes of one buffer to another.
    Copy {
        from: wgpu::Buffer,
        to: wgpu::Buffer,
    },
}

/// One dispatch.
struct Pass {
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    params: wgpu::Buffer,
    workgroups: [u32; 3],
}

impl Gpu {
    /// Opens the best adapter with default limits; a software adapter only where `software` allows it.
    pub(super) async fn open(software: bool) -> Result<Self, BackendError> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = instance.request_adapter(&options).await;
        let adapter = adapter.map_err(|_| BackendError("no WebGPU adapter was found".into()))?;
        let info = adapter.get_info();
        if info.device_type == wgpu::DeviceType::Cpu && !software {
            return Err(BackendError(format!("{} is a software adapter, slower than the CPU engine", name(&info))));
        }
        let request = adapter.request_device(&wgpu::DeviceDescriptor::default()).await;
        let (device, queue) =
            request.map_err(|error| BackendError(format!("{} gave no device ({error})", name(&info))))?;
        let faults = Faults::default();
        device.on_uncaptured_error(Arc::new({
            let faults = faults.clone();
            move |error| note(&faults, &error.to_string())
        }));
        device.set_device_lost_callback({
            let faults = faults.clone();
            move |reason, message| note(&faults, &format!("the device was lost ({reason:?}: {message})"))
        });
        // In software an invocation is not for free.
        let lanes = if info.device_type == wgpu::DeviceType::Cpu { 1 } else { MOST_LANES };
        Ok(Self {
            device,
            queue,
            info,
            faults,
            lanes,
            pipelines: Vec::new(),
            tensors: Store::default(),
            recording: Vec::new(),
        })
    }

    /// Name of the adapter, for people.
    pub fn adapter(&self) -> String {
        name(&self.info)
    }

    /// Whether the adapter computes on the CPU.
    pub fn is_software(&self) -> bool {
        self.info.device_type == wgpu::DeviceType::Cpu
    }

    /// Has so many invocations share a sum, where a shader leaves it open: 1, 2, 4 or 8. Nothing but rounding depends on it.
    pub fn set_lanes(&mut self, lanes: u32) {
        assert!(lanes.is_power_of_two() && lanes <= MOST_LANES, "{lanes} lanes");
        self.lanes = lanes;
        self.pipelines.clear();
    }

    /// Loses the device on purpose, as a driver reset would.
    pub fn destroy(&self) {
        self.device.destroy();
    }

    pub(super) fn tensor(&mut self, values: &[f32]) -> usize {
        let index = self.zeros(values.len());
        self.write(Tensor { index, len: values.len() }, values);
        index
    }

    pub(super) fn write(&mut self, tensor: Tensor, values: &[f32]) {
        self.queue.write_buffer(self.tensors.get(tensor), 0, bytemuck::cast_slice(values));
    }

    pub(super) fn zeros(&mut self, len: usize) -> usize {
        self.tensors.add(self.buffer(4 * len, TENSOR))
    }

    pub(super) fn copy(&mut self, tensor: Tensor) -> usize {
        let (from, to) = (self.tensors.get(tensor).clone(), self.buffer(4 * tensor.len, TENSOR));
        self.recording.push(Command::Copy { from, to: to.clone() });
        self.tensors.add(to)
    }

    /// A buffer of zeros. Never mapped at creation: on a lost device there would be nothing to map.
    fn buffer(&self, bytes: usize, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        let size = bytes as u64;
        self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
    }

    pub(super) fn run(&mut self, kernel: &dyn Kernel, tensors: &[Tensor]) {
        let spec = kernel.spec();
        let made = self.pipelines.iter().find(|(name, _)| *name == spec.name).map(|(_, pipeline)| pipeline.clone());
        let pipeline = made.unwrap_or_else(|| {
            let pipeline = pipeline(&self.device, spec, self.lanes);
            self.pipelines.push((spec.name, pipeline.clone()));
            pipeline
        });
        let words = kernel.words();
        let params = self.buffer(4 * words.len(), wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST);
        self.queue.write_buffer(&params, 0, bytemuck::cast_slice(&words));
        let buffers = std::iter::once(&params).chain(tensors.iter().map(|tensor| self.tensors.get(*tensor)));
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let bind_group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(spec.name),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        self.recording.push(Command::Pass(Pass { pipeline, bind_group, params, workgroups: kernel.workgroups() }));
    }

    pub(super) async fn read(&mut self, tensors: &[Tensor]) -> Result<Vec<Vec<f32>>, BackendError> {
        self.check()?;
        let bytes: usize = tensors.iter().map(|tensor| 4 * tensor.len).sum();
        let staging = self.buffer(bytes, wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let commands = std::mem::take(&mut self.recording);
        encode(&mut encoder, &commands);
        let mut offset = 0;
        for tensor in tensors {
            let size = 4 * tensor.len as u64;
            encoder.copy_buffer_to_buffer(self.tensors.get(*tensor), 0, &staging, offset, size);
            offset += size;
        }
        self.queue.submit([encoder.finish()]);
        self.tensors.submitted();
        let (sender, receiver) = oneshot::channel();
        // The receiver is gone only if this future was dropped: then nobody waits for the answer.
        staging.map_async(wgpu::MapMode::Read, .., move |result| drop(sender.send(result)));
        platform::wait_for(&self.device);
        let mapped = receiver.await;
        self.check()?;
        if !matches!(mapped, Ok(Ok(()))) {
            return Err(BackendError("the results could not be read back from the GPU".into()));
        }
        let bytes = staging.get_mapped_range(..).map_err(|error| BackendError(error.to_string()))?;
        let mut rest = &bytes[..];
        let take = |tensor: &Tensor| {
            let (values, after) = rest.split_at(4 * tensor.len);
            rest = after;
            bytemuck::pod_collect_to_vec(values)
        };
        let read = tensors.iter().map(take).collect();
        drop(bytes);
        staging.destroy();
        // Destroyed rather than left to a garbage collector, which does not see how large a buffer is.
        for command in commands {
            if let Command::Pass(pass) = command {
                pass.params.destroy();
            }
        }
        Ok(read)
    }

    pub(super) fn clear(&mut self) {
        self.recording.clear();
        self.tensors.clear().into_iter().for_each(|buffer| buffer.destroy());
    }

    /// The first fault that the device reported, if any.
    fn check(&self) -> Result<(), BackendError> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.first().map_or(Ok(()), |fault| Err(BackendError(fault.clone())))
    }
}

/// Invocations that share a sum on a GPU: 32 rows of them are 256, the most that a workgroup may have everywhere.
const MOST_LANES: u32 = 8;

const TENSOR: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_SRC).union(wgpu::BufferUsages::COPY_DST);

/// Keeps a fault, in one line.
fn note(faults: &Faults, fault: &str) {
    let lines: Vec<&str> = fault.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    faults.lock().unwrap_or_else(PoisonError::into_inner).push(lines.join(" "));
}

/// An adapter's name for people; browsers may keep it to themselves.
fn name(info: &wgpu::AdapterInfo) -> String {
    let known = [&info.name, &info.driver].into_iter().find(|text| !text.is_empty());
    known.map_or_else(|| format!("{} adapter", info.backend), Clone::clone)
}

/// All commands in order; passes that follow one another share a compute pass.
fn encode(encoder: &mut wgpu::CommandEncoder, commands: &[Command]) {
    for run in commands.chunk_by(|a, b| matches!((a, b), (Command::Pass(_), Command::Pass(_)))) {
        if let [Command::Copy { from, to }] = run {
            encoder.copy_buffer_to_buffer(from, 0, to, 0, to.size());
            continue;
        }
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for command in run {
            if let Command::Pass(Pass { pipeline, bind_group, workgroups: [x, y, z], .. }) = command {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, bind_group, &[]);
                pass.dispatch_workgroups(*x, *y, *z);
            }
        }
    }
}

fn pipeline(device: &wgpu::Device, spec: &KernelSpec, lanes: u32) -> wgpu::ComputePipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(spec.name),
        source: wgpu::ShaderSource::Wgsl(spec.wgsl.into()),
    });
    let lanes = [("LANES", f64::from(lanes))];
    let constants: &[_] = if spec.wgsl.contains("override LANES") { &lanes } else { &[] };
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(spec.name),
        layout: None,
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
        cache: None,
    })
}
