//! The repository's own files, as test material: paths from its root, with `/`, in a stable order.

use std::fs;
use std::path::Path;

/// Every file under `dir` (from the repository's root) whose name ends in `.extension`, with its text.
#[track_caller]
pub(crate) fn under(dir: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(dir, extension, &mut found);
    found.sort();
    found
}

#[track_caller]
fn collect(dir: &str, extension: &str, found: &mut Vec<(String, String)>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join(dir)).unwrap_or_else(|error| panic!("cannot list {dir}: {error}"));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("cannot list {dir}: {error}"));
        let path = format!("{dir}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&path, extension, found);
        } else if path.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')) {
            let text = fs::read_to_string(entry.path()).unwrap_or_else(|error| panic!("cannot read {path}: {error}"));
            found.push((path, text));
        }
    }
}
