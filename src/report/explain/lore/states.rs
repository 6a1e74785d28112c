//! The eleven states. Used by the lore above it only.

use super::examples::{BOTH_CLOSE, WHOLE};
use super::{Lore, about, said};

pub(super) static LORE: &[Lore] = &[
    about(
        "CLOSED",
        "nothing sent, or u + 1 acknowledged in LAST-ACK, or a RST sent or taken",
        [
            said(
                "no segment: before the first SYN, behind the last ACK, after a RST; a RST that answers a stray segment proves it",
                "没有报文段：第一个 SYN 之前、最后一个 ACK 之后、RST 之后；对迟到报文段回复 RST 可以证实",
            ),
            said("segments that come late find no connection and draw a RST", "迟到的报文段找不到连接，于是引来 RST"),
            said(
                "whether the last ACK arrived: LAST-ACK and CLOSED then look the same",
                "最后一个 ACK 是否到达：此时 LAST-ACK 与 CLOSED 看起来一样",
            ),
        ],
        WHOLE,
    ),
    about(
        "LISTEN",
        "nothing sent, and a SYN is answered by SYN-ACK",
        [
            said("a SYN-ACK in answer to a SYN", "对 SYN 回复 SYN-ACK"),
            said(
                "a full queue of connections: the SYN is dropped, and looks lost",
                "连接队列已满：SYN 被丢弃，看起来像丢失",
            ),
            said("until it answers, a listener looks like an empty host", "在它应答之前，监听者与没有主机一样"),
        ],
        WHOLE,
    ),
    about(
        "SYN-SENT",
        "SEG.SEQ = x, SND.UNA = x, SND.NXT = x + 1",
        [
            said("a SYN without ACK", "不带 ACK 的 SYN"),
            said(
                "nothing answers: a filter dropped it, or the answer took another way",
                "没有应答：被过滤器丢弃，或应答走了别的路径",
            ),
            said("whether it still waits: giving up sends nothing", "它是否还在等待：放弃时什么也不发送"),
        ],
        WHOLE,
    ),
    about(
        "SYN-RECEIVED",
        "SYN-ACK: SEG.SEQ = y, SEG.ACK = x + 1",
        [
            said("a SYN-ACK", "SYN-ACK"),
            said(
                "the third segment never comes: a flood of forged SYNs, or it was lost and the SYN-ACK is sent again",
                "第三个报文段一直不来：伪造 SYN 的洪泛，或它已丢失而 SYN-ACK 重发",
            ),
            said(
                "whether the acknowledgment arrived, until its sender acts on it; Linux keeps no socket in this state",
                "确认是否到达，直到它有所行动；Linux 在此状态没有套接字",
            ),
        ],
        WHOLE,
    ),
    about(
        "ESTABLISHED",
        "SND.UNA > ISS, RCV.NXT > IRS",
        [
            said(
                "of the opener, its first ACK; of the other, data or whatever else only the ACK allows",
                "打开方由其第一个 ACK 显示；另一方由数据或只有收到 ACK 才会发送的内容显示",
            ),
            said(
                "one side is gone and the other does not know: it shows when data or keep-alives draw a RST, or nothing",
                "一方已不在而另一方不知道：在数据或保活引来 RST 或毫无应答时显现",
            ),
            said(
                "whether an application has closed already and its FIN waits behind queued data",
                "应用程序是否已经关闭，而其 FIN 还排在数据之后",
            ),
        ],
        WHOLE,
    ),
    about(
        "FIN-WAIT-1",
        "FIN sent at u, SEG.ACK =< u from the other, no FIN of the other acknowledged",
        [
            said("a FIN that acknowledges no FIN", "没有确认对方 FIN 的 FIN"),
            said(
                "the FIN is repeated and nothing answers; the connection is given up in the end",
                "FIN 反复重发而无应答；最终放弃连接",
            ),
            said(
                "whether the acknowledgment that passed the tap arrived: FIN-WAIT-2 looks the same",
                "经过抓包点的确认是否到达：FIN-WAIT-2 看起来一样",
            ),
        ],
        WHOLE,
    ),
    about(
        "FIN-WAIT-2",
        "FIN sent at u, SEG.ACK = u + 1 from the other, no FIN of the other",
        [
            said("the acknowledgment of its FIN, without a FIN", "对其 FIN 的确认，且不带 FIN"),
            said(
                "the other never closes; Linux drops an orphaned one after 60 seconds, without a segment",
                "对方一直不关闭；Linux 在 60 秒后丢弃无主的连接，不发送报文段",
            ),
            said("whether that acknowledgment arrived", "该确认是否到达"),
        ],
        WHOLE,
    ),
    about(
        "CLOSE-WAIT",
        "SEG.ACK = u + 1 sent, no own FIN",
        [
            said("an ACK beyond the other's FIN", "超过对方 FIN 的 ACK"),
            said(
                "the application forgets to close: it stays for hours, which is its fault and not TCP's",
                "应用程序忘记关闭：停留数小时，这是应用程序的错，不是 TCP 的错",
            ),
            said("before that ACK: whether the FIN arrived at all", "在该 ACK 之前：FIN 是否到达"),
        ],
        WHOLE,
    ),
    about(
        "CLOSING",
        "own FIN: SEG.ACK =< w; then SEG.ACK = w + 1 sent, SEG.ACK =< u received",
        [
            said(
                "two FINs of which neither acknowledges the other; the ACK field decides, not the order of capture",
                "两个互不确认的 FIN；起决定作用的是确认号，而不是捕获次序",
            ),
            said(
                "analysers that go by flags take the second FIN for a passive close",
                "只看标志位的分析器会把第二个 FIN 当成被动关闭",
            ),
            said("whether the acknowledgment arrived: TIME-WAIT looks the same", "确认是否到达：TIME-WAIT 看起来一样"),
        ],
        BOTH_CLOSE,
    ),
    about(
        "LAST-ACK",
        "own FIN: SEG.ACK = u + 1, SEG.SEQ = w; SEG.ACK =< w from the other",
        [
            said("a FIN that acknowledges the other's", "确认了对方 FIN 的 FIN"),
            said("the last ACK is lost and the FIN is sent again", "最后一个 ACK 丢失，FIN 重发"),
            said("whether the last ACK arrived: CLOSED looks the same", "最后一个 ACK 是否到达：CLOSED 看起来一样"),
        ],
        WHOLE,
    ),
    about(
        "TIME-WAIT",
        "u + 1 received, w + 1 sent, 2 MSL not over",
        [
            said(
                "the acknowledgment of the other's FIN by the side whose own is acknowledged",
                "自己的 FIN 已被确认的一方对对方 FIN 的确认",
            ),
            said(
                "ports run out where one side closes very many connections first",
                "若一方率先关闭大量连接，端口会耗尽",
            ),
            said(
                "when it ends: no segment says so; Linux waits 60 seconds, RFC 9293 would have 240",
                "何时结束：没有报文段说明；Linux 等待 60 秒，RFC 9293 则为 240 秒",
            ),
        ],
        WHOLE,
    ),
];
