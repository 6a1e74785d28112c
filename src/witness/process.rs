//! Processes and the sockets that they have open, from /proc. A process that ends meanwhile is left out.

use std::collections::BTreeMap;
use std::fs;

/// Processes that descend from this one, itself not among them.
#[must_use]
pub fn descendants(pid: u32) -> Vec<u32> {
    let mut all: Vec<u32> = children(pid);
    let mut next = 0;
    while let Some(pid) = all.get(next).copied() {
        next += 1;
        for child in children(pid) {
            // Numbers may be used again while this looks.
            if !all.contains(&child) {
                all.push(child);
            }
        }
    }
    all
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let of = |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let lists: Vec<String> = tasks.flatten().map(of).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
}

/// All processes that can be seen.
#[must_use]
pub fn all() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The inodes of the sockets that these processes have open, each with one of the processes.
#[must_use]
pub fn inodes(pids: &[u32]) -> BTreeMap<u32, u32> {
    let mut inodes = BTreeMap::new();
    for pid in pids {
        let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
        for link in open.flatten().filter_map(|entry| fs::read_link(entry.path()).ok()) {
            let number = link.to_str().and_then(|link| link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
            if let Some(inode) = number {
                inodes.entry(inode).or_insert(*pid);
            }
        }
    }
    inodes
}

/// The name of a process, as ps(1) shows it; `None` once it has gone.
#[must_use]
pub fn name(pid: u32) -> Option<String> {
    Some(fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end().to_owned())
}

/// The process that a thread belongs to; `None` once it has gone.
#[must_use]
pub fn of_thread(thread: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{all, descendants, inodes, name, of_thread};
    use std::net::TcpListener;
    use std::process::{Command, Stdio};

    #[test]
    fn a_child_is_found_and_so_is_the_socket_of_this_process() {
        let own = std::process::id();
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        assert!(descendants(own).contains(&child.id()));
        assert!(!descendants(child.id()).contains(&own));
        drop(child.stdin.take());
        child.wait().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sockets = crate::witness::diag::Diag::open().unwrap().sockets().unwrap();
        let inode = sockets.iter().find(|seen| seen.own == address).unwrap().inode;
        assert_eq!(inodes(&[own]).get(&inode), Some(&own));
        assert!(all().contains(&own));
        assert!(name(own).is_some());
        assert_eq!(of_thread(nix::unistd::gettid().as_raw().cast_unsigned()), Some(own));
        assert_eq!(name(0), None);
    }
}
