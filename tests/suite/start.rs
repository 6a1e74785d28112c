//! How tests start the binary: told nothing by the environment of the tests, and found by the commands that it starts itself.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// What of the environment would change what is printed.
const TELLING: [&str; 8] =
    ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG", "SYNFIN_LANG", "COLUMNS", "NO_COLOR", "CLICOLOR_FORCE"];

/// `synfin`, with nothing typed yet.
pub fn synfin() -> Command {
    prepared(Command::new(env!("CARGO_BIN_EXE_synfin")))
}

/// The same, started by env(1), which takes back that the caller of the tests may ignore signals, as nohup(1) and a shell's
/// background do: a program cannot catch what it was started to ignore.
pub fn synfin_with_signals() -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,QUIT,TERM").arg(env!("CARGO_BIN_EXE_synfin"));
    prepared(command)
}

fn prepared(mut command: Command) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_synfin"));
    let mut path = OsString::from(binary.parent().expect("a directory"));
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    for name in TELLING {
        command.env_remove(name);
    }
    command.env("PATH", path);
    command
}
