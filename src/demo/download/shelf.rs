//! Where a file server finds files: beneath one directory, or in memory.
//!
//! What is opened for a client is a regular file beneath the root and nothing else, however the name is written and
//! whatever is renamed meanwhile: the kernel resolves the name against the open root, and what it opened is looked at
//! again. Knows nothing of sockets.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path};
use std::sync::Arc;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat};

use crate::demo::download::{DownloadError, NAME_LIMIT, Refusal};

/// Octets of a file read at once: a multiple of what one write sends.
const READ_AHEAD: usize = 64 * 1024;

/// How often a name is resolved again while somebody renames directories under it.
const RESOLVE_TRIES: usize = 16;

/// Something that has files.
pub trait Shelf: Sync {
    /// The file of that name.
    ///
    /// # Errors
    ///
    /// Why it is not served.
    fn item(&self, name: &str) -> Result<Item, Refusal>;
}

/// An open file.
pub struct Item {
    /// Its length in octets when it was opened.
    pub length: u64,
    /// Its octets; perhaps fewer or more than that if it is being written to.
    pub octets: Box<dyn Read>,
}

/// Files in memory, by name.
#[derive(Clone, Default, Debug)]
pub struct Memory(pub BTreeMap<String, Arc<[u8]>>);

impl Shelf for Memory {
    fn item(&self, name: &str) -> Result<Item, Refusal> {
        let octets = self.0.get(name).ok_or(Refusal::Missing)?;
        Ok(Item { length: octets.len() as u64, octets: Box::new(Cursor::new(Arc::clone(octets))) })
    }
}

/// The files beneath a directory.
#[derive(Debug)]
pub struct Root(OwnedFd);

impl Root {
    /// Opens the directory; it stays the same one even if it is renamed.
    ///
    /// # Errors
    ///
    /// [`DownloadError::NoRoot`] if it is none or may not be searched.
    pub fn open(path: &Path) -> Result<Self, DownloadError> {
        let no_root = |source: io::Error| DownloadError::NoRoot { path: path.to_owned(), source };
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = open(path, flags, Mode::empty()).map_err(|error| no_root(error.into()))?;
        Ok(Self(root))
    }
}

impl Shelf for Root {
    fn item(&self, name: &str) -> Result<Item, Refusal> {
        if name.is_empty() || name.len() > NAME_LIMIT || name.contains(['\0', '\n']) {
            return Err(Refusal::BadName);
        }
        let path = Path::new(name);
        if path.is_absolute() {
            return Err(Refusal::Outside);
        }
        match open_regular(&mut |flags| beneath(self.0.as_fd(), path, flags)) {
            // A kernel before 5.6, or a sandbox that does not know openat2(2).
            Err(Errno::ENOSYS | Errno::EPERM) => {
                open_regular(&mut |flags| walk(self.0.as_fd(), path, flags)).unwrap_or_else(|errno| Err(refusal(errno)))
            }
            done => done.unwrap_or_else(|errno| Err(refusal(errno))),
        }
    }
}

/// Looks at what the name leads to, opens it only if it is a regular file, and looks again at what was opened.
///
/// Opening a device or a FIFO can itself do something, so the first look goes through a descriptor that opens nothing.
fn open_regular(resolve: &mut dyn FnMut(OFlag) -> Result<OwnedFd, Errno>) -> Result<Result<Item, Refusal>, Errno> {
    let looked_at = fstat(resolve(OFlag::O_PATH | OFlag::O_CLOEXEC)?)?;
    if let Err(refusal) = regular(&looked_at) {
        return Ok(Err(refusal));
    }
    // Should it be exchanged for a FIFO right now, O_NONBLOCK does not wait for a writer.
    let opened = resolve(OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
    let found = fstat(&opened)?;
    Ok(regular(&found).map(|()| Item {
        length: u64::try_from(found.st_size).unwrap_or(0),
        octets: Box::new(BufReader::with_capacity(READ_AHEAD, File::from(opened))),
    }))
}

fn regular(found: &FileStat) -> Result<(), Refusal> {
    match SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => Ok(()),
        SFlag::S_IFDIR => Err(Refusal::Directory),
        _ => Err(Refusal::Special),
    }
}

fn refusal(errno: Errno) -> Refusal {
    match errno {
        Errno::EXDEV | Errno::ELOOP => Refusal::Outside,
        Errno::EACCES | Errno::EPERM | Errno::EIO => Refusal::Unreadable,
        Errno::EISDIR => Refusal::Directory,
        Errno::ENXIO | Errno::ENODEV => Refusal::Special,
        Errno::ENAMETOOLONG => Refusal::BadName,
        _ => Refusal::Missing,
    }
}

/// The kernel refuses every name and link that leaves the root, even if directories are renamed meanwhile.
fn beneath(root: BorrowedFd<'_>, path: &Path, flags: OFlag) -> Result<OwnedFd, Errno> {
    let how = OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    let mut last = Errno::EAGAIN;
    for _ in 0..RESOLVE_TRIES {
        match openat2(root, path, how) {
            // It could not be sure that a ".." stayed inside while something was being renamed.
            Err(Errno::EAGAIN) => last = Errno::EAGAIN,
            Err(Errno::EINTR) => last = Errno::EINTR,
            done => return done,
        }
    }
    Err(last)
}

