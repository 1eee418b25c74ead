//! What the system must have: the WebAssembly target, rustfmt and clippy; for the tests a browser, its driver, and Vulkan.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell;

/// What the library is compiled to for the page.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/// Where a browser's installer puts it, beside `PATH`.
const BROWSER_FILES: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
];

/// The browser to test with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Chromium or Chrome.
    pub program: PathBuf,
    /// Its WebDriver server.
    pub driver: PathBuf,
}

/// One thing the tests need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Browser,
    Vulkan,
}

/// A system's package manager: how it installs, and its packages for the two needs.
struct Manager {
    program: &'static str,
    install: &'static str,
    browser: &'static str,
    vulkan: &'static str,
}

const MANAGERS: [Manager; 5] = [
    Manager {
        program: "apt-get",
        install: "apt-get install -y --no-install-recommends",
        browser: "chromium chromium-driver",
        vulkan: "libvulkan1 mesa-vulkan-drivers",
    },
    Manager {
        program: "dnf",
        install: "dnf install -y",
        browser: "chromium chromedriver",
        vulkan: "vulkan-loader mesa-vulkan-drivers",
    },
    Manager {
        program: "pacman",
        install: "pacman -S --needed --noconfirm",
        browser: "chromium",
        vulkan: "vulkan-icd-loader vulkan-swrast",
    },
    Manager { program: "brew", install: "brew install", browser: "google-chrome chromedriver", vulkan: "" },
    Manager {
        program: "winget",
        install: "winget install --exact --id",
        browser: "Google.Chrome; winget install --exact --id Chromium.ChromeDriver",
        vulkan: "",
    },
];

/// Makes sure that the library can be compiled for the page.
pub fn ensure_wasm_target() -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = shell::output(Command::new(rustc).args(["--print", "target-libdir", "--target", WASM_TARGET]));
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    if shell::find_program("rustup").is_none() {
        return Err(format!(
            "this Rust has no {WASM_TARGET} target, and rustup, which would add it, is not installed: \
             install Rust from https://rustup.rs, or the target by your system's package manager"
        ));
    }
    println!("Adding the {WASM_TARGET} target");
    shell::run(Command::new("rustup").args(["target", "add", WASM_TARGET]), "adding the WebAssembly target")
}

/// Makes sure that `cargo fmt` and `cargo clippy` can run.
pub fn ensure_rustfmt_and_clippy(root: &Path) -> Result<(), String> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if shell::output(shell::cargo(root).args([subcommand, "--version"])).is_some() {
            continue;
        }
        if shell::find_program("rustup").is_none() {
            return Err(format!(
                "`cargo {subcommand}` is missing: install {component} of the same version as your Rust"
            ));
        }
        println!("Adding {component}");
        shell::run(Command::new("rustup").args(["component", "add", component]), &format!("adding {component}"))?;
    }
    Ok(())
}

/// Makes sure that there is Vulkan, which the native tests of the kernels run on.
pub fn ensure_vulkan() -> Result<(), String> {
    if has_vulkan() {
        return Ok(());
    }
    install(Need::Vulkan)?;
    if has_vulkan() { Ok(()) } else { Err(format!("Vulkan is still missing after that; {}", advice(Need::Vulkan))) }
}

/// Finds the browser and its driver; installs them where they are missing and that is allowed.
pub fn ensure_browser() -> Result<Browser, String> {
    if let Some(browser) = find_browser()? {
        return Ok(browser);
    }
    install(Need::Browser)?;
    find_browser()?
        .ok_or_else(|| format!("the browser or its driver is still missing after that; {}", advice(Need::Browser)))
}

fn has_vulkan() -> bool {
    // macOS has Metal and Windows Direct3D, always.
    if !cfg!(target_os = "linux") {
        return true;
    }
    let named_drivers = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].iter().any(|name| env::var_os(name).is_some());
    let driver = || {
        ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"].iter().any(|folder| {
            let files = Path::new(folder).read_dir().into_iter().flatten().flatten();
            files.map(|file| file.path()).any(|file| file.extension().is_some_and(|extension| extension == "json"))
        })
    };
    has_vulkan_loader() && (named_drivers || driver())
}

fn has_vulkan_loader() -> bool {
    let named = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let usual = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib"].map(PathBuf::from);
    // Debian's folders are `/usr/lib/<architecture>`.
    let multiarch = Path::new("/usr/lib").read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    env::split_paths(&named).chain(usual).chain(multiarch).any(|folder| folder.join("libvulkan.so.1").is_file())
}

