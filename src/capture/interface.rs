//! The interfaces of this machine: find one by name, list them all.
//!
//! Names, addresses and flags are pnet's; the hardware type comes from getifaddrs(3), not from /sys, which goes on showing
//! the machine's interfaces to a process that has entered a network namespace. Nothing is changed here, ever.

use std::collections::HashMap;
use std::net::IpAddr;

use nix::ifaddrs::getifaddrs;
use pnet::datalink::NetworkInterface;

use super::{SourceError, filter};
use crate::packet::LinkType;

/// The name under which libpcap captures on all interfaces at once.
pub const ANY: &str = "any";

const ETHERNET: LinkType = LinkType(1);
const RAW_IP: LinkType = LinkType(101);
const COOKED: LinkType = LinkType(113);

/// A name list longer than this is cut in a message: a machine with containers may have thousands.
const NAMES_IN_A_MESSAGE: usize = 12;

/// An interface as the system describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Its name; `any` for all of them.
    pub name: String,
    /// The system's number for it, 0 for `any`.
    pub index: u32,
    /// IFF_* flags of netdevice(7).
    pub flags: u32,
    /// IP addresses, each with the length of its prefix in bits.
    pub addresses: Vec<(IpAddr, u8)>,
    /// The Ethernet address, where it has one.
    pub mac: Option<[u8; 6]>,
    /// ARPHRD_* hardware type, where the system tells.
    pub hardware: Option<u16>,
}

impl Interface {
    /// It is set up by its administrator.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.has(libc::IFF_UP)
    }

    /// It can carry packets now: it is up and has its carrier.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.has(libc::IFF_RUNNING)
    }

    /// What it sends, it receives itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.has(libc::IFF_LOOPBACK)
    }

    /// It stands for all interfaces.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.index == 0
    }

    /// What its frames start with when read without a cooked header; `None` for hardware whose frames synfin does not
    /// read. For `any` it is the cooked header.
    ///
    /// The numbers on the left are ARPHRD_* of `linux/if_arp.h`. A PPP or IP-tunnel interface hands its frames over from
    /// the IP header on.
    #[must_use]
    pub fn link(&self) -> Option<LinkType> {
        if self.is_any() {
            return Some(COOKED);
        }
        match self.hardware? {
            1 | 772 => Some(ETHERNET),
            512 | 519 | 768 | 769 | 776 | 65_534 => Some(RAW_IP),
            513 => Some(LinkType(104)),
            774 => Some(LinkType(10)),
            801 => Some(LinkType(105)),
            802 => Some(LinkType(119)),
            803 => Some(LinkType(127)),
            _ => None,
        }
    }

    fn has(&self, flag: libc::c_int) -> bool {
        self.flags & flag.cast_unsigned() != 0
    }
}

/// The name of a link type as tcpdump writes it: `EN10MB`, `RAW`; `None` where libpcap knows none.
#[must_use]
pub fn link_name(link: LinkType) -> Option<String> {
    pcap::Linktype(filter::data_link(link)).get_name().ok()
}

/// All interfaces in the system's order, then `any`.
#[must_use]
pub fn list() -> Vec<Interface> {
    let hardware = hardware_types();
    let mut all: Vec<_> = pnet::datalink::interfaces()
        .into_iter()
        .map(|of_pnet| {
            let hardware = hardware.get(&of_pnet.name).copied();
            from_pnet(of_pnet, hardware)
        })
        .collect();
    all.push(any());
    all
}

/// The interface called `name`.
///
/// # Errors
///
/// [`SourceError::Live`] if there is none, naming those there are and the most similar one.
pub fn find(name: &str) -> Result<Interface, SourceError> {
    let mut all = list();
    match all.iter().position(|interface| interface.name == name) {
        Some(at) => Ok(all.swap_remove(at)),
        None => Err(unknown(name, &all.iter().map(|interface| interface.name.as_str()).collect::<Vec<_>>())),
    }
}

/// pnet's own description, which its channel wants.
pub(super) fn of_pnet(name: &str) -> Option<NetworkInterface> {
    pnet::datalink::interfaces().into_iter().find(|interface| interface.name == name)
}

fn any() -> Interface {
    Interface {
        name: ANY.to_owned(),
        index: 0,
        flags: (libc::IFF_UP | libc::IFF_RUNNING).cast_unsigned(),
        addresses: Vec::new(),
        mac: None,
        hardware: None,
    }
}

fn from_pnet(of_pnet: NetworkInterface, hardware: Option<u16>) -> Interface {
    Interface {
        name: of_pnet.name,
        index: of_pnet.index,
        flags: of_pnet.flags,
        addresses: of_pnet.ips.iter().map(|net| (net.ip(), net.prefix())).collect(),
        mac: of_pnet.mac.map(|mac| mac.octets()),
        hardware,
    }
}

fn hardware_types() -> HashMap<String, u16> {
    let Ok(addresses) = getifaddrs() else { return HashMap::new() };
    addresses
        .filter_map(|entry| {
            let link = *entry.address.as_ref()?.as_link_addr()?;
            Some((entry.interface_name, link.hatype()))
        })
        .collect()
}

fn unknown(name: &str, names: &[&str]) -> SourceError {
    let shown = names.get(..NAMES_IN_A_MESSAGE).unwrap_or(names).join(", ");
    let more = match names.len().saturating_sub(NAMES_IN_A_MESSAGE) {
        0 => String::new(),
        hidden => format!(" and {hidden} more"),
    };
    let similar = names
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|&(edits, candidate)| edits <= candidate.len().max(name.len()) / 2)
        .min_by_key(|&(edits, _)| edits);
    SourceError::Live {
        interface: name.to_owned(),
        found: format!("no interface \"{name}\"; there are {shown}{more}"),
        remedy: match similar {
            Some((_, candidate)) => format!("did you mean \"{candidate}\"?"),
            None => "type `synfin interfaces` for the list".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{any, find, list, unknown};
    use crate::packet::LinkType;

    #[test]
    fn a_misspelt_name_is_answered_with_the_most_similar() {
        let error = unknown("eth1", &["lo", "eth0", "any"]);
        assert_eq!(
            error.to_string(),
            "cannot capture on eth1: no interface \"eth1\"; there are lo, eth0, any; did you mean \"eth0\"?"
        );
    }

    #[test]
    fn a_name_like_no_other_is_answered_with_the_command_that_lists() {
        let error = unknown("tap-guest", &["lo", "eth0", "any"]);
        assert!(error.to_string().ends_with("type `synfin interfaces` for the list"), "{error}");
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<_> = (0..20).map(|number| format!("veth{number}")).collect();
        let error = unknown("x", &names.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(error.to_string().contains("veth11 and 8 more;"), "{error}");
    }

    #[test]
    fn the_list_ends_with_all_of_them() {
        let all = list();
        assert_eq!(all.last(), Some(&any()));
        for interface in all {
            assert_eq!(find(&interface.name).unwrap().index, interface.index);
        }
    }

    #[test]
    fn hardware_types_map_to_link_types() {
        let of = |hardware| super::Interface { index: 2, hardware, ..any() }.link();
        assert_eq!(of(Some(1)), Some(LinkType(1)));
        assert_eq!(of(Some(772)), Some(LinkType(1)));
        assert_eq!(of(Some(65_534)), Some(LinkType(101)));
        assert_eq!(of(Some(280)), None);
        assert_eq!(of(None), None);
        assert_eq!(any().link(), Some(LinkType(113)));
    }
}
