//! The names of link types, for messages: those that captures commonly have, and what is known of those not decoded here.
//!
//! Numbers and names are those of <https://www.tcpdump.org/linktypes.html>. Nothing is decided by a name.

use crate::packet::LinkType;

/// What is known of the frames of a link type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carries {
    /// IP packets, or frames that may hold some.
    PerhapsIp,
    /// Nothing with TCP in it.
    NoIp,
}

use Carries::{NoIp, PerhapsIp};

/// By number.
const NAMES: &[(u16, &str, Carries)] = &[
    (0, "NULL", PerhapsIp),
    (1, "ETHERNET", PerhapsIp),
    (3, "AX25", PerhapsIp),
    (6, "IEEE802_5", PerhapsIp),
    (7, "ARCNET_BSD", PerhapsIp),
    (8, "SLIP", PerhapsIp),
    (9, "PPP", PerhapsIp),
    (10, "FDDI", PerhapsIp),
    (50, "PPP_HDLC", PerhapsIp),
    (51, "PPP_ETHER", PerhapsIp),
    (100, "ATM_RFC1483", PerhapsIp),
    (101, "RAW", PerhapsIp),
    (104, "C_HDLC", PerhapsIp),
    (105, "IEEE802_11", PerhapsIp),
    (106, "ATM_CLIP", PerhapsIp),
    (107, "FRELAY", PerhapsIp),
    (108, "LOOP", PerhapsIp),
    (109, "ENC", PerhapsIp),
    (113, "LINUX_SLL", PerhapsIp),
    (114, "LTALK", NoIp),
    (117, "PFLOG", PerhapsIp),
    (119, "IEEE802_11_PRISM", PerhapsIp),
    (122, "IP_OVER_FC", PerhapsIp),
    (123, "SUNATM", PerhapsIp),
    (127, "IEEE802_11_RADIOTAP", PerhapsIp),
    (129, "ARCNET_LINUX", PerhapsIp),
    (138, "APPLE_IP_OVER_IEEE1394", PerhapsIp),
    (140, "MTP2", NoIp),
    (141, "MTP3", NoIp),
    (142, "SCCP", NoIp),
    (143, "DOCSIS", PerhapsIp),
    (144, "LINUX_IRDA", NoIp),
    (163, "IEEE802_11_AVS", PerhapsIp),
    (165, "BACNET_MS_TP", NoIp),
    (166, "PPP_PPPD", PerhapsIp),
    (177, "LINUX_LAPD", NoIp),
    (178, "JUNIPER_ETHER", PerhapsIp),
    (179, "JUNIPER_PPP", PerhapsIp),
    (180, "JUNIPER_FRELAY", PerhapsIp),
    (181, "JUNIPER_CHDLC", PerhapsIp),
    (182, "MFR", PerhapsIp),
    (187, "BLUETOOTH_HCI_H4", NoIp),
    (189, "USB_LINUX", NoIp),
    (192, "PPI", PerhapsIp),
    (195, "IEEE802_15_4_WITHFCS", PerhapsIp),
    (197, "ERF", PerhapsIp),
    (201, "BLUETOOTH_HCI_H4_WITH_PHDR", NoIp),
    (204, "PPP_WITH_DIR", PerhapsIp),
    (205, "C_HDLC_WITH_DIR", PerhapsIp),
    (206, "FRELAY_WITH_DIR", PerhapsIp),
    (220, "USB_LINUX_MMAPPED", NoIp),
    (224, "FC_2", NoIp),
    (226, "IPNET", PerhapsIp),
    (227, "CAN_SOCKETCAN", NoIp),
    (228, "IPV4", PerhapsIp),
    (229, "IPV6", PerhapsIp),
    (230, "IEEE802_15_4_NOFCS", PerhapsIp),
    (231, "DBUS", NoIp),
    (239, "NFLOG", PerhapsIp),
    (240, "NETANALYZER", PerhapsIp),
    (241, "NETANALYZER_TRANSPARENT", PerhapsIp),
    (242, "IPOIB", PerhapsIp),
    (243, "MPEG_2_TS", NoIp),
    (247, "INFINIBAND", PerhapsIp),
    (248, "SCTP", NoIp),
    (249, "USBPCAP", NoIp),
    (251, "BLUETOOTH_LE_LL", NoIp),
    (252, "WIRESHARK_UPPER_PDU", PerhapsIp),
    (253, "NETLINK", NoIp),
    (254, "BLUETOOTH_LINUX_MONITOR", NoIp),
    (256, "BLUETOOTH_LE_LL_WITH_PHDR", NoIp),
    (258, "PKTAP", PerhapsIp),
    (266, "USB_DARWIN", NoIp),
    (271, "VSOCK", NoIp),
    (272, "NORDIC_BLE", NoIp),
    (274, "ETHERNET_MPACKET", PerhapsIp),
    (276, "LINUX_SLL2", PerhapsIp),
    (281, "DSA_TAG_BRCM", PerhapsIp),
    (282, "DSA_TAG_BRCM_PREPEND", PerhapsIp),
    (283, "IEEE802_15_4_TAP", PerhapsIp),
    (284, "DSA_TAG_DSA", PerhapsIp),
    (285, "DSA_TAG_EDSA", PerhapsIp),
    (288, "USB_2_0", NoIp),
];

/// Numbers that anybody may use for anything: USER0 to USER15.
const USER: std::ops::RangeInclusive<u16> = 147..=162;

fn known(link: LinkType) -> Option<&'static (u16, &'static str, Carries)> {
    NAMES.binary_search_by_key(&link.0, |known| known.0).ok().and_then(|at| NAMES.get(at))
}

/// `127 (IEEE802_11_RADIOTAP)`, or the number alone.
#[must_use]
pub fn described(link: LinkType) -> String {
    match known(link) {
        Some((number, name, _)) => format!("{number} ({name})"),
        None if USER.contains(&link.0) => format!("{} (USER{})", link.0, link.0 - USER.start()),
        None => link.0.to_string(),
    }
}

/// What frames of this link type may carry.
#[must_use]
pub fn carries(link: LinkType) -> Carries {
    known(link).map_or(PerhapsIp, |known| known.2)
}

#[cfg(test)]
mod tests {
    use super::{Carries, NAMES, carries, described};
    use crate::packet::LinkType;
    use crate::wire::decodes;

    #[test]
    fn every_number_stands_once_and_in_order() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
    }

    #[test]
    fn a_link_type_is_called_by_number_and_name() {
        assert_eq!(described(LinkType(127)), "127 (IEEE802_11_RADIOTAP)");
        assert_eq!(described(LinkType(149)), "149 (USER2)");
        assert_eq!(described(LinkType(999)), "999");
        assert_eq!(carries(LinkType(253)), Carries::NoIp);
    }

    #[test]
    fn all_that_is_decoded_has_a_name_and_may_carry_ip() {
        let decoded = (0..=u16::MAX).map(LinkType).filter(|link| decodes(*link));
        for link in decoded {
            // 12 and 14 are raw IP as BSD and OpenBSD number it, which files do not use.
            assert!(described(link).contains('(') || matches!(link.0, 12 | 14), "{link:?}");
            assert_eq!(carries(link), Carries::PerhapsIp, "{link:?}");
        }
    }
}