fn find_browser() -> Result<Option<Browser>, String> {
    let driver = match named_file("CHROMEDRIVER")? {
        Some(driver) => Some(driver),
        // Where the machines of GitHub Actions have it.
        None => env::var_os("CHROMEWEBDRIVER")
            .map(|folder| Path::new(&folder).join(format!("chromedriver{}", env::consts::EXE_SUFFIX)))
            .filter(|file| file.is_file())
            .or_else(|| shell::find_program("chromedriver")),
    };
    let Some(driver) = driver else { return Ok(None) };
    if let Some(program) = named_file("CHROME")? {
        return Ok(Some(Browser { program, driver }));
    }
    let installed = BROWSERS.iter().filter_map(|name| shell::find_program(name));
    let candidates = installed.chain(BROWSER_FILES.iter().map(PathBuf::from).filter(|file| file.is_file()));
    let candidates = candidates.collect::<Vec<_>>();
    // The driver refuses a browser of another major version.
    let wanted = major_version(&driver);
    let matching = candidates.iter().find(|program| wanted.is_some() && major_version(program) == wanted);
    Ok(matching.or(candidates.first()).map(|program| Browser { program: program.clone(), driver }))
}

/// The file that an environment variable names; an error when it is not there.
fn named_file(variable: &str) -> Result<Option<PathBuf>, String> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else { return Ok(None) };
    let file = PathBuf::from(value);
    if file.is_file() { Ok(Some(file)) } else { Err(format!("{variable}={file:?}: there is no such file")) }
}

fn major_version(program: &Path) -> Option<u32> {
    // On Windows the browser would open a window instead of printing its version.
    if cfg!(windows) {
        return None;
    }
    major_in(&shell::output(Command::new(program).arg("--version"))?)
}

/// `Chromium 156.0.8078.79 built on ...` gives 156.
fn major_in(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

fn install(need: Need) -> Result<(), String> {
    let missing = match need {
        Need::Browser => "the browser tests need Chromium or Chrome and its chromedriver, which are missing",
        Need::Vulkan => "the native GPU tests need a Vulkan driver (a software one will do), which is missing",
    };
    let apt = &MANAGERS[0];
    if !cfg!(target_os = "linux") || shell::find_program(apt.program).is_none() {
        return Err(format!("{missing}; {}", advice(need)));
    }
    let is_root = shell::output(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let sudo: &[&str] = if is_root {
        &[]
    } else if shell::output(Command::new("sudo").args(["-n", "true"])).is_some() {
        &["sudo", "-n"]
    } else {
        return Err(format!("{missing}; {}", advice(need)));
    };
    println!("Installing what is missing: {}", packages(apt, need));
    for line in ["apt-get update", &format!("{} {}", apt.install, packages(apt, need))] {
        // `env` carries the setting through sudo: apt must not stop to ask.
        let words = sudo.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive"]).chain(line.split(' '));
        let words = words.collect::<Vec<_>>();
        shell::run(Command::new(words[0]).args(&words[1..]), &format!("`{line}`"))
            .map_err(|error| format!("{error}\n{missing}; {}", advice(need)))?;
    }
    Ok(())
}

/// What the user can do: one line to run where the package manager is known.
fn advice(need: Need) -> String {
    let by_variables = match need {
        Need::Browser => " (or name your own by CHROME=<file> and CHROMEDRIVER=<file>)",
        Need::Vulkan => "",
    };
    let known = MANAGERS.iter().find(|manager| shell::find_program(manager.program).is_some());
    match known {
        Some(manager) => format!("run this, then try again: {}{by_variables}", install_line(manager, need)),
        None => format!("install them by your system's package manager, then try again{by_variables}"),
    }
}

fn install_line(manager: &Manager, need: Need) -> String {
    let sudo = if matches!(manager.program, "brew" | "winget") { "" } else { "sudo " };
    format!("{sudo}{} {}", manager.install, packages(manager, need))
}

fn packages(manager: &Manager, need: Need) -> &'static str {
    match need {
        Need::Browser => manager.browser,
        Need::Vulkan => manager.vulkan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_browser_and_of_its_driver_are_compared_by_the_first_number() {
        assert_eq!(major_in("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"), Some(156));
        assert_eq!(major_in("ChromeDriver 156.0.8078.79 (0123abc-refs/branch-heads/8078)"), Some(156));
        assert_eq!(major_in("Google Chrome"), None);
    }

    #[test]
    fn the_line_to_run_names_the_packages_of_the_system() {
        let lines = MANAGERS.map(|manager| install_line(&manager, Need::Browser));
        assert_eq!(lines[0], "sudo apt-get install -y --no-install-recommends chromium chromium-driver");
        assert_eq!(lines[3], "brew install google-chrome chromedriver");
    }
}
