//! A finished capture file made smaller, in place: `NAME` becomes `NAME.gz`.
//!
//! Whoever lists the directory meanwhile sees a whole file under one of the two names, or for a moment both. Anyone may use
//! it; unpacking is `file`'s.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Octets read at a time.
const BLOCK: usize = 1 << 16;

/// The name of a file once it is compressed.
#[must_use]
pub fn packed_name(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(".gz");
    name.into()
}

/// Compresses a file and puts the result in its place, under its [`packed_name`], readable by its user alone.
///
/// # Errors
///
/// What the system said; the file is then as it was.
pub fn pack(path: &Path) -> io::Result<()> {
    let packed = packed_name(path);
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(packed.file_name().unwrap_or_default());
    hidden.push(".part");
    let part = packed.with_file_name(hidden);
    let result = write(path, &part).and_then(|()| fs::rename(&part, &packed)).and_then(|()| fs::remove_file(path));
    if result.is_err() {
        // Whatever is left of it helps nobody; that it may not be there is no further error.
        let _ = fs::remove_file(&part);
    }
    result
}

fn write(path: &Path, part: &Path) -> io::Result<()> {
    let mut source = BufReader::with_capacity(BLOCK, File::open(path)?);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part)?;
    let mut encoder = GzEncoder::new(file, Compression::default());
    io::copy(&mut source, &mut encoder)?;
    encoder.finish().map(drop)
}

#[cfg(test)]
mod tests {
    use super::{pack, packed_name};
    use std::fs;
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_replaced_by_what_unpacks_to_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.pcapng");
        let octets: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        fs::write(&path, &octets).unwrap();
        pack(&path).unwrap();
        let packed = packed_name(&path);
        let names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(names, std::slice::from_ref(&packed));
        assert_eq!(fs::metadata(&packed).unwrap().permissions().mode() & 0o777, 0o600);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(fs::File::open(packed).unwrap()).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == octets);
    }

    #[test]
    fn what_cannot_be_packed_stays() {
        let directory = tempfile::tempdir().unwrap();
        assert!(pack(&directory.path().join("none")).is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        // The name of the result is taken by a directory.
        let path = directory.path().join("b");
        fs::write(&path, "octets").unwrap();
        fs::create_dir(packed_name(&path)).unwrap();
        assert!(pack(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"octets");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }
}
