//! `--memory` is kept to by a flood, and said.

use super::{Ended, Place, command};
use crate::bench::captures::container::Container;
use crate::bench::captures::{Kind, Plan, write};
use std::fs;
use std::io::Read;
use std::process::Stdio;

/// The most memory that a process has taken so far, in octets; nothing is told of one that has ended.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().expect("a number") * 1024)
}

/// What it took is read while it waits for a reader of what it says.
#[test]
fn a_flood_takes_no_more_than_it_may_and_what_was_forgotten_is_counted() {
    let memory = 64 << 20;
    let mut octets = Vec::new();
    write(&Plan::of(Kind::SynFlood, 30_000), Container::named("pcap").expect("a format"), &mut octets).expect("memory");
    let place = Place::new();
    let file = place.file("flood.pcap", &octets);
    let mut child = command()
        .arg(&file)
        .args(["--memory", "64MiB", "--format", "jsonl", "--threads", "2"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let (mut said, mut most) = (String::new(), 0);
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = stdout.read(&mut piece).expect("it can be read");
        if read == 0 {
            break;
        }
        said.push_str(std::str::from_utf8(&piece[..read]).expect("ASCII"));
        most = most.max(peak(child.id()).unwrap_or(0));
    }
    assert!(child.wait().expect("it ends").success());
    let ended = Ended { code: Some(0), stdout: said, stderr: String::new() };
    let capture = ended.objects().pop().expect("a capture");
    assert!(capture["forgotten"].as_u64() > Some(1_000), "{capture}");
    assert!(most > 0 && most <= memory, "{} KiB of 64 MiB", most >> 10);
}

#[test]
fn too_little_is_refused_and_says_what_is_enough() {
    let ended = Ended::from(command().args(["x.pcap", "--memory", "1M"]).output().expect("it runs"));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("wanted at least 64 MiB"), "{}", ended.stderr);
}
