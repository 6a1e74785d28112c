//! Rules that were weighed and not built, each with the reason, so that `explain` can say it.
//!
//! A rule that exists is in the catalogue and not here. To add one, add a line; a test keeps the two apart.

use super::Said;

/// A rule that is not in the catalogue, and why.
#[derive(Clone, Copy, Debug)]
pub struct Unbuilt {
    /// The name that it would have.
    pub id: &'static str,
    /// Why it is not built: redundant, unable to fail, not decidable from the wire, or part of another.
    pub why: Said,
}

/// Every one, in alphabetical order.
pub static UNBUILT: &[Unbuilt] = &[
    Unbuilt {
        id: "fin-ack-bit",
        why: Said {
            en: "redundant: a FIN without ACK breaks hdr-ack-present, and with a SYN in it hdr-flags-impossible",
            zh: "多余：没有 ACK 的 FIN 违反 hdr-ack-present；若还带有 SYN，则违反 hdr-flags-impossible",
        },
    },
    Unbuilt {
        id: "hs-isn-repeat",
        why: Said {
            en: "a rule sees one connection; that a host repeats initial numbers is a statistic over many, and replayed captures and test gear repeat them on purpose",
            zh: "规则只看一个连接；主机是否重复使用初始序列号是跨连接的统计，回放的捕获和测试设备又会有意重复",
        },
    },
    Unbuilt {
        id: "hs-syn-cookie",
        why: Said {
            en: "not decidable from the wire: a listener that leaves options out, or counts its timestamps oddly, looks the same without cookies",
            zh: "无法从线路上判定：不用 SYN cookie 的监听方也可能省略选项，或使用特别的时间戳",
        },
    },
    Unbuilt {
        id: "hs-window-unscaled",
        why: Said {
            en: "unable to fail: it says how the window of a SYN is to be read, and nothing on the wire shows how a peer read it; the engine reads it so",
            zh: "不会违反：它只规定如何解读 SYN 的窗口，线路上看不出对端如何解读；本程序即按此解读",
        },
    },
    Unbuilt {
        id: "sack-max",
        why: Said {
            en: "cannot fail by itself: 40 octets of options hold no more blocks, and a block count that does not fit its \
                 length breaks opt-fixed-size or opt-length",
            zh: "不会单独违反：40 字节的选项容不下更多的块；块数与长度不符时，违反的是 opt-fixed-size 或 opt-length",
        },
    },
];

/// The one called `id`.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Unbuilt> {
    UNBUILT.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::UNBUILT;
    use crate::rules::by_id;

    #[test]
    fn no_rule_is_both_built_and_not() {
        for rule in UNBUILT {
            assert!(by_id(rule.id).is_none(), "{} is in the catalogue", rule.id);
            assert!(!rule.why.en.is_empty() && !rule.why.zh.is_empty(), "{}", rule.id);
        }
        assert!(UNBUILT.is_sorted_by(|one, next| one.id < next.id), "not in alphabetical order, or twice");
    }
}
