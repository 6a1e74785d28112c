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
        id: "ack-challenge-due",
        why: Said {
            en: "not decidable: the segment that would have to be answered may be lost behind the tap, and \
                 stacks answer at a limited rate (RFC 5961, Section 7)",
            zh: "无法判断：需要应答的报文段可能在捕获点之后丢失，而协议栈会限制应答的频率（RFC 5961 第 7 节）",
        },
    },
    Unbuilt {
        id: "ack-every-2",
        why: Said {
            en: "not decidable: receivers put segments together before TCP sees them (GRO), and ACKs are thinned on the way",
            zh: "无法判断：接收方会在 TCP 看到之前合并报文段（GRO），途中也会减少 ACK",
        },
    },
    Unbuilt {
        id: "data-acceptable",
        why: Said {
            en: "part of others: the test of Table 6 decides what a segment may move, and the ladder says where it \
                 moved nothing; its sender is at fault only by data-in-window",
            zh: "属于其他规则：表 6 的检验决定报文段能改变什么，时序图标明它何时什么都没有改变；发送方的过错只由 data-in-window 判断",
        },
    },
    Unbuilt {
        id: "fin-ack-bit",
        why: Said {
            en: "redundant: a FIN without ACK breaks hdr-ack-present, and with a SYN in it hdr-flags-impossible",
            zh: "多余：没有 ACK 的 FIN 违反 hdr-ack-present；若还带有 SYN，则违反 hdr-flags-impossible",
        },
    },
    Unbuilt {
        id: "fin-early",
        why: Said {
            en: "not decidable: where octets before a FIN were not captured and the FIN is acknowledged, they may have \
                 reached its receiver past the tap; data-contiguous says that the capture missed them",
            zh: "无法判断：FIN 之前的数据未被捕获而 FIN 却得到确认时，这些数据可能绕过捕获点到达了接收方；data-contiguous 会说明捕获缺失",
        },
    },
    Unbuilt {
        id: "hdr-offset",
        why: Said {
            en: "part of decoding: a segment whose data offset does not fit is counted as undecodable with its octet, and no rule sees it",
            zh: "属于解码：数据偏移不合的报文段计为无法解码，并指明字节位置，规则看不到它",
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
        id: "neg-tfo-ack",
        why: Said {
            en: "part of hs-synack-ack, which knows how many octets came with the SYN; that unacknowledged ones are sent again is retransmission",
            zh: "属于 hs-synack-ack，它知道随 SYN 发出多少字节；未确认的字节再次发送则属于重传",
        },
    },
    Unbuilt {
        id: "neg-ws-effective",
        why: Said {
            en: "cannot fail: synfin computes the shift that is in effect from both SYNs; a sender that uses another one breaks the rules of the window",
            zh: "不会违反：实际的扩大因子由 synfin 根据双方的 SYN 算出；使用其他因子的发送方违反的是窗口规则",
        },
    },
    Unbuilt {
        id: "paws-24d",
        why: Said {
            en: "part of paws-reject and of the other rules of timestamps, which are silent after 24 days without a segment",
            zh: "属于 paws-reject 和其他时间戳规则：24 天没有报文段之后，它们不作判断",
        },
    },
    Unbuilt {
        id: "rst-cause",
        why: Said {
            en: "an explanation, no rule: nothing must hold of why an endpoint resets; the reports infer it from the states \
                 and numbers around the RST",
            zh: "这是解释而不是规则：端点为何复位并无必须成立的等式；报告根据 RST 前后的状态和号码推断",
        },
    },
    Unbuilt {
        id: "sack-first-fresh",
        why: Said {
            en: "not decidable from the wire: which segment drew an ACK is only presumed, for what passes the tap may be lost, delayed or reordered behind it",
            zh: "无法从线路判断：由哪个报文段引出 ACK 只能推测，因为经过抓包点的报文段之后仍可能丢失、延迟或乱序",
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
    Unbuilt {
        id: "seq-wrap-rate",
        why: Said {
            en: "nothing is broken by it: numbers that come round within the life of a segment do harm only if an old one comes \
                 too, and that looks like new octets then; timestamps, which guard against it, are told with the options",
            zh: "它不违反什么：序列号在报文段的寿命之内绕回，只有旧报文段也到来才有害，而那时它看起来就是新数据；防止这种情况的时间戳在选项中说明",
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
    use crate::rules::{by_id, catalogue};

    /// Every rule that was ever weighed, in alphabetical order.
    #[rustfmt::skip]
    const WEIGHED: [&str; 148] = [
        "ack-challenge-due", "ack-delay", "ack-every-2", "ack-monotonic", "ack-not-beyond-sent", "ack-not-too-old",
        "closewait-linger", "data-acceptable", "data-contiguous", "data-in-window", "dsack-form", "dupack",
        "fin-ack-bit", "fin-ack-exact", "fin-acked", "fin-data-after-close-rst", "fin-early", "fin-from-syn-rcvd",
        "fin-half-close", "fin-in-syn-sent", "fin-last", "fin-last-ack", "fin-passive-order", "fin-piggyback",
        "fin-position", "fin-rexmit", "fin-simultaneous", "fin-stable", "fin-two-way", "fin-unacked", "fin-with-data",
        "finwait2-linger", "hdr-ack-present", "hdr-ack-zero-field", "hdr-bad-address", "hdr-checksum",
        "hdr-flags-impossible", "hdr-offset", "hdr-reserved", "hdr-urg", "hs-ack-ack", "hs-ack-missing", "hs-ack-seq",
        "hs-badack-rst", "hs-complete", "hs-early-data-a", "hs-early-data-b", "hs-halfopen", "hs-isn-clock",
        "hs-isn-repeat", "hs-refused-form", "hs-sim-open", "hs-syn-backoff", "hs-syn-cookie", "hs-syn-occupies-one",
        "hs-syn-persist", "hs-syn-proxy", "hs-syn-same-isn", "hs-synack-ack", "hs-synack-order", "hs-synack-same-isn",
        "hs-unanswered", "hs-window-unscaled", "icmp-hard", "icmp-in-flight", "icmp-ptb", "icmp-soft-no-abort",
        "ka-answer", "ka-form", "ka-idle", "neg-ecn-rexmit", "neg-ecn-setup", "neg-mptcp", "neg-mss-bound",
        "neg-mss-default", "neg-mss-sane", "neg-sack-offered", "neg-syn-variants", "neg-tfo-ack", "neg-tfo-cookie",
        "neg-ts-every", "neg-ts-none", "neg-ts-offered", "neg-ws-effective", "neg-ws-offered", "neg-ws-range",
        "ooo-not-rexmit", "opt-eol-zero", "opt-fixed-size", "opt-length", "opt-mss-syn-only", "opt-sack-without-ack",
        "opt-sackp-syn-only", "opt-ts-ecr-zero", "opt-ws-syn-only", "paws-24d", "paws-reject", "r2-give-up",
        "reuse-confirmed", "reuse-in-established", "rexmit-fast", "rexmit-is-copy-of-sent", "rexmit-rto",
        "rexmit-same-bytes", "rexmit-spurious", "rexmit-tlp-rack", "rst-abort-state", "rst-cause",
        "rst-challenge-pair", "rst-data", "rst-exact", "rst-form-abort", "rst-form-closed", "rst-hop", "rst-inwindow",
        "rst-outside", "rst-peer-goes-on", "rst-silence", "rst-syn-sent", "rst-timewait", "rst-to-rst",
        "rto-min-backoff", "sack-above-ack", "sack-block-order", "sack-first-fresh", "sack-max", "sack-renege",
        "sack-within-sent", "seq-wrap-rate", "syn-in-sync", "ts-echo-known", "ts-echo-order", "ts-monotonic",
        "ts-rate", "tw-entry", "tw-linger", "tw-old-dup", "tw-refin", "tw-reopen-isn", "tw-reopen-ts",
        "win-no-shrink", "win-update", "zw-deadlock", "zw-open", "zw-persist-open", "zwp-answer", "zwp-backoff",
        "zwp-form",
    ];

    #[test]
    fn every_rule_weighed_is_built_or_has_a_reason_and_no_other_has() {
        for id in WEIGHED {
            assert!(by_id(id).is_some() || super::by_id(id).is_some(), "{id}: neither built nor a reason");
        }
        for id in catalogue().map(|rule| rule.id).chain(UNBUILT.iter().map(|rule| rule.id)) {
            assert!(WEIGHED.contains(&id), "{id} is not in the list");
        }
        assert!(WEIGHED.is_sorted_by(|one, next| one < next), "not in alphabetical order, or twice");
    }

    #[test]
    fn no_rule_is_both_built_and_not() {
        for rule in UNBUILT {
            assert!(by_id(rule.id).is_none(), "{} is in the catalogue", rule.id);
            assert!(!rule.why.en.is_empty() && !rule.why.zh.is_empty(), "{}", rule.id);
        }
        assert!(UNBUILT.is_sorted_by(|one, next| one.id < next.id), "not in alphabetical order, or twice");
    }
}
