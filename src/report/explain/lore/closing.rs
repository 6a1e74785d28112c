//! F21 to F28: what arrives while a connection closes. Used by the lore above it only.

use super::examples::{BOTH_CLOSE, LAST_LOST, THREE, WHOLE};
use super::{Lore, about, said};

pub(super) static LORE: &[Lore] = &[
    about(
        "F21",
        "FIN: SEG.SEQ + octets = u, all before u received; ACK: SEG.ACK = u + 1",
        [
            said(
                "an ACK of u + 1, alone or on data or on its own FIN",
                "确认号为 u + 1 的 ACK，单独、随数据或随自己的 FIN 发出",
            ),
            said(
                "data before the FIN are missing: then nothing may move, though a FIN was seen",
                "FIN 之前的数据缺失：虽然见到 FIN，状态不得改变",
            ),
            said("before that ACK", "在该 ACK 之前"),
        ],
        WHOLE,
    ),
    about(
        "F22",
        "ACK: SEG.ACK = u + 1, no FIN",
        [
            said("hardly ever: only the echo of that ACK's time stamp", "几乎没有：只有对该 ACK 时间戳的回显"),
            said("the other's application stays silent behind it", "对方的应用程序此后保持沉默"),
            said(
                "whether the ACK arrived; a FIN sent again shows that it did not",
                "该 ACK 是否到达；FIN 重发说明没有",
            ),
        ],
        WHOLE,
    ),
    about(
        "F23",
        "FIN w arrives with SEG.ACK =< u; ACK: SEG.ACK = w + 1",
        [
            said(
                "an ACK of w + 1, while every copy of the other's FIN acknowledges no more than u",
                "确认号为 w + 1 的 ACK，而对方 FIN 的每一份副本都没有确认到 u 之后",
            ),
            said("taken for a passive close by whoever looks at flags only", "只看标志位者会当成被动关闭"),
            said("if one of the FINs was not captured", "若其中一个 FIN 未被捕获"),
        ],
        BOTH_CLOSE,
    ),
    about(
        "F24",
        "FIN w arrives with SEG.ACK = u + 1; ACK: SEG.ACK = w + 1",
        [
            said(
                "an ACK of w + 1, while the other's FIN acknowledges u + 1",
                "确认号为 w + 1 的 ACK，而对方的 FIN 确认到 u + 1",
            ),
            said(
                "nothing: the other application closed before the delayed ACK was due; Linux passes FIN-WAIT-2 inside",
                "没有问题：对方应用程序在延迟确认到期前关闭；Linux 内部会经过 FIN-WAIT-2",
            ),
            said(
                "if a lone ACK of u + 1 went uncaptured: then it was F22 and F25",
                "若单独的 u + 1 确认未被捕获：则实为 F22 和 F25",
            ),
        ],
        THREE,
    ),
    about(
        "F25",
        "FIN w arrives in FIN-WAIT-2; ACK: SEG.ACK = w + 1",
        [
            said("the ACK of w + 1", "确认号为 w + 1 的 ACK"),
            said("the FIN finds an orphan gone, and draws a RST", "FIN 到来时无主的连接已消失，引来 RST"),
            said("before that ACK", "在该 ACK 之前"),
        ],
        WHOLE,
    ),
    about(
        "F26",
        "ACK: SEG.ACK = u + 1 in CLOSING",
        [
            said("hardly ever: only the echo of that ACK's time stamp", "几乎没有：只有对该 ACK 时间戳的回显"),
            said("the ACK is lost, and the FIN is sent again", "该 ACK 丢失，FIN 重发"),
            said(
                "whether the ACK arrived: CLOSING and TIME-WAIT send the same",
                "该 ACK 是否到达：CLOSING 与 TIME-WAIT 的发送相同",
            ),
        ],
        BOTH_CLOSE,
    ),
    about(
        "F27",
        "ACK: SEG.ACK = w + 1 in LAST-ACK",
        [
            said("silence; a RST to what comes later proves it", "沉默；对后来报文段回复的 RST 可以证实"),
            said("the last ACK is lost, or the capture ends before it", "最后一个 ACK 丢失，或抓包在它之前结束"),
            said(
                "whether the last ACK arrived: nothing ever acknowledges it",
                "最后一个 ACK 是否到达：没有任何内容确认它",
            ),
        ],
        WHOLE,
    ),
    about(
        "F28",
        "FIN w arrives again; ACK: SEG.ACK = w + 1 again",
        [
            said("the same ACK again", "同样的 ACK 再次发出"),
            said("the last ACK was lost", "最后一个 ACK 曾丢失"),
            said(
                "the state stays the same, so no row is shown; its time begins anew",
                "状态不变，所以没有单独的行；其计时重新开始",
            ),
        ],
        LAST_LOST,
    ),
];
