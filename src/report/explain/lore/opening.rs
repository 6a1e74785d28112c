//! F13 to F20: what arrives before the connection is open. Used by the lore above it only.

use super::examples::{BOTH_OPEN, BOTH_OPEN_RESET, FIN_FIRST, GIVEN_UP, REFUSED, WHOLE};
use super::{Lore, about, said};

pub(super) static LORE: &[Lore] = &[
    about(
        "F13",
        "SYN x arrives; SYN-ACK: SEG.SEQ = y, SEG.ACK = x + 1",
        [
            said("the SYN-ACK", "SYN-ACK"),
            said(
                "the SYN-ACK does not fit: it answers an older SYN, or a middlebox changed the numbers",
                "SYN-ACK 不符：它应答的是更早的 SYN，或中间设备改写了号码",
            ),
            said("before the SYN-ACK: whether the SYN arrived", "在 SYN-ACK 之前：SYN 是否到达"),
        ],
        WHOLE,
    ),
    about(
        "F14",
        "SYN-ACK: x + 1 =< SEG.ACK =< SND.NXT",
        [
            said(
                "any ACK of the opener; it proves that the SYN-ACK arrived",
                "打开方的任何 ACK；它证实 SYN-ACK 已到达",
            ),
            said(
                "SEG.ACK does not fit: the opener answers by a RST and waits on",
                "SEG.ACK 不符：打开方回复 RST 并继续等待",
            ),
            said("between the SYN-ACK and that ACK", "在 SYN-ACK 与该 ACK 之间"),
        ],
        WHOLE,
    ),
    about(
        "F15",
        "SYN y arrives in SYN-SENT; SYN-ACK: SEG.SEQ = x, SEG.ACK = y + 1",
        [
            said("a SYN-ACK that repeats its own initial number", "重复自己初始序列号的 SYN-ACK"),
            said("taken for a retransmission, or for two connections", "被当作重传，或当作两个连接"),
            said("which side opened: both did", "由哪一方打开：双方都是"),
        ],
        BOTH_OPEN,
    ),
    about(
        "F16",
        "SND.UNA < SEG.ACK =< SND.NXT",
        [
            said(
                "data or a FIN of the answering side, or an echo of the ACK's time stamp",
                "应答方的数据或 FIN，或对该 ACK 时间戳的回显",
            ),
            said(
                "the ACK is lost, or dropped because the listener's queue is full: the SYN-ACK comes again",
                "该 ACK 丢失，或因监听队列已满而被丢弃：SYN-ACK 重发",
            ),
            said("as long as the answering side sends nothing", "只要应答方不发送任何内容"),
        ],
        WHOLE,
    ),
    about(
        "F17",
        "RST: SEG.SEQ = RCV.NXT, after a passive open",
        [
            said("nothing; a new SYN gets a new initial number", "什么也没有；新的 SYN 得到新的初始序列号"),
            said("port scanners end each handshake so", "端口扫描器这样结束每次握手"),
            said("whether the RST arrived, until something else is answered", "RST 是否到达，直到另有应答"),
        ],
        GIVEN_UP,
    ),
    about(
        "F18",
        "RST: SEG.SEQ = RCV.NXT, after an active open",
        [
            said("nothing; silence behind the RST", "什么也没有；RST 之后的沉默"),
            said("of two that opened at once, one gave up", "同时打开的双方中有一方放弃"),
            said("whether the RST arrived", "RST 是否到达"),
        ],
        BOTH_OPEN_RESET,
    ),
    about(
        "F19",
        "RST: SEG.ACK = x + 1 (x + 1 + n with n octets in the SYN)",
        [
            said("nothing; that the SYN is not repeated", "什么也没有；SYN 不再重发"),
            said(
                "nobody listens on the port, or a firewall refuses in the host's name",
                "端口无人监听，或防火墙以主机的名义拒绝",
            ),
            said(
                "who refused: a hop limit other than the host's tells of a firewall",
                "由谁拒绝：跳数限制与主机不同则说明是防火墙",
            ),
        ],
        REFUSED,
    ),
    about(
        "F20",
        "FIN: SEG.SEQ = RCV.NXT, SEG.ACK = y + 1, in one segment",
        [
            said("the acknowledgment of that FIN", "对该 FIN 的确认"),
            said("the ACK of the handshake was lost, and the FIN carries it", "握手的 ACK 丢失，由 FIN 携带"),
            said(
                "from F16 and F21, which the same segment causes one after the other: they are what is shown",
                "无法与 F16 加 F21 区分，同一报文段先后引起这两次变迁：报告显示的是它们",
            ),
        ],
        FIN_FIRST,
    ),
];
