//! Programs that the chores start: the workspace's cargo, and cargo's subcommands that a machine may lack.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A cargo subcommand from crates.io, at the version that the suite was written for.
pub struct Tool {
    /// The subcommand: `deny` in `cargo deny`.
    pub subcommand: &'static str,
    /// The package that brings it.
    pub package: &'static str,
    /// The version to install where it is missing; one that is there already is taken as it is.
    pub version: &'static str,
}

/// Licences, duplicates, sources, advisories.
pub const DENY: Tool = Tool {
    subcommand: "deny",
    package: "cargo-deny",
    version: "0.20.2",
};

/// The test runner: a process a test, and an end to a test that hangs.
pub const NEXTEST: Tool = Tool {
    subcommand: "nextest",
    package: "cargo-nextest",
    version: "0.9.143",
};

impl Tool {
    /// Whether the machine has it.
    pub fn installed(&self) -> bool {
        cargo()
            .args([self.subcommand, "--version"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|it| it.success())
    }

    /// Builds and installs it from crates.io into cargo's home. Unoptimised: it runs for a second, and an optimised build takes
    /// more than twice as long (cargo-deny: 109 s of processor time, not 249 s).
    ///
    /// # Errors
    /// When cargo could not: no network, or it does not build here.
    pub fn install(&self) -> Result<(), String> {
        println!("    installing {} {} from crates.io", self.package, self.version);
        run(cargo().args([
            "install",
            self.package,
            "--version",
            self.version,
            "--locked",
            "--debug",
            "--quiet",
        ]))
    }
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The cargo that runs us, at the root of the workspace.
pub fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a command to its end, its output passed through.
///
/// # Errors
/// When it could not be started or did not succeed: the command line and how it ended.
pub fn run(command: &mut Command) -> Result<(), String> {
    let line = shown(command);
    println!("    $ {line}");
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}`: {status}")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

/// Runs a command to its end and keeps its output to itself.
///
/// # Errors
/// When it could not be started or did not succeed: the last line that it printed.
pub fn quietly(command: &mut Command) -> Result<(), String> {
    let line = shown(command);
    println!("    $ {line}");
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(said
                .trim()
                .lines()
                .next_back()
                .unwrap_or("it says no reason")
                .to_owned())
        }
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

/// The command as one would type it, the program without its folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = String::new();
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            line += &format!("{}='{}' ", key.to_string_lossy(), value.to_string_lossy());
        }
    }
    line += &program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    for it in command.get_args() {
        line += &format!(" {}", it.to_string_lossy());
    }
    line
}
