//! The guards by name: what each means, when it speaks, and the reasons that findings give under it.
//!
//! Whether one is active is decided in [`guard`](super); `explain` and the rules' pages read what is here.

use super::{
    Guards, WHY_ANEW, WHY_CLOCK, WHY_FORGOTTEN, WHY_GAP, WHY_LET_GO, WHY_LOST, WHY_MIDSTREAM, WHY_ONE_WAY,
    WHY_RENUMBERED, WHY_SNAP, WHY_STRANGER, WHY_UNSTAMPED, WHY_UNVERIFIABLE,
};
use crate::rules::{Rule, Said, Severity, Why};

/// A guard.
#[derive(Debug)]
pub struct Guard {
    /// Its stable name.
    pub id: &'static str,
    /// What it means, in a few words.
    pub means: Said,
    /// What in a capture makes it speak, for how long, and what helps.
    pub speaks: Said,
    /// The reasons that findings give under it.
    pub whys: &'static [Why],
    guards: Guards,
}

/// Every guard.
pub static GUARDS: [Guard; 10] = [
    Guard {
        id: "renumbered",
        means: Said {
            en: "something between the peers changes sequence numbers", zh: "两端之间有设备改写序列号"
        },
        speaks: Said {
            en: "A peer goes on from numbers to which nothing that it sent leads, and which the other acknowledges: a \
                 firewall or proxy gives the connection numbers of its own. From that frame to the end of the connection \
                 the numbers of the SYNs prove nothing. A capture on one side of the device alone has no such doubt.",
            zh: "一端使用的序列号与它此前发送的都不相接，而另一端却予以确认：防火墙或代理为连接另用一套序列号。从该帧起直到连接结束，SYN 的\
                 序列号不再能证明什么。只在该设备一侧抓包则无此疑问。",
        },
        whys: &[WHY_RENUMBERED],
        guards: Guards::RENUMBERED,
    },
    Guard {
        id: "midstream",
        means: Said { en: "not both SYNs were captured", zh: "没有捕获到双方的 SYN" },
        speaks: Said {
            en: "The capture began inside the connection, or missed a SYN: which numbers and options the peers began with \
                 is not known. It holds for the whole connection. Start the capture before the connection.",
            zh: "抓包从连接中途开始，或漏掉了某个 SYN：双方最初的序列号和选项未知。对整个连接有效。应在连接建立之前开始抓包。",
        },
        whys: &[WHY_MIDSTREAM],
        guards: Guards::MIDSTREAM,
    },
    Guard {
        id: "unverifiable",
        means: Said {
            en: "the capture shows damage in transit and this segment's checksum cannot be verified",
            zh: "捕获中有传输损坏，而本报文段的校验和无法验证",
        },
        speaks: Said {
            en: "Some segment of this capture came with a wrong checksum where others of its host have right ones, so \
                 packets are damaged on the way; and the segment at fault is cut short or unfinished, so that its own \
                 checksum vouches for nothing. It holds for that segment only. Capture whole packets.",
            zh: "本次抓包中有报文段校验和错误，而同一主机的其他报文段校验和正确，可见途中有损坏；而所指的报文段被截断或校验和尚未填写，无法\
                 证明自己完好。只对该报文段有效。应捕获完整的数据包。",
        },
        whys: &[WHY_UNVERIFIABLE],
        guards: Guards::UNVERIFIABLE,
    },
    Guard {
        id: "gap",
        means: Said { en: "the capture misses octets or lost packets", zh: "捕获缺少数据或丢失了数据包" },
        speaks: Said {
            en: "The drop counters of the capture are above zero, or one peer acknowledges octets of the other that were \
                 never captured, or a hole in the octets is still open. The finding names the frame that proves it. Drops \
                 and acknowledged holes hold to the end of the connection, an open hole until it is filled. A larger kernel \
                 buffer, or a filter, helps.",
            zh: "抓包的丢弃计数大于零，或一端确认了另一端从未被捕获的字节，或字节中仍有空缺。问题中会写明证明它的帧。丢弃和被确认的空缺\
                 一直有效到连接结束，未填补的空缺有效到填补为止。更大的内核缓冲区或过滤条件会有帮助。",
        },
        whys: &[WHY_LOST, WHY_GAP, WHY_LET_GO],
        guards: Guards::GAP,
    },
    Guard {
        id: "one-way",
        means: Said { en: "only one direction was captured", zh: "只捕获到一个方向" },
        speaks: Said {
            en: "No segment of one of the peers was captured so far: it took another way, or the filter or mirror port \
                 lets one direction through only. It holds until the first segment of that peer.",
            zh: "到目前为止没有捕获到其中一端的任何报文段：它走了另一条路，或过滤条件、镜像端口只放过一个方向。有效到捕获该端的第一个报文\
                 段为止。",
        },
        whys: &[WHY_ONE_WAY],
        guards: Guards::ONE_WAY,
    },
    Guard {
        id: "clock",
        means: Said { en: "the stamps of the capture go back", zh: "捕获的时间戳有倒退" },
        speaks: Said {
            en: "A frame is stamped more than 100 ms before an earlier one, or the file does not say when frames came. Rules \
                 that measure time then charge nobody, to the end of the capture. reordercap sorts a merged file by time.",
            zh: "某一帧的时间戳比更早的帧早 100 毫秒以上，或文件没有说各帧何时到达。此后直到抓包结束，测量时间的规则不归咎于任何一方。\
                 reordercap 可把合并的文件按时间排序。",
        },
        whys: &[WHY_CLOCK, WHY_UNSTAMPED],
        guards: Guards::CLOCK,
    },
    Guard {
        id: "anew",
        means: Said {
            en: "a peer has begun anew with another number, or goes on after a RST",
            zh: "一端已换用另一初始序列号重新开始，或在 RST 之后继续",
        },
        speaks: Said {
            en: "One peer sent SYNs with different numbers, or segments follow a RST that may have ended the connection: the \
                 peer may have crashed and know nothing of what it sent before. The finding names the SYN or the RST. It \
                 holds to the end of the connection.",
            zh: "一端发送了序列号不同的 SYN，或在一个可能已结束连接的 RST 之后仍有报文段：它可能曾经崩溃，不知道自己此前发送过什么。\
                 问题中会写明该 SYN 或 RST。有效到连接结束。",
        },
        whys: &[WHY_ANEW],
        guards: Guards::ANEW,
    },
    Guard {
        id: "snap",
        means: Said { en: "the capture cut the segment short", zh: "捕获截断了报文段" },
        speaks: Said {
            en: "The snap length of the capture left out the end of the segment's header or octets, so an option that is \
                 not seen may have been there. It holds for that segment only. Capture whole packets.",
            zh: "抓包的截取长度去掉了报文段首部或数据的末尾，所以没有看到的选项可能本来就有。只对该报文段有效。应捕获完整的数据包。",
        },
        whys: &[WHY_SNAP],
        guards: Guards::SNAP,
    },
    Guard {
        id: "stranger",
        means: Said {
            en: "its hop limit or time stamp is not that of its address's other segments",
            zh: "它的跳数限制或时间戳与该地址的其他报文段不一致",
        },
        speaks: Said {
            en: "The segment came with another hop limit than its sender's first ones, or its TSval does not lie on its \
                 sender's clock: a firewall, or somebody who forges, may have sent it in the name of that address. It holds \
                 for that segment only. Who copies every mark cannot be told from the owner of the address.",
            zh: "该报文段的跳数限制与其发送方最初的报文段不同，或其 TSval 不在发送方的时钟上：可能是防火墙或伪造者以该地址的名义发送的。\
                 只对该报文段有效。若伪造者照抄了所有标记，则无法与该地址的主人区分。",
        },
        whys: &[WHY_STRANGER],
        guards: Guards::STRANGER,
    },
    Guard {
        id: "forgotten",
        means: Said {
            en: "more came on this connection than is kept, and something that may excuse it was forgotten",
            zh: "该连接上出现的内容多于所能保留的，可以免责的内容可能已被遗忘",
        },
        speaks: Said {
            en: "A bound on what is kept of one connection was met: SYNs of one attempt, different SYNs or their time \
                 stamps, or frames whose octets may have been refused. It holds for every rule, to the end of the \
                 connection. --stats shows the bounds.",
            zh: "达到了单个连接所保留内容的上限：一次尝试的 SYN、不同的 SYN 或其时间戳，或字节可能被拒收的帧。对所有规则有效，直到连接结束。\
                 --stats 显示各项上限。",
        },
        whys: &[WHY_FORGOTTEN],
        guards: Guards::NONE,
    },
];

impl Guard {
    /// The guard called `id`.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        GUARDS.iter().find(|guard| guard.id == id)
    }

    /// Whether it excuses a breach of any rule, so that no rule's page names it.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        self.guards == Guards::NONE
    }

    /// Whether a breach of `rule` is undecided under it. What is only noted needs no excuse.
    #[must_use]
    pub fn excuses(&self, rule: &Rule) -> bool {
        let own = match rule.severity {
            Severity::Violation => rule.guards.and(Guards::STRANGER),
            Severity::Anomaly => rule.guards,
            Severity::Note => return false,
        };
        self.is_for_all() || own.has(self.guards)
    }
}
