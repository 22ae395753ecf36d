//! Tests in an environment of their own: this very program once more, asked for one task.

use crate::adapter::skip::skipped;
use std::io::{BufRead, BufReader, read_to_string};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// The task, in a child; `None` in the program itself.
pub fn task() -> Option<String> {
    std::env::var("QUADRILLE_TEST_CHILD").ok()
}

/// Says how the task went, in one line.
pub fn say(outcome: &str) {
    println!("\nSAID {outcome}");
}

/// How long a child may take to say something.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a task in a child with some variables set, and returns what it said. The module has a test `child` for it. Then
/// the child is ended: at the exit of a process a driver may wait for what other threads have begun.
pub fn ask(module: &str, task: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    // Behind the name of the program.
    let test = module.split_once("::").map_or("child".to_owned(), |(_, module)| format!("{module}::child"));
    command.args(["--exact", &test, "--nocapture", "--test-threads=1"]).env("QUADRILLE_TEST_CHILD", task);
    command.env_remove("QUADRILLE_ADAPTER").envs(environment.iter().copied());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (sender, said) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let said = lines.filter_map(|line| Some(line.strip_prefix("SAID ")?.to_owned())).next();
        let _ = sender.send(said);
    });
    let complaints = std::thread::spawn(move || read_to_string(stderr).unwrap_or_default());
    let said = said.recv_timeout(PATIENCE);
    let threads = if said.is_err() { threads(&child) } else { String::new() };
    // Unless it has ended.
    let _ = child.kill();
    let status = child.wait().unwrap();
    match said {
        Ok(Some(said)) => said,
        Ok(None) => panic!("{task} {environment:?}: {status}\n{}", complaints.join().unwrap()),
        Err(_) => panic!("{task} {environment:?} hangs:\n{threads}{}", complaints.join().unwrap()),
    }
}

/// The threads of a child, and what they wait for; where there is such a thing as /proc.
fn threads(child: &Child) -> String {
    let threads = std::fs::read_dir(format!("/proc/{}/task", child.id())).into_iter().flatten().flatten();
    let line = |thread: std::fs::DirEntry| {
        let told = ["comm", "wchan", "syscall"].map(|file| std::fs::read_to_string(thread.path().join(file)));
        told.map(|text| text.unwrap_or_default().trim().to_owned()).join(", ") + "\n"
    };
    threads.map(line).collect()
}

/// Variables that hide every driver; `None` where there are none such.
pub fn no_driver() -> Option<[(&'static str, &'static str); 2]> {
    if !cfg!(target_os = "linux") {
        skipped("drivers are hidden by a variable on Linux alone");
        return None;
    }
    Some([("VK_DRIVER_FILES", "/nonexistent"), ("VK_ICD_FILENAMES", "/nonexistent")])
}

/// A folder with a Vulkan loader that fails on demand, made once; `None` where there is none to be had.
pub fn faulty_loader() -> Option<String> {
    static FOLDER: OnceLock<Option<String>> = OnceLock::new();
    FOLDER.get_or_init(make_loader).clone()
}

fn make_loader() -> Option<String> {
    let loader = "/usr/lib/x86_64-linux-gnu/libvulkan.so.1";
    if !std::path::Path::new(loader).exists() {
        skipped(format_args!("no {loader}"));
        return None;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("faulty_loader");
    std::fs::create_dir_all(&folder).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gpu/faults/fault.c");
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
