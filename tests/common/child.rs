//! Tests in an environment of their own: this very program once more, asked for one task.

use crate::adapter::skip::skipped;
use std::path::PathBuf;
use std::process::Command;

/// The task, in a child; `None` in the program itself.
pub fn task() -> Option<String> {
    std::env::var("QUADRILLE_TEST_CHILD").ok()
}

/// Says how the task went, in one line.
pub fn say(outcome: &str) {
    println!("\nSAID {outcome}");
}

/// Runs a task in a child with some variables set, and returns what it said. The program has a test `child` for it.
pub fn ask(task: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]).env("QUADRILLE_TEST_CHILD", task);
    command.env_remove("QUADRILLE_ADAPTER").envs(environment.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let said = text.lines().find_map(|line| line.strip_prefix("SAID "));
    let Some(said) = said else {
        panic!("{task} {environment:?}: {}\n{text}\n{}", output.status, String::from_utf8_lossy(&output.stderr))
    };
    said.to_owned()
}

/// Variables that hide every driver; `None` where there are none such.
pub fn no_driver() -> Option<[(&'static str, &'static str); 2]> {
    if !cfg!(target_os = "linux") {
        skipped("drivers are hidden by a variable on Linux alone");
        return None;
    }
    Some([("VK_DRIVER_FILES", "/nonexistent"), ("VK_ICD_FILENAMES", "/nonexistent")])
}

/// A folder with a Vulkan loader that fails on demand; `None` where there is none to be had.
pub fn faulty_loader() -> Option<String> {
    let loader = "/usr/lib/x86_64-linux-gnu/libvulkan.so.1";
    if !std::path::Path::new(loader).exists() {
        skipped(format_args!("no {loader}"));
        return None;
    }
    // One for each program: they may run at the same time.
    let program = std::env::current_exe().unwrap().file_name().unwrap().to_owned();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("faulty_loader").join(program);
    std::fs::create_dir_all(&folder).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gpu_faults/fault.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(folder.join("libvulkan.so.1")).args([source, "-ldl"]);
    match compiler.status() {
        Ok(status) if status.success() => Some(folder.to_string_lossy().into_owned()),
        _ => {
            skipped("no C compiler");
            None
        }
    }
}
