//! Every shader: valid for naga, and bound as its kernel says.

use entroscope::kernels::{KERNELS, KernelSpec};
use wgpu::naga;

fn module(spec: &KernelSpec) -> naga::Module {
    naga::front::wgsl::parse_str(spec.wgsl).unwrap_or_else(|error| {
        panic!("{}.wgsl: {}", spec.name, error.emit_to_string(spec.wgsl));
    })
}

#[test]
fn every_shader_is_valid_without_any_optional_feature() {
    for spec in KERNELS {
        let module = module(spec);
        let mut validator =
            naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
        if let Err(error) = validator.validate(&module) {
            panic!("{}.wgsl: {}", spec.name, error.emit_to_string(spec.wgsl));
        }
    }
}

#[test]
fn every_parameter_block_is_the_kernels_own() {
    for spec in KERNELS {
        let module = module(spec);
        let (_, params) = module
            .types
            .iter()
            .find(|(_, ty)| ty.name.as_deref() == Some("Params"))
            .unwrap_or_else(|| panic!("{}.wgsl has no struct Params", spec.name));
        let naga::TypeInner::Struct { members, .. } = &params.inner else { panic!("Params is a struct") };
        let found: Vec<(String, &str)> = members
            .iter()
            .map(|member| {
                let scalar = match module.types[member.ty].inner {
                    naga::TypeInner::Scalar(naga::Scalar { kind: naga::ScalarKind::Uint, width: 4 }) => "u32",
                    naga::TypeInner::Scalar(naga::Scalar { kind: naga::ScalarKind::Float, width: 4 }) => "f32",
                    _ => "something else",
                };
                (member.name.clone().unwrap_or_default(), scalar)
            })
            .collect();
        let expected: Vec<(String, &str)> = spec.params.iter().map(|(name, ty)| ((*name).into(), *ty)).collect();
        assert_eq!(found, expected, "{}.wgsl: struct Params", spec.name);
        // 4-byte scalars one after the other: member i lies at 4 i, as the words are written.
        for (i, member) in members.iter().enumerate() {
            assert_eq!(member.offset as usize, 4 * i, "{}.wgsl: {:?}", spec.name, member.name);
        }
    }
}

#[test]
fn every_binding_has_its_name_its_place_and_its_access() {
    for spec in KERNELS {
        let module = module(spec);
        let mut found: Vec<(u32, String, &str)> = module
            .global_variables
            .iter()
            .filter_map(|(_, variable)| {
                let access = match variable.space {
                    naga::AddressSpace::Uniform => "uniform",
                    naga::AddressSpace::Storage { access } if access.contains(naga::StorageAccess::STORE) => "write",
                    naga::AddressSpace::Storage { .. } => "read",
                    _ => return None,
                };
                let binding = variable.binding.as_ref().expect("a bound variable");
                assert_eq!(binding.group, 0, "{}.wgsl: one group", spec.name);
                Some((binding.binding, variable.name.clone().unwrap_or_default(), access))
            })
            .collect();
        found.sort();
        let names = std::iter::once(("params", "uniform"))
            .chain(spec.inputs.iter().map(|name| (*name, "read")))
            .chain(spec.outputs.iter().map(|name| (*name, "write")));
        let expected: Vec<(u32, String, &str)> =
            (0..).zip(names).map(|(binding, (name, access))| (binding, name.into(), access)).collect();
        assert_eq!(found, expected, "{}.wgsl", spec.name);
    }
}

/// Name and text of every file in a folder, sorted.
fn files(folder: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, String)> = entries
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_shader_file_belongs_to_a_kernel_and_every_kernel_to_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders");
    let found: Vec<String> = files(folder).into_iter().map(|(name, _)| name).collect();
    let mut expected: Vec<String> = KERNELS.iter().map(|spec| format!("{}.wgsl", spec.name)).collect();
    expected.sort();
    assert_eq!(found, expected);
    for (name, text) in files(&format!("{folder}/shared")) {
        // Its lines are there, without their comments.
        let begins = |spec: &&&KernelSpec| {
            let bare = |line: &str| line.split("//").next().unwrap_or_default().trim().to_owned();
            spec.wgsl.lines().take(text.lines().count()).map(str::to_owned).eq(text.lines().map(bare))
        };
        let users = KERNELS.iter().filter(begins).count();
        assert!(users > 1, "shared/{name} goes before {users} shaders");
    }
}

#[test]
fn workgroup_memory_fits_every_adapter() {
    // 16 KB is what WebGPU promises everywhere.
    for spec in KERNELS {
        let module = module(spec);
        let mut layouter = naga::proc::Layouter::default();
        layouter.update(module.to_ctx()).expect("sized types");
        let shared = module.global_variables.iter().filter(|(_, v)| v.space == naga::AddressSpace::WorkGroup);
        let bytes: u32 = shared.map(|(_, variable)| layouter[variable.ty].size).sum();
        assert!(bytes <= 16_384, "{}.wgsl uses {bytes} bytes of workgroup memory", spec.name);
    }
}
