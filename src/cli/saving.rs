//! Files that captured packets are saved in: for their user alone, whatever they were before.

use nix::unistd::geteuid;
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Its user may read and write it, and nobody else anything.
const PRIVATE: u32 = 0o600;

/// Creates the file, or empties it, with mode 0600. A device, and a file of somebody else, keeps the mode that it has.
///
/// # Errors
///
/// What the system said.
pub fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE).open(path)?;
    let about = file.metadata()?;
    if about.is_file() && about.uid() == geteuid().as_raw() && about.mode() & 0o777 != PRIVATE {
        file.set_permissions(Permissions::from_mode(PRIVATE))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{PRIVATE, create};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_new_file_and_an_old_one_are_for_their_user_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        drop(create(&path).unwrap());
        assert_eq!(mode(), PRIVATE);
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(create(&path).unwrap());
        assert_eq!((mode(), fs::read(&path).unwrap()), (PRIVATE, Vec::new()));
    }
}
