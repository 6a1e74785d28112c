//! F1 to F12: what an endpoint does by itself, on a call or when a timer runs out. Used by the lore above it only.

use super::examples::{ABORTED, GIVEN_UP, HASTY, LONG_AFTER, REFUSED, UNANSWERED, WHOLE};
use super::{Lore, about, said};

pub(super) static LORE: &[Lore] = &[
    about(
        "F1",
        "none: no segment is sent",
        [
            said("the SYN-ACK with which it answers later", "后来应答时的 SYN-ACK"),
            said("the application listens on another address or port", "应用程序监听在另一地址或端口"),
            said("always, until a SYN comes", "在 SYN 到来之前总是无法判断"),
        ],
        WHOLE,
    ),
    about(
        "F2",
        "SYN: SEG.SEQ = x, no ACK",
        [
            said("the SYN itself", "SYN 本身"),
            said("a filter on the way drops it, and nothing ever answers", "途中的过滤器将其丢弃，永无应答"),
            said("if the capture begins later", "若抓包开始得更晚"),
        ],
        WHOLE,
    ),
    about(
        "F3",
        "none: no segment is sent",
        [
            said("a RST in answer to the next SYN", "对下一个 SYN 回复 RST"),
            said("a server that restarts refuses connections for a moment", "重新启动的服务器会短暂拒绝连接"),
            said(
                "always, until a SYN comes; then it looks like a port that nobody ever listened on",
                "在 SYN 到来之前总是无法判断；之后看起来与从未监听的端口一样",
            ),
        ],
        REFUSED,
    ),
    about(
        "F4",
        "SYN: SEG.SEQ = x, no ACK",
        [
            said("a SYN; on the wire it is that of F2", "一个 SYN；在线路上与 F2 的相同"),
            said("hardly any interface of sockets has it", "几乎没有套接字接口支持它"),
            said("always: that it listened before shows nowhere", "总是无法判断：它之前是否监听，无处显示"),
        ],
        WHOLE,
    ),
    about(
        "F5",
        "RST: SEG.SEQ = SEG.ACK of the SYN-ACK",
        [
            said(
                "nothing; the RST that answers a late SYN-ACK proves it",
                "什么也没有；对迟到 SYN-ACK 回复的 RST 可以证实",
            ),
            said("the application's time-out is shorter than the way there and back", "应用程序的超时短于往返时间"),
            said("if no SYN-ACK comes: silence looks the same as waiting", "若没有 SYN-ACK：沉默与等待看起来一样"),
        ],
        GIVEN_UP,
    ),
    about(
        "F6",
        "FIN: SEG.SEQ = y + 1 before any proof that y was acknowledged",
        [
            said("a FIN right behind its SYN-ACK", "紧跟在 SYN-ACK 之后的 FIN"),
            said(
                "a server that closes connections before it has read anything",
                "还没有读取任何内容就关闭连接的服务器",
            ),
            said(
                "whether the handshake's ACK had arrived unseen; then it was F7",
                "握手的 ACK 是否已在未见时到达；若是，则为 F7",
            ),
        ],
        HASTY,
    ),
    about(
        "F7",
        "FIN: SEG.SEQ = u = SND.NXT, SEG.ACK =< w",
        [
            said("a FIN that acknowledges no FIN of the other", "没有确认对方 FIN 的 FIN"),
            said(
                "data are still queued: the call to close comes long before the FIN",
                "数据仍在排队：关闭调用远早于 FIN",
            ),
            said("when the application closed: the FIN waits behind its data", "应用程序何时关闭：FIN 排在数据之后"),
        ],
        WHOLE,
    ),
    about(
        "F8",
        "FIN: SEG.SEQ = w, SEG.ACK = u + 1",
        [
            said("a FIN that acknowledges the other's", "确认了对方 FIN 的 FIN"),
            said("it never comes: the application does not close", "它一直不来：应用程序没有关闭"),
            said("when the application closed", "应用程序何时关闭"),
        ],
        WHOLE,
    ),
    about(
        "F9",
        "RST: SEG.SEQ = SND.NXT",
        [
            said("a RST of its own at the end of its data", "自己在数据末尾发出的 RST"),
            said(
                "a socket closed with data unread, or a process that ends; a forged RST looks alike",
                "关闭时还有数据未读，或进程结束；伪造的 RST 看起来一样",
            ),
            said(
                "who made it: a different hop limit, or traffic that goes on, tells against the endpoint",
                "由谁发出：跳数限制不同或通信继续，说明不是该端点",
            ),
        ],
        ABORTED,
    ),
    about(
        "F10",
        "none: 2 MSL after the last ACK",
        [
            said("nothing; that the ports serve again is a sign", "什么也没有；端口再次使用是一个迹象"),
            said("2 MSL is 240 seconds by RFC 9293 and 60 on Linux", "2MSL 按 RFC 9293 为 240 秒，Linux 为 60 秒"),
            said("always: the time is a matter of the host's setting", "总是无法判断：时间取决于主机的设置"),
        ],
        LONG_AFTER,
    ),
    about(
        "F11",
        "none: R2 has passed",
        [
            said("silence; a RST to whatever comes later proves it", "沉默；对后来报文段回复的 RST 可以证实"),
            said("the way is broken, or a filter drops one direction", "路径中断，或过滤器丢弃了一个方向"),
            said("as long as nothing comes that it would answer", "只要没有它会应答的报文段到来"),
        ],
        UNANSWERED,
    ),
    about(
        "F12",
        "SEG.SEQ < SND.NXT: octets, SYN or FIN sent before",
        [
            said("the same sequence numbers again, in a new packet", "同样的序列号再次出现在新的分组中"),
            said(
                "lost segments, lost acknowledgments, or a timer that is too short",
                "报文段丢失、确认丢失，或定时器太短",
            ),
            said(
                "a copy that the capture itself made looks alike; identification and time stamp tell them apart",
                "抓包本身造成的重复看起来一样；标识和时间戳可以区分",
            ),
        ],
        UNANSWERED,
    ),
];