/// The same without the kernel's help: component by component, following no link at all and no "..".
fn walk(root: BorrowedFd<'_>, path: &Path, flags: OFlag) -> Result<OwnedFd, Errno> {
    let mut components = path.components().filter(|component| *component != Component::CurDir).peekable();
    let mut directory: Option<OwnedFd> = None;
    while let Some(component) = components.next() {
        let Component::Normal(name) = component else { return Err(Errno::EXDEV) };
        let parent = directory.as_ref().map_or(root, |directory| directory.as_fd());
        if components.peek().is_none() {
            let found = openat(parent, name, flags | OFlag::O_NOFOLLOW, Mode::empty())?;
            // O_PATH and O_NOFOLLOW open the link itself.
            let kind = SFlag::from_bits_truncate(fstat(&found)?.st_mode) & SFlag::S_IFMT;
            return if kind == SFlag::S_IFLNK { Err(Errno::EXDEV) } else { Ok(found) };
        }
        let step = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let next = openat(parent, name, step, Mode::empty());
        directory = Some(next?);
    }
    openat(root, ".", flags, Mode::empty())
}

#[cfg(test)]
mod tests {
    use super::{Item, Refusal, Root, Shelf, beneath, open_regular, refusal, walk};
    use nix::errno::Errno;
    use nix::fcntl::OFlag;
    use nix::sys::stat::Mode;
    use std::fs;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::os::unix::fs::symlink;
    use std::path::Path;

    type Resolver = fn(BorrowedFd<'_>, &Path, OFlag) -> Result<OwnedFd, Errno>;

    /// A directory `served` with a file, a directory, a FIFO and links; a secret beside it.
    fn place() -> tempfile::TempDir {
        let place = tempfile::tempdir().expect("a temporary directory");
        let served = place.path().join("served");
        fs::create_dir_all(served.join("inner/deep")).expect("directories");
        fs::write(served.join("file"), b"content").expect("a file");
        fs::write(served.join("inner/deep/file"), b"deep").expect("a file");
        fs::write(place.path().join("secret"), b"secret").expect("a file");
        symlink("../secret", served.join("link-out")).expect("a link");
        symlink(place.path().join("secret"), served.join("absolute-link-out")).expect("a link");
        symlink("..", served.join("up")).expect("a link");
        symlink("loop", served.join("loop")).expect("a link");
        nix::unistd::mkfifo(&served.join("fifo"), Mode::S_IRWXU).expect("a FIFO");
        place
    }

    fn item_by(resolver: Resolver, root: &Root, name: &str) -> Result<Item, Refusal> {
        open_regular(&mut |flags| resolver(root.0.as_fd(), Path::new(name), flags))
            .unwrap_or_else(|errno| Err(refusal(errno)))
    }

    fn content(item: Result<Item, Refusal>) -> Result<Vec<u8>, Refusal> {
        let mut item = item?;
        let mut content = Vec::new();
        item.octets.read_to_end(&mut content).expect("readable");
        assert_eq!(item.length, content.len() as u64);
        Ok(content)
    }

    #[test]
    fn both_ways_to_resolve_serve_what_is_inside_and_refuse_the_rest() {
        let place = place();
        let root = Root::open(&place.path().join("served")).expect("the root");
        let resolvers: [Resolver; 2] = [beneath, walk];
        for resolver in resolvers {
            let ask = |name| content(item_by(resolver, &root, name));
            assert_eq!(ask("file"), Ok(b"content".to_vec()));
            assert_eq!(ask("./inner//deep/./file"), Ok(b"deep".to_vec()));
            assert_eq!(ask("../secret"), Err(Refusal::Outside));
            assert_eq!(ask("inner/../../secret"), Err(Refusal::Outside));
            assert_eq!(ask("link-out"), Err(Refusal::Outside));
            assert_eq!(ask("absolute-link-out"), Err(Refusal::Outside));
            assert_eq!(ask("loop"), Err(Refusal::Outside));
            assert_eq!(ask("inner"), Err(Refusal::Directory));
            assert_eq!(ask("."), Err(Refusal::Directory));
            assert_eq!(ask("fifo"), Err(Refusal::Special));
            assert_eq!(ask("absent"), Err(Refusal::Missing));
            assert_eq!(ask("file/x"), Err(Refusal::Missing));
            assert!(ask("up/secret").is_err());
        }
    }

    #[test]
    fn names_that_are_none_are_refused_before_anything_is_opened() {
        let place = place();
        let root = Root::open(&place.path().join("served")).expect("the root");
        let long = "a/".repeat(2100);
        for name in ["", "a\0b", "a\nb", &long] {
            assert_eq!(root.item(name).map(|item| item.length), Err(Refusal::BadName), "{name:?}");
        }
        assert_eq!(root.item("/etc/hostname").map(|item| item.length), Err(Refusal::Outside));
        assert_eq!(content(root.item("file")), Ok(b"content".to_vec()));
    }
}
