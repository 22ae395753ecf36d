//! Opening a device, and everything that goes wrong with one. What needs an environment of its own runs in a child
//! process: this very program, asked for one task.

use crate::adapter::{self, adapter};
use crate::child::{self, faulty_loader, no_driver};
use quadrille::Expression;
use quadrille::gpu::{Device, GpuError, Precision, adapters, evaluate};

const HERE: &str = module_path!();

/// The task of the child, and how it went, in one line.
#[test]
fn child() {
    let Some(task) = child::task() else { return };
    let x = Expression::parse("x + 1").unwrap();
    let value = |device: &Device| {
        let mut value = [0.0];
        evaluate(device, &x, Precision::Auto, &[41.0], &mut value).map(|()| value[0])
    };
    let said = match task.as_str() {
        "adapters" => format!("{:?}", adapters().map(|found| found.len())),
        "shared" => format!("{:?}", Device::shared().map(|device| device.info().name.clone())),
        "value" => format!("{:?}", Device::shared().and_then(|device| value(&device))),
        // Again and again, as long as there is hope.
        "insist" => {
            let tries = (0..6).map(|_| match Device::shared().and_then(|device| value(&device)) {
                Ok(value) => format!("{value}"),
                Err(GpuError::Lost { .. } | GpuError::Panicked { .. }) => "lost".to_owned(),
                Err(GpuError::OutOfMemory) => "memory".to_owned(),
                Err(GpuError::Open { .. }) => "open".to_owned(),
                Err(error) => format!("{error:?}"),
            });
            tries.collect::<Vec<_>>().join(" ")
        }
        // A driver that is installed only after the first try.
        "later" => {
            let first = Device::shared().map(|device| device.info().name.clone());
            let [from, to] = ["DRIVER", "VK_DRIVER_FILES"].map(|name| std::env::var(name).unwrap());
            std::fs::copy(from, to).unwrap();
            format!("{first:?} then {:?}", Device::shared().and_then(|device| value(&device)))
        }
        _ => panic!("{task}"),
    };
    child::say(&said);
}

/// The file that names the driver of this machine's software adapter; `None` where it is not known.
fn driver() -> Option<String> {
    let known = ["/usr/share/vulkan/icd.d/lvp_icd.x86_64.json".to_owned()];
    let named = std::env::var("VK_DRIVER_FILES").ok().into_iter().chain(known);
    let found = named.into_iter().find(|file| std::path::Path::new(file).is_file());
    if found.is_none() {
        adapter::skip::skipped("no file that names a Vulkan driver");
    }
    found
}

#[test]
fn a_driver_that_comes_later_is_found() {
    let (Some(name), Some(driver)) = (adapter(), driver()) else { return };
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("later");
    std::fs::create_dir_all(&folder).unwrap();
    // Beside the driver, which may be named relative to its file.
    let text = std::fs::read_to_string(&driver).unwrap();
    let beside = std::path::Path::new(&driver).parent().unwrap().to_string_lossy().into_owned();
    let absolute = folder.join("driver.json");
    std::fs::write(&absolute, text.replace("\"./", &format!("\"{beside}/"))).unwrap();
    let later = folder.join("later.json");
    let _ = std::fs::remove_file(&later);
    let variables = [
        ("QUADRILLE_ADAPTER", name.as_str()),
        ("DRIVER", absolute.to_str().unwrap()),
        ("VK_DRIVER_FILES", later.to_str().unwrap()),
    ];
    let said = child::ask(HERE, "later", &variables);
    assert!(said.starts_with("Err(") && said.ends_with("then Ok(42.0)"), "{said}");
}

#[test]
fn without_a_driver_there_is_no_adapter() {
    let Some(nowhere) = no_driver() else { return };
    assert_eq!(child::ask(HERE, "adapters", &nowhere), "Ok(0)");
    assert!(child::ask(HERE, "shared", &nowhere).starts_with("Err(NoAdapter"));
    assert!(child::ask(HERE, "value", &nowhere).starts_with("Err(NoAdapter"), "and again");
}

#[test]
fn software_is_used_when_it_is_named() {
    let Some(name) = adapter() else { return };
    let listed = adapters().unwrap();
    let said = child::ask(HERE, "shared", &[]);
    if listed.iter().all(|adapter| adapter.is_software()) {
        assert!(said.starts_with("Err(SoftwareOnly"), "{said}");
    } else {
        assert!(said.starts_with("Ok("), "{said}");
    }
    assert_eq!(child::ask(HERE, "shared", &[("QUADRILLE_ADAPTER", &name.to_uppercase())]), format!("Ok({name:?})"));
    assert_eq!(child::ask(HERE, "value", &[("QUADRILLE_ADAPTER", &name)]), "Ok(42.0)");
    assert!(child::ask(HERE, "shared", &[("QUADRILLE_ADAPTER", "no such thing")]).starts_with("Err(UnknownAdapter"));
}

#[test]
fn a_device_of_the_callers_own() {
    let Some(name) = adapter() else { return };
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let adapter = found.into_iter().find(|adapter| adapter.get_info().name == name).unwrap();
    // Without the features for double precision.
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default())).unwrap();
    let own = Device::from_wgpu(device.clone(), queue).unwrap();
    assert_eq!(own.info().name, name);
    assert_eq!(own.supports(Precision::F64), Err(GpuError::Unsupported { precision: Precision::F64 }));
    let (x, mut value) = (Expression::parse("x + 1").unwrap(), [0.0]);
    evaluate(&own, &x, Precision::F32x2, &[41.0], &mut value).unwrap();
    assert_eq!(value, [42.0]);
    device.destroy();
    assert!(evaluate(&own, &x, Precision::F32x2, &[41.0], &mut value).is_err());
    assert!(evaluate(&own, &x, Precision::F32, &[41.0], &mut value).is_err());
}

#[test]
fn a_lost_device_is_replaced_once() {
    let Some(name) = adapter() else { return };
    let Some(folder) = faulty_loader() else { return };
    let insist = |fault: &str, code: &str, after: &str| {
        let said = child::ask(
            HERE,
            "insist",
            &[
                ("QUADRILLE_ADAPTER", &name),
                ("LD_LIBRARY_PATH", &folder),
                ("FAULT", fault),
                ("FAULT_CODE", code),
                ("FAULT_AFTER", after),
            ],
        );
        eprintln!("{fault} {code} after {after}: {said}");
        said
    };
    assert_eq!(insist("none", "0", "0"), "42 42 42 42 42 42");
    // Opening takes some calls; every later one fails. Whatever happens, it ends in an error and no wrong value.
    for (fault, code) in
        [("wait", "-4"), ("submit", "-4"), ("submit", "-2"), ("alloc", "-2"), ("pipe", "-2"), ("pipe", "-13")]
    {
        for after in ["0", "2", "3", "5"] {
            let said = insist(fault, code, after);
            let values: Vec<_> = said.split(' ').collect();
            assert_eq!(values.len(), 6, "{said}");
            assert!(values.iter().all(|value| ["42", "lost", "memory", "open"].contains(value)), "{said}");
        }
    }
    assert_eq!(insist("device", "-4", "0"), "open open open open open open");
}
