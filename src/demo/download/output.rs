//! Where a downloaded file goes: under a temporary name beside its final one, and there only when it is whole.
//!
//! The name never comes from the server. Nothing is downloaded here.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::demo::download::DownloadError;

/// A file in the making. Dropped before [`Output::keep`], it leaves nothing behind.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    temporary: NamedTempFile,
}

/// What to call a file here: the last component of its name.
///
/// # Errors
///
/// [`DownloadError::NoOutputName`] if that is empty, `.` or `..`.
pub fn name_of(name: &str) -> Result<&Path, DownloadError> {
    match name.rsplit('/').next() {
        None | Some("" | "." | "..") => Err(DownloadError::NoOutputName { name: name.to_owned() }),
        Some(last) => Ok(Path::new(last)),
    }
}

impl Output {
    /// Makes a temporary file in the directory of the path.
    ///
    /// # Errors
    ///
    /// [`DownloadError::NotReplaceable`] if something other than a regular file has that name;
    /// [`DownloadError::Unwritable`] if its directory is missing or may not be written.
    pub fn at(path: &Path) -> Result<Self, DownloadError> {
        if path == "-" {
            let found = "standard output, which would show octets before their checksum is known";
            return Err(DownloadError::NotReplaceable { path: path.to_owned(), found });
        }
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(metadata) => {
                let kind = metadata.file_type();
                let found = if kind.is_dir() {
                    "a directory"
                } else if kind.is_symlink() {
                    "a symbolic link"
                } else if kind.is_fifo() || kind.is_socket() {
                    "a FIFO or socket"
                } else {
                    "a device"
                };
                return Err(DownloadError::NotReplaceable { path: path.to_owned(), found });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(DownloadError::Unwritable { path: path.to_owned(), source }),
        }
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(DownloadError::NotReplaceable { path: path.to_owned(), found: "no name of a file" });
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let temporary = tempfile::Builder::new()
            .prefix(".synfin-")
            .suffix(".part")
            // As any new file: what the umask leaves.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(directory)
            .map_err(|source| DownloadError::Unwritable { path: directory.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), temporary })
    }

    /// Its final name.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes what comes; nobody sees it yet.
    pub fn writer(&mut self) -> &mut dyn Write {
        self.temporary.as_file_mut()
    }

    /// Gives the file its final name at once, in place of what had it before.
    ///
    /// # Errors
    ///
    /// [`DownloadError::Unwritable`] if the disk or the directory refuses; then there is no new file.
    pub fn keep(self) -> Result<(), DownloadError> {
        let Self { path, temporary } = self;
        let unwritable = |source| DownloadError::Unwritable { path: path.clone(), source };
        // Else a crash could leave an empty file under the final name.
        temporary.as_file().sync_all().map_err(unwritable)?;
        temporary.persist(&path).map_err(|failure| unwritable(failure.error))?;
        Ok(())
    }
}
